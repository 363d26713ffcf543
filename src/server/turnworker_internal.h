/* SPDX-License-Identifier: Apache-2.0 */
/* What server/turnworker.c (sockets and engine) and server/turnworker_orders.c (what comes from
 * other threads) share. */
#ifndef SERVER_TURNWORKER_INTERNAL_H
#define SERVER_TURNWORKER_INTERNAL_H

#include "net/reactor.h"
#include "net/udp.h"
#include "server/turnworker.h"

enum {
    TURNWORKER_DOORS_MAX = 64,     /* transports and local addresses */
    TURNWORKER_BLOCK_SIZE = 65536, /* at least the largest datagram */
};

enum order_kind {
    ORDER_ADOPT,
    ORDER_ROOM, /* a client of another worker needs the place of a stranger here */
    ORDER_REVOKE,
    ORDER_NAME,
    ORDER_PEERS,
    ORDER_SECRETS,
    ORDER_BLOCK,
    ORDER_BLOCK_BACK
};

struct order {
    enum order_kind kind;
};

struct order_adopt {
    struct order order;
    struct conn_handoff *handoff;
    uint32_t tried; /* workers without room */
};

struct order_text {
    struct order order;
    struct order_text *next; /* while it waits for room */
    size_t size;
    uint8_t text[CREDENTIAL_NAME_SIZE_MAX];
};

struct order_peers {
    struct order order;
    struct turnworker_peers peers;
};

struct order_secrets {
    struct order order;
    struct credential_secrets secrets;
};

/* Data between two relays of this server that different workers own. Belongs to the worker that
 * sends it and comes back to it. */
struct order_block {
    struct order order;
    uint32_t from; /* the worker */
    uint32_t to;
    size_t used;
    struct order_block *next;
    uint8_t bytes[TURNWORKER_BLOCK_SIZE]; /* struct block_head and data, again and again */
};

struct door {
    enum turn_transport transport;
    struct addr local;
    struct udp_socket *socket; /* UDP */
    uint64_t used_ms;          /* when the last bytes came through it */
};

struct relay {
    struct turnworker *worker;
    turn_relay number;
    struct udp_socket *socket; /* NULL: not open */
};

struct turnworker {
    uint32_t number;
    uint32_t workers;
    struct turnworker *const *all;
    struct mailbox *host;
    struct reactor *reactor;
    struct udp *udp;
    struct stunconns *conns;
    struct dtls *dtls; /* NULL: not spoken */
    struct turn *turn;
    bool ending;    /* what is left over is only freed */
    bool copies;    /* the bytes at hand do not last until the end of the turn */
    uint64_t begun; /* the turn of the loop for which turn_begin was called */
    uint64_t due_ms;
    struct udp_socket *listeners[TURNWORKER_LISTEN_MAX];
    uint32_t listener_count;
    struct door doors[TURNWORKER_DOORS_MAX];
    uint32_t door_count;
    uint64_t doors_looked_ms;   /* when one was last looked for that can be used anew */
    struct order_block *blocks; /* free ones */
    struct order_block *filling[TURNWORKERS_MAX];
    uint32_t room_next;          /* who is asked next for a place, from this one on */
    struct order_block *handled; /* of others: they go back at the end of the turn */
    /* Orders that must arrive: each is its field, is there once, and so finds memory and room. */
    struct mailbox *control;
    struct turn_alternate alternate;  /* of drain */
    struct turnworker_answer *answer; /* to the question */
    /* The host's: ended calls that found the inbox full. */
    struct order_text *waiting;
    struct order_text **waiting_end;
    uint32_t waiting_count;
    uint32_t waiting_max;
    uint32_t relay_count;
    struct relay relays[];
};

/* Before the engine is used: once a turn of the loop. */
void turnworker_begin_turn(struct turnworker *worker);

/* Messages of other threads, on the worker's; for the reactor and the mailbox. */
void turnworker_on_order(void *arg, void *message);
void turnworker_on_control(void *arg, void *message);

/* No stranger of this worker can give way to a client by DTLS: one of another worker may. */
void turnworker_ask_for_room(struct turnworker *worker);

/* Data for relays of other workers, in blocks: made at the start, sent and given back when the
 * turn ends. */
MUST_USE enum err turnworker_make_blocks(struct turnworker *worker, uint32_t workers);
void turnworker_to_worker(void *ctx, uint32_t to, const struct addr *from, const struct addr *peer,
                          struct slice data);
void turnworker_end_blocks(struct turnworker *worker);

/* What was on its way when everything ends. */
void turnworker_free_orders(struct turnworker *worker);

#endif
