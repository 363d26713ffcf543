/* SPDX-License-Identifier: Apache-2.0 */
#include "base/mem.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* Counted in tests only: in the program a message would pay for it. Any thread allocates; relaxed
 * is enough, because nothing else is published by these. */
static atomic_bool counting;
static atomic_uint_fast64_t asked;
static atomic_int_fast64_t live;
static atomic_uint_fast64_t failing_from; /* a value of `asked`; 0: never */
static atomic_bool failing_once;          /* that one alone */

static bool is_counting(void)
{
    return atomic_load_explicit(&counting, memory_order_relaxed);
}

static bool must_fail(void)
{
    if (!is_counting()) {
        return false;
    }
    uint64_t number = atomic_fetch_add_explicit(&asked, 1, memory_order_relaxed) + 1;
    uint64_t from = atomic_load_explicit(&failing_from, memory_order_relaxed);
    return from != 0 &&
           (number == from ||
            (number > from && !atomic_load_explicit(&failing_once, memory_order_relaxed)));
}

/* `block` is handed out (1) or given back (-1); NULL was none. */
static void *count_live(void *block, int64_t change)
{
    if (block != NULL && is_counting()) {
        (void)atomic_fetch_add_explicit(&live, change, memory_order_relaxed);
    }
    return block;
}

void *mem_alloc(size_t size)
{
    return must_fail() ? NULL : count_live(calloc(1, size == 0 ? 1 : size), 1);
}

void *mem_alloc_raw(size_t size)
{
    return must_fail() ? NULL : count_live(malloc(size == 0 ? 1 : size), 1);
}

void *mem_alloc_array(size_t count, size_t size)
{
    size_t total = 0;
    if (__builtin_mul_overflow(count, size, &total)) {
        return NULL;
    }
    return mem_alloc(total);
}

void *mem_realloc(void *block, size_t size)
{
    if (must_fail()) {
        return NULL;
    }
    void *grown = realloc(block, size == 0 ? 1 : size);
    return block == NULL ? count_live(grown, 1) : grown;
}

void mem_free(void *block)
{
    free(count_live(block, -1));
}

void mem_wipe(void *block, size_t size)
{
    if (size > 0) {
        explicit_bzero(block, size);
    }
}

static void fail(uint64_t n, bool once)
{
    uint64_t from = n == 0 ? 0 : atomic_load_explicit(&asked, memory_order_relaxed) + n;
    atomic_store_explicit(&failing_once, once, memory_order_relaxed);
    atomic_store_explicit(&failing_from, from, memory_order_relaxed);
}

void mem_fail_from(uint64_t n)
{
    fail(n, false);
}

void mem_fail_once(uint64_t n)
{
    fail(n, true);
}

uint64_t mem_count(void)
{
    return atomic_load_explicit(&asked, memory_order_relaxed);
}

void mem_start_counting(void)
{
    atomic_store_explicit(&counting, true, memory_order_relaxed);
}

int64_t mem_live(void)
{
    return atomic_load_explicit(&live, memory_order_relaxed);
}
