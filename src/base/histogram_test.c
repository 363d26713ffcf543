/* SPDX-License-Identifier: Apache-2.0 */
#include "base/histogram.h"

#include "unit.h"

static void bounds_grow(void)
{
    for (uint32_t i = 1; i < HISTOGRAM_BOUNDS; i++) {
        CHECK(histogram_bound_ms(i) > histogram_bound_ms(i - 1));
    }
}

static void a_duration_is_counted_in_the_first_bucket_that_holds_it(void)
{
    struct histogram_view before;
    struct histogram_view after;
    histogram_read(HISTOGRAM_CALLS_RING, &before);
    histogram_observe(HISTOGRAM_CALLS_RING, 0);
    histogram_observe(HISTOGRAM_CALLS_RING, histogram_bound_ms(0));
    histogram_observe(HISTOGRAM_CALLS_RING, histogram_bound_ms(0) + 1);
    histogram_observe(HISTOGRAM_CALLS_RING, histogram_bound_ms(HISTOGRAM_BOUNDS - 1) + 1);
    histogram_read(HISTOGRAM_CALLS_RING, &after);
    CHECK(after.counts[0] - before.counts[0] == 2);
    CHECK(after.counts[1] - before.counts[1] == 1);
    CHECK(after.counts[HISTOGRAM_BOUNDS] - before.counts[HISTOGRAM_BOUNDS] == 1);
    CHECK(after.count - before.count == 4);
    CHECK(after.sum_ms - before.sum_ms ==
          2 * histogram_bound_ms(0) + histogram_bound_ms(HISTOGRAM_BOUNDS - 1) + 2);
}

static void one_histogram_does_not_touch_another(void)
{
    struct histogram_view before;
    struct histogram_view after;
    histogram_read(HISTOGRAM_LOOP_LAG, &before);
    histogram_observe(HISTOGRAM_STORE_COMMIT, 3);
    histogram_read(HISTOGRAM_LOOP_LAG, &after);
    CHECK(before.count == after.count);
}

UNIT(bounds_grow, a_duration_is_counted_in_the_first_bucket_that_holds_it,
     one_histogram_does_not_touch_another)
