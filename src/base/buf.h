/* SPDX-License-Identifier: Apache-2.0 */
/* A growing byte buffer with a maximum. Embedded in its owner. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include "base/err.h"
#include "base/slice.h"

struct buf {
    uint8_t *data;
    size_t size;
    size_t capacity;
    size_t size_max;
};

/* An empty buffer of at most `size_max` bytes; nothing is allocated until the first append. */
void buf_init(struct buf *buf, size_t size_max);

/* Frees the memory and leaves the buffer empty, usable again. */
void buf_fini(struct buf *buf);

/* The same, for secrets: what it holds is wiped first. */
void buf_forget(struct buf *buf);

/* Appends all of `bytes`, or nothing: ERR_NOMEM, ERR_LIMIT. */
MUST_USE enum err buf_append(struct buf *buf, struct slice bytes);
MUST_USE enum err buf_append_text(struct buf *buf, const char *text);
MUST_USE enum err buf_append_byte(struct buf *buf, uint8_t byte);

/* printf-like; all or nothing. */
MUST_USE __attribute__((format(printf, 2, 3))) enum err buf_printf(struct buf *buf,
                                                                   const char *format, ...);

/* Room for `size` more bytes: *out points at the first; buf_commit makes them count. */
MUST_USE enum err buf_reserve(struct buf *buf, size_t size, uint8_t **out);
void buf_commit(struct buf *buf, size_t size);

/* Removes the first `size` bytes. */
void buf_consume(struct buf *buf, size_t size);

void buf_clear(struct buf *buf);
struct slice buf_slice(const struct buf *buf);

#endif
