/* SPDX-License-Identifier: Apache-2.0 */
#include "store/db_sqlite.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/db_driver.h"
#include "store/match.h"
#include "store/roomwords.h"

/* The command line writes the database of the running server: each waits for the other. */
#define BUSY_MS 5000
#define ERASE_BUSY_MS 10000
/* A group of messages touches some pages of each index for each message: with the usual 2 MiB they
 * would be written out in the middle of the group, and read again. */
#define STORE_CACHE_KIB "-32768"
#define READ_CACHE_KIB "-16384"
/* A page that many groups touch is copied from the log into the database once: the usual 1,000
 * pages are those of one full group. */
#define STORE_LOG_PAGES "4096"

/* Transactions, prepared when they are first needed: a connection that reads needs few of them. */
enum work {
    WORK_BEGIN,
    WORK_BEGIN_WRITE,
    WORK_COMMIT,
    WORK_ROLLBACK,
    WORK_SAVEPOINT,
    WORK_SAVEPOINT_UNDO,
    WORK_SAVEPOINT_RELEASE,
    WORK_DATA_VERSION,
    WORK_COUNT
};

static const char *const works[WORK_COUNT] = {
    [WORK_BEGIN] = "BEGIN",
    /* IMMEDIATE: the wait for another process's writing is here, where it can be repeated. */
    [WORK_BEGIN_WRITE] = "BEGIN IMMEDIATE",
    [WORK_COMMIT] = "COMMIT",
    [WORK_ROLLBACK] = "ROLLBACK",
    [WORK_SAVEPOINT] = "SAVEPOINT one",
    [WORK_SAVEPOINT_UNDO] = "ROLLBACK TO one",
    [WORK_SAVEPOINT_RELEASE] = "RELEASE one",
    [WORK_DATA_VERSION] = "PRAGMA data_version",
};

struct sqlite_db {
    struct db db;
    sqlite3 *database;
    sqlite3_stmt *works[WORK_COUNT];
};

struct sqlite_statement {
    struct statement statement;
    sqlite3_stmt *raw;
};

static struct sqlite_db *db_of(const struct db *db)
{
    return (struct sqlite_db *)(uintptr_t)db;
}

static sqlite3_stmt *raw_of(const struct statement *statement)
{
    return ((const struct sqlite_statement *)statement)->raw;
}

enum err db_sqlite_err(sqlite3 *database, int result)
{
    switch (result & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return OK;
    case SQLITE_NOMEM:
        return ERR_NOMEM;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ERR_BUSY;
    case SQLITE_CONSTRAINT:
        if (result == SQLITE_CONSTRAINT_UNIQUE || result == SQLITE_CONSTRAINT_PRIMARYKEY) {
            return ERR_EXISTS;
        }
        return result == SQLITE_CONSTRAINT_FOREIGNKEY ? ERR_NOT_FOUND : ERR_INVALID;
    default:
        log_error("database failed", "result=%d reason=\"%s\"", result, sqlite3_errmsg(database));
        return ERR_IO;
    }
}

static enum err err_of(const struct statement *statement, int result)
{
    return db_sqlite_err(db_of(statement->db)->database, result);
}

/* ---- statements ---- */

static void finalize(struct statement *statement)
{
    (void)sqlite3_finalize(raw_of(statement));
    mem_free(statement);
}

static enum err prepare(struct db *db, const char *sql, struct statement **out)
{
    struct sqlite_statement *made = mem_alloc(sizeof(*made));
    *out = NULL;
    if (made == NULL) {
        return ERR_NOMEM;
    }
    made->statement.db = db;
    int result = sqlite3_prepare_v3(db_of(db)->database, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                    &made->raw, NULL);
    enum err err = err_of(&made->statement, result);
    if (err != OK) {
        finalize(&made->statement);
        return err;
    }
    *out = &made->statement;
    return OK;
}

static enum err set_blob(struct statement *statement, int number, const void *data, size_t size)
{
    return err_of(statement,
                  sqlite3_bind_blob(raw_of(statement), number, data, (int)size, SQLITE_STATIC));
}

static enum err set_text(struct statement *statement, int number, struct slice text)
{
    const char *data = text.size == 0 ? "" : (const char *)text.data;
    return err_of(statement, sqlite3_bind_text(raw_of(statement), number, data, (int)text.size,
                                               SQLITE_STATIC));
}

static enum err set_number(struct statement *statement, int number, int64_t value)
{
    return err_of(statement, sqlite3_bind_int64(raw_of(statement), number, value));
}

static enum err set_null(struct statement *statement, int number)
{
    return err_of(statement, sqlite3_bind_null(raw_of(statement), number));
}

static int values(const struct statement *statement)
{
    return sqlite3_bind_parameter_count(raw_of(statement));
}

static enum err step(struct statement *statement, bool *row)
{
    int result = sqlite3_step(raw_of(statement));
    *row = result == SQLITE_ROW;
    return err_of(statement, result);
}

static void reset(struct statement *statement)
{
    (void)sqlite3_reset(raw_of(statement));
    (void)sqlite3_clear_bindings(raw_of(statement));
}

static int columns(const struct statement *statement)
{
    return sqlite3_column_count(raw_of(statement));
}

static const char *column_name(const struct statement *statement, int column)
{
    return sqlite3_column_name(raw_of(statement), column);
}

static enum column_kind kind(const struct statement *statement, int column)
{
    switch (sqlite3_column_type(raw_of(statement), column)) {
    case SQLITE_NULL:
        return COLUMN_NULL;
    case SQLITE_INTEGER:
        return COLUMN_NUMBER;
    case SQLITE_BLOB:
        return COLUMN_BLOB;
    default:
        return COLUMN_TEXT;
    }
}

static int64_t number(const struct statement *statement, int column)
{
    return sqlite3_column_int64(raw_of(statement), column);
}

static struct slice bytes(const struct statement *statement, int column)
{
    sqlite3_stmt *raw = raw_of(statement);
    int type = sqlite3_column_type(raw, column);
    if (type == SQLITE_NULL) {
        return (struct slice){0};
    }
    const void *data =
        type == SQLITE_BLOB ? sqlite3_column_blob(raw, column) : sqlite3_column_text(raw, column);
    size_t size = (size_t)sqlite3_column_bytes(raw, column);
    return slice_from(data == NULL && size == 0 ? "" : data, size);
}

static bool changed(const struct db *db)
{
    return sqlite3_changes(db_of(db)->database) > 0;
}

/* ---- transactions ---- */

static enum err prepared_step(struct sqlite_db *db, enum work which, sqlite3_stmt **out)
{
    if (db->works[which] == NULL) {
        int result = sqlite3_prepare_v3(db->database, works[which], -1, SQLITE_PREPARE_PERSISTENT,
                                        &db->works[which], NULL);
        if (result != SQLITE_OK) {
            return db_sqlite_err(db->database, result);
        }
    }
    *out = db->works[which];
    return OK;
}

static enum err run_step(struct db *db, enum work which)
{
    sqlite3_stmt *raw = NULL;
    enum err err = prepared_step(db_of(db), which, &raw);
    if (err == OK) {
        err = db_sqlite_err(db_of(db)->database, sqlite3_step(raw));
        (void)sqlite3_reset(raw);
    }
    return err;
}

static bool in_transaction(const struct db *db)
{
    return sqlite3_get_autocommit(db_of(db)->database) == 0;
}

static enum err begin(struct db *db, enum db_use use)
{
    return run_step(db, use == DB_READS ? WORK_BEGIN : WORK_BEGIN_WRITE);
}

static enum err commit(struct db *db)
{
    return run_step(db, WORK_COMMIT);
}

static void rollback(struct db *db)
{
    if (in_transaction(db) && run_step(db, WORK_ROLLBACK) != OK && in_transaction(db)) {
        (void)sqlite3_exec(db_of(db)->database, "ROLLBACK", NULL, NULL, NULL);
    }
}

static enum err savepoint(struct db *db)
{
    return run_step(db, WORK_SAVEPOINT);
}

static enum err savepoint_undo(struct db *db)
{
    return run_step(db, WORK_SAVEPOINT_UNDO);
}

static enum err savepoint_release(struct db *db)
{
    return run_step(db, WORK_SAVEPOINT_RELEASE);
}

/* ---- the whole ---- */

static enum err data_version(struct db *db, int64_t *out)
{
    sqlite3_stmt *raw = NULL;
    enum err err = prepared_step(db_of(db), WORK_DATA_VERSION, &raw);
    if (err != OK) {
        return err;
    }
    int result = sqlite3_step(raw);
    err = db_sqlite_err(db_of(db)->database, result);
    if (result == SQLITE_ROW) {
        *out = sqlite3_column_int64(raw, 0);
    } else if (err == OK) {
        err = ERR_IO;
    }
    (void)sqlite3_reset(raw);
    return err;
}

static enum err script(struct db *db, const char *sql)
{
    sqlite3 *database = db_of(db)->database;
    return db_sqlite_err(database, sqlite3_exec(database, sql, NULL, NULL, NULL));
}

static enum err schema_version(struct db *db, int *out)
{
    sqlite3 *database = db_of(db)->database;
    sqlite3_stmt *raw = NULL;
    int result = sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &raw, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(raw);
        *out = sqlite3_column_int(raw, 0);
    }
    (void)sqlite3_finalize(raw);
    if (result != SQLITE_ROW) {
        return result == SQLITE_DONE ? ERR_IO : db_sqlite_err(database, result);
    }
    return OK;
}

static enum err set_schema_version(struct db *db, int version)
{
    char sql[48];
    (void)snprintf(sql, sizeof(sql), "PRAGMA user_version = %d", version);
    return script(db, sql);
}

/* ---- the search: FTS5 cuts words itself, by roomwords.h ---- */

static enum err index_text(struct db *db, struct slice keyed, struct buf *out)
{
    (void)db;
    return buf_append(out, keyed);
}

static enum err match_text(struct db *db, struct slice text, const struct id *room, struct buf *out,
                           bool *any)
{
    char match[MATCH_SIZE];
    (void)db;
    *any = match_build(text, room, match);
    return *any ? buf_append_text(out, match) : OK;
}

/* ---- life ---- */

static void close_sqlite(struct db *db)
{
    for (int i = 0; i < WORK_COUNT; i++) {
        (void)sqlite3_finalize(db_of(db)->works[i]);
    }
    (void)sqlite3_close_v2(db_of(db)->database);
    mem_free(db);
}

static const struct db_driver driver = {
    .dialect = DB_SQLITE,
    .undoes_statement = true,
    .close = close_sqlite,
    .prepare = prepare,
    .finalize = finalize,
    .set_blob = set_blob,
    .set_text = set_text,
    .set_number = set_number,
    .set_null = set_null,
    .values = values,
    .step = step,
    .reset = reset,
    .columns = columns,
    .column_name = column_name,
    .kind = kind,
    .number = number,
    .bytes = bytes,
    .changed = changed,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .in_transaction = in_transaction,
    .savepoint = savepoint,
    .savepoint_undo = savepoint_undo,
    .savepoint_release = savepoint_release,
    .data_version = data_version,
    .script = script,
    .schema_version = schema_version,
    .set_schema_version = set_schema_version,
    .index_text = index_text,
    .match_text = match_text,
};

/* The file is made here, because SQLite would give it the mode of the umask. Its -wal and -shm
 * files take the mode of the database. An existing file is not opened: closing any descriptor of
 * it would drop the locks that SQLite holds in this process (POSIX). */
static enum err secure_file(const char *path)
{
    struct stat status;
    if (stat(path, &status) == 0) {
        if ((status.st_mode & 077) != 0 && chmod(path, 0600) != 0) {
            log_error("database mode cannot be set", "errno=%d", errno);
            return ERR_IO;
        }
        return OK;
    }
    int file = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (file < 0) {
        if (errno == EEXIST) {
            return OK; /* another process was faster */
        }
        log_error("database cannot be created", "errno=%d", errno);
        return ERR_IO;
    }
    (void)close(file);
    return OK;
}

static enum err set_up(sqlite3 *database, enum db_use use)
{
    /* FULL: each commit waits until the disk has the log; acknowledged means kept. */
    static const char *const settings[] = {
        [DB_STORES] = "PRAGMA journal_mode = WAL;"
                      "PRAGMA synchronous = FULL;"
                      "PRAGMA foreign_keys = ON;"
                      "PRAGMA secure_delete = ON;"  /* as Debian's is anyway: store_erase */
                      "PRAGMA temp_store = MEMORY;" /* the server writes no other folder */
                      "PRAGMA cache_size = " STORE_CACHE_KIB ";"
                      "PRAGMA wal_autocheckpoint = " STORE_LOG_PAGES ";",
        [DB_READS] = "PRAGMA cache_size = " READ_CACHE_KIB ";"
                     "PRAGMA temp_store = MEMORY;",
        [DB_ERASES] = "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                      "PRAGMA secure_delete = ON;",
    };
    (void)sqlite3_extended_result_codes(database, 1);
    (void)sqlite3_busy_timeout(database, use == DB_ERASES ? ERASE_BUSY_MS : BUSY_MS);
    if (use == DB_STORES) {
        (void)sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    }
    (void)sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    enum err err = db_sqlite_err(database, sqlite3_exec(database, settings[use], NULL, NULL, NULL));
    return err == OK ? roomwords_register(database) : err;
}

static enum err open_file(struct sqlite_db *db, const char *path, enum db_use use)
{
    if (use == DB_ERASES && access(path, F_OK) != 0) {
        return ERR_NOT_FOUND;
    }
    enum err err = use == DB_STORES ? secure_file(path) : OK;
    if (err != OK) {
        return err;
    }
    int flags = use == DB_READS ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int result = sqlite3_open_v2(path, &db->database, flags, NULL);
    if (result != SQLITE_OK) {
        log_error("database cannot be opened", "result=%d", result);
        return result == SQLITE_NOMEM ? ERR_NOMEM : ERR_IO;
    }
    return set_up(db->database, use);
}

MUST_USE enum err db_sqlite_open(const char *path, enum db_use use, struct db **out)
{
    struct sqlite_db *db = mem_alloc(sizeof(*db));
    *out = NULL;
    if (db == NULL) {
        return ERR_NOMEM;
    }
    db->db.driver = &driver;
    enum err err = open_file(db, path, use);
    if (err != OK) {
        close_sqlite(&db->db);
        return err;
    }
    *out = &db->db;
    return OK;
}
