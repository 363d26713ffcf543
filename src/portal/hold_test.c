/* SPDX-License-Identifier: Apache-2.0 */
/* Call waiting, hold, and calling somebody again from a window that was lost. */
#include "portal/testports.h"
#include "unit.h"

#define NOW 1000

static struct testports ports;
static struct portal *portal;
static session_id a, b, b2, c, d, e;
static struct call_view view;
static const struct id first = {{1}};
static const struct id second = {{2}};
static const struct id third = {{3}};
static const struct id fourth = {{4}};

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

static void set_up(void)
{
    static const char *const names[] = {"a", "b", "c", "d", "e"};
    session_id *sessions[] = {&a, &b, &c, &d, &e};
    testports_init(&ports, 3);
    struct portal_params params = {.ports = testports_ports(&ports),
                                   .limits = testports_limits(),
                                   .now_ms = NOW,
                                   .at_ms = 1000000};
    portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &portal) == OK);
    for (size_t i = 0; i < 5; i++) {
        CHECK(testports_add_user(portal, names[i], NULL) == OK);
        CHECK(testports_open(&ports, portal, names[i], NOW, sessions[i]) == OK);
    }
    CHECK(testports_open(&ports, portal, "b", NOW, &b2) == OK);
}

static enum err start(session_id session, const struct id *call, const char *callee)
{
    struct portal_call_start wanted = {.call = *call, .callee = slice_text(callee)};
    return portal_call_start(portal, session, &wanted, NOW, &view);
}

static enum err accept(session_id session, const struct id *call, bool hold)
{
    const struct portal_call_answer answer = {.microphone_on = true, .hold = hold};
    return portal_call_accept(portal, session, call, &answer, NOW, &view);
}

/* How the session was last told of the call. */
static const struct call_view *last_of(session_id session, const struct id *call)
{
    const struct call_view *found = NULL;
    for (const struct told *told = ports.told; told != NULL; told = told->next) {
        if (told->session == session && told->event.kind == EVENT_CALL &&
            id_equal(&told->event.call.call, call)) {
            found = &told->event.call;
        }
    }
    CHECK(found != NULL);
    return found;
}

static void a_second_call_waits_and_rings_when_the_first_is_over(void)
{
    set_up();
    CHECK(start(a, &first, "b") == OK && accept(b, &first, false) == OK);
    CHECK(start(c, &second, "b") == OK && view.state == CALL_RINGING && view.waiting);
    CHECK(last_of(b, &second)->waiting && last_of(b2, &second)->waiting);
    CHECK(start(d, &third, "b") == OK && view.waiting);
    CHECK(start(e, &fourth, "b") == OK && view.reason == END_BUSY); /* two wait */
    CHECK(portal_call_end(portal, a, &first, END_HUNG_UP, NOW) == OK);
    CHECK(!last_of(b, &second)->waiting && !last_of(c, &second)->waiting);
    CHECK(last_of(b, &second)->state == CALL_RINGING && !last_of(d, &third)->waiting);
    CHECK(accept(b, &second, false) == OK);
    CHECK(last_of(b2, &third)->waiting && last_of(d, &third)->waiting);
    tear_down();
}

static void hold_and_answer_is_one_step(void)
{
    set_up();
    CHECK(start(a, &first, "b") == OK && accept(b, &first, false) == OK);
    CHECK(start(c, &second, "b") == OK);
    CHECK(accept(b2, &second, false) == ERR_BUSY);
    CHECK(accept(b2, &second, true) == OK && view.state == CALL_CONNECTING);
    CHECK(last_of(a, &first)->held_by_peer && !last_of(a, &first)->held_by_me);
    CHECK(last_of(b, &first)->held_by_me && last_of(b, &first)->here);
    CHECK(!last_of(c, &second)->held_by_peer);
    /* Switching: one is taken up, the other one held. */
    CHECK(portal_call_hold(portal, b2, &first, false, NOW) == ERR_STATE); /* not its place */
    CHECK(portal_call_hold(portal, b, &first, false, NOW) == OK);
    CHECK(!last_of(a, &first)->held_by_peer && last_of(c, &second)->held_by_peer);
    CHECK(portal_call_hold(portal, b, &first, false, NOW) == OK); /* again */
    CHECK(portal_call_end(portal, a, &first, END_HUNG_UP, NOW) == OK);
    CHECK(last_of(c, &second)->held_by_peer); /* nothing is taken up by itself */
    CHECK(portal_call_hold(portal, b2, &second, false, NOW) == OK);
    CHECK(!last_of(c, &second)->held_by_peer);
    struct id bert = testports_user_id("b");
    CHECK(portal_presence(portal, &bert) == PRESENCE_IN_CALL);
    CHECK(portal_call_end(portal, b2, &second, END_HUNG_UP, NOW) == OK);
    CHECK(portal_presence(portal, &bert) == PRESENCE_AVAILABLE);
    tear_down();
}

static void at_most_two_are_held(void)
{
    set_up();
    CHECK(start(a, &first, "b") == OK && accept(b, &first, false) == OK);
    CHECK(portal_call_hold(portal, b, &first, true, NOW) == OK);
    CHECK(start(b, &second, "c") == OK && accept(c, &second, false) == OK);
    CHECK(start(d, &third, "b") == OK && accept(b, &third, true) == OK);
    CHECK(start(e, &fourth, "b") == OK && accept(b, &fourth, true) == ERR_LIMIT);
    CHECK(portal_call_hold(portal, b, &third, true, NOW) == ERR_LIMIT);
    CHECK(portal_call_hold(portal, b, &second, false, NOW) == OK);
    CHECK(last_of(d, &third)->held_by_peer && last_of(a, &first)->held_by_peer);
    CHECK(!last_of(c, &second)->held_by_peer);
    /* The end of one user, or of his session, reaches all his calls. */
    portal_session_close(portal, b, NOW);
    CHECK(last_of(a, &first)->peer_away && last_of(c, &second)->peer_away);
    CHECK(last_of(d, &third)->peer_away);
    tear_down();
}

static void what_is_dialled_cannot_be_held(void)
{
    set_up();
    CHECK(start(b, &first, "a") == OK);
    CHECK(start(c, &second, "b") == OK && view.waiting);
    CHECK(accept(b, &second, true) == ERR_BUSY);
    CHECK(portal_call_hold(portal, b, &first, true, NOW) == ERR_STATE);
    CHECK(portal_call_end(portal, b, &first, END_HUNG_UP, NOW) == OK);
    CHECK(accept(b, &second, true) == OK);
    CHECK(portal_call_hold(portal, a, &second, true, NOW) == ERR_NOT_FOUND);
    /* One who holds all his calls may call, and takes nothing up while it rings. */
    CHECK(portal_call_hold(portal, b, &second, true, NOW) == OK);
    CHECK(start(b, &third, "d") == OK && view.state == CALL_RINGING);
    CHECK(portal_call_hold(portal, b, &second, false, NOW) == ERR_STATE);
    CHECK(start(b, &fourth, "c") == ERR_BUSY);
    tear_down();
}

static void one_call_for_a_pair_whoever_holds_it(void)
{
    set_up();
    CHECK(start(a, &first, "b") == OK && accept(b, &first, false) == OK);
    CHECK(portal_call_hold(portal, b, &first, true, NOW) == OK);
    CHECK(start(b, &second, "a") == ERR_BUSY); /* M50 */
    CHECK(start(a, &second, "b") == ERR_BUSY);
    tear_down();
}

static void who_calls_again_from_a_new_window_gets_his_call(void)
{
    set_up();
    CHECK(start(a, &first, "b") == OK && accept(b, &first, false) == OK);
    portal_session_close(portal, b, NOW);
    CHECK(last_of(a, &first)->peer_away);
    CHECK(start(b2, &second, "a") == OK && id_equal(&view.call, &first) && view.here);
    CHECK(!last_of(a, &first)->peer_away && last_of(a, &first)->state == CALL_CONNECTING);
    CHECK(start(b2, &second, "a") == OK && id_equal(&view.call, &first)); /* repeated */
    CHECK(start(b2, &third, "a") == ERR_BUSY);
    tear_down();
}

static void holding_outlives_the_server(void)
{
    set_up();
    CHECK(start(a, &first, "b") == OK && accept(b, &first, false) == OK);
    CHECK(start(c, &second, "b") == OK && accept(b, &second, true) == OK);
    (void)testports_run(&ports);
    struct change kept[2] = {{0}};
    for (struct test_change *at = ports.kept; at != NULL; at = at->next) {
        if (at->change.kind == CHANGE_CALL_PUT) {
            kept[id_equal(&at->change.call.call, &first) ? 0 : 1] = at->change;
        }
    }
    CHECK(kept[0].call.held == 2 && kept[1].call.held == 0);
    portal_destroy(portal);
    portal = NULL;
    struct portal_params params = {.ports = testports_ports(&ports),
                                   .limits = testports_limits(),
                                   .now_ms = 50,
                                   .at_ms = 1000000};
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "a", NULL) == OK);
    CHECK(testports_add_user(portal, "b", NULL) == OK);
    CHECK(testports_add_user(portal, "c", NULL) == OK);
    CHECK(portal_restore(portal, &kept[0]) == OK && portal_restore(portal, &kept[1]) == OK);
    CHECK(testports_open(&ports, portal, "a", 60, &a) == OK);
    CHECK(portal_call_join(portal, a, &first, 70, &view) == OK && view.held_by_peer);
    tear_down();
}

UNIT(a_second_call_waits_and_rings_when_the_first_is_over, hold_and_answer_is_one_step,
     at_most_two_are_held, what_is_dialled_cannot_be_held, one_call_for_a_pair_whoever_holds_it,
     who_calls_again_from_a_new_window_gets_his_call, holding_outlives_the_server)
