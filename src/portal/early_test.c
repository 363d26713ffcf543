/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/early.h"

#include "portal/testports.h"
#include "unit.h"

#define NOW 1000

/* a calls b, who has three tabs; c is a stranger. */
static struct {
    struct testports ports;
    struct portal *portal;
    session_id a, b[3], c;
    struct call_view view;
} f;

static const struct id first = {{1}};
static const struct ice_facts relayed = {.type = ICE_RELAY,
                                         .addr = {{203, 0, 113, 9}, 50000, 4, 0}};

static void tear_down(void)
{
    portal_destroy(f.portal);
    testports_fini(&f.ports);
}

static void set_up(void)
{
    static const char *const names[] = {"a", "b", "c"};
    testports_init(&f.ports, 1);
    struct portal_params params = {
        .ports = testports_ports(&f.ports), .limits = testports_limits(), .now_ms = NOW};
    f.portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &f.portal) == OK);
    for (size_t i = 0; i < 3; i++) {
        CHECK(testports_add_user(f.portal, names[i], NULL) == OK);
    }
    CHECK(testports_open(&f.ports, f.portal, "a", NOW, &f.a) == OK);
    for (size_t i = 0; i < 3; i++) {
        CHECK(testports_open(&f.ports, f.portal, "b", NOW, &f.b[i]) == OK);
    }
    CHECK(testports_open(&f.ports, f.portal, "c", NOW, &f.c) == OK);
}

static enum err start(void)
{
    struct portal_call_start wanted = {.call = first, .callee = SLICE("b"), .microphone_on = true};
    return portal_call_start(f.portal, f.a, &wanted, NOW, &f.view);
}

static enum err prepare(session_id session)
{
    return portal_call_prepare(f.portal, session, &first, NOW, &f.view);
}

static enum err describe(session_id session, enum description_type type, uint32_t early)
{
    struct call_description description = {
        .call = first, .type = type, .early = early, .sdp = SLICE("v=0")};
    return portal_call_describe(f.portal, session, &description);
}

static enum err trickle(session_id session, const struct ice_facts *facts, uint32_t early)
{
    struct call_candidate candidate = {
        .call = first, .candidate = SLICE("candidate:1"), .facts = *facts, .early = early};
    return portal_call_candidate(f.portal, session, &candidate);
}

static uint32_t told_number(session_id session)
{
    const struct told *last = testports_last(&f.ports, session, EVENT_DESCRIPTION);
    return last == NULL ? 0 : last->event.description.early;
}

static void a_tab_offers_and_the_callers_window_answers(void)
{
    set_up();
    CHECK(start() == OK && prepare(f.b[0]) == OK && f.view.state == CALL_RINGING);
    CHECK(describe(f.b[0], DESCRIPTION_OFFER, 1) == OK && told_number(f.a) == 1);
    CHECK(describe(f.a, DESCRIPTION_ANSWER, 1) == OK && told_number(f.b[0]) == 1);
    CHECK(trickle(f.b[0], &relayed, 2) == OK); /* its own, whatever it says */
    CHECK(trickle(f.a, &relayed, 1) == OK);
    const struct told *last = testports_last(&f.ports, f.a, EVENT_CANDIDATE);
    CHECK(last != NULL && last->event.candidate.early == 1);
    CHECK(testports_count(&f.ports, f.b[0], EVENT_CANDIDATE) == 1);
    CHECK(testports_count(&f.ports, f.b[1], EVENT_CANDIDATE) == 0);
    CHECK(testports_count(&f.ports, f.b[1], EVENT_DESCRIPTION) == 0);
    CHECK(portal_call_choose_early(f.portal, f.b[1], &first, true) == ERR_STATE);
    CHECK(portal_call_choose_early(f.portal, f.b[0], &first, true) == OK);
    const struct portal_call_answer answer = {.microphone_on = true};
    CHECK(portal_call_accept(f.portal, f.b[0], &first, &answer, NOW, &f.view) == OK);
    CHECK(f.view.early == 0);
    last = testports_last(&f.ports, f.a, EVENT_CALL);
    CHECK(last != NULL && last->event.call.early == 1);
    CHECK(describe(f.a, DESCRIPTION_ANSWER, 1) == ERR_STATE); /* it rings no more */
    CHECK(trickle(f.b[0], &relayed, 1) == ERR_STATE);
    tear_down();
}

static void only_relays_pass_while_it_rings(void)
{
    struct ice_facts host = relayed;
    struct ice_facts known = relayed;
    set_up();
    host.type = ICE_HOST;
    known.related = true;
    CHECK(start() == OK && describe(f.b[0], DESCRIPTION_OFFER, 1) == OK);
    CHECK(describe(f.a, DESCRIPTION_ANSWER, 1) == OK);
    CHECK(trickle(f.a, &host, 1) == OK && trickle(f.b[0], &host, 1) == OK);
    CHECK(trickle(f.a, &known, 1) == OK && trickle(f.b[0], &known, 1) == OK);
    CHECK(testports_count(&f.ports, f.a, EVENT_CANDIDATE) == 0);
    CHECK(testports_count(&f.ports, f.b[0], EVENT_CANDIDATE) == 0);
    struct call_description shows = {.call = first, .early = 1, .has_addresses = true};
    CHECK(portal_call_describe(f.portal, f.b[0], &shows) == ERR_FORBIDDEN);
    shows = (struct call_description){
        .call = first, .early = 1, .candidates = &host, .candidate_count = 1};
    CHECK(portal_call_describe(f.portal, f.b[0], &shows) == ERR_FORBIDDEN);
    CHECK(testports_count(&f.ports, f.a, EVENT_DESCRIPTION) == 1);
    tear_down();
}

static void each_kind_has_one_direction_and_a_bound(void)
{
    set_up();
    CHECK(start() == OK);
    CHECK(describe(f.a, DESCRIPTION_OFFER, 1) == ERR_STATE);
    CHECK(describe(f.a, DESCRIPTION_ANSWER, 1) == ERR_STATE);
    CHECK(trickle(f.a, &relayed, 1) == ERR_STATE && trickle(f.b[0], &relayed, 1) == ERR_STATE);
    CHECK(describe(f.b[0], DESCRIPTION_ANSWER, 1) == ERR_STATE);
    CHECK(describe(f.c, DESCRIPTION_OFFER, 1) == ERR_NOT_FOUND);
    CHECK(trickle(f.c, &relayed, 1) == ERR_NOT_FOUND && prepare(f.c) == ERR_NOT_FOUND);
    CHECK(prepare(f.a) == ERR_STATE);
    CHECK(describe(f.b[0], DESCRIPTION_OFFER, 0) == ERR_STATE); /* not one of the call */
    CHECK(describe(f.b[0], DESCRIPTION_OFFER, 1) == OK);
    CHECK(describe(f.b[1], DESCRIPTION_OFFER, 1) == OK && told_number(f.a) == 2);
    CHECK(describe(f.b[2], DESCRIPTION_OFFER, 1) == ERR_LIMIT);
    CHECK(describe(f.a, DESCRIPTION_OFFER, 1) == ERR_STATE);
    for (int i = 1; i < EARLY_DESCRIPTIONS_MAX; i++) {
        CHECK(describe(f.b[0], DESCRIPTION_OFFER, 1) == OK);
    }
    CHECK(describe(f.b[0], DESCRIPTION_OFFER, 1) == ERR_LIMIT);
    portal_session_close(f.portal, f.b[1], NOW); /* its place is free again */
    CHECK(describe(f.b[2], DESCRIPTION_OFFER, 1) == OK && told_number(f.a) == 2);
    tear_down();
}

static void who_is_not_rung_is_not_connected(void)
{
    set_up();
    CHECK(portal_set_status(f.portal, f.b[0], STATUS_DO_NOT_DISTURB, NOW) == OK);
    CHECK(start() == OK && f.view.silent);
    CHECK(prepare(f.b[0]) == ERR_STATE);
    CHECK(describe(f.b[0], DESCRIPTION_OFFER, 1) == ERR_STATE);
    CHECK(testports_count(&f.ports, f.a, EVENT_DESCRIPTION) == 0);
    tear_down();
}

/* Answer by the early connection was refused, and then both have pressed Call. */
static void an_answer_in_vain_leaves_nothing_behind(void)
{
    const struct id second = {{2}};
    const struct portal_call_answer answer = {.microphone_on = true};
    set_up();
    CHECK(start() == OK && describe(f.b[0], DESCRIPTION_OFFER, 1) == OK);
    CHECK(describe(f.a, DESCRIPTION_ANSWER, 1) == OK);
    struct portal_call_start wanted = {.call = second, .callee = SLICE("c"), .microphone_on = true};
    CHECK(portal_call_start(f.portal, f.b[1], &wanted, NOW, &f.view) == OK);
    CHECK(portal_call_choose_early(f.portal, f.b[0], &first, true) == OK);
    CHECK(portal_call_accept(f.portal, f.b[0], &first, &answer, NOW, &f.view) == ERR_BUSY);
    CHECK(portal_call_end(f.portal, f.b[1], &second, END_HUNG_UP, NOW) == OK);
    wanted = (struct portal_call_start){.call = {{3}}, .callee = SLICE("a")};
    CHECK(portal_call_start(f.portal, f.b[1], &wanted, NOW, &f.view) == OK);
    const struct told *last = testports_last(&f.ports, f.a, EVENT_CALL);
    CHECK(last != NULL && last->event.call.state == CALL_CONNECTING);
    CHECK(last->event.call.early == 0);
    tear_down();
}

/* The tab that offered is gone: the caller's answer is for nobody. */
static void an_answer_to_a_tab_that_is_gone_is_refused(void)
{
    set_up();
    CHECK(start() == OK && describe(f.b[0], DESCRIPTION_OFFER, 1) == OK);
    portal_session_close(f.portal, f.b[0], NOW);
    CHECK(describe(f.a, DESCRIPTION_ANSWER, 1) == ERR_STATE);
    tear_down();
}

/* Who is not heard finds no such connection either, where it seems to ring without a sound. */
static void a_device_that_may_not_sound_is_not_connected(void)
{
    set_up();
    CHECK(start() == OK);
    CHECK(portal_call_ringing(f.portal, f.b[0], &first, RING_BY_AUTOPLAY, NOW) == OK);
    CHECK(prepare(f.b[0]) == ERR_STATE);
    CHECK(describe(f.b[0], DESCRIPTION_OFFER, 1) == ERR_STATE);
    CHECK(testports_last(&f.ports, f.a, EVENT_DESCRIPTION) == NULL);
    CHECK(prepare(f.b[1]) == OK); /* another device */
    CHECK(portal_call_ringing(f.portal, f.b[0], &first, RING_AUDIBLE, NOW) == OK);
    CHECK(prepare(f.b[0]) == OK && describe(f.b[0], DESCRIPTION_OFFER, 1) == OK);
    CHECK(told_number(f.a) == 1);
    tear_down();
}

UNIT(a_device_that_may_not_sound_is_not_connected, a_tab_offers_and_the_callers_window_answers,
     only_relays_pass_while_it_rings, each_kind_has_one_direction_and_a_bound,
     who_is_not_rung_is_not_connected, an_answer_in_vain_leaves_nothing_behind,
     an_answer_to_a_tab_that_is_gone_is_refused)
