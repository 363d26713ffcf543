/* SPDX-License-Identifier: Apache-2.0 */
#include "store/personal.h"

#include "base/buf.h"
#include "base/log.h"
#include "store/store.h"
#include "store/testplace.h"

static const char *const path = testplace_where;
static struct store *store; /* while something is put into it */
static struct buf said;

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void close_store(void)
{
    store_close(store);
    store = NULL;
}

static void remove_folder(void)
{
    close_store();
    testplace_remove();
    buf_fini(&said);
}

static void put(const struct change *change)
{
    CHECK(store_write(store, change, 1) == OK);
}

static void put_user(uint8_t number, const char *name, bool administrator)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id.bytes[0] = number;
    (void)snprintf(change.user.name, sizeof(change.user.name), "%s", name);
    (void)snprintf(change.user.full_name, sizeof(change.user.full_name), "Full \"%s\"", name);
    (void)snprintf(change.user.password_hash, sizeof(change.user.password_hash), "hash-of-%s",
                   name);
    put(&change);
    if (administrator) {
        struct change member = {.kind = CHANGE_MEMBERSHIP_PUT};
        member.membership.user.bytes[0] = number;
        (void)snprintf(member.membership.group, sizeof(member.membership.group), "%s",
                       GROUP_ADMINISTRATORS);
        put(&member);
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
    unit_finally(remove_folder);
    log_set_sink(quiet, NULL);
    buf_init(&said, 100000);
    testplace_make();
    CHECK(store_open(path, &store) == OK);
    struct change group = {.kind = CHANGE_GROUP_PUT};
    (void)snprintf(group.membership.group, sizeof(group.membership.group), "%s",
                   GROUP_ADMINISTRATORS);
    put(&group);
    put_user(1, "anna", true);
    put_user(2, "bert", false);
    struct change room = {.kind = CHANGE_ROOM_ADD};
    room.room.id.bytes[0] = 1;
    room.room.kind = ROOM_TEAM;
    room.room.owner.bytes[0] = 2;
    put(&room);
    for (uint8_t i = 1; i <= 2; i++) {
        struct change member = {.kind = CHANGE_ROOM_MEMBER_PUT};
        member.room_member.room.bytes[0] = 1;
        member.room_member.user.bytes[0] = i;
        put(&member);
    }
    struct change first = chatmsg(1, 1, "from anna");
    struct change second = chatmsg(2, 2, "zanzibar from \"bert\"");
    put(&first);
    put(&second);
    close_store();
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
    CHECK(personal_erase(path, "bert", 7) == OK);
    CHECK(testplace_ask("SELECT count(*) FROM users WHERE name = 'bert'") == 0);
    CHECK(testplace_ask(
              "SELECT count(*) FROM users WHERE substr(name, 1, 8) = 'deleted-' AND disabled = 1"
              " AND password_hash = ''") == 1);
    CHECK(testplace_ask("SELECT count(*) FROM messages WHERE text = ''") == 1);
    CHECK(testplace_ask("SELECT count(*) FROM messages WHERE text = 'from anna'") == 1);
    CHECK(testplace_ask("SELECT count(*) FROM room_members") == 1);
    CHECK(testplace_ask("SELECT count(*) FROM rooms WHERE owner = (SELECT id FROM users"
                        " WHERE name = 'anna')") == 1);
    CHECK(personal_erase(path, "bert", 7) == ERR_NOT_FOUND);
    CHECK(testplace_ask("SELECT count(*) FROM audit WHERE act = 'user-erased' AND at_s = 7 AND"
                        " by_name = '' AND target = (SELECT name FROM users WHERE"
                        " substr(name, 1, 8) = 'deleted-')") == 1);
    CHECK(testplace_ask("SELECT number FROM searchable") == 0);
    remove_folder();
}

static void the_audit_names_nobody_who_is_erased(void)
{
    struct change ended = {
        .kind = CHANGE_AUDIT_ADD,
        .audit = {.by_name = "anna", .act = "call-ended", .target = "anna", .detail = "bert"}};
    set_up();
    CHECK(store_open(path, &store) == OK);
    put(&ended);
    (void)snprintf(ended.audit.target, sizeof(ended.audit.target), "bert");
    (void)snprintf(ended.audit.detail, sizeof(ended.audit.detail), "anna");
    put(&ended);
    close_store();
    CHECK(personal_erase(path, "bert", 7) == OK);
    CHECK(testplace_ask("SELECT count(*) FROM audit") == 3);
    CHECK(testplace_ask("SELECT count(*) FROM audit WHERE 'bert' IN (by_name, target, detail)") ==
          0);
    CHECK(testplace_ask("SELECT count(*) FROM audit WHERE 'anna' IN (target, detail)") == 2);
    remove_folder();
}

static void the_only_administrator_is_not_erased(void)
{
    set_up();
    CHECK(personal_erase(path, "anna", 7) == ERR_FORBIDDEN);
    CHECK(testplace_ask("SELECT count(*) FROM users WHERE name = 'anna'") == 1);
    remove_folder();
}

static void the_server_erases_with_an_entry_of_the_audit(void)
{
    struct audit audit = {
        .at_s = 7, .by_name = "anna", .act = "user-erased", .target = "deleted-0200000000000000"};
    set_up();
    CHECK(store_open(path, &store) == OK);
    enum err err = store_erase(store, "anna", &audit);
    enum err erased = store_erase(store, "bert", &audit);
    close_store();
    CHECK(err == ERR_FORBIDDEN && erased == OK);
    CHECK(testplace_ask("SELECT count(*) FROM users WHERE name = 'bert'") == 0);
    CHECK(testplace_ask("SELECT count(*) FROM audit WHERE act = 'user-erased' AND at_s = 7 AND"
                        " by_name = 'anna' AND target = (SELECT name FROM users WHERE"
                        " substr(name, 1, 8) = 'deleted-')") == 1);
    CHECK(testplace_ask("SELECT count(*) FROM audit") == 1);
    remove_folder();
}

/* A table that is added to the schema is thought of here as well. */
static void every_table_is_looked_at(void)
{
    static const char *const apart[] = {"groups", "attempts", "settings",
                                        "calls",  "pushes",   "call_media"};
    static const char tables[] = "SELECT name FROM sqlite_master WHERE type = 'table'"
                                 " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'messages_text%'";
    static const char on_postgres[] = "SELECT tablename FROM pg_tables"
                                      " WHERE schemaname = current_schema() AND tablename NOT IN"
                                      " ('visavis', 'messages_text')";
    struct db *db = NULL;
    struct statement *statement = NULL;
    bool row = true;
    unsigned count = 0;
    set_up();
    CHECK(db_open(path, DB_READS, &db) == OK);
    enum err err = db_prepare(db, tables, on_postgres, &statement);
    while (err == OK && (err = statement_step(statement, &row)) == OK && row) {
        struct slice name = statement_bytes(statement, 0);
        char table[64] = "";
        memcpy(table, name.data, name.size < sizeof(table) ? name.size : sizeof(table) - 1);
        bool known = personal_names(table);
        for (size_t i = 0; i < sizeof(apart) / sizeof(apart[0]); i++) {
            known = known || strcmp(apart[i], table) == 0;
        }
        if (!known) {
            (void)fprintf(stderr, "personal: nothing is said of the table %s\n", table);
            err = ERR_STATE;
        }
        count++;
    }
    statement_close(statement);
    db_close(db);
    remove_folder();
    CHECK(err == OK);
    CHECK(count > 20);
}

UNIT(a_person_is_told_what_is_kept_and_no_secret,
     who_is_erased_leaves_no_word_and_an_id_that_is_taken, the_only_administrator_is_not_erased,
     the_audit_names_nobody_who_is_erased, the_server_erases_with_an_entry_of_the_audit,
     every_table_is_looked_at)
