/* SPDX-License-Identifier: Apache-2.0 */
#include "store/backup.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "store/lock.h"
#include "store/store.h"
#include "unit.h"

static char folder[64];
static char path[128];
static char file[128];

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void make_folder(void)
{
    log_set_sink(quiet, NULL);
    (void)snprintf(folder, sizeof(folder), "/tmp/visavis-backup-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof(path), "%s/visavis.db", folder);
    (void)snprintf(file, sizeof(file), "%s/copy", folder);
}

static void remove_folder(void)
{
    static const char *const names[] = {
        "visavis.db",        "visavis.db-wal",        "visavis.db-shm",       "visavis.db.lock",
        "visavis.db.before", "visavis.db.before-wal", "visavis.db.restoring", "copy",
        "copy.part"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char name[160];
        (void)snprintf(name, sizeof(name), "%s/%s", folder, names[i]);
        (void)unlink(name);
    }
    (void)rmdir(folder);
}

static void put_user(struct store *store, uint8_t number)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id.bytes[0] = number;
    (void)snprintf(change.user.name, sizeof(change.user.name), "u%u", (unsigned)number);
    CHECK(store_write(store, &change, 1) == OK);
    struct change login = {.kind = CHANGE_LOGIN_PUT};
    login.login.id.bytes[0] = number;
    login.login.user = change.user.id;
    login.login.token_hash[0] = number;
    CHECK(store_write(store, &login, 1) == OK);
}

struct count {
    uint32_t users;
    uint32_t logins;
};

static void count_change(void *arg, const struct change *change)
{
    struct count *count = arg;
    count->users += change->kind == CHANGE_USER_PUT ? 1 : 0;
    count->logins += change->kind == CHANGE_LOGIN_PUT ? 1 : 0;
}

static struct count count_in(const char *name)
{
    struct store *store = NULL;
    struct count count = {0};
    CHECK(store_open(name, &store) == OK);
    CHECK(store_load(store, count_change, &count) == OK);
    store_close(store);
    return count;
}

static void a_copy_has_what_was_committed_and_is_private(void)
{
    make_folder();
    struct store *store = NULL;
    struct stat status;
    CHECK(store_open(path, &store) == OK);
    put_user(store, 1);
    CHECK(store_begin(store) == OK); /* another writer is at work */
    put_user(store, 2);
    CHECK(backup_write(path, file) == OK);
    CHECK(store_commit(store) == OK);
    store_close(store);
    CHECK(stat(file, &status) == 0 && (status.st_mode & 0777) == 0600);
    CHECK(count_in(file).users == 1);
    CHECK(count_in(path).users == 2);
    remove_folder();
}

static void a_copy_replaces_no_file(void)
{
    make_folder();
    struct store *store = NULL;
    CHECK(backup_write(path, file) == ERR_NOT_FOUND);
    CHECK(store_open(path, &store) == OK);
    put_user(store, 1);
    store_close(store);
    CHECK(backup_write(path, file) == OK);
    CHECK(backup_write(path, file) == ERR_EXISTS);
    CHECK(count_in(file).users == 1);
    remove_folder();
}

static void what_is_put_back_is_the_copy_without_sign_ins(void)
{
    make_folder();
    struct store *store = NULL;
    char before[160];
    CHECK(store_open(path, &store) == OK);
    put_user(store, 1);
    CHECK(backup_write(path, file) == OK);
    put_user(store, 2);
    store_close(store);
    CHECK(backup_restore(file, path) == OK);
    CHECK(count_in(path).users == 1 && count_in(path).logins == 0);
    (void)snprintf(before, sizeof(before), "%s.before", path);
    CHECK(count_in(before).users == 2);
    CHECK(count_in(file).logins == 1); /* the copy stays as it is */
    CHECK(backup_restore(file, path) == ERR_EXISTS);
    CHECK(count_in(path).users == 1);
    remove_folder();
}

static void a_copy_is_put_into_an_empty_folder(void)
{
    make_folder();
    struct store *store = NULL;
    CHECK(store_open(file, &store) == OK);
    put_user(store, 1);
    store_close(store);
    CHECK(backup_restore(file, path) == OK);
    CHECK(count_in(path).users == 1);
    remove_folder();
}

static const char *const spoilers[] = {
    "CREATE TABLE other (x); PRAGMA user_version = 1",
    "PRAGMA user_version = 100000",
};

static void spoil(const char *name, int how)
{
    sqlite3 *database = NULL;
    CHECK(sqlite3_open(name, &database) == SQLITE_OK);
    CHECK(sqlite3_exec(database, spoilers[how], NULL, NULL, NULL) == SQLITE_OK);
    CHECK(sqlite3_close(database) == SQLITE_OK);
}

static void what_is_no_copy_of_ours_is_refused_and_nothing_is_changed(void)
{
    make_folder();
    struct store *store = NULL;
    CHECK(store_open(path, &store) == OK);
    put_user(store, 1);
    store_close(store);
    CHECK(backup_restore(file, path) == ERR_NOT_FOUND);
    FILE *letter = fopen(file, "we");
    CHECK(letter != NULL && fputs("a letter to my aunt, which is no database", letter) >= 0);
    CHECK(fclose(letter) == 0);
    CHECK(backup_restore(file, path) == ERR_INVALID);
    CHECK(unlink(file) == 0);
    spoil(file, 0);
    CHECK(backup_restore(file, path) == ERR_INVALID);
    CHECK(unlink(file) == 0);
    CHECK(backup_write(path, file) == OK);
    spoil(file, 1);
    CHECK(backup_restore(file, path) == ERR_UNSUPPORTED);
    CHECK(count_in(path).users == 1 && count_in(path).logins == 1);
    remove_folder();
}

static void only_one_has_the_lock(void)
{
    make_folder();
    struct store_lock *one = NULL;
    struct store_lock *two = NULL;
    CHECK(lock_take(path, &one) == OK);
    CHECK(lock_take(path, &two) == ERR_BUSY);
    lock_release(one);
    CHECK(lock_take(path, &two) == OK);
    lock_release(two);
    remove_folder();
}

UNIT(a_copy_has_what_was_committed_and_is_private, a_copy_replaces_no_file,
     what_is_put_back_is_the_copy_without_sign_ins, a_copy_is_put_into_an_empty_folder,
     what_is_no_copy_of_ours_is_refused_and_nothing_is_changed, only_one_has_the_lock)
