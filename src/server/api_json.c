/* SPDX-License-Identifier: Apache-2.0 */
#include "server/api.h"

#include "base/text.h"
#include "portal/connectors.h"

MUST_USE enum err api_json_text(struct buf *json, const char *text)
{
    enum err err = buf_append_byte(json, '"');
    const char *start = text;
    for (; *text != '\0' && err == OK; text++) {
        uint8_t c = (uint8_t)*text;
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        err = buf_append(json, slice_from(start, (size_t)(text - start)));
        err = err == OK ? buf_printf(json, "\\u%04x", c) : err;
        start = text + 1;
    }
    err = err == OK ? buf_append(json, slice_from(start, (size_t)(text - start))) : err;
    return err == OK ? buf_append_byte(json, '"') : err;
}

static enum err member(struct buf *json, const char *prefix, const char *text)
{
    enum err err = buf_append_text(json, prefix);
    return err == OK ? api_json_text(json, text) : err;
}

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

MUST_USE enum err api_json_person(struct buf *json, const struct portal *portal,
                                  const struct user *user, bool with_email)
{
    char avatar[TEXT_BASE64URL_SIZE(32) + 1] = "";
    if (has_avatar(user)) {
        text_base64url(slice_from(user->avatar_hash, sizeof(user->avatar_hash)), avatar);
    }
    enum err err = member(json, "{\"name\":", user->name);
    err = err == OK ? member(json, ",\"fullName\":", user->full_name) : err;
    err = err == OK ? member(json, ",\"position\":", user->position) : err;
    err = err == OK ? member(json, ",\"avatar\":", avatar) : err;
    err = err == OK
              ? member(json, ",\"status\":", presence_name(portal_presence(portal, &user->id)))
              : err;
    char accounts[CONNECTOR_TYPES_SIZE];
    portal_account_types(portal, &user->id, accounts);
    err = err == OK ? member(json, ",\"accounts\":", accounts) : err;
    err = err == OK ? buf_printf(json, ",\"devices\":%u,\"push\":%s",
                                 (unsigned)portal_devices(portal, &user->id),
                                 portal_push_reaches(portal, &user->id) ? "true" : "false")
                    : err;
    if (with_email && err == OK) {
        err = member(json, ",\"email\":", user->email);
        err = err == OK ? api_json_accounts(json, portal, &user->id) : err;
    }
    return err == OK ? buf_append_byte(json, '}') : err;
}

static enum err groups(struct buf *json, const struct portal *portal, const struct user *user)
{
    const char *names[GROUPS_PER_USER_MAX];
    uint32_t count = portal_user_groups(portal, &user->id, names, GROUPS_PER_USER_MAX);
    enum err err = buf_append_text(json, ",\"groups\":[");
    for (uint32_t i = 0; i < count && err == OK; i++) {
        err = member(json, i == 0 ? "" : ",", names[i]);
    }
    return err == OK ? buf_append_byte(json, ']') : err;
}

MUST_USE enum err api_json_me(struct buf *json, const struct portal *portal,
                              const struct user *user, const struct id *login, bool collects_log)
{
    char id[ID_TEXT_SIZE];
    id_format(login, id);
    bool administrator = portal_user_is_in(portal, &user->id, GROUP_ADMINISTRATORS);
    enum err err = buf_append_text(json, "{\"user\":");
    err = err == OK ? api_json_person(json, portal, user, true) : err;
    err = err == OK ? groups(json, portal, user) : err;
    err = err == OK ? buf_printf(json,
                                 ",\"administrator\":%s,\"collectLog\":%s,\"settings\":{"
                                 "\"microphone\":%s,\"camera\":%s,\"status\":\"%s\","
                                 "\"callWaiting\":%s,\"relayOnly\":%s,\"language\":",
                                 administrator ? "true" : "false", collects_log ? "true" : "false",
                                 user->microphone_on ? "true" : "false",
                                 user->camera_on ? "true" : "false", status_name(user->status),
                                 user->no_call_waiting ? "false" : "true",
                                 user->relay_only ? "true" : "false")
                    : err;
    err = err == OK ? api_json_text(json, user->language) : err;
    err = err == OK ? member(json, "},\"login\":", id) : err;
    return err == OK ? buf_append_byte(json, '}') : err;
}
