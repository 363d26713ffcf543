/* SPDX-License-Identifier: Apache-2.0 */
/* One connection to a database, whichever it is: statements that are compiled once, values into
 * them and out of their rows, transactions. What is above speaks SQL, but no library. */
#ifndef STORE_DB_H
#define STORE_DB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "model/id.h"

struct db;
struct statement;

enum db_dialect { DB_SQLITE, DB_POSTGRES, DB_DIALECT_COUNT };

enum db_use {
    DB_STORES, /* makes the database when there is none */
    DB_READS,
    DB_ERASES, /* what is deleted leaves no trace in the database; there must be one */
};

/* `where` is the path of a file of SQLite, or the address of a database of PostgreSQL
 * (postgresql://...; its password is that of store/place.h). ERR_NOT_FOUND (not DB_STORES): no
 * database; ERR_UNSUPPORTED: too old, or not of UTF-8; ERR_IO (logged), ERR_NOMEM. */
MUST_USE enum err db_open(const char *where, enum db_use use, struct db **out);
/* Undoes what was not committed. All statements have been closed. NULL is accepted. */
void db_close(struct db *db);
enum db_dialect db_dialect(const struct db *db);

/* Makes this process the server of the database until the end of `db`, also over a connection that
 * was lost. Only a database of PostgreSQL knows that; a file has store/lock.h. `epoch` is that of
 * store/lease.h, or 0: with one it is also refused after another node has had the database, and a
 * dead connection is noticed sooner. ERR_BUSY: another process is. */
MUST_USE enum err db_own(struct db *db, int64_t epoch);
/* Whether another node has had the database since; then nothing is written any more. */
bool db_taken(const struct db *db);
/* Whether the database answers, as far as is known. */
bool db_reached(const struct db *db);

/* ---- statements: one at a time is between its first step and its reset, but for reads ---- */

/* Values are numbered ?1, ?2, ...; `on_postgres` (NULL: the same) is how PostgreSQL wants it. */
MUST_USE enum err db_prepare(struct db *db, const char *sql, const char *on_postgres,
                             struct statement **out);
void statement_close(struct statement *statement); /* NULL is accepted */

/* Values, numbered from 1, are borrowed until the reset. ERR_NOMEM, ERR_INVALID (no such number).
 */
MUST_USE enum err statement_set_blob(struct statement *statement, int number, const void *data,
                                     size_t size);
MUST_USE enum err statement_set_text(struct statement *statement, int number, struct slice text);
MUST_USE enum err statement_set_number(struct statement *statement, int number, int64_t value);
MUST_USE enum err statement_set_null(struct statement *statement, int number);
/* The greatest number of a value. */
int statement_values(const struct statement *statement);

/* The next row: *row says whether there is one. ERR_EXISTS: a unique value is taken; ERR_NOT_FOUND:
 * refers to nothing; ERR_INVALID: against another rule of the schema; ERR_BUSY: somebody else
 * writes; ERR_NOMEM; ERR_IO (logged). */
MUST_USE enum err statement_step(struct statement *statement, bool *row);
/* Forgets values and rows, so that no secret stays and nothing borrowed is kept. */
void statement_reset(struct statement *statement);
/* Steps a statement that gives no row, and resets it. */
MUST_USE enum err statement_run(struct statement *statement);

/* The columns of the row, numbered from 0; bytes are borrowed until the next step. */
enum column_kind { COLUMN_NULL, COLUMN_NUMBER, COLUMN_TEXT, COLUMN_BLOB };
int statement_columns(const struct statement *statement);
const char *statement_column_name(const struct statement *statement, int column);
enum column_kind statement_kind(const struct statement *statement, int column);
int64_t statement_number(const struct statement *statement, int column);
/* Of a text or blob; the data is NULL when the column is. */
struct slice statement_bytes(const struct statement *statement, int column);

/* Whether the statement that ran last has changed a row. */
bool db_changed(const struct db *db);

/* ---- the search ---- */

/* The words of `keyed` (the key of a room and what was said there) as the index takes them. */
MUST_USE enum err db_index_text(struct db *db, struct slice keyed, struct buf *out);
/* What a person has typed as a search for it in `room`; *any false: nothing can be found by it. */
MUST_USE enum err db_match_text(struct db *db, struct slice text, const struct id *room,
                                struct buf *out, bool *any);

/* ---- transactions ---- */

/* DB_READS: all is of one moment. Otherwise what others write is waited for here: ERR_BUSY. */
MUST_USE enum err db_begin(struct db *db, enum db_use use);
MUST_USE enum err db_commit(struct db *db);
/* The database may have undone it already, by itself. */
void db_rollback(struct db *db);
bool db_in_transaction(const struct db *db);

/* A part of a transaction that can be undone alone. */
MUST_USE enum err db_savepoint(struct db *db);
MUST_USE enum err db_savepoint_undo(struct db *db);
MUST_USE enum err db_savepoint_release(struct db *db);

/* Whether a statement that fails leaves the transaction as it was before it. Otherwise nothing more
 * can be done in it, unless a savepoint was set before the statement. */
bool db_undoes_statement(const struct db *db);

/* Whether writes can be sent without waiting for each answer. Then db_gather begins a transaction
 * that writes, or goes on with the present one, in which each step gives OK and no row and
 * db_changed says yes. db_gathered waits for all answers: when it gives OK and *all (each statement
 * ran, and changed a row where db_changed was asked) the transaction is open and waits for its
 * commit, otherwise it has been undone. */
bool db_gathers(const struct db *db);
MUST_USE enum err db_gather(struct db *db);
MUST_USE enum err db_gathered(struct db *db, bool *all);

/* ---- the whole ---- */

/* A number that differs after another connection has written. */
MUST_USE enum err db_data_version(struct db *db, int64_t *out);

/* Runs statements without values, one after the other. */
MUST_USE enum err db_script(struct db *db, const char *sql);
MUST_USE enum err db_schema_version(struct db *db, int *out);
MUST_USE enum err db_set_schema_version(struct db *db, int version);

#endif
