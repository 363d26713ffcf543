/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP API of docs/api.md, the pages, and the door of the WebSocket. */
#ifndef SERVER_HTTPAPI_H
#define SERVER_HTTPAPI_H

#include "base/err.h"
#include "net/http.h"
#include "portal/portal.h"
#include "server/icelist.h"

#define HTTPAPI_ORIGINS_MAX 8

struct pusher;
struct turnhost;

struct httpapi;

/* Hands a checked handshake on: known sign-in, own Origin. Must answer by http_upgrade or
 * http_respond. `login` is borrowed. */
typedef void (*httpapi_on_websocket)(void *arg, http_exchange exchange, const struct login *login);

/* NULL: the server is ready for people; else why not, in English. */
typedef const char *(*httpapi_ready)(void *arg);

/* Looks at machine and network, as `visavis doctor`. `on_done` is called on the loop, the JSON is
 * borrowed for the call. ERR_BUSY: later. */
typedef enum err (*httpapi_examine)(void *arg,
                                    void (*on_done)(void *arg, enum err err, struct slice json),
                                    void *done_arg);

struct hours;

struct httpapi_params {
    struct loop *loop;
    struct portal *portal;    /* borrowed */
    struct port_keep keep;    /* for reading pictures */
    struct port_read read;    /* for reading the audit */
    struct icelist *ice;      /* borrowed */
    bool local;               /* reached by localhost only: local ICE servers make sense */
    bool secure;              /* pages are reached over TLS: __Host- cookie, HSTS */
    bool gallery;             /* serve /gallery.html */
    int64_t login_absolute_s; /* for the cookie's Max-Age */
    httpapi_on_websocket on_websocket;
    void *websocket_arg;
    httpapi_ready unready; /* for /readyz */
    void *unready_arg;
    httpapi_examine examine; /* for administrators */
    void *examine_arg;
    const struct pusher *pusher; /* borrowed */
    const struct hours *hours;   /* for administrators; borrowed */
};

MUST_USE enum err httpapi_create(const struct httpapi_params *params, struct httpapi **out);
/* After all answers that the portal owes have come (keeper and pool are drained). */
void httpapi_destroy(struct httpapi *api);

/* Names an origin of this server, such as "http://localhost:8080": the Host of a request must be
 * the one of an origin, the Origin of a write equal to it. The first one is used in links.
 * ERR_LIMIT: HTTPAPI_ORIGINS_MAX; ERR_INVALID: not scheme://host. */
MUST_USE enum err httpapi_add_origin(struct httpapi *api, const char *origin);

/* Where answers go: set after http_server_create; NULL when the server is closed. */
void httpapi_set_server(struct httpapi *api, struct http_server *server);

/* The built-in STUN and TURN server, for administrators; NULL: there is none any more. */
void httpapi_set_relay(struct httpapi *api, struct turnhost *relay);

struct http_handler httpapi_handler(struct httpapi *api);

#endif
