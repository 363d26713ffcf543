/* SPDX-License-Identifier: Apache-2.0 */
/* What happens in a call, step by step, and how its media fare: kept with each change of its state,
 * so that it can be explained afterwards. Without memory a step is left out; the call goes on. */
#include "portal/calls_internal.h"

#include <stdio.h>

#include "base/counter.h"
#include "base/log.h"
#include "portal/history.h"

#define PENDING_STEPS_MAX 16
#define REPORT_PAUSE_MS 2000

struct timeline {
    struct call_step steps[PENDING_STEPS_MAX]; /* not kept yet */
    uint32_t pending;
    uint32_t count; /* in all */
    struct call_quality media[CALL_SIDES];
    uint64_t loss_sum[CALL_SIDES]; /* of the reports */
    uint64_t rtt_sum[CALL_SIDES];
    uint64_t jitter_sum[CALL_SIDES];
    uint64_t reported_ms[CALL_SIDES];
    bool changed[CALL_SIDES];
};

static struct timeline *timeline_of(struct entry *entry)
{
    if (entry->timeline == NULL) {
        entry->timeline = mem_alloc(sizeof *entry->timeline);
    }
    return entry->timeline;
}

static void on_kept(void *arg, enum err err)
{
    (void)arg;
    if (err != OK) {
        log_warn("what happened in a call is not kept", "error=%s", err_name(err));
    }
}

void timeline_keep(struct entry *entry)
{
    struct timeline *timeline = entry->timeline;
    const struct port_keep *port = &entry->calls->portal->ports.keep;
    size_t count = 0;
    if (timeline == NULL) {
        return;
    }
    struct change *changes = mem_alloc_array(PENDING_STEPS_MAX + CALL_SIDES, sizeof *changes);
    for (uint32_t i = 0; changes != NULL && i < timeline->pending; i++) {
        changes[count].kind = CHANGE_CALL_STEP_ADD;
        changes[count++].step = timeline->steps[i];
    }
    for (int side = 0; changes != NULL && side < CALL_SIDES; side++) {
        if (timeline->changed[side]) {
            changes[count].kind = CHANGE_CALL_MEDIA_PUT;
            changes[count++].quality = timeline->media[side];
            timeline->changed[side] = false;
        }
    }
    timeline->pending = 0;
    if (count > 0) {
        enum err err = port->write(port->ctx, changes, count, on_kept, NULL);
        if (err != OK) {
            on_kept(NULL, err);
        }
    }
    mem_free(changes);
}

void timeline_add(struct entry *entry, enum call_what what, enum call_side_of side,
                  const char *device, uint8_t detail, uint64_t now_ms)
{
    struct timeline *timeline = timeline_of(entry);
    /* The end has its place whatever was before it. */
    if (timeline == NULL || timeline->count >= FOUND_STEPS_MAX - (what == STEP_ENDED ? 0u : 1u)) {
        return;
    }
    if (timeline->pending == PENDING_STEPS_MAX) {
        timeline_keep(entry);
    }
    struct call_step *step = &timeline->steps[timeline->pending++];
    *step = (struct call_step){.call = entry->id,
                               .at_ms = (int64_t)(entry->calls->portal->wall_ms + now_ms),
                               .what = (uint8_t)what,
                               .side = (uint8_t)side,
                               .detail = detail};
    /* Nobody learns afterwards either that an invisible callee had pages. */
    step->private =
        what == STEP_IGNORED ||
        (what == STEP_RINGS && (detail & ~STEP_PRETENDED) != RING_PUSH && entry->hidden);
    (void)snprintf(step->device, sizeof step->device, "%s", device);
    timeline->count++;
}

static void note_side(struct entry *entry, const struct call_input *input,
                      const struct call *before, enum call_role role, const char *device,
                      uint64_t now_ms)
{
    const struct call_side *was = &before->sides[role];
    const struct call_side *is = &entry->call.sides[role];
    enum call_side_of side = (enum call_side_of)role;
    bool joined = input->event == CALL_EVENT_JOIN && input->role == role;
    if (!was->connected && is->connected) {
        timeline_add(entry, STEP_CONNECTED, side, device, 0, now_ms);
    }
    if (was->held != is->held) {
        timeline_add(entry, is->held ? STEP_HELD : STEP_RESUMED, side, "", 0, now_ms);
    }
    if (was->in_trouble != is->in_trouble && !joined) {
        timeline_add(entry, is->in_trouble ? STEP_TROUBLE : STEP_RECOVERED, side, "", 0, now_ms);
    }
    if (is->away && (!was->away || was->left != is->left)) {
        timeline_add(entry, is->left ? STEP_LEFT : STEP_LOST, side, "", 0, now_ms);
    } else if (was->away && !is->away) {
        timeline_add(entry, STEP_BACK, side, device, 0, now_ms);
    } else if (joined && !input->at_place && entry->call.state != CALL_ENDED) {
        timeline_add(entry, STEP_MOVED, side, device, 0, now_ms);
    }
}

void timeline_note(struct entry *entry, const struct call_input *input, const struct call *before,
                   session_id actor, uint64_t now_ms)
{
    const struct call *call = &entry->call;
    const char *device = device_of(entry->calls->portal, actor);
    if (before->state == CALL_RINGING && call->state == CALL_CONNECTING) {
        timeline_add(entry, STEP_ANSWERED, STEP_CALLEE, device, 0, now_ms);
    }
    for (int role = 0; role < CALL_SIDES; role++) {
        note_side(entry, input, before, (enum call_role)role, device, now_ms);
    }
    if (before->state != CALL_ACTIVE && call->state == CALL_ACTIVE) {
        timeline_add(entry, STEP_ACTIVE, STEP_NOBODY, "", 0, now_ms);
    }
    if (before->state != CALL_ENDED && call->state == CALL_ENDED) {
        timeline_add(entry, STEP_ENDED,
                     call->ended_by_user ? (enum call_side_of)call->ended_by : STEP_NOBODY,
                     call->ended_by_user ? device : "", (uint8_t)call->reason, now_ms);
    }
}

static void worst(uint32_t *kept, uint32_t now)
{
    *kept = now > *kept ? now : *kept;
}

MUST_USE enum err portal_call_report(struct portal *portal, session_id session,
                                     const struct id *call, const struct call_report *report,
                                     uint64_t now_ms)
{
    struct entry *entry = NULL;
    enum call_role role;
    portal->now_ms = now_ms;
    enum err err = calls_find_for(portal, session, call, &entry, &role);
    if (err != OK || entry->call.state == CALL_ENDED) {
        return err;
    }
    if (entry->places[role] != session || entry->call.state == CALL_RINGING) {
        counter_increment(COUNTER_CALLS_STALE);
        return ERR_STATE;
    }
    struct timeline *timeline = timeline_of(entry);
    if (timeline == NULL || (timeline->reported_ms[role] != 0 &&
                             now_ms - timeline->reported_ms[role] < REPORT_PAUSE_MS)) {
        return OK;
    }
    struct call_quality *media = &timeline->media[role];
    if (media->path != (uint32_t)report->path || media->transport != (uint32_t)report->transport) {
        timeline_add(entry, STEP_PATH, (enum call_side_of)role, "",
                     (uint8_t)(report->path * 16 + report->transport), now_ms);
    }
    timeline->reported_ms[role] = now_ms;
    timeline->changed[role] = true;
    counter_increment(COUNTER_CALLS_REPORTS);
    counter_add(COUNTER_CALLS_LOSS, report->loss);
    timeline->loss_sum[role] += report->loss;
    timeline->rtt_sum[role] += report->rtt_ms;
    timeline->jitter_sum[role] += report->jitter_ms;
    media->call = entry->id;
    media->side = (uint8_t)role;
    media->at_ms = (int64_t)(portal->wall_ms + now_ms);
    media->reports++;
    media->path = (uint32_t)report->path;
    media->transport = (uint32_t)report->transport;
    media->loss = (uint32_t)(timeline->loss_sum[role] / media->reports);
    media->rtt_ms = (uint32_t)(timeline->rtt_sum[role] / media->reports);
    media->jitter_ms = (uint32_t)(timeline->jitter_sum[role] / media->reports);
    worst(&media->loss_worst, report->loss);
    worst(&media->rtt_worst_ms, report->rtt_ms);
    worst(&media->jitter_worst_ms, report->jitter_ms);
    return OK;
}

MUST_USE enum err
portal_timeline(struct portal *portal, const struct id *user, const struct id *call,
                void (*on_done)(void *arg, enum err err, const struct found *found), void *arg)
{
    struct question question = {.kind = ASK_TIMELINE, .who = *user, .id = *call};
    return portal->ports.read.ask(portal->ports.read.ctx, &question, on_done, arg);
}
