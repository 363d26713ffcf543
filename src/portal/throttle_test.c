/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/throttle.h"

#include "unit.h"

static const struct id a = {{1}};
static const struct id b = {{2}};
static const struct id c = {{3}};

static void stops_at_the_limit_and_starts_again_after_the_window(void)
{
    struct throttle *throttle = NULL;
    CHECK(throttle_create(4, 3, &throttle) == OK);
    for (int i = 0; i < 3; i++) {
        CHECK(throttle_allows(throttle, &a, 1000));
        throttle_count(throttle, &a, 1000);
    }
    CHECK(!throttle_allows(throttle, &a, 1000));
    CHECK(throttle_allows(throttle, &b, 1000));
    CHECK(!throttle_allows(throttle, &a, THROTTLE_WINDOW_MS));
    CHECK(throttle_allows(throttle, &a, 2 * THROTTLE_WINDOW_MS + 1000));
    throttle_destroy(throttle);
}

static void what_was_right_is_taken_back(void)
{
    struct throttle *throttle = NULL;
    CHECK(throttle_create(4, 1, &throttle) == OK);
    throttle_count(throttle, &a, 0);
    CHECK(!throttle_allows(throttle, &a, 0));
    throttle_forgive(throttle, &a);
    CHECK(throttle_allows(throttle, &a, 0));
    throttle_forgive(throttle, &a);
    throttle_forgive(throttle, &b);
    throttle_destroy(throttle);
}

static void a_full_table_forgets_who_was_quiet_for_longest(void)
{
    struct throttle *throttle = NULL;
    CHECK(throttle_create(2, 1, &throttle) == OK);
    throttle_count(throttle, &a, 1);
    throttle_count(throttle, &b, 2);
    throttle_count(throttle, &a, 3);
    throttle_count(throttle, &c, 4);
    CHECK(!throttle_allows(throttle, &a, 5));
    CHECK(throttle_allows(throttle, &b, 5));
    CHECK(!throttle_allows(throttle, &c, 5));
    throttle_destroy(throttle);
}

static void counts_come_back_into_another_table(void)
{
    struct throttle *first = NULL;
    struct throttle *second = NULL;
    struct attempts of_a;
    struct attempts of_b;
    CHECK(throttle_create(2, 2, &first) == OK);
    throttle_count(first, &b, 1);
    throttle_count(first, &a, 1);
    throttle_count(first, &a, 2);
    CHECK(throttle_get(first, &a, &of_a) && of_a.slot == 1 && of_a.now == 2);
    CHECK(throttle_get(first, &b, &of_b) && of_b.slot == 0);
    CHECK(!throttle_get(first, &c, &of_b));
    throttle_destroy(first);
    CHECK(throttle_create(2, 2, &second) == OK);
    CHECK(throttle_restore(second, &of_a) == OK);
    CHECK(!throttle_allows(second, &a, 3));
    throttle_forgive(second, &a);
    CHECK(throttle_restore(second, &of_a) == OK); /* what is known here is newer */
    CHECK(throttle_allows(second, &a, 3));
    throttle_count(second, &c, 3);
    CHECK(throttle_get(second, &c, &of_b) && of_b.slot == 0); /* the free one */
    of_b.slot = 2;
    CHECK(throttle_restore(second, &of_b) == ERR_LIMIT);
    throttle_destroy(second);
}

static void the_table_of_slots_never_grows(void)
{
    struct throttle *throttle = NULL;
    struct attempts attempts;
    CHECK(throttle_create(2, 1, &throttle) == OK);
    for (uint8_t i = 0; i < 20; i++) {
        struct id key = {{i}};
        throttle_count(throttle, &key, i);
        CHECK(throttle_get(throttle, &key, &attempts) && attempts.slot < 2);
    }
    throttle_destroy(throttle);
}

static bool same_prefix(const char *one, const char *two)
{
    char key_a[THROTTLE_PREFIX_MAX + 1];
    char key_b[THROTTLE_PREFIX_MAX + 1];
    return slice_equal(throttle_prefix(slice_text(one), key_a),
                       throttle_prefix(slice_text(two), key_b));
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
     a_full_table_forgets_who_was_quiet_for_longest, counts_come_back_into_another_table,
     the_table_of_slots_never_grows, an_address_counts_by_its_prefix)
