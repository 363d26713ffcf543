/* SPDX-License-Identifier: Apache-2.0 */
/* The history of calls. */
#include "portal/history.h"
#include "server/api.h"
#include "server/views.h"

#define CALLS_SHOWN 50

static enum err show(const struct viewer *viewer, const struct call_record *record,
                     struct message_past_call *out)
{
    bool caller = id_equal(&record->caller, &viewer->user);
    const struct id *peer = caller ? &record->callee : &record->caller;
    int64_t spoken_ms = record->active_at_ms == 0 ? 0 : record->ended_at_ms - record->active_at_ms;
    *out = (struct message_past_call){
        .role = caller ? MESSAGE_PAST_CALL_ROLE_CALLER : MESSAGE_PAST_CALL_ROLE_CALLEE,
        .started_at_ms = (uint64_t)record->started_at_ms,
        .ended_at_ms = (uint64_t)record->ended_at_ms,
        .seconds = spoken_ms <= 0 ? 0 : (uint64_t)spoken_ms / 1000,
        .answered = record->answered_at_ms != 0,
        .missed = !caller && record->missed,
        .silent = record->silent,
        .reason = slice_text(end_reason_name((enum end_reason)record->reason)),
        .by_me = record->ended_by == (caller ? ENDED_BY_CALLER : ENDED_BY_CALLEE),
        .connector = slice_text(record->connector)};
    memcpy(out->id, record->call.bytes, sizeof(out->id));
    return view_person(viewer, portal_user_by_id(viewer->portal, peer), &out->peer);
}

static void on_found(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_CALLS};
    struct message_past_call *calls = arena_alloc(&arena, found->call_count * sizeof(*calls));
    char next[API_NUMBER_SIZE];
    err = err == OK && calls == NULL ? ERR_NOMEM : err;
    for (size_t i = 0; i < found->call_count && err == OK; i++) {
        err = show(&viewer, &found->calls[i], &calls[i]);
    }
    message.answer_calls = (struct message_answer_calls){.calls = calls,
                                                         .calls_count = found->call_count,
                                                         .next = api_number_text(found->next, next),
                                                         .missed = found->missed};
    api_view_answer(pending, &arena, err, &message);
}

void api_calls_get(struct api_request *request)
{
    struct history_wanted wanted = {0};
    char with[USER_NAME_MAX + 1];
    uint64_t limit = 0;
    uint64_t missed = 0;
    if (!api_query_number(request, "limit", FOUND_CALLS_MAX, CALLS_SHOWN, &limit) ||
        !api_query_number(request, "before", INT64_MAX, 0, &wanted.before) ||
        !api_query_number(request, "missed", 1, 0, &missed) ||
        !api_query_text(request, "with", with, sizeof(with))) {
        return;
    }
    wanted.limit = (uint32_t)limit;
    wanted.missed = missed == 1;
    wanted.with = slice_text(with);
    struct api_pending *pending = api_pending_begin(request, "calls");
    if (pending != NULL) {
        api_pending_started(pending, portal_history(request->api->params.portal, &pending->user,
                                                    &wanted, on_found, pending));
    }
}

/* ---- what happened in one ---- */

_Static_assert((int)MESSAGE_CALL_STEP_WHAT_RESTARTED == (int)STEP_RESTARTED &&
                   (int)MESSAGE_CALL_STEP_HOW_PUSH == (int)RING_PUSH + 1,
               "steps differ");

/* False: it is not for this side. */
static bool show_step(const struct call_record *record, const struct call_step *step,
                      enum call_side_of own, struct message_call_step *out)
{
    int64_t after_ms = step->at_ms - record->started_at_ms;
    bool path = step->what == STEP_PATH;
    bool may_be_pretended = step->what == STEP_RINGS || step->what == STEP_PUSHED;
    bool pretended = may_be_pretended && (step->detail & STEP_PRETENDED) != 0;
    int how = pretended ? step->detail & ~STEP_PRETENDED : step->detail;
    if ((step->private && step->side != own) || (pretended && own != STEP_CALLER)) {
        return false;
    }
    *out = (struct message_call_step){
        .after_ms = after_ms < 0 ? 0 : (uint64_t)after_ms,
        .what = (enum message_call_step_what)step->what,
        .mine = step->side == own,
        .device = slice_text(step->device),
        .how = step->what == STEP_RINGS ? (enum message_call_step_how)(how + 1)
                                        : MESSAGE_CALL_STEP_HOW_NONE,
        .path = path ? (enum message_call_step_path)(step->detail / 16)
                     : MESSAGE_CALL_STEP_PATH_UNKNOWN,
        .transport = path ? (enum message_call_step_transport)(step->detail % 16)
                          : MESSAGE_CALL_STEP_TRANSPORT_UNKNOWN};
    return true;
}

static struct message_call_side show_side(const struct call_quality *media, bool mine)
{
    return (struct message_call_side){.mine = mine,
                                      .reports = media->reports,
                                      .path = (enum message_call_side_path)media->path,
                                      .transport =
                                          (enum message_call_side_transport)media->transport,
                                      .loss_permille = media->loss,
                                      .loss_worst_permille = media->loss_worst,
                                      .rtt_ms = media->rtt_ms,
                                      .rtt_worst_ms = media->rtt_worst_ms,
                                      .jitter_ms = media->jitter_ms,
                                      .jitter_worst_ms = media->jitter_worst_ms};
}

static void on_timeline(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_TIMELINE};
    struct message_call_step *steps = arena_alloc(&arena, (found->step_count + 1) * sizeof(*steps));
    struct message_call_side sides[2];
    size_t count = 0;
    err = err == OK && steps == NULL ? ERR_NOMEM : err;
    if (err == OK) {
        const struct call_record *record = &found->calls[0];
        bool caller = id_equal(&record->caller, &viewer.user);
        enum call_side_of own = caller ? STEP_CALLER : STEP_CALLEE;
        for (size_t i = 0; i < found->step_count; i++) {
            count += show_step(record, &found->steps[i], own, &steps[count]) ? 1 : 0;
        }
        sides[0] = show_side(&found->media[own], true);
        sides[1] = show_side(&found->media[caller ? STEP_CALLEE : STEP_CALLER], false);
        err = show(&viewer, record, &message.answer_timeline.call);
    }
    message.answer_timeline.steps = steps;
    message.answer_timeline.steps_count = count;
    message.answer_timeline.sides = sides;
    message.answer_timeline.sides_count = 2;
    api_view_answer(pending, &arena, err, &message);
}

void api_calls_timeline(struct api_request *request)
{
    struct id call;
    if (id_parse(request->part, &call) != OK) {
        api_answer_err(request->api, request->exchange, "timeline", ERR_NOT_FOUND, NULL);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "timeline");
    if (pending != NULL) {
        api_pending_started(pending, portal_timeline(request->api->params.portal, &pending->user,
                                                     &call, on_timeline, pending));
    }
}
