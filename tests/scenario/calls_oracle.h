/* SPDX-License-Identifier: Apache-2.0 */
/* What a watcher beside the server knows of the calls of one schedule: from the commands, the
 * answers and what is told, never from the inside of the portal. It says what must not be. */
#ifndef CALLS_ORACLE_H
#define CALLS_ORACLE_H

#include "portal/portal.h"

#define ORACLE_CALLS_MAX 128
#define ORACLE_USERS_MAX 5

struct oracle_call {
    struct id id;
    int users[2]; /* by enum call_role */
    enum call_state state;
    enum end_reason reason;
    uint64_t started_ms;
    bool was_active;
    enum status callee_status; /* when it was started */
    session_id here[2];        /* who was told that it holds the media; 0: nobody */
};

struct oracle {
    struct oracle_call calls[ORACLE_CALLS_MAX];
    int call_count;
    struct id users[ORACLE_USERS_MAX];
    int user_count;
    enum status statuses[ORACLE_USERS_MAX]; /* as chosen now */
    uint32_t ring_ms;
    char violation[160]; /* empty: none so far */
};

struct oracle_call *oracle_find(struct oracle *oracle, const struct id *call);

/* A start was answered with the call of the same id. */
void oracle_started(struct oracle *oracle, const struct id *call, int caller, int callee,
                    uint64_t now_ms);
/* Whether the user is one of the two. */
bool oracle_is_part(const struct oracle_call *call, int user);
/* The session of the user was told, or answered, how the call is. */
void oracle_view(struct oracle *oracle, session_id session, int user, const struct call_view *view);
/* A description or candidate reaches the session of the user. */
void oracle_forwarded(struct oracle *oracle, int user, const struct id *call);
/* The session has left the call, or is gone (`call` NULL: from all). */
void oracle_left(struct oracle *oracle, session_id session, const struct id *call);
/* A command about a call by one who has no part in it. */
void oracle_stranger(struct oracle *oracle, enum err answer);

/* What must hold after each step. */
void oracle_check(struct oracle *oracle, const struct portal *portal, const bool *has_session,
                  uint64_t now_ms);
bool oracle_any_live(const struct oracle *oracle);

__attribute__((format(printf, 2, 3))) void oracle_fail(struct oracle *oracle, const char *format,
                                                       ...);

#endif
