/* SPDX-License-Identifier: Apache-2.0 */
/* The directory, profiles and pictures. */
#include "server/api.h"

#include "base/text.h"
#include "server/router.h"

#define PEOPLE_SHOWN_MAX 100
#define PEOPLE_SHOWN 50
#define QUERY_MAX 129

/* A number of the query; `otherwise` when absent. */
static bool number(struct slice query, const char *name, uint64_t max, uint32_t otherwise,
                   uint32_t *out)
{
    char text[16];
    size_t size = 0;
    uint64_t value = otherwise;
    enum err err = router_query(query, name, text, sizeof(text), &size);
    if (err == OK) {
        err = text_parse_number(slice_from(text, size), max, &value);
    } else if (err == ERR_NOT_FOUND) {
        err = OK;
    }
    *out = (uint32_t)value;
    return err == OK;
}

/* False: it has answered. */
static bool take(struct api_request *request, enum quota quota, const char *text)
{
    bool may = portal_take(request->api->params.portal, &request->user->id, quota, request->now_ms);
    if (!may) {
        api_answer_error(request->api, request->exchange, 429, "limit", text, NULL);
    }
    return may;
}

static void answer_people(struct api_request *request, const struct user **people, uint32_t count,
                          uint32_t total)
{
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_object(&json, NULL);
    jsonout_list(&json, "people");
    for (uint32_t i = 0; i < count; i++) {
        api_json_person(&json, NULL, request->api->params.portal, people[i], false);
    }
    jsonout_end_list(&json);
    jsonout_number(&json, "total", total);
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "people", &json, NULL);
}

void api_people_search(struct api_request *request)
{
    struct slice query = request->http->query;
    char text[QUERY_MAX] = "";
    size_t size = 0;
    uint32_t offset = 0;
    uint32_t limit = 0;
    enum err err = router_query(query, "q", text, sizeof(text), &size);
    if (err == ERR_INVALID) {
        api_answer_error(request->api, request->exchange, 400, "invalid", "bad query", "q");
        return;
    }
    if (!number(query, "offset", UINT32_MAX, 0, &offset)) {
        api_answer_error(request->api, request->exchange, 400, "invalid", "bad number", "offset");
        return;
    }
    if (!number(query, "limit", PEOPLE_SHOWN_MAX, PEOPLE_SHOWN, &limit)) {
        api_answer_error(request->api, request->exchange, 400, "invalid", "0 to 100", "limit");
        return;
    }
    if (!take(request, QUOTA_SEARCHES, "too many searches: wait a minute")) {
        return;
    }
    const struct user *people[PEOPLE_SHOWN_MAX];
    uint32_t total = 0;
    uint32_t count = portal_search(request->api->params.portal, slice_from(text, size), offset,
                                   limit, people, &total);
    answer_people(request, people, count, total);
}

void api_people_get(struct api_request *request)
{
    if (!take(request, QUOTA_PROFILES, "too many profiles: wait a minute")) {
        return;
    }
    const struct user *user = portal_user_by_name(request->api->params.portal, request->part);
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    if (user == NULL || user->disabled) {
        jsonout_fail(&json, ERR_NOT_FOUND);
    } else {
        api_json_person(&json, NULL, request->api->params.portal, user, true);
    }
    api_answer_out(request->api, request->exchange, 200, "people", &json, NULL);
}

static void on_avatar(void *arg, enum err err, struct slice bytes)
{
    struct api_pending *pending = arg;
    if (err != OK) {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
    } else if (pending->api->server != NULL) {
        const struct http_header headers[] = {
            {SLICE("Cache-Control"), SLICE("public, max-age=31536000, immutable")},
            {SLICE("Content-Security-Policy"), SLICE("default-src 'none'; sandbox")},
            {SLICE("Cross-Origin-Resource-Policy"), SLICE("same-origin")},
        };
        http_respond(pending->api->server, pending->exchange,
                     &(struct http_response){.status = 200,
                                             .type = "image/webp",
                                             .headers = headers,
                                             .header_count = 3,
                                             .body = bytes});
    }
    api_pending_end(pending);
}

void api_people_avatar(struct api_request *request)
{
    uint8_t hash[32];
    if (text_from_base64url(request->part, hash, sizeof(hash)) != OK) {
        api_answer_err(request->api, request->exchange, "avatar", ERR_NOT_FOUND, NULL);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "avatar");
    if (pending != NULL) {
        const struct port_keep *keep = &request->api->params.keep;
        api_pending_started(pending, keep->avatar(keep->ctx, hash, on_avatar, pending));
    }
}
