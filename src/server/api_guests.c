/* SPDX-License-Identifier: Apache-2.0 */
/* Links for guests, and the guests who come by them. */
#include "server/api.h"

#include "base/mem.h"
#include "base/text.h"
#include "portal/admin.h"

#define LINKS_SHOWN_MAX 500

static const char *const state_names[] = {[GUEST_OPEN] = "open",
                                          [GUEST_WAITING] = "waiting",
                                          [GUEST_TALKING] = "talking",
                                          [GUEST_USED] = "used",
                                          [GUEST_EXPIRED] = "expired"};

/* ---- for hosts and administrators ---- */

static void link_json(struct jsonout *json, const struct guest_view *view)
{
    char id[ID_TEXT_SIZE];
    id_format(&view->link->id, id);
    jsonout_object(json, NULL);
    jsonout_text(json, "id", id);
    jsonout_text(json, "label", view->link->label);
    jsonout_text(json, "host", view->host->full_name);
    jsonout_text(json, "guest", view->guest == NULL ? "" : view->guest->full_name);
    jsonout_text(json, "state", state_names[view->state]);
    jsonout_number(json, "created", view->link->created_s);
    jsonout_number(json, "expires", view->link->expires_s);
    jsonout_end_object(json);
}

/* `host` NULL: those of everybody. */
static void answer_links(struct api_request *request, const struct id *host)
{
    struct portal *portal = request->api->params.portal;
    struct guest_view *views = mem_alloc_array(LINKS_SHOWN_MAX, sizeof(views[0]));
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    if (views == NULL) {
        jsonout_fail(&json, ERR_NOMEM);
    } else {
        uint32_t count = portal_guest_links(portal, host, request->now_s, views, LINKS_SHOWN_MAX);
        jsonout_object(&json, NULL);
        jsonout_bool(&json, "on", portal_guest_seconds(portal) > 0);
        jsonout_number(&json, "maxSeconds", portal_guest_seconds(portal));
        jsonout_list(&json, "links");
        for (uint32_t i = 0; i < count; i++) {
            link_json(&json, &views[i]);
        }
        jsonout_end_list(&json);
        jsonout_end_object(&json);
    }
    mem_free(views);
    api_answer_out(request->api, request->exchange, 200, "guests", &json, NULL);
}

void api_guests_get(struct api_request *request)
{
    answer_links(request, &request->user->id);
}

void api_admin_guests_get(struct api_request *request)
{
    answer_links(request, NULL);
}

static void on_invited(void *arg, enum err err, const uint8_t token[TOKEN_BYTES], int64_t expires_s)
{
    struct api_pending *pending = arg;
    if (err == OK) {
        api_answer_link(pending, "guest", token, expires_s);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
    }
    api_pending_end(pending);
}

void api_guests_post(struct api_request *request)
{
    struct api_field fields[] = {{"label", 1024, true, NULL}, {"seconds", 16, true, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 2, &body)) {
        return;
    }
    struct portal_guest_wish wish = {.label = slice_text(fields[0].text)};
    const char *field = NULL;
    if (model_check_text(wish.label, 0, USER_FULL_NAME_MAX, NULL) != OK) {
        field = "label";
    } else if (text_parse_number(slice_text(fields[1].text), UINT32_MAX, &wish.valid_s) != OK) {
        field = "seconds";
    }
    if (field != NULL) {
        api_answer_error(request->api, request->exchange, 400, "invalid", "not allowed", field);
    }
    struct api_pending *pending = field == NULL ? api_pending_begin(request, "guests") : NULL;
    if (pending != NULL) {
        struct id user = request->user->id;
        api_pending_started(pending, portal_guest_invite(request->api->params.portal, &user, &wish,
                                                         request->now_s, request->now_ms,
                                                         on_invited, pending));
    }
    api_body_end(body);
}

void api_guests_delete(struct api_request *request)
{
    struct id link;
    if (id_parse(request->part, &link) != OK) {
        api_answer_err(request->api, request->exchange, "guests", ERR_NOT_FOUND, NULL);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "guests");
    if (pending != NULL) {
        struct id user = request->user->id;
        api_pending_started(pending, portal_guest_revoke(request->api->params.portal, &user, &link,
                                                         request->now_s, request->now_ms,
                                                         api_done_empty, pending));
    }
}

/* ---- for who has the link ---- */

/* Who asks is one of this server's people, who calls the host from the portal. */
static bool is_member(const struct api_request *request)
{
    return request->user != NULL &&
           !portal_is_guest(request->api->params.portal, &request->user->id);
}

void api_guest_get(struct api_request *request)
{
    const struct user *host = NULL;
    uint8_t token[TOKEN_BYTES] = {0}; /* what is no token is looked up, and counted, as one */
    (void)!text_from_base64url(request->part, token, sizeof(token));
    enum err err = portal_guest_find(request->api->params.portal, token,
                                     slice_text(request->http->peer_address), request->now_s,
                                     request->now_ms, &host);
    mem_wipe(token, sizeof(token));
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_fail(&json, err);
    if (err == OK) {
        jsonout_object(&json, NULL);
        jsonout_object(&json, "host");
        jsonout_text(&json, "name", host->name);
        jsonout_text(&json, "fullName", host->full_name);
        api_json_avatar(&json, host);
        jsonout_end_object(&json);
        jsonout_text(&json, "signedIn", is_member(request) ? request->user->full_name : "");
        jsonout_end_object(&json);
    }
    api_answer_out(request->api, request->exchange, 200, "guest", &json, NULL);
}

static void on_entered(void *arg, enum err err, const struct portal_login *login)
{
    struct api_pending *pending = arg;
    if (err == OK) {
        api_answer_login(pending, 201, login);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
    }
    api_pending_end(pending);
}

void api_guest_post(struct api_request *request)
{
    struct api_field fields[] = {{"name", 1024, true, NULL}};
    struct api_body *body = NULL;
    if (is_member(request)) {
        api_answer_err(request->api, request->exchange, "guest", ERR_STATE, NULL);
        return;
    }
    if (!api_body_read(request, fields, 1, &body)) {
        return;
    }
    uint8_t token[TOKEN_BYTES] = {0};
    (void)!text_from_base64url(request->part, token, sizeof(token));
    struct portal_guest_entry entry = {.name = slice_text(fields[0].text),
                                       .agent = http_header_find(request->http, "User-Agent"),
                                       .address = slice_text(request->http->peer_address)};
    struct api_pending *pending = api_pending_begin(request, "guest");
    if (pending != NULL) {
        enum err err = portal_guest_enter(request->api->params.portal, token, &entry,
                                          request->now_s, request->now_ms, on_entered, pending);
        if (err == ERR_INVALID) {
            api_answer_error(request->api, request->exchange, 400, "invalid", "not allowed",
                             "name");
            api_pending_end(pending);
        } else {
            api_pending_started(pending, err);
        }
    }
    mem_wipe(token, sizeof(token));
    api_body_end(body);
}
