/* SPDX-License-Identifier: Apache-2.0 */
#include "connectors/sip/sip.h"

#include <stdio.h>
#include <string.h>

static bool is_one_of(char c, const char *others)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           (c != '\0' && strchr(others, c) != NULL);
}

/* user@host or user@host:port, RFC 3261 section 25.1 without escapes and parameters. */
static const char *check_account(const char *account)
{
    const char *at = account;
    while (is_one_of(*at, "-_.!~*'+")) {
        at++;
    }
    if (at == account || *at != '@') {
        return "is not of the form name@host";
    }
    const char *host = at + 1;
    size_t size = 0;
    while (is_one_of(host[size], "-.")) {
        size++;
    }
    if (size == 0 || host[0] == '-' || host[0] == '.' || host[size - 1] == '-') {
        return "has no host name behind the @";
    }
    const char *port = host + size;
    size_t digits = port[0] == ':' ? strspn(port + 1, "0123456789") : 0;
    if (port[0] != '\0' && (digits == 0 || digits > 5 || port[1 + digits] != '\0')) {
        return "has something behind its host that is not a port";
    }
    return NULL;
}

static enum connector_needs needs(const char *const *values)
{
    (void)values;
    return CONNECTOR_NEEDS_BOTH;
}

static const char *check_field(uint32_t field, const char *value)
{
    (void)field;
    return strcmp(value, "sip") == 0 || strcmp(value, "sips") == 0 || strcmp(value, "callto") == 0
               ? NULL
               : "is not sip, sips or callto";
}

static enum err link_of(const struct connector_call *call, char *out, size_t size)
{
    const char *scheme = call->values[0][0] == '\0' ? "sip" : call->values[0];
    int length = snprintf(out, size, "%s:%s", scheme, call->callee_account);
    return length < 0 || (size_t)length >= size ? ERR_LIMIT : OK;
}

static const struct connector_field fields[] = {
    {"scheme", "Kind of link", "sip, sips or callto, as your people's programs want it"}};

const struct connector sip_connector = {
    .interface = CONNECTOR_INTERFACE,
    .name = "sip",
    .title = "SIP telephone",
    .description = "Opens a telephone program of the caller's. Both people need a SIP account in "
                   "their profile.",
    .kind = CONNECTOR_PROGRAM,
    .account_type = "sip",
    .account_title = "SIP address",
    .fields = fields,
    .field_count = 1,
    .check_field = check_field,
    .check_account = check_account,
    .needs = needs,
    .link = link_of,
};
