/* SPDX-License-Identifier: Apache-2.0 */
/* Who is disabled or erased: who hears of it, and who may do it. */
#include "portal/admin.h"
#include "portal/testports.h"

#include <stdio.h>

#include "unit.h"

static struct testports ports;
static struct portal *portal;
static session_id ann;
static session_id bob;
static session_id cyd;
static enum err answer;
static unsigned answers;

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

static void on_done(void *arg, enum err err, const char *why)
{
    (void)arg;
    (void)why;
    answer = err;
    answers++;
}

static void put_administrator(const char *name)
{
    struct change change = {.kind = CHANGE_MEMBERSHIP_PUT};
    change.membership.user = testports_user_id(name);
    (void)snprintf(change.membership.group, sizeof change.membership.group, "%s",
                   GROUP_ADMINISTRATORS);
    CHECK(portal_restore(portal, &change) == OK);
}

/* Ann is the administrator; Cyd's page shows Bob, Ann's page nobody. */
static void set_up(void)
{
    testports_init(&ports, 1);
    struct portal_params params = {.ports = testports_ports(&ports), .limits = testports_limits()};
    portal = NULL;
    answers = 0;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
    CHECK(testports_add_user(portal, "cyd", NULL) == OK);
    put_administrator("ann");
    CHECK(testports_open(&ports, portal, "ann", 0, &ann) == OK);
    CHECK(testports_open(&ports, portal, "bob", 0, &bob) == OK);
    CHECK(testports_open(&ports, portal, "cyd", 0, &cyd) == OK);
    CHECK(portal_watch(portal, cyd, &SLICE("bob"), 1) == OK);
    portal_tick(portal, 2000);
    testports_clear_told(&ports);
}

static struct admin_act act_of(const char *by)
{
    return (struct admin_act){.by = testports_user_id(by), .now_ms = 3000, .on_done = on_done};
}

static MUST_USE enum err erase(const char *by, const char *name)
{
    struct admin_act act = act_of(by);
    return admin_user_erase(portal, &act, slice_text(name));
}

/* What the store's new rows say of Bob. */
static void synchronise(void)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    struct id id = testports_user_id("bob");
    change.user.id = id;
    change.user.disabled = true;
    model_erased_name(&id, change.user.name);
    memcpy(change.user.full_name, change.user.name, sizeof change.user.name);
    CHECK(portal_restore(portal, &change) == OK);
}

static bool told_gone(session_id session, bool erased)
{
    const struct told *told = testports_last(&ports, session, EVENT_GONE);
    return told != NULL && strcmp(told->event.gone.name, "bob") == 0 &&
           told->event.gone.erased == erased;
}

static void who_is_disabled_is_gone_for_those_who_watch_and_may_return(void)
{
    set_up();
    struct admin_act act = act_of("ann");
    CHECK(admin_user_disable(portal, &act, SLICE("bob"), true) == OK);
    (void)testports_run(&ports);
    portal_tick(portal, 5000);
    CHECK(told_gone(cyd, false));
    CHECK(testports_count(&ports, ann, EVENT_GONE) == 0);
    const struct user *watched[PORTAL_WATCHES_MAX];
    CHECK(portal_watch(portal, cyd, &SLICE("bob"), 1) == OK);
    CHECK(portal_watched(portal, cyd, watched) == 0);
    testports_clear_told(&ports);
    CHECK(admin_user_disable(portal, &act, SLICE("bob"), false) == OK);
    (void)testports_run(&ports);
    portal_tick(portal, 8000);
    CHECK(testports_count(&ports, cyd, EVENT_PERSON) == 1);
    tear_down();
}

static void who_is_erased_is_gone_for_everybody_and_for_good(void)
{
    set_up();
    CHECK(erase("ann", "bob") == OK);
    CHECK(answers == 0);
    (void)testports_run(&ports);
    CHECK(answers == 1 && answer == OK);
    CHECK(testports_ended(&ports, bob, NULL)); /* disabled, before anything was erased */
    CHECK(strcmp(ports.erased, "bob") == 0);
    CHECK(strcmp(ports.erase_audit.act, "user-erased") == 0);
    CHECK(strcmp(ports.erase_audit.by_name, "ann") == 0);
    CHECK(strncmp(ports.erase_audit.target, "deleted-", 8) == 0);
    synchronise();
    CHECK(told_gone(ann, true) && told_gone(cyd, true));
    testports_clear_told(&ports);
    portal_tick(portal, 8000);
    CHECK(testports_count(&ports, 0, EVENT_GONE) + testports_count(&ports, 0, EVENT_PERSON) == 0);
    const struct user *found[4];
    uint32_t total = 0;
    CHECK(admin_people(portal, SLICE(""), 0, 4, found, &total) == 2 && total == 2);
    struct admin_act act = act_of("ann");
    CHECK(admin_user_disable(portal, &act, slice_text(ports.erase_audit.target), false) ==
          ERR_NOT_FOUND);
    CHECK(erase("ann", "bob") == ERR_NOT_FOUND);
    CHECK(erase("ann", ports.erase_audit.target) == ERR_NOT_FOUND);
    tear_down();
}

static void nobody_erases_himself_the_last_administrator_or_without_the_group(void)
{
    set_up();
    CHECK(erase("bob", "cyd") == ERR_NOT_FOUND);
    CHECK(erase("ann", "ann") == ERR_STATE);
    put_administrator("cyd");
    CHECK(erase("ann", "ann") == ERR_FORBIDDEN);
    CHECK(ports.write_count == 0 && ports.erased[0] == '\0');
    tear_down();
}

static void what_the_store_refuses_is_told(void)
{
    set_up();
    ports.keep_err = ERR_IO;
    CHECK(erase("ann", "bob") == OK);
    (void)testports_run(&ports);
    CHECK(answer == ERR_IO && ports.erased[0] == '\0');
    CHECK(!testports_ended(&ports, bob, NULL));
    ports.keep_err = OK;
    CHECK(erase("ann", "bob") == OK);
    CHECK(testports_step(&ports));
    CHECK(ports.erased[0] != '\0' && answers == 1);
    tear_down();
}

UNIT(who_is_disabled_is_gone_for_those_who_watch_and_may_return,
     who_is_erased_is_gone_for_everybody_and_for_good,
     nobody_erases_himself_the_last_administrator_or_without_the_group,
     what_the_store_refuses_is_told)
