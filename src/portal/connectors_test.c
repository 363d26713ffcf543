/* SPDX-License-Identifier: Apache-2.0 */
/* What a connector must bring along, and which links of it are given to browsers. */
#include "portal/connectors.h"

#include <stdio.h>

#include "base/log.h"
#include "portal/internal.h"
#include "portal/testports.h"
#include "unit.h"

static struct testports ports;
static struct portal *portal;

static enum connector_needs needs_nothing(const char *const *values)
{
    (void)values;
    return CONNECTOR_NEEDS_NONE;
}

static const char *check_nothing(const char *account)
{
    (void)account;
    return NULL;
}

static const char *check_no_field(uint32_t field, const char *value)
{
    (void)field;
    (void)value;
    return NULL;
}

static enum err give_link(const struct connector_call *call, char *out, size_t size)
{
    (void)call;
    (void)snprintf(out, size, "https://meet.example.org/room");
    return OK;
}

static const struct connector_field fields[CONNECTOR_FIELDS_MAX + 1] = {{"address", "Address", ""}};
static const struct connector_field unnamed[] = {{"No Key", "Address", ""}};

static struct connector whole(const char *name)
{
    return (struct connector){.interface = CONNECTOR_INTERFACE,
                              .name = name,
                              .title = "Board",
                              .description = "Opens the board",
                              .kind = CONNECTOR_MEETING,
                              .groups = true,
                              .account_type = "board",
                              .account_title = "Board account",
                              .fields = fields,
                              .field_count = 1,
                              .check_field = check_no_field,
                              .check_account = check_nothing,
                              .needs = needs_nothing,
                              .link = give_link};
}

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void end(void)
{
    portal_destroy(portal);
    portal = NULL;
    testports_fini(&ports);
}

static void begin(void)
{
    unit_finally(end);
    log_set_sink(quiet, NULL);
    testports_init(&ports, 1);
    struct portal_params params = {.ports = testports_ports(&ports), .limits = testports_limits()};
    params.limits.users_max = 2 * CHOICES_MAX;
    CHECK(portal_create(&params, &portal) == OK);
}

static void refused(struct connector connector, const char *because)
{
    const char *why = NULL;
    CHECK(portal_connector_add(portal, &connector, true, &why) == ERR_INVALID);
    CHECK(why != NULL && strstr(why, because) != NULL);
}

/* The whole one with one thing wrong, which the refusal names. */
#define REFUSED(member, value, because)                                                            \
    do {                                                                                           \
        struct connector wrong = whole("board");                                                   \
        wrong.member = (value);                                                                    \
        refused(wrong, because);                                                                   \
    } while (0)

static void what_a_connector_lacks_is_named(void)
{
    begin();
    REFUSED(name, NULL, "no name");
    REFUSED(title, NULL, "no name, title");
    REFUSED(description, NULL, "description");
    REFUSED(needs, NULL, "needs()");
    REFUSED(name, "Board", "its name");
    REFUSED(name, SETTING_OWNER_ACTIVE, "one of ours");
    REFUSED(name, SETTING_OWNER_CALLS, "one of ours");
    REFUSED(title, "", "its title");
    REFUSED(description, "two\nlines", "its description");
    REFUSED(link, NULL, "no link()");
    REFUSED(field_count, CONNECTOR_FIELDS_MAX + 1, "too many fields");
    REFUSED(check_field, NULL, "check_field()");
    REFUSED(check_account, NULL, "account type");
    REFUSED(account_title, NULL, "account type");
    REFUSED(account_type, "no key", "account type");
    REFUSED(kind, CONNECTOR_PROGRAM, "no meeting");
    REFUSED(fields, unnamed, "a field");
    CHECK(portal->connector_count == 0);
    end();
}

static void a_name_is_given_once_and_the_number_is_bounded(void)
{
    static char names[CONNECTORS_MAX + 1][16];
    static struct connector many[CONNECTORS_MAX + 1];
    const char *why = NULL;
    begin();
    for (uint32_t i = 0; i <= CONNECTORS_MAX; i++) {
        (void)snprintf(names[i], sizeof(names[i]), "board-%u", (unsigned)i);
        many[i] = whole(names[i]);
        enum err err = portal_connector_add(portal, &many[i], false, &why);
        CHECK(err == (i == CONNECTORS_MAX ? ERR_LIMIT : OK));
        CHECK(portal_connector_add(portal, &many[0], false, &why) == ERR_EXISTS);
    }
    CHECK(portal->connector_count == CONNECTORS_MAX);
    end();
}

static void only_links_that_show_what_they_are_are_given(void)
{
    static const struct {
        enum connector_kind kind;
        const char *link;
        bool right;
    } cases[] = {
        {CONNECTOR_MEETING, "https://meet.example.org/a?b#c", true},
        {CONNECTOR_MEETING, "https://[2001:db8::1]:8443/a", true},
        {CONNECTOR_MEETING, "http://meet.example.org/a", false},
        {CONNECTOR_MEETING, "https:///a", false},
        {CONNECTOR_MEETING, "https://user@meet.example.org/a", false},
        {CONNECTOR_MEETING, "https://meet.example.org/a b", false},
        {CONNECTOR_MEETING, "https://meet.example.org/\x7f", false},
        {CONNECTOR_MEETING, "https://meet.example.org/<a>", false},
        {CONNECTOR_MEETING, "https://meet.example.org/\xc3\xa4", false},
        {CONNECTOR_PROGRAM, "sip:mary@example.org", true},
        {CONNECTOR_PROGRAM, "tel:+33123", true},
        {CONNECTOR_PROGRAM, "callto:mary", true},
        {CONNECTOR_PROGRAM, "sip:", false},
        {CONNECTOR_PROGRAM, "javascript:alert(1)", false},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const char *why = connector_explain_link(cases[i].kind, cases[i].link);
        CHECK((why == NULL) == cases[i].right);
    }
}

/* ---- people and their accounts ---- */

static const char *check_at(const char *account)
{
    return strchr(account, '@') == NULL ? "has no @" : NULL;
}

static enum connector_needs needs_both(const char *const *values)
{
    (void)values;
    return CONNECTOR_NEEDS_BOTH;
}

static enum connector_needs needs_either(const char *const *values)
{
    (void)values;
    return CONNECTOR_NEEDS_EITHER;
}

static const char *given; /* the link; NULL: there is none */

static enum err give_wanted(const struct connector_call *call, char *out, size_t size)
{
    (void)call;
    (void)snprintf(out, size, "%s", given == NULL ? "" : given);
    return given == NULL ? ERR_NOT_FOUND : OK;
}

static struct connector board;
static struct connector phone;
static struct connector pager;
static struct id ann;
static struct id bob;
static enum err answered;

static void on_done(void *arg, enum err err, const char *why)
{
    (void)arg;
    (void)why;
    answered = err;
}

/* Ann and Bob; a meeting that needs an account of either, a program that needs one of both, and one
 * that is switched off. */
static void begin_with_people(void)
{
    const char *why = NULL;
    begin();
    ann = testports_user_id("ann");
    bob = testports_user_id("bob");
    given = "sip:bob@example.org";
    board = whole("board");
    board.check_account = check_at;
    board.needs = needs_either;
    board.link = give_wanted;
    phone = whole("phone");
    phone.kind = CONNECTOR_PROGRAM;
    phone.groups = false;
    phone.account_type = "tel";
    phone.check_account = check_at;
    phone.needs = needs_both;
    phone.link = give_wanted;
    pager = whole("pager");
    pager.account_type = "page";
    CHECK(portal_connector_add(portal, &board, true, &why) == OK);
    CHECK(portal_connector_add(portal, &phone, true, &why) == OK);
    CHECK(portal_connector_add(portal, &pager, false, &why) == OK);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(testports_add_user(portal, "bob", NULL) == OK);
}

static enum err put_account(const struct id *user, const char *type, uint8_t place,
                            const char *value)
{
    struct change change = {.kind = CHANGE_IM_PUT};
    change.im.user = *user;
    change.im.place = place;
    (void)snprintf(change.im.type, sizeof(change.im.type), "%s", type);
    (void)snprintf(change.im.value, sizeof(change.im.value), "%s", value);
    return portal_restore(portal, &change);
}

static bool has_types(const struct id *user, const char *wanted)
{
    char types[CONNECTOR_TYPES_SIZE];
    portal_account_types(portal, user, types);
    return strcmp(types, wanted) == 0;
}

static enum err set_accounts(const struct portal_account *accounts, uint32_t count)
{
    uint32_t bad = 0;
    const char *why = NULL;
    answered = ERR_BUSY;
    enum err err = portal_set_accounts(portal, &ann, accounts, count, &bad, &why, 0, on_done, NULL);
    (void)testports_run(&ports);
    return err == OK ? answered : err;
}

static void accounts_that_can_be_used_are_shown_once_by_type(void)
{
    const struct im_account *found[IM_ACCOUNTS_MAX];
    struct id nobody = testports_user_id("nobody");
    begin_with_people();
    CHECK(put_account(&ann, "tel", 0, "ann@tel") == OK);
    CHECK(put_account(&ann, "board", 1, "ann@work") == OK);
    CHECK(put_account(&ann, "board", 0, "ann@home") == OK);
    CHECK(put_account(&ann, "board", 2, "of an older rule") == OK);
    CHECK(put_account(&ann, "page", 0, "17") == OK); /* of the one that is switched off */
    CHECK(put_account(&ann, "gone", 0, "17") == OK); /* of one that there is no more */
    CHECK(put_account(&nobody, "tel", 0, "x@tel") == ERR_NOT_FOUND);
    CHECK(portal_accounts(portal, &ann, found) == 3);
    CHECK(has_types(&ann, "tel board") || has_types(&ann, "board tel"));
    CHECK(has_types(&bob, "") && has_types(&nobody, ""));
    CHECK(put_account(&ann, "board", 0, "ann@new") == OK); /* in the place of the one before */
    CHECK(portal_accounts(portal, &ann, found) == 3);
    const struct portal_account fresh[] = {{SLICE("tel"), SLICE("a@b")},
                                           {SLICE("tel"), SLICE("c@d")}};
    CHECK(set_accounts(fresh, 2) == OK && has_types(&ann, "tel"));
    CHECK(portal_accounts(portal, &ann, found) == 2);
    CHECK(set_accounts(fresh, IM_ACCOUNTS_MAX + 1) == ERR_INVALID);
    const struct portal_account wrong[] = {{SLICE("tel"), SLICE("no at")}};
    const struct portal_account off[] = {{SLICE("page"), SLICE("17")}};
    const struct portal_account empty[] = {{SLICE("tel"), SLICE("")}};
    CHECK(set_accounts(wrong, 1) == ERR_INVALID && set_accounts(off, 1) == ERR_INVALID);
    CHECK(set_accounts(empty, 1) == ERR_INVALID && has_types(&ann, "tel"));
    CHECK(set_accounts(NULL, 0) == OK && has_types(&ann, ""));
    end();
}

static void accounts_that_another_process_has_removed_go(void)
{
    const struct im_account *found[IM_ACCOUNTS_MAX];
    begin_with_people();
    CHECK(put_account(&ann, "tel", 0, "ann@tel") == OK);
    CHECK(put_account(&ann, "board", 0, "ann@home") == OK);
    portal_sync_begin(portal);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    CHECK(put_account(&ann, "board", 0, "ann@home") == OK);
    portal_sync_end(portal, 0);
    CHECK(portal_accounts(portal, &ann, found) == 1 && has_types(&ann, "board"));
    end();
}

static enum err link_by(const char *connector, const char *callee)
{
    char out[CONNECTOR_URL_MAX + 1];
    return portal_connector_link(portal, &ann, slice_text(connector), slice_text(callee), out);
}

static void a_program_is_opened_only_for_two_with_accounts(void)
{
    begin_with_people();
    CHECK(link_by("phone", "bob") == ERR_NOT_FOUND);
    CHECK(put_account(&ann, "tel", 0, "ann@tel") == OK);
    CHECK(link_by("phone", "bob") == ERR_NOT_FOUND);
    CHECK(put_account(&bob, "tel", 0, "bob@tel") == OK);
    CHECK(link_by("phone", "bob") == OK);
    CHECK(link_by("phone", "ann") == ERR_NOT_FOUND && link_by("phone", "cyd") == ERR_NOT_FOUND);
    CHECK(link_by("board", "bob") == ERR_NOT_FOUND && link_by("pager", "bob") == ERR_NOT_FOUND);
    CHECK(link_by("other", "bob") == ERR_NOT_FOUND);
    given = "javascript:alert(1)";
    CHECK(link_by("phone", "bob") == ERR_NOT_FOUND);
    given = NULL;
    CHECK(link_by("phone", "bob") == ERR_NOT_FOUND);
    struct id nobody = testports_user_id("nobody");
    char out[CONNECTOR_URL_MAX + 1];
    CHECK(portal_connector_link(portal, &nobody, SLICE("phone"), SLICE("bob"), out) ==
          ERR_NOT_FOUND);
    end();
}

static enum err call_by(session_id session, uint8_t number, const char *connector)
{
    struct call_view view;
    const struct portal_call_start start = {
        .call = {{number}}, .callee = SLICE("bob"), .connector = slice_text(connector)};
    return portal_call_start(portal, session, &start, 1000, &view);
}

static void a_meeting_needs_an_account_of_either(void)
{
    session_id session = 0;
    begin_with_people();
    CHECK(testports_open(&ports, portal, "ann", 0, &session) == OK);
    given = "https://meet.example.org/room";
    CHECK(call_by(session, 1, "board") == ERR_UNSUPPORTED);
    CHECK(put_account(&bob, "board", 0, "bob@home") == OK);
    given = "http://meet.example.org/room";
    CHECK(call_by(session, 2, "board") == ERR_UNSUPPORTED);
    given = "https://meet.example.org/room";
    CHECK(call_by(session, 3, "phone") == ERR_UNSUPPORTED); /* a program of the caller's */
    CHECK(call_by(session, 4, "pager") == ERR_UNSUPPORTED && call_by(session, 5, "x") != OK);
    CHECK(call_by(session, 6, "") == ERR_UNSUPPORTED); /* there is no webrtc here */
    CHECK(call_by(session, 7, "board") == OK);
    (void)testports_run(&ports);
    end();
}

/* ---- choices ---- */

static void the_latest_choices_are_kept_and_the_oldest_forgotten(void)
{
    static const struct id everybody;
    const struct choice *found[CHOICES_MAX];
    session_id session = 0;
    char name[16];
    begin_with_people();
    CHECK(testports_open(&ports, portal, "ann", 0, &session) == OK);
    CHECK(portal_choose(portal, session, SLICE(""), SLICE("board"), 1) == OK);
    CHECK(portal_choices(portal, &ann, found) == 1 && id_equal(&found[0]->target, &everybody));
    for (int i = 0; i < CHOICES_MAX + 3; i++) {
        (void)snprintf(name, sizeof(name), "user%d", i);
        CHECK(testports_add_user(portal, name, NULL) == OK);
        CHECK(portal_choose(portal, session, slice_text(name), SLICE("phone"), 2) == OK);
    }
    CHECK(portal_choose(portal, session, SLICE("user0"), SLICE("board"), 3) == OK);
    CHECK(portal_choose(portal, session, SLICE("user0"), SLICE("phone"), 4) == OK); /* again */
    struct id first = testports_user_id("user0");
    CHECK(portal_choices(portal, &ann, found) == CHOICES_MAX);
    CHECK(id_equal(&found[0]->target, &first) && strcmp(found[0]->connector, "phone") == 0);
    CHECK(!id_equal(&found[CHOICES_MAX - 1]->target, &everybody));
    CHECK(portal_choose(portal, session, SLICE("nobody"), SLICE("board"), 3) == ERR_NOT_FOUND);
    CHECK(portal_choose(portal, session, SLICE("bob"), SLICE("other"), 3) == ERR_NOT_FOUND);
    CHECK(portal_choose(portal, session + 1000, SLICE("bob"), SLICE("board"), 3) == ERR_NOT_FOUND);
    (void)testports_run(&ports);
    end();
}

/* ---- phones ---- */

static void set_phones(const char *value)
{
    struct change change = {.kind = CHANGE_SETTING_PUT};
    (void)snprintf(change.setting.owner, sizeof(change.setting.owner), SETTING_OWNER_CALLS);
    (void)snprintf(change.setting.name, sizeof(change.setting.name), SETTING_CALLS_PHONES);
    CHECK(secret_set(&change.setting.value, slice_text(value)) == OK);
    CHECK(portal_restore(portal, &change) == OK);
}

static struct id sign_in(uint8_t number, const char *agent)
{
    struct change change = {.kind = CHANGE_LOGIN_PUT};
    change.login.id.bytes[0] = number;
    change.login.token_hash[0] = number;
    change.login.user = ann;
    change.login.expires_s = INT64_MAX;
    (void)snprintf(change.login.agent, sizeof(change.login.agent), "%s", agent);
    CHECK(portal_restore(portal, &change) == OK);
    return change.login.id;
}

static void phones_call_unless_that_is_switched_off(void)
{
    session_id session = 0;
    begin_with_people();
    struct id mobile = sign_in(1, "Mozilla/5.0 (Linux; Android 14) Mobile Safari/537.36");
    struct id desk = sign_in(2, "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0");
    struct id none = {{99}};
    CHECK(portal_session_open(portal, &mobile, 0, &session) == OK);
    CHECK(portal_phones_call(portal) && portal_login_calls(portal, &mobile));
    CHECK(portal_login_calls(portal, &desk) && !portal_login_calls(portal, &none));
    CHECK(portal_session_calls(portal, session) && !portal_session_calls(portal, session + 1000));
    uint64_t version = portal_settings_version(portal);
    set_phones("off");
    CHECK(!portal_phones_call(portal) && !portal_login_calls(portal, &mobile));
    CHECK(portal_login_calls(portal, &desk) && !portal_session_calls(portal, session));
    CHECK(portal_settings_version(portal) != version);
    version = portal_settings_version(portal);
    set_phones("off");
    CHECK(portal_settings_version(portal) == version); /* the same is no change */
    set_phones("on");
    CHECK(portal_phones_call(portal) && portal_session_calls(portal, session));
    portal_sync_begin(portal);
    CHECK(testports_add_user(portal, "ann", NULL) == OK);
    portal_sync_end(portal, 0); /* the setting is gone, as in the store */
    CHECK(portal_phones_call(portal));
    end();
}

UNIT(accounts_that_can_be_used_are_shown_once_by_type, accounts_that_another_process_has_removed_go,
     a_program_is_opened_only_for_two_with_accounts, a_meeting_needs_an_account_of_either,
     the_latest_choices_are_kept_and_the_oldest_forgotten, phones_call_unless_that_is_switched_off,
     what_a_connector_lacks_is_named, a_name_is_given_once_and_the_number_is_bounded,
     only_links_that_show_what_they_are_are_given)
