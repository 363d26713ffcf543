/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told of whom, and how often. */
#include "portal/testports.h"

#include <stdio.h>

#include "unit.h"

static struct testports ports;
static struct portal *portal;
static session_id ann;

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

/* Ann's page shows Bob and Cyd. */
static void set_up(void)
{
    struct portal_limits limits = testports_limits();
    limits.users_max = 200;
    testports_init(&ports, 1);
    struct portal_params params = {.ports = testports_ports(&ports), .limits = limits};
    portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_add_user(portal, "cyd", NULL) == OK);
    CHECK(testports_open(&ports, portal, "ann", 0, &ann) == OK);
    struct slice names[] = {SLICE("bob"), SLICE("cyd"), SLICE("bob"), SLICE("nobody")};
    CHECK(portal_watch(portal, ann, names, 4) == OK);
}

static session_id open_session(const char *name, uint64_t now_ms)
{
    session_id session = 0;
    CHECK(testports_open(&ports, portal, name, now_ms, &session) == OK);
    return session;
}

/* The news of Bob that Ann's page had last. */
static bool ann_sees(enum presence presence)
{
    const struct told *told = testports_last(&ports, ann, EVENT_PERSON);
    return told != NULL && strcmp(told->user.name, "bob") == 0 &&
           told->event.person.presence == presence;
}

static void only_those_who_watch_are_told(void)
{
    set_up();
    session_id cyd = open_session("cyd", 0);
    portal_tick(portal, 2000);
    testports_clear_told(&ports);
    session_id bob = open_session("bob", 3000);
    CHECK(portal_next_ms(portal) > 3000 && portal_next_ms(portal) < 4000);
    portal_tick(portal, 4000);
    CHECK(portal_next_ms(portal) == UINT64_MAX);
    CHECK(ann_sees(PRESENCE_AVAILABLE));
    CHECK(testports_count(&ports, ann, EVENT_PERSON) == 1);
    CHECK(testports_count(&ports, cyd, EVENT_PERSON) == 0);
    CHECK(testports_count(&ports, bob, EVENT_PERSON) == 0);
    portal_session_close(portal, bob, 6000);
    portal_tick(portal, 7000);
    CHECK(ann_sees(PRESENCE_OFFLINE));
    tear_down();
}

static void the_newest_list_is_what_counts(void)
{
    set_up();
    const struct user *watched[PORTAL_WATCHES_MAX];
    CHECK(portal_watched(portal, ann, watched) == 2);
    CHECK(portal_watch(portal, ann, &SLICE("cyd"), 1) == OK);
    CHECK(portal_watched(portal, ann, watched) == 1);
    CHECK(strcmp(watched[0]->name, "cyd") == 0);
    (void)open_session("bob", 0);
    portal_tick(portal, 2000);
    CHECK(testports_last(&ports, ann, EVENT_PERSON) == NULL);
    CHECK(portal_watch(portal, ann, NULL, 0) == OK);
    CHECK(portal_watched(portal, ann, watched) == 0);
    CHECK(portal_watch(portal, 77, NULL, 0) == ERR_NOT_FOUND);
    CHECK(portal_watched(portal, 77, watched) == 0);
    tear_down();
}

static void too_many_are_refused_and_nothing_changes(void)
{
    set_up();
    struct slice names[PORTAL_WATCHES_MAX + 1];
    char texts[PORTAL_WATCHES_MAX + 1][8];
    for (size_t i = 0; i <= PORTAL_WATCHES_MAX; i++) {
        (void)snprintf(texts[i], sizeof texts[i], "u%zu", i);
        names[i] = slice_text(texts[i]);
        CHECK(testports_add_user(portal, texts[i], NULL) == OK);
    }
    const struct user *watched[PORTAL_WATCHES_MAX];
    CHECK(portal_watch(portal, ann, names, PORTAL_WATCHES_MAX + 1) == ERR_LIMIT);
    CHECK(portal_watched(portal, ann, watched) == 2);
    CHECK(portal_watch(portal, ann, names, PORTAL_WATCHES_MAX) == OK);
    CHECK(portal_watched(portal, ann, watched) == PORTAL_WATCHES_MAX);
    tear_down();
}

static void a_reload_is_not_told(void)
{
    set_up();
    session_id bob = open_session("bob", 0);
    portal_tick(portal, 2000);
    testports_clear_told(&ports);
    portal_session_close(portal, bob, 5000);
    (void)open_session("bob", 5200);
    portal_tick(portal, 7000);
    CHECK(testports_count(&ports, 0, EVENT_PERSON) == 0);
    tear_down();
}

static void many_changes_in_a_second_are_told_together(void)
{
    set_up();
    portal_tick(portal, 2000);
    session_id bob = 0;
    for (uint64_t now_ms = 5000; now_ms < 10000; now_ms += 20) {
        if (now_ms % 600 == 0) {
            bob = open_session("bob", now_ms);
        } else if (now_ms % 600 == 300) {
            portal_session_close(portal, bob, now_ms);
        }
        portal_tick(portal, now_ms);
    }
    unsigned count = testports_count(&ports, ann, EVENT_PERSON);
    CHECK(count >= 1 && count <= 5);
    (void)open_session("bob", 10000);
    portal_tick(portal, 12000);
    CHECK(ann_sees(PRESENCE_AVAILABLE));
    tear_down();
}

/* Who begins to watch while news are on the way knows the state of that moment, which may be over
 * when the news are due. */
static void who_comes_between_is_told_even_if_all_is_as_before(void)
{
    set_up();
    session_id bob = open_session("bob", 0);
    portal_tick(portal, 2000);
    portal_session_close(portal, bob, 5000);
    session_id cyd = open_session("cyd", 5000);
    CHECK(portal_watch(portal, cyd, &SLICE("bob"), 1) == OK); /* sees Bob offline */
    (void)open_session("bob", 5100);
    portal_tick(portal, 6000);
    const struct told *told = testports_last(&ports, cyd, EVENT_PERSON);
    CHECK(told != NULL && told->event.person.presence == PRESENCE_AVAILABLE);
    tear_down();
}

static void who_is_removed_is_told_offline_and_watched_no_more(void)
{
    set_up();
    (void)open_session("bob", 0);
    portal_tick(portal, 2000);
    portal_sync_begin(portal);
    struct id id = testports_user_id("ann");
    const struct login *login = NULL;
    CHECK(portal_logins(portal, &id, &login, 1) == 1);
    struct change kept_login = {.kind = CHANGE_LOGIN_PUT, .login = *login};
    struct change kept = {.kind = CHANGE_USER_PUT, .user = *portal_user_by_id(portal, &id)};
    CHECK(portal_restore(portal, &kept) == OK);
    CHECK(portal_restore(portal, &kept_login) == OK);
    portal_sync_end(portal, 3000);
    CHECK(ann_sees(PRESENCE_OFFLINE));
    const struct user *watched[PORTAL_WATCHES_MAX];
    CHECK(portal_watched(portal, ann, watched) == 0);
    portal_tick(portal, 5000);
    tear_down();
}

UNIT(only_those_who_watch_are_told, the_newest_list_is_what_counts,
     too_many_are_refused_and_nothing_changes, a_reload_is_not_told,
     many_changes_in_a_second_are_told_together, who_comes_between_is_told_even_if_all_is_as_before,
     who_is_removed_is_told_offline_and_watched_no_more)
