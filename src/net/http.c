/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a connection: bytes to requests, in their order, with a time limit on each part. */
#include "net/http_internal.h"

#include "base/counter.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/forwarded.h"
#include "net/tls_internal.h"
#include "wire/demux.h"
#include "wire/nodehello.h"

struct http_conn *http_conn_of_timer(struct wheel_timer *timer)
{
    return (struct http_conn *)((uint8_t *)timer - offsetof(struct http_conn, timer));
}

void http_conn_ready(struct http_conn *hc)
{
    struct http_server *server = hc->server;

    if (hc->ready) {
        return;
    }
    hc->ready = true;
    hc->ready_next = NULL;
    if (server->ready_last == NULL) {
        server->ready_first = hc;
    } else {
        server->ready_last->ready_next = hc;
    }
    server->ready_last = hc;
}

static void forget_exchange(struct http_conn *hc)
{
    if (hc->exchange != 0) {
        (void)slots_remove(hc->server->exchanges, hc->exchange);
        hc->exchange = 0;
    }
}

void http_conn_cut(struct http_conn *hc)
{
    if (hc->state == HTTP_STATE_GONE) {
        return;
    }
    hc->state = HTTP_STATE_GONE;
    forget_exchange(hc);
    wheel_stop(&hc->timer);
    websock_end(hc, 1006);
    conn_abort(&hc->conn);
}

void http_conn_on_timeout(struct wheel_timer *timer, uint64_t now_ms)
{
    (void)now_ms;
    http_conn_cut(http_conn_of_timer(timer));
}

void http_conn_timer(struct http_conn *hc, uint32_t delay_ms,
                     void (*on_due)(struct wheel_timer *timer, uint64_t now_ms))
{
    if (delay_ms == 0) {
        wheel_stop(&hc->timer);
    } else {
        wheel_start(hc->server->wheel, &hc->timer, loop_now_ms(hc->server->loop) + delay_ms,
                    on_due);
    }
}

void http_conn_end(struct http_conn *hc)
{
    if (hc->state == HTTP_STATE_ENDING || hc->state == HTTP_STATE_GONE) {
        return;
    }
    hc->state = HTTP_STATE_ENDING;
    forget_exchange(hc);
    buf_fini(&hc->in);
    conn_finish(&hc->conn);
    conn_set_reading(&hc->conn, true); /* to see the FIN; what else comes is dropped */
    if (hc->state == HTTP_STATE_ENDING) {
        uint32_t slow_ms = hc->server->limits.body_timeout_ms;

        http_conn_timer(
            hc, conn_queued(&hc->conn) > 0 && slow_ms > HTTP_LINGER_MS ? slow_ms : HTTP_LINGER_MS,
            http_conn_on_timeout);
        http_conn_ready(hc);
    }
}

void http_conn_answered(struct http_conn *hc)
{
    if (!hc->keep_alive || hc->peer_ended || hc->server->closing) {
        http_conn_end(hc);
        return;
    }
    hc->state = HTTP_STATE_HEAD;
    http_conn_timer(hc, hc->server->limits.body_timeout_ms, http_conn_on_timeout);
    http_conn_ready(hc);
}

/* An answer without a request of ours behind it: the connection cannot be trusted any more. */
static void refuse(struct http_conn *hc, uint16_t status)
{
    static const struct http_header version = {{(const uint8_t *)"Sec-WebSocket-Version", 21},
                                               {(const uint8_t *)"13", 2}};
    struct http_response response = {.status = status};

    counter_increment(COUNTER_HTTP_REFUSED);
    if (status == 426) {
        response.headers = &version;
        response.header_count = 1;
    }
    http_parse_destroy(hc->parse);
    hc->parse = NULL;
    hc->keep_alive = false;
    if (http_write_response(hc, &response) != OK) {
        http_conn_cut(hc);
        return;
    }
    http_conn_end(hc);
}

/* A proxy sends the requests of many through one connection. */
static void look_behind_proxy(struct http_conn *hc, const struct http_request *request)
{
    if (forwarded_client(&hc->server->proxies, request, &hc->remote) != OK) {
        hc->remote = hc->from_node ? hc->told : conn_remote(&hc->conn);
    }
    addr_format_ip(&hc->remote, hc->address);
}

static void deliver(struct http_conn *hc)
{
    struct http_server *server = hc->server;
    struct http_request request = *http_parse_request(hc->parse);

    if (hc->by_proxy) {
        look_behind_proxy(hc, &request);
    }
    request.tls = hc->from_node ? hc->told_tls : conn_is_tls(&hc->conn);
    request.peer_address = hc->address;
    hc->state = HTTP_STATE_WAITING;
    hc->asked_ms = loop_now_ms(server->loop); /* of the turn that has read it */
    http_conn_timer(hc, 0, NULL);
    if (slots_add(server->exchanges, hc, &hc->exchange) != OK) {
        refuse(hc, 503);
        return;
    }
    server->handler.on_request(server->handler.arg, hc->exchange, &request);
    http_parse_destroy(hc->parse);
    hc->parse = NULL;
}

static void step_body(struct http_conn *hc)
{
    size_t used = 0;
    uint16_t status = 0;
    enum err err = http_parse_body(hc->parse, buf_slice(&hc->in), &used, &status);

    if (err == ERR_INVALID) {
        refuse(hc, status);
        return;
    }
    buf_consume(&hc->in, used);
    if (err == OK) {
        deliver(hc);
    }
}

static void begin_body(struct http_conn *hc)
{
    hc->state = HTTP_STATE_BODY;
    http_conn_timer(hc, hc->server->limits.body_timeout_ms, http_conn_on_timeout);
    /* RFC 9110, 10.1.1: may be omitted when bytes of the body are here already. */
    if (http_parse_facts(hc->parse)->expects_continue && hc->in.size == 0) {
        if (conn_write(&hc->conn, SLICE("HTTP/1.1 100 Continue\r\n\r\n")) != OK) {
            http_conn_cut(hc);
        } else {
            http_conn_ready(hc);
        }
    }
}

/* From now on nothing is read here: the bytes at hand go along. */
static void leave_soon(struct http_conn *hc)
{
    hc->state = HTTP_STATE_LEAVING;
    http_parse_destroy(hc->parse);
    hc->parse = NULL;
    conn_set_reading(&hc->conn, false);
    http_conn_ready(hc);
}

/* Whether the connection whose request is parsed goes on at another node. */
static bool is_passed_on(struct http_conn *hc)
{
    const struct http_pass *pass = &hc->server->pass;

    hc->passes = pass->wants != NULL && pass->wants(pass->arg, http_parse_request(hc->parse));
    return hc->passes;
}

static void step_head(struct http_conn *hc)
{
    const struct http_limits *limits = &hc->server->limits;
    size_t head_size = 0;
    uint16_t status = 0;
    enum err err = OK;

    /* RFC 9112, 2.2: one empty line before the request line is ignored. */
    if (hc->scanned == 0 && hc->in.size >= 2 && memcmp(hc->in.data, "\r\n", 2) == 0) {
        buf_consume(&hc->in, 2);
    }
    if (hc->scanned == 0 && hc->in.size > 0) {
        http_conn_timer(hc, limits->head_timeout_ms, http_conn_on_timeout);
    }
    err = http_parse_find_head(buf_slice(&hc->in), &hc->scanned, &head_size);
    if (err == ERR_INVALID) {
        refuse(hc, 400);
        return;
    }
    if ((err == OK ? head_size : hc->in.size) > limits->header_bytes_max) {
        bool line_ended = memchr(hc->in.data, '\n', hc->in.size) != NULL;

        refuse(hc, line_ended ? 431 : 414);
        return;
    }
    if (err == ERR_SHORT) {
        return;
    }
    hc->scanned = 0;
    err = http_parse_create(slice_from(hc->in.data, head_size), limits, &hc->parse, &status);
    if (err != OK) {
        refuse(hc, err == ERR_INVALID ? status : 503);
        return;
    }
    if (is_passed_on(hc)) {
        leave_soon(hc);
        return;
    }
    buf_consume(&hc->in, head_size);
    hc->keep_alive = http_parse_facts(hc->parse)->keep_alive;
    hc->head_only = http_parse_request(hc->parse)->method == HTTP_HEAD;
    memcpy(hc->accept, http_parse_facts(hc->parse)->accept, sizeof hc->accept);
    if (http_parse_facts(hc->parse)->has_body) {
        begin_body(hc);
    } else {
        deliver(hc);
    }
}

/* Goes on as far as the bytes at hand and the unsent answers allow. */
static void advance(struct http_conn *hc)
{
    size_t before = 0;
    size_t queued = conn_queued(&hc->conn);
    enum http_state state = hc->state;

    while ((hc->state == HTTP_STATE_HEAD || hc->state == HTTP_STATE_BODY) && hc->in.size > 0 &&
           conn_queued(&hc->conn) < HTTP_AHEAD_BYTES) {
        before = hc->in.size;
        state = hc->state;
        if (hc->state == HTTP_STATE_HEAD) {
            step_head(hc);
        } else {
            step_body(hc);
        }
        if (hc->state == state && hc->in.size == before) {
            break;
        }
    }
    if (hc->state == HTTP_STATE_WEBSOCK && hc->in.size > 0) {
        websock_on_bytes(hc, NULL, 0);
    }
    if (hc->state == HTTP_STATE_HEAD && hc->in.size == 0) {
        buf_fini(&hc->in);
    }
    if (hc->state < HTTP_STATE_WEBSOCK) {
        conn_set_reading(&hc->conn,
                         !hc->peer_ended && hc->in.size <= hc->server->limits.header_bytes_max);
    }
    if (conn_queued(&hc->conn) > queued) {
        http_conn_ready(hc);
    }
}

/* ---- STUN instead of HTTP, and what goes on elsewhere ---- */

/* Gives the connection away as soon as nothing is queued (the end of a handshake may be). */
static void leave(struct http_conn *hc)
{
    struct conn_handoff *handoff = NULL;
    enum err err = conn_detach(&hc->conn, buf_slice(&hc->in), &handoff);

    if (err == ERR_STATE) {
        return; /* on_sent comes */
    }
    http_conn_cut(hc);
    if (err == OK && hc->passes) {
        hc->server->pass.on_pass(hc->server->pass.arg, handoff);
    } else if (err == OK) {
        hc->server->stun.on_stun(hc->server->stun.arg, handoff);
    }
}

/* The hello of a node, before all else. False: it is not whole yet, or was none. */
static bool take_hello(struct http_conn *hc)
{
    struct nodehello hello;
    enum err err =
        conn_is_tls(&hc->conn) ? nodehello_read(buf_slice(&hc->in), &hello) : ERR_FORBIDDEN;

    if (err == ERR_SHORT) {
        return false;
    }
    if (err == OK) {
        hc->met = true;
        hc->server->stranger_count--;
        hc->told = hello.from;
        hc->told_tls = hello.tls;
        buf_consume(&hc->in, NODEHELLO_SIZE);
        err = http_listen_meet(hc);
        counter_increment(err == OK ? COUNTER_NODES_TAKEN : COUNTER_HTTP_CONNECTIONS_REFUSED);
    } else {
        counter_increment(COUNTER_NODES_REFUSED);
    }
    if (err != OK) {
        http_conn_cut(hc);
    }
    return err == OK;
}

/* Looks at the first byte. False: the connection is no HTTP, and goes its way or ends. */
static bool meet(struct http_conn *hc, uint8_t first)
{
    struct http_server *server = hc->server;
    bool tls = conn_is_tls(&hc->conn);
    enum tls_protocol agreed = tls ? tls_protocol(hc->conn.ssl) : TLS_PROTOCOL_NONE;
    bool stun = server->stun.on_stun != NULL && demux_stream(first) == DEMUX_STUN &&
                agreed != TLS_PROTOCOL_HTTP && agreed != TLS_PROTOCOL_CHALLENGE;

    hc->met = true;
    if (stun) {
        leave_soon(hc);
        return false;
    }
    if (hc->stun_only || (server->tls != NULL && !tls) || agreed == TLS_PROTOCOL_STUN ||
        agreed == TLS_PROTOCOL_CHALLENGE) {
        counter_increment(COUNTER_HTTP_REFUSED);
        http_conn_cut(hc);
        return false;
    }
    return true;
}

/* ---- events of the connection ---- */

static void on_bytes(struct conn *conn, uint8_t *data, size_t size)
{
    struct http_conn *hc = (struct http_conn *)conn;

    if (hc->state >= HTTP_STATE_ENDING) {
        return;
    }
    if (hc->state == HTTP_STATE_WEBSOCK) {
        websock_on_bytes(hc, data, size);
        return;
    }
    if (buf_append(&hc->in, slice_from(data, size)) != OK) {
        http_conn_cut(hc);
        return;
    }
    bool known = hc->met || (hc->from_node ? take_hello(hc) : meet(hc, data[0]));
    if (known && hc->state != HTTP_STATE_LEAVING) {
        advance(hc);
    }
}

static void on_end(struct conn *conn, bool clean)
{
    struct http_conn *hc = (struct http_conn *)conn;

    if (hc->state == HTTP_STATE_WEBSOCK) {
        websock_on_end(hc);
        return;
    }
    if (hc->from_node && !hc->met && hc->state == HTTP_STATE_HEAD) {
        counter_increment(COUNTER_NODES_REFUSED);
    }
    hc->peer_ended = true;
    /* A peer that has only shut its sending side still waits for its answers. */
    if (clean && (hc->state == HTTP_STATE_WAITING || conn_queued(conn) > 0)) {
        if (hc->state == HTTP_STATE_HEAD || hc->state == HTTP_STATE_BODY) {
            http_conn_end(hc);
        }
        return;
    }
    http_conn_cut(hc);
}

static void on_sent(struct conn *conn, bool all)
{
    struct http_conn *hc = (struct http_conn *)conn;
    const struct http_limits *limits = &hc->server->limits;

    if (hc->state == HTTP_STATE_HEAD) {
        if (hc->in.size > 0) {
            http_conn_ready(hc);
        } else {
            http_conn_timer(hc, all ? limits->idle_timeout_ms : limits->body_timeout_ms,
                            http_conn_on_timeout);
        }
    } else if (hc->state == HTTP_STATE_LEAVING && all) {
        http_conn_ready(hc);
    } else if (hc->state == HTTP_STATE_ENDING) {
        if (all && hc->peer_ended) {
            http_conn_cut(hc);
            return;
        }
        http_conn_timer(hc, all ? HTTP_LINGER_MS : limits->body_timeout_ms, http_conn_on_timeout);
    }
}

static void maybe_free(struct http_server *server);

static void unready(struct http_conn *hc)
{
    struct http_server *server = hc->server;
    struct http_conn *before = NULL;

    for (struct http_conn *one = server->ready_first; one != NULL; one = one->ready_next) {
        if (one == hc) {
            if (before == NULL) {
                server->ready_first = hc->ready_next;
            } else {
                before->ready_next = hc->ready_next;
            }
            if (server->ready_last == hc) {
                server->ready_last = before;
            }
            return;
        }
        before = one;
    }
}

static void on_closed(struct conn *conn)
{
    struct http_conn *hc = (struct http_conn *)conn;
    struct http_server *server = hc->server;
    bool stranger = hc->from_node && !hc->met;

    websock_report(hc);
    websock_free(hc);
    if (hc->ready) {
        unready(hc);
    }
    *hc->link = hc->next;
    if (hc->next != NULL) {
        hc->next->link = hc->link;
    }
    sources_leave(server->sources, hc->source);
    http_parse_destroy(hc->parse);
    buf_fini(&hc->in);
    mem_free(hc);
    server->conn_count--;
    server->stranger_count -= stranger ? 1 : 0;
    maybe_free(server);
}

const struct conn_events http_conn_events = {on_bytes, on_end, on_sent, on_closed, NULL};

/* ---- the server ---- */

static void on_timer(uv_timer_t *timer)
{
    struct http_server *server = timer->data;

    wheel_tick(server->wheel, loop_now_ms(server->loop));
}

/* Before the loop blocks: all that this turn has queued leaves together. */
static void on_flush(void *arg)
{
    struct http_server *server = arg;
    uint64_t next_ms = 0;
    uint64_t now_ms = loop_now_ms(server->loop);

    while (server->ready_first != NULL) {
        struct http_conn *hc = server->ready_first;

        server->ready_first = hc->ready_next;
        if (server->ready_first == NULL) {
            server->ready_last = NULL;
        }
        hc->ready = false;
        websock_report(hc);
        if (hc->state != HTTP_STATE_GONE) {
            conn_flush(&hc->conn);
        }
        if (hc->state == HTTP_STATE_LEAVING) {
            leave(hc);
        }
        if (hc->state < HTTP_STATE_ENDING && hc->in.size > 0) {
            advance(hc);
        }
    }
    http_listen_retry(server);
    next_ms = wheel_next_ms(server->wheel);
    if (next_ms == UINT64_MAX) {
        (void)uv_timer_stop(&server->timer);
    } else if (!uv_is_closing((uv_handle_t *)&server->timer)) {
        (void)uv_timer_start(&server->timer, on_timer, next_ms > now_ms ? next_ms - now_ms : 1, 0);
    }
}

static void free_server(struct http_server *server)
{
    if (server->flush_added) {
        loop_remove_flush(server->loop, &server->flush);
    }
    wheel_destroy(server->wheel);
    slots_destroy(server->exchanges);
    slots_destroy(server->sockets);
    sources_destroy(server->sources);
    mem_free(server);
}

void http_handle_closed(uv_handle_t *handle)
{
    struct http_server *server = handle->data;

    server->open_handles--;
    maybe_free(server);
}

static void maybe_free(struct http_server *server)
{
    if (!server->closing || server->conn_count > 0) {
        return;
    }
    if (server->open_handles == 0) {
        free_server(server);
    } else if (!uv_is_closing((uv_handle_t *)&server->timer)) {
        uv_close((uv_handle_t *)&server->timer, http_handle_closed);
    }
}

enum err http_server_create(const struct http_params *params, struct http_server **out)
{
    struct http_server *server = mem_alloc(sizeof *server);
    uint32_t count_max = params->limits.connections_max;
    uint16_t taken = 0;
    enum err err = OK;

    *out = NULL;
    if (server == NULL) {
        return ERR_NOMEM;
    }
    server->loop = params->loop;
    server->tls = params->tls;
    server->limits = params->limits;
    server->proxies = params->proxies;
    server->handler = params->handler;
    server->stun = params->stun;
    server->pass = params->pass;
    server->flush = (struct loop_flush){.on_flush = on_flush, .arg = server};
    if (wheel_create(loop_now_ms(params->loop), &server->wheel) != OK ||
        slots_create(count_max, &server->exchanges) != OK ||
        slots_create(count_max, &server->sockets) != OK ||
        sources_create(count_max, &server->sources) != OK) {
        free_server(server);
        return ERR_NOMEM;
    }
    (void)uv_timer_init(loop_uv(params->loop), &server->timer);
    server->timer.data = server;
    server->open_handles = 1;
    loop_add_flush(params->loop, &server->flush);
    server->flush_added = true;
    err = http_server_listen(server, params->address, params->port, false, &taken);
    if (err != OK) {
        http_server_destroy(server);
        return err;
    }
    *out = server;
    return OK;
}

uint16_t http_server_port(const struct http_server *server)
{
    return server->listeners[0].port;
}

void http_server_destroy(struct http_server *server)
{
    struct http_conn *next = NULL;

    if (server == NULL || server->closing) {
        return;
    }
    server->closing = true;
    http_listen_close(server);
    for (struct http_conn *hc = server->conns; hc != NULL; hc = next) {
        next = hc->next; /* nothing is freed before the handles close */
        if (hc->state == HTTP_STATE_WEBSOCK) {
            websock_close(server, hc->websock->id, 1001, "the server ends");
        } else if (hc->state != HTTP_STATE_ENDING) {
            if (conn_queued(&hc->conn) > 0 && hc->state != HTTP_STATE_GONE) {
                http_conn_end(hc);
            } else {
                http_conn_cut(hc);
            }
        }
        websock_report(hc);
    }
    maybe_free(server);
}
