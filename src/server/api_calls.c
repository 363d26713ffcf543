/* SPDX-License-Identifier: Apache-2.0 */
/* The history of calls. */
#include "server/api.h"

#include "base/text.h"
#include "portal/history.h"
#include "server/fanout.h"
#include "server/router.h"

#define CALLS_SHOWN 50

struct shown {
    struct message_past_call *calls;
    struct fanout_texts *texts;
    size_t count;
};

/* False: the other person exists no more. */
static bool show(const struct portal *portal, const struct id *user,
                 const struct call_record *record, struct shown *out)
{
    struct message_past_call *call = &out->calls[out->count];
    bool caller = id_equal(&record->caller, user);
    const struct user *peer = portal_user_by_id(portal, caller ? &record->callee : &record->caller);
    if (peer == NULL) {
        return false;
    }
    int64_t spoken_ms = record->active_at_ms == 0 ? 0 : record->ended_at_ms - record->active_at_ms;
    *call = (struct message_past_call){
        .role = caller ? MESSAGE_PAST_CALL_ROLE_CALLER : MESSAGE_PAST_CALL_ROLE_CALLEE,
        .started_at_ms = (uint64_t)record->started_at_ms,
        .ended_at_ms = (uint64_t)record->ended_at_ms,
        .seconds = spoken_ms <= 0 ? 0 : (uint64_t)spoken_ms / 1000,
        .answered = record->answered_at_ms != 0,
        .missed = !caller && record->missed,
        .silent = record->silent,
        .reason = slice_text(end_reason_name((enum end_reason)record->reason)),
        .by_me = record->ended_by == (caller ? ENDED_BY_CALLER : ENDED_BY_CALLEE),
        .connector = slice_text(record->connector)};
    memcpy(call->id, record->call.bytes, sizeof(call->id));
    fanout_person_message(portal, peer, portal_presence(portal, &peer->id), &out->texts[out->count],
                          &call->peer);
    out->count++;
    return true;
}

static enum err answer(const struct api_pending *pending, const struct found *found,
                       struct arena *arena, struct buf *json)
{
    struct shown shown = {.calls = arena_alloc(arena, found->call_count * sizeof(*shown.calls)),
                          .texts = arena_alloc(arena, found->call_count * sizeof(*shown.texts))};
    if (shown.calls == NULL || shown.texts == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < found->call_count; i++) {
        (void)show(pending->api->params.portal, &pending->user, &found->calls[i], &shown);
    }
    struct message message = {.type = MESSAGE_ANSWER_CALLS,
                              .answer_calls = {.calls = shown.calls,
                                               .calls_count = shown.count,
                                               .next = found->next,
                                               .missed = found->missed}};
    return message_encode(&message, json);
}

static void on_found(void *arg, enum err err, const struct found *found)
{
    struct api_pending *pending = arg;
    struct arena arena;
    struct buf json;
    arena_init(&arena, API_JSON_MAX);
    buf_init(&json, API_JSON_MAX);
    err = err == OK ? answer(pending, found, &arena, &json) : err;
    if (err == OK) {
        api_answer_json(pending->api, pending->exchange, 200, &json, NULL);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, err, NULL);
    }
    buf_fini(&json);
    arena_fini(&arena);
    api_pending_end(pending);
}

/* A number of the query; *out stays when it is absent. False: it is none. */
static bool number(struct slice query, const char *name, uint64_t max, uint64_t *out)
{
    char text[24];
    size_t size = 0;
    enum err err = router_query(query, name, text, sizeof(text), &size);
    if (err == OK) {
        err = text_parse_number(slice_from(text, size), max, out);
    }
    return err == OK || err == ERR_NOT_FOUND;
}

void api_calls_get(struct api_request *request)
{
    struct slice query = request->http->query;
    struct history_wanted wanted = {0};
    char with[USER_NAME_MAX + 1] = "";
    size_t size = 0;
    uint64_t limit = CALLS_SHOWN;
    uint64_t missed = 0;
    if (!number(query, "limit", FOUND_CALLS_MAX, &limit) ||
        !number(query, "before", INT64_MAX, &wanted.before) ||
        !number(query, "missed", 1, &missed) ||
        router_query(query, "with", with, sizeof(with), &size) == ERR_INVALID) {
        api_answer_error(request->api, request->exchange, 400, "invalid",
                         "limit is 0 to 100, missed 0 or 1, before and with as they were given",
                         NULL);
        return;
    }
    wanted.limit = (uint32_t)limit;
    wanted.missed = missed == 1;
    wanted.with = slice_from(with, size);
    struct api_pending *pending = api_pending_begin(request, "calls");
    if (pending != NULL) {
        api_pending_started(pending, portal_history(request->api->params.portal, &pending->user,
                                                    &wanted, on_found, pending));
    }
}
