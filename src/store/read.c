/* SPDX-License-Identifier: Apache-2.0 */
#include "store/read.h"

#include <string.h>

void read_blob(struct reader *reader, void *out, size_t size)
{
    int column = reader->column++;
    const void *data = sqlite3_column_blob(reader->statement, column);
    if (data == NULL || sqlite3_column_bytes(reader->statement, column) != (int)size) {
        reader->damaged = true;
        return;
    }
    memcpy(out, data, size);
}

static bool skip_null(struct reader *reader)
{
    bool null = sqlite3_column_type(reader->statement, reader->column) == SQLITE_NULL;
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
    int column = reader->column++;
    const unsigned char *text = sqlite3_column_text(reader->statement, column);
    size_t length = (size_t)sqlite3_column_bytes(reader->statement, column);
    if (text == NULL || length >= size || memchr(text, 0, length) != NULL) {
        reader->damaged = true;
        return;
    }
    memcpy(out, text, length);
    out[length] = '\0';
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
    int column = reader->column++;
    const unsigned char *text = sqlite3_column_text(reader->statement, column);
    size_t length = (size_t)sqlite3_column_bytes(reader->statement, column);
    if (text == NULL || length > size_max) {
        reader->damaged = true;
        return (struct slice){0};
    }
    char *copy = arena_copy_text(arena, slice_from(text, length));
    reader->no_memory = reader->no_memory || copy == NULL;
    return slice_from(copy, copy == NULL ? 0 : length);
}

int64_t read_number(struct reader *reader)
{
    return sqlite3_column_int64(reader->statement, reader->column++);
}
