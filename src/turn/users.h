/* SPDX-License-Identifier: Apache-2.0 */
/* What the users of all workers have together: allocations, of each user, of each user in each
 * call and of all, and bandwidth, of each user, of each call and of all. Any thread. Only the begin
 * and the end of an allocation take its lock; what a packet takes from the bandwidth of its user
 * and of its call is one atomic exchange each, and of the total a worker takes a thousandth at a
 * time. */
#ifndef TURN_USERS_H
#define TURN_USERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "turn/turn.h"

/* A user in a call. It stays as long as an allocation holds it. */
struct users_call;

enum users_full { USERS_USER_IS_FULL, USERS_CALL_IS_FULL, USERS_SERVER_IS_FULL };

/* ERR_NOMEM. Owned by the caller. */
MUST_USE enum err users_create(const struct turn_limits *limits, struct users **out);
/* When no engine has it any more. NULL is accepted. */
void users_destroy(struct users *users);

/* One allocation more. ERR_LIMIT: of `*full` there are enough, where the last tenth of the server's
 * is for users who have none; ERR_NOMEM. */
MUST_USE enum err users_enter(struct users *users, struct slice user, struct slice call,
                              enum users_full *full, struct users_call **out);
/* One less. */
void users_leave(struct users *users, struct users_call *call);

/* Takes `bits` of what the user may send and receive in a second, or nothing: false. All threads
 * have the same monotonic clock. */
bool users_take(const struct users *users, struct users_call *call, uint64_t bits, uint64_t now_ms);
/* Likewise of what all who are in the call may together. */
bool users_take_call(const struct users *users, struct users_call *call, uint64_t bits,
                     uint64_t now_ms);
/* Likewise of what all may; `*share` is what the caller has taken before and not used, 0 first. */
bool users_take_total(struct users *users, uint64_t *share, uint64_t bits, uint64_t now_ms);

#endif
