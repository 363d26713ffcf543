/* SPDX-License-Identifier: Apache-2.0 */
#include "server/turnworker.h"

#include <stdio.h>
#include <time.h>

#include "base/counter.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/reactor.h"
#include "net/udp.h"
#include "wire/demux.h"

enum {
    INBOX_MAX = 4096,
    CONTROL_MAX = 2,    /* drain and a question */
    DOORS_MAX = 64,     /* transports and local addresses */
    BLOCKS = 8,         /* of data on their way to another worker */
    BLOCK_SIZE = 65536, /* at least the largest datagram */
};

enum order_kind { ORDER_ADOPT, ORDER_REVOKE, ORDER_NAME, ORDER_BLOCK, ORDER_BLOCK_BACK };

struct order {
    enum order_kind kind;
};

struct order_adopt {
    struct order order;
    struct conn_handoff *handoff;
};

struct order_text {
    struct order order;
    struct order_text *next; /* while it waits for room */
    size_t size;
    uint8_t text[CREDENTIAL_NAME_SIZE_MAX];
};

/* Data between two relays of this server that different workers own. Belongs to the worker that
 * sends it and comes back to it. */
struct order_block {
    struct order order;
    uint32_t from; /* the worker */
    uint32_t to;
    size_t used;
    struct order_block *next;
    uint8_t bytes[BLOCK_SIZE]; /* struct block_head and data, again and again */
};

struct block_head {
    struct addr from;
    struct addr to;
    uint32_t size;
};

struct door {
    enum turn_transport transport;
    struct addr local;
    struct udp_socket *socket; /* UDP */
};

struct relay {
    struct turnworker *worker;
    turn_relay number;
    struct udp_socket *socket; /* NULL: not open */
};

struct turnworker {
    uint32_t number;
    struct turnworker *const *all;
    struct mailbox *host;
    struct reactor *reactor;
    struct udp *udp;
    struct stunconns *conns;
    struct turn *turn;
    bool ending; /* what is left over is only freed */
    bool begun;  /* turn_begin was called in this turn of the loop */
    bool copies; /* the bytes at hand do not last until the end of the turn */
    uint64_t due_ms;
    struct udp_socket *listeners[TURNWORKER_LISTEN_MAX];
    uint32_t listener_count;
    struct door doors[DOORS_MAX];
    uint32_t door_count;
    struct order_block *blocks; /* free ones */
    struct order_block *filling[TURNWORKERS_MAX];
    struct order_block *handled; /* of others: they go back at the end of the turn */
    /* Orders that must arrive: each is its field, is there once, and so finds memory and room. */
    struct mailbox *control;
    struct addr alternate;            /* of drain */
    struct turnworker_answer *answer; /* to the question */
    /* The host's: ended calls that found the inbox full. */
    struct order_text *waiting;
    struct order_text **waiting_end;
    uint32_t waiting_count;
    uint32_t waiting_max;
    uint32_t relay_count;
    struct relay relays[];
};

/* ---- the turn ---- */

static void begin_turn(struct turnworker *worker)
{
    if (!worker->begun) {
        worker->begun = true;
        turn_begin(worker->turn, loop_now_ms(reactor_loop(worker->reactor)), (uint64_t)time(NULL));
    }
}

static void post_block(struct turnworker *worker, uint32_t to)
{
    struct order_block *block = worker->filling[to];

    worker->filling[to] = NULL;
    if (block == NULL) {
        return;
    }
    if (reactor_post(worker->all[to]->reactor, block) != OK) {
        counter_increment(COUNTER_TURNWORKER_LOST);
        block->next = worker->blocks;
        worker->blocks = block;
    }
}

static void on_due(void *arg)
{
    struct turnworker *worker = arg;

    worker->due_ms = UINT64_MAX;
    begin_turn(worker);
    turn_tick(worker->turn, loop_now_ms(reactor_loop(worker->reactor)));
}

/* Before the loop blocks, and before the sockets send what is queued. */
static void on_turn(void *arg)
{
    struct turnworker *worker = arg;
    uint64_t due_ms = turn_next_ms(worker->turn);

    for (uint32_t i = 0; worker->all != NULL && i < TURNWORKERS_MAX; i++) {
        post_block(worker, i);
    }
    if (worker->handled != NULL) {
        udp_flush(worker->udp); /* what was made of them still points into them */
    }
    while (worker->handled != NULL) {
        struct order_block *block = worker->handled;

        worker->handled = block->next;
        block->order.kind = ORDER_BLOCK_BACK;
        if (reactor_post(worker->all[block->from]->reactor, block) != OK) {
            mem_free(block); /* its owner makes do with fewer */
        }
    }
    worker->begun = false;
    if (due_ms != worker->due_ms) {
        worker->due_ms = due_ms;
        loop_set_deadline(reactor_loop(worker->reactor), due_ms, on_due, worker);
    }
}

/* ---- doors ---- */

/* The number of a transport and a local address; DOORS_MAX: there are too many. */
static uint32_t find_door(struct turnworker *worker, enum turn_transport transport,
                          const struct addr *local, struct udp_socket *socket)
{
    for (uint32_t i = 0; i < worker->door_count; i++) {
        const struct door *door = &worker->doors[i];

        if (door->transport == transport && addr_equal(&door->local, local)) {
            return i;
        }
    }
    if (worker->door_count == DOORS_MAX) {
        counter_increment(COUNTER_TURNWORKER_DOORS);
        return DOORS_MAX;
    }
    worker->doors[worker->door_count] =
        (struct door){.transport = transport, .local = *local, .socket = socket};
    return worker->door_count++;
}

/* ---- input ---- */

static void on_client_datagrams(void *arg, struct udp_socket *socket,
                                const struct udp_datagram *datagrams, uint32_t count)
{
    struct turnworker *worker = arg;
    struct turn_path path = {.transport = TURN_UDP};

    begin_turn(worker);
    for (uint32_t i = 0; i < count; i++) {
        const struct udp_datagram *datagram = &datagrams[i];
        enum demux_kind kind = demux_datagram(datagram->bytes);

        if (kind != DEMUX_STUN && kind != DEMUX_CHANNEL) {
            counter_increment(COUNTER_TURNWORKER_FOREIGN);
            continue;
        }
        path.remote = datagram->from;
        path.door = find_door(worker, TURN_UDP, &datagram->local, socket);
        if (path.door < DOORS_MAX) {
            turn_client_input(worker->turn, &path, datagram->bytes);
        }
    }
}

static void on_peer_datagrams(void *arg, struct udp_socket *socket,
                              const struct udp_datagram *datagrams, uint32_t count)
{
    struct relay *relay = arg;
    turn_relay number = relay->number;

    begin_turn(relay->worker);
    for (uint32_t i = 0; i < count && relay->socket == socket; i++) {
        turn_peer_input(relay->worker->turn, number, &datagrams[i].from, datagrams[i].bytes);
    }
}

static void on_peer_icmp(void *arg, struct udp_socket *socket, const struct udp_icmp *icmp)
{
    struct relay *relay = arg;

    begin_turn(relay->worker);
    if (relay->socket == socket) {
        turn_peer_error(relay->worker->turn, relay->number, &icmp->to, icmp->type, icmp->code,
                        icmp->info);
    }
}

/* False: there is no door for it. */
static bool path_of(struct turnworker *worker, const struct stunconn_info *info,
                    struct turn_path *path)
{
    enum turn_transport transport = info->tls ? TURN_TLS : TURN_TCP;

    *path = (struct turn_path){.remote = info->remote,
                               .door = find_door(worker, transport, &info->local, NULL),
                               .transport = (uint8_t)transport,
                               .conn = info->conn};
    return path->door < DOORS_MAX;
}

static void on_frame(void *arg, const struct stunconn_info *info, struct slice frame)
{
    struct turnworker *worker = arg;
    struct turn_path path;

    if (!path_of(worker, info, &path)) {
        stunconn_end(worker->conns, info->conn);
        return;
    }
    begin_turn(worker);
    worker->copies = true;
    turn_client_input(worker->turn, &path, frame);
    worker->copies = false;
}

static void on_conn_close(void *arg, const struct stunconn_info *info)
{
    struct turnworker *worker = arg;
    struct turn_path path;

    if (path_of(worker, info, &path)) {
        begin_turn(worker);
        turn_path_closed(worker->turn, &path);
    }
}

static bool is_known(void *arg, const struct stunconn_info *info)
{
    struct turnworker *worker = arg;
    struct turn_path path;

    return path_of(worker, info, &path) && turn_path_allocated(worker->turn, &path);
}

/* ---- ports of the engine ---- */

static void to_client(void *ctx, const struct turn_path *path, const struct turn_bytes *bytes)
{
    struct turnworker *worker = ctx;
    struct udp_message message = {
        .to = path->remote, .head_size = bytes->head_size, .bytes = bytes->body};
    const struct door *door = &worker->doors[path->door];

    if (path->transport != TURN_UDP) {
        stunconn_send(worker->conns, path->conn, slice_from(bytes->head, bytes->head_size),
                      bytes->body, bytes->pad_size);
        return;
    }
    memcpy(message.head, bytes->head, sizeof message.head);
    message.local = door->local;
    if (worker->copies) {
        udp_send_copy(door->socket, &message);
    } else {
        udp_send(door->socket, &message);
    }
}

static void to_peer(void *ctx, turn_relay number, const struct addr *peer, struct slice data,
                    bool dont_fragment)
{
    struct turnworker *worker = ctx;
    const struct relay *relay = &worker->relays[TURN_RELAY_INDEX(number)];
    struct udp_message message = {.to = *peer, .dont_fragment = dont_fragment, .bytes = data};

    if (relay->socket == NULL || relay->number != number) {
        return;
    }
    if (worker->copies) {
        udp_send_copy(relay->socket, &message);
    } else {
        udp_send(relay->socket, &message);
    }
}

static void to_worker(void *ctx, uint32_t to, const struct addr *from, const struct addr *peer,
                      struct slice data)
{
    struct turnworker *worker = ctx;
    struct block_head head = {.from = *from, .to = *peer, .size = (uint32_t)data.size};
    struct order_block *block = worker->filling[to];

    if (block != NULL && block->used + sizeof head + data.size > BLOCK_SIZE) {
        post_block(worker, to);
        block = NULL;
    }
    if (block == NULL) {
        block = worker->blocks;
        if (block == NULL || sizeof head + data.size > BLOCK_SIZE) {
            counter_increment(COUNTER_TURNWORKER_LOST);
            return;
        }
        worker->blocks = block->next;
        block->order.kind = ORDER_BLOCK;
        block->to = to;
        block->used = 0;
        worker->filling[to] = block;
    }
    memcpy(block->bytes + block->used, &head, sizeof head);
    memcpy(block->bytes + block->used + sizeof head, data.data, data.size);
    block->used += sizeof head + data.size;
}

static void flush(void *ctx)
{
    struct turnworker *worker = ctx;

    udp_flush(worker->udp);
}

static enum err open_relay(void *ctx, turn_relay number, const struct addr *local)
{
    struct turnworker *worker = ctx;
    struct relay *relay = &worker->relays[TURN_RELAY_INDEX(number)];
    struct udp_options options = {.local = *local, .trains = true};
    struct udp_handler handler = {
        .on_datagrams = on_peer_datagrams, .on_icmp = on_peer_icmp, .arg = relay};

    ASSERT(TURN_RELAY_INDEX(number) < worker->relay_count && relay->socket == NULL);
    relay->worker = worker;
    relay->number = number;
    return udp_open(worker->udp, &options, &handler, &relay->socket);
}

static void close_relay(void *ctx, turn_relay number)
{
    struct turnworker *worker = ctx;
    struct relay *relay = &worker->relays[TURN_RELAY_INDEX(number)];

    if (relay->number == number) {
        udp_close(relay->socket);
        relay->socket = NULL;
    }
}

static void end_path(void *ctx, const struct turn_path *path)
{
    struct turnworker *worker = ctx;

    if (path->transport == TURN_TCP || path->transport == TURN_TLS) {
        stunconn_end(worker->conns, path->conn);
    }
}

/* ---- orders ---- */

static void answer(struct turnworker *worker)
{
    struct turnworker_answer *answer = worker->answer;

    answer->conns = stunconn_count(worker->conns);
    turn_stats(worker->turn, &answer->stats);
    ASSERT(mailbox_post(worker->host, answer) == OK); /* it has room for one of each worker */
}

static void on_control(void *arg, void *message)
{
    struct turnworker *worker = arg;

    if (worker->ending) {
        return;
    }
    begin_turn(worker);
    if (message == &worker->alternate) {
        turn_drain(worker->turn, &worker->alternate);
    } else {
        answer(worker);
    }
}

static void take_block(struct turnworker *worker, struct order_block *block)
{
    size_t at = 0;

    while (at < block->used) {
        struct block_head head;

        memcpy(&head, block->bytes + at, sizeof head);
        at += sizeof head;
        turn_worker_input(worker->turn, &head.from, &head.to,
                          slice_from(block->bytes + at, head.size));
        at += head.size;
    }
    block->next = worker->handled;
    worker->handled = block;
}

static void on_order(void *arg, void *message)
{
    struct turnworker *worker = arg;
    struct order *order = message;
    struct order_text *text = message;
    struct order_block *block = message;

    if (worker->ending) {
        if (order->kind == ORDER_ADOPT) {
            stunconn_refuse(((struct order_adopt *)message)->handoff);
        }
        mem_free(message);
        return;
    }
    begin_turn(worker);
    switch (order->kind) {
    case ORDER_ADOPT:
        stunconn_adopt(worker->conns, ((struct order_adopt *)message)->handoff);
        break;
    case ORDER_REVOKE:
        turn_revoke_call(worker->turn, slice_from(text->text, text->size));
        break;
    case ORDER_NAME:
        if (turn_add_name(worker->turn, slice_from(text->text, text->size)) != OK) {
            counter_increment(COUNTER_TURNWORKER_LOST); /* it works by USERNAME */
        }
        break;
    case ORDER_BLOCK:
        take_block(worker, block);
        return;
    case ORDER_BLOCK_BACK:
        block->next = worker->blocks;
        worker->blocks = block;
        return;
    }
    mem_free(message);
}

static bool give(struct turnworker *worker, void *message)
{
    if (message != NULL && reactor_post(worker->reactor, message) == OK) {
        return true;
    }
    counter_increment(COUNTER_TURNWORKER_LOST);
    mem_free(message);
    return false;
}

void turnworker_adopt(struct turnworker *worker, struct conn_handoff *handoff)
{
    struct order_adopt *message = mem_alloc(sizeof *message);

    if (message != NULL) {
        message->order.kind = ORDER_ADOPT;
        message->handoff = handoff;
    }
    if (!give(worker, message)) {
        stunconn_refuse(handoff);
    }
}

static struct order_text *make_text(enum order_kind kind, struct slice text)
{
    struct order_text *message = mem_alloc(sizeof *message);

    if (message != NULL) {
        ASSERT(text.size <= sizeof message->text);
        message->order.kind = kind;
        message->size = text.size;
        memcpy(message->text, text.data, text.size);
    }
    return message;
}

void turnworker_add_name(struct turnworker *worker, struct slice name)
{
    (void)give(worker, make_text(ORDER_NAME, name));
}

void turnworker_revoke(struct turnworker *worker, struct slice call)
{
    struct order_text *message = make_text(ORDER_REVOKE, call);

    if (message == NULL || worker->waiting_count == worker->waiting_max) {
        counter_increment(COUNTER_TURNWORKER_LOST);
        mem_free(message);
        return;
    }
    *worker->waiting_end = message;
    worker->waiting_end = &message->next;
    worker->waiting_count++;
    (void)turnworker_retry(worker);
}

bool turnworker_retry(struct turnworker *worker)
{
    while (worker->waiting != NULL) {
        struct order_text *message = worker->waiting;
        struct order_text *next = message->next;

        if (reactor_post(worker->reactor, message) != OK) {
            return true;
        }
        worker->waiting = next;
        worker->waiting_count--;
    }
    worker->waiting_end = &worker->waiting;
    return false;
}

void turnworker_drain(struct turnworker *worker, const struct addr *alternate)
{
    worker->alternate = *alternate;
    ASSERT(mailbox_post(worker->control, &worker->alternate) == OK);
}

void turnworker_ask(struct turnworker *worker, struct turnworker_answer *answer)
{
    worker->answer = answer;
    ASSERT(mailbox_post(worker->control, &worker->answer) == OK);
}

/* ---- life ---- */

static enum err listen_all(struct turnworker *worker, const struct turnworker_params *params)
{
    struct udp_handler handler = {.on_datagrams = on_client_datagrams, .arg = worker};
    enum err err = OK;

    for (uint32_t i = 0; err == OK && i < params->listen_count; i++) {
        struct udp_options options = {.local = params->listen[i],
                                      .shared = params->turn.workers > 1,
                                      .trains = true,
                                      .buffer_bytes = params->buffer_bytes};

        err = udp_open(worker->udp, &options, &handler, &worker->listeners[i]);
        if (err == OK) {
            worker->listener_count++;
        } else {
            char text[ADDR_TEXT_SIZE];

            addr_format(&params->listen[i], text);
            log_error("cannot listen", "transport=udp address=%s err=%s", text, err_name(err));
        }
    }
    return err;
}

static enum err make_blocks(struct turnworker *worker, const struct turnworker_params *params)
{
    for (int i = 0; params->turn.workers > 1 && i < BLOCKS; i++) {
        struct order_block *block = mem_alloc(sizeof *block);

        if (block == NULL) {
            return ERR_NOMEM;
        }
        block->from = worker->number;
        block->next = worker->blocks;
        worker->blocks = block;
    }
    return OK;
}

static enum err make_parts(struct turnworker *worker, const struct turnworker_params *params)
{
    struct turn_ports ports = {.ctx = worker,
                               .to_client = to_client,
                               .to_peer = to_peer,
                               .to_worker = to_worker,
                               .flush = flush,
                               .open_relay = open_relay,
                               .close_relay = close_relay,
                               .end_path = end_path};
    struct stunconn_handler handler = {
        .on_frame = on_frame, .on_close = on_conn_close, .is_known = is_known, .arg = worker};
    char name[16];
    enum err err = OK;

    (void)snprintf(name, sizeof name, "turn %u", (unsigned)worker->number);
    err = reactor_create(name, params->kind, INBOX_MAX, on_order, worker, &worker->reactor);
    if (err != OK) {
        return err;
    }
    struct loop *loop = reactor_loop(worker->reactor);
    err = mailbox_create(loop, CONTROL_MAX, on_control, worker, &worker->control);
    if (err != OK) {
        return err;
    }
    err = udp_create(&(struct udp_params){.loop = loop, .coalesce_us = params->coalesce_us},
                     &worker->udp);
    err = err == OK ? stunconn_create(loop, &params->conns, &handler, &worker->conns) : err;
    err = err == OK ? turn_create(&params->turn, &ports, loop_now_ms(loop), &worker->turn) : err;
    err = err == OK ? make_blocks(worker, params) : err;
    err = err == OK ? listen_all(worker, params) : err;
    if (err == OK) {
        loop_on_turn(loop, on_turn, worker);
    }
    return err;
}

enum err turnworker_create(const struct turnworker_params *params, struct turnworker **out)
{
    uint32_t count = 2 * params->turn.limits.allocations_max;
    struct turnworker *worker =
        mem_alloc(sizeof *worker + (size_t)count * sizeof worker->relays[0]);

    *out = NULL;
    if (worker == NULL) {
        return ERR_NOMEM;
    }
    worker->number = params->turn.worker;
    worker->relay_count = count;
    worker->host = params->host;
    worker->due_ms = UINT64_MAX;
    worker->waiting_end = &worker->waiting;
    worker->waiting_max = params->turn.limits.revoked_max; /* more could not be remembered */
    enum err err = make_parts(worker, params);
    if (err != OK) {
        turnworker_destroy(worker);
        return err;
    }
    *out = worker;
    return OK;
}

void turnworker_meet(struct turnworker *worker, struct turnworker *const *all)
{
    worker->all = all;
}

enum err turnworker_start(struct turnworker *worker)
{
    return reactor_start(worker->reactor);
}

void turnworker_stop(struct turnworker *worker)
{
    reactor_stop(worker->reactor);
}

static void free_waiting(struct turnworker *worker)
{
    while (worker->waiting != NULL) {
        struct order_text *message = worker->waiting;

        worker->waiting = message->next;
        mem_free(message);
    }
}

static void free_blocks(struct turnworker *worker)
{
    struct order_block *lists[] = {worker->blocks, worker->handled};

    for (size_t i = 0; i < 2; i++) {
        for (struct order_block *block = lists[i]; block != NULL;) {
            struct order_block *next = block->next;

            mem_free(block);
            block = next;
        }
    }
    for (uint32_t i = 0; i < TURNWORKERS_MAX; i++) {
        mem_free(worker->filling[i]);
    }
}

void turnworker_destroy(struct turnworker *worker)
{
    if (worker == NULL) {
        return;
    }
    worker->ending = true;
    if (worker->reactor != NULL) {
        loop_on_turn(reactor_loop(worker->reactor), NULL, NULL);
    }
    stunconn_destroy(worker->conns);
    turn_destroy(worker->turn);
    for (uint32_t i = 0; i < worker->listener_count; i++) {
        udp_close(worker->listeners[i]);
    }
    udp_destroy(worker->udp);
    mailbox_destroy(worker->control);
    reactor_destroy(worker->reactor);
    free_waiting(worker);
    free_blocks(worker);
    mem_free(worker);
}
