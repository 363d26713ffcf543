/* SPDX-License-Identifier: Apache-2.0 */
/* Memory that lives as long as one event: many small pieces, freed together. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include "base/err.h"
#include "base/slice.h"

struct arena_block;

struct arena {
    struct arena_block *blocks;
    size_t used_bytes;
    size_t size_max;
};

void arena_init(struct arena *arena, size_t size_max);

/* Frees everything; the arena is usable again. */
void arena_fini(struct arena *arena);

/* Zeroed, aligned for any type; NULL when out of memory or over the maximum. */
void *arena_alloc(struct arena *arena, size_t size);

/* A NUL-ended copy of `bytes`, or NULL. */
char *arena_copy_text(struct arena *arena, struct slice bytes);

#endif
