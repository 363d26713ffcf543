/* SPDX-License-Identifier: Apache-2.0 */
/* What users may at all workers together. */
#include "turn/users.h"

#include <pthread.h>
#include "turn/virtualnet.h"
#include "unit.h"

#define THREADS 4
#define TAKES 20000

static struct users *users;
static struct virtualnet net;   /* one worker */
static struct virtualnet other; /* and another of the same node */
static struct virtualnet_client clients[6];

static void tear_down(void)
{
    virtualnet_stop(&other);
    virtualnet_stop(&net);
    users_destroy(users);
    users = NULL;
}

static void set_up(void)
{
    virtualnet_init(&net);
    virtualnet_init(&other);
    unit_finally(tear_down);
    net.config.limits.user_allocations_max = 5;
    net.config.limits.call_allocations_max = 3;
    net.config.limits.allocation_bps = 0;
    net.config.limits.user_bps = 4 * 1000 * 1000;
    other.config.limits = net.config.limits;
    CHECK(users_create(&net.config.limits, 2, &users) == OK);
    net.config.users = users;
    other.config.users = users;
    CHECK(virtualnet_start(&net) == OK && virtualnet_start(&other) == OK);
    for (uint16_t i = 0; i < 6; i++) { /* in turn at the one and the other worker */
        virtualnet_client_init(i % 2 == 0 ? &net : &other, &clients[i],
                               addr_v4(192, 0, 2, 9, (uint16_t)(i + 1)), "anna",
                               i < 4 ? "one" : "two");
    }
}

static void allocations_of_a_user_are_counted_at_all_workers(void)
{
    set_up();
    for (int i = 0; i < 3; i++) {
        CHECK(virtualnet_allocate(&clients[i]) == 0);
    }
    CHECK(virtualnet_allocate(&clients[3]) == 486); /* three of the call */
    CHECK(virtualnet_allocate(&clients[4]) == 0 && virtualnet_allocate(&clients[5]) == 0);
    CHECK(virtualnet_refresh(&clients[0], 0) == 0 && virtualnet_allocate(&clients[3]) == 0);
    CHECK(virtualnet_refresh(&clients[1], 0) == 0 && virtualnet_allocate(&clients[0]) == 0);
    virtualnet_client_init(&other, &clients[1], addr_v4(192, 0, 2, 9, 99), "anna", "three");
    CHECK(virtualnet_allocate(&clients[1]) == 486); /* five of the user */
    virtualnet_client_init(&other, &clients[1], addr_v4(192, 0, 2, 9, 98), "bert", "one");
    CHECK(virtualnet_allocate(&clients[1]) == 0);
    tear_down();
}

static void bandwidth_of_a_user_is_one_for_all_workers(void)
{
    static const struct addr peer = {.ip = {8, 8, 8, 8}, .port = 9, .family = ADDR_V4};
    static uint8_t data[1000];
    uint32_t passed = 0;
    set_up();
    CHECK(virtualnet_allocate(&clients[0]) == 0 && virtualnet_bind(&clients[0], 0x4000, peer) == 0);
    CHECK(virtualnet_allocate(&clients[1]) == 0 && virtualnet_bind(&clients[1], 0x4000, peer) == 0);
    for (int i = 0; i < 1000; i++) { /* 8 Mbit at once: a second's worth of 4 Mbit/s passes */
        struct virtualnet_client *client = &clients[i % 2];
        virtualnet_channel_data(client, 0x4000, slice_from(data, sizeof(data)));
        passed += client->net->count;
    }
    CHECK(passed == 500);
    virtualnet_pass(&other, 100); /* a tenth of it flows in */
    for (int i = 0; i < 100; i++) {
        virtualnet_channel_data(&clients[1], 0x4000, slice_from(data, sizeof(data)));
        passed += other.count;
    }
    CHECK(passed == 550);
    tear_down();
}

static void *take_much(void *arg)
{
    struct users_call *call = NULL;
    bool newcomer = false;
    uint32_t *passed = arg;
    for (int i = 0;
         i < TAKES && users_enter(users, SLICE("anna"), SLICE("one"), &call, &newcomer) == OK;
         i++) {
        *passed += users_take(users, call, 1000, 5000) ? 1 : 0;
        users_leave(users, call);
    }
    return NULL;
}

static void threads_take_no_more_than_there_is(void)
{
    pthread_t threads[THREADS];
    uint32_t passed[THREADS] = {0};
    uint32_t all = 0;
    struct users_call *stays = NULL;
    bool newcomer = false;
    struct turn_limits limits;
    turn_limits_default(&limits);
    limits.call_allocations_max = THREADS + 1;
    limits.user_bps = 4 * 1000 * 1000;
    CHECK(users_create(&limits, THREADS, &users) == OK);
    if (users_enter(users, SLICE("anna"), SLICE("one"), &stays, &newcomer) == OK) {
        for (int i = 0; i < THREADS; i++) {
            CHECK(pthread_create(&threads[i], NULL, take_much, &passed[i]) == 0);
        }
        for (int i = 0; i < THREADS; i++) {
            CHECK(pthread_join(threads[i], NULL) == 0);
            all += passed[i];
        }
        users_leave(users, stays);
    }
    users_destroy(users);
    users = NULL;
    CHECK(all == 4000);
}

UNIT(allocations_of_a_user_are_counted_at_all_workers, bandwidth_of_a_user_is_one_for_all_workers,
     threads_take_no_more_than_there_is)
