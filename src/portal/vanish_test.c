/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that people do, while the one who does it, or all the others, vanish before it is kept
 * (another process has erased them), or the store refuses it: each is answered once, and the portal
 * goes on. And everything by nobody. */
#include "portal/portal.h"

#include <stdio.h>

#include "base/log.h"
#include "portal/admin.h"
#include "portal/chat.h"
#include "portal/connectors.h"
#include "portal/history.h"
#include "portal/spaces.h"
#include "portal/stream.h"
#include "portal/testports.h"
#include "unit.h"

#define NOW_MS 5000
#define NOW_S 1000000

static struct testports ports;
static struct portal *portal;
static session_id session;
static session_id bobs; /* the call rings there */
static struct id me;
static struct id my_login;
static unsigned answers;
static struct admin_act act;

static const struct id team = {{1, 1}};
static const struct id pair = {{1, 2}};
static const struct id activity = {{2, 1}};
static const struct id comment = {{2, 2}};
static const struct id message = {{3, 1}};
static const struct id call = {{4, 1}};
static const struct id fresh = {{9, 9}};

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

/* ---- what answers ---- */

static void on_done(void *arg, enum err err, const char *why)
{
    (void)arg;
    (void)err;
    (void)why;
    answers++;
}

static void on_room(void *arg, enum err err, const char *why, const struct id *room, bool made)
{
    (void)arg;
    (void)err;
    (void)why;
    (void)room;
    (void)made;
    answers++;
}

static void on_sent(void *arg, enum err err, const struct chatmsg *chatmsg)
{
    (void)arg;
    CHECK(err != OK || chatmsg != NULL);
    answers++;
}

static void on_found(void *arg, enum err err, const struct found *found)
{
    (void)arg;
    (void)err;
    CHECK(found != NULL);
    answers++;
}

static void on_invite(void *arg, enum err err, const uint8_t token[TOKEN_BYTES], int64_t expires_s)
{
    (void)arg;
    (void)expires_s;
    CHECK(err != OK || token != NULL);
    answers++;
}

static void on_login(void *arg, enum err err, const struct portal_login *login)
{
    (void)arg;
    CHECK(err != OK || login != NULL);
    answers++;
}

/* ---- a portal with some of everything ---- */

static const char *check_account(const char *account)
{
    return strchr(account, '@') == NULL ? "has no @" : NULL;
}

static const char *check_field(uint32_t field, const char *value)
{
    (void)field;
    (void)value;
    return NULL;
}

static enum connector_needs needs_nothing(const char *const *values)
{
    (void)values;
    return CONNECTOR_NEEDS_NONE;
}

static enum err give_link(const struct connector_call *wanted, char *out, size_t size)
{
    (void)wanted;
    (void)snprintf(out, size, "https://meet.example.org/room");
    return OK;
}

static const struct connector_field fields[] = {{"address", "Address", ""}};
static const struct connector board = {.interface = CONNECTOR_INTERFACE,
                                       .name = "board",
                                       .title = "Board",
                                       .description = "Opens the board",
                                       .kind = CONNECTOR_MEETING,
                                       .groups = true,
                                       .account_type = "board",
                                       .account_title = "Board account",
                                       .fields = fields,
                                       .field_count = 1,
                                       .check_field = check_field,
                                       .check_account = check_account,
                                       .needs = needs_nothing,
                                       .link = give_link};
static const struct connector webrtc = {.interface = CONNECTOR_INTERFACE,
                                        .name = "webrtc",
                                        .title = "Browser",
                                        .description = "In the browser",
                                        .kind = CONNECTOR_MEDIA,
                                        .needs = needs_nothing};

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
    portal = NULL;
}

static void restore_user(const char *name)
{
    CHECK(testports_add_user(portal, name, "correct horse") == OK);
}

static void restore_admin(void)
{
    struct change change = {.kind = CHANGE_GROUP_PUT};
    (void)snprintf(change.membership.group, sizeof change.membership.group, GROUP_ADMINISTRATORS);
    CHECK(portal_restore(portal, &change) == OK);
    change.kind = CHANGE_MEMBERSHIP_PUT;
    change.membership.user = me;
    CHECK(portal_restore(portal, &change) == OK);
}

static void make_places(void)
{
    const struct slice others[] = {SLICE("bob")};
    const struct portal_team wanted = {
        .room = team, .title = SLICE("Team"), .names = others, .name_count = 1};
    const struct portal_space space = {SLICE("club"), SLICE("Club"), SLICE("About")};
    CHECK(portal_room_team(portal, &me, &wanted, NOW_MS, on_room, NULL) == OK);
    CHECK(portal_room_direct(portal, &me, &pair, SLICE("bob"), NOW_MS, on_room, NULL) == OK);
    CHECK(portal_space_make(portal, &me, &space, NOW_MS, on_done, NULL) == OK);
    (void)testports_run(&ports);
    CHECK(portal_space_invite(portal, &me, SLICE("club"), SLICE("bob"), NOW_MS, on_done, NULL) ==
          OK);
    CHECK(portal_activity_post(portal, &me, &activity, SLICE("club"), SLICE("Hello"), NOW_MS,
                               on_found, NULL) == OK);
    (void)testports_run(&ports);
    CHECK(portal_comment_post(portal, &me, &activity, &comment, SLICE("Well"), NOW_MS, on_found,
                              NULL) == OK);
    CHECK(portal_chat_send(portal, session, &team, &message, SLICE("Hi"), NOW_MS, on_sent, NULL) ==
          OK);
    (void)testports_run(&ports);
}

/* Ann, who acts and is an administrator and calls Bob; and Cyd, who has no tab. */
static void set_up(void)
{
    const char *why = NULL;
    const struct login *login = NULL;
    unit_finally(tear_down);
    log_set_sink(quiet, NULL);
    testports_init(&ports, 1);
    struct portal_params params = {.ports = testports_ports(&ports),
                                   .limits = testports_limits(),
                                   .at_ms = NOW_S * 1000LL,
                                   .push_hosts = "push.example.org"};
    portal = NULL;
    session = 0;
    me = testports_user_id("ann");
    act = (struct admin_act){.by = me, .now_s = NOW_S, .now_ms = NOW_MS, .on_done = on_done};
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(portal_connector_add(portal, &webrtc, true, &why) == OK);
    CHECK(portal_connector_add(portal, &board, true, &why) == OK);
    restore_user("ann");
    restore_user("bob");
    restore_user("cyd");
    restore_admin();
    CHECK(testports_open(&ports, portal, "ann", NOW_MS, &session) == OK);
    CHECK(portal_logins(portal, &me, &login, 1) == 1);
    my_login = login->id;
    make_places();
    const struct portal_call_start start = {.call = call, .callee = SLICE("bob")};
    struct call_view view;
    CHECK(testports_open(&ports, portal, "bob", NOW_MS, &bobs) == OK);
    CHECK(portal_call_start(portal, session, &start, NOW_MS, &view) == OK);
    CHECK(view.state == CALL_RINGING);
    (void)testports_run(&ports);
    answers = 0;
}

/* ---- what is done; `true`: and it is answered later when it was begun ---- */

struct deed {
    const char *name;
    enum err (*begin)(void);
    bool answered;
};

#define DEED(name, answered, expression)                                                           \
    static enum err do_##name(void)                                                                \
    {                                                                                              \
        return expression;                                                                         \
    }
#include "portal/vanish_deeds.def"
#undef DEED

static const struct deed deeds[] = {
#define DEED(name, answered, expression) {#name, do_##name, answered},
#include "portal/vanish_deeds.def"
#undef DEED
};

#define DEEDS (sizeof(deeds) / sizeof(deeds[0]))

/* All that another process has left. */
static void leave_only(const char *const *names, size_t count)
{
    portal_sync_begin(portal);
    for (size_t i = 0; i < count; i++) {
        restore_user(names[i]);
    }
    portal_sync_end(portal, NOW_MS);
}

/* Begins it, lets `meanwhile` happen, and looks for its answer. */
static void do_while(const struct deed *deed, void (*meanwhile)(void))
{
    set_up();
    unsigned before = answers;
    enum err err = deed->begin();
    if (meanwhile != NULL) {
        meanwhile();
    }
    (void)testports_run(&ports);
    unsigned wanted = deed->answered && err == OK ? 1 : 0;
    if (answers - before != wanted) {
        (void)fprintf(stderr, "%s: err=%d, %u answers\n", deed->name, (int)err, answers - before);
    }
    CHECK(answers - before == wanted);
    portal_tick(portal, NOW_MS + 1000);
    portal_expire(portal, NOW_S, NOW_MS + 1000);
    portal_tick(portal, NOW_MS + 3600 * 1000);
    struct portal_census census;
    portal_census(portal, &census);
    CHECK(census.people <= 4);
    tear_down();
}

static void all_go_but_bob(void)
{
    static const char *const names[] = {"bob"};
    leave_only(names, 1);
}

static void all_go_but_ann(void)
{
    static const char *const names[] = {"ann"};
    leave_only(names, 1);
}

static void ann_is_disabled(void)
{
    struct change change = {.kind = CHANGE_USER_DISABLED};
    change.user.id = me;
    change.user.disabled = true;
    CHECK(portal_restore(portal, &change) == OK);
}

static void each_is_done_and_answered(void)
{
    for (size_t i = 0; i < DEEDS; i++) {
        do_while(&deeds[i], NULL);
    }
}

static void who_does_it_vanishes_meanwhile(void)
{
    for (size_t i = 0; i < DEEDS; i++) {
        do_while(&deeds[i], all_go_but_bob);
    }
}

static void all_others_and_all_places_vanish_meanwhile(void)
{
    for (size_t i = 0; i < DEEDS; i++) {
        do_while(&deeds[i], all_go_but_ann);
    }
}

static void who_does_it_is_disabled_meanwhile(void)
{
    for (size_t i = 0; i < DEEDS; i++) {
        do_while(&deeds[i], ann_is_disabled);
    }
}

/* ---- the store refuses ---- */

static enum err refusal;

static void do_refused(const struct deed *deed)
{
    set_up();
    unsigned before = answers;
    ports.keep_err = refusal;
    ports.read_err = refusal == ERR_IO ? ERR_IO : OK;
    enum err err = deed->begin();
    (void)testports_run(&ports);
    CHECK(answers - before == (deed->answered && err == OK ? 1U : 0U));
    ports.keep_err = OK;
    ports.read_err = OK;
    err = deed->begin(); /* the same again: nothing of the first one is in its way */
    (void)testports_run(&ports);
    portal_tick(portal, NOW_MS + 1000);
    CHECK(portal_session_user(portal, session) != NULL || deed->begin == do_logout ||
          deed->begin == do_disable_myself);
    tear_down();
}

static void the_store_refuses_each(void)
{
    static const enum err refusals[] = {ERR_IO, ERR_EXISTS, ERR_NOT_FOUND, ERR_STATE};
    for (size_t k = 0; k < sizeof(refusals) / sizeof(refusals[0]); k++) {
        refusal = refusals[k];
        for (size_t i = 0; i < DEEDS; i++) {
            do_refused(&deeds[i]);
        }
    }
}

/* ---- nobody ---- */

static void nobody_does_anything(void)
{
    set_up();
    me = testports_user_id("nobody");
    act.by = me;
    session = 12345678;
    for (size_t i = 0; i < DEEDS; i++) {
        unsigned before = answers;
        unsigned writes = ports.write_count;
        enum err err = deeds[i].begin();
        (void)testports_run(&ports);
        bool anybodys = deeds[i].begin == do_login;
        if (!anybodys && err == OK && (answers == before || ports.write_count != writes)) {
            (void)fprintf(stderr, "%s by nobody: %u writes\n", deeds[i].name,
                          ports.write_count - writes);
        }
        CHECK(anybodys || ports.write_count == writes);
    }
    tear_down();
}

/* What a store that is not whole may give: rows of people, rooms and spaces that are not there. */
static void rows_of_nobody_change_nothing(void)
{
    struct portal_census census;
    set_up();
    for (int kind = CHANGE_USER_PROFILE; kind < CHANGE_KIND_COUNT; kind++) {
        struct change change = {.kind = (enum change_kind)kind};
        if (kind == CHANGE_ATTEMPTS_PUT || kind == CHANGE_GROUP_PUT) {
            continue; /* of nobody anyway */
        }
        /* The first bytes of all of them are an id, or a name that fits as well. */
        memcpy(&change.user, "nobody's", 8);
        enum err err = portal_restore(portal, &change);
        CHECK(err == OK || err == ERR_NOT_FOUND || err == ERR_INVALID);
    }
    portal_census(portal, &census);
    CHECK(census.people == 3 && census.sessions == 2);
    tear_down();
}

UNIT(each_is_done_and_answered, who_does_it_vanishes_meanwhile,
     all_others_and_all_places_vanish_meanwhile, who_does_it_is_disabled_meanwhile,
     the_store_refuses_each, nobody_does_anything, rows_of_nobody_change_nothing)
