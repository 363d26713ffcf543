/* SPDX-License-Identifier: Apache-2.0 */
/* Guests and their links in memory, and when they end. What people do with them: guestlinks.c.
 *
 * A link works until it is used up (its guest was let in or refused), withdrawn or out of date. Its
 * guest is an account of its own that is disabled then, or when the call of a link that is used up
 * is over. */
#include "portal/pending.h"
#include "portal/rooms.h"

#include "base/counter.h"

#define SHOWN_S (7 * 86400) /* so long the host sees links that are over */
#define ORPHANS_S 60

static struct slice key_of(const struct guest_entry *entry)
{
    return slice_from(entry->link.token_hash, sizeof entry->link.token_hash);
}

static struct guest_entry *find_by_guest(const struct portal *portal, const struct id *guest)
{
    struct guest_entry *entry;
    size_t cursor = 0;
    while ((entry = map_next(portal->guest_links, &cursor)) != NULL) {
        if (id_equal(&entry->link.guest, guest)) {
            return entry;
        }
    }
    return NULL;
}

static bool works(const struct portal *portal, const struct guest_entry *entry, int64_t now_s)
{
    const struct guest_link *link = &entry->link;
    const struct person *host = person_find(portal, &link->host);
    return portal->limits.guests != 0 && link->used_s == 0 && now_s < link->expires_s &&
           host != NULL && !host->user.disabled && !policy_is_guest(host);
}

struct guest_entry *guests_find(const struct portal *portal, const uint8_t token[TOKEN_BYTES],
                                int64_t now_s)
{
    uint8_t hash[32];
    const struct port_random *random = &portal->ports.random;
    random->sha256(random->ctx, slice_from(token, TOKEN_BYTES), hash);
    struct guest_entry *entry = map_find(portal->guest_links, slice_from(hash, sizeof hash));
    return entry != NULL && works(portal, entry, now_s) ? entry : NULL;
}

struct person *guests_person(const struct portal *portal, const struct guest_entry *entry)
{
    struct person *guest = person_find(portal, &entry->link.guest);
    return guest == NULL || guest->user.disabled ? NULL : guest;
}

bool portal_is_guest(const struct portal *portal, const struct id *user)
{
    const struct person *person = person_find(portal, user);
    return person != NULL && policy_is_guest(person);
}

bool portal_session_is_guest(const struct portal *portal, session_id session)
{
    const struct session *found = session_find(portal, session);
    return found != NULL && policy_is_guest(found->person);
}

const struct user *portal_guest_host(const struct portal *portal, const struct id *guest,
                                     int64_t now_s)
{
    const struct guest_entry *entry = find_by_guest(portal, guest);
    bool found = entry != NULL && works(portal, entry, now_s);
    return found ? &person_find(portal, &entry->link.host)->user : NULL;
}

/* ---- what is kept ---- */

static MUST_USE enum err put(struct portal *portal, const struct guest_link *link)
{
    struct guest_entry *entry =
        map_find(portal->guest_links, slice_from(link->token_hash, sizeof link->token_hash));
    if (entry == NULL) {
        entry = mem_alloc(sizeof *entry);
        if (entry == NULL) {
            return ERR_NOMEM;
        }
        entry->link = *link;
        enum err err = map_add(portal->guest_links, key_of(entry), entry);
        if (err != OK) {
            mem_free(entry);
            return err;
        }
    }
    entry->link.guest = link->guest;
    entry->link.expires_s = link->expires_s;
    if (entry->link.used_s == 0) { /* never works again, whatever was read before */
        entry->link.used_s = link->used_s;
    }
    entry->epoch = portal->epoch;
    return OK;
}

static void drop(struct portal *portal, struct guest_entry *entry)
{
    (void)map_remove(portal->guest_links, key_of(entry));
    mem_free(entry);
}

MUST_USE enum err guests_apply(struct portal *portal, const struct change *change)
{
    struct guest_entry *entry = NULL;
    struct person *person = NULL;
    switch (change->kind) {
    case CHANGE_GUEST_LINK_PUT:
        return put(portal, &change->guest_link);
    case CHANGE_GUEST_LINK_REMOVE:
        entry = map_find(portal->guest_links, slice_from(change->guest_link.token_hash, 32));
        if (entry != NULL) {
            drop(portal, entry);
        }
        return OK;
    default:
        person = person_find(portal, &change->user.id);
        if (person != NULL) {
            person_remove(portal, person, portal->now_ms);
        }
        return OK;
    }
}

/* Frees the entries of a list. */
static void drop_all(struct portal *portal, struct guest_entry *gone, bool keep)
{
    while (gone != NULL) {
        struct guest_entry *entry = gone;
        struct change change = {.kind = CHANGE_GUEST_LINK_REMOVE, .guest_link = entry->link};
        gone = entry->next;
        drop(portal, entry);
        if (keep) {
            account_keep_quietly(portal, &change);
        }
    }
}

void guests_sync_end(struct portal *portal)
{
    struct guest_entry *gone = NULL;
    struct guest_entry *entry;
    size_t cursor = 0;
    while ((entry = map_next(portal->guest_links, &cursor)) != NULL) {
        if (entry->epoch != portal->epoch && !entry->taken) {
            entry->next = gone;
            gone = entry;
        }
    }
    drop_all(portal, gone, false);
}

/* ---- how they end ---- */

void guests_use_up(struct portal *portal, const struct id *guest)
{
    const struct person *person = person_find(portal, guest);
    struct guest_entry *entry =
        person == NULL || !policy_is_guest(person) ? NULL : find_by_guest(portal, guest);
    if (entry != NULL && entry->link.used_s == 0) {
        entry->link.used_s = portal_now_s(portal);
        struct change change = {.kind = CHANGE_GUEST_LINK_PUT, .guest_link = entry->link};
        account_keep_quietly(portal, &change);
    }
}

void guests_end(struct portal *portal, struct person *guest)
{
    struct change change = {.kind = CHANGE_USER_DISABLED, .user = {.id = guest->user.id}};
    change.user.disabled = true;
    session_end_all(portal, guest, SESSION_END_DISABLED, portal->now_ms);
    calls_user_gone(portal, &guest->user.id, portal->now_ms);
    while (guest->signins != NULL) {
        account_end_signin(portal, guest->signins, SESSION_END_DISABLED, portal->now_ms);
    }
    /* Without memory he is disabled from the next look on: nothing lets him in meanwhile. */
    if (account_apply(portal, &change) == OK) {
        account_keep_quietly(portal, &change);
    }
}

/* Guests whose link is gone: their host was erased, or withdrew it on the command line. */
static void end_orphans(struct portal *portal, int64_t now_s)
{
    if (now_s < portal->orphans_s) {
        return;
    }
    portal->orphans_s = now_s + ORPHANS_S;
    for (uint32_t i = portal->sorted_count; i > 0; i--) {
        struct person *person = portal->sorted[i - 1];
        if (!person->user.disabled && policy_is_guest(person) &&
            find_by_guest(portal, &person->user.id) == NULL) {
            guests_end(portal, person);
        }
    }
}

void guests_expire(struct portal *portal, int64_t now_s, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct guest_entry *gone = NULL;
    struct guest_entry *entry;
    size_t cursor = 0;
    while ((entry = map_next(portal->guest_links, &cursor)) != NULL) {
        struct person *guest = guests_person(portal, entry);
        bool talks =
            guest != NULL && entry->link.used_s != 0 && calls_user_in_call(portal, &guest->user.id);
        if (guest != NULL && !entry->taken && !works(portal, entry, now_s) && !talks) {
            guests_end(portal, guest);
        }
        if (now_s - entry->link.expires_s > SHOWN_S && !entry->taken && !talks) {
            entry->next = gone;
            gone = entry;
        }
    }
    drop_all(portal, gone, true);
    end_orphans(portal, now_s);
}

/* ---- those who were here ---- */

static void forget(struct portal *portal, struct person *guest)
{
    struct change change = {.kind = CHANGE_GUEST_REMOVE, .user = {.id = guest->user.id}};
    account_keep_quietly(portal, &change);
    person_remove(portal, guest, portal->now_ms);
}

void guests_forget(struct portal *portal, int64_t before_s)
{
    for (uint32_t i = portal->sorted_count; i > 0; i--) {
        struct person *person = portal->sorted[i - 1];
        if (person->user.disabled && person->user.created_s < before_s && policy_is_guest(person)) {
            forget(portal, person);
        }
    }
}

MUST_USE enum err guests_make_room(struct portal *portal)
{
    const struct portal_limits *limits = &portal->limits;
    struct person *oldest = NULL;
    uint32_t open = 0;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < portal->sorted_count; i++) {
        struct person *person = portal->sorted[i];
        if (!policy_is_guest(person)) {
            continue;
        }
        open += person->user.disabled ? 0 : 1;
        kept += person->user.disabled ? 1 : 0;
        if (person->user.disabled &&
            (oldest == NULL || person->user.created_s < oldest->user.created_s)) {
            oldest = person;
        }
    }
    bool full = map_count(portal->people_by_id) >= limits->users_max;
    if (oldest != NULL && (kept >= limits->guests_kept_max || full)) {
        forget(portal, oldest);
        full = false;
    }
    return open >= limits->guests_max || full ? ERR_LIMIT : OK;
}
