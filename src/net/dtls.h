/* SPDX-License-Identifier: Apache-2.0 */
/* DTLS associations of clients on one loop, beside other datagrams on the same sockets (RFC 7983).
 * Who has not answered with a cookie (RFC 6347 section 4.2.1) costs no memory and is sent less than
 * came from there. Nothing is allocated for a datagram once hands have been shaken. */
#ifndef NET_DTLS_H
#define NET_DTLS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/addr.h"
#include "net/loop.h"
#include "net/tls.h"
#include "net/udp.h"

struct dtls;
struct sources;

typedef uint64_t dtls_conn; /* a number; stale ones find nothing; never 0 */

struct dtls_info {
    dtls_conn conn;
    struct addr remote;
    struct addr local;
};

struct dtls_handler {
    /* What one record held. Borrowed for the call. */
    void (*on_datagram)(void *arg, const struct dtls_info *info, struct slice bytes);
    /* It has ended, by whom ever; its number is dead. */
    void (*on_close)(void *arg, const struct dtls_info *info);
    /* Whether it may stay silent, or only for `stranger_ms` and as long as there is room. */
    bool (*is_known)(void *arg, const struct dtls_info *info);
    /* Whether a stranger there may be answered now. */
    bool (*may_answer)(void *arg, const struct addr *remote);
    /* A client was refused as there are count_max and no stranger of this loop can give way. May be
     * NULL. */
    void (*on_full)(void *arg);
    void *arg;
};

struct dtls_limits {
    uint32_t count_max;       /* of all loops that share `sources` */
    uint32_t per_address_max; /* likewise of one IPv4 address, one /64 of IPv6 */
    uint32_t handshake_ms;
    uint32_t stranger_ms;
};

/* `context` is borrowed, and may be of another thread. `sources` was made for limits->count_max, is
 * shared by the loops and outlives this. ERR_NOMEM. */
MUST_USE enum err dtls_create(struct loop *loop, struct tls_context *context,
                              const struct dtls_limits *limits, struct sources *sources,
                              const struct dtls_handler *handler, struct dtls **out);
/* All end, without on_close. Memory goes with loop_drain; the sockets may be closed before it.
 * NULL is accepted. */
void dtls_destroy(struct dtls *dtls);

/* A datagram whose first byte is that of DTLS, as it came to `socket`. */
void dtls_input(struct dtls *dtls, struct udp_socket *socket, const struct udp_datagram *datagram);

/* Sends `head` and `body` as one record; at most 16384 bytes together. What cannot be sent is
 * dropped. Also inside on_datagram. */
void dtls_send(struct dtls *dtls, dtls_conn conn, struct slice head, struct slice body);

/* Says good-bye and ends it. */
void dtls_end(struct dtls *dtls, dtls_conn conn);

/* Ends the association of a stranger; false: there is none. */
bool dtls_make_room(struct dtls *dtls);

uint32_t dtls_count(const struct dtls *dtls);

#endif
