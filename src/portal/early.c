/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/early.h"

#include "base/counter.h"
#include "portal/calls_internal.h"

/* Nobody may learn from a connection what the call does not tell him: who is not rung, or whose
 * status hides him, is not connected; nor is who speaks with somebody else. */
static bool is_possible(const struct entry *entry)
{
    const struct line *callee = calls_line(entry->calls, &entry->users[ROLE_CALLEE]);
    return line_active(callee) == NULL && entry->call.state == CALL_RINGING && entry->rang &&
           !entry->unheard && !entry->silent && !entry->hidden && entry->link == NULL;
}

/* Nor from its absence: a device that its browser keeps silent makes none, so that who is not heard
 * finds what is usual there (device_pretend). */
static bool may_device(const struct entry *entry, const struct session *session)
{
    return !device_ignores(entry, session) &&
           (!device_is_locked(entry, session) || CALL_HAS_FAULT(EARLY_LOCKED));
}

MUST_USE enum err portal_call_prepare(struct portal *portal, session_id session,
                                      const struct id *call, uint64_t now_ms, struct call_view *out)
{
    struct entry *entry = NULL;
    enum call_role role;
    portal->now_ms = now_ms;
    enum err err = calls_find_for(portal, session, call, &entry, &role);
    if (err == OK && (role != ROLE_CALLEE || !is_possible(entry) ||
                      !may_device(entry, session_find(portal, session)))) {
        err = ERR_STATE;
    }
    return err != OK ? err : calls_view(entry, role, session, now_ms, out);
}

/* The connection of the callee's session; with `take` a free one becomes its own. 0: none. */
static uint32_t number_of(const struct entry *entry, session_id session, bool take)
{
    const struct portal *portal = entry->calls->portal;
    uint32_t open = 0;
    for (uint32_t i = 0; entry->early != NULL && i < EARLY_MAX; i++) {
        if (entry->early[i].session == session) {
            return i + 1;
        }
        if (entry->early[i].session == 0 || session_find(portal, entry->early[i].session) == NULL) {
            open = open == 0 ? i + 1 : open; /* also when its tab is gone */
        }
    }
    if (!take || open == 0) {
        return 0;
    }
    entry->early[open - 1] = (struct early){.session = session};
    return open;
}

/* Which connection the message belongs to, and to whom it goes. */
struct way {
    struct early *early;
    uint32_t number;
    session_id to;
    enum call_role from;
};

static enum err find_way(struct portal *portal, session_id session, const struct id *call,
                         uint32_t number, bool take, struct way *way)
{
    struct entry *entry = NULL;
    enum err err = calls_find_for(portal, session, call, &entry, &way->from);
    if (err != OK) {
        return err;
    }
    if (!is_possible(entry) ||
        (way->from == ROLE_CALLEE && !may_device(entry, session_find(portal, session)))) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_STATE;
    }
    if (way->from == ROLE_CALLEE) {
        if (take && entry->early == NULL) {
            entry->early = mem_alloc(EARLY_MAX * sizeof(*entry->early));
        }
        if (take && entry->early == NULL) {
            return ERR_NOMEM;
        }
        way->number = number_of(entry, session, take);
        way->to = entry->places[ROLE_CALLER];
    } else {
        bool known = entry->early != NULL && number >= 1 && number <= EARLY_MAX &&
                     entry->places[ROLE_CALLER] == session;
        way->number = known && entry->early[number - 1].session != 0 ? number : 0;
        way->to = way->number == 0 ? 0 : entry->early[number - 1].session;
    }
    if (way->number == 0) {
        return way->from == ROLE_CALLEE && take ? ERR_LIMIT : ERR_STATE;
    }
    way->early = &entry->early[way->number - 1];
    return session_find(portal, way->to) == NULL ? ERR_STATE : OK; /* its tab may be gone */
}

static struct icefilter_rules rules_of(const struct portal *portal)
{
    return (struct icefilter_rules){.relay_only = !CALL_HAS_FAULT(EARLY_ADDRESS),
                                    .local = portal->local,
                                    .count_max = portal->limits.candidates_max,
                                    .own = portal->own,
                                    .own_count = portal->own_count};
}

MUST_USE enum err early_describe(struct portal *portal, session_id session,
                                 const struct call_description *description)
{
    struct event event = {.kind = EVENT_DESCRIPTION, .description = *description};
    struct icefilter_rules rules = rules_of(portal);
    struct way way = {0};
    bool offer = description->type == DESCRIPTION_OFFER;
    enum err err = find_way(portal, session, &description->call, description->early, offer, &way);
    if (err != OK) {
        return err;
    }
    /* Each kind has one direction; what comes the other way is nobody's. */
    if (offer != (way.from == ROLE_CALLEE) || (!offer && way.early->descriptions[0] == 0)) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_STATE;
    }
    uint8_t *count = &way.early->descriptions[offer ? 0 : 1];
    if (*count >= EARLY_DESCRIPTIONS_MAX) {
        return ERR_LIMIT;
    }
    enum icefilter_verdict verdict =
        icefilter_check_description(&way.early->filters[way.from], &rules, description);
    if (verdict != ICEFILTER_PASS) {
        callpaths_count_refusal(verdict);
        return ERR_FORBIDDEN;
    }
    (*count)++;
    way.early->answered = way.early->answered || !offer;
    event.description.early = way.number;
    session_tell(portal, way.to, &event);
    return OK;
}

MUST_USE enum err early_candidate(struct portal *portal, session_id session,
                                  const struct call_candidate *candidate)
{
    struct event event = {.kind = EVENT_CANDIDATE, .candidate = *candidate};
    struct icefilter_rules rules = rules_of(portal);
    struct way way = {0};
    enum err err = find_way(portal, session, &candidate->call, candidate->early, false, &way);
    if (err != OK) {
        return err;
    }
    if (way.early->descriptions[way.from == ROLE_CALLEE ? 0 : 1] == 0) {
        return ERR_STATE; /* it belongs to no description */
    }
    enum icefilter_verdict verdict = ICEFILTER_PASS;
    if (candidate->candidate.size > 0) {
        verdict = icefilter_check(&way.early->filters[way.from], &rules, &candidate->facts);
    }
    if (verdict != ICEFILTER_PASS) {
        callpaths_count_refusal(verdict);
        return OK;
    }
    event.candidate.early = way.number;
    session_tell(portal, way.to, &event);
    return OK;
}

MUST_USE enum err portal_call_choose_early(struct portal *portal, session_id session,
                                           const struct id *call, bool early)
{
    struct entry *entry = NULL;
    enum call_role role;
    enum err err = calls_find_for(portal, session, call, &entry, &role);
    if (err != OK || role != ROLE_CALLEE || entry->call.state != CALL_RINGING) {
        return err; /* the answer itself is judged by the call */
    }
    uint32_t number = early ? number_of(entry, session, false) : 0;
    if (CALL_HAS_FAULT(EARLY_NOBODY)) {
        entry->early_number = early ? 1 : 0;
        return OK;
    }
    if (early && (number == 0 || !entry->early[number - 1].answered)) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_STATE;
    }
    entry->early_number = number;
    return OK;
}
