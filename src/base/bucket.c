/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bucket.h"

bool bucket_take(struct bucket *bucket, const struct bucket_rate *rate, uint64_t now_ms)
{
    uint64_t token = rate->period_ms;
    if (now_ms > bucket->filled_ms) {
        /* One token a period is one part a millisecond. */
        uint64_t passed_ms = now_ms - bucket->filled_ms;
        uint64_t full_ms = bucket->spent / (rate->tokens == 0 ? 1 : rate->tokens) + 1;
        bucket->spent -= passed_ms >= full_ms ? bucket->spent : passed_ms * rate->tokens;
        bucket->filled_ms = now_ms;
    }
    if (bucket->spent + token > rate->burst * token) {
        return false;
    }
    bucket->spent += token;
    return true;
}
