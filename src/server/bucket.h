/* SPDX-License-Identifier: Apache-2.0 */
/* A token bucket: `per_second` tokens flow in, at most `burst` lie ready. No clock of its own. */
#ifndef SERVER_BUCKET_H
#define SERVER_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct bucket {
    uint64_t filled_ms; /* when `milli_tokens` was right */
    uint32_t milli_tokens;
    uint32_t per_second;
    uint32_t burst;
};

/* A full bucket. `burst` is at most 1,000,000. */
void bucket_init(struct bucket *bucket, uint32_t per_second, uint32_t burst, uint64_t now_ms);

/* Takes one token; false: there is none. */
bool bucket_take(struct bucket *bucket, uint64_t now_ms);

#endif
