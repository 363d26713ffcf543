/* SPDX-License-Identifier: Apache-2.0 */
/* An IP address with a port, as a plain value: no padding, so that equal ones have equal bytes. */
#ifndef BASE_ADDR_H
#define BASE_ADDR_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/slice.h"

enum addr_family { ADDR_NONE = 0, ADDR_V4 = 4, ADDR_V6 = 6 };

struct addr {
    uint8_t ip[16]; /* IPv4: the first four bytes, the rest is 0 */
    uint16_t port;  /* in the order of the machine */
    uint8_t family;
    uint8_t zero;
};

struct addr_prefix {
    struct addr addr; /* the port is not looked at */
    uint8_t bits;
};

/* Bytes of "[ipv6]:port" with the NUL. */
#define ADDR_TEXT_SIZE 56

struct addr addr_v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d, uint16_t port);

/* Whether address and port are the same; the address alone. */
bool addr_equal(const struct addr *a, const struct addr *b);
bool addr_same_ip(const struct addr *a, const struct addr *b);

/* 0.0.0.0 or ::, and 127.0.0.0/8 or ::1. */
bool addr_is_any(const struct addr *addr);
bool addr_is_loopback(const struct addr *addr);

/* The bytes of the address: 4 or 16. */
static inline size_t addr_ip_size(const struct addr *addr)
{
    return addr->family == ADDR_V4 ? 4 : 16;
}

/* "192.0.2.1", "192.0.2.1:3478", "2001:db8::1", "[2001:db8::1]" or "[2001:db8::1]:3478"; without a
 * port it is 0. An IPv4 address in IPv6 form becomes IPv4. ERR_INVALID. */
MUST_USE enum err addr_parse(struct slice text, struct addr *out);

/* "192.0.2.0/24", "2001:db8::/32", or an address alone. ERR_INVALID. */
MUST_USE enum err addr_parse_prefix(struct slice text, struct addr_prefix *out);

/* Whether one of the prefixes has the address. */
bool addr_is_in(const struct addr_prefix *list, uint32_t count, const struct addr *addr);

/* Whether the first `bits` of two addresses of one family are the same. */
bool addr_same_bits(const uint8_t *a, const uint8_t *b, unsigned bits);

/* With the port when it is not 0; the address alone, without brackets. NUL-ended. */
void addr_format(const struct addr *addr, char out[ADDR_TEXT_SIZE]);
void addr_format_ip(const struct addr *addr, char out[ADDR_TEXT_SIZE]);

/* An IPv4 address in IPv6 form (::ffff:a.b.c.d) becomes IPv4; others stay as they are. */
void addr_unmap(struct addr *addr);

#endif
