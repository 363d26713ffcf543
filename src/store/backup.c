/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/db_sqlite.h"
#include "store/migrations.h"
#include "store/roomwords.h"

#define NAME_MAX_BYTES 4096
#define BUSY_MS 5000

static enum err fail(const char *what, const char *name)
{
    log_error(what, "file=%s errno=%d", name, errno);
    return ERR_IO;
}

static enum err name_with(const char *name, const char *ending, char out[NAME_MAX_BYTES])
{
    int size = snprintf(out, NAME_MAX_BYTES, "%s%s", name, ending);
    return size < NAME_MAX_BYTES ? OK : ERR_INVALID;
}

static bool exists(const char *name)
{
    return access(name, F_OK) == 0;
}

/* Waits until the disk has the file, or (a folder) its names. */
static enum err sync_name(const char *name, int flags)
{
    int file = open(name, flags | O_CLOEXEC);
    if (file < 0 || fsync(file) != 0) {
        enum err err = fail("a file cannot be written out", name);
        if (file >= 0) {
            (void)close(file);
        }
        return err;
    }
    (void)close(file);
    return OK;
}

static enum err sync_folder_of(const char *name)
{
    char folder[NAME_MAX_BYTES];
    enum err err = name_with(name, "", folder);
    char *slash = strrchr(folder, '/');
    if (slash == NULL) {
        memcpy(folder, ".", 2);
    } else if (slash == folder) {
        folder[1] = '\0';
    } else {
        *slash = '\0';
    }
    return err == OK ? sync_name(folder, O_RDONLY | O_DIRECTORY) : err;
}

/* ---- one database ---- */

static enum err open_database(const char *name, int flags, sqlite3 **out)
{
    int result = sqlite3_open_v2(name, out, flags, NULL);
    if (result != SQLITE_OK) {
        (void)sqlite3_close_v2(*out);
        *out = NULL;
        return result == SQLITE_NOMEM ? ERR_NOMEM : fail("a database cannot be opened", name);
    }
    (void)sqlite3_busy_timeout(*out, BUSY_MS);
    /* Newer versions of SQLite check the search index too. */
    enum err err = roomwords_register(*out);
    if (err != OK) {
        (void)sqlite3_close_v2(*out);
        *out = NULL;
    }
    return err;
}

enum question { SCHEMA_VERSION, USER_COUNT, INTEGRITY };

static const char *const questions[] = {
    [SCHEMA_VERSION] = "PRAGMA user_version",
    [USER_COUNT] = "SELECT count(*) FROM users",
    [INTEGRITY] = "PRAGMA integrity_check(1)",
};

/* The first column of the first row, as a number or as a text to compare; `text` may be NULL. */
static enum err ask(sqlite3 *database, enum question question, int *number, const char *text)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(database, questions[question], -1, &statement, NULL);
    enum err err = ERR_INVALID;
    if (result == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
        const char *found = (const char *)sqlite3_column_text(statement, 0);
        *number = sqlite3_column_int(statement, 0);
        err = text == NULL || (found != NULL && strcmp(found, text) == 0) ? OK : ERR_INVALID;
    }
    (void)sqlite3_finalize(statement);
    return result == SQLITE_NOMEM ? ERR_NOMEM : err;
}

/* Undamaged, and of this program or an older one. */
static enum err check(sqlite3 *database)
{
    int version = 0;
    int ignored = 0;
    enum err err = ask(database, SCHEMA_VERSION, &version, NULL);
    if (err == OK && version > migrations_version()) {
        return ERR_UNSUPPORTED;
    }
    if (err == OK && version < 1) {
        return ERR_INVALID;
    }
    err = err == OK ? ask(database, USER_COUNT, &ignored, NULL) : err;
    return err == OK ? ask(database, INTEGRITY, &ignored, "ok") : err;
}

static enum err check_file(const char *name)
{
    sqlite3 *database = NULL;
    enum err err = open_database(name, SQLITE_OPEN_READONLY, &database);
    err = err == OK ? check(database) : err;
    (void)sqlite3_close_v2(database);
    return err;
}

/* VACUUM INTO reads in one transaction, which in WAL mode stops no writer. */
static enum err vacuum_into(sqlite3 *database, const char *name)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(database, "VACUUM INTO ?1", -1, &statement, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
    }
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
    }
    (void)sqlite3_finalize(statement);
    return db_sqlite_err(database, result);
}

/* The copy of the database `from` in the file `to`, which must not be there. */
static enum err copy(const char *from, const char *to)
{
    sqlite3 *database = NULL;
    int file = open(to, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    if (file < 0) {
        return errno == EEXIST ? ERR_EXISTS : fail("a copy cannot be made", to);
    }
    (void)close(file);
    enum err err = open_database(from, SQLITE_OPEN_READWRITE, &database);
    err = err == OK ? vacuum_into(database, to) : err;
    (void)sqlite3_close_v2(database);
    err = err == OK ? check_file(to) : err;
    err = err == OK ? sync_name(to, O_RDONLY) : err;
    if (err != OK) {
        (void)unlink(to);
    }
    return err;
}

/* ---- backup ---- */

MUST_USE enum err backup_write(const char *path, const char *file)
{
    char part[NAME_MAX_BYTES];
    if (!exists(path)) {
        return ERR_NOT_FOUND;
    }
    if (exists(file)) {
        return ERR_EXISTS;
    }
    enum err err = name_with(file, ".part", part);
    if (err == OK) {
        (void)unlink(part); /* of a backup that was interrupted */
        err = copy(path, part);
    }
    if (err != OK) {
        return err;
    }
    /* Unlike rename, link does not replace a file that has come meanwhile. */
    if (link(part, file) != 0) {
        err = errno == EEXIST ? ERR_EXISTS : fail("a copy cannot be named", file);
    }
    (void)unlink(part);
    return err == OK ? sync_folder_of(file) : err;
}

/* ---- restore ---- */

/* A cookie or link that was ended after the backup must not work again. */
static enum err forget_access(const char *name)
{
    sqlite3 *database = NULL;
    enum err err = open_database(name, SQLITE_OPEN_READWRITE, &database);
    if (err == OK) {
        int result = sqlite3_exec(database,
                                  "BEGIN; DELETE FROM logins; DELETE FROM invitations;"
                                  " DELETE FROM guest_links; COMMIT;",
                                  NULL, NULL, NULL);
        err = db_sqlite_err(database, result);
    }
    (void)sqlite3_close_v2(database);
    return err == OK ? sync_name(name, O_RDONLY) : err;
}

/* Empties the log of the old database, so that its file alone is whole. A damaged one stays. */
static void settle(const char *path)
{
    sqlite3 *database = NULL;
    if (open_database(path, SQLITE_OPEN_READWRITE, &database) == OK) {
        (void)sqlite3_exec(database, "PRAGMA wal_checkpoint(TRUNCATE)", NULL, NULL, NULL);
    }
    (void)sqlite3_close_v2(database);
}

/* `path` and its log get a second name, under which they stay. The log of the old database must be
 * gone from its place before the new database is there: it would be played into it. */
static enum err put_aside(const char *path)
{
    char before[NAME_MAX_BYTES];
    char log[NAME_MAX_BYTES];
    char log_before[NAME_MAX_BYTES];
    enum err err = name_with(path, ".before", before);
    err = err == OK ? name_with(path, "-wal", log) : err;
    err = err == OK ? name_with(before, "-wal", log_before) : err;
    if (err != OK || !exists(path)) {
        return err;
    }
    if (exists(before)) {
        return ERR_EXISTS;
    }
    settle(path);
    if (link(path, before) != 0) {
        return fail("the old database cannot be kept", before);
    }
    if (exists(log) && rename(log, log_before) != 0) {
        err = fail("the old log cannot be kept", log_before);
        (void)unlink(before);
    }
    return err;
}

MUST_USE enum err backup_restore(const char *file, const char *path)
{
    char fresh[NAME_MAX_BYTES];
    char shared[NAME_MAX_BYTES];
    if (!exists(file)) {
        return ERR_NOT_FOUND;
    }
    enum err err = name_with(path, ".restoring", fresh);
    err = err == OK ? name_with(path, "-shm", shared) : err;
    err = err == OK ? check_file(file) : err;
    if (err == OK) {
        (void)unlink(fresh); /* of a restore that was interrupted */
        err = copy(file, fresh);
    }
    err = err == OK ? forget_access(fresh) : err;
    err = err == OK ? put_aside(path) : err;
    if (err == OK) {
        (void)unlink(shared);
        err = rename(fresh, path) == 0 ? OK : fail("the database cannot be put in place", path);
    }
    if (err != OK) {
        (void)unlink(fresh);
        return err;
    }
    return sync_folder_of(path);
}
