/* SPDX-License-Identifier: Apache-2.0 */
/* Whom people block and wait for, and who calls too often. */
#include "portal/testports.h"
#include "unit.h"

#define MINUTE 60000

static struct testports ports;
static struct portal *portal;
static session_id ann, bob, cat;
static struct call_view view;
static uint64_t now_ms;
static uint8_t calls;

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

static void set_up_with(struct portal_limits limits)
{
    testports_init(&ports, 3);
    now_ms = 1000;
    calls = 0;
    struct portal_params params = {.ports = testports_ports(&ports),
                                   .limits = limits,
                                   .now_ms = now_ms,
                                   .at_ms = 1000000 * 1000LL};
    portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &portal) == OK);
    static const char *const names[] = {"ann", "bob", "cat"};
    session_id *sessions[] = {&ann, &bob, &cat};
    for (size_t i = 0; i < 3; i++) {
        CHECK(testports_add_user(portal, names[i], NULL) == OK);
        CHECK(testports_open(&ports, portal, names[i], now_ms, sessions[i]) == OK);
    }
}

static struct id call_from(session_id session, const char *callee, enum err expected)
{
    struct id call = {{7, ++calls}};
    struct portal_call_start wanted = {.call = call, .callee = slice_text(callee)};
    CHECK(portal_call_start(portal, session, &wanted, now_ms, &view) == expected);
    return call;
}

static void let_it_ring(void)
{
    now_ms += testports_limits().ring_ms + 32;
    portal_tick(portal, now_ms);
}

static const struct call_record *last_record(void)
{
    const struct call_record *found = NULL;
    (void)testports_run(&ports);
    for (const struct test_change *at = ports.kept; at != NULL; at = at->next) {
        found = at->change.kind == CHANGE_CALL_PUT ? &at->change.call : found;
    }
    CHECK(found != NULL);
    return found;
}

static void a_blocked_caller_finds_nobody_answering(void)
{
    set_up_with(testports_limits());
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("nobody"), true, now_ms) == ERR_NOT_FOUND);
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("bob"), true, now_ms) == ERR_NOT_FOUND);
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("ann"), true, now_ms) == OK);
    (void)call_from(ann, "bob", OK);
    CHECK(view.state == CALL_RINGING && !view.silent && !view.waiting);
    CHECK(testports_last(&ports, bob, EVENT_CALL) == NULL);
    portal_session_snapshot(portal, bob, now_ms);
    CHECK(testports_last(&ports, bob, EVENT_CALL) == NULL);
    let_it_ring();
    const struct told *last = testports_last(&ports, ann, EVENT_CALL);
    CHECK(last != NULL && last->event.call.reason == END_NO_ANSWER);
    CHECK(testports_last(&ports, bob, EVENT_CALL) == NULL);
    CHECK(!last_record()->missed);
    const struct user *users[PORTAL_WATCHES_MAX];
    CHECK(portal_ties(portal, bob, TIE_BLOCK, users) == 1 && strcmp(users[0]->name, "ann") == 0);
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("ann"), false, now_ms) == OK);
    CHECK(portal_ties(portal, bob, TIE_BLOCK, users) == 0);
    (void)call_from(ann, "bob", OK);
    CHECK(testports_last(&ports, bob, EVENT_CALL) != NULL);
    tear_down();
}

/* Also when it could not ring anyhow: the blocked caller reads what all read, the other nothing. */
static void a_blocked_call_that_cannot_ring_is_no_missed_one(void)
{
    set_up_with(testports_limits());
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("ann"), true, now_ms) == OK);
    const bool no_waiting = false;
    CHECK(portal_set_wishes(portal, bob, &no_waiting, NULL, now_ms) == OK);
    (void)call_from(bob, "cat", OK);
    unsigned told = testports_count(&ports, bob, EVENT_CALL);
    (void)call_from(ann, "bob", OK);
    CHECK(view.state == CALL_ENDED && view.reason == END_BUSY);
    CHECK(testports_count(&ports, bob, EVENT_CALL) == told && !last_record()->missed);
    portal_session_close(portal, bob, now_ms);
    now_ms += 10000; /* The server has not just started: his page is not about to come back. */
    portal_tick(portal, now_ms);
    (void)call_from(ann, "bob", OK);
    CHECK(view.state == CALL_ENDED && view.reason == END_UNREACHABLE && !last_record()->missed);
    tear_down();
}

/* Whatever id the callee names: what he is not told of does not exist for him. */
static void who_blocks_cannot_touch_the_call(void)
{
    set_up_with(testports_limits());
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("ann"), true, now_ms) == OK);
    struct id call = call_from(ann, "bob", OK);
    const struct id of_bob = view.peer->id;
    const struct portal_call_answer answer = {.microphone_on = true};
    CHECK(portal_call_accept(portal, bob, &call, &answer, now_ms, &view) == ERR_NOT_FOUND);
    CHECK(portal_call_decline(portal, bob, &call, now_ms) == ERR_NOT_FOUND);
    CHECK(portal_call_ringing(portal, bob, &call, RING_AUDIBLE, now_ms) == ERR_NOT_FOUND);
    CHECK(portal_call_prepare(portal, bob, &call, now_ms, &view) == ERR_NOT_FOUND);
    CHECK(portal_call_end(portal, bob, &call, END_HUNG_UP, now_ms) == ERR_NOT_FOUND);
    CHECK(portal_call_peek(portal, &of_bob, &call, now_ms, &view) == ERR_NOT_FOUND);
    CHECK(portal_call_end(portal, ann, &call, END_HUNG_UP, now_ms) == OK);
    CHECK(portal_call_end(portal, bob, &call, END_HUNG_UP, now_ms) == ERR_NOT_FOUND);
    tear_down();
}

static void who_calls_one_whom_he_blocks_is_connected(void)
{
    set_up_with(testports_limits());
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("ann"), true, now_ms) == OK);
    struct id call = call_from(ann, "bob", OK);
    (void)call_from(bob, "ann", OK); /* one call for the pair all the same */
    CHECK(id_equal(&view.call, &call) && view.state == CALL_CONNECTING);
    tear_down();
}

static void the_blocked_cannot_keep_others_from_ringing(void)
{
    set_up_with(testports_limits());
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("ann"), true, now_ms) == OK);
    (void)call_from(ann, "bob", OK);
    (void)call_from(cat, "bob", OK);
    CHECK(view.state == CALL_RINGING);
    CHECK(testports_count(&ports, bob, EVENT_CALL) == 1);
    tear_down();
}

static void after_three_in_vain_it_rings_no_more(void)
{
    struct portal_limits limits = testports_limits();
    limits.unanswered_max = 3;
    set_up_with(limits);
    for (int i = 0; i < 3; i++) {
        struct id call = call_from(ann, "bob", OK);
        CHECK(portal_call_end(portal, ann, &call, END_HUNG_UP, now_ms) == OK);
    }
    unsigned told = testports_count(&ports, bob, EVENT_CALL);
    (void)call_from(ann, "bob", OK);
    CHECK(view.state == CALL_RINGING && testports_count(&ports, bob, EVENT_CALL) == told);
    let_it_ring();
    CHECK(last_record()->missed && last_record()->reason == END_NO_ANSWER);
    (void)call_from(cat, "bob", OK); /* others ring */
    CHECK(testports_count(&ports, bob, EVENT_CALL) == told + 1);
    let_it_ring();
    told = testports_count(&ports, bob, EVENT_CALL);
    now_ms += 10 * MINUTE;
    (void)call_from(ann, "bob", OK); /* later it rings again */
    CHECK(testports_count(&ports, bob, EVENT_CALL) == told + 1);
    tear_down();
}

static void who_calls_back_forgives(void)
{
    struct portal_limits limits = testports_limits();
    limits.unanswered_max = 1;
    set_up_with(limits);
    struct id call = call_from(ann, "bob", OK);
    CHECK(portal_call_decline(portal, bob, &call, now_ms) == OK);
    call = call_from(bob, "ann", OK);
    CHECK(portal_call_end(portal, bob, &call, END_HUNG_UP, now_ms) == OK);
    unsigned told = testports_count(&ports, bob, EVENT_CALL);
    call = call_from(ann, "bob", OK);
    CHECK(testports_count(&ports, bob, EVENT_CALL) == told + 1);
    const struct portal_call_answer answer = {.microphone_on = true};
    CHECK(portal_call_accept(portal, bob, &call, &answer, now_ms, &view) == OK);
    CHECK(portal_call_end(portal, bob, &call, END_HUNG_UP, now_ms) == OK);
    told = testports_count(&ports, bob, EVENT_CALL);
    (void)call_from(ann, "bob", OK); /* an answer forgives too */
    CHECK(testports_count(&ports, bob, EVENT_CALL) == told + 1);
    tear_down();
}

static void nobody_starts_calls_without_end(void)
{
    struct portal_limits limits = testports_limits();
    limits.per_minute[QUOTA_CALLS] = 3;
    set_up_with(limits);
    for (int i = 0; i < 4; i++) {
        struct id call = call_from(ann, "bob", i < 3 ? OK : ERR_TOO_OFTEN);
        if (i < 3) {
            CHECK(portal_call_end(portal, ann, &call, END_HUNG_UP, now_ms) == OK);
        }
    }
    now_ms += MINUTE;
    (void)call_from(ann, "bob", OK);
    tear_down();
}

static void calls_to_strangers_are_counted_by_the_hour(void)
{
    struct portal_limits limits = testports_limits();
    limits.stranger_calls_per_hour = 1;
    set_up_with(limits);
    struct id call = call_from(ann, "bob", OK);
    CHECK(portal_call_end(portal, ann, &call, END_HUNG_UP, now_ms) == OK);
    (void)testports_run(&ports);
    (void)call_from(ann, "bob", ERR_TOO_OFTEN); /* the line of a call makes nobody known */
    (void)call_from(ann, "cat", ERR_TOO_OFTEN);
    call = call_from(bob, "ann", OK);
    const struct portal_call_answer answer = {.microphone_on = true};
    CHECK(portal_call_accept(portal, ann, &call, &answer, now_ms, &view) == OK);
    CHECK(portal_call_end(portal, ann, &call, END_HUNG_UP, now_ms) == OK);
    (void)testports_run(&ports);
    (void)call_from(bob, "ann", OK); /* ann has answered him */
    tear_down();
}

static void who_waits_is_told_once(void)
{
    set_up_with(testports_limits());
    CHECK(portal_set_status(portal, bob, STATUS_INVISIBLE, now_ms) == OK);
    now_ms += 5000;
    portal_tick(portal, now_ms);
    CHECK(portal_tie(portal, ann, TIE_NOTIFY, SLICE("bob"), true, now_ms) == OK);
    CHECK(portal_tie(portal, cat, TIE_NOTIFY, SLICE("bob"), true, now_ms) == OK);
    CHECK(portal_tie(portal, cat, TIE_NOTIFY, SLICE("bob"), false, now_ms) == OK);
    CHECK(portal_set_status(portal, bob, STATUS_DO_NOT_DISTURB, now_ms) == OK);
    now_ms += 5000;
    portal_tick(portal, now_ms);
    CHECK(testports_count(&ports, ann, EVENT_AVAILABLE) == 0);
    CHECK(portal_set_status(portal, bob, STATUS_AVAILABLE, now_ms) == OK);
    now_ms += 5000;
    portal_tick(portal, now_ms);
    const struct told *last = testports_last(&ports, ann, EVENT_AVAILABLE);
    CHECK(last != NULL && strcmp(last->event.person.user->name, "bob") == 0);
    CHECK(testports_count(&ports, cat, EVENT_AVAILABLE) == 0);
    const struct user *users[PORTAL_WATCHES_MAX];
    CHECK(portal_ties(portal, ann, TIE_NOTIFY, users) == 0);
    CHECK(portal_tie(portal, ann, TIE_NOTIFY, SLICE("bob"), true, now_ms) == OK); /* at once */
    CHECK(testports_count(&ports, ann, EVENT_AVAILABLE) == 2);
    tear_down();
}

static void who_waits_is_told_also_after_a_moment(void)
{
    set_up_with(testports_limits());
    now_ms += 5000;
    portal_tick(portal, now_ms);
    CHECK(portal_set_status(portal, bob, STATUS_DO_NOT_DISTURB, now_ms) == OK);
    CHECK(portal_tie(portal, ann, TIE_NOTIFY, SLICE("bob"), true, now_ms) == OK);
    CHECK(portal_set_status(portal, bob, STATUS_AVAILABLE, now_ms) == OK);
    now_ms += 5000;
    portal_tick(portal, now_ms);
    CHECK(testports_count(&ports, ann, EVENT_AVAILABLE) == 1);
    tear_down();
}

/* A browser that is reached without a page hears of it once; the page that comes hears it too. */
static void who_waits_without_a_page_is_pushed_once(void)
{
    const struct login *logins[1];
    const struct id of_ann = testports_user_id("ann");
    set_up_with(testports_limits());
    CHECK(portal_set_status(portal, bob, STATUS_DO_NOT_DISTURB, now_ms) == OK);
    now_ms += 5000;
    portal_tick(portal, now_ms);
    CHECK(portal_tie(portal, ann, TIE_NOTIFY, SLICE("bob"), true, now_ms) == OK);
    CHECK(portal_logins(portal, &of_ann, logins, 1) == 1);
    struct change change = {.kind = CHANGE_PUSH_PUT, .push = {.login = logins[0]->id}};
    memcpy(change.push.endpoint, "https://push", sizeof "https://push");
    CHECK(portal_restore(portal, &change) == OK);
    portal_session_close(portal, ann, now_ms);
    for (int i = 0; i < 2; i++) {
        CHECK(portal_set_status(portal, bob, STATUS_AVAILABLE, now_ms) == OK);
        now_ms += 5000;
        portal_tick(portal, now_ms);
        CHECK(ports.push_count == 1 && strcmp(ports.push.person, "bob") == 0);
        CHECK(portal_set_status(portal, bob, STATUS_DO_NOT_DISTURB, now_ms) == OK);
        now_ms += 5000;
        portal_tick(portal, now_ms);
    }
    CHECK(portal_set_status(portal, bob, STATUS_AVAILABLE, now_ms) == OK);
    CHECK(testports_open(&ports, portal, "ann", now_ms, &ann) == OK);
    portal_session_snapshot(portal, ann, now_ms);
    CHECK(testports_last(&ports, ann, EVENT_AVAILABLE) != NULL);
    tear_down();
}

/* Who is blocked, or has called too often, reads that it rings where it would. */
static void an_unheard_call_seems_to_ring(void)
{
    set_up_with(testports_limits());
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("ann"), true, now_ms) == OK);
    (void)call_from(ann, "bob", OK);
    CHECK(view.ring_count == 0);
    now_ms += 500;
    portal_tick(portal, now_ms);
    const struct told *last = testports_last(&ports, ann, EVENT_CALL);
    CHECK(last != NULL && last->event.call.ring_count == 1);
    CHECK(testports_count(&ports, ann, EVENT_CALL) == 1);
    CHECK(testports_last(&ports, bob, EVENT_CALL) == NULL);
    let_it_ring();
    CHECK(portal_set_status(portal, bob, STATUS_INVISIBLE, now_ms) == OK);
    (void)call_from(ann, "bob", OK);
    CHECK(view.reason == END_UNREACHABLE); /* as for all */
    tear_down();
}

static void who_was_away_is_told_when_he_comes(void)
{
    set_up_with(testports_limits());
    portal_session_close(portal, bob, now_ms);
    now_ms += 5000;
    portal_tick(portal, now_ms);
    CHECK(portal_tie(portal, ann, TIE_NOTIFY, SLICE("bob"), true, now_ms) == OK);
    portal_session_close(portal, ann, now_ms);
    CHECK(testports_open(&ports, portal, "bob", now_ms, &bob) == OK);
    now_ms += 5000;
    portal_tick(portal, now_ms);
    CHECK(testports_open(&ports, portal, "ann", now_ms, &ann) == OK);
    portal_session_snapshot(portal, ann, now_ms);
    CHECK(testports_count(&ports, ann, EVENT_AVAILABLE) == 1);
    portal_session_snapshot(portal, ann, now_ms);
    CHECK(testports_count(&ports, ann, EVENT_AVAILABLE) == 1);
    tear_down();
}

static void waiting_is_forgotten_after_a_week_and_with_its_people(void)
{
    set_up_with(testports_limits());
    struct tie old = {.user = testports_user_id("ann"), .other = testports_user_id("bob")};
    struct tie young = {
        .user = testports_user_id("cat"), .other = testports_user_id("bob"), .since_s = 1000000};
    struct change changes[] = {{.kind = CHANGE_NOTIFY_PUT, .tie = old},
                               {.kind = CHANGE_NOTIFY_PUT, .tie = young},
                               {.kind = CHANGE_BLOCK_PUT, .tie = young}};
    for (size_t i = 0; i < 3; i++) {
        CHECK(portal_restore(portal, &changes[i]) == OK);
    }
    const struct user *users[PORTAL_WATCHES_MAX];
    CHECK(portal_ties(portal, ann, TIE_NOTIFY, users) == 0);
    CHECK(portal_ties(portal, cat, TIE_NOTIFY, users) == 1);
    portal_sync_begin(portal); /* another process has removed everything but ann and cat */
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "cat", NULL) == OK);
    portal_sync_end(portal, now_ms);
    CHECK(testports_open(&ports, portal, "cat", now_ms, &cat) == OK);
    CHECK(portal_ties(portal, cat, TIE_NOTIFY, users) == 0);
    tear_down();
}

static void each_list_has_an_end(void)
{
    set_up_with(testports_limits());
    for (int i = 0; i < 5; i++) { /* users_max of the test limits is small */
        CHECK(portal_tie(portal, ann, TIE_BLOCK, SLICE("bob"), true, now_ms) == OK);
    }
    const struct user *users[PORTAL_WATCHES_MAX];
    CHECK(portal_ties(portal, ann, TIE_BLOCK, users) == 1);
    tear_down();
}

static void what_is_wanted_of_calls_is_kept(void)
{
    set_up_with(testports_limits());
    const bool off = false;
    const bool on = true;
    CHECK(portal_set_wishes(portal, bob, &off, NULL, now_ms) == OK);
    CHECK(portal_set_wishes(portal, bob, NULL, &on, now_ms) == OK);
    CHECK(testports_count(&ports, bob, EVENT_SETTINGS) == 2);
    CHECK(portal_set_wishes(portal, bob, &off, &on, now_ms) == OK); /* as it was */
    CHECK(testports_count(&ports, bob, EVENT_SETTINGS) == 2);
    struct id call = call_from(ann, "bob", OK);
    const struct portal_call_answer answer = {.microphone_on = true};
    CHECK(portal_call_accept(portal, bob, &call, &answer, now_ms, &view) == OK);
    (void)call_from(cat, "bob", OK);
    CHECK(view.state == CALL_ENDED && view.reason == END_BUSY);
    tear_down();
}

UNIT(a_blocked_caller_finds_nobody_answering, a_blocked_call_that_cannot_ring_is_no_missed_one,
     who_blocks_cannot_touch_the_call, who_calls_one_whom_he_blocks_is_connected,
     the_blocked_cannot_keep_others_from_ringing, after_three_in_vain_it_rings_no_more,
     who_calls_back_forgives, nobody_starts_calls_without_end,
     calls_to_strangers_are_counted_by_the_hour, who_waits_is_told_once,
     who_waits_is_told_also_after_a_moment, who_waits_without_a_page_is_pushed_once,
     an_unheard_call_seems_to_ring, who_was_away_is_told_when_he_comes,
     waiting_is_forgotten_after_a_week_and_with_its_people, each_list_has_an_end,
     what_is_wanted_of_calls_is_kept)
