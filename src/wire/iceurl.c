/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/iceurl.h"

#include <arpa/inet.h>

#include "base/text.h"

#define PORT_PLAIN 3478 /* RFC 7064 section 3.2, RFC 7065 section 3.2 */
#define PORT_TLS 5349
#define LABEL_SIZE_MAX 63

static bool is_alnum(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');
}

/* Where `byte` is first, or the size. */
static size_t find_byte(struct slice text, uint8_t byte)
{
    const uint8_t *found = text.size == 0 ? NULL : memchr(text.data, byte, text.size);
    return found == NULL ? text.size : (size_t)(found - text.data);
}

static struct slice behind(struct slice text, size_t size)
{
    return slice_from(text.data + size, text.size - size);
}

static const char *parse_scheme(struct slice *text, enum iceurl_scheme *out)
{
    static const struct {
        const char *name;
        enum iceurl_scheme scheme;
    } schemes[] = {{"stun", ICEURL_STUN},
                   {"stuns", ICEURL_STUNS},
                   {"turn", ICEURL_TURN},
                   {"turns", ICEURL_TURNS}};
    size_t size = find_byte(*text, ':');
    for (size_t i = 0; size < text->size && i < sizeof(schemes) / sizeof(schemes[0]); i++) {
        if (text_equal_nocase(slice_from(text->data, size), slice_text(schemes[i].name))) {
            *out = schemes[i].scheme;
            *text = behind(*text, size + 1);
            return NULL;
        }
    }
    return "does not begin with stun:, stuns:, turn: or turns:";
}

/* Takes an IPv6 address in brackets from the front. */
static const char *parse_ipv6(struct slice *text, struct iceurl *url)
{
    size_t size = find_byte(*text, ']');
    struct in6_addr address;
    if (size == text->size) {
        return "has a bracket without its end";
    }
    struct slice host = slice_from(text->data + 1, size - 1);
    if (host.size == 0 || host.size >= INET6_ADDRSTRLEN) {
        return "has no valid IPv6 address in its brackets";
    }
    memcpy(url->host, host.data, host.size);
    url->host[host.size] = '\0';
    if (strlen(url->host) != host.size || inet_pton(AF_INET6, url->host, &address) != 1) {
        return "has no valid IPv6 address in its brackets";
    }
    url->host_kind = ICEURL_IPV6;
    *text = behind(*text, size + 1);
    return NULL;
}

/* A host name of letters, digits and hyphens, RFC 1123 section 2.1, with an optional last point. */
static const char *check_name(struct slice host)
{
    size_t label_size = 0;
    for (size_t i = 0; i < host.size; i++) {
        uint8_t byte = host.data[i];
        if (byte == '.') {
            if (label_size == 0 || host.data[i - 1] == '-') {
                return "has a host name with a bad label";
            }
            label_size = 0;
            continue;
        }
        if (!is_alnum(byte) && !(byte == '-' && label_size > 0)) {
            return "has a host name with a character that is not allowed";
        }
        if (++label_size > LABEL_SIZE_MAX) {
            return "has a host name with a bad label";
        }
    }
    return host.data[host.size - 1] == '-' ? "has a host name with a bad label" : NULL;
}

/* Takes a name or an IPv4 address from the front. */
static const char *parse_name(struct slice *text, struct iceurl *url)
{
    size_t size = find_byte(*text, ':');
    struct in_addr address;
    if (size == 0) {
        return "has no host";
    }
    if (size > ICEURL_HOST_SIZE_MAX) {
        return "has too long a host name";
    }
    struct slice host = slice_from(text->data, size);
    const char *error = check_name(host);
    if (error != NULL) {
        return error;
    }
    memcpy(url->host, host.data, host.size);
    url->host[host.size] = '\0';
    /* A name whose last label is a number would be an IPv4 address to some and a name to others. */
    size_t last = host.data[size - 1] == '.' ? size - 1 : size;
    bool numeric = true;
    for (size_t i = last; i > 0 && host.data[i - 1] != '.'; i--) {
        numeric = numeric && host.data[i - 1] >= '0' && host.data[i - 1] <= '9';
    }
    url->host_kind = numeric ? ICEURL_IPV4 : ICEURL_NAME;
    if (numeric && inet_pton(AF_INET, url->host, &address) != 1) {
        return "has no valid IPv4 address";
    }
    *text = behind(*text, size);
    return NULL;
}

/* RFC 7065 section 3.1: only turn and turns have a query, and only this one. */
static const char *parse_query(struct slice query, struct iceurl *url)
{
    static const struct slice prefix = {(const uint8_t *)"transport=", 10};
    if (url->scheme == ICEURL_STUN || url->scheme == ICEURL_STUNS) {
        return "has a query, which stun and stuns do not know";
    }
    if (query.size < prefix.size ||
        !text_equal_nocase(slice_from(query.data, prefix.size), prefix)) {
        return "has a query that is not transport=udp or transport=tcp";
    }
    query = behind(query, prefix.size);
    if (text_equal_nocase(query, SLICE("udp"))) {
        url->transport = ICEURL_UDP;
    } else if (text_equal_nocase(query, SLICE("tcp"))) {
        url->transport = ICEURL_TCP;
    } else {
        return "has a transport that is not udp or tcp";
    }
    url->transport_given = true;
    return NULL;
}

const char *iceurl_parse(struct slice text, struct iceurl *out)
{
    struct iceurl url = {0};
    const char *error = parse_scheme(&text, &url.scheme);
    if (error != NULL) {
        return error;
    }
    bool tls = url.scheme == ICEURL_STUNS || url.scheme == ICEURL_TURNS;
    url.port = tls ? PORT_TLS : PORT_PLAIN;
    url.transport = tls ? ICEURL_TCP : ICEURL_UDP;
    if (text.size >= 2 && text.data[0] == '/' && text.data[1] == '/') {
        return "has slashes behind its scheme, which these URIs do not have";
    }
    size_t query_at = find_byte(text, '?');
    struct slice rest = slice_from(text.data, query_at);
    bool bracket = rest.size > 0 && rest.data[0] == '[';
    error = bracket ? parse_ipv6(&rest, &url) : parse_name(&rest, &url);
    if (error != NULL) {
        return error;
    }
    if (rest.size > 0) {
        uint64_t port = 0;
        if (rest.data[0] != ':' || text_parse_number(behind(rest, 1), UINT16_MAX, &port) != OK ||
            port == 0) {
            return "has a port that is not a number from 1 to 65535";
        }
        url.port = (uint16_t)port;
        url.port_given = true;
    }
    if (query_at < text.size) {
        error = parse_query(behind(text, query_at + 1), &url);
        if (error != NULL) {
            return error;
        }
    }
    *out = url;
    return NULL;
}
