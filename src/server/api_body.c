/* SPDX-License-Identifier: Apache-2.0 */
#include "server/api.h"

#include <cjson/cJSON.h>

#include "base/mem.h"
#include "base/text.h"
#include "wire/jsoncheck.h"

struct api_body {
    cJSON *root;
    struct slice *items; /* of the list */
};

static bool refuse(const struct api_request *request, const char *message, const char *field)
{
    api_answer_error(request->api, request->exchange, 400, "invalid", message, field);
    return false;
}

static bool is_json(struct slice type)
{
    struct slice wanted = SLICE("application/json");
    if (type.size > wanted.size &&
        (type.data[wanted.size] == ';' || type.data[wanted.size] == ' ')) {
        type.size = wanted.size;
    }
    return text_equal_nocase(type, wanted);
}

static bool read_list(const struct api_request *request, const cJSON *array, struct api_list *list,
                      struct api_body *body)
{
    if (!cJSON_IsArray(array)) {
        return refuse(request, "must be a list", list->name);
    }
    body->items = mem_alloc_array(list->count_max, sizeof(*body->items));
    if (body->items == NULL) {
        api_answer_err(request->api, request->exchange, "body", ERR_NOMEM, NULL);
        return false;
    }
    list->items = body->items;
    for (const cJSON *item = array->child; item != NULL; item = item->next) {
        if (list->count == list->count_max) {
            return refuse(request, "too many", list->name);
        }
        if (!cJSON_IsString(item) || strlen(item->valuestring) > list->item_max) {
            return refuse(request, "must be a list of short strings", list->name);
        }
        list->items[list->count++] = slice_text(item->valuestring);
    }
    return true;
}

static bool read_fields(const struct api_request *request, struct api_body *body,
                        struct api_field *fields, uint32_t count, struct api_list *list)
{
    const cJSON *root = body->root;
    for (const cJSON *item = root->child; item != NULL; item = item->next) {
        struct api_field *field = NULL;
        if (list != NULL && strcmp(list->name, item->string) == 0) {
            if (!read_list(request, item, list, body)) {
                return false;
            }
            continue;
        }
        for (uint32_t i = 0; i < count && field == NULL; i++) {
            field = strcmp(fields[i].name, item->string) == 0 ? &fields[i] : NULL;
        }
        if (field == NULL) {
            return refuse(request, "unknown field in the body", NULL);
        }
        if (!cJSON_IsString(item)) {
            return refuse(request, "must be a string", field->name);
        }
        if (strlen(item->valuestring) > field->size_max) {
            return refuse(request, "too long", field->name);
        }
        field->text = item->valuestring;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (fields[i].required && fields[i].text == NULL) {
            return refuse(request, "missing", fields[i].name);
        }
    }
    return true;
}

bool api_body_read(const struct api_request *request, struct api_field *fields, uint32_t count,
                   struct api_body **out)
{
    return api_body_read_list(request, fields, count, NULL, out);
}

bool api_tree_read(const struct api_request *request, struct api_body **out)
{
    struct slice text = request->http->body;
    if (!is_json(http_header_find(request->http, "Content-Type"))) {
        return refuse(request, "the body must be application/json", NULL);
    }
    const char *fault = jsoncheck_explain(text, NULL);
    if (fault != NULL) {
        return refuse(request, fault, NULL);
    }
    struct api_body *body = mem_alloc(sizeof(*body));
    cJSON *root = cJSON_ParseWithLength((const char *)text.data, text.size);
    if (body == NULL || root == NULL) {
        mem_free(body);
        cJSON_Delete(root);
        api_answer_err(request->api, request->exchange, "body", ERR_NOMEM, NULL);
        return false;
    }
    body->root = root;
    if (!cJSON_IsObject(root)) {
        api_body_end(body);
        return refuse(request, "the body must be an object", NULL);
    }
    *out = body;
    return true;
}

bool api_body_read_list(const struct api_request *request, struct api_field *fields, uint32_t count,
                        struct api_list *list, struct api_body **out)
{
    struct api_body *body = NULL;
    if (!api_tree_read(request, &body)) {
        return false;
    }
    if (!read_fields(request, body, fields, count, list)) {
        api_body_end(body);
        return false;
    }
    *out = body;
    return true;
}

static void wipe(cJSON *node)
{
    /* Not deep: jsoncheck allows 16 levels. */
    for (cJSON *item = node->child; item != NULL; item = item->next) {
        wipe(item);
    }
    if (cJSON_IsString(node)) {
        mem_wipe(node->valuestring, strlen(node->valuestring)); /* it may be a password */
    }
}

void api_body_end(struct api_body *body)
{
    if (body == NULL) {
        return;
    }
    wipe(body->root);
    cJSON_Delete(body->root);
    mem_free(body->items);
    mem_free(body);
}

/* ---- trees: a node is a cJSON that nobody else sees ---- */

static const cJSON *of(const struct api_node *node)
{
    return (const cJSON *)(const void *)node;
}

static const struct api_node *as_node(const cJSON *item)
{
    return (const struct api_node *)(const void *)item;
}

const struct api_node *api_tree_root(const struct api_body *body)
{
    return as_node(body->root);
}

const struct api_node *api_node_member(const struct api_node *node, const char *name)
{
    return cJSON_IsObject(of(node)) ? as_node(cJSON_GetObjectItemCaseSensitive(of(node), name))
                                    : NULL;
}

bool api_node_is_list(const struct api_node *node)
{
    return cJSON_IsArray(of(node));
}

const struct api_node *api_node_first(const struct api_node *list)
{
    return api_node_is_list(list) ? as_node(of(list)->child) : NULL;
}

const struct api_node *api_node_next(const struct api_node *item)
{
    return as_node(of(item)->next);
}

bool api_node_text(const struct api_node *node, const char **out)
{
    if (!cJSON_IsString(of(node))) {
        return false;
    }
    *out = of(node)->valuestring;
    return true;
}

bool api_node_bool(const struct api_node *node, bool *out)
{
    if (!cJSON_IsBool(of(node))) {
        return false;
    }
    *out = cJSON_IsTrue(of(node));
    return true;
}

bool api_node_number(const struct api_node *node, uint64_t max, uint64_t *out)
{
    if (!cJSON_IsNumber(of(node))) {
        return false;
    }
    double number = of(node)->valuedouble;
    if (!(number >= 0 && number <= (double)max) || number != (double)(uint64_t)number) {
        return false;
    }
    *out = (uint64_t)number;
    return true;
}
