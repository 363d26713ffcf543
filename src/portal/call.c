/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/call.h"

#include <stddef.h>
#include <string.h>

enum action {
    ACTION_REFUSE, /* ERR_STATE */
    ACTION_IGNORE, /* OK: late or repeated */
    ACTION_REPEAT, /* OK when it comes from the place, ERR_STATE from elsewhere */
    ACTION_ANSWER,
    ACTION_DECLINE,
    ACTION_CANCEL,
    ACTION_END,
    ACTION_CONNECT,
    ACTION_JOIN,
    ACTION_LEAVE,
    ACTION_COMES,
    ACTION_LOSE,
    ACTION_RETURN,
    ACTION_MEDIA,
    ACTION_DESCRIBE,
    ACTION_CANDIDATE,
    ACTION_RINGS,
    ACTION_SILENCE,
    ACTION_HOLD,
    ACTION_BUSY,
    ACTION_UNREACHABLE,
    ACTION_STOP,
    ACTION_NO_ANSWER,
    ACTION_MEDIA_FAILED,
    ACTION_TOO_LONG,
    ACTION_AWAY_ENDS
};

#define BOTH(action)                                                                               \
    {                                                                                              \
        ACTION_##action, ACTION_##action                                                           \
    }
#define SIDES(caller, callee)                                                                      \
    {                                                                                              \
        ACTION_##caller, ACTION_##callee                                                           \
    }

/* What each event does in each state, for the caller and for the callee. */
static const uint8_t transitions[CALL_STATE_COUNT][CALL_EVENT_COUNT][CALL_SIDES] =
    {
        [CALL_RINGING] =
            {
                [CALL_EVENT_ACCEPT] = SIDES(REFUSE, ANSWER),
                [CALL_EVENT_DECLINE] = SIDES(REFUSE, DECLINE),
                [CALL_EVENT_END] = SIDES(CANCEL, DECLINE),
                [CALL_EVENT_CONNECTED] = BOTH(REFUSE),
                [CALL_EVENT_JOIN] = SIDES(JOIN, IGNORE),
                [CALL_EVENT_LEAVE] = SIDES(LEAVE, IGNORE),
                [CALL_EVENT_COMES] = SIDES(COMES, IGNORE),
                [CALL_EVENT_LOST] = SIDES(LOSE, IGNORE),
                [CALL_EVENT_BACK] = SIDES(RETURN, IGNORE),
                [CALL_EVENT_MEDIA] = SIDES(MEDIA, REFUSE),
                [CALL_EVENT_DESCRIBE] = BOTH(REFUSE),
                [CALL_EVENT_CANDIDATE] = BOTH(REFUSE),
                [CALL_EVENT_RINGS] = SIDES(REFUSE, RINGS),
                [CALL_EVENT_IGNORE] = SIDES(REFUSE, SILENCE),
                [CALL_EVENT_HOLD] = BOTH(REFUSE),
                [CALL_EVENT_BUSY] = BOTH(BUSY),
                [CALL_EVENT_UNREACHABLE] = BOTH(UNREACHABLE),
                [CALL_EVENT_STOP] = BOTH(STOP),
                [CALL_EVENT_DUE] = BOTH(NO_ANSWER),
                [CALL_EVENT_AWAY_DUE] = SIDES(AWAY_ENDS, IGNORE),
            },
        [CALL_CONNECTING] =
            {
                [CALL_EVENT_ACCEPT] = SIDES(REFUSE, REPEAT),
                [CALL_EVENT_DECLINE] = BOTH(REFUSE),
                [CALL_EVENT_END] = BOTH(END),
                [CALL_EVENT_CONNECTED] = BOTH(CONNECT),
                [CALL_EVENT_JOIN] = BOTH(JOIN),
                [CALL_EVENT_LEAVE] = BOTH(LEAVE),
                [CALL_EVENT_COMES] = BOTH(COMES),
                [CALL_EVENT_LOST] = BOTH(LOSE),
                [CALL_EVENT_BACK] = BOTH(RETURN),
                [CALL_EVENT_MEDIA] = BOTH(MEDIA),
                [CALL_EVENT_DESCRIBE] = BOTH(DESCRIBE),
                [CALL_EVENT_CANDIDATE] = BOTH(CANDIDATE),
                [CALL_EVENT_RINGS] = SIDES(REFUSE, IGNORE),
                [CALL_EVENT_IGNORE] = SIDES(REFUSE, IGNORE),
                [CALL_EVENT_HOLD] = BOTH(HOLD),
                [CALL_EVENT_BUSY] = BOTH(REFUSE),
                [CALL_EVENT_UNREACHABLE] = BOTH(REFUSE),
                [CALL_EVENT_STOP] = BOTH(STOP),
                [CALL_EVENT_DUE] = BOTH(MEDIA_FAILED),
                [CALL_EVENT_AWAY_DUE] = BOTH(AWAY_ENDS),
            },
        [CALL_ACTIVE] =
            {
                [CALL_EVENT_ACCEPT] = SIDES(REFUSE, REPEAT),
                [CALL_EVENT_DECLINE] = BOTH(REFUSE),
                [CALL_EVENT_END] = BOTH(END),
                [CALL_EVENT_CONNECTED] = BOTH(CONNECT),
                [CALL_EVENT_JOIN] = BOTH(JOIN),
                [CALL_EVENT_LEAVE] = BOTH(LEAVE),
                [CALL_EVENT_COMES] = BOTH(COMES),
                [CALL_EVENT_LOST] = BOTH(LOSE),
                [CALL_EVENT_BACK] = BOTH(RETURN),
                [CALL_EVENT_MEDIA] = BOTH(MEDIA),
                [CALL_EVENT_DESCRIBE] = BOTH(DESCRIBE),
                [CALL_EVENT_CANDIDATE] = BOTH(CANDIDATE),
                [CALL_EVENT_RINGS] = SIDES(REFUSE, IGNORE),
                [CALL_EVENT_IGNORE] = SIDES(REFUSE, IGNORE),
                [CALL_EVENT_HOLD] = BOTH(HOLD),
                [CALL_EVENT_BUSY] = BOTH(REFUSE),
                [CALL_EVENT_UNREACHABLE] = BOTH(REFUSE),
                [CALL_EVENT_STOP] = BOTH(STOP),
                [CALL_EVENT_DUE] = BOTH(TOO_LONG),
                [CALL_EVENT_AWAY_DUE] = BOTH(AWAY_ENDS),
            },
        [CALL_ENDED] =
            {
                [CALL_EVENT_ACCEPT] = BOTH(REFUSE),
                [CALL_EVENT_DECLINE] = BOTH(IGNORE),
                [CALL_EVENT_END] = BOTH(IGNORE),
                [CALL_EVENT_CONNECTED] = BOTH(REFUSE),
                [CALL_EVENT_JOIN] = BOTH(IGNORE),
                [CALL_EVENT_LEAVE] = BOTH(IGNORE),
                [CALL_EVENT_COMES] = BOTH(IGNORE),
                [CALL_EVENT_LOST] = BOTH(IGNORE),
                [CALL_EVENT_BACK] = BOTH(IGNORE),
                [CALL_EVENT_MEDIA] = BOTH(REFUSE),
                [CALL_EVENT_DESCRIBE] = BOTH(REFUSE),
                [CALL_EVENT_CANDIDATE] = BOTH(REFUSE),
                [CALL_EVENT_RINGS] = SIDES(REFUSE, IGNORE),
                [CALL_EVENT_IGNORE] = SIDES(REFUSE, IGNORE),
                [CALL_EVENT_HOLD] = BOTH(REFUSE),
                [CALL_EVENT_BUSY] = BOTH(REFUSE),
                [CALL_EVENT_UNREACHABLE] = BOTH(REFUSE),
                [CALL_EVENT_STOP] = BOTH(IGNORE),
                [CALL_EVENT_DUE] = BOTH(IGNORE),
                [CALL_EVENT_AWAY_DUE] = BOTH(IGNORE),
            },
};

enum call_role call_other(enum call_role role)
{
    return role == ROLE_CALLER ? ROLE_CALLEE : ROLE_CALLER;
}

void call_init(struct call *call, bool microphone_on, bool camera_on,
               const struct call_times *times, uint64_t now_ms)
{
    memset(call, 0, sizeof *call);
    call->state = CALL_RINGING;
    call->deadline_ms = now_ms + times->ring_ms;
    if (CALL_HAS_FAULT(RINGS_ON)) {
        call->deadline_ms = now_ms + times->call_max_ms;
    }
    call->call_until_ms = CALL_NEVER;
    call->sides[ROLE_CALLER].placed = true;
    call->sides[ROLE_CALLER].microphone_on = microphone_on;
    call->sides[ROLE_CALLER].camera_on = camera_on;
}

/* When what began at `since_ms`, which may have wrapped around, has lasted for `length_ms`. */
static uint64_t end_of(uint64_t since_ms, uint32_t length_ms, uint64_t now_ms)
{
    uint64_t age_ms = now_ms - since_ms;
    if (age_ms > INT64_MAX) { /* the wall clock was set back: it begins now */
        age_ms = 0;
    }
    return age_ms >= length_ms ? now_ms : now_ms + length_ms - age_ms;
}

void call_restore(struct call *call, enum call_state state, const struct call_past *past,
                  const struct call_times *times, uint64_t now_ms)
{
    ASSERT(state < CALL_ENDED);
    memset(call, 0, sizeof *call);
    call->state = state;
    call->call_until_ms = CALL_NEVER;
    if (state == CALL_RINGING) {
        call->deadline_ms = end_of(past->started_ms, times->ring_ms, now_ms);
    } else {
        call->call_until_ms = end_of(past->answered_ms, times->call_max_ms, now_ms);
        call->deadline_ms = now_ms + times->connect_ms;
    }
    if (state == CALL_ACTIVE) {
        call->active_ms = past->active_ms;
        call->deadline_ms = call->call_until_ms;
    }
    for (int role = 0; role < CALL_SIDES; role++) {
        struct call_side *side = &call->sides[role];
        bool takes_part = state != CALL_RINGING || role == ROLE_CALLER;
        side->microphone_on = takes_part && past->microphone_on[role];
        side->camera_on = takes_part && past->camera_on[role];
        side->held = state != CALL_RINGING && past->held[role];
        side->away = takes_part;
        side->away_until_ms = now_ms + times->rejoin_ms;
    }
}

static void effect(struct call_effects *effects, enum call_effect_kind kind, enum call_role role)
{
    ASSERT(effects->count < CALL_EFFECTS_MAX);
    effects->list[effects->count++] = (struct call_effect){kind, role};
}

static void tell_both(struct call_effects *effects)
{
    effect(effects, CALL_EFFECT_TELL_SIDE, ROLE_CALLER);
    effect(effects, CALL_EFFECT_TELL_SIDE, ROLE_CALLEE);
}

/* The one way into ENDED. `by` NULL: nobody did it, the server ends the call. */
static void finish(struct call *call, enum end_reason reason, const enum call_role *by,
                   const struct call_times *times, uint64_t now_ms, struct call_effects *effects)
{
    ASSERT(call->state != CALL_ENDED);
    ASSERT(reason > END_NONE && reason < END_REASON_COUNT);
    call->state = CALL_ENDED;
    call->reason = reason;
    call->ended_by_user = by != NULL;
    call->ended_by = by != NULL ? *by : ROLE_CALLER;
    call->deadline_ms = now_ms + times->ended_ms;
    call->call_until_ms = CALL_NEVER;
    effect(effects, CALL_EFFECT_TELL_SIDE, ROLE_CALLER);
    if (reason != END_BUSY && !CALL_HAS_FAULT(SILENT_END)) { /* it never rang at the callee */
        effect(effects, CALL_EFFECT_TELL_SIDE, ROLE_CALLEE);
    }
    effect(effects, CALL_EFFECT_ENDED, ROLE_CALLER);
}

static enum err answer(struct call *call, const struct call_input *input,
                       const struct call_times *times, uint64_t now_ms,
                       struct call_effects *effects)
{
    struct call_side *side = &call->sides[ROLE_CALLEE];
    call->state = CALL_CONNECTING;
    call->deadline_ms = now_ms + times->connect_ms;
    call->call_until_ms = now_ms + times->call_max_ms;
    side->placed = true;
    side->microphone_on = input->microphone_on;
    side->camera_on = input->camera_on;
    effect(effects, CALL_EFFECT_PLACE, ROLE_CALLEE);
    effect(effects, CALL_EFFECT_ANSWERED, ROLE_CALLEE);
    effect(effects, CALL_EFFECT_TELL_PLACE, ROLE_CALLEE);
    effect(effects, CALL_EFFECT_TELL_SIDE, ROLE_CALLER);
    return OK;
}

static enum err connect_side(struct call *call, const struct call_input *input, uint64_t now_ms,
                             struct call_effects *effects)
{
    if (!input->at_place) {
        return ERR_STATE;
    }
    call->sides[input->role].connected = true;
    if (call->state == CALL_CONNECTING && call->sides[ROLE_CALLER].connected &&
        call->sides[ROLE_CALLEE].connected) {
        call->state = CALL_ACTIVE;
        call->active_ms = now_ms;
        call->deadline_ms = call->call_until_ms;
        tell_both(effects);
    }
    return OK;
}

/* A window takes the place of its side: the first time, after a reload, or from another window. */
static enum err join(struct call *call, const struct call_input *input,
                     struct call_effects *effects)
{
    struct call_side *side = &call->sides[input->role];
    side->comes_until_ms = 0; /* it has come */
    if (input->at_place && !side->away) {
        return OK;
    }
    side->away = false;
    side->left = false;
    if (!input->at_place) {
        side->placed = true;
        side->connected = false; /* its media begin again */
        side->screen_on = false;
        side->in_trouble = false;
        effect(effects, CALL_EFFECT_PLACE, input->role);
    }
    effect(effects, CALL_EFFECT_TELL_PLACE, call_other(input->role));
    return OK;
}

static enum err leave(struct call *call, const struct call_input *input,
                      const struct call_times *times, uint64_t now_ms, struct call_effects *effects)
{
    struct call_side *side = &call->sides[input->role];
    if (!input->at_place) {
        return OK; /* another window has the place: closing the old one ends nothing */
    }
    bool comes = now_ms < side->comes_until_ms;
    side->away = true;
    side->left = !comes;
    side->away_until_ms = now_ms + (comes ? times->rejoin_ms : times->leave_grace_ms);
    side->comes_until_ms = 0;
    side->placed = false;
    effect(effects, CALL_EFFECT_UNPLACE, input->role);
    effect(effects, CALL_EFFECT_TELL_PLACE, call_other(input->role));
    return OK;
}

/* A window that is loaded again says good-bye as one that is closed, but its page is asked for:
 * before the good-bye or after it. It has as long to come back as one that vanished. */
static enum err comes(struct call *call, const struct call_input *input,
                      const struct call_times *times, uint64_t now_ms)
{
    struct call_side *side = &call->sides[input->role];
    if (side->away && side->left) {
        side->left = false;
        side->away_until_ms = now_ms + times->rejoin_ms;
    } else if (!side->away) {
        side->comes_until_ms = now_ms + CALL_COMES_MS;
    }
    return OK;
}

static enum err lose(struct call *call, const struct call_input *input,
                     const struct call_times *times, uint64_t now_ms, struct call_effects *effects)
{
    struct call_side *side = &call->sides[input->role];
    if (!input->at_place || side->away) {
        return OK; /* the time to come back runs already */
    }
    side->away = true;
    side->away_until_ms = now_ms + times->rejoin_ms;
    effect(effects, CALL_EFFECT_TELL_PLACE, call_other(input->role));
    return OK;
}

static enum err come_back(struct call *call, const struct call_input *input,
                          struct call_effects *effects)
{
    struct call_side *side = &call->sides[input->role];
    if (!input->at_place || !side->away || side->left) {
        return OK;
    }
    side->away = false;
    effect(effects, CALL_EFFECT_TELL_PLACE, call_other(input->role));
    return OK;
}

static enum err media(struct call *call, const struct call_input *input,
                      struct call_effects *effects)
{
    struct call_side *side = &call->sides[input->role];
    if (!input->at_place) {
        return ERR_STATE;
    }
    if (side->microphone_on == input->microphone_on && side->camera_on == input->camera_on &&
        side->screen_on == input->screen_on && side->in_trouble == input->in_trouble) {
        return OK;
    }
    side->microphone_on = input->microphone_on;
    side->camera_on = input->camera_on;
    side->screen_on = input->screen_on;
    side->in_trouble = input->in_trouble;
    effect(effects, CALL_EFFECT_TELL_PLACE, call_other(input->role));
    return OK;
}

static enum err hold(struct call *call, const struct call_input *input,
                     struct call_effects *effects)
{
    struct call_side *side = &call->sides[input->role];
    if (!input->at_place && !input->by_server) {
        return ERR_STATE;
    }
    if (side->held == input->held) {
        return OK;
    }
    side->held = input->held;
    tell_both(effects);
    return OK;
}

static enum err forward(const struct call *call, const struct call_input *input,
                        struct call_effects *effects)
{
    if (!input->at_place || !call->sides[call_other(input->role)].placed) {
        return ERR_STATE;
    }
    effect(effects, CALL_EFFECT_FORWARD, call_other(input->role));
    return OK;
}

static void away_ends(struct call *call, enum call_role role, const struct call_times *times,
                      uint64_t now_ms, struct call_effects *effects)
{
    const struct call_side *side = &call->sides[role];
    if (!side->away || side->away_until_ms > now_ms) {
        return;
    }
    enum end_reason reason = END_SIGNALLING_LOST;
    if (side->left) {
        reason = call->state == CALL_RINGING ? END_CANCELLED : END_HUNG_UP;
    }
    finish(call, reason, side->left ? &role : NULL, times, now_ms, effects);
}

static void deadline(struct call *call, enum end_reason reason, const struct call_times *times,
                     uint64_t now_ms, struct call_effects *effects)
{
    if (call->deadline_ms <= now_ms) {
        finish(call, reason, NULL, times, now_ms, effects);
    }
}

static enum err finish_by(struct call *call, const struct call_input *input,
                          const struct call_times *times, uint64_t now_ms,
                          struct call_effects *effects, enum end_reason reason, bool by_user)
{
    enum call_role role = input->role;
    finish(call, reason, by_user ? &role : NULL, times, now_ms, effects);
    return OK;
}

static enum err act_end(struct call *call, const struct call_input *input, enum action action,
                        const struct call_times *times, uint64_t now_ms,
                        struct call_effects *effects)
{
    switch (action) {
    case ACTION_DECLINE:
        return finish_by(call, input, times, now_ms, effects, END_DECLINED, true);
    case ACTION_CANCEL:
        return finish_by(call, input, times, now_ms, effects, END_CANCELLED, true);
    case ACTION_END:
        return finish_by(call, input, times, now_ms, effects, input->reason, true);
    case ACTION_BUSY:
        return finish_by(call, input, times, now_ms, effects, END_BUSY, false);
    case ACTION_UNREACHABLE:
        return finish_by(call, input, times, now_ms, effects, END_UNREACHABLE, false);
    case ACTION_STOP:
        return finish_by(call, input, times, now_ms, effects, input->reason, false);
    case ACTION_NO_ANSWER:
        deadline(call, END_NO_ANSWER, times, now_ms, effects);
        return OK;
    case ACTION_MEDIA_FAILED:
        deadline(call, END_MEDIA_FAILED, times, now_ms, effects);
        return OK;
    case ACTION_TOO_LONG:
        deadline(call, END_TOO_LONG, times, now_ms, effects);
        return OK;
    case ACTION_AWAY_ENDS:
        away_ends(call, input->role, times, now_ms, effects);
        return OK;
    default:
        return ERR_STATE;
    }
}

#ifdef CALL_FAULTS
/* True: the fault has done something of its own; otherwise *action may be another one. */
static bool apply_fault(struct call *call, const struct call_input *input, enum action *action,
                        struct call_effects *effects)
{
    bool rings = call->state == CALL_RINGING;
    struct call_side *side = &call->sides[input->role];
    if (CALL_HAS_FAULT(PEER_CONNECT) && rings && input->event == CALL_EVENT_CONNECTED) {
        call->state = CALL_CONNECTING;
        tell_both(effects);
        return true;
    }
    if (CALL_HAS_FAULT(EARLY_UPDATE) && rings && input->event == CALL_EVENT_MEDIA) {
        side->microphone_on = input->microphone_on;
        side->camera_on = input->camera_on;
        effect(effects, CALL_EFFECT_TELL_PLACE, call_other(input->role));
        return true;
    }
    if (CALL_HAS_FAULT(STALE_DECLINE) && input->event == CALL_EVENT_DECLINE &&
        call->state != CALL_ENDED) {
        *action = ACTION_DECLINE;
    }
    return false;
}
#endif

MUST_USE enum err call_apply(struct call *call, const struct call_input *input,
                             const struct call_times *times, uint64_t now_ms,
                             struct call_effects *effects)
{
    ASSERT(call->state < CALL_STATE_COUNT && input->event < CALL_EVENT_COUNT);
    effects->count = 0;
    enum action action = (enum action)transitions[call->state][input->event][input->role];
#ifdef CALL_FAULTS
    if (apply_fault(call, input, &action, effects)) {
        return OK;
    }
#endif
    switch (action) {
    case ACTION_IGNORE:
        return OK;
    case ACTION_REPEAT:
        if (CALL_HAS_FAULT(TWO_ANSWERS) && !input->at_place) {
            effect(effects, CALL_EFFECT_PLACE, input->role);
            return OK;
        }
        return input->at_place || CALL_HAS_FAULT(ANSWER_RACE) ? OK : ERR_STATE;
    case ACTION_ANSWER:
        return answer(call, input, times, now_ms, effects);
    case ACTION_CONNECT:
        return connect_side(call, input, now_ms, effects);
    case ACTION_JOIN:
        return join(call, input, effects);
    case ACTION_LEAVE:
        return leave(call, input, times, now_ms, effects);
    case ACTION_COMES:
        return comes(call, input, times, now_ms);
    case ACTION_LOSE:
        return lose(call, input, times, now_ms, effects);
    case ACTION_RETURN:
        return come_back(call, input, effects);
    case ACTION_MEDIA:
        return media(call, input, effects);
    case ACTION_DESCRIBE:
    case ACTION_CANDIDATE:
        return forward(call, input, effects);
    case ACTION_HOLD:
        return hold(call, input, effects);
    case ACTION_RINGS:
        effect(effects, CALL_EFFECT_TELL_SIDE, call_other(input->role));
        return OK;
    case ACTION_SILENCE:
        effect(effects, CALL_EFFECT_TELL_DEVICE, input->role);
        return OK;
    default:
        return act_end(call, input, action, times, now_ms, effects);
    }
}

uint64_t call_next_ms(const struct call *call)
{
    uint64_t next = call->deadline_ms;
    if (call->state != CALL_ENDED) {
        for (int role = 0; role < CALL_SIDES; role++) {
            const struct call_side *side = &call->sides[role];
            if (side->away && side->away_until_ms < next) {
                next = side->away_until_ms;
            }
        }
    }
    return next;
}

bool call_due(const struct call *call, uint64_t now_ms, struct call_input *out)
{
    if (call->state == CALL_ENDED) {
        return false;
    }
    memset(out, 0, sizeof *out);
    for (int role = 0; role < CALL_SIDES; role++) {
        const struct call_side *side = &call->sides[role];
        if (side->away && side->away_until_ms <= now_ms) {
            out->event = CALL_EVENT_AWAY_DUE;
            out->role = (enum call_role)role;
            return true;
        }
    }
    out->event = CALL_EVENT_DUE;
    return call->deadline_ms <= now_ms;
}
