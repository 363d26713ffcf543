/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/link/meetlink.h"

#include <stdio.h>
#include <string.h>

#define MARK "{room}"

/* The room in front of and behind which the template goes on; NULL: there is none. */
static const char *find_mark(const char *template)
{
    return strstr(template, MARK);
}

static const char *check_link(const char *link)
{
    if (strncmp(link, "https://", 8) != 0) {
        return "does not begin with https://";
    }
    size_t host = strcspn(link + 8, "/?#");
    if (host == 0 || strcspn(link + 8, "{}@ ") < host) {
        return "has no plain host behind https://";
    }
    return NULL;
}

static const char *check_field(uint32_t field, const char *value)
{
    (void)field;
    const char *why = check_link(value);
    if (why != NULL) {
        return why;
    }
    const char *mark = find_mark(value);
    if (mark == NULL) {
        return "has no {room}, so that all calls would meet in one room";
    }
    const char *brace = strpbrk(value, "{}");
    const char *rest = strpbrk(mark + sizeof(MARK) - 1, "{}");
    return brace != mark || rest != NULL ? "has braces besides {room}" : NULL;
}

static const char *check_account(const char *account)
{
    const char *why = check_link(account);
    return why != NULL                           ? why
           : strpbrk(account, "{}\"<> ") != NULL ? "has a character that links do not have"
                                                 : NULL;
}

static enum connector_needs needs(const char *const *values)
{
    return values[0][0] == '\0' ? CONNECTOR_NEEDS_EITHER : CONNECTOR_NEEDS_NONE;
}

/* One's own permanent room comes first, then the template, then the other's own room. */
static enum err link_of(const struct connector_call *call, char *out, size_t size)
{
    const char *template = call->values[0];
    const char *mark = find_mark(template);
    int length = -1;
    if (call->caller_account[0] != '\0') {
        length = snprintf(out, size, "%s", call->caller_account);
    } else if (mark != NULL) {
        length = snprintf(out, size, "%.*s%s%s", (int)(mark - template), template, call->room,
                          mark + sizeof(MARK) - 1);
    } else if (call->callee_account[0] != '\0') {
        length = snprintf(out, size, "%s", call->callee_account);
    }
    if (length < 0) {
        return ERR_NOT_FOUND;
    }
    return (size_t)length < size ? OK : ERR_LIMIT;
}

static const struct connector_field fields[] = {
    {"template", "Address of a meeting", "Such as https://meet.example.org/{room}"}};

const struct connector meetlink_connector = {
    .interface = CONNECTOR_INTERFACE,
    .name = "link",
    .title = "Meeting link",
    .description = "Calls meet in a service outside that has a link for each meeting.",
    .kind = CONNECTOR_MEETING,
    .groups = true,
    .account_type = "meeting",
    .account_title = "My own meeting link",
    .fields = fields,
    .field_count = 1,
    .check_field = check_field,
    .check_account = check_account,
    .needs = needs,
    .link = link_of,
};
