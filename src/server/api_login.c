/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out. */
#include "server/api.h"

static void on_login(void *arg, enum err err, const struct portal_login *login)
{
    struct api_pending *pending = arg;
    if (err == OK) {
        api_answer_login(pending, 200, login);
    } else if (err == ERR_UNAUTHORIZED || err == ERR_INVALID) {
        api_answer_error(pending->api, pending->exchange, 401, "wrong-login",
                         "wrong user name or password", NULL);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
    }
    api_pending_end(pending);
}

void api_login_post(struct api_request *request)
{
    struct api_field fields[] = {{"name", 1024, true, NULL}, {"password", 1024, true, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 2, &body)) {
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "login");
    if (pending != NULL) {
        enum err err = portal_login(
            request->api->params.portal, slice_text(fields[0].text), slice_text(fields[1].text),
            http_header_find(request->http, "User-Agent"), slice_text(request->http->peer_address),
            request->now_s, request->now_ms, on_login, pending);
        if (err == ERR_UNAUTHORIZED || err == ERR_INVALID) {
            on_login(pending, ERR_UNAUTHORIZED, NULL);
        } else {
            api_pending_started(pending, err);
        }
    }
    api_body_end(body);
}

static void on_logout(void *arg, enum err err, const char *why)
{
    struct api_pending *pending = arg;
    if (err == OK || err == ERR_NOT_FOUND) {
        char cookie[200];
        api_cookie(pending->api, NULL, cookie);
        api_answer_empty(pending->api, pending->exchange, cookie);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, why);
    }
    api_pending_end(pending);
}

void api_logout_post(struct api_request *request)
{
    struct api_pending *pending = api_pending_begin(request, "logout");
    if (pending != NULL) {
        struct id user = request->user->id;
        struct id login = request->login->id;
        api_pending_started(pending, portal_logout(request->api->params.portal, &user, &login,
                                                   request->now_ms, on_logout, pending));
    }
}
