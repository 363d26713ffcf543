/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/call.h"
#include "portal/internal.h"

#include "base/counter.h"
#include "base/histogram.h"
#include "base/log.h"

#define RINGING_MAX 4        /* callers who may ring one person at once */
#define ENDED_MS (60 * 1000) /* how long an ended call can be found */

/* A call, its two users and the sessions that hold their media. Owned by calls.by_id. */
struct entry {
    struct wheel_timer timer; /* first: the timer is the entry */
    struct calls *calls;
    struct call call;
    struct id id;
    struct id users[CALL_SIDES];
    session_id places[CALL_SIDES]; /* 0: nobody there */
    session_id starter;            /* may repeat its start */
    bool silent;                   /* the callee did not want to be disturbed at the start */
    uint64_t started_ms;
    uint64_t answered_ms; /* 0: never */
    struct id alias;      /* the id of the callee's own start (glare); 0: none */
    session_id alias_starter;
    struct entry *ended_next;
};

/* What one user has on the telephone. Exists while there is something. */
struct line {
    struct id user;
    struct entry *holds; /* the one call that the user has started or answered */
    struct entry *ringing[RINGING_MAX];
    uint32_t ringing_count;
};

struct calls {
    struct portal *portal;
    struct wheel *wheel;
    struct map *by_id;   /* live and ended ones */
    struct map *by_user; /* lines */
    struct call_times times;
    uint32_t live_count;
    uint32_t ended_count;
    struct entry *ended; /* oldest first, which is the order of their deadlines */
    struct entry **ended_end;
};

/* A command of a session about a call that its user is part of. */
struct command {
    struct session *session;
    struct entry *entry;
    enum call_role role;
};

static enum err apply(struct entry *entry, struct call_input input, session_id actor,
                      const struct event *message, uint64_t now_ms);

MUST_USE enum err calls_create(struct portal *portal, struct calls **out)
{
    const struct portal_limits *limits = &portal->limits;
    struct calls *calls = mem_alloc(sizeof *calls);
    if (calls == NULL) {
        return ERR_NOMEM;
    }
    calls->portal = portal;
    calls->ended_end = &calls->ended;
    calls->times = (struct call_times){
        .ring_ms = limits->ring_ms,
        .connect_ms = limits->connect_ms,
        .leave_grace_ms = limits->leave_grace_ms,
        .rejoin_ms = limits->rejoin_ms,
        .call_max_ms = limits->call_max_ms,
        .ended_ms = ENDED_MS,
        .candidates_max = limits->candidates_max,
    };
    enum err err = wheel_create(portal->now_ms, &calls->wheel);
    if (err == OK) {
        err = map_create((size_t)limits->calls_max * 2 + 1, &calls->by_id);
    }
    if (err == OK) {
        err = map_create((size_t)limits->calls_max * 2 + 2, &calls->by_user);
    }
    if (err != OK) {
        calls_destroy(calls);
        return err;
    }
    *out = calls;
    return OK;
}

void calls_destroy(struct calls *calls)
{
    if (calls == NULL) {
        return;
    }
    /* First: it takes the timers of the calls out. */
    if (calls->wheel != NULL) { /* before the timers in the calls are freed */
        wheel_destroy(calls->wheel);
    }
    struct map *maps[] = {calls->by_id, calls->by_user};
    for (size_t i = 0; i < 2; i++) {
        size_t cursor = 0;
        void *value;
        while (maps[i] != NULL && (value = map_next(maps[i], &cursor)) != NULL) {
            mem_free(value);
        }
        map_destroy(maps[i]);
    }
    mem_free(calls);
}

static struct line *line_find(const struct calls *calls, const struct id *user)
{
    return map_find(calls->by_user, id_slice(user));
}

static enum err line_get(struct calls *calls, const struct id *user, struct line **out)
{
    *out = line_find(calls, user);
    if (*out != NULL) {
        return OK;
    }
    struct line *line = mem_alloc(sizeof *line);
    if (line == NULL) {
        return ERR_NOMEM;
    }
    line->user = *user;
    enum err err = map_add(calls->by_user, id_slice(&line->user), line);
    if (err != OK) {
        mem_free(line);
        return err;
    }
    *out = line;
    return OK;
}

/* Frees the line when nothing is on it. */
static void line_drop(struct calls *calls, const struct id *user)
{
    struct line *line = line_find(calls, user);
    if (line != NULL && line->holds == NULL && line->ringing_count == 0) {
        (void)map_remove(calls->by_user, id_slice(user));
        mem_free(line);
    }
}

static void line_stop_ringing(struct line *line, const struct entry *entry)
{
    for (uint32_t i = 0; i < line->ringing_count; i++) {
        if (line->ringing[i] == entry) {
            line->ringing[i] = line->ringing[--line->ringing_count];
            return;
        }
    }
}

static void presence_changed(const struct calls *calls, const struct id *user)
{
    struct person *person = person_find(calls->portal, user);
    if (person != NULL) {
        person_presence_changed(calls->portal, person);
    }
}

/* ERR_NOT_FOUND: the other person exists no more. */
static enum err make_view(const struct entry *entry, enum call_role role, session_id session,
                          uint64_t now_ms, struct call_view *out)
{
    const struct call *call = &entry->call;
    enum call_role other = call_other(role);
    const struct person *peer = person_find(entry->calls->portal, &entry->users[other]);
    if (peer == NULL) {
        return ERR_NOT_FOUND;
    }
    const struct call_side *side = &call->sides[other];
    bool rings = call->state == CALL_RINGING && call->deadline_ms > now_ms;
    *out = (struct call_view){
        .call = entry->id,
        .state = call->state,
        .role = role,
        .peer = &peer->user,
        .ring_left_ms = rings ? (uint32_t)(call->deadline_ms - now_ms) : 0,
        .age_ms = call->state == CALL_ACTIVE ? (uint32_t)(now_ms - call->active_ms) : 0,
        .here = call->state != CALL_ENDED && entry->places[role] == session,
        .peer_microphone_on = side->microphone_on,
        .peer_camera_on = side->camera_on,
        .peer_away = side->away,
        .peer_screen_on = side->screen_on,
        .peer_in_trouble = side->in_trouble,
        .silent = entry->silent,
        .reason = call->reason,
        .ended_by_me = call->state == CALL_ENDED && call->ended_by_user && call->ended_by == role,
    };
    return OK;
}

/* `reason` END_NONE: as the call is; otherwise this session's part of it has ended for that. */
static void tell(const struct entry *entry, enum call_role role, session_id session,
                 enum end_reason reason, uint64_t now_ms)
{
    struct event event = {.kind = EVENT_CALL};
    if (session == 0 || make_view(entry, role, session, now_ms, &event.call) != OK) {
        return;
    }
    if (reason != END_NONE) {
        event.call.state = CALL_ENDED;
        event.call.reason = reason;
        event.call.here = false;
        event.call.ring_left_ms = 0;
        event.call.age_ms = 0;
    }
    session_tell(entry->calls->portal, session, &event);
}

static void tell_side(const struct entry *entry, enum call_role role, session_id actor,
                      uint64_t now_ms)
{
    const struct person *person = person_find(entry->calls->portal, &entry->users[role]);
    bool declined = entry->call.state == CALL_ENDED && entry->call.reason == END_DECLINED;
    for (const struct session *session = person == NULL ? NULL : person->sessions; session != NULL;
         session = session->next) {
        bool elsewhere = declined && role == ROLE_CALLEE && session->id != actor;
        tell(entry, role, session->id, elsewhere ? END_DECLINED_ELSEWHERE : END_NONE, now_ms);
    }
}

static void forget(struct entry *entry)
{
    struct calls *calls = entry->calls;
    ASSERT(calls->ended == entry);
    calls->ended = entry->ended_next;
    if (calls->ended == NULL) {
        calls->ended_end = &calls->ended;
    }
    calls->ended_count--;
    wheel_stop(&entry->timer);
    (void)map_remove(calls->by_id, id_slice(&entry->id));
    mem_free(entry);
}

_Static_assert((int)COUNTER_CALLS_ENDED_TOO_LONG - (int)COUNTER_CALLS_ENDED_HUNG_UP ==
                   (int)END_TOO_LONG - (int)END_HUNG_UP,
               "the counters of ended calls are in the order of the reasons");

static void count_end(const struct entry *entry, uint64_t now_ms)
{
    const struct call *call = &entry->call;
    int reason = (int)call->reason - (int)END_HUNG_UP;
    counter_increment((enum counter)(COUNTER_CALLS_ENDED_HUNG_UP + reason));
    if (entry->answered_ms != 0) {
        histogram_observe(HISTOGRAM_CALLS_RING, entry->answered_ms - entry->started_ms);
    }
    if (entry->answered_ms != 0 && call->active_ms != 0) {
        histogram_observe(HISTOGRAM_CALLS_SETUP, call->active_ms - entry->answered_ms);
        histogram_observe(HISTOGRAM_CALLS_TALK, now_ms - call->active_ms);
    }
}

/* Frees both users; the entry is still found for ENDED_MS. */
static void on_ended(struct entry *entry, uint64_t now_ms)
{
    struct calls *calls = entry->calls;
    for (int role = 0; role < CALL_SIDES; role++) {
        struct line *line = line_find(calls, &entry->users[role]);
        if (line == NULL) {
            continue;
        }
        if (line->holds == entry) {
            line->holds = NULL;
            presence_changed(calls, &entry->users[role]);
        }
        line_stop_ringing(line, entry);
        line_drop(calls, &entry->users[role]);
        entry->places[role] = 0;
    }
    calls->live_count--;
    *calls->ended_end = entry;
    calls->ended_end = &entry->ended_next;
    calls->ended_count++;
    count_end(entry, now_ms);
    char text[ID_TEXT_SIZE];
    id_format(&entry->id, text);
    log_info("call ended", "call=%s reason=%s", text, end_reason_name(entry->call.reason));
}

static void on_answered(struct entry *entry, session_id actor, uint64_t now_ms)
{
    struct calls *calls = entry->calls;
    struct line *line = line_find(calls, &entry->users[ROLE_CALLEE]);
    ASSERT(line != NULL && line->holds == NULL);
    line_stop_ringing(line, entry);
    line->holds = entry;
    counter_increment(COUNTER_CALLS_ANSWERED);
    entry->answered_ms = now_ms;
    presence_changed(calls, &entry->users[ROLE_CALLEE]);
    const struct person *callee = person_find(calls->portal, &entry->users[ROLE_CALLEE]);
    for (const struct session *session = callee == NULL ? NULL : callee->sessions; session != NULL;
         session = session->next) {
        if (session->id != actor) {
            tell(entry, ROLE_CALLEE, session->id, END_ANSWERED_ELSEWHERE, now_ms);
        }
    }
}

static void carry_out(struct entry *entry, const struct call_effect *effect, session_id actor,
                      const struct event *message, uint64_t now_ms)
{
    enum call_role role = effect->role;
    switch (effect->kind) {
    case CALL_EFFECT_PLACE: {
        session_id old = entry->places[role];
        entry->places[role] = actor;
        if (!CALL_HAS_FAULT(TWO_ANSWERS)) {
            tell(entry, role, old, END_REPLACED, now_ms);
        }
        break;
    }
    case CALL_EFFECT_UNPLACE:
        entry->places[role] = 0;
        break;
    case CALL_EFFECT_ANSWERED:
        on_answered(entry, actor, now_ms);
        break;
    case CALL_EFFECT_TELL_SIDE:
        tell_side(entry, role, actor, now_ms);
        break;
    case CALL_EFFECT_TELL_PLACE:
        tell(entry, role, entry->places[role], END_NONE, now_ms);
        break;
    case CALL_EFFECT_FORWARD:
        session_tell(entry->calls->portal, entry->places[role], message);
        break;
    case CALL_EFFECT_ENDED:
        on_ended(entry, now_ms);
        break;
    }
}

static void on_timer(struct wheel_timer *timer, uint64_t now_ms)
{
    struct entry *entry = (struct entry *)timer;
    struct call_input input;
    if (entry->call.state == CALL_ENDED) {
        /* The older ones are due as well: all wait equally long. */
        struct calls *calls = entry->calls;
        while (calls->ended != NULL && calls->ended->call.deadline_ms <= now_ms) {
            forget(calls->ended);
        }
        return;
    }
    if (call_due(&entry->call, now_ms, &input)) {
        enum err err = apply(entry, input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
}

/* Applies the event to the call and carries out what follows; `actor` 0: the server itself. */
static enum err apply(struct entry *entry, struct call_input input, session_id actor,
                      const struct event *message, uint64_t now_ms)
{
    struct calls *calls = entry->calls;
    struct call_effects effects;
    input.at_place = actor != 0 && entry->places[input.role] == actor;
    enum err err = call_apply(&entry->call, &input, &calls->times, now_ms, &effects);
    if (err != OK) {
        counter_increment(COUNTER_CALLS_STALE);
        return err;
    }
    for (uint8_t i = 0; i < effects.count; i++) {
        carry_out(entry, &effects.list[i], actor, message, now_ms);
    }
    wheel_start(calls->wheel, &entry->timer, call_next_ms(&entry->call), on_timer);
    return OK;
}

void calls_tick(struct portal *portal, uint64_t now_ms)
{
    wheel_tick(portal->calls->wheel, now_ms);
}

uint64_t calls_next_ms(const struct portal *portal)
{
    return wheel_next_ms(portal->calls->wheel);
}

void calls_count(const struct portal *portal, uint32_t counts[CALL_STATE_COUNT])
{
    size_t cursor = 0;
    const struct entry *entry;
    while ((entry = map_next(portal->calls->by_id, &cursor)) != NULL) {
        counts[entry->call.state]++;
    }
}

bool calls_user_in_call(const struct portal *portal, const struct id *user)
{
    const struct line *line = portal->calls == NULL ? NULL : line_find(portal->calls, user);
    return line != NULL && line->holds != NULL;
}

static enum call_role role_of(const struct entry *entry, const struct id *user)
{
    return id_equal(&entry->users[ROLE_CALLER], user) ? ROLE_CALLER : ROLE_CALLEE;
}

bool calls_session_talks(const struct portal *portal, const struct session *session)
{
    const struct id *user = &session->person->user.id;
    const struct line *line = line_find(portal->calls, user);
    return line != NULL && line->holds != NULL &&
           line->holds->places[role_of(line->holds, user)] == session->id;
}

void calls_session_away(struct portal *portal, session_id session, bool away, uint64_t now_ms)
{
    const struct session *found = session_find(portal, session);
    struct line *line = found == NULL ? NULL : line_find(portal->calls, &found->person->user.id);
    if (line == NULL || line->holds == NULL) {
        return;
    }
    struct call_input input = {.event = away ? CALL_EVENT_LOST : CALL_EVENT_BACK,
                               .role = role_of(line->holds, &line->user)};
    enum err err = apply(line->holds, input, session, NULL, now_ms);
    ASSERT(err == OK);
}

/* Ends all calls that ring at the user, who can hear none of them. */
static void ringing_unreachable(struct portal *portal, const struct id *user, uint64_t now_ms)
{
    struct line *line;
    while ((line = line_find(portal->calls, user)) != NULL && line->ringing_count > 0) {
        struct call_input input = {.event = CALL_EVENT_UNREACHABLE, .role = ROLE_CALLEE};
        enum err err = apply(line->ringing[0], input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
}

void calls_session_closed(struct portal *portal, session_id session, const struct id *user,
                          uint64_t now_ms)
{
    struct line *line = line_find(portal->calls, user);
    if (line != NULL && line->holds != NULL) {
        struct entry *entry = line->holds;
        struct call_input input = {.event = CALL_EVENT_LOST, .role = role_of(entry, user)};
        if (entry->places[input.role] == session) {
            enum err err = apply(entry, input, session, NULL, now_ms);
            ASSERT(err == OK);
            entry->places[input.role] = 0;
        }
    }
    const struct person *person = person_find(portal, user);
    if (person == NULL || person->sessions == NULL) {
        ringing_unreachable(portal, user, now_ms);
    }
}

void calls_user_gone(struct portal *portal, const struct id *user, uint64_t now_ms)
{
    ringing_unreachable(portal, user, now_ms);
    struct line *line = line_find(portal->calls, user);
    if (line != NULL && line->holds != NULL) {
        bool rings = line->holds->call.state == CALL_RINGING;
        struct call_input input = {.event = CALL_EVENT_STOP,
                                   .role = role_of(line->holds, user),
                                   .reason = rings ? END_CANCELLED : END_SIGNALLING_LOST};
        enum err err = apply(line->holds, input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
}

void calls_snapshot(struct portal *portal, session_id session, uint64_t now_ms)
{
    const struct session *found = session_find(portal, session);
    struct line *line = found == NULL ? NULL : line_find(portal->calls, &found->person->user.id);
    if (line == NULL) {
        return;
    }
    if (line->holds != NULL) {
        tell(line->holds, role_of(line->holds, &line->user), session, END_NONE, now_ms);
    }
    for (uint32_t i = 0; i < line->ringing_count; i++) {
        tell(line->ringing[i], ROLE_CALLEE, session, END_NONE, now_ms);
    }
}

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
    out->role = role_of(out->entry, user);
    if (!id_equal(&out->entry->users[out->role], user) && !CALL_HAS_FAULT(STRANGERS)) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_NOT_FOUND;
    }
    return OK;
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
    return apply(found.entry, input, session, message, now_ms);
}

static enum err accept(struct entry *entry, session_id session, enum call_role role,
                       bool microphone_on, bool camera_on, uint64_t now_ms)
{
    const struct line *line = line_find(entry->calls, &entry->users[role]);
    if (role == ROLE_CALLEE && entry->call.state == CALL_RINGING && line->holds != NULL) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return ERR_BUSY; /* one call at a time in which the user takes part */
    }
    struct call_input input = {.event = CALL_EVENT_ACCEPT,
                               .role = role,
                               .microphone_on = microphone_on,
                               .camera_on = camera_on};
    return apply(entry, input, session, NULL, now_ms);
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
    const struct line *line = line_find(calls, &session->person->user.id);
    struct entry *entry = map_find(calls->by_id, id_slice(call));
    *out = NULL;
    if (entry != NULL) {
        *out = entry;
        return entry->starter == session->id ? OK : ERR_EXISTS;
    }
    if (line != NULL && line->holds != NULL && id_equal(&line->holds->alias, call) &&
        line->holds->alias_starter == session->id) {
        *out = line->holds;
    }
    return OK;
}

/* Puts a new ringing call onto both lines. ERR_NOMEM, ERR_LIMIT: nothing has changed. */
static enum err add(struct calls *calls, const struct session *session, const struct id *call,
                    const struct person *callee, struct entry **out)
{
    const struct id *caller = &session->person->user.id;
    struct line *from = NULL;
    struct line *to = NULL;
    struct entry *entry = mem_alloc(sizeof *entry);
    enum err err = entry == NULL ? ERR_NOMEM : line_get(calls, caller, &from);
    if (err == OK) {
        err = line_get(calls, &callee->user.id, &to);
    }
    if (err == OK) {
        entry->calls = calls;
        entry->id = *call;
        entry->users[ROLE_CALLER] = *caller;
        entry->users[ROLE_CALLEE] = callee->user.id;
        entry->places[ROLE_CALLER] = session->id;
        entry->starter = session->id;
        entry->started_ms = calls->portal->now_ms;
        err = map_add(calls->by_id, id_slice(&entry->id), entry);
    }
    if (err != OK) {
        line_drop(calls, caller);
        line_drop(calls, &callee->user.id);
        mem_free(entry);
        return err;
    }
    from->holds = entry;
    calls->live_count++;
    *out = entry;
    return OK;
}

static enum err start(struct calls *calls, const struct session *session, struct entry *entry,
                      const struct person *callee, uint64_t now_ms)
{
    struct line *line = line_find(calls, &callee->user.id);
    counter_increment(COUNTER_CALLS_STARTED);
    presence_changed(calls, &entry->users[ROLE_CALLER]);
    struct call_input input = {.event = CALL_EVENT_UNREACHABLE, .role = ROLE_CALLEE};
    /* First: who is invisible is not busy either. */
    if (status_hides(callee) && !CALL_HAS_FAULT(RINGS_HIDDEN)) {
        return apply(entry, input, session->id, NULL, now_ms);
    }
    bool busy = line->holds != NULL && !CALL_HAS_FAULT(TWO_CALLS);
    if (busy || line->ringing_count >= RINGING_MAX) {
        input.event = CALL_EVENT_BUSY;
        return apply(entry, input, session->id, NULL, now_ms);
    }
    line->ringing[line->ringing_count++] = entry;
    entry->silent = callee->user.status == STATUS_DO_NOT_DISTURB;
    wheel_start(calls->wheel, &entry->timer, call_next_ms(&entry->call), on_timer);
    tell_side(entry, ROLE_CALLEE, session->id, now_ms);
    for (const struct session *own = session->person->sessions; own != NULL; own = own->next) {
        if (own != session) { /* this one has the answer */
            tell(entry, ROLE_CALLER, own->id, END_NONE, now_ms);
        }
    }
    return OK;
}

MUST_USE enum err portal_call_start(struct portal *portal, session_id session,
                                    const struct id *call, struct slice callee_name,
                                    bool microphone_on, bool camera_on, uint64_t now_ms,
                                    struct call_view *out)
{
    struct calls *calls = portal->calls;
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
        return make_view(entry, role_of(entry, user), session, now_ms, out);
    }
    const struct person *callee = person_find_name(portal, callee_name);
    if (callee == NULL || !policy_may_call(portal, own->person, callee)) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return ERR_NOT_FOUND;
    }
    const struct line *line = line_find(calls, user);
    if (line != NULL && line->holds != NULL) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return ERR_BUSY;
    }
    entry = find_glare(line, callee);
    if (entry != NULL) {
        entry->alias = *call;
        entry->alias_starter = session;
        err = accept(entry, session, ROLE_CALLEE, microphone_on, camera_on, now_ms);
        return err != OK ? err : make_view(entry, ROLE_CALLEE, session, now_ms, out);
    }
    if (calls->live_count >= portal->limits.calls_max) {
        counter_increment(COUNTER_CALLS_REFUSED);
        return ERR_LIMIT;
    }
    if (calls->ended_count >= portal->limits.calls_max) {
        forget(calls->ended);
    }
    err = add(calls, own, call, callee, &entry);
    if (err != OK) {
        return err;
    }
    call_init(&entry->call, microphone_on, camera_on, &calls->times, now_ms);
    err = start(calls, own, entry, callee, now_ms);
    return err != OK ? err : make_view(entry, ROLE_CALLER, session, now_ms, out);
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
    return err != OK ? err : make_view(found.entry, found.role, session, now_ms, out);
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

MUST_USE enum err portal_call_join(struct portal *portal, session_id session, const struct id *call,
                                   uint64_t now_ms, struct call_view *out)
{
    struct command found;
    portal->now_ms = now_ms;
    enum err err = find(portal, session, call, &found);
    if (err == OK) {
        struct call_input input = {.event = CALL_EVENT_JOIN, .role = found.role};
        err = apply(found.entry, input, session, NULL, now_ms);
    }
    return err != OK ? err : make_view(found.entry, found.role, session, now_ms, out);
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
                                    bool remember, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct call_input input = {.event = CALL_EVENT_MEDIA,
                               .microphone_on = media->microphone_on,
                               .camera_on = media->camera_on,
                               .screen_on = media->screen_on,
                               .in_trouble = media->in_trouble};
    enum err err = command(portal, session, call, input, NULL, now_ms);
    if (err != OK || !remember) {
        return err;
    }
    const struct id *user = &session_find(portal, session)->person->user.id;
    enum err kept = portal_set_media(portal, user, media->microphone_on, media->camera_on, now_ms);
    if (kept != OK) { /* the call goes on; only the memory of the last call is old */
        log_warn("media not remembered", "err=%s", err_name(kept));
    }
    return OK;
}

/* Whether the other side has a session that would hear it. */
static enum err check_peer(struct portal *portal, session_id session, const struct id *call)
{
    struct command found;
    enum err err = find(portal, session, call, &found);
    if (err == OK && found.entry->places[call_other(found.role)] == 0) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_STATE;
    }
    return err;
}

MUST_USE enum err portal_call_describe(struct portal *portal, session_id session,
                                       const struct call_description *description)
{
    struct event event = {.kind = EVENT_DESCRIPTION, .description = *description};
    struct call_input input = {.event = CALL_EVENT_DESCRIBE};
#ifdef CALL_FAULTS
    const struct entry *entry = map_find(portal->calls->by_id, id_slice(&description->call));
    if (CALL_HAS_FAULT(EARLY_DESCRIPTION) && entry != NULL && entry->call.state == CALL_RINGING) {
        const struct person *callee = person_find(portal, &entry->users[ROLE_CALLEE]);
        session_tell_person(portal, callee, 0, &event);
        return OK;
    }
#endif
    enum err err = check_peer(portal, session, &description->call);
    return err != OK ? err
                     : command(portal, session, &description->call, input, &event, portal->now_ms);
}

MUST_USE enum err portal_call_candidate(struct portal *portal, session_id session,
                                        const struct call_candidate *candidate)
{
    struct event event = {.kind = EVENT_CANDIDATE, .candidate = *candidate};
    struct call_input input = {.event = CALL_EVENT_CANDIDATE};
    enum err err = check_peer(portal, session, &candidate->call);
    return err != OK ? err
                     : command(portal, session, &candidate->call, input, &event, portal->now_ms);
}
