/* SPDX-License-Identifier: Apache-2.0 */
/* What a person types into a search field becomes an expression of SQLite's FTS5. Pure. */
#ifndef STORE_MATCH_H
#define STORE_MATCH_H

#include <stdbool.h>

#include "model/question.h"

#define MATCH_WORDS_MAX 8
#define MATCH_SIZE (2 * SEARCH_TEXT_MAX + MATCH_WORDS_MAX * (8 + 2 * ID_BYTES) + 80)

/* The words of what was typed, as blanks part it: the first MATCH_WORDS_MAX that are no
 * punctuation. `text` and zeros at the start. */
struct match_words {
    struct slice text;
    size_t at;
    size_t count;
};

/* False: there is no other one. *prefix: it may be the beginning of a word, which the last one is
 * unless a space follows it. */
bool match_next(struct match_words *words, struct slice *word, bool *prefix);

/* All words of `text` (the first MATCH_WORDS_MAX) in `room`, in any order; the last one may be the
 * beginning of a word unless a space follows it. Each word begins with the key of the room, as
 * store/roomwords.h has it. Whatever is typed, the expression is right, and none of it is an
 * operator. False: there is no word. */
bool match_build(struct slice text, const struct id *room, char out[MATCH_SIZE]);

#endif
