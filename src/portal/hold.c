/* SPDX-License-Identifier: Apache-2.0 */
/* A person may have several calls, but speaks in one: the others are held. */
#include "portal/calls_internal.h"

#include "base/counter.h"

static bool is_answered(const struct entry *entry)
{
    return entry->call.state == CALL_CONNECTING || entry->call.state == CALL_ACTIVE;
}

/* The server holds the call because its user takes up another one, wherever that is. */
static void hold(struct entry *entry, const struct id *user, uint64_t now_ms)
{
    struct call_input input = {.event = CALL_EVENT_HOLD,
                               .role = calls_role_of(entry, user),
                               .held = true,
                               .by_server = true};
    enum err err = calls_apply(entry, input, 0, NULL, now_ms);
    ASSERT(err == OK);
}

MUST_USE enum err hold_others(struct line *line, bool wanted, uint64_t now_ms)
{
    struct entry *active = line_active(line);
    if (active == NULL || (CALL_HAS_FAULT(TWO_ACTIVE) && line->mine_count < MINE_MAX)) {
        return OK;
    }
    if (!wanted || !is_answered(active)) {
        return ERR_BUSY;
    }
    if (line_held_count(line) >= HELD_MAX) {
        return ERR_LIMIT;
    }
    hold(active, &line->user, now_ms);
    return OK;
}

/* Takes the call up again, and holds the one that its user speaks in. */
static enum err take_up(struct entry *entry, struct line *line, session_id session, uint64_t now_ms)
{
    struct entry *active = line_active(line);
    struct call_input input = {.event = CALL_EVENT_HOLD, .role = calls_role_of(entry, &line->user)};
    if (entry->places[input.role] != session) {
        return ERR_STATE;
    }
    if (active == entry) {
        return OK;
    }
    if (active != NULL && !is_answered(active)) {
        return ERR_STATE; /* what is only dialled cannot be held */
    }
    if (active != NULL) {
        hold(active, &line->user, now_ms);
    }
    return calls_apply(entry, input, session, NULL, now_ms);
}

MUST_USE enum err portal_call_hold(struct portal *portal, session_id session, const struct id *call,
                                   bool held, uint64_t now_ms)
{
    struct entry *entry = NULL;
    enum call_role role;
    portal->now_ms = now_ms;
    enum err err = calls_find_for(portal, session, call, &entry, &role);
    if (err != OK) {
        return err;
    }
    struct line *line = calls_line(portal->calls, &entry->users[role]);
    if (!is_answered(entry) || line == NULL) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_STATE;
    }
    if (!held) {
        return take_up(entry, line, session, now_ms);
    }
    if (!entry->call.sides[role].held && line_held_count(line) >= HELD_MAX) {
        return ERR_LIMIT;
    }
    struct call_input input = {.event = CALL_EVENT_HOLD, .role = role, .held = true};
    return calls_apply(entry, input, session, NULL, now_ms);
}
