/* SPDX-License-Identifier: Apache-2.0 */
#include "net/coalesce.h"

#include "unit.h"

#define SECOND_US 1000000U

struct load {
    struct coalesce coalesce;
    uint64_t now_us;
    uint32_t turns;
    uint32_t waits;
    uint32_t held;       /* waits of the last half second */
    uint32_t work_us;    /* of what one look has brought */
    uint32_t late_us;    /* the thread wakes up */
    uint32_t longest_us; /* between two looks with a wait */
};

/* What a look has brought is handled; then the thread waits until it is to look again. */
static void follow(struct load *load, uint32_t datagrams, uint64_t end_us)
{
    uint64_t looked_us = load->now_us;
    uint64_t next_us = 0;

    load->now_us += load->work_us;
    next_us = coalesce_next_us(&load->coalesce, datagrams, looked_us, load->now_us);
    if (next_us == 0) {
        return;
    }
    CHECK(next_us > load->now_us);
    load->waits++;
    load->held += load->now_us + SECOND_US / 2 > end_us ? 1 : 0;
    load->now_us = next_us + load->late_us;
    if (load->now_us - looked_us > load->longest_us) {
        load->longest_us = (uint32_t)(load->now_us - looked_us);
    }
}

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
        follow(load, count, end_us);
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
        follow(load, 1, end_us);
    }
}

static struct load start(uint32_t most_us)
{
    return (struct load){.coalesce = {.most_us = most_us}, .now_us = SECOND_US};
}

static void many_datagrams_share_a_wake_up(void)
{
    struct load load = start(400);

    by_the_clock(&load, 50); /* 20,000 a second */
    CHECK(load.turns < 3000 && load.waits > 2000);
}

static void the_work_is_part_of_the_time_between_two_looks(void)
{
    struct load load = start(400);

    load.work_us = 100;
    load.late_us = 30;
    by_the_clock(&load, 50);
    CHECK(load.longest_us <= 400 + 30);
    /* Neither the work nor the lateness is added to each: 2,500 a second. */
    CHECK(load.turns > 2400 && load.turns < 2600);
}

static void more_load_is_looked_at_more_often(void)
{
    struct load load = start(400);

    by_the_clock(&load, 5); /* 200,000 a second: enough comes in 160 us */
    CHECK(load.waits > 6000 && load.waits < 6500);
}

static void work_that_takes_longer_is_not_waited_after(void)
{
    struct load load = start(400);

    load.work_us = 390;
    by_the_clock(&load, 5);
    CHECK(load.waits == 0);
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

static void zero_is_never(void)
{
    struct load never = start(0);

    by_the_clock(&never, 20);
    CHECK(never.waits == 0);
}

UNIT(many_datagrams_share_a_wake_up, the_work_is_part_of_the_time_between_two_looks,
     more_load_is_looked_at_more_often, work_that_takes_longer_is_not_waited_after,
     a_lone_datagram_is_not_held, who_waits_for_answers_is_hardly_held,
     after_a_rest_it_waits_again_when_that_pays, zero_is_never)
