/* SPDX-License-Identifier: Apache-2.0 */
/* What happened in the latest hours, for the administrator's charts: a ring in memory, of this run
 * of the server alone. Pure but for the counters that it reads. */
#ifndef SERVER_HOURS_H
#define SERVER_HOURS_H

#include "base/jsonout.h"

#define HOURS_KEPT 24 /* the one that runs included */

struct hour {
    int64_t begins_s; /* Unix time; 0: the server did not run, or it is too long ago */
    uint64_t calls;   /* started */
    uint64_t answered;
    uint64_t relays;       /* opened at the built-in relay */
    uint64_t reports;      /* of calls about their media */
    uint64_t loss;         /* of 1000 packets, in all these reports together */
    uint32_t sessions_max; /* open tabs at one time */
};

struct hours {
    struct hour ring[HOURS_KEPT];
    uint32_t newest;
    int64_t seen[5]; /* of the counters, the last time */
};

/* Before the first note: what was counted before belongs to nobody's hour. */
void hours_begin(struct hours *hours, int64_t now_s);

/* Puts what was counted since the last note into the present hour. Once a second is enough. A
 * clock that was set back does not change what is there. */
void hours_note(struct hours *hours, int64_t now_s, uint32_t sessions);

/* A list, the oldest first. */
void hours_json(const struct hours *hours, struct jsonout *json, const char *key);

#endif
