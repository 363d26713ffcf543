/* SPDX-License-Identifier: Apache-2.0 */
/* What a connector must bring along, and which links of it are given to browsers. */
#include "portal/connectors.h"

#include <stdio.h>

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

static void end(void)
{
    portal_destroy(portal);
    portal = NULL;
    testports_fini(&ports);
}

static void begin(void)
{
    unit_finally(end);
    testports_init(&ports, 1);
    struct portal_params params = {.ports = testports_ports(&ports), .limits = testports_limits()};
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

UNIT(what_a_connector_lacks_is_named, a_name_is_given_once_and_the_number_is_bounded,
     only_links_that_show_what_they_are_are_given)
