/* SPDX-License-Identifier: Apache-2.0 */
#include "server/signalling.h"

#include <time.h>

#include "base/arena.h"
#include "base/bucket.h"
#include "base/counter.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/command.h"
#include "server/later.h"
#include "server/refusals.h"

#define HELLO_MS 10000
#define STRIKES_MAX 3
#define ICE_SERVERS_MAX 20 /* of protocol/call.json */
#define ARENA_BYTES_MAX (512 * 1024)

/* RFC 6455 section 7.4.1. */
enum { CLOSE_POLICY = 1008, CLOSE_INTERNAL = 1011, CLOSE_LATER = 1013, CLOSE_NORMAL = 1000 };

struct link {
    struct signalling *signalling;
    websock socket;     /* 0: the handshake is under way */
    session_id session; /* 0: hello has not been said, or the session was taken elsewhere */
    struct id login;
    struct bucket bucket;
    struct wheel_timer timer; /* the time for hello */
    uint8_t strikes;
    bool greeting; /* counts among those that have not said hello */
    bool closing;  /* what still arrives is not read */
};

struct signalling {
    struct signalling_params params;
    signalling_offer offer; /* NULL: there is no relay */
    void *offer_arg;
    struct wheel *wheel;
    uint32_t greeting_count;
    struct arena arena; /* of the message that is worked on */
};

static void end_link(struct link *link, uint16_t code, const char *reason)
{
    link->closing = true;
    fanout_hang_up(link->signalling->params.fanout, link->socket, code, reason);
}

static void reply(struct link *link, const struct message *command, struct message *message)
{
    message->has_id = command->has_id;
    message->id = command->id;
    fanout_send(link->signalling->params.fanout, link->socket, message);
}

static void reply_error(struct link *link, const struct message *command,
                        enum message_error_id error, const char *text, const char *reference)
{
    refusals_count(message_error_name(error));
    struct message message = {.type = MESSAGE_ERROR,
                              .error = {.error = slice_text(message_error_name(error)),
                                        .message = slice_text(text),
                                        .reference = slice_text(reference)}};
    reply(link, command, &message);
}

static void reply_err(struct link *link, const struct message *command, enum err err)
{
    command_refuse(link->signalling->params.fanout, link->socket, command, err);
}

static void strike(struct link *link, const struct message *command, enum err err)
{
    counter_increment(COUNTER_SIGNALLING_BAD);
    if (err == ERR_UNSUPPORTED) {
        reply_error(link, command, MESSAGE_ERROR_UNKNOWN_TYPE, "no such command", "");
    } else {
        reply_error(link, command, MESSAGE_ERROR_BAD_MESSAGE, "not a message of this protocol", "");
    }
    link->strikes++;
    if (link->strikes >= STRIKES_MAX) {
        end_link(link, CLOSE_POLICY, "too many bad messages");
    }
}

/* ---- hello ---- */

static void stop_greeting(struct link *link)
{
    wheel_stop(&link->timer);
    if (link->greeting) {
        link->greeting = false;
        link->signalling->greeting_count--;
    }
}

/* The seat that the token names, if it belongs to this sign-in. */
static struct seat *find_seat(const struct link *link, const struct message_hello *hello)
{
    struct seat *seat =
        hello->has_token ? fanout_find_token(link->signalling->params.fanout, hello->token) : NULL;
    return seat != NULL && id_equal(&seat->login, &link->login) ? seat : NULL;
}

static enum err open_session(struct link *link, uint64_t now_ms, struct seat **out)
{
    const struct signalling_params *params = &link->signalling->params;
    session_id session = 0;
    enum err err = portal_session_open(params->portal, &link->login, now_ms, &session);
    if (err != OK) {
        return err;
    }
    err = fanout_add(params->fanout, session, &link->login, out);
    if (err != OK) {
        portal_session_close(params->portal, session, now_ms);
    }
    return err;
}

/* Sends welcome, then what was missed or what is so now. */
static void welcome(struct link *link, const struct message *command, struct seat *seat, bool fresh,
                    uint64_t now_ms)
{
    const struct signalling_params *params = &link->signalling->params;
    const struct message_hello *hello = &command->hello;
    char token[TOKEN_BYTES * 4 / 3 + 2];
    if (fanout_renew_token(params->fanout, seat, token) != OK) {
        fanout_close(seat, now_ms);
        reply_err(link, command, ERR_NOMEM);
        end_link(link, CLOSE_INTERNAL, "internal");
        return;
    }
    bool resumed = !fresh && hello->has_last && ring_has_after(&seat->ring, hello->last);
    uint64_t seq = resumed ? hello->last : seat->ring.seq;
    link->session = seat->session;
    if (hello->has_device) {
        portal_session_set_device(params->portal, seat->session, hello->device);
    }
    fanout_attach(seat, link->socket);
    const struct user *user = portal_session_user(params->portal, seat->session);
    struct message message = {.type = MESSAGE_WELCOME,
                              .welcome = {.token = slice_text(token),
                                          .resumed = resumed,
                                          .seq = seq,
                                          .ping_ms = params->ping_ms,
                                          .user = slice_text(user == NULL ? "" : user->name),
                                          .status = user == NULL
                                                        ? MESSAGE_WELCOME_STATUS_AVAILABLE
                                                        : (enum message_welcome_status)user->status,
                                          .idle_ms = params->idle_ms}};
    reply(link, command, &message);
    mem_wipe(token, sizeof(token));
    if (resumed) {
        counter_increment(COUNTER_SIGNALLING_RESUMED);
        fanout_replay(seat, seq);
    }
    session_id session = seat->session; /* the portal may end it, and the seat with it */
    if (!fresh) {
        portal_session_away(params->portal, session, false, now_ms);
    }
    if (resumed) {
        portal_session_resumed(params->portal, session, now_ms);
    } else {
        portal_session_snapshot(params->portal, session, now_ms);
    }
}

static void on_hello(struct link *link, const struct message *command, uint64_t now_ms)
{
    if (command->hello.version != MESSAGE_PROTOCOL_VERSION) {
        reply_error(link, command, MESSAGE_ERROR_BAD_VERSION, "reload the page", "");
        end_link(link, CLOSE_POLICY, "protocol version");
        return;
    }
    stop_greeting(link);
    struct seat *seat = find_seat(link, &command->hello);
    bool fresh = seat == NULL;
    enum err err = fresh ? open_session(link, now_ms, &seat) : OK;
    if (err != OK) {
        reply_err(link, command, err);
        end_link(link, err == ERR_LIMIT ? CLOSE_LATER : CLOSE_POLICY, "no session");
        return;
    }
    if (seat->socket != 0) {
        /* The page is back before we knew that its connection is dead. */
        fanout_hang_up(link->signalling->params.fanout, seat->socket, CLOSE_NORMAL,
                       "resumed elsewhere");
    }
    welcome(link, command, seat, fresh, now_ms);
}

/* ---- messages ---- */

/* The ICE servers of one answer: the built-in one, then those that are set. */
struct servers {
    struct message_ice_server list[ICE_SERVERS_MAX];
    struct credential credential;
};

static void put_servers(const struct link *link, const struct call_view *view,
                        struct message_call_is *out, struct servers *servers)
{
    const struct signalling *signalling = link->signalling;
    const struct user *user = portal_session_user(signalling->params.portal, link->session);
    size_t count = 0;
    if (user != NULL && view->state != CALL_ENDED && signalling->offer != NULL &&
        signalling->offer(signalling->offer_arg, &user->id, &view->call, &servers->credential,
                          &servers->list[0])) {
        count = 1;
    }
    for (size_t i = 0; i < out->ice_servers_count && count < ICE_SERVERS_MAX; i++) {
        servers->list[count++] = out->ice_servers[i];
    }
    out->relay_only = out->relay_only || (user != NULL && user->relay_only);
    out->ice_servers = servers->list;
    out->ice_servers_count = count;
}

/* Whom the answer of people.are names. */
static uint32_t users_of(const struct portal *portal, session_id session, enum message_type command,
                         const struct user *out[PORTAL_WATCHES_MAX])
{
    switch (command) {
    case MESSAGE_PEOPLE_BLOCKED:
        return portal_ties(portal, session, TIE_BLOCK, out);
    case MESSAGE_PEOPLE_NOTIFIED:
        return portal_ties(portal, session, TIE_NOTIFY, out);
    default:
        return portal_watched(portal, session, out);
    }
}

static void on_command(struct link *link, const struct message *command, uint64_t now_ms)
{
    const struct signalling_params *params = &link->signalling->params;
    struct arena *arena = &link->signalling->arena;
    struct message message = {.type = MESSAGE_OK};
    struct call_view view;
    bool by_itself = command->type == MESSAGE_PING || command->type == MESSAGE_PEOPLE_WATCH ||
                     (command->type == MESSAGE_STATUS_IDLE && command->status_idle.idle);
    if (!by_itself) { /* the others come from what somebody does */
        portal_session_active(params->portal, link->session, (int64_t)time(NULL));
    }
    if (!command_guest_may(command->type) &&
        portal_session_is_guest(params->portal, link->session)) {
        reply_err(link, command, ERR_FORBIDDEN);
        return;
    }
    if (later_takes(command)) {
        const struct later later = {.portal = params->portal,
                                    .fanout = params->fanout,
                                    .socket = link->socket,
                                    .session = link->session};
        enum err started = later_start(&later, command, now_ms);
        if (started != OK) {
            reply_err(link, command, started);
        }
        return;
    }
    enum err err = command_apply(params->portal, link->session, command, now_ms, &message, &view);
    if (err == OK && message.type == MESSAGE_PEOPLE_ARE) {
        const struct user *users[PORTAL_WATCHES_MAX];
        uint32_t count = users_of(params->portal, link->session, command->type, users);
        err = fanout_people_message(params->portal, users, count, arena, &message.people_are);
    }
    if (err != OK) {
        reply_err(link, command, err);
        return;
    }
    struct fanout_texts texts;
    struct servers servers;
    if (message.type == MESSAGE_CALL_IS) {
        fanout_call_message(params->portal, &view, &texts, &message.call_is.call);
        icelist_fill(params->ice, &message.call_is);
        message.call_is.relay_only = view.relay_only;
        put_servers(link, &view, &message.call_is, &servers);
    }
    reply(link, command, &message);
    mem_wipe(&servers, sizeof(servers));
}

/* The session of this connection, unless it has ended or gone on in another one. */
static struct seat *own_seat(const struct link *link)
{
    struct seat *seat =
        link->session == 0 ? NULL : fanout_find(link->signalling->params.fanout, link->session);
    return seat != NULL && seat->socket == link->socket ? seat : NULL;
}

static void on_silent(struct wheel_timer *timer, uint64_t now_ms)
{
    struct link *link = (struct link *)((uint8_t *)timer - offsetof(struct link, timer));
    (void)now_ms;
    end_link(link, CLOSE_POLICY, "hello first");
}

/* ---- one connection ---- */

MUST_USE enum err signalling_open(struct signalling *signalling, const struct id *login,
                                  struct link **out)
{
    if (signalling->greeting_count >= signalling->params.greeting_max) {
        counter_increment(COUNTER_SIGNALLING_LIMIT);
        return ERR_LIMIT;
    }
    struct link *link = mem_alloc(sizeof(*link));
    if (link == NULL) {
        counter_increment(COUNTER_SIGNALLING_LIMIT);
        return ERR_NOMEM;
    }
    link->signalling = signalling;
    link->login = *login;
    link->greeting = true;
    signalling->greeting_count++;
    *out = link;
    return OK;
}

void signalling_start(struct link *link, websock socket, uint64_t now_ms)
{
    link->socket = socket;
    wheel_start(link->signalling->wheel, &link->timer, now_ms + HELLO_MS, on_silent);
}

void signalling_receive(struct link *link, struct slice text, uint64_t now_ms)
{
    struct signalling *signalling = link->signalling;
    if (link->closing) {
        return;
    }
    const struct bucket_rate rate = {.tokens = signalling->params.rate_per_s,
                                     .period_ms = 1000,
                                     .burst = signalling->params.burst};
    if (!bucket_take(&link->bucket, &rate, now_ms)) {
        counter_increment(COUNTER_SIGNALLING_RATE);
        end_link(link, CLOSE_POLICY, "too many messages");
        return;
    }
    struct message command;
    enum err err = message_decode(text, &signalling->arena, &command);
    if (err != OK) {
        strike(link, &command, err);
    } else if (command.type == MESSAGE_HELLO && link->session == 0) {
        on_hello(link, &command, now_ms);
    } else if (link->session == 0) {
        reply_error(link, &command, MESSAGE_ERROR_HELLO_FIRST, "say hello first", "");
        end_link(link, CLOSE_POLICY, "hello first");
    } else if (own_seat(link) == NULL) {
        end_link(link, CLOSE_POLICY, "session ended");
    } else {
        on_command(link, &command, now_ms);
    }
    arena_clear(&signalling->arena);
}

void signalling_close(struct link *link, uint16_t code, uint64_t now_ms)
{
    struct seat *seat = own_seat(link);
    stop_greeting(link);
    /* 1001 from a browser means that the page was closed or left, 1000 that it has done with the
     * session (RFC 6455 section 7.4.1): that tab does not come back. Everything else may be the
     * network's fault. */
    if (seat != NULL && (code == 1001 || code == 1000)) {
        fanout_close(seat, now_ms);
    } else if (seat != NULL) {
        fanout_detach(seat, now_ms);
    }
    mem_free(link);
}

/* ---- life ---- */

MUST_USE enum err signalling_create(const struct signalling_params *params, struct signalling **out)
{
    struct signalling *signalling = mem_alloc(sizeof(*signalling));
    if (signalling == NULL) {
        return ERR_NOMEM;
    }
    signalling->params = *params;
    arena_init(&signalling->arena, ARENA_BYTES_MAX);
    enum err err = wheel_create(params->now_ms, &signalling->wheel);
    if (err != OK) {
        mem_free(signalling);
        return err;
    }
    *out = signalling;
    return OK;
}

void signalling_destroy(struct signalling *signalling)
{
    if (signalling == NULL) {
        return;
    }
    wheel_destroy(signalling->wheel);
    arena_fini(&signalling->arena);
    mem_free(signalling);
}

void signalling_set_relay(struct signalling *signalling, signalling_offer offer, void *arg)
{
    signalling->offer = offer;
    signalling->offer_arg = arg;
}

void signalling_tick(struct signalling *signalling, uint64_t now_ms)
{
    wheel_tick(signalling->wheel, now_ms);
}

uint64_t signalling_next_ms(const struct signalling *signalling)
{
    return wheel_next_ms(signalling->wheel);
}
