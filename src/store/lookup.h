/* SPDX-License-Identifier: Apache-2.0 */
/* Answers questions about what people have written, over a connection of its own that only reads:
 * it never waits for the writer, nor the writer for it (WAL). One thread at a time. */
#ifndef STORE_LOOKUP_H
#define STORE_LOOKUP_H

#include "base/arena.h"
#include "model/question.h"

struct lookup;

/* Opens the database `path` that a store has brought up to date and keeps open. ERR_IO, ERR_NOMEM.
 */
MUST_USE enum err lookup_open(const char *path, struct lookup **out);
void lookup_close(struct lookup *lookup); /* NULL is accepted */

/* Answers from what is committed at this moment; texts and rows live in the arena. ERR_NOT_FOUND
 * (MESSAGE, ACTIVITY, COMMENTS, COMMENT: no such thing), ERR_NOMEM (also: the arena is full),
 * ERR_IO. Who may see it is the asker's business. */
MUST_USE enum err lookup_answer(struct lookup *lookup, const struct question *question,
                                struct arena *arena, struct found *out);

#endif
