/* SPDX-License-Identifier: Apache-2.0 */
/* What strangers get: little, and nothing is kept of them. */
#include "turn/strangers.h"

#include <pthread.h>

#include "base/mem.h"
#include "turn/virtualnet.h"
#include "unit.h"

#define THREADS 4
#define TAKES 20000

static struct strangers *strangers;
static struct virtualnet net;
static struct virtualnet_client anna; /* has an allocation */
static struct virtualnet_client eve;  /* has nothing */

static void tear_down(void)
{
    virtualnet_stop(&net);
    strangers_destroy(strangers);
    strangers = NULL;
}

static void set_up(void)
{
    unit_finally(tear_down);
    virtualnet_init(&net);
    CHECK(virtualnet_start(&net) == OK);
    virtualnet_client_init(&net, &anna, addr_v4(192, 0, 2, 1, 1111), "anna", "call-1");
    virtualnet_client_init(&net, &eve, addr_v4(192, 0, 2, 66, 6666), "eve", "call-6");
    CHECK(virtualnet_allocate(&anna) == 0);
}

/* Sends what is in the writer unsigned; false when the answer is larger than it may be. */
static bool is_small(struct virtualnet_client *who, double times)
{
    who->nonce_size = 0;
    int code = virtualnet_send(who);
    return code == VIRTUALNET_SILENCE || who->growth_bytes <= (double)who->writer.size * times;
}

static void answers_to_strangers_are_small(void)
{
    static const enum stun_method methods[] = {STUN_ALLOCATE, STUN_REFRESH, STUN_CREATE_PERMISSION,
                                               STUN_CHANNEL_BIND};
    set_up();
    for (size_t extra = 0; extra < 200; extra += 4) {
        for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
            uint8_t filling[200] = {0};
            for (int fingerprint = 0; fingerprint < 2; fingerprint++) {
                virtualnet_begin(&eve, STUN_REQUEST, methods[i]);
                stun_put(&eve.writer, STUN_SOFTWARE, slice_from(filling, extra));
                eve.fingerprint = fingerprint == 1;
                CHECK(is_small(&eve, 2.5));
            }
            eve.fingerprint = false;
        }
        virtualnet_pass(&net, 1000);
    }
    virtualnet_begin(&eve, STUN_REQUEST, STUN_ALLOCATE); /* what a browser sends first */
    stun_put_u32(&eve.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    eve.nonce_size = 0;
    CHECK(virtualnet_send(&eve) == 401 && eve.growth_bytes <= 70);
    virtualnet_begin(&eve, STUN_REQUEST, STUN_BINDING);
    CHECK(is_small(&eve, 2.0));
    /* By IPv6 no shorter answer exists: 44 bytes, 1.35 times with the headers of IP and UDP. */
    eve.path.remote = (struct addr){.ip = {0x26}, .port = 1, .family = ADDR_V6};
    virtualnet_begin(&eve, STUN_REQUEST, STUN_BINDING);
    CHECK(virtualnet_send(&eve) == 0 && eve.growth_bytes == 44);
    tear_down();
}

static void a_flood_of_strangers_leaves_nothing_and_gets_its_budget(void)
{
    uint32_t answered = 0;
    uint32_t count = unit_replaying() ? 2000U : 20000U;
    set_up();
    net.count = 0;
    uint64_t allocations = mem_count();
    for (uint32_t i = 0; i < count; i++) {
        eve.path.remote = addr_v4(192, 0, 2, (uint8_t)i, (uint16_t)(i + 1));
        virtualnet_begin(&eve, STUN_REQUEST, i % 2 == 0 ? STUN_BINDING : STUN_ALLOCATE);
        stun_put_u32(&eve.writer, STUN_LIFETIME, i);
        eve.nonce_size = 0;
        answered += virtualnet_send(&eve) == VIRTUALNET_SILENCE ? 0 : 1;
    }
    CHECK(virtualnet_counted(&net, COUNTER_TURN_WITHHELD) == count - answered);
    CHECK(answered <= net.config.limits.answers_burst);
    CHECK(answered > net.config.limits.answers_burst / 2);
    /* Who is verified is not held back by it, though of the same prefix. */
    CHECK(virtualnet_refresh(&anna, 600) == 0);
    /* Another prefix has its own budget. */
    eve.path.remote = addr_v4(193, 0, 2, 1, 1);
    virtualnet_begin(&eve, STUN_REQUEST, STUN_BINDING);
    eve.nonce_size = 0;
    CHECK(virtualnet_send(&eve) == 0);
    CHECK(mem_count() == allocations);
    virtualnet_pass(&net, 1000);
    eve.path.remote = addr_v4(192, 0, 2, 1, 1);
    virtualnet_begin(&eve, STUN_REQUEST, STUN_BINDING);
    CHECK(virtualnet_send(&eve) == 0);
    tear_down();
}

static void make(uint32_t per_s, uint32_t burst, uint32_t total_per_s)
{
    struct turn_limits limits;
    unit_finally(tear_down);
    turn_limits_default(&limits);
    limits.answers_per_s = per_s;
    limits.answers_burst = burst;
    limits.answers_total_per_s = total_per_s;
    CHECK(strangers_create(&limits, 42, &strangers) == OK);
}

static uint32_t answers(const struct addr *addr, uint64_t now_ms)
{
    uint64_t share = 0;
    uint32_t count = 0;
    while (strangers_may_answer(strangers, &share, addr, now_ms)) {
        count++;
    }
    return count;
}

static void strangers_share_the_budget_of_their_network_and_of_all(void)
{
    struct addr one = addr_v4(192, 0, 2, 1, 1);
    struct addr same = addr_v4(192, 0, 2, 200, 9);
    struct addr other = addr_v4(192, 0, 3, 1, 1);
    struct addr six = {.ip = {0x20, 1, 0xd, 0xb8, 0, 1, 7, 7}, .family = ADDR_V6};
    struct addr six_same = {.ip = {0x20, 1, 0xd, 0xb8, 0, 1, 9, 9}, .family = ADDR_V6};
    make(10, 20, 30);
    CHECK(answers(&one, 1000) == 20 && answers(&same, 1000) == 0);
    CHECK(answers(&other, 1000) == 10); /* 30 for all */
    CHECK(answers(&one, 2000) == 10);
    CHECK(answers(&six, 3000) == 20 && answers(&six_same, 3000) == 0);
    tear_down();
}

static void *take_much(void *arg)
{
    static const struct addr one = {.ip = {192, 0, 2, 1}, .port = 1, .family = ADDR_V4};
    uint64_t share = 0;
    uint32_t *answered = arg;
    for (int i = 0; i < TAKES; i++) {
        *answered += strangers_may_answer(strangers, &share, &one, 5000) ? 1 : 0;
    }
    return NULL;
}

static void workers_together_answer_a_network_no_more_than_one_would(void)
{
    pthread_t threads[THREADS];
    uint32_t answered[THREADS] = {0};
    uint32_t all = 0;
    make(200, 1000, 20000);
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, take_much, &answered[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        all += answered[i];
    }
    CHECK(all == 1000);
    tear_down();
}

/* 0 is no limit, of a network and of all. */
static void what_has_no_limit_is_always_answered(void)
{
    const struct addr client = addr_v4(192, 0, 2, 66, 6666);
    const struct turn_limits some[] = {
        {0}, {.answers_total_per_s = 5}, {.answers_per_s = 5, .answers_burst = 5}};
    static const unsigned wanted[] = {1000, 5, 5};
    unit_finally(tear_down);
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        uint64_t share = 0;
        unsigned answers = 0;
        CHECK(strangers_create(&some[i], 42, &strangers) == OK);
        while (answers < 1000 && strangers_may_answer(strangers, &share, &client, 1000)) {
            answers++;
        }
        strangers_destroy(strangers);
        strangers = NULL;
        CHECK(answers == wanted[i]);
    }
}

UNIT(what_has_no_limit_is_always_answered, answers_to_strangers_are_small,
     a_flood_of_strangers_leaves_nothing_and_gets_its_budget,
     strangers_share_the_budget_of_their_network_and_of_all,
     workers_together_answer_a_network_no_more_than_one_would)
