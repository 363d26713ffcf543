/* SPDX-License-Identifier: Apache-2.0 */
#include "net/coalesce.h"

#include "unit.h"

#define SECOND_US 1000000U

struct load {
    struct coalesce coalesce;
    uint64_t now_us;
    uint32_t turns;
    uint32_t waits;
    uint32_t held; /* waits of the last half second */
};

/* Datagrams that come by the clock, every `gap_us`, for a second. */
static void by_the_clock(struct load *load, uint64_t gap_us)
{
    uint64_t next_us = load->now_us + gap_us;
    uint64_t end_us = load->now_us + SECOND_US;

    while (load->now_us < end_us) {
        uint32_t count = 0;

        load->now_us = load->now_us < next_us ? next_us : load->now_us;
        for (; next_us <= load->now_us; next_us += gap_us) {
            count++;
        }
        load->turns++;
        if (coalesce_waits(&load->coalesce, count, load->now_us)) {
            load->waits++;
            load->held += load->now_us + SECOND_US / 2 > end_us ? 1 : 0;
            load->now_us += load->coalesce.wait_us;
        }
    }
}

/* One client that sends again `gap_us` after it was answered: a wait delays its next datagram
 * only. */
static void one_after_the_other(struct load *load, uint64_t gap_us)
{
    uint64_t end_us = load->now_us + SECOND_US;
    uint64_t next_us = load->now_us;

    while (load->now_us < end_us) {
        load->now_us = load->now_us < next_us ? next_us : load->now_us;
        next_us = load->now_us + gap_us; /* the answer has left before the wait */
        load->turns++;
        if (coalesce_waits(&load->coalesce, 1, load->now_us)) {
            load->waits++;
            load->now_us += load->coalesce.wait_us;
        }
    }
}

static struct load start(uint32_t wait_us)
{
    return (struct load){.coalesce = {.wait_us = wait_us}, .now_us = SECOND_US};
}

static void many_datagrams_share_a_wake_up(void)
{
    struct load load = start(400);

    by_the_clock(&load, 50); /* 20,000 a second */
    CHECK(load.turns < 3000 && load.waits > 2000);
}

static void a_lone_datagram_is_not_held(void)
{
    struct load load = start(400);

    by_the_clock(&load, 500); /* 2,000 a second: the next is not within a wait */
    CHECK(load.waits == 0);
    by_the_clock(&load, 20000);
    CHECK(load.waits == 0);
    by_the_clock(&load, 20); /* many, and then few again */
    CHECK(load.waits > 1000);
    load.held = 0;
    by_the_clock(&load, 20000);
    CHECK(load.held == 0);
}

static void who_waits_for_answers_is_hardly_held(void)
{
    struct load load = start(400);

    one_after_the_other(&load, 100); /* up to 10,000 a second, but never two at a time */
    CHECK(load.turns > 8000 && load.waits < 50);
}

static void after_a_rest_it_waits_again_when_that_pays(void)
{
    struct load load = start(400);

    one_after_the_other(&load, 100);
    load.waits = 0;
    load.turns = 0;
    by_the_clock(&load, 50);
    CHECK(load.waits > 1000);
}

static void a_full_turn_and_no_wait_are_not_waited_for(void)
{
    struct coalesce full = {.wait_us = 400};
    struct load never = start(0);

    for (uint64_t i = 0; i < 100; i++) {
        CHECK(!coalesce_waits(&full, 64, SECOND_US + i * 100));
    }
    by_the_clock(&never, 20);
    CHECK(never.waits == 0);
}

UNIT(many_datagrams_share_a_wake_up, a_lone_datagram_is_not_held,
     who_waits_for_answers_is_hardly_held, after_a_rest_it_waits_again_when_that_pays,
     a_full_turn_and_no_wait_are_not_waited_for)
