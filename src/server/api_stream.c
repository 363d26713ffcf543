/* SPDX-License-Identifier: Apache-2.0 */
/* The activity stream. */
#include "server/api.h"
#include "server/router.h"

#define ACTIVITIES_SHOWN 20
#define COMMENTS_SHOWN 50

static struct api_pending *begin(const struct api_request *request, const char *route,
                                 uint16_t status)
{
    struct api_pending *pending = api_pending_begin(request, route);
    if (pending != NULL) {
        pending->status = status;
    }
    return pending;
}

static enum err fill_comments(const struct viewer *viewer, const struct found *found,
                              const struct message_comment **out)
{
    struct message_comment *comments =
        arena_alloc(viewer->arena, found->comment_count * sizeof(*comments));
    enum err err = comments == NULL ? ERR_NOMEM : OK;
    for (size_t i = 0; i < found->comment_count && err == OK; i++) {
        err = view_comment(viewer, &found->comments[i], &comments[i]);
    }
    *out = comments;
    return err;
}

/* ---- reading ---- */

static void on_feed(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_ACTIVITIES};
    char next[API_NUMBER_SIZE];
    struct message_activity *activities =
        arena_alloc(&arena, found->activity_count * sizeof(*activities));
    err = err == OK && activities == NULL ? ERR_NOMEM : err;
    for (size_t i = 0; i < found->activity_count && err == OK; i++) {
        err = view_activity(&viewer, &found->activities[i], &activities[i]);
    }
    message.answer_activities.activities = activities;
    message.answer_activities.activities_count = found->activity_count;
    message.answer_activities.next = api_number_text(found->next, next);
    api_view_answer(pending, &arena, err, &message);
}

void api_stream_get_all(struct api_request *request)
{
    char space[SPACE_NAME_MAX + 1];
    uint64_t before = 0;
    uint64_t limit = 0;
    if (!api_query_text(request, "space", space, sizeof(space)) ||
        !api_query_number(request, "before", INT64_MAX, 0, &before) ||
        !api_query_number(request, "limit", FOUND_ACTIVITIES_MAX, ACTIVITIES_SHOWN, &limit)) {
        return;
    }
    struct api_pending *pending = begin(request, "activities", 200);
    if (pending != NULL) {
        api_pending_started(pending, portal_feed(request->api->params.portal, &pending->user,
                                                 slice_text(space), before, (uint32_t)limit,
                                                 on_feed, pending));
    }
}

static void on_activity(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_ACTIVITY};
    struct message_answer_activity *out = &message.answer_activity;
    char next[API_NUMBER_SIZE];
    err = err == OK ? view_activity(&viewer, &found->activities[0], &out->activity) : err;
    err = err == OK ? fill_comments(&viewer, found, &out->comments) : err;
    out->comments_count = found->comment_count;
    out->next = api_number_text(found->next, next);
    api_view_answer(pending, &arena, err, &message);
}

void api_stream_get(struct api_request *request)
{
    struct id activity;
    struct api_pending *pending =
        api_path_id(request, 2, &activity) ? begin(request, "activities", 200) : NULL;
    if (pending != NULL) {
        api_pending_started(pending,
                            portal_activity(request->api->params.portal, &pending->user, &activity,
                                            0, COMMENTS_SHOWN, on_activity, pending));
    }
}

static void on_comments(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_COMMENTS};
    char next[API_NUMBER_SIZE];
    err = err == OK ? fill_comments(&viewer, found, &message.answer_comments.comments) : err;
    message.answer_comments.comments_count = found->comment_count;
    message.answer_comments.next = api_number_text(found->next, next);
    api_view_answer(pending, &arena, err, &message);
}

void api_stream_comments(struct api_request *request)
{
    struct id activity;
    uint64_t after = 0;
    uint64_t limit = 0;
    if (!api_path_id(request, 2, &activity) ||
        !api_query_number(request, "after", INT64_MAX, 0, &after) ||
        !api_query_number(request, "limit", FOUND_COMMENTS_MAX, COMMENTS_SHOWN, &limit)) {
        return;
    }
    struct api_pending *pending = begin(request, "comments", 200);
    if (pending != NULL) {
        api_pending_started(pending,
                            portal_activity(request->api->params.portal, &pending->user, &activity,
                                            after, (uint32_t)limit, on_comments, pending));
    }
}

/* ---- writing ---- */

/* Reads {id, text} and, with `space`, the space. False: it has answered. */
static bool read_post(struct api_request *request, struct api_field fields[3], uint32_t count,
                      size_t text_max, struct id *id, struct api_body **body)
{
    fields[0] = (struct api_field){"id", 64, true, NULL};
    fields[1] = (struct api_field){"text", 8 * text_max, true, NULL};
    fields[2] = (struct api_field){"space", SPACE_NAME_MAX, false, NULL};
    if (!api_body_read(request, fields, count, body)) {
        return false;
    }
    const char *why = NULL;
    if (id_parse(slice_text(fields[0].text), id) != OK) {
        api_answer_error(request->api, request->exchange, 400, "invalid", "not an id", "id");
    } else if (model_check_lines(slice_text(fields[1].text), 1, text_max, &why) != OK) {
        api_answer_error(request->api, request->exchange, 400, "invalid", why, "text");
    } else {
        return true;
    }
    api_body_end(*body);
    return false;
}

void api_stream_post(struct api_request *request)
{
    struct api_field fields[3];
    struct api_body *body = NULL;
    struct id activity;
    if (!read_post(request, fields, 3, ACTIVITY_TEXT_MAX, &activity, &body)) {
        return;
    }
    struct api_pending *pending = begin(request, "activities", 201);
    if (pending != NULL) {
        api_pending_started(
            pending, portal_activity_post(request->api->params.portal, &pending->user, &activity,
                                          slice_text(fields[2].text), slice_text(fields[1].text),
                                          request->now_ms, on_activity, pending));
    }
    api_body_end(body);
}

static void on_comment(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_COMMENT};
    err = err == OK ? view_comment(&viewer, &found->comments[0], &message.answer_comment.comment)
                    : err;
    api_view_answer(pending, &arena, err, &message);
}

void api_stream_post_comment(struct api_request *request)
{
    struct api_field fields[3];
    struct api_body *body = NULL;
    struct id activity;
    struct id comment;
    if (!api_path_id(request, 2, &activity) ||
        !read_post(request, fields, 2, COMMENT_TEXT_MAX, &comment, &body)) {
        return;
    }
    struct api_pending *pending = begin(request, "comments", 201);
    if (pending != NULL) {
        api_pending_started(pending,
                            portal_comment_post(request->api->params.portal, &pending->user,
                                                &activity, &comment, slice_text(fields[1].text),
                                                request->now_ms, on_comment, pending));
    }
    api_body_end(body);
}

void api_stream_delete(struct api_request *request)
{
    struct id activity;
    struct api_pending *pending =
        api_path_id(request, 2, &activity) ? begin(request, "activities", 204) : NULL;
    if (pending != NULL) {
        api_pending_started(
            pending, portal_activity_remove(request->api->params.portal, &pending->user, &activity,
                                            request->now_ms, api_done_empty, pending));
    }
}

void api_stream_delete_comment(struct api_request *request)
{
    struct id activity;
    struct id comment;
    if (!api_path_id(request, 2, &activity) || !api_path_id(request, 4, &comment)) {
        return;
    }
    struct api_pending *pending = begin(request, "comments", 204);
    if (pending != NULL) {
        api_pending_started(
            pending, portal_comment_remove(request->api->params.portal, &pending->user, &activity,
                                           &comment, request->now_ms, api_done_empty, pending));
    }
}

static void like(struct api_request *request, bool liked)
{
    struct id activity;
    struct api_pending *pending =
        api_path_id(request, 2, &activity) ? begin(request, "likes", 204) : NULL;
    if (pending != NULL) {
        api_pending_started(
            pending, portal_activity_like(request->api->params.portal, &pending->user, &activity,
                                          liked, request->now_ms, api_done_empty, pending));
    }
}

void api_stream_like(struct api_request *request)
{
    like(request, true);
}

void api_stream_unlike(struct api_request *request)
{
    like(request, false);
}
