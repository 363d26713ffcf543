/* SPDX-License-Identifier: Apache-2.0 */
/* Administration of people and their invitations. */
#include "server/api_admin.h"

#define PEOPLE_SHOWN_MAX 100
#define GROUPS_SHOWN_MAX 1000
#define INVITATIONS_SHOWN_MAX 1000
#define QUERY_MAX 129

static void person_json(struct jsonout *json, const struct portal *portal, const struct user *user)
{
    const char *groups[GROUPS_PER_USER_MAX];
    uint32_t count = portal_user_groups(portal, &user->id, groups, GROUPS_PER_USER_MAX);
    jsonout_object(json, NULL);
    api_json_person(json, "person", portal, user, true);
    jsonout_bool(json, "disabled", user->disabled);
    jsonout_number(json, "created", user->created_s);
    api_json_names(json, "groups", groups, count);
    jsonout_end_object(json);
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
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_object(&json, NULL);
    jsonout_list(&json, "people");
    for (uint32_t i = 0; i < count; i++) {
        person_json(&json, portal, people[i]);
    }
    jsonout_end_list(&json);
    jsonout_number(&json, "total", total);
    api_json_names(&json, "groups", groups, group_count);
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "admin/people", &json, NULL);
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

static void invitation_json(struct jsonout *json, const struct portal *portal,
                            const struct invitation *invitation)
{
    char id[ID_TEXT_SIZE];
    id_format(&invitation->id, id);
    const struct user *user = portal_user_by_id(portal, &invitation->user);
    const struct user *by = portal_user_by_id(portal, &invitation->invited_by);
    jsonout_object(json, NULL);
    jsonout_text(json, "id", id);
    jsonout_text(json, "kind", api_invitation_kind(invitation->kind));
    jsonout_number(json, "created", invitation->created_s);
    jsonout_number(json, "expires", invitation->expires_s);
    jsonout_text(json, "name", user == NULL ? "" : user->name);
    jsonout_text(json, "by", by == NULL ? "" : by->name);
    jsonout_end_object(json);
}

void api_admin_invitations_get(struct api_request *request)
{
    const struct portal *portal = request->api->params.portal;
    const struct invitation *invitations[INVITATIONS_SHOWN_MAX];
    uint32_t count = admin_invitations(portal, request->now_s, invitations, INVITATIONS_SHOWN_MAX);
    struct jsonout json;
    jsonout_init(&json, API_JSON_MAX);
    jsonout_object(&json, NULL);
    jsonout_list(&json, "invitations");
    for (uint32_t i = 0; i < count; i++) {
        invitation_json(&json, portal, invitations[i]);
    }
    jsonout_end_list(&json);
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "admin/invitations", &json, NULL);
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
