/* SPDX-License-Identifier: Apache-2.0 */
/* The only door to the heap, so that tests can make the n-th allocation fail. */
#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

/* `size` zeroed bytes, or NULL. Freed by mem_free. */
void *mem_alloc(size_t size);

/* `size` bytes that are not zeroed, or NULL: for those that are written before they are read. */
void *mem_alloc_raw(size_t size);

/* An array of `count` zeroed elements of `size` bytes, or NULL (also on overflow). */
void *mem_alloc_array(size_t count, size_t size);

/* Grows or shrinks; NULL leaves the old block as it was. New bytes are not zeroed. */
void *mem_realloc(void *block, size_t size);

/* NULL is accepted. */
void mem_free(void *block);

/* Zeroes `size` bytes in a way that the compiler keeps: for secrets. */
void mem_wipe(void *block, size_t size);

/* ---- for tests: from mem_start_counting on ---- */

void mem_start_counting(void);

/* The allocation numbered `n` from now (1 = the next) and all after it fail; 0 switches failing
 * off. */
void mem_fail_from(uint64_t n);

/* Only the one numbered `n` fails. */
void mem_fail_once(uint64_t n);

/* How many allocations were asked for. */
uint64_t mem_count(void);

/* How many blocks are not freed; they are counted if they were allocated since the start. */
int64_t mem_live(void);

#endif
