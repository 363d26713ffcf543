/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/mem.h"

#define BUF_CAPACITY_MIN 64

void buf_init(struct buf *buf, size_t size_max)
{
    *buf = (struct buf){.size_max = size_max};
}

void buf_fini(struct buf *buf)
{
    mem_free(buf->data);
    buf_init(buf, buf->size_max);
}

void buf_forget(struct buf *buf)
{
    if (buf->data != NULL) {
        mem_wipe(buf->data, buf->capacity);
    }
    buf_fini(buf);
}

enum err buf_reserve(struct buf *buf, size_t size, uint8_t **out)
{
    ASSERT(buf->size <= buf->size_max);
    if (size > buf->size_max - buf->size) {
        return ERR_LIMIT;
    }
    size_t wanted = buf->size + size;
    if (wanted > buf->capacity || buf->data == NULL) {
        /* Doubling keeps the copying linear in the bytes appended. */
        size_t capacity = buf->capacity < BUF_CAPACITY_MIN ? BUF_CAPACITY_MIN : buf->capacity;
        while (capacity < wanted) {
            capacity = capacity > SIZE_MAX / 2 ? wanted : capacity * 2;
        }
        if (capacity > buf->size_max && wanted <= buf->size_max) {
            capacity = buf->size_max;
        }
        uint8_t *data = mem_realloc(buf->data, capacity);
        if (data == NULL) {
            return ERR_NOMEM;
        }
        buf->data = data;
        buf->capacity = capacity;
    }
    *out = buf->data + buf->size;
    return OK;
}

void buf_commit(struct buf *buf, size_t size)
{
    ASSERT(size <= buf->capacity - buf->size);
    buf->size += size;
}

enum err buf_append(struct buf *buf, struct slice bytes)
{
    if (bytes.size == 0) {
        return OK;
    }
    uint8_t *room = NULL;
    enum err err = buf_reserve(buf, bytes.size, &room);
    if (err != OK) {
        return err;
    }
    memcpy(room, bytes.data, bytes.size);
    buf_commit(buf, bytes.size);
    return OK;
}

enum err buf_append_text(struct buf *buf, const char *text)
{
    return buf_append(buf, slice_text(text));
}

enum err buf_append_byte(struct buf *buf, uint8_t byte)
{
    return buf_append(buf, slice_from(&byte, 1));
}

enum err buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    enum err err = ERR_INVALID;
    char text[256];
    int length = vsnprintf(text, sizeof(text), format, args);
    if (length < 0) {
        goto out;
    }
    size_t size = (size_t)length;
    if (size < sizeof(text)) {
        err = buf_append(buf, slice_from(text, size));
        goto out;
    }
    if (size > buf->size_max - buf->size) {
        err = ERR_LIMIT;
        goto out;
    }
    /* vsnprintf writes a NUL, for which the buffer itself may have no room. */
    char *whole = mem_alloc(size + 1);
    if (whole == NULL) {
        err = ERR_NOMEM;
        goto out;
    }
    (void)vsnprintf(whole, size + 1, format, again);
    err = buf_append(buf, slice_from(whole, size));
    mem_free(whole);
out:
    va_end(again);
    va_end(args);
    return err;
}

void buf_consume(struct buf *buf, size_t size)
{
    ASSERT(size <= buf->size);
    if (size > 0) {
        memmove(buf->data, buf->data + size, buf->size - size);
        buf->size -= size;
    }
}

void buf_clear(struct buf *buf)
{
    buf->size = 0;
}

struct slice buf_slice(const struct buf *buf)
{
    return slice_from(buf->data, buf->size);
}
