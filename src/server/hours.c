/* SPDX-License-Identifier: Apache-2.0 */
#include "server/hours.h"

#include <string.h>

#include "base/counter.h"

#define HOUR_S 3600

/* In the order of struct hours.seen. */
static const enum counter counters[5] = {COUNTER_CALLS_STARTED, COUNTER_CALLS_ANSWERED,
                                         COUNTER_TURN_ALLOCATIONS, COUNTER_CALLS_REPORTS,
                                         COUNTER_CALLS_LOSS};

void hours_begin(struct hours *hours, int64_t now_s)
{
    memset(hours, 0, sizeof(*hours));
    hours->ring[0].begins_s = now_s - now_s % HOUR_S;
    for (size_t i = 0; i < 5; i++) {
        hours->seen[i] = counter_value(counters[i]);
    }
}

/* Hours in which nothing was noted, a sleeping machine's for instance, have their place as well. */
static struct hour *move_on(struct hours *hours, int64_t begins_s)
{
    struct hour *hour = &hours->ring[hours->newest];
    if (begins_s - hour->begins_s > HOUR_S * HOURS_KEPT) { /* all are too long ago */
        memset(hours->ring, 0, sizeof(hours->ring));
        hour->begins_s = begins_s;
    }
    while (hour->begins_s < begins_s) {
        int64_t next_s = hour->begins_s + HOUR_S;
        hours->newest = (hours->newest + 1) % HOURS_KEPT;
        hour = &hours->ring[hours->newest];
        *hour = (struct hour){.begins_s = next_s};
    }
    return hour;
}

void hours_note(struct hours *hours, int64_t now_s, uint32_t sessions)
{
    struct hour *hour = move_on(hours, now_s - now_s % HOUR_S);
    uint64_t *const fields[5] = {&hour->calls, &hour->answered, &hour->relays, &hour->reports,
                                 &hour->loss};
    for (size_t i = 0; i < 5; i++) {
        int64_t value = counter_value(counters[i]);
        *fields[i] += (uint64_t)(value - hours->seen[i]);
        hours->seen[i] = value;
    }
    if (sessions > hour->sessions_max) {
        hour->sessions_max = sessions;
    }
}

void hours_json(const struct hours *hours, struct jsonout *json, const char *key)
{
    jsonout_list(json, key);
    for (uint32_t i = 1; i <= HOURS_KEPT; i++) {
        const struct hour *hour = &hours->ring[(hours->newest + i) % HOURS_KEPT];
        if (hour->begins_s == 0) {
            continue;
        }
        jsonout_object(json, NULL);
        jsonout_number(json, "at", hour->begins_s);
        jsonout_number(json, "calls", (int64_t)hour->calls);
        jsonout_number(json, "answered", (int64_t)hour->answered);
        jsonout_number(json, "sessions", hour->sessions_max);
        jsonout_number(json, "relays", (int64_t)hour->relays);
        jsonout_number(json, "reports", (int64_t)hour->reports);
        jsonout_tenths(json, "lossPermille",
                       hour->reports == 0 ? 0.0 : (double)hour->loss / (double)hour->reports);
        jsonout_end_object(json);
    }
    jsonout_end_list(json);
}
