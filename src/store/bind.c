/* SPDX-License-Identifier: Apache-2.0 */
#include "store/bind.h"

struct binder bind_start(struct queries *queries, enum query query)
{
    return (struct binder){.statement = queries->statements[query]};
}

static void note(struct binder *binder, enum err err)
{
    if (binder->err == OK) {
        binder->err = err;
    }
}

void bind_blob(struct binder *binder, const void *data, size_t size)
{
    note(binder, statement_set_blob(binder->statement, ++binder->column, data, size));
}

void bind_null(struct binder *binder)
{
    note(binder, statement_set_null(binder->statement, ++binder->column));
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
    bind_slice(binder, slice_text(text));
}

void bind_slice(struct binder *binder, struct slice text)
{
    note(binder, statement_set_text(binder->statement, ++binder->column, text));
}

void bind_number(struct binder *binder, int64_t number)
{
    note(binder, statement_set_number(binder->statement, ++binder->column, number));
}

MUST_USE enum err bind_step(struct binder *binder, bool *row)
{
    *row = false;
    return binder->err == OK ? statement_step(binder->statement, row) : binder->err;
}

MUST_USE enum err bind_run(struct binder *binder, struct queries *queries, enum query query)
{
    bool row = false;
    enum err err = bind_step(binder, &row);
    queries_reset(queries, query);
    return err;
}

MUST_USE enum err bind_run_on_one(struct binder *binder, struct queries *queries, enum query query)
{
    enum err err = bind_run(binder, queries, query);
    return err == OK && !db_changed(queries->db) ? ERR_NOT_FOUND : err;
}
