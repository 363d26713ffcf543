/* SPDX-License-Identifier: Apache-2.0 */
#include "store/personal.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "store/store.h"
#include "unit.h"

static char folder[64];
static char path[128];
static struct buf said;

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void remove_folder(void)
{
    static const char *const names[] = {"visavis.db", "visavis.db-wal", "visavis.db-shm"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        char name[160];
        (void)snprintf(name, sizeof(name), "%s/%s", folder, names[i]);
        (void)unlink(name);
    }
    (void)rmdir(folder);
    buf_fini(&said);
}

static void put(struct store *store, const struct change *change)
{
    CHECK(store_write(store, change, 1) == OK);
}

static void put_user(struct store *store, uint8_t number, const char *name, bool administrator)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id.bytes[0] = number;
    (void)snprintf(change.user.name, sizeof(change.user.name), "%s", name);
    (void)snprintf(change.user.full_name, sizeof(change.user.full_name), "Full \"%s\"", name);
    (void)snprintf(change.user.password_hash, sizeof(change.user.password_hash), "hash-of-%s",
                   name);
    put(store, &change);
    if (administrator) {
        struct change member = {.kind = CHANGE_MEMBERSHIP_PUT};
        member.membership.user.bytes[0] = number;
        (void)snprintf(member.membership.group, sizeof(member.membership.group), "%s",
                       GROUP_ADMINISTRATORS);
        put(store, &member);
    }
}

static struct change chatmsg(uint8_t number, uint8_t author, const char *text)
{
    struct change change = {.kind = CHANGE_CHATMSG_ADD};
    change.chatmsg.id.bytes[0] = number;
    change.chatmsg.room.bytes[0] = 1;
    change.chatmsg.author.bytes[0] = author;
    change.chatmsg.seq = number;
    change.chatmsg.text = slice_text(text);
    return change;
}

/* anna (the administrator) and bert in one team room of bert's, each with a message. */
static void set_up(void)
{
    struct store *store = NULL;
    unit_finally(remove_folder);
    log_set_sink(quiet, NULL);
    buf_init(&said, 100000);
    (void)snprintf(folder, sizeof(folder), "/tmp/visavis-personal-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof(path), "%s/visavis.db", folder);
    CHECK(store_open(path, &store) == OK);
    struct change group = {.kind = CHANGE_GROUP_PUT};
    (void)snprintf(group.membership.group, sizeof(group.membership.group), "%s",
                   GROUP_ADMINISTRATORS);
    put(store, &group);
    put_user(store, 1, "anna", true);
    put_user(store, 2, "bert", false);
    struct change room = {.kind = CHANGE_ROOM_ADD};
    room.room.id.bytes[0] = 1;
    room.room.kind = ROOM_TEAM;
    room.room.owner.bytes[0] = 2;
    put(store, &room);
    for (uint8_t i = 1; i <= 2; i++) {
        struct change member = {.kind = CHANGE_ROOM_MEMBER_PUT};
        member.room_member.room.bytes[0] = 1;
        member.room_member.user.bytes[0] = i;
        put(store, &member);
    }
    struct change first = chatmsg(1, 1, "from anna");
    struct change second = chatmsg(2, 2, "zanzibar from \"bert\"");
    put(store, &first);
    put(store, &second);
    store_close(store);
}

static enum err keep_piece(void *arg, struct slice piece)
{
    (void)arg;
    return buf_append(&said, piece);
}

static bool has(const char *text)
{
    return memmem(said.data, said.size, text, strlen(text)) != NULL;
}

/* The first column of the only row. */
static int ask(const char *sql)
{
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    int number = -1;
    if (sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(database, sql, -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        number = sqlite3_column_int(statement, 0);
    }
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close_v2(database);
    return number;
}

static void a_person_is_told_what_is_kept_and_no_secret(void)
{
    set_up();
    CHECK(personal_export(path, "bert", keep_piece, NULL) == OK);
    CHECK(has("\"name\":\"bert\"") && has("\"fullName\":\"Full \\\"bert\\\"\""));
    CHECK(has("zanzibar from \\\"bert\\\"") && !has("from anna") && !has("hash-of"));
    CHECK(personal_export(path, "nobody", keep_piece, NULL) == ERR_NOT_FOUND);
    CHECK(personal_export("/does/not/exist", "bert", keep_piece, NULL) == ERR_NOT_FOUND);
    remove_folder();
}

static void who_is_erased_leaves_no_word_and_an_id_that_is_taken(void)
{
    set_up();
    CHECK(personal_erase(path, "bert") == OK);
    CHECK(ask("SELECT count(*) FROM users WHERE name = 'bert'") == 0);
    CHECK(ask("SELECT count(*) FROM users WHERE substr(name, 1, 8) = 'deleted-' AND disabled = 1"
              " AND password_hash = '' AND id = x'02000000000000000000000000000000'") == 1);
    CHECK(ask("SELECT count(*) FROM messages WHERE text = ''") == 1);
    CHECK(ask("SELECT count(*) FROM messages WHERE text = 'from anna'") == 1);
    CHECK(ask("SELECT count(*) FROM room_members") == 1);
    CHECK(ask("SELECT hex(owner) LIKE '01%' FROM rooms") == 1);
    CHECK(personal_erase(path, "bert") == ERR_NOT_FOUND);
    CHECK(ask("SELECT number FROM searchable") == 0);
    remove_folder();
}

static void the_only_administrator_is_not_erased(void)
{
    set_up();
    CHECK(personal_erase(path, "anna") == ERR_FORBIDDEN);
    CHECK(ask("SELECT count(*) FROM users WHERE name = 'anna'") == 1);
    remove_folder();
}

/* A table that is added to the schema is thought of here as well. */
static void every_table_is_looked_at(void)
{
    static const char *const apart[] = {"groups", "attempts", "settings",
                                        "calls",  "pushes",   "call_media"};
    sqlite3 *database = NULL;
    sqlite3_stmt *statement = NULL;
    set_up();
    CHECK(sqlite3_open_v2(path, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK);
    CHECK(sqlite3_prepare_v2(database,
                             "SELECT name FROM sqlite_master WHERE type = 'table'"
                             " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'messages_text_%'",
                             -1, &statement, NULL) == SQLITE_OK);
    while (sqlite3_step(statement) == SQLITE_ROW) {
        const char *table = (const char *)sqlite3_column_text(statement, 0);
        bool known = personal_names(table);
        for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++) {
            known = known || strcmp(apart[i], table) == 0;
        }
        if (!known) {
            (void)fprintf(stderr, "personal: nothing is said of the table %s\n", table);
        }
        CHECK(known);
    }
    (void)sqlite3_finalize(statement);
    (void)sqlite3_close_v2(database);
    remove_folder();
}

UNIT(a_person_is_told_what_is_kept_and_no_secret,
     who_is_erased_leaves_no_word_and_an_id_that_is_taken, the_only_administrator_is_not_erased,
     every_table_is_looked_at)
