/* SPDX-License-Identifier: Apache-2.0 */
#include "app/keeping.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/serve.h"
#include "store/backup.h"
#include "store/lock.h"
#include "store/personal.h"

#define PATH_SIZE (CONFIG_TEXT_MAX + 32)

static void name_database(const struct config *config, char path[PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s/%s", config->data, SERVE_DATABASE);
}

static int fail(const char *format, const char *name)
{
    (void)fputs("visavis: ", stderr);
    (void)fprintf(stderr, format, name);
    (void)fputc('\n', stderr);
    return EXIT_FAILURE;
}

int keeping_backup(const struct config *config, const char *file)
{
    char path[PATH_SIZE];
    name_database(config, path);
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
    char path[PATH_SIZE];
    struct store_lock *lock = NULL;
    name_database(config, path);
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
        return access(path, F_OK) == 0
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
    char path[PATH_SIZE];
    name_database(config, path);
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
    char path[PATH_SIZE];
    name_database(config, path);
    if (!confirm(name)) {
        return fail("that is not %s; nothing was changed", name);
    }
    enum err err = personal_erase(path, name);
    if (err == OK) {
        printf("%s is erased; backups of before still have everything\n", name);
    }
    return say_personal(err, name, path);
}
