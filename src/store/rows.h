/* SPDX-License-Identifier: Apache-2.0 */
/* Nouns to rows and back. */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "base/buf.h"
#include "model/model.h"
#include "store/queries.h"

/* Runs the query of one change, inside a transaction of the caller. */
MUST_USE enum err rows_write(struct queries *queries, const struct change *change);

/* See store_load; inside a transaction of the caller. ERR_IO also for a row that is damaged. */
MUST_USE enum err rows_load(struct queries *queries,
                            void (*visit)(void *arg, const struct change *change), void *arg);

/* See store_avatar. */
MUST_USE enum err rows_avatar(struct queries *queries, const uint8_t hash[32], struct buf *out);

#endif
