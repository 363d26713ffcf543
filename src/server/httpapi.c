/* SPDX-License-Identifier: Apache-2.0 */
#include "server/httpapi.h"

#include <time.h>

#include "base/mem.h"
#include "base/text.h"
#include "portal/admin.h"
#include "server/api.h"
#include "server/router.h"

enum { SIGNED_IN = 1, WRITE = 2, GUEST = 4 };

#define ADMIN_PATH "/api/admin/" /* all below it exists for administrators only */

struct route {
    enum http_method method;
    unsigned flags;
    const char *pattern;
    api_handle handle;
};

#define ROUTE(method, flags, path, handler, who, body, answer)                                     \
    {HTTP_##method, flags, path, handler},
#define PAGE(path, handler) {HTTP_GET, GUEST, path, handler}, /* no data of anybody */
static const struct route routes[] = {
#include "server/routes.def"
};
#undef ROUTE
#undef PAGE

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
        known = known || strcmp(routes[i].pattern, "/<name>") != 0;
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
    if ((route->flags & GUEST) == 0 && request.user != NULL &&
        portal_is_guest(api->params.portal, &request.user->id)) {
        if ((route->flags & SIGNED_IN) != 0) {
            api_answer_err(api, exchange, route->pattern, ERR_FORBIDDEN, NULL);
            return;
        }
        request.user = NULL; /* as for anybody */
        request.login = NULL;
    }
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
