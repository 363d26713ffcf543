/* SPDX-License-Identifier: Apache-2.0 */
#include "net/nodepass.h"

#include <uv.h>

#include "base/counter.h"
#include "base/mem.h"
#include "net/conn.h"
#include "net/tls_internal.h"
#include "wire/nodehello.h"

enum {
    LOOK_MS = 500,         /* how often time limits are looked at */
    REACH_MS = 3000,       /* to connect and shake hands */
    LINGER_MS = 10000,     /* for the rest of an answer, and the browser's FIN */
    DEAD_MS = 4000,        /* a node that is silent when it owes something */
    WAITING_MAX = 65536,   /* queued for one side: then the other is not read */
    WAITING_AGAIN = 16384, /* and from here on it is read again */
};

struct pair;

struct side {
    struct conn conn; /* first: conn_events give it back */
    struct pair *pair;
    bool ended; /* no more bytes come from there */
};

struct pair {
    struct side near; /* the browser */
    struct side far;  /* the other node */
    struct nodepass *all;
    struct pair *next;
    struct pair **link;
    uint64_t due_ms; /* when it is cut; UINT64_MAX: others have time limits */
    uint32_t open;   /* connections of it that are not closed yet */
    bool reaching;   /* the handshake with the node is not known to have ended */
    bool answered;   /* bytes of the node have come */
};

struct nodepass {
    struct loop *loop;
    struct tls_context *tls;
    uv_timer_t timer;
    struct pair *pairs;
    uint32_t count;
    uint32_t count_max;
    bool closing;
    bool timer_closed;
};

static struct side *other_of(struct side *side)
{
    return side == &side->pair->near ? &side->pair->far : &side->pair->near;
}

static void cut(struct pair *pair)
{
    conn_abort(&pair->near.conn);
    conn_abort(&pair->far.conn);
}

static void maybe_free(struct nodepass *all)
{
    if (all->closing && all->timer_closed && all->pairs == NULL) {
        mem_free(all);
    }
}

/* No more is to be sent to that side, and its own end is waited for. */
static void finish(struct side *side)
{
    if (!side->conn.closing) {
        conn_finish(&side->conn);
        conn_flush(&side->conn);
    }
}

/* The node did not take it: the browser is told to come again soon. */
static void refuse(struct pair *pair)
{
    /* Its length is the end of the connection. */
    static const char answer[] = "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\n"
                                 "Content-Type: " NODEPASS_AGAIN_TYPE "\r\n"
                                 "Cache-Control: no-store\r\n"
                                 "X-Content-Type-Options: nosniff\r\n"
                                 "Connection: close\r\n\r\n" NODEPASS_AGAIN_PAGE;

    counter_increment(COUNTER_NODES_UNREACHED);
    pair->reaching = false;
    pair->due_ms = loop_now_ms(pair->all->loop) + LINGER_MS;
    conn_abort(&pair->far.conn);
    if (conn_write_static(&pair->near.conn, slice_from(answer, sizeof answer - 1)) != OK) {
        cut(pair);
        return;
    }
    conn_set_reading(&pair->near.conn, true); /* what else comes is dropped */
    finish(&pair->near);
}

/* ---- events of both sides ---- */

static void on_bytes(struct conn *conn, uint8_t *data, size_t size)
{
    struct side *side = (struct side *)conn;
    struct side *other = other_of(side);

    side->pair->answered = side->pair->answered || side == &side->pair->far;
    if (other->conn.closing) {
        return;
    }
    if (conn_write(&other->conn, slice_from(data, size)) != OK) {
        cut(side->pair);
        return;
    }
    conn_flush(&other->conn);
    if (conn_queued(&other->conn) > WAITING_MAX) {
        conn_set_reading(conn, false);
    }
}

static void on_end(struct conn *conn, bool clean)
{
    struct side *side = (struct side *)conn;
    struct side *other = other_of(side);
    struct pair *pair = side->pair;
    bool far = side == &pair->far;

    side->ended = true;
    if (far && !pair->answered && !pair->near.conn.closing && !pair->near.ended) {
        refuse(pair);
        return;
    }
    if (!clean || other->conn.closing) {
        cut(pair);
        return;
    }
    if (far) {
        pair->due_ms = loop_now_ms(pair->all->loop) + LINGER_MS;
    }
    finish(other);
    if (other->ended && conn_queued(&pair->near.conn) + conn_queued(&pair->far.conn) == 0) {
        cut(pair);
    }
}

static void on_sent(struct conn *conn, bool all)
{
    struct side *side = (struct side *)conn;
    struct side *other = other_of(side);

    if (all && side->ended && (other->ended || other->conn.closing)) {
        cut(side->pair);
    } else if (conn_queued(conn) <= WAITING_AGAIN && !other->ended) {
        conn_set_reading(&other->conn, true);
    }
}

static void on_closed(struct conn *conn)
{
    struct pair *pair = ((struct side *)conn)->pair;
    struct nodepass *all = pair->all;

    if (--pair->open > 0) {
        return;
    }
    *pair->link = pair->next;
    if (pair->next != NULL) {
        pair->next->link = pair->link;
    }
    all->count--;
    mem_free(pair);
    maybe_free(all);
}

static void on_open(struct conn *conn, bool open)
{
    struct pair *pair = ((struct side *)conn)->pair;

    if (!open) {
        refuse(pair);
        return;
    }
    conn_watch_peer(conn, DEAD_MS);
    conn_set_reading(conn, true);
    conn_set_reading(&pair->near.conn, true);
    conn_flush(conn);
}

static const struct conn_events near_events = {on_bytes, on_end, on_sent, on_closed, NULL};
static const struct conn_events far_events = {on_bytes, on_end, on_sent, on_closed, on_open};

/* ---- all of them ---- */

static void look(struct pair *pair, uint64_t now_ms)
{
    if (pair->reaching && SSL_is_init_finished(pair->far.conn.ssl)) {
        pair->reaching = false;
        pair->due_ms = UINT64_MAX;
    }
    if (now_ms < pair->due_ms) {
        return;
    }
    if (pair->reaching) {
        refuse(pair);
    } else {
        cut(pair);
    }
}

static void on_timer(uv_timer_t *timer)
{
    struct nodepass *all = timer->data;
    uint64_t now_ms = loop_now_ms(all->loop);
    struct pair *next = NULL;

    for (struct pair *pair = all->pairs; pair != NULL; pair = next) {
        next = pair->next; /* nothing is freed before the handles close */
        look(pair, now_ms);
    }
}

MUST_USE enum err nodepass_create(struct loop *loop, struct tls_context *tls, uint32_t count_max,
                                  struct nodepass **out)
{
    struct nodepass *all = mem_alloc(sizeof *all);

    *out = NULL;
    if (all == NULL) {
        return ERR_NOMEM;
    }
    all->loop = loop;
    all->tls = tls;
    all->count_max = count_max;
    (void)uv_timer_init(loop_uv(loop), &all->timer);
    all->timer.data = all;
    (void)uv_timer_start(&all->timer, on_timer, LOOK_MS, LOOK_MS);
    *out = all;
    return OK;
}

/* The hello and what has been read so far wait for the connection to the node. */
static enum err connect_far(struct pair *pair, const struct addr *to,
                            const struct conn_handoff *handoff)
{
    const struct nodehello hello = {.from = handoff->remote, .tls = handoff->ssl != NULL};
    struct nodepass *all = pair->all;
    uint8_t bytes[NODEHELLO_SIZE];
    bool closing = false;
    enum err err = conn_connect(&pair->far.conn, all->loop, to, all->tls, &far_events, &closing);

    pair->open += err == OK || closing ? 1 : 0;
    nodehello_write(&hello, bytes);
    err = err == OK ? conn_write(&pair->far.conn, slice_from(bytes, sizeof bytes)) : err;
    if (err == OK) {
        err = conn_write(&pair->far.conn, slice_from(handoff->bytes, handoff->size));
    }
    return err;
}

static void add(struct nodepass *all, struct pair *pair)
{
    pair->all = all;
    pair->near.pair = pair;
    pair->far.pair = pair;
    pair->reaching = true;
    pair->due_ms = loop_now_ms(all->loop) + REACH_MS;
    pair->next = all->pairs;
    pair->link = &all->pairs;
    if (pair->next != NULL) {
        pair->next->link = &pair->next;
    }
    all->pairs = pair;
    all->count++;
}

void nodepass_take(struct nodepass *all, const struct addr *to, struct conn_handoff *handoff)
{
    bool room = !all->closing && all->count < all->count_max && to->family != ADDR_NONE;
    struct pair *pair = room ? mem_alloc(sizeof *pair) : NULL;
    bool closing = false;

    if (pair == NULL) {
        counter_increment(COUNTER_NODES_UNREACHED);
        conn_handoff_drop(handoff);
        return;
    }
    add(all, pair);
    enum err err = connect_far(pair, to, handoff);
    if (err == OK) {
        err = conn_adopt(&pair->near.conn, all->loop, handoff, &near_events, &closing);
        pair->open += err == OK || closing ? 1 : 0;
    } else {
        conn_handoff_drop(handoff);
    }
    if (err == OK) {
        counter_increment(COUNTER_NODES_PASSED);
        return;
    }
    counter_increment(COUNTER_NODES_UNREACHED);
    if (pair->open == 0) { /* neither has a handle whose end would free it */
        pair->open = 1;
        on_closed(&pair->near.conn);
    } else {
        pair->near.conn.closing = true; /* there is none, or it closes already */
        conn_abort(&pair->far.conn);
    }
}

void nodepass_drop(struct nodepass *all)
{
    for (struct pair *pair = all->pairs; pair != NULL; pair = pair->next) {
        cut(pair);
    }
}

uint32_t nodepass_count(const struct nodepass *all)
{
    return all->count;
}

static void on_timer_closed(uv_handle_t *handle)
{
    struct nodepass *all = handle->data;

    all->timer_closed = true;
    maybe_free(all);
}

void nodepass_destroy(struct nodepass *all)
{
    if (all == NULL) {
        return;
    }
    all->closing = true;
    nodepass_drop(all);
    uv_close((uv_handle_t *)&all->timer, on_timer_closed);
}
