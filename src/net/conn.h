/* SPDX-License-Identifier: Apache-2.0 */
/* A TCP connection as bytes in and bytes out, with or without TLS. Embedded as the first member of
 * its owner, which is freed in on_closed and never before. Internal to net/. */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <stdbool.h>
#include <uv.h>
#include "base/addr.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/hello.h"
#include "net/loop.h"
#include "net/tls.h"

struct conn;
struct ssl_st;

struct conn_events {
    /* Bytes that may be changed in place. Borrowed for the call. */
    void (*on_bytes)(struct conn *conn, uint8_t *data, size_t size);
    /* No more bytes will come: the peer's FIN (`clean`) or a fault. */
    void (*on_end)(struct conn *conn, bool clean);
    /* A part (`all` false) or everything that was queued has left. */
    void (*on_sent)(struct conn *conn, bool all);
    /* The handle is closed; the owner frees itself. */
    void (*on_closed)(struct conn *conn);
    /* conn_connect has come to its end; NULL where nothing is connected. Not `open`: nobody
     * listens there, and the connection is to be aborted. With TLS the handshake follows. */
    void (*on_open)(struct conn *conn, bool open);
};

struct conn_chunk;

struct conn_queue {
    struct conn_chunk *first;
    struct conn_chunk *last;
    size_t size;
};

/* A connection between two loops: everything that must go along. */
struct conn_handoff {
    int fd;
    struct ssl_st *ssl; /* NULL: plain TCP */
    struct addr remote;
    struct addr local;
    size_t size; /* bytes that were read and not used */
    uint8_t bytes[];
};

struct conn {
    uv_tcp_t tcp;
    union {
        uv_write_t write;
        uv_shutdown_t shutdown;
        uv_connect_t connect;
    } req; /* a connect comes before the first write, a shutdown after the last one */
    const struct conn_events *events;
    struct loop *loop;
    struct ssl_st *ssl;      /* NULL: plain TCP */
    struct tls_context *tls; /* until the first byte says whether it is TLS */
    struct hello hello;      /* of its handshake's place in a turn */
    struct conn_queue plain; /* TLS only: not yet encrypted */
    struct conn_queue wire;  /* for the kernel */
    const uint8_t *cipher;   /* during a read only */
    size_t cipher_size;
    size_t sending_size; /* bytes of `wire` that the kernel is working on */
    bool reading;
    bool finishing; /* closes the sending side when all is sent */
    bool shut;      /* nothing is queued any more */
    bool fin_sent;
    bool closing;
};

/* Takes the connection waiting at `listener`. With `tls` it is TLS when its first byte begins a
 * handshake, else plain: the owner looks at conn_is_tls. On an error nothing is open; when true
 * comes back in *closing, on_closed still follows. */
MUST_USE enum err conn_accept(struct conn *conn, struct loop *loop, uv_stream_t *listener,
                              struct tls_context *tls, const struct conn_events *events,
                              bool *closing);

/* Connects to `to`; on_open follows, and nothing is flushed or read before it. With `tls` that
 * context speaks, which must be of a calling side. Errors as of conn_accept. */
MUST_USE enum err conn_connect(struct conn *conn, struct loop *loop, const struct addr *to,
                               struct tls_context *tls, const struct conn_events *events,
                               bool *closing);
/* A dead other machine is noticed when nothing it owes came for about so long (at least 3 s). */
void conn_watch_peer(struct conn *conn, uint32_t dead_ms);

/* Queues a copy of `bytes`, or the bytes themselves, which must outlive the connection. Nothing
 * leaves before conn_flush. ERR_NOMEM: nothing was queued. */
MUST_USE enum err conn_write(struct conn *conn, struct slice bytes);
MUST_USE enum err conn_write_static(struct conn *conn, struct slice bytes);
/* Queues `size` bytes, at least 1, that the caller writes to *out before anything else happens. */
MUST_USE enum err conn_reserve(struct conn *conn, size_t size, uint8_t **out);
size_t conn_queued(const struct conn *conn);

/* Hands the queue to the kernel as far as it takes it; the rest follows by itself. */
void conn_flush(struct conn *conn);

/* Sends what is queued, then the FIN. Bytes still arrive until the peer's own FIN. */
void conn_finish(struct conn *conn);
void conn_set_reading(struct conn *conn, bool reading);

/* Closes at once; on_closed follows. */
void conn_abort(struct conn *conn);

/* Whether it speaks TLS; known with the first bytes. */
bool conn_is_tls(const struct conn *conn);
/* The other end; ADDR_NONE: it has gone. */
struct addr conn_remote(const struct conn *conn);

/* Takes the connection apart, so that another loop can go on with it; `unread` goes along. Nothing
 * may be queued. The handle closes, on_closed follows. ERR_STATE: something is queued. ERR_NOMEM,
 * ERR_LIMIT (no descriptor): the connection stays as it was. */
MUST_USE enum err conn_detach(struct conn *conn, struct slice unread, struct conn_handoff **out);
/* Goes on with a detached one, whose unread bytes the caller has taken. `handoff` is gone, also on
 * an error; those are as of conn_accept. */
MUST_USE enum err conn_adopt(struct conn *conn, struct loop *loop, struct conn_handoff *handoff,
                             const struct conn_events *events, bool *closing);
/* Ends one that nobody goes on with. */
void conn_handoff_drop(struct conn_handoff *handoff);

/* For net/loop.c: the place of its handshake has come. */
void conn_on_place(struct hello *hello);

/* For net/tls.c: the doors of the BIO. */
size_t conn_take_cipher(struct conn *conn, uint8_t *out, size_t size);
MUST_USE enum err conn_put_cipher(struct conn *conn, struct slice bytes);

#endif
