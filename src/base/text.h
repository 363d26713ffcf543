/* SPDX-License-Identifier: Apache-2.0 */
/* Text forms of bytes, and checks of text. All pure. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/slice.h"

/* Characters of base64url without padding for `size` bytes, without the NUL. */
#define TEXT_BASE64URL_SIZE(size) (((size)*4 + 2) / 3)

/* `out` has room for TEXT_BASE64URL_SIZE(bytes.size) + 1. */
void text_base64url(struct slice bytes, char *out);
/* Exactly `size` bytes in the canonical form, else ERR_INVALID. */
MUST_USE enum err text_from_base64url(struct slice text, uint8_t *out, size_t size);
/* `out` has room for base64 with padding and the NUL. */
void text_base64(struct slice bytes, char *out);
void text_hex(struct slice bytes, char *out); /* 2 * size + 1 */
MUST_USE enum err text_from_hex(struct slice text, uint8_t *out, size_t size);
/* Valid UTF-8: no overlong forms, no surrogates, at most U+10FFFF. */
bool text_is_utf8(struct slice text);
/* The length of the valid character at the front of `text`, which is not empty; 0: none is there
 * (RFC 3629 section 4). */
size_t text_character_size(struct slice text);
/* A decimal number without sign and without leading zeros, at most `max`. ERR_INVALID. */
MUST_USE enum err text_parse_number(struct slice text, uint64_t max, uint64_t *out);
/* Copies at most size - 1 bytes, cut at a character, and ends with NUL; control characters
 * become '?'. */
void text_copy_clean(struct slice text, char *out, size_t size);
bool text_equal_nocase(struct slice a, struct slice b); /* ASCII only */
/* Folds ASCII to lower case and Latin letters to their base, for searching; at most size - 1. */
void text_fold(struct slice text, char *out, size_t size);

/* Takes the first word off *text, which has blanks between; empty: there is none. */
struct slice text_take_word(struct slice *text);

#endif
