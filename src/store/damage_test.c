/* SPDX-License-Identifier: Apache-2.0 */
/* A file that something has changed behind our back: no value that the program cannot have written
 * gets into memory. Only for files: PostgreSQL refuses such values itself. */
#include "base/log.h"
#include "store/lookup.h"
#include "store/store.h"
#include "store/testplace.h"

#define ID(digit) "x'0" #digit "000000000000000000000000000000'"
#define HASH "zeroblob(32)"
#define SHORT "x'0102'"
#define LONG "printf('%070000d', 0)"
#define BEHIND "PRAGMA ignore_check_constraints = ON; PRAGMA foreign_keys = OFF;"

/* clang-format off */
static const char fill[] =
    BEHIND
    "INSERT INTO groups VALUES ('g');"
    "INSERT INTO users VALUES (" ID(1) ", 'ann', 'Ann', '', '', 'en', '$x', " HASH
    ", 0, 1, 1, 7, 0, 0, 0, 0);"
    "INSERT INTO memberships VALUES (" ID(1) ", 'g');"
    "INSERT INTO logins VALUES (" ID(2) ", " ID(1) ", " HASH ", 'agent', '::1', 1, 2, 3);"
    "INSERT INTO invitations VALUES (" ID(3) ", " HASH ", 0, " ID(1) ", " ID(1) ", 1, 2);"
    "INSERT INTO attempts VALUES (0, 0, " ID(4) ", 1, 1, 1);"
    "INSERT INTO spaces VALUES ('s', 'Space', '', " ID(1) ", 1);"
    "INSERT INTO space_people VALUES ('s', " ID(1) ", 0, 1);"
    "INSERT INTO rooms VALUES (" ID(5) ", 2, '', " ID(1) ", " HASH ", 's', 1, 0);"
    "INSERT INTO room_members VALUES (" ID(5) ", " ID(1) ", 1, 1, 1);"
    "INSERT INTO messages VALUES (1, " ID(6) ", " ID(5) ", " ID(1) ", 1, 1, 1, '', " ID(7)
    ", 1, 1, 1);"
    "INSERT INTO activities VALUES (1, " ID(8) ", " ID(1) ", 's', 1, 'news');"
    "INSERT INTO comments VALUES (1, " ID(9) ", " ID(8) ", " ID(1) ", 1, 'well');"
    "INSERT INTO settings VALUES ('webrtc', 'a', 'b');"
    "INSERT INTO im_accounts VALUES (" ID(1) ", 'sip', 0, 'sip:a@b');"
    "INSERT INTO choices VALUES (" ID(1) ", " ID(1) ", 'webrtc', 1);"
    "INSERT INTO audit VALUES (1, 1, " ID(1) ", 'ann', 'act', '', '');"
    "INSERT INTO calls VALUES (1, " ID(7) ", " ID(1) ", " ID(1)
    ", 'webrtc', 0, 0, 1, 2, 3, 4, 1, 1, 0, 0);"
    "INSERT INTO calls VALUES (2, " ID(2) ", " ID(1) ", " ID(1)
    ", 'webrtc', 0, 0, 1, 2, 3, 0, 0, 0, 0, 0);"
    "INSERT INTO pushes VALUES (" ID(2) ", 'https://p', zeroblob(65), " ID(1) ", 1);"
    "INSERT INTO blocks VALUES (" ID(1) ", " ID(1) ", 1);"
    "INSERT INTO notifies VALUES (" ID(1) ", " ID(1) ", 1);"
    "INSERT INTO call_steps VALUES (1, " ID(7) ", 1, 1, 1, 1, 0, '');"
    "INSERT INTO call_media VALUES (" ID(7) ", 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1);";
/* clang-format on */

/* Who reads it: a question, or what is in memory. */
#define LOADED (-1)

static const struct damage {
    int reader;
    const char *table;
    const char *column;
    const char *bad;
} damages[] = {
    {LOADED, "groups", "name", LONG},
    {LOADED, "users", "id", SHORT},
    {LOADED, "users", "name", LONG},
    {LOADED, "users", "avatar_hash", SHORT},
    {LOADED, "users", "status", "-1"},
    {LOADED, "users", "status", "4"},
    {LOADED, "memberships", "user_id", SHORT},
    {LOADED, "memberships", "group_name", LONG},
    {LOADED, "logins", "token_hash", SHORT},
    {LOADED, "logins", "agent", LONG},
    {LOADED, "invitations", "kind", "-1"},
    {LOADED, "invitations", "kind", "3"},
    {LOADED, "invitations", "user_id", SHORT},
    {LOADED, "attempts", "key", SHORT},
    {LOADED, "spaces", "title", LONG},
    {LOADED, "spaces", "owner", SHORT},
    {LOADED, "space_people", "user_id", SHORT},
    {LOADED, "rooms", "kind", "-1"},
    {LOADED, "rooms", "kind", "3"},
    {LOADED, "rooms", "pair", SHORT},
    {LOADED, "rooms", "space", LONG},
    {LOADED, "room_members", "room_id", SHORT},
    {LOADED, "settings", "owner", LONG},
    {LOADED, "settings", "value", LONG},
    {LOADED, "im_accounts", "value", LONG},
    {LOADED, "choices", "target", SHORT},
    {LOADED, "pushes", "point", SHORT},
    {LOADED, "pushes", "auth", SHORT},
    {LOADED, "blocks", "other", SHORT},
    {LOADED, "notifies", "other", SHORT},
    {LOADED, "calls", "caller", SHORT},
    {LOADED, "calls", "connector", LONG},
    {LOADED, "calls", "ended_by", "-1"},
    {LOADED, "calls", "ended_by", "3"},
    {LOADED, "calls", "held", "-1"},
    {LOADED, "calls", "held", "4"},
    {LOADED, "calls", "reason", "-1"},
    {LOADED, "calls", "reason", "200"},
    {ASK_HISTORY, "messages", "author", SHORT},
    {ASK_HISTORY, "messages", "kind", "-1"},
    {ASK_HISTORY, "messages", "kind", "9"},
    {ASK_HISTORY, "messages", "call_id", SHORT},
    {ASK_HISTORY, "messages", "reason", "-1"},
    {ASK_HISTORY, "messages", "reason", "200"},
    {ASK_FEED, "activities", "author", SHORT},
    {ASK_FEED, "comments", "author", SHORT},
    {ASK_COMMENTS, "comments", "author", SHORT},
    {ASK_AUDIT, "audit", "by_id", SHORT},
    {ASK_AUDIT, "audit", "act", LONG},
    {ASK_CALLS, "calls", "callee", SHORT},
    {ASK_CALLS, "calls", "reason", "200"},
    {ASK_TIMELINE, "call_steps", "what", "-1"},
    {ASK_TIMELINE, "call_steps", "what", "200"},
    {ASK_TIMELINE, "call_steps", "side", "-1"},
    {ASK_TIMELINE, "call_steps", "side", "3"},
    {ASK_TIMELINE, "call_steps", "detail", "-1"},
    {ASK_TIMELINE, "call_steps", "detail", "256"},
    {ASK_TIMELINE, "call_steps", "device", LONG},
    {ASK_TIMELINE, "call_steps", "(what, detail)", "(3, 4)"},
    {ASK_TIMELINE, "call_steps", "(what, detail)", "(8, 4 * 16)"},
    {ASK_TIMELINE, "call_steps", "(what, detail)", "(8, 15)"},
    {ASK_TIMELINE, "call_steps", "(what, detail)", "(17, 19)"},
    {ASK_TIMELINE, "call_media", "side", "-1"},
    {ASK_TIMELINE, "call_media", "side", "2"},
    {ASK_TIMELINE, "call_media", "loss", "-1"},
    {ASK_TIMELINE, "call_media", "loss", "5000000000"},
    {ASK_TIMELINE, "call_media", "path", "200"},
    {ASK_TIMELINE, "call_media", "transport", "200"},
};

static struct store *store;
static struct lookup *lookup;

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void tear_down(void)
{
    lookup_close(lookup);
    store_close(store);
    lookup = NULL;
    store = NULL;
    testplace_remove();
}

static void ignore(void *arg, const struct change *change)
{
    (void)arg;
    (void)change;
}

static enum err read_by(int reader)
{
    static const char spaces[1][SPACE_NAME_MAX + 1] = {"s"};
    static const struct id ids[] = {
        [ASK_HISTORY] = {{5}}, [ASK_COMMENTS] = {{8}}, [ASK_TIMELINE] = {{7}}, [ASK_OLD] = {{0}}};
    struct arena arena;
    struct found found = {0};
    if (reader == LOADED) {
        return store_load(store, ignore, NULL);
    }
    struct question question = {.kind = (enum question_kind)reader,
                                .id = ids[reader],
                                .who = {{reader == ASK_TIMELINE ? 0 : 1}},
                                .limit = 10,
                                .spaces = spaces,
                                .space_count = 1};
    arena_init(&arena, 1 << 20);
    enum err err = lookup_answer(lookup, &question, &arena, &found);
    arena_fini(&arena);
    return err;
}

static bool is_kept_out(const struct damage *damage)
{
    char sql[400];
    (void)snprintf(sql, sizeof(sql), BEHIND "UPDATE %s SET %s = %s;", damage->table, damage->column,
                   damage->bad);
    testplace_make();
    CHECK(store_open(testplace_where, &store) == OK);
    CHECK(testplace_change(fill));
    CHECK(lookup_open(testplace_where, &lookup) == OK);
    CHECK(read_by(damage->reader) == OK);
    CHECK(testplace_change(sql));
    enum err err = read_by(damage->reader);
    tear_down();
    return err == ERR_IO;
}

static void no_damaged_value_gets_into_memory(void)
{
    size_t wrong = 0;
    if (!testplace_is_file()) {
        return;
    }
    unit_finally(tear_down);
    log_set_sink(quiet, NULL);
    for (size_t i = 0; i < sizeof(damages) / sizeof(damages[0]); i++) {
        if (!is_kept_out(&damages[i])) {
            wrong++;
            (void)fprintf(stderr, "%s.%s = %s is let in\n", damages[i].table, damages[i].column,
                          damages[i].bad);
        }
    }
    CHECK(wrong == 0);
}

UNIT(no_damaged_value_gets_into_memory)
