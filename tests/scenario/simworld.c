/* SPDX-License-Identifier: Apache-2.0 */
/* One schedule: the world is built from its seed, people act while time passes, and then nobody
 * acts any more and all must come to its end. */
#include "sim.h"

#include <string.h>

#include "base/mem.h"

#define STEPS 44
#define SHUFFLE_PERCENT 12 /* of the schedules */
#define WALL_BASE_MS 1700000000000
#define QUIET_STEP_MS 80 /* what happens within it happens in one step */
#define ENDS_WITHIN 4000 /* steps of the quiet end */

const char *const command_names[COMMAND_COUNT] = {
    "start",    "accept",    "decline", "end",     "connected", "join",   "leave",  "media",
    "describe", "candidate", "hold",    "take up", "ringing",   "ignore", "prepare"};

/* Weights: on-call start glare wild close reload die status drop slow server clock block wait sleep
 */
static const struct theme themes[] = {
    {"all", 4, 3, {40, 12, 8, 14, 4, 4, 3, 4, 6, 2, 2, 1, 4, 4, 2}},
    {"glare", 2, 2, {45, 5, 35, 5, 0, 3, 1, 0, 6, 0, 0, 0, 1, 1, 1}},
    {"devices", 2, 3, {70, 10, 2, 4, 2, 4, 3, 0, 5, 0, 0, 0, 1, 2, 1}},
    {"restart", 3, 2, {55, 12, 4, 6, 1, 3, 2, 2, 3, 0, 10, 2, 2, 5, 1}},
    {"slow", 3, 2, {50, 12, 4, 6, 2, 2, 2, 0, 6, 16, 0, 0, 0, 1, 3}},
    {"wild", 3, 2, {30, 8, 4, 50, 1, 2, 1, 2, 2, 0, 0, 0, 4, 3, 1}},
};
#define THEMES (sizeof themes / sizeof themes[0])

int sim_page_number(const struct sim *sim, const struct page *page)
{
    return (int)(page - sim->pages);
}

/* ---- the server ---- */

#define LIMIT_NONE 1000000

static void set_limits(struct portal_limits *limits)
{
    *limits = (struct portal_limits){
        .users_max = ORACLE_USERS_MAX,
        .groups_max = 1,
        .logins_per_user_max = SIM_PAGES_PER_USER + 1,
        .sessions_max = SIM_SEATS_MAX,
        .sessions_per_user_max = SIM_SEATS_MAX,
        .invitations_max = 1,
        .calls_max = 2 * ORACLE_CALLS_MAX,
        .pushes_per_user_max = 1,
        .login_idle_s = 30 * 86400,
        .login_absolute_s = 365 * 86400,
        .ring_ms = 8000,
        .connect_ms = 6000,
        .leave_grace_ms = 2000,
        .rejoin_ms = 5000,
        .call_max_ms = 40000,
        .candidates_max = 3,
        .rooms_max = SIM_ROOMS_MAX,
        .rooms_per_user_max = SIM_ROOMS_MAX,
        .room_members_max = 4,
        .spaces_max = 1,
        .calls_kept_days = 365,
        .timelines_kept_days = 30,
        /* Nobody is held back: people here call each other more than any real ones do. */
        .stranger_calls_per_hour = LIMIT_NONE,
        .per_minute = {[QUOTA_CALLS] = LIMIT_NONE},
    };
}

static void give(struct sim *sim, const struct change *change)
{
    enum err err = portal_restore(sim->portal, change);
    ASSERT(err == OK);
}

static void give_people(struct sim *sim)
{
    for (int user = 0; user < sim->oracle.user_count; user++) {
        struct change change = {.kind = CHANGE_USER_PUT};
        change.user.id = sim->oracle.users[user];
        change.user.name[0] = change.user.full_name[0] = (char)('a' + user);
        change.user.microphone_on = change.user.camera_on = true;
        change.user.status = sim->disk.statuses[user];
        change.user.no_call_waiting = sim->oracle.no_waiting[user];
        change.user.relay_only = sim->oracle.relay_only[user];
        give(sim, &change);
    }
    for (int i = 0; i < sim->page_count; i++) {
        struct change change = {.kind = CHANGE_LOGIN_PUT};
        struct login *login = &change.login;
        login->id = sim->pages[i].login;
        login->user = sim->oracle.users[sim->pages[i].user];
        login->token_hash[0] = (uint8_t)i;
        login->seen_s = ((int64_t)sim->now_ms + sim->wall_ms) / 1000;
        login->created_s = sim->oracle.returns[sim->pages[i].user] ? 0 : INT64_MAX;
        login->expires_s = INT64_MAX;
        give(sim, &change);
    }
}

/* A browser of some people can be rung while none of their pages is open. */
static void give_pushes(struct sim *sim)
{
    bool given[ORACLE_USERS_MAX] = {false};
    for (int i = 0; i < sim->page_count; i++) {
        int user = sim->pages[i].user;
        if (sim->oracle.push[user] && !given[user]) {
            struct change change = {.kind = CHANGE_PUSH_PUT};
            change.push.login = sim->pages[i].login;
            memcpy(change.push.endpoint, "https://push", sizeof "https://push");
            given[user] = true;
            sim->oracle.push_devices[user] = (uint8_t)i;
            give(sim, &change);
        }
    }
}

static void start_server(struct sim *sim)
{
    struct portal_params params = {.ports = disk_ports(sim), .now_ms = sim->now_ms};
    set_limits(&params.limits);
    params.limits.unanswered_max = sim->oracle.unanswered_max;
    params.at_ms = (int64_t)sim->now_ms + sim->wall_ms;
    sim->oracle.started_ms = sim->now_ms;
    enum err err = portal_create(&params, &sim->portal);
    ASSERT(err == OK);
    give_people(sim);
    give_pushes(sim);
    disk_load(sim);
}

void sim_server_dies(struct sim *sim)
{
    if (sim->portal == NULL) {
        return;
    }
    disk_crash(sim);
    portal_destroy(sim->portal);
    sim->portal = NULL;
    sim->restart_ms = sim->now_ms + sim_below(sim, 2000);
    memcpy(sim->oracle.statuses, sim->disk.statuses, sizeof sim->disk.statuses);
    memcpy(sim->oracle.blocks, sim->disk.blocks, sizeof sim->disk.blocks);
    memcpy(sim->oracle.waits, sim->disk.waits, sizeof sim->disk.waits);
    oracle_crashed(&sim->oracle);
    net_server_gone(sim);
    sim->tally->restarts++;
}

static void server_comes_back(struct sim *sim)
{
    SIM_TRACE(sim, "the server is there again");
    sim->oracle.cause = (struct cause){.deed = DEED_TIME};
    start_server(sim);
    oracle_restarted(&sim->oracle, sim->portal, sim->jumped);
    sim->oracle.cause.deed = DEED_NONE;
}

void sim_clock_jumps(struct sim *sim)
{
    int64_t by_ms = (int64_t)sim_below(sim, sim_chance(sim, 50) ? SIM_DAY_MS : 10000);
    if (sim_chance(sim, 50)) {
        by_ms = -by_ms;
    }
    sim->jumped = sim->oracle.jumped = true;
    sim->wall_ms += by_ms;
    SIM_TRACE(sim, "the wall clock jumps by %" PRId64 " ms", by_ms);
    if (sim->portal != NULL) {
        portal_expire(sim->portal, ((int64_t)sim->now_ms + sim->wall_ms) / 1000, sim->now_ms);
    }
}

/* ---- time ---- */

static void tick_server(struct sim *sim)
{
    if (sim->portal == NULL) {
        if (sim->now_ms < sim->restart_ms) {
            return;
        }
        server_comes_back(sim);
    }
    sim->oracle.cause = (struct cause){.deed = DEED_TIME};
    portal_tick(sim->portal, sim->now_ms);
    sim->oracle.cause.deed = DEED_NONE;
    net_tick(sim);
}

static void tick_notes(struct sim *sim)
{
    for (int i = sim->note_count - 1; i >= 0; i--) {
        struct note note = sim->notes[i];
        if (note.due_ms <= sim->now_ms) {
            sim->notes[i] = sim->notes[--sim->note_count];
            command_note(sim, &note);
        }
    }
}

/* Every page that is reached knows within a while that a call is over, and no page rings too long.
 */
static void check_pages(struct sim *sim)
{
    for (int i = 0; i < sim->page_count; i++) {
        const struct page *page = &sim->pages[i];
        for (int k = 0; k < page->known_count; k++) {
            const struct oracle_call *call = &sim->oracle.calls[page->known[k].call];
            if (call->state == CALL_ENDED && !sim->shuffles &&
                net_is_learnt(sim, page, call->ended_ms)) {
                oracle_fail(&sim->oracle, "page %d does not learn that call %d has ended", i,
                            page->known[k].call);
            }
            clock_check(sim, page, &page->known[k]);
        }
    }
}

static void advance(struct sim *sim, uint64_t by_ms)
{
    sim->now_ms += by_ms;
    sim->oracle.now_ms = sim->now_ms;
    sim->tally->steps++;
    tick_server(sim);
    if (sim->portal != NULL) {
        uint32_t first = sim_below(sim, (uint32_t)sim->page_count);
        for (uint32_t i = 0; i < (uint32_t)sim->page_count; i++) {
            command_tick(sim, &sim->pages[(first + i) % (uint32_t)sim->page_count]);
        }
        command_tick_strays(sim);
        tick_notes(sim);
        oracle_check(&sim->oracle, sim->portal);
        disk_tick(sim);
    }
    for (int i = 0; i < sim->page_count; i++) {
        page_tick(sim, &sim->pages[i]);
    }
    check_pages(sim);
}

static uint64_t next_ms(const struct sim *sim)
{
    if (sim->portal == NULL) {
        return sim->restart_ms;
    }
    uint64_t next = portal_next_ms(sim->portal);
    uint64_t others[] = {disk_next_ms(sim), net_next_ms(sim)};
    for (int i = 0; i < 2; i++) {
        next = others[i] < next ? others[i] : next;
    }
    for (int i = 0; i < sim->note_count; i++) {
        next = sim->notes[i].due_ms < next ? sim->notes[i].due_ms : next;
    }
    return next;
}

/* Nobody acts any more: everything must come to its end, and every page must learn of it. */
static void quieten(struct sim *sim)
{
    struct oracle *oracle = &sim->oracle;
    int steps = 0;
    sim->quiet = true;
    while (oracle->violation[0] == '\0' && steps++ < ENDS_WITHIN) {
        uint64_t next = next_ms(sim);
        if (next == SIM_NEVER) {
            break;
        }
        bool waits = oracle->live_count > 0 || net_next_ms(sim) != SIM_NEVER;
        if (!waits && next > sim->now_ms + 50000) {
            break; /* only what ended is still remembered */
        }
        advance(sim, next > sim->now_ms + QUIET_STEP_MS ? next - sim->now_ms : QUIET_STEP_MS);
    }
    if (oracle->live_count > 0) {
        oracle_fail(oracle, "call %d does not end", oracle->live[0]);
    }
    for (int i = 0; i < sim->page_count; i++) {
        const struct page *page = &sim->pages[i];
        if (page->open && page->known_count > 0 && !sim->shuffles) {
            oracle_fail(oracle, "page %d never learns that call %d has ended", i,
                        page->known[0].call);
        }
        bool waits = page->mine != 0 && !sim->shuffles;
        if (page->open && (page->outbox_count > 0 || waits)) {
            oracle_fail(oracle, "page %d waits for ever for %s", i,
                        page->outbox_count > 0 ? "an answer" : "its call");
        }
    }
}

/* ---- one schedule ---- */

static void build(struct sim *sim, uint64_t seed)
{
    sim->random = (seed + 1) * 0x9E3779B97F4A7C15u | 1;
    (void)sim_below(sim, 2);
    sim->now_ms = 1000;
    sim->oracle.now_ms = sim->now_ms;
    sim->wall_ms = WALL_BASE_MS;
    sim->disk.commit_ms = SIM_NEVER;
    sim->theme = &themes[sim_below(sim, THEMES)];
    for (int i = 0; i < ACT_COUNT; i++) {
        sim->weight_sum += sim->theme->weights[i];
    }
    struct portal_limits limits;
    set_limits(&limits);
    sim->oracle.times = (struct oracle_times){.ring_ms = limits.ring_ms,
                                              .connect_ms = limits.connect_ms,
                                              .leave_grace_ms = limits.leave_grace_ms,
                                              .rejoin_ms = limits.rejoin_ms,
                                              .call_max_ms = limits.call_max_ms};
    sim->oracle.unanswered_max = sim_chance(sim, 40) ? 1 + sim_below(sim, 3) : LIMIT_NONE;
    sim->oracle.user_count = 2 + (int)sim_below(sim, sim->theme->users_max - 1u);
    for (int user = 0; user < sim->oracle.user_count; user++) {
        sim->oracle.users[user] = (struct id){{3, (uint8_t)user}};
        sim->oracle.push[user] = sim_chance(sim, 15);
        sim->oracle.no_waiting[user] = sim_chance(sim, 25);
        sim->oracle.returns[user] = sim_chance(sim, 50);
        sim->oracle.relay_only[user] = sim_chance(sim, 20);
        for (int other = 0; other < sim->oracle.user_count; other++) {
            bool blocks = other != user && sim_chance(sim, 5);
            sim->disk.blocks[user] |= (uint8_t)(blocks ? 1 << other : 0);
        }
        sim->oracle.blocks[user] = sim->disk.blocks[user];
        int pages = 1 + (int)sim_below(sim, sim->theme->pages_max);
        for (int i = 0; i < pages; i++) {
            struct page *page = &sim->pages[sim->page_count];
            *page = (struct page){.user = user, .seat = -1};
            page->login = (struct id){{2, (uint8_t)user, (uint8_t)sim->page_count++}};
            page_open(sim, page);
        }
    }
    sim->shuffles = sim_chance(sim, SHUFFLE_PERCENT);
    sim->tally->shuffled += sim->shuffles ? 1 : 0;
    SIM_TRACE(sim, "theme %s, %d people, %d pages%s", sim->theme->name, sim->oracle.user_count,
              sim->page_count, sim->shuffles ? ", in any order" : "");
    start_server(sim);
}

static void count(const struct sim *sim)
{
    struct sim_tally *tally = sim->tally;
    tally->schedules++;
    for (int i = 1; i <= sim->oracle.highest; i++) {
        const struct oracle_call *call = &sim->oracle.calls[i];
        if (call->known) {
            tally->calls++;
            tally->ended_as[call->reason]++;
            tally->were_active += call->was_active ? 1 : 0;
            tally->blocked += call->blocked ? 1 : 0;
            tally->pestered += call->pestered ? 1 : 0;
            tally->after_three += call->pestered && sim->oracle.unanswered_max == 3 ? 1 : 0;
            tally->expected += call->expected ? 1 : 0;
        }
    }
}

/* No call, and nothing that is still to be answered: hours may pass. */
static bool is_calm(const struct sim *sim)
{
    bool calm = sim->oracle.live_count == 0;
    for (int i = 0; i < sim->page_count; i++) {
        calm = calm && sim->pages[i].outbox_count == 0;
    }
    return calm;
}

bool sim_play(uint64_t seed, bool trace, struct sim_tally *tally, char why[ORACLE_TEXT_MAX])
{
    static struct sim sim; /* too large for a stack, and one schedule at a time is played */
    memset(&sim, 0, sizeof sim);
    sim.trace = trace;
    sim.tally = tally;
    simmem_reset();
    build(&sim, seed);
    for (int step = 0; step < STEPS && sim.oracle.violation[0] == '\0'; step++) {
        page_act(&sim);
        bool counts = sim.oracle.unanswered_max != LIMIT_NONE; /* what is in vain lapses then */
        bool rests = is_calm(&sim) && sim_chance(&sim, counts ? 30 : 4);
        advance(&sim, rests ? 200000 + sim_below(&sim, counts ? 900000 : 500000)
                            : sim_below(&sim, sim_chance(&sim, counts ? 25 : 6) ? 4000 : 150));
    }
    if (sim.oracle.violation[0] == '\0') {
        quieten(&sim);
    }
    memcpy(why, sim.oracle.violation, ORACLE_TEXT_MAX);
    count(&sim);
#ifndef SIM_ARENA
    portal_destroy(sim.portal);
#endif
    return why[0] == '\0';
}
