/* SPDX-License-Identifier: Apache-2.0 */
#include "server/httpapi.h"

#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "portal/admin.h"
#include "server/api.h"
#include "server/router.h"

enum { SIGNED_IN = 1, WRITE = 2 };

#define ADMIN_PATH "/api/admin/" /* all below it exists for administrators only */

struct route {
    enum http_method method;
    unsigned flags;
    const char *pattern;
    api_handle handle;
};

static const struct route routes[] = {
    {HTTP_POST, WRITE, "/api/login", api_login_post},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/logout", api_logout_post},
    {HTTP_GET, SIGNED_IN, "/api/me", api_me_get},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/me/profile", api_me_put_profile},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/me/password", api_me_put_password},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/me/avatar", api_me_put_avatar},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/me/avatar", api_me_delete_avatar},
    {HTTP_GET, SIGNED_IN, "/api/me/logins", api_me_get_logins},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/me/logins/*", api_me_delete_login},
    {HTTP_GET, SIGNED_IN, "/api/me/accounts", api_accounts_get},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/me/accounts", api_accounts_put},
    {HTTP_GET, SIGNED_IN, "/api/connectors/*", api_connectors_link},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/clientlog", api_clientlog_post},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/problems", api_problems_post},
    {HTTP_GET, SIGNED_IN, "/api/admin/connectors", api_admin_connectors},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/admin/connectors/*", api_admin_connector_put},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/admin/phones", api_admin_phones_put},
    {HTTP_GET, SIGNED_IN, "/api/admin/relay", api_admin_relay_get},
    {HTTP_GET, SIGNED_IN, "/api/admin/now", api_admin_now},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/admin/relay/test", api_admin_relay_test},
    {HTTP_GET, SIGNED_IN, "/api/admin/webrtc", api_admin_webrtc_get},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/admin/webrtc", api_admin_webrtc_put},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/admin/webrtc/test", api_admin_webrtc_test},
    {HTTP_GET, SIGNED_IN, "/api/admin/people", api_admin_people},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/admin/people/*", api_admin_person_put},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/admin/people/*/reset", api_admin_person_reset},
    {HTTP_GET, SIGNED_IN, "/api/admin/invitations", api_admin_invitations_get},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/admin/invitations/*", api_admin_invitation_delete},
    {HTTP_GET, SIGNED_IN, "/api/admin/calls", api_admin_calls},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/admin/calls/*", api_admin_call_delete},
    {HTTP_GET, SIGNED_IN, "/api/admin/audit", api_admin_audit},
    {HTTP_GET, SIGNED_IN, "/api/people", api_people_search},
    {HTTP_GET, SIGNED_IN, "/api/people/*", api_people_get},
    {HTTP_GET, SIGNED_IN, "/api/calls", api_calls_get},
    {HTTP_GET, SIGNED_IN, "/api/calls/*/timeline", api_calls_timeline},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/invitations", api_invitations_post},
    {HTTP_GET, 0, "/api/invitations/*", api_invitations_get},
    {HTTP_POST, WRITE, "/api/join/*", api_join_post},
    {HTTP_GET, SIGNED_IN, "/api/rooms", api_rooms_get_all},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/rooms", api_rooms_post},
    {HTTP_GET, SIGNED_IN, "/api/rooms/*", api_rooms_get},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/rooms/*", api_rooms_put},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/rooms/*/members", api_rooms_post_member},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/rooms/*/members/*", api_rooms_delete_member},
    {HTTP_GET, SIGNED_IN, "/api/rooms/*/messages", api_rooms_history},
    {HTTP_GET, SIGNED_IN, "/api/chat/search", api_rooms_search},
    {HTTP_GET, SIGNED_IN, "/api/activities", api_stream_get_all},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/activities", api_stream_post},
    {HTTP_GET, SIGNED_IN, "/api/activities/*", api_stream_get},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/activities/*", api_stream_delete},
    {HTTP_GET, SIGNED_IN, "/api/activities/*/comments", api_stream_comments},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/activities/*/comments", api_stream_post_comment},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/activities/*/comments/*", api_stream_delete_comment},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/activities/*/like", api_stream_like},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/activities/*/like", api_stream_unlike},
    {HTTP_GET, SIGNED_IN, "/api/spaces", api_spaces_get_all},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/spaces", api_spaces_post},
    {HTTP_GET, SIGNED_IN, "/api/spaces/*", api_spaces_get},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/spaces/*", api_spaces_put},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/spaces/*/invitations", api_spaces_invite},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/spaces/*/join", api_spaces_join},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/spaces/*/leave", api_spaces_leave},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/spaces/*/refuse", api_spaces_leave},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/spaces/*/members/*", api_spaces_remove},
    {HTTP_GET, 0, "/avatar/*", api_people_avatar},
    {HTTP_GET, SIGNED_IN, "/api/admin/doctor", api_admin_get_doctor},
    {HTTP_GET, SIGNED_IN, "/api/push", api_push_get},
    {HTTP_PUT, WRITE | SIGNED_IN, "/api/push", api_push_put},
    {HTTP_DELETE, WRITE | SIGNED_IN, "/api/push", api_push_delete},
    {HTTP_GET, SIGNED_IN, "/api/push/calls/*", api_push_call},
    {HTTP_POST, WRITE | SIGNED_IN, "/api/push/calls/*/decline", api_push_decline},
    {HTTP_GET, 0, "/healthz", api_healthz},
    {HTTP_GET, 0, "/readyz", api_readyz},
    /* The handshake opens a door for commands: its Origin is checked like that of a write. */
    {HTTP_GET, WRITE | SIGNED_IN, "/ws", api_websocket},
    {HTTP_GET, 0, "/", api_page_index},
    {HTTP_GET, 0, "/people", api_page_index},
    {HTTP_GET, 0, "/people/*", api_page_index},
    {HTTP_GET, 0, "/chat", api_page_index},
    {HTTP_GET, 0, "/chat/*", api_page_index},
    {HTTP_GET, 0, "/calls", api_page_index},
    {HTTP_GET, 0, "/calls/missed", api_page_index},
    {HTTP_GET, 0, "/spaces", api_page_index},
    {HTTP_GET, 0, "/spaces/*", api_page_index},
    {HTTP_GET, 0, "/settings", api_page_index},
    {HTTP_GET, 0, "/admin", api_page_index},
    {HTTP_GET, 0, "/admin/*", api_page_index},
    {HTTP_GET, 0, "/login", api_page_index},
    {HTTP_GET, 0, "/join/*", api_page_index},
    {HTTP_GET, 0, "/call/*", api_page_call},
    {HTTP_GET, 0, "/gallery.html", api_page_gallery},
    {HTTP_GET, 0, "/assets/*", api_page_file},
    {HTTP_GET, 0, "/*", api_page_file},
};

void api_websocket(struct api_request *request)
{
    struct httpapi *api = request->api;
    if (!request->http->upgrade_websocket) {
        if (api->server != NULL) {
            const struct http_header header = {SLICE("Upgrade"), SLICE("websocket")};
            http_respond(
                api->server, request->exchange,
                &(struct http_response){.status = 426, .headers = &header, .header_count = 1});
        }
        return;
    }
    api->params.on_websocket(api->params.websocket_arg, request->exchange, request->login);
}

/* The own origin whose host the request names, or NULL. */
static const char *find_origin(const struct httpapi *api, const struct http_request *request)
{
    struct slice host = http_header_find(request, "Host");
    for (uint32_t i = 0; i < api->origin_count; i++) {
        const char *mark = strstr(api->origins[i], "://");
        if (mark != NULL && text_equal_nocase(slice_text(mark + 3), host)) {
            return api->origins[i];
        }
    }
    return NULL;
}

static void authenticate(struct api_request *request)
{
    const char *name = request->api->params.secure ? API_COOKIE_SECURE : API_COOKIE_PLAIN;
    struct slice cookie = router_cookie(http_header_find(request->http, "Cookie"), name);
    uint8_t token[TOKEN_BYTES];
    if (text_from_base64url(cookie, token, sizeof(token)) != OK ||
        portal_authenticate(request->api->params.portal, token, request->now_s, &request->login,
                            &request->user) != OK) {
        request->login = NULL;
        request->user = NULL;
    }
    mem_wipe(token, sizeof(token));
}

static void answer_method(struct api_request *request, bool known)
{
    if (!known) {
        api_answer_err(request->api, request->exchange, "route", ERR_NOT_FOUND, NULL);
        return;
    }
    api_answer_error(request->api, request->exchange, 405, "method",
                     "this path does not take this method", NULL);
}

static const struct route *find_route(struct api_request *request)
{
    enum http_method method = request->http->method;
    method = method == HTTP_HEAD ? HTTP_GET : method;
    bool known = false;
    for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
        if (!router_match(routes[i].pattern, request->http->path, &request->part)) {
            continue;
        }
        if (routes[i].method == method) {
            return &routes[i];
        }
        known = known || strcmp(routes[i].pattern, "/*") != 0;
    }
    answer_method(request, known);
    return NULL;
}

static void on_request(void *arg, http_exchange exchange, const struct http_request *http)
{
    struct httpapi *api = arg;
    struct api_request request = {.api = api,
                                  .exchange = exchange,
                                  .http = http,
                                  .origin = find_origin(api, http),
                                  .now_ms = loop_now_ms(api->params.loop),
                                  .now_s = (int64_t)time(NULL)};
    if (request.origin == NULL) {
        api_answer_error(api, exchange, 421, "wrong-host",
                         "this server does not answer for that host: see the option origin", NULL);
        return;
    }
    struct slice admin = SLICE(ADMIN_PATH);
    if (http->path.size >= admin.size &&
        slice_equal(slice_from(http->path.data, admin.size), admin)) {
        authenticate(&request);
        if (request.user == NULL || !admin_may(api->params.portal, &request.user->id)) {
            /* As for a path that does not exist, whatever the method and the origin. */
            answer_method(&request, false);
            return;
        }
    }
    const struct route *route = find_route(&request);
    if (route == NULL) {
        return;
    }
    struct slice origin = http_header_find(http, "Origin");
    if ((route->flags & WRITE) != 0 && !slice_equal(origin, slice_text(request.origin))) {
        api_answer_error(api, exchange, 403, "foreign-origin",
                         "the Origin header must be this server's own origin", NULL);
        return;
    }
    authenticate(&request);
    if ((route->flags & SIGNED_IN) != 0 && request.user == NULL) {
        api_answer_err(api, exchange, route->pattern, ERR_UNAUTHORIZED, NULL);
        return;
    }
    route->handle(&request);
}

MUST_USE enum err httpapi_create(const struct httpapi_params *params, struct httpapi **out)
{
    struct httpapi *api = mem_alloc(sizeof(*api));
    if (api == NULL) {
        return ERR_NOMEM;
    }
    api->params = *params;
    *out = api;
    return OK;
}

void httpapi_destroy(struct httpapi *api)
{
    mem_free(api);
}

MUST_USE enum err httpapi_add_origin(struct httpapi *api, const char *origin)
{
    if (api->origin_count == HTTPAPI_ORIGINS_MAX) {
        return ERR_LIMIT;
    }
    const char *mark = strstr(origin, "://");
    size_t size = strlen(origin);
    if (mark == NULL || mark[3] == '\0' || strchr(mark + 3, '/') != NULL ||
        size >= sizeof(api->origins[0])) {
        return ERR_INVALID;
    }
    memcpy(api->origins[api->origin_count++], origin, size + 1);
    return OK;
}

void httpapi_set_server(struct httpapi *api, struct http_server *server)
{
    api->server = server;
}

void httpapi_set_relay(struct httpapi *api, struct turnhost *relay)
{
    api->relay = relay;
}

struct http_handler httpapi_handler(struct httpapi *api)
{
    return (struct http_handler){.on_request = on_request, .arg = api};
}
