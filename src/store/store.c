/* SPDX-License-Identifier: Apache-2.0 */
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "store/migrations.h"
#include "store/queries.h"
#include "store/roomwords.h"
#include "store/rows.h"
#include "store/rows_chat.h"

/* The command line writes the database of the running server: each waits for the other. */
#define STORE_BUSY_MS 5000
/* A group of messages touches some pages of each index for each message: with the usual 2 MiB they
 * would be written out in the middle of the group, and read again. */
#define STORE_CACHE_KIB "-32768"
/* A page that many groups touch is copied from the log into the database once: the usual 1,000
 * pages are those of one full group. */
#define STORE_LOG_PAGES "4096"

struct store {
    sqlite3 *database;
    struct queries queries;
    bool in_group;
    /* SQLite has undone the whole group by itself (disk full, broken disk): nothing written in it
     * may be acknowledged any more. */
    bool group_lost;
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

static enum err set_up(sqlite3 *database)
{
    (void)sqlite3_extended_result_codes(database, 1);
    (void)sqlite3_busy_timeout(database, STORE_BUSY_MS);
    (void)sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    /* FULL: each commit waits until the disk has the log; acknowledged means kept. */
    int result = sqlite3_exec(database,
                              "PRAGMA journal_mode = WAL;"
                              "PRAGMA synchronous = FULL;"
                              "PRAGMA foreign_keys = ON;"
                              "PRAGMA temp_store = MEMORY;" /* the server writes no other folder */
                              "PRAGMA cache_size = " STORE_CACHE_KIB ";"
                              "PRAGMA wal_autocheckpoint = " STORE_LOG_PAGES ";",
                              NULL, NULL, NULL);
    return queries_err(database, result);
}

MUST_USE enum err store_open(const char *path, struct store **out)
{
    *out = NULL;
    struct store *store = mem_alloc(sizeof(*store));
    if (store == NULL) {
        return ERR_NOMEM;
    }
    enum err err = secure_file(path);
    if (err != OK) {
        goto out;
    }
    int result = sqlite3_open_v2(path, &store->database, SQLITE_OPEN_READWRITE, NULL);
    if (result != SQLITE_OK) {
        log_error("database cannot be opened", "result=%d", result);
        err = result == SQLITE_NOMEM ? ERR_NOMEM : ERR_IO;
        goto out;
    }
    err = set_up(store->database);
    if (err == OK) {
        err = roomwords_register(store->database);
    }
    if (err == OK) {
        err = migrations_apply(store->database);
    }
    if (err == OK) {
        err = queries_prepare(store->database, &store->queries);
    }

out:
    if (err != OK) {
        store_close(store);
        store = NULL;
    }
    *out = store;
    return err;
}

void store_close(struct store *store)
{
    if (store == NULL) {
        return;
    }
    queries_finalize(&store->queries);
    (void)sqlite3_close_v2(store->database);
    mem_free(store);
}

/* Undoes the open transaction; SQLite may have done so already. */
static void roll_back(struct store *store)
{
    if (sqlite3_get_autocommit(store->database) == 0) {
        enum err err = queries_run(&store->queries, QUERY_ROLLBACK);
        ASSERT(err == OK || sqlite3_get_autocommit(store->database) != 0);
    }
}

static enum err write_all(struct store *store, const struct change *changes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum err err = rows_write(&store->queries, &changes[i]);
        if (err != OK) {
            return err;
        }
    }
    return OK;
}

static enum err write_alone(struct store *store, const struct change *changes, size_t count)
{
    enum err err = queries_run(&store->queries, QUERY_BEGIN_WRITE);
    if (err != OK) {
        return err;
    }
    err = write_all(store, changes, count);
    if (err == OK) {
        err = queries_run(&store->queries, QUERY_COMMIT);
    }
    if (err != OK) {
        roll_back(store);
    }
    return err;
}

static enum err write_in_group(struct store *store, const struct change *changes, size_t count)
{
    if (store->group_lost) {
        return ERR_IO;
    }
    enum err err = queries_run(&store->queries, QUERY_SAVEPOINT);
    if (err == OK) {
        err = write_all(store, changes, count);
        if (err != OK && sqlite3_get_autocommit(store->database) == 0 &&
            queries_run(&store->queries, QUERY_SAVEPOINT_UNDO) != OK) {
            roll_back(store);
        }
        if (sqlite3_get_autocommit(store->database) == 0 &&
            queries_run(&store->queries, QUERY_SAVEPOINT_RELEASE) != OK) {
            roll_back(store);
        }
    }
    if (sqlite3_get_autocommit(store->database) != 0) {
        store->group_lost = true;
        return err == OK ? ERR_IO : err;
    }
    return err;
}

MUST_USE enum err store_write(struct store *store, const struct change *changes, size_t count)
{
    return store->in_group ? write_in_group(store, changes, count)
                           : write_alone(store, changes, count);
}

MUST_USE enum err store_begin(struct store *store)
{
    ASSERT(!store->in_group);
    enum err err = queries_run(&store->queries, QUERY_BEGIN_WRITE);
    if (err == OK) {
        store->in_group = true;
        store->group_lost = false;
    }
    return err;
}

MUST_USE enum err store_commit(struct store *store)
{
    ASSERT(store->in_group);
    store->in_group = false;
    if (store->group_lost) {
        return ERR_IO;
    }
    enum err err = queries_run(&store->queries, QUERY_COMMIT);
    if (err != OK) {
        roll_back(store);
    }
    return err;
}

MUST_USE enum err store_load(struct store *store, void (*visit)(void *arg, const struct change *),
                             void *arg)
{
    if (store->in_group) {
        return rows_load(&store->queries, visit, arg);
    }
    /* One transaction, so that all tables are of one moment. */
    enum err err = queries_run(&store->queries, QUERY_BEGIN_READ);
    if (err != OK) {
        return err;
    }
    err = rows_load(&store->queries, visit, arg);
    roll_back(store);
    return err;
}

MUST_USE enum err store_avatar(struct store *store, const uint8_t hash[32], struct buf *out)
{
    return rows_avatar(&store->queries, hash, out);
}

MUST_USE enum err store_index(struct store *store, uint32_t count_max, bool *more)
{
    ASSERT(!store->in_group);
    enum err err = queries_run(&store->queries, QUERY_BEGIN_WRITE);
    if (err != OK) {
        return err;
    }
    err = rows_chat_index(&store->queries, count_max, more);
    if (err == OK) {
        err = queries_run(&store->queries, QUERY_COMMIT);
    }
    if (err != OK) {
        roll_back(store);
    }
    return err;
}

MUST_USE enum err store_data_version(struct store *store, int64_t *out)
{
    sqlite3_stmt *statement = store->queries.statements[QUERY_DATA_VERSION];
    int result = sqlite3_step(statement);
    enum err err = queries_err(store->database, result);
    if (result == SQLITE_ROW) {
        *out = sqlite3_column_int64(statement, 0);
    } else if (err == OK) {
        err = ERR_IO;
    }
    queries_reset(&store->queries, QUERY_DATA_VERSION);
    return err;
}
