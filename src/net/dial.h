/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that this program makes to look at a server as its clients do: UDP, TCP, TLS,
 * DTLS. They block, so they are for commands and for pool threads. */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/addr.h"
#include "base/slice.h"

struct dial;

enum dial_kind { DIAL_UDP, DIAL_TCP, DIAL_TLS, DIAL_DTLS };

#define DIAL_WHY_SIZE 160

/* The numeric addresses of a name or number, with `port`; how many, at most `count_max`. */
uint32_t dial_resolve(const char *host, uint16_t port, struct addr *out, uint32_t count_max);

/* Connects, from the address `from` unless it is NULL or of no family, and for TLS and DTLS shakes
 * hands without judging the certificate: dial_certificate does that. `host` is the name for TLS, or
 * NULL. ERR_TIMEOUT, ERR_CLOSED (refused), ERR_IO, ERR_NOMEM. */
MUST_USE enum err dial_open(enum dial_kind kind, const struct addr *to, const struct addr *from,
                            const char *host, uint32_t timeout_ms, struct dial **out);
void dial_close(struct dial *dial); /* NULL is accepted */

MUST_USE enum err dial_send(struct dial *dial, struct slice bytes);
/* One datagram, or some bytes of TCP and TLS. ERR_TIMEOUT, ERR_CLOSED. */
MUST_USE enum err dial_recv(struct dial *dial, uint8_t *out, size_t capacity, uint32_t timeout_ms,
                            size_t *size);

struct dial_certificate {
    bool trusted; /* by the certificate authorities of this machine, and for `host` */
    char why[DIAL_WHY_SIZE];
};

/* Of a TLS or DTLS connection. */
void dial_certificate(struct dial *dial, const char *host, struct dial_certificate *out);

/* Of a file (PEM): when its first certificate ends, and whether it names `host`. ERR_IO,
 * ERR_INVALID. */
MUST_USE enum err dial_certificate_file(const char *path, const char *host, int64_t *end_s,
                                        bool *names_host);

#endif
