/* SPDX-License-Identifier: Apache-2.0 */
/* What administrators do: that others may do none of it, that one of them stays, and the limits. */
#include "portal/admin.h"

#include <stdio.h>

#include "portal/testports.h"
#include "unit.h"

#define NOW_MS 1000
#define NOW_S 1000000

static struct testports ports;
static struct portal *portal;
static enum err answered;
static unsigned links; /* that were handed out */

static void on_done(void *arg, enum err err, const char *why)
{
    (void)arg;
    (void)why;
    answered = err;
}

static void on_link(void *arg, enum err err, const uint8_t token[TOKEN_BYTES], int64_t expires_s)
{
    (void)arg;
    (void)token;
    (void)expires_s;
    answered = err;
    links += err == OK ? 1 : 0;
}

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
    portal = NULL;
}

static struct admin_act act_of(const char *who)
{
    return (struct admin_act){
        .by = testports_user_id(who), .now_s = NOW_S, .now_ms = NOW_MS, .on_done = on_done};
}

/* What became of it: an error at once, or after the commit. */
static enum err settle(enum err err)
{
    answered = ERR_BUSY;
    (void)testports_run(&ports);
    return err == OK ? answered : err;
}

static enum err group(const char *by, const char *who, const char *name, bool member)
{
    struct admin_act act = act_of(by);
    return settle(admin_user_group(portal, &act, slice_text(who), slice_text(name), member));
}

static enum err disable(const char *by, const char *who, bool disabled)
{
    struct admin_act act = act_of(by);
    return settle(admin_user_disable(portal, &act, slice_text(who), disabled));
}

static enum err reset(const char *by, const char *who)
{
    struct admin_act act = act_of(by);
    return settle(admin_user_reset(portal, &act, slice_text(who), on_link));
}

/* As at start: Ann is the administrator, Bob and Cyd are not. */
static void set_up(struct portal_limits limits)
{
    static const char *const names[] = {"ann", "bob", "cyd"};
    struct change change = {.kind = CHANGE_GROUP_PUT};
    unit_finally(tear_down);
    testports_init(&ports, 1);
    struct portal_params params = {
        .ports = testports_ports(&ports), .limits = limits, .at_ms = 1000000000};
    portal = NULL;
    links = 0;
    CHECK(portal_create(&params, &portal) == OK);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        CHECK(testports_add_user(portal, names[i], "secret") == OK);
    }
    (void)snprintf(change.membership.group, sizeof(change.membership.group), "%s",
                   GROUP_ADMINISTRATORS);
    change.membership.user = testports_user_id("ann");
    CHECK(portal_restore(portal, &change) == OK);
    change.kind = CHANGE_MEMBERSHIP_PUT;
    CHECK(portal_restore(portal, &change) == OK);
}

static void who_is_no_administrator_finds_nothing_to_do(void)
{
    static const char *const others[] = {"bob", "nobody"};
    const struct id some = {{1}};
    set_up(testports_limits());
    for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
        struct admin_act act = act_of(others[i]);
        CHECK(!admin_may(portal, &act.by));
        CHECK(disable(others[i], "ann", true) == ERR_NOT_FOUND);
        CHECK(group(others[i], others[i], GROUP_ADMINISTRATORS, true) == ERR_NOT_FOUND);
        CHECK(reset(others[i], "ann") == ERR_NOT_FOUND);
        CHECK(admin_phones_switch(portal, &act, true) == ERR_NOT_FOUND);
        CHECK(admin_connector_switch(portal, &act, SLICE("webrtc"), false) == ERR_NOT_FOUND);
        CHECK(admin_settings_put(portal, &act, SLICE("webrtc"), NULL, 0) == ERR_NOT_FOUND);
        CHECK(admin_invitation_withdraw(portal, &act, &some) == ERR_NOT_FOUND);
        CHECK(admin_call_end(portal, &act, &some) == ERR_NOT_FOUND);
    }
    CHECK(disable("bob", "bob", false) == ERR_NOT_FOUND && links == 0);
    CHECK(disable("ann", "nobody", true) == ERR_NOT_FOUND);
    CHECK(ports.kept == NULL); /* and nothing of it was written */
    tear_down();
}

static void the_last_administrator_stays(void)
{
    struct id bob = testports_user_id("bob");
    set_up(testports_limits());
    CHECK(disable("ann", "ann", true) == ERR_STATE);
    CHECK(group("ann", "ann", GROUP_ADMINISTRATORS, false) == ERR_STATE);
    CHECK(group("ann", "bob", GROUP_ADMINISTRATORS, true) == OK && admin_may(portal, &bob));
    CHECK(disable("ann", "bob", true) == OK && !admin_may(portal, &bob));
    CHECK(disable("bob", "cyd", true) == ERR_NOT_FOUND); /* who is disabled may nothing */
    CHECK(disable("ann", "ann", true) == ERR_STATE);     /* the other one cannot sign in */
    CHECK(disable("ann", "bob", false) == OK && admin_may(portal, &bob));
    CHECK(group("bob", "ann", GROUP_ADMINISTRATORS, false) == OK);
    CHECK(disable("bob", "bob", true) == ERR_STATE);
    tear_down();
}

static void groups_have_names_and_limits(void)
{
    const char *names[16];
    char name[32];
    struct portal_limits limits = testports_limits();
    limits.groups_max = 3;
    set_up(limits);
    CHECK(group("ann", "bob", "Not a name", true) == ERR_INVALID);
    CHECK(group("ann", "bob", "sales", true) == OK && group("ann", "bob", "sales", true) == OK);
    CHECK(group("ann", "bob", "office", true) == OK);
    CHECK(group("ann", "bob", "fourth", true) == ERR_LIMIT);
    CHECK(group("ann", "cyd", "sales", true) == OK); /* it is there already */
    CHECK(admin_groups(portal, names, 16) == 3 && admin_groups(portal, names, 2) == 2);
    CHECK(group("ann", "bob", "sales", false) == OK);
    tear_down();
    limits.groups_max = 1000;
    set_up(limits);
    for (int i = 0; i < GROUPS_PER_USER_MAX; i++) {
        (void)snprintf(name, sizeof(name), "g%d", i);
        CHECK(group("ann", "bob", name, true) == OK);
    }
    CHECK(group("ann", "bob", "more", true) == ERR_LIMIT);
    tear_down();
}

/* Of one person there is one link; each new one takes the place of those before. */
static void a_new_password_link_ends_the_old_ones(void)
{
    const struct invitation *list[8];
    struct admin_act act = act_of("ann");
    struct portal_limits limits = testports_limits();
    limits.invitations_max = 2;
    set_up(limits);
    CHECK(reset("ann", "bob") == OK && reset("ann", "bob") == OK && links == 2);
    CHECK(admin_invitations(portal, NOW_S, list, 8) == 1);
    CHECK(list[0]->kind == INVITATION_PASSWORD);
    CHECK(reset("ann", "cyd") == OK && admin_invitations(portal, NOW_S, list, 8) == 2);
    CHECK(admin_invitations(portal, NOW_S, list, 1) == 1);
    CHECK(reset("ann", "ann") == ERR_LIMIT);
    CHECK(reset("ann", "bob") == OK); /* it makes its own room */
    CHECK(admin_invitations(portal, INT64_MAX, list, 8) == 0);
    CHECK(admin_invitations(portal, NOW_S, list, 8) == 2);
    struct id first = list[0]->id;
    CHECK(settle(admin_invitation_withdraw(portal, &act, &first)) == OK);
    CHECK(admin_invitation_withdraw(portal, &act, &first) == ERR_NOT_FOUND);
    CHECK(admin_invitations(portal, NOW_S, list, 8) == 1);
    CHECK(disable("ann", "cyd", true) == OK && reset("ann", "cyd") == ERR_STATE);
    tear_down();
}

static void what_is_not_kept_is_not_done(void)
{
    struct id bob = testports_user_id("bob");
    struct admin_act act = act_of("ann");
    static struct setting settings[ADMIN_SETTINGS_MAX + 1];
    set_up(testports_limits());
    ports.keep_err = ERR_IO;
    CHECK(group("ann", "bob", GROUP_ADMINISTRATORS, true) == ERR_IO && !admin_may(portal, &bob));
    CHECK(reset("ann", "bob") == ERR_IO && links == 0);
    CHECK(disable("ann", "bob", true) == ERR_IO);
    ports.keep_err = OK;
    CHECK(reset("ann", "bob") == OK && links == 1); /* he is not disabled */
    CHECK(settle(admin_phones_switch(portal, &act, false)) == OK);
    CHECK(admin_settings_seed(portal, "webrtc", settings, ADMIN_SETTINGS_MAX + 1, on_done, NULL) ==
          ERR_LIMIT);
    tear_down();
}

UNIT(who_is_no_administrator_finds_nothing_to_do, the_last_administrator_stays,
     groups_have_names_and_limits, a_new_password_link_ends_the_old_ones,
     what_is_not_kept_is_not_done)
