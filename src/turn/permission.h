/* SPDX-License-Identifier: Apache-2.0 */
/* Permissions of one allocation: the addresses that may send to it. RFC 8656 section 9. */
#ifndef TURN_PERMISSION_H
#define TURN_PERMISSION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "turn/peerfilter.h"

#define PERMISSION_LIFETIME_MS (300 * 1000) /* section 9: MUST be 300 seconds */

struct permission;

/* Embedded in its allocation; memory grows with use. */
struct permissions {
    struct permission *entries;
    uint32_t capacity;
    uint32_t count_max;
};

/* An empty set of at most `count_max` addresses that live at the same time. */
void permission_init(struct permissions *set, uint32_t count_max);
void permission_fini(struct permissions *set);

/* Installs or refreshes the permissions for the addresses of `peers`, whatever their ports, for
 * PERMISSION_LIFETIME_MS from `now_ms`; all or none. ERR_LIMIT: the set is full, the answer is 508.
 * ERR_NOMEM. */
MUST_USE enum err permission_add(struct permissions *set, const struct addr *peers, uint32_t count,
                                 uint64_t now_ms);

/* Ends those for addresses that `filter` does not allow (any more). */
void permission_judge(struct permissions *set, const struct peerfilter *filter);

/* Whether data may pass between the allocation and `peer` at `now_ms`. */
bool permission_covers(const struct permissions *set, const struct addr *peer, uint64_t now_ms);

#endif
