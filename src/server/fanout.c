/* SPDX-License-Identifier: Apache-2.0 */
#include "server/fanout.h"

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/random.h"
#include "server/views.h"

#define MESSAGE_BYTES_MAX (512 * 1024)

/* The protocol's enums are written by value from the portal's. */
_Static_assert((int)MESSAGE_CALL_STATE_ENDED == (int)CALL_ENDED, "call states differ");
_Static_assert((int)MESSAGE_RING_HOW_PUSH == (int)RING_PUSH &&
                   (int)MESSAGE_CALL_RINGING_HOW_BY_AUTOPLAY == (int)RING_BY_AUTOPLAY,
               "ways to ring differ");
_Static_assert((int)MESSAGE_CALL_ROLE_CALLEE == (int)ROLE_CALLEE, "roles differ");
_Static_assert((int)MESSAGE_PERSON_STATUS_DO_NOT_DISTURB == (int)PRESENCE_DO_NOT_DISTURB,
               "what is seen differs");
_Static_assert((int)MESSAGE_SETTINGS_CHANGED_STATUS_INVISIBLE == (int)STATUS_INVISIBLE,
               "statuses differ");
_Static_assert((int)MESSAGE_CALL_REASON_STOPPED == (int)END_STOPPED, "end reasons differ");
_Static_assert((int)MESSAGE_CONNECTOR_KIND_PROGRAM == (int)CONNECTOR_PROGRAM, "kinds differ");
_Static_assert((int)MESSAGE_CONNECTOR_NEEDS_BOTH == (int)CONNECTOR_NEEDS_BOTH, "needs differ");
_Static_assert((int)MESSAGE_BYE_REASON_LIMIT == (int)SESSION_END_LIMIT, "session ends differ");
_Static_assert((int)MESSAGE_CALL_DESCRIPTION_KIND_ANSWER == (int)DESCRIPTION_ANSWER,
               "description types differ");

struct fanout {
    struct fanout_params params;
    struct portal *portal;
    struct map *by_session;
    struct map *by_token;
    struct wheel *wheel;
    struct buf encoded; /* the message being sent */
    /* When `encoded` is a person with the number 0, which many sessions get: where the number is,
     * and what it says (presence, name, full name, position, picture). */
    bool encoded_is_person;
    size_t seq_offset;
    struct buf numbered;
    enum presence person_presence;
    struct user person;
    char person_accounts[CONNECTOR_TYPES_SIZE];
    uint32_t person_devices;
    bool person_push;
    uint64_t encoded_same; /* event.same of what `encoded` says, with the number 0; 0: none */
};

static struct slice session_key(const session_id *session)
{
    return slice_from(session, sizeof(*session));
}

static void avatar_text(const struct user *user, char out[64])
{
    static const uint8_t none[32];
    out[0] = '\0';
    if (memcmp(user->avatar_hash, none, sizeof(none)) != 0) {
        text_base64url(slice_from(user->avatar_hash, sizeof(user->avatar_hash)), out);
    }
}

void fanout_person_message(const struct portal *portal, const struct user *user,
                           enum presence presence, struct fanout_texts *texts,
                           struct message_person *out)
{
    avatar_text(user, texts->avatar);
    portal_account_types(portal, &user->id, texts->accounts);
    *out = (struct message_person){.name = slice_text(user->name),
                                   .full_name = slice_text(user->full_name),
                                   .position = slice_text(user->position),
                                   .avatar = slice_text(texts->avatar),
                                   .status = (enum message_person_status)presence,
                                   .accounts = slice_text(texts->accounts),
                                   .devices = portal_devices(portal, &user->id),
                                   .push = portal_push_reaches(portal, &user->id)};
    out->guest = portal_is_guest(portal, &user->id);
    out->has_guest = out->guest;
}

void fanout_call_message(const struct portal *portal, const struct call_view *view,
                         struct fanout_texts *texts, struct message_call *out)
{
    *out = (struct message_call){.state = (enum message_call_state)view->state,
                                 .role = (enum message_call_role)view->role,
                                 .ring_left_ms = view->ring_left_ms,
                                 .age_ms = view->age_ms,
                                 .here = view->here,
                                 .peer_microphone = view->peer_microphone_on,
                                 .peer_camera = view->peer_camera_on,
                                 .peer_away = view->peer_away,
                                 .peer_screen = view->peer_screen_on,
                                 .peer_trouble = view->peer_in_trouble,
                                 .silent = view->silent,
                                 .waiting = view->waiting,
                                 .ignored = view->ignored,
                                 .rings = texts->rings,
                                 .rings_count = view->ring_count,
                                 .elsewhere = slice_text(view->elsewhere),
                                 .held_by_me = view->held_by_me,
                                 .held_by_peer = view->held_by_peer,
                                 .early = view->early,
                                 .reason = (enum message_call_reason)view->reason,
                                 .by_me = view->ended_by_me,
                                 .moved = view->moved,
                                 .has_moved = view->moved,
                                 .connector = slice_text(view->connector),
                                 .link = slice_text(view->link)};
    for (uint32_t i = 0; i < view->ring_count; i++) {
        texts->rings[i] = (struct message_ring){.device = slice_text(view->rings[i].device),
                                                .how = (enum message_ring_how)view->rings[i].how};
    }
    memcpy(out->id, view->call.bytes, sizeof(out->id));
    fanout_person_message(portal, view->peer, portal_presence(portal, &view->peer->id), texts,
                          &out->peer);
}

MUST_USE enum err fanout_people_message(const struct portal *portal,
                                        const struct user *const *users, uint32_t count,
                                        struct arena *arena, struct message_people_are *out)
{
    struct message_person *people = arena_alloc(arena, count * sizeof *people);
    struct fanout_texts *texts = arena_alloc(arena, count * sizeof *texts);
    if (people == NULL || texts == NULL) {
        return ERR_NOMEM;
    }
    for (uint32_t i = 0; i < count; i++) {
        fanout_person_message(portal, users[i], portal_presence(portal, &users[i]->id), &texts[i],
                              &people[i]);
    }
    *out = (struct message_people_are){.people = people, .people_count = count};
    return OK;
}

/* ---- sending ---- */

/* Into fanout->encoded. */
static MUST_USE enum err encode(struct fanout *fanout, const struct message *message)
{
    buf_clear(&fanout->encoded);
    fanout->encoded_is_person = false;
    fanout->encoded_same = 0;
    enum err err = message_encode(message, &fanout->encoded);
    if (err != OK) {
        log_error("a message cannot be encoded", "type=%s err=%s", message_type_name(message->type),
                  err_name(err));
    }
    return err;
}

void fanout_send(struct fanout *fanout, websock socket, const struct message *message)
{
    const struct outlet *outlet = &fanout->params.outlet;
    if (encode(fanout, message) == OK) {
        /* A full queue has cut the socket, a gone one resumes. */
        (void)!outlet->send(outlet->ctx, socket, buf_slice(&fanout->encoded));
    } else {
        /* A lost answer leaves a page waiting: better that it comes back. */
        fanout_hang_up(fanout, socket, 1011, "internal");
    }
}

/* Keeps `kept` as the seat's next event and sends `text`; `err`: it could not be made. */
static void deliver_and_keep(struct seat *seat, enum err err, struct slice text, struct slice kept)
{
    struct fanout *fanout = seat->fanout;
    const struct outlet *outlet = &fanout->params.outlet;
    if (err != OK) {
        ring_skip(&seat->ring);
    } else {
        /* An event that cannot be kept is a gap that a later resume finds. */
        (void)!ring_add(&seat->ring, &fanout->params.ring, kept);
    }
    if (seat->socket == 0 || seat->cut) {
        return;
    }
    if (err != OK) {
        seat->cut = true;
        fanout_hang_up(fanout, seat->socket, 1011, "internal");
        return;
    }
    /* Never drop one message and go on: one lost message is a telephone that rings for ever. */
    seat->cut = outlet->send(outlet->ctx, seat->socket, text) != OK;
}

static void deliver(struct seat *seat, enum err err, struct slice text)
{
    deliver_and_keep(seat, err, text, text);
}

/* How long a call still rings was true when it was written: a page that is told it later, and then
 * loses its connection, would ring too long. Its number alone is kept, and who comes back is told
 * anew (portal_session_resumed). */
static bool is_kept(const struct message *message)
{
    return message->type != MESSAGE_CALL_CHANGED ||
           message->call_changed.call.state != MESSAGE_CALL_STATE_RINGING;
}

static void send_event(struct fanout *fanout, struct seat *seat, struct message *message)
{
    message->seq = seat->ring.seq + 1;
    enum err err = encode(fanout, message);
    struct slice text = buf_slice(&fanout->encoded);
    deliver_and_keep(seat, err, text, is_kept(message) ? text : SLICE(""));
}

/* ---- the portal's events ---- */

static bool same_person(const struct user *a, const struct user *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->full_name, b->full_name) == 0 &&
           strcmp(a->position, b->position) == 0 &&
           memcmp(a->avatar_hash, b->avatar_hash, sizeof(a->avatar_hash)) == 0;
}

/* Puts the number of the seat's next event into the encoded text, and sends it. */
static void send_numbered(struct fanout *fanout, struct seat *seat)
{
    struct slice text = buf_slice(&fanout->encoded);
    size_t rest = fanout->seq_offset + 1;
    struct buf *out = &fanout->numbered;
    buf_clear(out);
    enum err err = buf_append(out, slice_from(text.data, fanout->seq_offset));
    err = err == OK ? buf_printf(out, "%llu", (unsigned long long)seat->ring.seq + 1) : err;
    err = err == OK ? buf_append(out, slice_from(text.data + rest, text.size - rest)) : err;
    deliver(seat, err, buf_slice(out));
}

/* Those who watch a person are told one after the other: encoded once, with the number 0. */
static void tell_person(struct fanout *fanout, struct seat *seat, const struct event *event)
{
    static const char before_seq[] = "{\"type\":\"person.changed\",\"seq\":";
    const struct user *user = event->person.user;
    struct fanout_texts texts;
    portal_account_types(fanout->portal, &user->id, texts.accounts);
    uint32_t devices = portal_devices(fanout->portal, &user->id);
    bool push = portal_push_reaches(fanout->portal, &user->id);
    if (!fanout->encoded_is_person || fanout->person_presence != event->person.presence ||
        !same_person(&fanout->person, user) || fanout->person_devices != devices ||
        fanout->person_push != push || strcmp(fanout->person_accounts, texts.accounts) != 0) {
        struct message message = {.type = MESSAGE_PERSON_CHANGED};
        fanout_person_message(fanout->portal, user, event->person.presence, &texts,
                              &message.person_changed.person);
        enum err err = encode(fanout, &message);
        if (err != OK) {
            deliver(seat, err, slice_from(NULL, 0));
            return;
        }
        fanout->encoded_is_person = true;
        fanout->seq_offset = sizeof(before_seq) - 1;
        fanout->person_presence = event->person.presence;
        fanout->person_devices = devices;
        fanout->person_push = push;
        fanout->person = *user;
        memcpy(fanout->person_accounts, texts.accounts, sizeof(texts.accounts));
    }
    send_numbered(fanout, seat);
}

static void tell_available(struct fanout *fanout, struct seat *seat, const struct event *event)
{
    struct fanout_texts texts;
    struct message message = {.type = MESSAGE_PERSON_AVAILABLE};
    fanout_person_message(fanout->portal, event->person.user, event->person.presence, &texts,
                          &message.person_available.person);
    send_event(fanout, seat, &message);
}

static void tell_call(struct fanout *fanout, struct seat *seat, const struct event *event)
{
    struct fanout_texts texts;
    struct message message = {.type = MESSAGE_CALL_CHANGED};
    fanout_call_message(fanout->portal, &event->call, &texts, &message.call_changed.call);
    send_event(fanout, seat, &message);
}

static void tell_description(struct fanout *fanout, struct seat *seat, const struct event *event)
{
    struct message message = {.type = MESSAGE_CALL_DESCRIPTION};
    memcpy(message.call_description.call, event->description.call.bytes, ID_BYTES);
    message.call_description.kind = (enum message_call_description_kind)event->description.type;
    message.call_description.offer = event->description.offer;
    message.call_description.early = event->description.early;
    message.call_description.sdp = event->description.sdp;
    send_event(fanout, seat, &message);
}

static void tell_candidate(struct fanout *fanout, struct seat *seat, const struct event *event)
{
    const struct call_candidate *candidate = &event->candidate;
    struct message message = {.type = MESSAGE_CALL_CANDIDATE,
                              .call_candidate = {.candidate = candidate->candidate,
                                                 .early = candidate->early,
                                                 .mid = candidate->mid,
                                                 .line = candidate->line,
                                                 .ufrag = candidate->ufrag}};
    memcpy(message.call_candidate.call, candidate->call.bytes, ID_BYTES);
    send_event(fanout, seat, &message);
}

static void tell_connectors(struct fanout *fanout, struct seat *seat)
{
    struct message_connector list[CONNECTORS_MAX];
    struct message message = {.type = MESSAGE_CONNECTORS_CHANGED,
                              .connectors_changed = {.connectors = list}};
    struct connector_view view;
    bool calls = portal_session_calls(fanout->portal, seat->session);
    for (uint32_t i = 0; calls && portal_connector_at(fanout->portal, i, &view); i++) {
        const struct connector *connector = view.connector;
        if (view.active) {
            list[message.connectors_changed.connectors_count++] =
                (struct message_connector){.name = slice_text(connector->name),
                                           .title = slice_text(connector->title),
                                           .kind = (enum message_connector_kind)connector->kind,
                                           .groups = connector->groups,
                                           .account = slice_text(connector->account_type),
                                           .needs = (enum message_connector_needs)view.needs};
        }
    }
    send_event(fanout, seat, &message);
}

/* What pages call the target of a choice: a user's name, or # and the id of a room. False: it is
 * nobody's any more. */
static bool name_target(const struct portal *portal, const struct user *user,
                        const struct choice *choice, char room[1 + ID_TEXT_SIZE], struct slice *out)
{
    const struct user *target = portal_user_by_id(portal, &choice->target);
    struct room_view view;
    if (target != NULL || id_is_zero(&choice->target)) {
        *out = slice_text(target == NULL ? "" : target->name);
        return true;
    }
    if (portal_room_view(portal, &user->id, &choice->target, &view) != OK) {
        return false;
    }
    room[0] = '#';
    id_format(&choice->target, room + 1);
    *out = slice_text(room);
    return true;
}

static void tell_choices(struct fanout *fanout, struct seat *seat, const struct event *event)
{
    const struct choice *choices[CHOICES_MAX];
    struct message_choice list[CHOICES_MAX];
    uint32_t count = portal_choices(fanout->portal, &event->person.user->id, choices);
    struct message message = {.type = MESSAGE_CHOICES_CHANGED,
                              .choices_changed = {.choices = list}};
    char texts[CHOICES_MAX][1 + ID_TEXT_SIZE];
    for (uint32_t i = 0; i < count; i++) {
        struct slice target;
        if (name_target(fanout->portal, event->person.user, choices[i], texts[i], &target)) {
            list[message.choices_changed.choices_count++] = (struct message_choice){
                .target = target, .connector = slice_text(choices[i]->connector)};
        }
    }
    send_event(fanout, seat, &message);
}

/* Events of rooms, spaces and the stream. What is the same for everybody is encoded once. */
static void tell_chat(struct fanout *fanout, struct seat *seat, const struct event *event)
{
    const struct user *user = portal_session_user(fanout->portal, seat->session);
    if (event->same != 0 && fanout->encoded_same == event->same) {
        send_numbered(fanout, seat);
        return;
    }
    if (user == NULL) {
        return;
    }
    struct arena arena;
    struct message message = {0};
    arena_init(&arena, MESSAGE_BYTES_MAX);
    struct viewer viewer = {.portal = fanout->portal, .arena = &arena, .user = user->id};
    enum err err = view_event(&viewer, event, &message);
    bool unseen = err == ERR_NOT_FOUND; /* he has left in this moment */
    err = err == OK ? encode(fanout, &message) : err;
    if (err == OK) {
        fanout->encoded_same = event->same;
        fanout->seq_offset = sizeof("{\"type\":\"\",\"seq\":") - 1;
        fanout->seq_offset += strlen(message_type_name(message.type));
        send_numbered(fanout, seat);
    } else if (!unseen) {
        deliver(seat, err, slice_from(NULL, 0));
    }
    arena_fini(&arena);
}

static void tell_event(void *ctx, session_id session, const struct event *event)
{
    struct fanout *fanout = ctx;
    struct seat *seat = fanout_find(fanout, session);
    if (seat == NULL) {
        return; /* just being opened: its snapshot follows */
    }
    switch (event->kind) {
    case EVENT_CALL:
        tell_call(fanout, seat, event);
        break;
    case EVENT_DESCRIPTION:
        tell_description(fanout, seat, event);
        break;
    case EVENT_CANDIDATE:
        tell_candidate(fanout, seat, event);
        break;
    case EVENT_PERSON:
        tell_person(fanout, seat, event);
        break;
    case EVENT_AVAILABLE:
        tell_available(fanout, seat, event);
        break;
    case EVENT_MISSED: {
        struct message message = {.type = MESSAGE_CALLS_MISSED,
                                  .calls_missed = {.missed = event->missed}};
        send_event(fanout, seat, &message);
        break;
    }
    case EVENT_SETTINGS: {
        struct message message = {
            .type = MESSAGE_SETTINGS_CHANGED,
            .settings_changed = {
                .microphone = event->person.user->microphone_on,
                .camera = event->person.user->camera_on,
                .call_waiting = !event->person.user->no_call_waiting,
                .relay_only = event->person.user->relay_only,
                .status = (enum message_settings_changed_status)event->person.user->status}};
        send_event(fanout, seat, &message);
        break;
    }
    case EVENT_CONNECTORS:
        tell_connectors(fanout, seat);
        break;
    case EVENT_RENEW:
        send_event(fanout, seat, &(struct message){.type = MESSAGE_CALL_RENEW});
        break;
    case EVENT_CHOICES:
        tell_choices(fanout, seat, event);
        break;
    default:
        tell_chat(fanout, seat, event);
        break;
    }
}

static void seat_destroy(struct seat *seat)
{
    struct fanout *fanout = seat->fanout;
    wheel_stop(&seat->timer);
    (void)map_remove(fanout->by_session, session_key(&seat->session));
    (void)map_remove(fanout->by_token, slice_from(seat->token_hash, sizeof(seat->token_hash)));
    ring_fini(&seat->ring);
    mem_free(seat);
}

static void say_bye(struct seat *seat, enum message_bye_reason reason, uint16_t code)
{
    struct fanout *fanout = seat->fanout;
    if (seat->socket == 0) {
        return;
    }
    struct message message = {.type = MESSAGE_BYE, .bye = {.reason = reason}};
    send_event(fanout, seat, &message);
    if (!seat->cut) {
        fanout_hang_up(fanout, seat->socket, code, "session ended");
    }
}

static void tell_end(void *ctx, session_id session, enum session_end why)
{
    struct seat *seat = fanout_find(ctx, session);
    if (seat == NULL) {
        return;
    }
    /* 1008: this connection may not go on. The page reads the reason in the message. */
    say_bye(seat, (enum message_bye_reason)why, 1008);
    seat_destroy(seat);
}

struct port_tell fanout_port(struct fanout *fanout)
{
    return (struct port_tell){.ctx = fanout, .event = tell_event, .end = tell_end};
}

/* ---- seats ---- */

struct seat *fanout_find(const struct fanout *fanout, session_id session)
{
    return map_find(fanout->by_session, session_key(&session));
}

struct seat *fanout_find_token(const struct fanout *fanout, struct slice token)
{
    uint8_t bytes[TOKEN_BYTES];
    uint8_t hash[32];
    if (text_from_base64url(token, bytes, sizeof(bytes)) != OK) {
        return NULL;
    }
    digest_sha256(slice_from(bytes, sizeof(bytes)), hash);
    return map_find(fanout->by_token, slice_from(hash, sizeof(hash)));
}

MUST_USE enum err fanout_renew_token(struct fanout *fanout, struct seat *seat,
                                     char out[TOKEN_BYTES * 4 / 3 + 2])
{
    uint8_t bytes[TOKEN_BYTES];
    random_bytes(bytes, sizeof(bytes));
    (void)map_remove(fanout->by_token, slice_from(seat->token_hash, sizeof(seat->token_hash)));
    digest_sha256(slice_from(bytes, sizeof(bytes)), seat->token_hash);
    text_base64url(slice_from(bytes, sizeof(bytes)), out);
    mem_wipe(bytes, sizeof(bytes));
    return map_add(fanout->by_token, slice_from(seat->token_hash, sizeof(seat->token_hash)), seat);
}

MUST_USE enum err fanout_add(struct fanout *fanout, session_id session, const struct id *login,
                             struct seat **out)
{
    struct seat *seat = mem_alloc(sizeof(*seat));
    if (seat == NULL) {
        return ERR_NOMEM;
    }
    seat->session = session;
    seat->fanout = fanout;
    seat->login = *login;
    ring_init(&seat->ring);
    enum err err = map_add(fanout->by_session, session_key(&seat->session), seat);
    if (err != OK) {
        mem_free(seat);
        return err;
    }
    *out = seat;
    return OK;
}

void fanout_attach(struct seat *seat, websock socket)
{
    wheel_stop(&seat->timer);
    seat->socket = socket;
    seat->cut = false;
}

void fanout_close(struct seat *seat, uint64_t now_ms)
{
    struct portal *portal = seat->fanout->portal;
    session_id session = seat->session;
    seat_destroy(seat);
    portal_session_close(portal, session, now_ms);
}

static void on_window_over(struct wheel_timer *timer, uint64_t now_ms)
{
    struct seat *seat = (struct seat *)((uint8_t *)timer - offsetof(struct seat, timer));
    fanout_close(seat, now_ms);
}

void fanout_detach(struct seat *seat, uint64_t now_ms)
{
    struct fanout *fanout = seat->fanout;
    seat->socket = 0;
    wheel_start(fanout->wheel, &seat->timer, now_ms + fanout->params.resume_ms, on_window_over);
    portal_session_away(fanout->portal, seat->session, true, now_ms);
}

static void replay_one(void *arg, struct slice text)
{
    struct seat *seat = arg;
    const struct outlet *outlet = &seat->fanout->params.outlet;
    if (text.size > 0 && !seat->cut && seat->socket != 0) {
        seat->cut = outlet->send(outlet->ctx, seat->socket, text) != OK;
    }
}

void fanout_replay(struct seat *seat, uint64_t last)
{
    ring_visit_after(&seat->ring, last, replay_one, seat);
}

void fanout_hang_up(struct fanout *fanout, websock socket, uint16_t code, const char *reason)
{
    fanout->params.outlet.close(fanout->params.outlet.ctx, socket, code, reason);
}

void fanout_say_shutdown(struct fanout *fanout)
{
    size_t cursor = 0;
    struct seat *seat = NULL;
    while ((seat = map_next(fanout->by_session, &cursor)) != NULL) {
        say_bye(seat, MESSAGE_BYE_REASON_SHUTDOWN, 1001);
        /* The session is not over, and no call of it: the page comes back to the next server. */
        seat->socket = 0;
    }
}

void fanout_tick(struct fanout *fanout, uint64_t now_ms)
{
    wheel_tick(fanout->wheel, now_ms);
}

uint64_t fanout_next_ms(const struct fanout *fanout)
{
    return wheel_next_ms(fanout->wheel);
}

/* ---- life ---- */

MUST_USE enum err fanout_create(const struct fanout_params *params, struct fanout **out)
{
    struct fanout *fanout = mem_alloc(sizeof(*fanout));
    if (fanout == NULL) {
        return ERR_NOMEM;
    }
    fanout->params = *params;
    buf_init(&fanout->encoded, MESSAGE_BYTES_MAX);
    buf_init(&fanout->numbered, MESSAGE_BYTES_MAX + 32);
    enum err err = map_create(params->sessions_max, &fanout->by_session);
    err = err == OK ? map_create(params->sessions_max, &fanout->by_token) : err;
    err = err == OK ? wheel_create(params->now_ms, &fanout->wheel) : err;
    if (err != OK) {
        fanout_destroy(fanout);
        return err;
    }
    *out = fanout;
    return OK;
}

void fanout_destroy(struct fanout *fanout)
{
    if (fanout == NULL) {
        return;
    }
    if (fanout->by_session != NULL && fanout->by_token != NULL) {
        size_t cursor = 0;
        struct seat *seat = NULL;
        while ((seat = map_next(fanout->by_session, &cursor)) != NULL) {
            seat_destroy(seat);
            cursor = 0; /* the map has changed */
        }
    }
    map_destroy(fanout->by_session);
    map_destroy(fanout->by_token);
    if (fanout->wheel != NULL) {
        wheel_destroy(fanout->wheel);
    }
    buf_fini(&fanout->encoded);
    buf_fini(&fanout->numbered);
    mem_free(fanout);
}

void fanout_set_portal(struct fanout *fanout, struct portal *portal)
{
    fanout->portal = portal;
}
