/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share of the engine; nobody else includes it. */
#ifndef TURN_ENGINE_H
#define TURN_ENGINE_H

#include "base/counter.h"
#include "base/map.h"
#include "turn/allocation.h"

/* Counters of one worker, added to those of the program now and then: no atomics per packet. */
#define ENGINE_COUNT_FIRST COUNTER_TURN_ALLOCATIONS
#define ENGINE_COUNT_LAST COUNTER_TURN_WRONG_USER
#define ENGINE_COUNTS (ENGINE_COUNT_LAST - ENGINE_COUNT_FIRST + 1)

#define ENGINE_RETRANSMIT_MS (40 * 1000) /* RFC 8489 section 6.2.1: 39.5 s, rounded up */
#define ENGINE_EAGER_MS (3600 * 1000)    /* after a port that another program had taken */
#define ENGINE_ENDED_MAX 1024            /* allocations that were there, the latest */

/* An allocation that was there. Its last Refresh gets the same answer when it comes again; its
 * Allocate, replayed by somebody who saw it, makes no other one. */
struct ended {
    uint64_t at_ms;
    struct addr remote;
    uint32_t door;
    uint8_t allocate[STUN_TRANSACTION_SIZE];
    uint8_t refresh[STUN_TRANSACTION_SIZE]; /* zero: it ended otherwise */
};

struct turn {
    struct turn_config config; /* of its pointers only those to what workers share are used */
    struct turn_ports ports;
    struct peerfilter peers;
    struct auth auth;
    struct quota *quota;
    struct relayports *relays;
    struct wheel *wheel;
    struct map *by_path;
    struct slots *by_id;
    struct allocation *last; /* of the last path, which is often that of the next */
    uint64_t now_ms;
    uint64_t wall_s;
    uint64_t total_share;   /* of the bandwidth of all workers: taken, not used yet */
    uint64_t answers_share; /* likewise of the answers to strangers */
    bool draining;
    struct turn_alternate alternate;
    uint64_t eager_until_ms; /* relays are opened with their allocations */
    uint32_t ended_next;
    struct ended ended[ENGINE_ENDED_MAX];
    uint32_t allocate_tags[ENGINE_ENDED_MAX]; /* of `ended`, in few cache lines for the search */
    uint32_t refresh_tags[ENGINE_ENDED_MAX];
    uint64_t transaction; /* of indications: a counter, nobody answers them */
    uint64_t published_ms;
    uint64_t swept_ms;
    uint64_t gone_ms; /* when those that gave way were ended last */
    struct turn_stats stats;
    uint64_t counts[ENGINE_COUNTS];
    uint64_t published[ENGINE_COUNTS];
    size_t scratch_used;
    uint8_t scratch[TURN_SCRATCH_SIZE];
};

static inline void engine_count(struct turn *turn, enum counter counter)
{
    turn->counts[counter - ENGINE_COUNT_FIRST]++;
}

/* The first bytes of a transaction. */
static inline uint32_t engine_tag(const uint8_t transaction[STUN_TRANSACTION_SIZE])
{
    uint32_t tag = 0;
    memcpy(&tag, transaction, sizeof(tag));
    return tag;
}

static inline bool engine_is_stream(const struct turn_path *path)
{
    return path->transport == TURN_TCP || path->transport == TURN_TLS;
}

static inline enum relayport_family engine_family(const struct addr *addr)
{
    return addr->family == ADDR_V4 ? RELAYPORT_V4 : RELAYPORT_V6;
}

/* The client's allocation or NULL. */
struct allocation *engine_find(struct turn *turn, const struct turn_path *path);

/* `size` bytes that stay until the end of the turn or a flush. */
uint8_t *engine_scratch(struct turn *turn, size_t size);

/* The number of a relay for outside: see turn_relay. */
static inline turn_relay engine_relay(const struct allocation *allocation,
                                      enum relayport_family family)
{
    return allocation->id >> 32 << 32 | (uint32_t)allocation->id * 2U | (uint32_t)family;
}

/* Whether the address is that of a relay of this server, whatever its port. */
bool engine_is_own_relay(const struct turn *turn, const struct addr *addr);

/* Opens the sockets of a relay for the family of `peer`, unless it is open. */
MUST_USE enum err engine_open_relay(struct allocation *allocation, enum relayport_family family);

/* request.c: a request of a client, wholly. */
void request_handle(struct turn *turn, const struct turn_path *path,
                    const struct stun_message *message);

/* forward.c: the ways of data. */
void forward_channel_data(struct turn *turn, const struct turn_path *path, struct slice bytes);
void forward_send(struct turn *turn, const struct turn_path *path,
                  const struct stun_message *message);
void forward_from_peer(struct allocation *allocation, const struct addr *from, struct slice data);
void forward_inside(struct turn *turn, const struct addr *from, const struct addr *to,
                    struct slice data);
void forward_icmp(struct allocation *allocation, const struct addr *peer, uint8_t type,
                  uint8_t code, uint32_t data);

#endif
