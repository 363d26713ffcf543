/* SPDX-License-Identifier: Apache-2.0 */
/* How much may pass in a time: `per_s` flow in, at most `burst` lie ready. The owner keeps the two
 * numbers, because many buckets share them. */
#ifndef TURN_RATE_H
#define TURN_RATE_H

#include <stdbool.h>
#include <stdint.h>

struct rate {
    uint64_t at_ms;
    uint64_t milli; /* thousandths of what is counted */
};

#define RATE_ELAPSED_MAX_MS (1000 * 1000) /* keeps the product below 2^64 */

static inline void rate_init(struct rate *rate, uint64_t burst, uint64_t now_ms)
{
    *rate = (struct rate){.at_ms = now_ms, .milli = burst * 1000};
}

/* Takes `amount`, or nothing: false. A rate of 0 has no limit. */
static inline bool rate_take(struct rate *rate, uint64_t per_s, uint64_t burst, uint64_t amount,
                             uint64_t now_ms)
{
    if (per_s == 0) {
        return true;
    }
    if (now_ms > rate->at_ms) {
        uint64_t elapsed = now_ms - rate->at_ms;
        elapsed = elapsed < RATE_ELAPSED_MAX_MS ? elapsed : RATE_ELAPSED_MAX_MS;
        uint64_t milli = rate->milli + elapsed * per_s;
        rate->milli = milli < burst * 1000 ? milli : burst * 1000;
        rate->at_ms = now_ms;
    }
    if (rate->milli < amount * 1000) {
        return false;
    }
    rate->milli -= amount * 1000;
    return true;
}

#endif
