/* SPDX-License-Identifier: Apache-2.0 */
/* Words for a search index that is not SQLite's: cut by the same tokenizer (unicode61 of FTS5), so
 * that a search finds the same in every database. Each word carries its room, as in roomwords.h. */
#ifndef STORE_WORDS_H
#define STORE_WORDS_H

#include "base/buf.h"
#include "model/id.h"

struct words;

/* ERR_NOMEM, ERR_IO. */
MUST_USE enum err words_open(struct words **out);
void words_close(struct words *words); /* NULL is accepted */

/* Appends a tsvector of PostgreSQL, as text: the words of `keyed`, a text behind the key of its
 * room. */
MUST_USE enum err words_vector(struct words *words, struct slice keyed, struct buf *out);

/* Appends a tsquery for what a person has typed (the rules of match.h); *any false: nothing can be
 * found by that. */
MUST_USE enum err words_query(struct words *words, struct slice text, const struct id *room,
                              struct buf *out, bool *any);

#endif
