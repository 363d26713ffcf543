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

/* As arena_fini, but may keep a block for what follows. */
void arena_clear(struct arena *arena);

/* Zeroed, aligned for any type; NULL when out of memory or over the maximum. */
void *arena_alloc(struct arena *arena, size_t size);

/* Gives the end of the piece that was handed out last back: of `size` bytes the first `kept` stay.
 * The others have not been written. */
void arena_trim(struct arena *arena, size_t size, size_t kept);

/* A NUL-ended copy of `bytes`, or NULL. */
char *arena_copy_text(struct arena *arena, struct slice bytes);

#endif
