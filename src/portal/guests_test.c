/* SPDX-License-Identifier: Apache-2.0 */
/* Links of guests: they work for one call, for a time, until they are withdrawn; and what a guest
 * may do. */
#include <stdio.h>

#include "portal/history.h"
#include "portal/testports.h"
#include "unit.h"

#define NOW_MS 1000
#define NOW_S 1000
#define HOUR_S 3600

static struct testports ports;
static struct portal *portal;
static session_id ann; /* the host's page */
static struct {
    enum err err;
    struct portal_login login;
    uint8_t token[TOKEN_BYTES];
} answer;

static const struct id call = {{1}};
static const struct id other = {{2}};

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
    portal = NULL;
}

static void set_up(struct portal_limits limits)
{
    struct change change = {.kind = CHANGE_MEMBERSHIP_PUT};
    memset(&answer, 0, sizeof answer);
    unit_finally(tear_down);
    testports_init(&ports, 3);
    struct portal_params params = {.ports = testports_ports(&ports),
                                   .limits = limits,
                                   .now_ms = NOW_MS,
                                   .at_ms = (int64_t)NOW_S * 1000};
    portal = NULL;
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", "secret") == OK);
    CHECK(testports_add_user(portal, "bob", "secret") == OK);
    CHECK(testports_add_user(portal, "root", "secret") == OK);
    (void)snprintf(change.membership.group, sizeof change.membership.group, "%s",
                   GROUP_ADMINISTRATORS);
    change.membership.user = testports_user_id("root");
    CHECK(portal_restore(portal, &change) == OK);
    CHECK(testports_open(&ports, portal, "ann", NOW_MS, &ann) == OK);
}

static void on_link(void *arg, enum err err, const uint8_t token[TOKEN_BYTES], int64_t expires_s)
{
    (void)arg;
    answer.err = err;
    if (err == OK) {
        CHECK(expires_s > 0);
        memcpy(answer.token, token, TOKEN_BYTES);
    }
}

static void on_done(void *arg, enum err err, const char *why)
{
    (void)arg;
    (void)why;
    answer.err = err;
}

static void on_entered(void *arg, enum err err, const struct portal_login *login)
{
    (void)arg;
    answer.err = err;
    if (login != NULL) {
        answer.login = *login;
    }
}

static enum err settle(enum err err)
{
    (void)testports_run(&ports);
    return err == OK ? answer.err : err;
}

static enum err invite_for(const char *who, const char *label, uint64_t valid_s)
{
    struct id by = testports_user_id(who);
    const struct portal_guest_wish wish = {.label = slice_text(label), .valid_s = valid_s};
    return settle(portal_guest_invite(portal, &by, &wish, NOW_S, NOW_MS, on_link, NULL));
}

static void invite(void)
{
    CHECK(invite_for("ann", "Bob of Acme", HOUR_S) == OK);
}

static enum err find(int64_t now_s)
{
    const struct user *host = NULL;
    enum err err =
        portal_guest_find(portal, answer.token, SLICE("192.0.2.7"), now_s, NOW_MS, &host);
    CHECK(err != OK || strcmp(host->name, "ann") == 0);
    return err;
}

static enum err begin_enter(const char *name)
{
    const struct portal_guest_entry entry = {
        .name = slice_text(name), .agent = SLICE("Browser"), .address = SLICE("192.0.2.7")};
    return portal_guest_enter(portal, answer.token, &entry, NOW_S, NOW_MS, on_entered, NULL);
}

/* The guest's page; the guest is answer.login.login.user. */
static session_id enter(void)
{
    session_id session = 0;
    CHECK(settle(begin_enter("Bob Guest")) == OK);
    CHECK(portal_session_open(portal, &answer.login.login.id, NOW_MS, &session) == OK);
    return session;
}

static enum err start(session_id session, const struct id *id, const char *callee,
                      struct call_view *view)
{
    const struct portal_call_start wanted = {
        .call = *id, .callee = slice_text(callee), .microphone_on = true};
    return portal_call_start(portal, session, &wanted, NOW_MS, view);
}

static enum guest_state state(int64_t now_s)
{
    struct guest_view view;
    struct id host = testports_user_id("ann");
    CHECK(portal_guest_links(portal, &host, now_s, &view, 1) == 1);
    return view.state;
}

static void expire(int64_t now_s)
{
    portal_expire(portal, now_s, NOW_MS);
    (void)testports_run(&ports);
}

static void a_guest_waits_without_a_ring_and_the_link_dies_with_the_call(void)
{
    struct call_view view;
    struct call_view seen;
    const struct portal_call_answer wanted = {.microphone_on = true};
    set_up(testports_limits());
    invite();
    CHECK(find(NOW_S) == OK && state(NOW_S) == GUEST_OPEN);
    session_id guest = enter();
    CHECK(portal_session_is_guest(portal, guest) && !portal_session_is_guest(portal, ann));
    CHECK(start(guest, &call, "ann", &view) == OK && view.state == CALL_RINGING);
    CHECK(view.ring_left_ms == testports_limits().guest_wait_ms && view.relay_only);
    const struct told *told = testports_last(&ports, ann, EVENT_CALL);
    CHECK(told != NULL && told->event.call.silent && ports.push_count == 0);
    CHECK(state(NOW_S) == GUEST_WAITING);
    expire(NOW_S); /* he is where he should be */
    CHECK(portal_call_accept(portal, ann, &call, &wanted, NOW_MS, &seen) == OK);
    CHECK(state(NOW_S) == GUEST_TALKING && find(NOW_S) == ERR_NOT_FOUND);
    expire(NOW_S + 2 * HOUR_S); /* a call goes on behind the date of its link */
    CHECK(portal_call_join(portal, guest, &call, NOW_MS, &view) == OK);
    CHECK(portal_call_end(portal, guest, &call, END_HUNG_UP, NOW_MS) == OK);
    CHECK(start(guest, &other, "ann", &view) == ERR_NOT_FOUND);
    expire(NOW_S);
    CHECK(testports_ended(&ports, guest, NULL) && state(NOW_S) == GUEST_USED);
    CHECK(begin_enter("Bob Guest") == ERR_NOT_FOUND);
    tear_down();
}

static void who_is_refused_does_not_come_again(void)
{
    struct call_view view;
    set_up(testports_limits());
    invite();
    session_id guest = enter();
    CHECK(start(guest, &call, "ann", &view) == OK);
    CHECK(portal_call_decline(portal, ann, &call, NOW_MS) == OK);
    CHECK(find(NOW_S) == ERR_NOT_FOUND && state(NOW_S) == GUEST_USED);
    CHECK(start(guest, &other, "ann", &view) == ERR_NOT_FOUND);
    expire(NOW_S);
    CHECK(testports_ended(&ports, guest, NULL));
    tear_down();
}

static void who_was_not_let_in_may_ask_again(void)
{
    struct call_view view;
    set_up(testports_limits());
    invite();
    session_id guest = enter();
    CHECK(start(guest, &call, "ann", &view) == OK);
    CHECK(portal_call_end(portal, guest, &call, END_HUNG_UP, NOW_MS) == OK);
    expire(NOW_S);
    CHECK(find(NOW_S) == OK && state(NOW_S) == GUEST_OPEN);
    struct id first = answer.login.login.user;
    session_id again = enter(); /* from another browser: the page of before ends */
    CHECK(id_equal(&first, &answer.login.login.user) && testports_ended(&ports, guest, NULL));
    CHECK(start(again, &other, "ann", &view) == OK);
    tear_down();
}

static void a_link_ends_by_its_date_or_when_it_is_withdrawn(void)
{
    struct guest_view view;
    struct id bob = testports_user_id("bob");
    struct id host = testports_user_id("ann");
    struct id root = testports_user_id("root");
    set_up(testports_limits());
    invite();
    CHECK(find(NOW_S + HOUR_S - 1) == OK && find(NOW_S + HOUR_S) == ERR_NOT_FOUND);
    CHECK(state(NOW_S + HOUR_S) == GUEST_EXPIRED);
    session_id guest = enter();
    expire(NOW_S + HOUR_S);
    CHECK(testports_ended(&ports, guest, NULL));
    CHECK(portal_guest_links(portal, &host, NOW_S, &view, 1) == 1);
    struct id link = view.link->id;
    CHECK(portal_guest_revoke(portal, &bob, &link, NOW_S, NOW_MS, on_done, NULL) == ERR_NOT_FOUND);
    CHECK(settle(portal_guest_revoke(portal, &host, &link, NOW_S, NOW_MS, on_done, NULL)) == OK);
    CHECK(portal_guest_revoke(portal, &host, &link, NOW_S, NOW_MS, on_done, NULL) == ERR_NOT_FOUND);
    invite();
    guest = enter();
    CHECK(portal_guest_links(portal, NULL, NOW_S, &view, 1) == 1);
    link = view.link->id;
    CHECK(settle(portal_guest_revoke(portal, &root, &link, NOW_S, NOW_MS, on_done, NULL)) == OK);
    CHECK(testports_ended(&ports, guest, NULL) && find(NOW_S) == ERR_NOT_FOUND);
    invite();
    expire(NOW_S + 8 * 86400); /* what is long over is not kept */
    CHECK(portal_guest_links(portal, NULL, NOW_S, &view, 1) == 0);
    tear_down();
}

static void links_and_guests_have_limits(void)
{
    struct guest_view views[2];
    struct call_view view;
    struct portal_limits limits = testports_limits();
    limits.guests_max = 2;
    limits.guests_waiting_per_user_max = 1;
    set_up(limits);
    CHECK(invite_for("ann", "", 59) == ERR_INVALID);
    CHECK(invite_for("ann", "", limits.guest_link_s + 1) == ERR_INVALID);
    CHECK(invite_for("ann", "\x01", HOUR_S) == ERR_INVALID);
    CHECK(invite_for("nobody", "", HOUR_S) == ERR_FORBIDDEN);
    invite();
    session_id first = enter();
    CHECK(invite_for("ann", "", HOUR_S) == OK);
    CHECK(begin_enter("") == ERR_INVALID);
    session_id second = enter();
    CHECK(start(first, &call, "ann", &view) == OK);
    CHECK(start(second, &other, "ann", &view) == ERR_LIMIT);
    CHECK(invite_for("ann", "", HOUR_S) == OK);
    CHECK(begin_enter("Third") == ERR_LIMIT);
    CHECK(invite_for("ann", "", HOUR_S) == ERR_LIMIT);
    CHECK(portal_guest_links(portal, NULL, NOW_S, views, 2) == 2);
    limits.guests = 0;
    portal_set_limits(portal, &limits);
    CHECK(invite_for("bob", "", HOUR_S) == ERR_FORBIDDEN && find(NOW_S) == ERR_NOT_FOUND);
    CHECK(portal_guest_seconds(portal) == 0);
    expire(NOW_S);
    CHECK(testports_ended(&ports, first, NULL) && testports_ended(&ports, second, NULL));
    tear_down();
}

static void who_guesses_links_is_slowed_down(void)
{
    struct portal_limits limits = testports_limits();
    limits.login_attempts_per_prefix = 2;
    set_up(limits);
    CHECK(find(NOW_S) == ERR_NOT_FOUND && find(NOW_S) == ERR_NOT_FOUND);
    CHECK(find(NOW_S) == ERR_LIMIT && begin_enter("Eve") == ERR_LIMIT);
    invite();
    CHECK(find(NOW_S) == ERR_LIMIT); /* also with the right one: nothing is learnt */
    tear_down();
}

static void guests_are_in_no_list_and_call_nobody_else(void)
{
    const struct user *found[8];
    struct call_view view;
    uint32_t total = 0;
    set_up(testports_limits());
    invite();
    session_id guest = enter();
    const struct user *user = portal_user_by_id(portal, &answer.login.login.user);
    CHECK(user != NULL && strncmp(user->name, "guest-", 6) == 0);
    CHECK(strcmp(user->full_name, "Bob Guest") == 0 && portal_is_guest(portal, &user->id));
    CHECK(portal_search(portal, SLICE("guest"), 0, 8, found, &total) == 0 && total == 0);
    CHECK(portal_user_by_name(portal, slice_text(user->name)) == NULL);
    CHECK(start(ann, &call, user->name, &view) == ERR_NOT_FOUND);
    CHECK(start(guest, &call, "bob", &view) == ERR_NOT_FOUND);
    CHECK(start(guest, &call, user->name, &view) == ERR_NOT_FOUND);
    CHECK(portal_login(portal, slice_text(user->name), SLICE(""), SLICE(""), SLICE("192.0.2.9"),
                       NOW_S, NOW_MS, on_entered, NULL) == OK);
    (void)testports_run(&ports);
    CHECK(answer.err == ERR_UNAUTHORIZED);
    struct id by = user->id;
    const struct portal_guest_wish wish = {.valid_s = HOUR_S};
    CHECK(portal_guest_invite(portal, &by, &wish, NOW_S, NOW_MS, on_link, NULL) == ERR_FORBIDDEN);
    tear_down();
}

/* The account stays for the history as long as calls do, and not more of them than so many. */
static void guests_of_before_are_forgotten(void)
{
    struct call_view view;
    struct id seen[4];
    set_up(testports_limits()); /* keeps two */
    for (uint8_t i = 0; i < 4; i++) {
        struct id id = {{(uint8_t)(10 + i)}};
        invite();
        session_id guest = enter();
        seen[i] = answer.login.login.user;
        CHECK(start(guest, &id, "ann", &view) == OK);
        CHECK(portal_call_decline(portal, ann, &id, NOW_MS) == OK);
        expire(NOW_S);
    }
    CHECK(portal_user_by_id(portal, &seen[0]) == NULL ||
          portal_user_by_id(portal, &seen[1]) == NULL ||
          portal_user_by_id(portal, &seen[2]) == NULL);
    CHECK(portal_user_by_id(portal, &seen[3]) != NULL);
    portal_history_trim(portal, NOW_S + (int64_t)86400 * 400);
    CHECK(portal_user_by_id(portal, &seen[3]) == NULL);
    tear_down();
}

/* A push could ring the host's browser, and does not: nobody would be told of the guest. */
static void a_host_who_is_not_here_is_not_waited_for(void)
{
    struct call_view view;
    set_up(testports_limits());
    const struct login *login = NULL;
    struct id host = testports_user_id("ann");
    CHECK(portal_logins(portal, &host, &login, 1) == 1);
    const struct change push = {.kind = CHANGE_PUSH_PUT, .push = {.login = login->id}};
    CHECK(portal_restore(portal, &push) == OK && portal_push_reaches(portal, &host));
    invite();
    session_id guest = enter();
    CHECK(start(guest, &call, "ann", &view) == OK && view.state == CALL_RINGING);
    portal_session_close(portal, ann, NOW_MS);
    portal_tick(portal, NOW_MS + testports_limits().leave_grace_ms + 1);
    const struct told *told = testports_last(&ports, guest, EVENT_CALL);
    CHECK(told != NULL && told->event.call.reason == END_UNREACHABLE);
    const struct portal_call_start again = {.call = other, .callee = SLICE("ann")};
    CHECK(portal_call_start(portal, guest, &again, 60000, &view) == OK);
    CHECK(view.reason == END_UNREACHABLE); /* she was not here just before a restart either */
    tear_down();
}

/* The host is erased, and the links with him; a page of the guest is open. */
static void a_guest_without_a_link_is_out(void)
{
    struct guest_view view;
    set_up(testports_limits());
    invite();
    session_id guest = enter();
    CHECK(portal_guest_links(portal, NULL, NOW_S, &view, 1) == 1);
    const struct change change = {.kind = CHANGE_GUEST_LINK_REMOVE, .guest_link = *view.link};
    CHECK(portal_restore(portal, &change) == OK);
    expire(NOW_S);
    CHECK(testports_ended(&ports, guest, NULL));
    tear_down();
}

UNIT(a_guest_waits_without_a_ring_and_the_link_dies_with_the_call,
     who_is_refused_does_not_come_again, who_was_not_let_in_may_ask_again,
     a_link_ends_by_its_date_or_when_it_is_withdrawn, links_and_guests_have_limits,
     who_guesses_links_is_slowed_down, guests_are_in_no_list_and_call_nobody_else,
     guests_of_before_are_forgotten, a_host_who_is_not_here_is_not_waited_for,
     a_guest_without_a_link_is_out)
