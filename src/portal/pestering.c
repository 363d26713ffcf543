/* SPDX-License-Identifier: Apache-2.0 */
/* Who calls too often, or again and again without being answered. Held in memory only: what a
 * restart forgives is minutes. */
#include "portal/calls_internal.h"

#include "base/counter.h"
#include "portal/callfaults.h"
#include "portal/rooms.h"

#define WINDOW_MS (10 * 60 * 1000)
#define HOUR_MS (60 * 60 * 1000)

/* What one person has called in vain, the oldest is overwritten. */
struct vain {
    struct {
        struct id callee; /* all 0: none */
        uint64_t at_ms;
    } calls[VAIN_MAX];
    uint32_t next;
};

bool pestering_is(const struct portal *portal, const struct person *caller,
                  const struct person *callee)
{
    uint32_t count = 0;
    for (uint32_t i = 0; caller->vain != NULL && i < VAIN_MAX; i++) {
        count += id_equal(&caller->vain->calls[i].callee, &callee->user.id) &&
                         (portal->now_ms - caller->vain->calls[i].at_ms < WINDOW_MS ||
                          CALL_HAS_FAULT(UNLAPSED))
                     ? 1
                     : 0;
    }
    return count >= portal->limits.unanswered_max && !CALL_HAS_FAULT(PESTERS);
}

void pestering_note(const struct portal *portal, struct person *caller, const struct id *callee)
{
    if (caller->vain == NULL) {
        caller->vain = mem_alloc(sizeof *caller->vain);
    }
    if (caller->vain != NULL) { /* without memory the rule is not kept, and the call goes on */
        caller->vain->calls[caller->vain->next].callee = *callee;
        caller->vain->calls[caller->vain->next].at_ms = portal->now_ms;
        caller->vain->next = (caller->vain->next + 1) % VAIN_MAX;
    }
}

void pestering_forgive(struct person *caller, const struct id *callee)
{
    for (uint32_t i = 0; caller->vain != NULL && i < VAIN_MAX; i++) {
        if (!CALL_HAS_FAULT(UNFORGIVEN) && id_equal(&caller->vain->calls[i].callee, callee)) {
            caller->vain->calls[i].callee = (struct id){{0}};
        }
    }
}

void pestering_free(struct person *person)
{
    mem_free(person->vain);
    person->vain = NULL;
}

/* They share a team room or a space, or the callee has looked into the chat of the two: answering a
 * call does that too. */
static bool are_acquainted(const struct portal *portal, const struct person *a,
                           const struct person *b)
{
    for (const struct member *mine = a->rooms; mine != NULL; mine = mine->person_next) {
        const struct member *other = rooms_member(portal, &b->user.id, &mine->room->room.id);
        if (other != NULL && (mine->room->room.kind != ROOM_DIRECT || other->has_looked)) {
            return true;
        }
    }
    return false;
}

MUST_USE enum err pestering_take(struct portal *portal, struct person *caller,
                                 const struct person *callee)
{
    const struct bucket_rate rate = {.tokens = portal->limits.stranger_calls_per_hour,
                                     .period_ms = HOUR_MS,
                                     .burst = portal->limits.stranger_calls_per_hour};
    if (!portal_take(portal, &caller->user.id, QUOTA_CALLS, portal->now_ms)) {
        return ERR_TOO_OFTEN;
    }
    if (!are_acquainted(portal, caller, callee) &&
        !bucket_take(&caller->stranger_calls, &rate, portal->now_ms)) {
        counter_increment(COUNTER_QUOTA_REFUSED);
        return ERR_TOO_OFTEN;
    }
    return OK;
}
