/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/throttle.h"

#include "unit.h"

static void stops_at_the_limit_and_starts_again_after_the_window(void)
{
    struct throttle *throttle = NULL;
    CHECK(throttle_create(4, 3, &throttle) == OK);
    for (int i = 0; i < 3; i++) {
        CHECK(throttle_allows(throttle, SLICE("a"), 1000));
        throttle_count(throttle, SLICE("a"), 1000);
    }
    CHECK(!throttle_allows(throttle, SLICE("a"), 1000));
    CHECK(throttle_allows(throttle, SLICE("b"), 1000));
    CHECK(!throttle_allows(throttle, SLICE("a"), THROTTLE_WINDOW_MS));
    CHECK(throttle_allows(throttle, SLICE("a"), 2 * THROTTLE_WINDOW_MS + 1000));
    throttle_destroy(throttle);
}

static void what_was_right_is_taken_back(void)
{
    struct throttle *throttle = NULL;
    CHECK(throttle_create(4, 1, &throttle) == OK);
    throttle_count(throttle, SLICE("a"), 0);
    CHECK(!throttle_allows(throttle, SLICE("a"), 0));
    throttle_forgive(throttle, SLICE("a"));
    CHECK(throttle_allows(throttle, SLICE("a"), 0));
    throttle_forgive(throttle, SLICE("a"));
    throttle_forgive(throttle, SLICE("never seen"));
    throttle_destroy(throttle);
}

static void a_full_table_forgets_who_was_quiet_for_longest(void)
{
    struct throttle *throttle = NULL;
    CHECK(throttle_create(2, 1, &throttle) == OK);
    throttle_count(throttle, SLICE("a"), 1);
    throttle_count(throttle, SLICE("b"), 2);
    throttle_count(throttle, SLICE("a"), 3);
    throttle_count(throttle, SLICE("c"), 4);
    CHECK(!throttle_allows(throttle, SLICE("a"), 5));
    CHECK(throttle_allows(throttle, SLICE("b"), 5));
    CHECK(!throttle_allows(throttle, SLICE("c"), 5));
    throttle_destroy(throttle);
}

static void long_keys_are_cut_and_the_empty_one_works(void)
{
    struct throttle *throttle = NULL;
    CHECK(throttle_create(2, 1, &throttle) == OK);
    throttle_count(throttle, SLICE("0123456789012345678901234567890123456789x"), 1);
    CHECK(!throttle_allows(throttle, SLICE("0123456789012345678901234567890123456789y"), 1));
    throttle_count(throttle, SLICE(""), 1);
    CHECK(!throttle_allows(throttle, SLICE(""), 1));
    throttle_destroy(throttle);
}

static bool same_prefix(const char *a, const char *b)
{
    char key_a[THROTTLE_KEY_MAX + 1];
    char key_b[THROTTLE_KEY_MAX + 1];
    return slice_equal(throttle_prefix(slice_text(a), key_a),
                       throttle_prefix(slice_text(b), key_b));
}

static void an_address_counts_by_its_prefix(void)
{
    CHECK(same_prefix("192.0.2.1", "192.0.2.254"));
    CHECK(!same_prefix("192.0.2.1", "192.0.3.1"));
    CHECK(same_prefix("::ffff:192.0.2.1", "192.0.2.9"));
    CHECK(same_prefix("2001:db8:0:1::1", "2001:db8:0:ff::2"));
    CHECK(!same_prefix("2001:db8:0:100::1", "2001:db8:0:200::1"));
    CHECK(same_prefix("somewhere", "somewhere"));
    CHECK(!same_prefix("somewhere", "elsewhere"));
    CHECK(same_prefix("", ""));
}

UNIT(stops_at_the_limit_and_starts_again_after_the_window, what_was_right_is_taken_back,
     a_full_table_forgets_who_was_quiet_for_longest, long_keys_are_cut_and_the_empty_one_works,
     an_address_counts_by_its_prefix)
