/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of one person that are over; see model/callrecord.h. */
#ifndef PORTAL_HISTORY_H
#define PORTAL_HISTORY_H

#include "portal/portal.h"

struct history_wanted {
    struct slice with; /* a user name: only calls with this person; empty: all */
    bool missed;       /* only missed ones */
    uint64_t before;   /* `next` of an earlier answer; 0: from the newest */
    uint32_t limit;
};

/* Gives the user's calls, newest first, and how many missed ones he has not seen (found->calls,
 * next, missed). ERR_NOT_FOUND: there is nobody called `with`; otherwise as port_read. */
MUST_USE enum err
portal_history(struct portal *portal, const struct id *user, const struct history_wanted *wanted,
               void (*on_done)(void *arg, enum err err, const struct found *found), void *arg);

/* The call, if it is one of the user, and what happened in it (found->calls, steps, media).
 * ERR_NOT_FOUND by on_done: no such call, or not his. */
MUST_USE enum err
portal_timeline(struct portal *portal, const struct id *user, const struct id *call,
                void (*on_done)(void *arg, enum err err, const struct found *found), void *arg);

/* The session's user has seen the missed calls that ended at `until_at_ms` or before; the mark does
 * not go back. His sessions are told how many are left (EVENT_MISSED). */
MUST_USE enum err portal_history_seen(struct portal *portal, session_id session,
                                      int64_t until_at_ms, uint64_t now_ms);

/* Forgets what portal_limits (calls_kept_days, timelines_kept_days, messages_kept_days) says is too
 * old, at most once a day. */
void portal_history_trim(struct portal *portal, int64_t now_s);

#endif
