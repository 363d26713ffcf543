/* SPDX-License-Identifier: Apache-2.0 */
/* Links that make an account or set a password. */
#include "server/api.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"

static const char *const kind_names[] = {[INVITATION_MEMBER] = "member",
                                         [INVITATION_ADMINISTRATOR] = "administrator",
                                         [INVITATION_PASSWORD] = "password"};

const char *api_invitation_kind(enum invitation_kind kind)
{
    return kind_names[kind];
}

void api_answer_link(struct api_pending *pending, const char *path, const uint8_t *token,
                     int64_t expires_s)
{
    char text[TEXT_BASE64URL_SIZE(TOKEN_BYTES) + 1];
    char url[400];
    text_base64url(slice_from(token, TOKEN_BYTES), text);
    (void)snprintf(url, sizeof(url), "%s/%s/%s", pending->origin, path, text);
    struct jsonout json;
    jsonout_init(&json, 1024);
    jsonout_object(&json, NULL);
    jsonout_text(&json, "url", url);
    jsonout_number(&json, "expires", expires_s);
    jsonout_end_object(&json);
    mem_wipe(text, sizeof(text));
    mem_wipe(url, sizeof(url));
    api_answer_out(pending->api, pending->exchange, 201, pending->route, &json, NULL);
}

void api_done_invited(void *arg, enum err err, const uint8_t token[TOKEN_BYTES], int64_t expires_s)
{
    struct api_pending *pending = arg;
    if (err != OK) {
        /* Who may not shall not learn that there is something. */
        api_answer_err(pending->api, pending->exchange, pending->route,
                       err == ERR_FORBIDDEN ? ERR_NOT_FOUND : err, NULL);
        api_pending_end(pending);
        return;
    }
    api_answer_link(pending, "join", token, expires_s);
    api_pending_end(pending);
}

void api_invitations_post(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    if (!portal_user_is_in(portal, &request->user->id, GROUP_ADMINISTRATORS)) {
        api_answer_err(request->api, request->exchange, "invitations", ERR_NOT_FOUND, NULL);
        return;
    }
    struct api_field fields[] = {{"kind", 32, true, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 1, &body)) {
        return;
    }
    enum invitation_kind kind = INVITATION_MEMBER;
    if (strcmp(fields[0].text, kind_names[INVITATION_ADMINISTRATOR]) == 0) {
        kind = INVITATION_ADMINISTRATOR;
    } else if (strcmp(fields[0].text, kind_names[INVITATION_MEMBER]) != 0) {
        api_answer_error(request->api, request->exchange, 400, "invalid", "member or administrator",
                         "kind");
        api_body_end(body);
        return;
    }
    api_body_end(body);
    struct api_pending *pending = api_pending_begin(request, "invitations");
    if (pending != NULL) {
        struct id user = request->user->id;
        enum err err = portal_invite(request->api->params.portal, &user, kind, request->now_s,
                                     api_done_invited, pending);
        api_pending_started(pending, err == ERR_FORBIDDEN ? ERR_NOT_FOUND : err);
    }
}

void api_invitations_get(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    const struct invitation *invitation = NULL;
    uint8_t token[TOKEN_BYTES];
    enum err err = text_from_base64url(request->part, token, sizeof(token));
    err = err == OK ? portal_invitation_find(portal, token, request->now_s, &invitation)
                    : ERR_NOT_FOUND;
    struct jsonout json;
    jsonout_init(&json, 1024);
    jsonout_fail(&json, err);
    if (err == OK) {
        const struct user *user = invitation->kind == INVITATION_PASSWORD
                                      ? portal_user_by_id(portal, &invitation->user)
                                      : NULL;
        jsonout_object(&json, NULL);
        jsonout_text(&json, "kind", api_invitation_kind(invitation->kind));
        jsonout_text(&json, "name", user == NULL ? "" : user->name);
        jsonout_end_object(&json);
    }
    api_answer_out(request->api, request->exchange, 200, "invitations", &json, NULL);
}

static void on_joined(void *arg, enum err err, const char *why, const struct portal_login *login)
{
    struct api_pending *pending = arg;
    if (err == OK) {
        api_answer_login(pending, 201, login);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, why);
    }
    api_pending_end(pending);
}

/* The rules of a new account, each with its field. False: it has answered. */
static bool check_join(const struct api_request *request, const struct portal_join *join,
                       enum invitation_kind kind)
{
    const char *why = NULL;
    const char *field = NULL;
    if (kind != INVITATION_PASSWORD) {
        if (model_check_user_name(join->name, &why) != OK) {
            field = "name";
        } else if (model_check_text(join->full_name, 1, USER_FULL_NAME_MAX, &why) != OK) {
            field = "fullName";
        } else if (model_check_email(join->email, &why) != OK) {
            field = "email";
        }
    }
    if (field == NULL && model_check_password(join->password, &why) != OK) {
        field = "password";
    }
    if (field != NULL) {
        api_answer_error(request->api, request->exchange, 400, "invalid",
                         why == NULL ? "not allowed" : why, field);
    }
    return field == NULL;
}

void api_join_post(struct api_request *request)
{
    struct portal *portal = request->api->params.portal;
    const struct invitation *invitation = NULL;
    uint8_t token[TOKEN_BYTES];
    enum err err = text_from_base64url(request->part, token, sizeof(token));
    err = err == OK ? portal_invitation_find(portal, token, request->now_s, &invitation)
                    : ERR_NOT_FOUND;
    if (err != OK) {
        api_answer_err(request->api, request->exchange, "join", ERR_NOT_FOUND, NULL);
        return;
    }
    enum invitation_kind kind = invitation->kind;
    struct api_field fields[] = {{"password", 1024, true, NULL},
                                 {"name", 1024, true, NULL},
                                 {"fullName", 4096, true, NULL},
                                 {"email", 4096, false, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, kind == INVITATION_PASSWORD ? 1 : 4, &body)) {
        return;
    }
    struct portal_join join = {.name = slice_text(fields[1].text),
                               .full_name = slice_text(fields[2].text),
                               .email = slice_text(fields[3].text),
                               .password = slice_text(fields[0].text),
                               .agent = http_header_find(request->http, "User-Agent"),
                               .address = slice_text(request->http->peer_address)};
    struct api_pending *pending =
        check_join(request, &join, kind) ? api_pending_begin(request, "join") : NULL;
    if (pending != NULL) {
        api_pending_started(pending, portal_join(portal, token, &join, request->now_s,
                                                 request->now_ms, on_joined, pending));
    }
    mem_wipe(token, sizeof(token));
    api_body_end(body);
}
