/* SPDX-License-Identifier: Apache-2.0 */
/* What comes to a worker from other threads: orders of the host, data of other workers. */
#include "base/counter.h"
#include "base/mem.h"
#include "server/turnworker_internal.h"

enum {
    BLOCKS = 8, /* of data on their way to another worker */
};

struct block_head {
    struct addr from;
    struct addr to;
    uint32_t size;
};

/* ---- data of other workers ---- */

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

void turnworker_end_blocks(struct turnworker *worker)
{
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
}

void turnworker_to_worker(void *ctx, uint32_t to, const struct addr *from, const struct addr *peer,
                          struct slice data)
{
    struct turnworker *worker = ctx;
    struct block_head head = {.from = *from, .to = *peer, .size = (uint32_t)data.size};
    struct order_block *block = worker->filling[to];

    if (block != NULL && block->used + sizeof head + data.size > TURNWORKER_BLOCK_SIZE) {
        post_block(worker, to);
        block = NULL;
    }
    if (block == NULL) {
        block = worker->blocks;
        if (block == NULL || sizeof head + data.size > TURNWORKER_BLOCK_SIZE) {
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

enum err turnworker_make_blocks(struct turnworker *worker, uint32_t workers)
{
    for (int i = 0; workers > 1 && i < BLOCKS; i++) {
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

/* ---- orders ---- */

static void answer(struct turnworker *worker)
{
    struct turnworker_answer *answer = worker->answer;

    answer->conns = stunconn_count(worker->conns);
    answer->conns += worker->dtls == NULL ? 0 : dtls_count(worker->dtls);
    turn_stats(worker->turn, &answer->stats);
    ASSERT(mailbox_post(worker->host, answer) == OK); /* it has room for one of each worker */
}

void turnworker_on_control(void *arg, void *message)
{
    struct turnworker *worker = arg;

    if (worker->ending) {
        return;
    }
    turnworker_begin_turn(worker);
    if (message == &worker->alternate) {
        turn_drain(worker->turn, &worker->alternate);
    } else {
        answer(worker);
    }
}

/* The worker that is `steps` behind this one. */
static struct turnworker *other_worker(const struct turnworker *worker, uint32_t steps)
{
    return worker->all[(worker->number + steps) % worker->workers];
}

/* There may be all the connections that are allowed, and no stranger among those of this worker:
 * the next worker takes it, so that the limit is one for all of them. */
static void adopt(struct turnworker *worker, struct order_adopt *message)
{
    if (stunconn_adopt(worker->conns, message->handoff) != ERR_BUSY) {
        mem_free(message);
        return;
    }
    message->tried++;
    if (message->tried == worker->workers ||
        reactor_post(other_worker(worker, 1)->reactor, message) != OK) {
        stunconn_refuse(message->handoff);
        mem_free(message);
    }
}

void turnworker_ask_for_room(struct turnworker *worker)
{
    struct order *message = worker->workers == 1 ? NULL : mem_alloc(sizeof *message);

    if (message == NULL) {
        return;
    }
    message->kind = ORDER_ROOM;
    worker->room_next = worker->room_next % (worker->workers - 1) + 1;
    if (reactor_post(other_worker(worker, worker->room_next)->reactor, message) != OK) {
        mem_free(message);
    }
}

static void set_peers(struct turnworker *worker, const struct turnworker_peers *peers)
{
    turn_set_relays(worker->turn, peers->local, peers->shown);
    turn_set_peers(worker->turn, &peers->filter);
}

static void end_order(struct order *order)
{
    if (order->kind == ORDER_SECRETS) {
        mem_wipe(order, sizeof(struct order_secrets));
    }
    mem_free(order);
}

void turnworker_on_order(void *arg, void *message)
{
    struct turnworker *worker = arg;
    struct order *order = message;
    struct order_text *text = message;
    struct order_block *block = message;

    if (worker->ending) {
        if (order->kind == ORDER_ADOPT) {
            stunconn_refuse(((struct order_adopt *)message)->handoff);
        }
        end_order(order);
        return;
    }
    turnworker_begin_turn(worker);
    switch (order->kind) {
    case ORDER_ADOPT:
        adopt(worker, message);
        return;
    case ORDER_ROOM:
        if (worker->dtls != NULL) {
            (void)dtls_make_room(worker->dtls);
        }
        break;
    case ORDER_REVOKE:
        turn_revoke_call(worker->turn, slice_from(text->text, text->size));
        break;
    case ORDER_NAME:
        if (turn_add_name(worker->turn, slice_from(text->text, text->size)) != OK) {
            counter_increment(COUNTER_TURNWORKER_LOST); /* it works by USERNAME */
        }
        break;
    case ORDER_PEERS:
        set_peers(worker, &((struct order_peers *)message)->peers);
        break;
    case ORDER_SECRETS:
        turn_set_secrets(worker->turn, &((struct order_secrets *)message)->secrets);
        break;
    case ORDER_BLOCK:
        take_block(worker, block);
        return;
    case ORDER_BLOCK_BACK:
        block->next = worker->blocks;
        worker->blocks = block;
        return;
    }
    end_order(order);
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

enum err turnworker_set_peers(struct turnworker *worker, const struct turnworker_peers *peers)
{
    struct order_peers *message = mem_alloc(sizeof *message);

    if (message == NULL) {
        return ERR_NOMEM;
    }
    message->order.kind = ORDER_PEERS;
    message->peers = *peers;
    enum err err = reactor_post(worker->reactor, message);
    if (err != OK) {
        mem_free(message);
    }
    return err;
}

enum err turnworker_set_secrets(struct turnworker *worker, const struct credential_secrets *secrets)
{
    struct order_secrets *message = mem_alloc(sizeof *message);

    if (message == NULL) {
        return ERR_NOMEM;
    }
    message->order.kind = ORDER_SECRETS;
    message->secrets = *secrets;
    enum err err = reactor_post(worker->reactor, message);
    if (err != OK) {
        end_order(&message->order);
    }
    return err;
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

void turnworker_drain(struct turnworker *worker, const struct turn_alternate *alternate)
{
    worker->alternate = *alternate;
    ASSERT(mailbox_post(worker->control, &worker->alternate) == OK);
}

void turnworker_ask(struct turnworker *worker, struct turnworker_answer *answer)
{
    worker->answer = answer;
    ASSERT(mailbox_post(worker->control, &worker->answer) == OK);
}

/* ---- the end ---- */

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

void turnworker_free_orders(struct turnworker *worker)
{
    free_waiting(worker);
    free_blocks(worker);
}
