/* SPDX-License-Identifier: Apache-2.0 */
/* What users may at all workers together. */
#include "turn/users.h"

#include <pthread.h>
#include "turn/virtualnet.h"
#include "unit.h"

#define THREADS 4
#define TAKES 20000
#define SECOND 4000000 /* bits */

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

/* What stands in `net` holds for both. */
static void make_workers(void)
{
    other.config.limits = net.config.limits;
    net.config.workers = 2;
    other.config.workers = 2;
    other.config.worker = 1;
}

/* Of so many bits a second, 0: no limit. */
static void set_up_for(uint64_t user_bps, uint64_t call_bps, uint64_t total_bps)
{
    virtualnet_init(&net);
    virtualnet_init(&other);
    unit_finally(tear_down);
    net.config.limits.user_allocations_max = 5;
    net.config.limits.call_allocations_max = 3;
    net.config.limits.allocation_bps = 0;
    net.config.limits.user_bps = user_bps;
    net.config.limits.call_bps = call_bps;
    net.config.limits.total_bps = total_bps;
    make_workers();
    CHECK(users_create(&net.config.limits, &users) == OK);
    net.config.users = users;
    other.config.users = users;
    CHECK(virtualnet_start(&net) == OK && virtualnet_start(&other) == OK);
    for (uint16_t i = 0; i < 6; i++) { /* in turn at the one and the other worker */
        virtualnet_client_init(i % 2 == 0 ? &net : &other, &clients[i],
                               addr_v4(192, 0, 2, 9, (uint16_t)(i + 1)), "anna",
                               i < 4 ? "one" : "two");
    }
}

static void set_up(void)
{
    set_up_for(SECOND, 0, 0);
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

static void allocations_of_the_server_are_counted_at_all_workers(void)
{
    set_up();
    tear_down();
    virtualnet_init(&net);
    virtualnet_init(&other);
    net.config.limits.allocations_max = 10;
    make_workers();
    CHECK(users_create(&net.config.limits, &users) == OK);
    net.config.users = users;
    other.config.users = users;
    CHECK(virtualnet_start(&net) == OK && virtualnet_start(&other) == OK);
    for (uint16_t i = 0; i < 9; i++) { /* seven at the one, two at the other */
        virtualnet_client_init(i < 7 ? &net : &other, &clients[i % 6],
                               addr_v4(192, 0, 2, 9, (uint16_t)(i + 1)), "anna", "one");
        CHECK(virtualnet_allocate(&clients[i % 6]) == 0);
    }
    struct virtualnet *all[] = {&net, &other};
    for (uint16_t i = 0; i < 2; i++) { /* the last tenth is for who has none */
        virtualnet_client_init(all[i], &clients[i], addr_v4(192, 0, 2, 9, 90), "anna", "one");
        CHECK(virtualnet_allocate(&clients[i]) == 508);
    }
    virtualnet_client_init(&other, &clients[0], addr_v4(192, 0, 2, 9, 91), "bert", "one");
    CHECK(virtualnet_allocate(&clients[0]) == 0);
    for (uint16_t i = 0; i < 2; i++) {
        virtualnet_client_init(all[i], &clients[i + 1], addr_v4(192, 0, 2, 9, 92), "carl", "one");
        CHECK(virtualnet_allocate(&clients[i + 1]) == 508);
    }
    CHECK(virtualnet_refresh(&clients[0], 0) == 0 && virtualnet_allocate(&clients[1]) == 0);
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

/* Both workers go on in time; each ends what has given way. */
static void pass_time(uint64_t ms)
{
    virtualnet_pass(&net, ms);
    virtualnet_pass(&other, ms);
}

static int64_t gave_way(void)
{
    return virtualnet_counted(&net, COUNTER_TURN_GAVE_WAY) +
           virtualnet_counted(&other, COUNTER_TURN_GAVE_WAY);
}

static void the_silent_give_way_to_a_newer_one_of_their_call(void)
{
    set_up();
    for (int i = 0; i < 3; i++) {
        CHECK(virtualnet_allocate(&clients[i]) == 0);
    }
    CHECK(virtualnet_allocate(&clients[4]) == 0); /* in another call, and silent too */
    pass_time(USERS_SILENT_MS - 1);
    CHECK(virtualnet_allocate(&clients[3]) == 486 && gave_way() == 0);
    CHECK(virtualnet_refresh(&clients[0], 600) == 0);
    pass_time(1);
    CHECK(virtualnet_refresh(&clients[2], 600) == 0);
    CHECK(virtualnet_allocate(&clients[3]) == 0 &&
          gave_way() == 1); /* of the same worker: at once */
    CHECK(virtualnet_refresh(&clients[1], 600) == 437);
    CHECK(virtualnet_refresh(&clients[0], 600) == 0 && virtualnet_refresh(&clients[2], 600) == 0);
    CHECK(virtualnet_refresh(&clients[4], 600) == 0);
    tear_down();
}

static void a_worker_ends_what_gave_way_at_another(void)
{
    set_up();
    for (int i = 0; i < 3; i++) {
        CHECK(virtualnet_allocate(&clients[i]) == 0);
    }
    pass_time(USERS_SILENT_MS);
    CHECK(virtualnet_refresh(&clients[0], 600) == 0 && virtualnet_refresh(&clients[1], 600) == 0);
    CHECK(virtualnet_allocate(&clients[3]) == 0 && gave_way() == 0);
    CHECK(turn_next_ms(net.turn) <= net.now_ms + USERS_SILENT_MS);
    pass_time(1);
    CHECK(gave_way() == 1 && virtualnet_refresh(&clients[2], 600) == 437);
    CHECK(virtualnet_refresh(&clients[3], 600) == 0);
    tear_down();
}

static void data_of_the_client_keeps_its_relay(void)
{
    static const struct addr peer = {.ip = {8, 8, 8, 8}, .port = 9, .family = ADDR_V4};
    set_up();
    for (int i = 0; i < 3; i++) {
        CHECK(virtualnet_allocate(&clients[i]) == 0);
    }
    CHECK(virtualnet_bind(&clients[0], 0x4000, peer) == 0);
    pass_time(USERS_SILENT_MS);
    virtualnet_channel_data(&clients[0], 0x4000, SLICE("here"));
    virtualnet_send_indication(&clients[2], peer, SLICE("and here"));
    CHECK(virtualnet_allocate(&clients[3]) == 0 && gave_way() == 1);
    CHECK(virtualnet_refresh(&clients[0], 600) == 0 && virtualnet_refresh(&clients[2], 600) == 0);
    tear_down();
}

static void the_silent_of_all_calls_give_way_where_the_user_has_enough(void)
{
    set_up();
    for (int i = 0; i < 3; i++) {
        CHECK(virtualnet_allocate(&clients[i]) == 0);
    }
    pass_time(1);
    CHECK(virtualnet_allocate(&clients[4]) == 0 && virtualnet_allocate(&clients[5]) == 0);
    virtualnet_client_init(&other, &clients[3], addr_v4(192, 0, 2, 9, 99), "anna", "three");
    CHECK(virtualnet_allocate(&clients[3]) == 486);
    pass_time(USERS_SILENT_MS - 1);
    CHECK(virtualnet_allocate(&clients[3]) == 0); /* one of the first three */
    pass_time(1);
    CHECK(gave_way() == 1 && virtualnet_refresh(&clients[4], 600) == 0 &&
          virtualnet_refresh(&clients[5], 600) == 0);
    tear_down();
}

/* A browser gets as many relays on each network, and leaves the ones before behind. */
static void who_changes_the_network_ten_times_still_gets_relays(void)
{
    set_up();
    for (uint16_t change = 0; change < 10; change++) {
        for (uint16_t i = 0; i < 3; i++) {
            struct virtualnet *at = (change + i) % 2 == 0 ? &net : &other;
            struct addr from = addr_v4(192, 0, 2, (uint8_t)(20 + change), (uint16_t)(i + 1));
            virtualnet_client_init(at, &clients[i], from, "anna", "one");
            CHECK(virtualnet_allocate(&clients[i]) == 0);
        }
        pass_time(USERS_SILENT_MS);
        CHECK(gave_way() == 3 * change);
    }
    tear_down();
}

/* A client of somebody who may send to a peer. */
static void begin(struct virtualnet_client *client, struct virtualnet *at, const char *user,
                  const char *call)
{
    static const struct addr peer = {.ip = {8, 8, 8, 8}, .port = 9, .family = ADDR_V4};
    static uint16_t port;
    virtualnet_client_init(at, client, addr_v4(192, 0, 2, 10, ++port), user, call);
    CHECK(virtualnet_allocate(client) == 0 && virtualnet_bind(client, 0x4000, peer) == 0);
}

/* How many of so many packets of `size` pass, each from the next of the clients. */
static uint32_t pass(uint32_t count, uint32_t of, size_t size)
{
    static uint8_t data[1000];
    uint32_t passed = 0;
    for (uint32_t i = 0; i < count; i++) {
        virtualnet_channel_data(&clients[i % of], 0x4000, slice_from(data, size));
        passed += clients[i % of].net->count;
    }
    return passed;
}

static void bandwidth_of_a_call_is_one_for_all_who_are_in_it(void)
{
    set_up_for(0, SECOND, 0);
    begin(&clients[0], &net, "anna", "one");
    begin(&clients[1], &other, "bert", "one");
    CHECK(pass(1000, 2, 1000) == 500);
    int64_t refused = virtualnet_counted(&net, COUNTER_TURN_BANDWIDTH_CALL) +
                      virtualnet_counted(&other, COUNTER_TURN_BANDWIDTH_CALL);
    CHECK(refused == 500);
    CHECK(virtualnet_refresh(&clients[1], 0) == 0);
    begin(&clients[1], &other, "bert", "two");
    CHECK(pass(200, 2, 1000) == 100); /* another call of the same person is another */
    tear_down();
}

static void bandwidth_of_the_server_is_one_for_all_workers(void)
{
    set_up_for(0, 0, SECOND);
    begin(&clients[0], &net, "anna", "one");
    begin(&clients[1], &other, "bert", "two");
    uint32_t passed = pass(10000, 2, 100); /* 8 Mbit; taken in slices of five packets */
    CHECK(passed <= 5000 && passed >= 4990);
    CHECK(virtualnet_counted(&net, COUNTER_TURN_BANDWIDTH_SERVER) +
              virtualnet_counted(&other, COUNTER_TURN_BANDWIDTH_SERVER) ==
          10000 - passed);
    CHECK(pass(100, 2, 1000) == 0); /* larger than a slice */
    virtualnet_pass(&net, 500);
    virtualnet_pass(&other, 500); /* one may take what flowed in while the other was silent */
    passed = pass(2000, 1, 1000);
    CHECK(passed <= 251 && passed >= 249);
    tear_down();
}

static void *take_of_all(void *arg)
{
    uint64_t share = 0;
    uint32_t *passed = arg;
    for (int i = 0; i < TAKES; i++) {
        *passed += users_take_total(users, &share, 400, 5000) ? 1 : 0;
    }
    return NULL;
}

static void threads_take_no_more_than_the_server_has(void)
{
    pthread_t threads[THREADS];
    uint32_t passed[THREADS] = {0};
    uint32_t all = 0;
    struct turn_limits limits;
    turn_limits_default(&limits);
    limits.total_bps = SECOND;
    CHECK(users_create(&limits, &users) == OK);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, take_of_all, &passed[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        all += passed[i];
    }
    users_destroy(users);
    users = NULL;
    CHECK(all == 10000);
}

static void *take_much(void *arg)
{
    struct users_holder holder = {0};
    enum users_full full = USERS_SERVER_IS_FULL;
    uint32_t *passed = arg;
    for (int i = 0;
         i < TAKES && users_enter(users, SLICE("anna"), SLICE("one"), &full, &holder) == OK; i++) {
        *passed += users_take(users, holder.call, 1000, 5000) ? 1 : 0;
        users_leave(users, &holder);
    }
    return NULL;
}

static void threads_take_no_more_than_there_is(void)
{
    pthread_t threads[THREADS];
    uint32_t passed[THREADS] = {0};
    uint32_t all = 0;
    struct users_holder stays = {0};
    enum users_full full = USERS_SERVER_IS_FULL;
    struct turn_limits limits;
    turn_limits_default(&limits);
    limits.call_allocations_max = THREADS + 1;
    limits.user_bps = 4 * 1000 * 1000;
    CHECK(users_create(&limits, &users) == OK);
    if (users_enter(users, SLICE("anna"), SLICE("one"), &full, &stays) == OK) {
        for (int i = 0; i < THREADS; i++) {
            CHECK(pthread_create(&threads[i], NULL, take_much, &passed[i]) == 0);
        }
        for (int i = 0; i < THREADS; i++) {
            CHECK(pthread_join(threads[i], NULL) == 0);
            all += passed[i];
        }
        users_leave(users, &stays);
    }
    users_destroy(users);
    users = NULL;
    CHECK(all == 4000);
}

UNIT(the_silent_give_way_to_a_newer_one_of_their_call, a_worker_ends_what_gave_way_at_another,
     data_of_the_client_keeps_its_relay, the_silent_of_all_calls_give_way_where_the_user_has_enough,
     who_changes_the_network_ten_times_still_gets_relays,
     allocations_of_a_user_are_counted_at_all_workers,
     allocations_of_the_server_are_counted_at_all_workers,
     bandwidth_of_a_user_is_one_for_all_workers, bandwidth_of_a_call_is_one_for_all_who_are_in_it,
     bandwidth_of_the_server_is_one_for_all_workers, threads_take_no_more_than_there_is,
     threads_take_no_more_than_the_server_has)
