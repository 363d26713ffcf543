/* SPDX-License-Identifier: Apache-2.0 */
/* Values into a statement, column after column. They are borrowed until the statement is reset;
 * the first failure is kept, so that only the end has to be checked. */
#ifndef STORE_BIND_H
#define STORE_BIND_H

#include "base/slice.h"
#include "store/queries.h"

struct binder {
    struct statement *statement;
    int column;
    enum err err; /* the first that is not OK */
};

struct binder bind_start(struct queries *queries, enum query query);
void bind_blob(struct binder *binder, const void *data, size_t size);
/* All 0 means none, which is NULL in the database. */
void bind_optional(struct binder *binder, const uint8_t *data, size_t size);
void bind_text(struct binder *binder, const char *text);
void bind_slice(struct binder *binder, struct slice text); /* as text */
void bind_number(struct binder *binder, int64_t number);
void bind_null(struct binder *binder);

/* The next row: *row says whether there is one. The statement is reset by the caller. */
MUST_USE enum err bind_step(struct binder *binder, bool *row);
/* Runs a query that gives no row; resets it also on an error. */
MUST_USE enum err bind_run(struct binder *binder, struct queries *queries, enum query query);
/* The same; ERR_NOT_FOUND when it has changed no row. */
MUST_USE enum err bind_run_on_one(struct binder *binder, struct queries *queries, enum query query);

#endif
