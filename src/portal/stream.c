/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/stream.h"

#include <stdlib.h>

#include "base/counter.h"
#include "portal/pending.h"
#include "portal/rooms.h"

#define DAY_MS (24 * 3600 * 1000)

/* ---- who sees what ---- */

static bool may_see(const struct portal *portal, const struct id *user,
                    const struct activity *activity)
{
    return spaces_is_member(portal, user, activity->space);
}

/* Tells all who may see what stands in `space` (empty: everybody). */
static void tell_all(struct portal *portal, const char *space, struct event *event)
{
    event->same = event_same(portal);
    if (space[0] == '\0') {
        uint32_t cursor = 0;
        const struct session *session;
        while ((session = slots_next(portal->sessions, &cursor)) != NULL) {
            session_tell(portal, session->id, event);
        }
        return;
    }
    const struct circle *circle = spaces_find(portal, slice_text(space));
    const struct belonging *one = circle == NULL ? NULL : circle->people;
    for (; one != NULL; one = one->next) {
        if (!one->invited) {
            session_tell_person(portal, one->person, 0, event);
        }
    }
}

/* ---- waiting ---- */

static void finish(struct pending *pending, enum err err)
{
    pending->done(pending->arg, err, NULL);
    pending_destroy(pending);
}

static void finish_found(struct pending *pending, enum err err, const struct found *found)
{
    static const struct found nothing;
    pending->found_done(pending->arg, err, err == OK ? found : &nothing);
    pending_destroy(pending);
}

static MUST_USE enum err start(struct portal *portal, const struct id *user,
                               const struct id *activity, void *arg, struct pending **out)
{
    if (person_find(portal, user) == NULL) {
        return ERR_NOT_FOUND;
    }
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->user = *user;
    if (activity != NULL) {
        pending->room = *activity;
    }
    *out = pending;
    return OK;
}

/* Ends what could not even begin. */
static enum err give_up(struct pending *pending, enum err err)
{
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

static MUST_USE enum err take_post(struct portal *portal, const struct id *user)
{
    uint32_t per_day = portal->limits.posts_per_day;
    const struct bucket_rate rate = {.tokens = per_day, .period_ms = DAY_MS, .burst = per_day};
    struct person *person = person_find(portal, user);
    if (person == NULL) {
        return ERR_NOT_FOUND;
    }
    if (bucket_take(&person->posts, &rate, portal->now_ms)) {
        return OK;
    }
    counter_increment(COUNTER_STREAM_REFUSED);
    return ERR_LIMIT;
}

static MUST_USE enum err ask_activity(struct pending *pending,
                                      void (*on_found)(void *arg, enum err err,
                                                       const struct found *found))
{
    struct question question = {.kind = ASK_ACTIVITY, .id = pending->room, .who = pending->user};
    return pending_ask(pending, &question, on_found);
}

/* Whether what was found is an activity that the user may see now. */
static enum err check_seen(const struct pending *pending, enum err err, const struct found *found)
{
    if (err == OK && (found->activity_count != 1 ||
                      !may_see(pending->portal, &pending->user, &found->activities[0].activity))) {
        return ERR_NOT_FOUND;
    }
    return err;
}

/* ---- reading ---- */

static void on_feed(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    struct found own = *found;
    size_t kept = 0;
    for (size_t i = 0; i < own.activity_count; i++) {
        if (may_see(pending->portal, &pending->user, &own.activities[i].activity)) {
            own.activities[kept++] = own.activities[i];
        }
    }
    own.activity_count = kept;
    finish_found(pending, err, &own);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(a, b);
}

/* The names of the user's spaces, in order. Freed by the caller. */
static MUST_USE enum err list_spaces(const struct person *person, char (**out)[SPACE_NAME_MAX + 1],
                                     size_t *count)
{
    *out = mem_alloc_array(person->space_count + (size_t)1, sizeof **out);
    if (*out == NULL) {
        return ERR_NOMEM;
    }
    *count = 0;
    for (const struct belonging *one = person->spaces; one != NULL; one = one->person_next) {
        if (!one->invited) {
            memcpy((*out)[(*count)++], one->circle->space.name, sizeof **out);
        }
    }
    qsort(*out, *count, sizeof **out, compare_names);
    return OK;
}

static MUST_USE enum err ask_feed(struct pending *pending, const struct person *person,
                                  struct question *question)
{
    char(*names)[SPACE_NAME_MAX + 1] = NULL;
    size_t count = 0;
    enum err err = list_spaces(person, &names, &count);
    if (err == OK) {
        question->spaces = (const char(*)[SPACE_NAME_MAX + 1]) names;
        question->space_count = count;
        question->everybody = true;
        err = pending_ask(pending, question, on_feed);
    }
    mem_free(names);
    return err;
}

MUST_USE enum err portal_feed(struct portal *portal, const struct id *user, struct slice space,
                              uint64_t before, uint32_t limit, portal_found_done on_done, void *arg)
{
    struct pending *pending = NULL;
    struct question question = {.kind = ASK_FEED, .who = *user, .before = before, .limit = limit};
    const struct person *person = person_find(portal, user);
    const struct belonging *one = space.size == 0 ? NULL : spaces_belonging(portal, user, space);
    if (space.size > 0 && (one == NULL || one->invited)) {
        return ERR_NOT_FOUND;
    }
    enum err err = start(portal, user, NULL, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->found_done = on_done;
    if (one == NULL) {
        return give_up(pending, ask_feed(pending, person, &question));
    }
    question.spaces = (const char(*)[SPACE_NAME_MAX + 1]) & one->circle->space.name;
    question.space_count = 1;
    return give_up(pending, pending_ask(pending, &question, on_feed));
}

static void on_activity(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    finish_found(pending, check_seen(pending, err, found), found);
}

MUST_USE enum err portal_activity(struct portal *portal, const struct id *user,
                                  const struct id *activity, uint64_t after, uint32_t limit,
                                  portal_found_done on_done, void *arg)
{
    struct pending *pending = NULL;
    struct question question = {
        .kind = ASK_ACTIVITY, .id = *activity, .who = *user, .after = after, .limit = limit};
    enum err err = start(portal, user, activity, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->found_done = on_done;
    return give_up(pending, pending_ask(pending, &question, on_activity));
}

/* ---- posting ---- */

static void on_posted(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    err = check_seen(pending, err, found);
    if (err == OK && pending->fresh) {
        struct event event = {.kind = EVENT_ACTIVITY, .activity = &found->activities[0]};
        tell_all(pending->portal, pending->space, &event);
    }
    finish_found(pending, err, found);
}

static void on_post_kept(struct pending *pending, enum err err)
{
    pending->fresh = err == OK;
    err = err == ERR_EXISTS ? OK : err;
    counter_add(COUNTER_STREAM_POSTS, pending->fresh ? 1 : 0);
    err = err == OK ? ask_activity(pending, on_posted) : err;
    if (err != OK) {
        finish_found(pending, err, NULL);
    }
}

MUST_USE enum err portal_activity_post(struct portal *portal, const struct id *user,
                                       const struct id *activity, struct slice space,
                                       struct slice text, uint64_t now_ms,
                                       portal_found_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct pending *pending = NULL;
    const struct belonging *one = spaces_belonging(portal, user, space);
    if (space.size > 0 && (one == NULL || one->invited)) {
        return ERR_NOT_FOUND;
    }
    enum err err = model_check_lines(text, 1, ACTIVITY_TEXT_MAX, NULL);
    err = err == OK ? take_post(portal, user) : err;
    err = err == OK ? start(portal, user, activity, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    pending->found_done = on_done;
    err = pending_reserve(pending, 1);
    if (err == OK) {
        struct change *change = &pending->changes[0];
        change->kind = CHANGE_ACTIVITY_ADD;
        change->activity =
            (struct activity){.id = *activity, .author = *user, .at_s = portal_now_s(portal)};
        if (one != NULL) {
            memcpy(pending->space, one->circle->space.name, sizeof pending->space);
            memcpy(change->activity.space, pending->space, sizeof change->activity.space);
        }
        err = pending_set_text(pending, text, &change->activity.text);
    }
    err = err == OK ? pending_keep(pending, on_post_kept) : err;
    return give_up(pending, err);
}

/* ---- comments ---- */

static void on_commented(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    err = check_seen(pending, err, found);
    if (err == OK && !id_equal(&found->comments[0].activity, &pending->room)) {
        err = ERR_NOT_FOUND; /* an id that was used for another activity */
    }
    if (err == OK && pending->fresh) {
        struct event event = {.kind = EVENT_COMMENT,
                              .commented = {.comment = &found->comments[0],
                                            .comments = found->activities[0].comments}};
        tell_all(pending->portal, found->activities[0].activity.space, &event);
    }
    finish_found(pending, err, found);
}

static MUST_USE enum err ask_comment(struct pending *pending,
                                     void (*on_found)(void *arg, enum err err,
                                                      const struct found *found))
{
    struct question question = {.kind = ASK_COMMENT, .id = pending->item, .who = pending->user};
    return pending_ask(pending, &question, on_found);
}

static void on_comment_kept(struct pending *pending, enum err err)
{
    pending->fresh = err == OK;
    err = err == ERR_EXISTS ? OK : err;
    counter_add(COUNTER_STREAM_POSTS, pending->fresh ? 1 : 0);
    err = err == OK ? ask_comment(pending, on_commented) : err;
    if (err != OK) {
        finish_found(pending, err, NULL);
    }
}

MUST_USE enum err portal_comment_post(struct portal *portal, const struct id *user,
                                      const struct id *activity, const struct id *comment,
                                      struct slice text, uint64_t now_ms, portal_found_done on_done,
                                      void *arg)
{
    portal->now_ms = now_ms;
    struct pending *pending = NULL;
    enum err err = model_check_lines(text, 1, COMMENT_TEXT_MAX, NULL);
    err = err == OK ? take_post(portal, user) : err;
    err = err == OK ? start(portal, user, activity, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    pending->found_done = on_done;
    pending->item = *comment;
    err = pending_reserve(pending, 1);
    if (err == OK) {
        struct change *change = &pending->changes[0];
        change->kind = CHANGE_COMMENT_ADD;
        change->comment = (struct comment){
            .id = *comment, .activity = *activity, .author = *user, .at_s = portal_now_s(portal)};
        err = pending_set_text(pending, text, &change->comment.text);
    }
    err = err == OK ? pending_keep(pending, on_comment_kept) : err;
    return give_up(pending, err);
}

/* ---- likes ---- */

static void on_liked(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    const struct person *person = person_find(pending->portal, &pending->user);
    err = check_seen(pending, err, found);
    if (err == OK && person != NULL) {
        struct event event = {.kind = EVENT_LIKED,
                              .liked = {.activity = pending->room,
                                        .user = &person->user,
                                        .likes = found->activities[0].likes,
                                        .liked = pending->fresh}};
        tell_all(pending->portal, found->activities[0].activity.space, &event);
    }
    finish(pending, err);
}

static void on_like_kept(struct pending *pending, enum err err)
{
    err = err == OK ? ask_activity(pending, on_liked) : err;
    if (err != OK) {
        finish(pending, err);
    }
}

MUST_USE enum err portal_activity_like(struct portal *portal, const struct id *user,
                                       const struct id *activity, bool liked, uint64_t now_ms,
                                       portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct pending *pending = NULL;
    enum err err = portal_take(portal, user, QUOTA_LIKES, now_ms) ? OK : ERR_LIMIT;
    err = err == OK ? start(portal, user, activity, arg, &pending) : err;
    if (err != OK) {
        return err;
    }
    pending->done = on_done;
    pending->fresh = liked;
    err = pending_reserve(pending, 1);
    if (err == OK) {
        pending->changes[0].kind = liked ? CHANGE_LIKE_PUT : CHANGE_LIKE_REMOVE;
        pending->changes[0].like = (struct like){.activity = *activity, .user = *user};
        err = pending_keep(pending, on_like_kept);
    }
    return give_up(pending, err);
}

/* ---- removing: first it is asked whose it is ---- */

static enum err check_delete(const struct pending *pending, enum err err, const struct id *author)
{
    const struct person *person = person_find(pending->portal, &pending->user);
    if (err != OK || person == NULL) {
        return err == OK ? ERR_NOT_FOUND : err;
    }
    return policy_may_delete(pending->portal, person, author) ? OK : ERR_FORBIDDEN;
}

/* Room for the removal; what an administrator removes of somebody else stands in the audit. */
static MUST_USE enum err begin_removal(struct pending *pending, const struct id *author,
                                       const char *act)
{
    struct portal *portal = pending->portal;
    const struct person *person = person_find(portal, author);
    bool own = id_equal(author, &pending->user);
    enum err err = pending_reserve(pending, own ? 1 : 2);
    if (err == OK && !own) {
        admin_audit(portal, &pending->user, portal_now_s(portal), act,
                    person == NULL ? "" : person->user.name, "", &pending->changes[1]);
    }
    return err;
}

static void on_activity_removed(struct pending *pending, enum err err)
{
    if (err == OK) {
        struct event event = {.kind = EVENT_ACTIVITY_REMOVED, .id = pending->room};
        tell_all(pending->portal, pending->space, &event);
    }
    finish(pending, err);
}

static void on_activity_to_remove(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    err = check_seen(pending, err, found);
    if (err == OK) {
        const struct activity *activity = &found->activities[0].activity;
        memcpy(pending->space, activity->space, sizeof pending->space);
        err = check_delete(pending, err, &activity->author);
        err = err == OK ? begin_removal(pending, &activity->author, "activity-removed") : err;
    }
    if (err == OK) {
        pending->changes[0].kind = CHANGE_ACTIVITY_REMOVE;
        pending->changes[0].activity.id = pending->room;
        err = pending_keep(pending, on_activity_removed);
    }
    if (err != OK) {
        finish(pending, err);
    }
}

MUST_USE enum err portal_activity_remove(struct portal *portal, const struct id *user,
                                         const struct id *activity, uint64_t now_ms,
                                         portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct pending *pending = NULL;
    enum err err = start(portal, user, activity, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->done = on_done;
    return give_up(pending, ask_activity(pending, on_activity_to_remove));
}

static void on_uncommented(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    if (err == OK && found->activity_count == 1) {
        const struct comment comment = {.id = pending->item, .activity = pending->room};
        struct event event = {
            .kind = EVENT_UNCOMMENT,
            .commented = {.comment = &comment, .comments = found->activities[0].comments}};
        tell_all(pending->portal, found->activities[0].activity.space, &event);
    }
    finish(pending, OK); /* the comment is gone, whatever became of its activity */
}

static void on_comment_removed(struct pending *pending, enum err err)
{
    err = err == OK ? ask_activity(pending, on_uncommented) : err;
    if (err != OK) {
        finish(pending, err);
    }
}

static void on_comment_to_remove(void *arg, enum err err, const struct found *found)
{
    struct pending *pending = arg;
    err = check_seen(pending, err, found);
    if (err == OK && !id_equal(&found->comments[0].activity, &pending->room)) {
        err = ERR_NOT_FOUND;
    }
    err = err == OK ? check_delete(pending, err, &found->comments[0].author) : err;
    err = err == OK ? begin_removal(pending, &found->comments[0].author, "comment-removed") : err;
    if (err == OK) {
        pending->changes[0].kind = CHANGE_COMMENT_REMOVE;
        pending->changes[0].comment.id = pending->item;
        err = pending_keep(pending, on_comment_removed);
    }
    if (err != OK) {
        finish(pending, err);
    }
}

MUST_USE enum err portal_comment_remove(struct portal *portal, const struct id *user,
                                        const struct id *activity, const struct id *comment,
                                        uint64_t now_ms, portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    struct pending *pending = NULL;
    enum err err = start(portal, user, activity, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->done = on_done;
    pending->item = *comment;
    return give_up(pending, ask_comment(pending, on_comment_to_remove));
}
