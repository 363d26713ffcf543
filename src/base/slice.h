/* SPDX-License-Identifier: Apache-2.0 */
/* Borrowed bytes: a pointer and a length, not ended by NUL, owned by somebody else. */
#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct slice {
    const uint8_t *data;
    size_t size;
};

/* A string literal as a slice. */
#define SLICE(literal) ((struct slice){(const uint8_t *)("" literal), sizeof(literal) - 1})

static inline struct slice slice_from(const void *data, size_t size)
{
    return (struct slice){(const uint8_t *)data, size};
}

/* The bytes of the NUL-ended `text`; NULL gives the empty slice. */
static inline struct slice slice_text(const char *text)
{
    return (struct slice){(const uint8_t *)text, text == NULL ? 0 : strlen(text)};
}

static inline bool slice_equal(struct slice a, struct slice b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

#endif
