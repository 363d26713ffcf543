/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/rooms.h"

#include "portal/event.h"

MUST_USE enum err rooms_create(struct portal *portal, struct rooms **out)
{
    struct rooms *rooms = mem_alloc(sizeof *rooms);
    if (rooms == NULL) {
        return ERR_NOMEM;
    }
    enum err err = map_create(portal->limits.rooms_max, &rooms->by_id);
    err = err == OK ? map_create(portal->limits.rooms_max, &rooms->by_pair) : err;
    err = err == OK ? map_create(portal->limits.spaces_max, &rooms->circles) : err;
    if (err != OK) {
        rooms_destroy(rooms);
        return err;
    }
    *out = rooms;
    return OK;
}

void rooms_destroy(struct rooms *rooms)
{
    if (rooms == NULL) {
        return;
    }
    size_t cursor = 0;
    struct chatroom *room;
    while (rooms->by_id != NULL && (room = map_next(rooms->by_id, &cursor)) != NULL) {
        while (room->members != NULL) {
            struct member *member = room->members;
            room->members = member->next;
            mem_free(member);
        }
        mem_free(room);
    }
    if (rooms->circles != NULL) {
        spaces_destroy(rooms);
    }
    map_destroy(rooms->by_id);
    map_destroy(rooms->by_pair);
    map_destroy(rooms->circles);
    mem_free(rooms);
}

int64_t portal_now_s(const struct portal *portal)
{
    return (int64_t)((portal->wall_ms + portal->now_ms) / 1000);
}

/* ---- finding ---- */

struct chatroom *rooms_find(const struct portal *portal, const struct id *id)
{
    return map_find(portal->rooms->by_id, id_slice(id));
}

struct chatroom *rooms_find_pair(const struct portal *portal, const struct id *a,
                                 const struct id *b)
{
    uint8_t pair[2 * ID_BYTES];
    room_pair(a, b, pair);
    return map_find(portal->rooms->by_pair, slice_from(pair, sizeof pair));
}

/* Over the shorter of the two lists. */
static struct member *find_member(const struct chatroom *room, const struct person *person)
{
    if (person->room_count < room->member_count) {
        struct member *member = person->rooms;
        while (member != NULL && member->room != room) {
            member = member->person_next;
        }
        return member;
    }
    struct member *member = room->members;
    while (member != NULL && member->person != person) {
        member = member->next;
    }
    return member;
}

struct member *rooms_member(const struct portal *portal, const struct id *user,
                            const struct id *room)
{
    const struct person *person = person_find(portal, user);
    const struct chatroom *found = rooms_find(portal, room);
    return person == NULL || found == NULL ? NULL : find_member(found, person);
}

const struct person *rooms_owner(const struct chatroom *room)
{
    const struct member *member = room->members;
    while (member != NULL && !id_equal(&member->person->user.id, &room->room.owner)) {
        member = member->next;
    }
    member = member == NULL ? room->members : member;
    return member == NULL ? NULL : member->person;
}

/* ---- telling ---- */

void rooms_changed(struct portal *portal, struct chatroom *room)
{
    if (!room->dirty) {
        room->dirty = true;
        room->dirty_next = portal->rooms->dirty;
        portal->rooms->dirty = room;
    }
}

static void leave_dirty(struct portal *portal, struct chatroom *room)
{
    struct chatroom **link = &portal->rooms->dirty;
    while (room->dirty && *link != room) {
        link = &(*link)->dirty_next;
    }
    if (room->dirty) {
        *link = room->dirty_next;
        room->dirty = false;
    }
}

void rooms_tell(const struct portal *portal, const struct chatroom *room, session_id except,
                struct event *event)
{
    for (const struct member *member = room->members; member != NULL; member = member->next) {
        session_tell_person(portal, member->person, except, event);
    }
}

void rooms_tell_change(struct portal *portal, struct chatroom *room)
{
    if (room->dirty) {
        leave_dirty(portal, room);
        struct event event = {.kind = EVENT_ROOM, .id = room->room.id};
        rooms_tell(portal, room, 0, &event);
    }
}

void rooms_tick(struct portal *portal)
{
    while (portal->rooms->dirty != NULL) {
        rooms_tell_change(portal, portal->rooms->dirty);
    }
    spaces_tick(portal);
}

bool rooms_have_news(const struct portal *portal)
{
    return portal->rooms->dirty != NULL || portal->rooms->dirty_circles != NULL;
}

/* ---- what is committed ---- */

static MUST_USE enum err add_room(struct portal *portal, const struct room *kept)
{
    struct chatroom *room = mem_alloc(sizeof *room);
    if (room == NULL) {
        return ERR_NOMEM;
    }
    room->room = *kept;
    room->given = kept->seq;
    room->epoch = portal->epoch;
    enum err err = map_add(portal->rooms->by_id, id_slice(&room->room.id), room);
    if (err == OK && kept->kind == ROOM_DIRECT) {
        err = map_add(portal->rooms->by_pair, slice_from(room->room.pair, sizeof room->room.pair),
                      room);
        if (err != OK) {
            (void)map_remove(portal->rooms->by_id, id_slice(&room->room.id));
        }
    }
    if (err != OK) {
        mem_free(room);
    }
    return err;
}

static MUST_USE enum err put_room(struct portal *portal, const struct room *kept)
{
    struct chatroom *room = rooms_find(portal, &kept->id);
    if (room == NULL) {
        return add_room(portal, kept);
    }
    if (strcmp(room->room.title, kept->title) != 0 || !id_equal(&room->room.owner, &kept->owner)) {
        memcpy(room->room.title, kept->title, sizeof room->room.title);
        room->room.owner = kept->owner;
        rooms_changed(portal, room);
    }
    /* Messages of other processes; ours are counted when their commits are answered. */
    room->room.seq = kept->seq > room->room.seq ? kept->seq : room->room.seq;
    if (kept->forgotten_seq > room->room.forgotten_seq) {
        room->room.forgotten_seq = kept->forgotten_seq;
        rooms_changed(portal, room);
    }
    room->given = room->room.seq > room->given ? room->room.seq : room->given;
    room->epoch = portal->epoch;
    return OK;
}

static void remove_room(struct portal *portal, struct chatroom *room)
{
    leave_dirty(portal, room);
    (void)map_remove(portal->rooms->by_id, id_slice(&room->room.id));
    if (room->room.kind == ROOM_DIRECT) {
        (void)map_remove(portal->rooms->by_pair,
                         slice_from(room->room.pair, sizeof room->room.pair));
    }
    mem_free(room);
}

static MUST_USE enum err put_member(struct portal *portal, const struct room_member *kept)
{
    struct chatroom *room = rooms_find(portal, &kept->room);
    struct person *person = person_find(portal, &kept->user);
    if (room == NULL || person == NULL) {
        return ERR_NOT_FOUND;
    }
    struct member *member = find_member(room, person);
    if (member == NULL) {
        member = mem_alloc(sizeof *member);
        if (member == NULL) {
            return ERR_NOMEM;
        }
        member->room = room;
        member->person = person;
        member->joined_s = kept->joined_s;
        struct member **link = &room->members;
        while (*link != NULL && (*link)->joined_s <= kept->joined_s) {
            link = &(*link)->next;
        }
        member->next = *link;
        *link = member;
        member->person_next = person->rooms;
        member->person_link = &person->rooms;
        if (member->person_next != NULL) {
            member->person_next->person_link = &member->person_next;
        }
        person->rooms = member;
        room->member_count++;
        person->room_count++;
        rooms_changed(portal, room);
    }
    if (kept->read_seq > member->read_seq) {
        member->read_seq = kept->read_seq;
        member->has_looked = member->has_looked || !kept->quiet;
    }
    member->epoch = portal->epoch;
    return OK;
}

/* The room goes when nobody is left in it. */
static void remove_member(struct portal *portal, struct member *member)
{
    member->room->gathering = (struct gathering){0}; /* he knows its link */
    struct chatroom *room = member->room;
    struct person *person = member->person;
    struct member **link = &room->members;
    while (*link != member) {
        link = &(*link)->next;
    }
    *link = member->next;
    *member->person_link = member->person_next;
    if (member->person_next != NULL) {
        member->person_next->person_link = member->person_link;
    }
    room->member_count--;
    person->room_count--;
    mem_free(member);
    struct event event = {.kind = EVENT_ROOM_REMOVED, .id = room->room.id};
    session_tell_person(portal, person, 0, &event);
    if (room->members == NULL) {
        remove_room(portal, room);
    } else {
        rooms_changed(portal, room);
    }
}

static void put_read(struct portal *portal, const struct room_member *kept)
{
    struct member *member = rooms_member(portal, &kept->user, &kept->room);
    if (member == NULL || kept->read_seq <= member->read_seq) {
        return;
    }
    member->read_seq = kept->read_seq;
    member->has_looked = member->has_looked || !kept->quiet;
    struct event event = {
        .kind = EVENT_READ,
        .read = {.room = kept->room, .user = &member->person->user, .seq = kept->read_seq}};
    if (member->room->member_count <= CHAT_READ_TOLD_MAX && !kept->quiet) {
        rooms_tell(portal, member->room, 0, &event);
    } else {
        session_tell_person(portal, member->person, 0, &event);
    }
}

/* A message is gone for its age: it is unread to nobody any more. */
static void forget(struct portal *portal, const struct chatmsg *chatmsg)
{
    struct chatroom *room = rooms_find(portal, &chatmsg->room);
    if (room != NULL && chatmsg->seq > room->room.forgotten_seq) {
        room->room.forgotten_seq = chatmsg->seq;
        rooms_changed(portal, room);
    }
}

MUST_USE enum err rooms_apply(struct portal *portal, const struct change *change)
{
    struct member *member = NULL;
    switch (change->kind) {
    case CHANGE_ROOM_ADD:
    case CHANGE_ROOM_PUT:
        return put_room(portal, &change->room);
    case CHANGE_ROOM_MEMBER_PUT:
        return put_member(portal, &change->room_member);
    case CHANGE_ROOM_MEMBER_REMOVE:
        member = rooms_member(portal, &change->room_member.user, &change->room_member.room);
        if (member != NULL) {
            remove_member(portal, member);
        }
        return OK;
    case CHANGE_ROOM_READ:
        put_read(portal, &change->room_member);
        return OK;
    case CHANGE_CHATMSG_FORGET:
        forget(portal, &change->chatmsg);
        return OK;
    case CHANGE_CHATMSG_ADD:
    case CHANGE_ACTIVITY_ADD:
    case CHANGE_ACTIVITY_REMOVE:
    case CHANGE_COMMENT_ADD:
    case CHANGE_COMMENT_REMOVE:
    case CHANGE_LIKE_PUT:
    case CHANGE_LIKE_REMOVE:
        return OK; /* what people write stays in the store */
    default:
        return spaces_apply(portal, change);
    }
}

void rooms_sync_end(struct portal *portal)
{
    for (uint32_t i = 0; i < portal->sorted_count; i++) {
        struct member *member = portal->sorted[i]->rooms;
        while (member != NULL) {
            struct member *next = member->person_next;
            if (member->epoch != portal->epoch) {
                remove_member(portal, member);
            }
            member = next;
        }
    }
    spaces_sync_end(portal);
}

void rooms_person_gone(struct portal *portal, struct person *person)
{
    while (person->rooms != NULL) {
        remove_member(portal, person->rooms);
    }
    spaces_person_gone(portal, person);
}

/* ---- what others ask ---- */

static void view(const struct member *member, struct room_view *out)
{
    const struct chatroom *room = member->room;
    const struct member *other = room->members;
    *out = (struct room_view){
        .room = &room->room, .members = room->member_count, .read_seq = member->read_seq};
    if (room->room.forgotten_seq > out->read_seq) {
        out->read_seq = room->room.forgotten_seq;
    }
    out->unread = room->room.seq > out->read_seq ? room->room.seq - out->read_seq : 0;
    if (room->room.kind != ROOM_DIRECT) {
        out->owner = &rooms_owner(room)->user;
        return;
    }
    other = other == member ? other->next : other;
    out->peer = other == NULL ? NULL : &other->person->user;
}

MUST_USE enum err portal_room_view(const struct portal *portal, const struct id *user,
                                   const struct id *room, struct room_view *out)
{
    const struct member *member = rooms_member(portal, user, room);
    if (member == NULL) {
        return ERR_NOT_FOUND;
    }
    view(member, out);
    return OK;
}

uint32_t portal_rooms(const struct portal *portal, const struct id *user, struct room_view *out,
                      uint32_t count_max)
{
    const struct person *person = person_find(portal, user);
    const struct member *member = person == NULL ? NULL : person->rooms;
    uint32_t count = 0;
    for (; member != NULL; member = member->person_next, count++) {
        if (count < count_max) {
            view(member, &out[count]);
        }
    }
    return count;
}

uint32_t portal_room_people(const struct portal *portal, const struct id *user,
                            const struct id *room, const struct user **out, uint32_t count_max)
{
    const struct member *mine = rooms_member(portal, user, room);
    const struct member *member = mine == NULL ? NULL : mine->room->members;
    uint32_t count = 0;
    for (; member != NULL; member = member->next, count++) {
        if (count < count_max) {
            out[count] = &member->person->user;
        }
    }
    return count;
}
