/* SPDX-License-Identifier: Apache-2.0 */
/* Clients that reach their server by TCP or TLS: frames one behind the other (RFC 8656, 12.5). What
 * is sent at one time is little, so that a full socket is an error. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/openssl.h"
#include "turnload.h"

#define STREAM_ROOM 32768
#define ANSWER_MS 10000

struct stream {
    SSL *ssl; /* NULL: TCP */
    int fd;
    size_t begin;
    size_t end;
    uint8_t bytes[STREAM_ROOM];
};

static void attach_tls(struct stream *stream)
{
    static SSL_CTX *context;
    if (context == NULL) {
        context = SSL_CTX_new(TLS_client_method()); /* the certificate is one of the test's */
    }
    stream->ssl = context == NULL ? NULL : SSL_new(context);
    if (stream->ssl == NULL || SSL_set_fd(stream->ssl, stream->fd) != 1 ||
        SSL_connect(stream->ssl) != 1) {
        die("no TLS");
    }
}

void stream_open(const struct options *options, struct flow *flow)
{
    struct sockaddr_storage name;
    int one = 1;
    struct stream *stream = calloc(1, sizeof(*stream));
    if (stream == NULL) {
        die("no memory");
    }
    stream->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (stream->fd < 0 ||
        connect(stream->fd, (struct sockaddr *)&name, to_sockaddr(&options->server, &name)) != 0) {
        die("connect: %m");
    }
    (void)setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
    if (strcmp(options->transport, "tls") == 0) {
        attach_tls(stream);
    }
    (void)fcntl(stream->fd, F_SETFL, O_NONBLOCK);
    flow->stream = stream;
    flow->fd = stream->fd;
}

void stream_close(struct flow *flow)
{
    SSL_free(flow->stream->ssl);
    (void)close(flow->stream->fd);
    free(flow->stream);
    flow->stream = NULL;
}

void stream_send(struct flow *flow, struct slice bytes)
{
    struct stream *stream = flow->stream;
    ssize_t sent = stream->ssl == NULL ? send(stream->fd, bytes.data, bytes.size, MSG_NOSIGNAL)
                                       : SSL_write(stream->ssl, bytes.data, (int)bytes.size);
    if (sent != (ssize_t)bytes.size) {
        die("a connection took %zd bytes of %zu", sent, bytes.size);
    }
}

/* The size of the frame at the front with its padding; 0: it is not whole yet. */
static size_t frame_size(const struct stream *stream)
{
    const uint8_t *head = stream->bytes + stream->begin;
    size_t there = stream->end - stream->begin;
    if (there < 4) {
        return 0;
    }
    size_t size = (size_t)head[2] << 8 | head[3];
    size = head[0] < 0x40 ? size + STUN_HEADER_SIZE
                          : (size + STUN_CHANNEL_HEADER_SIZE + 3) & ~(size_t)3;
    return size <= there ? size : 0;
}

static void fill(struct stream *stream)
{
    if (stream->begin > 0) {
        memmove(stream->bytes, stream->bytes + stream->begin, stream->end - stream->begin);
        stream->end -= stream->begin;
        stream->begin = 0;
    }
    size_t room = sizeof(stream->bytes) - stream->end;
    ssize_t got = stream->ssl == NULL
                      ? recv(stream->fd, stream->bytes + stream->end, room, 0)
                      : SSL_read(stream->ssl, stream->bytes + stream->end, (int)room);
    bool waits = stream->ssl == NULL ? errno == EAGAIN
                                     : SSL_get_error(stream->ssl, (int)got) == SSL_ERROR_WANT_READ;
    if (got > 0) {
        stream->end += (size_t)got;
    } else if (!waits) {
        die("a connection has ended");
    }
}

struct slice stream_next(struct flow *flow)
{
    struct stream *stream = flow->stream;
    size_t size = frame_size(stream);
    if (size == 0) {
        fill(stream);
        size = frame_size(stream);
    }
    struct slice frame = {stream->bytes + stream->begin, size};
    stream->begin += size;
    return frame;
}

ssize_t stream_wait(struct flow *flow, uint8_t *out, size_t capacity)
{
    struct pollfd poll_fd = {.fd = flow->fd, .events = POLLIN};
    for (;;) {
        struct slice frame = stream_next(flow);
        if (frame.size > 0 && frame.size <= capacity) {
            memcpy(out, frame.data, frame.size);
            return (ssize_t)frame.size;
        }
        if (poll(&poll_fd, 1, ANSWER_MS) <= 0) {
            return 0;
        }
    }
}
