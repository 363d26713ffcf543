/* SPDX-License-Identifier: Apache-2.0 */
/* One's own IM accounts, and the links of connectors that open a program. */
#include "server/api.h"

#include <stdio.h>

#include "portal/connectors.h"
#include "server/router.h"

static enum err account_json(struct buf *json, const struct im_account *account)
{
    enum err err = buf_printf(json, "{\"type\":\"%s\",\"value\":", account->type);
    err = err == OK ? api_json_text(json, account->value) : err;
    return err == OK ? buf_append_byte(json, '}') : err;
}

static enum err accounts_json(struct buf *json, const struct portal *portal, const struct id *user)
{
    const struct im_account *accounts[IM_ACCOUNTS_MAX];
    uint32_t count = portal_accounts(portal, user, accounts);
    enum err err = buf_append_text(json, "[");
    for (uint32_t i = 0; i < count && err == OK; i++) {
        err = i == 0 ? OK : buf_append_byte(json, ',');
        err = err == OK ? account_json(json, accounts[i]) : err;
    }
    return err == OK ? buf_append_byte(json, ']') : err;
}

MUST_USE enum err api_json_accounts(struct buf *json, const struct portal *portal,
                                    const struct id *user)
{
    enum err err = buf_append_text(json, ",\"imAccounts\":");
    return err == OK ? accounts_json(json, portal, user) : err;
}

/* The kinds that the connectors of now know. */
static enum err types_json(struct buf *json, const struct portal *portal)
{
    struct connector_view view;
    bool first = true;
    enum err err = buf_append_text(json, "[");
    for (uint32_t i = 0; portal_connector_at(portal, i, &view) && err == OK; i++) {
        if (view.active && view.connector->account_type != NULL) {
            err = buf_printf(json, "%s{\"type\":\"%s\",\"title\":", first ? "" : ",",
                             view.connector->account_type);
            err = err == OK ? api_json_text(json, view.connector->account_title) : err;
            err = err == OK ? buf_append_byte(json, '}') : err;
            first = false;
        }
    }
    return err == OK ? buf_append_byte(json, ']') : err;
}

void api_accounts_get(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    struct buf json;
    buf_init(&json, API_JSON_MAX);
    enum err err = buf_append_text(&json, "{\"types\":");
    err = err == OK ? types_json(&json, portal) : err;
    err = err == OK ? buf_append_text(&json, ",\"accounts\":") : err;
    err = err == OK ? accounts_json(&json, portal, &request->user->id) : err;
    err = err == OK ? buf_append_byte(&json, '}') : err;
    if (err == OK) {
        api_answer_json(request->api, request->exchange, 200, &json, NULL);
    } else {
        api_answer_err(request->api, request->exchange, "accounts", err, NULL);
    }
    buf_fini(&json);
}

/* False: it is no list of accounts. */
static bool read_accounts(const struct api_node *list, struct portal_account *out, uint32_t *count)
{
    const struct api_node *item = api_node_first(list);
    for (*count = 0; item != NULL; item = api_node_next(item)) {
        const char *type = NULL;
        const char *value = NULL;
        if (*count == IM_ACCOUNTS_MAX || !api_node_text(api_node_member(item, "type"), &type) ||
            !api_node_text(api_node_member(item, "value"), &value)) {
            return false;
        }
        out[(*count)++] =
            (struct portal_account){.type = slice_text(type), .value = slice_text(value)};
    }
    return api_node_is_list(list);
}

void api_accounts_put(struct api_request *request)
{
    struct api_body *body = NULL;
    struct portal_account accounts[IM_ACCOUNTS_MAX];
    uint32_t count = 0;
    if (!api_tree_read(request, &body)) {
        return;
    }
    if (!read_accounts(api_node_member(api_tree_root(body), "accounts"), accounts, &count)) {
        api_answer_error(request->api, request->exchange, 400, "invalid",
                         "a list of at most 8 of {type, value} is allowed", "accounts");
        api_body_end(body);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "accounts");
    if (pending != NULL) {
        uint32_t bad = 0;
        const char *why = NULL;
        enum err err =
            portal_set_accounts(request->api->params.portal, &pending->user, accounts, count, &bad,
                                &why, request->now_ms, api_done_empty, pending);
        if (err == ERR_INVALID) {
            char field[32];
            (void)snprintf(field, sizeof(field), "accounts.%u", (unsigned)bad);
            api_answer_error(request->api, request->exchange, 400, "invalid",
                             why == NULL ? "not allowed" : why, field);
            api_pending_end(pending);
        } else {
            api_pending_started(pending, err);
        }
    }
    api_body_end(body);
}

void api_connectors_link(struct api_request *request)
{
    char callee[USER_NAME_MAX + 1];
    char link[CONNECTOR_URL_MAX + 1];
    size_t size = 0;
    enum err err = router_query(request->http->query, "callee", callee, sizeof(callee), &size);
    if (!portal_login_calls(request->api->params.portal, &request->login->id)) {
        err = ERR_NOT_FOUND;
    }
    err = err == OK ? portal_connector_link(request->api->params.portal, &request->user->id,
                                            request->part, slice_from(callee, size), link)
                    : ERR_NOT_FOUND;
    struct buf json;
    buf_init(&json, 2048);
    err = err == OK ? buf_append_text(&json, "{\"link\":") : err;
    err = err == OK ? api_json_text(&json, link) : err;
    err = err == OK ? buf_append_byte(&json, '}') : err;
    if (err == OK) {
        api_answer_json(request->api, request->exchange, 200, &json, NULL);
    } else {
        api_answer_err(request->api, request->exchange, "connectors", err, NULL);
    }
    buf_fini(&json);
}
