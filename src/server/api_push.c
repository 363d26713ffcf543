/* SPDX-License-Identifier: Apache-2.0 */
/* The browser of this sign-in as one that rings without a page, and what a push was about. */
#include "base/text.h"
#include "server/api.h"
#include "server/fanout.h"
#include "server/pusher.h"

#define ENDPOINT_FIELD_MAX (PUSH_ENDPOINT_MAX + 1)

void api_push_get(struct api_request *request)
{
    char key[PUSHER_POINT_TEXT_SIZE];
    struct jsonout json;
    struct httpapi *api = request->api;
    pusher_key_text(api->params.pusher, key);
    jsonout_init(&json, 256);
    jsonout_object(&json, NULL);
    jsonout_text(&json, "key", key);
    jsonout_bool(&json, "on", portal_push_has(api->params.portal, &request->login->id));
    jsonout_end_object(&json);
    api_answer_out(api, request->exchange, 200, "push", &json, NULL);
}

static bool decode(const struct api_request *request, const struct api_field *field, uint8_t *out,
                   size_t size)
{
    if (text_from_base64url(slice_text(field->text), out, size) == OK) {
        return true;
    }
    api_answer_error(request->api, request->exchange, 400, "invalid", "not a key of a browser",
                     field->name);
    return false;
}

static void put(struct api_request *request, const struct portal_push *push)
{
    const char *why = NULL;
    struct id user = request->user->id;
    struct id login = request->login->id;
    struct api_pending *pending = api_pending_begin(request, "push");
    if (pending == NULL) {
        return;
    }
    enum err err = portal_push_put(request->api->params.portal, &user, &login, push, request->now_s,
                                   request->now_ms, api_done_empty, pending, &why);
    if (err == ERR_INVALID) {
        api_answer_invalid(pending->api, pending->exchange, why);
        api_pending_end(pending);
        return;
    }
    api_pending_started(pending, err);
}

void api_push_put(struct api_request *request)
{
    uint8_t point[PUSH_POINT_SIZE];
    uint8_t auth[PUSH_AUTH_SIZE];
    struct api_field fields[] = {{"endpoint", ENDPOINT_FIELD_MAX, true, NULL},
                                 {"p256dh", 128, true, NULL},
                                 {"auth", 64, true, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 3, &body)) {
        return;
    }
    if (decode(request, &fields[1], point, sizeof(point)) &&
        decode(request, &fields[2], auth, sizeof(auth))) {
        struct portal_push push = {
            .endpoint = slice_text(fields[0].text), .point = point, .auth = auth};
        put(request, &push);
    }
    api_body_end(body);
}

void api_push_delete(struct api_request *request)
{
    struct api_pending *pending = api_pending_begin(request, "push");
    if (pending != NULL) {
        struct id user = request->user->id;
        struct id login = request->login->id;
        api_pending_started(pending, portal_push_remove(request->api->params.portal, &user, &login,
                                                        request->now_ms, api_done_empty, pending));
    }
}

/* What the browser asks when a push has come: how the call is now. */
void api_push_call(struct api_request *request)
{
    struct httpapi *api = request->api;
    struct portal *portal = api->params.portal;
    struct call_view view;
    struct id call;
    enum err err = id_parse(request->part, &call);
    if (err == OK) {
        portal_call_pushed(portal, &request->user->id, &request->login->id, &call, request->now_ms);
    }
    err = err == OK ? portal_call_peek(portal, &request->user->id, &call, request->now_ms, &view)
                    : ERR_NOT_FOUND;
    if (err != OK) {
        api_answer_err(api, request->exchange, "push", err, NULL);
        return;
    }
    struct buf json;
    struct fanout_texts texts;
    struct message message = {.type = MESSAGE_CALL_CHANGED};
    buf_init(&json, API_JSON_MAX);
    fanout_call_message(portal, &view, &texts, &message.call_changed.call);
    err = message_encode(&message, &json);
    if (err == OK) {
        api_answer_json(api, request->exchange, 200, &json, NULL);
    } else {
        api_answer_err(api, request->exchange, "push", err, NULL);
    }
    buf_fini(&json);
}

void api_push_decline(struct api_request *request)
{
    struct httpapi *api = request->api;
    struct id call;
    enum err err = id_parse(request->part, &call);
    err = err == OK ? portal_call_decline_away(api->params.portal, &request->user->id,
                                               &request->login->id, &call, request->now_ms)
                    : ERR_NOT_FOUND;
    if (err == OK) {
        api_answer_empty(api, request->exchange, NULL);
    } else {
        api_answer_err(api, request->exchange, "push", err, NULL);
    }
}
