/* SPDX-License-Identifier: Apache-2.0 */
#include "server/bucket.h"
#include "unit.h"

static void gives_the_burst_and_then_the_rate(void)
{
    struct bucket bucket;
    bucket_init(&bucket, 20, 60, 1000);
    for (int i = 0; i < 60; i++) {
        CHECK(bucket_take(&bucket, 1000));
    }
    CHECK(!bucket_take(&bucket, 1000));
    CHECK(!bucket_take(&bucket, 1049));
    CHECK(bucket_take(&bucket, 1050));
    CHECK(!bucket_take(&bucket, 1050));
}

static void never_holds_more_than_the_burst(void)
{
    struct bucket bucket;
    bucket_init(&bucket, 20, 3, 0);
    for (int i = 0; i < 3; i++) {
        CHECK(bucket_take(&bucket, UINT64_MAX / 32));
    }
    CHECK(!bucket_take(&bucket, UINT64_MAX / 32));
}

static void takes_no_harm_from_a_clock_that_stands(void)
{
    struct bucket bucket;
    bucket_init(&bucket, 1, 1, 5000);
    CHECK(bucket_take(&bucket, 5000));
    CHECK(!bucket_take(&bucket, 4000));
    CHECK(!bucket_take(&bucket, 5999));
    CHECK(bucket_take(&bucket, 6000));
}

UNIT(gives_the_burst_and_then_the_rate, never_holds_more_than_the_burst,
     takes_no_harm_from_a_clock_that_stands)
