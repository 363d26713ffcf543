/* SPDX-License-Identifier: Apache-2.0 */
/* The latest events of one session, numbered, for a connection that comes back: bounded in count
 * and in bytes. The oldest go first. Nothing is allocated before the first event. */
#ifndef SERVER_RING_H
#define SERVER_RING_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/slice.h"

struct ring_limits {
    uint32_t events_max;
    uint32_t bytes_max;
};

struct ring_entry;

struct ring {
    struct ring_entry *oldest;
    struct ring_entry *newest;
    uint64_t seq; /* of the newest event ever added; 0: none */
    uint32_t count;
    uint32_t bytes;
};

void ring_init(struct ring *ring);
void ring_fini(struct ring *ring);

/* Keeps a copy of `text` as the event ring->seq + 1. On ERR_NOMEM and ERR_LIMIT (larger than the
 * whole ring) all is forgotten and the number counts on, so that a resume finds the gap. */
MUST_USE enum err ring_add(struct ring *ring, const struct ring_limits *limits, struct slice text);

/* Counts an event that could not be made: a gap, all before it is forgotten. */
void ring_skip(struct ring *ring);

/* Whether every event after `last` is still here (also when there is none). */
bool ring_has_after(const struct ring *ring, uint64_t last);

/* Calls `visit` with the events after `last`, oldest first. */
void ring_visit_after(const struct ring *ring, uint64_t last,
                      void (*visit)(void *arg, struct slice text), void *arg);

#endif
