/* SPDX-License-Identifier: Apache-2.0 */
/* Small arrays of one allocation that grow to a maximum. */
#ifndef TURN_TABLE_H
#define TURN_TABLE_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

/* Doubles `entries` of `size` bytes, beginning with four; the new ones are zero. Returns the array
 * and sets *capacity; or returns NULL, sets *err, and all stays as it was. ERR_LIMIT, ERR_NOMEM. */
void *table_grow(void *entries, uint32_t *capacity, uint32_t count_max, size_t size, enum err *err);

#endif
