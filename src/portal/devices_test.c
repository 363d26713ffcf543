/* SPDX-License-Identifier: Apache-2.0 */
/* On which devices a call rings, and how. */
#include "portal/testports.h"
#include "unit.h"

#define NOW 1000

static struct testports ports;
static struct portal *portal;
static session_id ann;
static session_id laptop; /* two tabs of one browser of bob, and another one */
static session_id laptop2;
static session_id phone;
static struct call_view view;
static const struct id first = {{1}};
static const struct id second = {{2}};

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

/* A sign-in of the user with this User-Agent, and a tab of it. */
static struct id sign_in(const char *name, uint8_t number, const char *agent, session_id *out)
{
    struct change change = {.kind = CHANGE_LOGIN_PUT};
    change.login.id = (struct id){{200, number}};
    change.login.token_hash[0] = number;
    change.login.user = testports_user_id(name);
    change.login.expires_s = INT64_MAX;
    memcpy(change.login.agent, agent, strlen(agent) + 1);
    CHECK(portal_restore(portal, &change) == OK);
    CHECK(portal_session_open(portal, &change.login.id, NOW, out) == OK);
    return change.login.id;
}

static void set_up(void)
{
    testports_init(&ports, 3);
    struct portal_params params = {
        .ports = testports_ports(&ports), .limits = testports_limits(), .now_ms = NOW};
    portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_open(&ports, portal, "ann", NOW, &ann) == OK);
    struct id login =
        sign_in("bob", 1, "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
                &laptop);
    CHECK(portal_session_open(portal, &login, NOW, &laptop2) == OK);
    (void)sign_in("bob", 2,
                  "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) "
                  "Chrome/130.0 Mobile Safari/537.36",
                  &phone);
}

static enum err call_bob(const struct id *call)
{
    struct portal_call_start wanted = {.call = *call, .callee = SLICE("bob")};
    return portal_call_start(portal, ann, &wanted, NOW, &view);
}

static const struct call_view *last_of(session_id session)
{
    const struct told *told = testports_last(&ports, session, EVENT_CALL);
    CHECK(told != NULL);
    return &told->event.call;
}

static void the_caller_reads_on_which_devices_it_rings(void)
{
    set_up();
    CHECK(call_bob(&first) == OK && view.ring_count == 0);
    CHECK(portal_call_ringing(portal, laptop, &first, RING_BY_AUTOPLAY, NOW) == OK);
    CHECK(last_of(ann)->ring_count == 1);
    CHECK(strcmp(last_of(ann)->rings[0].device, "Firefox on Linux") == 0);
    CHECK(last_of(ann)->rings[0].how == RING_BY_AUTOPLAY);
    CHECK(portal_call_ringing(portal, phone, &first, RING_AUDIBLE, NOW) == OK);
    CHECK(portal_call_ringing(portal, laptop2, &first, RING_AUDIBLE, NOW) == OK);
    CHECK(last_of(ann)->ring_count == 2 && last_of(ann)->rings[0].how == RING_AUDIBLE);
    CHECK(strcmp(last_of(ann)->rings[1].device, "Chrome on Android") == 0);
    unsigned told = testports_count(&ports, ann, EVENT_CALL);
    CHECK(portal_call_ringing(portal, phone, &first, RING_AUDIBLE, NOW) == OK); /* again */
    CHECK(portal_call_ringing(portal, phone, &first, RING_PUSH, NOW) == ERR_INVALID);
    CHECK(testports_count(&ports, ann, EVENT_CALL) == told);
    CHECK(last_of(phone)->ring_count == 0); /* that is for the caller */
    CHECK(portal_call_ringing(portal, ann, &first, RING_AUDIBLE, NOW) == ERR_STATE);
    CHECK(portal_call_ringing(portal, phone, &second, RING_AUDIBLE, NOW) == ERR_NOT_FOUND);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW) == OK);
    told = testports_count(&ports, ann, EVENT_CALL);
    CHECK(portal_call_ringing(portal, phone, &first, RING_BY_STATUS, NOW) == OK); /* late */
    CHECK(testports_count(&ports, ann, EVENT_CALL) == told);
    tear_down();
}

static void a_device_without_a_page_rings_no_more(void)
{
    set_up();
    session_id again = 0;
    CHECK(call_bob(&first) == OK);
    CHECK(portal_call_ringing(portal, laptop, &first, RING_AUDIBLE, NOW) == OK);
    CHECK(portal_call_ringing(portal, phone, &first, RING_AUDIBLE, NOW) == OK);
    struct id login = {{200, 1}};
    struct change push = {.kind = CHANGE_PUSH_PUT, .push = {.login = login}};
    memcpy(push.push.endpoint, "https://push", sizeof "https://push");
    unsigned told = testports_count(&ports, ann, EVENT_CALL);
    portal_session_close(portal, laptop, NOW);
    CHECK(testports_count(&ports, ann, EVENT_CALL) == told); /* it has another page */
    portal_session_close(portal, laptop2, NOW);
    CHECK(last_of(ann)->ring_count == 1);
    CHECK(strcmp(last_of(ann)->rings[0].device, "Chrome on Android") == 0);
    CHECK(portal_session_open(portal, &login, NOW, &again) == OK); /* it was a reload */
    CHECK(portal_call_ringing(portal, again, &first, RING_AUDIBLE, NOW) == OK);
    CHECK(last_of(ann)->ring_count == 2);
    CHECK(portal_restore(portal, &push) == OK);
    portal_session_close(portal, again, NOW);
    CHECK(last_of(ann)->ring_count == 2); /* the notification is still there */
    tear_down();
}

static void a_push_is_said_for_a_browser_that_has_no_page(void)
{
    set_up();
    struct id bob = testports_user_id("bob");
    struct id mine = testports_user_id("ann");
    struct id login = {{200, 2}};
    CHECK(call_bob(&first) == OK);
    portal_call_pushed(portal, &mine, &login, &first, NOW); /* not hers */
    CHECK(testports_last(&ports, ann, EVENT_CALL) == NULL);
    portal_call_pushed(portal, &bob, &login, &first, NOW);
    CHECK(last_of(ann)->ring_count == 1 && last_of(ann)->rings[0].how == RING_PUSH);
    CHECK(portal_call_ringing(portal, phone, &first, RING_AUDIBLE, NOW) == OK);
    portal_call_pushed(portal, &bob, &login, &first, NOW); /* the page says more */
    CHECK(last_of(ann)->ring_count == 1 && last_of(ann)->rings[0].how == RING_AUDIBLE);
    tear_down();
}

static void nobody_learns_of_the_devices_of_who_is_invisible(void)
{
    set_up();
    struct change push = {.kind = CHANGE_PUSH_PUT, .push = {.login = {{200, 2}}}};
    CHECK(portal_restore(portal, &push) == OK);
    CHECK(portal_set_status(portal, phone, STATUS_INVISIBLE, NOW) == OK);
    CHECK(call_bob(&first) == OK && view.state == CALL_RINGING && !view.silent);
    CHECK(portal_call_ringing(portal, phone, &first, RING_BY_STATUS, NOW) == OK);
    CHECK(testports_last(&ports, ann, EVENT_CALL) == NULL); /* not even that something happens */
    struct id bob = testports_user_id("bob");
    portal_call_pushed(portal, &bob, &push.push.login, &first, NOW); /* as of who is offline */
    CHECK(last_of(ann)->ring_count == 1 && last_of(ann)->rings[0].how == RING_PUSH);
    CHECK(portal_devices(portal, &bob) == 0 && portal_push_reaches(portal, &bob));
    CHECK(portal_set_status(portal, phone, STATUS_DO_NOT_DISTURB, NOW) == OK);
    CHECK(portal_devices(portal, &bob) == 0);
    CHECK(portal_set_status(portal, phone, STATUS_AWAY, NOW) == OK);
    CHECK(portal_devices(portal, &bob) == 2);
    tear_down();
}

/* Ticks until the time, and gives how many events the caller got by then. */
static unsigned told_until(uint64_t time_ms)
{
    portal_tick(portal, time_ms);
    return testports_count(&ports, ann, EVENT_CALL);
}

/* What is pretended to who is blocked: each device by itself, as fast as it was before. */
static void a_call_that_is_not_heard_rings_at_one_device_after_the_other(void)
{
    set_up();
    struct change push = {.kind = CHANGE_PUSH_PUT, .push = {.login = {{200, 2}}}};
    CHECK(call_bob(&first) == OK);
    CHECK(portal_call_ringing(portal, laptop, &first, RING_AUDIBLE, NOW + 2000) == OK);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW + 2000) == OK);
    CHECK(portal_tie(portal, phone, TIE_BLOCK, SLICE("ann"), true, NOW + 2000) == OK);
    CHECK(portal_restore(portal, &push) == OK);
    uint64_t now_ms = NOW + 3000;
    struct portal_call_start wanted = {.call = second, .callee = SLICE("bob")};
    CHECK(portal_call_start(portal, ann, &wanted, now_ms, &view) == OK && view.ring_count == 0);
    unsigned told = testports_count(&ports, ann, EVENT_CALL);
    CHECK(told_until(now_ms + 16) == told);
    CHECK(told_until(now_ms + 1400) ==
          told + 1); /* the phone, by its page; its push adds nothing */
    CHECK(strcmp(last_of(ann)->rings[0].device, "Chrome on Android") == 0);
    CHECK(last_of(ann)->rings[0].how == RING_BY_AUTOPLAY);
    CHECK(told_until(now_ms + 2600) == told + 2); /* the laptop took 2 s before */
    CHECK(last_of(ann)->ring_count == 2);
    CHECK(strcmp(last_of(ann)->rings[1].device, "Firefox on Linux") == 0);
    CHECK(told_until(now_ms + 8000) == told + 2);
    tear_down();
}

/* Who speaks hears of another call at his pages only; afterwards it is pushed as well. */
static void a_call_that_is_not_heard_waits_like_another(void)
{
    set_up();
    session_id cat;
    struct change push = {.kind = CHANGE_PUSH_PUT, .push = {.login = {{200, 2}}}};
    CHECK(testports_add_user(portal, "cat", NULL) == OK);
    CHECK(testports_open(&ports, portal, "cat", NOW, &cat) == OK);
    CHECK(portal_tie(portal, phone, TIE_BLOCK, SLICE("ann"), true, NOW) == OK);
    CHECK(portal_restore(portal, &push) == OK);
    portal_session_close(portal, phone, NOW); /* that browser has no page any more */
    struct portal_call_start own = {.call = second, .callee = SLICE("cat")};
    CHECK(portal_call_start(portal, laptop, &own, NOW, &view) == OK);
    CHECK(call_bob(&first) == OK && view.waiting);
    portal_tick(portal, NOW + 2500);
    CHECK(last_of(ann)->waiting && last_of(ann)->ring_count == 1);
    CHECK(portal_call_end(portal, laptop, &second, END_HUNG_UP, NOW + 2500) == OK);
    CHECK(!last_of(ann)->waiting);
    portal_tick(portal, NOW + 5000);
    CHECK(last_of(ann)->ring_count == 2 && last_of(ann)->rings[1].how == RING_PUSH);
    CHECK(testports_last(&ports, laptop2, EVENT_CALL)->event.call.role == ROLE_CALLER);
    tear_down();
}

static void a_device_that_ignores_is_silent_and_the_call_rings_on(void)
{
    set_up();
    CHECK(call_bob(&first) == OK);
    unsigned told = testports_count(&ports, ann, EVENT_CALL);
    CHECK(portal_call_ignore(portal, laptop, &first, NOW) == OK);
    CHECK(last_of(laptop)->ignored && last_of(laptop2)->ignored && !last_of(phone)->ignored);
    CHECK(portal_call_ignore(portal, laptop2, &first, NOW) == OK); /* again */
    CHECK(testports_count(&ports, ann, EVENT_CALL) == told);
    CHECK(portal_call_ignore(portal, ann, &first, NOW) == ERR_STATE);
    session_id reloaded;
    struct id login = {{200, 1}};
    CHECK(portal_session_open(portal, &login, NOW, &reloaded) == OK);
    portal_session_snapshot(portal, reloaded, NOW);
    CHECK(last_of(reloaded)->ignored);
    CHECK(portal_call_ignore(portal, phone, &first, NOW) == OK); /* all of them: it rings on */
    CHECK(last_of(phone)->state == CALL_RINGING);
    portal_tick(portal, NOW + testports_limits().ring_ms + 32);
    CHECK(last_of(ann)->reason == END_NO_ANSWER && last_of(laptop)->reason == END_NO_ANSWER);
    CHECK(portal_call_ignore(portal, phone, &first, NOW) == OK); /* late */
    tear_down();
}

static void the_other_devices_are_told_where(void)
{
    set_up();
    const struct portal_call_answer answer = {.microphone_on = true};
    portal_session_set_device(portal, phone, SLICE("Pixel"));
    portal_session_set_device(portal, phone, SLICE("\n"));
    CHECK(call_bob(&first) == OK);
    CHECK(portal_call_accept(portal, phone, &first, &answer, NOW, &view) == OK);
    CHECK(last_of(laptop)->reason == END_ANSWERED_ELSEWHERE);
    CHECK(strcmp(last_of(laptop)->elsewhere, "Pixel") == 0);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW) == OK);
    CHECK(strcmp(last_of(laptop)->elsewhere, "") == 0);
    CHECK(call_bob(&second) == OK);
    CHECK(portal_call_decline(portal, laptop2, &second, NOW) == OK);
    CHECK(last_of(phone)->reason == END_DECLINED_ELSEWHERE);
    CHECK(strcmp(last_of(phone)->elsewhere, "Firefox on Linux") == 0);
    CHECK(strcmp(last_of(ann)->elsewhere, "") == 0 && last_of(ann)->reason == END_DECLINED);
    tear_down();
}

UNIT(the_caller_reads_on_which_devices_it_rings, a_device_without_a_page_rings_no_more,
     a_push_is_said_for_a_browser_that_has_no_page,
     nobody_learns_of_the_devices_of_who_is_invisible,
     a_call_that_is_not_heard_rings_at_one_device_after_the_other,
     a_call_that_is_not_heard_waits_like_another,
     a_device_that_ignores_is_silent_and_the_call_rings_on, the_other_devices_are_told_where)
