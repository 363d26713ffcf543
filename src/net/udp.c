/* SPDX-License-Identifier: Apache-2.0 */
#include "net/udp_internal.h"

#include <errno.h>
#include <linux/errqueue.h>
#include <netinet/udp.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "base/counter.h"
#include "base/log.h"
#include "base/mem.h"

#ifndef UDP_GRO
#define UDP_GRO 104
#endif

enum {
    ROUNDS_MAX = 2,       /* of one socket before others have their turn */
    TELL_MS = 10000,      /* between two lines of the log about sockets that fail */
    TIMER_SLACK_NS = 1000 /* the kernel's 50 us would be added to each wait */
};

/* ---- receiving ---- */

static uint64_t now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

/* The kernel changes the heads of those that it has filled. */
static void prepare_reads(struct udp *udp, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++) {
        udp->in_parts[i] =
            (struct iovec){.iov_base = udp->buffers + (size_t)i * UDP_BUFFER, .iov_len = 65535};
        udp->in[i].msg_hdr = (struct msghdr){.msg_name = &udp->in_from[i],
                                             .msg_namelen = sizeof udp->in_from[i],
                                             .msg_iov = &udp->in_parts[i],
                                             .msg_iovlen = 1,
                                             .msg_control = udp->in_control[i].bytes,
                                             .msg_controllen = UDP_CONTROL};
    }
}

/* What comes beside the bytes: the size of the parts of a train, the address that was meant. */
static void read_control(const struct udp_socket *socket, struct msghdr *head, uint16_t *part,
                         struct addr *local)
{
    *local = socket->local;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(head); item != NULL; item = CMSG_NXTHDR(head, item)) {
        if (item->cmsg_level == SOL_UDP && item->cmsg_type == UDP_GRO) {
            int size = 0;

            memcpy(&size, CMSG_DATA(item), sizeof size);
            *part = (uint16_t)size;
        } else if (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo info;

            memcpy(&info, CMSG_DATA(item), sizeof info);
            memcpy(local->ip, &info.ipi_addr, 4);
        } else if (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo info;

            memcpy(&info, CMSG_DATA(item), sizeof info);
            memcpy(local->ip, &info.ipi6_addr, 16);
        }
    }
}

/* A train is cut where its datagrams were. */
static uint32_t cut(struct udp *udp, const struct udp_datagram *train, uint16_t part)
{
    size_t size = part == 0 ? train->bytes.size : part;
    size_t at = 0;
    uint32_t count = 0;

    do {
        size_t rest = train->bytes.size - at;

        udp->datagrams[count] = *train;
        udp->datagrams[count].bytes = slice_from(train->bytes.data + at, rest < size ? rest : size);
        at += udp->datagrams[count].bytes.size;
        count++;
    } while (at < train->bytes.size && count < UDP_SEGMENTS_IN);
    if (at < train->bytes.size) {
        counter_increment(COUNTER_UDP_TRUNCATED);
    }
    return count;
}

static uint32_t deliver(struct udp_socket *socket, struct mmsghdr *message)
{
    struct udp *udp = socket->udp;
    struct msghdr *head = &message->msg_hdr;
    struct udp_datagram datagram = {.bytes = slice_from(head->msg_iov->iov_base, message->msg_len)};
    uint16_t part = 0;
    uint32_t count = 0;

    if ((head->msg_flags & MSG_TRUNC) != 0) {
        counter_increment(COUNTER_UDP_TRUNCATED);
        return 0;
    }
    datagram.from = sockaddr_to(head->msg_name);
    read_control(socket, head, &part, &datagram.local);
    count = cut(udp, &datagram, part);
    socket->handler.on_datagrams(socket->handler.arg, socket, udp->datagrams, count);
    return count;
}

/* One recvmmsg; true: there may be more. */
static bool read_round(struct udp_socket *socket)
{
    struct udp *udp = socket->udp;
    uint32_t first = 0;
    uint32_t total = 0;
    int got = 0;

    if (udp->used == UDP_READS) {
        udp_flush(udp);
        udp->used = 0;
    }
    if (udp->looked_us == 0) {
        udp->looked_us = now_us();
    }
    first = udp->used;
    got = recvmmsg(socket->fd, udp->in + first, UDP_READS - first, MSG_DONTWAIT, NULL);
    if (got <= 0) {
        return false; /* nothing, or an error of an earlier datagram that the error queue tells */
    }
    udp->used += (uint32_t)got;
    for (uint32_t i = first; i < first + (uint32_t)got && socket->fd >= 0; i++) {
        total += deliver(socket, &udp->in[i]);
    }
    prepare_reads(udp, first, first + (uint32_t)got);
    udp->turn_datagrams += total;
    counter_add(COUNTER_UDP_RECEIVED, total);
    return first + (uint32_t)got == UDP_READS && socket->fd >= 0;
}

static bool is_icmp(const struct sock_extended_err *error)
{
    return error->ee_origin == SO_EE_ORIGIN_ICMP || error->ee_origin == SO_EE_ORIGIN_ICMP6;
}

/* What routers have said. */
static void read_errors(struct udp_socket *socket)
{
    union sockaddr_any to;
    union udp_control control[4];
    uint8_t byte = 0;
    struct iovec part = {.iov_base = &byte, .iov_len = 1};

    for (;;) {
        struct msghdr head = {.msg_name = &to,
                              .msg_namelen = sizeof to,
                              .msg_iov = &part,
                              .msg_iovlen = 1,
                              .msg_control = control,
                              .msg_controllen = sizeof control};

        if (socket->fd < 0 || recvmsg(socket->fd, &head, MSG_ERRQUEUE | MSG_DONTWAIT) < 0) {
            return;
        }
        for (struct cmsghdr *item = CMSG_FIRSTHDR(&head); item != NULL;
             item = CMSG_NXTHDR(&head, item)) {
            struct sock_extended_err error;
            bool ours = (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR) ||
                        (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR);

            if (!ours) {
                continue;
            }
            memcpy(&error, CMSG_DATA(item), sizeof error);
            if (is_icmp(&error) && socket->handler.on_icmp != NULL) {
                struct udp_icmp icmp = {.to = sockaddr_to(&to.head),
                                        .type = error.ee_type,
                                        .code = error.ee_code,
                                        .info = error.ee_info};

                counter_increment(COUNTER_UDP_ICMP);
                socket->handler.on_icmp(socket->handler.arg, socket, &icmp);
            }
        }
    }
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* libuv stops a handle whose descriptor has an error: the kernel's word about one datagram is no
 * reason for that. */
void udp_forget_error(struct udp_socket *socket)
{
    int error = 0;
    socklen_t size = sizeof error;

    (void)getsockopt(socket->fd, SOL_SOCKET, SO_ERROR, &error, &size);
}

static void take_error(struct udp_socket *socket)
{
    read_errors(socket);
    if (socket->fd >= 0) {
        udp_forget_error(socket);
        (void)uv_poll_start(&socket->poll, UV_READABLE, on_poll);
    }
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct udp_socket *socket = poll->data;

    (void)events;
    if (status != 0) {
        take_error(socket);
    }
    for (int i = 0; i < ROUNDS_MAX && socket->fd >= 0 && read_round(socket); i++) {
    }
}

/* ---- the turn ---- */

/* Waits before the loop looks again, if that lets the next wake-up carry several datagrams. */
static void wait_for_more(struct udp *udp)
{
    struct timespec until = {0};
    uint64_t next_us = 0;

    if (udp->turn_datagrams == 0) {
        return;
    }
    next_us = coalesce_next_us(&udp->coalesce, udp->turn_datagrams, udp->looked_us, now_us());
    if (next_us == 0) {
        return;
    }
    if (!udp->slack_set) {
        udp->slack_set = true; /* here, because it is a property of the thread */
        (void)prctl(PR_SET_TIMERSLACK, TIMER_SLACK_NS);
    }
    until.tv_sec = (time_t)(next_us / 1000000);
    until.tv_nsec = (long)(next_us % 1000000) * 1000;
    (void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void on_flush(void *arg)
{
    struct udp *udp = arg;

    udp_flush(udp);
    udp->used = 0;
    wait_for_more(udp);
    udp->turn_datagrams = 0;
    udp->looked_us = 0;
}

/* ---- life ---- */

enum err udp_create(const struct udp_params *params, struct udp **out)
{
    struct udp *udp = mem_alloc(sizeof *udp);

    *out = NULL;
    if (udp == NULL) {
        return ERR_NOMEM;
    }
    udp->loop = params->loop;
    udp->coalesce.most_us = params->coalesce_us;
    udp->buffers = mem_alloc((size_t)UDP_READS * UDP_BUFFER);
    udp->copies = mem_alloc(UDP_COPIES);
    if (udp->buffers == NULL || udp->copies == NULL) {
        mem_free(udp->buffers);
        mem_free(udp->copies);
        mem_free(udp);
        return ERR_NOMEM;
    }
    prepare_reads(udp, 0, UDP_READS);
    udp->flush = (struct loop_flush){.on_flush = on_flush, .arg = udp};
    loop_add_flush(udp->loop, &udp->flush);
    *out = udp;
    return OK;
}

void udp_destroy(struct udp *udp)
{
    if (udp == NULL) {
        return;
    }
    loop_remove_flush(udp->loop, &udp->flush);
    mem_free(udp->buffers);
    mem_free(udp->copies);
    mem_free(udp);
}

static void set(int fd, int level, int name, int value)
{
    /* What the kernel does not know is done without. */
    (void)setsockopt(fd, level, name, &value, sizeof value);
}

/* By what the sender asks, not by the path MTU that the kernel believes in: a stranger's ICMP could
 * make it small. */
void udp_set_dont_fragment(struct udp_socket *socket, bool dont_fragment)
{
    bool six = socket->local.family == ADDR_V6;

    socket->dont_fragment = dont_fragment;
    set(socket->fd, six ? IPPROTO_IPV6 : IPPROTO_IP, six ? IPV6_MTU_DISCOVER : IP_MTU_DISCOVER,
        dont_fragment ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT);
}

static void set_options(struct udp_socket *socket, const struct udp_options *options)
{
    int fd = socket->fd;
    bool six = options->local.family == ADDR_V6;
    int level = six ? IPPROTO_IPV6 : IPPROTO_IP;

    if (six) {
        set(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1);
    }
    if (options->shared) {
        set(fd, SOL_SOCKET, SO_REUSEPORT, 1);
    }
    if (options->buffer_bytes != 0) {
        set(fd, SOL_SOCKET, SO_RCVBUF, (int)options->buffer_bytes);
        set(fd, SOL_SOCKET, SO_SNDBUF, (int)options->buffer_bytes);
    }
    if (socket->any) {
        set(fd, level, six ? IPV6_RECVPKTINFO : IP_PKTINFO, 1);
    }
    if (socket->handler.on_icmp != NULL) {
        set(fd, level, six ? IPV6_RECVERR : IP_RECVERR, 1);
    }
    udp_set_dont_fragment(socket, false);
    if (options->trains) {
        int one = 1;

        socket->trains_in = setsockopt(fd, SOL_UDP, UDP_GRO, &one, sizeof one) == 0;
        socket->trains_out = true;
    }
}

/* Clients may ask for one socket after the other: of failures one is told now and then. */
static enum err fail(struct udp *udp, int reason, const struct addr *local, const char *what)
{
    char text[ADDR_TEXT_SIZE];
    uint64_t now_ms = loop_now_ms(udp->loop);

    if (reason == EADDRINUSE) {
        return ERR_EXISTS;
    }
    counter_increment(COUNTER_UDP_FAILED);
    if (now_ms >= udp->tell_ms) {
        addr_format(local, text);
        log_error("no UDP socket", "address=%s step=%s error=\"%s\" untold_before=%u", text, what,
                  strerror(reason), (unsigned)udp->untold);
        udp->tell_ms = now_ms + TELL_MS;
        udp->untold = 0;
    } else {
        udp->untold++;
    }
    return reason == EMFILE || reason == ENFILE ? ERR_LIMIT : ERR_IO;
}

static enum err open_descriptor(struct udp_socket *one, const struct udp_options *options)
{
    union sockaddr_any address = {0};
    socklen_t size = sockaddr_from(&options->local, &address);
    int family = address.head.sa_family;

    one->fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (one->fd < 0) {
        return fail(one->udp, errno, &options->local, "socket");
    }
    set_options(one, options);
    if (bind(one->fd, &address.head, size) != 0) {
        return fail(one->udp, errno, &options->local, "bind");
    }
    size = sizeof address;
    if (getsockname(one->fd, &address.head, &size) != 0) {
        return fail(one->udp, errno, &options->local, "getsockname");
    }
    one->local = sockaddr_to(&address.head);
    return OK;
}

static void on_closed(uv_handle_t *handle)
{
    mem_free(handle->data);
}

enum err udp_open(struct udp *udp, const struct udp_options *options,
                  const struct udp_handler *handler, struct udp_socket **out)
{
    struct udp_socket *one = mem_alloc(sizeof *one);
    enum err err = ERR_NOMEM;

    *out = NULL;
    if (one == NULL) {
        return err;
    }
    one->udp = udp;
    one->handler = *handler;
    one->any = addr_is_any(&options->local);
    one->local = options->local;
    err = open_descriptor(one, options);
    if (err == OK && uv_poll_init(loop_uv(udp->loop), &one->poll, one->fd) != 0) {
        err = fail(udp, errno, &options->local, "poll");
    }
    if (err != OK) {
        if (one->fd >= 0) {
            (void)close(one->fd);
        }
        mem_free(one);
        return err;
    }
    one->poll.data = one;
    if (uv_poll_start(&one->poll, UV_READABLE, on_poll) != 0) {
        udp_close(one);
        return ERR_IO;
    }
    *out = one;
    return OK;
}

void udp_close(struct udp_socket *socket)
{
    if (socket == NULL || socket->fd < 0) {
        return;
    }
    if (socket->dirty) {
        udp_flush(socket->udp);
    }
    uv_close((uv_handle_t *)&socket->poll, on_closed);
    (void)close(socket->fd);
    socket->fd = -1;
}

struct addr udp_local(const struct udp_socket *socket)
{
    return socket->local;
}

void *udp_arg(const struct udp_socket *socket)
{
    return socket->handler.arg;
}
