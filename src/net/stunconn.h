/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of STUN and TURN over TCP and TLS on one loop: bytes become frames (RFC 8489 section
 * 6.2.2, RFC 8656 section 12.5) and frames bytes. They begin as connections of net/http, which
 * gives them away when their first byte is that of a STUN message. */
#ifndef NET_STUNCONN_H
#define NET_STUNCONN_H

#include <stdbool.h>
#include <stdint.h>
#include "base/addr.h"
#include "net/loop.h"

struct sources;
struct stunconns;
struct conn_handoff;

typedef uint64_t stunconn; /* a number; stale ones find nothing; never 0 */

struct stunconn_info {
    stunconn conn;
    bool tls;
    struct addr remote;
    struct addr local;
};

struct stunconn_handler {
    /* One frame without its padding. Borrowed for the call. */
    void (*on_frame)(void *arg, const struct stunconn_info *info, struct slice frame);
    /* It has ended, by whom ever; its number is dead. */
    void (*on_close)(void *arg, const struct stunconn_info *info);
    /* Whether it may stay silent, or only for `stranger_ms` and as long as there is room. */
    bool (*is_known)(void *arg, const struct stunconn_info *info);
    void *arg;
};

struct stunconn_limits {
    uint32_t count_max;       /* of all loops that share `sources` */
    uint32_t per_address_max; /* likewise of one IPv4 address, one /64 of IPv6 */
    uint32_t queue_bytes_max; /* unsent; what comes then is dropped, as UDP would */
    uint32_t frame_ms;        /* from the first byte of a frame to its last */
    uint32_t stranger_ms;
};

/* `sources` was made for limits->count_max, is shared by the loops and outlives this. ERR_NOMEM. */
MUST_USE enum err stunconn_create(struct loop *loop, const struct stunconn_limits *limits,
                                  struct sources *sources, const struct stunconn_handler *handler,
                                  struct stunconns **out);
/* All end, without on_close. Memory goes with loop_drain. NULL is accepted. */
void stunconn_destroy(struct stunconns *conns);

/* Goes on with a connection; on an error or at a limit it is closed. Where there are count_max the
 * one of a stranger gives way. ERR_BUSY: there is no stranger here; `handoff` stays the caller's,
 * for another loop or stunconn_refuse. On the thread of the loop. */
MUST_USE enum err stunconn_adopt(struct stunconns *conns, struct conn_handoff *handoff);
/* Ends one that nobody takes. Any thread. */
void stunconn_refuse(struct conn_handoff *handoff);

/* Sends one frame: head, body, `pad_size` zeros (at most 3). It is dropped when the queue is full
 * or the connection gone. Leaves before the loop blocks. */
void stunconn_send(struct stunconns *conns, stunconn conn, struct slice head, struct slice body,
                   uint8_t pad_size);

/* Ends it after what was sent. */
void stunconn_end(struct stunconns *conns, stunconn conn);

uint32_t stunconn_count(const struct stunconns *conns);

#endif
