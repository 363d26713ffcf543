/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows_calls.h"

#include "base/log.h"

static enum err write_record(struct queries *queries, const struct call_record *record)
{
    struct binder binder = bind_start(queries, QUERY_CALL_PUT);
    bind_blob(&binder, record->call.bytes, ID_BYTES);
    bind_blob(&binder, record->caller.bytes, ID_BYTES);
    bind_blob(&binder, record->callee.bytes, ID_BYTES);
    bind_text(&binder, record->connector);
    bind_number(&binder, record->external);
    bind_number(&binder, record->silent);
    bind_number(&binder, record->started_at_ms);
    bind_number(&binder, record->answered_at_ms);
    bind_number(&binder, record->active_at_ms);
    bind_number(&binder, record->ended_at_ms);
    bind_number(&binder, record->reason);
    bind_number(&binder, record->ended_by);
    bind_number(&binder, record->missed);
    bind_number(&binder, record->held);
    return bind_run(&binder, queries, QUERY_CALL_PUT);
}

static enum err forget(struct queries *queries, enum query query, int64_t before_at_ms)
{
    struct binder binder = bind_start(queries, query);
    bind_number(&binder, before_at_ms);
    return bind_run(&binder, queries, query);
}

static enum err write_step(struct queries *queries, const struct call_step *step)
{
    struct binder binder = bind_start(queries, QUERY_CALL_STEP_ADD);
    bind_blob(&binder, step->call.bytes, ID_BYTES);
    bind_number(&binder, step->at_ms);
    bind_number(&binder, step->what);
    bind_number(&binder, step->side);
    bind_number(&binder, step->detail);
    bind_number(&binder, step->private);
    bind_text(&binder, step->device);
    return bind_run(&binder, queries, QUERY_CALL_STEP_ADD);
}

static enum err write_media(struct queries *queries, const struct call_quality *media)
{
    struct binder binder = bind_start(queries, QUERY_CALL_MEDIA_PUT);
    bind_blob(&binder, media->call.bytes, ID_BYTES);
    bind_number(&binder, media->side);
    bind_number(&binder, media->at_ms);
    bind_number(&binder, media->reports);
    bind_number(&binder, media->path);
    bind_number(&binder, media->transport);
    bind_number(&binder, media->loss);
    bind_number(&binder, media->loss_worst);
    bind_number(&binder, media->rtt_ms);
    bind_number(&binder, media->rtt_worst_ms);
    bind_number(&binder, media->jitter_ms);
    bind_number(&binder, media->jitter_worst_ms);
    return bind_run(&binder, queries, QUERY_CALL_MEDIA_PUT);
}

MUST_USE enum err rows_calls_write(struct queries *queries, const struct change *change)
{
    int64_t before_at_ms = change->call.ended_at_ms;
    enum err err = OK;
    switch (change->kind) {
    case CHANGE_CALLS_FORGET:
        return forget(queries, QUERY_CALL_FORGET, before_at_ms);
    case CHANGE_TIMELINES_FORGET:
        err = forget(queries, QUERY_CALL_STEPS_FORGET, before_at_ms);
        return err != OK ? err : forget(queries, QUERY_CALL_MEDIA_FORGET, before_at_ms);
    case CHANGE_CALL_STEP_ADD:
        return write_step(queries, &change->step);
    case CHANGE_CALL_MEDIA_PUT:
        return write_media(queries, &change->quality);
    default:
        return write_record(queries, &change->call);
    }
}

MUST_USE enum err rows_calls_write_tie(struct queries *queries, const struct change *change)
{
    bool removed = change->kind == CHANGE_BLOCK_REMOVE || change->kind == CHANGE_NOTIFY_REMOVE;
    bool block = change->kind == CHANGE_BLOCK_REMOVE || change->kind == CHANGE_BLOCK_PUT;
    enum query query = removed ? (block ? QUERY_BLOCK_REMOVE : QUERY_NOTIFY_REMOVE)
                               : (block ? QUERY_BLOCK_PUT : QUERY_NOTIFY_PUT);
    struct binder binder = bind_start(queries, query);
    bind_blob(&binder, change->tie.user.bytes, ID_BYTES);
    bind_blob(&binder, change->tie.other.bytes, ID_BYTES);
    if (!removed) {
        bind_number(&binder, change->tie.since_s);
    }
    return bind_run(&binder, queries, query);
}

static void read_tie(struct reader *reader, struct change *change, enum change_kind kind)
{
    change->kind = kind;
    read_blob(reader, change->tie.user.bytes, ID_BYTES);
    read_blob(reader, change->tie.other.bytes, ID_BYTES);
    change->tie.since_s = read_number(reader);
}

void rows_calls_read_block(struct reader *reader, struct change *change)
{
    read_tie(reader, change, CHANGE_BLOCK_PUT);
}

void rows_calls_read_notify(struct reader *reader, struct change *change)
{
    read_tie(reader, change, CHANGE_NOTIFY_PUT);
}

/* What a detail means depends on what has happened: names are looked up by it. */
static bool is_detail(int64_t what, int64_t detail)
{
    switch (what) {
    case STEP_RINGS:
        return detail <= UINT8_MAX && (detail & ~STEP_PRETENDED) < RING_HOW_COUNT;
    case STEP_PATH:
        return detail / 16 < PATH_COUNT && detail % 16 < TRANSPORT_COUNT;
    case STEP_ENDED:
        return detail < END_REASON_COUNT;
    default:
        return detail <= UINT8_MAX;
    }
}

void rows_calls_read_step(struct reader *reader, struct call_step *out)
{
    out->at_ms = read_number(reader);
    int64_t what = read_number(reader);
    int64_t side = read_number(reader);
    int64_t detail = read_number(reader);
    out->private = read_number(reader) != 0;
    read_text(reader, out->device, sizeof(out->device));
    reader->damaged = reader->damaged || what < 0 || what >= STEP_COUNT || side < STEP_CALLER ||
                      side > STEP_NOBODY || detail < 0 || !is_detail(what, detail);
    out->what = (uint8_t)what;
    out->side = (uint8_t)side;
    out->detail = (uint8_t)detail;
}

void rows_calls_read_media(struct reader *reader, struct call_quality *out)
{
    uint32_t *numbers[] = {&out->reports,      &out->path,       &out->transport,
                           &out->loss,         &out->loss_worst, &out->rtt_ms,
                           &out->rtt_worst_ms, &out->jitter_ms,  &out->jitter_worst_ms};
    int64_t side = read_number(reader);
    out->at_ms = read_number(reader);
    out->side = (uint8_t)side;
    reader->damaged = reader->damaged || side < STEP_CALLER || side > STEP_CALLEE;
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        int64_t number = read_number(reader);
        reader->damaged = reader->damaged || number < 0 || number > UINT32_MAX;
        *numbers[i] = (uint32_t)number;
    }
    reader->damaged =
        reader->damaged || out->path >= PATH_COUNT || out->transport >= TRANSPORT_COUNT;
}

void rows_calls_read(struct reader *reader, struct call_record *out)
{
    read_blob(reader, out->call.bytes, ID_BYTES);
    read_blob(reader, out->caller.bytes, ID_BYTES);
    read_blob(reader, out->callee.bytes, ID_BYTES);
    read_text(reader, out->connector, sizeof(out->connector));
    out->external = read_number(reader) != 0;
    out->silent = read_number(reader) != 0;
    out->started_at_ms = read_number(reader);
    out->answered_at_ms = read_number(reader);
    out->active_at_ms = read_number(reader);
    out->ended_at_ms = read_number(reader);
    int64_t reason = read_number(reader);
    reader->damaged = reader->damaged || reason < END_NONE || reason >= END_REASON_COUNT;
    out->reason = (uint8_t)reason;
    int64_t by = read_number(reader);
    reader->damaged = reader->damaged || by < ENDED_BY_NOBODY || by > ENDED_BY_CALLEE;
    out->ended_by = (enum call_ended_by)by;
    out->missed = read_number(reader) != 0;
    int64_t held = read_number(reader);
    reader->damaged = reader->damaged || held < 0 || held > 3;
    out->held = (uint8_t)held;
}

void rows_calls_read_live(struct reader *reader, struct change *change)
{
    change->kind = CHANGE_CALL_PUT;
    rows_calls_read(reader, &change->call);
}

MUST_USE enum err rows_calls_ended(struct queries *queries, int64_t after_at_ms,
                                   void (*visit)(void *arg, const struct id *call), void *arg)
{
    struct binder binder = bind_start(queries, QUERY_CALL_ENDED);
    bind_number(&binder, after_at_ms);
    bool row = false;
    enum err err = bind_step(&binder, &row);
    while (err == OK && row) {
        struct reader reader = {.statement = binder.statement};
        struct id call;
        read_blob(&reader, call.bytes, ID_BYTES);
        if (reader.damaged) {
            log_error("database has a damaged row", "query=%d", (int)QUERY_CALL_ENDED);
            err = ERR_IO;
            break;
        }
        visit(arg, &call);
        err = bind_step(&binder, &row);
    }
    queries_reset(queries, QUERY_CALL_ENDED);
    return err;
}
