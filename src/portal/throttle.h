/* SPDX-License-Identifier: Apache-2.0 */
/* Counts failures of a key within a sliding quarter of an hour, in a table of fixed size. When it
 * is full, the entry that has been quiet for longest makes room. Times are milliseconds since 1970:
 * the counts outlive the process. */
#ifndef PORTAL_THROTTLE_H
#define PORTAL_THROTTLE_H

#include "model/model.h"

#define THROTTLE_WINDOW_MS ((uint64_t)15 * 60 * 1000)
#define THROTTLE_PREFIX_MAX 40

struct throttle;

/* At most `entries_max` keys; `failures_max` failures of one are allowed in the window. ERR_NOMEM.
 */
MUST_USE enum err throttle_create(uint32_t entries_max, uint32_t failures_max,
                                  struct throttle **out);
void throttle_destroy(struct throttle *throttle);

/* Another limit from now on. */
void throttle_set_limit(struct throttle *throttle, uint32_t failures_max);

/* Whether the key may try now. Takes nothing. */
bool throttle_allows(const struct throttle *throttle, const struct id *key, uint64_t now_ms);

/* Counts an attempt before its outcome is known, so that many at once cannot slip through. */
void throttle_count(struct throttle *throttle, const struct id *key, uint64_t now_ms);

/* The attempt was right after all: takes it back. */
void throttle_forgive(struct throttle *throttle, const struct id *key);

/* What is to be kept of the key, but for its scope; false: nothing is known. */
bool throttle_get(const struct throttle *throttle, const struct id *key, struct attempts *out);

/* Puts back what was kept; a key that is known already is left as it is. ERR_NOMEM, ERR_LIMIT: the
 * slot is behind the end of the table. */
MUST_USE enum err throttle_restore(struct throttle *throttle, const struct attempts *attempts);

/* The network of an address: the /24 of IPv4 (also mapped), the /56 of IPv6, otherwise the text. */
struct slice throttle_prefix(struct slice address, char out[THROTTLE_PREFIX_MAX + 1]);

#endif
