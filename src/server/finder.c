/* SPDX-License-Identifier: Apache-2.0 */
#include "server/finder.h"

#include "base/counter.h"
#include "base/histogram.h"
#include "base/mem.h"
#include "net/mailbox.h"
#include "net/worker.h"
#include "store/lookup.h"

#define FINDER_JOBS_MAX 1024
#define FINDER_BATCH_MAX 16
#define FINDER_ANSWER_MAX ((size_t)4 * 1024 * 1024)

/* Made and ended on the loop, answered on the finder's thread. */
struct job {
    struct finder *finder;
    struct question question; /* what it points to is in the arena */
    struct arena arena;
    struct found found;
    enum err err;
    void (*on_done)(void *arg, enum err err, const struct found *found);
    void *arg;
};

struct finder {
    struct keeper *keeper;
    struct mailbox *mailbox;
    struct worker *worker; /* NULL: not started or stopped, nothing is accepted */
    uint32_t jobs;         /* on the loop: not ended */
    struct lookup *lookup; /* the finder's thread only */
};

static void on_batch(void *arg, void **messages, uint32_t count)
{
    struct finder *finder = arg;
    for (uint32_t i = 0; i < count; i++) {
        struct job *job = messages[i];
        uint64_t began_ms = worker_now_ms();
        job->err = lookup_answer(finder->lookup, &job->question, &job->arena, &job->found);
        histogram_observe(HISTOGRAM_STORE_READ, worker_now_ms() - began_ms);
        counter_increment(COUNTER_STORE_READS);
        /* The mailbox has room for all jobs that finder->jobs allows. */
        enum err err = mailbox_post(finder->mailbox, job);
        ASSERT(err == OK);
    }
}

/* ---- the loop's thread ---- */

static void job_destroy(struct job *job)
{
    arena_fini(&job->arena);
    mem_free(job);
}

static void job_end(struct job *job)
{
    job->finder->jobs--;
    if (job->err != OK) {
        job->found = (struct found){0};
    }
    job->on_done(job->arg, job->err, &job->found);
    job_destroy(job);
}

static void on_message(void *arg, void *message)
{
    (void)arg;
    job_end(message);
}

static enum err post(struct finder *finder, struct job *job)
{
    return finder->worker == NULL ? ERR_CLOSED : worker_post(finder->worker, job);
}

static void on_searchable(void *arg, enum err err)
{
    struct job *job = arg;
    err = err == OK ? post(job->finder, job) : err;
    if (err != OK) { /* else the job is the other thread's already */
        job->err = err;
        job_end(job);
    }
}

static enum err copy_bytes(struct arena *arena, const void *from, size_t size, void **out)
{
    *out = arena_alloc(arena, size);
    if (*out == NULL) {
        return ERR_NOMEM;
    }
    if (size > 0) {
        memcpy(*out, from, size);
    }
    return OK;
}

static enum err copy_question(struct job *job, const struct question *question)
{
    void *rooms = NULL;
    void *spaces = NULL;
    void *text = NULL;
    struct arena *arena = &job->arena;
    job->question = *question;
    enum err err =
        copy_bytes(arena, question->rooms, question->room_count * sizeof(struct id), &rooms);
    err = err == OK ? copy_bytes(arena, question->spaces,
                                 question->space_count * sizeof(question->spaces[0]), &spaces)
                    : err;
    err = err == OK ? copy_bytes(arena, question->text.data, question->text.size, &text) : err;
    job->question.rooms = rooms;
    job->question.spaces = spaces;
    job->question.text.data = text;
    return err;
}

static enum err finder_ask(void *ctx, const struct question *question,
                           void (*on_done)(void *arg, enum err err, const struct found *found),
                           void *arg)
{
    struct finder *finder = ctx;
    if (finder->worker == NULL) {
        return ERR_CLOSED;
    }
    if (finder->jobs >= FINDER_JOBS_MAX) {
        return ERR_BUSY;
    }
    struct job *job = mem_alloc(sizeof(*job));
    if (job == NULL) {
        return ERR_NOMEM;
    }
    job->finder = finder;
    job->on_done = on_done;
    job->arg = arg;
    arena_init(&job->arena, FINDER_ANSWER_MAX);
    enum err err = copy_question(job, question);
    if (err == OK) {
        bool waits = question->kind == ASK_SEARCH && !keeper_is_searchable(finder->keeper);
        err =
            waits ? keeper_make_searchable(finder->keeper, on_searchable, job) : post(finder, job);
    }
    if (err != OK) {
        job_destroy(job);
        return err;
    }
    finder->jobs++;
    return OK;
}

/* ---- life ---- */

MUST_USE enum err finder_create(struct loop *loop, struct keeper *keeper, struct finder **out)
{
    struct finder *finder = mem_alloc(sizeof(*finder));
    if (finder == NULL) {
        return ERR_NOMEM;
    }
    finder->keeper = keeper;
    enum err err = mailbox_create(loop, FINDER_JOBS_MAX, on_message, finder, &finder->mailbox);
    if (err != OK) {
        mem_free(finder);
        return err;
    }
    *out = finder;
    return OK;
}

MUST_USE enum err finder_start(struct finder *finder, const char *path, enum confine_kind kind)
{
    ASSERT(finder->worker == NULL);
    enum err err = lookup_open(path, &finder->lookup);
    err = err == OK ? worker_create("finder", kind, FINDER_JOBS_MAX, FINDER_BATCH_MAX, 0, on_batch,
                                    finder, &finder->worker)
                    : err;
    if (err != OK) {
        lookup_close(finder->lookup);
        finder->lookup = NULL;
    }
    return err;
}

void finder_stop(struct finder *finder)
{
    struct worker *worker = finder->worker;
    if (worker != NULL) {
        finder->worker = NULL;
        worker_destroy(worker);
        lookup_close(finder->lookup);
        finder->lookup = NULL;
    }
    mailbox_destroy(finder->mailbox);
    finder->mailbox = NULL;
}

void finder_destroy(struct finder *finder)
{
    mem_free(finder);
}

struct port_read finder_port(struct finder *finder)
{
    return (struct port_read){.ctx = finder, .ask = finder_ask};
}
