/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db.h"

#include "store/db_driver.h"
#include "store/db_postgres.h"
#include "store/db_sqlite.h"

MUST_USE enum err db_open(const char *where, enum db_use use, struct db **out)
{
    return db_postgres_is(where) ? db_postgres_open(where, use, out)
                                 : db_sqlite_open(where, use, out);
}

void db_close(struct db *db)
{
    if (db != NULL) {
        db->driver->close(db);
    }
}

enum db_dialect db_dialect(const struct db *db)
{
    return db->driver->dialect;
}

MUST_USE enum err db_own(struct db *db, int64_t epoch)
{
    return db->driver->own == NULL ? OK : db->driver->own(db, epoch);
}

bool db_taken(const struct db *db)
{
    return db->driver->taken != NULL && db->driver->taken(db);
}

bool db_reached(const struct db *db)
{
    return db->driver->reached == NULL || db->driver->reached(db);
}

/* ---- statements ---- */

MUST_USE enum err db_prepare(struct db *db, const char *sql, const char *on_postgres,
                             struct statement **out)
{
    bool other = on_postgres != NULL && db->driver->dialect == DB_POSTGRES;
    return db->driver->prepare(db, other ? on_postgres : sql, out);
}

void statement_close(struct statement *statement)
{
    if (statement != NULL) {
        statement->db->driver->finalize(statement);
    }
}

MUST_USE enum err statement_set_blob(struct statement *statement, int number, const void *data,
                                     size_t size)
{
    return statement->db->driver->set_blob(statement, number, data, size);
}

MUST_USE enum err statement_set_text(struct statement *statement, int number, struct slice text)
{
    return statement->db->driver->set_text(statement, number, text);
}

MUST_USE enum err statement_set_number(struct statement *statement, int number, int64_t value)
{
    return statement->db->driver->set_number(statement, number, value);
}

MUST_USE enum err statement_set_null(struct statement *statement, int number)
{
    return statement->db->driver->set_null(statement, number);
}

int statement_values(const struct statement *statement)
{
    return statement->db->driver->values(statement);
}

MUST_USE enum err statement_step(struct statement *statement, bool *row)
{
    return statement->db->driver->step(statement, row);
}

void statement_reset(struct statement *statement)
{
    statement->db->driver->reset(statement);
}

MUST_USE enum err statement_run(struct statement *statement)
{
    bool row = false;
    enum err err = statement_step(statement, &row);
    statement_reset(statement);
    return err;
}

int statement_columns(const struct statement *statement)
{
    return statement->db->driver->columns(statement);
}

const char *statement_column_name(const struct statement *statement, int column)
{
    return statement->db->driver->column_name(statement, column);
}

enum column_kind statement_kind(const struct statement *statement, int column)
{
    return statement->db->driver->kind(statement, column);
}

int64_t statement_number(const struct statement *statement, int column)
{
    return statement->db->driver->number(statement, column);
}

struct slice statement_bytes(const struct statement *statement, int column)
{
    return statement->db->driver->bytes(statement, column);
}

bool db_changed(const struct db *db)
{
    return db->driver->changed(db);
}

/* ---- transactions ---- */

MUST_USE enum err db_begin(struct db *db, enum db_use use)
{
    return db->driver->begin(db, use);
}

MUST_USE enum err db_commit(struct db *db)
{
    return db->driver->commit(db);
}

void db_rollback(struct db *db)
{
    db->driver->rollback(db);
}

bool db_in_transaction(const struct db *db)
{
    return db->driver->in_transaction(db);
}

MUST_USE enum err db_savepoint(struct db *db)
{
    return db->driver->savepoint(db);
}

MUST_USE enum err db_savepoint_undo(struct db *db)
{
    return db->driver->savepoint_undo(db);
}

MUST_USE enum err db_savepoint_release(struct db *db)
{
    return db->driver->savepoint_release(db);
}

bool db_undoes_statement(const struct db *db)
{
    return db->driver->undoes_statement;
}

bool db_gathers(const struct db *db)
{
    return db->driver->gather != NULL;
}

MUST_USE enum err db_gather(struct db *db)
{
    return db->driver->gather(db);
}

MUST_USE enum err db_gathered(struct db *db, bool *all)
{
    return db->driver->gathered(db, all);
}

/* ---- the search ---- */

MUST_USE enum err db_index_text(struct db *db, struct slice keyed, struct buf *out)
{
    return db->driver->index_text(db, keyed, out);
}

MUST_USE enum err db_match_text(struct db *db, struct slice text, const struct id *room,
                                struct buf *out, bool *any)
{
    return db->driver->match_text(db, text, room, out, any);
}

/* ---- the whole ---- */

MUST_USE enum err db_data_version(struct db *db, int64_t *out)
{
    return db->driver->data_version(db, out);
}

MUST_USE enum err db_script(struct db *db, const char *sql)
{
    return db->driver->script(db, sql);
}

MUST_USE enum err db_schema_version(struct db *db, int *out)
{
    return db->driver->schema_version(db, out);
}

MUST_USE enum err db_set_schema_version(struct db *db, int version)
{
    return db->driver->set_schema_version(db, version);
}
