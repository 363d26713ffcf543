/* SPDX-License-Identifier: Apache-2.0 */
#include "store/rows_calls.h"

MUST_USE enum err rows_calls_write(struct queries *queries, const struct call_record *record)
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
    return bind_run(&binder, queries, QUERY_CALL_PUT);
}

MUST_USE enum err rows_calls_forget(struct queries *queries, int64_t before_at_ms)
{
    struct binder binder = bind_start(queries, QUERY_CALL_FORGET);
    bind_number(&binder, before_at_ms);
    return bind_run(&binder, queries, QUERY_CALL_FORGET);
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
    out->reason = (uint8_t)read_number(reader);
    int64_t by = read_number(reader);
    reader->damaged = reader->damaged || by < ENDED_BY_NOBODY || by > ENDED_BY_CALLEE;
    out->ended_by = (enum call_ended_by)by;
    out->missed = read_number(reader) != 0;
}

void rows_calls_read_live(struct reader *reader, struct change *change)
{
    change->kind = CHANGE_CALL_PUT;
    rows_calls_read(reader, &change->call);
}
