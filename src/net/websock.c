/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket (RFC 6455), the server's side, on a connection that began with HTTP. */
#include "base/counter.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/http_internal.h"

static void on_silence(struct wheel_timer *timer, uint64_t now_ms);

/* ---- the end ---- */

void websock_end(struct http_conn *hc, uint16_t code)
{
    struct websock_state *state = hc->websock;

    if (state == NULL || state->ended) {
        return;
    }
    state->ended = true;
    state->code = code;
    (void)slots_remove(hc->server->sockets, state->id);
    http_conn_ready(hc); /* on_close comes from there, never from inside a call of the owner */
}

void websock_report(struct http_conn *hc)
{
    struct websock_state *state = hc->websock;

    if (state != NULL && state->ended && !state->reported) {
        state->reported = true;
        state->handler->on_close(state->arg, state->id, state->code);
    }
}

void websock_free(struct http_conn *hc)
{
    if (hc->websock != NULL) {
        wsframe_decoder_fini(&hc->websock->decoder);
        mem_free(hc->websock);
        hc->websock = NULL;
    }
}

/* Says why, then ends. The reader of the close frame answers and closes. */
static void close_with(struct http_conn *hc, uint16_t code, uint16_t reported_code,
                       const char *reason)
{
    uint8_t frame[127];
    size_t size = 0;

    if (hc->state != HTTP_STATE_WEBSOCK) {
        return;
    }
    websock_end(hc, reported_code);
    /* 1005 and 1006 never appear on the wire (7.4.1): the answer to an empty close is empty. */
    if (code == WSFRAME_CLOSE_NO_CODE) {
        size = wsframe_encode_head(WSFRAME_CLOSE, 0, frame);
    } else {
        size = wsframe_encode_close(code, reason, frame);
    }
    if (conn_write(&hc->conn, slice_from(frame, size)) != OK) {
        http_conn_cut(hc);
        return;
    }
    http_conn_end(hc);
}

void websock_on_end(struct http_conn *hc)
{
    http_conn_cut(hc);
}

/* ---- out ---- */

static enum err send_frame(struct http_conn *hc, enum wsframe_opcode opcode, struct slice payload)
{
    uint8_t head[WSFRAME_HEAD_SIZE_MAX];
    size_t head_size = wsframe_encode_head(opcode, payload.size, head);
    uint8_t *room = NULL;

    if (conn_queued(&hc->conn) + head_size + payload.size > hc->server->limits.queue_bytes_max) {
        counter_increment(COUNTER_WEBSOCK_SLOW);
        log_info("websock cut", "cause=%s queued=%zu", "queue", conn_queued(&hc->conn));
        websock_end(hc, WSFRAME_CLOSE_LATER);
        http_conn_cut(hc);
        return ERR_LIMIT;
    }
    if (conn_reserve(&hc->conn, head_size + payload.size, &room) != OK) {
        websock_end(hc, WSFRAME_CLOSE_LATER);
        http_conn_cut(hc);
        return ERR_LIMIT;
    }
    memcpy(room, head, head_size);
    if (payload.size > 0) {
        memcpy(room + head_size, payload.data, payload.size);
    }
    http_conn_ready(hc);
    return OK;
}

enum err websock_send(struct http_server *server, websock socket, struct slice text)
{
    struct http_conn *hc = slots_find(server->sockets, socket);
    enum err err = OK;

    if (hc == NULL || hc->state != HTTP_STATE_WEBSOCK) {
        return ERR_NOT_FOUND;
    }
    err = send_frame(hc, WSFRAME_TEXT, text);
    if (err == OK) {
        counter_increment(COUNTER_WEBSOCK_FRAMES_OUT);
    }
    return err;
}

void websock_close(struct http_server *server, websock socket, uint16_t code, const char *reason)
{
    struct http_conn *hc = slots_find(server->sockets, socket);

    if (hc != NULL) {
        close_with(hc, code, code, reason);
    }
}

/* ---- in ---- */

static void refuse_frame(struct http_conn *hc, enum err err)
{
    struct wsframe_decoder *decoder = &hc->websock->decoder;
    uint16_t code = err == ERR_INVALID ? decoder->error_code : WSFRAME_CLOSE_INTERNAL;

    counter_increment(COUNTER_WEBSOCK_BAD);
    log_info("websock refused", "code=%u cause=\"%s\"", code,
             err == ERR_INVALID && decoder->error != NULL ? decoder->error : "memory");
    close_with(hc, code, code, "");
}

static void on_frame(struct http_conn *hc, const struct wsframe *frame)
{
    struct websock_state *state = hc->websock;

    switch (frame->opcode) {
    case WSFRAME_TEXT:
        counter_increment(COUNTER_WEBSOCK_FRAMES_IN);
        state->handler->on_message(state->arg, state->id, frame->payload);
        break;
    case WSFRAME_PING:
        (void)send_frame(hc, WSFRAME_PONG, frame->payload);
        break;
    case WSFRAME_PONG:
        break;
    case WSFRAME_CLOSE:
        close_with(hc, frame->close_code, frame->close_code, "");
        break;
    default:
        counter_increment(COUNTER_WEBSOCK_BAD);
        close_with(hc, WSFRAME_CLOSE_UNSUPPORTED, WSFRAME_CLOSE_UNSUPPORTED, "text only");
        break;
    }
}

/* Decodes what is whole and returns the number of bytes used. */
static size_t decode(struct http_conn *hc, uint8_t *data, size_t size)
{
    size_t total = 0;
    enum err err = OK;

    while (err == OK && total < size && hc->state == HTTP_STATE_WEBSOCK) {
        struct wsframe frame;
        size_t used = 0;

        err = wsframe_decode(&hc->websock->decoder, data + total, size - total, &used, &frame);
        total += used;
        if (err == OK) {
            on_frame(hc, &frame);
        } else if (err != ERR_SHORT) {
            refuse_frame(hc, err);
        }
    }
    return total;
}

void websock_on_bytes(struct http_conn *hc, uint8_t *data, size_t size)
{
    struct websock_state *state = hc->websock;
    struct buf kept = hc->in;
    size_t used = 0;

    state->heard_ms = loop_now_ms(hc->server->loop);
    state->pinged = false;
    /* Nearly always nothing is left from before, and the bytes are used where they are. */
    if (kept.size == 0) {
        used = decode(hc, data, size);
        if (hc->state == HTTP_STATE_WEBSOCK && used < size &&
            buf_append(&hc->in, slice_from(data + used, size - used)) != OK) {
            http_conn_cut(hc);
        }
        return;
    }
    if (buf_append(&kept, slice_from(data, size)) != OK) {
        http_conn_cut(hc);
        return;
    }
    /* Taken out of the connection meanwhile: a handler may end it. */
    buf_init(&hc->in, kept.size_max);
    used = decode(hc, kept.data, kept.size);
    if (hc->state == HTTP_STATE_WEBSOCK && used < kept.size) {
        buf_consume(&kept, used);
        hc->in = kept;
    } else {
        buf_fini(&kept);
    }
}

/* A silent peer gets a ping after one interval and is dead after one and a half. */
static void on_silence(struct wheel_timer *timer, uint64_t now_ms)
{
    struct http_conn *hc = http_conn_of_timer(timer);
    struct websock_state *state = hc->websock;
    uint64_t interval_ms = hc->server->limits.ping_interval_ms;
    uint64_t due_ms = state->heard_ms + interval_ms;
    uint64_t dead_ms = due_ms + interval_ms / 2;

    if (now_ms >= dead_ms) {
        http_conn_cut(hc);
        return;
    }
    if (now_ms >= due_ms) {
        if (!state->pinged && send_frame(hc, WSFRAME_PING, slice_from(NULL, 0)) != OK) {
            return;
        }
        state->pinged = true;
        due_ms = dead_ms;
    }
    wheel_start(hc->server->wheel, &hc->timer, due_ms, on_silence);
}

/* ---- the handshake ---- */

enum err http_upgrade(struct http_server *server, http_exchange exchange,
                      const struct websock_handler *handler, void *arg, websock *out)
{
    struct http_conn *hc = slots_find(server->exchanges, exchange);
    struct websock_state *state = NULL;
    struct http_header headers[3];
    struct http_response response = {.status = 101, .headers = headers, .header_count = 3};
    enum err err = OK;

    *out = 0;
    if (hc == NULL || hc->peer_ended) {
        return ERR_NOT_FOUND;
    }
    if (hc->accept[0] == '\0') {
        return ERR_STATE;
    }
    err = hc->source == NULL ? http_listen_count(hc) : OK; /* by a proxy */
    state = err == OK ? mem_alloc(sizeof *state) : NULL;
    if (state == NULL) {
        return err == OK ? ERR_NOMEM : err;
    }
    headers[0] = (struct http_header){SLICE("Upgrade"), SLICE("websocket")};
    headers[1] = (struct http_header){SLICE("Connection"), SLICE("Upgrade")};
    headers[2] = (struct http_header){SLICE("Sec-WebSocket-Accept"), slice_text(hc->accept)};
    err = slots_add(server->sockets, hc, &state->id);
    if (err == OK) {
        err = http_write_response(hc, &response);
        if (err != OK) {
            (void)slots_remove(server->sockets, state->id);
        }
    }
    if (err != OK) {
        mem_free(state);
        return err;
    }
    (void)slots_remove(server->exchanges, exchange);
    hc->exchange = 0;
    hc->state = HTTP_STATE_WEBSOCK;
    hc->websock = state;
    state->handler = handler;
    state->arg = arg;
    state->heard_ms = loop_now_ms(server->loop);
    wsframe_decoder_init(&state->decoder, WSFRAME_FROM_CLIENT, server->limits.frame_bytes_max);
    counter_increment(COUNTER_HTTP_REQUESTS);
    http_conn_timer(hc, server->limits.ping_interval_ms, on_silence);
    conn_set_reading(&hc->conn, true);
    http_conn_ready(hc);
    *out = state->id;
    return OK;
}
