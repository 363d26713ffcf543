/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hours.h"

#include <string.h>

#include "base/counter.h"
#include "unit.h"

#define HOUR 3600
#define BEGIN 1800000000 /* the beginning of an hour */

static struct hours hours;
static struct jsonout json;

static void tear_down(void)
{
    jsonout_fini(&json);
}

static const char *text(void)
{
    jsonout_fini(&json);
    jsonout_init(&json, 16384);
    hours_json(&hours, &json, NULL);
    CHECK(json.err == OK && buf_append_byte(&json.buf, '\0') == OK);
    return (const char *)json.buf.data;
}

static void set_up(void)
{
    jsonout_init(&json, 16384);
    unit_finally(tear_down);
    counter_add(COUNTER_CALLS_STARTED, 7); /* of before */
    hours_begin(&hours, BEGIN + 100);
}

static uint32_t count(const char *what)
{
    uint32_t found = 0;
    for (const char *at = text(); (at = strstr(at, what)) != NULL; at++) {
        found++;
    }
    return found;
}

static void each_hour_has_what_was_counted_in_it(void)
{
    set_up();
    counter_add(COUNTER_CALLS_STARTED, 3);
    counter_add(COUNTER_CALLS_ANSWERED, 2);
    hours_note(&hours, BEGIN + 200, 5);
    hours_note(&hours, BEGIN + 300, 4);
    counter_add(COUNTER_CALLS_STARTED, 1);
    counter_add(COUNTER_TURN_ALLOCATIONS, 2);
    counter_add(COUNTER_CALLS_REPORTS, 4);
    counter_add(COUNTER_CALLS_LOSS, 10);
    hours_note(&hours, BEGIN + HOUR, 9);
    CHECK(strcmp(text(), "[{\"at\":1800000000,\"calls\":3,\"answered\":2,\"sessions\":5,"
                         "\"relays\":0,\"reports\":0,\"lossPermille\":0.0},"
                         "{\"at\":1800003600,\"calls\":1,\"answered\":0,\"sessions\":9,"
                         "\"relays\":2,\"reports\":4,\"lossPermille\":2.5}]") == 0);
    tear_down();
}

static void a_day_is_kept_and_no_more(void)
{
    set_up();
    for (int64_t i = 0; i < 100; i++) {
        counter_increment(COUNTER_CALLS_STARTED);
        hours_note(&hours, BEGIN + i * HOUR, 1);
        CHECK(count("\"calls\":1,") == (i < HOURS_KEPT ? (uint32_t)i + 1 : HOURS_KEPT));
    }
    tear_down();
}

static void hours_that_were_slept_through_are_empty(void)
{
    set_up();
    hours_note(&hours, BEGIN, 3);
    hours_note(&hours, BEGIN + 4 * HOUR, 3);
    CHECK(count("\"at\":") == 5);
    CHECK(count("\"sessions\":3") == 2);
    hours_note(&hours, BEGIN + 1000 * HOUR, 3);
    CHECK(count("\"at\":") == 1);
    tear_down();
}

static void a_clock_that_is_set_back_takes_nothing_away(void)
{
    set_up();
    hours_note(&hours, BEGIN + 5 * HOUR, 3);
    counter_increment(COUNTER_CALLS_STARTED);
    hours_note(&hours, BEGIN, 8);
    CHECK(count("\"at\":") == 6);
    CHECK(count("\"calls\":1,\"answered\":0,\"sessions\":8") == 1);
    tear_down();
}

UNIT(each_hour_has_what_was_counted_in_it, a_day_is_kept_and_no_more,
     hours_that_were_slept_through_are_empty, a_clock_that_is_set_back_takes_nothing_away)
