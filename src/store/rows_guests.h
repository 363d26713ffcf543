/* SPDX-License-Identifier: Apache-2.0 */
/* Links of guests and their accounts, for rows.c only. */
#ifndef STORE_ROWS_GUESTS_H
#define STORE_ROWS_GUESTS_H

#include "model/model.h"
#include "store/queries.h"
#include "store/read.h"

/* A change of kind CHANGE_GUEST_*. The errors of db.h. */
MUST_USE enum err rows_guests_write(struct queries *queries, const struct change *change);
void rows_guests_read_link(struct reader *reader, struct change *change);

#endif
