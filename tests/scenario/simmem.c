/* SPDX-License-Identifier: Apache-2.0 */
/* base/mem.h for the fast simulator: all memory of a schedule stands in one block, and freed pieces
 * are handed out again by their size. The sanitized simulator has base/mem.c instead, and there
 * this file only says that there is nothing to throw away. */
#include "sim.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#ifndef SIM_ARENA

void simmem_reset(void)
{
}

#else

#define ARENA_BYTES ((size_t)64 << 20)
#define UNIT 32 /* sizes are rounded up to this */
#define CLASSES 512

struct piece {
    size_t units; /* in front of what is handed out */
    struct piece *next_free;
};
#define HEAD 16

static uint8_t *arena;
static size_t used;
static struct piece *unused[CLASSES];

void simmem_reset(void)
{
    used = 0;
    memset(unused, 0, sizeof unused);
}

void *mem_alloc_raw(size_t size)
{
    if (arena == NULL) {
        arena = aligned_alloc(64, ARENA_BYTES);
        ASSERT(arena != NULL);
    }
    size_t units = (size + HEAD + UNIT - 1) / UNIT;
    struct piece *piece = units < CLASSES ? unused[units] : NULL;
    if (piece != NULL) {
        unused[units] = piece->next_free;
    } else {
        ASSERT(used + units * UNIT <= ARENA_BYTES);
        piece = (struct piece *)(void *)(arena + used);
        piece->units = units;
        used += units * UNIT;
    }
    return (uint8_t *)piece + HEAD;
}

void *mem_alloc(size_t size)
{
    void *block = mem_alloc_raw(size);
    memset(block, 0, size);
    return block;
}

void *mem_alloc_array(size_t count, size_t size)
{
    size_t total = 0;
    return __builtin_mul_overflow(count, size, &total) ? NULL : mem_alloc(total);
}

void mem_free(void *block)
{
    if (block == NULL) {
        return;
    }
    struct piece *piece = (struct piece *)(void *)((uint8_t *)block - HEAD);
    if (piece->units < CLASSES) {
        piece->next_free = unused[piece->units];
        unused[piece->units] = piece;
    }
}

void *mem_realloc(void *block, size_t size)
{
    void *grown = mem_alloc_raw(size);
    if (block != NULL) {
        const struct piece *piece = (struct piece *)(void *)((uint8_t *)block - HEAD);
        size_t had = piece->units * UNIT - HEAD;
        memcpy(grown, block, had < size ? had : size);
        mem_free(block);
    }
    return grown;
}

void mem_wipe(void *block, size_t size)
{
    (void)block; /* there are no secrets here */
    (void)size;
}

#endif
