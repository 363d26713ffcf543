/* SPDX-License-Identifier: Apache-2.0 */
#include "store/migrations.h"

#include <stddef.h>
#include <stdio.h>

#include "base/log.h"
#include "store/queries.h"

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
};

int migrations_version(void)
{
    return (int)(sizeof(steps) / sizeof(steps[0]));
}

static enum err run(sqlite3 *database, const char *sql)
{
    return queries_err(database, sqlite3_exec(database, sql, NULL, NULL, NULL));
}

static enum err read_version(sqlite3 *database, int *out)
{
    sqlite3_stmt *statement = NULL;
    int result = sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &statement, NULL);
    if (result == SQLITE_OK) {
        result = sqlite3_step(statement);
        *out = sqlite3_column_int(statement, 0);
    }
    (void)sqlite3_finalize(statement);
    if (result != SQLITE_ROW) {
        return result == SQLITE_DONE ? ERR_IO : queries_err(database, result);
    }
    return OK;
}

static enum err apply_step(sqlite3 *database, int version)
{
    char set_version[48];
    (void)snprintf(set_version, sizeof(set_version), "PRAGMA user_version = %d", version + 1);
    enum err err = run(database, steps[version]);
    if (err == OK) {
        err = run(database, set_version);
    }
    return err;
}

MUST_USE enum err migrations_apply(sqlite3 *database)
{
    int newest = migrations_version();
    for (;;) {
        int version = 0;
        enum err err = read_version(database, &version);
        if (err != OK) {
            return err;
        }
        if (version < 0 || version > newest) {
            log_error("database is newer than this program", "schema=%d known=%d", version, newest);
            return ERR_UNSUPPORTED;
        }
        if (version == newest) {
            return OK;
        }
        err = run(database, "BEGIN IMMEDIATE");
        if (err != OK) {
            return err;
        }
        /* Another process may have done this step while we waited: look again inside. */
        int inside = 0;
        err = read_version(database, &inside);
        if (err == OK && inside == version) {
            err = apply_step(database, version);
        }
        if (err == OK) {
            err = run(database, "COMMIT");
        }
        if (err != OK) {
            (void)sqlite3_exec(database, "ROLLBACK", NULL, NULL, NULL);
            return err;
        }
    }
}
