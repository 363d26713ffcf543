/* SPDX-License-Identifier: Apache-2.0 */
/* Packets from clients through their relays to a peer that sends each back, or from client to
 * client where both ends have a relay. Bursts leave and arrive as trains (UDP_SEGMENT, UDP_GRO), so
 * that this tool needs less of the machine than the server it loads. */
#include <netinet/udp.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "turnload.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#define UDP_GRO 104
#endif

#define EVENTS 256
#define SETTLE_S 0.5 /* before the figures count */

struct run {
    const struct options *options;
    bool pairs;
    bool counting;
    int epoll;
    int peer;
    struct flow *flows;
    struct results results;
    uint8_t in[TRAIN_MAX + 5536];
    uint8_t out[TRAIN_MAX + 5536];
};

struct payload {
    uint64_t number;
    uint64_t sent_ns;
    uint32_t flow;
    uint32_t check; /* over the rest of the payload */
};

_Static_assert(sizeof(struct payload) == PAYLOAD_HEAD, "the head is sent as it is");

static uint32_t check_of(uint32_t flow, uint64_t number)
{
    return (uint32_t)(number * 2654435761U) ^ flow * 40503U;
}

/* The pattern is one byte repeated: a packet put together from two is noticed. */
static void write_payload(uint8_t *out, uint32_t size, uint32_t flow, uint64_t number)
{
    struct payload head = {
        .number = number, .sent_ns = now_ns(), .flow = flow, .check = check_of(flow, number)};
    memcpy(out, &head, sizeof(head));
    memset(out + sizeof(head), (uint8_t)head.check, size - sizeof(head));
}

static bool read_payload(const struct run *run, struct slice bytes, struct payload *head)
{
    if (bytes.size != run->options->size) {
        return false;
    }
    memcpy(head, bytes.data, sizeof(*head));
    uint8_t fill = (uint8_t)head->check;
    return head->flow < run->options->flows && head->check == check_of(head->flow, head->number) &&
           bytes.data[bytes.size - 1] == fill && bytes.data[sizeof(*head)] == fill &&
           bytes.data[bytes.size / 2] ==
               (bytes.size / 2 < sizeof(*head) ? bytes.data[bytes.size / 2] : fill);
}

/* Sends `count` equal parts of `part` bytes as one train. */
static void send_train(int fd, const struct addr *to, const uint8_t *bytes, size_t size,
                       uint16_t part)
{
    struct sockaddr_storage name;
    struct iovec iov = {(void *)(uintptr_t)bytes, size};
    union {
        char bytes[CMSG_SPACE(sizeof(uint16_t))];
        struct cmsghdr align;
    } control = {0};
    struct msghdr head = {.msg_iov = &iov, .msg_iovlen = 1};
    if (to != NULL) {
        head.msg_name = &name;
        head.msg_namelen = to_sockaddr(to, &name);
    }
    if (size > part) {
        head.msg_control = control.bytes;
        head.msg_controllen = sizeof(control.bytes);
        struct cmsghdr *item = CMSG_FIRSTHDR(&head);
        item->cmsg_level = SOL_UDP;
        item->cmsg_type = UDP_SEGMENT;
        item->cmsg_len = CMSG_LEN(sizeof(part));
        memcpy(CMSG_DATA(item), &part, sizeof(part));
    }
    (void)!sendmsg(fd, &head, MSG_DONTWAIT); /* what does not leave is counted as lost */
}

/* 0: nothing more. *part is the size of each datagram but the last. */
static size_t recv_train(int fd, uint8_t *in, size_t capacity, size_t *part, struct addr *from)
{
    struct sockaddr_storage name;
    struct iovec iov = {in, capacity};
    union {
        char bytes[64];
        struct cmsghdr align;
    } control;
    struct msghdr head = {.msg_name = &name,
                          .msg_namelen = sizeof(name),
                          .msg_iov = &iov,
                          .msg_iovlen = 1,
                          .msg_control = control.bytes,
                          .msg_controllen = sizeof(control.bytes)};
    ssize_t got = recvmsg(fd, &head, MSG_DONTWAIT);
    if (got <= 0) {
        return 0;
    }
    *part = (size_t)got;
    for (struct cmsghdr *item = CMSG_FIRSTHDR(&head); item != NULL;
         item = CMSG_NXTHDR(&head, item)) {
        if (item->cmsg_level == SOL_UDP && item->cmsg_type == UDP_GRO) {
            int size = 0;
            memcpy(&size, CMSG_DATA(item), sizeof(size));
            *part = (size_t)size;
        }
    }
    *from = from_sockaddr(&name);
    return (size_t)got;
}

/* The same for a client: by TCP or TLS it is one frame. */
static size_t recv_client(struct run *run, struct flow *flow, size_t *part, struct addr *from)
{
    if (flow->stream == NULL) {
        return recv_train(flow->fd, run->in, sizeof(run->in), part, from);
    }
    struct slice frame = stream_next(flow);
    memcpy(run->in, frame.data, frame.size);
    *part = frame.size;
    return frame.size;
}

static void send_burst(struct run *run, uint32_t index, uint32_t count)
{
    const struct options *options = run->options;
    struct flow *flow = &run->flows[index];
    struct addr peer = run->pairs ? run->flows[flow->other].relay : options->peer;
    uint8_t *at = run->out;
    size_t part = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (options->send) {
            uint8_t payload[2048];
            struct stun_writer writer;
            static const uint8_t transaction[STUN_TRANSACTION_SIZE] = "load";
            write_payload(payload, options->size, index, flow->next++);
            stun_begin(&writer, at, 2200, STUN_INDICATION, STUN_SEND, transaction);
            stun_put_xor_addr(&writer, STUN_XOR_PEER_ADDRESS, &peer);
            stun_put(&writer, STUN_DATA_VALUE, slice_from(payload, options->size));
            part = stun_finish(&writer).size;
        } else {
            stun_channel_head(CHANNEL, options->size, at);
            write_payload(at + STUN_CHANNEL_HEADER_SIZE, options->size, index, flow->next++);
            part = STUN_CHANNEL_HEADER_SIZE + options->size;
        }
        at += part;
    }
    run->results.sent += run->counting ? count : 0;
    if (flow->stream != NULL) {
        stream_send(flow, slice_from(run->out, (size_t)(at - run->out)));
    } else {
        send_train(flow->fd, NULL, run->out, (size_t)(at - run->out), (uint16_t)part);
    }
}

static struct slice unwrap(struct slice bytes)
{
    struct slice data = {0};
    uint16_t number = 0;
    struct stun_message message;
    if (stun_channel_decode(bytes, &number, &data) == OK) {
        return data;
    }
    if (stun_decode(bytes, &message) == OK && message.method == STUN_DATA) {
        return message.attributes[STUN_DATA_VALUE];
    }
    return data;
}

/* One packet at its end; `next` is the lowest number that was expected there. */
static void account(struct run *run, struct slice bytes, uint32_t flow, uint64_t *next)
{
    struct results *results = &run->results;
    struct payload head;
    if (!read_payload(run, bytes, &head)) {
        results->corrupted++;
        return;
    }
    if (head.flow != flow) {
        results->misrouted++;
        return;
    }
    if (head.number < *next) {
        results->reordered++;
    } else {
        results->lost += run->counting ? head.number - *next : 0;
        *next = head.number + 1;
    }
    uint64_t late = (now_ns() - head.sent_ns) / 10000;
    if (run->counting && next != &run->flows[flow].at_peer) {
        results->latencies[late < 99999 ? late : 99999]++;
    }
}

/* What came to a client: an echo of its own, or in pairs a packet of the other. */
static void on_client(struct run *run, uint32_t index)
{
    struct flow *flow = &run->flows[index];
    struct addr from;
    size_t part = 0;
    size_t size = 0;
    uint32_t count = 0;
    while (count < 256 && (size = recv_client(run, flow, &part, &from)) > 0) {
        for (size_t at = 0; at < size; at += part) {
            size_t rest = size - at;
            struct slice data = unwrap(slice_from(run->in + at, rest < part ? rest : part));
            if (data.size == 0) {
                continue;
            }
            account(run, data, run->pairs ? flow->other : index, &flow->expected);
            count++;
        }
    }
    run->results.back += run->counting ? count : 0;
    uint32_t burst = run->options->burst;
    for (uint32_t left = run->options->rate == 0 ? count : 0; left > 0;) {
        uint32_t now = left < burst ? left : burst;
        send_burst(run, index, now);
        left -= now;
    }
}

static void on_peer(struct run *run)
{
    struct addr from;
    size_t part = 0;
    size_t size = 0;
    for (int i = 0; i < 64; i++) {
        size = recv_train(run->peer, run->in, sizeof(run->in), &part, &from);
        if (size == 0) {
            return;
        }
        for (size_t at = 0; at < size; at += part) {
            size_t rest = size - at;
            struct slice data = {run->in + at, rest < part ? rest : part};
            struct payload head;
            memcpy(&head, data.data, sizeof(head) < data.size ? sizeof(head) : data.size);
            uint32_t flow = head.flow < run->options->flows ? head.flow : 0;
            if (run->flows[flow].relay.port != from.port) {
                run->results.misrouted++;
            }
            account(run, data, flow, &run->flows[flow].at_peer);
            run->results.at_peer += run->counting ? 1 : 0;
        }
        send_train(run->peer, &from, run->in, size, (uint16_t)part);
    }
}

/* Events for at most that long. */
static void turn(struct run *run, uint64_t timeout_ns)
{
    struct epoll_event events[EVENTS];
    struct timespec timeout = {.tv_sec = (time_t)(timeout_ns / 1000000000),
                               .tv_nsec = (long)(timeout_ns % 1000000000)};
    int count = epoll_pwait2(run->epoll, events, EVENTS, &timeout, NULL);
    for (int i = 0; i < count; i++) {
        if (events[i].data.u32 == UINT32_MAX) {
            on_peer(run);
        } else {
            on_client(run, events[i].data.u32);
        }
    }
}

static void watch(struct run *run, int fd, uint32_t number)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = number};
    int one = 1;
    (void)setsockopt(fd, SOL_UDP, UDP_GRO, &one, sizeof(one));
    if (epoll_ctl(run->epoll, EPOLL_CTL_ADD, fd, &event) != 0) {
        die("epoll_ctl: %m");
    }
}

static void set_up(struct run *run)
{
    const struct options *options = run->options;
    run->epoll = epoll_create1(0);
    run->flows = calloc(options->flows, sizeof(*run->flows));
    if (run->epoll < 0 || run->flows == NULL) {
        die("no memory");
    }
    if (!run->pairs) {
        run->peer = open_udp(&options->peer, NULL);
        watch(run, run->peer, UINT32_MAX);
    }
    for (uint32_t i = 0; i < options->flows; i++) {
        run->flows[i].other = i ^ 1;
        if (options->bare) {
            client_open(options, &run->flows[i]);
            run->flows[i].relay = options->server;
        } else {
            client_open_allocated(options, &run->flows[i]);
        }
    }
    for (uint32_t i = 0; i < options->flows; i++) {
        struct flow *flow = &run->flows[i];
        struct addr peer = run->pairs ? run->flows[flow->other].relay : options->peer;
        if (options->send) {
            client_permit(options, flow, peer);
        } else if (!options->bare) {
            client_bind(options, flow, peer);
        }
        watch(run, flow->fd, i);
    }
}

/* The closed loop: as many packets are on the way as the window says. */
static void run_closed(struct run *run, double seconds)
{
    uint64_t end = now_ns() + (uint64_t)(seconds * 1e9);
    while (now_ns() < end) {
        turn(run, 20000000);
    }
}

/* The open loop: packets leave by the clock, whatever comes back, each flow in its turn. */
static void run_open(struct run *run, double seconds)
{
    uint64_t start = now_ns();
    uint64_t end = start + (uint64_t)(seconds * 1e9);
    /* Each packet of a client comes back, but in pairs: so it is relayed twice. */
    uint64_t per_s = run->pairs ? run->options->rate : run->options->rate / 2;
    uint64_t sent = 0;
    uint64_t now = start;
    while (now < end) {
        uint64_t due = (now - start) * per_s / 1000000000;
        for (; sent + run->options->burst <= due; sent += run->options->burst) {
            send_burst(run, (uint32_t)(sent / run->options->burst % run->options->flows),
                       run->options->burst);
        }
        /* Sleeping, so that a server's other threads, and other programs, find time too. */
        uint64_t next = start + (sent + run->options->burst) * 1000000000 / per_s;
        now = now_ns();
        turn(run, next > now ? next - now : 0);
        now = now_ns();
    }
}

static double percentile(const struct results *results, double share)
{
    uint64_t total = 0;
    uint64_t seen = 0;
    size_t count = sizeof(results->latencies) / sizeof(results->latencies[0]);
    for (size_t i = 0; i < count; i++) {
        total += results->latencies[i];
    }
    for (size_t i = 0; i < count; i++) {
        seen += results->latencies[i];
        if ((double)seen >= share * (double)total) {
            return (double)i * 10;
        }
    }
    return 0;
}

/* Counted is what arrived: a packet that came to the peer, one that came back. */
static void print(const struct run *run, double seconds, uint64_t cpu)
{
    const struct results *results = &run->results;
    uint64_t relayed = results->back + results->at_peer;
    (void)printf("{\"packets\": %llu, \"seconds\": %.3f, \"us\": %.3f, \"cpu\": %.3f, "
                 "\"lost\": %llu, \"corrupted\": %llu, \"misrouted\": %llu, \"reordered\": %llu, "
                 "\"p50\": %.0f, \"p99\": %.0f}\n",
                 (unsigned long long)relayed, seconds,
                 relayed == 0 ? 0 : (double)cpu / 1000 / (double)relayed,
                 (double)cpu / 1e9 / seconds, (unsigned long long)results->lost,
                 (unsigned long long)results->corrupted, (unsigned long long)results->misrouted,
                 (unsigned long long)results->reordered, percentile(results, 0.5),
                 percentile(results, 0.99));
}

void relay_run(const struct options *options, bool pairs)
{
    static struct run run;
    run = (struct run){.options = options, .pairs = pairs};
    set_up(&run);
    void (*loop)(struct run *, double) = options->rate > 0 ? run_open : run_closed;
    for (uint32_t i = 0; options->rate == 0 && i < options->flows; i++) {
        for (uint32_t sent = 0; sent < options->window; sent += options->burst) {
            send_burst(&run, i, options->burst);
        }
    }
    loop(&run, SETTLE_S);
    run.counting = true;
    uint64_t cpu = cpu_ns(options->pid);
    uint64_t start = now_ns();
    loop(&run, options->seconds);
    uint64_t end = now_ns();
    cpu = cpu_ns(options->pid) - cpu;
    print(&run, (double)(end - start) / 1e9, cpu);
    for (uint32_t i = 0; !options->bare && i < options->flows; i++) {
        client_release(options, &run.flows[i]);
        if (run.flows[i].stream != NULL) {
            stream_close(&run.flows[i]);
        }
    }
}

/* One socket for all: a datagram of a client loses four bytes and goes to the peer, one of the peer
 * gets them and goes to the client that the payload names. No permission, no channel, no count. */
void forward_run(const struct options *options)
{
    static uint8_t bytes[65536];
    static struct sockaddr_storage clients[FLOWS_MAX];
    struct sockaddr_storage name;
    struct sockaddr_storage peer;
    const size_t at_flow = offsetof(struct payload, flow);
    socklen_t size = to_sockaddr(&options->peer, &peer);
    int fd = open_udp(&options->server, NULL);
    for (;;) {
        socklen_t name_size = sizeof(name);
        uint32_t flow = 0;
        ssize_t got =
            recvfrom(fd, bytes + STUN_CHANNEL_HEADER_SIZE, sizeof(bytes) - STUN_CHANNEL_HEADER_SIZE,
                     0, (struct sockaddr *)&name, &name_size);
        bool from_peer = memcmp(&name, &peer, size) == 0;
        uint8_t *payload = bytes + (from_peer ? 1 : 2) * STUN_CHANNEL_HEADER_SIZE;
        if (got < PAYLOAD_HEAD + STUN_CHANNEL_HEADER_SIZE) {
            continue;
        }
        memcpy(&flow, payload + at_flow, sizeof(flow));
        if (flow >= FLOWS_MAX) {
            continue;
        }
        if (from_peer) {
            stun_channel_head(CHANNEL, (size_t)got, bytes);
            (void)!sendto(fd, bytes, (size_t)got + STUN_CHANNEL_HEADER_SIZE, 0,
                          (struct sockaddr *)&clients[flow], size);
        } else {
            clients[flow] = name;
            (void)!sendto(fd, payload, (size_t)got - STUN_CHANNEL_HEADER_SIZE, 0,
                          (struct sockaddr *)&peer, size);
        }
    }
}
