/* SPDX-License-Identifier: Apache-2.0 */
/* Administration of WebRTC: ICE servers, policy, client log. Passwords come in and never go out. */
#include "server/api_admin.h"

#include <stdio.h>

#include "base/mem.h"

static void urls_json(struct jsonout *json, const struct webrtc_server *server)
{
    jsonout_list(json, "urls");
    for (uint32_t i = 0; i < server->url_count; i++) {
        jsonout_text(json, NULL, server->urls[i]);
    }
    jsonout_end_list(json);
}

void api_admin_webrtc_get(struct api_request *request)
{
    const struct webrtc_settings *settings = icelist_settings(request->api->params.ice);
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_object(&json, NULL);
    jsonout_list(&json, "servers");
    for (uint32_t i = 0; i < settings->server_count; i++) {
        const struct webrtc_server *server = &settings->servers[i];
        jsonout_object(&json, NULL);
        urls_json(&json, server);
        jsonout_bool(&json, "credentials", server->credentials);
        jsonout_text(&json, "username", server->username);
        jsonout_end_object(&json);
    }
    jsonout_end_list(&json);
    jsonout_bool(&json, "relayOnly", settings->relay_only);
    jsonout_number(&json, "poolSize", settings->pool_size);
    jsonout_bool(&json, "collectLog", settings->collect_log);
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "admin/webrtc", &json, NULL);
}

static bool copy(const char *text, char *out, size_t size)
{
    size_t length = strlen(text);
    if (length < size) {
        memcpy(out, text, length + 1);
    }
    return length < size;
}

static const char *read_urls(const struct api_node *list, struct webrtc_server *out)
{
    const struct api_node *item = api_node_first(list);
    for (; item != NULL; item = api_node_next(item)) {
        const char *url = NULL;
        if (out->url_count == WEBRTC_URLS_MAX) {
            return "a server has at most 4 addresses";
        }
        if (!api_node_text(item, &url) ||
            !copy(url, out->urls[out->url_count], sizeof(out->urls[0]))) {
            return "an address has at most 255 characters";
        }
        out->url_count++;
    }
    return NULL;
}

/* A password that is not given stays as it was: `kept` is the place that the server had before. */
static const char *read_server(const struct api_node *item, const struct webrtc_settings *before,
                               struct webrtc_server *out, const char **field)
{
    const char *username = "";
    const char *password = NULL;
    uint64_t kept = 0;
    *field = "url";
    const char *why = read_urls(api_node_member(item, "urls"), out);
    if (why != NULL) {
        return why;
    }
    (void)api_node_bool(api_node_member(item, "credentials"), &out->credentials);
    if (!out->credentials) {
        return NULL;
    }
    *field = "username";
    (void)api_node_text(api_node_member(item, "username"), &username);
    if (!copy(username, out->username, sizeof(out->username))) {
        return "it has at most 128 characters";
    }
    *field = "password";
    if (api_node_text(api_node_member(item, "password"), &password)) {
        return secret_set(&out->password, slice_text(password)) == OK
                   ? NULL
                   : "it has at most 256 characters";
    }
    if (api_node_number(api_node_member(item, "kept"), WEBRTC_SERVERS_MAX, &kept) &&
        kept < before->server_count) {
        out->password = before->servers[kept].password;
    }
    return NULL;
}

static void answer_fault(struct api_request *request, uint32_t server, uint32_t url,
                         const char *field, const char *why)
{
    char name[64];
    if (strcmp(field, "url") == 0) {
        (void)snprintf(name, sizeof(name), "servers.%u.urls.%u", (unsigned)server, (unsigned)url);
    } else if (strcmp(field, "poolSize") == 0) {
        (void)snprintf(name, sizeof(name), "poolSize");
    } else {
        (void)snprintf(name, sizeof(name), "servers.%u.%s", (unsigned)server, field);
    }
    api_answer_error(request->api, request->exchange, 400, "invalid", why, name);
}

/* False: it has answered. */
static bool read_settings(struct api_request *request, const struct api_node *root,
                          struct webrtc_settings *out)
{
    const struct webrtc_settings *before = icelist_settings(request->api->params.ice);
    const struct api_node *list = api_node_member(root, "servers");
    const struct api_node *item = api_node_first(list);
    uint64_t pool_size = 0;
    if (!api_node_is_list(list) ||
        !api_node_bool(api_node_member(root, "relayOnly"), &out->relay_only) ||
        !api_node_bool(api_node_member(root, "collectLog"), &out->collect_log)) {
        answer_fault(request, 0, 0, "servers", "servers, relayOnly and collectLog are needed");
        return false;
    }
    for (; item != NULL; item = api_node_next(item)) {
        if (out->server_count == WEBRTC_SERVERS_MAX) {
            answer_fault(request, out->server_count, 0, "url", "at most 16 servers are allowed");
            return false;
        }
        const char *field = NULL;
        const char *why = read_server(item, before, &out->servers[out->server_count], &field);
        if (why != NULL) {
            answer_fault(request, out->server_count, 0, field, why);
            return false;
        }
        out->server_count++;
    }
    if (!api_node_number(api_node_member(root, "poolSize"), WEBRTC_POOL_MAX, &pool_size)) {
        answer_fault(request, 0, 0, "poolSize", "0 to 10 is allowed");
        return false;
    }
    out->pool_size = (uint32_t)pool_size;
    struct webrtc_fault fault;
    if (webrtc_check(out, request->api->params.local, &fault) != OK) {
        answer_fault(request, fault.server, fault.url, fault.field, fault.why);
        return false;
    }
    return true;
}

static void keep_settings(struct api_request *request, const struct webrtc_settings *settings,
                          struct setting *values)
{
    struct api_pending *pending = api_pending_begin(request, "admin/webrtc");
    if (pending != NULL) {
        uint32_t count = webrtc_write(settings, values);
        struct admin_act act = api_admin_act(pending, request);
        api_pending_started(pending,
                            admin_settings_put(request->api->params.portal, &act,
                                               slice_text(webrtc_connector.name), values, count));
    }
}

void api_admin_webrtc_put(struct api_request *request)
{
    struct api_body *body = NULL;
    if (!api_tree_read(request, &body)) {
        return;
    }
    struct webrtc_settings *settings = mem_alloc(sizeof(*settings));
    struct setting *values = mem_alloc_array(ADMIN_SETTINGS_MAX, sizeof(*values));
    if (settings == NULL || values == NULL) {
        api_answer_err(request->api, request->exchange, "admin/webrtc", ERR_NOMEM, NULL);
    } else if (read_settings(request, api_tree_root(body), settings)) {
        keep_settings(request, settings, values);
    }
    if (settings != NULL) {
        mem_wipe(settings, sizeof(*settings));
    }
    if (values != NULL) {
        mem_wipe(values, ADMIN_SETTINGS_MAX * sizeof(*values));
    }
    mem_free(settings);
    mem_free(values);
    api_body_end(body);
}

static void ice_json(struct jsonout *json, const struct webrtc_server *server)
{
    jsonout_object(json, NULL);
    urls_json(json, server);
    jsonout_text(json, "username", server->credentials ? server->username : "");
    jsonout_text(json, "credential", server->credentials ? secret_reveal(&server->password) : "");
    jsonout_end_object(json);
}

/* What a browser needs to try a server that is kept: exactly what each caller is given. The page
 * hands it to the browser and shows none of it. */
void api_admin_webrtc_test(struct api_request *request)
{
    const struct webrtc_settings *settings = icelist_settings(request->api->params.ice);
    struct api_body *body = NULL;
    uint64_t server = 0;
    if (!api_tree_read(request, &body)) {
        return;
    }
    bool right = api_node_number(api_node_member(api_tree_root(body), "server"), WEBRTC_SERVERS_MAX,
                                 &server);
    api_body_end(body);
    struct jsonout json;
    jsonout_init(&json, 8192);
    if (right && server < settings->server_count) {
        ice_json(&json, &settings->servers[server]);
    } else {
        jsonout_fail(&json, ERR_NOT_FOUND);
    }
    api_answer_out(request->api, request->exchange, 200, "admin/webrtc", &json, NULL);
}
