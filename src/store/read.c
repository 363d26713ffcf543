/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include <string.h>

void read_blob(struct reader *reader, void *out, size_t size)
{
    struct slice data = statement_bytes(reader->statement, reader->column++);
    if (data.data == NULL || data.size != size) {
        reader->damaged = true;
        return;
    }
    memcpy(out, data.data, size);
}

static bool skip_null(struct reader *reader)
{
    bool null = statement_kind(reader->statement, reader->column) == COLUMN_NULL;
    reader->column += null ? 1 : 0;
    return null;
}

void read_optional(struct reader *reader, void *out, size_t size)
{
    if (skip_null(reader)) {
        memset(out, 0, size);
        return;
    }
    read_blob(reader, out, size);
}

void read_text(struct reader *reader, char *out, size_t size)
{
    struct slice text = statement_bytes(reader->statement, reader->column++);
    if (text.data == NULL || text.size >= size || memchr(text.data, 0, text.size) != NULL) {
        reader->damaged = true;
        return;
    }
    memcpy(out, text.data, text.size);
    out[text.size] = '\0';
}

void read_optional_text(struct reader *reader, char *out, size_t size)
{
    if (skip_null(reader)) {
        out[0] = '\0';
        return;
    }
    read_text(reader, out, size);
}

struct slice read_slice(struct reader *reader, struct arena *arena, size_t size_max)
{
    struct slice text = statement_bytes(reader->statement, reader->column++);
    if (text.data == NULL || text.size > size_max) {
        reader->damaged = true;
        return (struct slice){0};
    }
    char *copy = arena_copy_text(arena, text);
    reader->no_memory = reader->no_memory || copy == NULL;
    return slice_from(copy, copy == NULL ? 0 : text.size);
}

int64_t read_number(struct reader *reader)
{
    return statement_number(reader->statement, reader->column++);
}
