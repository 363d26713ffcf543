/* SPDX-License-Identifier: Apache-2.0 */
/* Load for STUN and TURN servers: what the files of the tool share. `turnload.c` says how it is
 * called. It ends with a message when something is not as it must be: a load test that goes on
 * with less load measures nothing. */
#ifndef TURNLOAD_H
#define TURNLOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/addr.h"
#include "wire/stun.h"

#define FLOWS_MAX 20000
#define TRAIN_MAX 60000
#define BURST_MAX 64    /* allocations at once */
#define PAYLOAD_HEAD 24 /* flow, number, time, checksum */
#define CHANNEL 0x4000

struct options {
    const char *mode;
    struct addr server;
    struct addr peer; /* where the peers of all flows are */
    const char *name;
    const char *password;
    const char *transport; /* of the clients: udp, tcp, tls */
    uint32_t flows;
    uint32_t size;   /* of a payload */
    uint32_t window; /* packets on the way in each flow */
    uint32_t burst;  /* sent as one train */
    uint32_t rate;   /* relayed packets a second, open loop; 0: as fast as they come back */
    double seconds;
    int pid;   /* of the server whose processor time is read */
    bool send; /* indications instead of channels */
    bool bare; /* the server is the bare forwarder */
};

struct stream;

struct flow {
    int fd;                /* of the client, connected to the server */
    struct stream *stream; /* by TCP or TLS; otherwise NULL */
    struct addr relay;
    char nonce[128];
    size_t nonce_size;
    char realm[128];
    size_t realm_size;
    uint32_t transactions;
    uint64_t next;     /* the number of the next packet */
    uint64_t expected; /* the lowest number that has not come back */
    uint64_t at_peer;  /* the lowest number that has not come to the peer */
    bool refused;      /* an allocation */
    uint32_t other;    /* the flow at the other end, in pairs */
};

struct results {
    uint64_t sent;
    uint64_t back;    /* echoes that came to the client */
    uint64_t at_peer; /* packets that came to the peer */
    uint64_t corrupted;
    uint64_t misrouted;
    uint64_t reordered;
    uint64_t lost;
    uint64_t latencies[100000]; /* of a round trip, in units of 10 us */
};

__attribute__((noreturn, format(printf, 1, 2))) void die(const char *format, ...);
uint64_t now_ns(void);
/* Nanoseconds that all threads of a process have run. */
uint64_t cpu_ns(int pid);
uint64_t memory_bytes(int pid);
int open_udp(const struct addr *local, const struct addr *remote);
socklen_t to_sockaddr(const struct addr *addr, struct sockaddr_storage *out);
struct addr from_sockaddr(const struct sockaddr_storage *in);

/* turnload_stream.c: TCP and TLS. */
void stream_open(const struct options *options, struct flow *flow);
void stream_close(struct flow *flow);
void stream_send(struct flow *flow, struct slice bytes);
/* The next frame, empty when none is there; it stays until the next call. */
struct slice stream_next(struct flow *flow);
/* Waits for a frame; 0: none has come. */
ssize_t stream_wait(struct flow *flow, uint8_t *out, size_t capacity);

/* By the transport that is asked for. */
void client_open(const struct options *options, struct flow *flow);

/* turnload_client.c: a client that waits for each answer. */
/* False: the address has an allocation still. */
bool client_allocate(const struct options *options, struct flow *flow);
/* From an address that has none. */
void client_open_allocated(const struct options *options, struct flow *flow);
void client_permit(const struct options *options, struct flow *flow, struct addr peer);
void client_bind(const struct options *options, struct flow *flow, struct addr peer);
void client_release(const struct options *options, struct flow *flow);
/* So many (at most BURST_MAX) allocate, each after its 401, and give back, step by step. How many
 * had one. */
uint32_t client_allocate_together(const struct options *options, struct flow *flows,
                                  uint32_t count);
/* Sends so many Binding requests at once; how many were answered. */
uint32_t client_bindings(struct flow *flow, uint32_t count);

/* turnload_relay.c: packets through relays. */
void relay_run(const struct options *options, bool pairs);
/* The bare forwarder: what any relay costs at least. Runs until it is ended. */
void forward_run(const struct options *options);

#endif
