/* SPDX-License-Identifier: Apache-2.0 */
/* Reading: check and decode in one pass over the bytes. */
#include "wire/codec.h"

#include <stdlib.h>

#include "base/text.h"
#include "wire/jsoncheck.h"
#include "wire/jsontext.h"
#include "wire/message.h"

#define WORD_SIZE sizeof(uint64_t) /* looked at, and copied, in one step */

struct reader {
    const uint8_t *at;
    const uint8_t *end;
    struct arena *arena;
    bool checked; /* the text is known to be JSON: numbers may be written in any form */
};

static void skip_blanks(struct reader *reader)
{
    while (reader->at < reader->end && (*reader->at == ' ' || *reader->at == '\t' ||
                                        *reader->at == '\n' || *reader->at == '\r')) {
        reader->at++;
    }
}

/* Takes `byte` if it comes next, blanks before it too. */
static bool take(struct reader *reader, uint8_t byte)
{
    if (reader->at < reader->end && *reader->at != byte) {
        skip_blanks(reader);
    }
    if (reader->at == reader->end || *reader->at != byte) {
        return false;
    }
    reader->at++;
    return true;
}

static bool take_word(struct reader *reader, struct slice word)
{
    if ((size_t)(reader->end - reader->at) < word.size ||
        memcmp(reader->at, word.data, word.size) != 0) {
        return false;
    }
    reader->at += word.size;
    return true;
}

/* Goes over characters that stand for themselves; false: a character that is not UTF-8. */
static bool pass_plain(struct reader *reader)
{
    for (;;) {
        while ((size_t)(reader->end - reader->at) >= WORD_SIZE) {
            uint64_t word;
            memcpy(&word, reader->at, WORD_SIZE);
            uint64_t marks = jsontext_special(word) | jsontext_high(word);
            if (marks != 0) {
                reader->at += jsontext_first(marks);
                break;
            }
            reader->at += WORD_SIZE;
        }
        while (reader->at < reader->end && *reader->at < 0x80) {
            if (*reader->at < 0x20 || *reader->at == '"' || *reader->at == '\\') {
                return true;
            }
            reader->at++;
        }
        if (reader->at == reader->end) {
            return true;
        }
        size_t size =
            text_character_size(slice_from(reader->at, (size_t)(reader->end - reader->at)));
        if (size == 0) {
            return false;
        }
        reader->at += size;
    }
}

/* Copies plain ASCII, as pass_plain, to `to`, which has room for as much as is left and a word. */
static uint8_t *copy_plain(struct reader *reader, uint8_t *to)
{
    while ((size_t)(reader->end - reader->at) >= WORD_SIZE) {
        uint64_t word;
        memcpy(&word, reader->at, WORD_SIZE);
        memcpy(to, &word, WORD_SIZE);
        uint64_t marks = jsontext_special(word) | jsontext_high(word);
        size_t size = marks == 0 ? WORD_SIZE : jsontext_first(marks);
        reader->at += size;
        to += size;
        if (marks != 0) {
            break;
        }
    }
    return to;
}

/* The rest of a string with escapes, whose beginning from `start` has none: unescaped into the
 * arena. */
static MUST_USE enum err read_escaped(struct reader *reader, const uint8_t *start,
                                      struct slice *out)
{
    size_t room = (size_t)(reader->end - start) + WORD_SIZE;
    uint8_t *text = arena_alloc(reader->arena, room);
    if (text == NULL) {
        return ERR_NOMEM;
    }
    uint8_t *to = text + (reader->at - start);
    memcpy(text, start, (size_t)(reader->at - start));
    for (;;) {
        if (reader->at < reader->end && *reader->at != '\\') { /* lines end with two escapes */
            to = copy_plain(reader, to);
        }
        uint8_t byte = reader->at < reader->end ? *reader->at : 0;
        size_t size = 1;
        uint32_t code = 0;
        if (byte < 0x20) {
            return ERR_INVALID;
        }
        if (byte == '\\') {
            reader->at++;
            uint8_t meaning = reader->at < reader->end ? jsontext_meanings[*reader->at] : 0;
            if (meaning != 0) {
                *to++ = meaning;
                reader->at++;
                continue;
            }
            if (jsontext_escape(&reader->at, reader->end, &code) != NULL) {
                return ERR_INVALID;
            }
            to += jsontext_utf8(code, to);
            continue;
        }
        if (byte >= 0x80) {
            size = text_character_size(slice_from(reader->at, (size_t)(reader->end - reader->at)));
        }
        if (size == 0) {
            return ERR_INVALID;
        }
        if (byte == '"') {
            break;
        }
        memcpy(to, reader->at, size);
        to += size;
        reader->at += size;
    }
    reader->at++;
    memset(to, 0, WORD_SIZE); /* where the last word was copied whole */
    *out = slice_from(text, (size_t)(to - text));
    arena_trim(reader->arena, room, out->size);
    return OK;
}

/* A string without escapes stays where it is. */
static MUST_USE enum err read_string(struct reader *reader, uint64_t size_max, struct slice *out)
{
    if (!take(reader, '"')) {
        return ERR_INVALID;
    }
    const uint8_t *start = reader->at;
    enum err err = OK;
    if (!pass_plain(reader) || reader->at == reader->end) {
        return ERR_INVALID;
    }
    if (*reader->at == '"') {
        *out = slice_from(start, (size_t)(reader->at - start));
        reader->at++;
    } else {
        err = *reader->at == '\\' ? read_escaped(reader, start, out) : ERR_INVALID;
    }
    return err != OK ? err : out->size <= size_max ? OK : ERR_INVALID;
}

/* A number that is not written as digits, such as 1e2. */
static MUST_USE enum err read_odd_number(struct reader *reader, uint64_t max, uint64_t *out)
{
    char text[JSONCHECK_NUMBER_SIZE_MAX + 1] = "";
    size_t size = 0;
    /* Of checked text, where a number of an object is not the last. */
    while (size < JSONCHECK_NUMBER_SIZE_MAX && strchr("+-.eE0123456789", *reader->at) != NULL) {
        text[size++] = (char)*reader->at++;
    }
    double number = size == 0 ? -1 : strtod(text, NULL);
    if (!(number >= 0) || number > (double)max) {
        return ERR_INVALID;
    }
    *out = (uint64_t)number;
    return (double)*out < number ? ERR_INVALID : OK;
}

static MUST_USE enum err read_int(struct reader *reader, uint64_t min, uint64_t max, uint64_t *out)
{
    skip_blanks(reader);
    const uint8_t *start = reader->at;
    uint64_t value = 0;
    while (reader->at < reader->end && *reader->at >= '0' && *reader->at <= '9' &&
           value <= CODEC_ENVELOPE_MAX) {
        value = value * 10 + (*reader->at++ - '0');
    }
    size_t size = (size_t)(reader->at - start);
    bool more = reader->at < reader->end && strchr("+-.eE0123456789", *reader->at) != NULL;
    if (size == 0 || more || (size > 1 && *start == '0')) {
        reader->at = start;
        if (!reader->checked || read_odd_number(reader, max, &value) != OK) {
            return ERR_INVALID;
        }
    }
    *out = value;
    return value >= min && value <= max ? OK : ERR_INVALID;
}

static MUST_USE enum err read_enum(struct reader *reader, const struct codec_field *field,
                                   uint8_t *out)
{
    struct slice text;
    enum err err = read_string(reader, SIZE_MAX, &text);
    for (unsigned i = 0; err == OK && i < field->value_count; i++) {
        if (slice_equal(text, slice_text(field->values[i]))) {
            memcpy(out, &i, sizeof i);
            return OK;
        }
    }
    return err != OK ? err : ERR_INVALID;
}

static MUST_USE enum err read_id(struct reader *reader, uint8_t *out)
{
    struct slice text;
    enum err err = read_string(reader, TEXT_BASE64URL_SIZE(MESSAGE_ID_BYTES), &text);
    return err != OK ? err : text_from_base64url(text, out, MESSAGE_ID_BYTES);
}

static MUST_USE enum err read_shape(struct reader *reader, const struct codec_shape *shape,
                                    uint8_t *out);

/* Doubles the room of a list that is full. */
static MUST_USE enum err grow_list(struct arena *arena, size_t count, size_t size, uint8_t **items,
                                   size_t *room)
{
    size_t wanted = *room == 0 ? 8 : *room * 2;
    uint8_t *grown = arena_alloc(arena, wanted * size);
    if (grown == NULL) {
        return ERR_NOMEM;
    }
    if (count > 0) {
        memcpy(grown, *items, count * size);
    }
    *items = grown;
    *room = wanted;
    return OK;
}

static MUST_USE enum err read_list(struct reader *reader, const struct codec_field *field,
                                   uint8_t *owner)
{
    size_t size = field->shape == NULL ? sizeof(struct slice) : field->shape->size;
    uint8_t *items = NULL;
    size_t count = 0;
    size_t room = 0;
    if (!take(reader, '[')) {
        return ERR_INVALID;
    }
    if (!take(reader, ']')) {
        do {
            enum err err =
                count == room ? grow_list(reader->arena, count, size, &items, &room) : OK;
            uint8_t *at = items + count * size;
            if (err == OK) {
                err = count == field->max ? ERR_INVALID
                      : field->shape == NULL
                          ? read_string(reader, field->item_max, (struct slice *)(void *)at)
                          : read_shape(reader, field->shape, at);
            }
            if (err != OK) {
                return err;
            }
            count++;
        } while (take(reader, ','));
        if (!take(reader, ']')) {
            return ERR_INVALID;
        }
    }
    memcpy(owner + field->offset, &items, sizeof items);
    memcpy(owner + field->count_offset, &count, sizeof count);
    return OK;
}

static MUST_USE enum err read_field(struct reader *reader, const struct codec_field *field,
                                    uint8_t *owner)
{
    uint8_t *at = owner + field->offset;
    switch (field->kind) {
    case CODEC_BOOL:
        skip_blanks(reader);
        *(bool *)at = take_word(reader, SLICE("true"));
        return *(bool *)at || take_word(reader, SLICE("false")) ? OK : ERR_INVALID;
    case CODEC_INT:
        return read_int(reader, field->min, field->max, (uint64_t *)(void *)at);
    case CODEC_STRING:
        return read_string(reader, field->max, (struct slice *)(void *)at);
    case CODEC_ID:
        return read_id(reader, at);
    case CODEC_ENUM:
        return read_enum(reader, field, at);
    case CODEC_STRUCT:
        return read_shape(reader, field->shape, at);
    case CODEC_LIST:
        return read_list(reader, field, owner);
    }
    return ERR_INVALID;
}

/* Reads a key up to behind its colon. */
static MUST_USE enum err read_key(struct reader *reader, struct slice *key)
{
    enum err err = read_string(reader, SIZE_MAX, key);
    return err != OK ? err : take(reader, ':') ? OK : ERR_INVALID;
}

/* The field with this name, looked for from the `first` on: they mostly come in their order. */
static unsigned find_field(const struct codec_shape *shape, struct slice name, unsigned first)
{
    for (unsigned n = 0; n < shape->field_count; n++) {
        unsigned i = first + n < shape->field_count ? first + n : first + n - shape->field_count;
        struct slice key = shape->fields[i].key;
        if (slice_equal(name, slice_from(key.data + 2, key.size - 4))) {
            return i;
        }
    }
    return shape->field_count;
}

/* What has been read of an object. */
struct progress {
    uint32_t seen; /* fields, by bit */
    unsigned next; /* the field that is likely to come */
};

static MUST_USE enum err read_member(struct reader *reader, const struct codec_shape *shape,
                                     struct slice key, struct progress *progress, uint8_t *out)
{
    unsigned i = find_field(shape, key, progress->next);
    if (i == shape->field_count || (progress->seen >> i & 1) != 0) {
        return ERR_INVALID;
    }
    const struct codec_field *field = &shape->fields[i];
    progress->seen |= (uint32_t)1 << i;
    progress->next = i + 1 == shape->field_count ? 0 : i + 1;
    if (field->optional) {
        *(bool *)(out + field->has_offset) = true;
    }
    return read_field(reader, field, out);
}

static bool has_all(const struct codec_shape *shape, uint32_t seen)
{
    for (unsigned i = 0; i < shape->field_count; i++) {
        if ((seen >> i & 1) == 0 && !shape->fields[i].optional) {
            return false;
        }
    }
    return true;
}

static MUST_USE enum err read_shape(struct reader *reader, const struct codec_shape *shape,
                                    uint8_t *out)
{
    struct progress progress = {0};
    if (!take(reader, '{')) {
        return ERR_INVALID;
    }
    if (!take(reader, '}')) {
        do {
            struct slice key;
            enum err err = read_key(reader, &key);
            if (err == OK) {
                err = read_member(reader, shape, key, &progress, out);
            }
            if (err != OK) {
                return err;
            }
        } while (take(reader, ','));
        if (!take(reader, '}')) {
            return ERR_INVALID;
        }
    }
    return has_all(shape, progress.seen) ? OK : ERR_INVALID;
}

static const struct codec_message *find_command(const struct codec_message *messages,
                                                unsigned count, struct slice name)
{
    for (unsigned i = 0; i < count; i++) {
        struct slice head = messages[i].head; /* {"type":"name" */
        if (messages[i].kind == CODEC_COMMAND &&
            slice_equal(name, slice_from(head.data + 9, head.size - 10))) {
            return &messages[i];
        }
    }
    return NULL;
}

/* Reads the members of a command up to the end of the text. `type` is behind them already, or
 * passed over. */
static MUST_USE enum err read_command(struct reader *reader, const struct codec_message *shape,
                                      bool type_taken, struct message *out)
{
    struct progress progress = {0};
    bool type_seen = type_taken;
    while (!type_taken || take(reader, ',')) {
        struct slice key;
        struct slice type;
        enum err err = read_key(reader, &key);
        if (err != OK) {
            return err;
        }
        if (!out->has_id && slice_equal(key, SLICE("id"))) {
            err = read_int(reader, 1, CODEC_ENVELOPE_MAX, &out->id);
            out->has_id = true;
        } else if (!type_seen && slice_equal(key, SLICE("type"))) {
            err = read_string(reader, SIZE_MAX, &type);
            type_seen = true;
        } else {
            err = read_member(reader, shape->shape, key, &progress, (uint8_t *)out + shape->offset);
        }
        if (err != OK) {
            return err;
        }
        type_taken = true;
    }
    if (!take(reader, '}')) {
        return ERR_INVALID;
    }
    skip_blanks(reader);
    return reader->at == reader->end && out->has_id && has_all(shape->shape, progress.seen)
               ? OK
               : ERR_INVALID;
}

/* The usual: the type comes first. ERR_INVALID: something is not usual, or wrong. */
static MUST_USE enum err decode_usual(const struct codec_message *messages, unsigned count,
                                      struct reader *reader, struct message *out)
{
    struct slice text;
    enum err err = take(reader, '{') ? read_key(reader, &text) : ERR_INVALID;
    if (err == OK) {
        err = slice_equal(text, SLICE("type")) ? read_string(reader, SIZE_MAX, &text) : ERR_INVALID;
    }
    if (err != OK) {
        return err;
    }
    const struct codec_message *command = find_command(messages, count, text);
    if (command == NULL) {
        return ERR_INVALID;
    }
    out->type = (enum message_type)(command - messages);
    return read_command(reader, command, true, out);
}

/* Goes over a value of checked text. */
static void skip_value(struct reader *reader)
{
    unsigned depth = 0;
    do {
        skip_blanks(reader);
        uint8_t byte = *reader->at++;
        if (byte == '"') {
            while (*reader->at != '"') {
                reader->at += *reader->at == '\\' ? 2 : 1;
            }
            reader->at++;
        } else if (byte == '{' || byte == '[') {
            depth++;
        } else if (byte == '}' || byte == ']') {
            depth--;
        } else {
            while (strchr(",:]} \t\n\r", *reader->at) == NULL) { /* an end is behind it */
                reader->at++;
            }
        }
        skip_blanks(reader);
        while (depth > 0 && (*reader->at == ',' || *reader->at == ':')) {
            reader->at++;
            skip_blanks(reader);
        }
    } while (depth > 0);
}

/* Finds type and id among the members of checked text; ERR_NOMEM. */
static MUST_USE enum err find_envelope(struct reader *reader, struct slice *type,
                                       struct message *out)
{
    if (!take(reader, '{') || take(reader, '}')) {
        return OK;
    }
    do {
        struct slice key;
        enum err err = read_key(reader, &key);
        const uint8_t *value = reader->at;
        if (err == OK && slice_equal(key, SLICE("id"))) {
            out->has_id = read_int(reader, 1, CODEC_ENVELOPE_MAX, &out->id) == OK;
        } else if (err == OK && slice_equal(key, SLICE("type"))) {
            err = read_string(reader, SIZE_MAX, type);
            err = err == ERR_INVALID ? OK : err; /* not a string */
        }
        if (err != OK) {
            return err;
        }
        reader->at = value;
        skip_value(reader);
    } while (take(reader, ','));
    return OK;
}

/* What decode_usual does not take: says what is wrong, or decodes it if it is only written
 * otherwise. */
static MUST_USE enum err decode_unusual(const struct codec_message *messages, unsigned count,
                                        struct slice text, struct arena *arena, struct message *out)
{
    static const struct jsoncheck_limits limits = {
        .size_max = CODEC_TEXT_MAX, .depth_max = CODEC_DEPTH_MAX, .keys_max = JSONCHECK_KEYS_MAX};
    struct reader reader = {
        .at = text.data, .end = text.data + text.size, .arena = arena, .checked = true};
    struct slice type = {0};
    *out = (struct message){0};
    if (jsoncheck(text, &limits) != OK) {
        return ERR_INVALID;
    }
    enum err err = find_envelope(&reader, &type, out);
    if (err != OK) {
        return err;
    }
    if (type.data == NULL || !out->has_id) {
        return ERR_INVALID;
    }
    const struct codec_message *command = find_command(messages, count, type);
    if (command == NULL) {
        return ERR_UNSUPPORTED;
    }
    out->type = (enum message_type)(command - messages);
    out->has_id = false;
    reader.at = text.data;
    bool opens = take(&reader, '{');
    ASSERT(opens); /* it was an object a moment ago */
    err = read_command(&reader, command, false, out);
    out->has_id = true;
    return err;
}

MUST_USE enum err codec_decode(const struct codec_message *messages, unsigned count,
                               struct slice text, struct arena *arena, struct message *out)
{
    struct reader reader = {.at = text.data, .end = text.data + text.size, .arena = arena};
    *out = (struct message){0};
    if (text.size > CODEC_TEXT_MAX) {
        return ERR_INVALID;
    }
    enum err err = decode_usual(messages, count, &reader, out);
    return err == ERR_INVALID ? decode_unusual(messages, count, text, arena, out) : err;
}
