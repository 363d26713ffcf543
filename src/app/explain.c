/* SPDX-License-Identifier: Apache-2.0 */
#include "app/explain.h"

#include <stdio.h>
#include <time.h>

#include "portal/event.h"
#include "store/lookup.h"

#define ARENA_BYTES_MAX (1024 * 1024)
#define TIME_SIZE 32

#define WHO_SIZE (USER_NAME_MAX + USER_FULL_NAME_MAX + 16)

static const struct user *find(const struct catalogue *catalogue, const struct id *user)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        const struct change *change = &catalogue->changes[i];
        if (change->kind == CHANGE_USER_PUT && id_equal(&change->user.id, user)) {
            return &change->user;
        }
    }
    return NULL;
}

static const char *name_of(const struct catalogue *catalogue, const struct id *user)
{
    const struct user *found = find(catalogue, user);
    return found == NULL ? "somebody who is gone" : found->name;
}

/* The same; a guest (portal/policy.c) is marked, with the name that he has typed. */
static const char *who_text(const struct catalogue *catalogue, const struct id *user,
                            char out[WHO_SIZE])
{
    const struct user *found = find(catalogue, user);
    bool guest = found != NULL && found->password_hash[0] == '\0' &&
                 catalogue_is_in(catalogue, user, GROUP_GUESTS);
    if (!guest) {
        return name_of(catalogue, user);
    }
    (void)snprintf(out, WHO_SIZE, "%s (guest \"%s\")", found->name, found->full_name);
    return out;
}

static const char *time_text(int64_t at_ms, char out[TIME_SIZE])
{
    time_t seconds = (time_t)(at_ms / 1000);
    struct tm parts;
    (void)gmtime_r(&seconds, &parts);
    (void)strftime(out, TIME_SIZE, "%Y-%m-%d %H:%M:%S UTC", &parts);
    return out;
}

static MUST_USE enum err ask(const char *path, const struct question *question,
                             void (*print)(const struct catalogue *catalogue,
                                           const struct found *found),
                             const struct catalogue *catalogue)
{
    struct lookup *lookup = NULL;
    struct arena arena;
    struct found found;
    arena_init(&arena, ARENA_BYTES_MAX);
    enum err err = lookup_open(path, &lookup);
    err = err == OK ? lookup_answer(lookup, question, &arena, &found) : err;
    if (err == OK) {
        print(catalogue, &found);
    }
    lookup_close(lookup);
    arena_fini(&arena);
    return err;
}

static void print_list(const struct catalogue *catalogue, const struct found *found)
{
    for (size_t i = 0; i < found->call_count; i++) {
        const struct call_record *call = &found->calls[i];
        char id[ID_TEXT_SIZE];
        char began[TIME_SIZE];
        id_format(&call->call, id);
        printf("%s\t%s\t%s\t%s\t%s\n", id, time_text(call->started_at_ms, began),
               name_of(catalogue, &call->caller), name_of(catalogue, &call->callee),
               call->ended_at_ms == 0 ? "goes on" : end_reason_name((enum end_reason)call->reason));
    }
}

MUST_USE enum err explain_list(const char *path, const struct catalogue *catalogue)
{
    struct question question = {.kind = ASK_ALL_CALLS, .limit = FOUND_CALLS_MAX};
    return ask(path, &question, print_list, catalogue);
}

static const char *const ways[RING_HOW_COUNT] = {
    "it sounds", "in silence, as the status says",
    "in silence, the browser allows no sound before a click", "by a push"};
static const char *const paths[PATH_COUNT] = {"by an unknown path", "directly", "by the relay"};
static const char *const transports[TRANSPORT_COUNT] = {"", " over UDP", " over TCP", " over TLS"};

/* What a step says behind the name of who did it. */
static const char *const sentences[STEP_COUNT] = {
    [STEP_STARTED] = "calls",
    [STEP_WAITING] = "is in another call: this one waits",
    [STEP_PUSHED] = "is sent a push",
    [STEP_RINGS] = "is rung",
    [STEP_IGNORED] = "ignores it on this device",
    [STEP_ANSWERED] = "answers",
    [STEP_CONNECTED] = "has media",
    [STEP_ACTIVE] = "they speak",
    [STEP_PATH] = "sends media",
    [STEP_HELD] = "holds the call",
    [STEP_RESUMED] = "takes the call up again",
    [STEP_TROUBLE] = "has no media",
    [STEP_RECOVERED] = "has media again",
    [STEP_LEFT] = "has left the call window",
    [STEP_LOST] = "has lost the connection to the server",
    [STEP_BACK] = "is back",
    [STEP_MOVED] = "goes on in another window",
    [STEP_ENDED] = "ends it",
    [STEP_RESTARTED] = "the server was started again",
};

/* A caller who is not heard, because he is blocked or pesters, is told of rings that are none. */
static const char *sentence_of(const struct call_step *step)
{
    bool pretended = (step->detail & STEP_PRETENDED) != 0;
    if (pretended && step->what == STEP_RINGS) {
        return "is not rung, but so it seems to the caller";
    }
    if (pretended && step->what == STEP_PUSHED) {
        return "is sent no push, but so it seems to the caller";
    }
    return sentences[step->what];
}

static void print_step(const struct call_step *step, const char *who, int64_t started_at_ms)
{
    int how = step->detail & ~STEP_PRETENDED;
    printf("  %8.3f s  %s%s%s", (double)(step->at_ms - started_at_ms) / 1000, who,
           who[0] == '\0' ? "" : " ", sentence_of(step));
    if (step->what == STEP_RINGS) {
        printf(": %s", ways[how]);
    } else if (step->what == STEP_PATH) {
        printf(" %s%s", paths[step->detail / 16], transports[step->detail % 16]);
    } else if (step->what == STEP_ENDED) {
        printf(": %s", end_reason_name((enum end_reason)step->detail));
    }
    printf(step->device[0] == '\0' ? "%s\n" : " (%s)\n", step->device);
}

static void print_media(const char *who, const struct call_quality *media)
{
    if (media->reports == 0) {
        printf("  %s has reported nothing of the media.\n", who);
        return;
    }
    printf("  %s: %u reports; of 1000 packets %u lost, %u at worst; there and back in %u ms, %u at "
           "worst; jitter %u ms, %u at worst; last %s%s.\n",
           who, media->reports, media->loss, media->loss_worst, media->rtt_ms, media->rtt_worst_ms,
           media->jitter_ms, media->jitter_worst_ms, paths[media->path],
           transports[media->transport]);
}

static void print_call(const struct catalogue *catalogue, const struct found *found)
{
    const struct call_record *call = &found->calls[0];
    char names[2][WHO_SIZE];
    const char *who[] = {who_text(catalogue, &call->caller, names[0]),
                         who_text(catalogue, &call->callee, names[1]), ""};
    char id[ID_TEXT_SIZE];
    char began[TIME_SIZE];
    id_format(&call->call, id);
    printf("Call %s: %s called %s, %s.\n", id, who[0], who[1],
           time_text(call->started_at_ms, began));
    for (size_t i = 0; i < found->step_count; i++) {
        print_step(&found->steps[i], who[found->steps[i].side], call->started_at_ms);
    }
    if (found->step_count == 0) {
        printf("  What happened is not known any more (portal.timelines_kept_days).\n");
    }
    if (call->ended_at_ms == 0) {
        printf("It goes on.\n");
    } else {
        int64_t ms = call->active_at_ms == 0 ? 0 : call->ended_at_ms - call->active_at_ms;
        printf("It ended as %s%s%s; they spoke for %lld s.\n",
               end_reason_name((enum end_reason)call->reason),
               call->ended_by == ENDED_BY_NOBODY ? "" : " by ",
               call->ended_by == ENDED_BY_NOBODY ? "" : who[call->ended_by - ENDED_BY_CALLER],
               (long long)(ms / 1000));
    }
    print_media(who[0], &found->media[STEP_CALLER]);
    print_media(who[1], &found->media[STEP_CALLEE]);
}

MUST_USE enum err explain_call(const char *path, const struct catalogue *catalogue, const char *id)
{
    struct question question = {.kind = ASK_TIMELINE};
    if (id_parse(slice_text(id), &question.id) != OK) {
        return ERR_INVALID;
    }
    return ask(path, &question, print_call, catalogue);
}
