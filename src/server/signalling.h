/* SPDX-License-Identifier: Apache-2.0 */
/* The connections of sessions: a command becomes a call into the portal, its answer a reply. The
 * first message is hello, which opens a session or resumes one (docs/protocol.md). */
#ifndef SERVER_SIGNALLING_H
#define SERVER_SIGNALLING_H

#include "base/err.h"
#include "net/http.h"
#include "net/loop.h"
#include "portal/portal.h"
#include "server/fanout.h"

struct signalling;

struct signalling_params {
    struct loop *loop;
    struct portal *portal;
    struct fanout *fanout;
    uint32_t rate_per_s;
    uint32_t burst;
    uint32_t greeting_max; /* connections that have not said hello, all together */
    uint32_t idle_ms;      /* told to pages: without use for so long they are idle */
    uint32_t ping_ms;      /* told to pages: the server is heard at least this often */
    const struct message_ice_server *ice_servers; /* borrowed */
    size_t ice_server_count;
};

MUST_USE enum err signalling_create(const struct signalling_params *params,
                                    struct signalling **out);
/* After the loop is drained: every connection has ended. NULL is accepted. */
void signalling_destroy(struct signalling *signalling);

/* NULL: it is closed. */
void signalling_set_server(struct signalling *signalling, struct http_server *server);

/* A handshake that httpapi has checked (httpapi_on_websocket). */
void signalling_open(void *signalling, http_exchange exchange, const struct login *login);

void signalling_tick(struct signalling *signalling, uint64_t now_ms);
uint64_t signalling_next_ms(const struct signalling *signalling);

#endif
