/* SPDX-License-Identifier: Apache-2.0 */
/* Calls between model people over a bad network: the real portal on a virtual clock, seeded. Each
 * schedule is judged by calls_oracle.c. See README.md. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "calls_oracle.h"
#include "base/log.h"
#include "portal/call.h"
#include "portal/testports.h"

#define TABS_PER_USER 3
#define TABS_MAX (ORACLE_USERS_MAX * TABS_PER_USER)
#define KNOWN_MAX 32
#define INBOX_MAX 32
#define OUTBOX_MAX 16
#define STEPS 60
#define RESUME_MS 6000 /* a session whose connection is away longer is closed */

enum call_fault call_fault = CALL_FAULT_NONE;

static const char *const fault_names[CALL_FAULT_COUNT] = {
    "none",      "two-answers", "rings-on",    "two-calls", "early-description",
    "strangers", "silent-end",  "rings-hidden"};

enum command_kind {
    COMMAND_START,
    COMMAND_ACCEPT,
    COMMAND_DECLINE,
    COMMAND_END,
    COMMAND_CONNECTED,
    COMMAND_JOIN,
    COMMAND_LEAVE,
    COMMAND_MEDIA,
    COMMAND_DESCRIBE,
    COMMAND_CANDIDATE,
    COMMAND_COUNT
};

static const char *const command_names[COMMAND_COUNT] = {
    "start", "accept", "decline", "end",      "connected",
    "join",  "leave",  "media",   "describe", "candidate"};

struct command {
    enum command_kind kind;
    struct id call;
    int callee; /* START */
    uint64_t due_ms;
};

/* What a page knows of a call. */
struct known {
    struct id call;
    enum call_state state;
    enum call_role role;
    bool here;
};

struct letter {
    bool reset; /* forget everything: a snapshot follows */
    struct known view;
    uint64_t due_ms;
};

/* A page: its session at the server, its connection, and what it knows. */
struct tab {
    session_id session; /* 0: the page is closed, or its session is */
    int user;
    bool open;
    bool up;  /* the connection */
    bool cut; /* letters were lost: a snapshot is due */
    uint64_t down_ms;
    struct letter inbox[INBOX_MAX];
    int inbox_count;
    struct command outbox[OUTBOX_MAX];
    int outbox_count;
    struct known known[KNOWN_MAX];
    int known_count;
};

struct world {
    struct testports ports;
    struct portal *portal;
    struct oracle oracle;
    struct tab tabs[TABS_MAX];
    int tab_count;
    uint64_t now_ms;
    uint64_t random;
    uint64_t next_id;
    bool trace;
};

static uint64_t rnd(struct world *world)
{
    world->random ^= world->random << 13;
    world->random ^= world->random >> 7;
    world->random ^= world->random << 17;
    return world->random;
}

static int below(struct world *world, int bound)
{
    return (int)((rnd(world) >> 11) % (uint64_t)bound);
}

static bool chance(struct world *world, int percent)
{
    return below(world, 100) < percent;
}

#define TRACE(world, ...)                                                                          \
    do {                                                                                           \
        if ((world)->trace) {                                                                      \
            printf("%8" PRIu64 " ", (world)->now_ms);                                              \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
        }                                                                                          \
    } while (0)

/* How the calls of all schedules ended: shows that the schedules reach everything. */
static uint64_t ended_as[END_REASON_COUNT];
static uint64_t were_active;

static int call_number(const struct id *call)
{
    return call->bytes[1];
}

/* ---- the server's side of a connection ---- */

static struct tab *tab_of(struct world *world, session_id session)
{
    for (int i = 0; i < world->tab_count; i++) {
        if (world->tabs[i].session == session && session != 0) {
            return &world->tabs[i];
        }
    }
    return NULL;
}

static void post(struct world *world, struct tab *tab, struct letter letter)
{
    if (tab->cut) {
        return;
    }
    if (tab->inbox_count == INBOX_MAX) { /* a slow page: cut off, synchronised later */
        tab->inbox_count = 0;
        tab->cut = true;
        return;
    }
    letter.due_ms = world->now_ms + (uint64_t)below(world, 300);
    if (tab->inbox_count > 0 && tab->inbox[tab->inbox_count - 1].due_ms > letter.due_ms) {
        letter.due_ms = tab->inbox[tab->inbox_count - 1].due_ms; /* in order */
    }
    tab->inbox[tab->inbox_count++] = letter;
}

static void seen(struct world *world, session_id session, struct tab *tab,
                 const struct call_view *view)
{
    TRACE(world, "  tab %d (user %d) sees call %d %s %s%s", (int)(tab - world->tabs), tab->user,
          call_number(&view->call), call_state_name(view->state), end_reason_name(view->reason),
          view->here ? " here" : "");
    oracle_view(&world->oracle, session, tab->user, view);
    struct known known = {view->call, view->state, view->role, view->here};
    post(world, tab, (struct letter){.view = known});
}

static void learn_start(struct world *world, const struct call_view *view, int user)
{
    /* The callee is told before the start returns, and an event may be the first to name it. */
    int peer = -1;
    for (int i = 0; i < world->oracle.user_count; i++) {
        if (id_equal(&world->oracle.users[i], &view->peer->id)) {
            peer = i;
        }
    }
    bool caller = view->role == ROLE_CALLER;
    oracle_started(&world->oracle, &view->call, caller ? user : peer, caller ? peer : user,
                   world->now_ms);
}

static bool is_starting;

static void on_event(void *ctx, session_id session, const struct event *event)
{
    struct world *world = ctx;
    struct tab *tab = tab_of(world, session);
    if (event->kind != EVENT_CALL && event->kind != EVENT_DESCRIPTION &&
        event->kind != EVENT_CANDIDATE) {
        return; /* people, settings, the chat */
    }
    if (tab == NULL) {
        oracle_fail(&world->oracle, "a session that is gone is told something");
        return;
    }
    if (event->kind == EVENT_CALL) {
        if (is_starting) {
            learn_start(world, &event->call, tab->user);
        }
        seen(world, session, tab, &event->call);
    } else if (event->kind == EVENT_DESCRIPTION) {
        oracle_forwarded(&world->oracle, tab->user, &event->description.call);
    } else {
        oracle_forwarded(&world->oracle, tab->user, &event->candidate.call);
    }
}

static void on_session_end(void *ctx, session_id session, enum session_end why)
{
    struct world *world = ctx;
    (void)session;
    (void)why;
    oracle_fail(&world->oracle, "the portal ends a session that is within the limits");
}

static void close_session(struct world *world, struct tab *tab)
{
    session_id session = tab->session;
    TRACE(world, "session of tab %d (user %d) closes", (int)(tab - world->tabs), tab->user);
    tab->session = 0;
    tab->inbox_count = 0;
    tab->outbox_count = 0;
    tab->cut = false;
    oracle_left(&world->oracle, session, NULL);
    portal_session_close(world->portal, session, world->now_ms);
}

static void open_session(struct world *world, struct tab *tab)
{
    static char names[ORACLE_USERS_MAX][2] = {"a", "b", "c", "d", "e"};
    enum err err = testports_open(&world->ports, world->portal, names[tab->user], world->now_ms,
                                  &tab->session);
    if (err != OK) {
        oracle_fail(&world->oracle, "no session: %s", err_name(err));
        return;
    }
    TRACE(world, "tab %d (user %d) opens", (int)(tab - world->tabs), tab->user);
    tab->open = true;
    tab->up = true;
    tab->cut = false;
    tab->inbox_count = 0;
    tab->outbox_count = 0;
    tab->known_count = 0;
    portal_session_snapshot(world->portal, tab->session, world->now_ms);
}

static int online_users(const struct world *world, int except, bool *own_other,
                        const struct tab *me)
{
    bool online[ORACLE_USERS_MAX] = {false};
    *own_other = false;
    for (int i = 0; i < world->tab_count; i++) {
        const struct tab *tab = &world->tabs[i];
        if (tab->session != 0) {
            online[tab->user] = true;
            *own_other = *own_other || (tab->user == except && tab != me);
        }
    }
    int count = 0;
    for (int user = 0; user < ORACLE_USERS_MAX; user++) {
        count += online[user] ? 1 : 0;
    }
    return count;
}

/* One of the two of a call must be there to be told, or the oracle would not hear of its end: at
 * most one person at a time has no session at all. */
static bool may_close(const struct world *world, const struct tab *tab)
{
    bool own_other;
    int online = online_users(world, tab->user, &own_other, tab);
    return own_other || online == world->oracle.user_count;
}

/* ---- commands arrive ---- */

static enum err run_view(struct world *world, struct tab *tab, const struct command *command)
{
    struct call_view view;
    static const char *const names[ORACLE_USERS_MAX] = {"a", "b", "c", "d", "e"};
    enum err err;
    if (command->kind == COMMAND_START) {
        struct portal_call_start wanted = {.call = command->call,
                                           .callee = slice_text(names[command->callee]),
                                           .microphone_on = true,
                                           .camera_on = true};
        is_starting = true;
        err = portal_call_start(world->portal, tab->session, &wanted, world->now_ms, &view);
        is_starting = false;
        if (err == OK && id_equal(&view.call, &command->call)) {
            learn_start(world, &view, tab->user);
        }
    } else if (command->kind == COMMAND_ACCEPT) {
        const struct portal_call_answer answer = {.microphone_on = true};
        err = portal_call_accept(world->portal, tab->session, &command->call, &answer,
                                 world->now_ms, &view);
    } else {
        err = portal_call_join(world->portal, tab->session, &command->call, world->now_ms, &view);
    }
    if (err == OK) {
        seen(world, tab->session, tab, &view);
    }
    return err;
}

static enum err run_plain(struct world *world, struct tab *tab, const struct command *command)
{
    struct portal *portal = world->portal;
    session_id session = tab->session;
    uint64_t now_ms = world->now_ms;
    struct call_description description = {
        .call = command->call, .type = DESCRIPTION_OFFER, .sdp = SLICE("v=0")};
    struct call_candidate candidate = {
        .call = command->call,
        .candidate = SLICE("candidate:1"),
        .facts = {.type = ICE_HOST, .addr = addr_v4(192, 0, 2, 1, 5000)}};
    static const enum end_reason reasons[] = {END_HUNG_UP, END_PERMISSION_DENIED, END_NO_DEVICE,
                                              END_MEDIA_LOST};
    struct call_media media = {
        .microphone_on = chance(world, 50), .camera_on = true, .switched_camera = true};
    switch (command->kind) {
    case COMMAND_DECLINE:
        return portal_call_decline(portal, session, &command->call, now_ms);
    case COMMAND_END:
        return portal_call_end(portal, session, &command->call, reasons[below(world, 4)], now_ms);
    case COMMAND_CONNECTED:
        return portal_call_connected(portal, session, &command->call, now_ms);
    case COMMAND_LEAVE:
        return portal_call_leave(portal, session, &command->call, now_ms);
    case COMMAND_MEDIA:
        return portal_call_media(portal, session, &command->call, &media, now_ms);
    case COMMAND_DESCRIBE:
        return portal_call_describe(portal, session, &description);
    default:
        return portal_call_candidate(portal, session, &candidate);
    }
}

static void run_command(struct world *world, struct tab *tab, const struct command *command)
{
    bool views = command->kind == COMMAND_START || command->kind == COMMAND_ACCEPT ||
                 command->kind == COMMAND_JOIN;
    const struct oracle_call *known = oracle_find(&world->oracle, &command->call);
    TRACE(world, "tab %d (user %d) %s call %d", (int)(tab - world->tabs), tab->user,
          command_names[command->kind], call_number(&command->call));
    bool stranger =
        command->kind != COMMAND_START && (known == NULL || !oracle_is_part(known, tab->user));
    bool was_ended = known != NULL && known->state == CALL_ENDED;
    enum err err = views ? run_view(world, tab, command) : run_plain(world, tab, command);
    TRACE(world, "  answer %s", err_name(err));
    if (stranger) {
        oracle_stranger(&world->oracle, err);
    } else if (was_ended && command->kind == COMMAND_END && err != OK) {
        oracle_fail(&world->oracle, "to end an ended call is answered with %s", err_name(err));
    } else if (err == OK && command->kind == COMMAND_LEAVE) {
        oracle_left(&world->oracle, tab->session, &command->call);
    }
}

/* ---- pages ---- */

static void send_command(struct world *world, struct tab *tab, enum command_kind kind,
                         struct id call, int callee)
{
    int times = chance(world, 6) ? 2 : 1; /* an answer was lost: the page repeats */
    for (int i = 0; i < times && tab->outbox_count < OUTBOX_MAX; i++) {
        uint64_t due_ms = world->now_ms + (uint64_t)below(world, 300);
        if (tab->outbox_count > 0 && tab->outbox[tab->outbox_count - 1].due_ms > due_ms) {
            due_ms = tab->outbox[tab->outbox_count - 1].due_ms;
        }
        tab->outbox[tab->outbox_count++] = (struct command){kind, call, callee, due_ms};
    }
}

static void start_call(struct world *world, struct tab *tab, int callee)
{
    struct id call = {{0}};
    world->next_id++;
    call.bytes[0] = 1;
    call.bytes[1] = (uint8_t)world->next_id;
    if (world->next_id < ORACLE_CALLS_MAX) {
        send_command(world, tab, COMMAND_START, call, callee);
    }
}

static void learn(struct tab *tab, const struct letter *letter)
{
    if (letter->reset) {
        tab->known_count = 0;
        return;
    }
    int at = 0;
    while (at < tab->known_count && !id_equal(&tab->known[at].call, &letter->view.call)) {
        at++;
    }
    if (letter->view.state == CALL_ENDED) {
        if (at < tab->known_count) {
            tab->known[at] = tab->known[--tab->known_count];
        }
    } else if (at < KNOWN_MAX) {
        tab->known[at] = letter->view;
        tab->known_count += at == tab->known_count ? 1 : 0;
    }
}

static void act_on(struct world *world, struct tab *tab, const struct known *known)
{
    if (known->state == CALL_RINGING && known->role == ROLE_CALLEE) {
        int dice = below(world, 100);
        if (dice < 55) {
            send_command(world, tab, COMMAND_ACCEPT, known->call, 0);
        } else if (dice < 65) {
            send_command(world, tab, COMMAND_DECLINE, known->call, 0);
        }
    } else if (known->state == CALL_RINGING) {
        if (chance(world, 10)) {
            send_command(world, tab, chance(world, 50) ? COMMAND_END : COMMAND_LEAVE, known->call,
                         0);
        }
    } else {
        static const enum command_kind kinds[] = {
            COMMAND_DESCRIBE,  COMMAND_DESCRIBE,  COMMAND_CANDIDATE, COMMAND_CANDIDATE,
            COMMAND_CONNECTED, COMMAND_CONNECTED, COMMAND_CONNECTED, COMMAND_CONNECTED,
            COMMAND_CONNECTED, COMMAND_CONNECTED, COMMAND_CONNECTED, COMMAND_MEDIA,
            COMMAND_LEAVE,     COMMAND_JOIN,      COMMAND_END,       COMMAND_CANDIDATE};
        send_command(world, tab, kinds[below(world, 16)], known->call, 0);
    }
}

/* A stale, forged or senseless command: any kind about any call that there ever was. */
static void act_wildly(struct world *world, struct tab *tab)
{
    if (world->oracle.call_count == 0) {
        return;
    }
    const struct oracle_call *call = &world->oracle.calls[below(world, world->oracle.call_count)];
    enum command_kind kind = (enum command_kind)below(world, COMMAND_COUNT);
    send_command(world, tab, kind, call->id, below(world, world->oracle.user_count));
}

static void reload(struct world *world, struct tab *tab)
{
    struct known known = {.state = CALL_ENDED};
    for (int i = 0; i < tab->known_count; i++) {
        if (tab->known[i].here) {
            known = tab->known[i];
        }
    }
    if (known.state != CALL_ENDED && chance(world, 70)) { /* the good-bye may be lost */
        run_command(world, tab, &(struct command){.kind = COMMAND_LEAVE, .call = known.call});
    }
    close_session(world, tab);
    open_session(world, tab);
    if (known.state != CALL_ENDED && tab->session != 0 && chance(world, 80)) {
        send_command(world, tab, COMMAND_JOIN, known.call, 0);
    }
}

static void choose_status(struct world *world, struct tab *tab)
{
    static const enum status statuses[] = {STATUS_AVAILABLE, STATUS_AVAILABLE, STATUS_AWAY,
                                           STATUS_DO_NOT_DISTURB, STATUS_INVISIBLE};
    enum status status = statuses[below(world, 5)];
    TRACE(world, "tab %d (user %d) chooses status %d", (int)(tab - world->tabs), tab->user,
          (int)status);
    if (portal_set_status(world->portal, tab->session, status, world->now_ms) != OK) {
        oracle_fail(&world->oracle, "a status cannot be chosen");
    }
    world->oracle.statuses[tab->user] = status;
}

static void act(struct world *world)
{
    struct tab *tab = &world->tabs[below(world, world->tab_count)];
    int dice = below(world, 100);
    if (!tab->open) {
        if (dice < 30) {
            open_session(world, tab);
        }
    } else if (tab->session == 0) {
        return; /* its connection is still away */
    } else if (dice < 50 && tab->known_count > 0) {
        act_on(world, tab, &tab->known[below(world, tab->known_count)]);
    } else if (dice < 65) {
        start_call(world, tab, below(world, world->oracle.user_count));
    } else if (dice < 75) { /* both press Call */
        struct tab *other = &world->tabs[below(world, world->tab_count)];
        start_call(world, tab, other->user);
        if (other->session != 0) {
            start_call(world, other, tab->user);
        }
    } else if (dice < 88) {
        act_wildly(world, tab);
    } else if (dice < 91 && may_close(world, tab)) {
        close_session(world, tab);
        tab->open = false;
        tab->known_count = 0;
    } else if (dice < 94 && may_close(world, tab)) {
        reload(world, tab);
    } else if (dice < 96) {
        choose_status(world, tab);
    } else if (dice < 98 && tab->up) { /* the connection drops; some commands never arrive */
        TRACE(world, "tab %d is away", (int)(tab - world->tabs));
        tab->up = false;
        tab->down_ms = world->now_ms;
        tab->outbox_count = below(world, tab->outbox_count + 1);
        portal_session_away(world->portal, tab->session, true, world->now_ms);
    }
}

/* ---- time ---- */

static void come_back(struct world *world, struct tab *tab)
{
    tab->up = true;
    if (tab->session == 0) {
        open_session(world, tab);
        return;
    }
    TRACE(world, "tab %d is back", (int)(tab - world->tabs));
    portal_session_away(world->portal, tab->session, false, world->now_ms);
}

static void tick_tab(struct world *world, struct tab *tab, bool quiet)
{
    if (!tab->open) {
        return;
    }
    if (!tab->up) {
        bool late = world->now_ms > tab->down_ms + RESUME_MS;
        if (late && tab->session != 0 && may_close(world, tab)) {
            close_session(world, tab);
        }
        if (quiet || chance(world, 8)) {
            come_back(world, tab);
        }
        return;
    }
    if (tab->cut) {
        tab->cut = false;
        post(world, tab, (struct letter){.reset = true});
        portal_session_snapshot(world->portal, tab->session, world->now_ms);
    }
    while (tab->outbox_count > 0 && tab->outbox[0].due_ms <= world->now_ms) {
        struct command command = tab->outbox[0];
        tab->outbox_count--;
        memmove(tab->outbox, tab->outbox + 1, sizeof command * (size_t)tab->outbox_count);
        run_command(world, tab, &command);
    }
    int taken = 0;
    while (taken < tab->inbox_count && tab->inbox[taken].due_ms <= world->now_ms) {
        learn(tab, &tab->inbox[taken++]);
    }
    tab->inbox_count -= taken;
    memmove(tab->inbox, tab->inbox + taken, sizeof tab->inbox[0] * (size_t)tab->inbox_count);
}

static void advance(struct world *world, uint64_t by_ms, bool quiet)
{
    bool has_session[ORACLE_USERS_MAX] = {false};
    world->now_ms += by_ms;
    portal_tick(world->portal, world->now_ms);
    for (int i = 0; i < world->tab_count; i++) {
        tick_tab(world, &world->tabs[i], quiet);
        has_session[world->tabs[i].user] |= world->tabs[i].session != 0;
    }
    (void)testports_run(&world->ports);
    oracle_check(&world->oracle, world->portal, has_session, world->now_ms);
}

/* Nobody acts any more: everything must come to its end, and every page must learn of it. */
static void quieten(struct world *world)
{
    for (int i = 0; i < 2000 && world->oracle.violation[0] == '\0'; i++) {
        advance(world, i < 10 ? 300 : 1000, true);
        if (i > 20 && !oracle_any_live(&world->oracle)) {
            break;
        }
    }
    advance(world, 400, true);
    advance(world, 400, true);
    if (oracle_any_live(&world->oracle)) {
        oracle_fail(&world->oracle, "a call does not end");
    }
    for (int i = 0; i < world->tab_count; i++) {
        if (world->tabs[i].known_count > 0) {
            oracle_fail(&world->oracle, "tab %d never learns that call %d has ended", i,
                        call_number(&world->tabs[i].known[0].call));
        }
    }
}

static bool build(struct world *world, uint64_t seed)
{
    static const char *const names[ORACLE_USERS_MAX] = {"a", "b", "c", "d", "e"};
    world->random = (seed + 1) * 0x9E3779B97F4A7C15u | 1;
    world->now_ms = 1000;
    testports_init(&world->ports, seed + 1);
    struct portal_params params = {
        .ports = testports_ports(&world->ports),
        .limits = testports_limits(),
        .now_ms = world->now_ms,
    };
    params.ports.tell = (struct port_tell){world, on_event, on_session_end};
    params.limits.logins_per_user_max = 256;
    params.limits.sessions_max = 64;
    params.limits.sessions_per_user_max = 8;
    params.limits.calls_max = 64;
    params.limits.ring_ms = 8000;
    params.limits.connect_ms = 6000;
    params.limits.leave_grace_ms = 2000;
    params.limits.rejoin_ms = 5000;
    params.limits.call_max_ms = 40000;
    params.limits.candidates_max = 3;
    world->oracle.ring_ms = params.limits.ring_ms;
    if (portal_create(&params, &world->portal) != OK) {
        return false;
    }
    world->oracle.user_count = 2 + below(world, 4);
    for (int user = 0; user < world->oracle.user_count; user++) {
        world->oracle.users[user] = testports_user_id(names[user]);
        if (testports_add_user(world->portal, names[user], NULL) != OK) {
            return false;
        }
        int tabs = 1 + below(world, TABS_PER_USER);
        for (int i = 0; i < tabs; i++) {
            struct tab *tab = &world->tabs[world->tab_count++];
            tab->user = user;
            open_session(world, tab);
        }
    }
    return true;
}

/* Plays one schedule; false: `why` has the violation. */
static bool play(uint64_t seed, bool trace, char why[160])
{
    struct world *world = calloc(1, sizeof *world);
    ASSERT(world != NULL);
    world->trace = trace;
    bool built = build(world, seed);
    ASSERT(built);
    for (int step = 0; step < STEPS && world->oracle.violation[0] == '\0'; step++) {
        act(world);
        advance(world, (uint64_t)below(world, chance(world, 5) ? 4000 : 250), false);
    }
    quieten(world);
    memcpy(why, world->oracle.violation, 160);
    for (int i = 0; i < world->oracle.call_count; i++) {
        ended_as[world->oracle.calls[i].reason]++;
        were_active += world->oracle.calls[i].was_active ? 1 : 0;
    }
    portal_destroy(world->portal);
    testports_fini(&world->ports);
    free(world);
    return why[0] == '\0';
}

static bool run(uint64_t seed, uint64_t schedules)
{
    char why[160];
    for (uint64_t i = 0; i < schedules; i++) {
        if (!play(seed + i, false, why)) {
            (void)play(seed + i, true, why);
            printf("seed %" PRIu64 ": %s\n", seed + i, why);
            printf("calls_sim: %" PRIu64 " passed, 1 failed\n", i);
            return false;
        }
    }
    printf("calls ended as");
    for (int reason = END_NONE + 1; reason < END_REASON_COUNT; reason++) {
        if (ended_as[reason] > 0) {
            printf(" %s=%" PRIu64, end_reason_name((enum end_reason)reason), ended_as[reason]);
        }
    }
    printf("; %" PRIu64 " were active\n", were_active);
    printf("calls_sim: %" PRIu64 " passed, 0 failed\n", schedules);
    return true;
}

/* Each fault must be found. */
static bool run_faults(uint64_t seed, uint64_t schedules)
{
    int found = 0;
    for (int fault = 1; fault < CALL_FAULT_COUNT; fault++) {
        char why[160] = "";
        uint64_t i = 0;
        call_fault = (enum call_fault)fault;
        while (i < schedules && play(seed + i, false, why)) {
            i++;
        }
        found += why[0] != '\0' ? 1 : 0;
        printf("fault %s: %s (schedule %" PRIu64 ")\n", fault_names[fault],
               why[0] != '\0' ? why : "NOT FOUND", i);
    }
    printf("calls_sim_faults: %d passed, %d failed\n", found, CALL_FAULT_COUNT - 1 - found);
    return found == CALL_FAULT_COUNT - 1;
}

static void no_line(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

int main(int argc, char **argv)
{
    uint64_t seed = 1;
    uint64_t schedules = 1000;
    bool faults = false;
    bool trace = false;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--seed") == 0 && i + 1 < argc) {
            seed = strtoull(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--schedules") == 0 && i + 1 < argc) {
            schedules = strtoull(argv[++i], NULL, 10);
        } else if (strcmp(argv[i], "--faults") == 0) {
            faults = true;
        } else if (strcmp(argv[i], "--trace") == 0) {
            trace = true;
        } else {
            fprintf(stderr, "usage: calls_sim [--schedules N] [--seed S] [--trace | --faults]\n");
            return 2;
        }
    }
    log_set_sink(no_line, NULL);
    if (trace) {
        char why[160];
        bool good = play(seed, true, why);
        printf("seed %" PRIu64 ": %s\n", seed, good ? "nothing wrong" : why);
        return good ? 0 : 1;
    }
    return (faults ? run_faults(seed, schedules) : run(seed, schedules)) ? 0 : 1;
}
