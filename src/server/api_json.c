/* SPDX-License-Identifier: Apache-2.0 */
#include "server/api.h"

#include "base/text.h"
#include "portal/connectors.h"

static bool has_avatar(const struct user *user)
{
    for (size_t i = 0; i < sizeof(user->avatar_hash); i++) {
        if (user->avatar_hash[i] != 0) {
            return true;
        }
    }
    return false;
}

static const char *presence_name(enum presence presence)
{
    switch (presence) {
    case PRESENCE_AVAILABLE:
        return "available";
    case PRESENCE_IN_CALL:
        return "in-call";
    case PRESENCE_AWAY:
        return "away";
    case PRESENCE_DO_NOT_DISTURB:
        return "do-not-disturb";
    case PRESENCE_OFFLINE:
        break;
    }
    return "offline";
}

static const char *status_name(enum status status)
{
    switch (status) {
    case STATUS_AVAILABLE:
        break;
    case STATUS_AWAY:
        return "away";
    case STATUS_DO_NOT_DISTURB:
        return "do-not-disturb";
    case STATUS_INVISIBLE:
        return "invisible";
    }
    return "available";
}

void api_json_avatar(struct jsonout *json, const struct user *user)
{
    char avatar[TEXT_BASE64URL_SIZE(32) + 1] = "";
    if (has_avatar(user)) {
        text_base64url(slice_from(user->avatar_hash, sizeof(user->avatar_hash)), avatar);
    }
    jsonout_text(json, "avatar", avatar);
}

void api_json_person(struct jsonout *json, const char *key, const struct portal *portal,
                     const struct user *user, bool with_email)
{
    char accounts[CONNECTOR_TYPES_SIZE];
    portal_account_types(portal, &user->id, accounts);
    jsonout_object(json, key);
    jsonout_text(json, "name", user->name);
    jsonout_text(json, "fullName", user->full_name);
    jsonout_text(json, "position", user->position);
    api_json_avatar(json, user);
    jsonout_text(json, "status", presence_name(portal_presence(portal, &user->id)));
    jsonout_text(json, "accounts", accounts);
    jsonout_number(json, "devices", portal_devices(portal, &user->id));
    jsonout_bool(json, "push", portal_push_reaches(portal, &user->id));
    if (portal_is_guest(portal, &user->id)) {
        jsonout_bool(json, "guest", true);
    }
    if (with_email) {
        jsonout_text(json, "email", user->email);
        api_json_accounts(json, "imAccounts", portal, &user->id);
    }
    jsonout_end_object(json);
}

void api_json_names(struct jsonout *json, const char *key, const char *const *names, uint32_t count)
{
    jsonout_list(json, key);
    for (uint32_t i = 0; i < count; i++) {
        jsonout_text(json, NULL, names[i]);
    }
    jsonout_end_list(json);
}

static void settings(struct jsonout *json, const struct user *user)
{
    jsonout_object(json, "settings");
    jsonout_bool(json, "microphone", user->microphone_on);
    jsonout_bool(json, "camera", user->camera_on);
    jsonout_text(json, "status", status_name(user->status));
    jsonout_bool(json, "callWaiting", !user->no_call_waiting);
    jsonout_bool(json, "relayOnly", user->relay_only);
    jsonout_text(json, "language", user->language);
    jsonout_end_object(json);
}

void api_json_me(struct jsonout *json, const struct portal *portal, const struct user *user,
                 const struct id *login, bool collects_log)
{
    const char *groups[GROUPS_PER_USER_MAX];
    uint32_t count = portal_user_groups(portal, &user->id, groups, GROUPS_PER_USER_MAX);
    char id[ID_TEXT_SIZE];
    id_format(login, id);
    jsonout_object(json, NULL);
    api_json_person(json, "user", portal, user, true);
    api_json_names(json, "groups", groups, count);
    jsonout_bool(json, "administrator", portal_user_is_in(portal, &user->id, GROUP_ADMINISTRATORS));
    jsonout_bool(json, "collectLog", collects_log);
    settings(json, user);
    jsonout_text(json, "login", id);
    jsonout_end_object(json);
}
