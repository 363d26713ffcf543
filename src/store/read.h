/* SPDX-License-Identifier: Apache-2.0 */
/* Values out of a row, column after column. What does not fit its noun is damage, and is not let
 * in. */
#ifndef STORE_READ_H
#define STORE_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "store/db.h"

struct reader {
    const struct statement *statement;
    int column;
    bool damaged;
    bool no_memory;
};

void read_blob(struct reader *reader, void *out, size_t size);
/* NULL gives all 0. */
void read_optional(struct reader *reader, void *out, size_t size);
/* With a NUL; an optional text that is NULL gives the empty one. */
void read_text(struct reader *reader, char *out, size_t size);
void read_optional_text(struct reader *reader, char *out, size_t size);
/* A copy in the arena, of at most `size_max` bytes. */
struct slice read_slice(struct reader *reader, struct arena *arena, size_t size_max);
int64_t read_number(struct reader *reader);

#endif
