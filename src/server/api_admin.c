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

void api_admin_answer(struct api_request *request, const char *route, enum err err,
                      struct buf *json)
{
    if (err == OK) {
        api_answer_json(request->api, request->exchange, 200, json, NULL);
    } else {
        api_answer_err(request->api, request->exchange, route, err, NULL);
    }
    buf_fini(json);
}

/* ---- connectors ---- */

static enum err field_json(struct buf *json, const struct connector_field *field, const char *value)
{
    enum err err = buf_printf(json, "{\"name\":\"%s\",\"title\":", field->name);
    err = err == OK ? api_json_text(json, field->title) : err;
    err = err == OK ? buf_append_text(json, ",\"hint\":") : err;
    err = err == OK ? api_json_text(json, field->hint == NULL ? "" : field->hint) : err;
    err = err == OK ? buf_append_text(json, ",\"value\":") : err;
    err = err == OK ? api_json_text(json, value) : err;
    return err == OK ? buf_append_byte(json, '}') : err;
}

static enum err connector_json(struct buf *json, const struct connector_view *view)
{
    static const char *const kinds[] = {"media", "meeting", "program"};
    const struct connector *connector = view->connector;
    enum err err = buf_printf(
        json, "{\"name\":\"%s\",\"kind\":\"%s\",\"active\":%s,\"title\":", connector->name,
        kinds[connector->kind], view->active ? "true" : "false");
    err = err == OK ? api_json_text(json, connector->title) : err;
    err = err == OK ? buf_append_text(json, ",\"description\":") : err;
    err = err == OK ? api_json_text(json, connector->description) : err;
    err = err == OK ? buf_append_text(json, ",\"fields\":[") : err;
    for (uint32_t i = 0; i < connector->field_count && err == OK; i++) {
        err = i == 0 ? OK : buf_append_byte(json, ',');
        err = err == OK ? field_json(json, &connector->fields[i], view->values[i]) : err;
    }
    return err == OK ? buf_append_text(json, "]}") : err;
}

void api_admin_connectors(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    const char *open = webrtc_find_public(icelist_settings(request->api->params.ice));
    struct connector_view view;
    struct buf json;
    buf_init(&json, API_JSON_MAX);
    enum err err = buf_append_text(&json, "{\"connectors\":[");
    for (uint32_t i = 0; portal_connector_at(portal, i, &view) && err == OK; i++) {
        err = i == 0 ? OK : buf_append_byte(&json, ',');
        err = err == OK ? connector_json(&json, &view) : err;
    }
    err = err == OK ? buf_printf(&json, "],\"phones\":%s,\"publicServer\":",
                                 portal_phones_call(portal) ? "true" : "false")
                    : err;
    err = err == OK ? api_json_text(&json, open == NULL ? "" : open) : err;
    err = err == OK ? buf_append_byte(&json, '}') : err;
    api_admin_answer(request, "admin/connectors", err, &json);
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

static enum err call_json(struct buf *json, const struct portal *portal,
                          const struct admin_call *call)
{
    char id[ID_TEXT_SIZE];
    id_format(&call->call, id);
    enum err err =
        buf_printf(json, "{\"id\":\"%s\",\"connector\":\"%s\",\"state\":\"%s\",\"seconds\":%u,", id,
                   call->connector, call_state_name(call->state), call->age_ms / 1000);
    err = err == OK ? buf_append_text(json, "\"caller\":") : err;
    err = err == OK ? api_json_person(json, portal, call->caller, false) : err;
    err = err == OK ? buf_append_text(json, ",\"callee\":") : err;
    err = err == OK ? api_json_person(json, portal, call->callee, false) : err;
    return err == OK ? buf_append_byte(json, '}') : err;
}

void api_admin_calls(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    struct admin_call calls[CALLS_SHOWN_MAX];
    uint32_t count = admin_calls(portal, request->now_ms, calls, CALLS_SHOWN_MAX);
    struct buf json;
    buf_init(&json, API_JSON_MAX);
    enum err err = buf_append_text(&json, "{\"calls\":[");
    for (uint32_t i = 0; i < count && err == OK; i++) {
        err = i == 0 ? OK : buf_append_byte(&json, ',');
        err = err == OK ? call_json(&json, portal, &calls[i]) : err;
    }
    err = err == OK ? buf_append_text(&json, "]}") : err;
    api_admin_answer(request, "admin/calls", err, &json);
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

static enum err audit_json(struct buf *json, const struct audit *audit)
{
    enum err err = buf_printf(json, "{\"seq\":%lld,\"at\":%lld,\"by\":", (long long)audit->seq,
                              (long long)audit->at_s);
    err = err == OK ? api_json_text(json, audit->by_name) : err;
    err = err == OK ? buf_append_text(json, ",\"act\":") : err;
    err = err == OK ? api_json_text(json, audit->act) : err;
    err = err == OK ? buf_append_text(json, ",\"target\":") : err;
    err = err == OK ? api_json_text(json, audit->target) : err;
    err = err == OK ? buf_append_text(json, ",\"detail\":") : err;
    err = err == OK ? api_json_text(json, audit->detail) : err;
    return err == OK ? buf_append_byte(json, '}') : err;
}

static void on_audit(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct buf json;
    buf_init(&json, API_JSON_MAX);
    err = err == OK ? buf_append_text(&json, "{\"entries\":[") : err;
    for (size_t i = 0; err == OK && i < found->audit_count; i++) {
        err = i == 0 ? OK : buf_append_byte(&json, ',');
        err = err == OK ? audit_json(&json, &found->audits[i]) : err;
    }
    err = err == OK ? buf_printf(&json, "],\"next\":%llu}", (unsigned long long)found->next) : err;
    if (err == OK) {
        api_answer_json(pending->api, pending->exchange, 200, &json, NULL);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
    }
    buf_fini(&json);
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
    struct buf json;
    portal_census(request->api->params.portal, &census);
    buf_init(&json, API_JSON_MAX);
    enum err err = buf_printf(
        &json, "{\"people\":%u,\"here\":%u,\"sessions\":%u,\"calls\":%u,\"hours\":", census.people,
        census.people_here, census.sessions,
        census.calls[CALL_RINGING] + census.calls[CALL_CONNECTING] + census.calls[CALL_ACTIVE]);
    err = err == OK ? hours_json(request->api->params.hours, &json) : err;
    err = err == OK ? buf_append_byte(&json, '}') : err;
    api_admin_answer(request, "admin/now", err, &json);
}
