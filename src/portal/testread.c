/* SPDX-License-Identifier: Apache-2.0 */
/* The store's answers for tests, made of the changes that were kept. */
#include <stdlib.h>

#include "base/mem.h"
#include "portal/testports.h"

#define ROWS_MAX 32

static bool is_listed(const struct question *question, const struct id *room)
{
    for (size_t i = 0; i < question->room_count; i++) {
        if (id_equal(&question->rooms[i], room)) {
            return true;
        }
    }
    return false;
}

static bool has_text(struct slice text, struct slice part)
{
    return memmem(text.data, text.size, part.data, part.size) != NULL;
}

static bool wants_message(const struct question *question, const struct chatmsg *chatmsg)
{
    switch (question->kind) {
    case ASK_HISTORY:
        return id_equal(&question->id, &chatmsg->room) && chatmsg->seq > question->after &&
               (question->before == 0 || chatmsg->seq < question->before);
    case ASK_MESSAGE:
        return id_equal(&question->id, &chatmsg->id) && id_equal(&question->who, &chatmsg->author);
    case ASK_LATEST:
        return is_listed(question, &chatmsg->room);
    case ASK_OLD:
        return chatmsg->at_s < (int64_t)question->before;
    case ASK_SEARCH:
        return is_listed(question, &chatmsg->room) && has_text(chatmsg->text, question->text);
    default:
        return false;
    }
}

static bool is_removed(const struct test_change *kept, enum change_kind kind, const struct id *id)
{
    for (; kept != NULL; kept = kept->next) {
        if (kept->change.kind == kind && id_equal(&kept->change.activity.id, id)) {
            return true;
        }
    }
    return false;
}

static bool wants_activity(const struct question *question, const struct id *id,
                           const struct activity *activity)
{
    if (question->kind != ASK_FEED) {
        return id_equal(id, &activity->id);
    }
    bool listed = activity->space[0] == '\0' && question->everybody;
    for (size_t i = 0; i < question->space_count && !listed; i++) {
        listed = strcmp(question->spaces[i], activity->space) == 0;
    }
    return listed;
}

static void count(const struct test_change *kept, const struct id *user, struct found_activity *out)
{
    const struct id *id = &out->activity.id;
    for (const struct test_change *at = kept; at != NULL; at = at->next) {
        const struct change *change = &at->change;
        if (change->kind == CHANGE_COMMENT_ADD && id_equal(&change->comment.activity, id) &&
            !is_removed(kept, CHANGE_COMMENT_REMOVE, &change->comment.id)) {
            out->comments++;
        }
        if (change->kind == CHANGE_LIKE_PUT && id_equal(&change->like.activity, id)) {
            out->likes++;
            out->liked = out->liked || id_equal(&change->like.user, user);
        }
        if (change->kind == CHANGE_LIKE_REMOVE && id_equal(&change->like.activity, id)) {
            out->likes--;
        }
    }
}

static void find(const struct test_change *kept, const struct question *question, struct found *out)
{
    struct id activity = question->id;
    for (const struct test_change *at = kept; at != NULL; at = at->next) {
        const struct change *change = &at->change;
        if (change->kind == CHANGE_CHATMSG_ADD && wants_message(question, &change->chatmsg) &&
            !is_removed(kept, CHANGE_CHATMSG_FORGET, &change->chatmsg.id) &&
            out->message_count < ROWS_MAX) {
            out->messages[out->message_count++] = change->chatmsg;
        }
        if (question->kind == ASK_COMMENT && change->kind == CHANGE_COMMENT_ADD &&
            id_equal(&change->comment.id, &question->id) &&
            !is_removed(kept, CHANGE_COMMENT_REMOVE, &question->id)) {
            out->comments[out->comment_count++] = change->comment;
            activity = change->comment.activity;
        }
    }
    for (const struct test_change *at = kept; at != NULL; at = at->next) {
        const struct change *change = &at->change;
        if (change->kind == CHANGE_ACTIVITY_ADD &&
            wants_activity(question, &activity, &change->activity) &&
            !is_removed(kept, CHANGE_ACTIVITY_REMOVE, &change->activity.id)) {
            struct found_activity *found = &out->activities[out->activity_count++];
            found->activity = change->activity;
            count(kept, &question->who, found);
        }
    }
}

enum err testread_answer(const struct test_change *kept, const struct question *question,
                         struct found *out)
{
    out->messages = mem_alloc_array(ROWS_MAX, sizeof *out->messages);
    out->activities = mem_alloc_array(ROWS_MAX, sizeof *out->activities);
    out->comments = mem_alloc_array(ROWS_MAX, sizeof *out->comments);
    if (out->messages == NULL || out->activities == NULL || out->comments == NULL) {
        return ERR_NOMEM;
    }
    find(kept, question, out);
    bool one = question->kind == ASK_MESSAGE || question->kind == ASK_ACTIVITY ||
               question->kind == ASK_COMMENT || question->kind == ASK_COMMENTS;
    return one && out->message_count + out->activity_count == 0 ? ERR_NOT_FOUND : OK;
}

void testread_free(struct found *found)
{
    mem_free(found->messages);
    mem_free(found->activities);
    mem_free(found->comments);
    *found = (struct found){0};
}
