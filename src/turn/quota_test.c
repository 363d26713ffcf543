/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/quota.h"

#include "turn/rate.h"
#include "turn/userhash.h"
#include "unit.h"

static const struct quota_limits limits = {.accounts_max = 3, .revoked_max = 2};
static struct quota *quota;

static void tear_down(void)
{
    quota_destroy(quota);
    quota = NULL;
}

static void set_up(void)
{
    unit_finally(tear_down);
    CHECK(quota_create(&limits, &quota) == OK);
}

static void accounts_live_as_long_as_their_allocations(void)
{
    struct quota_account *call = NULL;
    struct quota_account *same = NULL;
    set_up();
    CHECK(quota_enter(quota, SLICE("c1"), &call) == OK);
    CHECK(quota_enter(quota, SLICE("c1"), &same) == OK);
    CHECK(call == same && call->allocations == 2 && quota_find_call(quota, SLICE("c1")) == call);
    quota_leave(quota, call);
    CHECK(call->allocations == 1);
    quota_leave(quota, call);
    CHECK(quota_find_call(quota, SLICE("c1")) == NULL);
    tear_down();
}

static void ended_calls_are_remembered_up_to_a_limit_and_a_time(void)
{
    set_up();
    CHECK(!quota_is_revoked(quota, SLICE("c1")));
    CHECK(quota_revoke(quota, SLICE("c1"), 100) == OK);
    CHECK(quota_revoke(quota, SLICE("c1"), 110) == OK);
    CHECK(quota_revoke(quota, SLICE("c2"), 200) == OK);
    CHECK(quota_revoke(quota, SLICE("c3"), 200) == ERR_LIMIT);
    CHECK(quota_revoked_count(quota) == 2);
    quota_sweep(quota, 105);
    CHECK(quota_is_revoked(quota, SLICE("c1")) && quota_is_revoked(quota, SLICE("c2")));
    quota_sweep(quota, 110);
    CHECK(!quota_is_revoked(quota, SLICE("c1")) && quota_is_revoked(quota, SLICE("c2")));
    CHECK(quota_revoke(quota, SLICE("c3"), 200) == OK);
    quota_sweep(quota, 300);
    CHECK(quota_find_call(quota, SLICE("c2")) == NULL);
    tear_down();
}

/* Whose end is told again with a later time is remembered until then, whatever came between. */
static void a_call_that_ends_again_is_remembered_longer(void)
{
    set_up();
    CHECK(quota_revoke(quota, SLICE("c1"), 100) == OK);
    CHECK(quota_revoke(quota, SLICE("c2"), 100) == OK);
    CHECK(quota_revoke(quota, SLICE("c2"), 150) == OK); /* the last one */
    CHECK(quota_revoke(quota, SLICE("c1"), 200) == OK); /* the first one */
    CHECK(quota_revoked_count(quota) == 2);
    quota_sweep(quota, 160);
    CHECK(quota_is_revoked(quota, SLICE("c1")) && !quota_is_revoked(quota, SLICE("c2")));
    quota_sweep(quota, 200);
    CHECK(quota_revoked_count(quota) == 0 && quota_find_call(quota, SLICE("c1")) == NULL);
    tear_down();
}

static void a_rate_neither_overflows_nor_gives_more_than_its_burst(void)
{
    struct rate rate;
    rate_init(&rate, 1000, 0);
    CHECK(rate_take(&rate, 10, 1000, 1000, 0) && !rate_take(&rate, 10, 1000, 1, 0));
    CHECK(rate_take(&rate, 10, 1000, 1, 100) && !rate_take(&rate, 10, 1000, 1, 100));
    CHECK(!rate_take(&rate, 10, 1000, 1, 50)); /* the clock stands */
    uint64_t large = 10ULL * 1000 * 1000 * 1000;
    rate_init(&rate, large, 0);
    CHECK(rate_take(&rate, large, large, large, UINT64_MAX));
    CHECK(!rate_take(&rate, large, large, 1, UINT64_MAX));
    CHECK(rate_take(&rate, 0, 0, large, 0)); /* no limit */
}

static void names_are_found_by_their_hash_until_they_expire(void)
{
    /* SHA-256 of "anna:realm" */
    static const uint8_t hash[USERHASH_SIZE] = {0x85, 0xd3, 0x27, 0x8c, 0x44, 0x97, 0x09, 0x82,
                                                0x7d, 0x07, 0x91, 0x85, 0x6b, 0xcd, 0x8b, 0x47,
                                                0x89, 0xfa, 0xbc, 0x71, 0xc3, 0x32, 0x5a, 0x8c,
                                                0xfc, 0xe8, 0xfe, 0x24, 0x4e, 0x67, 0x01, 0xc0};
    struct userhash *names = NULL;
    enum err err = userhash_create(2, SLICE("realm"), &names);
    bool fine = err == OK && userhash_add(names, SLICE("anna"), 100) == OK &&
                userhash_add(names, SLICE("bert"), 50) == OK &&
                userhash_add(names, SLICE("anna"), 100) == OK &&
                userhash_add(names, SLICE("carl"), 100) == ERR_LIMIT &&
                slice_equal(userhash_find(names, slice_from(hash, sizeof(hash))), SLICE("anna")) &&
                userhash_find(names, SLICE("no hash")).size == 0;
    if (fine) {
        userhash_sweep(names, 60); /* Bert */
        fine = userhash_add(names, SLICE("carl"), 70) == OK &&
               userhash_find(names, slice_from(hash, sizeof(hash))).size == 4;
        userhash_sweep(names, 101);
        fine = fine && userhash_find(names, slice_from(hash, sizeof(hash))).size == 0 &&
               userhash_add(names, SLICE("dora"), 200) == OK;
    }
    userhash_destroy(names);
    CHECK(fine);
}

UNIT(accounts_live_as_long_as_their_allocations,
     ended_calls_are_remembered_up_to_a_limit_and_a_time,
     a_call_that_ends_again_is_remembered_longer,
     a_rate_neither_overflows_nor_gives_more_than_its_burst,
     names_are_found_by_their_hash_until_they_expire)
