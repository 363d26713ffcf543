/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket connections meet signalling here: a checked handshake becomes a connection, its text
 * goes in, and what the fan-out sends goes out. */
#ifndef SERVER_UPGRADE_H
#define SERVER_UPGRADE_H

#include "net/http.h"
#include "net/loop.h"
#include "server/fanout.h"
#include "server/signalling.h"

struct upgrade {
    struct loop *loop;
    struct signalling *signalling;
    struct http_server *server; /* NULL: it is closed, or not there yet */
};

/* A handshake that httpapi has checked (httpapi_on_websocket); `arg` is a struct upgrade. */
void upgrade_on_websocket(void *arg, http_exchange exchange, const struct login *login);

/* The connections of the server, as long as it is there. */
struct outlet upgrade_outlet(struct upgrade *upgrade);

#endif
