/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/internal.h"
#include "portal/rooms.h"

bool policy_is_guest(const struct person *person)
{
    if (person->user.password_hash[0] != '\0') {
        return false;
    }
    const struct group_link *link = person->groups;
    while (link != NULL && strcmp(link->group->name, GROUP_GUESTS) != 0) {
        link = link->next;
    }
    return link != NULL;
}

bool policy_may_administer(const struct portal *portal, const struct person *by)
{
    return !by->user.disabled && portal_user_is_in(portal, &by->user.id, GROUP_ADMINISTRATORS);
}

bool policy_may_invite(const struct portal *portal, const struct person *by)
{
    return policy_may_administer(portal, by);
}

bool policy_may_call(const struct portal *portal, const struct person *caller,
                     const struct person *callee)
{
    if (policy_is_guest(callee)) {
        return false;
    }
    if (policy_is_guest(caller)) {
        return portal_guest_host(portal, &caller->user.id, portal_now_s(portal)) == &callee->user;
    }
    /* Every colleague may be called (M19); a block only keeps it from ringing. */
    return caller != callee && !caller->user.disabled && !callee->user.disabled;
}

/* What administrators have set for all calls (connectors/webrtc). */
static bool is_set_for_all(const struct portal *portal)
{
    const struct secret *value = portal_setting(portal, "webrtc", "relay-only");
    return value != NULL && strcmp(secret_reveal(value), "1") == 0;
}

bool policy_relay_only(const struct portal *portal, const struct person *person)
{
    const struct id *user = &person->user.id;
    bool guest = portal_user_is_in(portal, user, GROUP_GUESTS);
    return is_set_for_all(portal) || person->user.relay_only ||
           portal_user_is_in(portal, user, GROUP_RELAY_ONLY) ||
           (guest && portal->limits.guests_relay_only != 0);
}

bool policy_may_write_to(const struct portal *portal, const struct person *person,
                         const struct person *peer)
{
    (void)portal; /* every colleague may be written to; a block is about calls */
    return !policy_is_guest(person) && !policy_is_guest(peer) && person != peer &&
           !person->user.disabled && !peer->user.disabled;
}

bool policy_may_remove(const struct chatroom *room, const struct person *by,
                       const struct person *other)
{
    return by == other || rooms_owner(room) == by;
}

bool policy_may_delete(const struct portal *portal, const struct person *by,
                       const struct id *author)
{
    return id_equal(&by->user.id, author) ||
           portal_user_is_in(portal, &by->user.id, GROUP_ADMINISTRATORS);
}
