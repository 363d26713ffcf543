/* SPDX-License-Identifier: Apache-2.0 */
#include "calls_oracle.h"

#include <stdarg.h>
#include <stdio.h>

#define TICK_MS 32 /* a timer of the wheel may be late by two of its ticks */

void oracle_fail(struct oracle *oracle, const char *format, ...)
{
    if (oracle->violation[0] != '\0') {
        return; /* the first one counts */
    }
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(oracle->violation, sizeof oracle->violation, format, arguments);
    va_end(arguments);
}

struct oracle_call *oracle_find(struct oracle *oracle, const struct id *call)
{
    for (int i = 0; i < oracle->call_count; i++) {
        if (id_equal(&oracle->calls[i].id, call)) {
            return &oracle->calls[i];
        }
    }
    return NULL;
}

void oracle_started(struct oracle *oracle, const struct id *call, int caller, int callee,
                    uint64_t now_ms)
{
    struct oracle_call *known = oracle_find(oracle, call);
    if (known != NULL) { /* told already, or a repeated start */
        return;
    }
    ASSERT(oracle->call_count < ORACLE_CALLS_MAX);
    oracle->calls[oracle->call_count++] =
        (struct oracle_call){.id = *call,
                             .users = {caller, callee},
                             .callee_status = oracle->statuses[callee],
                             .started_ms = now_ms};
}

bool oracle_is_part(const struct oracle_call *call, int user)
{
    return call->users[ROLE_CALLER] == user || call->users[ROLE_CALLEE] == user;
}

static void view_ended(struct oracle *oracle, struct oracle_call *call,
                       const struct call_view *view)
{
    if (view->reason == END_NONE || view->reason >= END_REASON_COUNT) {
        oracle_fail(oracle, "a call ended without a reason");
    } else if (call->state == CALL_ENDED && call->reason != view->reason) {
        oracle_fail(oracle, "a call ended as %s and as %s", end_reason_name(call->reason),
                    end_reason_name(view->reason));
    }
    call->reason = view->reason;
    call->state = CALL_ENDED;
    call->here[0] = 0;
    call->here[1] = 0;
}

void oracle_view(struct oracle *oracle, session_id session, int user, const struct call_view *view)
{
    struct oracle_call *call = oracle_find(oracle, &view->call);
    if (call == NULL) {
        oracle_fail(oracle, "somebody is told of a call that nobody started");
        return;
    }
    if (call->users[view->role] != user) {
        oracle_fail(oracle, "user %d is told a call of others or in the wrong role", user);
        return;
    }
    if (call->callee_status == STATUS_INVISIBLE &&
        (view->state != CALL_ENDED || view->reason != END_UNREACHABLE)) {
        oracle_fail(oracle, "an invisible person is called, and it shows");
    }
    bool rang = view->reason != END_BUSY && view->reason != END_UNREACHABLE;
    if (rang && view->silent != (call->callee_status == STATUS_DO_NOT_DISTURB)) {
        oracle_fail(oracle, "a call is %ssilent", view->silent ? "" : "not ");
    }
    if (!id_equal(&view->peer->id, &oracle->users[call->users[1 - (int)view->role]])) {
        oracle_fail(oracle, "the peer of a view is somebody else");
    }
    if (view->state == CALL_ENDED) {
        bool replaced = view->reason == END_REPLACED;
        if (replaced || view->reason == END_ANSWERED_ELSEWHERE) {
            if (call->here[view->role] == session) {
                call->here[view->role] = 0;
            }
        } else if (view->reason == END_DECLINED_ELSEWHERE) {
            if (call->state != CALL_RINGING &&
                !(call->state == CALL_ENDED && call->reason == END_DECLINED)) {
                oracle_fail(oracle, "declined elsewhere, but the call was not declined");
            }
        } else {
            view_ended(oracle, call, view);
        }
        return;
    }
    if (view->reason != END_NONE) {
        oracle_fail(oracle, "a live call has an end reason");
    }
    if (view->state < call->state) {
        oracle_fail(oracle, "a call goes from %s back to %s", call_state_name(call->state),
                    call_state_name(view->state));
    }
    call->state = view->state;
    call->was_active = call->was_active || view->state == CALL_ACTIVE;
    if (view->here) {
        if (call->here[view->role] != 0 && call->here[view->role] != session) {
            oracle_fail(oracle, "two sessions hold the media of one side");
        }
        call->here[view->role] = session;
    }
}

void oracle_forwarded(struct oracle *oracle, int user, const struct id *call)
{
    const struct oracle_call *known = oracle_find(oracle, call);
    if (known == NULL || !oracle_is_part(known, user)) {
        oracle_fail(oracle, "a stranger gets a description or candidate");
    } else if (known->state == CALL_RINGING) {
        oracle_fail(oracle, "a description or candidate passes before the answer");
    } else if (known->state == CALL_ENDED) {
        oracle_fail(oracle, "a description or candidate passes after the end");
    }
}

void oracle_left(struct oracle *oracle, session_id session, const struct id *call)
{
    for (int i = 0; i < oracle->call_count; i++) {
        struct oracle_call *known = &oracle->calls[i];
        for (int role = 0; role < 2; role++) {
            if (known->here[role] == session && (call == NULL || id_equal(&known->id, call))) {
                known->here[role] = 0;
            }
        }
    }
}

void oracle_stranger(struct oracle *oracle, enum err answer)
{
    if (answer != ERR_NOT_FOUND) {
        oracle_fail(oracle, "a stranger's command is answered with %s", err_name(answer));
    }
}

static bool holds(const struct oracle_call *call, int user)
{
    bool answered = call->state == CALL_CONNECTING || call->state == CALL_ACTIVE;
    return (call->users[ROLE_CALLER] == user && (answered || call->state == CALL_RINGING)) ||
           (call->users[ROLE_CALLEE] == user && answered);
}

static void check_user(struct oracle *oracle, const struct portal *portal, int user)
{
    int count = 0;
    for (int i = 0; i < oracle->call_count; i++) {
        count += holds(&oracle->calls[i], user) ? 1 : 0;
    }
    enum presence presence = portal_presence(portal, &oracle->users[user]);
    bool in_call = presence == PRESENCE_IN_CALL;
    if (oracle->statuses[user] == STATUS_INVISIBLE) {
        if (presence != PRESENCE_OFFLINE) {
            oracle_fail(oracle, "user %d is invisible and seen", user);
        }
        in_call = count == 1;
    }
    if (count > 1) {
        oracle_fail(oracle, "user %d takes part in %d calls at once", user, count);
    } else if (in_call != (count == 1)) {
        oracle_fail(oracle, "user %d is shown %s", user, in_call ? "in a call" : "in none");
    }
}

void oracle_check(struct oracle *oracle, const struct portal *portal, const bool *has_session,
                  uint64_t now_ms)
{
    for (int i = 0; i < oracle->call_count; i++) {
        const struct oracle_call *call = &oracle->calls[i];
        if (call->state == CALL_ENDED) {
            continue;
        }
        if (call->state == CALL_RINGING && now_ms > call->started_ms + oracle->ring_ms + TICK_MS) {
            oracle_fail(oracle, "a call rings past its deadline");
        }
        for (int k = i + 1; k < oracle->call_count; k++) {
            const struct oracle_call *other = &oracle->calls[k];
            if (other->state != CALL_ENDED && oracle_is_part(other, call->users[0]) &&
                oracle_is_part(other, call->users[1])) {
                oracle_fail(oracle, "two calls of one pair");
            }
        }
        if (portal_next_ms(portal) == UINT64_MAX) {
            oracle_fail(oracle, "a live call without a timer");
        }
    }
    for (int user = 0; user < oracle->user_count; user++) {
        if (has_session[user]) {
            check_user(oracle, portal, user);
        }
    }
}

bool oracle_any_live(const struct oracle *oracle)
{
    for (int i = 0; i < oracle->call_count; i++) {
        if (oracle->calls[i].state != CALL_ENDED) {
            return true;
        }
    }
    return false;
}
