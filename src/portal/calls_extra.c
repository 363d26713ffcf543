/* SPDX-License-Identifier: Apache-2.0 */
/* Calls and their connectors, and what administrators see and do of calls. */
#include "portal/admin.h"
#include "portal/calls_internal.h"

MUST_USE enum err entry_choose_connector(struct entry *entry,
                                         const struct portal_call_start *wanted,
                                         const struct person *caller, const struct person *callee)
{
    char link[CONNECTOR_URL_MAX + 1];
    enum err err = connector_begin(entry->calls->portal, wanted->connector, caller, callee,
                                   &wanted->call, &entry->connector, link);
    if (err != OK || link[0] == '\0') {
        return err;
    }
    entry->link = mem_alloc(strlen(link) + 1);
    if (entry->link == NULL) {
        return ERR_NOMEM;
    }
    memcpy(entry->link, link, strlen(link) + 1);
    return OK;
}

void entry_destroy(struct entry *entry)
{
    if (entry != NULL) {
        mem_free(entry->link);
        mem_free(entry->timeline);
        mem_free(entry->filters);
        mem_free(entry->early);
        mem_free(entry);
    }
}

/* The server has just started, and the person had a page open before, or may have had. */
static bool may_return(const struct portal *portal, const struct person *person)
{
    const struct signin *signin = person->signins;
    int64_t started_s = (int64_t)((portal->wall_ms + portal->started_ms) / 1000);
    while (signin != NULL && signin->login.created_s >= started_s) {
        signin = signin->next;
    }
    return signin != NULL && portal->now_ms - portal->started_ms < RETURN_MS;
}

enum call_answer calls_judge(struct entry *entry, const struct line *line,
                             const struct person *callee)
{
    const struct portal *portal = entry->calls->portal;
    bool full = line->ringing_count == RINGING_SLOTS;
    bool waits = line->mine_count > 0;
    bool busy = full || line_heard_count(line) >= (waits ? WAITING_MAX : RINGING_MAX) ||
                (waits && callee->user.no_call_waiting);
    bool hides = status_hides(callee);
    bool returns = hides && may_return(portal, callee);
    if (callee->user.status == STATUS_INVISIBLE) {
        /* Looks like who is not there, in whatever call he is. */
        bool heard = !busy && !waits && line_is_pushed(entry, callee);
        entry->expected = returns && !full && !heard;
        hides = !heard && !entry->expected;
        busy = full;
    } else if (returns && waits) {
        /* In a call that has gone on without the server: her page is about to come back. */
        entry->expected = !busy;
        hides = false;
    } else if (hides) {
        bool heard = !busy && line_is_pushed(entry, callee);
        entry->expected = returns && !busy && !heard;
        hides = !heard && !entry->expected;
    }
    if (hides && !CALL_HAS_FAULT(RINGS_HIDDEN)) {
        return CALL_UNREACHABLE;
    }
    return busy ? CALL_BUSY : CALL_RINGS;
}

/* Stops a live call. */
static void stop(struct entry *entry, enum end_reason reason, uint64_t now_ms)
{
    struct call_input input = {.event = CALL_EVENT_STOP, .role = ROLE_CALLER, .reason = reason};
    enum err err = calls_apply(entry, input, 0, NULL, now_ms);
    ASSERT(err == OK);
}

void calls_connector_disabled(struct portal *portal, const struct connector *connector,
                              uint64_t now_ms)
{
    struct entry *entry;
    size_t cursor = 0;
    while ((entry = map_next(portal->calls->by_id, &cursor)) != NULL) {
        if (entry->connector == connector && entry->call.state == CALL_RINGING) {
            stop(entry, END_CONNECTOR_DISABLED, now_ms);
        }
    }
}

/* False: it has ended, or one of the two exists no more. */
static bool describe(const struct entry *entry, uint64_t now_ms, struct admin_call *out)
{
    const struct portal *portal = entry->calls->portal;
    const struct person *caller = person_find(portal, &entry->users[ROLE_CALLER]);
    const struct person *callee = person_find(portal, &entry->users[ROLE_CALLEE]);
    if (entry->call.state == CALL_ENDED || caller == NULL || callee == NULL) {
        return false;
    }
    *out = (struct admin_call){
        .call = entry->id,
        .connector = entry->connector == NULL ? "webrtc" : entry->connector->name,
        .state = entry->call.state,
        .caller = &caller->user,
        .callee = &callee->user,
        .age_ms = (uint32_t)(now_ms - entry->started_ms),
    };
    return true;
}

uint32_t admin_calls(const struct portal *portal, uint64_t now_ms, struct admin_call *out,
                     uint32_t count_max)
{
    const struct entry *entry;
    size_t cursor = 0;
    uint32_t count = 0;
    while (count < count_max && (entry = map_next(portal->calls->by_id, &cursor)) != NULL) {
        count += describe(entry, now_ms, &out[count]) ? 1 : 0;
    }
    return count;
}

bool calls_find(const struct portal *portal, const struct id *call, uint64_t now_ms,
                struct admin_call *out)
{
    const struct entry *entry = map_find(portal->calls->by_id, id_slice(call));
    return entry != NULL && describe(entry, now_ms, out);
}

void calls_stop(struct portal *portal, const struct id *call, uint64_t now_ms)
{
    struct entry *entry = map_find(portal->calls->by_id, id_slice(call));
    if (entry != NULL && entry->call.state != CALL_ENDED) {
        stop(entry, END_STOPPED, now_ms);
    }
}
