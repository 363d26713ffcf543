/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in connectors by themselves: what they accept, and the links they give. */
#include <stdio.h>

#include "connectors/builtin.h"
#include "connectors/link/meetlink.h"
#include "connectors/sip/sip.h"
#include "connectors/webrtc/webrtc.h"
#include "portal/testports.h"
#include "unit.h"

static void a_sip_account_is_a_name_and_a_host(void)
{
    static const char *const right[] = {"mary@example.org", "m.a-ry_1@sip.example.org:5060",
                                        "+33123@10.0.0.1"};
    static const char *const wrong[] = {"",          "mary",           "@example.org",
                                        "mary@",     "ma ry@x.org",    "mary@x.org;lr",
                                        "mary@-x",   "mary@x.org:",    "mary@x.org:123456",
                                        "mary@.x",   "mary@x-",        "mary@x:5x",
                                        "m<y@x.org", "javascript:a@b", "mary@x.org/y"};
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        CHECK(sip_connector.check_account(right[i]) == NULL);
    }
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(sip_connector.check_account(wrong[i]) != NULL);
    }
}

static void a_sip_link_has_the_scheme_that_is_set(void)
{
    static const char *const schemes[] = {"sip", "sips", "callto"};
    const char *values[] = {""};
    char link[CONNECTOR_URL_MAX + 1];
    struct connector_call call = {
        .values = values, .caller_account = "a@x.org", .callee_account = "b@x.org", .room = ""};
    CHECK(sip_connector.needs(values) == CONNECTOR_NEEDS_BOTH);
    CHECK(sip_connector.link(&call, link, sizeof(link)) == OK);
    CHECK(strcmp(link, "sip:b@x.org") == 0);
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        char wanted[32];
        (void)snprintf(wanted, sizeof(wanted), "%s:b@x.org", schemes[i]);
        values[0] = schemes[i];
        CHECK(sip_connector.check_field(0, schemes[i]) == NULL);
        CHECK(sip_connector.link(&call, link, sizeof(link)) == OK && strcmp(link, wanted) == 0);
    }
    CHECK(sip_connector.check_field(0, "http") != NULL);
    CHECK(sip_connector.link(&call, link, 8) == ERR_LIMIT);
}

static void a_room_of_ones_own_is_a_plain_link(void)
{
    static const char *const wrong[] = {"http://a.org/a",    "https://a.org/{room}",
                                        "https://a.org/<b>", "https://a.org/a b",
                                        "https://a.org/\"",  "https://u@a.org/"};
    CHECK(meetlink_connector.check_account("https://a.org/a?b") == NULL);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(meetlink_connector.check_account(wrong[i]) != NULL);
    }
}

static void a_template_is_https_with_one_room(void)
{
    static const char *const wrong[] = {"http://meet.example.org/{room}",
                                        "javascript:alert(1)//{room}",
                                        "https:///{room}",
                                        "https://{room}.example.org/",
                                        "https://user@meet.example.org/{room}",
                                        "https://meet.example.org/",
                                        "https://meet.example.org/{room}/{user}"};
    CHECK(meetlink_connector.check_field(0, "https://meet.example.org/{room}?x=1") == NULL);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(meetlink_connector.check_field(0, wrong[i]) != NULL);
    }
}

static void the_callers_own_room_comes_before_the_template(void)
{
    const char *values[] = {"https://meet.example.org/{room}?x=1"};
    const char *nothing[] = {""};
    char link[CONNECTOR_URL_MAX + 1];
    struct connector_call call = {
        .values = values, .caller_account = "", .callee_account = "https://b.org/b", .room = "r0"};
    CHECK(meetlink_connector.link(&call, link, sizeof(link)) == OK);
    CHECK(strcmp(link, "https://meet.example.org/r0?x=1") == 0);
    CHECK(meetlink_connector.link(&call, link, 8) == ERR_LIMIT);
    call.caller_account = "https://a.org/a";
    CHECK(meetlink_connector.link(&call, link, sizeof(link)) == OK);
    CHECK(strcmp(link, "https://a.org/a") == 0);
    call.values = nothing;
    call.caller_account = "";
    CHECK(meetlink_connector.link(&call, link, sizeof(link)) == OK);
    CHECK(strcmp(link, "https://b.org/b") == 0);
    call.callee_account = "";
    CHECK(meetlink_connector.link(&call, link, sizeof(link)) == ERR_NOT_FOUND);
    CHECK(meetlink_connector.needs(nothing) == CONNECTOR_NEEDS_EITHER);
    CHECK(meetlink_connector.needs(values) == CONNECTOR_NEEDS_NONE);
}

static struct webrtc_settings one_server(const char *url, const char *username,
                                         const char *password)
{
    struct webrtc_settings settings = {.server_count = 1};
    struct webrtc_server *server = &settings.servers[0];
    server->url_count = 1;
    (void)snprintf(server->urls[0], sizeof(server->urls[0]), "%s", url);
    server->credentials = username != NULL;
    (void)snprintf(server->username, sizeof(server->username), "%s",
                   username == NULL ? "" : username);
    CHECK(secret_set(&server->password, slice_text(password)) == OK);
    return settings;
}

static void the_wrong_field_of_an_ice_server_is_named(void)
{
    static const struct {
        const char *url, *username, *password, *field;
    } cases[] = {
        {"", NULL, "", "url"},
        {"javascript:alert(1)", NULL, "", "url"},
        {"http://stun.example.org", NULL, "", "url"},
        {"turn:127.0.0.1", "u", "p", "url"},
        {"turn:[::1]:3478", "u", "p", "url"},
        {"turn:[::]", "u", "p", "url"},
        {"turn:[::ffff:10.0.0.1]", "u", "p", "url"},
        {"turn:[fe80::1]", "u", "p", "url"},
        {"turn:[ff02::1]", "u", "p", "url"},
        {"turn:localhost", "u", "p", "url"},
        {"turn:localhost.", "u", "p", "url"},
        {"turn:here.localhost", "u", "p", "url"},
        {"stun:224.0.0.1", NULL, "", "url"},
        {"stun:169.254.169.254", NULL, "", "url"},
        {"stun:0.0.0.0", NULL, "", "url"},
        {"turn:turn.example.org", NULL, "", "username"},
        {"turn:turn.example.org", "", "p", "username"},
        {"turn:turn.example.org", "u", "", "password"},
        {"stun:stun.example.org", "", "", "username"},
        {"stun:stun.example.org:3478", NULL, "", NULL},
        {"stun:10.0.0.1", NULL, "", NULL},
        {"turn:[fec0::1]", "u", "p", NULL},
        {"turn:[2001:db8::1]:3478", "u", "p", NULL},
        {"turns:turn.example.org:443?transport=tcp", "u", "p", NULL},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct webrtc_fault fault;
        struct webrtc_settings settings =
            one_server(cases[i].url, cases[i].username, cases[i].password);
        enum err err = webrtc_check(&settings, false, &fault);
        CHECK((err == OK) == (cases[i].field == NULL));
        CHECK(err == OK || (strcmp(fault.field, cases[i].field) == 0 && fault.why != NULL));
    }
    struct webrtc_fault fault;
    struct webrtc_settings local = one_server("turn:127.0.0.1", "u", "p");
    CHECK(webrtc_check(&local, true, &fault) == OK);
    local.pool_size = WEBRTC_POOL_MAX + 1;
    CHECK(webrtc_check(&local, true, &fault) == ERR_INVALID);
    CHECK(strcmp(fault.field, "poolSize") == 0);
}

static void public_servers_are_known_by_their_names(void)
{
    CHECK(webrtc_is_public("stun:stun.l.google.com:19302"));
    CHECK(webrtc_is_public("stun:STUN4.L.GOOGLE.COM."));
    CHECK(webrtc_is_public("stun:stun.cloudflare.com"));
    CHECK(!webrtc_is_public("stun:stun.example.org"));
    CHECK(!webrtc_is_public("stun:evil-l.google.com.example.org"));
    CHECK(!webrtc_is_public("stun:notl.google.com"));
    CHECK(!webrtc_is_public("junk"));
}

static void on_seeded(void *arg, enum err err, const char *why)
{
    (void)arg;
    (void)err;
    (void)why;
}

static void what_is_written_is_read_again(void)
{
    struct testports ports;
    struct portal *portal = NULL;
    testports_init(&ports, 1);
    struct portal_params params = {.ports = testports_ports(&ports), .limits = testports_limits()};
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(builtin_register(portal) == OK);
    CHECK(!webrtc_is_set(portal));
    struct webrtc_settings settings = one_server("stun:stun.example.org", NULL, "");
    settings.server_count = 2;
    settings.servers[1] = one_server("turn:turn.example.org", "user", "secret").servers[0];
    settings.servers[1].url_count = 2;
    memcpy(settings.servers[1].urls[1], "turns:turn.example.org", 23);
    settings.relay_only = true;
    settings.pool_size = 3;
    static struct setting kept[ADMIN_SETTINGS_MAX];
    uint32_t count = webrtc_write(&settings, kept);
    enum err err = admin_settings_seed(portal, "webrtc", kept, count, on_seeded, NULL);
    (void)testports_run(&ports);
    struct webrtc_settings again;
    webrtc_read(portal, &again);
    bool is_set = webrtc_is_set(portal);
    portal_destroy(portal);
    testports_fini(&ports);
    CHECK(err == OK && is_set);
    CHECK(again.server_count == 2 && again.relay_only && again.pool_size == 3);
    CHECK(!again.collect_log && !again.servers[0].credentials);
    CHECK(again.servers[1].url_count == 2 && again.servers[1].credentials);
    CHECK(strcmp(again.servers[1].urls[1], "turns:turn.example.org") == 0);
    CHECK(strcmp(secret_reveal(&again.servers[1].password), "secret") == 0);
}

UNIT(a_sip_account_is_a_name_and_a_host, a_sip_link_has_the_scheme_that_is_set,
     a_room_of_ones_own_is_a_plain_link, a_template_is_https_with_one_room,
     the_callers_own_room_comes_before_the_template, the_wrong_field_of_an_ice_server_is_named,
     public_servers_are_known_by_their_names, what_is_written_is_read_again)
