/* SPDX-License-Identifier: Apache-2.0 */
#include "server/views.h"

#include "server/fanout.h"

_Static_assert((int)MESSAGE_ROOM_KIND_SPACE == (int)ROOM_SPACE, "kinds of rooms differ");
_Static_assert((int)MESSAGE_CHATMSG_KIND_MEETING == (int)CHATMSG_MEETING,
               "kinds of messages differ");

static void set_id(uint8_t out[MESSAGE_ID_BYTES], const struct id *id)
{
    memcpy(out, id->bytes, ID_BYTES);
}

static const struct user *find_user(const struct viewer *viewer, const struct id *id)
{
    return portal_user_by_id(viewer->portal, id);
}

MUST_USE enum err view_person(const struct viewer *viewer, const struct user *user,
                              struct message_person *out)
{
    *out = (struct message_person){0};
    if (user == NULL) {
        return OK;
    }
    struct fanout_texts *texts = arena_alloc(viewer->arena, sizeof(*texts));
    if (texts == NULL) {
        return ERR_NOMEM;
    }
    fanout_person_message(viewer->portal, user, portal_presence(viewer->portal, &user->id), texts,
                          out);
    return OK;
}

/* ---- rooms ---- */

MUST_USE enum err view_chatmsg(const struct viewer *viewer, const struct chatmsg *chatmsg,
                               struct message_chatmsg *out)
{
    *out = (struct message_chatmsg){.seq = chatmsg->seq,
                                    .text = chatmsg->text,
                                    .at = (uint64_t)chatmsg->at_s,
                                    .kind = (enum message_chatmsg_kind)chatmsg->kind};
    set_id(out->id, &chatmsg->id);
    set_id(out->room, &chatmsg->room);
    if (chatmsg->kind == CHATMSG_CALL) {
        enum end_reason reason =
            chatmsg->call.reason < END_REASON_COUNT ? chatmsg->call.reason : END_NONE;
        out->has_call = true;
        set_id(out->call.call, &chatmsg->call.call);
        out->call.answered = chatmsg->call.answered;
        out->call.reason = slice_text(end_reason_name(reason));
        out->call.seconds = chatmsg->call.seconds;
    }
    return view_person(viewer, find_user(viewer, &chatmsg->author), &out->author);
}

MUST_USE enum err view_room(const struct viewer *viewer, const struct room_view *room,
                            const struct chatmsg *last, struct message_room *out)
{
    *out = (struct message_room){.kind = (enum message_room_kind)room->room->kind,
                                 .title = slice_text(room->room->title),
                                 .space = slice_text(room->room->space),
                                 .members = room->members,
                                 .unread = room->unread,
                                 .read = room->read_seq,
                                 .seq = room->room->seq,
                                 .has_peer = room->room->kind == ROOM_DIRECT,
                                 .has_last = last != NULL};
    set_id(out->id, &room->room->id);
    out->owner = slice_text(room->owner == NULL ? "" : room->owner->name);
    enum err err = last == NULL ? OK : view_chatmsg(viewer, last, &out->last);
    return err == OK ? view_person(viewer, room->peer, &out->peer) : err;
}

MUST_USE enum err view_room_by_id(const struct viewer *viewer, const struct id *room,
                                  struct message_room *out)
{
    struct room_view view;
    enum err err = portal_room_view(viewer->portal, &viewer->user, room, &view);
    return err == OK ? view_room(viewer, &view, NULL, out) : err;
}

/* ---- the stream ---- */

/* People whose @name is in the text, each once. */
static enum err view_mentions(const struct viewer *viewer, struct slice text,
                              const struct message_person **out, size_t *count)
{
    const struct user *users[MENTIONS_MAX];
    struct slice name;
    size_t at = 0;
    *count = 0;
    while (*count < MENTIONS_MAX && activity_next_mention(text, &at, &name)) {
        const struct user *user = portal_user_by_name(viewer->portal, name);
        bool known = user == NULL;
        for (size_t i = 0; i < *count && !known; i++) {
            known = users[i] == user;
        }
        if (!known) {
            users[(*count)++] = user;
        }
    }
    struct message_person *people = arena_alloc(viewer->arena, *count * sizeof(*people));
    enum err err = people == NULL ? ERR_NOMEM : OK;
    for (size_t i = 0; i < *count && err == OK; i++) {
        err = view_person(viewer, users[i], &people[i]);
    }
    *out = people;
    return err;
}

MUST_USE enum err view_comment(const struct viewer *viewer, const struct comment *comment,
                               struct message_comment *out)
{
    *out = (struct message_comment){.text = comment->text, .at = (uint64_t)comment->at_s};
    set_id(out->id, &comment->id);
    set_id(out->activity, &comment->activity);
    enum err err = view_person(viewer, find_user(viewer, &comment->author), &out->author);
    return err == OK ? view_mentions(viewer, comment->text, &out->mentions, &out->mentions_count)
                     : err;
}

MUST_USE enum err view_activity(const struct viewer *viewer, const struct found_activity *activity,
                                struct message_activity *out)
{
    const struct activity *from = &activity->activity;
    *out = (struct message_activity){.text = from->text,
                                     .at = (uint64_t)from->at_s,
                                     .likes = activity->likes,
                                     .liked = activity->liked,
                                     .comments = activity->comments,
                                     .has_space = from->space[0] != '\0'};
    set_id(out->id, &from->id);
    if (out->has_space) {
        struct space_view space;
        enum err err =
            portal_space_view(viewer->portal, &viewer->user, slice_text(from->space), &space);
        if (err != OK) {
            return err;
        }
        out->space.name = slice_text(space.space->name);
        out->space.title = slice_text(space.space->title);
    }
    struct message_comment *latest =
        arena_alloc(viewer->arena, activity->latest_count * sizeof(*latest));
    enum err err = latest == NULL ? ERR_NOMEM : OK;
    for (uint32_t i = 0; i < activity->latest_count && err == OK; i++) {
        err = view_comment(viewer, &activity->latest[i], &latest[i]);
    }
    out->latest = latest;
    out->latest_count = activity->latest_count;
    err = err == OK ? view_person(viewer, find_user(viewer, &from->author), &out->author) : err;
    return err == OK ? view_mentions(viewer, from->text, &out->mentions, &out->mentions_count)
                     : err;
}

void view_space(const struct space_view *space, struct message_space *out)
{
    *out = (struct message_space){.name = slice_text(space->space->name),
                                  .title = slice_text(space->space->title),
                                  .description = slice_text(space->space->description),
                                  .members = space->members,
                                  .member = space->member,
                                  .invited = space->invited};
    out->owner = slice_text(space->owner == NULL ? "" : space->owner->name);
    set_id(out->room, &space->room);
}

/* ---- events ---- */

static enum err view_room_event(const struct viewer *viewer, const struct event *event,
                                struct message *out)
{
    switch (event->kind) {
    case EVENT_CHATMSG:
        out->type = MESSAGE_CHAT_MESSAGE;
        return view_chatmsg(viewer, event->chatmsg, &out->chat_message.message);
    case EVENT_TYPING:
        out->type = MESSAGE_CHAT_IS_TYPING;
        set_id(out->chat_is_typing.room, &event->read.room);
        out->chat_is_typing.name = slice_text(event->read.user->name);
        return OK;
    case EVENT_READ:
        out->type = MESSAGE_CHAT_HAS_READ;
        set_id(out->chat_has_read.room, &event->read.room);
        out->chat_has_read.name = slice_text(event->read.user->name);
        out->chat_has_read.up_to = event->read.seq;
        return OK;
    case EVENT_ROOM:
        out->type = MESSAGE_ROOM_CHANGED;
        return view_room_by_id(viewer, &event->id, &out->room_changed.room);
    default:
        out->type = MESSAGE_ROOM_REMOVED;
        set_id(out->room_removed.room, &event->id);
        return OK;
    }
}

static enum err view_stream_event(const struct viewer *viewer, const struct event *event,
                                  struct message *out)
{
    switch (event->kind) {
    case EVENT_ACTIVITY:
        out->type = MESSAGE_ACTIVITY_ADDED;
        return view_activity(viewer, event->activity, &out->activity_added.activity);
    case EVENT_ACTIVITY_REMOVED:
        out->type = MESSAGE_ACTIVITY_REMOVED;
        set_id(out->activity_removed.activity, &event->id);
        return OK;
    case EVENT_LIKED:
        out->type = MESSAGE_ACTIVITY_LIKED;
        set_id(out->activity_liked.activity, &event->liked.activity);
        out->activity_liked.likes = event->liked.likes;
        out->activity_liked.liked = event->liked.liked;
        out->activity_liked.name = slice_text(event->liked.user->name);
        return OK;
    case EVENT_COMMENT:
        out->type = MESSAGE_ACTIVITY_COMMENTED;
        out->activity_commented.comments = event->commented.comments;
        return view_comment(viewer, event->commented.comment, &out->activity_commented.comment);
    default:
        out->type = MESSAGE_ACTIVITY_UNCOMMENTED;
        set_id(out->activity_uncommented.activity, &event->commented.comment->activity);
        set_id(out->activity_uncommented.comment, &event->commented.comment->id);
        out->activity_uncommented.comments = event->commented.comments;
        return OK;
    }
}

MUST_USE enum err view_event(const struct viewer *viewer, const struct event *event,
                             struct message *out)
{
    struct space_view space;
    enum err err = OK;
    switch (event->kind) {
    case EVENT_CHATMSG:
    case EVENT_TYPING:
    case EVENT_READ:
    case EVENT_ROOM:
    case EVENT_ROOM_REMOVED:
        return view_room_event(viewer, event, out);
    case EVENT_SPACE:
        err = portal_space_view(viewer->portal, &viewer->user, slice_text(event->space), &space);
        if (err == OK) {
            out->type = MESSAGE_SPACE_CHANGED;
            view_space(&space, &out->space_changed.space);
        }
        return err;
    case EVENT_SPACE_REMOVED:
        out->type = MESSAGE_SPACE_REMOVED;
        out->space_removed.name = slice_text(event->space);
        return OK;
    case EVENT_GONE:
        out->type = MESSAGE_PERSON_GONE;
        out->person_gone.name = slice_text(event->gone.name);
        out->person_gone.erased = event->gone.erased;
        return OK;
    default:
        return view_stream_event(viewer, event, out);
    }
}
