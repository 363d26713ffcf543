/* SPDX-License-Identifier: Apache-2.0 */
/* Faults that the simulator of tests/scenario must find: it builds the files of the calls once more
 * with CALL_FAULTS. In the program there is neither the variable nor a branch. */
#ifndef PORTAL_CALLFAULTS_H
#define PORTAL_CALLFAULTS_H

#ifdef CALL_FAULTS

/* PEER_CONNECT: the caller's word connects the callee. EARLY_DESCRIPTION: a description reaches the
 * callee before he answers. TWO_ANSWERS: a second device takes part, and the first is not told.
 * STALE_DECLINE: a refusal is obeyed after the answer. DROPPED: only one page of a person is told.
 * LOST_AT_RESTART: what was answered is not taken up again. ANSWER_RACE: the second of two answers
 * is taken too. EARLY_UPDATE: what the callee sends is told before the answer. GLARE_TIE: who is
 * called himself starts a call of his own. RINGS_ON: the ring has no deadline of its own.
 * STRANGERS: anybody may say something about a call. SILENT_END: the callee is not told of the end.
 * RINGS_HIDDEN: who is invisible is called all the same. TWO_ACTIVE: a second call is answered and
 * the first is not held. SILENCES_ALL: one device is silenced, and so are the others.
 * BLOCKED_RINGS: who is blocked is heard. RELAY_LEAK: the address of one who hides it passes.
 * EARLY_ADDRESS: an address passes while it rings. EARLY_LOCKED: so does the connection of a device
 * that may not sound. PESTERS: who calls in vain again and again is heard. UNFORGIVEN: and who was
 * answered since is not. UNLAPSED: nor is who was silenced more than ten minutes ago. UNMISSED: who
 * pesters and is not heard is not missed either. AWAITED_TWICE: who waits for a person is told
 * again and again. AWAITED_NEVER: he is not told. EARLY_NOBODY: Answer takes a connection that the
 * tab does not have. */
#define CALL_FAULT_LIST(X)                                                                         \
    X(PEER_CONNECT, "peer-connect")                                                                \
    X(EARLY_DESCRIPTION, "early-media")                                                            \
    X(TWO_ANSWERS, "two-devices")                                                                  \
    X(STALE_DECLINE, "stale-message")                                                              \
    X(DROPPED, "dropped-message")                                                                  \
    X(LOST_AT_RESTART, "lost-at-restart")                                                          \
    X(ANSWER_RACE, "answer-race")                                                                  \
    X(EARLY_UPDATE, "update-before-accept")                                                        \
    X(GLARE_TIE, "glare-tie")                                                                      \
    X(RINGS_ON, "rings-on")                                                                        \
    X(STRANGERS, "strangers")                                                                      \
    X(SILENT_END, "silent-end")                                                                    \
    X(RINGS_HIDDEN, "rings-hidden")                                                                \
    X(TWO_ACTIVE, "two-active")                                                                    \
    X(SILENCES_ALL, "silences-all")                                                                \
    X(BLOCKED_RINGS, "blocked-rings")                                                              \
    X(RELAY_LEAK, "relay-leak")                                                                    \
    X(EARLY_ADDRESS, "early-address")                                                              \
    X(EARLY_NOBODY, "early-nobody")                                                                \
    X(EARLY_LOCKED, "early-locked")                                                                \
    X(PESTERS, "pesters")                                                                          \
    X(UNFORGIVEN, "unforgiven")                                                                    \
    X(UNLAPSED, "unlapsed")                                                                        \
    X(UNMISSED, "unmissed")                                                                        \
    X(AWAITED_TWICE, "awaited-twice")                                                              \
    X(AWAITED_NEVER, "awaited-never")

#define CALL_FAULT_SYMBOL(symbol, name) CALL_FAULT_##symbol,
enum call_fault { CALL_FAULT_NONE, CALL_FAULT_LIST(CALL_FAULT_SYMBOL) CALL_FAULT_COUNT };
extern enum call_fault call_fault;
#define CALL_HAS_FAULT(name) (call_fault == CALL_FAULT_##name)

#else

#define CALL_HAS_FAULT(name) false

#endif

#endif
