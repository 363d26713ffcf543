/* SPDX-License-Identifier: Apache-2.0 */
/* A hash map from bytes to pointers: open addressing, a power of two, a maximum. The key's bytes
 * are borrowed and must live inside the value's object. The hash is keyed (SipHash-2-4), so that a
 * stranger cannot choose collisions. */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include "base/err.h"
#include "base/slice.h"

struct map;

/* At most `count_max` entries. ERR_NOMEM. Owned by the caller. */
MUST_USE enum err map_create(size_t count_max, struct map **out);

/* NULL is accepted; values are not touched. */
void map_destroy(struct map *map);

/* ERR_EXISTS, ERR_LIMIT, ERR_NOMEM; `value` is not NULL. */
MUST_USE enum err map_add(struct map *map, struct slice key, void *value);

/* The value or NULL. */
void *map_find(const struct map *map, struct slice key);

/* Removes and returns the value, or NULL. */
void *map_remove(struct map *map, struct slice key);

size_t map_count(const struct map *map);

/* Walks in no order: start with *cursor = 0; NULL at the end. The map must not change meanwhile. */
void *map_next(const struct map *map, size_t *cursor);

/* Sets the key of the hash for the whole program, once, at start. */
void map_seed(const uint8_t key[16]);

#endif
