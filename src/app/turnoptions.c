/* SPDX-License-Identifier: Apache-2.0 */
#include "app/turnoptions.h"

#include <stdio.h>

#include "base/text.h"

#define PORT_STUN 3478  /* RFC 8489 section 18.6 */
#define PORT_STUNS 5349 /* the same */
#define PORT_HTTPS 443

bool turnoptions_server(const char *text, char host[CONFIG_TEXT_MAX + 1], uint16_t *port)
{
    struct addr addr;
    uint64_t number = PORT_STUN;
    const char *colon = strrchr(text, ':');
    if (addr_parse(slice_text(text), &addr) == OK) {
        char ip[ADDR_TEXT_SIZE];
        addr_format_ip(&addr, ip);
        (void)snprintf(host, CONFIG_TEXT_MAX + 1, "%s", ip);
        *port = addr.port == 0 ? PORT_STUN : addr.port;
        return true;
    }
    if (colon != NULL &&
        (text_parse_number(slice_text(colon + 1), 65535, &number) != OK || number == 0)) {
        return false;
    }
    size_t size = colon == NULL ? strlen(text) : (size_t)(colon - text);
    (void)snprintf(host, CONFIG_TEXT_MAX + 1, "%.*s", (int)size, text);
    *port = (uint16_t)number;
    return size > 0 && size <= CONFIG_TEXT_MAX && strcspn(host, " /:") == size;
}

static const char *read_ports(const char *value, struct turnoptions *out)
{
    struct slice text = slice_text(value);
    struct slice word;
    while ((word = text_take_word(&text)).size > 0) {
        uint64_t port = 0;
        if (out->port_count == TURNOPTIONS_PORTS_MAX) {
            return "at most 6 ports are allowed";
        }
        if (text_parse_number(word, 65535, &port) != OK || port == 0) {
            return "ports from 1 to 65535 with blanks between are allowed";
        }
        out->ports[out->port_count++] = (uint16_t)port;
    }
    return NULL;
}

static const char *read_addresses(const char *value, struct addr out[2])
{
    struct slice text = slice_text(value);
    struct slice word;
    while ((word = text_take_word(&text)).size > 0) {
        struct addr addr;
        if (addr_parse(word, &addr) != OK || addr.port != 0 || addr_is_any(&addr)) {
            return "a numeric address is allowed, or one of IPv4 and one of IPv6";
        }
        struct addr *place = &out[addr.family == ADDR_V4 ? 0 : 1];
        if (place->family != ADDR_NONE) {
            return "at most one address of each family is allowed";
        }
        *place = addr;
    }
    return NULL;
}

/* Addresses with ports; one word that is none is the name of the certificate. */
static const char *read_alternate(const char *value, struct turn_alternate *out)
{
    struct slice text = slice_text(value);
    struct slice word;
    while ((word = text_take_word(&text)).size > 0) {
        struct addr addr;
        if (addr_parse(word, &addr) != OK) {
            if (out->domain[0] != '\0' || word.size >= sizeof(out->domain)) {
                return "addresses and at most one name with blanks between are allowed";
            }
            memcpy(out->domain, word.data, word.size);
            continue;
        }
        struct addr *place = &out->addresses[addr.family == ADDR_V4 ? 0 : 1];
        if (addr_is_any(&addr) || place->family != ADDR_NONE) {
            return "at most one address of each family is allowed";
        }
        *place = addr;
        place->port = addr.port == 0 ? PORT_STUN : addr.port;
    }
    bool named = out->domain[0] != '\0';
    bool placed = out->addresses[0].family != ADDR_NONE || out->addresses[1].family != ADDR_NONE;
    return named && !placed ? "a name needs a numeric address beside it" : NULL;
}

static bool has_port(const struct turnoptions *options, uint16_t port)
{
    for (uint32_t i = 0; i < options->port_count; i++) {
        if (options->ports[i] == port) {
            return true;
        }
    }
    return false;
}

/* The port for networks that hinder nothing. */
static uint16_t usual_port(const struct turnoptions *options, uint16_t port)
{
    if (has_port(options, PORT_STUN)) {
        return PORT_STUN;
    }
    for (uint32_t i = 0; i < options->port_count; i++) {
        if (options->ports[i] != PORT_HTTPS && options->ports[i] != PORT_STUNS) {
            return options->ports[i];
        }
    }
    return options->apart ? options->ports[0] : port;
}

struct turnoptions_told turnoptions_tell(const struct turnoptions *options, uint16_t port, bool tls)
{
    uint16_t usual = usual_port(options, port);
    bool https = has_port(options, PORT_HTTPS) || (port == PORT_HTTPS && !options->apart);
    uint16_t other = https && usual != PORT_HTTPS ? PORT_HTTPS : 0;
    struct turnoptions_told told = {.udp = {usual, other}, .tcp = {usual, tls ? 0 : other}};
    if (tls && https) {
        told.tls = PORT_HTTPS;
    } else if (tls && has_port(options, PORT_STUNS)) {
        told.tls = PORT_STUNS;
    } else if (tls) {
        told.tls = options->apart ? usual : port;
    }
    return told;
}

static const char *read_listen(const struct config *config, struct turnoptions *out)
{
    const char *text = config->turn.listen_address;
    struct addr addr;
    if (text[0] == '\0') {
        return NULL;
    }
    if (addr_parse(slice_text(text), &addr) != OK || addr.port != 0) {
        return "a numeric IPv4 or IPv6 address is allowed";
    }
    out->apart = strcmp(text, config->listen_address) != 0;
    return out->apart && out->port_count == 0 ? "turn.ports must name the ports there" : NULL;
}

const char *turnoptions_read(const struct config *config, struct turnoptions *out,
                             const char **option)
{
    *out = (struct turnoptions){0};
    *option = "turn.ports";
    const char *why = read_ports(config->turn.ports, out);
    if (why == NULL) {
        *option = "turn.listen_address";
        why = read_listen(config, out);
    }
    if (why == NULL) {
        *option = "turn.public_address";
        why = read_addresses(config->turn.public_address, out->public_address);
    }
    if (why == NULL && config->turn.detect[0] != '\0') {
        char host[CONFIG_TEXT_MAX + 1];
        uint16_t port = 0;
        *option = "turn.detect";
        why = turnoptions_server(config->turn.detect, host, &port) ? NULL
                                                                   : "host or host:port is allowed";
    }
    if (why == NULL) {
        *option = "turn.relay_address";
        why = read_addresses(config->turn.relay_address, out->relay_address);
    }
    if (why == NULL) {
        *option = "turn.alternate";
        why = read_alternate(config->turn.alternate, &out->alternate);
    }
    if (why == NULL) {
        *option = "turn.allow";
        why = config_prefixes(config->turn.allow, PEERFILTER_PREFIXES_MAX, out->allowed,
                              &out->allowed_count);
    }
    if (why == NULL) {
        *option = "turn.deny";
        why = config_prefixes(config->turn.deny, PEERFILTER_PREFIXES_MAX, out->denied,
                              &out->denied_count);
    }
    if (why == NULL && config->turn.relay_port_min > config->turn.relay_port_max) {
        *option = "turn.relay_port_min";
        why = "it is at most turn.relay_port_max";
    }
    return why;
}
