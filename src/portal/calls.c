/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/calls_internal.h"

#include <inttypes.h>

#include "base/counter.h"
#include "base/histogram.h"
#include "base/log.h"

void calls_set_times(struct calls *calls, const struct portal_limits *limits)
{
    calls->times = (struct call_times){
        .ring_ms = limits->ring_ms,
        .connect_ms = limits->connect_ms,
        .leave_grace_ms = limits->leave_grace_ms,
        .rejoin_ms = limits->rejoin_ms,
        .call_max_ms = limits->call_max_ms,
        .ended_ms = ENDED_MS,
    };
}

MUST_USE enum err calls_create(struct portal *portal, struct calls **out)
{
    const struct portal_limits *limits = &portal->limits;
    struct calls *calls = mem_alloc(sizeof *calls);
    if (calls == NULL) {
        return ERR_NOMEM;
    }
    calls->portal = portal;
    calls->ended_end = &calls->ended;
    calls_set_times(calls, limits);
    enum err err = wheel_create(portal->now_ms, &calls->wheel);
    if (err == OK) {
        err = map_create((size_t)limits->calls_max * 2 + 1, &calls->by_id);
    }
    if (err == OK) {
        err = map_create((size_t)limits->calls_max * 2 * CALL_ALIASES_MAX, &calls->by_alias);
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
    size_t cursor = 0;
    void *value;
    while (calls->by_id != NULL && (value = map_next(calls->by_id, &cursor)) != NULL) {
        entry_destroy(value);
    }
    cursor = 0;
    while (calls->by_user != NULL && (value = map_next(calls->by_user, &cursor)) != NULL) {
        mem_free(value);
    }
    map_destroy(calls->by_alias);
    map_destroy(calls->by_id);
    map_destroy(calls->by_user);
    mem_free(calls);
}

static void presence_changed(const struct calls *calls, const struct id *user)
{
    struct person *person = person_find(calls->portal, user);
    if (person != NULL) {
        person_presence_changed(calls->portal, person);
    }
}

/* The callee is in another call. */
static bool waits(const struct entry *entry)
{
    const struct line *line = calls_line(entry->calls, &entry->users[ROLE_CALLEE]);
    return line != NULL && line->mine_count > 0;
}

MUST_USE enum err calls_view(const struct entry *entry, enum call_role role, session_id session,
                             uint64_t now_ms, struct call_view *out)
{
    const struct call *call = &entry->call;
    enum call_role other = call_other(role);
    const struct person *peer = person_find(entry->calls->portal, &entry->users[other]);
    const struct person *own = person_find(entry->calls->portal, &entry->users[role]);
    if (peer == NULL) {
        return ERR_NOT_FOUND;
    }
    const struct call_side *side = &call->sides[other];
    bool rings = call->state == CALL_RINGING && call->deadline_ms > now_ms;
    bool answered = call->state == CALL_CONNECTING || call->state == CALL_ACTIVE;
    bool seen = role == ROLE_CALLEE || !entry->hidden; /* nobody learns of the invisible */
    bool heard = rings && role == ROLE_CALLER && entry->ring_count > 0;
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
        .relay_only = own != NULL && policy_relay_only(entry->calls->portal, own),
        .early = answered && role == ROLE_CALLER ? entry->early_number : 0,
        .silent = entry->silent || (entry->hidden && role == ROLE_CALLEE),
        .waiting = rings && seen && waits(entry),
        .ignored = rings && role == ROLE_CALLEE && entry->ignored_count > 0 &&
                   device_ignores(entry, session_find(entry->calls->portal, session)),
        .held_by_me = answered && call->sides[role].held,
        .held_by_peer = answered && side->held,
        .rings = heard ? entry->rings : NULL,
        .ring_count = heard ? entry->ring_count : 0,
        .elsewhere = "",
        .reason = call->reason,
        .ended_by_me = call->state == CALL_ENDED && call->ended_by_user && call->ended_by == role,
        .connector = entry->connector == NULL ? "webrtc" : entry->connector->name,
        .link = answered && entry->link != NULL ? entry->link : "",
    };
    return OK;
}

/* `reason` END_NONE: as the call is; otherwise this session's part of it has ended for that. */
static void tell(const struct entry *entry, enum call_role role, session_id session,
                 enum end_reason reason, uint64_t now_ms)
{
    struct event event = {.kind = EVENT_CALL};
    if (session == 0 || calls_view(entry, role, session, now_ms, &event.call) != OK) {
        return;
    }
    if (reason != END_NONE) {
        event.call.state = CALL_ENDED;
        event.call.reason = reason;
        event.call.moved = reason == END_REPLACED;
        event.call.here = false;
        event.call.ring_left_ms = 0;
        event.call.age_ms = 0;
        event.call.link = "";
        event.call.held_by_me = false;
        event.call.held_by_peer = false;
        if (reason == END_DECLINED_ELSEWHERE || reason == END_ANSWERED_ELSEWHERE) {
            event.call.elsewhere = entry->settled_on;
        }
    }
    session_tell(entry->calls->portal, session, &event);
}

static void tell_side(const struct entry *entry, enum call_role role, session_id actor,
                      uint64_t now_ms)
{
    const struct person *person = person_find(entry->calls->portal, &entry->users[role]);
    if (role == ROLE_CALLEE && entry->unheard) {
        return;
    }
    bool declined = entry->call.state == CALL_ENDED && entry->call.reason == END_DECLINED;
    for (const struct session *session = person == NULL ? NULL : person->sessions; session != NULL;
         session = session->next) {
        bool elsewhere = declined && role == ROLE_CALLEE && session->id != actor;
        tell(entry, role, session->id, elsewhere ? END_DECLINED_ELSEWHERE : END_NONE, now_ms);
        if (CALL_HAS_FAULT(DROPPED)) {
            break;
        }
    }
}

/* The sessions of this side on the device of the one that acts. */
static void tell_device(const struct entry *entry, enum call_role role, session_id actor,
                        uint64_t now_ms)
{
    const struct session *own = session_find(entry->calls->portal, actor);
    for (const struct session *session = own == NULL ? NULL : own->person->sessions;
         session != NULL; session = session->next) {
        if (id_equal(&session->login, &own->login)) {
            tell(entry, role, session->id, END_NONE, now_ms);
        }
    }
}

/* The first call of the user has begun, or his last one is over: what rings at him waits now, or
 * rings from now on. */
static void waiting_changed(struct calls *calls, const struct id *user, uint64_t now_ms)
{
    const struct line *line = calls_line(calls, user);
    const struct person *person = person_find(calls->portal, user);
    for (uint32_t i = 0; line != NULL && person != NULL && i < line->ringing_count; i++) {
        const struct entry *entry = line->ringing[i];
        if (entry->call.deadline_ms <= now_ms) {
            continue; /* about to end */
        }
        tell_side(entry, ROLE_CALLER, 0, now_ms);
        tell_side(entry, ROLE_CALLEE, 0, now_ms);
        if (line->mine_count == 0 && entry->unheard) {
            device_pretend(line->ringing[i], now_ms);
        } else if (line->mine_count == 0 && !line->ringing[i]->guest) {
            push_ring(calls->portal, person, &entry->id, entry->call.deadline_ms - now_ms);
        }
    }
}

/* The call becomes one of the user's own. */
static void take(struct entry *entry, enum call_role role, uint64_t now_ms)
{
    struct calls *calls = entry->calls;
    struct line *line = calls_line(calls, &entry->users[role]);
    line_take(line, entry);
    presence_changed(calls, &line->user);
    if (line->mine_count == 1) {
        waiting_changed(calls, &entry->users[role], now_ms);
    }
}

/* The user is rid of the call. */
static void give(struct entry *entry, enum call_role role, uint64_t now_ms)
{
    struct calls *calls = entry->calls;
    struct line *line = calls_line(calls, &entry->users[role]);
    if (line == NULL) {
        return;
    }
    uint32_t before = line->mine_count;
    line_stop_ringing(line, entry);
    line_give(line, entry);
    if (before != line->mine_count) {
        presence_changed(calls, &line->user);
    }
    if (before > 0 && line->mine_count == 0) {
        waiting_changed(calls, &entry->users[role], now_ms);
    }
    line_drop(calls, &entry->users[role]);
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
    wheel_stop(&entry->pretence);
    (void)map_remove(calls->by_id, id_slice(&entry->id));
    for (size_t i = 0; i < CALL_ALIASES_MAX; i++) {
        if (!id_is_zero(&entry->aliases[i])) {
            (void)map_remove(calls->by_alias, id_slice(&entry->aliases[i]));
        }
    }
    entry_destroy(entry);
}

_Static_assert((int)COUNTER_CALLS_ENDED_STOPPED - (int)COUNTER_CALLS_ENDED_HUNG_UP ==
                   (int)END_REASON_COUNT - 1 - (int)END_HUNG_UP,
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

/* A call that rang and was not answered: browsers that were told so hear that it is over. */
static void settle_ring(const struct entry *entry)
{
    const struct portal *portal = entry->calls->portal;
    const struct person *callee = person_find(portal, &entry->users[ROLE_CALLEE]);
    enum end_reason reason = entry->call.reason;
    if (callee != NULL && entry->rang && entry->answered_ms == 0) {
        push_settle(portal, callee, &entry->id, reason != END_DECLINED);
    }
}

/* It has rung in vain: the callee did not want it, or did not hear it. */
static void note_vain(const struct entry *entry)
{
    const struct portal *portal = entry->calls->portal;
    enum end_reason reason = entry->call.reason;
    struct person *caller = person_find(portal, &entry->users[ROLE_CALLER]);
    bool in_vain = reason == END_NO_ANSWER || reason == END_CANCELLED || reason == END_DECLINED;
    if (caller != NULL && entry->answered_ms == 0 && in_vain) {
        pestering_note(portal, caller, &entry->users[ROLE_CALLEE]);
    }
}

static const char *log_name(const struct entry *entry, enum call_role role)
{
    const struct person *person = person_find(entry->calls->portal, &entry->users[role]);
    return person == NULL ? "-" : person->user.name;
}

/* The one line of a call: an administrator reads from it whom it was between, why it ended and by
 * whom ("-": nobody), and how long they spoke. */
static void log_end(const struct entry *entry, uint64_t now_ms)
{
    const struct call *call = &entry->call;
    char text[ID_TEXT_SIZE];
    id_format(&entry->id, text);
    uint64_t spoke_ms = call->active_ms == 0 ? 0 : now_ms - call->active_ms;
    log_info("call ended", "call=%s reason=%s by=%s caller=%s callee=%s seconds=%" PRIu64, text,
             end_reason_name(call->reason),
             call->ended_by_user ? log_name(entry, call->ended_by) : "-",
             log_name(entry, ROLE_CALLER), log_name(entry, ROLE_CALLEE), spoke_ms / 1000);
}

/* Frees both users; the entry is still found for ENDED_MS. */
static void on_ended(struct entry *entry, uint64_t now_ms)
{
    struct calls *calls = entry->calls;
    settle_ring(entry);
    note_vain(entry);
    if (entry->call.reason == END_DECLINED) {
        guests_use_up(calls->portal, &entry->users[ROLE_CALLER]);
    }
    for (int role = 0; role < CALL_SIDES; role++) {
        give(entry, (enum call_role)role, now_ms);
        entry->places[role] = 0;
    }
    calls->live_count--;
    *calls->ended_end = entry;
    calls->ended_end = &entry->ended_next;
    calls->ended_count++;
    count_end(entry, now_ms);
    const struct port_media *media = &calls->portal->ports.media;
    if (media->call_ended != NULL) {
        media->call_ended(media->ctx, &entry->id);
    }
    log_end(entry, now_ms);
}

static void on_answered(struct entry *entry, session_id actor, uint64_t now_ms)
{
    struct calls *calls = entry->calls;
    guests_use_up(calls->portal, &entry->users[ROLE_CALLER]);
    line_stop_ringing(calls_line(calls, &entry->users[ROLE_CALLEE]), entry);
    counter_increment(COUNTER_CALLS_ANSWERED);
    entry->answered_ms = now_ms;
    entry->unheard = false; /* he has called the other himself */
    take(entry, ROLE_CALLEE, now_ms);
    const struct person *callee = person_find(calls->portal, &entry->users[ROLE_CALLEE]);
    struct person *caller = person_find(calls->portal, &entry->users[ROLE_CALLER]);
    if (caller != NULL) {
        pestering_forgive(caller, &entry->users[ROLE_CALLEE]);
    }
    if (callee != NULL) {
        push_settle(calls->portal, callee, &entry->id, false);
    }
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
    case CALL_EFFECT_TELL_DEVICE:
        tell_device(entry, role, actor, now_ms);
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
    bool due = call_due(&entry->call, now_ms, &input);
    if (entry->lost) {
        input = (struct call_input){.event = CALL_EVENT_STOP, .reason = END_SERVER_SHUTDOWN};
    }
    if (due || entry->lost) {
        enum err err = calls_apply(entry, input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
}

static bool held_differs(const struct call *a, const struct call *b)
{
    return a->sides[ROLE_CALLER].held != b->sides[ROLE_CALLER].held ||
           a->sides[ROLE_CALLEE].held != b->sides[ROLE_CALLEE].held;
}

MUST_USE enum err calls_apply(struct entry *entry, struct call_input input, session_id actor,
                              const struct event *message, uint64_t now_ms)
{
    struct calls *calls = entry->calls;
    struct call_effects effects;
    input.at_place = actor != 0 && entry->places[input.role] == actor;
    const struct call before = entry->call;
    enum err err = call_apply(&entry->call, &input, &calls->times, now_ms, &effects);
    if (err != OK) {
        counter_increment(COUNTER_CALLS_STALE);
        return err;
    }
    if (before.state == CALL_RINGING && entry->call.state != CALL_RINGING && actor != 0 &&
        input.role == ROLE_CALLEE) {
        const char *device = device_of(calls->portal, actor);
        memcpy(entry->settled_on, device, strlen(device) + 1);
    }
    for (uint8_t i = 0; i < effects.count; i++) {
        carry_out(entry, &effects.list[i], actor, message, now_ms);
    }
    timeline_note(entry, &input, &before, actor, now_ms);
    if (entry->call.state != before.state || held_differs(&entry->call, &before)) {
        calls_keep(entry, now_ms);
    }
    wheel_start(calls->wheel, &entry->timer, call_next_ms(&entry->call), on_timer);
    return OK;
}

void calls_forget_oldest(struct calls *calls)
{
    forget(calls->ended);
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

void portal_renew_calls(struct portal *portal)
{
    struct event event = {.kind = EVENT_RENEW};
    size_t cursor = 0;
    const struct entry *entry;
    while ((entry = map_next(portal->calls->by_id, &cursor)) != NULL) {
        for (int role = 0; role < CALL_SIDES; role++) {
            if (entry->places[role] != 0) {
                session_tell(portal, entry->places[role], &event);
            }
        }
    }
}

bool calls_user_in_call(const struct portal *portal, const struct id *user)
{
    const struct line *line = portal->calls == NULL ? NULL : calls_line(portal->calls, user);
    return line != NULL && line->mine_count > 0;
}

enum call_role calls_role_of(const struct entry *entry, const struct id *user)
{
    return id_equal(&entry->users[ROLE_CALLER], user) ? ROLE_CALLER : ROLE_CALLEE;
}

bool calls_is_kept_from(const struct entry *entry, enum call_role role)
{
    return role == ROLE_CALLEE && entry->unheard;
}

bool calls_session_talks(const struct portal *portal, const struct session *session)
{
    const struct id *user = &session->person->user.id;
    const struct line *line = calls_line(portal->calls, user);
    for (uint32_t i = 0; line != NULL && i < line->mine_count; i++) {
        if (line->mine[i]->places[calls_role_of(line->mine[i], user)] == session->id) {
            return true;
        }
    }
    return false;
}

void calls_session_away(struct portal *portal, session_id session, bool away, uint64_t now_ms)
{
    const struct session *found = session_find(portal, session);
    struct line *line = found == NULL ? NULL : calls_line(portal->calls, &found->person->user.id);
    for (uint32_t i = 0; line != NULL && i < line->mine_count; i++) {
        struct call_input input = {.event = away ? CALL_EVENT_LOST : CALL_EVENT_BACK,
                                   .role = calls_role_of(line->mine[i], &line->user)};
        enum err err = calls_apply(line->mine[i], input, session, NULL, now_ms);
        ASSERT(err == OK); /* and no call ends by it */
    }
}

/* Ends all calls that ring at the user, who can hear none of them. */
static void ringing_unreachable(struct portal *portal, const struct id *user, uint64_t now_ms)
{
    struct line *line;
    while ((line = calls_line(portal->calls, user)) != NULL && line->ringing_count > 0) {
        struct call_input input = {.event = CALL_EVENT_UNREACHABLE, .role = ROLE_CALLEE};
        enum err err = calls_apply(line->ringing[0], input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
}

/* It can be heard by nobody: the callee has no page, or is invisible, and no push reaches him. */
static bool is_heard_by_nobody(const struct entry *entry, const struct person *callee)
{
    bool hides = entry->expected && entry->hidden;
    return callee == NULL ||
           (!line_is_pushed(entry, callee) && (callee->sessions == NULL || hides));
}

static void on_absent(struct wheel_timer *timer, uint64_t now_ms)
{
    struct line *line = (struct line *)timer;
    struct calls *calls = line->calls;
    const struct id user = line->user;
    const struct person *callee = person_find(calls->portal, &user);
    uint32_t i = 0;
    while ((line = calls_line(calls, &user)) != NULL && i < line->ringing_count) {
        struct call_input input = {.event = CALL_EVENT_UNREACHABLE, .role = ROLE_CALLEE};
        if (!is_heard_by_nobody(line->ringing[i], callee)) {
            i++;
            continue;
        }
        enum err err = calls_apply(line->ringing[i], input, 0, NULL, now_ms);
        ASSERT(err == OK); /* and the call stands in the line no more */
    }
}

/* What rings at the user, who is not there, ends as unreachable unless he is there by then, or by
 * the later time that another call was given. */
static void await_page(struct line *line, uint64_t until_ms)
{
    if (!wheel_running(&line->absent) || line->absent_until_ms < until_ms) {
        line->absent_until_ms = until_ms;
        wheel_start(line->calls->wheel, &line->absent, until_ms, on_absent);
    }
}

void calls_session_closed(struct portal *portal, session_id session, const struct person *person,
                          const struct id *login, uint64_t now_ms)
{
    const struct id *user = &person->user.id;
    struct line *line = calls_line(portal->calls, user);
    for (uint32_t i = 0; line != NULL && i < line->mine_count; i++) {
        struct entry *entry = line->mine[i];
        struct call_input input = {.event = CALL_EVENT_LOST, .role = calls_role_of(entry, user)};
        if (entry->places[input.role] == session) {
            enum err err = calls_apply(entry, input, session, NULL, now_ms);
            ASSERT(err == OK);
            entry->places[input.role] = 0;
        }
    }
    line = calls_line(portal->calls, user);
    for (uint32_t i = 0; line != NULL && i < line->ringing_count; i++) {
        device_leaves(line->ringing[i], person, login, now_ms);
    }
    if (line != NULL && person->sessions == NULL && !line_all_pushed(line, person)) {
        /* A page that is loaded again goes as one that is closed. */
        await_page(line, now_ms + portal->calls->times.leave_grace_ms);
    }
}

void calls_user_gone(struct portal *portal, const struct id *user, uint64_t now_ms)
{
    ringing_unreachable(portal, user, now_ms);
    struct line *line;
    while ((line = calls_line(portal->calls, user)) != NULL && line->mine_count > 0) {
        struct entry *entry = line->mine[0];
        bool rings = entry->call.state == CALL_RINGING;
        struct call_input input = {.event = CALL_EVENT_STOP,
                                   .role = calls_role_of(entry, user),
                                   .reason = rings ? END_CANCELLED : END_SIGNALLING_LOST};
        enum err err = calls_apply(entry, input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
}

void calls_snapshot(struct portal *portal, session_id session, bool ringing, uint64_t now_ms)
{
    const struct session *found = session_find(portal, session);
    struct line *line = found == NULL ? NULL : calls_line(portal->calls, &found->person->user.id);
    for (uint32_t i = 0; line != NULL && i < line->mine_count; i++) {
        struct entry *mine = line->mine[i];
        if (!ringing || mine->call.state == CALL_RINGING) {
            tell(mine, calls_role_of(mine, &line->user), session, END_NONE, now_ms);
        }
    }
    for (uint32_t i = 0; line != NULL && i < line->ringing_count; i++) {
        if (!line->ringing[i]->unheard) {
            tell(line->ringing[i], ROLE_CALLEE, session, END_NONE, now_ms);
        } else if (!ringing) {
            device_pretend(line->ringing[i], now_ms);
        }
    }
}

MUST_USE enum err calls_place(struct calls *calls, const struct id *call, const struct id *caller,
                              const struct id *callee, struct entry **out)
{
    struct line *line = NULL;
    struct entry *entry = mem_alloc(sizeof *entry);
    enum err err = entry == NULL ? ERR_NOMEM : line_get(calls, caller, &line);
    if (err == OK) {
        err = line_get(calls, callee, &line);
    }
    if (err == OK) {
        entry->calls = calls;
        entry->id = *call;
        entry->users[ROLE_CALLER] = *caller;
        entry->users[ROLE_CALLEE] = *callee;
        err = map_add(calls->by_id, id_slice(&entry->id), entry);
    }
    if (err != OK) {
        line_drop(calls, caller);
        line_drop(calls, callee);
        entry_destroy(entry);
        return err;
    }
    *out = entry;
    return OK;
}

MUST_USE enum err calls_add(struct calls *calls, const struct session *session,
                            const struct portal_call_start *wanted, const struct person *callee,
                            struct entry **out)
{
    const struct id *caller = &session->person->user.id;
    struct entry *entry = NULL;
    enum err err = calls_place(calls, &wanted->call, caller, &callee->user.id, &entry);
    if (err != OK) {
        return err;
    }
    entry->places[ROLE_CALLER] = session->id;
    entry->started_ms = calls->portal->now_ms;
    err = entry_choose_connector(entry, wanted, session->person, callee);
    if (err != OK) {
        (void)map_remove(calls->by_id, id_slice(&entry->id));
        line_drop(calls, caller);
        line_drop(calls, &callee->user.id);
        entry_destroy(entry);
        return err;
    }
    calls->live_count++;
    *out = entry;
    return OK;
}

void calls_take_up(struct entry *entry)
{
    struct calls *calls = entry->calls;
    struct line *callee = calls_line(calls, &entry->users[ROLE_CALLEE]);
    take(entry, ROLE_CALLER, calls->portal->now_ms);
    if (entry->call.state != CALL_RINGING) {
        take(entry, ROLE_CALLEE, calls->portal->now_ms);
    } else if (callee->ringing_count < RINGING_SLOTS) {
        callee->ringing[callee->ringing_count++] = entry;
        await_page(callee, calls->portal->started_ms + RETURN_MS);
    }
    calls->live_count++;
    wheel_start(calls->wheel, &entry->timer,
                entry->lost ? calls->portal->now_ms : call_next_ms(&entry->call), on_timer);
}

MUST_USE enum err calls_start(struct calls *calls, const struct session *session,
                              struct entry *entry, const struct person *callee, uint64_t now_ms)
{
    struct line *line = calls_line(calls, &callee->user.id);
    counter_increment(COUNTER_CALLS_STARTED);
    take(entry, ROLE_CALLER, now_ms);
    timeline_add(entry, STEP_STARTED, STEP_CALLER, device_of(calls->portal, session->id), 0,
                 now_ms);
    struct call_input input = {.role = ROLE_CALLEE};
    bool waits = line->mine_count > 0;
    /* Also of a call that cannot ring: it is no missed one for who blocks its caller. */
    entry->blocked = tie_blocks(callee, &session->person->user.id);
    entry->unheard = (entry->blocked && !CALL_HAS_FAULT(BLOCKED_RINGS)) ||
                     pestering_is(calls->portal, session->person, callee);
    enum call_answer answer = calls_judge(entry, line, callee);
    if (answer != CALL_RINGS) {
        input.event = answer == CALL_BUSY ? CALL_EVENT_BUSY : CALL_EVENT_UNREACHABLE;
        return calls_apply(entry, input, session->id, NULL, now_ms);
    }
    line->ringing[line->ringing_count++] = entry;
    if (entry->unheard) {
        counter_increment(entry->blocked ? COUNTER_CALLS_BLOCKED : COUNTER_CALLS_UNHEARD);
    }
    entry->silent = callee->user.status == STATUS_DO_NOT_DISTURB || entry->guest;
    entry->hidden = callee->user.status == STATUS_INVISIBLE;
    if (entry->expected) { /* it looks the same for who is there and invisible, and hears nothing */
        entry->unheard = entry->unheard || entry->hidden;
        await_page(line, calls->portal->started_ms + RETURN_MS);
    }
    entry->rang = !entry->unheard;
    /* The caller reads these steps: they are those of a call that is heard. */
    bool pushes = !waits && line_is_pushed(entry, callee);
    if (waits && !entry->hidden) {
        timeline_add(entry, STEP_WAITING, STEP_CALLEE, "", 0, now_ms);
    } else if (pushes) {
        timeline_add(entry, STEP_PUSHED, STEP_CALLEE, "", entry->unheard ? STEP_PRETENDED : 0,
                     now_ms);
    }
    wheel_start(calls->wheel, &entry->timer, call_next_ms(&entry->call), on_timer);
    calls_keep(entry, now_ms);
    tell_side(entry, ROLE_CALLEE, session->id, now_ms);
    if (pushes && !entry->unheard) { /* he is at one of his devices */
        push_ring(calls->portal, callee, &entry->id, calls->times.ring_ms);
    }
    if (entry->unheard) {
        device_pretend(entry, now_ms);
    }
    for (const struct session *own = session->person->sessions; own != NULL; own = own->next) {
        if (own != session) { /* this one has the answer */
            tell(entry, ROLE_CALLER, own->id, END_NONE, now_ms);
        }
    }
    return OK;
}
