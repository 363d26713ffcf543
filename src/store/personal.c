/* SPDX-License-Identifier: Apache-2.0 */
#include "store/personal.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/jsonout.h"
#include "base/log.h"
#include "base/mem.h"
#include "model/model.h"
#include "store/bind.h"
#include "store/db.h"

/* A picture in hexadecimal is the greatest. */
#define OBJECT_SIZE_MAX ((size_t)1024 * 1024)
#define KEY_SIZE 32 /* of the longest name of a column, with a NUL */

/* ---- the tables ---- */

struct section {
    const char *name;
    const char *sql; /* ?1 is the id of the person */
};

#define OTHER_NAME                                                                                 \
    "(SELECT name FROM users WHERE id = CASE WHEN caller = ?1 THEN callee ELSE caller END)"

/* A row becomes a JSON object with the names of its columns: numbers, texts, and blobs in
 * hexadecimal. A name that ends in ? is that of true or false, which stand there as 1 or 0. */
static const struct section sections[] = {
    {"profile", "SELECT id, name, full_name AS \"fullName\", email, position, language,"
                " created_s AS \"createdAt\", status, microphone_on AS microphone,"
                " camera_on AS camera, 1 - no_call_waiting AS \"callWaiting\","
                " relay_only AS \"relayOnly\", disabled FROM users WHERE id = ?1"},
    {"picture", "SELECT type, bytes AS hex FROM avatars JOIN users ON avatar_hash = hash"
                " WHERE users.id = ?1"},
    {"groups", "SELECT group_name AS \"group\" FROM memberships WHERE user_id = ?1"},
    {"signIns", "SELECT agent AS browser, address, created_s AS \"createdAt\","
                " seen_s AS \"seenAt\" FROM logins WHERE user_id = ?1"},
    {"ringingBrowsers", "SELECT endpoint AS service, pushes.created_s AS \"createdAt\""
                        " FROM pushes JOIN logins ON logins.id = login_id WHERE user_id = ?1"},
    {"guestLinks", "SELECT label, created_s AS \"createdAt\", expires_s AS \"expiresAt\","
                   " used_s AS \"usedAt\", (SELECT full_name FROM users WHERE id = guest) AS guest"
                   " FROM guest_links WHERE host = ?1 ORDER BY created_s"},
    {"accounts", "SELECT type, value FROM im_accounts WHERE user_id = ?1 ORDER BY type, place"},
    {"blocked", "SELECT name, since_s AS since FROM blocks JOIN users ON users.id = other"
                " WHERE user_id = ?1"},
    {"waitingFor", "SELECT name, since_s AS since FROM notifies JOIN users ON users.id = other"
                   " WHERE user_id = ?1"},
    {"choices", "SELECT (SELECT name FROM users WHERE id = target) AS \"with\", connector,"
                " chosen_s AS \"at\" FROM choices WHERE user_id = ?1"},
    {"spaces", "SELECT space, invited, since_s AS since FROM space_people WHERE user_id = ?1"},
    {"rooms", "SELECT room_id AS id, title, joined_s AS \"joinedAt\" FROM room_members"
              " JOIN rooms ON rooms.id = room_id WHERE user_id = ?1"},
    {"messages", "SELECT room_id AS room, at_s AS \"at\", text FROM messages"
                 " WHERE author = ?1 AND kind = 0 ORDER BY number"},
    {"activities", "SELECT space, at_s AS \"at\", text FROM activities WHERE author = ?1"
                   " ORDER BY number"},
    {"comments", "SELECT activity, at_s AS \"at\", text FROM comments WHERE author = ?1"
                 " ORDER BY number"},
    {"likes", "SELECT activity FROM likes WHERE user_id = ?1"},
    {"calls", "SELECT " OTHER_NAME " AS \"with\", CASE WHEN caller = ?1 THEN 1 ELSE 0 END"
              " AS \"mine?\", started_at_ms AS \"startedAtMs\","
              " answered_at_ms AS \"answeredAtMs\", ended_at_ms AS \"endedAtMs\", reason,"
              " connector FROM calls WHERE caller = ?1 OR callee = ?1 ORDER BY number"},
    {"administration", "SELECT at_s AS \"at\", act, target, detail FROM audit WHERE by_id = ?1"
                       " ORDER BY seq"},
};

static const char *const forget_words[DB_DIALECT_COUNT] = {
    [DB_SQLITE] = "INSERT INTO messages_text (messages_text) VALUES ('delete-all')",
    [DB_POSTGRES] = "DELETE FROM messages_text",
};

#define FORGET_WORDS NULL

/* In this order; ?1 is the id, ?2 the new name. */
static const char *const erasures[] = {
    "UPDATE rooms SET owner = (SELECT user_id FROM room_members AS m WHERE m.room_id = rooms.id"
    " AND m.user_id <> ?1 ORDER BY joined_s, user_id LIMIT 1) WHERE owner = ?1",
    "UPDATE spaces SET owner = coalesce((SELECT user_id FROM space_people AS p"
    " WHERE p.space = spaces.name AND p.user_id <> ?1 AND invited = 0"
    " ORDER BY since_s, user_id LIMIT 1), owner) WHERE owner = ?1",
    "DELETE FROM memberships WHERE user_id = ?1",
    "DELETE FROM logins WHERE user_id = ?1", /* with its pushes */
    "DELETE FROM invitations WHERE user_id = ?1 OR invited_by = ?1",
    "DELETE FROM guest_links WHERE host = ?1 OR guest = ?1",
    "DELETE FROM im_accounts WHERE user_id = ?1",
    "DELETE FROM choices WHERE user_id = ?1 OR target = ?1",
    "DELETE FROM blocks WHERE user_id = ?1 OR other = ?1",
    "DELETE FROM notifies WHERE user_id = ?1 OR other = ?1",
    /* The names of the person's devices; side 1 is the callee's. */
    "UPDATE call_steps SET device = '' WHERE EXISTS (SELECT 1 FROM calls WHERE id = call_id AND"
    " ((caller = ?1 AND side = 0) OR (callee = ?1 AND side = 1)))",
    "DELETE FROM space_people WHERE user_id = ?1",
    /* The other one of a direct room keeps it, and a name over it (kind 0: ROOM_DIRECT). */
    "DELETE FROM room_members WHERE user_id = ?1"
    " AND room_id NOT IN (SELECT id FROM rooms WHERE kind = 0)",
    "DELETE FROM likes WHERE user_id = ?1",
    "DELETE FROM comments WHERE author = ?1",
    "DELETE FROM activities WHERE author = ?1", /* with what others said and liked there */
    "UPDATE messages SET text = '' WHERE author = ?1",
    /* The index of the search has no text of its own to take a word out: it is made anew. */
    FORGET_WORDS,
    "UPDATE searchable SET number = 0",
    "UPDATE audit SET target = ?2 WHERE target = (SELECT name FROM users WHERE id = ?1)",
    "UPDATE audit SET detail = ?2 WHERE act = 'call-ended'"
    " AND detail = (SELECT name FROM users WHERE id = ?1)",
    "UPDATE audit SET by_name = ?2 WHERE by_id = ?1",
    "UPDATE users SET name = ?2, full_name = ?2, email = '', position = '', language = '',"
    " password_hash = '', avatar_hash = NULL, disabled = 1, status = 0, calls_seen_at_ms = 0"
    " WHERE id = ?1",
    "DELETE FROM avatars WHERE hash NOT IN (SELECT avatar_hash FROM users"
    " WHERE avatar_hash IS NOT NULL)",
};

enum text { TEXT_FIND, TEXT_OTHER_ADMINISTRATORS, TEXT_AUDIT };

static const char *const texts[] = {
    [TEXT_FIND] = "SELECT id, disabled, EXISTS (SELECT 1 FROM memberships WHERE user_id = id AND"
                  " group_name = ?2) FROM users WHERE name = ?1",
    [TEXT_OTHER_ADMINISTRATORS] = "SELECT 1 FROM memberships JOIN users ON users.id = user_id"
                                  " WHERE group_name = ?2 AND disabled = 0 AND users.id <> ?1",
    [TEXT_AUDIT] = "INSERT INTO audit (at_s, by_id, by_name, act, target, detail)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, '')",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ---- the database ---- */

struct person {
    struct id id;
    bool enabled_administrator;
};

static enum err prepare(struct db *db, const char *const *sql, struct binder *out)
{
    *out = (struct binder){0};
    return db_prepare(db, sql[0], NULL, &out->statement);
}

static enum err find(struct db *db, const char *name, struct person *out)
{
    struct binder binder;
    bool row = false;
    enum err err = prepare(db, &texts[TEXT_FIND], &binder);
    if (err == OK) {
        bind_text(&binder, name);
        bind_text(&binder, GROUP_ADMINISTRATORS);
        err = bind_step(&binder, &row);
    }
    if (err == OK && row) {
        struct slice id = statement_bytes(binder.statement, 0);
        ASSERT(id.size == ID_BYTES); /* the schema says so */
        memcpy(out->id.bytes, id.data, ID_BYTES);
        out->enabled_administrator = statement_number(binder.statement, 1) == 0 &&
                                     statement_number(binder.statement, 2) != 0;
    }
    statement_close(binder.statement);
    return err == OK && !row ? ERR_NOT_FOUND : err;
}

/* ---- to tell ---- */

struct out {
    enum err (*write)(void *arg, struct slice piece);
    void *arg;
    struct jsonout object;
};

static enum err put(const struct out *out, const char *text)
{
    return out->write(out->arg, slice_text(text));
}

static void put_value(struct jsonout *json, const char *key, const struct statement *row,
                      int column, bool truth)
{
    int64_t number = 0;
    switch (statement_kind(row, column)) {
    case COLUMN_NULL:
        jsonout_null(json, key);
        break;
    case COLUMN_NUMBER:
        number = statement_number(row, column);
        if (truth) {
            jsonout_bool(json, key, number != 0);
        } else {
            jsonout_number(json, key, number);
        }
        break;
    case COLUMN_TEXT:
        jsonout_slice(json, key, statement_bytes(row, column));
        break;
    case COLUMN_BLOB:
        jsonout_hex(json, key, statement_bytes(row, column));
        break;
    }
}

static enum err put_row(struct out *out, const struct statement *row)
{
    struct jsonout *json = &out->object;
    jsonout_clear(json);
    jsonout_object(json, NULL);
    for (int i = 0; i < statement_columns(row); i++) {
        char key[KEY_SIZE] = "";
        const char *name = statement_column_name(row, i);
        if (name == NULL) {
            return ERR_NOMEM;
        }
        size_t size = strcspn(name, "?");
        ASSERT(size < sizeof(key)); /* it stands above */
        memcpy(key, name, size);
        put_value(json, key, row, i, name[size] == '?');
    }
    jsonout_end_object(json);
    return json->err == OK ? out->write(out->arg, buf_slice(&json->buf)) : json->err;
}

static enum err put_section(struct db *db, const struct section *section, const struct id *id,
                            struct out *out)
{
    struct binder binder;
    const char *before = "\n  ";
    bool row = true;
    enum err err = prepare(db, &section->sql, &binder);
    if (err == OK) {
        bind_blob(&binder, id->bytes, ID_BYTES);
        err = put(out, section == sections ? "\n \"" : ",\n \"");
    }
    err = err == OK ? put(out, section->name) : err;
    err = err == OK ? put(out, "\": [") : err;
    while (err == OK && (err = bind_step(&binder, &row)) == OK && row) {
        err = put(out, before);
        err = err == OK ? put_row(out, binder.statement) : err;
        before = ",\n  ";
    }
    statement_close(binder.statement);
    return err == OK ? put(out, "]") : err;
}

enum err personal_export(const char *path, const char *name,
                         enum err (*write)(void *arg, struct slice piece), void *arg)
{
    struct out out = {.write = write, .arg = arg};
    struct person person;
    struct db *db = NULL;
    jsonout_init(&out.object, OBJECT_SIZE_MAX);
    enum err err = db_open(path, DB_ERASES, &db);
    err = err == OK ? db_begin(db, DB_READS) : err;
    err = err == OK ? find(db, name, &person) : err;
    err = err == OK ? put(&out, "{") : err;
    for (size_t i = 0; err == OK && i < COUNT(sections); i++) {
        err = put_section(db, &sections[i], &person.id, &out);
    }
    err = err == OK ? put(&out, "\n}\n") : err;
    db_close(db);
    jsonout_fini(&out.object);
    return err;
}

/* ---- to take away ---- */

static enum err refuse_last(struct db *db, const struct person *person)
{
    struct binder binder;
    bool row = false;
    if (!person->enabled_administrator) {
        return OK;
    }
    enum err err = prepare(db, &texts[TEXT_OTHER_ADMINISTRATORS], &binder);
    if (err == OK) {
        bind_blob(&binder, person->id.bytes, ID_BYTES);
        bind_text(&binder, GROUP_ADMINISTRATORS);
        err = bind_step(&binder, &row);
    }
    statement_close(binder.statement);
    return err == OK && !row ? ERR_FORBIDDEN : err;
}

static enum err erase(struct db *db, const struct person *person, const char *name)
{
    enum err err = OK;
    for (size_t i = 0; err == OK && i < COUNT(erasures); i++) {
        struct binder binder;
        bool row = false;
        err =
            prepare(db, erasures[i] == FORGET_WORDS ? &forget_words[db_dialect(db)] : &erasures[i],
                    &binder);
        if (err == OK && statement_values(binder.statement) > 0) {
            bind_blob(&binder, person->id.bytes, ID_BYTES);
        }
        if (err == OK && statement_values(binder.statement) > 1) {
            bind_text(&binder, name);
        }
        err = err == OK ? bind_step(&binder, &row) : err;
        statement_close(binder.statement);
    }
    return err;
}

static enum err note(struct db *db, const struct audit *audit, const char *target)
{
    struct binder binder;
    bool row = false;
    enum err err = prepare(db, &texts[TEXT_AUDIT], &binder);
    if (err == OK) {
        bind_number(&binder, audit->at_s);
        bind_blob(&binder, audit->by.bytes, ID_BYTES);
        bind_text(&binder, audit->by_name);
        bind_text(&binder, audit->act);
        bind_text(&binder, target);
        err = bind_step(&binder, &row);
    }
    statement_close(binder.statement);
    return err;
}

enum err personal_erase_within(struct db *db, const char *name, const struct audit *audit)
{
    struct person person;
    char erased[USER_NAME_MAX + 1];
    enum err err = find(db, name, &person);
    err = err == OK ? refuse_last(db, &person) : err;
    if (err != OK) {
        return err;
    }
    model_erased_name(&person.id, erased);
    err = erase(db, &person, erased);
    return err == OK ? note(db, audit, erased) : err;
}

enum err personal_erase(const char *path, const char *name, int64_t now_s)
{
    struct audit audit = {.at_s = now_s, .act = "user-erased"};
    struct db *db = NULL;
    enum err err = db_open(path, DB_ERASES, &db);
    err = err == OK ? db_begin(db, DB_STORES) : err;
    err = err == OK ? personal_erase_within(db, name, &audit) : err;
    err = err == OK ? db_commit(db) : err;
    db_close(db); /* undoes what was not committed */
    return err;
}

bool personal_names(const char *table)
{
    char words[80];
    (void)snprintf(words, sizeof(words), " %s ", table);
    for (size_t i = 0; i < COUNT(erasures); i++) {
        char padded[600];
        if (erasures[i] == FORGET_WORDS) {
            continue;
        }
        (void)snprintf(padded, sizeof(padded), "%s ", erasures[i]);
        if (strstr(padded, words) != NULL) {
            return true;
        }
    }
    return false;
}
