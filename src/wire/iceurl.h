/* SPDX-License-Identifier: Apache-2.0 */
/* URIs of STUN and TURN servers, RFC 7064 and RFC 7065. Pure. */
#ifndef WIRE_ICEURL_H
#define WIRE_ICEURL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define ICEURL_HOST_SIZE_MAX 253

enum iceurl_scheme { ICEURL_STUN, ICEURL_STUNS, ICEURL_TURN, ICEURL_TURNS };
enum iceurl_transport { ICEURL_UDP, ICEURL_TCP };
enum iceurl_host { ICEURL_NAME, ICEURL_IPV4, ICEURL_IPV6 };

struct iceurl {
    enum iceurl_scheme scheme;
    enum iceurl_host host_kind;
    char host[ICEURL_HOST_SIZE_MAX + 1]; /* an IPv6 address without its brackets */
    uint16_t port;                       /* 3478, or 5349 with TLS, when not given */
    bool port_given;
    enum iceurl_transport transport; /* UDP, or TCP with TLS, when not given */
    bool transport_given;
};

/* NULL, or what is wrong, as a constant text that finishes the sentence "the URI ...". *out is only
 * set on success. */
MUST_USE const char *iceurl_parse(struct slice text, struct iceurl *out);

#endif
