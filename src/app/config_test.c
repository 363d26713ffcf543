/* SPDX-License-Identifier: Apache-2.0 */
#include "app/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "connectors/webrtc/webrtc.h"
#include "turn/turn.h"
#include "unit.h"

static const struct config_source line = {.name = "--set", .number = 2};

static struct config config;
static struct config_error error;

static enum err set(const char *name, const char *value)
{
    return config_set(&config, &line, slice_text(name), slice_text(value), &error);
}

/* Loads `text` as a file over the defaults. */
static enum err load(const char *text)
{
    char path[] = "/tmp/visavis-config-XXXXXX";
    int file = mkstemp(path);
    bool written = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
    (void)close(file);
    config_init(&config);
    error.text[0] = '\0';
    enum err err = written ? config_load(&config, path, &error) : ERR_TIMEOUT;
    (void)unlink(path);
    return err;
}

static void the_defaults_are_allowed_and_reach_this_machine_only(void)
{
    config_init(&config);
    CHECK(config_check(&config, &error) == OK);
    CHECK(config_is_loopback(&config));
    CHECK(config.listen_port == 8080);
    CHECK(strcmp(config.data, "./data") == 0);
    CHECK(config.log_level == LOG_INFO);
    CHECK(config.portal.ring_ms == 45000);
    CHECK(config.signalling.ring_events == 256 && config.password.queue == 64);
    CHECK(config.http.body_bytes_max >= AVATAR_BYTES_MAX);
}

/* So that tests of the engine, such as those of its abuse, test what is installed. */
static void the_limits_of_a_person_are_those_of_the_engine_alone(void)
{
    struct turn_limits limits;
    turn_limits_default(&limits);
    config_init(&config);
    CHECK(config.turn.call_allocations_max == limits.call_allocations_max);
    CHECK(config.turn.user_allocations_max == limits.user_allocations_max);
    CHECK(config.turn.allocation_kbps * 1000ULL == limits.allocation_bps);
    CHECK(config.turn.user_kbps * 1000ULL == limits.user_bps);
    CHECK(config.turn.call_kbps * 1000ULL == limits.call_bps);
    CHECK(config.turn.total_kbps * 1000ULL == limits.total_bps);
}

static void a_file_sets_options_and_lists(void)
{
    CHECK(load("# a comment\n\n  listen.port = 0  \r\nlog.level=debug\n"
               "ice.server = turn:turn.example.org:3478?transport=udp ann s#cret\n"
               "ice.server = stun:stun.example.org\n"
               "origin = https://intranet.example.org") == OK);
    CHECK(config.listen_port == 0 && config.log_level == LOG_DEBUG);
    CHECK(config.ice_count == 2);
    CHECK(strcmp(config.ice[0].url, "turn:turn.example.org:3478?transport=udp") == 0);
    CHECK(strcmp(config.ice[0].username, "ann") == 0);
    CHECK(strcmp(secret_reveal(&config.ice[0].credential), "s#cret") == 0);
    CHECK(strcmp(config.ice[1].url, "stun:stun.example.org") == 0);
    CHECK(strcmp(config.origin, "https://intranet.example.org") == 0);
    CHECK(config_check(&config, &error) == OK);
}

static void an_error_names_line_option_and_what_is_allowed(void)
{
    CHECK(load("\n# x\nlisten.port = 65536\n") == ERR_INVALID);
    CHECK(strstr(error.text, ":3: listen.port: a number from 0 to 65535 is allowed") != NULL);
    CHECK(load("portal.ring_ms = 19999\n") == ERR_INVALID);
    CHECK(strstr(error.text, ":1: portal.ring_ms: a number from 20000 to 90000 ms") != NULL);
    CHECK(load("listen.prot = 1\n") == ERR_INVALID);
    CHECK(strstr(error.text, ":1: listen.prot: there is no such option") != NULL);
    CHECK(load("listen.port\n") == ERR_INVALID);
    CHECK(strstr(error.text, "name = value") != NULL);
    CHECK(load("log.level = verbose\n") == ERR_INVALID);
    CHECK(strstr(error.text, "debug, info, warn or error") != NULL);
    CHECK(config_load(&config, "/nonexistent/visavis.conf", &error) == ERR_IO);
    CHECK(strstr(error.text, "/nonexistent/visavis.conf") != NULL);
}

static void hostile_values_are_refused(void)
{
    config_init(&config);
    static const char *const numbers[] = {
        "", "-1", "+1", "1 ", "0x10", "1e3", "08", "1.0", "99999999999999999999", "\xD9\xA1"};
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        CHECK(set("listen.port", numbers[i]) == ERR_INVALID);
    }
    CHECK(set("data", "a\nb") == ERR_INVALID);
    CHECK(set("data", "a\xFF") == ERR_INVALID);
    CHECK(set("data", "") == ERR_INVALID);
    char longest[CONFIG_TEXT_MAX + 2];
    memset(longest, 'x', sizeof(longest));
    longest[CONFIG_TEXT_MAX + 1] = '\0';
    CHECK(set("data", longest) == ERR_INVALID);
    longest[CONFIG_TEXT_MAX] = '\0';
    CHECK(set("data", longest) == OK);
    CHECK(set("evil\x1B[2Jname", "x") == ERR_INVALID);
    CHECK(strchr(error.text, '\x1B') == NULL);
}

static void ice_servers_are_checked_and_their_secret_is_not_shown(void)
{
    config_init(&config);
    CHECK(set("ice.server", "turn:host.example") == ERR_INVALID);
    CHECK(set("ice.server", "turn:host.example user") == ERR_INVALID);
    CHECK(set("ice.server", "stun:host.example user secret") == ERR_INVALID);
    CHECK(set("ice.server", "javascript:alert(1)") == ERR_INVALID);
    CHECK(set("ice.server", "http://host.example u topsecret") == ERR_INVALID);
    CHECK(strstr(error.text, "topsecret") == NULL);
    CHECK(set("ice.server", "turn:host.example user topsecret more") == ERR_INVALID);
    CHECK(config.ice_count == 0);
    for (int i = 0; i < CONFIG_ICE_MAX; i++) {
        CHECK(set("ice.server", "turn:host.example user topsecret") == OK);
    }
    CHECK(set("ice.server", "stun:host.example") == ERR_INVALID);
    CHECK(config.ice_count == CONFIG_ICE_MAX);
}

static void a_later_source_replaces_the_list(void)
{
    CHECK(load("ice.server = stun:one.example\nice.server = stun:two.example\n") == OK);
    CHECK(set("ice.server", "stun:three.example") == OK);
    CHECK(config.ice_count == 1);
    CHECK(strcmp(config.ice[0].url, "stun:three.example") == 0);
}

static void options_that_do_not_fit_together_are_refused(void)
{
    config_init(&config);
    CHECK(set("tls.cert", "cert.pem") == OK);
    CHECK(config_check(&config, &error) == ERR_INVALID);
    CHECK(set("tls.key", "key.pem") == OK);
    CHECK(config_check(&config, &error) == OK);
    CHECK(set("origin", "http://intranet") == OK);
    CHECK(config_check(&config, &error) == ERR_INVALID);
    static const char *const origins[] = {"intranet",   "https://",      "https://Intranet",
                                          "https://a/", "https://a:443", "https://u@a",
                                          "ftp://a"};
    for (size_t i = 0; i < sizeof(origins) / sizeof(origins[0]); i++) {
        CHECK(set("origin", origins[i]) == OK);
        CHECK(config_check(&config, &error) == ERR_INVALID);
    }
    CHECK(set("origin", "https://[::1]:8443") == OK);
    CHECK(config_check(&config, &error) == OK);
    CHECK(set("listen.address", "localhost") == OK);
    CHECK(config_check(&config, &error) == ERR_INVALID);
}

static void nodes_need_what_they_share(void)
{
    static const char *const addresses[] = {"10.0.0.5",  "0.0.0.0:7443", "[::]:7443",
                                            "node:7443", "10.0.0.5:0",   "10.0.0.5:7443 x"};
    config_init(&config);
    CHECK(set("cluster.address", "10.0.0.5:7443") == OK);
    CHECK(config_check(&config, &error) == ERR_INVALID);
    CHECK(strstr(error.text, "given together") != NULL);
    CHECK(set("cluster.key_file", "/etc/visavis/cluster.key") == OK);
    CHECK(config_check(&config, &error) == ERR_INVALID);
    CHECK(strstr(error.text, "cluster.address") != NULL && strstr(error.text, "store.url") != NULL);
    CHECK(set("store.url", "postgresql://visavis@db/visavis") == OK);
    CHECK(config_check(&config, &error) == ERR_INVALID && strstr(error.text, "origin") != NULL);
    CHECK(set("origin", "https://intranet.example.org") == OK);
    CHECK(config_check(&config, &error) == OK);
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        CHECK(set("cluster.address", addresses[i]) == OK);
        CHECK(config_check(&config, &error) == ERR_INVALID);
    }
    CHECK(set("cluster.address", "[2001:db8::5]:7443") == OK);
    CHECK(config_check(&config, &error) == OK);
    CHECK(set("acme.directory", "https://acme.example.org/directory") == OK);
    config_settle(&config);
    CHECK(config_check(&config, &error) == ERR_INVALID);
    CHECK(strstr(error.text, "acme.directory") != NULL);
}

/* A configuration with this option, which does not fit to the others; what is said of it. */
static void does_not_fit(const char *text, const char *because)
{
    error.text[0] = '\0';
    CHECK(load(text) == OK);
    config_settle(&config);
    CHECK(config_check(&config, &error) == ERR_INVALID);
    CHECK(strstr(error.text, because) != NULL);
}

#define ACME "acme.directory = https://acme.example/directory\n"

static void each_option_that_does_not_fit_is_named(void)
{
    does_not_fit("acme.directory = http://acme.example/directory\norigin = https://a.example\n",
                 "starts with https://");
    does_not_fit("acme.directory = https://\norigin = https://a.example\n", "starts with https://");
    does_not_fit(ACME "origin = https://a.example\nacme.email = Ann <a@b.example>\n",
                 "one plain address");
    does_not_fit(ACME "origin = https://a.example\ntls.cert = a.pem\ntls.key = a.key\n",
                 "instead of tls.cert");
    does_not_fit(ACME "origin = https://a.example\ntls.cert = ./data/acme/certificate.pem\n"
                      "tls.key = a.key\n",
                 "instead of tls.cert");
    does_not_fit(ACME, "must be https:// and a name");
    does_not_fit(ACME "origin = https://192.0.2.1\n", "must be https:// and a name");
    does_not_fit(ACME "origin = https://[2001:db8::1]\n", "must be https:// and a name");
    does_not_fit("http.trusted_proxies = 10.0.0.0/8 elsewhere\n", "networks such as");
    does_not_fit("turn.public_address = here\n", "turn.public_address");
    does_not_fit("store.url = mysql://db\n", "starts with postgresql://");
    does_not_fit("portal.login_idle_s = 86400\nportal.login_absolute_s = 3600\n",
                 "portal.login_idle_s");
    does_not_fit("http.frame_bytes_max = 1048576\nhttp.queue_bytes_max = 65536\n",
                 "http.frame_bytes_max");
    CHECK(load(ACME "origin = https://a.example\nacme.email = a@b.example\n") == OK);
    config_settle(&config);
    CHECK(config_check(&config, &error) == OK);
    CHECK(strcmp(config.tls_cert, "./data/acme/certificate.pem") == 0);
}

static void too_many_networks_and_too_long_servers_are_refused(void)
{
    char value[CONFIG_TEXT_MAX + 1] = "";
    struct http_proxies proxies;
    size_t size = 0;
    for (int i = 0; i <= HTTP_PROXIES_MAX; i++) {
        size += (size_t)snprintf(value + size, sizeof(value) - size, "10.0.0.%d ", i);
    }
    CHECK(config_prefixes(value, HTTP_PROXIES_MAX, proxies.list, &proxies.count) != NULL);
    value[size - 1] = '\0';
    *strrchr(value, ' ') = '\0';
    CHECK(config_prefixes(value, HTTP_PROXIES_MAX, proxies.list, &proxies.count) == NULL);
    CHECK(proxies.count == HTTP_PROXIES_MAX);
    config_init(&config);
    size = (size_t)snprintf(value, sizeof(value), "turn:host.example user ");
    memset(value + size, 'x', SECRET_SIZE_MAX + 1);
    value[size + SECRET_SIZE_MAX + 1] = '\0';
    CHECK(set("ice.server", value) == ERR_INVALID);
    size = (size_t)snprintf(value, sizeof(value), "turn:host.example ");
    memset(value + size, 'u', WEBRTC_USERNAME_MAX + 1);
    memcpy(value + size + WEBRTC_USERNAME_MAX + 1, " secret", sizeof(" secret"));
    CHECK(set("ice.server", value) == ERR_INVALID && strstr(error.text, "too long") != NULL);
    CHECK(set("data", "a\x7F") == ERR_INVALID);
    CHECK(config.ice_count == 0);
}

static void loopback_is_127_and_1(void)
{
    static const struct {
        const char *address;
        bool loopback;
    } cases[] = {{"127.0.0.1", true}, {"127.9.9.9", true}, {"::1", true},      {"0.0.0.0", false},
                 {"::", false},       {"10.0.0.1", false}, {"fe80::1", false}, {"x", false}};
    config_init(&config);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK(set("listen.address", cases[i].address) == OK);
        CHECK(config_is_loopback(&config) == cases[i].loopback);
    }
}

static void note_value(void *arg, const char *name, const char *value)
{
    bool *shown = arg;
    CHECK(strstr(value, "topsecret") == NULL);
    *shown = *shown || (strcmp(name, "ice.server") == 0 && strstr(value, "(secret)") != NULL);
}

static void note_name(void *arg, const char *name)
{
    (void)snprintf(arg, 64, "%s", name);
}

static void showing_and_comparing_know_every_option(void)
{
    static struct config fresh;
    char name[64] = "";
    bool shown = false;
    config_init(&config);
    config_init(&fresh);
    CHECK(set("ice.server", "turn:host.example user topsecret") == OK);
    config_visit(&config, note_value, &shown);
    CHECK(shown);
    config_compare(&config, &fresh, note_name, name);
    CHECK(strcmp(name, "ice.server") == 0);
    static const char *const others[] = {"turn:other.example user topsecret",
                                         "turn:host.example other topsecret",
                                         "turn:host.example user othersecret"};
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        config_init(&fresh);
        CHECK(config_set(&fresh, &line, SLICE("ice.server"), slice_text(others[i]), &error) == OK);
        name[0] = '\0';
        config_compare(&config, &fresh, note_name, name);
        CHECK(strcmp(name, "ice.server") == 0);
    }
    fresh = config;
    name[0] = '\0';
    config_compare(&config, &fresh, note_name, name);
    CHECK(name[0] == '\0');
    config_init(&fresh);
    config_fini(&config);
    CHECK(secret_reveal(&config.ice[0].credential)[0] == '\0');
    name[0] = '\0';
    fresh.log_level = LOG_ERROR;
    config_compare(&config, &fresh, note_name, name);
    CHECK(name[0] == '\0'); /* log.level is reloadable */
    fresh.listen_port = 1;
    config_compare(&config, &fresh, note_name, name);
    CHECK(strcmp(name, "listen.port") == 0);
}

static void what_can_be_reloaded_is_taken_over_and_nothing_else(void)
{
    static struct config fresh;
    config_init(&config);
    config_init(&fresh);
    fresh.log_level = LOG_ERROR;
    fresh.portal.ring_ms = 30000;
    fresh.portal.users_max = 3;
    (void)snprintf(fresh.listen_address, sizeof(fresh.listen_address), "::1");
    config_take(&config, &fresh);
    CHECK(config.log_level == LOG_ERROR && config.portal.ring_ms == 30000);
    CHECK(config.portal.users_max == 20000 && strcmp(config.listen_address, "127.0.0.1") == 0);
    char name[64] = "";
    config_compare(&config, &fresh, note_name, name); /* the last one of two */
    CHECK(strcmp(name, "portal.users_max") == 0);
}

UNIT(the_limits_of_a_person_are_those_of_the_engine_alone,
     what_can_be_reloaded_is_taken_over_and_nothing_else, each_option_that_does_not_fit_is_named,
     too_many_networks_and_too_long_servers_are_refused,
     the_defaults_are_allowed_and_reach_this_machine_only, a_file_sets_options_and_lists,
     an_error_names_line_option_and_what_is_allowed, hostile_values_are_refused,
     ice_servers_are_checked_and_their_secret_is_not_shown, a_later_source_replaces_the_list,
     options_that_do_not_fit_together_are_refused, nodes_need_what_they_share,
     loopback_is_127_and_1, showing_and_comparing_know_every_option)
