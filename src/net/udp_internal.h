/* SPDX-License-Identifier: Apache-2.0 */
/* What net/udp.c (life, receiving) and net/udp_send.c share. */
#ifndef NET_UDP_INTERNAL_H
#define NET_UDP_INTERNAL_H

#include <uv.h>
#include "net/coalesce.h"
#include "net/loop_internal.h"
#include "net/sockaddr.h"
#include "net/udp.h"

enum {
    UDP_READS = 64,    /* messages of one recvmmsg */
    UDP_SEGMENTS = 64, /* the kernel's limit for sending */
    UDP_SEGMENTS_IN = 128,
    UDP_QUEUE = 1024,    /* datagrams that wait for the end of the turn */
    UDP_COPIES = 262144, /* bytes of those that were copied */
    UDP_CONTROL = 128,   /* for segment size, local address, error */
    UDP_BUFFER = 65536
};

union udp_control {
    uint64_t align;
    uint8_t bytes[UDP_CONTROL];
};

struct udp_entry {
    struct udp_message message; /* first. local: ADDR_NONE where the kernel chooses */
    struct udp_entry *next;     /* of the same socket, in order */
};

struct udp_socket {
    uv_poll_t poll;
    struct udp *udp;
    struct udp_handler handler;
    struct addr local;
    int fd;
    bool any; /* bound to all addresses: the one that was meant comes with each datagram */
    bool trains_in;
    bool trains_out;
    bool dont_fragment; /* as the kernel was told last */
    struct udp_entry *first;
    struct udp_entry *last;
    bool dirty;
    struct udp_socket *dirty_next;
};

struct udp {
    struct loop *loop;
    struct loop_flush flush;
    uint64_t tell_ms; /* when the next failure goes to the log */
    uint32_t untold;  /* failures since the last that did */
    struct coalesce coalesce;
    bool slack_set;
    uint32_t turn_datagrams; /* since the loop blocked last */
    uint64_t looked_us;      /* when the first of them was read; 0: nothing was read */
    struct udp_socket *dirty;
    struct udp_socket *dirty_last;
    /* receiving */
    uint32_t used; /* buffers whose bytes may be queued */
    struct mmsghdr in[UDP_READS];
    struct iovec in_parts[UDP_READS];
    union sockaddr_any in_from[UDP_READS];
    union udp_control in_control[UDP_READS];
    struct udp_datagram datagrams[UDP_SEGMENTS_IN];
    /* sending */
    uint32_t queued;
    struct udp_entry entries[UDP_QUEUE];
    size_t copied;
    uint8_t *copies;
    uint8_t *buffers; /* UDP_READS of UDP_BUFFER */
};

/* Tells the kernel whether what follows has the "do not fragment" bit. */
void udp_set_dont_fragment(struct udp_socket *socket, bool dont_fragment);

/* Forgets the error of an earlier datagram, which the next call would give; what was said of it
 * stays in the queue of errors. */
void udp_forget_error(struct udp_socket *socket);

#endif
