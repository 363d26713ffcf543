/* SPDX-License-Identifier: Apache-2.0 */
#include "model/push.h"

#include <string.h>

#define LOCAL_PREFIX "http://127.0.0.1:"
#define PREFIX "https://"

static enum err refuse(const char **why, const char *rule)
{
    if (why != NULL) {
        *why = rule;
    }
    return ERR_INVALID;
}

static bool starts_with(struct slice text, struct slice start)
{
    return text.size >= start.size && memcmp(text.data, start.data, start.size) == 0;
}

static struct slice rest_of(struct slice text, size_t from)
{
    return slice_from(text.data + from, text.size - from);
}

/* How many of the first bytes are letters, digits, dots or hyphens. */
static size_t host_size(struct slice text)
{
    size_t size = 0;
    while (size < text.size) {
        uint8_t c = text.data[size];
        if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-')) {
            break;
        }
        size++;
    }
    return size;
}

/* Printable ASCII without what ends or breaks a header or a URL. */
static bool is_plain(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c <= ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '@' ||
            c == '#') {
            return false;
        }
    }
    return true;
}

static bool is_allowed(struct slice host, const char *hosts)
{
    while (*hosts != '\0') {
        size_t size = strcspn(hosts, " ");
        if (size > 0 && host.size >= size &&
            memcmp(host.data + host.size - size, hosts, size) == 0 &&
            (host.size == size || host.data[host.size - size - 1] == '.')) {
            return true;
        }
        hosts += size;
        hosts += *hosts == ' ' ? 1 : 0;
    }
    return false;
}

static bool is_local(struct slice endpoint)
{
    if (!starts_with(endpoint, SLICE(LOCAL_PREFIX))) {
        return false;
    }
    struct slice rest = rest_of(endpoint, sizeof(LOCAL_PREFIX) - 1);
    size_t digits = 0;
    while (digits < rest.size && rest.data[digits] >= '0' && rest.data[digits] <= '9') {
        digits++;
    }
    return digits > 0 && digits <= 5 && digits < rest.size && rest.data[digits] == '/';
}

MUST_USE enum err push_check_endpoint(struct slice endpoint, const char *hosts, bool local,
                                      const char **why)
{
    if (endpoint.size > PUSH_ENDPOINT_MAX || !is_plain(endpoint)) {
        return refuse(why, "endpoint: not a URL, or too long");
    }
    if (local && is_local(endpoint)) {
        return OK;
    }
    if (!starts_with(endpoint, SLICE(PREFIX))) {
        return refuse(why, "endpoint: must begin with https://");
    }
    struct slice rest = rest_of(endpoint, sizeof(PREFIX) - 1);
    struct slice host = slice_from(rest.data, host_size(rest));
    rest = rest_of(rest, host.size);
    if (starts_with(rest, SLICE(":443/"))) {
        rest = rest_of(rest, 4);
    }
    if (rest.size == 0 || rest.data[0] != '/') {
        return refuse(why, "endpoint: a host, no other port than 443, and a path are needed");
    }
    return is_allowed(host, hosts)
               ? OK
               : refuse(why, "endpoint: this push service is not allowed here (push.hosts)");
}

struct slice push_origin(struct slice endpoint)
{
    size_t size = 0;
    uint32_t slashes = 0;
    while (size < endpoint.size) {
        slashes += endpoint.data[size] == '/' ? 1 : 0;
        if (slashes == 3) {
            break;
        }
        size++;
    }
    struct slice origin = slice_from(endpoint.data, size);
    struct slice port = SLICE(":443");
    bool usual = origin.size > port.size && starts_with(origin, SLICE(PREFIX)) &&
                 memcmp(origin.data + origin.size - port.size, port.data, port.size) == 0;
    return usual ? slice_from(origin.data, origin.size - port.size) : origin;
}
