/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to rows and back; part of store/rows.h. */
#ifndef STORE_ROWS_CALLS_H
#define STORE_ROWS_CALLS_H

#include "model/model.h"
#include "store/bind.h"
#include "store/read.h"

/* A change about calls, their timelines, or what is forgotten of them. */
MUST_USE enum err rows_calls_write(struct queries *queries, const struct change *change);
/* Whom people block and wait for. */
MUST_USE enum err rows_calls_write_tie(struct queries *queries, const struct change *change);
void rows_calls_read_block(struct reader *reader, struct change *change);
void rows_calls_read_notify(struct reader *reader, struct change *change);

/* Of a timeline: at_ms, what, side, detail, private, device. */
void rows_calls_read_step(struct reader *reader, struct call_step *out);
/* side, at_ms, and the rest in the order of the struct. */
void rows_calls_read_media(struct reader *reader, struct call_quality *out);

/* In the order of QUERY_CALL_LIVE. */
void rows_calls_read(struct reader *reader, struct call_record *out);
/* For rows_load: only calls that have not ended. */
void rows_calls_read_live(struct reader *reader, struct change *change);

/* Calls that ended after that, the latest first. */
MUST_USE enum err rows_calls_ended(struct queries *queries, int64_t after_at_ms,
                                   void (*visit)(void *arg, const struct id *call), void *arg);

#endif
