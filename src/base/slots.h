/* SPDX-License-Identifier: Apache-2.0 */
/* Objects by number with a generation: a stale number finds nothing. */
#ifndef BASE_SLOTS_H
#define BASE_SLOTS_H

#include "base/err.h"
#include <stdint.h>
#include <stddef.h>

typedef uint64_t slot_id; /* generation << 32 | index; 0 is never given out */

struct slots;

/* At most `count_max` objects; memory grows with use. ERR_NOMEM. */
MUST_USE enum err slots_create(uint32_t count_max, struct slots **out);
void slots_destroy(struct slots *slots);

/* ERR_LIMIT, ERR_NOMEM. */
MUST_USE enum err slots_add(struct slots *slots, void *object, slot_id *out);
void *slots_find(const struct slots *slots, slot_id id);
void *slots_remove(struct slots *slots, slot_id id);
uint32_t slots_count(const struct slots *slots);

/* Walks all: start with *cursor = 0; NULL at the end. Removing the one just returned is allowed. */
void *slots_next(const struct slots *slots, uint32_t *cursor);

#endif
