/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/internal.h"
#include "portal/rooms.h"

#include "base/text.h"

struct person *person_find(const struct portal *portal, const struct id *id)
{
    return map_find(portal->people_by_id, id_slice(id));
}

bool person_name_is_taken(const struct portal *portal, struct slice name)
{
    return map_find(portal->people_by_name, name) != NULL;
}

struct person *person_find_name(const struct portal *portal, struct slice name)
{
    struct person *person = map_find(portal->people_by_name, name);
    return person == NULL || policy_is_guest(person) ? NULL : person;
}

const struct user *portal_user_by_name(const struct portal *portal, struct slice name)
{
    const struct person *person = person_find_name(portal, name);
    return person == NULL || person->user.disabled ? NULL : &person->user;
}

const struct user *portal_user_by_id(const struct portal *portal, const struct id *id)
{
    const struct person *person = person_find(portal, id);
    return person == NULL ? NULL : &person->user;
}

bool portal_user_is_in(const struct portal *portal, const struct id *user, const char *group)
{
    const struct person *person = person_find(portal, user);
    const struct group_link *link = person == NULL ? NULL : person->groups;
    while (link != NULL && strcmp(link->group->name, group) != 0) {
        link = link->next;
    }
    return link != NULL;
}

uint32_t portal_user_groups(const struct portal *portal, const struct id *user, const char **out,
                            uint32_t count_max)
{
    const struct person *person = person_find(portal, user);
    const struct group_link *link = person == NULL ? NULL : person->groups;
    uint32_t count = 0;
    for (; link != NULL && count < count_max; link = link->next) {
        out[count++] = link->group->name;
    }
    return count;
}

uint32_t portal_user_count(const struct portal *portal)
{
    return portal->enabled_count;
}

/* The fields are parted by a byte that no checked text and no typed query has. */
static void fold(const struct user *user, char out[PERSON_FOLDED_SIZE])
{
    const char *fields[] = {user->full_name, user->name, user->position};
    size_t at = 0;
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        text_fold(slice_text(fields[i]), out + at, PERSON_FOLDED_SIZE - at - (2 - i));
        at += strlen(out + at);
        if (i < 2) {
            out[at++] = '\x1f';
        }
    }
}

static int compare(const struct person *a, const struct person *b)
{
    int order = strcmp(a->folded, b->folded);
    return order != 0 ? order : memcmp(a->user.id.bytes, b->user.id.bytes, ID_BYTES);
}

/* Where `person` stands, or should stand, in the order. */
static uint32_t place_of(const struct portal *portal, const struct person *person)
{
    uint32_t low = 0;
    uint32_t high = portal->sorted_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(portal->sorted[middle], person) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void sort_in(struct portal *portal, struct person *person)
{
    uint32_t place = place_of(portal, person);
    memmove(portal->sorted + place + 1, portal->sorted + place,
            (portal->sorted_count - place) * sizeof(struct person *));
    portal->sorted[place] = person;
    portal->sorted_count++;
}

static void sort_out(struct portal *portal, struct person *person)
{
    uint32_t place = place_of(portal, person);
    ASSERT(place < portal->sorted_count && portal->sorted[place] == person);
    portal->sorted_count--;
    memmove(portal->sorted + place, portal->sorted + place + 1,
            (portal->sorted_count - place) * sizeof(struct person *));
}

static MUST_USE enum err reserve_sorted(struct portal *portal)
{
    if (portal->sorted_count < portal->sorted_capacity) {
        return OK;
    }
    uint32_t capacity = portal->sorted_capacity == 0 ? 64 : portal->sorted_capacity * 2;
    void *grown = mem_realloc(portal->sorted, capacity * sizeof(struct person *));
    if (grown == NULL) {
        return ERR_NOMEM;
    }
    portal->sorted = grown;
    portal->sorted_capacity = capacity;
    return OK;
}

static MUST_USE enum err add(struct portal *portal, const struct user *user)
{
    enum err err = reserve_sorted(portal);
    if (err != OK) {
        return err;
    }
    struct person *person = mem_alloc(sizeof *person);
    if (person == NULL) {
        return ERR_NOMEM;
    }
    person->portal = portal;
    person->user = *user;
    err = map_add(portal->people_by_id, id_slice(&person->user.id), person);
    if (err == OK) {
        err = map_add(portal->people_by_name, slice_text(person->user.name), person);
        if (err != OK) {
            (void)map_remove(portal->people_by_id, id_slice(&person->user.id));
        }
    }
    if (err != OK) {
        mem_wipe(person, sizeof *person);
        mem_free(person);
        return err;
    }
    fold(user, person->folded);
    sort_in(portal, person);
    portal->enabled_count += user->disabled ? 0 : 1;
    person->epoch = portal->epoch;
    return OK;
}

/* What others see. */
static bool looks_same(const struct user *a, const struct user *b)
{
    return strcmp(a->full_name, b->full_name) == 0 && strcmp(a->position, b->position) == 0 &&
           memcmp(a->avatar_hash, b->avatar_hash, sizeof a->avatar_hash) == 0 &&
           strcmp(a->name, b->name) == 0 && a->disabled == b->disabled;
}

/* What person_keep_setting writes. */
static void take_settings(struct user *user, const struct user *from)
{
    user->microphone_on = from->microphone_on;
    user->camera_on = from->camera_on;
    user->no_call_waiting = from->no_call_waiting;
    user->relay_only = from->relay_only;
    user->status = from->status;
}

MUST_USE enum err person_put(struct portal *portal, const struct user *user)
{
    struct person *person = person_find(portal, &user->id);
    if (person == NULL) {
        return add(portal, user);
    }
    bool renamed = strcmp(person->user.name, user->name) != 0;
    if (renamed && person_name_is_taken(portal, slice_text(user->name))) {
        return ERR_EXISTS;
    }
    bool same = looks_same(&person->user, user);
    bool erased = renamed && model_is_erased(user);
    struct user before = person->user;
    if (renamed) {
        (void)map_remove(portal->people_by_name, slice_text(person->user.name));
    }
    sort_out(portal, person);
    portal->enabled_count -= person->user.disabled ? 0 : 1;
    person->user = *user;
    if (person->settings_writing > 0) { /* newer than what was read or written before them */
        take_settings(&person->user, &before);
    }
    portal->enabled_count += user->disabled ? 0 : 1;
    fold(user, person->folded);
    sort_in(portal, person);
    person->epoch = portal->epoch;
    if (erased) {
        watch_person_erased(portal, person, before.name);
    } else if (!same) {
        person_profile_changed(portal, person);
    }
    /* The place of the old name is free: this takes no memory. */
    return renamed ? map_add(portal->people_by_name, slice_text(person->user.name), person) : OK;
}

void person_remove(struct portal *portal, struct person *person, uint64_t now_ms)
{
    session_end_all(portal, person, SESSION_END_DISABLED, now_ms);
    calls_user_gone(portal, &person->user.id, now_ms);
    rooms_person_gone(portal, person);
    watch_person_gone(portal, person);
    while (person->signins != NULL) {
        account_remove_signin(portal, person->signins);
    }
    while (person->groups != NULL) {
        struct group_link *link = person->groups;
        person->groups = link->next;
        mem_free(link);
    }
    connector_free_person(person);
    tie_free_person(portal, person);
    pestering_free(person);
    (void)map_remove(portal->people_by_id, id_slice(&person->user.id));
    (void)map_remove(portal->people_by_name, slice_text(person->user.name));
    sort_out(portal, person);
    portal->enabled_count -= person->user.disabled ? 0 : 1;
    mem_wipe(&person->user, sizeof person->user);
    mem_free(person);
}

uint32_t person_search(const struct portal *portal, struct slice query, bool disabled,
                       uint32_t offset, uint32_t count_max, const struct user **out,
                       uint32_t *total)
{
    char folded[PERSON_FOLDED_SIZE];
    text_fold(query, folded, sizeof folded);
    uint32_t matching = 0;
    uint32_t count = 0;
    for (uint32_t i = 0; i < portal->sorted_count; i++) {
        const struct person *person = portal->sorted[i];
        if ((person->user.disabled && (!disabled || model_is_erased(&person->user))) ||
            strstr(person->folded, folded) == NULL || policy_is_guest(person)) {
            continue;
        }
        if (matching >= offset && count < count_max) {
            out[count++] = &person->user;
        }
        matching++;
    }
    *total = matching;
    return count;
}

uint32_t portal_search(const struct portal *portal, struct slice query, uint32_t offset,
                       uint32_t count_max, const struct user **out, uint32_t *total)
{
    return person_search(portal, query, false, offset, count_max, out, total);
}
