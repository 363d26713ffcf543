/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "portal/testports.h"
#include "unit.h"

/* Three people; a has one session, b two, c one. */
struct fixture {
    struct testports ports;
    struct portal *portal;
    session_id a, b1, b2, c;
    struct call_view view;
};

static struct fixture fixture;
static int64_t at_ms; /* of the wall clock at the start */

static const struct id first = {{1}};
static const struct id second = {{2}};
static const struct id third = {{3}};

#define NOW 1000

static void tear_down(void)
{
    portal_destroy(fixture.portal);
    testports_fini(&fixture.ports);
}

static void set_up(void)
{
    struct fixture *f = &fixture;
    static const char *const names[] = {"a", "b", "c"};
    testports_init(&f->ports, 1);
    struct portal_params params = {.ports = testports_ports(&f->ports),
                                   .limits = testports_limits(),
                                   .now_ms = NOW,
                                   .at_ms = at_ms};
    at_ms = 0;
    params.limits.calls_max = 2;
    f->portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &f->portal) == OK);
    for (size_t i = 0; i < 3; i++) {
        CHECK(testports_add_user(f->portal, names[i], NULL) == OK);
    }
    CHECK(testports_open(&f->ports, f->portal, "a", NOW, &f->a) == OK);
    CHECK(testports_open(&f->ports, f->portal, "b", NOW, &f->b1) == OK);
    CHECK(testports_open(&f->ports, f->portal, "b", NOW, &f->b2) == OK);
    CHECK(testports_open(&f->ports, f->portal, "c", NOW, &f->c) == OK);
}

static enum err start(session_id session, const struct id *call, const char *callee)
{
    struct portal_call_start wanted = {
        .call = *call, .callee = slice_text(callee), .microphone_on = true};
    return portal_call_start(fixture.portal, session, &wanted, NOW, &fixture.view);
}

static enum err accept(session_id session, const struct id *call)
{
    const struct portal_call_answer answer = {.microphone_on = true, .camera_on = true};
    return portal_call_accept(fixture.portal, session, call, &answer, NOW, &fixture.view);
}

/* How the session was last told that a call is. */
static bool told(session_id session, enum call_state state, enum end_reason reason)
{
    const struct told *last = testports_last(&fixture.ports, session, EVENT_CALL);
    return last != NULL && last->event.call.state == state && last->event.call.reason == reason;
}

static bool told_peer_away(session_id session, bool away)
{
    const struct told *last = testports_last(&fixture.ports, session, EVENT_CALL);
    return last != NULL && last->event.call.peer_away == away;
}

static void all_sessions_ring_and_one_answers(void)
{
    struct fixture *f = &fixture;
    set_up();
    CHECK(start(f->a, &first, "b") == OK);
    CHECK(f->view.state == CALL_RINGING && f->view.here && f->view.role == ROLE_CALLER);
    CHECK(f->view.ring_left_ms == testports_limits().ring_ms);
    CHECK(told(f->b1, CALL_RINGING, END_NONE) && told(f->b2, CALL_RINGING, END_NONE));
    CHECK(testports_last(&f->ports, f->c, EVENT_CALL) == NULL);
    CHECK(accept(f->b1, &first) == OK);
    CHECK(f->view.state == CALL_CONNECTING && f->view.here);
    CHECK(told(f->b2, CALL_ENDED, END_ANSWERED_ELSEWHERE));
    CHECK(told(f->a, CALL_CONNECTING, END_NONE));
    CHECK(accept(f->b1, &first) == OK);
    CHECK(accept(f->b2, &first) == ERR_STATE);
    CHECK(portal_call_decline(f->portal, f->b2, &first, NOW) == ERR_STATE);
    CHECK(portal_call_connected(f->portal, f->a, &first, NOW) == OK);
    CHECK(portal_call_connected(f->portal, f->b2, &first, NOW) == ERR_STATE);
    CHECK(portal_call_connected(f->portal, f->b1, &first, NOW) == OK);
    CHECK(told(f->a, CALL_ACTIVE, END_NONE) && told(f->b1, CALL_ACTIVE, END_NONE));
    CHECK(portal_presence(f->portal, &fixture.view.peer->id) == PRESENCE_IN_CALL);
    CHECK(portal_call_end(f->portal, f->a, &first, END_NO_ANSWER, NOW) == ERR_INVALID);
    CHECK(portal_call_end(f->portal, f->a, &first, END_HUNG_UP, NOW) == OK);
    CHECK(told(f->b1, CALL_ENDED, END_HUNG_UP) && told(f->a, CALL_ENDED, END_HUNG_UP));
    CHECK(portal_call_end(f->portal, f->b1, &first, END_MEDIA_LOST, NOW) == OK);
    CHECK(portal_call_join(f->portal, f->b1, &first, NOW, &f->view) == OK);
    CHECK(f->view.reason == END_HUNG_UP && !f->view.ended_by_me);
    tear_down();
}

static char ends[512]; /* the lines of the log that say how a call ended */

static void keep_end(const char *line, void *arg)
{
    const char *end = strstr(line, "call ended ");
    (void)arg;
    if (end != NULL) {
        size_t size = strlen(ends);
        (void)snprintf(ends + size, sizeof ends - size, "%s", end);
    }
}

static void tear_down_log(void)
{
    log_set_sink(NULL, NULL);
    tear_down();
}

/* Whatever a page says once more of it, and however long it is still found. */
static void the_log_has_one_line_of_each_call(void)
{
    struct fixture *f = &fixture;
    char id[ID_TEXT_SIZE];
    char wanted[sizeof ends];
    set_up();
    unit_finally(tear_down_log);
    ends[0] = '\0';
    log_set_sink(keep_end, NULL);
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    CHECK(portal_call_connected(f->portal, f->a, &first, NOW) == OK);
    CHECK(portal_call_connected(f->portal, f->b1, &first, NOW) == OK);
    CHECK(portal_call_end(f->portal, f->b1, &first, END_HUNG_UP, NOW + 61500) == OK);
    CHECK(portal_call_end(f->portal, f->a, &first, END_MEDIA_LOST, NOW + 61500) == OK);
    portal_tick(f->portal, NOW + 200000);
    id_format(&first, id);
    (void)snprintf(wanted, sizeof wanted,
                   "call ended call=%s reason=hung-up by=b caller=a callee=b seconds=61", id);
    CHECK(strcmp(ends, wanted) == 0);
    ends[0] = '\0';
    CHECK(start(f->c, &second, "a") == OK);
    portal_tick(f->portal, NOW + 400000);
    id_format(&second, id);
    (void)snprintf(wanted, sizeof wanted,
                   "call ended call=%s reason=no-answer by=- caller=c callee=a seconds=0", id);
    CHECK(strcmp(ends, wanted) == 0);
    tear_down_log();
}

static void declining_once_ends_the_ring_of_all(void)
{
    struct fixture *f = &fixture;
    set_up();
    CHECK(start(f->a, &first, "b") == OK);
    CHECK(portal_call_decline(f->portal, f->b2, &first, NOW) == OK);
    CHECK(told(f->b2, CALL_ENDED, END_DECLINED));
    CHECK(told(f->b1, CALL_ENDED, END_DECLINED_ELSEWHERE));
    CHECK(told(f->a, CALL_ENDED, END_DECLINED));
    CHECK(start(f->a, &first, "b") == OK && f->view.state == CALL_ENDED);
    CHECK(start(f->a, &second, "b") == OK && f->view.state == CALL_RINGING); /* M94 */
    tear_down();
}

static void both_pressing_call_makes_one_call(void)
{
    struct fixture *f = &fixture;
    set_up();
    CHECK(start(f->a, &first, "b") == OK);
    CHECK(start(f->b2, &second, "a") == OK);
    CHECK(id_equal(&f->view.call, &first) && f->view.state == CALL_CONNECTING && f->view.here);
    CHECK(told(f->a, CALL_CONNECTING, END_NONE));
    CHECK(start(f->b2, &second, "a") == OK && id_equal(&f->view.call, &first));
    CHECK(start(f->b1, &third, "a") == ERR_BUSY);
    CHECK(portal_call_end(f->portal, f->a, &first, END_HUNG_UP, NOW) == OK);
    /* A page that comes back repeats what was not answered: it must not ring anybody again. */
    CHECK(start(f->b2, &second, "a") == OK && id_equal(&f->view.call, &first));
    CHECK(f->view.state == CALL_ENDED && f->view.reason == END_HUNG_UP);
    CHECK(start(f->c, &second, "a") == OK && id_equal(&f->view.call, &second));
    tear_down();
}

static void who_is_in_a_call_takes_no_other(void)
{
    struct fixture *f = &fixture;
    set_up();
    CHECK(start(f->a, &first, "b") == OK);
    CHECK(start(f->a, &second, "c") == ERR_BUSY);
    CHECK(start(f->c, &second, "a") == OK && f->view.state == CALL_RINGING && f->view.waiting);
    CHECK(portal_call_end(f->portal, f->c, &second, END_HUNG_UP, NOW) == OK);
    CHECK(start(f->c, &third, "b") == OK && f->view.state == CALL_RINGING); /* N3 */
    CHECK(accept(f->b1, &third) == OK);
    CHECK(accept(f->b1, &first) == ERR_BUSY);
    CHECK(portal_call_end(f->portal, f->c, &third, END_HUNG_UP, NOW) == OK);
    CHECK(accept(f->b1, &first) == OK);
    tear_down();
}

static void nobody_there_is_unreachable(void)
{
    struct fixture *f = &fixture;
    set_up();
    portal_session_close(f->portal, f->c, NOW);
    CHECK(start(f->a, &first, "c") == OK && f->view.reason == END_UNREACHABLE);
    CHECK(start(f->a, &second, "b") == OK);
    portal_session_close(f->portal, f->b1, NOW);
    CHECK(told(f->b2, CALL_RINGING, END_NONE)); /* M84 */
    portal_session_close(f->portal, f->b2, NOW);
    uint32_t grace_ms = testports_limits().leave_grace_ms;
    portal_tick(f->portal, NOW + grace_ms - 20);
    CHECK(portal_call_join(f->portal, f->a, &second, NOW, &f->view) == OK);
    CHECK(f->view.state == CALL_RINGING);
    portal_tick(f->portal, NOW + grace_ms + 32);
    CHECK(portal_call_join(f->portal, f->a, &second, NOW, &f->view) == OK);
    CHECK(f->view.reason == END_UNREACHABLE);
    tear_down();
}

static void who_was_there_before_the_start_is_waited_for(void)
{
    struct fixture *f = &fixture;
    at_ms = 1000000;
    set_up();
    portal_session_close(f->portal, f->c, NOW);
    CHECK(portal_set_status(f->portal, f->b1, STATUS_INVISIBLE, NOW) == OK);
    CHECK(start(f->a, &first, "c") == OK && f->view.state == CALL_RINGING);
    portal_tick(f->portal, NOW + 9980);
    CHECK(portal_call_join(f->portal, f->a, &first, NOW + 9980, &f->view) == OK);
    CHECK(f->view.state == CALL_RINGING);
    CHECK(portal_call_end(f->portal, f->a, &first, END_HUNG_UP, NOW + 9980) == OK);
    /* It looks the same for who is invisible, and who notices nothing of it. */
    CHECK(start(f->a, &second, "b") == OK && f->view.state == CALL_RINGING);
    CHECK(testports_last(&f->ports, f->b1, EVENT_CALL) == NULL);
    portal_tick(f->portal, NOW + 10032);
    CHECK(told(f->a, CALL_ENDED, END_UNREACHABLE));
    CHECK(testports_last(&f->ports, f->b1, EVENT_CALL) == NULL);
    tear_down();
}

static void a_second_call_does_not_shorten_the_time_to_come_back(void)
{
    struct fixture *f = &fixture;
    at_ms = 1000000;
    set_up();
    uint32_t grace_ms = testports_limits().leave_grace_ms;
    CHECK(start(f->a, &first, "c") == OK);
    portal_session_close(f->portal, f->c, NOW + 8000);
    CHECK(start(f->b1, &second, "c") == OK && f->view.state == CALL_RINGING);
    portal_tick(f->portal, NOW + 10032);
    CHECK(portal_call_join(f->portal, f->a, &first, NOW + 10032, &f->view) == OK);
    CHECK(f->view.state == CALL_RINGING);
    portal_tick(f->portal, NOW + 8000 + grace_ms + 32);
    CHECK(told(f->a, CALL_ENDED, END_UNREACHABLE));
    CHECK(told(f->b1, CALL_ENDED, END_UNREACHABLE));
    tear_down();
}

static void a_page_that_is_loaded_again_still_rings(void)
{
    struct fixture *f = &fixture;
    session_id again = 0;
    set_up();
    uint32_t grace_ms = testports_limits().leave_grace_ms;
    CHECK(start(f->a, &first, "c") == OK);
    portal_session_close(f->portal, f->c, NOW);
    CHECK(testports_open(&f->ports, f->portal, "c", NOW + grace_ms / 2, &again) == OK);
    portal_session_snapshot(f->portal, again, NOW + grace_ms / 2);
    CHECK(told(again, CALL_RINGING, END_NONE));
    portal_tick(f->portal, NOW + 2 * grace_ms);
    CHECK(accept(again, &first) == OK && f->view.state == CALL_CONNECTING);
    tear_down();
}

static void the_window_takes_over_what_a_page_has_placed(void)
{
    struct fixture *f = &fixture;
    session_id window = 0;
    set_up();
    CHECK(start(f->a, &first, "b") == OK && f->view.here);
    CHECK(testports_open(&f->ports, f->portal, "a", NOW, &window) == OK);
    CHECK(start(window, &first, "b") == OK && f->view.state == CALL_RINGING && !f->view.here);
    CHECK(start(window, &first, "c") == OK && !f->view.here); /* only the id counts */
    CHECK(testports_last(&f->ports, f->c, EVENT_CALL) == NULL);
    CHECK(portal_call_join(f->portal, window, &first, NOW, &f->view) == OK && f->view.here);
    CHECK(told(f->a, CALL_ENDED, END_REPLACED));
    portal_session_close(f->portal, f->a, NOW); /* the page goes: its call does not */
    portal_tick(f->portal, NOW + testports_limits().leave_grace_ms * 2);
    CHECK(accept(f->b1, &first) == OK && told(window, CALL_CONNECTING, END_NONE));
    tear_down();
}

static void nothing_rings_past_its_deadline(void)
{
    struct fixture *f = &fixture;
    set_up();
    uint32_t ring_ms = testports_limits().ring_ms;
    CHECK(start(f->a, &first, "b") == OK);
    portal_tick(f->portal, NOW + ring_ms - 20);
    CHECK(told(f->b1, CALL_RINGING, END_NONE));
    portal_tick(f->portal, NOW + ring_ms + 32);
    CHECK(told(f->a, CALL_ENDED, END_NO_ANSWER) && told(f->b1, CALL_ENDED, END_NO_ANSWER));
    portal_tick(f->portal, NOW + ring_ms + 61000);
    CHECK(portal_call_join(f->portal, f->a, &first, NOW, &f->view) == ERR_NOT_FOUND);
    tear_down();
}

static void a_stranger_finds_nothing(void)
{
    struct fixture *f = &fixture;
    struct call_description description = {.call = first, .sdp = SLICE("v=0")};
    set_up();
    CHECK(start(f->a, &first, "b") == OK);
    CHECK(start(f->c, &first, "b") == ERR_EXISTS);
    CHECK(start(f->a, &second, "a") == ERR_NOT_FOUND && start(f->a, &second, "x") == ERR_NOT_FOUND);
    CHECK(accept(f->c, &first) == ERR_NOT_FOUND && accept(f->c, &third) == ERR_NOT_FOUND);
    CHECK(portal_call_decline(f->portal, f->c, &first, NOW) == ERR_NOT_FOUND);
    CHECK(portal_call_end(f->portal, f->c, &first, END_HUNG_UP, NOW) == ERR_NOT_FOUND);
    CHECK(portal_call_join(f->portal, f->c, &first, NOW, &f->view) == ERR_NOT_FOUND);
    CHECK(portal_call_describe(f->portal, f->c, &description) == ERR_NOT_FOUND);
    CHECK(testports_last(&f->ports, f->c, EVENT_CALL) == NULL);
    tear_down();
}

static void descriptions_go_from_place_to_place_after_the_answer(void)
{
    struct fixture *f = &fixture;
    struct call_description description = {.call = first, .sdp = SLICE("v=0")};
    struct call_candidate candidate = {
        .call = first,
        .candidate = SLICE("candidate:1"),
        .facts = {.type = ICE_HOST, .addr = addr_v4(192, 0, 2, 1, 5000)}};
    set_up();
    CHECK(start(f->a, &first, "b") == OK);
    CHECK(portal_call_describe(f->portal, f->a, &description) == ERR_STATE);
    CHECK(accept(f->b1, &first) == OK);
    CHECK(portal_call_describe(f->portal, f->a, &description) == OK);
    CHECK(portal_call_candidate(f->portal, f->b1, &candidate) == OK);
    CHECK(portal_call_candidate(f->portal, f->b2, &candidate) == ERR_STATE);
    CHECK(testports_count(&f->ports, f->b1, EVENT_DESCRIPTION) == 1);
    CHECK(testports_count(&f->ports, f->b2, EVENT_DESCRIPTION) == 0);
    CHECK(testports_count(&f->ports, f->a, EVENT_CANDIDATE) == 1);
    portal_renew_calls(f->portal); /* the places, nobody else */
    CHECK(testports_count(&f->ports, f->a, EVENT_RENEW) == 1);
    CHECK(testports_count(&f->ports, f->b1, EVENT_RENEW) == 1);
    CHECK(testports_count(&f->ports, f->b2, EVENT_RENEW) == 0);
    CHECK(portal_call_end(f->portal, f->a, &first, END_HUNG_UP, NOW) == OK);
    CHECK(portal_call_describe(f->portal, f->a, &description) == ERR_STATE);
    tear_down();
}

static void a_reload_joins_again_and_another_window_takes_over(void)
{
    struct fixture *f = &fixture;
    set_up();
    uint32_t grace_ms = testports_limits().leave_grace_ms;
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    CHECK(portal_call_leave(f->portal, f->b1, &first, NOW) == OK);
    CHECK(told_peer_away(f->a, true));
    CHECK(portal_call_join(f->portal, f->b1, &first, NOW, &f->view) == OK && f->view.here);
    CHECK(told_peer_away(f->a, false));
    CHECK(portal_call_join(f->portal, f->b2, &first, NOW, &f->view) == OK && f->view.here);
    CHECK(told(f->b1, CALL_ENDED, END_REPLACED));
    CHECK(testports_last(&f->ports, f->b1, EVENT_CALL)->event.call.moved);
    CHECK(portal_call_leave(f->portal, f->b1, &first, NOW) == OK); /* not the place any more */
    portal_tick(f->portal, NOW + grace_ms + 32);
    CHECK(told(f->a, CALL_CONNECTING, END_NONE));
    CHECK(portal_call_leave(f->portal, f->b2, &first, NOW + grace_ms + 32) == OK);
    portal_tick(f->portal, NOW + 2 * grace_ms + 100);
    CHECK(told(f->a, CALL_ENDED, END_HUNG_UP));
    tear_down();
}

static void a_vanished_window_ends_the_call(void)
{
    struct fixture *f = &fixture;
    set_up();
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    portal_session_away(f->portal, f->a, true, NOW);
    CHECK(told_peer_away(f->b1, true));
    portal_session_away(f->portal, f->a, false, NOW);
    CHECK(told_peer_away(f->b1, false));
    CHECK(portal_call_connected(f->portal, f->a, &first, NOW) == OK);
    CHECK(portal_call_connected(f->portal, f->b1, &first, NOW) == OK);
    portal_session_close(f->portal, f->a, NOW);
    portal_tick(f->portal, NOW + testports_limits().rejoin_ms + 32);
    CHECK(told(f->b1, CALL_ENDED, END_SIGNALLING_LOST));
    tear_down();
}

static void a_lost_window_is_back_at_the_end_of_its_time_without_a_ring(void)
{
    struct fixture *f = &fixture;
    set_up();
    uint64_t late = NOW + testports_limits().rejoin_ms - 100;
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    CHECK(portal_call_connected(f->portal, f->a, &first, NOW) == OK);
    CHECK(portal_call_connected(f->portal, f->b1, &first, NOW) == OK);
    portal_session_close(f->portal, f->b1, NOW);
    portal_tick(f->portal, late);
    CHECK(told(f->a, CALL_ACTIVE, END_NONE) && told_peer_away(f->a, true));
    CHECK(portal_call_join(f->portal, f->b2, &first, late, &f->view) == OK && f->view.here);
    CHECK(told(f->b2, CALL_ACTIVE, END_NONE) && told_peer_away(f->a, false));
    portal_tick(f->portal, late + testports_limits().rejoin_ms);
    CHECK(told(f->a, CALL_ACTIVE, END_NONE) && told(f->b2, CALL_ACTIVE, END_NONE));
    CHECK(portal_call_end(f->portal, f->b2, &first, END_HUNG_UP, late) == OK);
    CHECK(told(f->a, CALL_ENDED, END_HUNG_UP));
    tear_down();
}

static void who_calls_again_leaves_a_deserted_call(void)
{
    struct fixture *f = &fixture;
    set_up();
    CHECK(start(f->a, &first, "b") == OK);
    CHECK(accept(f->b1, &first) == OK);
    portal_session_away(f->portal, f->a, true, NOW);
    CHECK(testports_open(&f->ports, f->portal, "a", NOW, &f->a) == OK);
    portal_session_away(f->portal, f->b1, true, NOW);
    CHECK(start(f->a, &second, "b") == OK); /* nobody is in the first */
    CHECK(f->view.state == CALL_RINGING && id_equal(&f->view.call, &second));
    CHECK(told(f->b2, CALL_RINGING, END_NONE));
    CHECK(portal_call_join(f->portal, f->b2, &first, NOW, &f->view) == OK);
    CHECK(f->view.state == CALL_ENDED && f->view.reason == END_REPLACED && !f->view.moved);
    tear_down();
}

static void what_is_switched_is_remembered_all_is_told(void)
{
    struct fixture *f = &fixture;
    set_up();
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    CHECK(portal_call_join(f->portal, f->a, &first, NOW, &f->view) == OK);
    const struct user *bert = f->view.peer;
    bool before = bert->microphone_on;
    struct call_media media = {.microphone_on = !before, .screen_on = true, .in_trouble = true};
    CHECK(portal_call_media(f->portal, f->b1, &first, &media, NOW) == OK);
    const struct told *last = testports_last(&f->ports, f->a, EVENT_CALL);
    CHECK(last != NULL && last->event.call.peer_microphone_on == !before);
    CHECK(last->event.call.peer_screen_on && last->event.call.peer_in_trouble);
    CHECK(bert->microphone_on == before);
    media.switched_camera = true;
    CHECK(portal_call_media(f->portal, f->b1, &first, &media, NOW) == OK);
    CHECK(bert->microphone_on == before && !bert->camera_on);
    media.switched_microphone = true;
    CHECK(portal_call_media(f->portal, f->b1, &first, &media, NOW) == OK);
    CHECK(bert->microphone_on == !before);
    tear_down();
}

static void the_limit_of_calls_holds_and_ended_ones_do_not_count(void)
{
    struct fixture *f = &fixture;
    set_up();
    for (uint8_t i = 1; i < 20; i++) {
        struct id call = {{9, i}};
        CHECK(start(f->a, &call, "b") == OK && f->view.state == CALL_RINGING);
        CHECK(portal_call_end(f->portal, f->a, &call, END_HUNG_UP, NOW) == OK);
        CHECK(told(f->b1, CALL_ENDED, END_CANCELLED));
    }
    CHECK(start(f->a, &first, "b") == OK && start(f->c, &second, "b") == OK);
    CHECK(start(f->b1, &third, "c") == OK && id_equal(&f->view.call, &second));
    tear_down();
}

static void who_talks_stays_signed_in(void)
{
    struct fixture *f = &fixture;
    set_up();
    int64_t now_s = (int64_t)testports_limits().login_idle_s + 1;
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    portal_expire(f->portal, now_s, NOW);
    CHECK(!testports_ended(&f->ports, f->a, NULL) && !testports_ended(&f->ports, f->b1, NULL));
    CHECK(testports_ended(&f->ports, f->b2, NULL) && testports_ended(&f->ports, f->c, NULL));
    CHECK(portal_call_end(f->portal, f->a, &first, END_HUNG_UP, NOW) == OK);
    portal_expire(f->portal, 2 * now_s, NOW);
    CHECK(testports_ended(&f->ports, f->a, NULL));
    tear_down();
}

static void nothing_tells_the_invisible_from_who_is_not_there(void)
{
    struct fixture *f = &fixture;
    set_up();
    /* b is invisible with two tabs, and in a call; c has gone. */
    CHECK(portal_set_status(f->portal, f->b1, STATUS_INVISIBLE, NOW) == OK);
    CHECK(start(f->b1, &first, "c") == OK && accept(f->c, &first) == OK);
    CHECK(start(f->a, &second, "b") == OK);
    struct call_view hidden = f->view;
    CHECK(hidden.state == CALL_ENDED && hidden.reason == END_UNREACHABLE && !hidden.silent);
    CHECK(told(f->b2, CALL_ENDED, END_UNREACHABLE)); /* a missed call, without a ring */
    CHECK(portal_call_end(f->portal, f->b1, &first, END_HUNG_UP, NOW) == OK);
    CHECK(portal_set_status(f->portal, f->b1, STATUS_AVAILABLE, NOW) == OK);
    portal_session_close(f->portal, f->b1, NOW);
    portal_session_close(f->portal, f->b2, NOW);
    CHECK(start(f->a, &third, "b") == OK);
    struct call_view gone = f->view;
    hidden.call = third;
    CHECK(memcmp(&hidden, &gone, sizeof gone) == 0);
    struct id b = testports_user_id("b");
    CHECK(portal_presence(f->portal, &b) == PRESENCE_OFFLINE);
    tear_down();
}

static void who_must_not_be_disturbed_is_called_without_a_ring(void)
{
    struct fixture *f = &fixture;
    set_up();
    CHECK(portal_set_status(f->portal, f->b1, STATUS_DO_NOT_DISTURB, NOW) == OK);
    CHECK(start(f->a, &first, "b") == OK);
    CHECK(f->view.state == CALL_RINGING && f->view.silent);
    const struct told *card = testports_last(&f->ports, f->b2, EVENT_CALL);
    CHECK(card != NULL && card->event.call.state == CALL_RINGING && card->event.call.silent);
    CHECK(accept(f->b2, &first) == OK && f->view.state == CALL_CONNECTING);
    CHECK(portal_call_end(f->portal, f->a, &first, END_HUNG_UP, NOW) == OK);
    CHECK(portal_set_status(f->portal, f->b1, STATUS_AWAY, NOW) == OK);
    CHECK(start(f->a, &second, "b") == OK);
    CHECK(f->view.state == CALL_RINGING && !f->view.silent); /* away rings */
    tear_down();
}

/* The server is killed and starts again, `away_ms` later, with a clock that begins anew. */
static void restart(uint64_t away_ms)
{
    struct fixture *f = &fixture;
    static const char *const names[] = {"a", "b", "c"};
    (void)testports_run(&f->ports);
    portal_destroy(f->portal);
    f->portal = NULL;
    testports_clear_told(&f->ports);
    struct portal_params params = {.ports = testports_ports(&f->ports),
                                   .limits = testports_limits(),
                                   .now_ms = 50,
                                   .at_ms = 1000000000 + (int64_t)(NOW + away_ms)};
    CHECK(portal_create(&params, &f->portal) == OK);
    for (size_t i = 0; i < 3; i++) {
        CHECK(testports_add_user(f->portal, names[i], NULL) == OK);
    }
    struct test_change *last = NULL;
    for (struct test_change *kept = f->ports.kept; kept != NULL; kept = kept->next) {
        last = kept->change.kind == CHANGE_CALL_PUT ? kept : last;
    }
    CHECK(last != NULL && portal_restore(f->portal, &last->change) == OK);
    CHECK(portal_restore(f->portal, &last->change) == OK); /* known already */
    CHECK(testports_open(&f->ports, f->portal, "a", 60, &f->a) == OK);
    CHECK(testports_open(&f->ports, f->portal, "b", 60, &f->b1) == OK);
    CHECK(testports_open(&f->ports, f->portal, "c", 60, &f->c) == OK);
}

static void set_up_on_the_wall(void)
{
    struct fixture *f = &fixture;
    set_up();
    portal_destroy(f->portal);
    testports_fini(&f->ports);
    testports_init(&f->ports, 1);
    struct portal_params params = {.ports = testports_ports(&f->ports),
                                   .limits = testports_limits(),
                                   .now_ms = NOW,
                                   .at_ms = 1000000000 + NOW};
    static const char *const names[] = {"a", "b", "c"};
    f->portal = NULL;
    CHECK(portal_create(&params, &f->portal) == OK);
    for (size_t i = 0; i < 3; i++) {
        CHECK(testports_add_user(f->portal, names[i], NULL) == OK);
    }
    CHECK(testports_open(&f->ports, f->portal, "a", NOW, &f->a) == OK);
    CHECK(testports_open(&f->ports, f->portal, "b", NOW, &f->b1) == OK);
}

static void a_call_goes_on_after_the_server_was_killed(void)
{
    struct fixture *f = &fixture;
    set_up_on_the_wall();
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    CHECK(portal_call_connected(f->portal, f->a, &first, NOW) == OK);
    CHECK(portal_call_connected(f->portal, f->b1, &first, NOW) == OK);
    restart(10000);
    portal_session_snapshot(f->portal, f->a, 60);
    const struct told *last = testports_last(&f->ports, f->a, EVENT_CALL);
    CHECK(last != NULL && last->event.call.state == CALL_ACTIVE && !last->event.call.here);
    CHECK(last->event.call.peer_away && last->event.call.age_ms >= 10000);
    CHECK(last->event.call.age_ms < 12000);
    struct id b = testports_user_id("b");
    CHECK(portal_presence(f->portal, &b) == PRESENCE_IN_CALL);
    CHECK(start(f->c, &second, "b") == OK && f->view.waiting);
    CHECK(portal_call_join(f->portal, f->a, &first, 100, &f->view) == OK && f->view.here);
    CHECK(portal_call_join(f->portal, f->b1, &first, 100, &f->view) == OK);
    CHECK(f->view.state == CALL_ACTIVE && !f->view.peer_away);
    CHECK(portal_call_end(f->portal, f->b1, &first, END_HUNG_UP, 200) == OK);
    CHECK(told(f->a, CALL_ENDED, END_HUNG_UP));
    tear_down();
}

/* b talks with a, the server was killed, and the page of b is not back yet. */
static void restart_without_b(void)
{
    struct fixture *f = &fixture;
    set_up_on_the_wall();
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    restart(10000);
    portal_session_close(f->portal, f->b1, 60);
}

static void who_is_not_back_in_the_call_yet_is_busy(void)
{
    struct fixture *f = &fixture;
    restart_without_b();
    CHECK(start(f->c, &second, "b") == OK);
    CHECK(f->view.state == CALL_RINGING && f->view.waiting);
    CHECK(testports_open(&f->ports, f->portal, "b", 5000, &f->b1) == OK);
    portal_session_snapshot(f->portal, f->b1, 5000);
    portal_tick(f->portal, 50 + 10032);
    CHECK(portal_call_join(f->portal, f->c, &second, 50 + 10032, &f->view) == OK);
    CHECK(f->view.state == CALL_RINGING && f->view.waiting);
    tear_down();
}

static void who_is_not_back_and_takes_one_call_at_a_time_is_busy_at_once(void)
{
    struct fixture *f = &fixture;
    restart_without_b();
    CHECK(testports_open(&f->ports, f->portal, "b", 60, &f->b1) == OK);
    CHECK(portal_set_wishes(f->portal, f->b1, &(bool){false}, NULL, 60) == OK);
    portal_session_close(f->portal, f->b1, 60);
    CHECK(start(f->c, &second, "b") == OK);
    CHECK(f->view.state == CALL_ENDED && f->view.reason == END_BUSY);
    tear_down();
}

static void who_never_comes_back_to_the_call_is_unreachable(void)
{
    struct fixture *f = &fixture;
    restart_without_b();
    CHECK(start(f->c, &second, "b") == OK && f->view.waiting);
    portal_tick(f->portal, 50 + 10032);
    CHECK(told(f->c, CALL_ENDED, END_UNREACHABLE));
    tear_down();
}

/* Otherwise the answer of the first seconds would tell him from who is not there. */
static void the_invisible_in_a_call_looks_away_after_a_restart_too(void)
{
    struct fixture *f = &fixture;
    restart_without_b();
    CHECK(testports_open(&f->ports, f->portal, "b", 60, &f->b1) == OK);
    CHECK(portal_set_status(f->portal, f->b1, STATUS_INVISIBLE, 60) == OK);
    CHECK(portal_set_wishes(f->portal, f->b1, &(bool){false}, NULL, 60) == OK);
    CHECK(start(f->c, &second, "b") == OK);
    CHECK(f->view.state == CALL_RINGING && !f->view.waiting);
    portal_tick(f->portal, 50 + 10032);
    CHECK(told(f->c, CALL_ENDED, END_UNREACHABLE));
    tear_down();
}

static void who_does_not_come_back_after_a_restart_has_lost_the_call(void)
{
    struct fixture *f = &fixture;
    set_up_on_the_wall();
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    restart(1000);
    CHECK(portal_call_join(f->portal, f->a, &first, 100, &f->view) == OK);
    CHECK(f->view.state == CALL_CONNECTING);
    CHECK(portal_call_connected(f->portal, f->a, &first, 100) == OK);
    uint32_t rejoin_ms = testports_limits().rejoin_ms;
    uint32_t connect_ms = testports_limits().connect_ms;
    uint32_t first_ms = rejoin_ms < connect_ms ? rejoin_ms : connect_ms;
    portal_tick(f->portal, 50 + first_ms + 40);
    CHECK(told(f->a, CALL_ENDED, rejoin_ms < connect_ms ? END_SIGNALLING_LOST : END_MEDIA_FAILED));
    tear_down();
}

static void a_ring_has_the_same_deadline_after_a_restart(void)
{
    struct fixture *f = &fixture;
    set_up_on_the_wall();
    CHECK(start(f->a, &first, "b") == OK);
    restart(15300); /* not a whole second: the ring must not be longer for it */
    portal_session_snapshot(f->portal, f->b1, 60);
    const struct told *card = testports_last(&f->ports, f->b1, EVENT_CALL);
    CHECK(card != NULL && card->event.call.state == CALL_RINGING);
    uint32_t left_ms = card->event.call.ring_left_ms;
    uint32_t ring_ms = testports_limits().ring_ms;
    CHECK(left_ms == ring_ms - 15300 - 10); /* asked 10 ms after the start */
    CHECK(start(f->a, &first, "b") == OK && f->view.state == CALL_RINGING); /* the page repeats */
    CHECK(start(f->c, &first, "b") == ERR_EXISTS);
    CHECK(portal_call_join(f->portal, f->a, &first, 70, &f->view) == OK && f->view.here);
    CHECK(!f->view.peer_microphone_on && !f->view.peer_camera_on); /* not before the answer */
    CHECK(accept(f->b1, &first) == OK && told(f->a, CALL_CONNECTING, END_NONE));
    tear_down();
}

static void a_ring_that_was_over_meanwhile_ends_unanswered(void)
{
    struct fixture *f = &fixture;
    set_up_on_the_wall();
    CHECK(start(f->a, &first, "b") == OK);
    restart(3600 * 1000);
    portal_tick(f->portal, 100);
    CHECK(told(f->a, CALL_ENDED, END_NO_ANSWER) && told(f->b1, CALL_ENDED, END_NO_ANSWER));
    const struct change *kept = NULL;
    for (struct test_change *at = f->ports.kept; at != NULL; at = at->next) {
        kept = at->change.kind == CHANGE_CALL_PUT ? &at->change : kept;
    }
    CHECK(kept != NULL && kept->call.reason == END_NO_ANSWER && kept->call.ended_at_ms != 0);
    CHECK(kept->call.started_at_ms == 1000000 * 1000LL + NOW && kept->call.answered_at_ms == 0);
    tear_down();
}

/* By the clock of the new process the answer was at 0, which stands for never. */
static void a_call_that_was_answered_at_zero_stays_answered(void)
{
    struct fixture *f = &fixture;
    set_up_on_the_wall();
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    restart(50);
    CHECK(portal_call_join(f->portal, f->a, &first, 100, &f->view) == OK);
    CHECK(portal_call_join(f->portal, f->b1, &first, 100, &f->view) == OK);
    CHECK(portal_call_end(f->portal, f->a, &first, END_HUNG_UP, 200) == OK);
    const struct change *kept = NULL;
    for (struct test_change *at = f->ports.kept; at != NULL; at = at->next) {
        kept = at->change.kind == CHANGE_CALL_PUT ? &at->change : kept;
    }
    CHECK(kept != NULL && kept->call.answered_at_ms != 0 && !kept->call.missed);
    CHECK(kept->call.started_at_ms == 1000000 * 1000LL + NOW); /* by which the store knows it */
    tear_down();
}

static void a_call_through_a_link_does_not_go_on(void)
{
    struct fixture *f = &fixture;
    set_up_on_the_wall();
    CHECK(start(f->a, &first, "b") == OK && accept(f->b1, &first) == OK);
    (void)testports_run(&f->ports);
    for (struct test_change *at = f->ports.kept; at != NULL; at = at->next) {
        at->change.call.external = at->change.kind == CHANGE_CALL_PUT;
    }
    restart(1000);
    portal_tick(f->portal, 100);
    CHECK(told(f->a, CALL_ENDED, END_SERVER_SHUTDOWN));
    tear_down();
}

UNIT(a_call_goes_on_after_the_server_was_killed,
     who_is_not_back_in_the_call_yet_is_busy,
     who_is_not_back_and_takes_one_call_at_a_time_is_busy_at_once,
     who_never_comes_back_to_the_call_is_unreachable,
     the_invisible_in_a_call_looks_away_after_a_restart_too,
     who_does_not_come_back_after_a_restart_has_lost_the_call,
     a_ring_has_the_same_deadline_after_a_restart, a_ring_that_was_over_meanwhile_ends_unanswered,
     a_call_that_was_answered_at_zero_stays_answered, a_call_through_a_link_does_not_go_on,
     nothing_tells_the_invisible_from_who_is_not_there,
     who_must_not_be_disturbed_is_called_without_a_ring, who_talks_stays_signed_in,
     all_sessions_ring_and_one_answers, declining_once_ends_the_ring_of_all,
     both_pressing_call_makes_one_call, who_is_in_a_call_takes_no_other,
     nobody_there_is_unreachable, a_page_that_is_loaded_again_still_rings,
     the_window_takes_over_what_a_page_has_placed, who_was_there_before_the_start_is_waited_for,
     a_second_call_does_not_shorten_the_time_to_come_back, nothing_rings_past_its_deadline,
     a_stranger_finds_nothing, descriptions_go_from_place_to_place_after_the_answer,
     a_reload_joins_again_and_another_window_takes_over, a_vanished_window_ends_the_call,
     a_lost_window_is_back_at_the_end_of_its_time_without_a_ring,
     who_calls_again_leaves_a_deserted_call, the_log_has_one_line_of_each_call,
     what_is_switched_is_remembered_all_is_told,
     the_limit_of_calls_holds_and_ended_ones_do_not_count)
