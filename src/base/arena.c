/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <stdalign.h>

#include "base/mem.h"

#define ARENA_BLOCK_SIZE 4096
#define ARENA_KEPT_MAX 16384 /* a larger block is given back */

struct arena_block {
    struct arena_block *next;
    size_t used;
    size_t capacity;
    alignas(max_align_t) uint8_t data[];
};

void arena_init(struct arena *arena, size_t size_max)
{
    *arena = (struct arena){.size_max = size_max};
}

void arena_fini(struct arena *arena)
{
    while (arena->blocks != NULL) {
        struct arena_block *block = arena->blocks;
        arena->blocks = block->next;
        mem_free(block);
    }
    arena->used_bytes = 0;
}

void arena_clear(struct arena *arena)
{
    struct arena_block *kept = arena->blocks;
    if (kept == NULL || kept->capacity > ARENA_KEPT_MAX) {
        arena_fini(arena);
        return;
    }
    arena->blocks = kept->next;
    arena_fini(arena);
    memset(kept->data, 0, kept->used);
    kept->used = 0;
    kept->next = NULL;
    arena->blocks = kept;
}

static size_t round_up(size_t size)
{
    const size_t alignment = alignof(max_align_t);
    return size == 0 ? alignment : (size + alignment - 1) / alignment * alignment;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    if (size > arena->size_max) {
        return NULL;
    }
    size_t rounded = round_up(size);
    if (rounded < size || rounded > arena->size_max - arena->used_bytes) {
        return NULL;
    }
    struct arena_block *block = arena->blocks;
    if (block == NULL || block->capacity - block->used < rounded) {
        size_t capacity = rounded > ARENA_BLOCK_SIZE ? rounded : ARENA_BLOCK_SIZE;
        if (capacity > SIZE_MAX - sizeof(*block)) {
            return NULL;
        }
        block = mem_alloc(sizeof(*block) + capacity);
        if (block == NULL) {
            return NULL;
        }
        block->capacity = capacity;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *piece = block->data + block->used;
    block->used += rounded;
    arena->used_bytes += rounded;
    return piece;
}

void arena_trim(struct arena *arena, size_t size, size_t kept)
{
    size_t back = round_up(size) - round_up(kept);
    ASSERT(kept <= size && arena->blocks != NULL && arena->blocks->used >= back);
    arena->blocks->used -= back;
    arena->used_bytes -= back;
}

char *arena_copy_text(struct arena *arena, struct slice bytes)
{
    if (bytes.size == SIZE_MAX) {
        return NULL;
    }
    char *copy = arena_alloc(arena, bytes.size + 1);
    if (copy != NULL && bytes.size > 0) {
        memcpy(copy, bytes.data, bytes.size);
    }
    return copy;
}
