/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms, their history, and the search in it. */
#include <stdlib.h>

#include "base/mem.h"
#include "base/text.h"
#include "server/api.h"
#include "server/router.h"

#define HISTORY_SHOWN 50
#define HITS_SHOWN_MAX 50
#define HITS_SHOWN 20

/* ---- one room ---- */

static enum err fill_room(const struct viewer *viewer, const struct id *room,
                          struct message_answer_room *out)
{
    enum err err = view_room_by_id(viewer, room, &out->room);
    if (err != OK) {
        return err;
    }
    uint32_t count = portal_room_people(viewer->portal, &viewer->user, room, NULL, 0);
    const struct user **users = arena_alloc(viewer->arena, count * sizeof(*users));
    struct message_person *people = arena_alloc(viewer->arena, count * sizeof(*people));
    if (users == NULL || people == NULL) {
        return ERR_NOMEM;
    }
    (void)portal_room_people(viewer->portal, &viewer->user, room, users, count);
    for (uint32_t i = 0; i < count && err == OK; i++) {
        err = view_person(viewer, users[i], &people[i]);
    }
    out->people = people;
    out->people_count = count;
    return err;
}

static void answer_room(struct api_pending *pending, enum err err, const struct id *room)
{
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_ROOM};
    err = err == OK ? fill_room(&viewer, room, &message.answer_room) : err;
    api_view_answer(pending, &arena, err, &message);
}

void api_rooms_get(struct api_request *request)
{
    struct id room;
    struct api_pending *pending =
        api_path_id(request, 2, &room) ? api_pending_begin(request, "rooms") : NULL;
    if (pending != NULL) {
        answer_room(pending, OK, &room);
    }
}

static void on_room(void *arg, enum err err, const char *why, const struct id *room, bool made)
{
    struct api_pending *pending = arg;
    (void)why;
    pending->status = made ? 201 : 200;
    answer_room(pending, err, room);
}

static void on_left(void *arg, enum err err, const char *why, const struct id *room, bool made)
{
    (void)room;
    (void)made;
    api_done_empty(arg, err, why);
}

static void post_direct(struct api_request *request, const struct id *room, const char *name)
{
    struct portal *portal = request->api->params.portal;
    const struct room *there = portal_room_of_two(portal, &request->user->id, slice_text(name));
    struct api_pending *pending = api_pending_begin(request, "rooms");
    if (pending == NULL) {
        return;
    }
    if (there != NULL) {
        answer_room(pending, OK, &there->id);
        return;
    }
    api_pending_started(pending, portal_room_direct(portal, &pending->user, room, slice_text(name),
                                                    request->now_ms, on_room, pending));
}

static void post_team(struct api_request *request, const struct id *room, const char *title,
                      const struct api_list *members)
{
    struct portal_team team = {.room = *room,
                               .title = slice_text(title),
                               .names = members->items,
                               .name_count = members->count};
    if (model_check_text(team.title, 1, ROOM_TITLE_MAX, NULL) != OK) {
        api_answer_error(request->api, request->exchange, 400, "invalid", "1 to 128 bytes of text",
                         "title");
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "rooms");
    if (pending != NULL) {
        api_pending_started(pending, portal_room_team(request->api->params.portal, &pending->user,
                                                      &team, request->now_ms, on_room, pending));
    }
}

void api_rooms_post(struct api_request *request)
{
    struct api_field fields[] = {{"id", 64, true, NULL},
                                 {"kind", 16, true, NULL},
                                 {"name", USER_NAME_MAX, false, NULL},
                                 {"title", 1024, false, NULL}};
    struct api_list members = {
        .name = "members", .item_max = USER_NAME_MAX, .count_max = TEAM_NAMES_MAX};
    struct api_body *body = NULL;
    if (!api_body_read_list(request, fields, 4, &members, &body)) {
        return;
    }
    struct id room;
    const char *title = fields[3].text == NULL ? "" : fields[3].text;
    if (id_parse(slice_text(fields[0].text), &room) != OK) {
        api_answer_error(request->api, request->exchange, 400, "invalid", "not an id", "id");
    } else if (strcmp(fields[1].text, "direct") == 0 && fields[2].text != NULL) {
        post_direct(request, &room, fields[2].text);
    } else if (strcmp(fields[1].text, "team") == 0) {
        post_team(request, &room, title, &members);
    } else {
        api_answer_error(request->api, request->exchange, 400, "invalid",
                         "direct with a name, or team", "kind");
    }
    api_body_end(body);
}

void api_rooms_put(struct api_request *request)
{
    struct api_field fields[] = {{"title", 1024, true, NULL}};
    struct api_body *body = NULL;
    struct id room;
    if (!api_path_id(request, 2, &room) || !api_body_read(request, fields, 1, &body)) {
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "rooms");
    if (pending != NULL) {
        api_pending_started(pending, portal_room_rename(request->api->params.portal, &pending->user,
                                                        &room, slice_text(fields[0].text),
                                                        request->now_ms, on_room, pending));
    }
    api_body_end(body);
}

void api_rooms_post_member(struct api_request *request)
{
    struct api_field fields[] = {{"name", USER_NAME_MAX, true, NULL}};
    struct api_body *body = NULL;
    struct id room;
    if (!api_path_id(request, 2, &room) || !api_body_read(request, fields, 1, &body)) {
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "rooms");
    if (pending != NULL) {
        api_pending_started(pending, portal_room_add(request->api->params.portal, &pending->user,
                                                     &room, slice_text(fields[0].text),
                                                     request->now_ms, on_room, pending));
    }
    api_body_end(body);
}

void api_rooms_delete_member(struct api_request *request)
{
    struct id room;
    struct api_pending *pending =
        api_path_id(request, 2, &room) ? api_pending_begin(request, "rooms") : NULL;
    if (pending != NULL) {
        api_pending_started(pending,
                            portal_room_remove(request->api->params.portal, &pending->user, &room,
                                               request->part, request->now_ms, on_left, pending));
    }
}

/* ---- all rooms ---- */

struct shown {
    struct room_view view;
    const struct chatmsg *last;
};

/* The one with the latest message first; a room without any counts from when it was made. */
static int compare_shown(const void *a, const void *b)
{
    const struct shown *one = a;
    const struct shown *two = b;
    int64_t one_s = one->last == NULL ? one->view.room->created_s : one->last->at_s;
    int64_t two_s = two->last == NULL ? two->view.room->created_s : two->last->at_s;
    if (one_s != two_s) {
        return one_s > two_s ? -1 : 1;
    }
    return memcmp(one->view.room->id.bytes, two->view.room->id.bytes, ID_BYTES);
}

static int compare_room(const void *room, const void *chatmsg)
{
    return memcmp(room, ((const struct chatmsg *)chatmsg)->room.bytes, ID_BYTES);
}

/* The latest messages come in the order of the ids of their rooms. */
static enum err fill_rooms(const struct viewer *viewer, const struct found *found,
                           struct message_answer_rooms *out)
{
    uint32_t count = portal_rooms(viewer->portal, &viewer->user, NULL, 0);
    struct room_view *views = arena_alloc(viewer->arena, count * sizeof(*views));
    struct shown *shown = arena_alloc(viewer->arena, count * sizeof(*shown));
    struct message_room *rooms = arena_alloc(viewer->arena, count * sizeof(*rooms));
    if (views == NULL || shown == NULL || rooms == NULL) {
        return ERR_NOMEM;
    }
    (void)portal_rooms(viewer->portal, &viewer->user, views, count);
    for (uint32_t i = 0; i < count; i++) {
        shown[i].view = views[i];
        shown[i].last =
            found->message_count == 0
                ? NULL
                : bsearch(views[i].room->id.bytes, found->messages, found->message_count,
                          sizeof(found->messages[0]), compare_room);
    }
    qsort(shown, count, sizeof(*shown), compare_shown);
    enum err err = OK;
    for (uint32_t i = 0; i < count && err == OK; i++) {
        err = view_room(viewer, &shown[i].view, shown[i].last, &rooms[i]);
    }
    out->rooms = rooms;
    out->rooms_count = count;
    return err;
}

static void on_latest(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_ROOMS};
    err = err == OK ? fill_rooms(&viewer, found, &message.answer_rooms) : err;
    api_view_answer(pending, &arena, err, &message);
}

void api_rooms_get_all(struct api_request *request)
{
    struct api_pending *pending = api_pending_begin(request, "rooms");
    if (pending != NULL) {
        api_pending_started(pending, portal_chat_latest(request->api->params.portal, &pending->user,
                                                        on_latest, pending));
    }
}

/* ---- messages ---- */

static void on_history(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_HISTORY};
    struct message_chatmsg *messages =
        arena_alloc(&arena, found->message_count * sizeof(*messages));
    err = err == OK && messages == NULL ? ERR_NOMEM : err;
    for (size_t i = 0; i < found->message_count && err == OK; i++) {
        err = view_chatmsg(&viewer, &found->messages[i], &messages[i]);
    }
    message.answer_history.messages = messages;
    message.answer_history.messages_count = found->message_count;
    message.answer_history.more = found->more;
    api_view_answer(pending, &arena, err, &message);
}

void api_rooms_history(struct api_request *request)
{
    struct id room;
    uint64_t before = 0;
    uint64_t after = 0;
    uint64_t limit = 0;
    if (!api_path_id(request, 2, &room) ||
        !api_query_number(request, "before", INT64_MAX, 0, &before) ||
        !api_query_number(request, "after", INT64_MAX, 0, &after) ||
        !api_query_number(request, "limit", FOUND_MESSAGES_MAX, HISTORY_SHOWN, &limit)) {
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "messages");
    if (pending != NULL) {
        api_pending_started(pending, portal_chat_history(request->api->params.portal,
                                                         &pending->user, &room, before, after,
                                                         (uint32_t)limit, on_history, pending));
    }
}

static enum err fill_hit(const struct viewer *viewer, const struct chatmsg *chatmsg,
                         struct message_hit *out)
{
    struct room_view room;
    enum err err = portal_room_view(viewer->portal, &viewer->user, &chatmsg->room, &room);
    if (err != OK) {
        return err;
    }
    memcpy(out->room, chatmsg->room.bytes, ID_BYTES);
    out->title = slice_text(room.peer == NULL ? room.room->title : room.peer->full_name);
    return view_chatmsg(viewer, chatmsg, &out->message);
}

static void on_hits(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct viewer viewer = api_view_start(pending, &arena);
    struct message message = {.type = MESSAGE_ANSWER_HITS};
    struct message_hit *hits = arena_alloc(&arena, found->message_count * sizeof(*hits));
    char next[API_NUMBER_SIZE];
    err = err == OK && hits == NULL ? ERR_NOMEM : err;
    for (size_t i = 0; i < found->message_count && err == OK; i++) {
        err = fill_hit(&viewer, &found->messages[i], &hits[i]);
    }
    message.answer_hits.hits = hits;
    message.answer_hits.hits_count = found->message_count;
    message.answer_hits.next = api_number_text(found->next, next);
    api_view_answer(pending, &arena, err, &message);
}

void api_rooms_search(struct api_request *request)
{
    char text[SEARCH_TEXT_MAX + 1];
    char room_text[ID_TEXT_SIZE + 1];
    struct id room;
    uint64_t before = 0;
    uint64_t limit = 0;
    if (!api_query_text(request, "q", text, sizeof(text)) ||
        !api_query_text(request, "room", room_text, sizeof(room_text)) ||
        !api_query_number(request, "before", INT64_MAX, 0, &before) ||
        !api_query_number(request, "limit", HITS_SHOWN_MAX, HITS_SHOWN, &limit)) {
        return;
    }
    bool one_room = room_text[0] != '\0';
    if (one_room && id_parse(slice_text(room_text), &room) != OK) {
        api_answer_err(request->api, request->exchange, "search", ERR_NOT_FOUND, NULL);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "search");
    if (pending != NULL) {
        api_pending_started(pending,
                            portal_chat_search(request->api->params.portal, &pending->user,
                                               one_room ? &room : NULL, slice_text(text), before,
                                               (uint32_t)limit, request->now_ms, on_hits, pending));
    }
}
