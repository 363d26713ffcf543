/* SPDX-License-Identifier: Apache-2.0 */
/* Writing: after the first error the rest does nothing. */
#include "wire/codec.h"

#include "base/text.h"
#include "wire/jsontext.h"
#include "wire/message.h"

#define WORD_SIZE sizeof(uint64_t) /* looked at, and copied, in one step */

struct writer {
    struct buf *buf;
    uint8_t *at;
    uint8_t *end;
    enum err err;
};

/* Makes room for `size` more bytes. */
static bool reserve(struct writer *writer, size_t size)
{
    if (writer->err == OK && (size_t)(writer->end - writer->at) < size) {
        buf_commit(writer->buf, (size_t)(writer->at - writer->buf->data) - writer->buf->size);
        writer->err = buf_reserve(writer->buf, size, &writer->at);
        if (writer->err == OK) {
            writer->end = writer->buf->data + writer->buf->capacity;
        }
    }
    return writer->err == OK;
}

static void put(struct writer *writer, struct slice bytes)
{
    if (reserve(writer, bytes.size)) {
        memcpy(writer->at, bytes.data, bytes.size);
        writer->at += bytes.size;
    }
}

static void put_byte(struct writer *writer, uint8_t byte)
{
    if (reserve(writer, 1)) {
        *writer->at++ = byte;
    }
}

static void put_number(struct writer *writer, uint64_t value)
{
    uint8_t digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (uint8_t)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    put(writer, slice_from(digits + at, sizeof digits - at));
}

/* RFC 8259 section 7: quotation mark, reverse solidus and control characters must be escaped. There
 * is room for a word. */
static uint8_t *write_escape(uint8_t *at, uint8_t byte)
{
    static const char hex[] = "0123456789abcdef";
    uint8_t name = byte == '\r' ? 'r' : byte == '\n' ? 'n' : byte < 0x20 ? 'u' : byte;
    *at++ = '\\';
    *at++ = name;
    if (name == 'u') {
        *at++ = '0';
        *at++ = '0';
        *at++ = (uint8_t)hex[byte >> 4];
        *at++ = (uint8_t)hex[byte & 15];
    }
    return at;
}

static void put_string(struct writer *writer, struct slice text)
{
    const uint8_t *from = text.data;
    const uint8_t *end = text.data + text.size;
    put_byte(writer, '"');
    while (from < end && reserve(writer, (size_t)(end - from) + WORD_SIZE)) {
        uint64_t marks = 0;
        while (marks == 0 && (size_t)(end - from) >= WORD_SIZE) {
            uint64_t word;
            memcpy(&word, from, WORD_SIZE);
            memcpy(writer->at, &word, WORD_SIZE);
            marks = jsontext_special(word);
            size_t size = marks == 0 ? WORD_SIZE : jsontext_first(marks);
            from += size;
            writer->at += size;
        }
        while (marks == 0 && from < end && *from >= 0x20 && *from != '"' && *from != '\\') {
            *writer->at++ = *from++;
        }
        if (from < end) {
            bool line_ends = *from == '\r' && end - from > 1 && from[1] == '\n';
            writer->at = write_escape(writer->at, *from++);
            if (line_ends) {
                writer->at = write_escape(writer->at, *from++);
            }
        }
    }
    put_byte(writer, '"');
}

static void put_fields(struct writer *writer, const struct codec_shape *shape, const uint8_t *from,
                       bool first);

static void put_struct(struct writer *writer, const struct codec_shape *shape, const uint8_t *from)
{
    put_byte(writer, '{');
    put_fields(writer, shape, from, true);
    put_byte(writer, '}');
}

static void put_list(struct writer *writer, const struct codec_field *field, const uint8_t *owner)
{
    const uint8_t *items;
    size_t count;
    memcpy(&items, owner + field->offset, sizeof items);
    memcpy(&count, owner + field->count_offset, sizeof count);
    put_byte(writer, '[');
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            put_byte(writer, ',');
        }
        if (field->shape == NULL) {
            put_string(writer, ((const struct slice *)(const void *)items)[i]);
        } else {
            put_struct(writer, field->shape, items + i * field->shape->size);
        }
    }
    put_byte(writer, ']');
}

static void put_value(struct writer *writer, const struct codec_field *field, const uint8_t *owner)
{
    const uint8_t *at = owner + field->offset;
    char id[TEXT_BASE64URL_SIZE(MESSAGE_ID_BYTES) + 1];
    unsigned value;
    switch (field->kind) {
    case CODEC_BOOL:
        put(writer, *(const bool *)at ? SLICE("true") : SLICE("false"));
        break;
    case CODEC_INT:
        put_number(writer, *(const uint64_t *)(const void *)at);
        break;
    case CODEC_STRING:
        put_string(writer, *(const struct slice *)(const void *)at);
        break;
    case CODEC_ID:
        text_base64url(slice_from(at, MESSAGE_ID_BYTES), id);
        put_string(writer, slice_from(id, sizeof id - 1));
        break;
    case CODEC_ENUM:
        memcpy(&value, at, sizeof value);
        ASSERT(value < field->value_count);
        put_string(writer, slice_text(field->values[value]));
        break;
    case CODEC_STRUCT:
        put_struct(writer, field->shape, at);
        break;
    case CODEC_LIST:
        put_list(writer, field, owner);
        break;
    }
}

static void put_fields(struct writer *writer, const struct codec_shape *shape, const uint8_t *from,
                       bool first)
{
    for (unsigned i = 0; i < shape->field_count; i++) {
        const struct codec_field *field = &shape->fields[i];
        if (field->optional && !*(const bool *)(from + field->has_offset)) {
            continue;
        }
        size_t comma = first ? 1 : 0;
        put(writer, slice_from(field->key.data + comma, field->key.size - comma));
        put_value(writer, field, from);
        first = false;
    }
}

MUST_USE enum err codec_encode(const struct codec_message *shape, const struct message *message,
                               struct buf *out)
{
    size_t before = out->size;
    struct writer writer = {.buf = out};
    writer.err = buf_reserve(out, 1, &writer.at);
    if (writer.err != OK) {
        return writer.err;
    }
    writer.end = out->data + out->capacity;
    if (shape->kind == CODEC_ANSWER) {
        put_byte(&writer, '{');
    } else {
        put(&writer, shape->head);
    }
    if (shape->kind == CODEC_EVENT) {
        put(&writer, SLICE(",\"seq\":"));
        put_number(&writer, message->seq);
    } else if (message->has_id && shape->kind != CODEC_ANSWER) {
        put(&writer, SLICE(",\"id\":"));
        put_number(&writer, message->id);
    }
    put_fields(&writer, shape->shape, (const uint8_t *)message + shape->offset,
               shape->kind == CODEC_ANSWER);
    put_byte(&writer, '}');
    if (writer.err != OK) {
        out->size = before;
        return writer.err;
    }
    buf_commit(out, (size_t)(writer.at - out->data) - out->size);
    return OK;
}
