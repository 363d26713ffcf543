/* SPDX-License-Identifier: Apache-2.0 */
/* One's own IM accounts, and the links of connectors that open a program. */
#include "server/api.h"

#include <stdio.h>

#include "portal/connectors.h"
#include "server/router.h"

void api_json_accounts(struct jsonout *json, const char *key, const struct portal *portal,
                       const struct id *user)
{
    const struct im_account *accounts[IM_ACCOUNTS_MAX];
    uint32_t count = portal_accounts(portal, user, accounts);
    jsonout_list(json, key);
    for (uint32_t i = 0; i < count; i++) {
        jsonout_object(json, NULL);
        jsonout_text(json, "type", accounts[i]->type);
        jsonout_text(json, "value", accounts[i]->value);
        jsonout_end_object(json);
    }
    jsonout_end_list(json);
}

/* The kinds that the connectors of now know. */
static void types_json(struct jsonout *json, const struct portal *portal)
{
    struct connector_view view;
    jsonout_list(json, "types");
    for (uint32_t i = 0; portal_connector_at(portal, i, &view); i++) {
        if (view.active && view.connector->account_type != NULL) {
            jsonout_object(json, NULL);
            jsonout_text(json, "type", view.connector->account_type);
            jsonout_text(json, "title", view.connector->account_title);
            jsonout_end_object(json);
        }
    }
    jsonout_end_list(json);
}

void api_accounts_get(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_object(&json, NULL);
    types_json(&json, portal);
    api_json_accounts(&json, "accounts", portal, &request->user->id);
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "accounts", &json, NULL);
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
    struct jsonout json;
    jsonout_init(&json, 2048);
    jsonout_fail(&json, err);
    jsonout_object(&json, NULL);
    jsonout_text(&json, "link", err == OK ? link : "");
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "connectors", &json, NULL);
}
