/* SPDX-License-Identifier: Apache-2.0 */
#include "store/personal.h"

#include <sqlite3.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "model/model.h"
#include "store/queries.h"
#include "store/roomwords.h"

#define BUSY_MS 10000

/* ---- the tables ---- */

struct section {
    const char *name;
    const char *sql; /* one JSON object a row; ?1 is the id of the person */
};

#define HEX(column) "lower(hex(" column "))"
#define OTHER_NAME "(SELECT name FROM users WHERE id = iif(caller = ?1, callee, caller))"

static const struct section sections[] = {
    {"profile",
     "SELECT json_object('id', " HEX(
         "id") ", 'name', name, 'fullName', full_name, 'email',"
               " email, 'position', position, 'language', language, 'createdAt', created_s,"
               " 'status', status, 'microphone', microphone_on, 'camera', camera_on,"
               " 'callWaiting', 1 - no_call_waiting, 'relayOnly', relay_only, 'disabled', "
               "disabled) FROM users WHERE id = ?1"},
    {"picture", "SELECT json_object('type', type, 'hex', " HEX(
                    "bytes") ") FROM avatars"
                             " JOIN users ON avatar_hash = hash WHERE users.id = ?1"},
    {"groups", "SELECT json_object('group', group_name) FROM memberships WHERE user_id = ?1"},
    {"signIns", "SELECT json_object('browser', agent, 'address', address, 'createdAt', created_s,"
                " 'seenAt', seen_s) FROM logins WHERE user_id = ?1"},
    {"ringingBrowsers", "SELECT json_object('service', endpoint, 'createdAt', pushes.created_s)"
                        " FROM pushes JOIN logins ON logins.id = login_id WHERE user_id = ?1"},
    {"accounts", "SELECT json_object('type', type, 'value', value) FROM im_accounts"
                 " WHERE user_id = ?1 ORDER BY type, place"},
    {"blocked", "SELECT json_object('name', name, 'since', since_s) FROM blocks"
                " JOIN users ON users.id = other WHERE user_id = ?1"},
    {"waitingFor", "SELECT json_object('name', name, 'since', since_s) FROM notifies"
                   " JOIN users ON users.id = other WHERE user_id = ?1"},
    {"choices", "SELECT json_object('with', (SELECT name FROM users WHERE id = target),"
                " 'connector', connector, 'at', chosen_s) FROM choices WHERE user_id = ?1"},
    {"spaces", "SELECT json_object('space', space, 'invited', invited, 'since', since_s)"
               " FROM space_people WHERE user_id = ?1"},
    {"rooms",
     "SELECT json_object('id', " HEX(
         "room_id") ", 'title', title, 'joinedAt', joined_s)"
                    " FROM room_members JOIN rooms ON rooms.id = room_id WHERE user_id = ?1"},
    {"messages", "SELECT json_object('room', " HEX(
                     "room_id") ", 'at', at_s, 'text', text)"
                                " FROM messages WHERE author = ?1 AND kind = 0 ORDER BY number"},
    {"activities", "SELECT json_object('space', space, 'at', at_s, 'text', text) FROM activities"
                   " WHERE author = ?1 ORDER BY number"},
    {"comments", "SELECT json_object('activity', " HEX(
                     "activity") ", 'at', at_s, 'text', text)"
                                 " FROM comments WHERE author = ?1 ORDER BY number"},
    {"likes", "SELECT json_object('activity', " HEX("activity") ") FROM likes WHERE user_id = ?1"},
    {"calls", "SELECT json_object('with', " OTHER_NAME ", 'mine', json(iif(caller = ?1, 'true',"
              " 'false')), 'startedAtMs', started_at_ms, 'answeredAtMs', answered_at_ms,"
              " 'endedAtMs', ended_at_ms, 'reason', reason, 'connector', connector)"
              " FROM calls WHERE caller = ?1 OR callee = ?1 ORDER BY number"},
    {"administration", "SELECT json_object('at', at_s, 'act', act, 'target', target, 'detail',"
                       " detail) FROM audit WHERE by_id = ?1 ORDER BY seq"},
};

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
    "INSERT INTO messages_text (messages_text) VALUES ('delete-all')",
    "UPDATE searchable SET number = 0",
    "UPDATE audit SET target = ?2 WHERE target = (SELECT name FROM users WHERE id = ?1)",
    "UPDATE audit SET by_name = ?2 WHERE by_id = ?1",
    "UPDATE users SET name = ?2, full_name = ?2, email = '', position = '', language = '',"
    " password_hash = '', avatar_hash = NULL, disabled = 1, status = 0, calls_seen_at_ms = 0"
    " WHERE id = ?1",
    "DELETE FROM avatars WHERE hash NOT IN (SELECT avatar_hash FROM users"
    " WHERE avatar_hash IS NOT NULL)",
};

enum text { TEXT_FIND, TEXT_OTHER_ADMINISTRATORS };

static const char *const texts[] = {
    [TEXT_FIND] = "SELECT id, disabled, EXISTS (SELECT 1 FROM memberships WHERE user_id = id AND"
                  " group_name = ?2) FROM users WHERE name = ?1",
    [TEXT_OTHER_ADMINISTRATORS] = "SELECT 1 FROM memberships JOIN users ON users.id = user_id"
                                  " WHERE group_name = ?2 AND disabled = 0 AND users.id <> ?1",
};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

/* ---- the database ---- */

static enum err open_database(const char *path, sqlite3 **out)
{
    *out = NULL;
    if (access(path, F_OK) != 0) {
        return ERR_NOT_FOUND;
    }
    int result = sqlite3_open_v2(path, out, SQLITE_OPEN_READWRITE, NULL);
    if (result == SQLITE_OK) {
        (void)sqlite3_busy_timeout(*out, BUSY_MS);
        result = sqlite3_exec(*out,
                              "PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                              "PRAGMA secure_delete = ON;",
                              NULL, NULL, NULL);
    }
    enum err err = queries_err(*out, result);
    return err == OK ? roomwords_register(*out) : err;
}

static enum err run(sqlite3 *database, const char *const *sql)
{
    return queries_err(database, sqlite3_exec(database, sql[0], NULL, NULL, NULL));
}

static enum err prepare(sqlite3 *database, const char *const *sql, sqlite3_stmt **out)
{
    return queries_err(database, sqlite3_prepare_v2(database, sql[0], -1, out, NULL));
}

struct person {
    struct id id;
    bool enabled_administrator;
};

static enum err find(sqlite3 *database, const char *name, struct person *out)
{
    sqlite3_stmt *statement = NULL;
    enum err err = prepare(database, &texts[TEXT_FIND], &statement);
    if (err == OK) {
        (void)sqlite3_bind_text(statement, 1, name, -1, SQLITE_STATIC);
        (void)sqlite3_bind_text(statement, 2, GROUP_ADMINISTRATORS, -1, SQLITE_STATIC);
        int result = sqlite3_step(statement);
        err = result == SQLITE_ROW    ? OK
              : result == SQLITE_DONE ? ERR_NOT_FOUND
                                      : queries_err(database, result);
    }
    if (err == OK) {
        memcpy(out->id.bytes, sqlite3_column_blob(statement, 0), ID_BYTES);
        out->enabled_administrator =
            sqlite3_column_int(statement, 1) == 0 && sqlite3_column_int(statement, 2) != 0;
    }
    (void)sqlite3_finalize(statement);
    return err;
}

static void bind_id(sqlite3_stmt *statement, const struct id *id)
{
    (void)sqlite3_bind_blob(statement, 1, id->bytes, ID_BYTES, SQLITE_STATIC);
}

/* ---- to tell ---- */

struct out {
    enum err (*write)(void *arg, struct slice piece);
    void *arg;
};

static enum err put(const struct out *out, const char *text)
{
    return out->write(out->arg, slice_text(text));
}

static enum err put_section(sqlite3 *database, const struct section *section, const struct id *id,
                            const struct out *out)
{
    sqlite3_stmt *statement = NULL;
    enum err err = prepare(database, &section->sql, &statement);
    const char *before = "\n  ";
    int result = SQLITE_DONE;
    if (err == OK) {
        bind_id(statement, id);
        err = put(out, section == sections ? "\n \"" : ",\n \"");
    }
    err = err == OK ? put(out, section->name) : err;
    err = err == OK ? put(out, "\": [") : err;
    while (err == OK && (result = sqlite3_step(statement)) == SQLITE_ROW) {
        err = put(out, before);
        err = err == OK ? put(out, (const char *)sqlite3_column_text(statement, 0)) : err;
        before = ",\n  ";
    }
    err = err == OK && result != SQLITE_DONE ? queries_err(database, result) : err;
    (void)sqlite3_finalize(statement);
    return err == OK ? put(out, "]") : err;
}

enum err personal_export(const char *path, const char *name,
                         enum err (*write)(void *arg, struct slice piece), void *arg)
{
    static const char *const begin = "BEGIN";
    const struct out out = {.write = write, .arg = arg};
    struct person person;
    sqlite3 *database = NULL;
    enum err err = open_database(path, &database);
    err = err == OK ? run(database, &begin) : err;
    err = err == OK ? find(database, name, &person) : err;
    err = err == OK ? put(&out, "{") : err;
    for (size_t i = 0; err == OK && i < COUNT(sections); i++) {
        err = put_section(database, &sections[i], &person.id, &out);
    }
    err = err == OK ? put(&out, "\n}\n") : err;
    (void)sqlite3_close_v2(database);
    return err;
}

/* ---- to take away ---- */

static enum err refuse_last(sqlite3 *database, const struct person *person)
{
    sqlite3_stmt *statement = NULL;
    enum err err = OK;
    if (!person->enabled_administrator) {
        return OK;
    }
    err = prepare(database, &texts[TEXT_OTHER_ADMINISTRATORS], &statement);
    if (err == OK) {
        bind_id(statement, &person->id);
        (void)sqlite3_bind_text(statement, 2, GROUP_ADMINISTRATORS, -1, SQLITE_STATIC);
        int result = sqlite3_step(statement);
        err = result == SQLITE_ROW    ? OK
              : result == SQLITE_DONE ? ERR_FORBIDDEN
                                      : queries_err(database, result);
    }
    (void)sqlite3_finalize(statement);
    return err;
}

static enum err erase(sqlite3 *database, const struct person *person)
{
    char name[32]; /* unique as the id is, and nobody can choose it */
    enum err err = OK;
    (void)snprintf(name, sizeof(name), "deleted-%02x%02x%02x%02x%02x%02x%02x%02x",
                   person->id.bytes[0], person->id.bytes[1], person->id.bytes[2],
                   person->id.bytes[3], person->id.bytes[4], person->id.bytes[5],
                   person->id.bytes[6], person->id.bytes[7]);
    for (size_t i = 0; err == OK && i < COUNT(erasures); i++) {
        sqlite3_stmt *statement = NULL;
        err = prepare(database, &erasures[i], &statement);
        if (err == OK && sqlite3_bind_parameter_count(statement) > 0) {
            bind_id(statement, &person->id);
        }
        if (err == OK && sqlite3_bind_parameter_count(statement) > 1) {
            (void)sqlite3_bind_text(statement, 2, name, -1, SQLITE_STATIC);
        }
        int result = err == OK ? sqlite3_step(statement) : SQLITE_DONE;
        err = err == OK && result != SQLITE_DONE ? queries_err(database, result) : err;
        (void)sqlite3_finalize(statement);
    }
    return err;
}

enum err personal_erase(const char *path, const char *name)
{
    static const char *const begin = "BEGIN IMMEDIATE";
    static const char *const commit = "COMMIT";
    struct person person;
    sqlite3 *database = NULL;
    enum err err = open_database(path, &database);
    err = err == OK ? run(database, &begin) : err;
    err = err == OK ? find(database, name, &person) : err;
    err = err == OK ? refuse_last(database, &person) : err;
    err = err == OK ? erase(database, &person) : err;
    err = err == OK ? run(database, &commit) : err;
    (void)sqlite3_close_v2(database); /* undoes what was not committed */
    return err;
}

bool personal_names(const char *table)
{
    char words[80];
    (void)snprintf(words, sizeof(words), " %s ", table);
    for (size_t i = 0; i < COUNT(erasures); i++) {
        char padded[600];
        (void)snprintf(padded, sizeof(padded), "%s ", erasures[i]);
        if (strstr(padded, words) != NULL) {
            return true;
        }
    }
    return false;
}
