/* SPDX-License-Identifier: Apache-2.0 */
#include "server/api.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/random.h"
#include "server/refusals.h"

#define REFERENCE_BYTES 6

static void respond(struct httpapi *api, http_exchange exchange, uint16_t status, struct slice body,
                    const char *cookie)
{
    if (api->server == NULL) {
        return; /* closed: nobody waits any more */
    }
    struct http_header headers[] = {
        {SLICE("Cache-Control"), SLICE("no-store")},
        {SLICE("Content-Security-Policy"), SLICE("default-src 'none'; frame-ancestors 'none'")},
        {SLICE("Strict-Transport-Security"), SLICE("max-age=31536000")},
        {SLICE("Set-Cookie"), slice_text(cookie)},
    };
    uint32_t count = 2;
    if (api->params.secure) {
        count++;
    }
    if (cookie != NULL) {
        headers[count] = headers[3];
        count++;
    }
    struct http_response response = {.status = status,
                                     .type = body.size == 0 ? NULL : "application/json",
                                     .headers = headers,
                                     .header_count = count,
                                     .body = body};
    http_respond(api->server, exchange, &response);
}

void api_answer_json(struct httpapi *api, http_exchange exchange, uint16_t status,
                     const struct buf *json, const char *cookie)
{
    respond(api, exchange, status, buf_slice(json), cookie);
}

void api_answer_message(struct httpapi *api, http_exchange exchange, uint16_t status,
                        const struct message *message)
{
    struct buf json;
    buf_init(&json, API_MESSAGE_MAX);
    enum err err = message_encode(message, &json);
    if (err == OK) {
        api_answer_json(api, exchange, status, &json, NULL);
    } else {
        api_answer_err(api, exchange, message_type_name(message->type), err, NULL);
    }
    buf_fini(&json);
}

struct viewer api_view_start(const struct api_pending *pending, struct arena *arena)
{
    arena_init(arena, API_MESSAGE_MAX);
    return (struct viewer){
        .portal = pending->api->params.portal, .arena = arena, .user = pending->user};
}

void api_view_answer(struct api_pending *pending, struct arena *arena, enum err err,
                     const struct message *message)
{
    if (err == OK) {
        api_answer_message(pending->api, pending->exchange, pending->status, message);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
    }
    arena_fini(arena);
    api_pending_end(pending);
}

struct slice api_number_text(uint64_t number, char out[API_NUMBER_SIZE])
{
    int size = number == 0 ? 0 : snprintf(out, API_NUMBER_SIZE, "%llu", (unsigned long long)number);
    return slice_from(out, (size_t)size);
}

void api_answer_empty(struct httpapi *api, http_exchange exchange, const char *cookie)
{
    respond(api, exchange, 204, (struct slice){0}, cookie);
}

static void answer_error(struct httpapi *api, http_exchange exchange, uint16_t status,
                         const char *id, const char *message, const char *key, const char *value)
{
    struct jsonout json;
    refusals_count(id);
    jsonout_init(&json, 4096);
    jsonout_object(&json, NULL);
    jsonout_text(&json, "error", id);
    jsonout_text(&json, "message", message);
    if (key != NULL) {
        jsonout_text(&json, key, value);
    }
    jsonout_end_object(&json);
    if (json.err == OK) {
        respond(api, exchange, status, buf_slice(&json.buf), NULL);
    } else {
        respond(api, exchange, status, SLICE("{\"error\":\"internal\",\"message\":\"no memory\"}"),
                NULL);
    }
    jsonout_fini(&json);
}

void api_answer_error(struct httpapi *api, http_exchange exchange, uint16_t status, const char *id,
                      const char *message, const char *field)
{
    answer_error(api, exchange, status, id, message, field == NULL ? NULL : "field", field);
}

static void answer_internal(struct httpapi *api, http_exchange exchange, const char *route,
                            enum err err)
{
    uint8_t bytes[REFERENCE_BYTES];
    char reference[TEXT_BASE64URL_SIZE(REFERENCE_BYTES) + 1];
    random_bytes(bytes, sizeof(bytes));
    text_base64url(slice_from(bytes, sizeof(bytes)), reference);
    log_error("a request has failed", "reference=%s route=%s err=%s", reference, route,
              err_name(err));
    answer_error(api, exchange, 500, "internal",
                 "the server's fault; the reference finds the cause", "reference", reference);
}

void api_answer_invalid(struct httpapi *api, http_exchange exchange, const char *why)
{
    char field[32] = "";
    const char *colon = why == NULL ? NULL : strchr(why, ':');
    if (colon != NULL && (size_t)(colon - why) < sizeof(field)) {
        memcpy(field, why, (size_t)(colon - why));
        why = colon[1] == ' ' ? colon + 2 : colon + 1;
    }
    api_answer_error(api, exchange, 400, "invalid", why == NULL ? "not allowed" : why,
                     field[0] == '\0' ? NULL : field);
}

void api_answer_err(struct httpapi *api, http_exchange exchange, const char *route, enum err err,
                    const char *why)
{
    switch (err) {
    case ERR_INVALID:
        api_answer_invalid(api, exchange, why);
        break;
    case ERR_NOT_FOUND:
        api_answer_error(api, exchange, 404, "not-found", "no such thing, or not yours", NULL);
        break;
    case ERR_FORBIDDEN:
        api_answer_error(api, exchange, 403, "forbidden", "you may not", NULL);
        break;
    case ERR_UNAUTHORIZED:
        api_answer_error(api, exchange, 401, "unauthorized", "sign in first", NULL);
        break;
    case ERR_STATE:
        api_answer_error(api, exchange, 409, "state", "not possible in the present state", NULL);
        break;
    case ERR_EXISTS:
        api_answer_error(api, exchange, 409, "taken", "the name is taken", "name");
        break;
    case ERR_LIMIT:
    case ERR_BUSY:
        api_answer_error(api, exchange, 429, "limit", "a limit is reached: later", NULL);
        break;
    default:
        answer_internal(api, exchange, route, err);
        break;
    }
}

void api_answer_out(struct httpapi *api, http_exchange exchange, uint16_t status, const char *route,
                    struct jsonout *json, const char *cookie)
{
    if (json->err == OK) {
        api_answer_json(api, exchange, status, &json->buf, cookie);
    } else {
        api_answer_err(api, exchange, route, json->err, NULL);
    }
    jsonout_fini(json);
}

struct api_pending *api_pending_begin(const struct api_request *request, const char *route)
{
    struct api_pending *pending = mem_alloc(sizeof(*pending));
    if (pending == NULL) {
        api_answer_err(request->api, request->exchange, route, ERR_NOMEM, NULL);
        return NULL;
    }
    pending->api = request->api;
    pending->exchange = request->exchange;
    pending->origin = request->origin;
    pending->route = route;
    pending->status = 200;
    if (request->user != NULL) {
        pending->user = request->user->id;
    }
    return pending;
}

void api_pending_started(struct api_pending *pending, enum err err)
{
    if (err != OK) {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
        mem_free(pending);
    }
}

void api_pending_end(struct api_pending *pending)
{
    mem_free(pending);
}

void api_done_empty(void *arg, enum err err, const char *why)
{
    struct api_pending *pending = arg;
    if (err == OK) {
        api_answer_empty(pending->api, pending->exchange, NULL);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, why);
    }
    api_pending_end(pending);
}

void api_done_profile(void *arg, enum err err, const char *why)
{
    struct api_pending *pending = arg;
    const struct portal *portal = pending->api->params.portal;
    const struct user *user = portal_user_by_id(portal, &pending->user);
    if (err == OK && user != NULL) {
        struct jsonout json;
        jsonout_init(&json, API_JSON_MAX);
        api_json_person(&json, NULL, portal, user, true);
        api_answer_out(pending->api, pending->exchange, 200, pending->route, &json, NULL);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route,
                       err == OK ? ERR_NOT_FOUND : err, why);
    }
    api_pending_end(pending);
}

void api_cookie(const struct httpapi *api, const uint8_t *token, char out[200])
{
    char text[TEXT_BASE64URL_SIZE(TOKEN_BYTES) + 1] = "";
    if (token != NULL) {
        text_base64url(slice_from(token, TOKEN_BYTES), text);
    }
    (void)snprintf(out, 200, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%lld%s",
                   api->params.secure ? API_COOKIE_SECURE : API_COOKIE_PLAIN, text,
                   token == NULL ? 0LL : (long long)api->params.login_absolute_s,
                   api->params.secure ? "; Secure" : "");
    mem_wipe(text, sizeof(text));
}

void api_answer_login(struct api_pending *pending, uint16_t status,
                      const struct portal_login *login)
{
    const struct portal *portal = pending->api->params.portal;
    const struct user *user = portal_user_by_id(portal, &login->login.user);
    struct jsonout json;
    char cookie[200];
    jsonout_init(&json, API_JSON_MAX);
    if (user == NULL) {
        jsonout_fail(&json, ERR_NOT_FOUND);
    } else {
        api_json_me(&json, portal, user, &login->login.id, api_collects_log(pending->api));
    }
    api_cookie(pending->api, login->token, cookie);
    api_answer_out(pending->api, pending->exchange, status, pending->route, &json, cookie);
    mem_wipe(cookie, sizeof(cookie));
}
