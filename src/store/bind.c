/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bind.h"

struct binder bind_start(struct queries *queries, enum query query)
{
    return (struct binder){.statement = queries->statements[query]};
}

static void note(struct binder *binder, int result)
{
    if (binder->result == SQLITE_OK) {
        binder->result = result;
    }
}

void bind_blob(struct binder *binder, const void *data, size_t size)
{
    note(binder,
         sqlite3_bind_blob(binder->statement, ++binder->column, data, (int)size, SQLITE_STATIC));
}

void bind_null(struct binder *binder)
{
    note(binder, sqlite3_bind_null(binder->statement, ++binder->column));
}

void bind_optional(struct binder *binder, const uint8_t *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (data[i] != 0) {
            bind_blob(binder, data, size);
            return;
        }
    }
    bind_null(binder);
}

void bind_text(struct binder *binder, const char *text)
{
    note(binder, sqlite3_bind_text(binder->statement, ++binder->column, text, -1, SQLITE_STATIC));
}

void bind_slice(struct binder *binder, struct slice text)
{
    const char *data = text.size == 0 ? "" : (const char *)text.data;
    note(binder, sqlite3_bind_text(binder->statement, ++binder->column, data, (int)text.size,
                                   SQLITE_STATIC));
}

void bind_number(struct binder *binder, int64_t number)
{
    note(binder, sqlite3_bind_int64(binder->statement, ++binder->column, number));
}

MUST_USE enum err bind_run(struct binder *binder, struct queries *queries, enum query query)
{
    if (binder->result != SQLITE_OK) {
        queries_reset(queries, query);
        return queries_err(queries->database, binder->result);
    }
    return queries_run(queries, query);
}

MUST_USE enum err bind_run_on_one(struct binder *binder, struct queries *queries, enum query query)
{
    enum err err = bind_run(binder, queries, query);
    return err == OK && sqlite3_changes(queries->database) == 0 ? ERR_NOT_FOUND : err;
}
