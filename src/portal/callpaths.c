/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptions and candidates, by which the two sides find a path for their media: who may send
 * them and what of them reaches the other side. */
#include "portal/calls_internal.h"

#include "base/counter.h"

_Static_assert((int)COUNTER_CANDIDATES_LIMIT - (int)COUNTER_CANDIDATES_UNREADABLE ==
                   (int)ICEFILTER_LIMIT - (int)ICEFILTER_UNREADABLE,
               "the counters of candidates are in the order of the verdicts");

void callpaths_count_refusal(enum icefilter_verdict verdict)
{
    int reason = (int)verdict - (int)ICEFILTER_UNREADABLE;
    counter_increment((enum counter)(COUNTER_CANDIDATES_UNREADABLE + reason));
}

static struct icefilter_rules rules_of(const struct entry *entry, enum call_role role)
{
    const struct portal *portal = entry->calls->portal;
    const struct person *person = person_find(portal, &entry->users[role]);
    return (struct icefilter_rules){
        .relay_only =
            (person == NULL || policy_relay_only(portal, person)) && !CALL_HAS_FAULT(RELAY_LEAK),
        .local = portal->local,
        .count_max = portal->limits.candidates_max,
        .own = portal->own,
        .own_count = portal->own_count,
    };
}

/* The filter of the side, made when it is needed first. */
static MUST_USE enum err filter_of(struct entry *entry, enum call_role role, struct icefilter **out)
{
    if (entry->filters == NULL) {
        entry->filters = mem_alloc(CALL_SIDES * sizeof(*entry->filters));
    }
    *out = entry->filters == NULL ? NULL : &entry->filters[role];
    return *out == NULL ? ERR_NOMEM : OK;
}

/* Whether the session may send to the other side now; otherwise what it is answered. */
static MUST_USE enum err find_sender(struct portal *portal, session_id session,
                                     const struct id *call, struct entry **entry,
                                     enum call_role *role)
{
    enum err err = calls_find_for(portal, session, call, entry, role);
    if (err != OK) {
        return err;
    }
    enum call_state state = (*entry)->call.state;
    if ((state != CALL_CONNECTING && state != CALL_ACTIVE) || (*entry)->places[*role] != session ||
        (*entry)->places[call_other(*role)] == 0) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_STATE;
    }
    return OK;
}

MUST_USE enum err portal_call_describe(struct portal *portal, session_id session,
                                       const struct call_description *description)
{
    struct event event = {.kind = EVENT_DESCRIPTION, .description = *description};
    struct call_input input = {.event = CALL_EVENT_DESCRIBE};
    struct icefilter *filter = NULL;
    struct entry *entry = NULL;
#ifdef CALL_FAULTS
    entry = map_find(portal->calls->by_id, id_slice(&description->call));
    if (CALL_HAS_FAULT(EARLY_DESCRIPTION) && entry != NULL && entry->call.state == CALL_RINGING) {
        const struct person *callee = person_find(portal, &entry->users[ROLE_CALLEE]);
        session_tell_person(portal, callee, 0, &event);
        return OK;
    }
#endif
    if (description->early != 0) {
        return early_describe(portal, session, description);
    }
    enum err err = find_sender(portal, session, &description->call, &entry, &input.role);
    err = err == OK ? filter_of(entry, input.role, &filter) : err;
    if (err != OK) {
        return err;
    }
    struct icefilter_rules rules = rules_of(entry, input.role);
    enum icefilter_verdict verdict = icefilter_check_description(filter, &rules, description);
    if (verdict != ICEFILTER_PASS) { /* it cannot pass without what is in it */
        callpaths_count_refusal(verdict);
        return ERR_FORBIDDEN;
    }
    return calls_apply(entry, input, session, &event, portal->now_ms);
}

MUST_USE enum err portal_call_candidate(struct portal *portal, session_id session,
                                        const struct call_candidate *candidate)
{
    struct event event = {.kind = EVENT_CANDIDATE, .candidate = *candidate};
    struct call_input input = {.event = CALL_EVENT_CANDIDATE};
    struct icefilter *filter = NULL;
    struct entry *entry = NULL;
    if (candidate->early != 0) {
        return early_candidate(portal, session, candidate);
    }
    enum err err = find_sender(portal, session, &candidate->call, &entry, &input.role);
    err = err == OK ? filter_of(entry, input.role, &filter) : err;
    if (err != OK) {
        return err;
    }
    struct icefilter_rules rules = rules_of(entry, input.role);
    enum icefilter_verdict verdict = ICEFILTER_PASS;
    if (candidate->candidate.size > 0) { /* an empty one ends them */
        verdict = icefilter_check(filter, &rules, &candidate->facts);
    }
    if (verdict != ICEFILTER_PASS) { /* the call goes on without it (N8) */
        callpaths_count_refusal(verdict);
        return OK;
    }
    return calls_apply(entry, input, session, &event, portal->now_ms);
}
