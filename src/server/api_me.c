/* SPDX-License-Identifier: Apache-2.0 */
/* One's own profile, password, picture and sign-ins. */
#include "server/api.h"

#include "base/text.h"

#define LOGINS_SHOWN_MAX 64

void api_me_get(struct api_request *request)
{
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    api_json_me(&json, request->api->params.portal, request->user, &request->login->id,
                api_collects_log(request->api));
    api_answer_out(request->api, request->exchange, 200, "me", &json, NULL);
}

/* The rules of a profile, each with its field. False: it has answered. */
static bool check_profile(const struct api_request *request, const struct portal_profile *profile)
{
    const char *why = NULL;
    const char *field = NULL;
    if (model_check_text(profile->full_name, 1, USER_FULL_NAME_MAX, &why) != OK) {
        field = "fullName";
    } else if (model_check_email(profile->email, &why) != OK) {
        field = "email";
    } else if (model_check_text(profile->position, 0, USER_POSITION_MAX, &why) != OK) {
        field = "position";
    } else if (model_check_text(profile->language, 0, sizeof(((struct user *)0)->language) - 1,
                                &why) != OK) {
        field = "language";
    }
    if (field != NULL) {
        api_answer_error(request->api, request->exchange, 400, "invalid",
                         why == NULL ? "not allowed" : why, field);
    }
    return field == NULL;
}

void api_me_put_profile(struct api_request *request)
{
    struct api_field fields[] = {{"fullName", 4096, true, NULL},
                                 {"email", 4096, true, NULL},
                                 {"position", 4096, true, NULL},
                                 {"language", 64, true, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 4, &body)) {
        return;
    }
    struct portal_profile profile = {.full_name = slice_text(fields[0].text),
                                     .email = slice_text(fields[1].text),
                                     .position = slice_text(fields[2].text),
                                     .language = slice_text(fields[3].text)};
    struct api_pending *pending =
        check_profile(request, &profile) ? api_pending_begin(request, "profile") : NULL;
    if (pending != NULL) {
        struct id user = request->user->id;
        api_pending_started(pending,
                            portal_set_profile(request->api->params.portal, &user, &profile,
                                               request->now_ms, api_done_profile, pending));
    }
    api_body_end(body);
}

static void on_password(void *arg, enum err err, const char *why)
{
    struct api_pending *pending = arg;
    if (err == ERR_UNAUTHORIZED) {
        api_answer_error(pending->api, pending->exchange, 401, "wrong-login",
                         "the old password is wrong", "old");
        api_pending_end(pending);
        return;
    }
    api_done_empty(pending, err, why);
}

void api_me_put_password(struct api_request *request)
{
    struct api_field fields[] = {{"old", 1024, true, NULL}, {"new", 1024, true, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 2, &body)) {
        return;
    }
    const char *why = NULL;
    if (model_check_password(slice_text(fields[1].text), &why) != OK) {
        api_answer_error(request->api, request->exchange, 400, "invalid", why, "new");
        api_body_end(body);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "password");
    if (pending != NULL) {
        struct id user = request->user->id;
        struct id login = request->login->id;
        enum err err = portal_set_password(request->api->params.portal, &user, &login,
                                           slice_text(fields[0].text), slice_text(fields[1].text),
                                           request->now_ms, on_password, pending);
        if (err != OK) {
            on_password(pending, err, NULL);
        }
    }
    api_body_end(body);
}

static void set_avatar(struct api_request *request, struct slice picture)
{
    struct api_pending *pending = api_pending_begin(request, "avatar");
    if (pending != NULL) {
        struct id user = request->user->id;
        api_pending_started(pending, portal_set_avatar(request->api->params.portal, &user, picture,
                                                       request->now_ms, api_done_profile, pending));
    }
}

void api_me_put_avatar(struct api_request *request)
{
    struct slice picture = request->http->body;
    const char *why = NULL;
    if (picture.size > AVATAR_BYTES_MAX) {
        api_answer_error(request->api, request->exchange, 413, "too-large",
                         "the picture has more than 64 KiB", NULL);
        return;
    }
    if (!text_equal_nocase(http_header_find(request->http, "Content-Type"), SLICE("image/webp"))) {
        api_answer_error(request->api, request->exchange, 400, "invalid",
                         "the picture must be image/webp", NULL);
        return;
    }
    if (picture.size == 0 || model_check_avatar(picture, &why) != OK) {
        api_answer_error(request->api, request->exchange, 400, "invalid",
                         why == NULL ? "no picture" : why, NULL);
        return;
    }
    set_avatar(request, picture);
}

void api_me_delete_avatar(struct api_request *request)
{
    set_avatar(request, (struct slice){0});
}

static void login_json(struct jsonout *json, const struct login *login, const char *device,
                       bool current)
{
    char id[ID_TEXT_SIZE];
    id_format(&login->id, id);
    jsonout_object(json, NULL);
    jsonout_text(json, "id", id);
    jsonout_text(json, "device", device);
    jsonout_text(json, "agent", login->agent);
    jsonout_text(json, "address", login->address);
    jsonout_number(json, "created", login->created_s);
    jsonout_number(json, "seen", login->seen_s);
    jsonout_bool(json, "current", current);
    jsonout_end_object(json);
}

void api_me_get_logins(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    const struct login *logins[LOGINS_SHOWN_MAX];
    uint32_t count = portal_logins(portal, &request->user->id, logins, LOGINS_SHOWN_MAX);
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_object(&json, NULL);
    jsonout_list(&json, "logins");
    for (uint32_t i = 0; i < count && i < LOGINS_SHOWN_MAX; i++) {
        const struct id *id = &logins[i]->id;
        login_json(&json, logins[i], portal_login_device(portal, id),
                   id_equal(id, &request->login->id));
    }
    jsonout_end_list(&json);
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "logins", &json, NULL);
}

void api_me_delete_login(struct api_request *request)
{
    struct id login;
    if (id_parse(request->part, &login) != OK) {
        api_answer_err(request->api, request->exchange, "logins", ERR_NOT_FOUND, NULL);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "logins");
    if (pending != NULL) {
        struct id user = request->user->id;
        api_pending_started(pending, portal_logout(request->api->params.portal, &user, &login,
                                                   request->now_ms, api_done_empty, pending));
    }
}
