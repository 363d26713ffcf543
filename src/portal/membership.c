/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with rooms: make them, name them, come and go. */
#include "portal/pending.h"
#include "portal/rooms.h"

static void set_title(char out[ROOM_TITLE_MAX + 1], struct slice title)
{
    memcpy(out, title.data, title.size);
    out[title.size] = '\0';
}

/* An operation on a room that waits for the store. */
static MUST_USE enum err start(struct portal *portal, const struct id *user, const struct id *room,
                               size_t change_count, portal_room_done on_done, void *arg,
                               struct pending **out)
{
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->room_done = on_done;
    pending->user = *user;
    pending->room = *room;
    err = pending_reserve(pending, change_count);
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    *out = pending;
    return OK;
}

static MUST_USE enum err keep(struct pending *pending,
                              void (*on_kept)(struct pending *pending, enum err err))
{
    enum err err = pending_keep(pending, on_kept);
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

static void finish(struct pending *pending, enum err err, bool made)
{
    portal_room_done on_done = pending->room_done;
    void *arg = pending->arg;
    struct id room = pending->room;
    pending_destroy(pending);
    on_done(arg, err, NULL, &room, made);
}

static void on_changed(struct pending *pending, enum err err)
{
    finish(pending, err, false);
}

static void put_member(struct change *change, const struct id *room, const struct id *user,
                       int64_t now_s)
{
    *change = (struct change){.kind = CHANGE_ROOM_MEMBER_PUT};
    change->room_member = (struct room_member){.room = *room, .user = *user, .joined_s = now_s};
}

/* Whether one more room fits, for the server and for the person. */
static bool has_place(const struct portal *portal, const struct person *person)
{
    return person->room_count < portal->limits.rooms_per_user_max;
}

static MUST_USE enum err may_make(struct portal *portal, struct person *person)
{
    if (map_count(portal->rooms->by_id) >= portal->limits.rooms_max || !has_place(portal, person) ||
        !portal_take(portal, &person->user.id, QUOTA_ROOMS, portal->now_ms)) {
        return ERR_LIMIT;
    }
    return OK;
}

/* ---- direct rooms ---- */

static void on_direct_made(struct pending *pending, enum err err)
{
    const struct room *room = &pending->changes[0].room;
    if (err == ERR_EXISTS) {
        /* The other one, or another tab, was faster; otherwise the id is somebody else's. */
        const struct chatroom *there =
            map_find(pending->portal->rooms->by_pair, slice_from(room->pair, sizeof room->pair));
        err = there == NULL ? ERR_NOT_FOUND : OK;
        if (there != NULL) {
            pending->room = there->room.id;
        }
        finish(pending, err, false);
        return;
    }
    finish(pending, err, true);
}

const struct room *portal_room_of_two(const struct portal *portal, const struct id *user,
                                      struct slice name)
{
    const struct person *peer = person_find_name(portal, name);
    const struct chatroom *room =
        peer == NULL ? NULL : rooms_find_pair(portal, user, &peer->user.id);
    return room == NULL ? NULL : &room->room;
}

MUST_USE enum err portal_room_direct(struct portal *portal, const struct id *user,
                                     const struct id *room, struct slice name, uint64_t now_ms,
                                     portal_room_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct person *person = person_find(portal, user);
    const struct person *peer = person_find_name(portal, name);
    if (person == NULL || peer == NULL || !policy_may_write_to(portal, person, peer)) {
        return ERR_NOT_FOUND;
    }
    struct pending *pending = NULL;
    enum err err = may_make(portal, person);
    err = err == OK && !has_place(portal, peer) ? ERR_LIMIT : err;
    err = err == OK ? start(portal, user, room, 3, on_done, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    int64_t now_s = portal_now_s(portal);
    struct change *changes = pending->changes;
    changes[0] = (struct change){.kind = CHANGE_ROOM_ADD};
    changes[0].room = (struct room){.id = *room, .kind = ROOM_DIRECT, .created_s = now_s};
    room_pair(user, &peer->user.id, changes[0].room.pair);
    put_member(&changes[1], room, user, now_s);
    put_member(&changes[2], room, &peer->user.id, now_s);
    return keep(pending, on_direct_made);
}

/* ---- team rooms ---- */

static void on_team_made(struct pending *pending, enum err err)
{
    /* The same page again (then it is its owner's) or an id that was another's. */
    const struct member *member = rooms_member(pending->portal, &pending->user, &pending->room);
    if (err == ERR_EXISTS) {
        err = member != NULL && rooms_owner(member->room) == member->person ? OK : ERR_NOT_FOUND;
        finish(pending, err, false);
        return;
    }
    finish(pending, err, true);
}

/* Adds the people to the changes, each once. */
static MUST_USE enum err add_people(struct pending *pending, const struct portal_team *team,
                                    int64_t now_s)
{
    struct portal *portal = pending->portal;
    struct change *changes = pending->changes;
    size_t count = 2;
    put_member(&changes[1], &team->room, &pending->user, now_s);
    for (uint32_t i = 0; i < team->name_count; i++) {
        const struct person *other = person_find_name(portal, team->names[i]);
        if (other == NULL || other->user.disabled) {
            return ERR_NOT_FOUND;
        }
        if (!has_place(portal, other)) {
            return ERR_LIMIT;
        }
        bool twice = false;
        for (size_t j = 1; j < count && !twice; j++) {
            twice = id_equal(&changes[j].room_member.user, &other->user.id);
        }
        if (!twice) {
            put_member(&changes[count++], &team->room, &other->user.id, now_s);
        }
    }
    pending->change_count = count;
    return count - 1 <= portal->limits.room_members_max ? OK : ERR_LIMIT;
}

MUST_USE enum err portal_room_team(struct portal *portal, const struct id *user,
                                   const struct portal_team *team, uint64_t now_ms,
                                   portal_room_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct person *person = person_find(portal, user);
    enum err err = person == NULL ? ERR_NOT_FOUND : OK;
    err = err == OK ? model_check_text(team->title, 1, ROOM_TITLE_MAX, NULL) : err;
    if (err == OK && team->name_count > TEAM_NAMES_MAX) {
        err = ERR_LIMIT;
    }
    err = err == OK ? may_make(portal, person) : err;
    struct pending *pending = NULL;
    err = err == OK ? start(portal, user, &team->room, team->name_count + (size_t)2, on_done, arg,
                            &pending)
                    : err;
    if (err != OK) {
        return err;
    }
    int64_t now_s = portal_now_s(portal);
    struct change *first = &pending->changes[0];
    *first = (struct change){.kind = CHANGE_ROOM_ADD};
    first->room =
        (struct room){.id = team->room, .kind = ROOM_TEAM, .owner = *user, .created_s = now_s};
    set_title(first->room.title, team->title);
    err = add_people(pending, team, now_s);
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    return keep(pending, on_team_made);
}

/* The user's membership of a team room. */
static MUST_USE enum err find_team(struct portal *portal, const struct id *user,
                                   const struct id *room, struct member **out)
{
    *out = rooms_member(portal, user, room);
    if (*out == NULL) {
        return ERR_NOT_FOUND;
    }
    return (*out)->room->room.kind == ROOM_TEAM ? OK : ERR_FORBIDDEN;
}

MUST_USE enum err portal_room_rename(struct portal *portal, const struct id *user,
                                     const struct id *room, struct slice title, uint64_t now_ms,
                                     portal_room_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct member *member = NULL;
    struct pending *pending = NULL;
    enum err err = find_team(portal, user, room, &member);
    err = err == OK ? model_check_text(title, 1, ROOM_TITLE_MAX, NULL) : err;
    err = err == OK ? start(portal, user, room, 1, on_done, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    pending->changes[0] = (struct change){.kind = CHANGE_ROOM_PUT, .room = member->room->room};
    set_title(pending->changes[0].room.title, title);
    return keep(pending, on_changed);
}

MUST_USE enum err portal_room_add(struct portal *portal, const struct id *user,
                                  const struct id *room, struct slice name, uint64_t now_ms,
                                  portal_room_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct member *member = NULL;
    struct pending *pending = NULL;
    const struct person *other = person_find_name(portal, name);
    enum err err = find_team(portal, user, room, &member);
    if (err == OK && (other == NULL || other->user.disabled)) {
        err = ERR_NOT_FOUND;
    }
    if (err == OK && (member->room->member_count >= portal->limits.room_members_max ||
                      !has_place(portal, other))) {
        err = ERR_LIMIT;
    }
    err = err == OK ? start(portal, user, room, 1, on_done, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    put_member(&pending->changes[0], room, &other->user.id, portal_now_s(portal));
    /* What was said before is there to be read, but it is not new. */
    pending->changes[0].room_member.read_seq = member->room->room.seq;
    return keep(pending, on_changed);
}

/* Who takes over from an owner who leaves. */
static const struct member *heir(const struct chatroom *room, const struct person *leaver)
{
    const struct member *member = room->members;
    while (member != NULL && member->person == leaver) {
        member = member->next;
    }
    return member;
}

MUST_USE enum err portal_room_remove(struct portal *portal, const struct id *user,
                                     const struct id *room, struct slice name, uint64_t now_ms,
                                     portal_room_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct member *member = NULL;
    struct pending *pending = NULL;
    const struct person *other = person_find_name(portal, name);
    enum err err = find_team(portal, user, room, &member);
    if (err == OK && (other == NULL || rooms_member(portal, &other->user.id, room) == NULL)) {
        err = ERR_NOT_FOUND;
    }
    if (err == OK && !policy_may_remove(member->room, member->person, other)) {
        err = ERR_FORBIDDEN;
    }
    err = err == OK ? start(portal, user, room, 2, on_done, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    struct change *changes = pending->changes;
    changes[0] = (struct change){.kind = CHANGE_ROOM_MEMBER_REMOVE};
    changes[0].room_member = (struct room_member){.room = *room, .user = other->user.id};
    const struct member *next = heir(member->room, other);
    pending->change_count = 1;
    if (next != NULL && rooms_owner(member->room) == other) {
        changes[1] = (struct change){.kind = CHANGE_ROOM_PUT, .room = member->room->room};
        changes[1].room.owner = next->person->user.id;
        pending->change_count = 2;
    }
    return keep(pending, on_changed);
}
