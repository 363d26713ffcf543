/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms, spaces, messages and activities to rows and back; the rest of store/rows.h. */
#ifndef STORE_ROWS_CHAT_H
#define STORE_ROWS_CHAT_H

#include "model/model.h"
#include "store/queries.h"
#include "store/read.h"

/* As rows_write, for CHANGE_SPACE_PUT and all after it. */
MUST_USE enum err rows_chat_write(struct queries *queries, const struct change *change);

/* For rows_load. */
void rows_chat_read_space(struct reader *reader, struct change *change);
void rows_chat_read_space_person(struct reader *reader, struct change *change);
void rows_chat_read_room(struct reader *reader, struct change *change);
void rows_chat_read_room_member(struct reader *reader, struct change *change);

/* Indexes at most `count_max` messages for searching, in the order of their commits; *more: some
 * are left. Inside a transaction of the caller. */
MUST_USE enum err rows_chat_index(struct queries *queries, uint32_t count_max, bool *more);

#endif
