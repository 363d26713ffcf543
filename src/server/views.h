/* SPDX-License-Identifier: Apache-2.0 */
/* The nouns of chat and stream as structs of wire/message.h, for events, replies and answers alike.
 * Texts are borrowed from the nouns and the portal, the rest lives in the arena. ERR_NOMEM: the
 * arena is full; ERR_NOT_FOUND: the viewer may not see it. */
#ifndef SERVER_VIEWS_H
#define SERVER_VIEWS_H

#include "base/arena.h"
#include "portal/chat.h"
#include "portal/spaces.h"
#include "portal/stream.h"
#include "wire/message.h"

/* For whom, and where to. */
struct viewer {
    const struct portal *portal;
    struct arena *arena;
    struct id user;
};

/* NULL, or somebody who is not known any more: nobody. */
MUST_USE enum err view_person(const struct viewer *viewer, const struct user *user,
                              struct message_person *out);
MUST_USE enum err view_chatmsg(const struct viewer *viewer, const struct chatmsg *chatmsg,
                               struct message_chatmsg *out);
/* `last` may be NULL. */
MUST_USE enum err view_room(const struct viewer *viewer, const struct room_view *room,
                            const struct chatmsg *last, struct message_room *out);
MUST_USE enum err view_room_by_id(const struct viewer *viewer, const struct id *room,
                                  struct message_room *out);
MUST_USE enum err view_comment(const struct viewer *viewer, const struct comment *comment,
                               struct message_comment *out);
MUST_USE enum err view_activity(const struct viewer *viewer, const struct found_activity *activity,
                                struct message_activity *out);
void view_space(const struct space_view *space, struct message_space *out);

/* The event as a message; only of kinds from EVENT_CHATMSG on. */
MUST_USE enum err view_event(const struct viewer *viewer, const struct event *event,
                             struct message *out);

#endif
