/* SPDX-License-Identifier: Apache-2.0 */
/* What people and their pages do: as the front end does it, or worse. */
#include "sim.h"

static struct sim_known *find_known(struct page *page, int call)
{
    for (int i = 0; i < page->known_count; i++) {
        if (page->known[i].call == call) {
            return &page->known[i];
        }
    }
    return NULL;
}

void page_open(struct sim *sim, struct page *page)
{
    page->open = true;
    page->up = false;
    page->back_ms = sim->now_ms;
    page->last = 0;
    page->known_count = 0;
    memset(page->over, 0, sizeof page->over);
    memset(page->told, 0, sizeof page->told);
    page->connected = false;
    page->mine_here = false;
    clock_begin(sim, page);
}

/* The window of the call has nothing to do any more. */
static void let_go(struct page *page)
{
    page->mine = 0;
    page->mine_here = false;
    page->connected = false;
    page->rejoining = false;
}

void page_gives_up(struct sim *sim, struct page *page, int at)
{
    const struct sim_known known = page->known[at];
    page->over[known.call] = known.begun_ms;
    page->known[at] = page->known[--page->known_count];
    if (page->mine == known.call) {
        if (known.role == ROLE_CALLER) {
            (void)command_send(sim, page, COMMAND_END, known.call, 0);
        }
        let_go(page);
    }
}

/* The window wants to take part in the call. */
static bool ask(struct sim *sim, struct page *page, enum command_kind kind, int call, int callee)
{
    if (!command_send(sim, page, kind, call, callee)) {
        return false;
    }
    page->mine = page->mine == 0 ? (uint8_t)call : page->mine;
    return true;
}

/* ---- reading ---- */

/* The tab that rings wants to be connected while it does. */
static void offer_early(struct sim *sim, struct page *page, int call)
{
    struct sim_way way = {.early = 1, .offer = true};
    (void)command_send(sim, page, COMMAND_PREPARE, call, 0);
    (void)command_send_by(sim, page, COMMAND_DESCRIBE, call, way);
    way.shape = sim_chance(sim, 70) ? SHAPE_RELAY : (uint8_t)sim_below(sim, SHAPE_COUNT);
    (void)command_send_by(sim, page, COMMAND_CANDIDATE, call, way);
}

/* A description of such a connection has come. */
static void read_early(struct sim *sim, struct page *page, const struct letter *letter)
{
    struct sim_known *known = find_known(page, letter->call);
    struct sim_way way = {.early = letter->early};
    if (known == NULL || known->state != CALL_RINGING) {
        return;
    }
    if (!letter->offer) {
        known->early_ready = true;
    } else if (page->mine == letter->call) {
        known->early = letter->early;
        (void)command_send_by(sim, page, COMMAND_DESCRIBE, letter->call, way);
    }
}

static void learn(struct sim *sim, struct page *page, const struct sim_known *view, uint64_t at_ms)
{
    struct sim_known *known = find_known(page, view->call);
    bool mine = view->call == page->mine;
    bool was = view->state == CALL_RINGING && page->over[view->call] == view->begun_ms;
    if (view->state != CALL_RINGING && !view->moved) {
        page->over[view->call] = view->begun_ms;
    } else if (was && !SIM_HAS_FAULT(RINGS_AGAIN)) {
        return; /* late: it is over here */
    } else if (was) {
        oracle_fail(&sim->oracle, "page %d lets call %d ring again", sim_page_number(sim, page),
                    view->call);
    }
    if (view->state == CALL_ENDED) {
        if (known != NULL) {
            *known = page->known[--page->known_count];
        }
        if (mine) {
            let_go(page);
        }
        return;
    }
    if (known != NULL && view->state < known->state) {
        return; /* it was so before: web/src/model/live.ts */
    }
    if (known == NULL) {
        ASSERT(page->known_count < SIM_KNOWN_MAX);
        known = &page->known[page->known_count++];
        *known = (struct sim_known){0};
    }
    struct sim_known old = known->call == view->call ? *known : (struct sim_known){0};
    bool rings = view->state == CALL_RINGING && view->role == ROLE_CALLEE;
    *known = *view;
    known->early = old.early;
    known->early_ready = old.early_ready;
    clock_see(page, known, &old, at_ms);
    known->said = old.said || (rings && command_send(sim, page, COMMAND_RINGING, view->call, 0));
    if (rings && known->said && !old.said && sim_chance(sim, 50)) {
        known->early = 1; /* any number: the server gives the right one */
        offer_early(sim, page, view->call);
    }
    if (mine && page->mine_here && !view->here && !page->rejoining) {
        let_go(page); /* in another window */
    } else if (mine) {
        page->mine_here = view->here;
    }
}

static void read_reply(struct sim *sim, struct page *page, const struct letter *letter)
{
    int at = 0;
    while (at < page->outbox_count && page->outbox[at].tag != letter->reply) {
        at++;
    }
    if (at == page->outbox_count) {
        return; /* of before the page began again */
    }
    struct sim_command command = page->outbox[at];
    page->outbox_count--;
    memmove(page->outbox + at, page->outbox + at + 1,
            sizeof command * (size_t)(page->outbox_count - at));
    bool asked = command.kind == COMMAND_START || command.kind == COMMAND_ACCEPT ||
                 command.kind == COMMAND_JOIN;
    if (!asked || command.call != page->mine) {
        return;
    }
    bool rejoined = command.kind == COMMAND_JOIN && page->rejoining;
    page->rejoining = false;
    if (letter->refused) {
        let_go(page);
        return;
    }
    if (letter->view.call != page->mine) {
        sim->tally->glares++;
        page->mine = letter->view.call; /* both had pressed Call */
    }
    learn(sim, page, &letter->view, letter->due_ms);
    if (rejoined && page->mine != 0 && page->mine_here && page->connected) {
        (void)command_send(sim, page, COMMAND_CONNECTED, page->mine, 0);
    }
}

static void read_event(struct sim *sim, struct page *page, const struct letter *letter)
{
    if (letter->seq != page->last + 1 && !sim->shuffles) {
        oracle_fail(&sim->oracle, "page %d misses an event", sim_page_number(sim, page));
    }
    if (letter->seq <= page->last && !SIM_HAS_FAULT(ANY_ORDER)) {
        sim->tally->passed++;
        return; /* it was here already, or comes too late: web/src/protocol/connection.ts */
    }
    page->last = letter->seq;
    if (letter->kind == LETTER_EARLY) {
        read_early(sim, page, letter);
    }
    if (letter->has_view) {
        uint32_t *told = &page->told[letter->view.call];
        if (letter->seq <= *told) {
            oracle_fail(&sim->oracle, "page %d obeys what is late or repeated about call %d",
                        sim_page_number(sim, page), letter->view.call);
        }
        *told = letter->seq;
        learn(sim, page, &letter->view, letter->due_ms);
    }
}

static void read_letter(struct sim *sim, struct page *page, const struct letter *letter)
{
    switch (letter->kind) {
    case LETTER_REPLY:
        read_reply(sim, page, letter);
        return;
    case LETTER_RESET:
        page->welcomed = true;
        page->known_count = 0;
        memset(page->over, 0, sizeof page->over);
        memset(page->told, 0, sizeof page->told);
        page->last = letter->seq;
        if (page->mine != 0) { /* the window takes its place again */
            page->rejoining = ask(sim, page, COMMAND_JOIN, page->mine, 0);
            page->mine = page->rejoining ? page->mine : 0;
        }
        return;
    default:
        read_event(sim, page, letter);
    }
}

/* What comes over a connection that the page has given up: it has no ear for it. */
static void read_late(struct sim *sim, struct page *page)
{
    while (page->late_count > 0 && page->late[0].due_ms <= sim->now_ms) {
        struct letter letter = page->late[0];
        memmove(page->late, page->late + 1, sizeof letter * (size_t)--page->late_count);
        if (SIM_HAS_FAULT(OLD_SOCKET)) {
            read_letter(sim, page, &letter);
        }
    }
}

void page_tick(struct sim *sim, struct page *page)
{
    int taken = 0;
    if (clock_sleeps(sim, page)) {
        return;
    }
    read_late(sim, page);
    while (taken < page->inbox_count && page->inbox[taken].due_ms <= sim->now_ms) {
        clock_tick(sim, page, page->inbox[taken].due_ms);
        read_letter(sim, page, &page->inbox[taken++]);
    }
    page->inbox_count -= taken;
    memmove(page->inbox, page->inbox + taken, sizeof page->inbox[0] * (size_t)page->inbox_count);
    clock_tick(sim, page, sim->now_ms);
}

/* ---- acting ---- */

static int other_user(struct sim *sim, int user)
{
    uint32_t count = (uint32_t)sim->oracle.user_count;
    return (int)(((uint32_t)user + 1 + sim_below(sim, count - 1)) % count);
}

static void start(struct sim *sim, struct page *page, int callee)
{
    if (sim->next_call == ORACLE_CALLS_MAX || !page->open || clock_sleeps(sim, page) ||
        (page->known_count > 0 && sim_chance(sim, 70))) {
        return; /* who has a call seldom starts another one */
    }
    sim->oracle.highest = ++sim->next_call;
    (void)ask(sim, page, COMMAND_START, sim->next_call, callee);
}

/* By the connection that is ready, or, seldom, by one that is not there. */
static void answer(struct sim *sim, struct page *page, const struct sim_known *known)
{
    bool early = sim_chance(sim, known->early_ready ? 90 : 2);
    sim->tally->answered_early += early && known->early_ready ? 1 : 0;
    if (command_send_by(sim, page, COMMAND_ACCEPT, known->call, (struct sim_way){.early = early})) {
        page->mine = page->mine == 0 ? known->call : page->mine;
    }
}

static void act_ringing(struct sim *sim, struct page *page, const struct sim_known *known)
{
    uint32_t dice = sim_below(sim, 100);
    struct sim_way way = {.early = known->early, .shape = (uint8_t)sim_below(sim, SHAPE_COUNT)};
    if (known->role == ROLE_CALLEE && dice < 55) {
        answer(sim, page, known);
    } else if (known->role == ROLE_CALLEE && dice < 70) {
        (void)command_send(sim, page, COMMAND_DECLINE, known->call, 0);
    } else if (known->role == ROLE_CALLEE && dice < 80) {
        sim->tally->silenced++;
        (void)command_send(sim, page, COMMAND_IGNORE, known->call, 0);
    } else if (known->role == ROLE_CALLER && dice < 12) {
        (void)command_send(sim, page, dice < 8 ? COMMAND_END : COMMAND_LEAVE, known->call, 0);
    } else if (known->role == ROLE_CALLER && dice < 20) {
        way.offer = sim_chance(sim, 30);
        (void)command_send_by(sim, page, dice < 16 ? COMMAND_DESCRIBE : COMMAND_CANDIDATE,
                              known->call, way);
    } else if (known->role == ROLE_CALLEE && dice < 88) {
        (void)command_send_by(sim, page, COMMAND_CANDIDATE, known->call, way);
    }
}

/* Of a window that shows the call, or of another page of the same person. */
static void act_answered(struct sim *sim, struct page *page, const struct sim_known *known)
{
    static const enum command_kind kinds[] = {
        COMMAND_DESCRIBE, COMMAND_CANDIDATE, COMMAND_CANDIDATE, COMMAND_MEDIA, COMMAND_LEAVE,
        COMMAND_END,      COMMAND_CONNECTED, COMMAND_HOLD,      COMMAND_HOLD};
    if (page->mine != known->call) {
        if (page->mine == 0 && sim_chance(sim, 25)) {
            sim->tally->moved++;
            (void)ask(sim, page, COMMAND_JOIN, known->call, 0);
        }
        return;
    }
    if (!page->connected && sim_chance(sim, 70)) {
        page->connected = true;
        (void)command_send(sim, page, COMMAND_DESCRIBE, known->call, 0);
        (void)command_send(sim, page, COMMAND_CONNECTED, known->call, 0);
        return;
    }
    enum command_kind kind = kinds[sim_below(sim, 9)];
    if (kind == COMMAND_HOLD || (known->held && sim_chance(sim, 40))) {
        sim->tally->held++;
        kind = known->held ? COMMAND_TAKE_UP : COMMAND_HOLD;
    }
    (void)command_send(sim, page, kind, known->call, 0);
    if (kind == COMMAND_LEAVE) {
        let_go(page);
    }
}

static void act_on_call(struct sim *sim, struct page *page)
{
    if (page->known_count == 0) {
        start(sim, page, other_user(sim, page->user));
        return;
    }
    struct sim_known known = page->known[sim_below(sim, (uint32_t)page->known_count)];
    if (known.state == CALL_RINGING) {
        act_ringing(sim, page, &known);
    } else {
        act_answered(sim, page, &known);
    }
}

static void act_glare(struct sim *sim, struct page *page)
{
    struct page *other = &sim->pages[sim_below(sim, (uint32_t)sim->page_count)];
    start(sim, page, other->user);
    start(sim, other, page->user);
}

/* A stale, forged or senseless command: any kind about any call that there ever was. */
static void act_wildly(struct sim *sim, struct page *page)
{
    if (sim->next_call > 0) {
        struct sim_way way = {.early = (uint8_t)sim_below(sim, 4),
                              .shape = (uint8_t)sim_below(sim, SHAPE_COUNT),
                              .offer = sim_chance(sim, 50)};
        int call = 1 + (int)sim_below(sim, (uint32_t)sim->next_call);
        enum command_kind kind = (enum command_kind)sim_below(sim, COMMAND_COUNT);
        uint32_t callee = sim_below(sim, (uint32_t)sim->oracle.user_count);
        if (kind == COMMAND_START) {
            (void)command_send(sim, page, kind, call, (int)callee);
        } else {
            (void)command_send_by(sim, page, kind, call, way);
        }
    }
}

/* Its browser loads the page of the call's window. */
static void ask_for_window(struct sim *sim, const struct page *page, int call)
{
    const struct id id = oracle_call_id(call);
    if (sim->portal != NULL) {
        SIM_TRACE(sim, "user %d asks for the window of call %d", page->user, call);
        oracle_comes(&sim->oracle, call, page->user);
        portal_call_comes(sim->portal, &sim->oracle.users[page->user], &id, sim->now_ms);
    }
}

/* The page goes, with or without a word, and perhaps comes back to its call. */
static void go(struct sim *sim, struct page *page, enum sim_act how)
{
    uint8_t mine = page->mine;
    SIM_TRACE(sim, "page %d (user %d) %s", sim_page_number(sim, page), page->user,
              how == ACT_DIE      ? "dies"
              : how == ACT_RELOAD ? "is loaded again"
                                  : "is closed");
    bool asks = how == ACT_RELOAD && mine != 0 && sim_chance(sim, 70);
    bool before = sim_chance(sim, 80);
    if (asks && before) {
        ask_for_window(sim, page, mine);
    }
    if (how != ACT_DIE && mine != 0 && page->up && sim_chance(sim, 80)) {
        page->outbox_count = 0; /* the good-bye goes by itself */
        (void)command_send(sim, page, COMMAND_LEAVE, mine, 0);
        page->outbox[0].due_ms = sim->now_ms;
        page->outbox_count = 1;
        command_tick(sim, page);
    }
    if (asks && !before) {
        ask_for_window(sim, page, mine);
    }
    net_abandon(sim, page, how == ACT_DIE ? sim_below(sim, 3000) : 0);
    page->open = false;
    page->known_count = 0;
    let_go(page);
    if (how == ACT_RELOAD || (how == ACT_DIE && sim_chance(sim, 60))) {
        page_open(sim, page);
        page->back_ms = sim->now_ms + sim_below(sim, 1500);
        page->mine = sim_chance(sim, 80) ? mine : 0;
    }
}

static void choose_status(struct sim *sim, const struct page *page)
{
    static const enum status statuses[] = {STATUS_AVAILABLE, STATUS_AVAILABLE, STATUS_AWAY,
                                           STATUS_DO_NOT_DISTURB, STATUS_INVISIBLE};
    enum status status = statuses[sim_below(sim, 5)];
    if (!page->up || page->seat < 0) {
        return;
    }
    SIM_TRACE(sim, "user %d chooses status %d", page->user, (int)status);
    session_id session = sim->seats[page->seat].session;
    if (portal_set_status(sim->portal, session, status, sim->now_ms) != OK) {
        oracle_fail(&sim->oracle, "a status cannot be chosen");
    }
    sim->oracle.statuses[page->user] = status;
    sim->oracle.changed = true;
}

/* Somebody blocks somebody, or not any more. */
static void choose_block(struct sim *sim, const struct page *page)
{
    static char names[ORACLE_USERS_MAX][2] = {"a", "b", "c", "d"};
    int other = other_user(sim, page->user);
    bool on = sim_chance(sim, 50);
    if (!page->up || page->seat < 0) {
        return;
    }
    SIM_TRACE(sim, "user %d %s user %d", page->user, on ? "blocks" : "hears", other);
    if (portal_tie(sim->portal, sim->seats[page->seat].session, TIE_BLOCK, slice_text(names[other]),
                   on, sim->now_ms) != OK) {
        oracle_fail(&sim->oracle, "nobody can be blocked");
    }
    uint8_t *blocks = &sim->oracle.blocks[page->user];
    *blocks = (uint8_t)((*blocks & ~(1 << other)) | (on ? 1 << other : 0));
}

/* Somebody wants to be told when somebody is available, or not any more. */
static void choose_wait(struct sim *sim, const struct page *page)
{
    static char names[ORACLE_USERS_MAX][2] = {"a", "b", "c", "d"};
    int other = other_user(sim, page->user);
    bool on = sim_chance(sim, 85);
    if (!page->up || page->seat < 0) {
        return;
    }
    SIM_TRACE(sim, "user %d waits%s for user %d", page->user, on ? "" : " no more", other);
    sim->tally->waited += on ? 1 : 0;
    oracle_waits(&sim->oracle, page->user, other, on);
    if (portal_tie(sim->portal, sim->seats[page->seat].session, TIE_NOTIFY,
                   slice_text(names[other]), on, sim->now_ms) != OK) {
        oracle_fail(&sim->oracle, "nobody can be waited for");
    }
}

static enum sim_act choose(struct sim *sim)
{
    uint32_t dice = sim_below(sim, sim->weight_sum);
    int act = 0;
    while (dice >= sim->theme->weights[act]) {
        dice -= sim->theme->weights[act++];
    }
    return (enum sim_act)act;
}

void page_act(struct sim *sim)
{
    struct page *page = &sim->pages[sim_below(sim, (uint32_t)sim->page_count)];
    enum sim_act act = choose(sim);
    for (int i = 0; act == ACT_ON_CALL && page->known_count == 0 && i < 3; i++) {
        page = &sim->pages[sim_below(sim, (uint32_t)sim->page_count)]; /* rather who has one */
    }
    if (act == ACT_SERVER_DIES) {
        sim_server_dies(sim);
        return;
    }
    if (act == ACT_CLOCK) {
        sim_clock_jumps(sim);
        return;
    }
    if (!page->open) {
        page_open(sim, page);
        return;
    }
    if (clock_sleeps(sim, page)) {
        return;
    }
    switch (act) {
    case ACT_ON_CALL:
        act_on_call(sim, page);
        break;
    case ACT_START:
        start(sim, page, other_user(sim, page->user));
        break;
    case ACT_GLARE:
        act_glare(sim, page);
        break;
    case ACT_WILD:
        act_wildly(sim, page);
        break;
    case ACT_BLOCK:
        choose_block(sim, page);
        break;
    case ACT_WAIT:
        choose_wait(sim, page);
        break;
    case ACT_STATUS:
        choose_status(sim, page);
        break;
    case ACT_SLEEP:
        clock_sleep(sim, page);
        break;
    case ACT_SLOW:
        page->slow = !page->slow;
        break;
    case ACT_DROP:
        if (page->up) {
            net_drop(sim, page, sim_below(sim, 3000),
                     sim_below(sim, sim_chance(sim, 20) ? 9000 : 2000));
        }
        break;
    default:
        go(sim, page, act);
    }
}

/* ---- browsers without a page ---- */

void page_push(void *ctx, const struct push_note *note)
{
    struct sim *sim = ctx;
    if (note->person != NULL) { /* not about a call; it may be lost, and says nothing new */
        int asker = note->to->login.bytes[1];
        int other = note->person[0] - 'a';
        if ((sim->oracle.waits[asker] >> other & 1) == 0) {
            oracle_fail(&sim->oracle, "a push says that user %d is available, and nobody asked",
                        other);
        }
        return;
    }
    sim->tally->pushed++;
    oracle_pushes(&sim->oracle, oracle_number(&note->call), note->to->login.bytes[1]);
    if (sim->note_count < SIM_NOTES_MAX) {
        sim->notes[sim->note_count++] = (struct note){.call = (uint8_t)oracle_number(&note->call),
                                                      .user = note->to->login.bytes[1],
                                                      .device = note->to->login.bytes[2],
                                                      .due_ms = sim->now_ms + sim_below(sim, 3000)};
    }
}
