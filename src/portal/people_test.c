/* SPDX-License-Identifier: Apache-2.0 */
/* People, sessions, presence and the synchronisation with what another process has kept. */
#include "portal/testports.h"

#include <stdio.h>
#include <time.h>

#include "unit.h"

static struct testports ports;
static struct portal *portal;

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

static void set_up(const struct portal_limits *limits)
{
    testports_init(&ports, 1);
    struct portal_params params = {.ports = testports_ports(&ports), .limits = *limits};
    portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &portal) == OK);
}

static void set_up_three(void)
{
    struct portal_limits limits = testports_limits();
    set_up(&limits);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_add_user(portal, "cyd", NULL) == OK);
}

static session_id open_session(const char *name)
{
    session_id session = 0;
    CHECK(testports_open(&ports, portal, name, 0, &session) == OK);
    CHECK(session != 0);
    return session;
}

static enum presence presence_of(const char *name)
{
    struct id id = testports_user_id(name);
    return portal_presence(portal, &id);
}

static void one_is_present_from_the_first_session_to_the_last(void)
{
    set_up_three();
    CHECK(presence_of("ann") == PRESENCE_OFFLINE);
    session_id one = open_session("ann");
    session_id two = open_session("ann");
    CHECK(presence_of("ann") == PRESENCE_AVAILABLE);
    portal_session_close(portal, one, 1);
    portal_session_away(portal, two, true, 2);
    CHECK(presence_of("ann") == PRESENCE_AWAY);
    portal_session_close(portal, two, 3);
    CHECK(presence_of("ann") == PRESENCE_OFFLINE);
    portal_session_close(portal, two, 4);
    CHECK(portal_session_user(portal, two) == NULL);
    tear_down();
}

static void one_session_too_many_ends_the_oldest(void)
{
    struct portal_limits limits = testports_limits();
    limits.sessions_per_user_max = 2;
    set_up(&limits);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    session_id first = open_session("ann");
    session_id second = open_session("ann");
    session_id third = open_session("ann");
    enum session_end why = SESSION_END_DISABLED;
    CHECK(testports_ended(&ports, first, &why) && why == SESSION_END_LIMIT);
    CHECK(portal_session_user(portal, first) == NULL);
    CHECK(portal_session_user(portal, second) != NULL);
    CHECK(portal_session_user(portal, third) != NULL);
    tear_down();
}

static void a_session_needs_a_sign_in(void)
{
    set_up_three();
    struct id stranger = {{9}};
    session_id session = 0;
    CHECK(portal_session_open(portal, &stranger, 0, &session) == ERR_UNAUTHORIZED);
    tear_down();
}

static MUST_USE enum err put_user(const char *name, const char *full_name, bool disabled)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id = testports_user_id(name);
    (void)snprintf(change.user.name, sizeof change.user.name, "%s", name);
    (void)snprintf(change.user.full_name, sizeof change.user.full_name, "%s", full_name);
    change.user.disabled = disabled;
    return portal_restore(portal, &change);
}

static void people_are_found_by_any_of_their_names_in_order(void)
{
    struct portal_limits limits = testports_limits();
    set_up(&limits);
    CHECK(put_user("u1", "Zoé Martin", false) == OK);
    CHECK(put_user("zoe2", "Anna Berg", false) == OK);
    CHECK(put_user("u3", "Bernd Zoellner", false) == OK);
    CHECK(put_user("u4", "Zoe Gone", true) == OK);
    const struct user *found[8];
    uint32_t total = 0;
    CHECK(portal_search(portal, SLICE("ZOE"), 0, 8, found, &total) == 3);
    CHECK(total == 3);
    CHECK(strcmp(found[0]->name, "zoe2") == 0);
    CHECK(strcmp(found[1]->name, "u3") == 0);
    CHECK(strcmp(found[2]->name, "u1") == 0);
    CHECK(portal_search(portal, SLICE(""), 1, 1, found, &total) == 1);
    CHECK(total == 3 && strcmp(found[0]->name, "u3") == 0);
    CHECK(portal_search(portal, SLICE("nobody"), 0, 8, found, &total) == 0 && total == 0);
    CHECK(portal_search(portal, SLICE(""), 99, 8, found, &total) == 0 && total == 3);
    CHECK(portal_user_count(portal) == 3);
    CHECK(portal_user_by_name(portal, SLICE("u4")) == NULL);
    tear_down();
}

static void a_changed_name_is_sorted_and_told_again(void)
{
    set_up_three();
    session_id bob = open_session("bob");
    CHECK(portal_watch(portal, bob, &SLICE("ann"), 1) == OK);
    CHECK(put_user("ann", "Zelda", false) == OK);
    portal_tick(portal, 2000);
    const struct told *told = testports_last(&ports, bob, EVENT_PERSON);
    CHECK(told != NULL && strcmp(told->user.full_name, "Zelda") == 0);
    const struct user *found[3];
    uint32_t total = 0;
    CHECK(portal_search(portal, SLICE(""), 0, 3, found, &total) == 3);
    CHECK(strcmp(found[2]->name, "ann") == 0);
    tear_down();
}

static MUST_USE enum err put_membership(const char *name, const char *group)
{
    struct change change = {.kind = CHANGE_MEMBERSHIP_PUT};
    change.membership.user = testports_user_id(name);
    (void)snprintf(change.membership.group, sizeof change.membership.group, "%s", group);
    return portal_restore(portal, &change);
}

static void what_a_sync_does_not_see_is_gone(void)
{
    set_up_three();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    CHECK(put_membership("ann", GROUP_ADMINISTRATORS) == OK);
    CHECK(put_membership("ann", "staff") == OK);
    CHECK(portal_watch(portal, ann, &SLICE("bob"), 1) == OK);
    portal_tick(portal, 2000);
    testports_clear_told(&ports);
    struct id id = testports_user_id("ann");
    CHECK(portal_user_is_in(portal, &id, GROUP_ADMINISTRATORS));
    const struct login *login = NULL;
    CHECK(portal_logins(portal, &id, &login, 1) == 1);
    struct change kept = {.kind = CHANGE_LOGIN_PUT, .login = *login};
    portal_sync_begin(portal);
    CHECK(put_user("ann", "ann", false) == OK);
    CHECK(put_user("cyd", "cyd", false) == OK);
    CHECK(put_membership("ann", "staff") == OK);
    CHECK(portal_restore(portal, &kept) == OK);
    portal_sync_end(portal, 2);
    CHECK(!portal_user_is_in(portal, &id, GROUP_ADMINISTRATORS));
    const char *names[4];
    CHECK(portal_user_groups(portal, &id, names, 4) == 1);
    CHECK(strcmp(names[0], "staff") == 0);
    CHECK(portal_session_user(portal, ann) != NULL);
    CHECK(portal_session_user(portal, bob) == NULL);
    CHECK(testports_ended(&ports, bob, NULL));
    CHECK(portal_user_by_name(portal, SLICE("bob")) == NULL);
    CHECK(portal_user_count(portal) == 2);
    const struct told *told = testports_last(&ports, ann, EVENT_PERSON);
    CHECK(told != NULL && strcmp(told->user.name, "bob") == 0);
    CHECK(told->event.person.presence == PRESENCE_OFFLINE);
    portal_tick(portal, 4000);
    tear_down();
}

static void whoever_is_disabled_or_signed_out_elsewhere_loses_the_sessions(void)
{
    set_up_three();
    session_id ann = open_session("ann");
    session_id bob = open_session("bob");
    portal_sync_begin(portal);
    CHECK(put_user("ann", "ann", true) == OK);
    CHECK(put_user("bob", "bob", false) == OK);
    portal_sync_end(portal, 2);
    enum session_end why = SESSION_END_LIMIT;
    CHECK(testports_ended(&ports, ann, &why));
    CHECK(portal_session_user(portal, ann) == NULL);
    CHECK(testports_ended(&ports, bob, &why) && why == SESSION_END_LOGGED_OUT);
    CHECK(portal_session_user(portal, bob) == NULL);
    tear_down();
}

static void limits_of_people_and_groups_hold(void)
{
    struct portal_limits limits = testports_limits();
    limits.users_max = 2;
    limits.groups_max = 1;
    set_up(&limits);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_add_user(portal, "cyd", NULL) == ERR_LIMIT);
    CHECK(put_membership("ann", "one") == OK);
    CHECK(put_membership("ann", "two") == ERR_LIMIT);
    CHECK(put_membership("cyd", "one") == ERR_NOT_FOUND);
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id = testports_user_id("bob");
    (void)snprintf(change.user.name, sizeof change.user.name, "ann");
    CHECK(portal_restore(portal, &change) == ERR_EXISTS);
    tear_down();
}

static void ten_thousand_people_are_searched_quickly(void)
{
    if (unit_replaying()) {
        return;
    }
    struct portal_limits limits = testports_limits();
    limits.users_max = 10000;
    set_up(&limits);
    for (int i = 0; i < 10000; i++) {
        char name[USER_NAME_MAX + 1];
        (void)snprintf(name, sizeof name, "u%d", i * 7919 % 10000);
        CHECK(testports_add_user(portal, name, NULL) == OK);
    }
    const struct user *found[50];
    uint32_t total = 0;
    clock_t before = clock();
    for (int i = 0; i < 10; i++) {
        CHECK(portal_search(portal, SLICE("u999"), 0, 50, found, &total) == 11);
    }
    /* About 1 ms each; the bound is loose, for sanitizers on a busy machine. */
    CHECK((double)(clock() - before) / CLOCKS_PER_SEC < 1.0);
    CHECK(total == 11);
    tear_down();
}

static void reading_people_is_counted_for_each_person(void)
{
    set_up_three();
    struct id ann = testports_user_id("ann");
    struct id bob = testports_user_id("bob");
    for (int i = 0; i < 60; i++) {
        CHECK(portal_take(portal, &ann, QUOTA_PROFILES, 1000));
    }
    CHECK(!portal_take(portal, &ann, QUOTA_PROFILES, 1000));
    CHECK(portal_take(portal, &ann, QUOTA_SEARCHES, 1000));
    CHECK(portal_take(portal, &bob, QUOTA_PROFILES, 1000));
    CHECK(portal_take(portal, &ann, QUOTA_PROFILES, 2000));
    CHECK(!portal_take(portal, &ann, QUOTA_PROFILES, 2000));
    struct id nobody = testports_user_id("nobody");
    CHECK(!portal_take(portal, &nobody, QUOTA_PROFILES, 2000));
    tear_down();
}

UNIT(reading_people_is_counted_for_each_person, one_is_present_from_the_first_session_to_the_last,
     one_session_too_many_ends_the_oldest, a_session_needs_a_sign_in,
     people_are_found_by_any_of_their_names_in_order, a_changed_name_is_sorted_and_told_again,
     what_a_sync_does_not_see_is_gone,
     whoever_is_disabled_or_signed_out_elsewhere_loses_the_sessions,
     limits_of_people_and_groups_hold, ten_thousand_people_are_searched_quickly)
