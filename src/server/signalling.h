/* SPDX-License-Identifier: Apache-2.0 */
/* The connections of sessions: a command becomes a call into the portal, its answer a reply. The
 * first message is hello, which opens a session or resumes one (docs/protocol.md). Without sockets:
 * server/upgrade.c brings the text, the fan-out's outlet takes it. */
#ifndef SERVER_SIGNALLING_H
#define SERVER_SIGNALLING_H

#include "base/err.h"
#include "portal/portal.h"
#include "server/fanout.h"
#include "server/icelist.h"
#include "turn/credential.h"
#include "wire/message.h"

struct signalling;

struct signalling_params {
    uint64_t now_ms;
    struct portal *portal;
    struct fanout *fanout;
    uint32_t rate_per_s;
    uint32_t burst;
    uint32_t greeting_max; /* connections that have not said hello, all together */
    uint32_t idle_ms;      /* told to pages: without use for so long they are idle */
    uint32_t ping_ms;      /* told to pages: the server is heard at least this often */
    struct icelist *ice;   /* borrowed */
};

MUST_USE enum err signalling_create(const struct signalling_params *params,
                                    struct signalling **out);
/* After the loop is drained: every connection has ended. NULL is accepted. */
void signalling_destroy(struct signalling *signalling);

/* One connection. */
struct link;

/* Fills in the entry of the built-in relay for this user in this call; what it points at is in
 * `credential` or lasts. False: it is not offered. */
typedef bool (*signalling_offer)(void *arg, const struct id *user, const struct id *call,
                                 struct credential *credential, struct message_ice_server *out);

/* Browsers are given the relay first; `offer` NULL: there is none. */
void signalling_set_relay(struct signalling *signalling, signalling_offer offer, void *arg);

/* A connection of this sign-in, whose handshake is to be answered. It lives until signalling_close.
 * ERR_LIMIT: too many that have not said hello; ERR_NOMEM. */
MUST_USE enum err signalling_open(struct signalling *signalling, const struct id *login,
                                  struct link **out);
/* It is there: hello must come soon. */
void signalling_start(struct link *link, websock socket, uint64_t now_ms);
void signalling_receive(struct link *link, struct slice text, uint64_t now_ms);
/* It has ended with this close code, or its handshake failed. */
void signalling_close(struct link *link, uint16_t code, uint64_t now_ms);

void signalling_tick(struct signalling *signalling, uint64_t now_ms);
uint64_t signalling_next_ms(const struct signalling *signalling);

#endif
