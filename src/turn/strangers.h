/* SPDX-License-Identifier: Apache-2.0 */
/* How many unauthenticated answers strangers get: those of one network, and all of them, at all
 * workers together. Nothing is kept of a stranger. Any thread, without a lock. */
#ifndef TURN_STRANGERS_H
#define TURN_STRANGERS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "turn/turn.h"

/* `key` is secret: which networks share a budget is not to be guessed. ERR_NOMEM. Owned by the
 * caller. */
MUST_USE enum err strangers_create(const struct turn_limits *limits, uint64_t key,
                                   struct strangers **out);
/* When no engine has it any more. NULL is accepted. */
void strangers_destroy(struct strangers *strangers);

/* Whether one more answer may go to the network of `client`: /24 or /48. `*share` is the caller's:
 * of the answers to all of them, what it has taken before and not used; 0 first. */
bool strangers_may_answer(struct strangers *strangers, uint64_t *share, const struct addr *client,
                          uint64_t now_ms);

#endif
