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
    struct buf json;
    refusals_count(id);
    buf_init(&json, 4096);
    enum err err = buf_printf(&json, "{\"error\":\"%s\",\"message\":", id);
    err = err == OK ? api_json_text(&json, message) : err;
    if (key != NULL && err == OK) {
        err = buf_printf(&json, ",\"%s\":", key);
        err = err == OK ? api_json_text(&json, value) : err;
    }
    err = err == OK ? buf_append_byte(&json, '}') : err;
    if (err == OK) {
        respond(api, exchange, status, buf_slice(&json), NULL);
    } else {
        respond(api, exchange, status, SLICE("{\"error\":\"internal\",\"message\":\"no memory\"}"),
                NULL);
    }
    buf_fini(&json);
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
    struct buf json;
    buf_init(&json, API_JSON_MAX);
    if (err == OK) {
        err = user == NULL ? ERR_NOT_FOUND : api_json_person(&json, portal, user, true);
    }
    if (err == OK) {
        api_answer_json(pending->api, pending->exchange, 200, &json, NULL);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, why);
    }
    buf_fini(&json);
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
    struct buf json;
    buf_init(&json, API_JSON_MAX);
    enum err err = user == NULL ? ERR_NOT_FOUND
                                : api_json_me(&json, portal, user, &login->login.id,
                                              api_collects_log(pending->api));
    if (err == OK) {
        char cookie[200];
        api_cookie(pending->api, login->token, cookie);
        api_answer_json(pending->api, pending->exchange, status, &json, cookie);
        mem_wipe(cookie, sizeof(cookie));
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
    }
    buf_fini(&json);
}
