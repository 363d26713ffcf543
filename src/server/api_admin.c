/* SPDX-License-Identifier: Apache-2.0 */
/* Administration: connectors, calls, the audit. Who asks is an administrator (httpapi.c), and the
 * portal checks it again. */
#include "server/api_admin.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "server/hours.h"

#define CALLS_SHOWN_MAX 200

struct admin_act api_admin_act(const struct api_pending *pending, const struct api_request *request)
{
    return (struct admin_act){.by = pending->user,
                              .now_s = request->now_s,
                              .now_ms = request->now_ms,
                              .on_done = api_done_empty,
                              .arg = (void *)(uintptr_t)pending};
}

/* ---- connectors ---- */

static void connector_json(struct jsonout *json, const struct connector_view *view)
{
    static const char *const kinds[] = {"media", "meeting", "program"};
    const struct connector *connector = view->connector;
    jsonout_object(json, NULL);
    jsonout_text(json, "name", connector->name);
    jsonout_text(json, "kind", kinds[connector->kind]);
    jsonout_bool(json, "active", view->active);
    jsonout_text(json, "title", connector->title);
    jsonout_text(json, "description", connector->description);
    jsonout_list(json, "fields");
    for (uint32_t i = 0; i < connector->field_count; i++) {
        const struct connector_field *field = &connector->fields[i];
        jsonout_object(json, NULL);
        jsonout_text(json, "name", field->name);
        jsonout_text(json, "title", field->title);
        jsonout_text(json, "hint", field->hint == NULL ? "" : field->hint);
        jsonout_text(json, "value", view->values[i]);
        jsonout_end_object(json);
    }
    jsonout_end_list(json);
    jsonout_end_object(json);
}

void api_admin_connectors(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    const char *open = webrtc_find_public(icelist_settings(request->api->params.ice));
    struct connector_view view;
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_object(&json, NULL);
    jsonout_list(&json, "connectors");
    for (uint32_t i = 0; portal_connector_at(portal, i, &view); i++) {
        connector_json(&json, &view);
    }
    jsonout_end_list(&json);
    jsonout_bool(&json, "phones", portal_phones_call(portal));
    jsonout_text(&json, "publicServer", open == NULL ? "" : open);
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "admin/connectors", &json, NULL);
}

/* The values in the order of the fields. False: it has answered. */
static bool read_values(struct api_request *request, const struct connector *connector,
                        const struct api_node *values, struct setting *out, uint32_t *count)
{
    for (uint32_t i = 0; i < connector->field_count; i++) {
        const struct connector_field *field = &connector->fields[i];
        const char *value = "";
        const char *why = NULL;
        if (!api_node_text(api_node_member(values, field->name), &value)) {
            why = "must be a string";
        } else if (value[0] != '\0' &&
                   model_check_text(slice_text(value), 1, SECRET_SIZE_MAX, &why) == OK) {
            why = connector->check_field(i, value);
        }
        if (why != NULL) {
            api_answer_error(request->api, request->exchange, 400, "invalid", why, field->name);
            return false;
        }
        struct setting *setting = &out[*count];
        (void)snprintf(setting->name, sizeof(setting->name), "%s", field->name);
        if (value[0] != '\0' && secret_set(&setting->value, slice_text(value)) == OK) {
            (*count)++;
        }
    }
    return true;
}

void api_admin_connector_put(struct api_request *request)
{
    struct portal *portal = request->api->params.portal;
    struct connector_view view;
    struct api_body *body = NULL;
    bool active = false;
    if (!portal_connector_find(portal, request->part, &view)) {
        api_answer_err(request->api, request->exchange, "admin/connectors", ERR_NOT_FOUND, NULL);
        return;
    }
    if (!api_tree_read(request, &body)) {
        return;
    }
    const struct api_node *root = api_tree_root(body);
    const struct api_node *values = api_node_member(root, "values");
    bool switches = api_node_bool(api_node_member(root, "active"), &active);
    struct setting settings[CONNECTOR_FIELDS_MAX];
    memset(settings, 0, sizeof(settings));
    uint32_t count = 0;
    if (switches == (values != NULL) || (values != NULL && view.connector->field_count == 0)) {
        api_answer_error(request->api, request->exchange, 400, "invalid",
                         "either active or values is allowed", NULL);
    } else if (switches || read_values(request, view.connector, values, settings, &count)) {
        struct api_pending *pending = api_pending_begin(request, "admin/connectors");
        if (pending != NULL) {
            struct admin_act act = api_admin_act(pending, request);
            struct slice name = slice_text(view.connector->name);
            api_pending_started(pending,
                                switches ? admin_connector_switch(portal, &act, name, active)
                                         : admin_settings_put(portal, &act, name, settings, count));
        }
    }
    mem_wipe(settings, sizeof(settings));
    api_body_end(body);
}

void api_admin_phones_put(struct api_request *request)
{
    struct api_body *body = NULL;
    bool calls = false;
    if (!api_tree_read(request, &body)) {
        return;
    }
    if (!api_node_bool(api_node_member(api_tree_root(body), "calls"), &calls)) {
        api_answer_error(request->api, request->exchange, 400, "invalid", "calls is needed",
                         "calls");
    } else {
        struct api_pending *pending = api_pending_begin(request, "admin/phones");
        if (pending != NULL) {
            struct admin_act act = api_admin_act(pending, request);
            api_pending_started(pending,
                                admin_phones_switch(request->api->params.portal, &act, calls));
        }
    }
    api_body_end(body);
}

/* ---- calls ---- */

static void call_json(struct jsonout *json, const struct portal *portal,
                      const struct admin_call *call)
{
    char id[ID_TEXT_SIZE];
    id_format(&call->call, id);
    jsonout_object(json, NULL);
    jsonout_text(json, "id", id);
    jsonout_text(json, "connector", call->connector);
    jsonout_text(json, "state", call_state_name(call->state));
    jsonout_number(json, "seconds", call->age_ms / 1000);
    api_json_person(json, "caller", portal, call->caller, false);
    api_json_person(json, "callee", portal, call->callee, false);
    jsonout_end_object(json);
}

void api_admin_calls(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    struct admin_call calls[CALLS_SHOWN_MAX];
    uint32_t count = admin_calls(portal, request->now_ms, calls, CALLS_SHOWN_MAX);
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_object(&json, NULL);
    jsonout_list(&json, "calls");
    for (uint32_t i = 0; i < count; i++) {
        call_json(&json, portal, &calls[i]);
    }
    jsonout_end_list(&json);
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "admin/calls", &json, NULL);
}

void api_admin_call_delete(struct api_request *request)
{
    struct id call;
    if (id_parse(request->part, &call) != OK) {
        api_answer_err(request->api, request->exchange, "admin/calls", ERR_NOT_FOUND, NULL);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "admin/calls");
    if (pending != NULL) {
        struct admin_act act = api_admin_act(pending, request);
        api_pending_started(pending, admin_call_end(request->api->params.portal, &act, &call));
    }
}

/* ---- the audit ---- */

static void audit_json(struct jsonout *json, const struct audit *audit)
{
    jsonout_object(json, NULL);
    jsonout_number(json, "seq", audit->seq);
    jsonout_number(json, "at", audit->at_s);
    jsonout_text(json, "by", audit->by_name);
    jsonout_text(json, "act", audit->act);
    jsonout_text(json, "target", audit->target);
    jsonout_text(json, "detail", audit->detail);
    jsonout_end_object(json);
}

static void on_audit(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_fail(&json, err);
    jsonout_object(&json, NULL);
    jsonout_list(&json, "entries");
    for (size_t i = 0; json.err == OK && i < found->audit_count; i++) {
        audit_json(&json, &found->audits[i]);
    }
    jsonout_end_list(&json);
    jsonout_number(&json, "next", json.err == OK ? (int64_t)found->next : 0);
    jsonout_end_object(&json);
    api_answer_out(pending->api, pending->exchange, 200, pending->route, &json, NULL);
    api_pending_end(pending);
}

void api_admin_audit(struct api_request *request)
{
    uint64_t before = 0;
    uint64_t limit = 0;
    if (!api_query_number(request, "before", INT64_MAX, 0, &before) ||
        !api_query_number(request, "limit", FOUND_AUDITS_MAX, 50, &limit)) {
        return;
    }
    struct question question = {.kind = ASK_AUDIT, .before = before, .limit = (uint32_t)limit};
    struct api_pending *pending = api_pending_begin(request, "admin/audit");
    if (pending != NULL) {
        const struct port_read *read = &request->api->params.read;
        api_pending_started(pending, read->ask(read->ctx, &question, on_audit, pending));
    }
}

/* ---- now ---- */

void api_admin_now(struct api_request *request)
{
    struct portal_census census;
    struct jsonout json;
    portal_census(request->api->params.portal, &census);
    jsonout_init(&json, API_JSON_MAX);
    jsonout_object(&json, NULL);
    jsonout_number(&json, "people", census.people);
    jsonout_number(&json, "here", census.people_here);
    jsonout_number(&json, "sessions", census.sessions);
    jsonout_number(&json, "calls",
                   census.calls[CALL_RINGING] + census.calls[CALL_CONNECTING] +
                       census.calls[CALL_ACTIVE]);
    hours_json(request->api->params.hours, &json, "hours");
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "admin/now", &json, NULL);
}
