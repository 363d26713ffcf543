/* SPDX-License-Identifier: Apache-2.0 */
/* A database of every earlier form comes up to date with all that is in it. */
#include "store/migrations.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/log.h"
#include "store/lookup.h"
#include "store/migrations_postgres.h"
#include "store/store.h"
#include "store/testplace.h"

#define FORM_BYTES_MAX 65536
/* The first forms of a file that have rooms and messages, and calls; PostgreSQL began later. */
#define FIRST_WITH_ROOMS 3
#define FIRST_WITH_CALLS 6

static const struct id ann = {{1}};
static const struct id team = {{10}};

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

/* Rows as each of the forms took them. */
static enum err put_user(struct db *db)
{
    struct statement *statement = NULL;
    enum err err = db_prepare(
        db,
        "INSERT INTO users (id, name, full_name, email, position, language, password_hash,"
        " disabled, microphone_on, camera_on, created_s) VALUES (?1, 'ann', 'Ann', '', '', 'en',"
        " '$x', 0, 1, 0, 7)",
        NULL, &statement);
    err = err == OK ? statement_set_blob(statement, 1, ann.bytes, ID_BYTES) : err;
    err = err == OK ? statement_run(statement) : err;
    statement_close(statement);
    return err;
}

static enum err put_room(struct db *db)
{
    struct statement *statement = NULL;
    enum err err = db_prepare(db,
                              "INSERT INTO rooms (id, kind, title, owner, created_s)"
                              " VALUES (?1, 1, 'Team', ?2, 8)",
                              NULL, &statement);
    err = err == OK ? statement_set_blob(statement, 1, team.bytes, ID_BYTES) : err;
    err = err == OK ? statement_set_blob(statement, 2, ann.bytes, ID_BYTES) : err;
    err = err == OK ? statement_run(statement) : err;
    statement_close(statement);
    statement = NULL;
    err = err == OK ? db_prepare(db,
                                 "INSERT INTO room_members (room_id, user_id, read_seq, joined_s)"
                                 " SELECT rooms.id, users.id, 1, 8 FROM rooms, users",
                                 NULL, &statement)
                    : err;
    err = err == OK ? statement_run(statement) : err;
    statement_close(statement);
    statement = NULL;
    err = err == OK ? db_prepare(db,
                                 "INSERT INTO messages (id, room_id, author, seq, at_s, kind, text)"
                                 " SELECT rooms.id, rooms.id, users.id, 2, 9, 0, 'hello there'"
                                 " FROM rooms, users",
                                 NULL, &statement)
                    : err;
    err = err == OK ? statement_run(statement) : err;
    statement_close(statement);
    return err;
}

static enum err put_call(struct db *db)
{
    struct statement *statement = NULL;
    enum err err = db_prepare(
        db,
        "INSERT INTO calls (id, caller, callee, connector, external, silent, started_at_ms,"
        " answered_at_ms, active_at_ms, ended_at_ms, reason, ended_by)"
        " SELECT id, id, id, 'webrtc', 0, 0, 1000, 0, 0, 0, 0, 0 FROM users",
        NULL, &statement);
    err = err == OK ? statement_run(statement) : err;
    statement_close(statement);
    return err;
}

/* All tables, their columns and the indices, as one text. */
static enum err form_of(const char *where, struct buf *out)
{
    struct db *db = NULL;
    struct statement *statement = NULL;
    bool row = true;
    enum err err = db_open(where, DB_READS, &db);
    err = err == OK
              ? db_prepare(db,
                           "SELECT m.name || ' ' || coalesce(c.name || ' ' || c.type || ' '"
                           " || c.\"notnull\" || ' ' || coalesce(c.dflt_value, '-'), '')"
                           " FROM sqlite_master AS m LEFT JOIN pragma_table_info(m.name) AS c"
                           " ORDER BY m.name, c.name",
                           "SELECT table_name || ' ' || column_name || ' ' || data_type || ' '"
                           " || is_nullable || ' ' || coalesce(column_default, '-')"
                           " FROM information_schema.columns WHERE table_schema = current_schema()"
                           " ORDER BY table_name, column_name",
                           &statement)
              : err;
    while (err == OK && (err = statement_step(statement, &row)) == OK && row) {
        err = buf_append(out, statement_bytes(statement, 0));
        err = err == OK ? buf_append_text(out, "\n") : err;
    }
    statement_close(statement);
    db_close(db);
    return err;
}

static enum err make_old(int version)
{
    struct db *db = NULL;
    bool file = testplace_is_file();
    enum err err = db_open(testplace_where, DB_STORES, &db);
    err = err == OK ? migrations_until(db, version) : err;
    err = err == OK ? put_user(db) : err;
    err = err == OK && (!file || version >= FIRST_WITH_ROOMS) ? put_room(db) : err;
    err = err == OK && (!file || version >= FIRST_WITH_CALLS) ? put_call(db) : err;
    db_close(db);
    return err;
}

struct seen {
    unsigned users;
    unsigned calls;
    struct room room;
};

static void see(void *arg, const struct change *change)
{
    struct seen *seen = arg;
    seen->users += change->kind == CHANGE_USER_PUT && id_equal(&change->user.id, &ann) ? 1 : 0;
    seen->calls += change->kind == CHANGE_CALL_PUT ? 1 : 0;
    if (change->kind == CHANGE_ROOM_PUT) {
        seen->room = change->room;
    }
}

/* What was said can be searched, whatever has become of the index. */
static enum err count_found(size_t *out)
{
    struct lookup *lookup = NULL;
    struct arena arena;
    struct found found = {0};
    struct question question = {
        .kind = ASK_SEARCH, .text = SLICE("hello"), .rooms = &team, .room_count = 1, .limit = 5};
    arena_init(&arena, 1 << 20);
    enum err err = lookup_open(testplace_where, &lookup);
    err = err == OK ? lookup_answer(lookup, &question, &arena, &found) : err;
    *out = found.message_count;
    lookup_close(lookup);
    arena_fini(&arena);
    return err;
}

/* Whether everything of the form `version` is there after an update; *form: what it is then. */
static bool comes_up_to_date(int version, struct buf *form)
{
    struct store *store = NULL;
    struct seen seen = {0};
    size_t hits = 0;
    bool more = false;
    bool rooms = !testplace_is_file() || version >= FIRST_WITH_ROOMS;
    bool calls = !testplace_is_file() || version >= FIRST_WITH_CALLS;
    testplace_make();
    enum err err = make_old(version);
    err = err == OK ? store_open(testplace_where, &store) : err;
    err = err == OK ? store_load(store, see, &seen) : err;
    err = err == OK ? store_index(store, 10, &more) : err;
    err = err == OK ? count_found(&hits) : err;
    store_close(store);
    err = err == OK ? form_of(testplace_where, form) : err;
    testplace_remove();
    return err == OK && seen.users == 1 && seen.calls == (calls ? 1U : 0U) &&
           seen.room.seq == (rooms ? 2U : 0U) && hits == (rooms ? 1U : 0U);
}

static void every_earlier_form_comes_up_to_date_and_loses_nothing(void)
{
    struct buf fresh;
    struct buf form;
    int newest = migrations_version();
    int wrong = 0;
    log_set_sink(quiet, NULL);
    if (!testplace_is_file()) {
        (void)migrations_postgres(&newest);
    }
    buf_init(&fresh, FORM_BYTES_MAX);
    buf_init(&form, FORM_BYTES_MAX);
    wrong = comes_up_to_date(newest, &fresh) ? 0 : newest; /* made at once */
    for (int version = 1; version < newest && wrong == 0; version++) {
        buf_clear(&form);
        bool right =
            comes_up_to_date(version, &form) && slice_equal(buf_slice(&form), buf_slice(&fresh));
        wrong = right ? 0 : version;
    }
    buf_fini(&form);
    buf_fini(&fresh);
    if (wrong != 0 && !unit_replaying()) {
        (void)fprintf(stderr, "the form %d does not come up to date\n", wrong);
    }
    CHECK(wrong == 0);
}

UNIT(every_earlier_form_comes_up_to_date_and_loses_nothing)
