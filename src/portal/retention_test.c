/* SPDX-License-Identifier: Apache-2.0 */
/* Messages are forgotten for their age: what is counted and numbered afterwards. That they are gone
 * from the store is tested in store/chat_store_test.c. */
#include "portal/retention.h"

#include "portal/chat.h"
#include "portal/history.h"
#include "portal/testports.h"
#include "unit.h"

#define WALL_MS ((uint64_t)1700000000000)
#define DAY_S ((int64_t)86400)
#define DAY_MS ((uint64_t)86400000)

static struct testports ports;
static struct portal *portal;
static session_id ann;
static session_id bob;
static const struct id team = {{9, 9}};
static uint64_t last_seq;

static void on_room(void *arg, enum err err, const char *why, const struct id *room, bool fresh)
{
    (void)arg;
    (void)why;
    (void)room;
    (void)fresh;
    CHECK(err == OK);
}

static void on_sent(void *arg, enum err err, const struct chatmsg *chatmsg)
{
    (void)arg;
    CHECK(err == OK);
    last_seq = chatmsg->seq;
}

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

/* Ann and Bob in a room; messages are kept for two days. */
static void set_up(void)
{
    const struct slice names[] = {SLICE("bob")};
    struct portal_team wanted = {
        .room = team, .title = SLICE("Team"), .names = names, .name_count = 1};
    testports_init(&ports, 1);
    struct portal_params params = {
        .ports = testports_ports(&ports), .limits = testports_limits(), .at_ms = WALL_MS};
    params.limits.messages_kept_days = 2;
    portal = NULL;
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    struct id owner = testports_user_id("ann");
    CHECK(portal_room_team(portal, &owner, &wanted, 0, on_room, NULL) == OK);
    (void)testports_run(&ports);
    CHECK(testports_open(&ports, portal, "ann", 0, &ann) == OK);
    CHECK(testports_open(&ports, portal, "bob", 0, &bob) == OK);
}

static void say(uint8_t number, uint64_t now_ms)
{
    struct id id = {{50, number}};
    CHECK(portal_chat_send(portal, ann, &team, &id, SLICE("hello"), now_ms, on_sent, NULL) == OK);
    (void)testports_run(&ports);
}

static struct room_view room_of(const char *name)
{
    struct room_view view = {0};
    struct id who = testports_user_id(name);
    CHECK(portal_room_view(portal, &who, &team, &view) == OK);
    return view;
}

static unsigned forgotten(void)
{
    unsigned count = 0;
    for (const struct test_change *kept = ports.kept; kept != NULL; kept = kept->next) {
        count += kept->change.kind == CHANGE_CHATMSG_FORGET ? 1 : 0;
    }
    return count;
}

/* The day of the trim; what was said at its beginning two days before goes. */
static void trim(int64_t day)
{
    portal_history_trim(portal, (int64_t)(WALL_MS / 1000) + day * DAY_S + 3600);
    (void)testports_run(&ports);
    portal_tick(portal, (uint64_t)day * DAY_MS + 3600000);
}

static void what_is_forgotten_is_unread_to_nobody_and_its_numbers_stay_given(void)
{
    set_up();
    say(1, 0);
    say(2, 0);
    say(3, DAY_MS);
    CHECK(room_of("bob").unread == 3);
    testports_clear_told(&ports);
    trim(2);
    CHECK(forgotten() == 2);
    CHECK(room_of("bob").unread == 1 && room_of("bob").read_seq == 2);
    CHECK(testports_count(&ports, bob, EVENT_ROOM) == 1); /* for both messages */
    trim(3);
    CHECK(forgotten() == 3 && room_of("bob").unread == 0);
    say(4, 3 * DAY_MS + 1);
    CHECK(last_seq == 4 && room_of("bob").unread == 1);
    tear_down();
}

/* As after a restart: the store says what it has forgotten. */
static void a_room_without_messages_is_loaded_with_its_numbers(void)
{
    set_up();
    struct change change = {.kind = CHANGE_ROOM_PUT};
    change.room = *room_of("ann").room;
    change.room.seq = 7;
    change.room.forgotten_seq = 7;
    CHECK(portal_restore(portal, &change) == OK);
    CHECK(room_of("bob").unread == 0);
    say(1, 0);
    CHECK(last_seq == 8 && room_of("bob").unread == 1);
    tear_down();
}

static void more_than_a_page_goes_page_by_page(void)
{
    set_up();
    for (uint8_t i = 1; i <= 40; i++) { /* the store of tests gives 32 at a time */
        say(i, (uint64_t)i * 1000);
    }
    trim(2);
    CHECK(forgotten() == 40 && room_of("bob").unread == 0);
    tear_down();
}

static void nothing_is_asked_unless_it_is_wanted_and_a_failure_waits_for_the_next_day(void)
{
    set_up();
    say(1, 0);
    struct portal_limits limits = testports_limits();
    portal_set_limits(portal, &limits);
    trim(2);
    CHECK(forgotten() == 0);
    limits.messages_kept_days = 2;
    portal_set_limits(portal, &limits);
    ports.keep_err = ERR_IO;
    trim(3);
    ports.keep_err = OK;
    CHECK(forgotten() == 0 && room_of("bob").unread == 1);
    trim(4);
    CHECK(forgotten() == 1 && room_of("bob").unread == 0);
    tear_down();
}

UNIT(what_is_forgotten_is_unread_to_nobody_and_its_numbers_stay_given,
     a_room_without_messages_is_loaded_with_its_numbers, more_than_a_page_goes_page_by_page,
     nothing_is_asked_unless_it_is_wanted_and_a_failure_waits_for_the_next_day)
