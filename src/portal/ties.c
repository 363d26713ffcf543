/* SPDX-License-Identifier: Apache-2.0 */
/* Whom people block, and whom they wait for until he is available. */
#include "portal/callfaults.h"
#include "portal/internal.h"
#include "portal/rooms.h"

#define NOTIFY_KEPT_S ((int64_t)7 * 24 * 3600)

static struct tie_entry **list_of(struct person *person, enum tie_kind kind)
{
    return kind == TIE_BLOCK ? &person->blocks : &person->notifies;
}

static uint32_t limit_of(enum tie_kind kind)
{
    return kind == TIE_BLOCK ? BLOCKS_MAX : NOTIFIES_MAX;
}

static enum tie_kind kind_of(const struct change *change)
{
    return change->kind == CHANGE_BLOCK_PUT || change->kind == CHANGE_BLOCK_REMOVE ? TIE_BLOCK
                                                                                   : TIE_NOTIFY;
}

/* Where the tie to the other stands, or the end of the list. */
static struct tie_entry **find(struct person *person, enum tie_kind kind, const struct id *other)
{
    struct tie_entry **link = list_of(person, kind);
    while (*link != NULL && !id_equal(&(*link)->tie.other, other)) {
        link = &(*link)->next;
    }
    return link;
}

static void take_out(struct tie_entry **link)
{
    struct tie_entry *gone = *link;
    *link = gone->next;
    if (gone->other_link != NULL) {
        *gone->other_link = gone->other_next;
        if (gone->other_next != NULL) {
            gone->other_next->other_link = gone->other_link;
        }
    }
    mem_free(gone);
}

static void await(struct person *other, struct tie_entry *entry)
{
    entry->other_next = other->awaited;
    entry->other_link = &other->awaited;
    if (entry->other_next != NULL) {
        entry->other_next->other_link = &entry->other_next;
    }
    other->awaited = entry;
}

static MUST_USE enum err put(struct portal *portal, enum tie_kind kind, const struct tie *tie)
{
    struct person *person = person_find(portal, &tie->user);
    struct person *other = person_find(portal, &tie->other);
    if (person == NULL || other == NULL) {
        return ERR_NOT_FOUND;
    }
    struct tie_entry *entry = *find(person, kind, &tie->other);
    if (entry == NULL) {
        entry = mem_alloc(sizeof *entry);
        if (entry == NULL) {
            return ERR_NOMEM;
        }
        entry->next = *list_of(person, kind);
        *list_of(person, kind) = entry;
        if (kind == TIE_NOTIFY) {
            await(other, entry);
        }
    }
    entry->tie = *tie;
    entry->epoch = portal->epoch;
    return OK;
}

MUST_USE enum err tie_apply(struct portal *portal, const struct change *change)
{
    enum tie_kind kind = kind_of(change);
    if (change->kind == CHANGE_BLOCK_PUT || change->kind == CHANGE_NOTIFY_PUT) {
        return put(portal, kind, &change->tie);
    }
    struct person *person = person_find(portal, &change->tie.user);
    struct tie_entry **link = person == NULL ? NULL : find(person, kind, &change->tie.other);
    if (link != NULL && *link != NULL) {
        take_out(link);
    }
    return OK;
}

static void keep(struct portal *portal, enum tie_kind kind, bool on, const struct tie *tie)
{
    struct change change = {.tie = *tie};
    if (kind == TIE_BLOCK) {
        change.kind = on ? CHANGE_BLOCK_PUT : CHANGE_BLOCK_REMOVE;
    } else {
        change.kind = on ? CHANGE_NOTIFY_PUT : CHANGE_NOTIFY_REMOVE;
    }
    account_keep_quietly(portal, &change);
}

static bool is_over(const struct portal *portal, const struct tie_entry *entry)
{
    return entry->tie.since_s + NOTIFY_KEPT_S <= portal_now_s(portal);
}

/* He is available: whoever waits for him and has a page is told, once. */
static void tell_one(struct portal *portal, const struct person *asker, const struct person *other)
{
    struct event event = {
        .kind = EVENT_AVAILABLE,
        .person = {.user = &other->user, .presence = person_presence(portal, other)}};
    session_tell_person(portal, asker, 0, &event);
}

/* Ends the waiting; `link` is that of the asker. */
static void settle(struct portal *portal, struct tie_entry **link)
{
    struct tie tie = (*link)->tie;
    take_out(link);
    keep(portal, TIE_NOTIFY, false, &tie);
}

void tie_person_available(struct portal *portal, struct person *person)
{
    struct tie_entry *first = CALL_HAS_FAULT(AWAITED_NEVER) ? NULL : person->awaited;
    for (struct tie_entry *entry = first, *next; entry != NULL; entry = next) {
        next = entry->other_next;
        struct person *asker = person_find(portal, &entry->tie.user);
        bool over = is_over(portal, entry);
        if (!over && asker->sessions == NULL) {
            if (!entry->pushed) {
                push_available(portal, asker, person);
            }
            entry->pushed = true;
            continue; /* a push may be lost: he is told when he comes as well */
        }
        if (!over) {
            tell_one(portal, asker, person);
        }
        if (!CALL_HAS_FAULT(AWAITED_TWICE)) {
            settle(portal, find(asker, TIE_NOTIFY, &person->user.id));
        }
    }
}

void tie_session_opened(struct portal *portal, struct person *person)
{
    struct tie_entry **link = &person->notifies;
    while (*link != NULL) {
        const struct person *other = person_find(portal, &(*link)->tie.other);
        bool over = is_over(portal, *link);
        if (!over && person_presence(portal, other) != PRESENCE_AVAILABLE) {
            link = &(*link)->next;
            continue;
        }
        if (!over) {
            tell_one(portal, person, other);
        }
        settle(portal, link);
    }
}

MUST_USE enum err portal_tie(struct portal *portal, session_id session, enum tie_kind kind,
                             struct slice name, bool on, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    const struct session *own = session_find(portal, session);
    const struct person *other = person_find_name(portal, name);
    if (own == NULL || other == NULL || other == own->person || other->user.disabled) {
        return ERR_NOT_FOUND;
    }
    struct person *person = own->person;
    struct tie_entry **link = find(person, kind, &other->user.id);
    struct tie tie = {
        .user = person->user.id, .other = other->user.id, .since_s = portal_now_s(portal)};
    uint32_t count = 0;
    for (const struct tie_entry *each = *list_of(person, kind); each != NULL; each = each->next) {
        count++;
    }
    if (!on) {
        if (*link != NULL) {
            take_out(link);
            keep(portal, kind, false, &tie);
        }
        return OK;
    }
    if (kind == TIE_NOTIFY && person_presence(portal, other) == PRESENCE_AVAILABLE) {
        tell_one(portal, person, other);
        if (*link != NULL) { /* he has just become so */
            settle(portal, link);
        }
        return OK;
    }
    if (*link == NULL && count >= limit_of(kind)) {
        return ERR_LIMIT;
    }
    enum err err = put(portal, kind, &tie);
    if (err == OK) {
        keep(portal, kind, true, &tie);
    }
    return err;
}

uint32_t portal_ties(const struct portal *portal, session_id session, enum tie_kind kind,
                     const struct user *out[PORTAL_WATCHES_MAX])
{
    const struct session *own = session_find(portal, session);
    uint32_t count = 0;
    const struct tie_entry *entry = own == NULL ? NULL : *list_of(own->person, kind);
    for (; entry != NULL && count < PORTAL_WATCHES_MAX; entry = entry->next) {
        const struct person *other = person_find(portal, &entry->tie.other);
        if (other != NULL && (kind == TIE_BLOCK || !is_over(portal, entry))) {
            out[count++] = &other->user;
        }
    }
    return count;
}

bool tie_blocks(const struct person *person, const struct id *other)
{
    const struct tie_entry *entry = person->blocks;
    while (entry != NULL && !id_equal(&entry->tie.other, other)) {
        entry = entry->next;
    }
    return entry != NULL;
}

static void sync_list(const struct portal *portal, struct tie_entry **link)
{
    while (*link != NULL) {
        if ((*link)->epoch == portal->epoch) {
            link = &(*link)->next;
        } else {
            take_out(link);
        }
    }
}

void tie_sync_person(const struct portal *portal, struct person *person)
{
    sync_list(portal, &person->blocks);
    sync_list(portal, &person->notifies);
}

void tie_free_person(const struct portal *portal, struct person *person)
{
    while (person->blocks != NULL) {
        take_out(&person->blocks);
    }
    while (person->notifies != NULL) {
        take_out(&person->notifies);
    }
    while (person->awaited != NULL) {
        struct person *asker = person_find(portal, &person->awaited->tie.user);
        take_out(find(asker, TIE_NOTIFY, &person->user.id));
    }
}
