/* SPDX-License-Identifier: Apache-2.0 */
/* The same decoder in the plainest way: a check of the JSON, cJSON's tree, then a walk by the
 * tables. What message_fuzz.c compares the program's own with. */
#include "message_oracle.h"

#include <cjson/cJSON.h>

#include "base/text.h"
#include "wire/codec.h"
#include "wire/jsoncheck.h"

/* cJSON takes its memory functions without an argument. */
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

static bool is_named(const struct codec_field *field, const char *name)
{
    return slice_equal(slice_from(field->key.data + 2, field->key.size - 4), slice_text(name));
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
        while (i < shape->field_count && !is_named(&shape->fields[i], item->string)) {
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

MUST_USE enum err oracle_decode(struct slice text, struct arena *arena, struct message *out)
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
    for (unsigned i = 0; i < MESSAGE_TYPE_COUNT; i++) {
        if (codec_messages[i].kind == CODEC_COMMAND &&
            strcmp(codec_messages[i].name, type->valuestring) == 0) {
            out->type = (enum message_type)i;
            return read_shape(root, codec_messages[i].shape, true, arena,
                              (uint8_t *)out + codec_messages[i].offset);
        }
    }
    return ERR_UNSUPPORTED;
}
