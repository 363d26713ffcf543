/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/call.h"

#include <string.h>

#include "unit.h"

static const struct call_times times = {
    .ring_ms = 45000,
    .connect_ms = 30000,
    .leave_grace_ms = 5000,
    .rejoin_ms = 30000,
    .call_max_ms = 3600000,
    .ended_ms = 60000,
};

#define NOW 1000
#define LATE (NOW + 10000000)

/* What is expected of one cell: a state and reason, or a refusal. */
enum outcome {
    REFUSED,  /* ERR_STATE, nothing changes */
    SAME,     /* OK, no effect */
    TOLD,     /* OK, the state stays, somebody is told or placed */
    ANSWERED, /* CONNECTING */
    ENDS      /* ENDED with the reason */
};

struct cell {
    enum outcome outcome;
    enum end_reason reason;
};

struct row {
    enum call_event event;
    struct cell caller;
    struct cell callee;
};

#define R                                                                                          \
    {                                                                                              \
        REFUSED, END_NONE                                                                          \
    }
#define S                                                                                          \
    {                                                                                              \
        SAME, END_NONE                                                                             \
    }
#define T                                                                                          \
    {                                                                                              \
        TOLD, END_NONE                                                                             \
    }
#define A                                                                                          \
    {                                                                                              \
        ANSWERED, END_NONE                                                                         \
    }
#define E(reason)                                                                                  \
    {                                                                                              \
        ENDS, END_##reason                                                                         \
    }

/* All events come from the place of their side, whose state stands in make(). */
static const struct row expected[CALL_STATE_COUNT][CALL_EVENT_COUNT] = {
    [CALL_RINGING] = {{CALL_EVENT_ACCEPT, R, A},
                      {CALL_EVENT_DECLINE, R, E(DECLINED)},
                      {CALL_EVENT_END, E(CANCELLED), E(DECLINED)},
                      {CALL_EVENT_CONNECTED, R, R},
                      {CALL_EVENT_JOIN, S, S},
                      {CALL_EVENT_LEAVE, T, S},
                      {CALL_EVENT_COMES, S, S},
                      {CALL_EVENT_LOST, T, S},
                      {CALL_EVENT_BACK, S, S},
                      {CALL_EVENT_MEDIA, T, R},
                      {CALL_EVENT_DESCRIBE, R, R},
                      {CALL_EVENT_CANDIDATE, R, R},
                      {CALL_EVENT_RINGS, R, T},
                      {CALL_EVENT_IGNORE, R, T},
                      {CALL_EVENT_HOLD, R, R},
                      {CALL_EVENT_BUSY, E(BUSY), E(BUSY)},
                      {CALL_EVENT_UNREACHABLE, E(UNREACHABLE), E(UNREACHABLE)},
                      {CALL_EVENT_STOP, E(SERVER_SHUTDOWN), E(SERVER_SHUTDOWN)},
                      {CALL_EVENT_DUE, E(NO_ANSWER), E(NO_ANSWER)},
                      {CALL_EVENT_AWAY_DUE, S, S}},
    [CALL_CONNECTING] = {{CALL_EVENT_ACCEPT, R, S},
                         {CALL_EVENT_DECLINE, R, R},
                         {CALL_EVENT_END, E(NO_DEVICE), E(NO_DEVICE)},
                         {CALL_EVENT_CONNECTED, S, S},
                         {CALL_EVENT_JOIN, S, S},
                         {CALL_EVENT_LEAVE, T, T},
                         {CALL_EVENT_COMES, S, S},
                         {CALL_EVENT_LOST, T, T},
                         {CALL_EVENT_BACK, S, S},
                         {CALL_EVENT_MEDIA, T, T},
                         {CALL_EVENT_DESCRIBE, T, T},
                         {CALL_EVENT_CANDIDATE, T, T},
                         {CALL_EVENT_RINGS, R, S},
                         {CALL_EVENT_IGNORE, R, S},
                         {CALL_EVENT_HOLD, T, T},
                         {CALL_EVENT_BUSY, R, R},
                         {CALL_EVENT_UNREACHABLE, R, R},
                         {CALL_EVENT_STOP, E(SERVER_SHUTDOWN), E(SERVER_SHUTDOWN)},
                         {CALL_EVENT_DUE, E(MEDIA_FAILED), E(MEDIA_FAILED)},
                         {CALL_EVENT_AWAY_DUE, S, S}},
    [CALL_ACTIVE] = {{CALL_EVENT_ACCEPT, R, S},
                     {CALL_EVENT_DECLINE, R, R},
                     {CALL_EVENT_END, E(NO_DEVICE), E(NO_DEVICE)},
                     {CALL_EVENT_CONNECTED, S, S},
                     {CALL_EVENT_JOIN, S, S},
                     {CALL_EVENT_LEAVE, T, T},
                     {CALL_EVENT_COMES, S, S},
                     {CALL_EVENT_LOST, T, T},
                     {CALL_EVENT_BACK, S, S},
                     {CALL_EVENT_MEDIA, T, T},
                     {CALL_EVENT_DESCRIBE, T, T},
                     {CALL_EVENT_CANDIDATE, T, T},
                     {CALL_EVENT_RINGS, R, S},
                     {CALL_EVENT_IGNORE, R, S},
                     {CALL_EVENT_HOLD, T, T},
                     {CALL_EVENT_BUSY, R, R},
                     {CALL_EVENT_UNREACHABLE, R, R},
                     {CALL_EVENT_STOP, E(SERVER_SHUTDOWN), E(SERVER_SHUTDOWN)},
                     {CALL_EVENT_DUE, E(TOO_LONG), E(TOO_LONG)},
                     {CALL_EVENT_AWAY_DUE, S, S}},
    [CALL_ENDED] = {{CALL_EVENT_ACCEPT, R, R},      {CALL_EVENT_DECLINE, S, S},
                    {CALL_EVENT_END, S, S},         {CALL_EVENT_CONNECTED, R, R},
                    {CALL_EVENT_JOIN, S, S},        {CALL_EVENT_LEAVE, S, S},
                    {CALL_EVENT_COMES, S, S},       {CALL_EVENT_LOST, S, S},
                    {CALL_EVENT_BACK, S, S},        {CALL_EVENT_MEDIA, R, R},
                    {CALL_EVENT_DESCRIBE, R, R},    {CALL_EVENT_CANDIDATE, R, R},
                    {CALL_EVENT_RINGS, R, S},       {CALL_EVENT_IGNORE, R, S},
                    {CALL_EVENT_HOLD, R, R},        {CALL_EVENT_BUSY, R, R},
                    {CALL_EVENT_UNREACHABLE, R, R}, {CALL_EVENT_STOP, S, S},
                    {CALL_EVENT_DUE, S, S},         {CALL_EVENT_AWAY_DUE, S, S}},
};

static struct call_effects effects;

static enum err give(struct call *call, enum call_event event, enum call_role role, bool at_place,
                     uint64_t now_ms)
{
    struct call_input input = {
        .event = event,
        .role = role,
        .at_place = at_place,
        .microphone_on = true,
        .camera_on = true,
        .held = true,
        .reason = event == CALL_EVENT_STOP ? END_SERVER_SHUTDOWN : END_NO_DEVICE,
    };
    return call_apply(call, &input, &times, now_ms, &effects);
}

/* A call in the state; both sides have the camera off, so that MEDIA changes something. */
static struct call make(enum call_state state)
{
    struct call call;
    call_init(&call, true, false, &times, NOW);
    if (state == CALL_CONNECTING || state == CALL_ACTIVE) {
        CHECK(give(&call, CALL_EVENT_ACCEPT, ROLE_CALLEE, false, NOW) == OK);
        call.sides[ROLE_CALLEE].camera_on = false;
    }
    if (state == CALL_ACTIVE) {
        CHECK(give(&call, CALL_EVENT_CONNECTED, ROLE_CALLER, true, NOW) == OK);
        CHECK(give(&call, CALL_EVENT_CONNECTED, ROLE_CALLEE, true, NOW) == OK);
    }
    if (state == CALL_ENDED) {
        CHECK(give(&call, CALL_EVENT_DECLINE, ROLE_CALLEE, false, NOW) == OK);
    }
    CHECK(call.state == state);
    return call;
}

static void check_cell(enum call_state state, enum call_event event, enum call_role role,
                       struct cell cell)
{
    struct call call = make(state);
    struct call before = call;
    bool due = event == CALL_EVENT_DUE;
    enum err err = give(&call, event, role, true, due ? LATE : NOW);
    CHECK(err == (cell.outcome == REFUSED ? ERR_STATE : OK));
    switch (cell.outcome) {
    case REFUSED:
        CHECK(memcmp(&call, &before, sizeof call) == 0 && effects.count == 0);
        break;
    case SAME:
        CHECK(call.state == state && effects.count == 0);
        break;
    case TOLD:
        CHECK(call.state == state && effects.count > 0);
        break;
    case ANSWERED:
        CHECK(call.state == CALL_CONNECTING && call.sides[ROLE_CALLEE].placed);
        break;
    case ENDS:
        CHECK(call.state == CALL_ENDED && call.reason == cell.reason);
        CHECK(effects.list[effects.count - 1].kind == CALL_EFFECT_ENDED);
        break;
    }
    CHECK(call.state == CALL_ENDED || call.reason == END_NONE);
    CHECK(call_next_ms(&call) != CALL_NEVER);
}

static void every_cell_does_what_its_table_says(void)
{
    for (int state = 0; state < CALL_STATE_COUNT; state++) {
        for (int event = 0; event < CALL_EVENT_COUNT; event++) {
            const struct row *row = &expected[state][event];
            CHECK((int)row->event == event);
            check_cell((enum call_state)state, row->event, ROLE_CALLER, row->caller);
            check_cell((enum call_state)state, row->event, ROLE_CALLEE, row->callee);
        }
    }
}

static void only_the_place_may_act_for_its_side(void)
{
    static const enum call_event events[] = {CALL_EVENT_CONNECTED, CALL_EVENT_MEDIA,
                                             CALL_EVENT_DESCRIBE,  CALL_EVENT_CANDIDATE,
                                             CALL_EVENT_ACCEPT,    CALL_EVENT_HOLD};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        struct call call = make(CALL_CONNECTING);
        CHECK(give(&call, events[i], ROLE_CALLEE, false, NOW) == ERR_STATE);
        CHECK(effects.count == 0);
    }
    struct call call = make(CALL_ACTIVE);
    CHECK(give(&call, CALL_EVENT_LEAVE, ROLE_CALLER, false, NOW) == OK);
    CHECK(!call.sides[ROLE_CALLER].away);
}

static void each_sign_of_a_side_is_told_once(void)
{
    struct call call = make(CALL_ACTIVE);
    struct call_input input = {.event = CALL_EVENT_MEDIA, .role = ROLE_CALLER, .at_place = true};
    bool *signs[] = {&input.microphone_on, &input.camera_on, &input.screen_on, &input.in_trouble};
    CHECK(call_apply(&call, &input, &times, NOW, &effects) == OK);
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        *signs[i] = true;
        CHECK(call_apply(&call, &input, &times, NOW, &effects) == OK);
        CHECK(effects.count == 1 && effects.list[0].kind == CALL_EFFECT_TELL_PLACE);
        CHECK(effects.list[0].role == ROLE_CALLEE);
        CHECK(call_apply(&call, &input, &times, NOW, &effects) == OK);
        CHECK(effects.count == 0);
    }
    CHECK(give(&call, CALL_EVENT_JOIN, ROLE_CALLER, false, NOW) == OK);
    CHECK(!call.sides[ROLE_CALLER].screen_on && !call.sides[ROLE_CALLER].in_trouble);
}

static void each_side_holds_by_itself(void)
{
    struct call call = make(CALL_ACTIVE);
    struct call_input input = {.event = CALL_EVENT_HOLD, .role = ROLE_CALLEE, .held = true};
    CHECK(call_apply(&call, &input, &times, NOW, &effects) == ERR_STATE);
    input.by_server = true;
    CHECK(call_apply(&call, &input, &times, NOW, &effects) == OK && effects.count == 2);
    CHECK(call.sides[ROLE_CALLEE].held && !call.sides[ROLE_CALLER].held);
    CHECK(call_apply(&call, &input, &times, NOW, &effects) == OK && effects.count == 0);
    CHECK(give(&call, CALL_EVENT_HOLD, ROLE_CALLER, true, NOW) == OK);
    CHECK(give(&call, CALL_EVENT_JOIN, ROLE_CALLEE, false, NOW) == OK);
    CHECK(call.sides[ROLE_CALLEE].held); /* a reload takes nothing up */
    input.held = false;
    CHECK(call_apply(&call, &input, &times, NOW, &effects) == OK && effects.count == 2);
    CHECK(!call.sides[ROLE_CALLEE].held && call.sides[ROLE_CALLER].held);
}

static void deadlines_are_never_early(void)
{
    struct call call = make(CALL_RINGING);
    struct call_input input;
    CHECK(call_next_ms(&call) == NOW + times.ring_ms);
    CHECK(!call_due(&call, NOW + times.ring_ms - 1, &input));
    CHECK(give(&call, CALL_EVENT_DUE, ROLE_CALLER, false, NOW + times.ring_ms - 1) == OK);
    CHECK(call.state == CALL_RINGING);
    CHECK(call_due(&call, NOW + times.ring_ms, &input) && input.event == CALL_EVENT_DUE);
    CHECK(call_apply(&call, &input, &times, NOW + times.ring_ms, &effects) == OK);
    CHECK(call.reason == END_NO_ANSWER && !call.ended_by_user);
    CHECK(call_next_ms(&call) == NOW + times.ring_ms + times.ended_ms);
}

static void check_away(enum call_state state, enum call_event event, uint32_t after_ms,
                       enum end_reason reason)
{
    struct call call = make(state);
    struct call_input input;
    CHECK(give(&call, event, ROLE_CALLER, true, NOW) == OK);
    CHECK(call.sides[ROLE_CALLER].away);
    CHECK(!call_due(&call, NOW + after_ms - 1, &input));
    CHECK(call_due(&call, NOW + after_ms, &input));
    CHECK(call_apply(&call, &input, &times, NOW + after_ms, &effects) == OK);
    CHECK(call.state == CALL_ENDED && call.reason == reason);
}

static void a_window_that_does_not_come_back_ends_the_call(void)
{
    check_away(CALL_RINGING, CALL_EVENT_LEAVE, times.leave_grace_ms, END_CANCELLED);
    check_away(CALL_CONNECTING, CALL_EVENT_LEAVE, times.leave_grace_ms, END_HUNG_UP);
    check_away(CALL_ACTIVE, CALL_EVENT_LEAVE, times.leave_grace_ms, END_HUNG_UP);
    check_away(CALL_RINGING, CALL_EVENT_LOST, times.rejoin_ms, END_SIGNALLING_LOST);
    check_away(CALL_ACTIVE, CALL_EVENT_LOST, times.rejoin_ms, END_SIGNALLING_LOST);
}

/* The page of the window is asked for before its good-bye, as browsers do, or after it. */
static void a_window_that_is_loaded_again_has_longer(void)
{
    struct call_input input;
    for (int after = 0; after < 2; after++) {
        struct call call = make(CALL_ACTIVE);
        enum call_event first = after == 1 ? CALL_EVENT_LEAVE : CALL_EVENT_COMES;
        enum call_event then = after == 1 ? CALL_EVENT_COMES : CALL_EVENT_LEAVE;
        CHECK(give(&call, first, ROLE_CALLER, true, NOW) == OK);
        CHECK(give(&call, then, ROLE_CALLER, true, NOW + 1) == OK);
        CHECK(call.sides[ROLE_CALLER].away && !call.sides[ROLE_CALLER].left);
        CHECK(!call_due(&call, NOW + times.rejoin_ms, &input));
        CHECK(call_due(&call, NOW + 1 + times.rejoin_ms, &input));
        CHECK(call_apply(&call, &input, &times, NOW + 1 + times.rejoin_ms, &effects) == OK);
        CHECK(call.reason == END_SIGNALLING_LOST);
    }
    /* The page that came, and is closed afterwards; and one that was asked for long before. */
    struct call call = make(CALL_ACTIVE);
    CHECK(give(&call, CALL_EVENT_COMES, ROLE_CALLER, true, NOW) == OK);
    CHECK(give(&call, CALL_EVENT_JOIN, ROLE_CALLER, true, NOW) == OK);
    CHECK(give(&call, CALL_EVENT_LEAVE, ROLE_CALLER, true, NOW) == OK);
    CHECK(call_due(&call, NOW + times.leave_grace_ms, &input));
    call = make(CALL_ACTIVE);
    CHECK(give(&call, CALL_EVENT_COMES, ROLE_CALLER, true, NOW) == OK);
    CHECK(give(&call, CALL_EVENT_LEAVE, ROLE_CALLER, true, NOW + CALL_COMES_MS) == OK);
    CHECK(call_due(&call, NOW + CALL_COMES_MS + times.leave_grace_ms, &input));
}

static void a_join_takes_the_place_and_stops_the_time(void)
{
    struct call call = make(CALL_ACTIVE);
    CHECK(give(&call, CALL_EVENT_LEAVE, ROLE_CALLEE, true, NOW) == OK);
    CHECK(!call.sides[ROLE_CALLEE].placed);
    CHECK(give(&call, CALL_EVENT_DESCRIBE, ROLE_CALLER, true, NOW) == ERR_STATE);
    CHECK(give(&call, CALL_EVENT_BACK, ROLE_CALLEE, true, NOW) == OK);
    CHECK(call.sides[ROLE_CALLEE].away); /* a connection is not yet a call window */
    CHECK(give(&call, CALL_EVENT_JOIN, ROLE_CALLEE, false, NOW + 1) == OK);
    CHECK(effects.count == 2 && effects.list[0].kind == CALL_EFFECT_PLACE);
    CHECK(!call.sides[ROLE_CALLEE].away && call.sides[ROLE_CALLEE].placed);
    CHECK(call.state == CALL_ACTIVE && call_next_ms(&call) == NOW + times.call_max_ms);
    CHECK(give(&call, CALL_EVENT_LOST, ROLE_CALLEE, true, NOW + 2) == OK);
    CHECK(give(&call, CALL_EVENT_BACK, ROLE_CALLEE, true, NOW + 3) == OK);
    CHECK(!call.sides[ROLE_CALLEE].away && effects.count == 1);
}

/* What an old window, or the same one twice, says of its connection. */
static void who_is_not_at_the_place_changes_nothing(void)
{
    struct call_input input;
    static const enum call_event events[] = {CALL_EVENT_LEAVE, CALL_EVENT_LOST, CALL_EVENT_BACK};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        struct call call = make(CALL_ACTIVE);
        CHECK(give(&call, events[i], ROLE_CALLER, false, NOW) == OK);
        CHECK(!call.sides[ROLE_CALLER].away && effects.count == 0);
    }
    struct call call = make(CALL_ACTIVE);
    CHECK(give(&call, CALL_EVENT_LOST, ROLE_CALLER, true, NOW) == OK);
    CHECK(give(&call, CALL_EVENT_LOST, ROLE_CALLER, true, NOW + 5) == OK && effects.count == 0);
    CHECK(give(&call, CALL_EVENT_COMES, ROLE_CALLER, true, NOW + 5) == OK); /* it has not left */
    CHECK(call.sides[ROLE_CALLER].away_until_ms == NOW + times.rejoin_ms);
    CHECK(give(&call, CALL_EVENT_AWAY_DUE, ROLE_CALLER, true, NOW + 5) == OK); /* not yet */
    CHECK(call.state == CALL_ACTIVE);
    CHECK(give(&call, CALL_EVENT_JOIN, ROLE_CALLER, true, NOW + 6) == OK); /* the same window */
    CHECK(!call.sides[ROLE_CALLER].away && effects.count == 1);
    call = make(CALL_ENDED);
    CHECK(!call_due(&call, LATE, &input));
}

static void what_was_kept_goes_on_for_what_is_left_of_its_time(void)
{
    struct call call;
    struct call_past past = {.started_ms = NOW, .answered_ms = NOW, .active_ms = NOW};
    past.microphone_on[ROLE_CALLER] = true;
    past.camera_on[ROLE_CALLEE] = true;
    call_restore(&call, CALL_RINGING, &past, &times, NOW + 40000);
    CHECK(call.deadline_ms == NOW + times.ring_ms);
    CHECK(call.sides[ROLE_CALLER].microphone_on && !call.sides[ROLE_CALLER].camera_on);
    CHECK(!call.sides[ROLE_CALLEE].camera_on && !call.sides[ROLE_CALLEE].away); /* not yet in it */
    call_restore(&call, CALL_RINGING, &past, &times, NOW + times.ring_ms);
    CHECK(call.deadline_ms == NOW + times.ring_ms); /* it is over at once */
    past.started_ms = NOW + 5000;                   /* the wall clock was set back */
    call_restore(&call, CALL_RINGING, &past, &times, NOW);
    CHECK(call.deadline_ms == NOW + times.ring_ms);
    call_restore(&call, CALL_ACTIVE, &past, &times, NOW);
    CHECK(call.deadline_ms == NOW + times.call_max_ms && call.active_ms == NOW);
    CHECK(call.sides[ROLE_CALLEE].camera_on && call.sides[ROLE_CALLEE].away);
}

UNIT(who_is_not_at_the_place_changes_nothing, what_was_kept_goes_on_for_what_is_left_of_its_time,
     every_cell_does_what_its_table_says, only_the_place_may_act_for_its_side,
     each_sign_of_a_side_is_told_once, each_side_holds_by_itself, deadlines_are_never_early,
     a_window_that_does_not_come_back_ends_the_call, a_window_that_is_loaded_again_has_longer,
     a_join_takes_the_place_and_stops_the_time)
