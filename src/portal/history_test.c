/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of calls that are over, and who is told of missed ones. */
#include "portal/history.h"

#include "portal/testports.h"
#include "unit.h"

#define NOW 1000
#define LONG_AFTER_MS 20000 /* nobody is about to come back after a start */
#define WALL_MS (int64_t)1700000000000

static struct testports ports;
static struct portal *portal;
static session_id ann;
static session_id bob;
static struct call_view view;
static const struct id first = {{1}};

static void set_up(void)
{
    testports_init(&ports, 5);
    struct portal_params params = {.ports = testports_ports(&ports),
                                   .limits = testports_limits(),
                                   .now_ms = NOW,
                                   .at_ms = WALL_MS + NOW};
    portal = NULL;
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_open(&ports, portal, "ann", NOW, &ann) == OK);
    CHECK(testports_open(&ports, portal, "bob", NOW, &bob) == OK);
}

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

static MUST_USE enum err call_bob(const struct id *call, uint64_t now_ms)
{
    struct portal_call_start wanted = {
        .call = *call, .callee = SLICE("bob"), .microphone_on = true, .camera_on = true};
    return portal_call_start(portal, ann, &wanted, now_ms, &view);
}

/* The last record that was kept. */
static const struct call_record *last_record(void)
{
    const struct call_record *record = NULL;
    for (const struct test_change *kept = ports.kept; kept != NULL; kept = kept->next) {
        record = kept->change.kind == CHANGE_CALL_PUT ? &kept->change.call : record;
    }
    CHECK(record != NULL);
    return record;
}

static void each_step_of_a_call_is_kept(void)
{
    set_up();
    CHECK(call_bob(&first, 2000) == OK);
    CHECK(last_record()->started_at_ms == WALL_MS + 2000 && last_record()->ended_at_ms == 0);
    const struct portal_call_answer answer = {.microphone_on = true, .camera_on = true};
    CHECK(portal_call_accept(portal, bob, &first, &answer, 5000, &view) == OK);
    CHECK(last_record()->answered_at_ms == WALL_MS + 5000 && last_record()->active_at_ms == 0);
    CHECK(portal_call_connected(portal, ann, &first, 5500) == OK);
    CHECK(portal_call_connected(portal, bob, &first, 6000) == OK);
    CHECK(last_record()->active_at_ms == WALL_MS + 6000);
    CHECK(portal_call_end(portal, bob, &first, END_HUNG_UP, 9000) == OK);
    CHECK(last_record()->ended_at_ms == WALL_MS + 9000 && last_record()->reason == END_HUNG_UP);
    CHECK(last_record()->ended_by == ENDED_BY_CALLEE && !last_record()->missed);
    CHECK(ports.write_count == 9); /* each with its steps, and the line in the chat */
    (void)testports_run(&ports);
    CHECK(testports_count(&ports, bob, EVENT_MISSED) == 0);
    tear_down();
}

static void a_missed_call_is_told_after_the_commit_until_it_is_seen(void)
{
    set_up();
    CHECK(call_bob(&first, 2000) == OK);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, 3000) == OK);
    CHECK(last_record()->missed && last_record()->reason == END_CANCELLED);
    CHECK(last_record()->ended_by == ENDED_BY_CALLER);
    CHECK(testports_count(&ports, bob, EVENT_MISSED) == 0);
    (void)testports_run(&ports);
    const struct told *told = testports_last(&ports, bob, EVENT_MISSED);
    CHECK(told != NULL && told->event.missed == 1);
    CHECK(testports_count(&ports, ann, EVENT_MISSED) == 0);
    CHECK(portal_history_seen(portal, bob, last_record()->ended_at_ms, 4000) == OK);
    (void)testports_run(&ports);
    told = testports_last(&ports, bob, EVENT_MISSED);
    CHECK(told != NULL && told->event.missed == 0);
    CHECK(portal_history_seen(portal, bob + 99, 0, 4000) == ERR_NOT_FOUND);
    tear_down();
}

static void what_was_refused_is_not_missed_and_what_did_not_ring_is(void)
{
    set_up();
    static const struct id second = {{2}};
    CHECK(call_bob(&first, LONG_AFTER_MS) == OK);
    CHECK(portal_call_decline(portal, bob, &first, LONG_AFTER_MS + 1000) == OK);
    CHECK(last_record()->reason == END_DECLINED && !last_record()->missed);
    CHECK(portal_set_status(portal, bob, STATUS_INVISIBLE, LONG_AFTER_MS + 1500) == OK);
    CHECK(call_bob(&second, LONG_AFTER_MS + 2000) == OK && view.reason == END_UNREACHABLE);
    CHECK(last_record()->missed && last_record()->started_at_ms == WALL_MS + LONG_AFTER_MS + 2000);
    CHECK(last_record()->ended_by == ENDED_BY_NOBODY);
    (void)testports_run(&ports);
    CHECK(testports_count(&ports, bob, EVENT_MISSED) == 1);
    tear_down();
}

static void old_calls_are_forgotten_once_a_day(void)
{
    set_up();
    int64_t now_s = 1700000000;
    portal_history_trim(portal, now_s);
    portal_history_trim(portal, now_s + 86399);
    CHECK(ports.write_count == 2 && ports.kept != NULL);
    CHECK(ports.kept->change.kind == CHANGE_CALLS_FORGET);
    CHECK(ports.kept->change.call.ended_at_ms == (now_s - (int64_t)365 * 86400) * 1000);
    CHECK(ports.kept->next != NULL);
    const struct change *second = &ports.kept->next->change;
    CHECK(second->kind == CHANGE_TIMELINES_FORGET);
    CHECK(second->call.ended_at_ms == (now_s - (int64_t)30 * 86400) * 1000);
    portal_history_trim(portal, now_s + 86400);
    CHECK(ports.write_count == 4);
    tear_down();
}

static void a_stranger_has_no_history(void)
{
    set_up();
    struct id id = testports_user_id("ann");
    struct history_wanted wanted = {.with = SLICE("nobody"), .limit = 5};
    CHECK(portal_history(portal, &id, &wanted, NULL, NULL) == ERR_NOT_FOUND);
    tear_down();
}

UNIT(each_step_of_a_call_is_kept, a_missed_call_is_told_after_the_commit_until_it_is_seen,
     what_was_refused_is_not_missed_and_what_did_not_ring_is, old_calls_are_forgotten_once_a_day,
     a_stranger_has_no_history)
