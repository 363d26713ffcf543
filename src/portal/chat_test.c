/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms and messages: what waits, what is told, and what the order of the answers decides. The
 * store itself is tested in store/chat_store_test.c. */
#include "portal/chat.h"

#include "portal/testports.h"
#include "unit.h"

static struct testports ports;
static struct portal *portal;
static struct id team = {{9, 9}};

/* What an answer said. */
static enum err answered;
static unsigned answers;
static struct chatmsg sent;
static struct id told_room;
static bool made;
static size_t found_count;

static void on_sent(void *arg, enum err err, const struct chatmsg *chatmsg)
{
    (void)arg;
    answered = err;
    answers++;
    if (chatmsg != NULL) {
        sent = *chatmsg;
    }
}

static void on_room(void *arg, enum err err, const char *why, const struct id *room, bool fresh)
{
    (void)arg;
    (void)why;
    answered = err;
    answers++;
    told_room = *room;
    made = fresh;
}

static void on_done(void *arg, enum err err, const char *why)
{
    (void)arg;
    (void)why;
    answered = err;
    answers++;
}

static void on_found(void *arg, enum err err, const struct found *found)
{
    (void)arg;
    answered = err;
    answers++;
    found_count = found->message_count;
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

static struct id user(const char *name)
{
    return testports_user_id(name);
}

static bool make_team(const char *owner, const struct slice *names, uint32_t count)
{
    struct portal_team wanted = {
        .room = team, .title = SLICE("Team"), .names = names, .name_count = count};
    struct id by = user(owner);
    enum err err = portal_room_team(portal, &by, &wanted, 1000, on_room, NULL);
    (void)testports_run(&ports);
    return err == OK && answered == OK;
}

/* Ann, Bob, Cyd and Dan; Ann's team room has Bob in it. */
static void set_up(void)
{
    const struct slice names[] = {SLICE("bob")};
    testports_init(&ports, 1);
    struct portal_params params = {
        .ports = testports_ports(&ports), .limits = testports_limits(), .at_ms = 1000000000};
    portal = NULL;
    answers = 0;
    CHECK_OR_END(portal_create(&params, &portal) == OK);
    CHECK_OR_END(testports_add_user(portal, "ann", NULL) == OK);
    CHECK_OR_END(testports_add_user(portal, "bob", NULL) == OK);
    CHECK_OR_END(testports_add_user(portal, "cyd", NULL) == OK);
    CHECK_OR_END(testports_add_user(portal, "dan", NULL) == OK);
    CHECK_OR_END(make_team("ann", names, 1));
}

static session_id open_session(const char *name)
{
    session_id session = 0;
    CHECK_OR_END(testports_open(&ports, portal, name, 0, &session) == OK);
    return session;
}

static enum err say(session_id session, uint8_t number, const char *text)
{
    struct id id = {{50, number}};
    return portal_chat_send(portal, session, &team, &id, slice_text(text), 2000, on_sent, NULL);
}

static uint64_t unread(const char *name)
{
    struct room_view view;
    struct id who = user(name);
    return portal_room_view(portal, &who, &team, &view) == OK ? view.unread : UINT64_MAX;
}

static void a_message_is_told_after_its_commit_and_not_before(void)
{
    set_up();
    session_id one = open_session("ann");
    session_id two = open_session("ann");
    session_id bob = open_session("bob");
    session_id cyd = open_session("cyd");
    answers = 0;
    CHECK_OR_END(say(one, 1, "hello") == OK);
    CHECK_OR_END(answers == 0 && testports_count(&ports, 0, EVENT_CHATMSG) == 0);
    CHECK_OR_END(unread("bob") == 0);
    (void)testports_run(&ports);
    CHECK_OR_END(answers == 1 && answered == OK && sent.seq == 1);
    CHECK_OR_END(testports_count(&ports, one, EVENT_CHATMSG) == 0);
    CHECK_OR_END(testports_count(&ports, two, EVENT_CHATMSG) == 1);
    CHECK_OR_END(testports_count(&ports, cyd, EVENT_CHATMSG) == 0);
    const struct told *told = testports_last(&ports, bob, EVENT_CHATMSG);
    CHECK_OR_END(told != NULL && slice_equal(told->event.chatmsg->text, SLICE("hello")));
    CHECK_OR_END(told->event.same != 0);
    CHECK_OR_END(unread("bob") == 1 && unread("ann") == 0);
    tear_down();
}

static void numbers_of_messages_that_were_not_kept_are_given_again(void)
{
    set_up();
    session_id ann = open_session("ann");
    ports.keep_err = ERR_IO;
    CHECK_OR_END(say(ann, 1, "lost") == OK && say(ann, 2, "lost") == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(answered == ERR_IO && testports_count(&ports, 0, EVENT_CHATMSG) == 0);
    ports.keep_err = OK;
    CHECK_OR_END(say(ann, 3, "kept") == OK && say(ann, 4, "kept too") == OK);
    (void)testports_step(&ports);
    CHECK_OR_END(answered == OK && sent.seq == 1);
    (void)testports_run(&ports);
    CHECK_OR_END(sent.seq == 2);
    tear_down();
}

static void a_repeated_message_is_answered_with_the_one_that_is_there(void)
{
    set_up();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    CHECK_OR_END(say(ann, 1, "once") == OK);
    (void)testports_run(&ports);
    ports.keep_err = ERR_EXISTS; /* as the store says it */
    answers = 0;
    CHECK_OR_END(say(ann, 1, "once") == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(answers == 1 && answered == OK && sent.seq == 1);
    CHECK_OR_END(testports_count(&ports, bob, EVENT_CHATMSG) == 1);
    CHECK_OR_END(say(bob, 1, "not his") == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(answered == ERR_NOT_FOUND);
    tear_down();
}

static void a_session_that_is_gone_when_the_answer_comes_harms_nothing(void)
{
    set_up();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    answers = 0;
    CHECK_OR_END(say(ann, 1, "bye") == OK);
    portal_session_close(portal, ann, 2001);
    (void)testports_run(&ports);
    CHECK_OR_END(answers == 1 && answered == OK);
    CHECK_OR_END(testports_count(&ports, bob, EVENT_CHATMSG) == 1);
    CHECK_OR_END(say(ann, 2, "ghost") == ERR_NOT_FOUND);
    tear_down();
}

static void who_was_removed_hears_and_finds_nothing(void)
{
    set_up();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    struct id ann_id = user("ann");
    struct id bob_id = user("bob");
    CHECK_OR_END(say(ann, 1, "before") == OK);
    (void)testports_run(&ports);
    /* The question is under way while the removal is committed. */
    CHECK_OR_END(portal_room_remove(portal, &ann_id, &team, SLICE("bob"), 2000, on_room, NULL) ==
                 OK);
    CHECK_OR_END(portal_chat_history(portal, &bob_id, &team, 0, 0, 10, on_found, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(answered == ERR_NOT_FOUND && found_count == 0);
    CHECK_OR_END(testports_count(&ports, bob, EVENT_ROOM_REMOVED) == 1);
    CHECK_OR_END(say(bob, 2, "after") == ERR_NOT_FOUND);
    testports_clear_told(&ports);
    CHECK_OR_END(say(ann, 3, "secret") == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(testports_count(&ports, bob, EVENT_CHATMSG) == 0);
    /* A search that was asked before leaves out the room as well. */
    CHECK_OR_END(portal_chat_search(portal, &bob_id, NULL, SLICE("before"), 0, 10, 3000, on_found,
                                    NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(answered == OK && found_count == 0);
    tear_down();
}

static void sends_of_one_person_have_a_rate(void)
{
    set_up();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    enum err err = OK;
    unsigned kept = 0;
    for (uint8_t i = 0; i < 200 && err == OK; i++) {
        err = say(ann, i, "flood");
        kept += err == OK ? 1 : 0;
    }
    CHECK_OR_END(err == ERR_LIMIT && kept == 60);
    CHECK_OR_END(say(bob, 201, "calm") == OK);
    (void)testports_run(&ports);
    tear_down();
}

static void a_read_mark_moves_only_forward_and_up_to_the_latest(void)
{
    set_up();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    session_id second = open_session("bob");
    CHECK_OR_END(say(ann, 1, "a") == OK && say(ann, 2, "b") == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(portal_chat_read(portal, bob, &team, 1, 3000, on_done, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(answered == OK && unread("bob") == 1);
    const struct told *told = testports_last(&ports, second, EVENT_READ);
    CHECK_OR_END(told != NULL && told->event.read.seq == 1);
    CHECK_OR_END(portal_chat_read(portal, bob, &team, 77, 3000, on_done, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(testports_last(&ports, ann, EVENT_READ)->event.read.seq == 2);
    CHECK_OR_END(portal_chat_read(portal, bob, &team, 1, 3000, on_done, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(unread("bob") == 0);
    tear_down();
}

static void typing_is_told_to_the_others_once_in_three_seconds(void)
{
    set_up();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    CHECK_OR_END(portal_chat_typing(portal, ann, &team, 5000) == OK);
    CHECK_OR_END(portal_chat_typing(portal, ann, &team, 7999) == OK);
    CHECK_OR_END(testports_count(&ports, bob, EVENT_TYPING) == 1);
    CHECK_OR_END(portal_chat_typing(portal, ann, &team, 8000) == OK);
    CHECK_OR_END(testports_count(&ports, bob, EVENT_TYPING) == 2);
    CHECK_OR_END(testports_count(&ports, ann, EVENT_TYPING) == 0);
    tear_down();
}

static void two_who_write_first_at_once_share_a_room(void)
{
    set_up();
    struct id cyd = user("cyd");
    struct id dan = user("dan");
    struct id one = {{1, 1}};
    struct id two = {{2, 2}};
    CHECK_OR_END(portal_room_direct(portal, &cyd, &one, SLICE("dan"), 0, on_room, NULL) == OK);
    CHECK_OR_END(portal_room_direct(portal, &dan, &two, SLICE("cyd"), 0, on_room, NULL) == OK);
    (void)testports_step(&ports);
    CHECK_OR_END(answered == OK && made && id_equal(&told_room, &one));
    const struct room *room = portal_room_of_two(portal, &dan, SLICE("cyd"));
    CHECK_OR_END(room != NULL && id_equal(&room->id, &one));
    CHECK_OR_END(portal_room_direct(portal, &cyd, &two, SLICE("cyd"), 0, on_room, NULL) ==
                 ERR_NOT_FOUND);
    tear_down();
}

static void an_owner_who_leaves_hands_on_the_room(void)
{
    set_up();
    struct id ann = user("ann");
    struct id bob = user("bob");
    struct room_view view;
    CHECK_OR_END(portal_room_remove(portal, &bob, &team, SLICE("ann"), 0, on_room, NULL) ==
                 ERR_FORBIDDEN);
    CHECK_OR_END(portal_room_remove(portal, &ann, &team, SLICE("ann"), 0, on_room, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(portal_room_view(portal, &ann, &team, &view) == ERR_NOT_FOUND);
    CHECK_OR_END(portal_room_view(portal, &bob, &team, &view) == OK);
    CHECK_OR_END(id_equal(&view.owner->id, &bob) && view.members == 1);
    CHECK_OR_END(portal_room_remove(portal, &bob, &team, SLICE("bob"), 0, on_room, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(portal_rooms(portal, &bob, NULL, 0) == 0);
    tear_down();
}

static void what_another_process_took_away_is_gone_after_the_sync(void)
{
    set_up();
    session_id bob = open_session("bob");
    struct id bob_id = user("bob");
    struct change changes[2] = {{.kind = CHANGE_ROOM_PUT}, {.kind = CHANGE_ROOM_MEMBER_PUT}};
    changes[0].room = (struct room){.id = team, .kind = ROOM_TEAM, .seq = 7};
    changes[0].room.title[0] = 'N';
    changes[1].room_member = (struct room_member){.room = team, .user = user("ann")};
    portal_sync_begin(portal);
    CHECK_OR_END(testports_add_user(portal, "ann", NULL) == OK);
    CHECK_OR_END(testports_add_user(portal, "bob", NULL) == OK);
    CHECK_OR_END(portal_restore(portal, &changes[0]) == OK);
    CHECK_OR_END(portal_restore(portal, &changes[1]) == OK);
    portal_sync_end(portal, 4000);
    struct room_view view;
    struct id ann = user("ann");
    CHECK_OR_END(portal_room_view(portal, &bob_id, &team, &view) == ERR_NOT_FOUND);
    CHECK_OR_END(portal_room_view(portal, &ann, &team, &view) == OK);
    CHECK_OR_END(view.room->seq == 7 && view.members == 1);
    (void)bob;
    tear_down();
}

static void an_ended_call_leaves_one_line_and_makes_the_room(void)
{
    set_up();
    session_id cyd = open_session("cyd");
    session_id dan = open_session("dan");
    struct id call = {{77}};
    struct call_view view;
    struct portal_call_start wanted = {.call = call, .callee = SLICE("dan")};
    CHECK_OR_END(portal_call_start(portal, cyd, &wanted, 1000, &view) == OK);
    CHECK_OR_END(portal_call_decline(portal, dan, &call, 2000) == OK);
    (void)testports_run(&ports);
    const struct told *told = testports_last(&ports, dan, EVENT_CHATMSG);
    CHECK_OR_END(told != NULL && testports_count(&ports, dan, EVENT_CHATMSG) == 1);
    const struct chatmsg *line = told->event.chatmsg;
    CHECK_OR_END(line->kind == CHATMSG_CALL && id_equal(&line->call.call, &call));
    CHECK_OR_END(!line->call.answered && line->call.reason == END_DECLINED && line->seq == 1);
    CHECK_OR_END(!id_equal(&line->id, &call));
    struct id cyd_id = user("cyd");
    CHECK_OR_END(portal_room_of_two(portal, &cyd_id, SLICE("dan")) != NULL);
    call.bytes[1] = 1;
    wanted.call = call;
    CHECK_OR_END(portal_call_start(portal, cyd, &wanted, 3000, &view) == OK);
    CHECK_OR_END(portal_call_end(portal, cyd, &call, END_HUNG_UP, 4000) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(testports_count(&ports, dan, EVENT_CHATMSG) == 2);
    CHECK_OR_END(testports_last(&ports, cyd, EVENT_CHATMSG)->event.chatmsg->seq == 2);
    tear_down();
}

/* What nobody may, and where a limit is: nothing is asked of the store. */
static void rooms_refuse_what_is_not_right(void)
{
    static struct slice many[TEAM_NAMES_MAX + 1];
    const struct slice unknown[] = {SLICE("nobody")};
    const struct slice twice[] = {SLICE("bob"), SLICE("cyd"), SLICE("bob"), SLICE("ann")};
    const struct id room = {{8, 1}};
    const struct id stranger = {{8, 2}};
    set_up();
    const struct id ann = user("ann");
    const struct id cyd = user("cyd");
    struct portal_team wanted = {.room = room, .title = SLICE("T"), .names = unknown};
    unsigned before = answers;
    CHECK_OR_END(portal_room_direct(portal, &stranger, &room, SLICE("bob"), 1000, on_room, NULL) ==
                 ERR_NOT_FOUND);
    CHECK_OR_END(portal_room_direct(portal, &ann, &room, SLICE("nobody"), 1000, on_room, NULL) ==
                 ERR_NOT_FOUND);
    CHECK_OR_END(portal_room_team(portal, &stranger, &wanted, 1000, on_room, NULL) ==
                 ERR_NOT_FOUND);
    wanted.name_count = 1;
    CHECK_OR_END(portal_room_team(portal, &ann, &wanted, 1000, on_room, NULL) != OK);
    wanted.names = many;
    wanted.name_count = TEAM_NAMES_MAX + 1;
    CHECK_OR_END(portal_room_team(portal, &ann, &wanted, 1000, on_room, NULL) == ERR_LIMIT);
    wanted.name_count = 0;
    wanted.title = SLICE("");
    CHECK_OR_END(portal_room_team(portal, &ann, &wanted, 1000, on_room, NULL) != OK);
    CHECK_OR_END(portal_room_rename(portal, &cyd, &team, SLICE("A"), 1000, on_room, NULL) ==
                 ERR_NOT_FOUND);
    CHECK_OR_END(portal_room_rename(portal, &ann, &team, SLICE(""), 1000, on_room, NULL) != OK);
    CHECK_OR_END(portal_room_add(portal, &cyd, &team, SLICE("dan"), 1000, on_room, NULL) ==
                 ERR_NOT_FOUND);
    CHECK_OR_END(portal_room_add(portal, &ann, &team, SLICE("nobody"), 1000, on_room, NULL) ==
                 ERR_NOT_FOUND);
    CHECK_OR_END(portal_room_remove(portal, &ann, &team, SLICE("dan"), 1000, on_room, NULL) ==
                 ERR_NOT_FOUND);
    CHECK_OR_END(portal_room_remove(portal, &ann, &team, SLICE("nobody"), 1000, on_room, NULL) ==
                 ERR_NOT_FOUND);
    CHECK_OR_END(answers == before);
    wanted = (struct portal_team){
        .room = room, .title = SLICE("Three"), .names = twice, .name_count = 4};
    CHECK_OR_END(portal_room_team(portal, &ann, &wanted, 1000, on_room, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(answered == OK && made);
    /* Each is in it once, so that one more fits. */
    CHECK_OR_END(portal_room_add(portal, &ann, &room, SLICE("dan"), 1000, on_room, NULL) == OK);
    (void)testports_run(&ports);
    CHECK_OR_END(answered == OK && testports_add_user(portal, "eve", NULL) == OK);
    CHECK_OR_END(portal_room_add(portal, &ann, &room, SLICE("eve"), 1000, on_room, NULL) ==
                 ERR_LIMIT);
    tear_down();
}

UNIT(a_message_is_told_after_its_commit_and_not_before,
     numbers_of_messages_that_were_not_kept_are_given_again,
     a_repeated_message_is_answered_with_the_one_that_is_there,
     a_session_that_is_gone_when_the_answer_comes_harms_nothing,
     who_was_removed_hears_and_finds_nothing, sends_of_one_person_have_a_rate,
     a_read_mark_moves_only_forward_and_up_to_the_latest,
     typing_is_told_to_the_others_once_in_three_seconds, two_who_write_first_at_once_share_a_room,
     an_owner_who_leaves_hands_on_the_room, what_another_process_took_away_is_gone_after_the_sync,
     an_ended_call_leaves_one_line_and_makes_the_room, rooms_refuse_what_is_not_right)
