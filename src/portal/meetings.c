/* SPDX-License-Identifier: Apache-2.0 */
/* Meetings of rooms and spaces: a line with a link, by which everybody joins with one click. What
 * happens in a meeting is the service's, so nothing here says that it runs or has ended. */
#include "base/log.h"
#include "portal/pending.h"
#include "portal/rooms.h"

/* Everybody who begins soon after another, by the same connector, means the same meeting. */
static bool is_joined(const struct chatroom *room, const struct connector *connector,
                      uint64_t now_ms)
{
    const struct gathering *gathering = &room->gathering;
    return gathering->connector == connector && gathering->until_ms > now_ms;
}

/* Posts the line, or answers with the one that is there. */
static MUST_USE enum err meet(struct pending *pending, struct member *member,
                              const struct id *message, const struct connector *connector,
                              const char *link)
{
    struct portal *portal = pending->portal;
    struct gathering *gathering = &member->room->gathering;
    if (is_joined(member->room, connector, portal->now_ms)) {
        pending->user = member->person->user.id;
        pending->room = member->room->room.id;
        return chat_answer_again(pending, &gathering->message, &gathering->author);
    }
    enum err err = chat_take_quota(portal, member->person);
    return err == OK ? chat_post(pending, member, message, CHATMSG_MEETING, slice_text(link)) : err;
}

MUST_USE enum err portal_chat_meet(struct portal *portal, session_id session, const struct id *room,
                                   const struct id *message, struct slice name, bool picked,
                                   uint64_t now_ms, portal_sent_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct member *member = chat_member(portal, session, room);
    if (member == NULL) {
        return ERR_NOT_FOUND;
    }
    char link[CONNECTOR_URL_MAX + 1];
    const struct connector *connector = NULL;
    bool groups = member->room->room.kind != ROOM_DIRECT && portal_session_calls(portal, session);
    enum err err = !groups
                       ? ERR_UNSUPPORTED
                       : connector_meet(portal, name, member->person, message, &connector, link);
    struct pending *pending = NULL;
    err = err == OK ? pending_create(portal, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    pending->sent_done = on_done;
    pending->session = session;
    pending->connector = connector;
    err = meet(pending, member, message, connector, link);
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    /* The line is on its way: a default that is not remembered is no reason to refuse it. */
    err = picked ? connector_remember(portal, member->person, room, connector->name,
                                      portal_now_s(portal))
                 : OK;
    if (err != OK) {
        log_warn("a choice is not remembered", "connector=%s err=%s", connector->name,
                 err_name(err));
    }
    return OK;
}
