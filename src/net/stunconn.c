/* SPDX-License-Identifier: Apache-2.0 */
#include "net/stunconn.h"

#include <netinet/tcp.h>

#include "base/buf.h"
#include "base/counter.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/slots.h"
#include "base/wheel.h"
#include "net/conn.h"
#include "net/giveway.h"
#include "net/loop_internal.h"
#include "wire/demux.h"

enum {
    FRAME_MAX = 65535 + 20 + 3, /* the largest STUN message, its padding */
    USER_TIMEOUT_MS = 30000,    /* RFC 5482: bytes that are not acknowledged */
    LINGER_MS = 1000
};

struct stun_conn {
    struct conn conn; /* first: conn_events give it back */
    struct stunconns *conns;
    struct stunconn_info info;
    struct giveway_item item;
    struct stun_conn *ready_next;
    struct source *source;
    struct wheel_timer timer;
    struct buf in; /* the beginning of a frame */
    uint64_t heard_ms;
    bool ready;
    bool ending; /* sends the rest, then ends */
    bool told;   /* on_close was called */
};

struct stunconns {
    struct loop *loop;
    struct stunconn_limits limits;
    struct stunconn_handler handler;
    struct loop_flush flush;
    uv_timer_t timer;
    struct wheel *wheel;
    struct slots *slots;
    struct sources *sources; /* of all loops */
    struct giveway all;
    struct stun_conn *ready;
    bool closing;
    bool timer_closed;
};

static struct stun_conn *of_item(const struct giveway_item *item)
{
    return (struct stun_conn *)((uintptr_t)item - offsetof(struct stun_conn, item));
}

static void make_ready(struct stun_conn *one)
{
    if (!one->ready) {
        one->ready = true;
        one->ready_next = one->conns->ready;
        one->conns->ready = one;
    }
}

static void tell_closed(struct stun_conn *one)
{
    struct stunconns *conns = one->conns;

    if (one->told) {
        return;
    }
    one->told = true;
    sources_leave(conns->sources, one->source);
    if (one->info.conn != 0) {
        (void)slots_remove(conns->slots, one->info.conn);
        if (!conns->closing) {
            conns->handler.on_close(conns->handler.arg, &one->info);
        }
    }
}

static void cut(struct stun_conn *one)
{
    wheel_stop(&one->timer);
    tell_closed(one);
    conn_abort(&one->conn);
}

/* ---- time ---- */

static void on_due(struct wheel_timer *timer, uint64_t now_ms)
{
    struct stun_conn *one =
        (struct stun_conn *)((uint8_t *)timer - offsetof(struct stun_conn, timer));
    struct stunconns *conns = one->conns;
    const struct stunconn_limits *limits = &conns->limits;
    uint64_t due_ms = one->heard_ms + limits->frame_ms;

    if (!one->ending && one->in.size == 0) {
        bool known = conns->handler.is_known(conns->handler.arg, &one->info);

        /* A known one ends with what it is known for, and a dead peer by TCP: looked at again. */
        due_ms = (known ? now_ms : one->heard_ms) + limits->stranger_ms;
    }
    if (one->ending || due_ms <= now_ms) {
        counter_increment(COUNTER_STUNCONN_SILENT);
        cut(one);
    } else {
        wheel_start(conns->wheel, timer, due_ms, on_due);
    }
}

static void watch(struct stun_conn *one, uint32_t delay_ms)
{
    wheel_start(one->conns->wheel, &one->timer, loop_now_ms(one->conns->loop) + delay_ms, on_due);
}

/* ---- frames ---- */

/* Hands on whole frames; *used is what they took. False: the bytes are no frames. */
static bool take_frames(struct stun_conn *one, struct slice bytes, size_t *used)
{
    struct stunconns *conns = one->conns;

    *used = 0;
    while (*used < bytes.size && !one->ending && !one->conn.closing) {
        struct slice frame;
        size_t size = 0;
        enum err err =
            demux_frame(slice_from(bytes.data + *used, bytes.size - *used), &frame, &size);

        if (err == ERR_SHORT) {
            return true;
        }
        if (err != OK) {
            return false;
        }
        *used += size;
        conns->handler.on_frame(conns->handler.arg, &one->info, frame);
    }
    return true;
}

static void take_bytes(struct stun_conn *one, struct slice bytes)
{
    bool had = one->in.size > 0;
    size_t used = 0;
    bool right = true;

    if (had && buf_append(&one->in, bytes) != OK) {
        cut(one);
        return;
    }
    one->heard_ms = had ? one->heard_ms : loop_now_ms(one->conns->loop);
    right = take_frames(one, had ? buf_slice(&one->in) : bytes, &used);
    if (!right) {
        counter_increment(COUNTER_STUNCONN_BAD);
        cut(one);
        return;
    }
    if (had) {
        buf_consume(&one->in, used);
        if (used > 0) {
            one->heard_ms = loop_now_ms(one->conns->loop);
        }
    } else if (used < bytes.size &&
               buf_append(&one->in, slice_from(bytes.data + used, bytes.size - used)) != OK) {
        cut(one);
        return;
    }
    if (one->in.size == 0) {
        buf_fini(&one->in);
    } else if (!one->ending) {
        watch(one, one->conns->limits.frame_ms);
    }
}

/* ---- events of the connection ---- */

static void on_bytes(struct conn *conn, uint8_t *data, size_t size)
{
    struct stun_conn *one = (struct stun_conn *)conn;

    if (!one->ending) {
        take_bytes(one, slice_from(data, size));
    }
}

static void on_end(struct conn *conn, bool clean)
{
    (void)clean;
    cut((struct stun_conn *)conn);
}

static void on_sent(struct conn *conn, bool all)
{
    struct stun_conn *one = (struct stun_conn *)conn;

    if (all && one->ending) {
        watch(one, LINGER_MS);
    }
}

static void maybe_free(struct stunconns *conns);

static void unready(struct stun_conn *one)
{
    struct stun_conn **link = &one->conns->ready;

    while (*link != NULL && *link != one) {
        link = &(*link)->ready_next;
    }
    if (*link == one) {
        *link = one->ready_next;
    }
}

static void on_closed(struct conn *conn)
{
    struct stun_conn *one = (struct stun_conn *)conn;
    struct stunconns *conns = one->conns;

    wheel_stop(&one->timer);
    tell_closed(one);
    unready(one);
    giveway_remove(&conns->all, &one->item);
    buf_fini(&one->in);
    mem_free(one);
    maybe_free(conns);
}

static const struct conn_events events = {on_bytes, on_end, on_sent, on_closed, NULL};

/* ---- beginning and end ---- */

static void set_timeout(const struct conn *conn)
{
    uv_os_fd_t fd = -1;
    unsigned limit_ms = USER_TIMEOUT_MS;

    if (uv_fileno((const uv_handle_t *)&conn->tcp, &fd) == 0) {
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &limit_ms, sizeof limit_ms);
    }
}

/* After the handle is open: an error is the end of the connection by itself. */
static void begin(struct stun_conn *one)
{
    struct stunconns *conns = one->conns;
    struct buf first = one->in; /* what was read before */
    enum err err = slots_add(conns->slots, one, &one->info.conn);

    buf_init(&one->in, FRAME_MAX + LOOP_READ_SIZE);
    if (err != OK) {
        counter_increment(COUNTER_STUNCONN_REFUSED);
        buf_fini(&first);
        cut(one);
        return;
    }
    counter_increment(COUNTER_STUNCONN_ACCEPTED);
    set_timeout(&one->conn);
    watch(one, conns->limits.frame_ms);
    conn_set_reading(&one->conn, true);
    if (!one->conn.closing) {
        take_bytes(one, buf_slice(&first));
    }
    buf_fini(&first);
}

void stunconn_refuse(struct conn_handoff *handoff)
{
    counter_increment(COUNTER_STUNCONN_REFUSED);
    conn_handoff_drop(handoff);
}

static bool gives_way(const struct giveway_item *item)
{
    const struct stun_conn *one = of_item(item);
    const struct stunconns *conns = one->conns;

    return !one->told && !conns->handler.is_known(conns->handler.arg, &one->info);
}

static void displace(struct giveway_item *item)
{
    counter_increment(COUNTER_STUNCONN_DISPLACED);
    cut(of_item(item));
}

static const struct giveway_rules rules = {gives_way, displace};

static enum err make(struct stunconns *conns, struct conn_handoff *handoff, struct source *source,
                     struct stun_conn **out)
{
    struct stun_conn *one = mem_alloc(sizeof *one);

    if (one == NULL) {
        return ERR_NOMEM;
    }
    one->conns = conns;
    one->source = source;
    one->info = (struct stunconn_info){
        .tls = handoff->ssl != NULL, .remote = handoff->remote, .local = handoff->local};
    buf_init(&one->in, FRAME_MAX + LOOP_READ_SIZE);
    enum err err = buf_append(&one->in, slice_from(handoff->bytes, handoff->size));
    if (err != OK) {
        mem_free(one);
        return err;
    }
    *out = one;
    return OK;
}

enum err stunconn_adopt(struct stunconns *conns, struct conn_handoff *handoff)
{
    struct stun_conn *one = NULL;
    struct source *source = NULL;
    bool closing = false;
    enum err err = conns->closing ? ERR_CLOSED
                                  : giveway_enter(&conns->all, conns->sources, &handoff->remote,
                                                  conns->limits.per_address_max, &source);

    if (err == ERR_BUSY) {
        return err;
    }
    err = err == OK ? make(conns, handoff, source, &one) : err;
    if (err != OK) {
        sources_leave(conns->sources, source);
        stunconn_refuse(handoff);
        return OK;
    }
    err = conn_adopt(&one->conn, conns->loop, handoff, &events, &closing);
    if (err != OK && !closing) {
        sources_leave(conns->sources, source);
        buf_fini(&one->in);
        mem_free(one);
        return OK;
    }
    giveway_add(&conns->all, &one->item);
    if (err == OK) {
        begin(one);
    }
    return OK;
}

void stunconn_send(struct stunconns *conns, stunconn conn, struct slice head, struct slice body,
                   uint8_t pad_size)
{
    struct stun_conn *one = slots_find(conns->slots, conn);
    size_t size = head.size + body.size + pad_size;
    enum err err = OK;

    if (one == NULL || one->ending || one->conn.closing) {
        return;
    }
    if (conn_queued(&one->conn) + size > conns->limits.queue_bytes_max) {
        counter_increment(COUNTER_STUNCONN_DROPPED);
        return;
    }
    err = conn_write(&one->conn, head);
    err = err == OK ? conn_write(&one->conn, body) : err;
    err = err == OK ? conn_write(&one->conn, slice_from("\0\0", pad_size)) : err;
    if (err != OK) {
        cut(one); /* half a frame may be queued */
        return;
    }
    make_ready(one);
}

void stunconn_end(struct stunconns *conns, stunconn conn)
{
    struct stun_conn *one = slots_find(conns->slots, conn);

    if (one == NULL || one->ending) {
        return;
    }
    one->ending = true;
    tell_closed(one);
    conn_finish(&one->conn);
    watch(one, LINGER_MS);
    make_ready(one);
}

uint32_t stunconn_count(const struct stunconns *conns)
{
    return slots_count(conns->slots);
}

/* ---- the turn ---- */

static void on_timer(uv_timer_t *timer)
{
    struct stunconns *conns = timer->data;

    wheel_tick(conns->wheel, loop_now_ms(conns->loop));
}

static void on_flush(void *arg)
{
    struct stunconns *conns = arg;
    uint64_t now_ms = loop_now_ms(conns->loop);
    uint64_t next_ms = 0;

    while (conns->ready != NULL) {
        struct stun_conn *one = conns->ready;

        conns->ready = one->ready_next;
        one->ready = false;
        if (!one->conn.closing) {
            conn_flush(&one->conn);
        }
    }
    next_ms = wheel_next_ms(conns->wheel);
    if (next_ms == UINT64_MAX) {
        (void)uv_timer_stop(&conns->timer);
    } else if (!conns->closing) {
        (void)uv_timer_start(&conns->timer, on_timer, next_ms > now_ms ? next_ms - now_ms : 1, 0);
    }
}

static void free_all(struct stunconns *conns)
{
    wheel_destroy(conns->wheel);
    slots_destroy(conns->slots);
    mem_free(conns);
}

static void maybe_free(struct stunconns *conns)
{
    if (conns->closing && conns->timer_closed && conns->all.first == NULL) {
        loop_remove_flush(conns->loop, &conns->flush);
        free_all(conns);
    }
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct stunconns *conns = handle->data;

    conns->timer_closed = true;
    maybe_free(conns);
}

enum err stunconn_create(struct loop *loop, const struct stunconn_limits *limits,
                         struct sources *sources, const struct stunconn_handler *handler,
                         struct stunconns **out)
{
    struct stunconns *conns = mem_alloc(sizeof *conns);

    *out = NULL;
    if (conns == NULL) {
        return ERR_NOMEM;
    }
    conns->loop = loop;
    conns->limits = *limits;
    conns->sources = sources;
    giveway_init(&conns->all, &rules);
    conns->handler = *handler;
    conns->flush = (struct loop_flush){.on_flush = on_flush, .arg = conns};
    if (wheel_create(loop_now_ms(loop), &conns->wheel) != OK ||
        slots_create(limits->count_max, &conns->slots) != OK) {
        free_all(conns);
        return ERR_NOMEM;
    }
    (void)uv_timer_init(loop_uv(loop), &conns->timer);
    conns->timer.data = conns;
    loop_add_flush(loop, &conns->flush);
    *out = conns;
    return OK;
}

void stunconn_destroy(struct stunconns *conns)
{
    if (conns == NULL) {
        return;
    }
    conns->closing = true;
    for (struct giveway_item *item = conns->all.first; item != NULL; item = item->next) {
        cut(of_item(item));
    }
    uv_close((uv_handle_t *)&conns->timer, on_timer_closed);
}
