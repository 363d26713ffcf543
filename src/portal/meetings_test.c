/* SPDX-License-Identifier: Apache-2.0 */
/* Meetings of rooms: who may begin one, who joins which, and what is remembered. */
#include <stdio.h>

#include "portal/chat.h"
#include "portal/connectors.h"
#include "portal/testports.h"
#include "unit.h"

static struct testports ports;
static struct portal *portal;
static const struct id team = {{9, 9}};
static enum err answered;
static struct id answered_id;
static char answered_text[CONNECTOR_URL_MAX + 1];

static enum connector_needs needs_none(const char *const *values)
{
    (void)values;
    return CONNECTOR_NEEDS_NONE;
}

static enum err link_of(const struct connector_call *call, char *out, size_t size)
{
    int length = snprintf(out, size, "https://meet.example.org/%s", call->room);
    return length > 0 && (size_t)length < size ? OK : ERR_LIMIT;
}

static const struct connector meet = {.interface = CONNECTOR_INTERFACE,
                                      .name = "meet",
                                      .title = "Meet",
                                      .description = "",
                                      .kind = CONNECTOR_MEETING,
                                      .groups = true,
                                      .needs = needs_none,
                                      .link = link_of};
static const struct connector pair = {.interface = CONNECTOR_INTERFACE,
                                      .name = "pair",
                                      .title = "For two",
                                      .description = "",
                                      .kind = CONNECTOR_MEETING,
                                      .needs = needs_none,
                                      .link = link_of};

static void on_sent(void *arg, enum err err, const struct chatmsg *chatmsg)
{
    (void)arg;
    answered = err;
    answered_text[0] = '\0';
    if (chatmsg != NULL) {
        answered_id = chatmsg->id;
        (void)snprintf(answered_text, sizeof(answered_text), "%.*s", (int)chatmsg->text.size,
                       (const char *)chatmsg->text.data);
    }
}

static void on_room(void *arg, enum err err, const char *why, const struct id *room, bool fresh)
{
    (void)arg;
    (void)why;
    (void)room;
    (void)fresh;
    answered = err;
}

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
    portal = NULL;
}

#define CHECK_OR_END(condition)                                                                    \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            tear_down();                                                                           \
            unit_check_failed(#condition, __FILE__, __LINE__);                                     \
        }                                                                                          \
    } while (0)

/* Ann, Bob and Cyd; Ann's team room has Bob in it. */
static void set_up(void)
{
    static const char *const names[] = {"ann", "bob", "cyd"};
    const struct slice others[] = {SLICE("bob")};
    const char *why = NULL;
    testports_init(&ports, 1);
    struct portal_params params = {
        .ports = testports_ports(&ports), .limits = testports_limits(), .at_ms = 1000000000};
    portal = NULL;
    CHECK_OR_END(portal_create(&params, &portal) == OK);
    CHECK_OR_END(portal_connector_add(portal, &meet, true, &why) == OK);
    CHECK_OR_END(portal_connector_add(portal, &pair, true, &why) == OK);
    for (size_t i = 0; i < 3; i++) {
        CHECK_OR_END(testports_add_user(portal, names[i], NULL) == OK);
    }
    struct id ann = testports_user_id("ann");
    struct portal_team wanted = {
        .room = team, .title = SLICE("Team"), .names = others, .name_count = 1};
    CHECK_OR_END(portal_room_team(portal, &ann, &wanted, 1000, on_room, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(answered == OK);
}

static session_id open_session(const char *name)
{
    session_id session = 0;
    CHECK_OR_END(testports_open(&ports, portal, name, 0, &session) == OK);
    return session;
}

static bool picked;

/* What the answer said, or why there was none. */
static enum err begin(session_id session, uint8_t number, const char *connector, uint64_t now_ms)
{
    struct id id = {{70, number}};
    answered = ERR_STATE;
    enum err err = portal_chat_meet(portal, session, &team, &id, slice_text(connector), picked,
                                    now_ms, on_sent, NULL);
    (void)testports_run(&ports);
    return err == OK ? answered : err;
}

static void a_meeting_is_a_line_with_its_link_for_everybody(void)
{
    set_up();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    session_id cyd = open_session("cyd");
    CHECK_OR_END(begin(ann, 1, "meet", 2000) == OK);
    CHECK_OR_END(strncmp(answered_text, "https://meet.example.org/", 25) == 0);
    const struct told *told = testports_last(&ports, bob, EVENT_CHATMSG);
    CHECK_OR_END(told != NULL && told->event.chatmsg->kind == CHATMSG_MEETING);
    CHECK_OR_END(slice_equal(told->event.chatmsg->text, slice_text(answered_text)));
    CHECK_OR_END(testports_count(&ports, cyd, EVENT_CHATMSG) == 0);
    tear_down();
}

static void who_begins_soon_after_another_joins_that_one(void)
{
    set_up();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    char first[sizeof(answered_text)];
    CHECK_OR_END(begin(ann, 1, "meet", 2000) == OK);
    memcpy(first, answered_text, sizeof(first));
    CHECK_OR_END(begin(bob, 2, "meet", 2000 + CHAT_MEETING_MS - 1) == OK);
    CHECK_OR_END(answered_id.bytes[1] == 1 && strcmp(answered_text, first) == 0);
    CHECK_OR_END(testports_count(&ports, ann, EVENT_CHATMSG) == 0);
    CHECK_OR_END(begin(bob, 3, "meet", 2000 + CHAT_MEETING_MS) == OK);
    CHECK_OR_END(answered_id.bytes[1] == 3 && strcmp(answered_text, first) != 0);
    CHECK_OR_END(testports_count(&ports, ann, EVENT_CHATMSG) == 1);
    tear_down();
}

static void a_link_that_somebody_took_along_is_not_used_again(void)
{
    set_up();
    session_id ann = open_session("ann");
    struct id by = testports_user_id("ann");
    char first[sizeof(answered_text)];
    CHECK_OR_END(begin(ann, 1, "meet", 2000) == OK);
    memcpy(first, answered_text, sizeof(first));
    CHECK_OR_END(portal_room_remove(portal, &by, &team, SLICE("bob"), 2500, on_room, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(begin(ann, 2, "meet", 3000) == OK);
    CHECK_OR_END(answered_id.bytes[1] == 2 && strcmp(answered_text, first) != 0);
    tear_down();
}

static void only_members_of_a_group_meet_and_only_by_what_calls_groups(void)
{
    set_up();
    session_id ann = open_session("ann");
    session_id cyd = open_session("cyd");
    struct id by = testports_user_id("ann");
    struct id two = {{8, 8}};
    struct id message = {{70, 9}};
    CHECK_OR_END(begin(cyd, 1, "meet", 2000) == ERR_NOT_FOUND);
    CHECK_OR_END(begin(ann, 1, "pair", 2000) == ERR_UNSUPPORTED);
    CHECK_OR_END(begin(ann, 1, "nothing", 2000) == ERR_UNSUPPORTED);
    CHECK_OR_END(portal_room_direct(portal, &by, &two, SLICE("cyd"), 0, on_room, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(portal_chat_meet(portal, ann, &two, &message, SLICE("meet"), true, 2000, on_sent,
                                  NULL) == ERR_UNSUPPORTED);
    CHECK_OR_END(testports_count(&ports, 0, EVENT_CHATMSG) == 0);
    tear_down();
}

static void the_connector_is_remembered_for_the_room(void)
{
    set_up();
    session_id ann = open_session("ann");
    struct id by = testports_user_id("ann");
    const struct choice *choices[CHOICES_MAX];
    picked = false; /* what was offered first is no choice */
    CHECK_OR_END(begin(ann, 1, "meet", 2000) == OK);
    CHECK_OR_END(portal_choices(portal, &by, choices) == 0);
    picked = true;
    CHECK_OR_END(begin(ann, 2, "meet", 3000) == OK);
    CHECK_OR_END(portal_choices(portal, &by, choices) == 1);
    CHECK_OR_END(id_equal(&choices[0]->target, &team));
    CHECK_OR_END(strcmp(choices[0]->connector, "meet") == 0);
    CHECK_OR_END(testports_count(&ports, ann, EVENT_CHOICES) > 0);
    tear_down();
}

UNIT(a_meeting_is_a_line_with_its_link_for_everybody, who_begins_soon_after_another_joins_that_one,
     a_link_that_somebody_took_along_is_not_used_again,
     only_members_of_a_group_meet_and_only_by_what_calls_groups,
     the_connector_is_remembered_for_the_room)
