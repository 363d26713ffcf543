/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/history.h"

#include "base/log.h"
#include "portal/calls_internal.h"
#include "portal/pending.h"
#include "portal/retention.h"

#define DAY_S ((int64_t)24 * 3600)

MUST_USE enum err
portal_history(struct portal *portal, const struct id *user, const struct history_wanted *wanted,
               void (*on_done)(void *arg, enum err err, const struct found *found), void *arg)
{
    struct question question = {.kind = wanted->missed ? ASK_MISSED_CALLS : ASK_CALLS,
                                .who = *user,
                                .before = wanted->before,
                                .limit = wanted->limit};
    if (wanted->with.size > 0) {
        const struct person *other = person_find_name(portal, wanted->with);
        if (other == NULL) {
            return ERR_NOT_FOUND;
        }
        question.id = other->user.id;
    }
    return portal->ports.read.ask(portal->ports.read.ctx, &question, on_done, arg);
}

/* ---- the number of missed calls that were not seen ---- */

static void on_counted(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    const struct person *person = person_find(pending->portal, &pending->user);
    if (err == OK && person != NULL) {
        struct event event = {.kind = EVENT_MISSED, .missed = found->missed};
        session_tell_person(pending->portal, person, 0, &event);
    }
    pending_destroy(pending);
}

/* After the commit; ends the pending. */
static void tell_missed(struct pending *pending, enum err err)
{
    struct portal *portal = pending->portal;
    struct question question = {.kind = ASK_CALLS, .who = pending->user, .limit = 0};
    if (err == OK) {
        err = portal->ports.read.ask(portal->ports.read.ctx, &question, on_counted, pending);
    }
    if (err != OK) {
        log_warn("missed calls are not counted", "error=%s", err_name(err));
        pending_destroy(pending);
    }
}

static MUST_USE enum err keep_and_tell(struct portal *portal, const struct id *user,
                                       const struct change *change)
{
    struct pending *pending = NULL;
    enum err err = pending_create(portal, NULL, &pending);
    if (err != OK) {
        return err;
    }
    pending->user = *user;
    err = pending_reserve(pending, 1);
    if (err == OK) {
        pending->changes[0] = *change;
        err = pending_keep(pending, tell_missed);
    }
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

void history_keep(struct portal *portal, const struct call_record *record)
{
    struct change change = {.kind = CHANGE_CALL_PUT, .call = *record};
    if (!record->missed || keep_and_tell(portal, &record->callee, &change) != OK) {
        account_keep_quietly(portal, &change);
    }
}

MUST_USE enum err portal_history_seen(struct portal *portal, session_id session,
                                      int64_t until_at_ms, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    const struct session *found = session_find(portal, session);
    if (found == NULL) {
        return ERR_NOT_FOUND;
    }
    struct change change = {
        .kind = CHANGE_USER_CALLS_SEEN,
        .user = {.id = found->person->user.id, .calls_seen_at_ms = until_at_ms}};
    return keep_and_tell(portal, &change.user.id, &change);
}

void portal_history_trim(struct portal *portal, int64_t now_s)
{
    if (now_s < portal->trim_s) {
        return;
    }
    portal->trim_s = now_s + DAY_S;
    struct change change = {.kind = CHANGE_CALLS_FORGET};
    change.call.ended_at_ms = (now_s - DAY_S * portal->limits.calls_kept_days) * 1000;
    account_keep_quietly(portal, &change);
    guests_forget(portal, change.call.ended_at_ms / 1000);
    change.kind = CHANGE_TIMELINES_FORGET;
    change.call.ended_at_ms = (now_s - DAY_S * portal->limits.timelines_kept_days) * 1000;
    account_keep_quietly(portal, &change);
    if (portal->limits.messages_kept_days > 0) {
        retention_begin(portal, now_s - DAY_S * portal->limits.messages_kept_days);
    }
}
