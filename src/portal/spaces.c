/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/spaces.h"

#include "portal/pending.h"
#include "portal/rooms.h"

/* ---- finding ---- */

struct circle *spaces_find(const struct portal *portal, struct slice name)
{
    return map_find(portal->rooms->circles, name);
}

static struct belonging *find_belonging(const struct circle *circle, const struct person *person)
{
    struct belonging *one = person->spaces;
    while (one != NULL && one->circle != circle) {
        one = one->person_next;
    }
    return one;
}

struct belonging *spaces_belonging(const struct portal *portal, const struct id *user,
                                   struct slice name)
{
    const struct person *person = person_find(portal, user);
    const struct circle *circle = spaces_find(portal, name);
    return person == NULL || circle == NULL ? NULL : find_belonging(circle, person);
}

bool spaces_is_member(const struct portal *portal, const struct id *user, const char *name)
{
    const struct belonging *one = spaces_belonging(portal, user, slice_text(name));
    return name[0] == '\0' || (one != NULL && !one->invited);
}

/* The owner, or who joined first; NULL: nobody is in it (there may be invitations left). */
static const struct belonging *owner_of(const struct circle *circle)
{
    const struct belonging *first = NULL;
    for (const struct belonging *one = circle->people; one != NULL; one = one->next) {
        if (!one->invited && id_equal(&one->person->user.id, &circle->space.owner)) {
            return one;
        }
        first = first == NULL && !one->invited ? one : first;
    }
    return first;
}

/* ---- telling ---- */

static void changed(struct portal *portal, struct circle *circle)
{
    if (!circle->dirty) {
        circle->dirty = true;
        circle->dirty_next = portal->rooms->dirty_circles;
        portal->rooms->dirty_circles = circle;
    }
}

static void leave_dirty(struct portal *portal, struct circle *circle)
{
    struct circle **link = &portal->rooms->dirty_circles;
    while (circle->dirty && *link != circle) {
        link = &(*link)->dirty_next;
    }
    if (circle->dirty) {
        *link = circle->dirty_next;
        circle->dirty = false;
    }
}

void spaces_tick(struct portal *portal)
{
    struct circle *circle;
    while ((circle = portal->rooms->dirty_circles) != NULL) {
        struct event event = {.kind = EVENT_SPACE, .space = circle->space.name};
        leave_dirty(portal, circle);
        for (const struct belonging *one = circle->people; one != NULL; one = one->next) {
            session_tell_person(portal, one->person, 0, &event);
        }
    }
}

/* ---- what is committed ---- */

static MUST_USE enum err put_space(struct portal *portal, const struct space *kept)
{
    struct circle *circle = spaces_find(portal, slice_text(kept->name));
    if (circle == NULL) {
        circle = mem_alloc(sizeof *circle);
        if (circle == NULL) {
            return ERR_NOMEM;
        }
        circle->space = *kept;
        enum err err = map_add(portal->rooms->circles, slice_text(circle->space.name), circle);
        if (err != OK) {
            mem_free(circle);
            return err;
        }
    } else if (strcmp(circle->space.title, kept->title) != 0 ||
               strcmp(circle->space.description, kept->description) != 0 ||
               !id_equal(&circle->space.owner, &kept->owner)) {
        circle->space = *kept;
        changed(portal, circle);
    }
    circle->epoch = portal->epoch;
    return OK;
}

static void remove_circle(struct portal *portal, struct circle *circle)
{
    leave_dirty(portal, circle);
    (void)map_remove(portal->rooms->circles, slice_text(circle->space.name));
    mem_free(circle);
}

static void add_belonging(struct circle *circle, struct person *person,
                          const struct space_person *kept, struct belonging *one)
{
    one->circle = circle;
    one->person = person;
    one->invited = kept->invited;
    one->since_s = kept->since_s;
    struct belonging **link = &circle->people;
    while (*link != NULL && (*link)->since_s <= kept->since_s) {
        link = &(*link)->next;
    }
    one->next = *link;
    *link = one;
    one->person_next = person->spaces;
    one->person_link = &person->spaces;
    if (one->person_next != NULL) {
        one->person_next->person_link = &one->person_next;
    }
    person->spaces = one;
    person->space_count++;
    circle->person_count++;
    circle->member_count += one->invited ? 0 : 1;
}

static MUST_USE enum err put_person(struct portal *portal, const struct space_person *kept)
{
    struct circle *circle = spaces_find(portal, slice_text(kept->space));
    struct person *person = person_find(portal, &kept->user);
    if (circle == NULL || person == NULL) {
        return ERR_NOT_FOUND;
    }
    struct belonging *one = find_belonging(circle, person);
    if (one == NULL) {
        one = mem_alloc(sizeof *one);
        if (one == NULL) {
            return ERR_NOMEM;
        }
        add_belonging(circle, person, kept, one);
        changed(portal, circle);
    } else if (one->invited && !kept->invited) {
        one->invited = false;
        circle->member_count++;
        changed(portal, circle);
    }
    one->epoch = portal->epoch;
    return OK;
}

/* The space goes when nobody is left. */
static void remove_person(struct portal *portal, struct belonging *one)
{
    struct circle *circle = one->circle;
    struct person *person = one->person;
    struct belonging **link = &circle->people;
    while (*link != one) {
        link = &(*link)->next;
    }
    *link = one->next;
    *one->person_link = one->person_next;
    if (one->person_next != NULL) {
        one->person_next->person_link = one->person_link;
    }
    circle->person_count--;
    circle->member_count -= one->invited ? 0 : 1;
    person->space_count--;
    mem_free(one);
    struct event event = {.kind = EVENT_SPACE_REMOVED, .space = circle->space.name};
    session_tell_person(portal, person, 0, &event);
    if (circle->people == NULL) {
        remove_circle(portal, circle);
    } else {
        changed(portal, circle);
    }
}

MUST_USE enum err spaces_apply(struct portal *portal, const struct change *change)
{
    struct belonging *one = NULL;
    switch (change->kind) {
    case CHANGE_SPACE_ADD:
    case CHANGE_SPACE_PUT:
        return put_space(portal, &change->space);
    case CHANGE_SPACE_PERSON_PUT:
    case CHANGE_SPACE_JOIN:
        return put_person(portal, &change->space_person);
    case CHANGE_SPACE_PERSON_REMOVE:
        one = spaces_belonging(portal, &change->space_person.user,
                               slice_text(change->space_person.space));
        if (one != NULL) {
            remove_person(portal, one);
        }
        return OK;
    default:
        return ERR_INVALID;
    }
}

void spaces_sync_end(struct portal *portal)
{
    for (uint32_t i = 0; i < portal->sorted_count; i++) {
        struct belonging *one = portal->sorted[i]->spaces;
        while (one != NULL) {
            struct belonging *next = one->person_next;
            if (one->epoch != portal->epoch) {
                remove_person(portal, one);
            }
            one = next;
        }
    }
}

void spaces_person_gone(struct portal *portal, struct person *person)
{
    while (person->spaces != NULL) {
        remove_person(portal, person->spaces);
    }
}

void spaces_destroy(struct rooms *rooms)
{
    size_t cursor = 0;
    struct circle *circle;
    while ((circle = map_next(rooms->circles, &cursor)) != NULL) {
        while (circle->people != NULL) {
            struct belonging *one = circle->people;
            circle->people = one->next;
            mem_free(one);
        }
        mem_free(circle);
    }
}

/* ---- what others ask ---- */

/* The room of a space is that of any of its members whose kind and name fit. */
static struct id room_of(const struct circle *circle)
{
    const struct belonging *owner = owner_of(circle);
    const struct member *member = owner == NULL ? NULL : owner->person->rooms;
    while (member != NULL && strcmp(member->room->room.space, circle->space.name) != 0) {
        member = member->person_next;
    }
    return member == NULL ? (struct id){{0}} : member->room->room.id;
}

static void view(const struct belonging *one, struct space_view *out)
{
    const struct belonging *owner = owner_of(one->circle);
    *out = (struct space_view){.space = &one->circle->space,
                               .owner = owner == NULL ? NULL : &owner->person->user,
                               .members = one->circle->member_count,
                               .room = room_of(one->circle),
                               .member = !one->invited,
                               .invited = one->invited};
}

MUST_USE enum err portal_space_view(const struct portal *portal, const struct id *user,
                                    struct slice name, struct space_view *out)
{
    const struct belonging *one = spaces_belonging(portal, user, name);
    if (one == NULL) {
        return ERR_NOT_FOUND;
    }
    view(one, out);
    return OK;
}

uint32_t portal_spaces(const struct portal *portal, const struct id *user, struct space_view *out,
                       uint32_t count_max)
{
    const struct person *person = person_find(portal, user);
    const struct belonging *one = person == NULL ? NULL : person->spaces;
    uint32_t count = 0;
    for (; one != NULL; one = one->person_next, count++) {
        if (count < count_max) {
            view(one, &out[count]);
        }
    }
    return count;
}

uint32_t portal_space_people(const struct portal *portal, const struct id *user, struct slice name,
                             const struct user **out, uint32_t count_max)
{
    const struct belonging *mine = spaces_belonging(portal, user, name);
    const struct belonging *one = mine == NULL ? NULL : mine->circle->people;
    uint32_t count = 0;
    for (; one != NULL; one = one->next) {
        if (!one->invited && count++ < count_max) {
            out[count - 1] = &one->person->user;
        }
    }
    return count;
}

/* ---- what people do ---- */

static void on_kept(struct pending *pending, enum err err)
{
    pending->done(pending->arg, err, NULL);
    pending_destroy(pending);
}

static MUST_USE enum err start(struct portal *portal, size_t change_count, portal_done on_done,
                               void *arg, struct pending **out)
{
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->done = on_done;
    err = pending_reserve(pending, change_count);
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    *out = pending;
    return OK;
}

static MUST_USE enum err keep(struct pending *pending)
{
    enum err err = pending_keep(pending, on_kept);
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

static void set_text(char *out, size_t size, struct slice text)
{
    size_t length = text.size < size ? text.size : size - 1;
    if (length > 0) {
        memcpy(out, text.data, length);
    }
    out[length] = '\0';
}

static void put_in_space(struct change *change, const char *space, const struct id *user,
                         bool invited, int64_t now_s)
{
    *change = (struct change){.kind = CHANGE_SPACE_PERSON_PUT};
    change->space_person =
        (struct space_person){.user = *user, .invited = invited, .since_s = now_s};
    memcpy(change->space_person.space, space, sizeof change->space_person.space);
}

static void put_in_room(struct change *change, const struct id *room, const struct id *user,
                        int64_t now_s)
{
    *change = (struct change){.kind = CHANGE_ROOM_MEMBER_PUT};
    change->room_member = (struct room_member){.room = *room, .user = *user, .joined_s = now_s};
}

static MUST_USE enum err check_texts(const struct portal_space *space)
{
    enum err err = model_check_text(space->title, 1, SPACE_TITLE_MAX, NULL);
    return err == OK ? model_check_lines(space->description, 0, SPACE_DESCRIPTION_MAX, NULL) : err;
}

static bool may_make(struct portal *portal, const struct person *person)
{
    const struct portal_limits *limits = &portal->limits;
    return map_count(portal->rooms->circles) < limits->spaces_max &&
           map_count(portal->rooms->by_id) < limits->rooms_max &&
           person->space_count < limits->rooms_per_user_max &&
           person->room_count < limits->rooms_per_user_max &&
           portal_take(portal, &person->user.id, QUOTA_ROOMS, portal->now_ms);
}

MUST_USE enum err portal_space_make(struct portal *portal, const struct id *user,
                                    const struct portal_space *space, uint64_t now_ms,
                                    portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    const struct person *person = person_find(portal, user);
    struct pending *pending = NULL;
    enum err err = person == NULL ? ERR_NOT_FOUND : model_check_user_name(space->name, NULL);
    err = err == OK ? check_texts(space) : err;
    err = err == OK && spaces_find(portal, space->name) != NULL ? ERR_EXISTS : err;
    err = err == OK && !may_make(portal, person) ? ERR_LIMIT : err;
    err = err == OK ? start(portal, 4, on_done, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    int64_t now_s = portal_now_s(portal);
    struct change *changes = pending->changes;
    struct space *made = &changes[0].space;
    changes[0].kind = CHANGE_SPACE_ADD;
    *made = (struct space){.owner = *user, .created_s = now_s};
    set_text(made->name, sizeof made->name, space->name);
    set_text(made->title, sizeof made->title, space->title);
    set_text(made->description, sizeof made->description, space->description);
    struct room *room = &changes[1].room;
    changes[1].kind = CHANGE_ROOM_ADD;
    *room = (struct room){.kind = ROOM_SPACE, .owner = *user, .created_s = now_s};
    portal->ports.random.bytes(portal->ports.random.ctx, room->id.bytes, ID_BYTES);
    memcpy(room->title, made->title, sizeof made->title);
    memcpy(room->space, made->name, sizeof made->name);
    put_in_space(&changes[2], made->name, user, false, now_s);
    put_in_room(&changes[3], &room->id, user, now_s);
    return keep(pending);
}

/* The change of a room whose title or owner follows its space. */
static bool change_room(const struct portal *portal, const struct circle *circle,
                        const struct space *space, struct change *change)
{
    struct id id = room_of(circle);
    const struct chatroom *room = rooms_find(portal, &id);
    if (room == NULL) {
        return false;
    }
    *change = (struct change){.kind = CHANGE_ROOM_PUT, .room = room->room};
    memcpy(change->room.title, space->title, sizeof space->title);
    change->room.owner = space->owner;
    return true;
}

MUST_USE enum err portal_space_change(struct portal *portal, const struct id *user,
                                      const struct portal_space *space, uint64_t now_ms,
                                      portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    const struct belonging *one = spaces_belonging(portal, user, space->name);
    struct pending *pending = NULL;
    if (one == NULL) {
        return ERR_NOT_FOUND;
    }
    enum err err = owner_of(one->circle) == one ? check_texts(space) : ERR_FORBIDDEN;
    err = err == OK ? start(portal, 2, on_done, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    struct change *changes = pending->changes;
    changes[0] = (struct change){.kind = CHANGE_SPACE_PUT, .space = one->circle->space};
    struct space *fresh = &changes[0].space;
    set_text(fresh->title, sizeof fresh->title, space->title);
    set_text(fresh->description, sizeof fresh->description, space->description);
    pending->change_count = change_room(portal, one->circle, fresh, &changes[1]) ? 2 : 1;
    return keep(pending);
}

MUST_USE enum err portal_space_invite(struct portal *portal, const struct id *user,
                                      struct slice name, struct slice who, uint64_t now_ms,
                                      portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    const struct belonging *one = spaces_belonging(portal, user, name);
    const struct person *other = person_find_name(portal, who);
    struct pending *pending = NULL;
    if (one == NULL || other == NULL || other->user.disabled) {
        return ERR_NOT_FOUND;
    }
    enum err err = one->invited ? ERR_FORBIDDEN : OK;
    if (err == OK && (one->circle->person_count >= portal->limits.room_members_max ||
                      other->space_count >= portal->limits.rooms_per_user_max)) {
        err = ERR_LIMIT;
    }
    err = err == OK ? start(portal, 1, on_done, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    /* A member stays one: an invitation never takes that back. */
    put_in_space(&pending->changes[0], one->circle->space.name, &other->user.id, true,
                 portal_now_s(portal));
    return keep(pending);
}

MUST_USE enum err portal_space_join(struct portal *portal, const struct id *user, struct slice name,
                                    uint64_t now_ms, portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    const struct belonging *one = spaces_belonging(portal, user, name);
    struct pending *pending = NULL;
    if (one == NULL) {
        return ERR_NOT_FOUND;
    }
    if (one->person->room_count >= portal->limits.rooms_per_user_max) {
        return ERR_LIMIT;
    }
    enum err err = start(portal, 2, on_done, arg, &pending);
    if (err != OK) {
        return err;
    }
    struct id room = room_of(one->circle);
    int64_t now_s = portal_now_s(portal);
    struct change *changes = pending->changes;
    /* In one group with the removal of the invitation, the order of the commits decides. */
    changes[0] = (struct change){.kind = CHANGE_SPACE_JOIN};
    changes[0].space_person = (struct space_person){.user = *user, .since_s = one->since_s};
    memcpy(changes[0].space_person.space, one->circle->space.name,
           sizeof changes[0].space_person.space);
    put_in_room(&changes[1], &room, user, now_s);
    const struct chatroom *there = rooms_find(portal, &room);
    changes[1].room_member.read_seq = there == NULL ? 0 : there->room.seq;
    pending->change_count = there == NULL ? 1 : 2;
    return keep(pending);
}

/* Who takes over from an owner who leaves; NULL: nobody is left. */
static const struct belonging *heir(const struct circle *circle, const struct belonging *leaver)
{
    const struct belonging *one = circle->people;
    while (one != NULL && (one == leaver || one->invited)) {
        one = one->next;
    }
    return one;
}

/* Out of the space and its room; the owner hands on what he has. How many changes. */
static size_t remove_changes(const struct portal *portal, const struct belonging *one,
                             struct change changes[4])
{
    const struct circle *circle = one->circle;
    const struct id *user = &one->person->user.id;
    struct id room = room_of(circle);
    size_t count = 0;
    changes[count] = (struct change){.kind = CHANGE_SPACE_PERSON_REMOVE};
    changes[count].space_person.user = *user;
    memcpy(changes[count].space_person.space, circle->space.name, sizeof circle->space.name);
    count++;
    if (rooms_member(portal, user, &room) != NULL) {
        changes[count] = (struct change){.kind = CHANGE_ROOM_MEMBER_REMOVE};
        changes[count].room_member = (struct room_member){.room = room, .user = *user};
        count++;
    }
    const struct belonging *next = heir(circle, one);
    if (next != NULL && owner_of(circle) == one) {
        changes[count] = (struct change){.kind = CHANGE_SPACE_PUT, .space = circle->space};
        changes[count].space.owner = next->person->user.id;
        const struct space *handed_on = &changes[count++].space;
        count += change_room(portal, circle, handed_on, &changes[count]) ? 1 : 0;
    }
    return count;
}

MUST_USE enum err portal_space_remove(struct portal *portal, const struct id *user,
                                      struct slice name, struct slice who, uint64_t now_ms,
                                      portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    const struct belonging *one = spaces_belonging(portal, user, name);
    const struct person *person = person_find_name(portal, who);
    const struct belonging *other =
        one == NULL || person == NULL ? NULL : find_belonging(one->circle, person);
    struct pending *pending = NULL;
    if (other == NULL) {
        return ERR_NOT_FOUND;
    }
    if (other != one && owner_of(one->circle) != one) {
        return ERR_FORBIDDEN;
    }
    enum err err = start(portal, 4, on_done, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->change_count = remove_changes(portal, other, pending->changes);
    return keep(pending);
}
