/* SPDX-License-Identifier: Apache-2.0 */
#include "server/bucket.h"

void bucket_init(struct bucket *bucket, uint32_t per_second, uint32_t burst, uint64_t now_ms)
{
    *bucket = (struct bucket){.filled_ms = now_ms,
                              .milli_tokens = burst * 1000,
                              .per_second = per_second,
                              .burst = burst};
}

bool bucket_take(struct bucket *bucket, uint64_t now_ms)
{
    if (now_ms > bucket->filled_ms) {
        /* One token a second is one milli-token a millisecond. */
        uint64_t gained = (now_ms - bucket->filled_ms) * bucket->per_second;
        uint64_t room = (uint64_t)bucket->burst * 1000 - bucket->milli_tokens;
        bucket->milli_tokens += (uint32_t)(gained < room ? gained : room);
        bucket->filled_ms = now_ms;
    }
    if (bucket->milli_tokens < 1000) {
        return false;
    }
    bucket->milli_tokens -= 1000;
    return true;
}
