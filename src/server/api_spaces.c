/* SPDX-License-Identifier: Apache-2.0 */
/* Spaces. */
#include <stdlib.h>

#include "base/mem.h"
#include "server/api.h"
#include "server/router.h"

static struct slice path_space(const struct api_request *request)
{
    return router_segment(request->http->path, 2);
}

/* ---- one space ---- */

static enum err fill_space(const struct viewer *viewer, const char *name,
                           struct message_answer_space *out)
{
    struct space_view view;
    struct slice space = slice_text(name);
    enum err err = portal_space_view(viewer->portal, &viewer->user, space, &view);
    if (err != OK) {
        return err;
    }
    view_space(&view, &out->space);
    uint32_t count = portal_space_people(viewer->portal, &viewer->user, space, NULL, 0);
    const struct user **users = arena_alloc(viewer->arena, count * sizeof(*users));
    struct message_person *people = arena_alloc(viewer->arena, count * sizeof(*people));
    if (users == NULL || people == NULL) {
        return ERR_NOMEM;
    }
    (void)portal_space_people(viewer->portal, &viewer->user, space, users, count);
    for (uint32_t i = 0; i < count && err == OK; i++) {
        err = view_person(viewer, users[i], &people[i]);
    }
    out->people = people;
    out->people_count = count;
    return err;
}

static void on_space(void *arg, enum err err, const char *why)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_SPACE};
    (void)why;
    err = err == OK ? fill_space(&viewer, pending->name, &message.answer_space) : err;
    api_view_answer(pending, &arena, err, &message);
}

/* A pending about the space of this name; a name that is too long fits no space. */
static struct api_pending *begin(const struct api_request *request, struct slice name)
{
    if (name.size > SPACE_NAME_MAX) {
        api_answer_err(request->api, request->exchange, "spaces", ERR_NOT_FOUND, NULL);
        return NULL;
    }
    struct api_pending *pending = api_pending_begin(request, "spaces");
    if (pending != NULL) {
        memcpy(pending->name, name.data, name.size);
    }
    return pending;
}

void api_spaces_get(struct api_request *request)
{
    struct api_pending *pending = begin(request, path_space(request));
    if (pending != NULL) {
        on_space(pending, OK, NULL);
    }
}

/* ---- making and changing ---- */

/* The rules of a space, each with its field. False: it has answered. */
static bool check(const struct api_request *request, const struct portal_space *space)
{
    const char *why = NULL;
    const char *field = NULL;
    if (model_check_user_name(space->name, &why) != OK) {
        field = "name";
    } else if (model_check_text(space->title, 1, SPACE_TITLE_MAX, &why) != OK) {
        field = "title";
    } else if (model_check_lines(space->description, 0, SPACE_DESCRIPTION_MAX, &why) != OK) {
        field = "description";
    }
    if (field != NULL) {
        api_answer_error(request->api, request->exchange, 400, "invalid", why, field);
    }
    return field == NULL;
}

void api_spaces_post(struct api_request *request)
{
    struct api_field fields[] = {{"name", 1024, true, NULL},
                                 {"title", 1024, true, NULL},
                                 {"description", 8192, false, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 3, &body)) {
        return;
    }
    struct portal_space space = {.name = slice_text(fields[0].text),
                                 .title = slice_text(fields[1].text),
                                 .description = slice_text(fields[2].text)};
    struct api_pending *pending = check(request, &space) ? begin(request, space.name) : NULL;
    if (pending != NULL) {
        pending->status = 201;
        api_pending_started(pending, portal_space_make(request->api->params.portal, &pending->user,
                                                       &space, request->now_ms, on_space, pending));
    }
    api_body_end(body);
}

void api_spaces_put(struct api_request *request)
{
    struct api_field fields[] = {{"title", 1024, true, NULL}, {"description", 8192, true, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 2, &body)) {
        return;
    }
    struct portal_space space = {.name = path_space(request),
                                 .title = slice_text(fields[0].text),
                                 .description = slice_text(fields[1].text)};
    struct api_pending *pending = begin(request, space.name);
    if (pending != NULL) {
        enum err err = portal_space_change(request->api->params.portal, &pending->user, &space,
                                           request->now_ms, on_space, pending);
        api_pending_started(pending, err);
    }
    api_body_end(body);
}

/* ---- coming and going ---- */

void api_spaces_invite(struct api_request *request)
{
    struct api_field fields[] = {{"name", USER_NAME_MAX, true, NULL}};
    struct api_body *body = NULL;
    if (!api_body_read(request, fields, 1, &body)) {
        return;
    }
    struct api_pending *pending = begin(request, path_space(request));
    if (pending != NULL) {
        enum err err = portal_space_invite(request->api->params.portal, &pending->user,
                                           path_space(request), slice_text(fields[0].text),
                                           request->now_ms, api_done_empty, pending);
        api_pending_started(pending, err);
    }
    api_body_end(body);
}

void api_spaces_join(struct api_request *request)
{
    struct api_pending *pending = begin(request, path_space(request));
    if (pending != NULL) {
        enum err err =
            portal_space_join(request->api->params.portal, &pending->user, path_space(request),
                              request->now_ms, api_done_empty, pending);
        api_pending_started(pending, err);
    }
}

static void remove_person(struct api_request *request, struct slice name)
{
    struct api_pending *pending = begin(request, path_space(request));
    if (pending != NULL) {
        enum err err =
            portal_space_remove(request->api->params.portal, &pending->user, path_space(request),
                                name, request->now_ms, api_done_empty, pending);
        api_pending_started(pending, err);
    }
}

void api_spaces_leave(struct api_request *request)
{
    remove_person(request, slice_text(request->user->name));
}

void api_spaces_remove(struct api_request *request)
{
    remove_person(request, request->part);
}

/* ---- all spaces ---- */

static int compare_title(const void *a, const void *b)
{
    const struct space *one = ((const struct space_view *)a)->space;
    const struct space *two = ((const struct space_view *)b)->space;
    int order = strcmp(one->title, two->title);
    return order != 0 ? order : strcmp(one->name, two->name);
}

static enum err fill_spaces(const struct viewer *viewer, struct message_answer_spaces *out)
{
    uint32_t count = portal_spaces(viewer->portal, &viewer->user, NULL, 0);
    struct space_view *views = arena_alloc(viewer->arena, count * sizeof(*views));
    struct message_space *members = arena_alloc(viewer->arena, count * sizeof(*members));
    struct message_space *invited = arena_alloc(viewer->arena, count * sizeof(*invited));
    if (views == NULL || members == NULL || invited == NULL) {
        return ERR_NOMEM;
    }
    (void)portal_spaces(viewer->portal, &viewer->user, views, count);
    qsort(views, count, sizeof(*views), compare_title);
    for (uint32_t i = 0; i < count; i++) {
        view_space(&views[i], views[i].member ? &members[out->spaces_count++]
                                              : &invited[out->invitations_count++]);
    }
    out->spaces = members;
    out->invitations = invited;
    return OK;
}

void api_spaces_get_all(struct api_request *request)
{
    struct api_pending *pending = api_pending_begin(request, "spaces");
    if (pending == NULL) {
        return;
    }
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_SPACES};
    enum err err = fill_spaces(&viewer, &message.answer_spaces);
    api_view_answer(pending, &arena, err, &message);
}
