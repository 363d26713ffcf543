/* SPDX-License-Identifier: Apache-2.0 */
/* The line that an ended call leaves in the chat of the two. */
#include "base/counter.h"
#include "base/log.h"
#include "portal/pending.h"
#include "portal/rooms.h"

static void lose(const struct id *call, enum err err)
{
    char text[ID_TEXT_SIZE];
    id_format(call, text);
    counter_increment(COUNTER_CHAT_LINES_LOST);
    log_warn("an ended call leaves no line in the chat", "call=%s err=%s", text, err_name(err));
}

/* Nobody waits: what was begun is told when it is kept. */
static void on_line(struct pending *pending, enum err err)
{
    struct portal *portal = pending->portal;
    const struct chatmsg chatmsg = pending->changes[pending->at].chatmsg;
    struct id callee = pending->item;
    bool made_room = pending->at > 0;
    struct chatroom *room = rooms_find(portal, &pending->room);
    if (room != NULL && made_room) {
        room->flying++; /* it was not there to count its first message */
    }
    if (room != NULL) {
        chat_land(room, chatmsg.seq, err == OK);
    }
    if (err == OK && room != NULL) {
        counter_increment(COUNTER_CHAT_MESSAGES);
        chat_tell_message(portal, room, 0, &chatmsg);
    }
    pending_destroy(pending);
    if (err == ERR_EXISTS && made_room &&
        rooms_find_pair(portal, &chatmsg.author, &callee) != NULL) {
        chat_add_call(portal, &chatmsg.author, &callee, &chatmsg.call); /* it is there now */
    } else if (err != OK) {
        lose(&chatmsg.call.call, err);
    }
}

/* The changes before the message: the room of the two, and both in it. */
static void make_room(struct pending *pending, const struct id *caller, const struct id *callee)
{
    struct change *changes = pending->changes;
    const struct id *users[2] = {caller, callee};
    int64_t now_s = portal_now_s(pending->portal);
    changes[0] = (struct change){.kind = CHANGE_ROOM_ADD};
    changes[0].room = (struct room){.id = pending->room, .kind = ROOM_DIRECT, .created_s = now_s};
    room_pair(caller, callee, changes[0].room.pair);
    for (size_t i = 0; i < 2; i++) {
        changes[i + 1] = (struct change){.kind = CHANGE_ROOM_MEMBER_PUT};
        changes[i + 1].room_member =
            (struct room_member){.room = pending->room, .user = *users[i], .joined_s = now_s};
    }
    pending->at = 3;
}

static struct id random_id(const struct portal *portal)
{
    struct id id;
    portal->ports.random.bytes(portal->ports.random.ctx, id.bytes, ID_BYTES);
    return id;
}

/* `room` NULL: it is to be made. */
static MUST_USE enum err keep_line(struct pending *pending, struct chatroom *room,
                                   const struct id *caller, const struct call_line *line)
{
    struct portal *portal = pending->portal;
    enum err err = pending_reserve(pending, 6);
    if (err != OK) {
        return err;
    }
    if (room == NULL) {
        make_room(pending, caller, &pending->item);
    }
    /* The message has an id of its own: that of the call is known to pages, which could use it up
     * and so leave no line. */
    struct chatmsg chatmsg = {.id = random_id(portal),
                              .room = pending->room,
                              .author = *caller,
                              .seq = room == NULL ? 1 : room->given + 1,
                              .at_s = portal_now_s(portal),
                              .kind = CHATMSG_CALL,
                              .call = *line};
    err = chat_add_message(pending, &chatmsg);
    pending->change_count = pending->at + 2;
    const struct member *callee = rooms_member(portal, &pending->item, &pending->room);
    if ((line->answered || line->quiet) &&
        (callee == NULL || callee->read_seq + 1 == chatmsg.seq)) {
        /* Who took part knows of it. */
        struct change *mark = &pending->changes[pending->change_count++];
        chat_mark_read(mark, &pending->room, &pending->item, chatmsg.seq);
        mark->room_member.quiet = line->quiet; /* the caller would learn from it who blocks him */
    }
    err = err == OK ? pending_keep(pending, on_line) : err;
    if (err == OK && room != NULL) {
        room->given++;
        room->flying++;
    }
    return err;
}

void chat_add_call(struct portal *portal, const struct id *caller, const struct id *callee,
                   const struct call_line *line)
{
    struct chatroom *room = rooms_find_pair(portal, caller, callee);
    struct pending *pending = NULL;
    enum err err = OK;
    if (room == NULL && map_count(portal->rooms->by_id) >= portal->limits.rooms_max) {
        err = ERR_LIMIT;
    }
    err = err == OK ? pending_create(portal, NULL, &pending) : err;
    if (err == OK) {
        pending->user = *caller;
        pending->item = *callee;
        pending->room = room == NULL ? random_id(portal) : room->room.id;
        err = keep_line(pending, room, caller, line);
    }
    if (err != OK) {
        pending_destroy(pending);
        lose(&line->call, err);
    }
}

/* ---- a message to who was declined ---- */

static void on_words(struct pending *pending, enum err err)
{
    struct portal *portal = pending->portal;
    const struct chatmsg chatmsg = pending->changes[pending->at].chatmsg;
    struct chatroom *room = rooms_find(portal, &pending->room);
    if (room != NULL && pending->at > 0) {
        room->flying++; /* it was not there to count its first message */
    }
    if (room != NULL) {
        chat_land(room, chatmsg.seq, err == OK);
    }
    if (err == OK && room != NULL) {
        counter_increment(COUNTER_CHAT_MESSAGES);
        chat_tell_message(portal, room, 0, &chatmsg);
    }
    /* The line of the call has made the room meanwhile: it is there now. */
    if (err == ERR_EXISTS && pending->at > 0 &&
        rooms_find_pair(portal, &pending->user, &pending->item) != NULL) {
        err = chat_say(portal, &pending->user, &pending->item, chatmsg.text, pending->done,
                       pending->arg);
        if (err == OK) {
            pending_destroy(pending);
            return;
        }
    }
    pending->done(pending->arg, err, NULL);
    pending_destroy(pending);
}

MUST_USE enum err chat_say(struct portal *portal, const struct id *from, const struct id *to,
                           struct slice text, portal_done on_done, void *arg)
{
    struct chatroom *room = rooms_find_pair(portal, from, to);
    struct pending *pending = NULL;
    enum err err = model_check_lines(text, 1, CHATMSG_TEXT_MAX, NULL);
    if (err == OK && room == NULL && map_count(portal->rooms->by_id) >= portal->limits.rooms_max) {
        err = ERR_LIMIT;
    }
    err = err == OK ? chat_take_quota(portal, person_find(portal, from)) : err;
    err = err == OK ? pending_create(portal, arg, &pending) : err;
    err = err == OK ? pending_reserve(pending, 5) : err;
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    pending->done = on_done;
    pending->user = *from;
    pending->item = *to;
    pending->room = room == NULL ? random_id(portal) : room->room.id;
    if (room == NULL) {
        make_room(pending, from, to);
    }
    const struct chatmsg chatmsg = {.id = random_id(portal),
                                    .room = pending->room,
                                    .author = *from,
                                    .seq = room == NULL ? 1 : room->given + 1,
                                    .at_s = portal_now_s(portal),
                                    .kind = CHATMSG_TEXT,
                                    .text = text};
    err = chat_add_message(pending, &chatmsg);
    pending->change_count = pending->at + 2;
    err = err == OK ? pending_keep(pending, on_words) : err;
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    if (room != NULL) {
        room->given++;
        room->flying++;
    }
    return OK;
}
