/* SPDX-License-Identifier: Apache-2.0 */
/* Each transition of a call has one author: who may bring it about, and when. */
#include "calls_oracle_internal.h"

#define ALIASES_MAX 4 /* starts that the server remembers as answered with one call */
#define RINGING_MAX 4 /* callers who may ring one person at once */
#define WAITING_MAX 2 /* of them while that person is in a call */

/* The callee has no room for one more call, whether he could be reached or not. */
static bool is_full(const struct oracle *oracle, const struct oracle_call *call)
{
    int callee = call->users[ROLE_CALLEE];
    bool waits = oracle_count_mine(oracle, callee, call) > 0;
    return oracle_count_ringing(oracle, callee, call) >= (waits ? WAITING_MAX : RINGING_MAX) ||
           (waits && oracle->no_waiting[callee]);
}

/* The callee, whom nobody sees, may be about to come back, or looks so: being in a call, whose page
 * may come as well, makes him busy, unless he is invisible. */
static bool is_expected(const struct oracle *oracle, const struct oracle_call *call)
{
    int callee = call->users[ROLE_CALLEE];
    bool in_call = oracle_count_mine(oracle, callee, call) > 0;
    bool full = is_full(oracle, call);
    if (!oracle->returns[callee] || oracle->now_ms >= oracle->started_ms + RETURN_MS) {
        return false;
    }
    if (oracle->statuses[callee] == STATUS_INVISIBLE) {
        return full || in_call || !oracle->push[callee];
    }
    return !full && (in_call || !oracle->push[callee]);
}

bool oracle_begins(const struct oracle *oracle, const struct oracle_call *call,
                   enum call_state state, enum end_reason reason)
{
    const struct cause *cause = &oracle->cause;
    bool same = state == CALL_ENDED && reason == call->reason;
    bool again = cause->deed == DEED_COMMAND && cause->command == COMMAND_START &&
                 cause->call == oracle_number_of(oracle, call) && call->state == CALL_ENDED &&
                 oracle->now_ms >= call->ended_ms + FORGOTTEN_MS && !same;
    return !call->known || call->gone || again;
}

void oracle_begin(struct oracle *oracle, struct oracle_call *call)
{
    const struct cause *cause = &oracle->cause;
    int number = oracle_number_of(oracle, call);
    if (cause->deed != DEED_COMMAND || cause->command != COMMAND_START || cause->call != number) {
        oracle_fail(oracle, "somebody is told of call %d, which nobody started", number);
        return;
    }
    const struct oracle_call *meant = &oracle->calls[call->answer_to];
    if (call->answer_to != 0 && !call->forged && call->answer_user == cause->user &&
        meant->answers <= ALIASES_MAX &&
        (meant->state != CALL_ENDED || oracle->now_ms < meant->ended_ms + FORGOTTEN_MS)) {
        oracle_fail(oracle, "the start of call %d was answered with call %d, and now it begins",
                    number, call->answer_to);
    }
    for (int i = 1; i <= oracle->highest && call->known; i++) {
        struct oracle_call *other = &oracle->calls[i]; /* what was answered with the one before */
        other->answer_to = other->answer_to == number ? 0 : other->answer_to;
    }
    /* Perhaps again: what has ended is forgotten after a while, and by a new server. */
    *call = (struct oracle_call){
        .known = true, .unkept = call->kept || call->unkept, .begun_ms = oracle->now_ms};
    call->users[ROLE_CALLER] = (uint8_t)cause->user;
    call->users[ROLE_CALLEE] = (uint8_t)cause->callee;
    call->state = CALL_RINGING;
    call->written = CALL_STATE_COUNT;
    bool hides = oracle->sessions[cause->callee] == 0 ||
                 oracle->statuses[cause->callee] == STATUS_INVISIBLE;
    call->expected = hides && is_expected(oracle, call);
    call->absent = hides && !oracle->push[cause->callee] && !call->expected;
    call->silent = oracle->statuses[cause->callee] == STATUS_DO_NOT_DISTURB;
    call->hidden = oracle->statuses[cause->callee] == STATUS_INVISIBLE;
    call->blocked = (oracle->blocks[cause->callee] >> cause->user & 1) != 0;
    call->pestered = oracle_pesters(oracle, cause->user, cause->callee);
    call->unheard = call->blocked || call->pestered || (call->expected && call->hidden);
    oracle_forgive(oracle, cause->callee, cause->user); /* who calls wants to be called */
    call->ring_until_ms = oracle->now_ms + oracle->times.ring_ms;
    if (cause->user == cause->callee) {
        oracle_fail(oracle, "user %d calls himself", cause->user);
    }
    oracle->changed = true;
    oracle_list(oracle, call);
}

/* ---- each transition has one author ---- */

/* The command of one who is part of the call. */
static bool is_by(const struct oracle *oracle, const struct oracle_call *call,
                  enum command_kind command)
{
    const struct cause *cause = &oracle->cause;
    return cause->deed == DEED_COMMAND && cause->command == command &&
           cause->call == oracle_number_of(oracle, call) && oracle_is_part(call, cause->user);
}

static bool is_by_role(const struct oracle *oracle, const struct oracle_call *call,
                       enum command_kind command, enum call_role role)
{
    return is_by(oracle, call, command) && oracle->cause.user == call->users[role];
}

/* The callee of the ringing call presses Call for its caller: both want it. */
bool oracle_is_glare(const struct oracle *oracle, const struct oracle_call *call)
{
    const struct cause *cause = &oracle->cause;
    return cause->deed == DEED_COMMAND && cause->command == COMMAND_START &&
           cause->user == call->users[ROLE_CALLEE] && cause->callee == call->users[ROLE_CALLER];
}

/* The window of a side is away for so long that it is over; *role is that side. */
static bool is_away_over(const struct oracle *oracle, const struct oracle_call *call, bool left,
                         enum call_role *role)
{
    uint32_t wait_ms = left ? oracle->times.leave_grace_ms : oracle->times.rejoin_ms;
    for (int i = 0; i < 2; i++) {
        if (call->away_ms[i] != 0 && call->left[i] == left &&
            oracle->now_ms >= call->away_ms[i] + wait_ms) {
            *role = (enum call_role)i;
            return oracle->cause.deed == DEED_TIME;
        }
    }
    return false;
}

/* One of the two calls somebody while neither is in the call: it is over before its time. */
static bool is_deserted(const struct oracle *oracle, const struct oracle_call *call)
{
    const struct cause *cause = &oracle->cause;
    return cause->deed == DEED_COMMAND && cause->command == COMMAND_START &&
           oracle_is_part(call, cause->user) && call->away_ms[0] != 0 && call->away_ms[1] != 0;
}

uint64_t oracle_unreachable_ms(const struct oracle *oracle, const struct oracle_call *call,
                               bool latest)
{
    int callee = call->users[ROLE_CALLEE];
    bool looks_away = call->expected && call->hidden;
    if (oracle->push[callee] || (oracle->sessions[callee] > 0 && !looks_away)) {
        return UINT64_MAX;
    }
    uint64_t returned_ms = oracle->started_ms + RETURN_MS;
    bool went = oracle->gone_ms[callee] > oracle->started_ms;
    uint64_t gone_ms = went ? oracle->gone_ms[callee] + oracle->times.leave_grace_ms : 0;
    if (latest) {
        return gone_ms > returned_ms ? gone_ms : returned_ms;
    }
    if (oracle->sessions[callee] > 0 || !went) {
        return returned_ms;
    }
    return call->expected && returned_ms < gone_ms ? returned_ms : gone_ms;
}

static bool may_be_unreachable(const struct oracle *oracle, const struct oracle_call *call)
{
    int callee = call->users[ROLE_CALLEE];
    if (is_by_role(oracle, call, COMMAND_START, ROLE_CALLER)) {
        return (oracle->sessions[callee] == 0 || call->hidden) &&
               (is_full(oracle, call) || oracle_count_mine(oracle, callee, call) > 0 ||
                call->absent);
    }
    return oracle->cause.deed == DEED_TIME &&
           oracle->now_ms >= oracle_unreachable_ms(oracle, call, false);
}

static bool may_be_busy(const struct oracle *oracle, const struct oracle_call *call)
{
    return is_by_role(oracle, call, COMMAND_START, ROLE_CALLER) && is_full(oracle, call);
}

/* A person ends it, by a command or by having left. */
static bool may_end_by_user(const struct oracle *oracle, struct oracle_call *call,
                            enum end_reason reason)
{
    const struct cause *cause = &oracle->cause;
    bool rings = call->state == CALL_RINGING;
    enum call_role role = oracle_role_of(call, cause->user);
    bool by_end = is_by(oracle, call, COMMAND_END);
    bool good = false;
    if (reason == END_DECLINED) {
        good = rings && role == ROLE_CALLEE && (by_end || is_by(oracle, call, COMMAND_DECLINE));
    } else if (reason == END_CANCELLED) {
        good =
            rings && ((by_end && role == ROLE_CALLER) || is_away_over(oracle, call, true, &role));
    } else if (reason == END_HUNG_UP && !rings) {
        good = (by_end && cause->reason == reason) || is_away_over(oracle, call, true, &role);
    } else {
        good = by_end && !rings && cause->reason == reason;
    }
    call->by_user = good;
    call->ended_by = role;
    return good;
}

static bool may_end(const struct oracle *oracle, struct oracle_call *call, enum end_reason reason)
{
    bool timed = oracle->cause.deed == DEED_TIME;
    enum call_role role;
    switch (reason) {
    case END_NO_ANSWER:
        return timed && call->state == CALL_RINGING &&
               (call->by_wall || oracle->now_ms >= call->ring_until_ms);
    case END_TOO_LONG:
        return timed && call->state == CALL_ACTIVE &&
               (call->by_wall || oracle->now_ms >= call->call_until_ms);
    case END_SIGNALLING_LOST:
        return is_away_over(oracle, call, false, &role);
    case END_REPLACED:
        return is_deserted(oracle, call);
    case END_UNREACHABLE:
        return may_be_unreachable(oracle, call);
    case END_BUSY:
        return may_be_busy(oracle, call);
    case END_MEDIA_FAILED:
        return (timed && call->state == CALL_CONNECTING &&
                oracle->now_ms >= call->connect_until_ms) ||
               may_end_by_user(oracle, call, reason);
    case END_HUNG_UP:
    case END_DECLINED:
    case END_CANCELLED:
    case END_PERMISSION_DENIED:
    case END_NO_DEVICE:
    case END_MEDIA_LOST:
        return may_end_by_user(oracle, call, reason);
    default:
        return false;
    }
}

static void become_ended(struct oracle *oracle, struct oracle_call *call, enum end_reason reason)
{
    call->by_user = false;
    if (!may_end(oracle, call, reason)) {
        oracle_fail(oracle, "call %d ends as %s while %s, and nobody did that",
                    oracle_number_of(oracle, call), end_reason_name(reason),
                    call_state_name(call->state));
    }
    if (call->state == CALL_RINGING &&
        (reason == END_NO_ANSWER || reason == END_CANCELLED || reason == END_DECLINED)) {
        oracle_note_vain(oracle, call);
    }
    oracle->changed = true;
    call->state = CALL_ENDED;
    call->reason = reason;
    call->ended_ms = oracle->now_ms;
    call->here[0] = call->here[1] = 0;
    call->held[0] = call->held[1] = false;
    oracle_unlist(oracle, call);
}

int oracle_early_of(const struct oracle_call *call, session_id session)
{
    for (int i = 0; i < 2; i++) {
        if (session != 0 && call->early[i] == session && call->early_answered[i]) {
            return i + 1;
        }
    }
    return 0;
}

/* By which connection it is answered: the one of the tab that answers, and asks for it. */
static void choose_early(const struct oracle *oracle, struct oracle_call *call)
{
    const struct cause *cause = &oracle->cause;
    bool asked = cause->command == COMMAND_ACCEPT && cause->early;
    int number = oracle_early_of(call, cause->session);
    call->early_number = asked ? (uint8_t)(number == 0 ? UINT8_MAX : number) : 0;
    call->unheard = false; /* both pressed Call */
}

/* The first that is heard of a state is its transition: told, answered or written. */
void oracle_become(struct oracle *oracle, struct oracle_call *call, enum call_state state,
                   enum end_reason reason)
{
    int number = oracle_number_of(oracle, call);
    if (state == call->state) {
        if (state == CALL_ENDED && reason != call->reason) {
            oracle_fail(oracle, "call %d ended as %s and as %s", number,
                        end_reason_name(call->reason), end_reason_name(reason));
        }
        return;
    }
    if (state < call->state) {
        oracle_fail(oracle, "call %d goes from %s back to %s", number, call_state_name(call->state),
                    call_state_name(state));
        return;
    }
    if (state == CALL_ENDED) {
        become_ended(oracle, call, reason);
        return;
    }
    if (call->state == CALL_RINGING) {
        if (!is_by_role(oracle, call, COMMAND_ACCEPT, ROLE_CALLEE) &&
            !oracle_is_glare(oracle, call)) {
            oracle_fail(oracle, "call %d is answered, and not by the callee", number);
        }
        choose_early(oracle, call);
        oracle_forgive(oracle, call->users[ROLE_CALLER], call->users[ROLE_CALLEE]);
        call->connect_until_ms = oracle->now_ms + oracle->times.connect_ms;
        call->call_until_ms = oracle->now_ms + oracle->times.call_max_ms;
    }
    oracle->changed = true;
    call->state = state;
    if (state == CALL_ACTIVE) {
        if (is_by(oracle, call, COMMAND_CONNECTED)) {
            call->connected[oracle_role_of(call, oracle->cause.user)] = true;
        }
        if (!call->connected[0] || !call->connected[1]) {
            oracle_fail(oracle, "call %d is active, and both have not said so", number);
        }
        call->was_active = true;
    }
}

void oracle_hold(struct oracle *oracle, struct oracle_call *call, enum call_role role, bool held)
{
    const struct cause *cause = &oracle->cause;
    if (call->held[role] == held) {
        return;
    }
    bool own = cause->deed == DEED_COMMAND && cause->user == call->users[role];
    bool other = cause->call != oracle_number_of(oracle, call);
    bool asked = held ? (cause->command == COMMAND_HOLD && !other) ||
                            (cause->command == COMMAND_TAKE_UP && other) ||
                            (cause->command == COMMAND_ACCEPT && other && cause->hold)
                      : cause->command == COMMAND_TAKE_UP && !other;
    if (!own || !asked) {
        oracle_fail(oracle, "call %d is %s, and its person did not ask for that",
                    oracle_number_of(oracle, call), held ? "held" : "taken up");
    }
    call->held[role] = held;
}
