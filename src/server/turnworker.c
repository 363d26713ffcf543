/* SPDX-License-Identifier: Apache-2.0 */
#include "server/turnworker_internal.h"

#include <stdio.h>
#include <time.h>

#include "base/counter.h"
#include "base/log.h"
#include "base/mem.h"
#include "wire/demux.h"

enum {
    INBOX_MAX = 4096,
    CONTROL_MAX = 2, /* drain and a question */
    DOORS_LOOK_MS = 100,
};

_Static_assert(TURNWORKER_DOORS_MAX == 64, "turn_doors_used has a bit for each");

/* ---- the turn ---- */

void turnworker_begin_turn(struct turnworker *worker)
{
    const struct loop *loop = reactor_loop(worker->reactor);

    if (worker->begun != loop_turn(loop)) {
        worker->begun = loop_turn(loop);
        turn_begin(worker->turn, loop_now_ms(loop), (uint64_t)time(NULL));
    }
}

static void on_due(void *arg)
{
    struct turnworker *worker = arg;

    worker->due_ms = UINT64_MAX;
    turnworker_begin_turn(worker);
    turn_tick(worker->turn, loop_now_ms(reactor_loop(worker->reactor)));
}

/* Before the loop blocks, and before the sockets send what is queued. */
static void on_turn(void *arg)
{
    struct turnworker *worker = arg;
    uint64_t due_ms = turn_next_ms(worker->turn);

    turnworker_end_blocks(worker);
    if (due_ms != worker->due_ms) {
        worker->due_ms = due_ms;
        loop_set_deadline(reactor_loop(worker->reactor), due_ms, on_due, worker);
    }
}

/* ---- doors ---- */

/* The place of a new door: an empty one, or of those behind which nobody has an allocation the one
 * that was longest not used. Addresses come and go, such as those of an IPv6 prefix that changes
 * each day. TURNWORKER_DOORS_MAX: there is none. */
static uint32_t place_of_door(struct turnworker *worker, uint64_t now_ms)
{
    uint32_t oldest = TURNWORKER_DOORS_MAX;

    if (worker->door_count < TURNWORKER_DOORS_MAX) {
        return worker->door_count++;
    }
    if (now_ms - worker->doors_looked_ms < DOORS_LOOK_MS) {
        return TURNWORKER_DOORS_MAX; /* looking asks all allocations */
    }
    worker->doors_looked_ms = now_ms;
    uint64_t used = turn_doors_used(worker->turn);
    for (uint32_t i = 0; i < TURNWORKER_DOORS_MAX; i++) {
        if ((used >> i & 1) == 0 && (oldest == TURNWORKER_DOORS_MAX ||
                                     worker->doors[i].used_ms < worker->doors[oldest].used_ms)) {
            oldest = i;
        }
    }
    return oldest;
}

/* The number of a transport and a local address; TURNWORKER_DOORS_MAX: there are too many. */
static uint32_t find_door(struct turnworker *worker, enum turn_transport transport,
                          const struct addr *local, struct udp_socket *socket)
{
    uint64_t now_ms = loop_now_ms(reactor_loop(worker->reactor));

    for (uint32_t i = 0; i < worker->door_count; i++) {
        struct door *door = &worker->doors[i];

        if (door->transport == transport && addr_equal(&door->local, local)) {
            door->used_ms = now_ms;
            return i;
        }
    }
    uint32_t place = place_of_door(worker, now_ms);
    if (place == TURNWORKER_DOORS_MAX) {
        counter_increment(COUNTER_TURNWORKER_DOORS);
        return TURNWORKER_DOORS_MAX;
    }
    worker->doors[place] =
        (struct door){.transport = transport, .local = *local, .socket = socket, .used_ms = now_ms};
    return place;
}

/* ---- input ---- */

static void on_client_datagrams(void *arg, struct udp_socket *socket,
                                const struct udp_datagram *datagrams, uint32_t count)
{
    struct turnworker *worker = arg;
    struct turn_path path = {.transport = TURN_UDP};

    turnworker_begin_turn(worker);
    for (uint32_t i = 0; i < count; i++) {
        const struct udp_datagram *datagram = &datagrams[i];
        enum demux_kind kind = demux_datagram(datagram->bytes);

        if (kind == DEMUX_DTLS && worker->dtls != NULL) {
            dtls_input(worker->dtls, socket, datagram);
            continue;
        }
        if (kind != DEMUX_STUN && kind != DEMUX_CHANNEL) {
            counter_increment(COUNTER_TURNWORKER_FOREIGN);
            continue;
        }
        path.remote = datagram->from;
        path.door = find_door(worker, TURN_UDP, &datagram->local, socket);
        if (path.door < TURNWORKER_DOORS_MAX) {
            turn_client_input(worker->turn, &path, datagram->bytes);
        }
    }
}

static void on_peer_datagrams(void *arg, struct udp_socket *socket,
                              const struct udp_datagram *datagrams, uint32_t count)
{
    struct relay *relay = arg;
    turn_relay number = relay->number;

    turnworker_begin_turn(relay->worker);
    for (uint32_t i = 0; i < count && relay->socket == socket; i++) {
        turn_peer_input(relay->worker->turn, number, &datagrams[i].from, datagrams[i].bytes);
    }
}

static void on_peer_icmp(void *arg, struct udp_socket *socket, const struct udp_icmp *icmp)
{
    struct relay *relay = arg;

    turnworker_begin_turn(relay->worker);
    if (relay->socket == socket) {
        turn_peer_error(relay->worker->turn, relay->number, &icmp->to, icmp->type, icmp->code,
                        icmp->info);
    }
}

/* The path of a connection. False: there is no door for it. */
static bool find_path(struct turnworker *worker, enum turn_transport transport, uint64_t conn,
                      const struct addr *remote, const struct addr *local, struct turn_path *path)
{
    *path = (struct turn_path){.remote = *remote,
                               .door = find_door(worker, transport, local, NULL),
                               .transport = (uint8_t)transport,
                               .conn = conn};
    return path->door < TURNWORKER_DOORS_MAX;
}

static bool path_of(struct turnworker *worker, const struct stunconn_info *info,
                    struct turn_path *path)
{
    return find_path(worker, info->tls ? TURN_TLS : TURN_TCP, info->conn, &info->remote,
                     &info->local, path);
}

static void on_frame(void *arg, const struct stunconn_info *info, struct slice frame)
{
    struct turnworker *worker = arg;
    struct turn_path path;

    if (!path_of(worker, info, &path)) {
        stunconn_end(worker->conns, info->conn);
        return;
    }
    turnworker_begin_turn(worker);
    worker->copies = true;
    turn_client_input(worker->turn, &path, frame);
    worker->copies = false;
}

static void on_conn_close(void *arg, const struct stunconn_info *info)
{
    struct turnworker *worker = arg;
    struct turn_path path;

    if (path_of(worker, info, &path)) {
        turnworker_begin_turn(worker);
        turn_path_closed(worker->turn, &path);
    }
}

static bool is_known(void *arg, const struct stunconn_info *info)
{
    struct turnworker *worker = arg;
    struct turn_path path;

    return path_of(worker, info, &path) && turn_path_allocated(worker->turn, &path);
}

static bool dtls_path_of(struct turnworker *worker, const struct dtls_info *info,
                         struct turn_path *path)
{
    return find_path(worker, TURN_DTLS, info->conn, &info->remote, &info->local, path);
}

static void on_dtls_datagram(void *arg, const struct dtls_info *info, struct slice bytes)
{
    struct turnworker *worker = arg;
    enum demux_kind kind = demux_datagram(bytes);
    struct turn_path path;

    if ((kind != DEMUX_STUN && kind != DEMUX_CHANNEL) || !dtls_path_of(worker, info, &path)) {
        counter_increment(COUNTER_TURNWORKER_FOREIGN);
        return;
    }
    turnworker_begin_turn(worker);
    worker->copies = true;
    turn_client_input(worker->turn, &path, bytes);
    worker->copies = false;
}

static void on_dtls_close(void *arg, const struct dtls_info *info)
{
    struct turnworker *worker = arg;
    struct turn_path path;

    if (dtls_path_of(worker, info, &path)) {
        turnworker_begin_turn(worker);
        turn_path_closed(worker->turn, &path);
    }
}

static bool is_known_dtls(void *arg, const struct dtls_info *info)
{
    struct turnworker *worker = arg;
    struct turn_path path;

    return dtls_path_of(worker, info, &path) && turn_path_allocated(worker->turn, &path);
}

static void on_dtls_full(void *arg)
{
    turnworker_ask_for_room(arg);
}

static bool may_answer(void *arg, const struct addr *remote)
{
    struct turnworker *worker = arg;

    turnworker_begin_turn(worker);
    return turn_may_answer(worker->turn, remote);
}

/* ---- ports of the engine ---- */

static void to_client(void *ctx, const struct turn_path *path, const struct turn_bytes *bytes)
{
    struct turnworker *worker = ctx;
    struct udp_message message = {
        .to = path->remote, .head_size = bytes->head_size, .bytes = bytes->body};
    const struct door *door = &worker->doors[path->door];

    if (path->transport == TURN_DTLS) {
        dtls_send(worker->dtls, path->conn, slice_from(bytes->head, bytes->head_size), bytes->body);
        return;
    }
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

    if (path->transport == TURN_DTLS) {
        dtls_end(worker->dtls, path->conn);
    } else if (path->transport != TURN_UDP) {
        stunconn_end(worker->conns, path->conn);
    }
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

static enum err make_dtls(struct turnworker *worker, const struct turnworker_params *params)
{
    struct dtls_handler handler = {.on_datagram = on_dtls_datagram,
                                   .on_close = on_dtls_close,
                                   .is_known = is_known_dtls,
                                   .may_answer = may_answer,
                                   .on_full = on_dtls_full,
                                   .arg = worker};

    return params->tls == NULL
               ? OK
               : dtls_create(reactor_loop(worker->reactor), params->tls, &params->dtls,
                             params->dtls_sources, &handler, &worker->dtls);
}

static enum err make_parts(struct turnworker *worker, const struct turnworker_params *params)
{
    struct turn_ports ports = {.ctx = worker,
                               .to_client = to_client,
                               .to_peer = to_peer,
                               .to_worker = turnworker_to_worker,
                               .flush = flush,
                               .open_relay = open_relay,
                               .close_relay = close_relay,
                               .end_path = end_path};
    struct stunconn_handler handler = {
        .on_frame = on_frame, .on_close = on_conn_close, .is_known = is_known, .arg = worker};
    char name[16];
    enum err err = OK;

    (void)snprintf(name, sizeof name, "turn %u", (unsigned)worker->number);
    err = reactor_create(name, params->kind, INBOX_MAX, turnworker_on_order, worker,
                         &worker->reactor);
    if (err != OK) {
        return err;
    }
    struct loop *loop = reactor_loop(worker->reactor);
    err = mailbox_create(loop, CONTROL_MAX, turnworker_on_control, worker, &worker->control);
    if (err != OK) {
        return err;
    }
    err = udp_create(&(struct udp_params){.loop = loop, .coalesce_us = params->coalesce_us},
                     &worker->udp);
    err = err == OK ? stunconn_create(loop, &params->conns, params->conn_sources, &handler,
                                      &worker->conns)
                    : err;
    err = err == OK ? make_dtls(worker, params) : err;
    err = err == OK ? turn_create(&params->turn, &ports, loop_now_ms(loop), &worker->turn) : err;
    err = err == OK ? turnworker_make_blocks(worker, params->turn.workers) : err;
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
    worker->workers = params->turn.workers;
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

void turnworker_destroy(struct turnworker *worker)
{
    if (worker == NULL) {
        return;
    }
    worker->ending = true;
    if (worker->reactor != NULL) {
        loop_on_turn(reactor_loop(worker->reactor), NULL, NULL);
        /* The last turns of the loop may come after its time, when the engine has gone. */
        loop_set_deadline(reactor_loop(worker->reactor), UINT64_MAX, NULL, NULL);
    }
    stunconn_destroy(worker->conns);
    dtls_destroy(worker->dtls);
    if (worker->udp != NULL) {
        udp_flush(worker->udp); /* answers that wait lie in the engine's memory */
    }
    turn_destroy(worker->turn);
    for (uint32_t i = 0; i < worker->listener_count; i++) {
        udp_close(worker->listeners[i]);
    }
    udp_destroy(worker->udp);
    mailbox_destroy(worker->control);
    reactor_destroy(worker->reactor);
    turnworker_free_orders(worker);
    mem_free(worker);
}
