/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP/1.1 server (RFC 9112) on llhttp, over TCP or TLS, and the upgrade to WebSocket.
 * Refuses what smuggles: obs-fold, both Content-Length and Transfer-Encoding, repeated or
 * disagreeing lengths, chunked bodies that are not last, bare LF, NUL, bad header names, a missing
 * or repeated Host. Requests of one connection are answered in order. */
#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/addr.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/loop.h"
#include "net/tls.h"

struct http_server;

/* A request that waits for its answer. Lives from on_request until http_respond or until the
 * connection goes; then its number finds nothing. */
typedef uint64_t http_exchange;

enum http_method { HTTP_GET, HTTP_HEAD, HTTP_POST, HTTP_PUT, HTTP_DELETE, HTTP_PATCH, HTTP_OTHER };

struct http_header {
    struct slice name; /* as sent */
    struct slice value;
};

struct http_request {
    enum http_method method;
    struct slice method_text;
    struct slice target; /* path and query as sent; starts with '/' */
    struct slice path;   /* percent-decoding is not done: paths of ours need none */
    struct slice query;  /* after '?', may be empty */
    struct slice body;
    const struct http_header *headers;
    uint32_t header_count;
    bool tls;
    bool upgrade_websocket;   /* a valid RFC 6455 handshake: http_upgrade may be called */
    const char *peer_address; /* text, without the port; who asks, not a proxy of ours */
};

struct http_limits {
    uint32_t connections_max;
    uint32_t connections_per_address_max;
    uint32_t header_bytes_max; /* 431 beyond */
    uint32_t headers_max;      /* 431 beyond */
    uint32_t body_bytes_max;   /* 413 beyond */
    uint32_t target_bytes_max; /* 414 beyond */
    uint32_t head_timeout_ms;  /* from the first byte (or accept) to the end of the headers */
    uint32_t body_timeout_ms;
    uint32_t idle_timeout_ms;  /* between requests */
    uint32_t frame_bytes_max;  /* WebSocket message; 1009 beyond */
    uint32_t queue_bytes_max;  /* unsent bytes of a WebSocket; cut with 1013 beyond */
    uint32_t ping_interval_ms; /* sent when silent; dead after 1.5 of it without any byte */
};

/* The finder of a header by its name without regard to case; empty slice when absent. */
struct slice http_header_find(const struct http_request *request, const char *name);

struct http_handler {
    /* All slices are borrowed for the call. Must answer now or later by http_respond. */
    void (*on_request)(void *arg, http_exchange exchange, const struct http_request *request);
    void *arg;
};

struct conn_handoff; /* net/conn.h; goes to net/stunconn.h as it is */

/* Connections that begin with a STUN message instead of a request. */
struct http_stun {
    /* Must take the handoff: stunconn_adopt or stunconn_refuse. May be NULL: such connections are
     * answered as bad requests. */
    void (*on_stun)(void *arg, struct conn_handoff *handoff);
    void *arg;
};

/* Connections that go on elsewhere, for a server that is a door only (server/nodedoor.h). */
struct http_pass {
    /* Whether the connection of this request, which is not answered then, is passed on. */
    bool (*wants)(void *arg, const struct http_request *request);
    /* Takes the handoff; its bytes begin with the whole head. The browser's address and whether
     * it came by TLS are in it. */
    void (*on_pass)(void *arg, struct conn_handoff *handoff);
    void *arg;
};

#define HTTP_PROXIES_MAX 32

/* The addresses from which X-Forwarded-For is believed. */
struct http_proxies {
    struct addr_prefix list[HTTP_PROXIES_MAX];
    uint32_t count;
};

struct http_params {
    struct loop *loop;
    const char *address;     /* "127.0.0.1", "::" ... */
    uint16_t port;           /* 0: any free one */
    struct tls_context *tls; /* NULL: plain. Borrowed. With it plain HTTP is refused. */
    struct http_limits limits;
    struct http_proxies proxies;
    struct http_handler handler;
    struct http_stun stun;
    struct http_pass pass; /* NULL: nothing is passed on */
};

/* Listens. ERR_IO (in use, not allowed; logged), ERR_INVALID (no address), ERR_NOMEM. */
MUST_USE enum err http_server_create(const struct http_params *params, struct http_server **out);
uint16_t http_server_port(const struct http_server *server);

#define HTTP_LISTENERS_MAX 16

/* Listens at one address more. `stun_only`: what is no STUN, by itself or in TLS, is closed there.
 * *port: what was taken. Errors as http_server_create; ERR_LIMIT: HTTP_LISTENERS_MAX. */
MUST_USE enum err http_server_listen(struct http_server *server, const char *address, uint16_t port,
                                     bool stun_only, uint16_t *taken);
/* Listens for other nodes, who pass connections of browsers on: each is TLS of the calling side of
 * `tls` (net/nodetls.h, borrowed) and begins with a hello (wire/nodehello.h), from which on it is
 * the connection of the browser named there. *taken and errors as http_server_listen. */
MUST_USE enum err http_server_listen_nodes(struct http_server *server, const char *address,
                                           uint16_t port, struct tls_context *tls, uint16_t *taken);

/* Before http_server_destroy: who connects from now on waits in the listening sockets, which this
 * process takes when it listens there again (net/inherited.h). */
void http_server_give_back(struct http_server *server);

/* No new connections; idle ones close, WebSockets get 1001. Memory goes with loop_drain. */
void http_server_destroy(struct http_server *server);

struct http_response {
    uint16_t status;
    const char *type;                  /* Content-Type or NULL */
    const struct http_header *headers; /* further ones */
    uint32_t header_count;
    struct slice body;
    bool body_is_static; /* the bytes outlive the connection: not copied */
};

/* Adds Date, Content-Length and nosniff. An unknown exchange is ignored (the peer has gone). */
void http_respond(struct http_server *server, http_exchange exchange,
                  const struct http_response *response);

/* ---- WebSocket (RFC 6455, server side, no extensions) ---- */

typedef uint64_t websock; /* a number; stale ones find nothing */

struct websock_handler {
    /* A whole text message, valid UTF-8. Borrowed for the call. */
    void (*on_message)(void *arg, websock socket, struct slice text);
    /* The connection has ended for whatever cause; the number is dead. */
    void (*on_close)(void *arg, websock socket, uint16_t code);
};

/* Answers the handshake with 101. `arg` goes with each callback of this socket.
 * ERR_NOT_FOUND: the peer has gone; ERR_STATE: no valid handshake; ERR_LIMIT:
 * who asks through a proxy has connections enough. After these two the exchange is still to be
 * answered. */
MUST_USE enum err http_upgrade(struct http_server *server, http_exchange exchange,
                               const struct websock_handler *handler, void *arg, websock *out);

/* Sends one text message; small ones of a turn leave together. ERR_LIMIT: the queue is full and
 * the socket has been cut (on_close follows); ERR_NOT_FOUND: it is gone. */
MUST_USE enum err websock_send(struct http_server *server, websock socket, struct slice text);

/* Sends a close frame and ends after it; on_close follows once. */
void websock_close(struct http_server *server, websock socket, uint16_t code, const char *reason);

#endif
