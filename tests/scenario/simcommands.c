/* SPDX-License-Identifier: Apache-2.0 */
/* What pages ask arrives at the portal, perhaps twice, late or for no reason. */
#include "sim.h"

#include <string.h>

static char user_names[ORACLE_USERS_MAX][2] = {"a", "b", "c", "d"};

static bool put(struct sim *sim, struct page *page, enum command_kind kind, int call, int callee,
                struct sim_way way)
{
    static const enum end_reason reasons[] = {END_HUNG_UP,           END_HUNG_UP,
                                              END_PERMISSION_DENIED, END_NO_DEVICE,
                                              END_MEDIA_FAILED,      END_MEDIA_LOST};
    struct sim_command command = {.kind = (uint8_t)kind,
                                  .call = (uint8_t)call,
                                  .callee = (uint8_t)callee,
                                  .reason = (uint8_t)reasons[sim_below(sim, 6)],
                                  .early = way.early,
                                  .shape = way.shape,
                                  .offer = way.offer,
                                  .hold = sim_chance(sim, 60),
                                  .due_ms = sim->now_ms + sim_below(sim, SIM_LATENCY_MS)};
    int times = sim_chance(sim, 4) ? 2 : 1;
    bool room = page->outbox_count < SIM_OUTBOX_MAX;
    for (int i = 0; i < times && page->outbox_count < SIM_OUTBOX_MAX; i++) {
        command.tag = ++page->next_tag;
        page->outbox[page->outbox_count++] = command;
    }
    return room;
}

bool command_send(struct sim *sim, struct page *page, enum command_kind kind, int call, int callee)
{
    struct sim_way way = {.shape = (uint8_t)sim_below(sim, SHAPE_COUNT),
                          .offer = sim_chance(sim, 50)};
    return put(sim, page, kind, call, callee, way);
}

bool command_send_by(struct sim *sim, struct page *page, enum command_kind kind, int call,
                     struct sim_way way)
{
    return put(sim, page, kind, call, 0, way);
}

static enum err run_view(struct sim *sim, session_id session, const struct sim_command *command,
                         struct call_view *view)
{
    struct id call = oracle_call_id(command->call);
    if (command->kind == COMMAND_START) {
        struct portal_call_start wanted = {.call = call,
                                           .callee = slice_text(user_names[command->callee]),
                                           .microphone_on = true,
                                           .camera_on = true};
        return portal_call_start(sim->portal, session, &wanted, sim->now_ms, view);
    }
    if (command->kind == COMMAND_ACCEPT) {
        const struct portal_call_answer answer = {.microphone_on = true, .hold = command->hold};
        enum err err = portal_call_choose_early(sim->portal, session, &call, command->early != 0);
        if (err != OK) {
            return err;
        }
        return portal_call_accept(sim->portal, session, &call, &answer, sim->now_ms, view);
    }
    if (command->kind == COMMAND_PREPARE) {
        return portal_call_prepare(sim->portal, session, &call, sim->now_ms, view);
    }
    return portal_call_join(sim->portal, session, &call, sim->now_ms, view);
}

static struct ice_facts facts_of(struct sim *sim, enum sim_shape shape)
{
    uint8_t last = (uint8_t)sim_below(sim, 256);
    bool relayed = shape == SHAPE_RELAY || shape == SHAPE_RELATED;
    return (struct ice_facts){.type = relayed ? ICE_RELAY : ICE_HOST,
                              .addr = addr_v4(192, 0, 2, last, 5000),
                              .related = shape == SHAPE_RELATED};
}

static enum err describe(struct sim *sim, session_id session, const struct sim_command *command)
{
    const struct ice_facts facts = facts_of(sim, command->shape);
    bool listed = command->shape != SHAPE_NOTHING && command->shape != SHAPE_PLAIN;
    const struct call_description description = {.call = oracle_call_id(command->call),
                                                 .type = command->offer ? DESCRIPTION_OFFER
                                                                        : DESCRIPTION_ANSWER,
                                                 .sdp = SLICE("v=0"),
                                                 .has_addresses = command->shape == SHAPE_PLAIN,
                                                 .early = command->early,
                                                 .candidates = &facts,
                                                 .candidate_count = listed ? 1 : 0};
    return portal_call_describe(sim->portal, session, &description);
}

static enum err trickle(struct sim *sim, session_id session, const struct sim_command *command)
{
    const struct call_candidate candidate = {
        .call = oracle_call_id(command->call),
        .candidate = command->shape == SHAPE_NOTHING ? SLICE("") : SLICE("candidate:1"),
        .early = command->early,
        .facts = facts_of(sim, command->shape)};
    return portal_call_candidate(sim->portal, session, &candidate);
}

static enum err run_plain(struct sim *sim, session_id session, const struct sim_command *command)
{
    struct portal *portal = sim->portal;
    uint64_t now_ms = sim->now_ms;
    struct id call = oracle_call_id(command->call);
    struct call_media media = {.microphone_on = sim_chance(sim, 50),
                               .camera_on = true,
                               .switched_camera = sim_chance(sim, 10)};
    switch (command->kind) {
    case COMMAND_DECLINE:
        return portal_call_decline(portal, session, &call, now_ms);
    case COMMAND_END:
        return portal_call_end(portal, session, &call, (enum end_reason)command->reason, now_ms);
    case COMMAND_CONNECTED:
        return portal_call_connected(portal, session, &call, now_ms);
    case COMMAND_LEAVE:
        return portal_call_leave(portal, session, &call, now_ms);
    case COMMAND_MEDIA:
        return portal_call_media(portal, session, &call, &media, now_ms);
    case COMMAND_HOLD:
        return portal_call_hold(portal, session, &call, true, now_ms);
    case COMMAND_TAKE_UP:
        return portal_call_hold(portal, session, &call, false, now_ms);
    case COMMAND_RINGING:
        return portal_call_ringing(portal, session, &call,
                                   command->hold ? RING_AUDIBLE : RING_BY_AUTOPLAY, now_ms);
    case COMMAND_IGNORE:
        return portal_call_ignore(portal, session, &call, now_ms);
    case COMMAND_DESCRIBE:
        return describe(sim, session, command);
    default:
        return trickle(sim, session, command);
    }
}

/* `page` waits for the reply; NULL: it is lost. */
static void run(struct sim *sim, const struct seat *seat, struct page *page,
                const struct sim_command *command)
{
    struct oracle *oracle = &sim->oracle;
    bool views = command->kind == COMMAND_START || command->kind == COMMAND_ACCEPT ||
                 command->kind == COMMAND_JOIN || command->kind == COMMAND_PREPARE;
    session_id session = seat->session;
    struct call_view view;
    SIM_TRACE(sim, "page %d (user %d) %s call %d%s", seat->page, seat->user,
              command_names[command->kind], command->call, page == NULL ? ", late" : "");
    oracle_command(oracle, &(struct cause){.user = seat->user,
                                           .session = session,
                                           .call = command->call,
                                           .command = (enum command_kind)command->kind,
                                           .reason = (enum end_reason)command->reason,
                                           .callee = command->callee,
                                           .hold = command->hold,
                                           .early = command->early != 0});
    bool hides = oracle->relay_only[seat->user] && command->kind == COMMAND_CANDIDATE;
    sim->tally->hid += hides ? 1 : 0;
    enum err err =
        views ? run_view(sim, session, command, &view) : run_plain(sim, session, command);
    SIM_TRACE(sim, "  answer %s%s", err_name(err), err == OK && views && view.here ? " here" : "");
    oracle_answered(oracle, err, views ? &view : NULL);
    oracle->cause.deed = DEED_NONE;
    if (page != NULL) {
        net_reply(sim, page, command, err, views ? &view : NULL);
    }
}

void command_tick(struct sim *sim, struct page *page)
{
    for (int i = 0; i < page->outbox_count && page->up && page->seat >= 0; i++) {
        struct sim_command *command = &page->outbox[i];
        if (command->ran) {
            continue;
        }
        if (command->due_ms > sim->now_ms && sim->shuffles) {
            continue;
        }
        if (command->due_ms > sim->now_ms) {
            break; /* in order */
        }
        command->ran = true;
        run(sim, &sim->seats[page->seat], page, command);
    }
}

void command_stray(struct sim *sim, const struct page *page)
{
    const struct seat *seat = page->seat < 0 ? NULL : &sim->seats[page->seat];
    uint64_t due_ms = sim->now_ms + sim_below(sim, 2 * SIM_SLOW_MS);
    if (seat == NULL || !seat->attached || !page->up || sim_chance(sim, 50)) {
        return; /* it is lost */
    }
    for (int i = 0; i < page->outbox_count && sim->stray_count < SIM_STRAYS_MAX; i++) {
        if (!page->outbox[i].ran) {
            sim->strays[sim->stray_count++] = (struct stray){.session = seat->session,
                                                             .socket = seat->socket,
                                                             .command = page->outbox[i],
                                                             .due_ms = due_ms};
        }
    }
}

/* Until the server has noticed that the connection is gone, or the page has another one. */
void command_tick_strays(struct sim *sim)
{
    int kept = 0;
    for (int i = 0; i < sim->stray_count; i++) {
        const struct stray stray = sim->strays[i];
        const struct seat *seat = net_seat(sim, stray.session);
        if (seat == NULL || !seat->attached || seat->socket != stray.socket) {
            continue;
        }
        if (stray.due_ms > sim->now_ms) {
            sim->strays[kept++] = stray;
            continue;
        }
        sim->tally->strayed++;
        run(sim, seat, NULL, &stray.command);
    }
    sim->stray_count = kept;
}

void command_note(struct sim *sim, const struct note *note)
{
    struct oracle *oracle = &sim->oracle;
    struct oracle_call *call = &oracle->calls[note->call];
    struct id id = oracle_call_id(note->call);
    const struct id *user = &oracle->users[note->user];
    struct call_view view;
    const struct id *login = &sim->pages[note->device].login;
    oracle_pushed(oracle, note->call, note->user, note->device);
    portal_call_pushed(sim->portal, user, login, &id, sim->now_ms);
    enum err err = portal_call_peek(sim->portal, user, &id, sim->now_ms, &view);
    if (err == OK && (!call->known || view.state != call->state)) {
        oracle_fail(oracle, "call %d is shown as %s to who looks", note->call,
                    call_state_name(view.state));
    }
    if (!sim_chance(sim, 40)) {
        return;
    }
    SIM_TRACE(sim, "user %d refuses call %d without a page", note->user, note->call);
    oracle_command(oracle, &(struct cause){
                               .user = note->user, .call = note->call, .command = COMMAND_DECLINE});
    err = portal_call_decline_away(sim->portal, user, login, &id, sim->now_ms);
    oracle_answered(oracle, err, NULL);
    oracle->cause.deed = DEED_NONE;
}
