/* SPDX-License-Identifier: Apache-2.0 */
/* Calls outlive the server: each change of the state is kept, and what was live at its end is taken
 * up again at its next start, where both pages may join. */
#include "portal/calls_internal.h"

#include "base/log.h"
#include "portal/callfaults.h"
#include "portal/rooms.h"

/* Of a time of this process; 0 stays 0: it has not happened. */
static int64_t wall(const struct portal *portal, uint64_t time_ms)
{
    return time_ms == 0 ? 0 : (int64_t)(portal->wall_ms + time_ms);
}

/* The other way round. A time before the start of this process wraps around, and differences are
 * right all the same. */
static uint64_t monotonic(const struct portal *portal, int64_t at_ms)
{
    uint64_t time_ms = (uint64_t)at_ms - portal->wall_ms;
    return at_ms == 0 ? 0 : time_ms == 0 ? 1 : time_ms; /* what was at 0 has happened too */
}

static void fill(const struct entry *entry, uint64_t now_ms, struct call_record *out)
{
    const struct portal *portal = entry->calls->portal;
    const struct call *call = &entry->call;
    bool ended = call->state == CALL_ENDED;
    *out = (struct call_record){
        .call = entry->id,
        .caller = entry->users[ROLE_CALLER],
        .callee = entry->users[ROLE_CALLEE],
        .external = entry->link != NULL,
        .silent = entry->silent,
        .held = (uint8_t)((call->sides[ROLE_CALLER].held ? 1 : 0) |
                          (call->sides[ROLE_CALLEE].held ? 2 : 0)),
        .started_at_ms = (int64_t)(portal->wall_ms + entry->started_ms),
        .answered_at_ms = wall(portal, entry->answered_ms),
        .active_at_ms = wall(portal, call->active_ms),
        .ended_at_ms = ended ? wall(portal, now_ms) : 0,
        .reason = (uint8_t)call->reason,
        .missed = ended && entry->answered_ms == 0 && call->reason != END_DECLINED &&
                  !entry->blocked && !(CALL_HAS_FAULT(UNMISSED) && entry->unheard),
    };
    if (ended && call->ended_by_user) {
        out->ended_by = call->ended_by == ROLE_CALLER ? ENDED_BY_CALLER : ENDED_BY_CALLEE;
    }
    if (entry->connector != NULL) {
        memcpy(out->connector, entry->connector->name, strlen(entry->connector->name) + 1);
    }
}

/* In the chat of the two. */
static void leave_line(const struct entry *entry, uint64_t now_ms)
{
    const struct call *call = &entry->call;
    const struct call_line line = {
        .call = entry->id,
        .reason = (uint8_t)call->reason,
        .answered = entry->answered_ms != 0,
        .quiet = entry->blocked,
        .seconds = call->active_ms == 0 ? 0 : (uint32_t)((now_ms - call->active_ms) / 1000)};
    chat_add_call(entry->calls->portal, &entry->users[ROLE_CALLER], &entry->users[ROLE_CALLEE],
                  &line);
}

void calls_keep(struct entry *entry, uint64_t now_ms)
{
    struct call_record record;
    fill(entry, now_ms, &record);
    history_keep(entry->calls->portal, &record);
    timeline_keep(entry);
    if (entry->call.state == CALL_ENDED && !entry->guest) { /* a guest has no chat */
        leave_line(entry, now_ms);
    }
}

static void begin_again(struct entry *entry, const struct call_record *record)
{
    struct calls *calls = entry->calls;
    const struct portal *portal = calls->portal;
    /* It has started, whatever the time: the store knows a call by its id and by this time. */
    struct call_past past = {.started_ms = (uint64_t)record->started_at_ms - portal->wall_ms,
                             .answered_ms = monotonic(portal, record->answered_at_ms),
                             .active_ms = monotonic(portal, record->active_at_ms)};
    enum call_state state = CALL_RINGING;
    if (record->answered_at_ms != 0) {
        state = record->active_at_ms != 0 ? CALL_ACTIVE : CALL_CONNECTING;
    }
    for (int role = 0; role < CALL_SIDES; role++) {
        const struct person *person = person_find(portal, &entry->users[role]);
        past.microphone_on[role] = person->user.microphone_on;
        past.camera_on[role] = person->user.camera_on;
    }
    for (int role = 0; role < CALL_SIDES; role++) {
        past.held[role] = (record->held >> role & 1) != 0;
    }
    entry->started_ms = past.started_ms;
    entry->answered_ms = past.answered_ms;
    entry->silent = record->silent;
    entry->guest = policy_is_guest(person_find(portal, &record->caller));
    entry->blocked = entry->answered_ms == 0 &&
                     tie_blocks(person_find(portal, &record->callee), &record->caller);
    entry->unheard = entry->blocked;
    entry->rang = state == CALL_RINGING && !entry->unheard; /* its notifications are withdrawn */
    entry->hidden = person_find(portal, &record->callee)->user.status == STATUS_INVISIBLE;
    timeline_add(entry, STEP_RESTARTED, STEP_NOBODY, "", 0, portal->now_ms);
    struct call_times times = calls->times;
    times.ring_ms = entry->guest ? portal->limits.guest_wait_ms : times.ring_ms;
    call_restore(&entry->call, state, &past, &times, portal->now_ms);
}

/* A damaged database must not give one person more calls than he can have. */
static bool is_full(const struct calls *calls, const struct id *user)
{
    const struct line *line = calls_line(calls, user);
    return line != NULL && line->mine_count == MINE_MAX;
}

MUST_USE enum err calls_restore(struct portal *portal, const struct call_record *record)
{
    struct calls *calls = portal->calls;
    struct connector_view view = {0};
    if (record->ended_at_ms != 0 || map_find(calls->by_id, id_slice(&record->call)) != NULL) {
        return OK;
    }
    if (CALL_HAS_FAULT(LOST_AT_RESTART) && record->answered_at_ms != 0) {
        return OK;
    }
    if (person_find(portal, &record->caller) == NULL ||
        person_find(portal, &record->callee) == NULL) {
        return ERR_NOT_FOUND;
    }
    bool known = record->connector[0] == '\0' ||
                 portal_connector_find(portal, slice_text(record->connector), &view);
    if (calls->live_count >= portal->limits.calls_max || is_full(calls, &record->caller) ||
        is_full(calls, &record->callee)) {
        return ERR_LIMIT;
    }
    struct entry *entry = NULL;
    enum err err = calls_place(calls, &record->call, &record->caller, &record->callee, &entry);
    if (err != OK) {
        return err;
    }
    entry->connector = view.connector;
    entry->lost = record->external || !known;
    begin_again(entry, record);
    calls_take_up(entry);
    char text[ID_TEXT_SIZE];
    id_format(&entry->id, text);
    log_info("call taken up again", "call=%s state=%s", text, call_state_name(entry->call.state));
    return OK;
}
