/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out, links, and what people change about themselves. */
#include "portal/testports.h"

#include <stdio.h>

#include "unit.h"

#define PASSWORD "correct horse"
#define NEW_PASSWORD "battery staple"

static struct testports ports;
static struct portal *portal;

static struct {
    unsigned count;
    enum err err;
    struct portal_login login;
    uint8_t token[TOKEN_BYTES];
    int64_t expires_s;
} answer;

static void tear_down(void)
{
    portal_destroy(portal);
    testports_fini(&ports);
}

static void set_up(const struct portal_limits *limits)
{
    memset(&answer, 0, sizeof answer);
    testports_init(&ports, 7);
    struct portal_params params = {.ports = testports_ports(&ports), .limits = *limits};
    portal = NULL;
    unit_finally(tear_down);
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", PASSWORD) == OK);
    CHECK(testports_add_user(portal, "bob", PASSWORD) == OK);
}

static void set_up_usual(void)
{
    struct portal_limits limits = testports_limits();
    set_up(&limits);
}

static void on_login(void *arg, enum err err, const struct portal_login *login)
{
    (void)arg;
    answer.count++;
    answer.err = err;
    if (login != NULL) {
        answer.login = *login;
    }
}

static void on_join(void *arg, enum err err, const char *why, const struct portal_login *login)
{
    (void)why;
    on_login(arg, err, login);
}

static void on_done(void *arg, enum err err, const char *why)
{
    (void)why;
    on_login(arg, err, NULL);
}

static void on_invite(void *arg, enum err err, const uint8_t token[TOKEN_BYTES], int64_t expires_s)
{
    on_login(arg, err, NULL);
    if (err == OK) {
        memcpy(answer.token, token, TOKEN_BYTES);
        answer.expires_s = expires_s;
    }
}

static MUST_USE enum err begin_login(const char *name, const char *password, int64_t now_s)
{
    return portal_login(portal, slice_text(name), slice_text(password), SLICE("Browser"),
                        SLICE("192.0.2.7"), now_s, 0, on_login, NULL);
}

static MUST_USE enum err log_in(const char *name, const char *password, int64_t now_s)
{
    enum err err = begin_login(name, password, now_s);
    (void)testports_run(&ports);
    return err != OK ? err : answer.err;
}

static MUST_USE enum err authenticate(const uint8_t token[TOKEN_BYTES], int64_t now_s)
{
    const struct login *login = NULL;
    const struct user *user = NULL;
    return portal_authenticate(portal, token, now_s, &login, &user);
}

static void the_right_password_signs_in_after_the_commit(void)
{
    set_up_usual();
    CHECK(begin_login("ann", PASSWORD, 100) == OK);
    CHECK(testports_step(&ports)); /* verified */
    CHECK(answer.count == 0 && ports.write_count == 1);
    CHECK(testports_step(&ports)); /* kept */
    CHECK(answer.count == 1 && answer.err == OK);
    CHECK(authenticate(answer.login.token, 101) == OK);
    CHECK(strcmp(answer.login.login.address, "192.0.2.7") == 0);
    CHECK(strcmp(answer.login.login.agent, "Browser") == 0);
    answer.login.token[5] ^= 1;
    CHECK(authenticate(answer.login.token, 101) == ERR_UNAUTHORIZED);
    tear_down();
}

static void wrong_unknown_and_disabled_look_the_same(void)
{
    set_up_usual();
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user = *portal_user_by_name(portal, SLICE("bob"));
    change.user.disabled = true;
    CHECK(portal_restore(portal, &change) == OK);
    const char *names[] = {"ann", "nobody", "bob", ""};
    for (unsigned i = 0; i < 4; i++) {
        CHECK(log_in(names[i], i == 2 ? PASSWORD : "wrong", 0) == ERR_UNAUTHORIZED);
        CHECK(ports.verify_count == i + 1);
        CHECK(ports.write_count == 2 * (i + 1)); /* the failures, nothing else */
    }
    tear_down();
}

/* A new process that finds what the old one has kept. */
static void restart(uint64_t now_ms, int64_t now_s)
{
    struct portal_params params = {.ports = testports_ports(&ports),
                                   .limits = testports_limits(),
                                   .now_ms = now_ms,
                                   .at_ms = now_s * 1000};
    portal_destroy(portal);
    portal = NULL;
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", PASSWORD) == OK);
    CHECK(testports_add_user(portal, "bob", PASSWORD) == OK);
    for (const struct test_change *kept = ports.kept; kept != NULL; kept = kept->next) {
        /* Of the same key the last one counts, as in the store: put in from the end. */
        const struct test_change *last = kept;
        for (const struct test_change *at = kept; at != NULL; at = at->next) {
            if (at->change.kind == CHANGE_ATTEMPTS_PUT &&
                id_equal(&at->change.attempts.key, &kept->change.attempts.key)) {
                last = at;
            }
        }
        if (kept->change.kind == CHANGE_ATTEMPTS_PUT) {
            CHECK(portal_restore(portal, &last->change) == OK);
        }
    }
}

static void a_connected_tab_ends_with_its_sign_in(void)
{
    struct portal_limits limits = testports_limits();
    limits.login_idle_s = 1000;
    limits.login_absolute_s = 5000;
    set_up(&limits);
    session_id idle = 0;
    session_id active = 0;
    CHECK(log_in("ann", PASSWORD, 0) == OK);
    CHECK(portal_session_open(portal, &answer.login.login.id, 0, &idle) == OK);
    CHECK(log_in("bob", PASSWORD, 0) == OK);
    CHECK(portal_session_open(portal, &answer.login.login.id, 0, &active) == OK);
    portal_session_active(portal, active, 200); /* too early to slide */
    unsigned before = ports.write_count;
    portal_session_active(portal, active, 900);
    CHECK(ports.write_count == before + 1);
    portal_expire(portal, 1000, 0);
    CHECK(!testports_ended(&ports, idle, NULL));
    portal_expire(portal, 1001, 0);
    enum session_end why = SESSION_END_LIMIT;
    CHECK(testports_ended(&ports, idle, &why) && why == SESSION_END_LOGGED_OUT);
    CHECK(!testports_ended(&ports, active, NULL));
    for (int64_t now_s = 1900; now_s < 5000; now_s += 500) {
        portal_session_active(portal, active, now_s);
        portal_expire(portal, now_s + 1, 0);
        CHECK(!testports_ended(&ports, active, NULL));
    }
    portal_session_active(portal, active, 5000);
    portal_expire(portal, 5000, 0);
    CHECK(testports_ended(&ports, active, NULL));
    portal_session_active(portal, active, 5001); /* of a session that has gone: nothing */
    (void)testports_run(&ports);
    tear_down();
}

static void failures_are_remembered_over_a_restart_for_a_while(void)
{
    set_up_usual();
    restart(5000, 1000000);
    for (int i = 0; i < 10; i++) {
        CHECK(portal_login(portal, SLICE("ann"), SLICE("wrong"), SLICE(""), SLICE("192.0.2.7"),
                           1000000, 5000, on_login, NULL) == OK);
        (void)testports_run(&ports);
    }
    unsigned before = ports.write_count;
    restart(70, 1000010);
    CHECK(log_in("ann", PASSWORD, 1000010) == ERR_LIMIT);
    CHECK(log_in("bob", PASSWORD, 1000010) == OK);
    CHECK(ports.write_count == before + 1); /* who is right writes only the sign-in */
    restart(0, 1000000 + 2 * 900);
    CHECK(log_in("ann", PASSWORD, 1000000 + 2 * 900) == OK);
    tear_down();
}

static void ten_failures_close_the_account_for_a_while(void)
{
    set_up_usual();
    for (int i = 0; i < 10; i++) {
        CHECK(log_in("ann", "wrong", 0) == ERR_UNAUTHORIZED);
    }
    CHECK(log_in("ann", PASSWORD, 0) == ERR_LIMIT);
    CHECK(ports.verify_count == 10);
    CHECK(log_in("bob", PASSWORD, 0) == OK);
    tear_down();
}

static void right_passwords_do_not_count_as_failures(void)
{
    set_up_usual();
    for (int i = 0; i < 40; i++) {
        CHECK(log_in("ann", PASSWORD, i) == OK);
    }
    tear_down();
}

static void many_attempts_at_once_do_not_slip_through(void)
{
    set_up_usual();
    for (int i = 0; i < 10; i++) {
        CHECK(begin_login("ann", "wrong", 0) == OK);
    }
    CHECK(begin_login("ann", "wrong", 0) == ERR_LIMIT);
    CHECK(testports_run(&ports) == 30); /* each is kept for the account and the network */
    tear_down();
}

static void a_full_pool_is_said_and_not_counted(void)
{
    set_up_usual();
    ports.password_err = ERR_BUSY;
    for (int i = 0; i < 20; i++) {
        CHECK(log_in("ann", PASSWORD, 0) == ERR_BUSY);
    }
    ports.password_err = OK;
    CHECK(log_in("ann", PASSWORD, 0) == OK);
    tear_down();
}

static void what_was_not_kept_did_not_happen(void)
{
    set_up_usual();
    ports.keep_err = ERR_IO;
    CHECK(log_in("ann", PASSWORD, 0) == ERR_IO);
    struct id id = testports_user_id("ann");
    const struct login *logins[2];
    CHECK(portal_logins(portal, &id, logins, 2) == 0);
    tear_down();
}

static void the_oldest_sign_in_ends_at_the_limit(void)
{
    struct portal_limits limits = testports_limits();
    limits.logins_per_user_max = 2;
    set_up(&limits);
    CHECK(log_in("ann", PASSWORD, 100) == OK);
    struct portal_login first = answer.login;
    session_id session = 0;
    CHECK(portal_session_open(portal, &first.login.id, 0, &session) == OK);
    CHECK(log_in("ann", PASSWORD, 200) == OK);
    CHECK(log_in("ann", PASSWORD, 300) == OK);
    CHECK(authenticate(first.token, 301) == ERR_UNAUTHORIZED);
    CHECK(authenticate(answer.login.token, 301) == OK);
    CHECK(testports_ended(&ports, session, NULL));
    struct id id = testports_user_id("ann");
    const struct login *logins[3];
    CHECK(portal_logins(portal, &id, logins, 3) == 2);
    CHECK(logins[0]->created_s == 300 && logins[1]->created_s == 200);
    tear_down();
}

static void a_sign_in_slides_and_expires(void)
{
    struct portal_limits limits = testports_limits();
    limits.login_idle_s = 1000;
    limits.login_absolute_s = 3000;
    set_up(&limits);
    CHECK(log_in("ann", PASSWORD, 0) == OK);
    struct portal_login one = answer.login;
    CHECK(log_in("ann", PASSWORD, 0) == OK);
    for (int64_t now_s = 900; now_s < 3000; now_s += 900) {
        CHECK(authenticate(one.token, now_s) == OK);
    }
    CHECK(authenticate(answer.login.token, 1001) == ERR_UNAUTHORIZED);
    CHECK(authenticate(one.token, 2999) == OK);
    CHECK(authenticate(one.token, 3000) == ERR_UNAUTHORIZED);
    tear_down();
}

static void only_the_own_sign_in_can_be_ended(void)
{
    set_up_usual();
    CHECK(log_in("ann", PASSWORD, 0) == OK);
    struct portal_login login = answer.login;
    session_id session = 0;
    CHECK(portal_session_open(portal, &login.login.id, 0, &session) == OK);
    struct id ann = testports_user_id("ann");
    struct id bob = testports_user_id("bob");
    CHECK(portal_logout(portal, &bob, &login.login.id, 1, on_done, NULL) == ERR_NOT_FOUND);
    CHECK(portal_logout(portal, &ann, &login.login.id, 1, on_done, NULL) == OK);
    CHECK(!testports_ended(&ports, session, NULL));
    CHECK(testports_run(&ports) == 1 && answer.err == OK);
    enum session_end why = SESSION_END_LIMIT;
    CHECK(testports_ended(&ports, session, &why) && why == SESSION_END_LOGGED_OUT);
    CHECK(authenticate(login.token, 1) == ERR_UNAUTHORIZED);
    tear_down();
}

static void a_new_password_ends_all_other_sign_ins(void)
{
    set_up_usual();
    CHECK(log_in("ann", PASSWORD, 0) == OK);
    struct portal_login other = answer.login;
    CHECK(log_in("ann", PASSWORD, 1) == OK);
    struct portal_login mine = answer.login;
    struct id ann = testports_user_id("ann");
    CHECK(portal_set_password(portal, &ann, &mine.login.id, SLICE("wrong"), SLICE(NEW_PASSWORD), 0,
                              on_done, NULL) == OK);
    (void)testports_run(&ports);
    CHECK(answer.err == ERR_UNAUTHORIZED);
    CHECK(portal_set_password(portal, &ann, &mine.login.id, SLICE(PASSWORD), SLICE("short"), 0,
                              on_done, NULL) == ERR_INVALID);
    CHECK(portal_set_password(portal, &ann, &mine.login.id, SLICE(PASSWORD), SLICE(NEW_PASSWORD), 0,
                              on_done, NULL) == OK);
    (void)testports_run(&ports);
    CHECK(answer.err == OK);
    CHECK(authenticate(mine.token, 2) == OK);
    CHECK(authenticate(other.token, 2) == ERR_UNAUTHORIZED);
    CHECK(log_in("ann", PASSWORD, 3) == ERR_UNAUTHORIZED);
    CHECK(log_in("ann", NEW_PASSWORD, 3) == OK);
    tear_down();
}

static void an_old_password_on_its_way_does_not_outlive_the_change(void)
{
    set_up_usual();
    CHECK(log_in("ann", PASSWORD, 0) == OK);
    struct id mine = answer.login.login.id;
    struct id ann = testports_user_id("ann");
    CHECK(portal_set_password(portal, &ann, &mine, SLICE(PASSWORD), SLICE(NEW_PASSWORD), 0, on_done,
                              NULL) == OK);
    CHECK(testports_step(&ports)); /* the old one is right, the new one is being hashed */
    CHECK(testports_step(&ports)); /* the change is being kept */
    CHECK(begin_login("ann", PASSWORD, 1) == OK);
    /* its answer stands behind that of the store */
    (void)testports_run(&ports);
    CHECK(answer.err == ERR_UNAUTHORIZED);
    const struct login *logins[3];
    CHECK(portal_logins(portal, &ann, logins, 3) == 1);
    CHECK(id_equal(&logins[0]->id, &mine));
    tear_down();
}

static void make_administrator(const char *name)
{
    struct change change = {.kind = CHANGE_MEMBERSHIP_PUT};
    change.membership.user = testports_user_id(name);
    (void)snprintf(change.membership.group, sizeof change.membership.group, "%s",
                   GROUP_ADMINISTRATORS);
    CHECK(portal_restore(portal, &change) == OK);
}

static struct portal_join join_of(const char *name)
{
    return (struct portal_join){.name = slice_text(name),
                                .full_name = SLICE("New Person"),
                                .email = SLICE("new@example.org"),
                                .password = SLICE(NEW_PASSWORD),
                                .agent = SLICE("Browser"),
                                .address = SLICE("192.0.2.8")};
}

static MUST_USE enum err join(const uint8_t token[TOKEN_BYTES], const char *name)
{
    struct portal_join person = join_of(name);
    enum err err = portal_join(portal, token, &person, 20, 0, on_join, NULL);
    (void)testports_run(&ports);
    return err != OK ? err : answer.err;
}

static void invite(enum invitation_kind kind)
{
    struct id ann = testports_user_id("ann");
    CHECK(portal_invite(portal, &ann, kind, 10, on_invite, NULL) == OK);
    CHECK(testports_run(&ports) == 1 && answer.err == OK);
}

static void a_link_makes_one_account(void)
{
    set_up_usual();
    make_administrator("ann");
    invite(INVITATION_MEMBER);
    const struct invitation *invitation = NULL;
    CHECK(portal_invitation_find(portal, answer.token, 20, &invitation) == OK);
    CHECK(join(answer.token, "bob") == ERR_EXISTS);
    CHECK(join(answer.token, "Not A Name") == ERR_INVALID);
    CHECK(join(answer.token, "new") == OK);
    CHECK(authenticate(answer.login.token, 21) == OK);
    CHECK(join(answer.token, "newer") == ERR_NOT_FOUND);
    CHECK(log_in("new", NEW_PASSWORD, 30) == OK);
    struct id id = portal_user_by_name(portal, SLICE("new"))->id;
    CHECK(!portal_user_is_in(portal, &id, GROUP_ADMINISTRATORS));
    tear_down();
}

static void a_link_for_an_administrator_makes_one(void)
{
    set_up_usual();
    CHECK(portal_invite(portal, NULL, INVITATION_ADMINISTRATOR, 10, on_invite, NULL) == OK);
    CHECK(testports_run(&ports) == 1);
    CHECK(join(answer.token, "boss") == OK);
    const struct user *user = portal_user_by_name(portal, SLICE("boss"));
    CHECK(user != NULL && portal_user_is_in(portal, &user->id, GROUP_ADMINISTRATORS));
    tear_down();
}

static void only_administrators_invite_and_only_so_many(void)
{
    set_up_usual();
    make_administrator("ann");
    struct id bob = testports_user_id("bob");
    CHECK(portal_invite(portal, &bob, INVITATION_MEMBER, 10, on_invite, NULL) == ERR_FORBIDDEN);
    for (int i = 0; i < 4; i++) {
        invite(INVITATION_MEMBER);
    }
    struct id ann = testports_user_id("ann");
    CHECK(portal_invite(portal, &ann, INVITATION_MEMBER, 10, on_invite, NULL) == ERR_LIMIT);
    int64_t later_s = answer.expires_s;
    const struct invitation *invitation = NULL;
    CHECK(portal_invitation_find(portal, answer.token, later_s, &invitation) == ERR_NOT_FOUND);
    CHECK(portal_invite(portal, &ann, INVITATION_MEMBER, later_s, on_invite, NULL) == OK);
    (void)testports_run(&ports);
    tear_down();
}

static void a_link_pressed_twice_at_once_is_used_once(void)
{
    set_up_usual();
    make_administrator("ann");
    invite(INVITATION_MEMBER);
    uint8_t token[TOKEN_BYTES];
    memcpy(token, answer.token, sizeof token);
    struct portal_join one = join_of("one");
    struct portal_join two = join_of("two");
    CHECK(portal_join(portal, token, &one, 20, 0, on_join, NULL) == OK);
    CHECK(portal_join(portal, token, &two, 20, 0, on_join, NULL) == ERR_BUSY);
    (void)testports_run(&ports);
    CHECK(answer.err == OK);
    CHECK(portal_user_by_name(portal, SLICE("two")) == NULL);
    tear_down();
}

static void a_link_survives_a_join_that_failed(void)
{
    set_up_usual();
    make_administrator("ann");
    invite(INVITATION_MEMBER);
    ports.keep_err = ERR_IO;
    CHECK(join(answer.token, "new") == ERR_IO);
    ports.keep_err = OK;
    CHECK(join(answer.token, "new") == OK);
    tear_down();
}

static void a_password_link_replaces_password_and_sign_ins(void)
{
    set_up_usual();
    CHECK(log_in("bob", PASSWORD, 0) == OK);
    struct portal_login old = answer.login;
    struct change change = {.kind = CHANGE_INVITATION_PUT};
    uint8_t token[TOKEN_BYTES] = {1, 2, 3};
    struct ports tools = testports_ports(&ports);
    tools.random.sha256(tools.random.ctx, slice_from(token, sizeof token),
                        change.invitation.token_hash);
    change.invitation.kind = INVITATION_PASSWORD;
    change.invitation.user = testports_user_id("bob");
    change.invitation.expires_s = 1000;
    CHECK(portal_restore(portal, &change) == OK);
    struct portal_join person = {.password = SLICE(NEW_PASSWORD)};
    CHECK(portal_join(portal, token, &person, 20, 0, on_join, NULL) == OK);
    (void)testports_run(&ports);
    CHECK(answer.err == OK);
    CHECK(authenticate(answer.login.token, 21) == OK);
    CHECK(authenticate(old.token, 21) == ERR_UNAUTHORIZED);
    CHECK(log_in("bob", NEW_PASSWORD, 22) == OK);
    tear_down();
}

static void a_profile_is_kept_then_told_and_one_change_goes_at_a_time(void)
{
    set_up_usual();
    session_id bob = 0;
    CHECK(testports_open(&ports, portal, "bob", 0, &bob) == OK);
    CHECK(portal_watch(portal, bob, &SLICE("ann"), 1) == OK);
    struct id ann = testports_user_id("ann");
    struct portal_profile profile = {.full_name = SLICE("Ann Lee"),
                                     .email = SLICE("ann@example.org"),
                                     .position = SLICE("Cook"),
                                     .language = SLICE("fr")};
    CHECK(portal_set_profile(portal, &ann, &profile, 2, on_done, NULL) == OK);
    CHECK(portal_set_profile(portal, &ann, &profile, 2, on_done, NULL) == ERR_BUSY);
    CHECK(strcmp(portal_user_by_id(portal, &ann)->full_name, "ann") == 0);
    (void)testports_run(&ports);
    CHECK(answer.err == OK);
    CHECK(strcmp(portal_user_by_id(portal, &ann)->position, "Cook") == 0);
    portal_tick(portal, 2000);
    const struct told *told = testports_last(&ports, bob, EVENT_PERSON);
    CHECK(told != NULL && strcmp(told->user.full_name, "Ann Lee") == 0);
    profile.full_name = SLICE("");
    CHECK(portal_set_profile(portal, &ann, &profile, 4, on_done, NULL) == ERR_INVALID);
    tear_down();
}

static const struct change *last_kept(enum change_kind kind)
{
    const struct change *change = NULL;
    for (const struct test_change *kept = ports.kept; kept != NULL; kept = kept->next) {
        if (kept->change.kind == kind) {
            change = &kept->change;
        }
    }
    return change;
}

static void devices_count_at_once_and_do_not_wait_for_another_change(void)
{
    set_up_usual();
    session_id tab = 0;
    CHECK(testports_open(&ports, portal, "ann", 0, &tab) == OK);
    struct id ann = testports_user_id("ann");
    struct change loaded = {.kind = CHANGE_USER_PUT};
    loaded.user = *portal_user_by_id(portal, &ann);
    struct portal_profile profile = {.full_name = SLICE("Ann Lee")};
    CHECK(portal_set_profile(portal, &ann, &profile, 2, on_done, NULL) == OK);
    CHECK(portal_set_media(portal, &ann, false, true, 2) == OK);
    CHECK(portal_set_media(portal, &ann, false, false, 2) == OK);
    CHECK(testports_count(&ports, tab, EVENT_SETTINGS) == 2);
    CHECK(testports_step(&ports) && testports_step(&ports)); /* the profile, the first press */
    /* What another process made us read was written before the second press. */
    CHECK(portal_restore(portal, &loaded) == OK);
    CHECK(!portal_user_by_id(portal, &ann)->camera_on);
    (void)testports_run(&ports);
    const struct change *kept = last_kept(CHANGE_USER_MEDIA);
    CHECK(kept != NULL && !kept->user.microphone_on && !kept->user.camera_on);
    CHECK(!portal_user_by_id(portal, &ann)->camera_on);
    unsigned writes = ports.write_count;
    CHECK(portal_set_media(portal, &ann, false, false, 3) == OK);
    CHECK(ports.write_count == writes);
    CHECK(portal_restore(portal, &loaded) == OK);
    CHECK(portal_user_by_id(portal, &ann)->camera_on);
    tear_down();
}

static void every_setting_outlives_what_was_read_before_it(void)
{
    set_up_usual();
    session_id tab = 0;
    CHECK(testports_open(&ports, portal, "ann", 0, &tab) == OK);
    struct id ann = testports_user_id("ann");
    struct change loaded = {.kind = CHANGE_USER_PUT, .user = *portal_user_by_id(portal, &ann)};
    bool waiting = false;
    bool hidden = true;
    CHECK(portal_set_wishes(portal, tab, &waiting, &hidden, 2) == OK);
    CHECK(portal_set_status(portal, tab, STATUS_INVISIBLE, 2) == OK);
    CHECK(portal_restore(portal, &loaded) == OK);
    const struct user *user = portal_user_by_id(portal, &ann);
    CHECK(user->no_call_waiting && user->relay_only && user->status == STATUS_INVISIBLE);
    (void)testports_run(&ports);
    CHECK(portal_restore(portal, &loaded) == OK); /* another process has set them back */
    user = portal_user_by_id(portal, &ann);
    CHECK(!user->no_call_waiting && !user->relay_only && user->status == STATUS_AVAILABLE);
    tear_down();
}

static void a_profile_does_not_undo_that_its_user_is_disabled(void)
{
    set_up_usual();
    struct id ann = testports_user_id("ann");
    struct portal_profile profile = {.full_name = SLICE("Ann Lee")};
    struct change disabled = {.kind = CHANGE_USER_DISABLED, .user = {.id = ann, .disabled = true}};
    CHECK(portal_set_profile(portal, &ann, &profile, 2, on_done, NULL) == OK);
    CHECK(portal_restore(portal, &disabled) == OK);
    (void)testports_run(&ports);
    const struct user *user = portal_user_by_id(portal, &ann);
    CHECK(user->disabled && strcmp(user->full_name, "Ann Lee") == 0);
    CHECK(strcmp(user->password_hash, "$" PASSWORD) == 0);
    const struct change *kept = last_kept(CHANGE_USER_PROFILE);
    CHECK(kept != NULL && kept->user.password_hash[0] == '\0');
    struct change stranger = {.kind = CHANGE_USER_DISABLED, .user = {.id = {{99}}}};
    CHECK(portal_restore(portal, &stranger) == ERR_NOT_FOUND);
    tear_down();
}

static void no_picture_is_no_picture(void)
{
    set_up_usual();
    struct id ann = testports_user_id("ann");
    CHECK(portal_set_avatar(portal, &ann, SLICE("GIF89a"), 0, on_done, NULL) == ERR_INVALID);
    for (int i = 0; i < 10; i++) {
        CHECK(portal_set_avatar(portal, &ann, SLICE(""), 0, on_done, NULL) == OK);
        CHECK(testports_run(&ports) == 1 && answer.err == OK);
    }
    CHECK(portal_set_avatar(portal, &ann, SLICE(""), 0, on_done, NULL) == ERR_LIMIT);
    CHECK(portal_set_avatar(portal, &ann, SLICE(""), 3600 * 1000, on_done, NULL) == OK);
    tear_down();
}

#define LOSSLESS "RIFF\x12\0\0\0WEBPVP8L\x05\0\0\0\x2f\x07\xc0\x01\0\0"
#define LOSSY "RIFF\x16\0\0\0WEBPVP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x08\0\x08\0"

static void take(const char *name, struct slice picture)
{
    struct id user = testports_user_id(name);
    CHECK(portal_set_avatar(portal, &user, picture, 0, on_done, NULL) == OK);
}

/* The bytes of a picture go with the last one who shows it, also when that one is only about to. */
static void a_picture_that_another_one_has_too_stays(void)
{
    set_up_usual();
    struct id stranger = {{99}};
    CHECK(portal_set_avatar(portal, &stranger, SLICE(""), 0, on_done, NULL) == ERR_NOT_FOUND);
    take("ann", SLICE(LOSSLESS));
    (void)testports_run(&ports);
    CHECK(answer.err == OK && last_kept(CHANGE_AVATAR_PUT) != NULL);
    take("bob", SLICE(LOSSLESS));
    (void)testports_run(&ports);
    take("ann", SLICE(LOSSY));
    (void)testports_run(&ports);
    CHECK(answer.err == OK && last_kept(CHANGE_AVATAR_REMOVE) == NULL);
    take("bob", SLICE(LOSSY)); /* on its way while the only one who has it leaves it */
    take("ann", SLICE(""));
    (void)testports_run(&ports);
    const struct change *gone = last_kept(CHANGE_AVATAR_REMOVE);
    CHECK(gone != NULL);
    uint8_t first[32];
    memcpy(first, gone->avatar.hash, sizeof(first)); /* of the first picture, which bob gave up */
    take("bob", SLICE(""));
    (void)testports_run(&ports);
    gone = last_kept(CHANGE_AVATAR_REMOVE);
    CHECK(answer.err == OK && memcmp(gone->avatar.hash, first, sizeof(first)) != 0);
    tear_down();
}

UNIT(a_connected_tab_ends_with_its_sign_in, the_right_password_signs_in_after_the_commit,
     wrong_unknown_and_disabled_look_the_same, failures_are_remembered_over_a_restart_for_a_while,
     ten_failures_close_the_account_for_a_while, right_passwords_do_not_count_as_failures,
     many_attempts_at_once_do_not_slip_through, a_full_pool_is_said_and_not_counted,
     what_was_not_kept_did_not_happen, the_oldest_sign_in_ends_at_the_limit,
     a_sign_in_slides_and_expires, only_the_own_sign_in_can_be_ended,
     a_new_password_ends_all_other_sign_ins, an_old_password_on_its_way_does_not_outlive_the_change,
     a_link_makes_one_account, a_link_for_an_administrator_makes_one,
     only_administrators_invite_and_only_so_many, a_link_pressed_twice_at_once_is_used_once,
     a_link_survives_a_join_that_failed, a_password_link_replaces_password_and_sign_ins,
     a_profile_is_kept_then_told_and_one_change_goes_at_a_time,
     devices_count_at_once_and_do_not_wait_for_another_change,
     every_setting_outlives_what_was_read_before_it,
     a_profile_does_not_undo_that_its_user_is_disabled, no_picture_is_no_picture,
     a_picture_that_another_one_has_too_stays)
