/* SPDX-License-Identifier: Apache-2.0 */
/* The STUN and TURN server of this process: its workers, what browsers are told about it, and the
 * credentials that it gives out for a user and a call. On the loop's thread. */
#ifndef SERVER_TURNHOST_H
#define SERVER_TURNHOST_H

#include "net/confine.h"
#include "net/http.h"
#include "server/turnworker.h"
#include "wire/message.h"

#define TURNHOST_URLS_MAX 8
#define TURNHOST_URL_SIZE 300
#define TURNHOST_SECRET_SIZE 32
#define TURNHOST_CREDENTIAL_MAX_S 3600 /* a credential is for a call and at most one hour old */

struct turnhost;

struct turnhost_params {
    struct loop *loop;
    struct turn_config turn; /* without number, secrets, peers and key */
    struct peerfilter peers;
    uint32_t workers; /* 0: one a core */
    struct stunconn_limits conns;
    enum confine_kind kind;  /* what the threads of the workers may do */
    struct tls_context *tls; /* for DTLS; NULL: not spoken. Outlives the host. */
    struct dtls_limits dtls;
    uint32_t coalesce_us;
    uint32_t buffer_bytes;
    uint8_t secret[TURNHOST_SECRET_SIZE]; /* turnhost_set_secrets changes it */
    uint32_t credential_s;
    struct turn_alternate alternate; /* that takes over while this one drains */
};

MUST_USE enum err turnhost_create(const struct turnhost_params *params, struct turnhost **out);
/* Stops the workers; memory goes at once. Then its mailbox waits for loop_drain. NULL is accepted.
 */
void turnhost_destroy(struct turnhost *host);

/* For http_params: connections of STUN go to a worker. */
struct http_stun turnhost_stun(struct turnhost *host);

/* Listens by UDP and begins. ERR_EXISTS: a port is taken. */
MUST_USE enum err turnhost_start(struct turnhost *host, const struct addr *listen, uint32_t count);
bool turnhost_runs(const struct turnhost *host);

/* What browsers are told: ERR_LIMIT above TURNHOST_URLS_MAX, ERR_INVALID when it is too long. */
MUST_USE enum err turnhost_add_url(struct turnhost *host, const char *url);
void turnhost_forget_urls(struct turnhost *host); /* others follow */
uint32_t turnhost_urls(const struct turnhost *host, const struct slice **out);

/* A credential for `user` in `call`, until it expires or the call ends. ERR_STATE: it does not run
 * or drains. */
MUST_USE enum err turnhost_issue(struct turnhost *host, const struct id *user,
                                 const struct id *call, uint64_t now_s, struct credential *out);

/* The server as an entry of call.is; `credential` is memory for it. False: it is not offered. */
bool turnhost_offer(struct turnhost *host, const struct id *user, const struct id *call,
                    uint64_t now_s, struct credential *credential, struct message_ice_server *out);

/* The call has ended: nothing is relayed for it any more. */
void turnhost_revoke(struct turnhost *host, const struct id *call);

/* Where relays are (turn_set_relays) and whom they may reach from now on; each worker is given it,
 * one without room a moment later. */
void turnhost_set_peers(struct turnhost *host, const struct addr local[2],
                        const struct addr shown[2], const struct peerfilter *filter);

/* By which secret credentials are issued from now on, and which other one (NULL: none) is still
 * taken. Relays that are open go on. */
void turnhost_set_secrets(struct turnhost *host, const uint8_t current[TURNHOST_SECRET_SIZE],
                          const uint8_t *previous);

/* What all workers count together. */
struct turnhost_stats {
    uint32_t workers;
    uint32_t allocations[TURN_TRANSPORTS];
    uint32_t relays_open;
    uint32_t conns;
    uint64_t bytes;
    uint64_t packets;
    bool draining;
};

/* `on_stats` is called on the loop once all workers have answered; with NULL when the host goes
 * before.
 * ERR_BUSY: somebody is asking already; ERR_STATE: it does not run. */
MUST_USE enum err turnhost_ask(struct turnhost *host,
                               void (*on_stats)(void *arg, const struct turnhost_stats *stats),
                               void *arg);

/* No new allocations; `on_idle` is called on the loop when the last one has gone. Once. */
void turnhost_drain(struct turnhost *host, void (*on_idle)(void *arg), void *arg);

/* Timers: while it drains it looks whether it is idle; a worker whose inbox was full is given what
 * it must know. */
void turnhost_tick(struct turnhost *host, uint64_t now_ms);
uint64_t turnhost_next_ms(const struct turnhost *host);

#endif
