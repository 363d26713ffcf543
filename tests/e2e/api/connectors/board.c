/* SPDX-License-Identifier: Apache-2.0 */
/* The example of docs/connectors.md, which must stay the same. */
#include <stdio.h>
#include <string.h>

#include "portal/connector.h"

static const char *check_host(const char *text)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-";
    return strspn(text, allowed) == strlen(text) ? NULL : "is not a host name in lower case";
}

static const char *check_field(uint32_t field, const char *value)
{
    (void)field; /* there is only one */
    return check_host(value);
}

static const char *check_account(const char *account)
{
    return strlen(account) <= 20 ? NULL : "has more than 20 characters";
}

static enum connector_needs needs(const char *const *values)
{
    (void)values;
    return CONNECTOR_NEEDS_BOTH;
}

static enum err link_of(const struct connector_call *call, char *out, size_t size)
{
    if (call->values[0][0] == '\0') {
        return ERR_NOT_FOUND; /* no host is set: no call is possible */
    }
    int length = snprintf(out, size, "https://%s/%s", call->values[0], call->room);
    return length < 0 || (size_t)length >= size ? ERR_LIMIT : OK;
}

static const struct connector_field fields[] = {{"host", "Host of the boards", ""}};

const struct connector visavis_connector = {
    .interface = CONNECTOR_INTERFACE,
    .name = "board",
    .title = "White board",
    .description = "Two people draw on one board.",
    .kind = CONNECTOR_MEETING,
    .account_type = "board",
    .account_title = "White board nickname",
    .fields = fields,
    .field_count = 1,
    .check_field = check_field,
    .check_account = check_account,
    .needs = needs,
    .link = link_of,
};
