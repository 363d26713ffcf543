/* SPDX-License-Identifier: Apache-2.0 */
/* Seats: numbered events, what is kept for those who come back, and how a seat ends. */
#include "server/fanout.h"

#include "base/mem.h"
#include "portal/testports.h"
#include "server/testrecord.h"
#include "unit.h"

#define RESUME_MS 60000
#define SOCKET 7

static struct testports ports;
static struct record record;
static struct portal *portal;
static struct fanout *fanout;
static struct seat *ann;

static void tear_down(void)
{
    portal_destroy(portal);
    fanout_destroy(fanout);
    testports_fini(&ports);
}

/* Ann's page shows Bob. */
static void set_up(void)
{
    struct fanout_params params = {.sessions_max = 8,
                                   .resume_ms = RESUME_MS,
                                   .ring = {.events_max = 4, .bytes_max = 4096},
                                   .outlet = record_outlet(&record)};
    struct portal_params portal_params = {.limits = testports_limits()};
    session_id session = 0;
    struct id login = {{1}};
    portal = NULL;
    fanout = NULL;
    testports_init(&ports, 1);
    unit_finally(tear_down);
    CHECK(fanout_create(&params, &fanout) == OK);
    portal_params.ports = testports_ports(&ports);
    portal_params.ports.tell = fanout_port(fanout);
    CHECK(portal_create(&portal_params, &portal) == OK);
    fanout_set_portal(fanout, portal);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_open(&ports, portal, "ann", 0, &session) == OK);
    CHECK(portal_watch(portal, session, &SLICE("bob"), 1) == OK);
    CHECK(fanout_add(fanout, session, &login, &ann) == OK);
    fanout_attach(ann, SOCKET);
}

/* Bob comes or goes, and that is told. */
static session_id bob_comes(uint64_t now_ms)
{
    session_id bob = 0;
    CHECK(testports_open(&ports, portal, "bob", now_ms, &bob) == OK);
    portal_tick(portal, now_ms + 2000);
    return bob;
}

static void bob_goes(session_id bob, uint64_t now_ms)
{
    portal_session_close(portal, bob, now_ms);
    portal_tick(portal, now_ms + 2000);
}

static void events_are_numbered_for_each_seat(void)
{
    set_up();
    session_id bob = bob_comes(0);
    CHECK(record_find(&record, SOCKET, "{\"type\":\"person.changed\",\"seq\":1,") != NULL);
    bob_goes(bob, 5000);
    const char *text = record_find(&record, SOCKET, "\"seq\":2,");
    CHECK(text != NULL && strstr(text, "\"offline\"") != NULL);
    CHECK(record.count == 2);
    tear_down();
}

static void two_who_watch_get_the_same_with_their_own_numbers(void)
{
    set_up();
    session_id session = 0;
    struct id login = {{2}};
    struct seat *cyd = NULL;
    bob_goes(bob_comes(0), 5000);
    CHECK(testports_add_user(portal, "cyd", NULL) == OK);
    CHECK(testports_open(&ports, portal, "cyd", 0, &session) == OK);
    CHECK(fanout_add(fanout, session, &login, &cyd) == OK);
    fanout_attach(cyd, SOCKET + 1);
    CHECK(portal_watch(portal, session, &SLICE("bob"), 1) == OK);
    (void)bob_comes(10000);
    const char *first = record_find(&record, SOCKET, "\"seq\":3,");
    const char *second = record_find(&record, SOCKET + 1, "\"seq\":1,");
    CHECK(first != NULL && second != NULL);
    CHECK(strcmp(strstr(first, "\"person\":"), strstr(second, "\"person\":")) == 0);
    tear_down();
}

static void what_was_missed_is_sent_when_the_page_is_back(void)
{
    set_up();
    fanout_detach(ann, 100);
    bob_goes(bob_comes(1000), 5000);
    CHECK(record.count == 0);
    fanout_attach(ann, SOCKET + 1);
    fanout_replay(ann, 1);
    CHECK(record.count == 1 && record_find(&record, SOCKET + 1, "\"seq\":2,") != NULL);
    tear_down();
}

static void who_cannot_take_one_message_gets_no_other(void)
{
    set_up();
    record.refused = SOCKET;
    session_id bob = bob_comes(0);
    record.refused = 0;
    bob_goes(bob, 5000);
    CHECK(record.count == 0 && ann->cut);
    fanout_attach(ann, SOCKET + 1);
    fanout_replay(ann, 0);
    CHECK(record.count == 2);
    tear_down();
}

static void a_token_is_good_until_the_next(void)
{
    set_up();
    char first[TOKEN_BYTES * 4 / 3 + 2];
    char second[TOKEN_BYTES * 4 / 3 + 2];
    CHECK(fanout_renew_token(fanout, ann, first) == OK);
    CHECK(fanout_find_token(fanout, slice_text(first)) == ann);
    CHECK(fanout_renew_token(fanout, ann, second) == OK);
    CHECK(fanout_find_token(fanout, slice_text(first)) == NULL);
    CHECK(fanout_find_token(fanout, slice_text(second)) == ann);
    CHECK(fanout_find_token(fanout, SLICE("short")) == NULL);
    tear_down();
}

static void who_does_not_come_back_loses_the_seat(void)
{
    set_up();
    session_id session = ann->session;
    fanout_detach(ann, 1000);
    CHECK(fanout_next_ms(fanout) <= 1000 + RESUME_MS + 16);
    fanout_tick(fanout, RESUME_MS);
    CHECK(fanout_find(fanout, session) != NULL);
    fanout_tick(fanout, 1000 + RESUME_MS + 32);
    CHECK(fanout_find(fanout, session) == NULL);
    CHECK(portal_session_user(portal, session) == NULL);
    tear_down();
}

static void a_session_that_is_ended_hears_why(void)
{
    set_up();
    struct id id = testports_user_id("ann");
    struct change change = {.kind = CHANGE_USER_PUT, .user = *portal_user_by_id(portal, &id)};
    change.user.disabled = true;
    portal_sync_begin(portal);
    CHECK(portal_restore(portal, &change) == OK);
    portal_sync_end(portal, 1000);
    CHECK(record_find(&record, SOCKET, "\"reason\":\"disabled\"") != NULL);
    CHECK(record.closed == SOCKET && record.code == 1008);
    tear_down();
}

static void all_are_told_of_the_shutdown(void)
{
    set_up();
    fanout_say_shutdown(fanout);
    CHECK(record_find(&record, SOCKET, "\"reason\":\"shutdown\"") != NULL);
    CHECK(record.closed == SOCKET && record.code == 1001);
    tear_down();
}

/* The picture of a call, a description, a candidate and what the user has set. */
static void each_kind_of_event_becomes_its_message(void)
{
    set_up();
    struct port_tell tell = fanout_port(fanout);
    struct id id = testports_user_id("bob");
    const struct user *bob = portal_user_by_id(portal, &id);
    struct event events[] = {
        {.kind = EVENT_CALL, .call = {.call = {{5}}, .state = CALL_ACTIVE, .peer = bob}},
        {.kind = EVENT_DESCRIPTION, .description = {.call = {{5}}, .sdp = SLICE("v=0\r\n")}},
        {.kind = EVENT_CANDIDATE, .candidate = {.call = {{5}}, .candidate = SLICE("c\"d")}},
        {.kind = EVENT_SETTINGS, .person = {.user = bob}},
    };
    static const char *const parts[] = {"\"state\":\"active\"", "\"sdp\":\"v=0\\r\\n\"",
                                        "\"candidate\":\"c\\\"d\"", "settings.changed"};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        tell.event(tell.ctx, ann->session, &events[i]);
        CHECK(record_find(&record, SOCKET, parts[i]) != NULL);
    }
    tell.event(tell.ctx, 12345, &events[0]); /* nobody's: nothing happens */
    CHECK(record.count == 4);
    tear_down();
}

UNIT(events_are_numbered_for_each_seat, two_who_watch_get_the_same_with_their_own_numbers,
     what_was_missed_is_sent_when_the_page_is_back, who_cannot_take_one_message_gets_no_other,
     a_token_is_good_until_the_next, who_does_not_come_back_loses_the_seat,
     a_session_that_is_ended_hears_why, all_are_told_of_the_shutdown,
     each_kind_of_event_becomes_its_message)
