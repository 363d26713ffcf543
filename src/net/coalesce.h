/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a thread that has handled what was there waits a moment before it looks again, so that
 * one wake-up carries several datagrams. Pure: no clock, no sleep. */
#ifndef NET_COALESCE_H
#define NET_COALESCE_H

#include <stdbool.h>
#include <stdint.h>

struct coalesce {
    uint32_t wait_us;   /* how long a wait is; 0: never waits */
    uint64_t window_us; /* begin of the window in which datagrams are counted */
    uint32_t window_count;
    bool dense;            /* by the last window more than one comes in the time of a wait */
    bool waited;           /* before this turn */
    uint32_t in_vain;      /* waits in a row that brought one datagram, or none */
    uint32_t rest_windows; /* of the latest rest, longer from one to the next */
    uint64_t rest_until_us;
};

/* A turn has brought so many datagrams. True: wait before the next. */
bool coalesce_waits(struct coalesce *coalesce, uint32_t datagrams, uint64_t now_us);

#endif
