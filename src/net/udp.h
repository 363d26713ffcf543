/* SPDX-License-Identifier: Apache-2.0 */
/* UDP sockets of one loop, read and written in batches: recvmmsg and sendmmsg, trains of datagrams
 * by UDP_GRO and UDP_SEGMENT where sizes are equal. After udp_create nothing is allocated for a
 * datagram. What one turn of the loop queues leaves before the loop blocks. */
#ifndef NET_UDP_H
#define NET_UDP_H

#include <stdbool.h>
#include <stdint.h>
#include "base/addr.h"
#include "net/loop.h"

#define UDP_SIZE_MAX 65507
#define UDP_HEAD_MAX 4

struct udp;
struct udp_socket;

struct udp_datagram {
    struct addr from;
    struct addr local; /* where it was sent to, with the port of the socket */
    struct slice bytes;
};

/* What a router said about a datagram of ours. RFC 792, RFC 4443. */
struct udp_icmp {
    struct addr to; /* of the datagram that did not arrive */
    uint8_t type;
    uint8_t code;
    uint32_t info; /* the next hop's MTU where the message has one */
};

struct udp_handler {
    /* At least one datagram. Their bytes stay until the loop blocks, or until udp_flush. */
    void (*on_datagrams)(void *arg, struct udp_socket *socket, const struct udp_datagram *datagrams,
                         uint32_t count);
    /* May be NULL; then the kernel is not asked for these. */
    void (*on_icmp)(void *arg, struct udp_socket *socket, const struct udp_icmp *icmp);
    void *arg;
};

struct udp_params {
    struct loop *loop;
    /* While many datagrams come, the thread looks again this long after it looked last, so that
     * one wake-up carries several; sooner where enough come sooner. A lone datagram is never held.
     * 0: never waits; for a loop that does nothing else. */
    uint32_t coalesce_us;
};

MUST_USE enum err udp_create(const struct udp_params *params, struct udp **out);
/* All sockets have been closed. NULL is accepted. */
void udp_destroy(struct udp *udp);

struct udp_options {
    struct addr local;     /* port 0: any free one */
    bool shared;           /* SO_REUSEPORT: several workers listen at one address */
    bool trains;           /* UDP_GRO and UDP_SEGMENT */
    uint32_t buffer_bytes; /* of the kernel, each direction; 0: as it is */
};

/* ERR_EXISTS: the port is taken; ERR_LIMIT: no descriptors; ERR_NOMEM; ERR_IO (logged). `handler`
 * is copied. */
MUST_USE enum err udp_open(struct udp *udp, const struct udp_options *options,
                           const struct udp_handler *handler, struct udp_socket **out);
/* What is queued leaves first; nothing is called for the socket any more. NULL is accepted. */
void udp_close(struct udp_socket *socket);

/* The address it is bound to, with the port. */
struct addr udp_local(const struct udp_socket *socket);
void *udp_arg(const struct udp_socket *socket);

/* What is sent: `head` in front of `bytes`. */
struct udp_message {
    struct addr to;
    struct addr local; /* the address to send from, where the socket is bound to all */
    uint8_t head[UDP_HEAD_MAX];
    uint8_t head_size;
    bool dont_fragment;
    struct slice bytes;
};

/* Queues one datagram. `bytes` are borrowed until udp_flush, which is called before the loop
 * blocks; those of a received datagram stay that long. What the kernel has no room for is dropped
 * and counted. */
void udp_send(struct udp_socket *socket, const struct udp_message *message);

/* The same with a copy. */
void udp_send_copy(struct udp_socket *socket, const struct udp_message *message);

/* Sends all that is queued. */
void udp_flush(struct udp *udp);

#endif
