/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with calls; who acts is the session. */
#include "portal/calls_internal.h"

#include "base/counter.h"
#include "base/log.h"

/* A command of a session about a call that its user is part of. */
struct command {
    struct session *session;
    struct entry *entry;
    enum call_role role;
};

/* ERR_NOT_FOUND: no such call, or a stranger's; the same from outside (N11). */
static enum err find(struct portal *portal, session_id session, const struct id *call,
                     struct command *out)
{
    out->session = session_find(portal, session);
    out->entry = map_find(portal->calls->by_id, id_slice(call));
    if (out->session == NULL || out->entry == NULL) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_NOT_FOUND;
    }
    const struct id *user = &out->session->person->user.id;
    out->role = calls_role_of(out->entry, user);
    if (!id_equal(&out->entry->users[out->role], user) && !CALL_HAS_FAULT(STRANGERS)) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_NOT_FOUND;
    }
    return OK;
}

MUST_USE enum err calls_find_for(struct portal *portal, session_id session, const struct id *call,
                                 struct entry **entry, enum call_role *role)
{
    struct command found;
    enum err err = find(portal, session, call, &found);
    if (err == OK) {
        *entry = found.entry;
        *role = found.role;
    }
    return err;
}

static enum err command(struct portal *portal, session_id session, const struct id *call,
                        struct call_input input, const struct event *message, uint64_t now_ms)
{
    struct command found;
    enum err err = find(portal, session, call, &found);
    if (err != OK) {
        return err;
    }
    input.role = found.role;
    return calls_apply(found.entry, input, session, message, now_ms);
}

static enum err accept(struct entry *entry, session_id session, enum call_role role,
                       bool microphone_on, bool camera_on, uint64_t now_ms)
{
    const struct line *line = calls_line(entry->calls, &entry->users[role]);
    if (role == ROLE_CALLEE && entry->call.state == CALL_RINGING && line->holds != NULL) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return ERR_BUSY; /* one call at a time in which the user takes part */
    }
    struct call_input input = {.event = CALL_EVENT_ACCEPT,
                               .role = role,
                               .microphone_on = microphone_on,
                               .camera_on = camera_on};
    return calls_apply(entry, input, session, NULL, now_ms);
}

/* The call of `callee` that rings at the user of `line`: both pressed Call (N1). */
static struct entry *find_glare(const struct line *line, const struct person *callee)
{
    for (uint32_t i = 0; line != NULL && i < line->ringing_count; i++) {
        if (!CALL_HAS_FAULT(TWO_CALLS) &&
            id_equal(&line->ringing[i]->users[ROLE_CALLER], &callee->user.id)) {
            return line->ringing[i];
        }
    }
    return NULL;
}

/* A start that has been made already: *out is its call. ERR_EXISTS: the id is another's. */
static enum err find_repeated(const struct calls *calls, const struct session *session,
                              const struct id *call, struct entry **out)
{
    const struct line *line = calls_line(calls, &session->person->user.id);
    struct entry *entry = map_find(calls->by_id, id_slice(call));
    *out = NULL;
    if (entry != NULL) {
        *out = entry;
        /* After a restart of the server nobody knows which session it was. */
        bool own = entry->starter == session->id ||
                   (entry->starter == 0 &&
                    id_equal(&entry->users[ROLE_CALLER], &session->person->user.id));
        return own ? OK : ERR_EXISTS;
    }
    if (line != NULL && line->holds != NULL && id_equal(&line->holds->alias, call) &&
        line->holds->alias_starter == session->id) {
        *out = line->holds;
    }
    return OK;
}

MUST_USE enum err portal_call_start(struct portal *portal, session_id session,
                                    const struct portal_call_start *wanted, uint64_t now_ms,
                                    struct call_view *out)
{
    struct calls *calls = portal->calls;
    const struct id *call = &wanted->call;
    portal->now_ms = now_ms;
    const struct session *own = session_find(portal, session);
    struct entry *entry = NULL;
    if (own == NULL) {
        return ERR_NOT_FOUND;
    }
    if (id_is_zero(call)) {
        return ERR_INVALID;
    }
    enum err err = find_repeated(calls, own, call, &entry);
    if (err != OK) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return err;
    }
    const struct id *user = &own->person->user.id;
    if (entry != NULL) {
        return calls_view(entry, calls_role_of(entry, user), session, now_ms, out);
    }
    const struct person *callee = person_find_name(portal, wanted->callee);
    if (callee == NULL || !policy_may_call(portal, own->person, callee)) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return ERR_NOT_FOUND;
    }
    const struct line *line = calls_line(calls, user);
    if (line != NULL && line->holds != NULL) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return ERR_BUSY;
    }
    entry = find_glare(line, callee);
    if (entry != NULL) {
        entry->alias = *call;
        entry->alias_starter = session;
        err = accept(entry, session, ROLE_CALLEE, wanted->microphone_on, wanted->camera_on, now_ms);
        return err != OK ? err : calls_view(entry, ROLE_CALLEE, session, now_ms, out);
    }
    if (calls->live_count >= portal->limits.calls_max) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return ERR_LIMIT;
    }
    if (calls->ended_count >= portal->limits.calls_max) {
        calls_forget_oldest(calls);
    }
    err = calls_add(calls, own, wanted, callee, &entry);
    if (err != OK) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return err;
    }
    call_init(&entry->call, wanted->microphone_on, wanted->camera_on, &calls->times, now_ms);
    err = calls_start(calls, own, entry, callee, now_ms);
    return err != OK ? err : calls_view(entry, ROLE_CALLER, session, now_ms, out);
}

MUST_USE enum err portal_call_accept(struct portal *portal, session_id session,
                                     const struct id *call, bool microphone_on, bool camera_on,
                                     uint64_t now_ms, struct call_view *out)
{
    struct command found;
    portal->now_ms = now_ms;
    enum err err = find(portal, session, call, &found);
    if (err == OK) {
        err = accept(found.entry, session, found.role, microphone_on, camera_on, now_ms);
    }
    return err != OK ? err : calls_view(found.entry, found.role, session, now_ms, out);
}

MUST_USE enum err portal_call_decline(struct portal *portal, session_id session,
                                      const struct id *call, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct call_input input = {.event = CALL_EVENT_DECLINE};
    return command(portal, session, call, input, NULL, now_ms);
}

MUST_USE enum err portal_call_end(struct portal *portal, session_id session, const struct id *call,
                                  enum end_reason reason, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    if (reason != END_HUNG_UP && reason != END_PERMISSION_DENIED && reason != END_NO_DEVICE &&
        reason != END_MEDIA_FAILED && reason != END_MEDIA_LOST) {
        return ERR_INVALID;
    }
    struct call_input input = {.event = CALL_EVENT_END, .reason = reason};
    return command(portal, session, call, input, NULL, now_ms);
}

MUST_USE enum err portal_call_connected(struct portal *portal, session_id session,
                                        const struct id *call, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct call_input input = {.event = CALL_EVENT_CONNECTED};
    return command(portal, session, call, input, NULL, now_ms);
}

MUST_USE enum err portal_call_peek(struct portal *portal, const struct id *user,
                                   const struct id *call, uint64_t now_ms, struct call_view *out)
{
    const struct entry *entry = map_find(portal->calls->by_id, id_slice(call));
    portal->now_ms = now_ms;
    if (entry == NULL || !id_equal(&entry->users[calls_role_of(entry, user)], user)) {
        return ERR_NOT_FOUND;
    }
    return calls_view(entry, calls_role_of(entry, user), 0, now_ms, out);
}

MUST_USE enum err portal_call_decline_away(struct portal *portal, const struct id *user,
                                           const struct id *call, uint64_t now_ms)
{
    struct entry *entry = map_find(portal->calls->by_id, id_slice(call));
    portal->now_ms = now_ms;
    if (entry == NULL || !id_equal(&entry->users[calls_role_of(entry, user)], user)) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_NOT_FOUND;
    }
    struct call_input input = {.event = CALL_EVENT_DECLINE, .role = calls_role_of(entry, user)};
    return calls_apply(entry, input, 0, NULL, now_ms);
}

MUST_USE enum err portal_call_join(struct portal *portal, session_id session, const struct id *call,
                                   uint64_t now_ms, struct call_view *out)
{
    struct command found;
    portal->now_ms = now_ms;
    enum err err = find(portal, session, call, &found);
    if (err == OK) {
        struct call_input input = {.event = CALL_EVENT_JOIN, .role = found.role};
        err = calls_apply(found.entry, input, session, NULL, now_ms);
    }
    return err != OK ? err : calls_view(found.entry, found.role, session, now_ms, out);
}

MUST_USE enum err portal_call_leave(struct portal *portal, session_id session,
                                    const struct id *call, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct call_input input = {.event = CALL_EVENT_LEAVE};
    return command(portal, session, call, input, NULL, now_ms);
}

MUST_USE enum err portal_call_media(struct portal *portal, session_id session,
                                    const struct id *call, const struct call_media *media,
                                    uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct call_input input = {.event = CALL_EVENT_MEDIA,
                               .microphone_on = media->microphone_on,
                               .camera_on = media->camera_on,
                               .screen_on = media->screen_on,
                               .in_trouble = media->in_trouble};
    enum err err = command(portal, session, call, input, NULL, now_ms);
    if (err != OK || (!media->switched_microphone && !media->switched_camera)) {
        return err;
    }
    const struct user *user = &session_find(portal, session)->person->user;
    bool microphone_on = media->switched_microphone ? media->microphone_on : user->microphone_on;
    bool camera_on = media->switched_camera ? media->camera_on : user->camera_on;
    enum err kept = portal_set_media(portal, &user->id, microphone_on, camera_on, now_ms);
    if (kept != OK) { /* the call goes on; only the memory of the last call is old */
        log_warn("media not remembered", "err=%s", err_name(kept));
    }
    return OK;
}
