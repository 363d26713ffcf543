/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the driver for PostgreSQL share. */
#ifndef STORE_DB_POSTGRES_INTERNAL_H
#define STORE_DB_POSTGRES_INTERNAL_H

#include <libpq-fe.h>

#include "store/db_driver.h"
#include "store/words.h"

/* What locks of this program are told from others' by; with the schema, of which a database may
 * have several. */
#define POSTGRES_LOCK_SCHEMA "1987539315, hashtext(current_schema())"
#define POSTGRES_LOCK_SERVER "1987539316, hashtext(current_schema())"
/* The server gives the lock of a node up that it does not hear of for so long. */
#define POSTGRES_WATCH_CLIENT                                                                      \
    "SET tcp_keepalives_idle = 1; SET tcp_keepalives_interval = 1; SET tcp_keepalives_count = 3;"  \
    "SET tcp_user_timeout = 4000"

#define POSTGRES_VALUES_MAX 16
#define POSTGRES_NUMBER_SIZE 24
#define POSTGRES_SENT_MAX 16384 /* statements that are sent before one answer is read */

struct postgres_db {
    struct db db;
    char *where;
    enum db_use use;
    PGconn *connection;   /* NULL: lost */
    uint32_t connections; /* so many were made: statements are prepared in one of them */
    uint32_t statements;  /* so many were made: their names */
    bool owns;            /* this is the server of the database */
    int64_t epoch;        /* of its lease; 0: there is none */
    bool taken;           /* the lease is another node's now */
    bool begun;           /* a transaction is open, or has failed and is not undone yet */
    bool writes;          /* and it writes */
    bool changed;         /* the last statement has */
    int64_t written;      /* transactions of our own: no news for us */
    struct words *words;  /* made when they are first needed */
    /* Pauses between attempts to connect again: */
    uint64_t lost_at_ms;
    uint64_t retry_at_ms;
    uint32_t pause_ms;
    /* While statements are only sent (db_gather): */
    bool gathering;
    enum err gathered; /* the first that could not be sent */
    uint32_t sent;
    bool must_change[POSTGRES_SENT_MAX]; /* db_changed was asked after the statement */
};

struct postgres_statement {
    struct statement statement;
    char *sql; /* with $1 for ?1 */
    char name[16];
    uint32_t connection; /* in which it is prepared; 0: none */
    int count;           /* of values */
    const char *values[POSTGRES_VALUES_MAX];
    int sizes[POSTGRES_VALUES_MAX];
    int formats[POSTGRES_VALUES_MAX];
    char numbers[POSTGRES_VALUES_MAX][POSTGRES_NUMBER_SIZE];
    char *copies[POSTGRES_VALUES_MAX]; /* of texts that were no text */
    PGresult *result;                  /* all rows at once */
    int row;
};

/* ---- db_postgres.c: the connection ---- */

/* Connected, or connected again when no transaction is open. ERR_IO. */
MUST_USE enum err db_postgres_ready(struct postgres_db *db);
/* The one answer to what was sent; the caller clears *out. ERR_IO: the connection is lost. */
MUST_USE enum err db_postgres_answer(struct postgres_db *db, PGresult **out);
/* What went wrong, as one of ours; unexpected answers are logged. */
enum err db_postgres_err(const struct postgres_db *db, const PGresult *result);
/* Gives the connection up: nothing was answered, or something that makes no sense. */
void db_postgres_lose(struct postgres_db *db, const char *why);

/* ---- db_postgres_statement.c: see struct db_driver ---- */

enum err db_postgres_prepare(struct db *db, const char *sql, struct statement **out);
void db_postgres_finalize(struct statement *statement);
enum err db_postgres_set_blob(struct statement *statement, int number, const void *data,
                              size_t size);
enum err db_postgres_set_text(struct statement *statement, int number, struct slice text);
enum err db_postgres_set_number(struct statement *statement, int number, int64_t value);
enum err db_postgres_set_null(struct statement *statement, int number);
int db_postgres_values(const struct statement *statement);
enum err db_postgres_step(struct statement *statement, bool *row);
void db_postgres_reset(struct statement *statement);
int db_postgres_columns(const struct statement *statement);
const char *db_postgres_column_name(const struct statement *statement, int column);
enum column_kind db_postgres_kind(const struct statement *statement, int column);
int64_t db_postgres_number(const struct statement *statement, int column);
struct slice db_postgres_bytes(const struct statement *statement, int column);

#endif
