/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of the oracle share. */
#ifndef CALLS_ORACLE_INTERNAL_H
#define CALLS_ORACLE_INTERNAL_H

#include "calls_oracle.h"

#define TICK_MS 32         /* a timer of the wheel may be late by two of its ticks */
#define RETURN_MS 10000    /* so long after its start the server expects those who were there */
#define COMES_MS 20000     /* a good-bye of a window whose page was asked for is a reload */
#define FORGOTTEN_MS 60000 /* an ended call is known to the server for so long */

int oracle_number_of(const struct oracle *oracle, const struct oracle_call *call);
/* Of one of the two. */
enum call_role oracle_role_of(const struct oracle_call *call, int user);
/* The live calls in which the user takes part, those of them that he does not hold, and those that
 * ring at him; all but `but`. */
int oracle_count_mine(const struct oracle *oracle, int user, const struct oracle_call *but);
int oracle_count_active(const struct oracle *oracle, int user, const struct oracle_call *but);
int oracle_count_ringing(const struct oracle *oracle, int user, const struct oracle_call *but);
/* Among the live ones, or not any more. */
void oracle_list(struct oracle *oracle, struct oracle_call *call);
void oracle_unlist(struct oracle *oracle, struct oracle_call *call);

/* ---- calls_ties.c ---- */

/* Whether the caller has called so often in vain that the callee does not hear him. */
bool oracle_pesters(const struct oracle *oracle, int caller, int callee);
/* The call has ended, and was for nothing. */
void oracle_note_vain(struct oracle *oracle, const struct oracle_call *call);
void oracle_forgive(struct oracle *oracle, int caller, int callee);
void oracle_check_waits(struct oracle *oracle, const struct portal *portal);

/* ---- calls_author.c ---- */

/* What is heard of a call, that it is so, is of a new one: of none yet, or its id was forgotten by
 * the server; within a tick of that time either may be. */
bool oracle_begins(const struct oracle *oracle, const struct oracle_call *call,
                   enum call_state state, enum end_reason reason);
/* The first that is heard of a call: only its start may be the cause. */
void oracle_begin(struct oracle *oracle, struct oracle_call *call);
/* The first that is heard of a state is its transition, whether told, answered or written. */
void oracle_become(struct oracle *oracle, struct oracle_call *call, enum call_state state,
                   enum end_reason reason);
/* The connection that the session's tab has made while the call rang, answered by the caller's
 * window; 0: it has none. */
int oracle_early_of(const struct oracle_call *call, session_id session);
/* A side holds the call, or takes it up again, as far as it is not known: only its own person may
 * have done that. */
void oracle_hold(struct oracle *oracle, struct oracle_call *call, enum call_role role, bool held);
/* When the ringing call is over because nobody is there who hears it, as things are now: at the
 * earliest, or at the latest. */
uint64_t oracle_unreachable_ms(const struct oracle *oracle, const struct oracle_call *call,
                               bool latest);
/* The callee of the ringing call presses Call for its caller: both want it. */
bool oracle_is_glare(const struct oracle *oracle, const struct oracle_call *call);

#endif
