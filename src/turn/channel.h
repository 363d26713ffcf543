/* SPDX-License-Identifier: Apache-2.0 */
/* Channels of one allocation: numbers that stand for peers. RFC 8656 section 12. */
#ifndef TURN_CHANNEL_H
#define TURN_CHANNEL_H

#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

#define CHANNEL_LIFETIME_MS (600 * 1000) /* section 12: 10 minutes unless refreshed */

struct channel {
    uint64_t expires_ms; /* 0: never used */
    struct addr peer;
    uint16_t number;
};

/* Embedded in its allocation; memory grows with use. */
struct channels {
    struct channel *entries;
    uint32_t capacity;
    uint32_t count_max;
};

/* An empty set of at most `count_max` channels that live at the same time. */
void channel_init(struct channels *set, uint32_t count_max);
void channel_fini(struct channels *set);

/* Binds `number` to `peer`, or refreshes that binding, for CHANNEL_LIFETIME_MS from `now_ms`.
 * ERR_EXISTS: one of them is bound otherwise, the answer is 400 (section 12.2). ERR_LIMIT: 508.
 * ERR_NOMEM. */
MUST_USE enum err channel_bind(struct channels *set, uint16_t number, const struct addr *peer,
                               uint64_t now_ms);

/* The live channel of that number, or of that peer; NULL: none. */
const struct channel *channel_find(const struct channels *set, uint16_t number, uint64_t now_ms);
const struct channel *channel_find_peer(const struct channels *set, const struct addr *peer,
                                        uint64_t now_ms);

#endif
