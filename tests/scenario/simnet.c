/* SPDX-License-Identifier: Apache-2.0 */
/* The connections between pages and server: they delay, break without a word, are cut off when a
 * page is slow, and come back to what was missed or to a snapshot, as docs/protocol.md says. */
#include "sim.h"

struct seat *net_seat(struct sim *sim, session_id session)
{
    struct seat *seat = &sim->seats[(uint32_t)session % SIM_SEATS_MAX];
    return seat->session == session ? seat : NULL;
}

static uint64_t delay_ms(struct sim *sim, const struct page *page)
{
    return sim_below(sim, page->slow ? SIM_SLOW_MS : SIM_LATENCY_MS);
}

/* In order, as TCP does; but where the connections of a schedule shuffle, by its time. */
static void put_once(struct sim *sim, struct page *page, const struct letter *letter)
{
    if (page->inbox_count == SIM_INBOX_MAX) {
        return; /* being cut off */
    }
    int at = page->inbox_count++;
    uint64_t least_ms = at == 0 || sim->shuffles ? page->first_ms : page->inbox[at - 1].due_ms;
    uint64_t due_ms = sim->now_ms + delay_ms(sim, page);
    due_ms = due_ms < least_ms ? least_ms : due_ms;
    while (at > 0 && page->inbox[at - 1].due_ms > due_ms) {
        page->inbox[at] = page->inbox[at - 1];
        at--;
    }
    page->inbox[at] = *letter;
    page->inbox[at].due_ms = due_ms;
    if (letter->kind == LETTER_RESET) {
        page->first_ms = due_ms; /* it is the answer to the first word, nothing is told before */
    }
}

static void put_letter(struct sim *sim, struct page *page, const struct letter *letter)
{
    put_once(sim, page, letter);
    if (sim->shuffles && letter->kind != LETTER_RESET && sim_chance(sim, 5)) {
        put_once(sim, page, letter);
    }
}

static void cut_off(struct sim *sim, struct page *page)
{
    SIM_TRACE(sim, "page %d is too slow and cut off", sim_page_number(sim, page));
    sim->tally->cut_off++;
    net_drop(sim, page, 0, sim_below(sim, 1000));
}

static void post(struct sim *sim, struct seat *seat, const struct letter *letter)
{
    struct letter *kept = &seat->ring[++seat->seq % SIM_RING];
    struct page *page = seat->page < 0 ? NULL : &sim->pages[seat->page];
    *kept = *letter;
    kept->seq = seat->seq;
    if (page == NULL || !page->up) {
        return; /* gone, and perhaps not noticed: it stays in the ring */
    }
    if (page->inbox_count >= SIM_QUEUE_MAX) {
        cut_off(sim, page);
        return;
    }
    put_letter(sim, page, kept);
}

static struct sim_known known_of(const struct sim *sim, const struct call_view *view)
{
    int number = oracle_number(&view->call);
    return (struct sim_known){.call = (uint8_t)number,
                              .state = (uint8_t)view->state,
                              .role = (uint8_t)view->role,
                              .here = view->here,
                              .moved = view->moved,
                              .held = view->held_by_me,
                              .begun_ms = (uint32_t)sim->oracle.calls[number].begun_ms,
                              .left_ms = view->ring_left_ms,
                              .until_ms = sim->now_ms + view->ring_left_ms};
}

static bool shows(const struct ice_facts *facts)
{
    return facts->type != ICE_RELAY || facts->related;
}

/* A description or candidate reaches the seat. */
static void forward(struct sim *sim, const struct seat *seat, const struct event *event,
                    struct letter *letter)
{
    const struct call_description *description = &event->description;
    const struct call_candidate *candidate = &event->candidate;
    struct oracle_path path = {.description = event->kind == EVENT_DESCRIPTION};
    if (path.description) {
        path.call = oracle_number(&description->call);
        path.early = description->early;
        path.offer = description->type == DESCRIPTION_OFFER;
        path.shows = description->has_addresses;
        for (uint32_t i = 0; i < description->candidate_count; i++) {
            path.shows = path.shows || shows(&description->candidates[i]);
        }
    } else {
        path.call = oracle_number(&candidate->call);
        path.early = candidate->early;
        path.shows = candidate->candidate.size > 0 && shows(&candidate->facts);
    }
    SIM_TRACE(sim, "  user %d at page %d gets a %s of call %d, early %u", seat->user, seat->page,
              path.description ? "description" : "candidate", path.call, path.early);
    oracle_forwarded(&sim->oracle, seat->session, seat->user, &path);
    sim->tally->early += path.early != 0;
    if (path.description && path.early != 0) {
        *letter = (struct letter){.kind = LETTER_EARLY,
                                  .call = (uint8_t)path.call,
                                  .early = (uint8_t)path.early,
                                  .offer = path.offer};
    }
}

/* Who waited for a person is told of him. */
static void tell_available(struct sim *sim, session_id session, const struct user *user)
{
    const struct seat *seat = net_seat(sim, session);
    bool available = portal_presence(sim->portal, &user->id) == PRESENCE_AVAILABLE;
    int other = user->name[0] - 'a';
    if (seat != NULL) {
        SIM_TRACE(sim, "  user %d is told that user %d is available", seat->user, other);
        oracle_available(&sim->oracle, seat->user, other, available);
        sim->tally->awaited++;
    }
}

void net_event(void *ctx, session_id session, const struct event *event)
{
    struct sim *sim = ctx;
    struct letter letter = {.kind = LETTER_OTHER};
    if (event->kind == EVENT_AVAILABLE) {
        tell_available(sim, session, event->person.user);
        return;
    }
    if (event->kind != EVENT_CALL && event->kind != EVENT_DESCRIPTION &&
        event->kind != EVENT_CANDIDATE) {
        return; /* people, settings, the chat */
    }
    struct seat *seat = net_seat(sim, session);
    if (seat == NULL) {
        oracle_fail(&sim->oracle, "a session that is gone is told something");
        return;
    }
    if (event->kind == EVENT_CALL) {
        const struct call_view *view = &event->call;
        SIM_TRACE(sim, "  user %d at page %d is told: call %d %s %s%s", seat->user, seat->page,
                  oracle_number(&view->call), call_state_name(view->state),
                  end_reason_name(view->reason), view->here ? " here" : "");
        oracle_view(&sim->oracle, session, seat->user, view);
        letter.kind = LETTER_VIEW;
        letter.has_view = true;
        letter.view = known_of(sim, view);
    } else {
        forward(sim, seat, event, &letter);
    }
    post(sim, seat, &letter);
}

void net_session_end(void *ctx, session_id session, enum session_end why)
{
    struct sim *sim = ctx;
    (void)session;
    (void)why;
    oracle_fail(&sim->oracle, "the portal ends a session that is within the limits");
}

void net_reply(struct sim *sim, struct page *page, const struct sim_command *command, enum err err,
               const struct call_view *view)
{
    struct letter letter = {.kind = LETTER_REPLY, .reply = command->tag, .refused = err != OK};
    if (err == OK && view != NULL) {
        letter.has_view = true;
        letter.view = known_of(sim, view);
    }
    if (page->up) {
        put_letter(sim, page, &letter);
    }
}

/* What is on its way may come when there is another connection already. */
static void keep_late(struct page *page)
{
    page->late_count = 0;
    for (int i = 0; i < page->inbox_count && i < SIM_LATE_MAX; i++) {
        page->late[page->late_count] = page->inbox[i];
        page->late[page->late_count++].due_ms += SIM_SLOW_MS;
    }
    page->inbox_count = 0;
}

static void all_again(struct page *page)
{
    keep_late(page);
    for (int i = 0; i < page->outbox_count; i++) {
        page->outbox[i].ran = false; /* its reply is lost: it is asked again */
    }
}

void net_drop(struct sim *sim, struct page *page, uint64_t notice_in_ms, uint64_t back_in_ms)
{
    SIM_TRACE(sim, "page %d loses its connection for %" PRIu64 " ms, noticed after %" PRIu64,
              sim_page_number(sim, page), back_in_ms, notice_in_ms);
    command_stray(sim, page);
    page->up = false;
    page->back_ms = sim->now_ms + back_in_ms;
    all_again(page);
    if (page->seat >= 0 && sim->seats[page->seat].attached) {
        sim->seats[page->seat].notice_ms = sim->now_ms + notice_in_ms;
    }
}

void net_abandon(struct sim *sim, struct page *page, uint64_t notice_in_ms)
{
    if (page->seat >= 0) {
        struct seat *seat = &sim->seats[page->seat];
        command_stray(sim, page);
        seat->page = -1;
        if (seat->attached) {
            seat->notice_ms = sim->now_ms + notice_in_ms;
        }
    }
    page->seat = -1;
    page->up = false;
    page->back_ms = SIM_NEVER;
    page->inbox_count = page->late_count = 0;
    page->outbox_count = 0;
}

void net_server_gone(struct sim *sim)
{
    memset(sim->seats, 0, sizeof sim->seats);
    sim->stray_count = 0;
    for (int i = 0; i < sim->page_count; i++) {
        struct page *page = &sim->pages[i];
        page->seat = -1;
        if (page->open) {
            page->up = false;
            page->back_ms = clock_sleeps(sim, page) ? page->asleep_until_ms : sim->now_ms;
            page->back_ms += 200 + sim_below(sim, 3000);
            all_again(page);
        }
    }
}

/* ---- a page comes (back) ---- */

static void open_seat(struct sim *sim, struct page *page)
{
    session_id session = 0;
    if (portal_session_open(sim->portal, &page->login, sim->now_ms, &session) != OK) {
        oracle_fail(&sim->oracle, "no session");
        return;
    }
    int number = (int)((uint32_t)session % SIM_SEATS_MAX);
    page->welcomed = false;
    sim->oracle.devices[number] = (uint8_t)sim_page_number(sim, page);
    page->seat = number;
    sim->oracle.sessions[page->user]++;
    sim->oracle.pages[sim->oracle.devices[number]]++;
    sim->oracle.changed = true;
    sim->seats[number] = (struct seat){.session = session,
                                       .user = page->user,
                                       .page = sim_page_number(sim, page),
                                       .attached = true,
                                       .notice_ms = SIM_NEVER};
}

static void replay(struct sim *sim, struct page *page, const struct seat *seat)
{
    sim->tally->resumed++;
    for (uint32_t seq = page->last + 1; seq <= seat->seq; seq++) {
        struct letter letter = seat->ring[seq % SIM_RING];
        if (letter.has_view && letter.view.state == CALL_RINGING && !SIM_HAS_FAULT(STALE_RING)) {
            letter = (struct letter){.kind = LETTER_OTHER, .seq = seq}; /* is told anew */
        }
        put_letter(sim, page, &letter);
    }
}

static void connect(struct sim *sim, struct page *page)
{
    if (page->seat >= 0 && !page->welcomed) { /* it has no token of the session that was opened */
        sim->seats[page->seat].page = -1;
        sim->seats[page->seat].notice_ms = sim->now_ms;
        page->seat = -1;
    }
    bool fresh = page->seat < 0;
    page->up = true;
    page->since_ms = page->first_ms = sim->now_ms;
    if (fresh) {
        open_seat(sim, page);
    }
    struct seat *seat = &sim->seats[page->seat < 0 ? 0 : page->seat];
    bool resumed = !fresh && seat->seq - page->last <= SIM_RING;
    SIM_TRACE(sim, "page %d (user %d) %s", seat->page, page->user,
              fresh     ? "has a new session"
              : resumed ? "is back and resumes"
                        : "is back");
    if (resumed) {
        replay(sim, page, seat);
    } else {
        sim->tally->snapshots++;
        put_letter(sim, page, &(struct letter){.kind = LETTER_RESET, .seq = seat->seq});
    }
    seat->attached = true;
    seat->socket++;
    seat->notice_ms = SIM_NEVER;
    oracle_away(&sim->oracle, seat->session, false);
    portal_session_away(sim->portal, seat->session, false, sim->now_ms);
    if (!resumed) {
        portal_session_snapshot(sim->portal, seat->session, sim->now_ms);
    } else if (!SIM_HAS_FAULT(STALE_RING)) {
        portal_session_resumed(sim->portal, seat->session, sim->now_ms);
    }
    for (int i = 0; i < page->outbox_count; i++) { /* all that is not answered, once more */
        page->outbox[i].due_ms = sim->now_ms + 1 + sim_below(sim, 2 * SIM_LATENCY_MS);
    }
}

/* ---- what the server notices ---- */

static void close_seat(struct sim *sim, struct seat *seat)
{
    struct oracle *oracle = &sim->oracle;
    session_id session = seat->session;
    SIM_TRACE(sim, "a session of user %d (page %d) closes", seat->user, seat->page);
    oracle->cause = (struct cause){.deed = DEED_CLOSE, .user = seat->user};
    oracle->sessions[seat->user]--;
    oracle->gone_ms[seat->user] = sim->now_ms;
    oracle_closed(oracle, session);
    if (seat->page >= 0) {
        sim->pages[seat->page].seat = -1;
    }
    seat->session = 0;
    portal_session_close(sim->portal, session, sim->now_ms);
    oracle->cause.deed = DEED_NONE;
}

static void tick_seat(struct sim *sim, struct seat *seat)
{
    if (seat->attached && seat->notice_ms <= sim->now_ms) {
        seat->attached = false;
        seat->close_ms = sim->now_ms + SIM_RESUME_MS;
        oracle_away(&sim->oracle, seat->session, true);
        portal_session_away(sim->portal, seat->session, true, sim->now_ms);
    } else if (!seat->attached && seat->close_ms <= sim->now_ms) {
        close_seat(sim, seat);
    }
}

void net_tick(struct sim *sim)
{
    for (int i = 0; i < SIM_SEATS_MAX; i++) {
        if (sim->seats[i].session != 0) {
            tick_seat(sim, &sim->seats[i]);
        }
    }
    for (int i = 0; i < sim->page_count; i++) {
        struct page *page = &sim->pages[i];
        if (page->open && !page->up && page->back_ms <= sim->now_ms) {
            connect(sim, page);
        }
    }
}

static uint64_t page_next_ms(const struct page *page)
{
    uint64_t next_ms = SIM_NEVER;
    if (page->open && !page->up) {
        return page->back_ms;
    }
    if (page->open && page->inbox_count > 0) {
        next_ms = page->inbox[0].due_ms;
    }
    for (int i = 0; page->open && i < page->outbox_count; i++) {
        if (!page->outbox[i].ran && page->outbox[i].due_ms < next_ms) {
            next_ms = page->outbox[i].due_ms;
        }
    }
    return next_ms;
}

uint64_t net_next_ms(const struct sim *sim)
{
    uint64_t next_ms = SIM_NEVER;
    for (int i = 0; i < SIM_SEATS_MAX; i++) {
        const struct seat *seat = &sim->seats[i];
        if (seat->session != 0) {
            uint64_t due_ms = seat->attached ? seat->notice_ms : seat->close_ms;
            next_ms = due_ms < next_ms ? due_ms : next_ms;
        }
    }
    for (int i = 0; i < sim->page_count; i++) {
        uint64_t due_ms = page_next_ms(&sim->pages[i]);
        next_ms = due_ms < next_ms ? due_ms : next_ms;
    }
    return next_ms;
}

bool net_is_learnt(const struct sim *sim, const struct page *page, uint64_t since_ms)
{
    uint64_t from_ms = since_ms > page->since_ms ? since_ms : page->since_ms;
    return page->open && page->up && sim->now_ms > from_ms + SIM_LEARN_MS;
}
