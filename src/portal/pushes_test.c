/* SPDX-License-Identifier: Apache-2.0 */
/* Browsers that ring without an open page. */
#include "portal/testports.h"
#include "unit.h"

#define HOSTS "push.example.org"
#define NOW 1000

static struct testports ports;
static struct portal *portal;
static session_id ann;
static struct call_view view;
static const struct id first = {{1}};
static const struct id second = {{2}};
static const struct portal_call_answer answer = {.microphone_on = true, .camera_on = true};
static enum err answered;

static void set_up(void)
{
    testports_init(&ports, 5);
    struct portal_params params = {.ports = testports_ports(&ports),
                                   .limits = testports_limits(),
                                   .push_hosts = HOSTS,
                                   .now_ms = NOW};
    portal = NULL;
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_open(&ports, portal, "ann", NOW, &ann) == OK);
}

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

static void on_done(void *arg, enum err err, const char *why)
{
    (void)arg;
    (void)why;
    answered = err;
}

/* A further sign-in of bob, without an open page. */
static struct id sign_in_bob(void)
{
    const struct login *logins[1];
    struct id bob = testports_user_id("bob");
    session_id session;
    CHECK(testports_open(&ports, portal, "bob", NOW, &session) == OK);
    CHECK(portal_logins(portal, &bob, logins, 1) >= 1);
    struct id login = logins[0]->id;
    portal_session_close(portal, session, NOW);
    return login;
}

static enum err put(const struct id *login, const char *endpoint, int64_t now_s)
{
    static const uint8_t point[PUSH_POINT_SIZE] = {4};
    static const uint8_t auth[PUSH_AUTH_SIZE] = {1};
    struct id bob = testports_user_id("bob");
    const char *why = NULL;
    struct portal_push push = {.endpoint = slice_text(endpoint), .point = point, .auth = auth};
    enum err err = portal_push_put(portal, &bob, login, &push, now_s, NOW, on_done, NULL, &why);
    CHECK((err == ERR_INVALID) == (why != NULL));
    if (err == OK) {
        (void)testports_run(&ports);
        err = answered;
    }
    return err;
}

static enum err call_bob(const struct id *call)
{
    struct portal_call_start wanted = {
        .call = *call, .callee = SLICE("bob"), .microphone_on = true};
    return portal_call_start(portal, ann, &wanted, NOW, &view);
}

static void who_has_no_page_is_rung_by_a_push_and_told_when_it_is_over(void)
{
    set_up();
    CHECK(call_bob(&first) == OK && view.state == CALL_ENDED);
    CHECK(view.reason == END_UNREACHABLE && ports.push_count == 0);
    struct id login = sign_in_bob();
    CHECK(put(&login, "https://push.example.org/1", 1) == OK);
    CHECK(portal_push_has(portal, &login));
    CHECK(call_bob(&second) == OK && view.state == CALL_RINGING);
    CHECK(ports.push_count == 1 && id_equal(&ports.push.call, &second));
    CHECK(strcmp(ports.pushed_to.endpoint, "https://push.example.org/1") == 0);
    CHECK(ports.push.ttl_s == testports_limits().ring_ms / 1000 + 1);
    portal_tick(portal, NOW + testports_limits().ring_ms + 32);
    CHECK(ports.push_count == 2 && ports.push.ttl_s == 24 * 3600);
    const struct told *last = testports_last(&ports, ann, EVENT_CALL);
    CHECK(last != NULL && last->event.call.reason == END_NO_ANSWER);
    tear_down();
}

static void closing_the_last_page_does_not_end_a_ring_that_pushes_carry_on(void)
{
    set_up();
    struct id login = sign_in_bob();
    session_id page;
    CHECK(put(&login, "https://push.example.org/1", 1) == OK);
    CHECK(testports_open(&ports, portal, "bob", NOW, &page) == OK);
    CHECK(call_bob(&first) == OK);
    portal_session_close(portal, page, NOW);
    CHECK(testports_count(&ports, ann, EVENT_CALL) == 0);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW) == OK);
    CHECK(ports.push_count == 2 && ports.push.ttl_s == 24 * 3600);
    tear_down();
}

static void an_invisible_person_is_rung_silently(void)
{
    set_up();
    struct id login = sign_in_bob();
    session_id page;
    CHECK(put(&login, "https://push.example.org/1", 1) == OK);
    CHECK(testports_open(&ports, portal, "bob", NOW, &page) == OK);
    CHECK(portal_set_status(portal, page, STATUS_INVISIBLE, NOW) == OK);
    CHECK(call_bob(&first) == OK && view.state == CALL_RINGING);
    const struct told *last = testports_last(&ports, page, EVENT_CALL);
    CHECK(last != NULL && last->event.call.silent);
    CHECK(!view.silent); /* the caller would know that somebody is there */
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW) == OK);
    /* In a call he is not busy either, but as one who is not there. */
    session_id cat;
    struct portal_call_start wanted = {.call = second, .callee = SLICE("cat")};
    CHECK(testports_add_user(portal, "cat", NULL) == OK);
    CHECK(testports_open(&ports, portal, "cat", NOW, &cat) == OK);
    CHECK(portal_call_start(portal, page, &wanted, NOW, &view) == OK);
    static const struct id third = {{3}};
    CHECK(call_bob(&third) == OK && view.reason == END_UNREACHABLE);
    tear_down();
}

static void an_answer_settles_the_ring_shortly(void)
{
    set_up();
    struct id login = sign_in_bob();
    session_id page;
    CHECK(put(&login, "https://push.example.org/1", 1) == OK);
    CHECK(testports_open(&ports, portal, "bob", NOW, &page) == OK);
    CHECK(call_bob(&first) == OK);
    CHECK(portal_call_accept(portal, page, &first, &answer, NOW, &view) == OK);
    CHECK(ports.push_count == 2 && ports.push.ttl_s == 60);
    CHECK(portal_call_end(portal, ann, &first, END_HUNG_UP, NOW) == OK);
    CHECK(ports.push_count == 2);
    tear_down();
}

static void a_browser_without_a_session_declines_on_all_devices(void)
{
    set_up();
    struct id login = sign_in_bob();
    struct id bob = testports_user_id("bob");
    struct id caller = testports_user_id("ann");
    struct id stranger = testports_user_id("cat");
    session_id page;
    CHECK(put(&login, "https://push.example.org/1", 1) == OK);
    CHECK(testports_open(&ports, portal, "bob", NOW, &page) == OK);
    CHECK(call_bob(&first) == OK);
    CHECK(portal_call_decline_away(portal, &stranger, &login, &first, NOW) == ERR_NOT_FOUND);
    CHECK(portal_call_decline_away(portal, &bob, &login, &second, NOW) == ERR_NOT_FOUND);
    CHECK(portal_call_decline_away(portal, &caller, &login, &first, NOW) == ERR_STATE);
    CHECK(portal_call_decline_away(portal, &bob, &login, &first, NOW) == OK);
    const struct told *last = testports_last(&ports, ann, EVENT_CALL);
    CHECK(last != NULL && last->event.call.reason == END_DECLINED);
    last = testports_last(&ports, page, EVENT_CALL);
    CHECK(last != NULL && last->event.call.reason == END_DECLINED_ELSEWHERE);
    CHECK(ports.push_count == 2 && ports.push.ttl_s == 60);
    CHECK(portal_call_decline_away(portal, &bob, &login, &first, NOW) == OK);
    CHECK(ports.push_count == 2);
    CHECK(call_bob(&second) == OK);
    CHECK(portal_call_accept(portal, page, &second, &answer, NOW, &view) == OK);
    CHECK(portal_call_decline_away(portal, &bob, &login, &second, NOW) == ERR_STATE);
    tear_down();
}

static void a_wrong_endpoint_and_a_foreign_sign_in_are_refused(void)
{
    set_up();
    struct id login = sign_in_bob();
    CHECK(put(&login, "https://evil.example/1", 1) == ERR_INVALID);
    CHECK(put(&login, "http://127.0.0.1:80/1", 1) == ERR_INVALID);
    const struct login *logins[1];
    struct id other = testports_user_id("ann");
    CHECK(portal_logins(portal, &other, logins, 1) == 1);
    CHECK(put(&logins[0]->id, "https://push.example.org/1", 1) == ERR_NOT_FOUND);
    CHECK(!portal_push_has(portal, &login));
    tear_down();
}

static void the_oldest_ends_at_the_limit(void)
{
    set_up();
    struct id logins[3];
    for (int i = 0; i < 3; i++) {
        logins[i] = sign_in_bob();
        CHECK(put(&logins[i], "https://push.example.org/1", i) == OK);
    }
    CHECK(!portal_push_has(portal, &logins[0]));
    CHECK(portal_push_has(portal, &logins[1]) && portal_push_has(portal, &logins[2]));
    tear_down();
}

static void it_ends_with_the_sign_in_by_wish_and_when_the_service_says_so(void)
{
    set_up();
    struct id bob = testports_user_id("bob");
    struct id login = sign_in_bob();
    CHECK(put(&login, "https://push.example.org/1", 1) == OK);
    portal_push_gone(portal, &login, "https://push.example.org/another");
    CHECK(portal_push_has(portal, &login));
    portal_push_gone(portal, &login, "https://push.example.org/1");
    CHECK(!portal_push_has(portal, &login));
    CHECK(put(&login, "https://push.example.org/1", 1) == OK);
    CHECK(portal_push_remove(portal, &bob, &login, NOW, on_done, NULL) == OK);
    (void)testports_run(&ports);
    CHECK(answered == OK && !portal_push_has(portal, &login));
    CHECK(put(&login, "https://push.example.org/1", 1) == OK);
    CHECK(portal_logout(portal, &bob, &login, NOW, on_done, NULL) == OK);
    (void)testports_run(&ports);
    CHECK(!portal_push_has(portal, &login));
    CHECK(call_bob(&first) == OK && view.reason == END_UNREACHABLE);
    tear_down();
}

UNIT(who_has_no_page_is_rung_by_a_push_and_told_when_it_is_over,
     closing_the_last_page_does_not_end_a_ring_that_pushes_carry_on,
     an_invisible_person_is_rung_silently, an_answer_settles_the_ring_shortly,
     a_browser_without_a_session_declines_on_all_devices,
     a_wrong_endpoint_and_a_foreign_sign_in_are_refused, the_oldest_ends_at_the_limit,
     it_ends_with_the_sign_in_by_wish_and_when_the_service_says_so)
