/* SPDX-License-Identifier: Apache-2.0 */
/* What pages send into the server's log: their own log while an administrator collects it, and
 * always the references that people were shown. */
#include "server/api.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"

#define LINES_MAX 50
#define LINE_TEXT_MAX 500
#define NAME_MAX_ 64

static const struct bucket_rate line_rate = {.tokens = 60, .period_ms = 60000, .burst = 120};
static const struct bucket_rate problem_rate = {.tokens = 30, .period_ms = 60000, .burst = 30};

static uint32_t client_index(const struct id *user)
{
    return (uint32_t)(user->bytes[0] | user->bytes[1] << 8) % API_CLIENTS;
}

struct line {
    const char *level, *connector, *client, *text;
    uint64_t time_ms;
};

static bool read_line(const struct api_node *item, struct line *out)
{
    return api_node_text(api_node_member(item, "level"), &out->level) &&
           api_node_text(api_node_member(item, "connector"), &out->connector) &&
           api_node_text(api_node_member(item, "client"), &out->client) &&
           api_node_text(api_node_member(item, "text"), &out->text) &&
           api_node_number(api_node_member(item, "time"), UINT64_C(9007199254740991),
                           &out->time_ms);
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *left = a;
    const struct line *right = b;
    return left->time_ms < right->time_ms ? -1 : left->time_ms > right->time_ms;
}

/* Cut and cleaned, and without the quotes that would end a value of the log. */
static void clean(const char *text, char *out, size_t size)
{
    text_copy_clean(slice_text(text), out, size);
    for (; *out != '\0'; out++) {
        *out = *out == '"' ? '\'' : *out;
    }
}

static void write_line(const struct user *user, const struct line *line)
{
    char connector[NAME_MAX_ + 1];
    char client[NAME_MAX_ + 1];
    char text[LINE_TEXT_MAX + 1];
    clean(line->connector, connector, sizeof(connector));
    clean(line->client, client, sizeof(client));
    clean(line->text, text, sizeof(text));
    enum log_level level = strcmp(line->level, "error") == 0  ? LOG_ERROR
                           : strcmp(line->level, "warn") == 0 ? LOG_WARN
                                                              : LOG_INFO;
    log_write(level, __FILE__, "from a page",
              "connector=\"%s\" user=%s client=\"%s\" time=%llu text=\"%s\"", connector, user->name,
              client, (unsigned long long)line->time_ms, text);
}

bool api_collects_log(const struct httpapi *api)
{
    return api->params.ice != NULL && icelist_settings(api->params.ice)->collect_log;
}

void api_clientlog_post(struct api_request *request)
{
    struct httpapi *api = request->api;
    if (!api_collects_log(api)) {
        api_answer_err(api, request->exchange, "clientlog", ERR_NOT_FOUND, NULL);
        return;
    }
    struct api_body *body = NULL;
    if (!api_tree_read(request, &body)) {
        return;
    }
    struct line lines[LINES_MAX];
    uint32_t count = 0;
    const struct api_node *list = api_node_member(api_tree_root(body), "lines");
    const struct api_node *item = api_node_first(list);
    while (item != NULL && count < LINES_MAX && read_line(item, &lines[count])) {
        count++;
        item = api_node_next(item);
    }
    if (item != NULL || !api_node_is_list(list)) {
        api_answer_error(api, request->exchange, 400, "invalid",
                         "at most 50 of {level, connector, client, time, text} are allowed",
                         "lines");
        api_body_end(body);
        return;
    }
    qsort(lines, count, sizeof(lines[0]), compare_lines);
    struct bucket *bucket = &api->client_lines[client_index(&request->user->id)];
    bool all = true;
    for (uint32_t i = 0; i < count && all; i++) {
        all = bucket_take(bucket, &line_rate, request->now_ms);
        if (all) {
            write_line(request->user, &lines[i]);
        }
    }
    api_body_end(body);
    if (all) {
        api_answer_empty(api, request->exchange, NULL);
    } else {
        api_answer_err(api, request->exchange, "clientlog", ERR_LIMIT, NULL);
    }
}

static bool was_logged(const struct httpapi *api, const char *reference)
{
    for (uint32_t i = 0; i < API_REFERENCES; i++) {
        if (strcmp(api->references[i], reference) == 0) {
            return true;
        }
    }
    return false;
}

static void log_problem(struct httpapi *api, const struct user *user, const char *reference,
                        const char *text)
{
    char what[NAME_MAX_ + 1];
    clean(text, what, sizeof(what));
    log_warn("a page has shown a problem", "reference=%s user=%s what=\"%s\"", reference,
             user->name, what);
    (void)snprintf(api->references[api->reference_next], sizeof(api->references[0]), "%s",
                   reference);
    api->reference_next = (api->reference_next + 1) % API_REFERENCES;
}

void api_problems_post(struct api_request *request)
{
    struct httpapi *api = request->api;
    struct api_field fields[] = {{"reference", API_REFERENCE_MAX, true, NULL},
                                 {"what", NAME_MAX_, true, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 2, &body)) {
        return;
    }
    const char *reference = fields[0].text;
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    struct bucket *bucket = &api->client_problems[client_index(&request->user->id)];
    if (strlen(reference) < 8 || strspn(reference, allowed) != strlen(reference)) {
        api_answer_error(api, request->exchange, 400, "invalid", "8 to 16 of A-Z a-z 0-9 _ -",
                         "reference");
    } else if (was_logged(api, reference)) {
        /* Sent again, since the answer to the first was lost on its way. */
        api_answer_empty(api, request->exchange, NULL);
    } else if (!bucket_take(bucket, &problem_rate, request->now_ms)) {
        api_answer_err(api, request->exchange, "problems", ERR_LIMIT, NULL);
    } else {
        log_problem(api, request->user, reference, fields[1].text);
        api_answer_empty(api, request->exchange, NULL);
    }
    api_body_end(body);
}
