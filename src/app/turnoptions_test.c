/* SPDX-License-Identifier: Apache-2.0 */
#include "app/turnoptions.h"

#include <stdio.h>

#include "unit.h"

static struct config config;
static struct turnoptions options;
static const char *option;

/* The broken rule after one option is set. */
static const char *rule_of(char *field, size_t size, const char *value)
{
    config_init(&config);
    (void)snprintf(field, size, "%s", value);
    return turnoptions_read(&config, &options, &option);
}

static void the_defaults_leave_everything_open(void)
{
    config_init(&config);
    CHECK(turnoptions_read(&config, &options, &option) == NULL);
    CHECK(options.port_count == 0 && options.allowed_count == 0 && options.denied_count == 0);
    CHECK(options.public_address[0].family == ADDR_NONE);
    CHECK(options.public_address[1].family == ADDR_NONE);
}

static void lists_are_read_whatever_the_blanks(void)
{
    CHECK(rule_of(config.turn.ports, sizeof(config.turn.ports), "  3478   443 ") == NULL);
    CHECK(options.port_count == 2 && options.ports[0] == 3478 && options.ports[1] == 443);
    CHECK(rule_of(config.turn.public_address, sizeof(config.turn.public_address),
                  "2001:db8::7 192.0.2.7") == NULL);
    CHECK(options.public_address[0].family == ADDR_V4 && options.public_address[0].ip[3] == 7);
    CHECK(options.public_address[1].family == ADDR_V6 && options.public_address[1].ip[15] == 7);
    CHECK(rule_of(config.turn.allow, sizeof(config.turn.allow), "10.0.0.0/8 fd00::/8") == NULL);
    CHECK(options.allowed_count == 2 && options.allowed[0].bits == 8);
}

static void a_broken_rule_names_its_option(void)
{
    static const char *const ports[] = {"0", "65536", "x", "1 2 3 4 5 6 7", "443,3478"};
    for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
        CHECK(rule_of(config.turn.ports, sizeof(config.turn.ports), ports[i]) != NULL);
        CHECK(strcmp(option, "turn.ports") == 0);
    }
    static const char *const addresses[] = {"host", "192.0.2.1:80", "0.0.0.0",
                                            "::", "192.0.2.1 192.0.2.2"};
    for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
        CHECK(rule_of(config.turn.relay_address, sizeof(config.turn.relay_address), addresses[i]) !=
              NULL);
        CHECK(strcmp(option, "turn.relay_address") == 0);
    }
    CHECK(rule_of(config.turn.deny, sizeof(config.turn.deny), "10.0.0.0/33") != NULL);
    CHECK(strcmp(option, "turn.deny") == 0);
    config_init(&config);
    config.turn.relay_port_min = 50001;
    config.turn.relay_port_max = 50000;
    CHECK(turnoptions_read(&config, &options, &option) != NULL);
    CHECK(strcmp(option, "turn.relay_port_min") == 0);
}

static void another_server_has_an_address_of_each_family_and_a_name(void)
{
    char *field = config.turn.alternate;
    size_t size = sizeof(config.turn.alternate);
    CHECK(rule_of(field, size, "192.0.2.9 [2001:db8::9]:443 relay.example") == NULL);
    CHECK(options.alternate.addresses[0].port == 3478 &&
          options.alternate.addresses[1].port == 443);
    CHECK(strcmp(options.alternate.domain, "relay.example") == 0);
    static const char *const wrong[] = {"relay.example", "192.0.2.9 192.0.2.8", "a b 192.0.2.9",
                                        "0.0.0.0:3478"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(rule_of(field, size, wrong[i]) != NULL);
        CHECK(strcmp(option, "turn.alternate") == 0);
    }
}

static void a_server_is_a_host_with_or_without_port(void)
{
    static const struct {
        const char *text;
        const char *host; /* NULL: refused */
        uint16_t port;
    } cases[] = {{"stun.example", "stun.example", 3478},
                 {"stun.example:19302", "stun.example", 19302},
                 {"192.0.2.1:443", "192.0.2.1", 443},
                 {"[2001:db8::1]:443", "2001:db8::1", 443},
                 {"2001:db8::1", "2001:db8::1", 3478},
                 {":3478", NULL, 0},
                 {"stun.example:x", NULL, 0},
                 {"stun.example:0", NULL, 0},
                 {"stun:stun.example:3478", NULL, 0},
                 {"a b", NULL, 0}};
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char host[CONFIG_TEXT_MAX + 1];
        uint16_t port = 0;
        bool right = turnoptions_server(cases[i].text, host, &port);
        CHECK(right == (cases[i].host != NULL));
        CHECK(!right || (strcmp(host, cases[i].host) == 0 && port == cases[i].port));
    }
    CHECK(rule_of(config.turn.detect, sizeof(config.turn.detect), "a b") != NULL);
    CHECK(strcmp(option, "turn.detect") == 0);
}

static struct turnoptions_told tell(const char *ports, const char *address, uint16_t port, bool tls)
{
    config_init(&config);
    (void)snprintf(config.turn.ports, sizeof(config.turn.ports), "%s", ports);
    (void)snprintf(config.turn.listen_address, sizeof(config.turn.listen_address), "%s", address);
    CHECK(turnoptions_read(&config, &options, &option) == NULL);
    return turnoptions_tell(&options, port, tls);
}

static bool tells(struct turnoptions_told told, uint16_t udp, uint16_t udp_https, uint16_t tcp,
                  uint16_t tcp_https, uint16_t tls)
{
    return told.udp[0] == udp && told.udp[1] == udp_https && told.tcp[0] == tcp &&
           told.tcp[1] == tcp_https && told.tls == tls;
}

static void browsers_are_told_the_usual_port_and_443(void)
{
    CHECK(tells(tell("", "", 8080, false), 8080, 0, 8080, 0, 0));
    CHECK(tells(tell("", "", 8443, true), 8443, 0, 8443, 0, 8443));
    CHECK(tells(tell("", "", 443, true), 443, 0, 443, 0, 443));
    CHECK(tells(tell("3478", "", 443, true), 3478, 443, 3478, 0, 443));
    CHECK(tells(tell("5000 3478 443 5349", "", 8443, true), 3478, 443, 3478, 0, 443));
    CHECK(tells(tell("3478 5349", "", 8443, true), 3478, 0, 3478, 0, 5349));
    CHECK(tells(tell("5349 5000", "", 8443, true), 5000, 0, 5000, 0, 5349));
    CHECK(tells(tell("443", "", 8080, false), 8080, 443, 8080, 443, 0));
}

static void beside_a_proxy_its_port_is_not_told(void)
{
    CHECK(tells(tell("3478", "0.0.0.0", 8080, false), 3478, 0, 3478, 0, 0));
    CHECK(tells(tell("3478", "::", 443, true), 3478, 0, 3478, 0, 3478));
    CHECK(tells(tell("443", "192.0.2.1", 8080, false), 443, 0, 443, 0, 0));
    CHECK(tells(tell("3478", "127.0.0.1", 8080, false), 3478, 0, 3478, 0, 0));
    CHECK(!options.apart); /* the same address */
    config_init(&config);
    CHECK(rule_of(config.turn.listen_address, sizeof(config.turn.listen_address), "0.0.0.0") !=
          NULL); /* without a port */
    CHECK(strcmp(option, "turn.listen_address") == 0);
    CHECK(rule_of(config.turn.listen_address, sizeof(config.turn.listen_address), "here") != NULL);
}

UNIT(browsers_are_told_the_usual_port_and_443, beside_a_proxy_its_port_is_not_told,
     a_server_is_a_host_with_or_without_port,
     another_server_has_an_address_of_each_family_and_a_name, the_defaults_leave_everything_open,
     lists_are_read_whatever_the_blanks, a_broken_rule_names_its_option)
