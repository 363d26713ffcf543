/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to rows and back; part of store/rows.h. */
#ifndef STORE_ROWS_CALLS_H
#define STORE_ROWS_CALLS_H

#include "model/model.h"
#include "store/bind.h"
#include "store/read.h"

MUST_USE enum err rows_calls_write(struct queries *queries, const struct call_record *record);

MUST_USE enum err rows_calls_forget(struct queries *queries, int64_t before_at_ms);

/* In the order of QUERY_CALL_LIVE. */
void rows_calls_read(struct reader *reader, struct call_record *out);
/* For rows_load: only calls that have not ended. */
void rows_calls_read_live(struct reader *reader, struct change *change);

#endif
