/* SPDX-License-Identifier: Apache-2.0 */
/* JSON (RFC 8259) piece by piece. An error stays, and what is written after it is nothing: so it is
 * asked for once, at the end. Keys are the program's own and are not escaped; a key is NULL in a
 * list, and for the whole. Embedded in its owner. */
#ifndef BASE_JSONOUT_H
#define BASE_JSONOUT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct jsonout {
    struct buf buf;
    enum err err; /* the first one: ERR_NOMEM, ERR_LIMIT, or what jsonout_fail was told */
    bool comma;   /* something stands before in the object or list that is open */
};

/* At most `size_max` bytes. */
void jsonout_init(struct jsonout *json, size_t size_max);
void jsonout_fini(struct jsonout *json);

/* Begins anew in the same memory, without an error. */
void jsonout_clear(struct jsonout *json);

/* What was to be written cannot be had. OK changes nothing. */
void jsonout_fail(struct jsonout *json, enum err err);

void jsonout_object(struct jsonout *json, const char *key);
void jsonout_end_object(struct jsonout *json);
void jsonout_list(struct jsonout *json, const char *key);
void jsonout_end_list(struct jsonout *json);

/* The text is UTF-8; it is quoted and escaped. */
void jsonout_text(struct jsonout *json, const char *key, const char *text);
void jsonout_slice(struct jsonout *json, const char *key, struct slice text);
/* Bytes as a text of hexadecimal digits. */
void jsonout_hex(struct jsonout *json, const char *key, struct slice bytes);
void jsonout_null(struct jsonout *json, const char *key);
void jsonout_number(struct jsonout *json, const char *key, int64_t number);
void jsonout_bool(struct jsonout *json, const char *key, bool value);
/* With one digit behind the point. */
void jsonout_tenths(struct jsonout *json, const char *key, double number);

#endif
