/* SPDX-License-Identifier: Apache-2.0 */
#include "net/conn.h"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/log.h"
#include "base/mem.h"
#include "net/loop_internal.h"
#include "net/sockaddr.h"
#include "net/tls_internal.h"
#include "wire/demux.h"

enum {
    CHUNK_FIRST = 512, /* most turns send one small message */
    CHUNK_NEXT = 16384,
    CHUNK_SPARE = 256,   /* behind a large message: the reply to another goes along */
    RECORD_GOOD = 4096,  /* not worth a copy to make it larger */
    ENCRYPT_MAX = 65536, /* ciphertext made ahead of the kernel */
    ROUND_BUFS = 16,
    ROUND_BYTES = 256 * 1024 /* so that progress of a long body is seen */
};

struct conn_chunk {
    struct conn_chunk *next;
    const uint8_t *data; /* the first byte not yet sent */
    size_t size;
    size_t capacity; /* 0: borrowed bytes */
    uint8_t bytes[];
};

static void queue_push(struct conn_queue *queue, struct conn_chunk *chunk)
{
    if (queue->last == NULL) {
        queue->first = chunk;
    } else {
        queue->last->next = chunk;
    }
    queue->last = chunk;
    queue->size += chunk->size;
}

/* Room for `size` bytes at the end, which count as queued. */
static enum err queue_reserve(struct conn_queue *queue, size_t size, uint8_t **out)
{
    struct conn_chunk *chunk = queue->last;
    size_t capacity = chunk == NULL ? CHUNK_FIRST : CHUNK_NEXT;

    /* Bytes behind those the kernel works on may be added to the same chunk. */
    if (chunk != NULL && chunk->capacity != 0) {
        size_t used = (size_t)(chunk->data - chunk->bytes) + chunk->size;

        if (chunk->capacity - used >= size) {
            chunk->size += size;
            queue->size += size;
            *out = chunk->bytes + used;
            return OK;
        }
    }
    if (capacity < size + CHUNK_SPARE) {
        capacity = size + CHUNK_SPARE;
    }
    chunk = mem_alloc_raw(sizeof *chunk + capacity);
    if (chunk == NULL) {
        return ERR_NOMEM;
    }
    *chunk = (struct conn_chunk){.data = chunk->bytes, .size = size, .capacity = capacity};
    queue_push(queue, chunk);
    *out = chunk->bytes;
    return OK;
}

static enum err queue_copy(struct conn_queue *queue, struct slice bytes)
{
    uint8_t *room = NULL;
    enum err err = bytes.size == 0 ? OK : queue_reserve(queue, bytes.size, &room);

    if (err == OK && bytes.size > 0) {
        memcpy(room, bytes.data, bytes.size);
    }
    return err;
}

static void queue_consume(struct conn_queue *queue, size_t size)
{
    ASSERT(size <= queue->size);
    queue->size -= size;
    while (queue->first != NULL && size >= queue->first->size) {
        struct conn_chunk *chunk = queue->first;

        size -= chunk->size;
        queue->first = chunk->next;
        if (queue->first == NULL) {
            queue->last = NULL;
        }
        mem_free(chunk);
    }
    if (size > 0) {
        queue->first->data += size;
        queue->first->size -= size;
    }
}

static void on_uv_closed(uv_handle_t *handle)
{
    struct conn *conn = handle->data;

    queue_consume(&conn->plain, conn->plain.size);
    queue_consume(&conn->wire, conn->wire.size);
    SSL_free(conn->ssl);
    conn->ssl = NULL;
    conn->events->on_closed(conn);
}

void conn_abort(struct conn *conn)
{
    if (!conn->closing) {
        conn->closing = true;
        hello_leave(loop_hellos(conn->loop), &conn->hello);
        uv_close((uv_handle_t *)&conn->tcp, on_uv_closed);
    }
}

enum err conn_write(struct conn *conn, struct slice bytes)
{
    return queue_copy(conn->ssl != NULL ? &conn->plain : &conn->wire, bytes);
}

enum err conn_reserve(struct conn *conn, size_t size, uint8_t **out)
{
    return queue_reserve(conn->ssl != NULL ? &conn->plain : &conn->wire, size, out);
}

enum err conn_write_static(struct conn *conn, struct slice bytes)
{
    struct conn_chunk *chunk = NULL;

    if (bytes.size == 0) {
        return OK;
    }
    chunk = mem_alloc(sizeof *chunk);
    if (chunk == NULL) {
        return ERR_NOMEM;
    }
    chunk->data = bytes.data;
    chunk->size = bytes.size;
    queue_push(conn->ssl != NULL ? &conn->plain : &conn->wire, chunk);
    return OK;
}

size_t conn_queued(const struct conn *conn)
{
    return conn->plain.size + conn->wire.size;
}

size_t conn_take_cipher(struct conn *conn, uint8_t *out, size_t size)
{
    size_t taken = size < conn->cipher_size ? size : conn->cipher_size;

    if (taken > 0) {
        memcpy(out, conn->cipher, taken);
        conn->cipher += taken;
        conn->cipher_size -= taken;
    }
    return taken;
}

enum err conn_put_cipher(struct conn *conn, struct slice bytes)
{
    return queue_copy(&conn->wire, bytes);
}

/* What goes into the next record: the first chunk, or as many as fit when it is small. */
static struct slice next_record(const struct conn *conn)
{
    const struct conn_chunk *chunk = conn->plain.first;
    uint8_t *record = loop_record_buffer(conn->loop);
    size_t size = 0;

    if (chunk->next == NULL || chunk->size >= RECORD_GOOD) {
        return slice_from(chunk->data,
                          chunk->size < LOOP_RECORD_SIZE ? chunk->size : LOOP_RECORD_SIZE);
    }
    for (; chunk != NULL && chunk->size <= LOOP_RECORD_SIZE - size; chunk = chunk->next) {
        memcpy(record + size, chunk->data, chunk->size);
        size += chunk->size;
    }
    return slice_from(record, size);
}

/* Encrypts the next part of `plain`. Data of the application waits for the handshake. */
static enum err encrypt(struct conn *conn)
{
    if (!SSL_is_init_finished(conn->ssl)) {
        return OK;
    }
    while (conn->plain.size > 0 && conn->wire.size < ENCRYPT_MAX) {
        struct slice record = next_record(conn);
        size_t written = 0;

        ERR_clear_error();
        if (SSL_write_ex(conn->ssl, record.data, record.size, &written) != 1) {
            return ERR_IO;
        }
        queue_consume(&conn->plain, written);
    }
    return OK;
}

static uint32_t gather(const struct conn_queue *queue, uv_buf_t bufs[ROUND_BUFS], size_t *total)
{
    uint32_t count = 0;

    *total = 0;
    for (struct conn_chunk *chunk = queue->first;
         chunk != NULL && count < ROUND_BUFS && *total < ROUND_BYTES; chunk = chunk->next) {
        size_t size = chunk->size < ROUND_BYTES - *total ? chunk->size : ROUND_BYTES - *total;

        /* uv_buf_t is not const, yet a write does not change the bytes. */
        bufs[count++] = uv_buf_init((char *)(uintptr_t)chunk->data, (unsigned)size);
        *total += size;
    }
    return count;
}

static void on_uv_written(uv_write_t *req, int status)
{
    struct conn *conn = req->data;
    size_t sent = conn->sending_size;

    conn->sending_size = 0;
    if (conn->closing) {
        return;
    }
    if (status != 0) {
        conn->events->on_end(conn, false);
        return;
    }
    queue_consume(&conn->wire, sent);
    if (conn_queued(conn) > 0) {
        conn->events->on_sent(conn, false);
    }
    conn_flush(conn);
}

/* One round to the kernel: first without waiting, the rest as a request. */
static enum err send_round(struct conn *conn)
{
    uv_buf_t bufs[ROUND_BUFS];
    size_t total = 0;
    uint32_t count = gather(&conn->wire, bufs, &total);
    int sent = uv_try_write((uv_stream_t *)&conn->tcp, bufs, count);

    if (sent < 0 && sent != UV_EAGAIN) {
        return ERR_IO;
    }
    if (sent > 0) {
        queue_consume(&conn->wire, (size_t)sent);
    }
    if (sent == (int)total) {
        return OK;
    }
    count = gather(&conn->wire, bufs, &total);
    conn->req.write.data = conn;
    if (uv_write(&conn->req.write, (uv_stream_t *)&conn->tcp, bufs, count, on_uv_written) != 0) {
        return ERR_IO;
    }
    conn->sending_size = total;
    return OK;
}

static void on_uv_shut(uv_shutdown_t *req, int status)
{
    struct conn *conn = req->data;

    if (status != 0 && !conn->closing) {
        conn->events->on_end(conn, false);
    }
}

static enum err shut(struct conn *conn)
{
    conn->shut = true;
    if (conn->ssl != NULL && SSL_is_init_finished(conn->ssl)) {
        ERR_clear_error();
        (void)SSL_shutdown(conn->ssl); /* puts close_notify into `wire` */
    }
    return OK;
}

void conn_flush(struct conn *conn)
{
    enum err err = OK;
    bool sent = false;

    while (err == OK && !conn->closing && conn->sending_size == 0) {
        if (conn->ssl != NULL && conn->wire.size == 0 && conn->plain.size > 0) {
            err = encrypt(conn);
        }
        if (err == OK && conn->wire.size > 0) {
            err = send_round(conn);
            sent = true;
        } else if (err == OK && conn->finishing && !conn->shut) {
            err = shut(conn);
            if (conn->wire.size == 0) {
                break;
            }
        } else {
            break;
        }
    }
    if (conn->closing) {
        return;
    }
    if (err == OK && conn->shut && conn->sending_size == 0 && !conn->fin_sent) {
        conn->fin_sent = true;
        conn->req.shutdown = (uv_shutdown_t){.data = conn};
        err = uv_shutdown(&conn->req.shutdown, (uv_stream_t *)&conn->tcp, on_uv_shut) == 0 ? OK
                                                                                           : ERR_IO;
    }
    if (err != OK) {
        conn->events->on_end(conn, false);
    } else if (sent && conn_queued(conn) == 0) {
        conn->events->on_sent(conn, true);
    }
}

void conn_finish(struct conn *conn)
{
    conn->finishing = true;
}

static void on_uv_alloc(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
    struct conn *conn = handle->data;

    (void)suggested;
    if (conn->tls != NULL && !hello_may_begin(loop_hellos(conn->loop), &conn->hello)) {
        *out = uv_buf_init(NULL, 0); /* read later: on_uv_read is told of no buffer */
        return;
    }
    *out = uv_buf_init((char *)loop_read_buffer(conn->loop), LOOP_READ_SIZE);
}

/* OpenSSL takes all it is given: an incomplete record waits in its own buffer, which goes with
 * SSL_MODE_RELEASE_BUFFERS as soon as it is empty. */
static void decrypt(struct conn *conn, const uint8_t *data, size_t size)
{
    uint8_t *plain = loop_plain_buffer(conn->loop);
    int fault = SSL_ERROR_NONE;

    conn->cipher = data;
    conn->cipher_size = size;
    while (!conn->closing && fault == SSL_ERROR_NONE) {
        size_t count = 0;
        int result = 0;

        ERR_clear_error();
        result = SSL_read_ex(conn->ssl, plain, LOOP_PLAIN_SIZE, &count);
        if (result == 1) {
            conn->events->on_bytes(conn, plain, count);
        } else {
            fault = SSL_get_error(conn->ssl, result);
        }
    }
    conn->cipher = NULL;
    conn->cipher_size = 0;
    if (conn->closing) {
        return;
    }
    if (fault != SSL_ERROR_WANT_READ && fault != SSL_ERROR_ZERO_RETURN) {
        log_debug("tls ended", "error=%lu", ERR_peek_error());
    }
    if (conn->wire.size > 0) {
        conn_flush(conn); /* an answer of the handshake or an alert; messages wait for the turn */
    }
    if (!conn->closing && fault != SSL_ERROR_WANT_READ) {
        conn->events->on_end(conn, fault == SSL_ERROR_ZERO_RETURN);
    }
}

/* The first byte tells TLS from plain bytes. False: no memory, and the connection is ending. */
static bool meet(struct conn *conn, uint8_t first)
{
    struct tls_context *tls = conn->tls;

    conn->tls = NULL;
    if (tls == NULL || demux_stream(first) != DEMUX_TLS) {
        return true;
    }
    conn->ssl = tls_open(tls, conn);
    if (conn->ssl == NULL) {
        conn->events->on_end(conn, false);
    }
    return conn->ssl != NULL;
}

static void on_uv_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *buf)
{
    struct conn *conn = stream->data;

    if (conn->closing || count == 0) {
        return;
    }
    if (count == UV_ENOBUFS) {
        (void)uv_read_stop(stream);
        hello_wait(loop_hellos(conn->loop), &conn->hello);
        return;
    }
    if (count < 0) {
        conn->reading = false;
        (void)uv_read_stop(stream);
        conn->events->on_end(conn, count == UV_EOF);
    } else if (!meet(conn, (uint8_t)buf->base[0])) {
        return;
    } else if (conn->ssl != NULL) {
        decrypt(conn, (const uint8_t *)buf->base, (size_t)count);
    } else {
        conn->events->on_bytes(conn, (uint8_t *)buf->base, (size_t)count);
    }
}

static void read_on(struct conn *conn)
{
    if (uv_read_start((uv_stream_t *)&conn->tcp, on_uv_alloc, on_uv_read) != 0) {
        conn->reading = false;
        conn->events->on_end(conn, false);
    }
}

void conn_on_place(struct hello *hello)
{
    read_on((struct conn *)(void *)((char *)hello - offsetof(struct conn, hello)));
}

void conn_set_reading(struct conn *conn, bool reading)
{
    if (conn->closing || conn->reading == reading) {
        return;
    }
    conn->reading = reading;
    hello_leave(loop_hellos(conn->loop), &conn->hello);
    if (!reading) {
        (void)uv_read_stop((uv_stream_t *)&conn->tcp);
    } else {
        read_on(conn);
    }
}

enum err conn_accept(struct conn *conn, struct loop *loop, uv_stream_t *listener,
                     struct tls_context *tls, const struct conn_events *events, bool *closing)
{
    *closing = false;
    conn->loop = loop;
    conn->events = events;
    if (uv_tcp_init(loop_uv(loop), &conn->tcp) != 0) {
        return ERR_IO;
    }
    conn->tcp.data = conn;
    if (uv_accept(listener, (uv_stream_t *)&conn->tcp) != 0) {
        *closing = true;
        conn_abort(conn);
        return ERR_IO;
    }
    conn->tls = tls;
    (void)uv_tcp_nodelay(&conn->tcp, 1);
    return OK;
}

/* ---- to connect ---- */

static void on_uv_connected(uv_connect_t *req, int status)
{
    struct conn *conn = req->data;

    if (conn->closing) {
        return;
    }
    if (status == 0) {
        (void)uv_tcp_nodelay(&conn->tcp, 1);
        if (conn->ssl != NULL) {
            ERR_clear_error();
            (void)SSL_do_handshake(conn->ssl); /* puts the hello into `wire`; goes on by itself */
        }
    }
    conn->events->on_open(conn, status == 0);
}

enum err conn_connect(struct conn *conn, struct loop *loop, const struct addr *to,
                      struct tls_context *tls, const struct conn_events *events, bool *closing)
{
    union sockaddr_any any = {0};

    *closing = false;
    conn->loop = loop;
    conn->events = events;
    if (uv_tcp_init(loop_uv(loop), &conn->tcp) != 0) {
        return ERR_IO;
    }
    conn->tcp.data = conn;
    conn->req.connect.data = conn;
    (void)sockaddr_from(to, &any);
    if (tls != NULL) {
        conn->ssl = tls_open(tls, conn);
    }
    if ((tls != NULL && conn->ssl == NULL) ||
        uv_tcp_connect(&conn->req.connect, &conn->tcp, &any.head, on_uv_connected) != 0) {
        *closing = true;
        conn_abort(conn);
        return ERR_IO;
    }
    return OK;
}

void conn_watch_peer(struct conn *conn, uint32_t dead_ms)
{
    const int idle_s = (int)(dead_ms / 1000) - 2;
    const int often = 1;
    const int count = 2;
    const unsigned unacknowledged_ms = dead_ms;
    uv_os_fd_t fd = -1;

    if (uv_fileno((uv_handle_t *)&conn->tcp, &fd) == 0) {
        (void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &often, sizeof often);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &idle_s, sizeof idle_s);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &often, sizeof often);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof count);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &unacknowledged_ms,
                         sizeof unacknowledged_ms);
    }
}

bool conn_is_tls(const struct conn *conn)
{
    return conn->ssl != NULL;
}

static struct addr end_of(const struct conn *conn, bool remote)
{
    union sockaddr_any any = {0};
    int size = sizeof any;
    int result = remote ? uv_tcp_getpeername(&conn->tcp, &any.head, &size)
                        : uv_tcp_getsockname(&conn->tcp, &any.head, &size);

    return result == 0 ? sockaddr_to(&any.head) : (struct addr){0};
}

struct addr conn_remote(const struct conn *conn)
{
    return end_of(conn, true);
}

/* ---- from one loop to another ---- */

enum err conn_detach(struct conn *conn, struct slice unread, struct conn_handoff **out)
{
    struct conn_handoff *handoff = NULL;
    uv_os_fd_t fd = -1;

    *out = NULL;
    if (conn->closing || conn_queued(conn) > 0 || conn->sending_size > 0 ||
        uv_fileno((uv_handle_t *)&conn->tcp, &fd) != 0) {
        return ERR_STATE;
    }
    handoff = mem_alloc(sizeof *handoff + unread.size);
    if (handoff == NULL) {
        return ERR_NOMEM;
    }
    handoff->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (handoff->fd < 0) {
        mem_free(handoff);
        return ERR_LIMIT;
    }
    handoff->remote = end_of(conn, true);
    handoff->local = end_of(conn, false);
    handoff->ssl = conn->ssl;
    handoff->size = unread.size;
    if (unread.size > 0) {
        memcpy(handoff->bytes, unread.data, unread.size);
    }
    conn->ssl = NULL;
    conn_abort(conn);
    *out = handoff;
    return OK;
}

void conn_handoff_drop(struct conn_handoff *handoff)
{
    SSL_free(handoff->ssl);
    (void)close(handoff->fd);
    mem_free(handoff);
}

enum err conn_adopt(struct conn *conn, struct loop *loop, struct conn_handoff *handoff,
                    const struct conn_events *events, bool *closing)
{
    *closing = false;
    conn->loop = loop;
    conn->events = events;
    if (uv_tcp_init(loop_uv(loop), &conn->tcp) != 0) {
        conn_handoff_drop(handoff);
        return ERR_IO;
    }
    conn->tcp.data = conn;
    if (uv_tcp_open(&conn->tcp, handoff->fd) != 0) {
        conn_handoff_drop(handoff);
        *closing = true;
        conn_abort(conn);
        return ERR_IO;
    }
    conn->ssl = handoff->ssl;
    if (conn->ssl != NULL) {
        tls_move(conn->ssl, conn);
    }
    mem_free(handoff);
    return OK;
}
