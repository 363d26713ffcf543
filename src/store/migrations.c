/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrations.h"

#include <stddef.h>

#include "base/log.h"
#include "store/migrations_postgres.h"

/* steps[n] leads from version n to n + 1. A step that was released is never changed. */
static const char *const steps[] = {
    "CREATE TABLE groups (name TEXT PRIMARY KEY NOT NULL) STRICT, WITHOUT ROWID;"

    "CREATE TABLE users ("
    " id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),"
    " name TEXT NOT NULL UNIQUE COLLATE NOCASE CHECK (name <> ''),"
    " full_name TEXT NOT NULL,"
    " email TEXT NOT NULL,"
    " position TEXT NOT NULL,"
    " language TEXT NOT NULL,"
    " password_hash TEXT NOT NULL,"
    " avatar_hash BLOB CHECK (avatar_hash IS NULL OR length(avatar_hash) = 32),"
    " disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),"
    " microphone_on INTEGER NOT NULL CHECK (microphone_on IN (0, 1)),"
    " camera_on INTEGER NOT NULL CHECK (camera_on IN (0, 1)),"
    " created_s INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE memberships ("
    " user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " group_name TEXT NOT NULL REFERENCES groups (name) ON DELETE CASCADE,"
    " PRIMARY KEY (user_id, group_name)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX memberships_by_group ON memberships (group_name);"

    "CREATE TABLE logins ("
    " id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),"
    " user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),"
    " agent TEXT NOT NULL,"
    " address TEXT NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " seen_s INTEGER NOT NULL,"
    " expires_s INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX logins_by_user ON logins (user_id);"

    "CREATE TABLE invitations ("
    " id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),"
    " token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),"
    " kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2)),"
    " user_id BLOB REFERENCES users (id) ON DELETE CASCADE,"
    " invited_by BLOB REFERENCES users (id) ON DELETE SET NULL,"
    " created_s INTEGER NOT NULL,"
    " expires_s INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX invitations_by_user ON invitations (user_id);"
    "CREATE INDEX invitations_by_inviter ON invitations (invited_by);"

    "CREATE TABLE avatars ("
    " hash BLOB PRIMARY KEY NOT NULL CHECK (length(hash) = 32),"
    " type TEXT NOT NULL,"
    " bytes BLOB NOT NULL"
    ") STRICT;",

    /* Failed sign-ins: a table of fixed size, the portal gives the slots. */
    "CREATE TABLE attempts ("
    " scope INTEGER NOT NULL CHECK (scope IN (0, 1)),"
    " slot INTEGER NOT NULL CHECK (slot >= 0),"
    " key BLOB NOT NULL CHECK (length(key) = 16),"
    " window INTEGER NOT NULL,"
    " now INTEGER NOT NULL,"
    " before INTEGER NOT NULL,"
    " PRIMARY KEY (scope, slot)"
    ") STRICT, WITHOUT ROWID;",

    /* Rooms, spaces, the stream. Who wrote a message is checked when it is inserted, so it has no
     * foreign keys to look up; ids of messages and activities are made by pages, numbers give their
     * order of commit. */
    "CREATE TABLE spaces ("
    " name TEXT PRIMARY KEY NOT NULL CHECK (name <> ''),"
    " title TEXT NOT NULL,"
    " description TEXT NOT NULL,"
    " owner BLOB NOT NULL REFERENCES users (id),"
    " created_s INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX spaces_by_owner ON spaces (owner);"

    "CREATE TABLE space_people ("
    " space TEXT NOT NULL REFERENCES spaces (name) ON DELETE CASCADE,"
    " user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " invited INTEGER NOT NULL CHECK (invited IN (0, 1)),"
    " since_s INTEGER NOT NULL,"
    " PRIMARY KEY (space, user_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX space_people_by_user ON space_people (user_id);"

    "CREATE TABLE rooms ("
    " id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),"
    " kind INTEGER NOT NULL CHECK (kind IN (0, 1, 2)),"
    " title TEXT NOT NULL,"
    " owner BLOB REFERENCES users (id),"
    " pair BLOB UNIQUE CHECK (pair IS NULL OR length(pair) = 32),"
    " space TEXT UNIQUE REFERENCES spaces (name) ON DELETE CASCADE,"
    " created_s INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX rooms_by_owner ON rooms (owner);"

    "CREATE TABLE room_members ("
    " room_id BLOB NOT NULL REFERENCES rooms (id) ON DELETE CASCADE,"
    " user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " read_seq INTEGER NOT NULL CHECK (read_seq >= 0),"
    " joined_s INTEGER NOT NULL,"
    " PRIMARY KEY (room_id, user_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX room_members_by_user ON room_members (user_id);"

    "CREATE TABLE messages ("
    " number INTEGER PRIMARY KEY,"
    " id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    " room_id BLOB NOT NULL CHECK (length(room_id) = 16),"
    " author BLOB NOT NULL CHECK (length(author) = 16),"
    " seq INTEGER NOT NULL CHECK (seq > 0),"
    " at_s INTEGER NOT NULL,"
    " kind INTEGER NOT NULL CHECK (kind IN (0, 1)),"
    " text TEXT NOT NULL,"
    " call_id BLOB CHECK (call_id IS NULL OR length(call_id) = 16),"
    " reason INTEGER,"
    " answered INTEGER,"
    " seconds INTEGER,"
    " UNIQUE (room_id, seq)"
    ") STRICT;"

    /* What was said, by words and rooms; filled after the messages (searchable: up to which). */
    "CREATE VIRTUAL TABLE messages_text USING fts5 (text, room, content='', columnsize=0,"
    " prefix='3', tokenize='unicode61 remove_diacritics 2');"
    "CREATE TABLE searchable (number INTEGER NOT NULL) STRICT;"
    "INSERT INTO searchable VALUES (0);"

    "CREATE TABLE activities ("
    " number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    " author BLOB NOT NULL REFERENCES users (id),"
    " space TEXT REFERENCES spaces (name) ON DELETE CASCADE,"
    " at_s INTEGER NOT NULL,"
    " text TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX activities_by_space ON activities (space, number);"
    "CREATE INDEX activities_by_author ON activities (author);"

    "CREATE TABLE comments ("
    " number INTEGER PRIMARY KEY AUTOINCREMENT,"
    " id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    " activity BLOB NOT NULL REFERENCES activities (id) ON DELETE CASCADE,"
    " author BLOB NOT NULL REFERENCES users (id),"
    " at_s INTEGER NOT NULL,"
    " text TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX comments_by_activity ON comments (activity, number);"
    "CREATE INDEX comments_by_author ON comments (author);"

    "CREATE TABLE likes ("
    " activity BLOB NOT NULL REFERENCES activities (id) ON DELETE CASCADE,"
    " user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " PRIMARY KEY (activity, user_id)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX likes_by_user ON likes (user_id);",

    "ALTER TABLE users ADD COLUMN status INTEGER NOT NULL DEFAULT 0"
    " CHECK (status BETWEEN 0 AND 3);",

    "CREATE TABLE settings ("
    " owner TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " value TEXT NOT NULL,"
    " PRIMARY KEY (owner, name)"
    ") STRICT, WITHOUT ROWID;"

    "CREATE TABLE im_accounts ("
    " user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " type TEXT NOT NULL,"
    " place INTEGER NOT NULL CHECK (place BETWEEN 0 AND 255),"
    " value TEXT NOT NULL,"
    " PRIMARY KEY (user_id, type, place)"
    ") STRICT, WITHOUT ROWID;"

    /* The target is 16 zeros for the choice that counts for everybody else. */
    "CREATE TABLE choices ("
    " user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " target BLOB NOT NULL CHECK (length(target) = 16),"
    " connector TEXT NOT NULL,"
    " chosen_s INTEGER NOT NULL,"
    " PRIMARY KEY (user_id, target)"
    ") STRICT, WITHOUT ROWID;"

    /* Who did it is kept by name too: the audit outlives the users. */
    "CREATE TABLE audit ("
    " seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " at_s INTEGER NOT NULL,"
    " by_id BLOB NOT NULL CHECK (length(by_id) = 16),"
    " by_name TEXT NOT NULL,"
    " act TEXT NOT NULL,"
    " target TEXT NOT NULL,"
    " detail TEXT NOT NULL"
    ") STRICT;",

    /* Live calls and the history of ended ones (ended_at_ms). Times are of the wall clock. */
    "CREATE TABLE calls ("
    " number INTEGER PRIMARY KEY,"
    " id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),"
    " caller BLOB NOT NULL REFERENCES users (id),"
    " callee BLOB NOT NULL REFERENCES users (id),"
    " connector TEXT NOT NULL,"
    " external INTEGER NOT NULL CHECK (external IN (0, 1)),"
    " silent INTEGER NOT NULL CHECK (silent IN (0, 1)),"
    " started_at_ms INTEGER NOT NULL,"
    " answered_at_ms INTEGER NOT NULL,"
    " active_at_ms INTEGER NOT NULL,"
    " ended_at_ms INTEGER NOT NULL,"
    " reason INTEGER NOT NULL,"
    " ended_by INTEGER NOT NULL CHECK (ended_by IN (0, 1, 2))"
    ") STRICT;"
    "CREATE INDEX calls_by_caller ON calls (caller, number);"
    "CREATE INDEX calls_by_callee ON calls (callee, number);"
    "CREATE INDEX calls_live ON calls (number) WHERE ended_at_ms = 0;",

    "ALTER TABLE calls ADD COLUMN missed INTEGER NOT NULL DEFAULT 0 CHECK (missed IN (0, 1));"
    "ALTER TABLE users ADD COLUMN calls_seen_at_ms INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX calls_missed ON calls (callee, ended_at_ms) WHERE missed = 1;"
    "CREATE INDEX calls_by_end ON calls (ended_at_ms);",
    /* Where the browser of a sign-in is reached while no page is open. */
    "CREATE TABLE pushes ("
    " login_id BLOB PRIMARY KEY NOT NULL REFERENCES logins (id) ON DELETE CASCADE,"
    " endpoint TEXT NOT NULL,"
    " point BLOB NOT NULL CHECK (length(point) = 65),"
    " auth BLOB NOT NULL CHECK (length(auth) = 16),"
    " created_s INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;",

    /* Each word with its room (store/roomwords.h); the prefixes are a key and two or three
     * characters. Filled anew, as any message that is not searchable yet. */
    "DROP TABLE messages_text;"
    "CREATE VIRTUAL TABLE messages_text USING fts5 (text, content='', columnsize=0,"
    " prefix='34 35', tokenize='roomwords remove_diacritics 2');"
    /* Each search looks into each segment of the index: few, also after many small additions. */
    "INSERT INTO messages_text (messages_text, rank) VALUES ('automerge', 2), ('crisismerge', 4);"
    "UPDATE searchable SET number = 0;",
    /* What people want of calls, whom they block and wait for, and what happened in calls. */
    "ALTER TABLE users ADD COLUMN no_call_waiting INTEGER NOT NULL DEFAULT 0"
    " CHECK (no_call_waiting IN (0, 1));"
    "ALTER TABLE users ADD COLUMN relay_only INTEGER NOT NULL DEFAULT 0"
    " CHECK (relay_only IN (0, 1));"
    "ALTER TABLE calls ADD COLUMN held INTEGER NOT NULL DEFAULT 0 CHECK (held BETWEEN 0 AND 3);"

    "CREATE TABLE blocks ("
    " user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " other BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " since_s INTEGER NOT NULL,"
    " PRIMARY KEY (user_id, other)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX blocks_by_other ON blocks (other);"

    "CREATE TABLE notifies ("
    " user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " other BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " since_s INTEGER NOT NULL,"
    " PRIMARY KEY (user_id, other)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX notifies_by_other ON notifies (other);"

    "CREATE TABLE call_steps ("
    " number INTEGER PRIMARY KEY,"
    " call_id BLOB NOT NULL CHECK (length(call_id) = 16),"
    " at_ms INTEGER NOT NULL,"
    " what INTEGER NOT NULL,"
    " side INTEGER NOT NULL CHECK (side IN (0, 1, 2)),"
    " detail INTEGER NOT NULL,"
    " private INTEGER NOT NULL CHECK (private IN (0, 1)),"
    " device TEXT NOT NULL"
    ") STRICT;"
    "CREATE INDEX call_steps_by_call ON call_steps (call_id, number);"
    "CREATE INDEX call_steps_by_time ON call_steps (at_ms);"

    "CREATE TABLE call_media ("
    " call_id BLOB NOT NULL CHECK (length(call_id) = 16),"
    " side INTEGER NOT NULL CHECK (side IN (0, 1)),"
    " at_ms INTEGER NOT NULL,"
    " reports INTEGER NOT NULL,"
    " path INTEGER NOT NULL,"
    " transport INTEGER NOT NULL,"
    " loss INTEGER NOT NULL,"
    " loss_worst INTEGER NOT NULL,"
    " rtt_ms INTEGER NOT NULL,"
    " rtt_worst_ms INTEGER NOT NULL,"
    " jitter_ms INTEGER NOT NULL,"
    " jitter_worst_ms INTEGER NOT NULL,"
    " PRIMARY KEY (call_id, side)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX call_media_by_time ON call_media (at_ms);",
    /* Messages are forgotten for their age; the numbers of a room go on behind them. */
    "ALTER TABLE rooms ADD COLUMN forgotten_seq INTEGER NOT NULL DEFAULT 0"
    " CHECK (forgotten_seq >= 0);"
    "CREATE INDEX messages_by_time ON messages (at_s);",
    "ALTER TABLE room_members ADD COLUMN looked INTEGER NOT NULL DEFAULT 0"
    " CHECK (looked IN (0, 1));"
    "UPDATE room_members SET looked = 1 WHERE read_seq > 0;",
    /* Links of guests; the calls of a guest go with the account. */
    "CREATE TABLE guest_links ("
    " id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 16),"
    " token_hash BLOB NOT NULL UNIQUE CHECK (length(token_hash) = 32),"
    " host BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,"
    " guest BLOB REFERENCES users (id) ON DELETE SET NULL,"
    " label TEXT NOT NULL,"
    " created_s INTEGER NOT NULL,"
    " expires_s INTEGER NOT NULL,"
    " used_s INTEGER NOT NULL"
    ") STRICT, WITHOUT ROWID;"
    "CREATE INDEX guest_links_by_host ON guest_links (host);"
    "CREATE INDEX guest_links_by_guest ON guest_links (guest);",
};

#define COUNT(list) ((int)(sizeof(list) / sizeof((list)[0])))

int migrations_version(void)
{
    return COUNT(steps);
}

static const char *const *steps_of(enum db_dialect dialect, int *count)
{
    *count = COUNT(steps);
    return dialect == DB_POSTGRES ? migrations_postgres(count) : steps;
}

MUST_USE enum err migrations_until(struct db *db, int last)
{
    int newest = 0;
    const char *const *wanted = steps_of(db_dialect(db), &newest);
    for (;;) {
        int version = 0;
        enum err err = db_schema_version(db, &version);
        if (err != OK) {
            return err;
        }
        if (version < 0 || version > newest) {
            log_error("database is newer than this program", "schema=%d known=%d", version, newest);
            return ERR_UNSUPPORTED;
        }
        if (version >= last) {
            return OK;
        }
        err = db_begin(db, DB_STORES);
        if (err != OK) {
            return err;
        }
        /* Another process may have done this step while we waited: look again inside. */
        int inside = 0;
        err = db_schema_version(db, &inside);
        if (err == OK && inside == version) {
            err = db_script(db, wanted[version]);
            err = err == OK ? db_set_schema_version(db, version + 1) : err;
        }
        err = err == OK ? db_commit(db) : err;
        if (err != OK) {
            db_rollback(db);
            return err;
        }
    }
}

MUST_USE enum err migrations_apply(struct db *db)
{
    int newest = 0;
    (void)steps_of(db_dialect(db), &newest);
    return migrations_until(db, newest);
}
