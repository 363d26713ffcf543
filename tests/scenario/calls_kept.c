/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept, and what a crash leaves of it. */
#include "calls_oracle_internal.h"

#include <string.h>

/* ---- what is kept ---- */

static enum call_state state_of(const struct call_record *record)
{
    if (record->ended_at_ms != 0) {
        return CALL_ENDED;
    }
    if (record->answered_at_ms == 0) {
        return CALL_RINGING;
    }
    return record->active_at_ms == 0 ? CALL_CONNECTING : CALL_ACTIVE;
}

void oracle_written(struct oracle *oracle, const struct call_record *record)
{
    struct oracle_call *call = &oracle->calls[oracle_number(&record->call)];
    if (oracle_begins(oracle, call, state_of(record), (enum end_reason)record->reason)) {
        oracle_begin(oracle, call);
    }
    oracle_become(oracle, call, state_of(record), (enum end_reason)record->reason);
    for (int role = 0; role < 2 && call->state != CALL_ENDED; role++) {
        oracle_hold(oracle, call, (enum call_role)role, (record->held >> role & 1) != 0);
        call->written_held[role] = call->held[role];
    }
    call->written = call->state;
    bool missed = call->state == CALL_ENDED && record->answered_at_ms == 0 &&
                  call->reason != END_DECLINED && !call->blocked;
    if (record->missed != missed) {
        oracle_fail(oracle, "call %d is kept as %smissed", oracle_number_of(oracle, call),
                    record->missed ? "" : "not ");
    }
    enum call_ended_by by = ENDED_BY_NOBODY;
    if (call->state == CALL_ENDED && call->by_user) {
        by = call->ended_by == ROLE_CALLER ? ENDED_BY_CALLER : ENDED_BY_CALLEE;
    }
    if (record->ended_by != by) {
        oracle_fail(oracle, "call %d is kept with the wrong person who ended it",
                    oracle_number_of(oracle, call));
    }
}

void oracle_kept(struct oracle *oracle, const struct call_record *record)
{
    struct oracle_call *call = &oracle->calls[oracle_number(&record->call)];
    call->kept = true;
    call->kept_state = state_of(record);
    call->kept_reason = (enum end_reason)record->reason;
    call->kept_held[ROLE_CALLER] = (record->held & 1) != 0;
    call->kept_held[ROLE_CALLEE] = (record->held & 2) != 0;
}

void oracle_line(struct oracle *oracle, const struct call_line *line)
{
    struct oracle_call *call = &oracle->calls[oracle_number(&line->call)];
    call->lines++;
    if (call->lines > 1) {
        oracle_fail(oracle, "call %d has two lines in the chat", oracle_number_of(oracle, call));
    }
    bool kept = call->kept && call->kept_state == CALL_ENDED && call->kept_reason == line->reason;
    bool told = call->state == CALL_ENDED && call->reason == line->reason;
    if (call->unkept ? !told : !kept) {
        oracle_fail(oracle, "call %d: its line does not say how it ended",
                    oracle_number_of(oracle, call));
    }
}

/* ---- the server goes and comes ---- */

void oracle_crashed(struct oracle *oracle)
{
    memset(oracle->pages, 0, sizeof oracle->pages);
    for (int i = 0; i < oracle->user_count; i++) {
        oracle->sessions[i] = 0;
        oracle->gone_ms[i] = 0;
        oracle->vain[i] = (struct oracle_vain){0}; /* a restart forgives */
        memset(oracle->waits_since_ms[i], 0, sizeof oracle->waits_since_ms[i]);
    }
    for (int number = 1; number <= oracle->highest; number++) {
        struct oracle_call *call = &oracle->calls[number];
        call->answer_to = 0; /* known to the server that was there */
        if (!call->known) {
            continue;
        }
        if (!call->kept && call->state == CALL_ENDED) {
            call->gone = true;
        } else if (!call->kept) { /* a start that is repeated begins it again */
            oracle_unlist(oracle, call);
            *call = (struct oracle_call){
                .state = CALL_ENDED, .ended_ms = oracle->now_ms, .unkept = call->unkept};
        } else if (call->kept_state == CALL_ENDED) {
            call->gone = true; /* it stands in the history, and nobody may ask for it */
            call->ended_ms = call->state == CALL_ENDED ? call->ended_ms : oracle->now_ms;
            call->reason = call->kept_reason;
            call->state = CALL_ENDED;
            oracle_unlist(oracle, call);
        } else {
            call->state = call->kept_state;
            call->reason = END_NONE;
            oracle_list(oracle, call);
        }
        call->written = call->state;
        call->expected = false;
        call->rung = call->silenced = call->locked = 0;
        for (int role = 0; role < 2; role++) {
            call->held[role] = call->written_held[role] = call->kept_held[role];
        }
        call->here[0] = call->here[1] = 0;
        call->early[0] = call->early[1] = 0;
        call->comes_ms[0] = call->comes_ms[1] = 0;
        call->early_number = 0;
        call->blocked = call->state == CALL_RINGING &&
                        (oracle->blocks[call->users[ROLE_CALLEE]] >> call->users[0] & 1) != 0;
        call->unheard = call->blocked;
        call->connected[0] = call->connected[1] = false;
    }
}

static void restart_call(struct oracle *oracle, struct portal *portal, struct oracle_call *call,
                         bool jumped)
{
    struct call_view view;
    struct id id = oracle_call_id(oracle_number_of(oracle, call));
    const struct id *caller = &oracle->users[call->users[ROLE_CALLER]];
    enum err err = portal_call_peek(portal, caller, &id, oracle->now_ms, &view);
    if (err != OK || view.state != call->state) {
        oracle_fail(oracle, "call %d was kept, and after the restart it is %s",
                    oracle_number_of(oracle, call),
                    err != OK ? "lost" : call_state_name(view.state));
    }
    /* The wall clock alone lasts over a restart. */
    if (call->ring_until_ms < oracle->now_ms) {
        call->ring_until_ms = oracle->now_ms; /* over meanwhile: it ends now */
    }
    if (jumped) {
        call->by_wall = true;
        call->ring_until_ms = oracle->now_ms + oracle->times.ring_ms;
        call->call_until_ms = oracle->now_ms + oracle->times.call_max_ms;
    }
    if (call->call_until_ms < oracle->now_ms) {
        call->call_until_ms = oracle->now_ms;
    }
    call->connect_until_ms = oracle->now_ms + oracle->times.connect_ms;
    call->hidden = oracle->statuses[call->users[ROLE_CALLEE]] == STATUS_INVISIBLE;
    for (int role = 0; role < 2; role++) {
        bool had_place = call->state != CALL_RINGING || role == ROLE_CALLER;
        call->away_ms[role] = had_place ? oracle->now_ms : 0;
        call->left[role] = false;
    }
}

void oracle_restarted(struct oracle *oracle, struct portal *portal, bool jumped)
{
    for (int i = 0; i < oracle->live_count; i++) {
        restart_call(oracle, portal, &oracle->calls[oracle->live[i]], jumped);
    }
}
