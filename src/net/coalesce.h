/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a thread that has handled what was there waits a moment before it looks again, so that
 * one wake-up carries several datagrams. Pure: no clock, no sleep. */
#ifndef NET_COALESCE_H
#define NET_COALESCE_H

#include <stdbool.h>
#include <stdint.h>

struct coalesce {
    uint32_t most_us;   /* between two looks; 0: never waits */
    uint64_t window_us; /* begin of the window in which datagrams are counted */
    uint32_t window_count;
    uint32_t between_us;   /* two looks, by the load of the last window; 0: does not wait */
    uint64_t next_us;      /* when the latest wait was to end */
    bool waited;           /* before this turn */
    uint32_t in_vain;      /* waits in a row that brought one datagram, or none */
    uint32_t rest_windows; /* of the latest rest, longer from one to the next */
    uint64_t rest_until_us;
};

/* A look at `looked_us` has brought so many datagrams, which have been handled and sent. When to
 * look again; 0: at once. Counted from look to look, so that the work in between delays nobody
 * beyond `most_us`. */
uint64_t coalesce_next_us(struct coalesce *coalesce, uint32_t datagrams, uint64_t looked_us,
                          uint64_t now_us);

#endif
