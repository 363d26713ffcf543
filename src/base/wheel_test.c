/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wheel.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define MODEL_COUNT 300

struct probe {
    struct wheel_timer timer; /* first: a timer is its probe */
    struct wheel *wheel;
    struct wheel_timer *other;
    uint64_t ran_ms;
    unsigned runs;
    uint64_t again_ms;
};

static void note_run(struct wheel_timer *timer, uint64_t now_ms)
{
    struct probe *probe = (struct probe *)timer;
    probe->ran_ms = now_ms;
    probe->runs++;
}

static void stop_other(struct wheel_timer *timer, uint64_t now_ms)
{
    note_run(timer, now_ms);
    wheel_stop(((struct probe *)timer)->other);
}

static void start_again(struct wheel_timer *timer, uint64_t now_ms)
{
    struct probe *probe = (struct probe *)timer;
    note_run(timer, now_ms);
    wheel_start(probe->wheel, timer, now_ms + probe->again_ms, start_again);
}

static void runs_once_and_never_early(void)
{
    struct wheel *wheel = NULL;
    struct probe probe = {0};
    CHECK(wheel_create(1000, &wheel) == OK);
    CHECK(wheel_next_ms(wheel) == UINT64_MAX);
    wheel_start(wheel, &probe.timer, 1500, note_run);
    CHECK(wheel_running(&probe.timer));
    CHECK(wheel_next_ms(wheel) <= 1516);
    wheel_tick(wheel, 1499);
    CHECK(probe.runs == 0);
    wheel_tick(wheel, 1520);
    CHECK(probe.runs == 1 && !wheel_running(&probe.timer));
    wheel_tick(wheel, 9000);
    CHECK(probe.runs == 1);
    wheel_destroy(wheel);
}

static void what_is_already_due_runs_at_the_next_tick_of_the_wheel(void)
{
    struct wheel *wheel = NULL;
    struct probe probe = {0};
    CHECK(wheel_create(5000, &wheel) == OK);
    wheel_tick(wheel, 5000);
    wheel_start(wheel, &probe.timer, 10, note_run);
    CHECK(wheel_next_ms(wheel) <= 5016);
    wheel_tick(wheel, 5016);
    CHECK(probe.runs == 1);
    wheel_destroy(wheel);
}

static void a_callback_stops_another_that_is_due_at_the_same_time(void)
{
    struct wheel *wheel = NULL;
    struct probe a = {0};
    struct probe b = {0};
    CHECK(wheel_create(0, &wheel) == OK);
    a.other = &b.timer;
    b.other = &a.timer;
    wheel_start(wheel, &a.timer, 100, stop_other);
    wheel_start(wheel, &b.timer, 100, stop_other);
    wheel_tick(wheel, 200);
    CHECK(a.runs + b.runs == 1);
    wheel_destroy(wheel);
}

static void a_timer_that_restarts_itself_for_now_does_not_hold_the_loop(void)
{
    struct wheel *wheel = NULL;
    struct probe probe = {0};
    CHECK(wheel_create(0, &wheel) == OK);
    probe.wheel = wheel;
    wheel_start(wheel, &probe.timer, 16, start_again);
    wheel_tick(wheel, 160);
    CHECK(probe.runs >= 1 && probe.runs <= 11);
    CHECK(wheel_running(&probe.timer));
    wheel_destroy(wheel);
    CHECK(!wheel_running(&probe.timer));
}

static void a_year_ahead_is_kept(void)
{
    const uint64_t year_ms = (uint64_t)365 * 24 * 3600 * 1000;
    struct wheel *wheel = NULL;
    struct probe probe = {0};
    CHECK(wheel_create(0, &wheel) == OK);
    wheel_start(wheel, &probe.timer, year_ms, note_run);
    uint64_t now_ms = 0;
    unsigned wakes = 0;
    while (probe.runs == 0 && ++wakes < 50) {
        uint64_t next_ms = wheel_next_ms(wheel);
        CHECK(next_ms != UINT64_MAX && next_ms >= now_ms);
        now_ms = next_ms;
        wheel_tick(wheel, now_ms);
        CHECK(probe.runs == 0 || now_ms >= year_ms);
    }
    CHECK(probe.runs == 1 && now_ms < year_ms + 32);
    wheel_destroy(wheel);
}

static void forever_does_not_overflow(void)
{
    struct wheel *wheel = NULL;
    struct probe probe = {0};
    CHECK(wheel_create(0, &wheel) == OK);
    wheel_start(wheel, &probe.timer, UINT64_MAX, note_run);
    wheel_tick(wheel, (uint64_t)1 << 40);
    CHECK(probe.runs == 0 && wheel_running(&probe.timer));
    wheel_stop(&probe.timer);
    wheel_stop(&probe.timer);
    wheel_destroy(wheel);
    wheel_destroy(NULL);
}

/* Against a plain array: after a tick at `now` everything due a tick ago has run and nothing that
 * is due later, and the announced time is not late. */
static void agrees_with_a_plain_list(void)
{
    static struct probe probes[MODEL_COUNT];
    memset(probes, 0, sizeof(probes));
    struct wheel *wheel = NULL;
    unsigned random = 12345;
    uint64_t now_ms = 777;
    CHECK(wheel_create(now_ms, &wheel) == OK);
    for (unsigned round = 0; round < 3000; round++) {
        for (unsigned i = 0; i < 5; i++) {
            struct probe *probe = &probes[(unsigned)rand_r(&random) % MODEL_COUNT];
            unsigned shift = (unsigned)rand_r(&random) % 28;
            uint64_t due_ms = now_ms + ((unsigned)rand_r(&random) & ((1U << shift) - 1));
            if (rand_r(&random) % 4 == 0) {
                wheel_stop(&probe->timer);
            } else {
                wheel_start(wheel, &probe->timer, due_ms, note_run);
                probe->runs = 0;
            }
        }
        uint64_t next_ms = wheel_next_ms(wheel);
        uint64_t step = (unsigned)rand_r(&random) & ((1U << ((unsigned)rand_r(&random) % 20)) - 1);
        now_ms = rand_r(&random) % 2 == 0 && next_ms != UINT64_MAX && next_ms > now_ms
                     ? next_ms
                     : now_ms + step;
        wheel_tick(wheel, now_ms);
        for (unsigned i = 0; i < MODEL_COUNT; i++) {
            const struct wheel_timer *timer = &probes[i].timer;
            if (wheel_running(timer)) {
                CHECK(timer->due_ms + 32 > now_ms);
                CHECK(wheel_next_ms(wheel) < timer->due_ms + 32);
            } else if (probes[i].runs > 0) {
                CHECK(probes[i].runs == 1 && probes[i].ran_ms >= timer->due_ms);
            }
        }
    }
    wheel_destroy(wheel);
}

UNIT(runs_once_and_never_early, what_is_already_due_runs_at_the_next_tick_of_the_wheel,
     a_callback_stops_another_that_is_due_at_the_same_time,
     a_timer_that_restarts_itself_for_now_does_not_hold_the_loop, a_year_ahead_is_kept,
     forever_does_not_overflow, agrees_with_a_plain_list)
