/* SPDX-License-Identifier: Apache-2.0 */
#include "base/addr.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const uint8_t nothing[16];
static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};

struct addr addr_v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port)
{
    return (struct addr){.ip = {a, b, c, d}, .port = port, .family = ADDR_V4};
}

bool addr_equal(const struct addr *a, const struct addr *b)
{
    return addr_same_ip(a, b) && a->port == b->port;
}

bool addr_same_ip(const struct addr *a, const struct addr *b)
{
    return a->family == b->family && memcmp(a->ip, b->ip, sizeof(a->ip)) == 0;
}

bool addr_is_any(const struct addr *addr)
{
    return memcmp(addr->ip, nothing, sizeof(nothing)) == 0;
}

bool addr_is_loopback(const struct addr *addr)
{
    if (addr->family == ADDR_V4) {
        return addr->ip[0] == 127;
    }
    return memcmp(addr->ip, nothing, 15) == 0 && addr->ip[15] == 1;
}

void addr_unmap(struct addr *addr)
{
    if (addr->family == ADDR_V6 && memcmp(addr->ip, mapped, sizeof(mapped)) == 0) {
        *addr = addr_v4(addr->ip[12], addr->ip[13], addr->ip[14], addr->ip[15], addr->port);
    }
}

static enum err parse_ip(struct slice text, int family, struct addr *out)
{
    char copy[INET6_ADDRSTRLEN];
    if (text.size == 0 || text.size >= sizeof(copy) || memchr(text.data, 0, text.size) != NULL) {
        return ERR_INVALID;
    }
    memcpy(copy, text.data, text.size);
    copy[text.size] = '\0';
    if (inet_pton(family, copy, out->ip) != 1) {
        return ERR_INVALID;
    }
    out->family = family == AF_INET ? ADDR_V4 : ADDR_V6;
    return OK;
}

MUST_USE enum err addr_parse(struct slice text, struct addr *out)
{
    struct slice ip = text;
    struct slice port = {0};
    const uint8_t *colon = text.size == 0 ? NULL : memchr(text.data, ':', text.size);
    int family = AF_INET6;
    *out = (struct addr){0};
    if (text.size > 0 && text.data[0] == '[') {
        const uint8_t *end = memchr(text.data, ']', text.size);
        if (end == NULL) {
            return ERR_INVALID;
        }
        ip = slice_from(text.data + 1, (size_t)(end - text.data) - 1);
        port = slice_from(end + 1, text.size - ip.size - 2);
    } else if (colon == NULL ||
               memchr(colon + 1, ':', text.size - (size_t)(colon + 1 - text.data)) == NULL) {
        family = AF_INET;
        ip.size = colon == NULL ? text.size : (size_t)(colon - text.data);
        port = slice_from(text.data + ip.size, text.size - ip.size);
    }
    uint64_t number = 0;
    if (port.size > 0 &&
        (port.data[0] != ':' ||
         text_parse_number(slice_from(port.data + 1, port.size - 1), 65535, &number) != OK)) {
        return ERR_INVALID;
    }
    out->port = (uint16_t)number;
    enum err err = parse_ip(ip, family, out);
    addr_unmap(out);
    return err;
}

void addr_format_ip(const struct addr *addr, char out[ADDR_TEXT_SIZE])
{
    int family = addr->family == ADDR_V4 ? AF_INET : AF_INET6;
    if (inet_ntop(family, addr->ip, out, ADDR_TEXT_SIZE) == NULL) {
        out[0] = '\0'; /* cannot be: the room is enough for both families */
    }
}

void addr_format(const struct addr *addr, char out[ADDR_TEXT_SIZE])
{
    char ip[ADDR_TEXT_SIZE];
    addr_format_ip(addr, ip);
    if (addr->port == 0) {
        memcpy(out, ip, sizeof(ip));
    } else if (addr->family == ADDR_V4) {
        (void)snprintf(out, ADDR_TEXT_SIZE, "%.15s:%u", ip, (unsigned)addr->port);
    } else {
        (void)snprintf(out, ADDR_TEXT_SIZE, "[%.45s]:%u", ip, (unsigned)addr->port);
    }
}

bool addr_same_bits(const uint8_t *a, const uint8_t *b, unsigned bits)
{
    unsigned rest = bits & 7;
    if (memcmp(a, b, bits / 8) != 0) {
        return false;
    }
    return rest == 0 || (a[bits / 8] ^ b[bits / 8]) >> (8 - rest) == 0;
}

MUST_USE enum err addr_parse_prefix(struct slice text, struct addr_prefix *out)
{
    const uint8_t *slash = text.size == 0 ? NULL : memchr(text.data, '/', text.size);
    size_t size = slash == NULL ? text.size : (size_t)(slash - text.data);
    enum err err = addr_parse(slice_from(text.data, size), &out->addr);
    if (err != OK || out->addr.port != 0) {
        return ERR_INVALID;
    }
    uint64_t bits = addr_ip_size(&out->addr) * 8;
    if (slash != NULL) {
        err = text_parse_number(slice_from(slash + 1, text.size - size - 1), bits, &bits);
    }
    out->bits = (uint8_t)bits;
    return err;
}

bool addr_is_in(const struct addr_prefix *list, uint32_t count, const struct addr *addr)
{
    for (uint32_t i = 0; i < count; i++) {
        if (list[i].addr.family == addr->family &&
            addr_same_bits(list[i].addr.ip, addr->ip, list[i].bits)) {
            return true;
        }
    }
    return false;
}
