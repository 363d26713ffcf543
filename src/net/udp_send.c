/* SPDX-License-Identifier: Apache-2.0 */
/* What waits for the end of the turn, as few messages to the kernel as possible: consecutive
 * datagrams of one size to one address become a train (UDP_SEGMENT). */
#include "net/udp_internal.h"

#include <errno.h>
#include <netinet/udp.h>

#include "base/counter.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum {
    TRAINS_MAX = 64,    /* messages of one sendmmsg */
    TRAIN_BYTES = 65000 /* of one train: below what a datagram of IP holds */
};

/* Messages of one sendmmsg while they are gathered. */
struct batch {
    uint32_t count;
    uint32_t part_count;
    struct train {
        const struct udp_message *first;
        uint32_t count;
        size_t bytes;
        size_t part; /* of its first datagram: none may be larger */
        bool closed; /* its last datagram is shorter: nothing may follow */
    } trains[TRAINS_MAX];
    struct mmsghdr messages[TRAINS_MAX];
    bool dont_fragment; /* of all of them */
    struct iovec parts[2 * UDP_QUEUE];
    union sockaddr_any names[TRAINS_MAX];
    union udp_control controls[TRAINS_MAX];
};

static size_t size_of(const struct udp_message *message)
{
    return message->head_size + message->bytes.size;
}

static bool joins(const struct train *train, const struct udp_message *message)
{
    size_t size = size_of(message);

    return !train->closed && train->count < UDP_SEGMENTS && size <= train->part && size > 0 &&
           train->bytes + size <= TRAIN_BYTES && addr_equal(&train->first->to, &message->to) &&
           addr_same_ip(&train->first->local, &message->local);
}

static void *add_control(struct msghdr *head, int level, int type, size_t size)
{
    struct cmsghdr *item =
        (struct cmsghdr *)(void *)((uint8_t *)head->msg_control + head->msg_controllen);

    item->cmsg_level = level;
    item->cmsg_type = type;
    item->cmsg_len = CMSG_LEN(size);
    head->msg_controllen += CMSG_SPACE(size);
    return CMSG_DATA(item);
}

static void fill_control(struct msghdr *head, const struct train *train)
{
    const struct addr *local = &train->first->local;

    if (train->count > 1) {
        uint16_t size = (uint16_t)train->part;

        memcpy(add_control(head, SOL_UDP, UDP_SEGMENT, sizeof size), &size, sizeof size);
    }
    if (local->family == ADDR_V4) {
        struct in_pktinfo info = {0};

        memcpy(&info.ipi_spec_dst, local->ip, 4);
        memcpy(add_control(head, IPPROTO_IP, IP_PKTINFO, sizeof info), &info, sizeof info);
    } else if (local->family == ADDR_V6) {
        struct in6_pktinfo info = {0};

        memcpy(&info.ipi6_addr, local->ip, 16);
        memcpy(add_control(head, IPPROTO_IPV6, IPV6_PKTINFO, sizeof info), &info, sizeof info);
    }
    if (head->msg_controllen == 0) {
        head->msg_control = NULL;
    }
}

static void begin_train(struct batch *batch, const struct udp_message *message)
{
    uint32_t i = batch->count++;

    batch->trains[i] = (struct train){.first = message, .part = size_of(message)};
    batch->messages[i] =
        (struct mmsghdr){.msg_hdr = {.msg_name = &batch->names[i],
                                     .msg_namelen = sockaddr_from(&message->to, &batch->names[i]),
                                     .msg_iov = &batch->parts[batch->part_count],
                                     .msg_control = batch->controls[i].bytes}};
    memset(batch->controls[i].bytes, 0, sizeof batch->controls[i].bytes);
}

static void add_part(struct batch *batch, const void *data, size_t size)
{
    /* A send does not change the bytes, though iovec is not const. */
    batch->parts[batch->part_count++] = (struct iovec){(void *)(uintptr_t)data, size};
    batch->messages[batch->count - 1].msg_hdr.msg_iovlen++;
}

static void add_message(struct batch *batch, const struct udp_message *message)
{
    struct train *train = &batch->trains[batch->count - 1];
    size_t size = size_of(message);

    if (message->head_size > 0) {
        add_part(batch, message->head, message->head_size);
    }
    if (message->bytes.size > 0 || size == 0) {
        add_part(batch, message->bytes.data, message->bytes.size);
    }
    train->count++;
    train->bytes += size;
    train->closed = size < train->part;
}

/* Takes entries from *next on; false: there is nothing to send. */
static bool gather(struct batch *batch, struct udp_entry **next, bool trains)
{
    batch->count = 0;
    batch->part_count = 0;
    for (; *next != NULL; *next = (*next)->next) {
        const struct udp_message *message = &(*next)->message;

        if (batch->count > 0 && message->dont_fragment != batch->dont_fragment) {
            break;
        }
        if (batch->count == 0 || !trains || !joins(&batch->trains[batch->count - 1], message)) {
            if (batch->count == TRAINS_MAX) {
                break;
            }
            begin_train(batch, message);
        }
        batch->dont_fragment = message->dont_fragment;
        add_message(batch, message);
    }
    for (uint32_t i = 0; i < batch->count; i++) {
        fill_control(&batch->messages[i].msg_hdr, &batch->trains[i]);
    }
    return batch->count > 0;
}

/* One by one what the kernel refuses as a train: no checksums in hardware, or parts that are
 * larger than the path takes. */
static void send_single(struct udp_socket *socket, struct msghdr *head, const struct train *train)
{
    struct iovec *parts = head->msg_iov;
    const struct udp_entry *entry = (const struct udp_entry *)(const void *)train->first;

    for (uint32_t i = 0; i < train->count; i++, entry = entry->next) {
        struct train one = {.first = &entry->message, .count = 1};
        union udp_control control = {0};

        head->msg_iov = parts;
        head->msg_iovlen = entry->message.head_size > 0 && entry->message.bytes.size > 0 ? 2 : 1;
        parts += head->msg_iovlen;
        head->msg_control = control.bytes;
        head->msg_controllen = 0;
        fill_control(head, &one);
        if (sendmsg(socket->fd, head, MSG_DONTWAIT | MSG_NOSIGNAL) < 0) {
            counter_increment(COUNTER_UDP_DROPPED);
        }
    }
}

/* The message at `at` was refused with `reason`. True: it may be tried again. */
static bool refused(struct udp_socket *socket, struct batch *batch, uint32_t at, int reason,
                    bool again)
{
    const struct train *train = &batch->trains[at];

    /* The word about an earlier datagram, not about this one. What it says waits in the queue of
     * errors until the loop looks: the owner is not called while his bytes are being sent. */
    if (!again && (reason == ECONNREFUSED || reason == EHOSTUNREACH || reason == ENETUNREACH ||
                   reason == EMSGSIZE || reason == EINTR)) {
        udp_forget_error(socket);
        return true;
    }
    if (train->count > 1 && (reason == EIO || reason == EINVAL || reason == EMSGSIZE)) {
        socket->trains_out = socket->trains_out && reason != EIO;
        send_single(socket, &batch->messages[at].msg_hdr, train);
    } else {
        counter_add(COUNTER_UDP_DROPPED, train->count);
    }
    return false;
}

static void send_batch(struct udp_socket *socket, struct batch *batch)
{
    uint32_t at = 0;
    bool again = false;

    if (socket->dont_fragment != batch->dont_fragment) {
        udp_set_dont_fragment(socket, batch->dont_fragment);
    }
    while (at < batch->count && socket->fd >= 0) {
        int sent = sendmmsg(socket->fd, batch->messages + at, batch->count - at,
                            MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent > 0) {
            at += (uint32_t)sent;
            again = false;
        } else if (refused(socket, batch, at, errno, again)) {
            again = true;
        } else {
            at++;
            again = false;
        }
    }
}

static void send_queued(struct udp_socket *socket)
{
    /* Large, and used by one thread at a time in each thread. */
    static _Thread_local struct batch batch;
    struct udp_entry *next = socket->first;
    uint32_t count = 0;

    socket->first = NULL;
    socket->last = NULL;
    for (const struct udp_entry *entry = next; entry != NULL; entry = entry->next) {
        count++;
    }
    counter_add(COUNTER_UDP_SENT, count);
    while (gather(&batch, &next, socket->trains_out)) {
        send_batch(socket, &batch);
    }
}

void udp_flush(struct udp *udp)
{
    while (udp->dirty != NULL) {
        struct udp_socket *socket = udp->dirty;

        udp->dirty = socket->dirty_next;
        socket->dirty = false;
        send_queued(socket);
    }
    udp->dirty_last = NULL;
    udp->queued = 0;
    udp->copied = 0;
}

void udp_send(struct udp_socket *socket, const struct udp_message *message)
{
    struct udp *udp = socket->udp;
    struct udp_entry *entry = NULL;

    if (size_of(message) > UDP_SIZE_MAX || message->to.family != socket->local.family) {
        counter_increment(COUNTER_UDP_DROPPED);
        return;
    }
    if (udp->queued == UDP_QUEUE) {
        udp_flush(udp);
    }
    entry = &udp->entries[udp->queued++];
    entry->message = *message;
    entry->next = NULL;
    if (!socket->any) {
        entry->message.local.family = ADDR_NONE;
    }
    if (socket->last == NULL) {
        socket->first = entry;
    } else {
        socket->last->next = entry;
    }
    socket->last = entry;
    if (!socket->dirty) {
        socket->dirty = true;
        socket->dirty_next = NULL;
        if (udp->dirty == NULL) {
            udp->dirty = socket;
        } else {
            udp->dirty_last->dirty_next = socket;
        }
        udp->dirty_last = socket;
    }
}

void udp_send_copy(struct udp_socket *socket, const struct udp_message *message)
{
    struct udp *udp = socket->udp;
    struct udp_message copied = *message;

    if (message->bytes.size > UDP_SIZE_MAX) {
        counter_increment(COUNTER_UDP_DROPPED);
        return;
    }
    if (udp->copied + message->bytes.size > UDP_COPIES || udp->queued == UDP_QUEUE) {
        udp_flush(udp);
    }
    copied.bytes.data = udp->copies + udp->copied;
    memcpy(udp->copies + udp->copied, message->bytes.data, message->bytes.size);
    udp->copied += message->bytes.size;
    udp_send(socket, &copied);
}
