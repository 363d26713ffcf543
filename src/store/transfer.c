/* SPDX-License-Identifier: Apache-2.0 */
#include "store/transfer.h"

#include <stddef.h>
#include <unistd.h>

#include "base/log.h"
#include "store/db.h"
#include "store/migrations.h"

/* So much is sent before answers are read. */
#define SENT_ROWS_MAX 2000
#define SENT_BYTES_MAX ((size_t)4 * 1024 * 1024)

struct table {
    const char *name;
    const char *select;
    const char *insert;
    const char *count;
    const char *numbers; /* lets the numbers of new rows follow those that were copied, or NULL */
};

#define V3 "?1, ?2, ?3"
#define V5 V3 ", ?4, ?5"
#define V7 V5 ", ?6, ?7"
#define V12 V7 ", ?8, ?9, ?10, ?11, ?12"
#define V16 V12 ", ?13, ?14, ?15, ?16"

#define TABLE(name, columns, values)                                                               \
    {                                                                                              \
        name, "SELECT " columns " FROM " name " ORDER BY 1",                                       \
            "INSERT INTO " name " (" columns ") VALUES (" values ")",                              \
            "SELECT count(*) FROM " name, NULL                                                     \
    }
#define NUMBERED(name, number, columns, values)                                                    \
    {                                                                                              \
        name, "SELECT " number ", " columns " FROM " name " ORDER BY 1",                           \
            "INSERT INTO " name " (" number ", " columns ") VALUES (" values ")",                  \
            "SELECT count(*) FROM " name,                                                          \
            "SELECT setval(pg_get_serial_sequence('" name "', '" number "'),"                      \
            " (SELECT max(" number ") FROM " name "))"                                             \
    }

/* Each after those that it refers to. The words of the search are made anew. */
static const struct table tables[] = {
    TABLE("groups", "name", "?1"),
    TABLE("users",
          "id, name, full_name, email, position, language, password_hash, avatar_hash, disabled,"
          " microphone_on, camera_on, created_s, status, calls_seen_at_ms, no_call_waiting,"
          " relay_only",
          V16),
    TABLE("memberships", "user_id, group_name", "?1, ?2"),
    TABLE("logins", "id, user_id, token_hash, agent, address, created_s, seen_s, expires_s",
          V7 ", ?8"),
    TABLE("pushes", "login_id, endpoint, point, auth, created_s", V5),
    TABLE("invitations", "id, token_hash, kind, user_id, invited_by, created_s, expires_s", V7),
    TABLE("guest_links", "id, token_hash, host, guest, label, created_s, expires_s, used_s",
          V7 ", ?8"),
    TABLE("avatars", "hash, type, bytes", V3),
    TABLE("attempts", "scope, slot, key, \"window\", now, before", V5 ", ?6"),
    TABLE("spaces", "name, title, description, owner, created_s", V5),
    TABLE("space_people", "space, user_id, invited, since_s", V3 ", ?4"),
    TABLE("rooms", "id, kind, title, owner, pair, space, created_s, forgotten_seq", V7 ", ?8"),
    TABLE("room_members", "room_id, user_id, read_seq, looked, joined_s", V5),
    NUMBERED("messages", "number",
             "id, room_id, author, seq, at_s, kind, text, call_id, reason, answered, seconds", V12),
    NUMBERED("activities", "number", "id, author, space, at_s, text", V5 ", ?6"),
    NUMBERED("comments", "number", "id, activity, author, at_s, text", V5 ", ?6"),
    TABLE("likes", "activity, user_id", "?1, ?2"),
    TABLE("settings", "owner, name, value", V3),
    TABLE("im_accounts", "user_id, type, place, value", V3 ", ?4"),
    TABLE("choices", "user_id, target, connector, chosen_s", V3 ", ?4"),
    NUMBERED("audit", "seq", "at_s, by_id, by_name, act, target, detail", V7),
    NUMBERED("calls", "number",
             "id, caller, callee, connector, external, silent, started_at_ms, answered_at_ms,"
             " active_at_ms, ended_at_ms, reason, ended_by, missed, held",
             V12 ", ?13, ?14, ?15"),
    TABLE("blocks", "user_id, other, since_s", V3),
    TABLE("notifies", "user_id, other, since_s", V3),
    NUMBERED("call_steps", "number", "call_id, at_ms, what, side, detail, private, device",
             V7 ", ?8"),
    TABLE("call_media",
          "call_id, side, at_ms, reports, path, transport, loss, loss_worst, rtt_ms, rtt_worst_ms,"
          " jitter_ms, jitter_worst_ms",
          V12),
};

#define TABLE_COUNT (sizeof(tables) / sizeof(tables[0]))

/* The number in the only row of a statement. */
static enum err ask(struct db *db, const char *const *sql, int64_t *out)
{
    struct statement *statement = NULL;
    bool row = false;
    enum err err = db_prepare(db, sql[0], NULL, &statement);
    err = err == OK ? statement_step(statement, &row) : err;
    if (err == OK) {
        *out = row ? statement_number(statement, 0) : 0;
    }
    statement_close(statement);
    return err;
}

/* ---- rows ---- */

/* What is sent and not answered. */
struct sending {
    struct db *to;
    struct statement *insert;
    bool open;
    size_t rows;
    size_t bytes;
};

static enum err copy_value(struct sending *sending, const struct statement *row, int column)
{
    struct slice bytes = {0};
    switch (statement_kind(row, column)) {
    case COLUMN_NULL:
        return statement_set_null(sending->insert, column + 1);
    case COLUMN_NUMBER:
        return statement_set_number(sending->insert, column + 1, statement_number(row, column));
    case COLUMN_TEXT:
        bytes = statement_bytes(row, column);
        sending->bytes += bytes.size;
        return statement_set_text(sending->insert, column + 1, bytes);
    case COLUMN_BLOB:
        bytes = statement_bytes(row, column);
        sending->bytes += bytes.size;
        return statement_set_blob(sending->insert, column + 1, bytes.data, bytes.size);
    }
    return ERR_INVALID;
}

static enum err finish_sending(struct sending *sending)
{
    bool all = true;
    enum err err = sending->open ? db_gathered(sending->to, &all) : OK;
    sending->open = false;
    sending->rows = 0;
    sending->bytes = 0;
    return err == OK && !all ? ERR_IO : err;
}

static enum err send_row(struct sending *sending, const struct statement *row)
{
    enum err err = OK;
    if (!sending->open && db_gathers(sending->to)) {
        err = db_gather(sending->to);
        sending->open = err == OK;
    }
    for (int i = 0; i < statement_columns(row) && err == OK; i++) {
        err = copy_value(sending, row, i);
    }
    if (err == OK) {
        err = statement_run(sending->insert);
    }
    if (err == OK && (++sending->rows >= SENT_ROWS_MAX || sending->bytes >= SENT_BYTES_MAX)) {
        err = finish_sending(sending);
    }
    return err;
}

static enum err copy_rows(struct db *from, struct db *to, const struct table *table, int64_t *rows)
{
    struct sending sending = {.to = to};
    struct statement *select = NULL;
    bool row = true;
    enum err err = db_prepare(from, table->select, NULL, &select);
    err = err == OK ? db_prepare(to, table->insert, NULL, &sending.insert) : err;
    while (err == OK && (err = statement_step(select, &row)) == OK && row) {
        err = send_row(&sending, select);
        (*rows)++;
    }
    enum err sent = finish_sending(&sending);
    statement_close(select);
    statement_close(sending.insert);
    return err == OK ? sent : err;
}

/* ---- tables ---- */

static enum err copy_table(struct db *from, struct db *to, const struct table *table, int64_t *rows)
{
    int64_t there = 0;
    int64_t here = 0;
    int64_t ignored = 0;
    enum err err = copy_rows(from, to, table, rows);
    err = err == OK ? ask(from, &table->count, &there) : err;
    err = err == OK ? ask(to, &table->count, &here) : err;
    if (err == OK && (there != *rows || here != *rows)) {
        log_error("a table was not copied as a whole", "table=%s there=%lld read=%lld here=%lld",
                  table->name, (long long)there, (long long)*rows, (long long)here);
        return ERR_STATE;
    }
    if (err == OK && table->numbers != NULL && *rows > 0) {
        err = ask(to, &table->numbers, &ignored);
    }
    return err;
}

static enum err check_empty(struct db *to)
{
    enum err err = OK;
    for (size_t i = 0; i < TABLE_COUNT && err == OK; i++) {
        int64_t count = 0;
        err = ask(to, &tables[i].count, &count);
        if (err == OK && count > 0) {
            return ERR_EXISTS;
        }
    }
    return err;
}

static enum err copy_all(struct db *from, struct db *to,
                         void (*tell)(void *arg, const char *table, int64_t rows), void *arg)
{
    int64_t rows[TABLE_COUNT] = {0};
    enum err err = db_begin(from, DB_READS);
    err = err == OK ? db_begin(to, DB_STORES) : err;
    err = err == OK ? check_empty(to) : err;
    for (size_t i = 0; i < TABLE_COUNT && err == OK; i++) {
        err = copy_table(from, to, &tables[i], &rows[i]);
    }
    err = err == OK ? db_commit(to) : err;
    for (size_t i = 0; i < TABLE_COUNT && err == OK; i++) {
        tell(arg, tables[i].name, rows[i]);
    }
    db_rollback(to);
    db_rollback(from);
    return err;
}

MUST_USE enum err transfer_all(const char *from, const char *to,
                               void (*tell)(void *arg, const char *table, int64_t rows), void *arg)
{
    struct db *source = NULL;
    struct db *target = NULL;
    if (access(from, F_OK) != 0) {
        return ERR_NOT_FOUND;
    }
    enum err err = db_open(from, DB_STORES, &source);
    err = err == OK ? migrations_apply(source) : err;
    err = err == OK ? db_open(to, DB_STORES, &target) : err;
    err = err == OK ? migrations_apply(target) : err;
    err = err == OK ? db_own(target, 0) : err;
    err = err == OK ? copy_all(source, target, tell, arg) : err;
    db_close(target);
    db_close(source);
    return err;
}
