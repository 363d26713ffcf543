/* SPDX-License-Identifier: Apache-2.0 */
/* A random 128-bit id, and its text: 22 characters of base64url without padding. */
#ifndef MODEL_ID_H
#define MODEL_ID_H

#include "base/err.h"
#include "base/slice.h"

#define ID_BYTES 16
#define ID_TEXT_SIZE 23 /* with the NUL */

struct id {
    uint8_t bytes[ID_BYTES];
};

/* ERR_INVALID unless `text` is exactly one canonical id (the last character's spare bits are 0). */
MUST_USE enum err id_parse(struct slice text, struct id *out);
void id_format(const struct id *id, char out[ID_TEXT_SIZE]);
bool id_equal(const struct id *a, const struct id *b);
bool id_is_zero(const struct id *id);
static inline struct slice id_slice(const struct id *id)
{
    return slice_from(id->bytes, ID_BYTES);
}

#endif
