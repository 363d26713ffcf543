/* SPDX-License-Identifier: Apache-2.0 */
#include "base/bucket.h"
#include "unit.h"

static unsigned take_all(struct bucket *bucket, const struct bucket_rate *rate, uint64_t now_ms)
{
    unsigned count = 0;
    while (count < 1000 && bucket_take(bucket, rate, now_ms)) {
        count++;
    }
    return count;
}

static void gives_the_burst_and_then_the_rate(void)
{
    static const struct bucket_rate rate = {.tokens = 20, .period_ms = 1000, .burst = 60};
    struct bucket bucket = {0};
    CHECK(take_all(&bucket, &rate, 1000) == 60);
    CHECK(!bucket_take(&bucket, &rate, 1049));
    CHECK(bucket_take(&bucket, &rate, 1050));
    CHECK(!bucket_take(&bucket, &rate, 1050));
    CHECK(take_all(&bucket, &rate, 2050) == 20);
}

static void a_slow_rate_loses_no_part_of_a_token(void)
{
    static const struct bucket_rate rate = {.tokens = 7, .period_ms = 60000, .burst = 1};
    struct bucket bucket = {0};
    unsigned count = 0;
    for (uint64_t now_ms = 0; now_ms <= 60000; now_ms++) {
        count += bucket_take(&bucket, &rate, now_ms) ? 1 : 0;
    }
    CHECK(count == 7 || count == 8);
}

static void never_holds_more_than_the_burst(void)
{
    static const struct bucket_rate rate = {.tokens = 20, .period_ms = 1000, .burst = 3};
    struct bucket bucket = {0};
    CHECK(take_all(&bucket, &rate, UINT64_MAX / 2) == 3);
    CHECK(take_all(&bucket, &rate, UINT64_MAX) == 3);
}

static void takes_no_harm_from_a_clock_that_stands(void)
{
    static const struct bucket_rate rate = {.tokens = 1, .period_ms = 1000, .burst = 1};
    struct bucket bucket = {0};
    CHECK(bucket_take(&bucket, &rate, 5000));
    CHECK(!bucket_take(&bucket, &rate, 4000));
    CHECK(!bucket_take(&bucket, &rate, 5999));
    CHECK(bucket_take(&bucket, &rate, 6000));
}

static void a_new_rate_counts_at_once(void)
{
    static const struct bucket_rate much = {.tokens = 60, .period_ms = 60000, .burst = 60};
    static const struct bucket_rate little = {.tokens = 10, .period_ms = 60000, .burst = 10};
    struct bucket bucket = {0};
    CHECK(take_all(&bucket, &much, 1) == 60);
    CHECK(take_all(&bucket, &little, 1000) == 0);
    CHECK(take_all(&bucket, &little, 1 + 6 * 60000) == 10);
}

UNIT(gives_the_burst_and_then_the_rate, a_slow_rate_loses_no_part_of_a_token,
     never_holds_more_than_the_burst, takes_no_harm_from_a_clock_that_stands,
     a_new_rate_counts_at_once)
