/* SPDX-License-Identifier: Apache-2.0 */
#include "calls_oracle_internal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define MINE_MAX 3           /* calls of one person: one that he speaks in, two that he holds */
#define CHECKS_OF_THE_SAME 8 /* where nothing has changed, presence is asked so seldom */

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

struct id oracle_call_id(int number)
{
    return (struct id){{1, (uint8_t)number}};
}

int oracle_number(const struct id *call)
{
    return call->bytes[0] == 1 && call->bytes[1] <= ORACLE_CALLS_MAX ? call->bytes[1] : 0;
}

int oracle_number_of(const struct oracle *oracle, const struct oracle_call *call)
{
    return (int)(call - oracle->calls);
}

bool oracle_is_part(const struct oracle_call *call, int user)
{
    return call->known && (call->users[ROLE_CALLER] == user || call->users[ROLE_CALLEE] == user);
}

enum call_role oracle_role_of(const struct oracle_call *call, int user)
{
    return call->users[ROLE_CALLER] == user ? ROLE_CALLER : ROLE_CALLEE;
}

static bool is_answered(const struct oracle_call *call)
{
    return call->state == CALL_CONNECTING || call->state == CALL_ACTIVE;
}

/* The user takes part in the live call, and not only by being rung. */
static bool is_mine(const struct oracle_call *call, int user)
{
    return (call->users[ROLE_CALLER] == user && call->state != CALL_ENDED) ||
           (call->users[ROLE_CALLEE] == user && is_answered(call));
}

int oracle_count_mine(const struct oracle *oracle, int user, const struct oracle_call *but)
{
    int count = 0;
    for (int i = 0; i < oracle->live_count; i++) {
        const struct oracle_call *call = &oracle->calls[oracle->live[i]];
        count += call != but && is_mine(call, user) ? 1 : 0;
    }
    return count;
}

int oracle_count_active(const struct oracle *oracle, int user, const struct oracle_call *but)
{
    int count = 0;
    for (int i = 0; i < oracle->live_count; i++) {
        const struct oracle_call *call = &oracle->calls[oracle->live[i]];
        count += call != but && is_mine(call, user) && !call->held[oracle_role_of(call, user)];
    }
    return count;
}

int oracle_count_ringing(const struct oracle *oracle, int user, const struct oracle_call *but)
{
    int count = 0;
    for (int i = 0; i < oracle->live_count; i++) {
        const struct oracle_call *call = &oracle->calls[oracle->live[i]];
        count += call != but && call->state == CALL_RINGING && !call->unheard &&
                 call->users[ROLE_CALLEE] == user;
    }
    return count;
}

void oracle_list(struct oracle *oracle, struct oracle_call *call)
{
    if (!call->listed) {
        call->listed = true;
        oracle->live[oracle->live_count++] = (uint8_t)oracle_number_of(oracle, call);
    }
}

void oracle_unlist(struct oracle *oracle, struct oracle_call *call)
{
    for (int i = 0; i < oracle->live_count && call->listed; i++) {
        if (oracle->live[i] == oracle_number_of(oracle, call)) {
            oracle->live[i] = oracle->live[--oracle->live_count];
            call->listed = false;
        }
    }
}

/* ---- what must hold after each step ---- */

static void check_user(struct oracle *oracle, const struct portal *portal, int user)
{
    int count = oracle_count_mine(oracle, user, NULL);
    enum presence presence = portal_presence(portal, &oracle->users[user]);
    bool in_call = presence == PRESENCE_IN_CALL;
    if (oracle_count_active(oracle, user, NULL) > 1) {
        oracle_fail(oracle, "user %d speaks in two calls at once", user);
    }
    if (count > MINE_MAX) {
        oracle_fail(oracle, "user %d takes part in %d calls", user, count);
    }
    if (oracle->statuses[user] == STATUS_INVISIBLE) {
        if (presence != PRESENCE_OFFLINE) {
            oracle_fail(oracle, "user %d is invisible and seen", user);
        }
    } else if (oracle->sessions[user] > 0 && in_call != (count > 0)) {
        oracle_fail(oracle, "user %d is shown %s", user, in_call ? "in a call" : "in none");
    }
}

static void check_times(struct oracle *oracle, const struct oracle_call *call)
{
    int number = oracle_number_of(oracle, call);
    uint64_t latest_ms = oracle->now_ms - TICK_MS;
    if (call->state == CALL_RINGING && latest_ms > call->ring_until_ms) {
        oracle_fail(oracle, "call %d rings past its deadline", number);
    }
    if (call->state == CALL_RINGING && latest_ms > oracle_unreachable_ms(oracle, call, true)) {
        oracle_fail(oracle, "call %d rings, and nobody has been there for too long", number);
    }
    if (call->state == CALL_CONNECTING && latest_ms > call->connect_until_ms) {
        oracle_fail(oracle, "call %d connects for too long", number);
    }
    if (call->state == CALL_ACTIVE && latest_ms > call->call_until_ms) {
        oracle_fail(oracle, "call %d is too long", number);
    }
    for (int role = 0; role < 2; role++) {
        uint32_t wait_ms =
            call->left[role] ? oracle->times.leave_grace_ms : oracle->times.rejoin_ms;
        if (call->away_ms[role] != 0 && latest_ms > call->away_ms[role] + wait_ms) {
            oracle_fail(oracle, "call %d waits too long for a window that is gone", number);
        }
    }
}

void oracle_check(struct oracle *oracle, const struct portal *portal)
{
    for (int i = 0; i < oracle->live_count; i++) {
        const struct oracle_call *call = &oracle->calls[oracle->live[i]];
        check_times(oracle, call);
        bool held_is_written =
            call->written_held[0] == call->held[0] && call->written_held[1] == call->held[1];
        if (call->written != call->state || !held_is_written) {
            oracle_fail(oracle, "call %d is told to be %s, and that is not kept",
                        oracle_number_of(oracle, call), call_state_name(call->state));
        }
        for (int k = i + 1; k < oracle->live_count; k++) {
            const struct oracle_call *other = &oracle->calls[oracle->live[k]];
            if (oracle_is_part(other, call->users[0]) && oracle_is_part(other, call->users[1])) {
                oracle_fail(oracle, "two calls of one pair");
            }
        }
    }
    if (oracle->live_count > 0 && portal_next_ms(portal) == UINT64_MAX) {
        oracle_fail(oracle, "a live call without a timer");
    }
    oracle_check_waits(oracle, portal);
    if (!oracle->changed && oracle->checks++ % CHECKS_OF_THE_SAME != 0) {
        return;
    }
    oracle->changed = false;
    for (int user = 0; user < oracle->user_count; user++) {
        check_user(oracle, portal, user);
    }
}
