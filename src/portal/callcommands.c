/* SPDX-License-Identifier: Apache-2.0 */
/* What people do with calls; who acts is the session. */
#include "portal/calls_internal.h"

#include "base/counter.h"
#include "base/log.h"
#include "portal/rooms.h"

MUST_USE enum err calls_find_for(const struct portal *portal, session_id session,
                                 const struct id *call, struct entry **entry, enum call_role *role)
{
    const struct session *own = session_find(portal, session);
    *entry = map_find(portal->calls->by_id, id_slice(call));
    if (own == NULL || *entry == NULL) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_NOT_FOUND;
    }
    const struct id *user = &own->person->user.id;
    *role = calls_role_of(*entry, user);
    bool stranger = !id_equal(&(*entry)->users[*role], user) && !CALL_HAS_FAULT(STRANGERS);
    if (stranger || calls_is_kept_from(*entry, *role)) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_NOT_FOUND;
    }
    return OK;
}

static enum err command(struct portal *portal, session_id session, const struct id *call,
                        struct call_input input, const struct event *message, uint64_t now_ms)
{
    struct entry *entry = NULL;
    enum err err = calls_find_for(portal, session, call, &entry, &input.role);
    return err != OK ? err : calls_apply(entry, input, session, message, now_ms);
}

static enum err accept(struct entry *entry, session_id session, enum call_role role,
                       const struct portal_call_answer *wanted, uint64_t now_ms)
{
    struct line *line = calls_line(entry->calls, &entry->users[role]);
    if (role == ROLE_CALLEE && entry->call.state == CALL_RINGING) {
        enum err err = hold_others(line, wanted->hold, now_ms);
        if (err != OK) {
            counter_increment(COUNTER_CALLS_REFUSED);
            return err; /* one call at a time in which the user takes part */
        }
    }
    struct call_input input = {.event = CALL_EVENT_ACCEPT,
                               .role = role,
                               .microphone_on = wanted->microphone_on,
                               .camera_on = wanted->camera_on};
    return calls_apply(entry, input, session, NULL, now_ms);
}

/* The call of `callee` that rings at the user of `line`: both pressed Call (N1). */
static struct entry *find_glare(const struct line *line, const struct person *callee)
{
    for (uint32_t i = 0; line != NULL && i < line->ringing_count; i++) {
        if (!CALL_HAS_FAULT(GLARE_TIE) &&
            id_equal(&line->ringing[i]->users[ROLE_CALLER], &callee->user.id)) {
            return line->ringing[i];
        }
    }
    return NULL;
}

/* Ends the call of `user` in which nobody is any more: both windows died, or were closed while the
 * server was down. Who calls again would join it alone, and nobody would be rung (M93): his new
 * call replaces it, whomever it is to. */
static void end_deserted(struct calls *calls, const struct id *user, uint64_t now_ms)
{
    struct entry *entry = line_active(calls_line(calls, user));
    if (entry != NULL && entry->call.sides[ROLE_CALLER].away &&
        entry->call.sides[ROLE_CALLEE].away) {
        struct call_input input = {.event = CALL_EVENT_STOP, .reason = END_REPLACED};
        enum err err = calls_apply(entry, input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
}

/* A start that has been made already: *out is its call. ERR_EXISTS: the id is another's. */
static enum err find_repeated(const struct calls *calls, const struct session *session,
                              const struct id *call, struct entry **out)
{
    const struct id *user = &session->person->user.id;
    struct entry *entry = map_find(calls->by_id, id_slice(call));
    *out = NULL;
    if (entry != NULL) {
        /* From any of his sessions: a page places the call, its window takes it over. */
        *out = entry;
        return id_equal(&entry->users[ROLE_CALLER], user) ? OK : ERR_EXISTS;
    }
    /* Also of a call that is over: a page that comes back repeats what was not answered. */
    entry = map_find(calls->by_alias, id_slice(call));
    if (entry != NULL && id_equal(&entry->users[calls_role_of(entry, user)], user) &&
        !calls_is_kept_from(entry, calls_role_of(entry, user))) {
        *out = entry;
    }
    return OK;
}

/* A start was answered with the call: its id finds the call from now on. Without memory it does
 * not, and a repetition of that start is a start of its own. */
static void add_alias(struct entry *entry, const struct id *alias)
{
    struct map *by_alias = entry->calls->by_alias;
    struct id *place = &entry->aliases[entry->alias_next];
    if (!id_is_zero(place)) {
        (void)map_remove(by_alias, id_slice(place));
    }
    *place = *alias;
    if (map_add(by_alias, id_slice(place), entry) != OK) {
        *place = (struct id){{0}};
        return;
    }
    entry->alias_next = (entry->alias_next + 1) % CALL_ALIASES_MAX;
}

/* The two are in one call already, whatever the page knows of it: glare, or the window of the one
 * who calls is gone and he calls again (recall). *out NULL: they are not. */
static enum err find_pair(struct calls *calls, const struct session *own,
                          const struct person *callee, const struct portal_call_start *wanted,
                          uint64_t now_ms, struct entry **out)
{
    const struct line *line = calls_line(calls, &own->person->user.id);
    struct entry *rings = line_active(line) == NULL ? find_glare(line, callee) : NULL;
    struct entry *entry = line_find_pair(line, &callee->user.id);
    enum err err = OK;
    if (rings != NULL) {
        const struct portal_call_answer answer = {.microphone_on = wanted->microphone_on,
                                                  .camera_on = wanted->camera_on};
        entry = rings;
        entry->early_number = 0; /* the tab that rings may have tried with one, in vain */
        err = accept(entry, own->id, ROLE_CALLEE, &answer, now_ms);
    } else if (entry != NULL) {
        struct call_input input = {.event = CALL_EVENT_JOIN,
                                   .role = calls_role_of(entry, &own->person->user.id)};
        err = entry->call.sides[input.role].away ? calls_apply(entry, input, own->id, NULL, now_ms)
                                                 : ERR_BUSY;
    }
    if (entry != NULL && err == OK) {
        add_alias(entry, &wanted->call);
    }
    *out = entry;
    return err;
}

/* How many guests wait for the user of `line`, which may be NULL. */
static uint32_t count_guests(const struct line *line)
{
    uint32_t count = 0;
    for (uint32_t i = 0; line != NULL && i < line->ringing_count; i++) {
        count += line->ringing[i]->guest ? 1 : 0;
    }
    return count;
}

/* A new call of the session's user. */
static enum err begin(struct calls *calls, const struct session *own, const struct person *callee,
                      const struct portal_call_start *wanted, uint64_t now_ms, struct entry **out)
{
    const struct line *line = calls_line(calls, &own->person->user.id);
    const struct portal_limits *limits = &calls->portal->limits;
    bool guest = policy_is_guest(own->person);
    if (line_active(line) != NULL) {
        return ERR_BUSY;
    }
    if (guest &&
        count_guests(calls_line(calls, &callee->user.id)) >= limits->guests_waiting_per_user_max) {
        counter_increment(COUNTER_GUESTS_REFUSED);
        return ERR_LIMIT;
    }
    if (calls->live_count >= limits->calls_max) {
        return ERR_LIMIT;
    }
    if (calls->ended_count >= limits->calls_max) {
        calls_forget_oldest(calls);
    }
    enum err err = pestering_take(calls->portal, own->person, callee);
    err = err == OK ? calls_add(calls, own, wanted, callee, out) : err;
    if (err == OK) {
        struct person *forgiven = person_find(calls->portal, &callee->user.id);
        pestering_forgive(forgiven, &own->person->user.id); /* who calls wants to be called */
        struct call_times times = calls->times;
        times.ring_ms = guest ? limits->guest_wait_ms : times.ring_ms;
        (*out)->guest = guest;
        call_init(&(*out)->call, wanted->microphone_on, wanted->camera_on, &times, now_ms);
        err = calls_start(calls, own, *out, callee, now_ms);
    }
    return err;
}

MUST_USE enum err portal_call_start(struct portal *portal, session_id session,
                                    const struct portal_call_start *wanted, uint64_t now_ms,
                                    struct call_view *out)
{
    struct calls *calls = portal->calls;
    portal->now_ms = now_ms;
    const struct session *own = session_find(portal, session);
    struct entry *entry = NULL;
    if (own == NULL) {
        return ERR_NOT_FOUND;
    }
    if (id_is_zero(&wanted->call)) {
        return ERR_INVALID;
    }
    bool calls_here = portal_session_calls(portal, session);
    enum err err = calls_here ? find_repeated(calls, own, &wanted->call, &entry) : ERR_UNSUPPORTED;
    if (err == OK && entry == NULL) {
        const struct person *callee = person_find_name(portal, wanted->callee);
        bool may = callee != NULL && policy_may_call(portal, own->person, callee);
        if (may) {
            end_deserted(calls, &own->person->user.id, now_ms);
        }
        err = may ? find_pair(calls, own, callee, wanted, now_ms, &entry) : ERR_NOT_FOUND;
        err = err == OK && entry == NULL ? begin(calls, own, callee, wanted, now_ms, &entry) : err;
    }
    if (err != OK) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return err;
    }
    return calls_view(entry, calls_role_of(entry, &own->person->user.id), session, now_ms, out);
}

MUST_USE enum err portal_call_accept(struct portal *portal, session_id session,
                                     const struct id *call, const struct portal_call_answer *answer,
                                     uint64_t now_ms, struct call_view *out)
{
    struct entry *entry = NULL;
    enum call_role role;
    portal->now_ms = now_ms;
    enum err err = calls_find_for(portal, session, call, &entry, &role);
    if (err == OK && !portal_session_calls(portal, session)) {
        err = ERR_UNSUPPORTED;
    }
    err = err == OK ? accept(entry, session, role, answer, now_ms) : err;
    return err != OK ? err : calls_view(entry, role, session, now_ms, out);
}

MUST_USE enum err portal_call_decline(struct portal *portal, session_id session,
                                      const struct id *call, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct call_input input = {.event = CALL_EVENT_DECLINE};
    return command(portal, session, call, input, NULL, now_ms);
}

MUST_USE enum err portal_call_decline_with(struct portal *portal, session_id session,
                                           const struct id *call, struct slice text,
                                           uint64_t now_ms, portal_done on_done, void *arg)
{
    struct entry *entry = NULL;
    enum call_role role;
    portal->now_ms = now_ms;
    enum err err = calls_find_for(portal, session, call, &entry, &role);
    if (err != OK) {
        return err;
    }
    struct id to = entry->users[call_other(role)];
    struct id from = entry->users[role];
    bool late = role != ROLE_CALLEE || entry->call.state == CALL_ENDED;
    bool guest = entry->guest; /* who has no chat */
    struct call_input input = {.event = CALL_EVENT_DECLINE, .role = role};
    err = calls_apply(entry, input, session, NULL, now_ms);
    if (err == OK && late) {
        err = ERR_STATE; /* a repetition must not say it again */
    }
    err = err == OK && guest ? ERR_NOT_FOUND : err;
    return err != OK ? err : chat_say(portal, &from, &to, text, on_done, arg);
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
    if (entry == NULL || !id_equal(&entry->users[calls_role_of(entry, user)], user) ||
        calls_is_kept_from(entry, calls_role_of(entry, user))) {
        return ERR_NOT_FOUND;
    }
    return calls_view(entry, calls_role_of(entry, user), 0, now_ms, out);
}

MUST_USE enum err portal_call_decline_away(struct portal *portal, const struct id *user,
                                           const struct id *login, const struct id *call,
                                           uint64_t now_ms)
{
    struct entry *entry = map_find(portal->calls->by_id, id_slice(call));
    portal->now_ms = now_ms;
    if (entry == NULL || !id_equal(&entry->users[calls_role_of(entry, user)], user) ||
        calls_is_kept_from(entry, calls_role_of(entry, user))) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_NOT_FOUND;
    }
    struct call_input input = {.event = CALL_EVENT_DECLINE, .role = calls_role_of(entry, user)};
    if (entry->call.state == CALL_RINGING && input.role == ROLE_CALLEE) {
        const char *device = portal_login_device(portal, login);
        memcpy(entry->settled_on, device, strlen(device) + 1);
    }
    return calls_apply(entry, input, 0, NULL, now_ms);
}

MUST_USE enum err portal_call_join(struct portal *portal, session_id session, const struct id *call,
                                   uint64_t now_ms, struct call_view *out)
{
    struct call_input input = {.event = CALL_EVENT_JOIN};
    struct entry *entry = NULL;
    portal->now_ms = now_ms;
    enum err err = calls_find_for(portal, session, call, &entry, &input.role);
    err = err == OK ? calls_apply(entry, input, session, NULL, now_ms) : err;
    return err != OK ? err : calls_view(entry, input.role, session, now_ms, out);
}

void portal_call_comes(struct portal *portal, const struct id *user, const struct id *call,
                       uint64_t now_ms)
{
    struct entry *entry = map_find(portal->calls->by_id, id_slice(call));
    portal->now_ms = now_ms;
    if (entry != NULL && id_equal(&entry->users[calls_role_of(entry, user)], user)) {
        struct call_input input = {.event = CALL_EVENT_COMES, .role = calls_role_of(entry, user)};
        enum err err = calls_apply(entry, input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
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
