/* SPDX-License-Identifier: Apache-2.0 */
/* What the users of all workers have together: allocations, of each user, of each user in each
 * call and of all, and bandwidth, of each user, of each call and of all. Any thread. Only the begin
 * and the end of an allocation take its lock; what a packet takes from the bandwidth of its user
 * and of its call is one atomic exchange each, and of the total a worker takes a thousandth at a
 * time.
 *
 * Who has enough and wants one more gets it where one of his has been silent for long: a browser
 * that changes its network leaves relays behind to which it cannot say goodbye. The oldest of them
 * gives way; its worker ends it. */
#ifndef TURN_USERS_H
#define TURN_USERS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "turn/turn.h"

/* A user in a call. It stays as long as an allocation holds it. */
struct users_call;

#define USERS_SILENT_MS (10 * 1000) /* the checks of ICE come more often */

/* What holds one allocation; embedded in it. */
struct users_holder {
    struct users_call *call;   /* NULL: it holds nothing */
    _Atomic uint64_t heard_ms; /* when the client was heard last: written by its worker only */
    uint32_t worker;
    bool gave_way;
    struct users_holder *next; /* of the call, or of those that gave way */
    struct users_holder **link;
};

static inline void users_heard(struct users_holder *holder, uint64_t now_ms)
{
    atomic_store_explicit(&holder->heard_ms, now_ms, memory_order_relaxed);
}

enum users_full { USERS_USER_IS_FULL, USERS_CALL_IS_FULL, USERS_SERVER_IS_FULL };

/* ERR_NOMEM. Owned by the caller. */
MUST_USE enum err users_create(const struct turn_limits *limits, struct users **out);
/* When no engine has it any more. NULL is accepted. */
void users_destroy(struct users *users);

/* One allocation more, for the worker and from the time on that stand in `holder`. ERR_LIMIT: of
 * `*full` there are enough, where the last tenth of the server's is for users who have none;
 * ERR_NOMEM. */
MUST_USE enum err users_enter(struct users *users, struct slice user, struct slice call,
                              enum users_full *full, struct users_holder *holder);
/* One less. */
void users_leave(struct users *users, struct users_holder *holder);
/* An allocation of this worker that has given way, and is not counted any more: to be ended. NULL:
 * none. Cheap when there is none at all. */
struct users_holder *users_next_gone(struct users *users, uint32_t worker);

/* Takes `bits` of what the user may send and receive in a second, or nothing: false. All threads
 * have the same monotonic clock. */
bool users_take(const struct users *users, struct users_call *call, uint64_t bits, uint64_t now_ms);
/* Likewise of what all who are in the call may together. */
bool users_take_call(const struct users *users, struct users_call *call, uint64_t bits,
                     uint64_t now_ms);
/* Likewise of what all may; `*share` is what the caller has taken before and not used, 0 first. */
bool users_take_total(struct users *users, uint64_t *share, uint64_t bits, uint64_t now_ms);

#endif
