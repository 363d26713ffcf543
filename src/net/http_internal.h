/* SPDX-License-Identifier: Apache-2.0 */
/* The server and its connections, shared by http.c, http_respond.c and websock.c. */
#ifndef NET_HTTP_INTERNAL_H
#define NET_HTTP_INTERNAL_H

#include "base/buf.h"
#include "base/slots.h"
#include "base/wheel.h"
#include "net/conn.h"
#include "net/http.h"
#include "net/http_parse.h"
#include "net/loop_internal.h"
#include "net/sources.h"
#include "wire/wsframe.h"

#define HTTP_LINGER_MS 1000    /* for the peer's FIN after ours */
#define HTTP_AHEAD_BYTES 65536 /* unsent answers beyond which no further request is read */

/*      accept > HEAD > BODY > WAITING > HEAD ...
 *           \ > LEAVING > GONE       \ > WEBSOCK       (HEAD > LEAVING, when it is passed on)
 *      any state > ENDING (sends the rest, waits for the FIN) > GONE (the handle is closing) */
enum http_state {
    HTTP_STATE_HEAD,
    HTTP_STATE_BODY,
    HTTP_STATE_WAITING,
    HTTP_STATE_WEBSOCK,
    HTTP_STATE_LEAVING, /* waits until nothing is queued; then it leaves */
    HTTP_STATE_ENDING,
    HTTP_STATE_GONE
};

struct websock_state {
    const struct websock_handler *handler;
    void *arg;
    slot_id id;
    uint64_t heard_ms; /* when the last bytes came */
    struct wsframe_decoder decoder;
    uint16_t code; /* for on_close */
    bool ended;    /* on_close is due */
    bool reported; /* on_close was called */
    bool pinged;
};

struct http_conn {
    struct conn conn; /* first: conn_events give it back */
    struct http_server *server;
    struct http_conn *next;
    struct http_conn **link;
    struct http_conn *ready_next; /* has something to do at the end of the turn */
    bool ready;
    bool keep_alive;
    bool head_only;
    bool peer_ended; /* the peer's FIN has come */
    bool met;        /* the first byte has been looked at */
    bool stun_only;
    bool passes;      /* it leaves to another node */
    bool from_node;   /* another node has passed it on, or says it will */
    bool told_tls;    /* what that node says of the browser's connection */
    struct addr told; /* the other end of that; no family: not said yet */
    enum http_state state;
    slot_id exchange;
    uint64_t asked_ms;     /* when the rest of the request was read */
    struct addr remote;    /* the other end, or who asks through a proxy of ours */
    struct source *source; /* counts it; NULL: a proxy with requests of many */
    bool by_proxy;
    struct wheel_timer timer;
    struct buf in; /* bytes not yet used */
    size_t scanned;
    struct http_parse *parse;
    struct websock_state *websock;
    char accept[29];
    char address[ADDR_TEXT_SIZE]; /* of remote */
};

struct http_listener {
    int spare;        /* a descriptor to have one when none is left; 0: none */
    uint64_t full_ms; /* when it was last logged that none is left */
    uv_tcp_t tcp;
    struct http_server *server;
    struct tls_context *tls; /* borrowed */
    bool stun_only;
    bool of_nodes;
    bool accept_waits; /* a connection that could not even be refused for want of memory */
    uint16_t port;
};

struct http_server {
    struct loop *loop;
    struct tls_context *tls;
    struct http_limits limits;
    struct http_proxies proxies;
    struct http_handler handler;
    struct http_stun stun;
    struct http_pass pass;
    struct http_listener listeners[HTTP_LISTENERS_MAX];
    uint32_t listener_count;
    uv_timer_t timer;
    struct loop_flush flush;
    struct wheel *wheel;
    struct slots *exchanges;
    struct slots *sockets;
    struct sources *sources;
    struct http_conn *conns;
    struct http_conn *ready_first;
    struct http_conn *ready_last;
    uint32_t conn_count;
    uint32_t stranger_count; /* of the listener for nodes, without a hello so far */
    uint32_t open_handles; /* listeners and timer */
    bool closing;
    bool flush_added;
    int64_t date_s;
    char date[40];
};

/* Puts the connection on the list that is worked off before the loop blocks. */
void http_conn_ready(struct http_conn *hc);
/* Drops everything now. */
void http_conn_cut(struct http_conn *hc);
/* Sends what is queued, then ends. */
void http_conn_end(struct http_conn *hc);
/* (Re)starts the one timer of the connection; 0: none. */
void http_conn_timer(struct http_conn *hc, uint32_t delay_ms,
                     void (*on_due)(struct wheel_timer *timer, uint64_t now_ms));
void http_conn_on_timeout(struct wheel_timer *timer, uint64_t now_ms);
struct http_conn *http_conn_of_timer(struct wheel_timer *timer);
/* The exchange is over: the next request, or the end. */
void http_conn_answered(struct http_conn *hc);

/* Writes a whole answer. An error: not enough memory, nothing sensible was queued. */
MUST_USE enum err http_write_response(struct http_conn *hc, const struct http_response *response);

/* ---- http_listen.c ---- */

/* Takes again what had to wait for memory. */
void http_listen_retry(struct http_server *server);
void http_listen_close(struct http_server *server);
/* Counts the connection at its remote address. ERR_LIMIT: that has connections enough; ERR_NOMEM.
 */
MUST_USE enum err http_listen_count(struct http_conn *hc);
/* Who is at the other end, or said to be by a node: a proxy, or somebody to count. Errors as
 * http_listen_count; ERR_CLOSED: it has gone. */
MUST_USE enum err http_listen_meet(struct http_conn *hc);
/* For http.c, where connections are made of what was accepted. */
extern const struct conn_events http_conn_events;
void http_handle_closed(uv_handle_t *handle);

/* ---- websock.c ---- */

/* The bytes of a connection in HTTP_STATE_WEBSOCK. */
void websock_on_bytes(struct http_conn *hc, uint8_t *data, size_t size);
void websock_on_end(struct http_conn *hc);
/* Calls on_close when it is due. */
void websock_report(struct http_conn *hc);
/* The connection is gone for `code`, if nothing was said before. */
void websock_end(struct http_conn *hc, uint16_t code);
void websock_free(struct http_conn *hc);

#endif
