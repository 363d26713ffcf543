/* SPDX-License-Identifier: Apache-2.0 */
/* One call from ringing to its end, as a pure state machine: no session, no memory, no clock.
 * portal/calls.c holds all calls and carries out what call_apply asks for. */
#ifndef PORTAL_CALL_H
#define PORTAL_CALL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "portal/callfaults.h"
#include "portal/event.h"

#define CALL_SIDES 2 /* indexed by enum call_role */
#define CALL_EFFECTS_MAX 8
#define CALL_NEVER UINT64_MAX
#define CALL_COMES_MS 20000 /* a browser that loads a page again leaves the old one within that */

/* What can happen to a call. Each happens to, or is done by, one side. */
enum call_event {
    CALL_EVENT_ACCEPT,
    CALL_EVENT_DECLINE,
    CALL_EVENT_END,
    CALL_EVENT_CONNECTED,
    CALL_EVENT_JOIN,  /* a call window is here, first or again */
    CALL_EVENT_LEAVE, /* the call window said good-bye */
    CALL_EVENT_COMES, /* the page of the call window is asked for: it is loaded again */
    CALL_EVENT_LOST,  /* the connection of the place is gone */
    CALL_EVENT_BACK,  /* the connection of the place is back */
    CALL_EVENT_MEDIA, /* what the side sends, and how it fares */
    CALL_EVENT_DESCRIBE,
    CALL_EVENT_CANDIDATE,
    CALL_EVENT_RINGS,       /* a device of the callee has said how it rings */
    CALL_EVENT_IGNORE,      /* a device of the callee is silenced */
    CALL_EVENT_HOLD,        /* the side holds the call, or takes it up again: input.held */
    CALL_EVENT_BUSY,        /* the callee has a call already */
    CALL_EVENT_UNREACHABLE, /* the callee has no session, or has it no longer */
    CALL_EVENT_STOP,        /* the server ends it: input.reason */
    CALL_EVENT_DUE,         /* the deadline of the state has passed */
    CALL_EVENT_AWAY_DUE,    /* the time to come back of this side has passed */
    CALL_EVENT_COUNT
};

struct call_input {
    enum call_event event;
    enum call_role role; /* whose event it is */
    bool at_place;       /* it comes from the session that holds the side's media */
    bool microphone_on;  /* ACCEPT, MEDIA */
    bool camera_on;
    bool screen_on; /* MEDIA */
    bool in_trouble;
    bool held;              /* HOLD */
    bool by_server;         /* HOLD: the user has taken up another call, wherever that was */
    enum end_reason reason; /* END, STOP */
};

/* What the caller of call_apply has to do, in this order. */
enum call_effect_kind {
    CALL_EFFECT_PLACE,       /* the acting session takes the place of `role` */
    CALL_EFFECT_UNPLACE,     /* the side `role` has no session at its place any more */
    CALL_EFFECT_ANSWERED,    /* the other sessions of the callee hear ANSWERED_ELSEWHERE */
    CALL_EFFECT_TELL_SIDE,   /* all sessions of `role` hear how the call is now */
    CALL_EFFECT_TELL_PLACE,  /* the place of `role` hears how the call is now */
    CALL_EFFECT_TELL_DEVICE, /* the sessions of `role` on the device of the acting one */
    CALL_EFFECT_FORWARD,     /* the message goes to the place of `role` */
    CALL_EFFECT_ENDED,       /* the call is over: count it, free both users */
};

struct call_effect {
    enum call_effect_kind kind;
    enum call_role role;
};

struct call_effects {
    uint8_t count;
    struct call_effect list[CALL_EFFECTS_MAX];
};

struct call_times {
    uint32_t ring_ms;
    uint32_t connect_ms;
    uint32_t leave_grace_ms;
    uint32_t rejoin_ms;
    uint32_t call_max_ms;
    uint32_t ended_ms; /* how long an ended call can be found */
};

struct call_side {
    bool placed;    /* a session holds its media */
    bool connected; /* its media are connected */
    bool microphone_on;
    bool camera_on;
    bool screen_on;
    bool in_trouble;
    bool held; /* by this side */
    bool away; /* its window is gone and may come back until away_until_ms */
    bool left; /* away, and it said good-bye: only a join brings it back */
    uint64_t away_until_ms;
    uint64_t comes_until_ms; /* a good-bye before is that of a window that is loaded again */
};

struct call {
    enum call_state state;
    enum end_reason reason; /* ENDED */
    bool ended_by_user;     /* ENDED: by the user of the side ended_by, not by the server */
    enum call_role ended_by;
    uint64_t deadline_ms;   /* of the state */
    uint64_t call_until_ms; /* CONNECTING, ACTIVE: the call is too long then */
    uint64_t active_ms;     /* ACTIVE: since */
    struct call_side sides[CALL_SIDES];
};

enum call_role call_other(enum call_role role);

/* A call that begins to ring: the caller's session is at its place. */
void call_init(struct call *call, bool microphone_on, bool camera_on,
               const struct call_times *times, uint64_t now_ms);

/* What is known of a call from before a restart of the server. */
struct call_past {
    uint64_t started_ms; /* may lie before the clock's 0 and have wrapped around */
    uint64_t answered_ms;
    uint64_t active_ms;
    bool microphone_on[CALL_SIDES];
    bool camera_on[CALL_SIDES];
    bool held[CALL_SIDES];
};

/* A call that goes on in `state`: nobody is at its places, and who had one may come back. */
void call_restore(struct call *call, enum call_state state, const struct call_past *past,
                  const struct call_times *times, uint64_t now_ms);

/* Applies one event; the only writer of the state. ERR_STATE: not possible now or not from this
 * session; the call is then unchanged. OK with no effects: a
 * repetition, or too late to matter. */
MUST_USE enum err call_apply(struct call *call, const struct call_input *input,
                             const struct call_times *times, uint64_t now_ms,
                             struct call_effects *effects);

/* The next time at which call_due has something; CALL_NEVER: none. */
uint64_t call_next_ms(const struct call *call);

/* The event that is due at `now_ms`, to be given to call_apply; false: none. An ended call whose
 * deadline has passed gives none: forget it. */
bool call_due(const struct call *call, uint64_t now_ms, struct call_input *out);

#endif
