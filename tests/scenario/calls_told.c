/* SPDX-License-Identifier: Apache-2.0 */
/* What is told and what is answered. */
#include "calls_oracle_internal.h"

/* ---- what is told ---- */

/* This session's part has ended, and the call goes on or was declined. */
static void view_elsewhere(struct oracle *oracle, struct oracle_call *call, session_id session,
                           const struct call_view *view)
{
    int number = oracle_number_of(oracle, call);
    if (view->reason == END_DECLINED_ELSEWHERE) {
        if (view->role != ROLE_CALLEE) {
            oracle_fail(oracle, "call %d: the caller is told what is for the callee", number);
        }
        oracle_become(oracle, call, CALL_ENDED, END_DECLINED);
        return;
    }
    if (view->reason == END_ANSWERED_ELSEWHERE) {
        oracle_become(oracle, call, CALL_CONNECTING, END_NONE);
    }
    if (call->here[view->role] == session) {
        call->here[view->role] = 0;
    }
}

static void check_marks(struct oracle *oracle, const struct oracle_call *call,
                        const struct call_view *view)
{
    int number = oracle_number_of(oracle, call);
    bool never_rang = view->reason == END_BUSY || view->reason == END_UNREACHABLE;
    bool silent = call->silent || (call->hidden && view->role == ROLE_CALLEE);
    if (!never_rang && view->silent != silent) {
        oracle_fail(oracle, "call %d is %ssilent", number, view->silent ? "" : "not ");
    }
    if (!id_equal(&view->peer->id, &oracle->users[call->users[1 - (int)view->role]])) {
        oracle_fail(oracle, "call %d: the peer of a view is somebody else", number);
    }
    if (view->state == CALL_RINGING &&
        oracle->now_ms + view->ring_left_ms > call->ring_until_ms + TICK_MS) {
        oracle_fail(oracle, "call %d: the page is told to ring too long", number);
    }
    if (view->relay_only != oracle->relay_only[call->users[view->role]]) {
        oracle_fail(oracle, "call %d: a person is told that he %s his address", number,
                    view->relay_only ? "hides" : "shows");
    }
    bool answered = view->state == CALL_CONNECTING || view->state == CALL_ACTIVE;
    if (view->early != (answered && view->role == ROLE_CALLER ? call->early_number : 0)) {
        oracle_fail(oracle, "call %d is answered by early connection %u, which is not the one",
                    number, view->early);
    }
    if (view->state != CALL_ENDED && view->reason != END_NONE) {
        oracle_fail(oracle, "call %d is live and has an end reason", number);
    }
    if (view->state == CALL_RINGING && view->role == ROLE_CALLER &&
        (view->peer_microphone_on || view->peer_camera_on || view->peer_screen_on)) {
        oracle_fail(oracle, "call %d: the callee sends before the answer", number);
    }
    if (view->state == CALL_RINGING && view->role == ROLE_CALLEE && view->here) {
        oracle_fail(oracle, "call %d: the callee holds media before the answer", number);
    }
}

static uint32_t device_bit(const struct oracle *oracle, session_id session)
{
    return 1u << oracle->devices[(uint32_t)session % ORACLE_SESSIONS_MAX];
}

/* What a view of a ringing call says of devices, and of the callee's other calls. */
static void check_ringing(struct oracle *oracle, const struct oracle_call *call, session_id session,
                          const struct call_view *view)
{
    int number = oracle_number_of(oracle, call);
    bool shown = view->role == ROLE_CALLEE || !call->hidden;
    bool waits = oracle_count_mine(oracle, call->users[ROLE_CALLEE], call) > 0;
    uint32_t rung = view->role == ROLE_CALLER ? call->rung : 0;
    /* Who is blocked is told what looks like a ring. */
    if (!call->unheard && view->ring_count != (uint32_t)__builtin_popcount(rung)) {
        oracle_fail(oracle, "call %d: the caller is told of %u devices", number, view->ring_count);
    }
    bool silenced =
        view->role == ROLE_CALLEE && (call->silenced & device_bit(oracle, session)) != 0;
    if (view->ignored != silenced) {
        oracle_fail(oracle, "call %d is %ssilenced on a device", number, silenced ? "not " : "");
    }
    /* While a command is carried out the order of what it changes is the portal's own. */
    if (oracle->cause.deed == DEED_NONE && view->waiting != (shown && waits)) {
        oracle_fail(oracle, "call %d is told to %swait", number, view->waiting ? "" : "not ");
    }
}

static void take_place(struct oracle *oracle, struct oracle_call *call, enum call_role role,
                       session_id session)
{
    if (call->here[role] != 0 && call->here[role] != session) {
        oracle_fail(oracle, "call %d: two sessions hold the media of one side",
                    oracle_number_of(oracle, call));
    }
    if (call->here[role] != session) {
        call->here[role] = session;
        call->connected[role] = false;
        call->away_ms[role] = 0;
        call->left[role] = false;
        call->comes_ms[role] = 0;
    }
}

void oracle_view(struct oracle *oracle, session_id session, int user, const struct call_view *view)
{
    struct oracle_call *call = &oracle->calls[oracle_number(&view->call)];
    int number = oracle_number_of(oracle, call);
    if (oracle_begins(oracle, call, view->state, view->reason)) {
        oracle_begin(oracle, call);
    }
    if (call->users[view->role] != user) {
        oracle_fail(oracle, "user %d is told of call %d, not his or in the wrong role", user,
                    number);
        return;
    }
    if (call->unheard && view->role == ROLE_CALLEE && view->state != CALL_CONNECTING &&
        view->reason != END_ANSWERED_ELSEWHERE) {
        oracle_fail(oracle, "call %d: the callee hears of one whom he blocks, or who pesters",
                    number);
    }
    call->rings = call->rings || (view->role == ROLE_CALLEE && view->state == CALL_RINGING);
    bool elsewhere = view->state == CALL_ENDED &&
                     ((view->reason == END_REPLACED && view->moved) ||
                      view->reason == END_ANSWERED_ELSEWHERE ||
                      view->reason == END_DECLINED_ELSEWHERE);
    if (elsewhere) {
        view_elsewhere(oracle, call, session, view);
        return;
    }
    oracle_become(oracle, call, view->state, view->reason);
    check_marks(oracle, call, view);
    if (view->state == CALL_RINGING && view->ring_left_ms > 0) {
        check_ringing(oracle, call, session, view);
    }
    if (view->state == CALL_CONNECTING || view->state == CALL_ACTIVE) {
        oracle_hold(oracle, call, view->role, view->held_by_me);
        oracle_hold(oracle, call, view->role == ROLE_CALLER ? ROLE_CALLEE : ROLE_CALLER,
                    view->held_by_peer);
    }
    if (view->here) {
        take_place(oracle, call, view->role, session);
    }
    bool by_me = call->state == CALL_ENDED && call->by_user && call->ended_by == view->role;
    if (view->ended_by_me != by_me) {
        oracle_fail(oracle, "call %d: user %d is told that he %s it", number, user,
                    by_me ? "did not end" : "ended");
    }
}

/* Of a connection that is made while it rings: offers of the callee's tabs, answers of the caller's
 * window, and relays; only where the caller learns nothing by it that the call does not tell him.
 */
static void forwarded_early(struct oracle *oracle, struct oracle_call *call, session_id session,
                            const struct oracle_path *path, enum call_role to)
{
    const struct cause *cause = &oracle->cause;
    int callee = call->users[ROLE_CALLEE];
    if (path->early > 2 || call->state != CALL_RINGING) {
        oracle_fail(oracle, "call %d is %s and is connected early", path->call,
                    call_state_name(call->state));
        return;
    }
    session_id *tab = &call->early[path->early - 1];
    bool *answered = &call->early_answered[path->early - 1];
    if (path->shows) {
        oracle_fail(oracle, "call %d: an address is shown before the answer", path->call);
    }
    if (call->silent || call->hidden || oracle_count_active(oracle, callee, NULL) > 0) {
        oracle_fail(oracle, "call %d is connected while it rings, and that tells too much",
                    path->call);
    }
    if (path->description && path->offer != (to == ROLE_CALLER)) {
        oracle_fail(oracle, "call %d: an early description goes the wrong way", path->call);
    }
    if (to == ROLE_CALLER) {
        uint32_t quiet = call->silenced | call->locked;
        bool silenced = (quiet & device_bit(oracle, cause->session)) != 0;
        bool other = *tab != 0 && *tab != cause->session;
        if (other || silenced || (*tab == 0 && !path->description)) {
            oracle_fail(oracle, "call %d: a tab has the early connection of another one",
                        path->call);
        }
        *answered = *tab == cause->session && *answered;
        *tab = cause->session;
    } else if (session != *tab) {
        oracle_fail(oracle, "call %d: an early answer misses its tab", path->call);
    } else {
        *answered = *answered || path->description;
    }
}

void oracle_forwarded(struct oracle *oracle, session_id session, int user,
                      const struct oracle_path *path)
{
    int number = path->call;
    struct oracle_call *call = &oracle->calls[number];
    const struct cause *cause = &oracle->cause;
    if (!oracle_is_part(call, user)) {
        oracle_fail(oracle, "a stranger gets a description or candidate");
        return;
    }
    enum call_role to = oracle_role_of(call, user);
    if (cause->deed != DEED_COMMAND || cause->user != call->users[1 - (int)to]) {
        oracle_fail(oracle, "call %d: a description or candidate that the other did not send",
                    number);
    } else if (call->unheard) {
        oracle_fail(oracle, "call %d: a description or candidate passes a block", number);
    } else if (path->early != 0) {
        forwarded_early(oracle, call, session, path, to);
    } else if (path->shows && oracle->relay_only[cause->user]) {
        oracle_fail(oracle, "call %d: the address of one who hides it passes", number);
    } else if (call->state == CALL_RINGING) {
        oracle_fail(oracle, "call %d: a description or candidate passes before the answer", number);
    } else if (call->state == CALL_ENDED) {
        oracle_fail(oracle, "call %d: a description or candidate passes after the end", number);
    } else if (call->here[oracle_role_of(call, user)] != session) {
        oracle_fail(oracle, "call %d: a description or candidate misses its window", number);
    }
}

/* ---- what is answered ---- */

void oracle_pushed(struct oracle *oracle, int number, int user, int device)
{
    struct oracle_call *call = &oracle->calls[number];
    if (call->known && !call->gone && call->state == CALL_RINGING &&
        call->users[ROLE_CALLEE] == user) {
        call->rung |= 1u << device;
    }
}

void oracle_pushes(struct oracle *oracle, int number, int user)
{
    const struct oracle_call *call = &oracle->calls[number];
    bool own = oracle->cause.deed == DEED_COMMAND && oracle->cause.user == user;
    if (call->known && call->unheard && call->state == CALL_RINGING && !own) {
        oracle_fail(oracle, "call %d: a push rings for one who is blocked", number);
    }
}

/* Whoever names it finds nothing, and a start with its id begins a call: ids of pages are random,
 * and one that old comes from a forged or very stale page. */
static bool is_forgotten(const struct oracle *oracle, const struct oracle_call *call)
{
    return call->known && call->state == CALL_ENDED &&
           oracle->now_ms >= call->ended_ms + FORGOTTEN_MS + TICK_MS;
}

void oracle_command(struct oracle *oracle, const struct cause *cause)
{
    oracle->cause = *cause;
    oracle->cause.deed = DEED_COMMAND;
    oracle->cause.glare = 0;
    struct oracle_call *named = &oracle->calls[cause->call];
    named->gone = named->gone || is_forgotten(oracle, named);
    bool rung = named->known && !named->gone && named->state == CALL_RINGING &&
                named->users[ROLE_CALLEE] == cause->user && !named->unheard;
    if (rung && cause->command == COMMAND_RINGING && !named->hidden) {
        uint32_t bit = device_bit(oracle, cause->session);
        named->rung |= bit; /* pages of the invisible are nobody's business */
        named->locked = cause->hold ? named->locked & ~bit : named->locked | bit;
    } else if (rung && cause->command == COMMAND_IGNORE) {
        named->silenced |= device_bit(oracle, cause->session);
    }
    if (cause->command != COMMAND_START || named->known || named->answer_to != 0 ||
        oracle_count_active(oracle, cause->user, NULL) > 0) {
        return;
    }
    for (int i = 0; i < oracle->live_count; i++) {
        const struct oracle_call *call = &oracle->calls[oracle->live[i]];
        if (call->state == CALL_RINGING && call->users[ROLE_CALLER] == cause->callee &&
            call->users[ROLE_CALLEE] == cause->user) {
            oracle->cause.glare = oracle->live[i];
        }
    }
}

static void answered_start(struct oracle *oracle, enum err answer, const struct call_view *view)
{
    const struct cause *cause = &oracle->cause;
    struct oracle_call *wanted = &oracle->calls[cause->call];
    int number = answer == OK ? oracle_number(&view->call) : 0;
    if (number != 0 && number != cause->call) {
        /* Ids of pages are random; that two people have one is forged, and the first one has it. */
        wanted->forged =
            wanted->forged || (wanted->answer_to != 0 && wanted->answer_user != cause->user);
        if (wanted->answer_to != number) {
            oracle->calls[number].answers++;
        }
        wanted->answer_to = (uint8_t)number;
        wanted->answer_user = (uint8_t)cause->user;
    }
    if (cause->glare != 0 && (number != cause->glare || !view->here)) {
        oracle_fail(oracle, "both press Call, and call %d is not what both have", cause->glare);
    }
    if (number == cause->call && wanted->absent && wanted->state == CALL_RINGING) {
        oracle_fail(oracle, "call %d rings at a person who is not there, and it shows", number);
    }
    if (number == cause->call && wanted->state == CALL_RINGING && !wanted->unheard &&
        !wanted->rings && oracle->sessions[wanted->users[ROLE_CALLEE]] > 0) {
        oracle_fail(oracle, "call %d rings, and its callee does not hear of it", number);
    }
}

/* A command that was given in time must have done what it is for. */
static void answered_in_time(struct oracle *oracle, const struct oracle_call *call,
                             enum call_state before, enum err answer, const struct call_view *view)
{
    const struct cause *cause = &oracle->cause;
    enum call_role role = oracle_role_of(call, cause->user);
    bool forgotten = call->state == CALL_ENDED && answer == ERR_NOT_FOUND &&
                     oracle->now_ms >= call->ended_ms + FORGOTTEN_MS;
    if (cause->command == COMMAND_END && !forgotten &&
        (answer != OK || call->state != CALL_ENDED)) {
        oracle_fail(oracle, "call %d: to end it is answered with %s, and it is %s", cause->call,
                    err_name(answer), call_state_name(call->state));
    }
    bool by_nothing = cause->early && oracle_early_of(call, cause->session) == 0;
    if (cause->command == COMMAND_ACCEPT && before == CALL_RINGING && role == ROLE_CALLEE &&
        answer != OK && !by_nothing && oracle_count_active(oracle, cause->user, call) == 0) {
        oracle_fail(oracle, "call %d: an answer in time is refused: %s", cause->call,
                    err_name(answer));
    }
    if (cause->command == COMMAND_ACCEPT && answer == OK &&
        (!view->here || call->here[role] != cause->session)) {
        oracle_fail(oracle, "call %d: an answer is taken that is not the one", cause->call);
    }
    if (cause->command == COMMAND_DECLINE && before == CALL_RINGING && role == ROLE_CALLEE &&
        call->state != CALL_ENDED) {
        oracle_fail(oracle, "call %d: a refusal in time does nothing", cause->call);
    }
}

void oracle_answered(struct oracle *oracle, enum err answer, const struct call_view *view)
{
    const struct cause *cause = &oracle->cause;
    struct oracle_call *call = &oracle->calls[cause->call];
    enum call_state before = call->state;
    if (answer == OK && view != NULL) {
        oracle_view(oracle, cause->session, cause->user, view);
    }
    if (cause->command == COMMAND_START) {
        answered_start(oracle, answer, view);
        call = answer == OK ? &oracle->calls[oracle_number(&view->call)] : call;
    }
    bool kept_from = call->unheard && oracle_role_of(call, cause->user) == ROLE_CALLEE;
    if (call->gone || !oracle_is_part(call, cause->user) || kept_from) {
        if (answer != ERR_NOT_FOUND && cause->command != COMMAND_START) {
            oracle_fail(oracle, "a stranger's command is answered with %s", err_name(answer));
        }
        return;
    }
    answered_in_time(oracle, call, before, answer, view);
    enum call_role role = oracle_role_of(call, cause->user);
    if (answer != OK || call->state == CALL_ENDED || call->here[role] != cause->session) {
        return;
    }
    bool recalls = cause->command == COMMAND_START && call->away_ms[role] != 0;
    if (cause->command == COMMAND_CONNECTED) {
        call->connected[role] = true;
    } else if (cause->command == COMMAND_JOIN || recalls) { /* a repeated start takes no place */
        call->away_ms[role] = 0;
        call->left[role] = false;
        call->comes_ms[role] = 0;
    } else if (cause->command == COMMAND_LEAVE) {
        bool comes = call->comes_ms[role] != 0 && oracle->now_ms < call->comes_ms[role] + COMES_MS;
        call->here[role] = 0;
        call->left[role] = !comes;
        call->comes_ms[role] = 0;
        call->away_ms[role] = oracle->now_ms;
    }
}

void oracle_comes(struct oracle *oracle, int number, int user)
{
    struct oracle_call *call = &oracle->calls[number];
    enum call_role role = oracle_role_of(call, user);
    bool rung = call->state == CALL_RINGING && role == ROLE_CALLEE;
    if (!oracle_is_part(call, user) || call->gone || call->state == CALL_ENDED || rung) {
        return;
    }
    if (call->away_ms[role] != 0 && call->left[role]) {
        call->left[role] = false;
        call->away_ms[role] = oracle->now_ms;
    } else if (call->away_ms[role] == 0) {
        call->comes_ms[role] = oracle->now_ms;
    }
}

void oracle_away(struct oracle *oracle, session_id session, bool away)
{
    for (int i = 0; i < oracle->live_count; i++) {
        struct oracle_call *call = &oracle->calls[oracle->live[i]];
        for (int role = 0; role < 2; role++) {
            if (call->here[role] != session) {
                continue;
            }
            if (away && call->away_ms[role] == 0) {
                call->away_ms[role] = oracle->now_ms;
            } else if (!away) {
                call->away_ms[role] = 0;
            }
        }
    }
}

void oracle_closed(struct oracle *oracle, session_id session)
{
    int device = oracle->devices[(uint32_t)session % ORACLE_SESSIONS_MAX];
    bool gone = --oracle->pages[device] == 0;
    oracle->changed = true;
    oracle_away(oracle, session, true);
    for (int i = 0; i < oracle->live_count; i++) {
        struct oracle_call *call = &oracle->calls[oracle->live[i]];
        int callee = call->users[ROLE_CALLEE];
        if (gone && !(oracle->push[callee] && oracle->push_devices[callee] == device)) {
            call->rung &= ~device_bit(oracle, session);
            call->locked &= ~device_bit(oracle, session);
        }
        for (int role = 0; role < 2; role++) {
            call->here[role] = call->here[role] == session ? 0 : call->here[role];
        }
        for (int k = 0; k < 2; k++) {
            call->early[k] = call->early[k] == session ? 0 : call->early[k];
        }
    }
}
