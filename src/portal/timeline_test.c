/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of what happens in a call. */
#include "portal/testports.h"
#include "unit.h"

#define NOW 1000

static struct testports ports;
static struct portal *portal;
static session_id ann, bob;
static struct call_view view;
static const struct id first = {{1}};
static const struct portal_call_answer answer = {.microphone_on = true};

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

static void set_up(void)
{
    testports_init(&ports, 3);
    struct portal_params params = {.ports = testports_ports(&ports),
                                   .limits = testports_limits(),
                                   .now_ms = NOW,
                                   .at_ms = 1000 * 1000};
    portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_open(&ports, portal, "ann", NOW, &ann) == OK);
    CHECK(testports_open(&ports, portal, "bob", NOW, &bob) == OK);
}

static void start_call(void)
{
    struct portal_call_start wanted = {.call = first, .callee = SLICE("bob")};
    CHECK(portal_call_start(portal, ann, &wanted, NOW, &view) == OK);
}

static enum err report(session_id session, uint32_t loss, enum call_path path, uint64_t now_ms)
{
    const struct call_report said = {.path = path,
                                     .transport = TRANSPORT_UDP,
                                     .loss = loss,
                                     .rtt_ms = 10 * loss,
                                     .jitter_ms = loss};
    return portal_call_report(portal, session, &first, &said, now_ms);
}

/* The kept steps in their order; how many. */
static uint32_t steps(struct call_step *out, uint32_t count_max)
{
    uint32_t count = 0;
    (void)testports_run(&ports);
    for (const struct test_change *at = ports.kept; at != NULL; at = at->next) {
        if (at->change.kind == CHANGE_CALL_STEP_ADD && count < count_max) {
            out[count++] = at->change.step;
        }
    }
    return count;
}

static void each_step_of_both_sides_is_kept_in_order(void)
{
    set_up();
    start_call();
    CHECK(portal_call_ringing(portal, bob, &first, RING_AUDIBLE, NOW) == OK);
    CHECK(portal_call_accept(portal, bob, &first, &answer, NOW, &view) == OK);
    CHECK(portal_call_connected(portal, ann, &first, NOW) == OK);
    CHECK(portal_call_connected(portal, bob, &first, NOW) == OK);
    CHECK(portal_call_hold(portal, bob, &first, true, NOW) == OK);
    CHECK(portal_call_hold(portal, bob, &first, false, NOW) == OK);
    struct call_media media = {.in_trouble = true};
    CHECK(portal_call_media(portal, ann, &first, &media, NOW) == OK);
    media.in_trouble = false;
    CHECK(portal_call_media(portal, ann, &first, &media, NOW) == OK);
    CHECK(portal_call_leave(portal, bob, &first, NOW) == OK);
    CHECK(portal_call_join(portal, bob, &first, NOW, &view) == OK);
    portal_session_away(portal, ann, true, NOW);
    portal_session_away(portal, ann, false, NOW);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW + 5000) == OK);
    static const enum call_what expected[] = {
        STEP_STARTED, STEP_RINGS, STEP_ANSWERED, STEP_CONNECTED, STEP_CONNECTED,
        STEP_ACTIVE,  STEP_HELD,  STEP_RESUMED,  STEP_TROUBLE,   STEP_RECOVERED,
        STEP_LEFT,    STEP_BACK,  STEP_LOST,     STEP_BACK,      STEP_ENDED};
    struct call_step kept[32];
    uint32_t count = steps(kept, 32);
    CHECK(count == sizeof expected / sizeof expected[0]);
    for (uint32_t i = 0; i < count; i++) {
        CHECK(kept[i].what == expected[i] && !kept[i].private);
    }
    CHECK(kept[0].at_ms == 1000000 && kept[count - 1].at_ms == 1005000);
    CHECK(kept[1].side == STEP_CALLEE && strcmp(kept[1].device, "Browser") == 0);
    CHECK(kept[count - 1].side == STEP_CALLER && kept[count - 1].detail == END_HUNG_UP);
    tear_down();
}

static const struct call_quality *last_quality(enum call_side_of side)
{
    const struct call_quality *found = NULL;
    (void)testports_run(&ports);
    for (const struct test_change *at = ports.kept; at != NULL; at = at->next) {
        if (at->change.kind == CHANGE_CALL_MEDIA_PUT && at->change.quality.side == side) {
            found = &at->change.quality;
        }
    }
    CHECK(found != NULL);
    return found;
}

static void reports_are_summed_up(void)
{
    set_up();
    start_call();
    CHECK(report(ann, 1, PATH_DIRECT, NOW) == ERR_STATE);
    CHECK(portal_call_accept(portal, bob, &first, &answer, NOW, &view) == OK);
    CHECK(report(ann, 2, PATH_DIRECT, NOW) == OK);
    CHECK(report(ann, 500, PATH_DIRECT, NOW + 1999) == OK); /* too soon: not counted */
    CHECK(report(ann, 4, PATH_RELAYED, NOW + 2000) == OK);
    CHECK(report(bob, 7, PATH_RELAYED, NOW + 2000) == OK);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW + 3000) == OK);
    CHECK(report(ann, 9, PATH_DIRECT, NOW + 9000) == OK); /* late */
    const struct call_quality *own = last_quality(STEP_CALLER);
    CHECK(own->reports == 2 && own->loss == 3 && own->loss_worst == 4);
    CHECK(own->rtt_ms == 30 && own->rtt_worst_ms == 40 && own->path == PATH_RELAYED);
    CHECK(own->jitter_ms == 3 && own->jitter_worst_ms == 4 && own->transport == TRANSPORT_UDP);
    CHECK(last_quality(STEP_CALLEE)->reports == 1 && last_quality(STEP_CALLEE)->loss == 7);
    struct call_step kept[32];
    uint32_t count = steps(kept, 32);
    uint32_t paths = 0;
    for (uint32_t i = 0; i < count; i++) {
        paths += kept[i].what == STEP_PATH ? 1 : 0;
    }
    CHECK(paths == 3);
    tear_down();
}

static void a_timeline_has_an_end_and_keeps_it(void)
{
    set_up();
    start_call();
    CHECK(portal_call_accept(portal, bob, &first, &answer, NOW, &view) == OK);
    for (int i = 0; i < 100; i++) {
        CHECK(portal_call_hold(portal, bob, &first, i % 2 == 0, NOW) == OK);
    }
    CHECK(portal_call_end(portal, bob, &first, END_HUNG_UP, NOW) == OK);
    struct call_step kept[128];
    uint32_t count = steps(kept, 128);
    CHECK(count == FOUND_STEPS_MAX && kept[count - 1].what == STEP_ENDED);
    tear_down();
}

static void what_an_invisible_callee_does_is_for_him_alone(void)
{
    set_up();
    struct id bert = testports_user_id("bob");
    const struct login *logins[1];
    CHECK(portal_logins(portal, &bert, logins, 1) == 1);
    struct change push = {.kind = CHANGE_PUSH_PUT, .push = {.login = logins[0]->id}};
    CHECK(portal_restore(portal, &push) == OK);
    CHECK(portal_set_status(portal, bob, STATUS_INVISIBLE, NOW) == OK);
    start_call();
    CHECK(portal_call_ringing(portal, bob, &first, RING_BY_STATUS, NOW) == OK);
    CHECK(portal_call_ignore(portal, bob, &first, NOW) == OK);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW) == OK);
    struct call_step kept[16];
    uint32_t count = steps(kept, 16);
    CHECK(count == 5);                     /* started, pushed, rings, ignored, ended */
    for (uint32_t i = 0; i < count; i++) { /* who is offline is reached by a push as well */
        CHECK(kept[i].private == (kept[i].side == STEP_CALLEE && kept[i].what != STEP_PUSHED));
    }
    tear_down();
}

static void what_only_seems_to_ring_is_marked(void)
{
    set_up();
    CHECK(portal_tie(portal, bob, TIE_BLOCK, SLICE("ann"), true, NOW) == OK);
    start_call();
    portal_tick(portal, NOW + 2000);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW + 2000) == OK);
    struct call_step kept[16];
    CHECK(steps(kept, 16) == 3); /* started, rings, ended */
    CHECK(kept[1].what == STEP_RINGS && !kept[1].private);
    CHECK(kept[1].detail == (RING_BY_AUTOPLAY | STEP_PRETENDED));
    tear_down();
}

static void on_declined(void *arg, enum err err, const char *why)
{
    (void)why;
    *(enum err *)arg = err;
}

static void declining_with_words_leaves_them_in_the_chat(void)
{
    set_up();
    start_call();
    enum err said = ERR_BUSY;
    CHECK(portal_call_decline_with(portal, bob, &first, SLICE("In ten minutes"), NOW, on_declined,
                                   &said) == OK);
    CHECK(testports_last(&ports, ann, EVENT_CALL)->event.call.reason == END_DECLINED);
    CHECK(said == ERR_BUSY); /* not before it is kept */
    (void)testports_run(&ports);
    CHECK(said == OK);
    bool found = false;
    for (const struct told *told = ports.told; told != NULL; told = told->next) {
        found = found || (told->session == ann && told->event.kind == EVENT_CHATMSG &&
                          slice_equal(told->event.chatmsg->text, SLICE("In ten minutes")));
    }
    CHECK(found);
    CHECK(portal_call_decline_with(portal, bob, &first, SLICE("again"), NOW, on_declined, &said) ==
          ERR_STATE);
    CHECK(portal_call_decline_with(portal, ann, &first, SLICE("x"), NOW, on_declined, &said) ==
          ERR_STATE);
    tear_down();
}

UNIT(each_step_of_both_sides_is_kept_in_order, reports_are_summed_up,
     a_timeline_has_an_end_and_keeps_it, what_an_invisible_callee_does_is_for_him_alone,
     what_only_seems_to_ring_is_marked, declining_with_words_leaves_them_in_the_chat)
