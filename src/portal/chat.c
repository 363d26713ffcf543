/* SPDX-License-Identifier: Apache-2.0 */
/* Messages: sending, reading, searching. */
#include <stdlib.h>

#include "base/counter.h"
#include "portal/pending.h"
#include "portal/rooms.h"

#define DAY_MS (24 * 3600 * 1000)

struct member *chat_member(const struct portal *portal, session_id session, const struct id *room)
{
    const struct session *found = session_find(portal, session);
    return found == NULL || found->person->user.disabled
               ? NULL
               : rooms_member(portal, &found->person->user.id, room);
}

/* ---- sending ---- */

MUST_USE enum err chat_take_quota(struct portal *portal, struct person *person)
{
    const struct portal_limits *limits = &portal->limits;
    const struct bucket_rate second = {
        .tokens = limits->sends_per_s, .period_ms = 1000, .burst = limits->sends_burst};
    const struct bucket_rate day = {
        .tokens = limits->messages_per_day, .period_ms = DAY_MS, .burst = limits->messages_per_day};
    if (bucket_take(&person->sends, &second, portal->now_ms) &&
        bucket_take(&person->messages, &day, portal->now_ms)) {
        return OK;
    }
    counter_increment(COUNTER_CHAT_REFUSED);
    return ERR_LIMIT;
}

static void finish_sent(struct pending *pending, enum err err, const struct chatmsg *chatmsg)
{
    pending->sent_done(pending->arg, err, chatmsg);
    pending_destroy(pending);
}

/* The id was sent before: the answer is what is there, if it is there. */
static void on_sent_before(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    const struct chatmsg *chatmsg = found->message_count == 1 ? &found->messages[0] : NULL;
    if (err == OK && (chatmsg == NULL || !id_equal(&chatmsg->room, &pending->room) ||
                      rooms_member(pending->portal, &pending->user, &pending->room) == NULL)) {
        err = ERR_NOT_FOUND;
    }
    finish_sent(pending, err, err == OK ? chatmsg : NULL);
}

MUST_USE enum err chat_answer_again(struct pending *pending, const struct id *message,
                                    const struct id *author)
{
    struct question question = {.kind = ASK_MESSAGE, .id = *message, .who = *author};
    return pending_ask(pending, &question, on_sent_before);
}

/* A seq that was given and not used is given again, as soon as no other is on its way. */
void chat_land(struct chatroom *room, uint64_t seq, bool kept)
{
    room->flying--;
    if (kept && seq > room->room.seq) {
        room->room.seq = seq;
    }
    if (room->flying == 0) {
        room->given = room->room.seq;
    }
}

void chat_tell_message(struct portal *portal, struct chatroom *room, session_id except,
                       const struct chatmsg *chatmsg)
{
    struct event event = {.kind = EVENT_CHATMSG, .chatmsg = chatmsg};
    rooms_tell_change(portal, room);
    event.same = event_same(portal);
    rooms_tell(portal, room, except, &event);
}

/* A line that begins a meeting: who begins one soon joins it instead. */
static void gather(struct chatroom *room, const struct pending *pending,
                   const struct chatmsg *chatmsg)
{
    if (chatmsg->kind == CHATMSG_MEETING) {
        room->gathering = (struct gathering){.message = chatmsg->id,
                                             .author = chatmsg->author,
                                             .connector = pending->connector,
                                             .until_ms = pending->portal->now_ms + CHAT_MEETING_MS};
    }
}

static void on_sent(struct pending *pending, enum err err)
{
    struct portal *portal = pending->portal;
    const struct chatmsg *chatmsg = &pending->changes[pending->at].chatmsg;
    struct chatroom *room = rooms_find(portal, &pending->room);
    if (room != NULL) {
        chat_land(room, chatmsg->seq, err == OK);
    }
    if (err == ERR_EXISTS) {
        counter_increment(COUNTER_CHAT_REPEATED);
        err = chat_answer_again(pending, &chatmsg->id, &chatmsg->author);
        if (err == OK) {
            return;
        }
    } else if (err == OK) {
        counter_increment(COUNTER_CHAT_MESSAGES);
        if (room != NULL) {
            gather(room, pending, chatmsg);
            chat_tell_message(portal, room, pending->session, chatmsg);
        }
    }
    finish_sent(pending, err, err == OK ? chatmsg : NULL);
}

void chat_mark_read(struct change *change, const struct id *room, const struct id *user,
                    uint64_t seq)
{
    *change = (struct change){.kind = CHANGE_ROOM_READ};
    change->room_member = (struct room_member){.room = *room, .user = *user, .read_seq = seq};
}

MUST_USE enum err chat_add_message(struct pending *pending, const struct chatmsg *chatmsg)
{
    struct change *change = &pending->changes[pending->at];
    *change = (struct change){.kind = CHANGE_CHATMSG_ADD, .chatmsg = *chatmsg};
    chat_mark_read(change + 1, &chatmsg->room, &chatmsg->author, chatmsg->seq);
    return pending_set_text(pending, chatmsg->text, &change->chatmsg.text);
}

static MUST_USE enum err keep_message(struct pending *pending, struct chatroom *room)
{
    enum err err = pending_keep(pending, on_sent);
    if (err == OK) {
        room->given++;
        room->flying++;
    }
    return err;
}

MUST_USE enum err chat_post(struct pending *pending, struct member *member,
                            const struct id *message, enum chatmsg_kind kind, struct slice text)
{
    struct portal *portal = pending->portal;
    pending->user = member->person->user.id;
    pending->room = member->room->room.id;
    const struct chatmsg chatmsg = {.id = *message,
                                    .room = pending->room,
                                    .author = pending->user,
                                    .seq = member->room->given + 1,
                                    .at_s = portal_now_s(portal),
                                    .kind = kind,
                                    .text = text};
    enum err err = pending_reserve(pending, 2);
    err = err == OK ? chat_add_message(pending, &chatmsg) : err;
    return err == OK ? keep_message(pending, member->room) : err;
}

MUST_USE enum err portal_chat_send(struct portal *portal, session_id session, const struct id *room,
                                   const struct id *message, struct slice text, uint64_t now_ms,
                                   portal_sent_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct member *member = chat_member(portal, session, room);
    if (member == NULL) {
        return ERR_NOT_FOUND;
    }
    enum err err = model_check_lines(text, 1, CHATMSG_TEXT_MAX, NULL);
    err = err == OK ? chat_take_quota(portal, member->person) : err;
    struct pending *pending = NULL;
    err = err == OK ? pending_create(portal, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    pending->sent_done = on_done;
    pending->session = session;
    err = chat_post(pending, member, message, CHATMSG_TEXT, text);
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

/* ---- read marks and typing ---- */

static void on_read_kept(struct pending *pending, enum err err)
{
    pending->done(pending->arg, err, NULL);
    pending_destroy(pending);
}

MUST_USE enum err portal_chat_read(struct portal *portal, session_id session, const struct id *room,
                                   uint64_t seq, uint64_t now_ms, portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    const struct member *member = chat_member(portal, session, room);
    if (member == NULL) {
        return ERR_NOT_FOUND;
    }
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->done = on_done;
    err = pending_reserve(pending, 1);
    if (err == OK) {
        struct change *change = &pending->changes[0];
        uint64_t latest = member->room->room.seq;
        *change = (struct change){.kind = CHANGE_ROOM_READ};
        change->room_member = (struct room_member){.room = *room,
                                                   .user = member->person->user.id,
                                                   .read_seq = seq < latest ? seq : latest};
        err = pending_keep(pending, on_read_kept);
    }
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

MUST_USE enum err portal_chat_typing(struct portal *portal, session_id session,
                                     const struct id *room, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct member *member = chat_member(portal, session, room);
    if (member == NULL) {
        return ERR_NOT_FOUND;
    }
    if (member->typing_ms != 0 && now_ms - member->typing_ms < CHAT_TYPING_PAUSE_MS) {
        return OK;
    }
    member->typing_ms = now_ms;
    struct event event = {.kind = EVENT_TYPING,
                          .read = {.room = *room, .user = &member->person->user}};
    event.same = event_same(portal);
    for (const struct member *other = member->room->members; other != NULL; other = other->next) {
        if (other != member) {
            session_tell_person(portal, other->person, 0, &event);
        }
    }
    return OK;
}

/* ---- asking ---- */

/* Takes out what the user may not see any more: the question was long ago. */
static void keep_own(const struct pending *pending, struct found *found)
{
    size_t kept = 0;
    for (size_t i = 0; i < found->message_count; i++) {
        if (rooms_member(pending->portal, &pending->user, &found->messages[i].room) != NULL) {
            found->messages[kept++] = found->messages[i];
        }
    }
    found->message_count = kept;
}

static void on_found(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    struct found own = *found;
    bool one_room = !id_is_zero(&pending->room);
    if (err == OK && one_room &&
        rooms_member(pending->portal, &pending->user, &pending->room) == NULL) {
        err = ERR_NOT_FOUND;
        own = (struct found){0};
    }
    keep_own(pending, &own);
    pending->found_done(pending->arg, err, &own);
    pending_destroy(pending);
}

static MUST_USE enum err ask(struct portal *portal, const struct id *user, const struct id *room,
                             const struct question *question, portal_found_done on_done, void *arg)
{
    if (room != NULL && rooms_member(portal, user, room) == NULL) {
        return ERR_NOT_FOUND;
    }
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->found_done = on_done;
    pending->user = *user;
    if (room != NULL) {
        pending->room = *room;
    }
    err = pending_ask(pending, question, on_found);
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

MUST_USE enum err portal_chat_history(struct portal *portal, const struct id *user,
                                      const struct id *room, uint64_t before, uint64_t after,
                                      uint32_t limit, portal_found_done on_done, void *arg)
{
    struct question question = {
        .kind = ASK_HISTORY, .id = *room, .before = before, .after = after, .limit = limit};
    return ask(portal, user, room, &question, on_done, arg);
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, ID_BYTES);
}

/* The question about all rooms of the user. */
static MUST_USE enum err ask_all(struct portal *portal, const struct id *user,
                                 struct question *question, portal_found_done on_done, void *arg)
{
    const struct person *person = person_find(portal, user);
    if (person == NULL) {
        return ERR_NOT_FOUND;
    }
    struct id *rooms = mem_alloc_array(person->room_count + (size_t)1, sizeof *rooms);
    if (rooms == NULL) {
        return ERR_NOMEM;
    }
    size_t count = 0;
    for (const struct member *member = person->rooms; member != NULL;
         member = member->person_next) {
        rooms[count++] = member->room->room.id;
    }
    qsort(rooms, count, sizeof *rooms, compare_ids);
    question->rooms = rooms;
    question->room_count = count;
    enum err err = ask(portal, user, NULL, question, on_done, arg);
    mem_free(rooms);
    return err;
}

MUST_USE enum err portal_chat_latest(struct portal *portal, const struct id *user,
                                     portal_found_done on_done, void *arg)
{
    struct question question = {.kind = ASK_LATEST};
    return ask_all(portal, user, &question, on_done, arg);
}

MUST_USE enum err portal_chat_search(struct portal *portal, const struct id *user,
                                     const struct id *room, struct slice text, uint64_t before,
                                     uint32_t limit, uint64_t now_ms, portal_found_done on_done,
                                     void *arg)
{
    struct question question = {.kind = ASK_SEARCH, .text = text, .before = before, .limit = limit};
    if (room != NULL && rooms_member(portal, user, room) == NULL) {
        return ERR_NOT_FOUND;
    }
    if (!portal_take(portal, user, QUOTA_CHAT_SEARCHES, now_ms)) {
        return ERR_LIMIT;
    }
    if (room == NULL) {
        return ask_all(portal, user, &question, on_done, arg);
    }
    question.rooms = room;
    question.room_count = 1;
    return ask(portal, user, room, &question, on_done, arg);
}
