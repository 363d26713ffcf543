/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/reservations.h"

#include "unit.h"

static struct relayports *ports;
static struct reservations *reserved;
static int owner;
static const struct slice anna = {(const uint8_t *)"anna", 4};

static void tear_down(void)
{
    relayport_destroy(ports);
    ports = NULL;
    reservations_destroy(reserved);
    reserved = NULL;
}

static void set_up(uint16_t min, uint16_t max, uint32_t worker, uint32_t workers)
{
    const struct relayport_range range = {min, max, worker, workers};
    struct hmac_sha256_key key;
    unit_finally(tear_down);
    hmac_sha256_prepare(SLICE("key"), &key);
    CHECK(reservations_create(&reserved) == OK);
    CHECK(relayport_create(&range, &key, reserved, &ports) == OK);
}

static uint16_t take(enum relayport_kind kind)
{
    return relayport_take(ports, RELAYPORT_V4, &owner, kind, 0);
}

static void each_worker_has_its_own_pairs_and_all_are_used(void)
{
    const struct relayport_range range = {1001, 1013, 0, 3};
    uint32_t counts[3] = {0};
    for (uint32_t worker = 0; worker < 3; worker++) {
        uint16_t port = 0;
        set_up(1001, 1013, worker, 3);
        while ((port = take(RELAYPORT_ANY)) != 0) {
            CHECK(port >= 1002 && port <= 1013 && relayport_worker(&range, port) == worker);
            CHECK(relayport_find(ports, RELAYPORT_V4, port) == &owner);
            CHECK(relayport_find(ports, RELAYPORT_V6, port) == NULL);
            counts[worker]++;
        }
        tear_down();
    }
    CHECK(counts[0] == 4 && counts[1] == 4 && counts[2] == 4);
    CHECK(relayport_worker(&range, 1001) == UINT32_MAX);
    CHECK(relayport_worker(&range, 1014) == UINT32_MAX);
}

static void an_odd_end_of_the_range_is_left_out(void)
{
    const struct relayport_range range = {1000, 1002, 0, 1};
    set_up(1000, 1002, 0, 1);
    CHECK(take(RELAYPORT_ANY) != 0 && take(RELAYPORT_ANY) != 0 && take(RELAYPORT_ANY) == 0);
    CHECK(relayport_worker(&range, 1002) == UINT32_MAX);
    CHECK(relayport_find(ports, RELAYPORT_V4, 1002) == NULL);
    tear_down();
}

static void a_port_that_is_given_back_is_free(void)
{
    set_up(1000, 1001, 0, 1);
    CHECK(take(RELAYPORT_EVEN) == 1000 && take(RELAYPORT_EVEN) == 0 &&
          take(RELAYPORT_ANY) == 1001 && take(RELAYPORT_ANY) == 0);
    relayport_give(ports, RELAYPORT_V4, 1000);
    CHECK(relayport_find(ports, RELAYPORT_V4, 1000) == NULL && take(RELAYPORT_ANY) == 1000);
    tear_down();
}

static void a_pair_is_found_where_both_are_free(void)
{
    set_up(1000, 1007, 0, 1);
    for (uint16_t port = 1000; port < 1008; port++) {
        CHECK(take(RELAYPORT_ANY) != 0);
    }
    static const uint16_t free_again[] = {1000, 1003, 1004, 1005}; /* one of these is a pair */
    for (size_t i = 0; i < 4; i++) {
        relayport_give(ports, RELAYPORT_V4, free_again[i]);
    }
    CHECK(take(RELAYPORT_PAIR) == 1004 && take(RELAYPORT_PAIR) == 0);
    CHECK(take(RELAYPORT_EVEN) == 1000 && take(RELAYPORT_EVEN) == 0);
    tear_down();
}

static void a_reservation_is_kept_for_30_seconds_for_its_token(void)
{
    uint8_t token[RELAYPORT_TOKEN_SIZE];
    uint8_t wrong[RELAYPORT_TOKEN_SIZE] = {0};
    enum relayport_family family = RELAYPORT_V6;
    uint16_t port = 0;
    set_up(1000, 1001, 0, 1);
    CHECK(take(RELAYPORT_EVEN) == 1000);
    CHECK(relayport_reserve(ports, RELAYPORT_V4, 1000, anna, 0, token) == OK);
    CHECK(relayport_reserve(ports, RELAYPORT_V4, 1000, anna, 0, wrong) == ERR_EXISTS);
    CHECK(take(RELAYPORT_ANY) == 0 && relayport_find(ports, RELAYPORT_V4, 1001) == NULL);
    CHECK(relayport_redeem(ports, anna, wrong, &owner, 1, &family, &port) == ERR_NOT_FOUND);
    CHECK(relayport_redeem(ports, anna, token, &owner, 29999, &family, &port) == OK);
    CHECK(family == RELAYPORT_V4 && port == 1001);
    CHECK(relayport_redeem(ports, anna, token, &owner, 29999, &family, &port) == ERR_NOT_FOUND);
    relayport_give(ports, RELAYPORT_V4, 1001);
    CHECK(relayport_reserve(ports, RELAYPORT_V4, 1000, anna, 30000, token) == OK);
    CHECK(relayport_redeem(ports, anna, token, &owner, 60000, &family, &port) == ERR_NOT_FOUND);
    CHECK(relayport_take(ports, RELAYPORT_V4, &owner, RELAYPORT_ANY, 60000) == 1001);
    tear_down();
}

static void refuses_a_range_without_a_pair_for_this_worker(void)
{
    const struct relayport_range bad[] = {{0, 10, 0, 1},
                                          {1001, 1002, 0, 1},
                                          {1000, 1001, 1, 2},
                                          {1000, 999, 0, 1},
                                          {1000, 1001, 0, 0}};
    struct hmac_sha256_key key;
    struct relayports *none = NULL;
    hmac_sha256_prepare(SLICE("key"), &key);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(relayport_create(&bad[i], &key, NULL, &none) == ERR_INVALID);
    }
}

UNIT(each_worker_has_its_own_pairs_and_all_are_used, an_odd_end_of_the_range_is_left_out,
     a_port_that_is_given_back_is_free, a_pair_is_found_where_both_are_free,
     a_reservation_is_kept_for_30_seconds_for_its_token,
     refuses_a_range_without_a_pair_for_this_worker)
