/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeping.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "app/database.h"
#include "store/backup.h"
#include "store/lock.h"
#include "store/personal.h"
#include "store/transfer.h"

static int fail(const char *format, const char *name)
{
    (void)fputs("visavis: ", stderr);
    (void)fprintf(stderr, format, name);
    (void)fputc('\n', stderr);
    return EXIT_FAILURE;
}

/* PostgreSQL has its own programs for that, which know it better. */
static int fail_remote(bool restore, const char *file, const struct config *config)
{
    (void)fprintf(stderr,
                  restore ? "visavis: the database is one of PostgreSQL: stop the server and use "
                            "pg_restore --clean --if-exists --single-transaction --dbname '%s' %s\n"
                          : "visavis: the database is one of PostgreSQL: use "
                            "pg_dump --format=custom --dbname '%s' --file %s\n",
                  config->store.url, file);
    return EXIT_FAILURE;
}

int keeping_backup(const struct config *config, const char *file)
{
    char path[DATABASE_PLACE_SIZE];
    if (database_is_remote(config)) {
        return fail_remote(false, file, config);
    }
    (void)database_file(config, path);
    switch (backup_write(path, file)) {
    case OK:
        printf("%s is a whole copy; it has everybody's messages and password hashes: keep it "
               "safe\n",
               file);
        return EXIT_SUCCESS;
    case ERR_NOT_FOUND:
        return fail("there is no database %s; is --data or --config right?", path);
    case ERR_EXISTS:
        return fail("%s is there already and was not changed; choose another name", file);
    default:
        return fail("%s could not be written; the lines above say why", file);
    }
}

static int say_restored(enum err err, const char *file, const char *path)
{
    switch (err) {
    case OK:
        printf("%s has been put in place; everybody must sign in again\n"
               "what was there before, if anything, is kept as %s.before\n",
               file, path);
        return EXIT_SUCCESS;
    case ERR_NOT_FOUND:
        return fail("there is no file %s", file);
    case ERR_INVALID:
        return fail("%s is damaged, or no copy made by visavis backup; nothing was changed", file);
    case ERR_UNSUPPORTED:
        return fail("%s was written by a newer visavis; nothing was changed", file);
    case ERR_EXISTS:
        return fail("%s.before is there from an earlier restore: move it away first", path);
    default:
        return fail("%s could not be put in place; the lines above say why", file);
    }
}

int keeping_restore(const struct config *config, const char *file)
{
    char path[DATABASE_PLACE_SIZE];
    struct store_lock *lock = NULL;
    if (database_is_remote(config)) {
        return fail_remote(true, file, config);
    }
    (void)database_file(config, path);
    if (mkdir(config->data, 0700) != 0 && errno != EEXIST) {
        return fail("the folder %s cannot be made", config->data);
    }
    enum err err = lock_take(path, &lock);
    if (err == ERR_BUSY) {
        return fail("the server is running on %s: stop it first", config->data);
    }
    err = err == OK ? backup_restore(file, path) : err;
    lock_release(lock);
    return say_restored(err, file, path);
}

/* ---- one person ---- */

static enum err print_piece(void *arg, struct slice piece)
{
    return fwrite(piece.data, 1, piece.size, arg) == piece.size ? OK : ERR_IO;
}

static int say_personal(enum err err, const char *name, const char *path)
{
    switch (err) {
    case OK:
        return EXIT_SUCCESS;
    case ERR_NOT_FOUND:
        return strstr(path, "://") != NULL || access(path, F_OK) == 0
                   ? fail("there is no user %s", name)
                   : fail("there is no database %s; is --data or --config right?", path);
    case ERR_FORBIDDEN:
        return fail("%s is the only administrator; name another one first", name);
    default:
        return fail("%s: it failed; the lines above say why", name);
    }
}

int keeping_export(const struct config *config, const char *name)
{
    char path[DATABASE_PLACE_SIZE];
    (void)database_place(config, path);
    enum err err = personal_export(path, name, print_piece, stdout);
    if (err == OK && fflush(stdout) != 0) {
        err = ERR_IO;
    }
    return say_personal(err, name, path);
}

/* What cannot be undone wants the name once more. */
static bool confirm(const char *name)
{
    char line[USER_NAME_MAX + 2] = "";
    (void)fprintf(
        stderr,
        "Everything that %s wrote, chose and is known by goes for good. Type the name once "
        "more: ",
        name);
    if (fgets(line, sizeof(line), stdin) == NULL) {
        return false;
    }
    line[strcspn(line, "\n")] = '\0';
    return strcmp(line, name) == 0;
}

int keeping_erase(const struct config *config, const char *name)
{
    char path[DATABASE_PLACE_SIZE];
    (void)database_place(config, path);
    if (!confirm(name)) {
        return fail("that is not %s; nothing was changed", name);
    }
    enum err err = personal_erase(path, name, (int64_t)time(NULL));
    if (err == OK) {
        printf("%s is erased; backups of before still have everything\n", name);
    }
    return say_personal(err, name, path);
}

/* ---- to another database ---- */

static void print_count(void *arg, const char *table, int64_t rows)
{
    (void)arg;
    printf("%-14s %lld\n", table, (long long)rows);
}

static int say_migrated(enum err err, const char *path, const struct config *config)
{
    switch (err) {
    case OK:
        printf("All of %s is in %s; the file stays as it is, and nothing uses it any more\n", path,
               config->store.url);
        return EXIT_SUCCESS;
    case ERR_NOT_FOUND:
        return fail("there is no database %s; is --data or --config right?", path);
    case ERR_EXISTS:
        return fail("%s is not empty; nothing was changed", config->store.url);
    case ERR_BUSY:
        return fail("a server works on %s: stop it first", config->store.url);
    case ERR_UNSUPPORTED:
        return fail("%s or the other database is of a newer visavis, or PostgreSQL is too old",
                    path);
    default:
        return fail("%s could not be copied, and nothing was kept of it; the lines above say why",
                    path);
    }
}

int keeping_migrate(const struct config *config, const char *word)
{
    char path[DATABASE_PLACE_SIZE];
    struct store_lock *lock = NULL;
    (void)word;
    (void)database_file(config, path);
    if (!database_is_remote(config)) {
        return fail("%s: say in store.url where it goes", path);
    }
    if (access(path, F_OK) != 0) {
        return say_migrated(ERR_NOT_FOUND, path, config);
    }
    enum err err = lock_take(path, &lock);
    if (err == ERR_BUSY) {
        return fail("the server is running on %s: stop it first", config->data);
    }
    err = err == OK ? transfer_all(path, config->store.url, print_count, NULL) : err;
    lock_release(lock);
    return say_migrated(err, path, config);
}
