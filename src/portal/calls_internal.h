/* SPDX-License-Identifier: Apache-2.0 */
/* What calls.c (all calls, and what becomes of them) and callcommands.c (what people do) share. */
#ifndef PORTAL_CALLS_INTERNAL_H
#define PORTAL_CALLS_INTERNAL_H

#include "portal/call.h"
#include "portal/early.h"
#include "portal/internal.h"

#define RINGING_MAX 4                   /* callers who may ring one person at once */
#define WAITING_MAX 2                   /* of them while the person is in a call */
#define RINGING_SLOTS (2 * RINGING_MAX) /* with those that the callee does not hear */
#define HELD_MAX 2                      /* calls that one person holds at once */
#define MINE_MAX (HELD_MAX + 1)
#define CALL_ALIASES_MAX 4   /* starts that were answered with one call (glare, recall) */
#define ENDED_MS (60 * 1000) /* how long an ended call can be found */
/* After a start of the server every open page comes back within this time (its slowest retry is
 * after 5 s): until then who is not there may only not be back yet. */
#define RETURN_MS 10000

/* A call, its two users and the sessions that hold their media. Owned by calls.by_id. */
struct entry {
    struct wheel_timer timer; /* first: the timer is the entry */
    struct calls *calls;
    struct call call;
    struct id id;
    struct id users[CALL_SIDES];
    session_id places[CALL_SIDES]; /* 0: nobody there */
    bool rang;                     /* at the callee */
    bool guest;  /* the caller is one: he waits in the lobby, nothing rings and nothing is pushed */
    bool silent; /* the callee did not want to be disturbed at the start */
    bool hidden; /* the callee was invisible: silent as well, but only for himself */
    uint64_t started_ms;
    uint64_t answered_ms;                /* 0: never */
    struct id aliases[CALL_ALIASES_MAX]; /* of starts that were answered with it; 0: none */
    uint32_t alias_next;
    const struct connector *connector;      /* NULL: there is no registry (tests) */
    char *link;                             /* NULL: media go through the call itself */
    struct call_ring rings[CALL_RINGS_MAX]; /* what the devices of the callee have said */
    struct id ring_devices[CALL_RINGS_MAX]; /* their sign-ins */
    uint32_t ring_count;
    struct id ignored[CALL_RINGS_MAX]; /* sign-ins of silenced devices */
    uint32_t ignored_count;
    char settled_on[DEVICE_NAME_MAX + 1]; /* the device that has answered or declined */
    struct icefilter *filters;            /* of the two sides; NULL: nothing was sent yet */
    struct timeline *timeline;            /* NULL: nothing is known yet */
    bool unheard;  /* the callee is not told of the ring: he blocks the caller, or was pestered */
    bool blocked;  /* and is not to notice it afterwards */
    bool expected; /* begun while the callee may have been about to come back (RETURN_MS) */
    struct wheel_timer pretence; /* unheard: when it seems to ring at the callee's devices */
    uint64_t pretence_from_ms;
    uint32_t pretence_dice;
    struct early *early;   /* EARLY_MAX connections made while it rings; NULL: none yet */
    uint32_t early_number; /* of the one that was answered; 0: none */
    bool lost;             /* cannot go on after a restart of the server: ends at the first tick */
    struct entry *ended_next;
};

/* What one user has on the telephone. Exists while there is something. */
struct line {
    struct wheel_timer absent; /* first; due: what rings ends unless somebody is there */
    uint64_t absent_until_ms;  /* while it runs */
    struct calls *calls;
    struct id user;
    struct entry *mine[MINE_MAX]; /* started or answered; all but one are held by the user */
    uint32_t mine_count;
    struct entry *ringing[RINGING_SLOTS];
    uint32_t ringing_count;
};

struct timeline;

struct calls {
    struct portal *portal;
    struct wheel *wheel;
    struct map *by_id;    /* live and ended ones */
    struct map *by_alias; /* the same, those that have one */
    struct map *by_user;  /* lines */
    struct call_times times;
    uint32_t live_count;
    uint32_t ended_count;
    struct entry *ended; /* oldest first, which is the order of their deadlines */
    struct entry **ended_end;
};

/* ---- lines.c ---- */

/* What the user has on the telephone, or NULL. */
struct line *calls_line(const struct calls *calls, const struct id *user);
/* The same, made when it is missing. ERR_NOMEM. */
MUST_USE enum err line_get(struct calls *calls, const struct id *user, struct line **out);
/* Frees the line when nothing is on it. */
void line_drop(struct calls *calls, const struct id *user);
void line_stop_ringing(struct line *line, const struct entry *entry);
/* The call becomes one of the user's own, or is none any more. */
void line_take(struct line *line, struct entry *entry);
void line_give(struct line *line, const struct entry *entry);
/* The one of the user's calls that he does not hold, or NULL; `line` may be NULL. */
struct entry *line_active(const struct line *line);
/* The user's own call with that person, or NULL. */
struct entry *line_find_pair(const struct line *line, const struct id *other);
uint32_t line_heard_count(const struct line *line); /* of those that ring */
uint32_t line_held_count(const struct line *line);
/* Whether pushes let the call ring: never that of a guest, who rings nobody. */
bool line_is_pushed(const struct entry *entry, const struct person *callee);
/* The same of all that rings at the user of the line. */
bool line_all_pushed(const struct line *line, const struct person *person);

/* ---- hold.c ---- */

/* Makes room for another call that the user answers: holds the one that is not held. ERR_BUSY: it
 * may not (`wanted`), or it is not answered yet; ERR_LIMIT: he holds too many. */
MUST_USE enum err hold_others(struct line *line, bool wanted, uint64_t now_ms);

/* ---- timeline.c ---- */

/* Notes one step; `device` may be "". */
void timeline_add(struct entry *entry, enum call_what what, enum call_side_of side,
                  const char *device, uint8_t detail, uint64_t now_ms);
/* Notes what an event has changed. */
void timeline_note(struct entry *entry, const struct call_input *input, const struct call *before,
                   session_id actor, uint64_t now_ms);
/* Keeps what is new; nobody waits for it. */
void timeline_keep(struct entry *entry);

/* ---- devices.c ---- */

/* The name of the device of a session; "" when it is gone. Borrowed until the next change. */
const char *device_of(const struct portal *portal, session_id session);
/* A call that is not heard looks to its caller as if it were: one after the other the devices of
 * the callee that would ring seem to do so. */
void device_pretend(struct entry *entry, uint64_t now_ms);
/* A page of the callee has closed: without another one, or a push, its device rings no more. */
void device_leaves(struct entry *entry, const struct person *callee, const struct id *login,
                   uint64_t now_ms);
/* Whether the device of the session has said that it rings without a sound, for want of a click. */
bool device_is_locked(const struct entry *entry, const struct session *session);
/* Whether the device of the session is silenced for this call. */
bool device_ignores(const struct entry *entry, const struct session *session);

/* ---- calls.c ---- */

/* Which side of the call the user is; to be asked for one of the two only. */
enum call_role calls_role_of(const struct entry *entry, const struct id *user);
/* The callee is not told of this call, so for him it does not exist, whatever its id is. */
bool calls_is_kept_from(const struct entry *entry, enum call_role role);
/* The call as the session of this side sees it. ERR_NOT_FOUND: the other person exists no more. */
MUST_USE enum err calls_view(const struct entry *entry, enum call_role role, session_id session,
                             uint64_t now_ms, struct call_view *out);
/* The call that a session of one of its two users names, and which side that is. ERR_NOT_FOUND: no
 * such call, or a stranger's; the same from outside (N11). */
MUST_USE enum err calls_find_for(const struct portal *portal, session_id session,
                                 const struct id *call, struct entry **entry, enum call_role *role);
/* Applies the event to the call and carries out what follows; `actor` 0: the server itself. */
MUST_USE enum err calls_apply(struct entry *entry, struct call_input input, session_id actor,
                              const struct event *message, uint64_t now_ms);
/* Puts a new call onto both lines. Otherwise nothing has changed. */
MUST_USE enum err calls_add(struct calls *calls, const struct session *session,
                            const struct portal_call_start *wanted, const struct person *callee,
                            struct entry **out);
/* Makes the entry of a call of the two, found by its id. ERR_NOMEM, ERR_LIMIT: nothing changed. */
MUST_USE enum err calls_place(struct calls *calls, const struct id *call, const struct id *caller,
                              const struct id *callee, struct entry **out);
/* A placed call that is live already takes its place on both lines. */
void calls_take_up(struct entry *entry);
/* Lets it ring, or ends it when it cannot. */
MUST_USE enum err calls_start(struct calls *calls, const struct session *session,
                              struct entry *entry, const struct person *callee, uint64_t now_ms);
/* Forgets the call that has been over for longest; there is one. */
void calls_forget_oldest(struct calls *calls);

/* ---- callpaths.c ---- */

/* Counts what did not pass. */
void callpaths_count_refusal(enum icefilter_verdict verdict);

/* ---- early.c ---- */

/* Descriptions and candidates of connections that are made while the call rings. ERR_STATE: it does
 * not, or it may not be connected; ERR_LIMIT: enough devices are; ERR_FORBIDDEN: it shows more than
 * a relay. */
MUST_USE enum err early_describe(struct portal *portal, session_id session,
                                 const struct call_description *description);
MUST_USE enum err early_candidate(struct portal *portal, session_id session,
                                  const struct call_candidate *candidate);

/* ---- callkeep.c ---- */

/* Keeps how the call is now; nobody waits for it. */
void calls_keep(struct entry *entry, uint64_t now_ms);

/* ---- history.c ---- */

/* Keeps it; of a missed one the callee's sessions are told. */
void history_keep(struct portal *portal, const struct call_record *record);

/* ---- calls_extra.c ---- */

enum call_answer {
    CALL_RINGS,
    CALL_BUSY,
    CALL_UNREACHABLE,
};

/* What becomes of a new call to the person of the line; sets entry->expected. */
enum call_answer calls_judge(struct entry *entry, const struct line *line,
                             const struct person *callee);

/* The connector of a new call, and the link that its two sides will open. */
MUST_USE enum err entry_choose_connector(struct entry *entry,
                                         const struct portal_call_start *wanted,
                                         const struct person *caller, const struct person *callee);
void entry_destroy(struct entry *entry); /* NULL is accepted */

#endif
