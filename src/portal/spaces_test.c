/* SPDX-License-Identifier: Apache-2.0 */
/* Spaces: who may do what in one, who owns it, and that its room goes with it. */
#include "portal/spaces.h"

#include "portal/chat.h"
#include "portal/testports.h"
#include "unit.h"

#define NOW_MS 1000

static struct testports ports;
static struct portal *portal;
static enum err answered;

static void on_done(void *arg, enum err err, const char *why)
{
    (void)arg;
    (void)why;
    answered = err;
}

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
    portal = NULL;
}

/* Ann, Bob, Cyd and Dan, and a portal of these limits. */
static void set_up(struct portal_limits limits)
{
    static const char *const names[] = {"ann", "bob", "cyd", "dan"};
    unit_finally(tear_down);
    testports_init(&ports, 1);
    struct portal_params params = {
        .ports = testports_ports(&ports), .limits = limits, .at_ms = 1000000000};
    portal = NULL;
    CHECK(portal_create(&params, &portal) == OK);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        CHECK(testports_add_user(portal, names[i], NULL) == OK);
    }
}

static struct id user(const char *name)
{
    return testports_user_id(name);
}

/* What became of it: an error at once, or after the commit. */
static enum err settle(enum err err)
{
    answered = ERR_BUSY;
    (void)testports_run(&ports);
    return err == OK ? answered : err;
}

static enum err make(const char *who, const char *name)
{
    struct id by = user(who);
    const struct portal_space space = {
        .name = slice_text(name), .title = SLICE("Title"), .description = SLICE("About")};
    return settle(portal_space_make(portal, &by, &space, NOW_MS, on_done, NULL));
}

static enum err change(const char *who, const char *title, const char *description)
{
    struct id by = user(who);
    const struct portal_space space = {
        .name = SLICE("club"), .title = slice_text(title), .description = slice_text(description)};
    return settle(portal_space_change(portal, &by, &space, NOW_MS, on_done, NULL));
}

static enum err invite(const char *who, const char *whom)
{
    struct id by = user(who);
    return settle(
        portal_space_invite(portal, &by, SLICE("club"), slice_text(whom), NOW_MS, on_done, NULL));
}

static enum err join(const char *who)
{
    struct id by = user(who);
    return settle(portal_space_join(portal, &by, SLICE("club"), NOW_MS, on_done, NULL));
}

static enum err take_out(const char *who, const char *whom)
{
    struct id by = user(who);
    return settle(
        portal_space_remove(portal, &by, SLICE("club"), slice_text(whom), NOW_MS, on_done, NULL));
}

/* As this person sees it; false: there is none for him. */
static bool see(const char *who, struct space_view *out)
{
    struct id by = user(who);
    return portal_space_view(portal, &by, SLICE("club"), out) == OK;
}

static void who_makes_a_space_owns_it_and_its_room(void)
{
    struct space_view view;
    set_up(testports_limits());
    CHECK(make("ann", "club") == OK && see("ann", &view));
    CHECK(view.member && !view.invited && view.members == 1);
    CHECK(strcmp(view.owner->name, "ann") == 0 && strcmp(view.space->title, "Title") == 0);
    CHECK(!id_equal(&view.room, &(struct id){{0}}));
    CHECK(!see("bob", &view)); /* as if it did not exist */
    CHECK(make("bob", "club") == ERR_EXISTS);
    CHECK(make("bob", "No name") == ERR_INVALID && make("nobody", "other") == ERR_NOT_FOUND);
    struct id by = user("ann");
    const struct portal_space untitled = {.name = SLICE("untitled")};
    CHECK(portal_space_make(portal, &by, &untitled, NOW_MS, on_done, NULL) == ERR_INVALID);
    tear_down();
}

static void only_the_owner_changes_what_it_says(void)
{
    struct space_view view;
    set_up(testports_limits());
    CHECK(make("ann", "club") == OK && invite("ann", "bob") == OK && join("bob") == OK);
    CHECK(change("bob", "Mine", "") == ERR_FORBIDDEN && change("cyd", "Mine", "") == ERR_NOT_FOUND);
    CHECK(change("ann", "", "") == ERR_INVALID && change("ann", "a", "\r") == ERR_INVALID);
    CHECK(change("ann", "Chess", "On Fridays") == OK && see("bob", &view));
    CHECK(strcmp(view.space->title, "Chess") == 0);
    CHECK(strcmp(view.space->description, "On Fridays") == 0);
    tear_down();
}

static void who_is_invited_sees_it_and_may_join_or_refuse(void)
{
    struct space_view view;
    struct id bob = user("bob");
    const struct user *people[4];
    set_up(testports_limits());
    CHECK(make("ann", "club") == OK);
    CHECK(join("bob") == ERR_NOT_FOUND && invite("bob", "cyd") == ERR_NOT_FOUND);
    CHECK(invite("ann", "nobody") == ERR_NOT_FOUND);
    CHECK(invite("ann", "bob") == OK && see("bob", &view) && view.invited && !view.member);
    CHECK(invite("bob", "cyd") == ERR_FORBIDDEN); /* he is not in it yet */
    CHECK(portal_spaces(portal, &bob, NULL, 0) == 1);
    CHECK(portal_space_people(portal, &bob, SLICE("club"), people, 4) == 1);
    CHECK(join("bob") == OK && see("bob", &view) && view.member && view.members == 2);
    CHECK(invite("ann", "bob") == OK && see("bob", &view) && view.member); /* he stays a member */
    CHECK(join("bob") == OK && see("bob", &view) && view.members == 2);
    CHECK(invite("bob", "cyd") == OK && take_out("cyd", "cyd") == OK && !see("cyd", &view));
    CHECK(portal_space_people(portal, &bob, SLICE("club"), people, 1) == 2);
    CHECK(strcmp(people[0]->name, "ann") == 0);
    struct id dan = user("dan");
    CHECK(portal_space_people(portal, &dan, SLICE("club"), people, 4) == 0);
    CHECK(portal_spaces(portal, &dan, NULL, 0) == 0);
    tear_down();
}

static void an_owner_who_leaves_hands_on_to_who_joined_first(void)
{
    struct space_view view;
    set_up(testports_limits());
    CHECK(make("ann", "club") == OK && invite("ann", "dan") == OK);
    CHECK(invite("ann", "bob") == OK && join("bob") == OK);
    CHECK(invite("ann", "cyd") == OK && join("cyd") == OK);
    CHECK(take_out("cyd", "bob") == ERR_FORBIDDEN && take_out("dan", "bob") == ERR_FORBIDDEN);
    CHECK(take_out("ann", "nobody") == ERR_NOT_FOUND && take_out("nobody", "bob") == ERR_NOT_FOUND);
    CHECK(take_out("ann", "ann") == OK && !see("ann", &view) && see("bob", &view));
    CHECK(strcmp(view.owner->name, "bob") == 0);               /* not Dan, who is only invited */
    CHECK(take_out("bob", "dan") == OK && !see("dan", &view)); /* takes the invitation back */
    CHECK(take_out("bob", "cyd") == OK && !see("cyd", &view) && see("bob", &view));
    CHECK(view.members == 1 && take_out("bob", "bob") == OK && !see("bob", &view));
    CHECK(make("cyd", "club") == OK && see("cyd", &view) &&
          view.members == 1); /* it is free again */
    tear_down();
}

static void nobody_has_more_spaces_than_the_limits(void)
{
    struct portal_limits limits = testports_limits();
    limits.rooms_per_user_max = 2;
    limits.spaces_max = 3;
    set_up(limits);
    CHECK(make("ann", "club") == OK && make("ann", "two") == OK);
    CHECK(make("ann", "three") == ERR_LIMIT);                              /* of one person */
    CHECK(make("bob", "three") == OK && make("cyd", "four") == ERR_LIMIT); /* of all */
    CHECK(invite("ann", "bob") == OK);
    CHECK(invite("ann", "ann") == ERR_LIMIT); /* has as many as he may be in */
    tear_down();
    limits = testports_limits();
    limits.room_members_max = 2;
    set_up(limits);
    CHECK(make("ann", "club") == OK && invite("ann", "bob") == OK);
    CHECK(invite("ann", "cyd") == ERR_LIMIT);
    tear_down();
}

static void what_was_not_kept_has_not_happened(void)
{
    struct space_view view;
    set_up(testports_limits());
    ports.keep_err = ERR_IO;
    CHECK(make("ann", "club") == ERR_IO && !see("ann", &view));
    ports.keep_err = OK;
    CHECK(make("ann", "club") == OK && invite("ann", "bob") == OK);
    ports.keep_err = ERR_IO;
    CHECK(join("bob") == ERR_IO && see("bob", &view) && !view.member);
    CHECK(change("ann", "Other", "") == ERR_IO && strcmp(view.space->title, "Title") == 0);
    CHECK(take_out("ann", "bob") == ERR_IO && see("bob", &view) && view.invited);
    tear_down();
}

UNIT(who_makes_a_space_owns_it_and_its_room, only_the_owner_changes_what_it_says,
     who_is_invited_sees_it_and_may_join_or_refuse,
     an_owner_who_leaves_hands_on_to_who_joined_first, nobody_has_more_spaces_than_the_limits,
     what_was_not_kept_has_not_happened)
