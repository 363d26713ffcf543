/* SPDX-License-Identifier: Apache-2.0 */
/* Tests only: the other end of a loopback connection, in the same thread. The loop is turned by
 * hand while the peer waits, so nothing sleeps and the order of things is known. */
#ifndef NET_TESTPEER_H
#define NET_TESTPEER_H

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <uv.h>
#include "net/loop.h"
#include "unit.h"

/* A replay with failing allocations waits often for what never comes. */
static inline uint64_t testpeer_end_ns(void)
{
    return uv_hrtime() + (unit_replaying() ? 200000000ULL : 5000000000ULL);
}

static inline void testpeer_turn(struct loop *loop)
{
    (void)uv_run(loop_uv(loop), UV_RUN_NOWAIT);
}

/* -1: refused. */
static inline int testpeer_connect(uint16_t port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int one = 1;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (connect(fd, (struct sockaddr *)&address, sizeof address) != 0) {
        (void)close(fd);
        return -1;
    }
    (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    (void)ioctl(fd, FIONBIO, &(int){1});
    return fd;
}

static inline void testpeer_send(struct loop *loop, int fd, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    uint64_t end_ns = testpeer_end_ns();

    while (size > 0 && uv_hrtime() < end_ns) {
        ssize_t sent = send(fd, bytes, size, MSG_NOSIGNAL);

        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
        } else if (errno != EAGAIN) {
            return;
        }
        testpeer_turn(loop);
    }
}

/* Reads until `until` has been seen, `count` bytes are there (0: no such end), or the peer's end.
 * Ends `out` with NUL and returns the number of bytes. */
static inline size_t testpeer_read(struct loop *loop, int fd, char *out, size_t capacity,
                                   const char *until, size_t count)
{
    uint64_t end_ns = testpeer_end_ns();
    size_t size = 0;

    out[0] = '\0';
    while (uv_hrtime() < end_ns && size + 1 < capacity) {
        ssize_t got = recvfrom(fd, out + size, capacity - 1 - size, 0, NULL, NULL);

        if (got > 0) {
            size += (size_t)got;
            out[size] = '\0';
        } else if (got == 0 || errno != EAGAIN) {
            break;
        } else {
            struct pollfd wait = {.fd = fd, .events = POLLIN};

            testpeer_turn(loop);
            (void)poll(&wait, 1, 1);
        }
        if ((count != 0 && size >= count) || (until != NULL && strstr(out, until) != NULL)) {
            break;
        }
    }
    return size;
}

/* True when the server has ended the connection. */
static inline bool testpeer_ended(struct loop *loop, int fd)
{
    char rest[4096];
    uint64_t end_ns = testpeer_end_ns();

    while (uv_hrtime() < end_ns) {
        ssize_t got = recvfrom(fd, rest, sizeof rest, 0, NULL, NULL);

        if (got == 0 || (got < 0 && errno != EAGAIN)) {
            return true;
        }
        testpeer_turn(loop);
    }
    return false;
}

#endif
