/* SPDX-License-Identifier: Apache-2.0 */
/* A token bucket: tokens flow in, at most `burst` lie ready. No clock of its own. */
#ifndef BASE_BUCKET_H
#define BASE_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket_rate {
    uint32_t tokens; /* flow in, in each period */
    uint32_t period_ms;
    uint32_t burst;
};

/* All 0 is a full bucket. */
struct bucket {
    uint64_t spent; /* what is missing, in parts of a token: period_ms of them */
    uint64_t filled_ms;
};

/* Takes one token; false: there is none. The rate may be another one each time. */
bool bucket_take(struct bucket *bucket, const struct bucket_rate *rate, uint64_t now_ms);

#endif
