/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with links for guests: make, list and withdraw them, and come in by one. */
#include "portal/pending.h"
#include "portal/rooms.h"

#include "base/counter.h"
#include "base/text.h"

#define VALID_MIN_S 60
#define NAME_BYTES 6 /* of the random part of a guest's name */

/* ---- for hosts and administrators ---- */

static MUST_USE enum err check_wish(const struct portal *portal, const struct person *host,
                                    const struct portal_guest_wish *wish, int64_t now_s)
{
    const struct portal_limits *limits = &portal->limits;
    if (host == NULL || host->user.disabled || policy_is_guest(host) || limits->guests == 0) {
        return ERR_FORBIDDEN;
    }
    if (wish->valid_s < VALID_MIN_S || wish->valid_s > limits->guest_link_s) {
        return ERR_INVALID;
    }
    uint32_t own = 0;
    const struct guest_entry *entry;
    size_t cursor = 0;
    while ((entry = map_next(portal->guest_links, &cursor)) != NULL) {
        bool open = entry->link.used_s == 0 && entry->link.expires_s > now_s;
        own += open && id_equal(&entry->link.host, &host->user.id) ? 1 : 0;
    }
    bool full = own >= limits->guest_links_per_user_max ||
                map_count(portal->guest_links) >= limits->guest_links_max;
    counter_add(COUNTER_GUESTS_REFUSED, full ? 1 : 0);
    enum err err = model_check_text(wish->label, 0, USER_FULL_NAME_MAX, NULL);
    return full ? ERR_LIMIT : err;
}

static MUST_USE enum err fill_link(struct pending *pending, const struct portal_guest_wish *wish)
{
    const struct portal *portal = pending->portal;
    const struct port_random *random = &portal->ports.random;
    enum err err = pending_reserve(pending, 2);
    if (err != OK) {
        return err;
    }
    struct guest_link *link = &pending->changes[0].guest_link;
    pending->changes[0].kind = CHANGE_GUEST_LINK_PUT;
    random->bytes(random->ctx, pending->token, sizeof pending->token);
    random->bytes(random->ctx, link->id.bytes, sizeof link->id.bytes);
    random->sha256(random->ctx, slice_from(pending->token, sizeof pending->token),
                   link->token_hash);
    link->host = pending->user;
    if (wish->label.size > 0) {
        memcpy(link->label, wish->label.data, wish->label.size);
    }
    link->created_s = pending->now_s;
    link->expires_s = pending->now_s + (int64_t)wish->valid_s;
    pending->expires_s = link->expires_s;
    char text[ID_TEXT_SIZE];
    id_format(&link->id, text);
    admin_audit(portal, &pending->user, pending->now_s, "guest-invited", text, "",
                &pending->changes[1]);
    return OK;
}

uint32_t portal_guest_seconds(const struct portal *portal)
{
    return portal->limits.guests == 0 ? 0 : portal->limits.guest_link_s;
}

MUST_USE enum err portal_guest_invite(struct portal *portal, const struct id *by,
                                      const struct portal_guest_wish *wish, int64_t now_s,
                                      uint64_t now_ms, portal_invite_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    enum err err = check_wish(portal, person_find(portal, by), wish, now_s);
    struct pending *pending = NULL;
    err = err == OK ? pending_create(portal, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    pending->invite_done = on_done;
    pending->user = *by;
    pending->now_s = now_s;
    err = fill_link(pending, wish);
    err = err == OK ? pending_keep(pending, invitation_on_kept) : err;
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

static enum guest_state state_of(const struct portal *portal, const struct guest_entry *entry,
                                 int64_t now_s)
{
    const struct person *guest = guests_person(portal, entry);
    bool calls = guest != NULL && calls_user_in_call(portal, &guest->user.id);
    if (entry->link.used_s != 0) {
        return calls ? GUEST_TALKING : GUEST_USED;
    }
    if (entry->link.expires_s <= now_s) {
        return GUEST_EXPIRED;
    }
    return calls ? GUEST_WAITING : GUEST_OPEN;
}

uint32_t portal_guest_links(const struct portal *portal, const struct id *host, int64_t now_s,
                            struct guest_view *out, uint32_t count_max)
{
    const struct guest_entry *entry;
    size_t cursor = 0;
    uint32_t count = 0;
    while ((entry = map_next(portal->guest_links, &cursor)) != NULL) {
        const struct guest_link *link = &entry->link;
        const struct person *owner = person_find(portal, &link->host);
        if (owner == NULL || (host != NULL && !id_equal(&link->host, host))) {
            continue;
        }
        uint32_t place = count;
        while (place > 0 && out[place - 1].link->created_s < link->created_s) {
            place--;
        }
        if (place == count_max) {
            continue; /* older than all */
        }
        uint32_t kept = count < count_max ? count : count_max - 1;
        memmove(&out[place + 1], &out[place], (kept - place) * sizeof out[0]);
        const struct person *guest = person_find(portal, &link->guest);
        out[place] = (struct guest_view){.link = link,
                                         .host = &owner->user,
                                         .guest = guest == NULL ? NULL : &guest->user,
                                         .state = state_of(portal, entry, now_s)};
        count = kept + 1;
    }
    return count;
}

static void on_revoked(struct pending *pending, enum err err)
{
    struct portal *portal = pending->portal;
    struct person *guest = person_find(portal, &pending->item);
    portal_done done = pending->done;
    void *arg = pending->arg;
    if (err == OK && guest != NULL && !guest->user.disabled) {
        guests_end(portal, guest);
    }
    pending_destroy(pending);
    done(arg, err, NULL);
}

MUST_USE enum err portal_guest_revoke(struct portal *portal, const struct id *by,
                                      const struct id *link, int64_t now_s, uint64_t now_ms,
                                      portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    const struct person *person = person_find(portal, by);
    const struct guest_entry *entry;
    size_t cursor = 0;
    while ((entry = map_next(portal->guest_links, &cursor)) != NULL &&
           !id_equal(&entry->link.id, link)) {
    }
    if (entry == NULL || person == NULL ||
        (!id_equal(&entry->link.host, by) && !policy_may_administer(portal, person))) {
        return ERR_NOT_FOUND;
    }
    if (entry->taken) {
        return ERR_BUSY;
    }
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    err = err == OK ? pending_reserve(pending, 2) : err;
    if (err == OK) {
        char text[ID_TEXT_SIZE];
        id_format(link, text);
        pending->done = on_done;
        pending->item = entry->link.guest;
        pending->changes[0].kind = CHANGE_GUEST_LINK_REMOVE;
        pending->changes[0].guest_link = entry->link;
        admin_audit(portal, by, now_s, "guest-link-withdrawn", text, "", &pending->changes[1]);
        err = pending_keep(pending, on_revoked);
    }
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

/* ---- for who has the link ---- */

/* ERR_LIMIT before anything is looked up: the answer tells nothing of the link. */
static MUST_USE enum err find(struct portal *portal, const uint8_t token[TOKEN_BYTES],
                              struct slice address, int64_t now_s, struct guest_entry **out)
{
    struct id prefix = login_prefix_key(portal, address);
    uint64_t throttle_ms = login_throttle_ms(portal);
    if (!throttle_allows(portal->by_prefix, &prefix, throttle_ms)) {
        counter_increment(COUNTER_LOGIN_THROTTLED);
        return ERR_LIMIT;
    }
    *out = guests_find(portal, token, now_s);
    if (*out == NULL) {
        counter_increment(COUNTER_GUESTS_UNKNOWN);
        throttle_count(portal->by_prefix, &prefix, throttle_ms);
        return ERR_NOT_FOUND;
    }
    return OK;
}

MUST_USE enum err portal_guest_find(struct portal *portal, const uint8_t token[TOKEN_BYTES],
                                    struct slice address, int64_t now_s, uint64_t now_ms,
                                    const struct user **host)
{
    portal->now_ms = now_ms;
    struct guest_entry *entry = NULL;
    enum err err = find(portal, token, address, now_s, &entry);
    if (err == OK) {
        *host = &person_find(portal, &entry->link.host)->user;
    }
    return err;
}

static void on_entered(struct pending *pending, enum err err)
{
    struct portal_login login = {0};
    portal_login_done done = pending->login_done;
    void *arg = pending->arg;
    if (err == OK) {
        counter_increment(COUNTER_GUESTS_ENTERED);
        err = login_finish(pending, &login);
    }
    pending_destroy(pending);
    done(arg, err, err == OK ? &login : NULL);
    mem_wipe(&login, sizeof login);
}

/* A sign-in that outlives the link by the longest call. */
static void make_login(struct pending *pending, const struct guest_entry *entry, struct change *out)
{
    int64_t latest_s = entry->link.expires_s + pending->portal->limits.call_max_ms / 1000;
    login_make(pending, &pending->user, out);
    out->login.expires_s = out->login.expires_s < latest_s ? out->login.expires_s : latest_s;
}

/* A name that nobody has chosen, and that says what it is. */
static void name_guest(const struct portal *portal, char out[USER_NAME_MAX + 1])
{
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[NAME_BYTES];
    portal->ports.random.bytes(portal->ports.random.ctx, bytes, sizeof bytes);
    memcpy(out, "guest-", 6);
    for (size_t i = 0; i < NAME_BYTES; i++) {
        out[6 + 2 * i] = digits[bytes[i] >> 4];
        out[7 + 2 * i] = digits[bytes[i] & 15];
    }
    out[6 + 2 * NAME_BYTES] = '\0';
}

static MUST_USE enum err fill_new(struct pending *pending, const struct guest_entry *entry,
                                  struct slice name)
{
    const struct port_random *random = &pending->portal->ports.random;
    enum err err = pending_reserve(pending, 5);
    if (err != OK) {
        return err;
    }
    struct change *changes = pending->changes;
    struct user *user = &changes[0].user;
    changes[0].kind = CHANGE_USER_PUT;
    random->bytes(random->ctx, user->id.bytes, sizeof user->id.bytes);
    name_guest(pending->portal, user->name);
    memcpy(user->full_name, name.data, name.size);
    user->microphone_on = true;
    user->camera_on = true;
    user->created_s = pending->now_s;
    pending->user = user->id;
    changes[1].kind = CHANGE_GROUP_PUT;
    changes[2].kind = CHANGE_MEMBERSHIP_PUT;
    changes[2].membership.user = user->id;
    memcpy(changes[1].membership.group, GROUP_GUESTS, sizeof GROUP_GUESTS);
    memcpy(changes[2].membership.group, GROUP_GUESTS, sizeof GROUP_GUESTS);
    make_login(pending, entry, &changes[3]);
    changes[4].kind = CHANGE_GUEST_LINK_PUT;
    changes[4].guest_link = entry->link;
    changes[4].guest_link.guest = user->id;
    return person_name_is_taken(pending->portal, slice_text(user->name)) ? ERR_BUSY : OK;
}

/* Somebody comes again, as from another browser: the sign-ins of before end. */
static MUST_USE enum err fill_again(struct pending *pending, const struct guest_entry *entry,
                                    const struct person *guest, struct slice name)
{
    enum err err = pending_reserve(pending, (size_t)guest->signin_count + 2);
    if (err != OK) {
        return err;
    }
    struct change *change = pending->changes;
    pending->user = guest->user.id;
    change->kind = CHANGE_USER_PROFILE;
    change->user = guest->user;
    memset(change->user.full_name, 0, sizeof change->user.full_name);
    memcpy(change->user.full_name, name.data, name.size);
    for (const struct signin *at = guest->signins; at != NULL; at = at->next) {
        change++;
        change->kind = CHANGE_LOGIN_REMOVE;
        change->login = at->login;
    }
    make_login(pending, entry, change + 1);
    return OK;
}

MUST_USE enum err portal_guest_enter(struct portal *portal, const uint8_t token[TOKEN_BYTES],
                                     const struct portal_guest_entry *wanted, int64_t now_s,
                                     uint64_t now_ms, portal_login_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct guest_entry *entry = NULL;
    struct pending *pending = NULL;
    enum err err = find(portal, token, wanted->address, now_s, &entry);
    if (err == OK && model_check_text(wanted->name, 1, USER_FULL_NAME_MAX, NULL) != OK) {
        err = ERR_INVALID;
    }
    if (err == OK && entry->taken) {
        err = ERR_BUSY;
    }
    const struct person *guest = err == OK ? guests_person(portal, entry) : NULL;
    if (err == OK && guest == NULL) {
        err = guests_make_room(portal);
        counter_add(COUNTER_GUESTS_REFUSED, err == ERR_LIMIT ? 1 : 0);
    }
    err = err == OK ? pending_create(portal, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    pending->login_done = on_done;
    pending->now_s = now_s;
    pending_set_origin(pending, wanted->agent, wanted->address);
    err = guest == NULL ? fill_new(pending, entry, wanted->name)
                        : fill_again(pending, entry, guest, wanted->name);
    err = err == OK ? pending_keep(pending, on_entered) : err;
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    entry->taken = true;
    pending->guest_link_taken = true;
    memcpy(pending->link_hash, entry->link.token_hash, sizeof pending->link_hash);
    return OK;
}
