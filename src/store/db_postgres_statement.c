/* SPDX-License-Identifier: Apache-2.0 */
#include <endian.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "base/text.h"
#include "store/db_postgres_internal.h"

/* Object identifiers of types, which never change (pg_type.dat). */
#define TYPE_BOOL 16
#define TYPE_BYTEA 17
#define TYPE_INT8 20
#define TYPE_INT2 21
#define TYPE_INT4 23

static struct postgres_statement *of(const struct statement *statement)
{
    return (struct postgres_statement *)(uintptr_t)statement;
}

static struct postgres_db *db_of(const struct statement *statement)
{
    return (struct postgres_db *)statement->db;
}

/* ---- values ---- */

/* Writes $1 where the text has ?1, and notes the greatest number. No literal of ours has a ?. */
static enum err rewrite(const char *sql, struct postgres_statement *out)
{
    size_t size = strlen(sql) + 1;
    out->sql = mem_alloc(size);
    if (out->sql == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < size; i++) {
        bool value = sql[i] == '?' && sql[i + 1] >= '1' && sql[i + 1] <= '9';
        int number = value ? sql[i + 1] - '0' : 0;
        if (value && sql[i + 2] >= '0' && sql[i + 2] <= '9') {
            number = number * 10 + (sql[i + 2] - '0');
        }
        out->sql[i] = value ? '$' : sql[i];
        out->count = number > out->count ? number : out->count;
    }
    return out->count <= POSTGRES_VALUES_MAX ? OK : ERR_INVALID;
}

static enum err set(struct statement *statement, int number, const char *data, size_t size,
                    bool binary)
{
    struct postgres_statement *own = of(statement);
    if (number < 1 || number > own->count) {
        return ERR_INVALID;
    }
    own->values[number - 1] = data;
    own->sizes[number - 1] = (int)size;
    own->formats[number - 1] = binary ? 1 : 0;
    return OK;
}

enum err db_postgres_set_blob(struct statement *statement, int number, const void *data,
                              size_t size)
{
    return set(statement, number, size == 0 ? "" : data, size, true);
}

/* PostgreSQL takes no text that is none: what is not UTF-8, or NUL, becomes a question mark, as
 * where it is shown. */
static enum err set_mended(struct statement *statement, int number, struct slice text)
{
    struct postgres_statement *own = of(statement);
    char *copy = mem_alloc(text.size);
    if (copy == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < text.size;) {
        size_t size = text_character_size(slice_from(text.data + i, text.size - i));
        if (size == 0 || text.data[i] == 0) {
            copy[i++] = '?';
            continue;
        }
        memcpy(copy + i, text.data + i, size);
        i += size;
    }
    enum err err = set(statement, number, copy, text.size, true);
    if (err != OK) {
        mem_free(copy);
        return err;
    }
    mem_free(own->copies[number - 1]);
    own->copies[number - 1] = copy;
    return OK;
}

enum err db_postgres_set_text(struct statement *statement, int number, struct slice text)
{
    if (text.size > 0 && (!text_is_utf8(text) || memchr(text.data, 0, text.size) != NULL)) {
        return set_mended(statement, number, text);
    }
    return set(statement, number, text.size == 0 ? "" : (const char *)text.data, text.size, true);
}

/* As text: so it fits whatever number the column holds. */
enum err db_postgres_set_number(struct statement *statement, int number, int64_t value)
{
    struct postgres_statement *own = of(statement);
    if (number < 1 || number > own->count) {
        return ERR_INVALID;
    }
    int size = snprintf(own->numbers[number - 1], POSTGRES_NUMBER_SIZE, "%lld", (long long)value);
    return set(statement, number, own->numbers[number - 1], (size_t)size, false);
}

enum err db_postgres_set_null(struct statement *statement, int number)
{
    return set(statement, number, NULL, 0, false);
}

int db_postgres_values(const struct statement *statement)
{
    return of(statement)->count;
}

/* ---- to run ---- */

void db_postgres_finalize(struct statement *statement)
{
    struct postgres_statement *own = of(statement);
    db_postgres_reset(statement);
    mem_free(own->sql);
    mem_free(own);
}

/* A connection that is made later knows the statement from its first use on. */
static enum err prepare_here(struct postgres_statement *own, struct postgres_db *db)
{
    PGresult *result = NULL;
    if (own->connection == db->connections) {
        return OK;
    }
    if (PQsendPrepare(db->connection, own->name, own->sql, 0, NULL) != 1) {
        db_postgres_lose(db, PQerrorMessage(db->connection));
        return ERR_IO;
    }
    if (db->gathering) {
        db->must_change[db->sent++] = false;
    } else {
        enum err err = db_postgres_answer(db, &result);
        err = err == OK ? db_postgres_err(db, result) : err;
        PQclear(result);
        if (err != OK) {
            return err;
        }
    }
    own->connection = db->connections;
    return OK;
}

enum err db_postgres_prepare(struct db *db, const char *sql, struct statement **out)
{
    struct postgres_statement *made = mem_alloc(sizeof(*made));
    struct postgres_db *own = (struct postgres_db *)db;
    *out = NULL;
    if (made == NULL) {
        return ERR_NOMEM;
    }
    made->statement.db = db;
    (void)snprintf(made->name, sizeof(made->name), "s%u", ++own->statements);
    enum err err = rewrite(sql, made);
    err = err == OK ? db_postgres_ready(own) : err;
    err = err == OK ? prepare_here(made, own) : err;
    if (err != OK) {
        db_postgres_finalize(&made->statement);
        return err;
    }
    *out = &made->statement;
    return OK;
}

static enum err send(struct postgres_statement *own, struct postgres_db *db)
{
    enum err err = db_postgres_ready(db);
    err = err == OK ? prepare_here(own, db) : err;
    if (err != OK) {
        return err;
    }
    if (PQsendQueryPrepared(db->connection, own->name, own->count, own->values, own->sizes,
                            own->formats, 1) != 1) {
        db_postgres_lose(db, PQerrorMessage(db->connection));
        return ERR_IO;
    }
    return OK;
}

/* Two places for a statement: it may have to be prepared. */
static enum err gather(struct postgres_statement *own, struct postgres_db *db)
{
    enum err err = db->sent + 2 > POSTGRES_SENT_MAX ? ERR_LIMIT : send(own, db);
    if (err == OK) {
        db->must_change[db->sent++] = false;
    }
    db->gathered = db->gathered == OK ? err : db->gathered;
    return err;
}

enum err db_postgres_step(struct statement *statement, bool *row)
{
    struct postgres_statement *own = of(statement);
    struct postgres_db *db = db_of(statement);
    *row = false;
    if (db->gathering) {
        return gather(own, db);
    }
    if (own->result == NULL) {
        enum err err = send(own, db);
        err = err == OK ? db_postgres_answer(db, &own->result) : err;
        err = err == OK ? db_postgres_err(db, own->result) : err;
        if (err != OK) {
            return err;
        }
        const char *rows = PQcmdTuples(own->result);
        db->changed = rows[0] != '\0' && strcmp(rows, "0") != 0;
        own->row = -1;
    }
    own->row++;
    *row = own->row < PQntuples(own->result);
    return OK;
}

void db_postgres_reset(struct statement *statement)
{
    struct postgres_statement *own = of(statement);
    PQclear(own->result);
    own->result = NULL;
    for (int i = 0; i < POSTGRES_VALUES_MAX; i++) {
        own->values[i] = NULL;
        own->sizes[i] = 0;
        own->formats[i] = 0;
        mem_free(own->copies[i]);
        own->copies[i] = NULL;
    }
    mem_wipe(own->numbers, sizeof(own->numbers));
}

/* ---- columns: in binary ---- */

int db_postgres_columns(const struct statement *statement)
{
    return PQnfields(of(statement)->result);
}

const char *db_postgres_column_name(const struct statement *statement, int column)
{
    return PQfname(of(statement)->result, column);
}

enum column_kind db_postgres_kind(const struct statement *statement, int column)
{
    const struct postgres_statement *own = of(statement);
    if (PQgetisnull(own->result, own->row, column) != 0) {
        return COLUMN_NULL;
    }
    switch (PQftype(own->result, column)) {
    case TYPE_BOOL:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        return COLUMN_NUMBER;
    case TYPE_BYTEA:
        return COLUMN_BLOB;
    default:
        return COLUMN_TEXT;
    }
}

int64_t db_postgres_number(const struct statement *statement, int column)
{
    const struct postgres_statement *own = of(statement);
    if (db_postgres_kind(statement, column) != COLUMN_NUMBER) {
        return 0;
    }
    const char *data = PQgetvalue(own->result, own->row, column);
    uint16_t two = 0;
    uint32_t four = 0;
    uint64_t eight = 0;
    switch (PQgetlength(own->result, own->row, column)) {
    case 1:
        return data[0];
    case 2:
        memcpy(&two, data, sizeof(two));
        return (int16_t)be16toh(two);
    case 4:
        memcpy(&four, data, sizeof(four));
        return (int32_t)be32toh(four);
    default:
        memcpy(&eight, data, sizeof(eight));
        return (int64_t)be64toh(eight);
    }
}

struct slice db_postgres_bytes(const struct statement *statement, int column)
{
    const struct postgres_statement *own = of(statement);
    if (PQgetisnull(own->result, own->row, column) != 0) {
        return (struct slice){0};
    }
    return slice_from(PQgetvalue(own->result, own->row, column),
                      (size_t)PQgetlength(own->result, own->row, column));
}
