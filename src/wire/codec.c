/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/codec.h"

#include <cjson/cJSON.h>

#include "base/text.h"
#include "wire/jsoncheck.h"
#include "wire/message.h"

/* cJSON takes its memory functions without an argument. They are set only while one message is
 * parsed, on the one thread that decodes. */
static struct arena *parse_arena;

static void *parse_alloc(size_t size)
{
    return arena_alloc(parse_arena, size);
}

static void parse_free(void *block)
{
    (void)block; /* the arena frees all */
}

static cJSON *parse(struct slice text, struct arena *arena)
{
    cJSON_Hooks hooks = {.malloc_fn = parse_alloc, .free_fn = parse_free};
    parse_arena = arena;
    cJSON_InitHooks(&hooks);
    cJSON *root = cJSON_ParseWithLength((const char *)text.data, text.size);
    cJSON_InitHooks(NULL);
    parse_arena = NULL;
    return root;
}

static MUST_USE enum err read_string(const cJSON *json, uint64_t size_max, struct slice *out)
{
    if (!cJSON_IsString(json)) {
        return ERR_INVALID;
    }
    *out = slice_text(json->valuestring);
    return out->size <= size_max ? OK : ERR_INVALID;
}

static MUST_USE enum err read_int(const cJSON *json, uint64_t min, uint64_t max, uint64_t *out)
{
    if (!cJSON_IsNumber(json) || !(json->valuedouble >= 0) ||
        json->valuedouble > (double)CODEC_ENVELOPE_MAX) {
        return ERR_INVALID;
    }
    uint64_t value = (uint64_t)json->valuedouble;
    if ((double)value < json->valuedouble || value < min || value > max) {
        return ERR_INVALID;
    }
    *out = value;
    return OK;
}

static MUST_USE enum err read_enum(const cJSON *json, const struct codec_field *field, void *out)
{
    if (!cJSON_IsString(json)) {
        return ERR_INVALID;
    }
    for (unsigned i = 0; i < field->value_count; i++) {
        if (strcmp(json->valuestring, field->values[i]) == 0) {
            memcpy(out, &i, sizeof i);
            return OK;
        }
    }
    return ERR_INVALID;
}

static MUST_USE enum err read_shape(const cJSON *json, const struct codec_shape *shape,
                                    bool envelope, struct arena *arena, uint8_t *out);

static MUST_USE enum err read_list(const cJSON *json, const struct codec_field *field,
                                   struct arena *arena, uint8_t *owner)
{
    if (!cJSON_IsArray(json)) {
        return ERR_INVALID;
    }
    size_t count = 0;
    for (const cJSON *item = json->child; item != NULL; item = item->next) {
        count++;
    }
    if (count > field->max) {
        return ERR_INVALID;
    }
    size_t size = field->shape == NULL ? sizeof(struct slice) : field->shape->size;
    uint8_t *items = count == 0 ? NULL : arena_alloc(arena, count * size);
    if (count > 0 && items == NULL) {
        return ERR_NOMEM;
    }
    uint8_t *at = items;
    for (const cJSON *item = json->child; item != NULL; item = item->next, at += size) {
        enum err err = field->shape == NULL
                           ? read_string(item, field->item_max, (struct slice *)(void *)at)
                           : read_shape(item, field->shape, false, arena, at);
        if (err != OK) {
            return err;
        }
    }
    memcpy(owner + field->offset, &items, sizeof items);
    memcpy(owner + field->count_offset, &count, sizeof count);
    return OK;
}

static MUST_USE enum err read_field(const cJSON *json, const struct codec_field *field,
                                    struct arena *arena, uint8_t *owner)
{
    uint8_t *at = owner + field->offset;
    struct slice text;
    switch (field->kind) {
    case CODEC_BOOL:
        if (!cJSON_IsBool(json)) {
            return ERR_INVALID;
        }
        *(bool *)at = cJSON_IsTrue(json);
        return OK;
    case CODEC_INT:
        return read_int(json, field->min, field->max, (uint64_t *)(void *)at);
    case CODEC_STRING:
        return read_string(json, field->max, (struct slice *)(void *)at);
    case CODEC_ID:
        if (read_string(json, TEXT_BASE64URL_SIZE(MESSAGE_ID_BYTES), &text) != OK) {
            return ERR_INVALID;
        }
        return text_from_base64url(text, at, MESSAGE_ID_BYTES);
    case CODEC_ENUM:
        return read_enum(json, field, at);
    case CODEC_STRUCT:
        return read_shape(json, field->shape, false, arena, at);
    case CODEC_LIST:
        return read_list(json, field, arena, owner);
    }
    return ERR_INVALID;
}

static MUST_USE enum err read_shape(const cJSON *json, const struct codec_shape *shape,
                                    bool envelope, struct arena *arena, uint8_t *out)
{
    if (!cJSON_IsObject(json)) {
        return ERR_INVALID;
    }
    uint32_t seen = 0;
    for (const cJSON *item = json->child; item != NULL; item = item->next) {
        if (envelope && (strcmp(item->string, "type") == 0 || strcmp(item->string, "id") == 0)) {
            continue;
        }
        unsigned i = 0;
        while (i < shape->field_count && strcmp(item->string, shape->fields[i].name) != 0) {
            i++;
        }
        if (i == shape->field_count) {
            return ERR_INVALID;
        }
        enum err err = read_field(item, &shape->fields[i], arena, out);
        if (err != OK) {
            return err;
        }
        seen |= (uint32_t)1 << i;
        if (shape->fields[i].optional) {
            *(bool *)(out + shape->fields[i].has_offset) = true;
        }
    }
    for (unsigned i = 0; i < shape->field_count; i++) {
        if ((seen >> i & 1) == 0 && !shape->fields[i].optional) {
            return ERR_INVALID;
        }
    }
    return OK;
}

MUST_USE enum err codec_decode(const struct codec_message *messages, unsigned count,
                               struct slice text, struct arena *arena, struct message *out)
{
    *out = (struct message){0};
    /* Without U+0000, which would cut a string of cJSON silently. */
    static const struct jsoncheck_limits limits = {
        .size_max = CODEC_TEXT_MAX, .depth_max = CODEC_DEPTH_MAX, .keys_max = JSONCHECK_KEYS_MAX};
    if (jsoncheck(text, &limits) != OK) {
        return ERR_INVALID;
    }
    const cJSON *root = parse(text, arena);
    if (root == NULL) {
        /* The text was checked: what cJSON lacks is memory. */
        return ERR_NOMEM;
    }
    if (!cJSON_IsObject(root)) {
        return ERR_INVALID;
    }
    const cJSON *id = cJSON_GetObjectItemCaseSensitive(root, "id");
    out->has_id = read_int(id, 1, CODEC_ENVELOPE_MAX, &out->id) == OK;
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(root, "type");
    if (!cJSON_IsString(type) || !out->has_id) {
        return ERR_INVALID;
    }
    for (unsigned i = 0; i < count; i++) {
        if (messages[i].kind == CODEC_COMMAND && strcmp(messages[i].name, type->valuestring) == 0) {
            out->type = (enum message_type)i;
            return read_shape(root, messages[i].shape, true, arena,
                              (uint8_t *)out + messages[i].offset);
        }
    }
    return ERR_UNSUPPORTED;
}

/* ---- writing: after the first error the rest does nothing ---- */

static void put(struct buf *out, enum err *err, struct slice bytes)
{
    if (*err == OK) {
        *err = buf_append(out, bytes);
    }
}

static void put_number(struct buf *out, enum err *err, uint64_t value)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    put(out, err, slice_from(digits + at, sizeof digits - at));
}

/* RFC 8259 section 7: quotation mark, reverse solidus and control characters must be escaped. */
static void put_string(struct buf *out, enum err *err, struct slice text)
{
    static const char hex[] = "0123456789abcdef";
    size_t done = 0;
    put(out, err, SLICE("\""));
    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte >= 0x20 && byte != '"' && byte != '\\') {
            continue;
        }
        put(out, err, slice_from(text.data + done, i - done));
        done = i + 1;
        if (byte == '"' || byte == '\\') {
            char pair[2] = {'\\', (char)byte};
            put(out, err, slice_from(pair, sizeof pair));
        } else if (byte == '\r') {
            put(out, err, SLICE("\\r"));
        } else if (byte == '\n') {
            put(out, err, SLICE("\\n"));
        } else {
            char code[6] = {'\\', 'u', '0', '0', hex[byte >> 4], hex[byte & 15]};
            put(out, err, slice_from(code, sizeof code));
        }
    }
    if (done < text.size) {
        put(out, err, slice_from(text.data + done, text.size - done));
    }
    put(out, err, SLICE("\""));
}

static void put_fields(struct buf *out, enum err *err, const struct codec_shape *shape,
                       const uint8_t *from, bool first);

static void put_list(struct buf *out, enum err *err, const struct codec_field *field,
                     const uint8_t *owner)
{
    const uint8_t *items;
    size_t count;
    memcpy(&items, owner + field->offset, sizeof items);
    memcpy(&count, owner + field->count_offset, sizeof count);
    put(out, err, SLICE("["));
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            put(out, err, SLICE(","));
        }
        if (field->shape == NULL) {
            put_string(out, err, ((const struct slice *)(const void *)items)[i]);
        } else {
            put(out, err, SLICE("{"));
            put_fields(out, err, field->shape, items + i * field->shape->size, true);
            put(out, err, SLICE("}"));
        }
    }
    put(out, err, SLICE("]"));
}

static void put_value(struct buf *out, enum err *err, const struct codec_field *field,
                      const uint8_t *owner)
{
    const uint8_t *at = owner + field->offset;
    char id[TEXT_BASE64URL_SIZE(MESSAGE_ID_BYTES) + 1];
    unsigned value;
    switch (field->kind) {
    case CODEC_BOOL:
        put(out, err, *(const bool *)at ? SLICE("true") : SLICE("false"));
        break;
    case CODEC_INT:
        put_number(out, err, *(const uint64_t *)(const void *)at);
        break;
    case CODEC_STRING:
        put_string(out, err, *(const struct slice *)(const void *)at);
        break;
    case CODEC_ID:
        text_base64url(slice_from(at, MESSAGE_ID_BYTES), id);
        put_string(out, err, slice_text(id));
        break;
    case CODEC_ENUM:
        memcpy(&value, at, sizeof value);
        ASSERT(value < field->value_count);
        put_string(out, err, slice_text(field->values[value]));
        break;
    case CODEC_STRUCT:
        put(out, err, SLICE("{"));
        put_fields(out, err, field->shape, at, true);
        put(out, err, SLICE("}"));
        break;
    case CODEC_LIST:
        put_list(out, err, field, owner);
        break;
    }
}

static void put_fields(struct buf *out, enum err *err, const struct codec_shape *shape,
                       const uint8_t *from, bool first)
{
    for (unsigned i = 0; i < shape->field_count; i++) {
        const struct codec_field *field = &shape->fields[i];
        if (field->optional && !*(const bool *)(from + field->has_offset)) {
            continue;
        }
        put(out, err, first ? SLICE("\"") : SLICE(",\""));
        put(out, err, slice_text(field->name));
        put(out, err, SLICE("\":"));
        put_value(out, err, field, from);
        first = false;
    }
}

static void put_envelope(struct buf *out, enum err *err, const struct codec_message *shape,
                         const struct message *message)
{
    put(out, err, SLICE("{\"type\":\""));
    put(out, err, slice_text(shape->name));
    put(out, err, SLICE("\""));
    if (shape->kind == CODEC_EVENT) {
        put(out, err, SLICE(",\"seq\":"));
        put_number(out, err, message->seq);
    } else if (message->has_id) {
        put(out, err, SLICE(",\"id\":"));
        put_number(out, err, message->id);
    }
}

MUST_USE enum err codec_encode(const struct codec_message *shape, const struct message *message,
                               struct buf *out)
{
    enum err err = OK;
    size_t before = out->size;
    if (shape->kind == CODEC_ANSWER) {
        put(out, &err, SLICE("{"));
    } else {
        put_envelope(out, &err, shape, message);
    }
    put_fields(out, &err, shape->shape, (const uint8_t *)message + shape->offset,
               shape->kind == CODEC_ANSWER);
    put(out, &err, SLICE("}"));
    if (err != OK) {
        out->size = before;
    }
    return err;
}
