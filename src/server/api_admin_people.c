/* SPDX-License-Identifier: Apache-2.0 */
/* Administration of people and their invitations. */
#include "server/api_admin.h"

#define PEOPLE_SHOWN_MAX 100
#define GROUPS_SHOWN_MAX 1000
#define INVITATIONS_SHOWN_MAX 1000
#define QUERY_MAX 129

static enum err names_json(struct buf *json, const char *key, const char *const *names,
                           uint32_t count)
{
    enum err err = buf_printf(json, ",\"%s\":[", key);
    for (uint32_t i = 0; i < count && err == OK; i++) {
        err = i == 0 ? OK : buf_append_byte(json, ',');
        err = err == OK ? api_json_text(json, names[i]) : err;
    }
    return err == OK ? buf_append_byte(json, ']') : err;
}

static enum err person_json(struct buf *json, const struct portal *portal, const struct user *user)
{
    const char *groups[GROUPS_PER_USER_MAX];
    uint32_t count = portal_user_groups(portal, &user->id, groups, GROUPS_PER_USER_MAX);
    enum err err = buf_append_text(json, "{\"person\":");
    err = err == OK ? api_json_person(json, portal, user, true) : err;
    err = err == OK ? buf_printf(json, ",\"disabled\":%s,\"created\":%lld",
                                 user->disabled ? "true" : "false", (long long)user->created_s)
                    : err;
    err = err == OK ? names_json(json, "groups", groups, count) : err;
    return err == OK ? buf_append_byte(json, '}') : err;
}

void api_admin_people(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    char text[QUERY_MAX] = "";
    uint64_t offset = 0;
    uint64_t limit = 0;
    if (!api_query_text(request, "q", text, sizeof(text)) ||
        !api_query_number(request, "offset", UINT32_MAX, 0, &offset) ||
        !api_query_number(request, "limit", PEOPLE_SHOWN_MAX, 25, &limit)) {
        return;
    }
    const struct user *people[PEOPLE_SHOWN_MAX];
    const char *groups[GROUPS_SHOWN_MAX];
    uint32_t total = 0;
    uint32_t count =
        admin_people(portal, slice_text(text), (uint32_t)offset, (uint32_t)limit, people, &total);
    uint32_t group_count = admin_groups(portal, groups, GROUPS_SHOWN_MAX);
    struct buf json;
    buf_init(&json, API_JSON_MAX);
    enum err err = buf_append_text(&json, "{\"people\":[");
    for (uint32_t i = 0; i < count && err == OK; i++) {
        err = i == 0 ? OK : buf_append_byte(&json, ',');
        err = err == OK ? person_json(&json, portal, people[i]) : err;
    }
    err = err == OK ? buf_printf(&json, "],\"total\":%u", total) : err;
    err = err == OK ? names_json(&json, "groups", groups, group_count) : err;
    err = err == OK ? buf_append_byte(&json, '}') : err;
    api_admin_answer(request, "admin/people", err, &json);
}

/* Each request is one act: {disabled} or {group, member}. */
void api_admin_person_put(struct api_request *request)
{
    struct portal *portal = request->api->params.portal;
    struct api_body *body = NULL;
    if (!api_tree_read(request, &body)) {
        return;
    }
    const struct api_node *root = api_tree_root(body);
    bool disabled = false;
    bool member = false;
    const char *group = NULL;
    const char *why = NULL;
    bool disables = api_node_bool(api_node_member(root, "disabled"), &disabled);
    bool groups = api_node_text(api_node_member(root, "group"), &group) &&
                  api_node_bool(api_node_member(root, "member"), &member);
    if (disables == groups) {
        api_answer_error(request->api, request->exchange, 400, "invalid",
                         "either disabled, or group and member, is allowed", NULL);
    } else if (groups && model_check_group(slice_text(group), &why) != OK) {
        api_answer_error(request->api, request->exchange, 400, "invalid", why, "group");
    } else {
        struct api_pending *pending = api_pending_begin(request, "admin/people");
        if (pending != NULL) {
            struct admin_act act = api_admin_act(pending, request);
            api_pending_started(pending,
                                disables ? admin_user_disable(portal, &act, request->part, disabled)
                                         : admin_user_group(portal, &act, request->part,
                                                            slice_text(group), member));
        }
    }
    api_body_end(body);
}

void api_admin_person_delete(struct api_request *request)
{
    struct api_pending *pending = api_pending_begin(request, "admin/people");
    if (pending != NULL) {
        struct admin_act act = api_admin_act(pending, request);
        api_pending_started(pending,
                            admin_user_erase(request->api->params.portal, &act, request->part));
    }
}

void api_admin_person_reset(struct api_request *request)
{
    struct api_pending *pending = api_pending_begin(request, "admin/people");
    if (pending != NULL) {
        struct admin_act act = api_admin_act(pending, request);
        api_pending_started(pending, admin_user_reset(request->api->params.portal, &act,
                                                      request->part, api_done_invited));
    }
}

static enum err invitation_json(struct buf *json, const struct portal *portal,
                                const struct invitation *invitation)
{
    static const char *const kinds[] = {[INVITATION_MEMBER] = "member",
                                        [INVITATION_ADMINISTRATOR] = "administrator",
                                        [INVITATION_PASSWORD] = "password"};
    char id[ID_TEXT_SIZE];
    id_format(&invitation->id, id);
    const struct user *user = portal_user_by_id(portal, &invitation->user);
    const struct user *by = portal_user_by_id(portal, &invitation->invited_by);
    enum err err =
        buf_printf(json, "{\"id\":\"%s\",\"kind\":\"%s\",\"created\":%lld,\"expires\":%lld,", id,
                   kinds[invitation->kind], (long long)invitation->created_s,
                   (long long)invitation->expires_s);
    err = err == OK ? buf_append_text(json, "\"name\":") : err;
    err = err == OK ? api_json_text(json, user == NULL ? "" : user->name) : err;
    err = err == OK ? buf_append_text(json, ",\"by\":") : err;
    err = err == OK ? api_json_text(json, by == NULL ? "" : by->name) : err;
    return err == OK ? buf_append_byte(json, '}') : err;
}

void api_admin_invitations_get(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    const struct invitation *invitations[INVITATIONS_SHOWN_MAX];
    uint32_t count = admin_invitations(portal, request->now_s, invitations, INVITATIONS_SHOWN_MAX);
    struct buf json;
    buf_init(&json, API_JSON_MAX);
    enum err err = buf_append_text(&json, "{\"invitations\":[");
    for (uint32_t i = 0; i < count && err == OK; i++) {
        err = i == 0 ? OK : buf_append_byte(&json, ',');
        err = err == OK ? invitation_json(&json, portal, invitations[i]) : err;
    }
    err = err == OK ? buf_append_text(&json, "]}") : err;
    api_admin_answer(request, "admin/invitations", err, &json);
}

void api_admin_invitation_delete(struct api_request *request)
{
    struct id invitation;
    if (id_parse(request->part, &invitation) != OK) {
        api_answer_err(request->api, request->exchange, "admin/invitations", ERR_NOT_FOUND, NULL);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "admin/invitations");
    if (pending != NULL) {
        struct admin_act act = api_admin_act(pending, request);
        api_pending_started(
            pending, admin_invitation_withdraw(request->api->params.portal, &act, &invitation));
    }
}
