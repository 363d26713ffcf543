/* SPDX-License-Identifier: Apache-2.0 */
#include "server/keeper.h"

#include "base/buf.h"
#include "base/counter.h"
#include "base/histogram.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/mailbox.h"
#include "net/worker.h"

#define KEEPER_JOBS_MAX 4096
#define KEEPER_BATCH_MAX 512
#define KEEPER_IDLE_MS 1000
#define KEEPER_SYNCS_MAX 4
#define SYNC_BLOCK_CHANGES 64

enum job_kind { JOB_WRITE, JOB_AVATAR, JOB_SYNC };

struct sync_block {
    struct sync_block *next;
    size_t count;
    struct change changes[SYNC_BLOCK_CHANGES];
};

/* Made on the loop (WRITE, AVATAR) or on the store's thread (SYNC), always ended on the loop. */
struct job {
    enum job_kind kind;
    enum err err;
    /* WRITE */
    struct change *changes;
    size_t count;
    void (*on_written)(void *arg, enum err err);
    /* AVATAR */
    uint8_t hash[32];
    struct buf bytes;
    void (*on_read)(void *arg, enum err err, struct slice bytes);
    void *arg;
    /* SYNC */
    struct sync_block *first;
    struct sync_block *last;
};

struct keeper {
    struct keeper_sync sync;
    struct mailbox *mailbox;
    struct worker *worker; /* NULL: not started or stopped, nothing is accepted */
    uint32_t jobs;         /* on the loop: handed to the worker and not ended */
    bool failing;          /* on the loop: the last write did not reach the disk */
    /* The store's thread only: */
    struct store *store;
    int64_t data_version;
    bool poll_failed;
};

static void job_destroy(struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        if (job->changes[i].kind == CHANGE_AVATAR_PUT) {
            mem_free((void *)(uintptr_t)job->changes[i].avatar.bytes.data);
        }
    }
    mem_free(job->changes);
    buf_fini(&job->bytes);
    while (job->first != NULL) {
        struct sync_block *next = job->first->next;
        mem_free(job->first);
        job->first = next;
    }
    mem_free(job);
}

/* ---- the store's thread ---- */

static void collect(void *arg, const struct change *change)
{
    struct job *job = arg;
    if (job->err != OK || change->kind == CHANGE_ATTEMPTS_PUT) {
        return; /* failures are counted by the server alone: its memory is newer */
    }
    if (job->last == NULL || job->last->count == SYNC_BLOCK_CHANGES) {
        struct sync_block *block = mem_alloc(sizeof(*block));
        if (block == NULL) {
            job->err = ERR_NOMEM;
            return;
        }
        if (job->last == NULL) {
            job->first = block;
        } else {
            job->last->next = block;
        }
        job->last = block;
    }
    job->last->changes[job->last->count++] = *change;
}

/* Data version differs only after another connection has written, so our own writes are silent.
 * When anything fails, the next look tries again. */
static void look_for_foreign_writes(struct keeper *keeper)
{
    int64_t version = 0;
    enum err err = store_data_version(keeper->store, &version);
    if (err == OK && version == keeper->data_version) {
        return;
    }
    struct job *job = err == OK ? mem_alloc(sizeof(*job)) : NULL;
    if (job != NULL) {
        job->kind = JOB_SYNC;
        err = store_load(keeper->store, collect, job);
        err = err == OK ? job->err : err;
        err = err == OK ? mailbox_post(keeper->mailbox, job) : err;
        if (err != OK) {
            job_destroy(job);
        }
    } else if (err == OK) {
        err = ERR_NOMEM;
    }
    if (err == OK) {
        keeper->data_version = version;
    } else if (!keeper->poll_failed) {
        log_error("the store cannot be read again", "err=%s", err_name(err));
    }
    keeper->poll_failed = err != OK;
}

static void work(struct keeper *keeper, struct job *job, enum err begun)
{
    if (job->kind == JOB_AVATAR) {
        job->err = store_avatar(keeper->store, job->hash, &job->bytes);
        return;
    }
    job->err = begun == OK ? store_write(keeper->store, job->changes, job->count) : begun;
}

static void on_batch(void *arg, void **messages, uint32_t count)
{
    struct keeper *keeper = arg;
    bool writes = false;
    for (uint32_t i = 0; i < count; i++) {
        writes = writes || ((struct job *)messages[i])->kind == JOB_WRITE;
    }
    uint64_t began_ms = worker_now_ms();
    enum err begun = writes ? store_begin(keeper->store) : OK;
    for (uint32_t i = 0; i < count; i++) {
        work(keeper, messages[i], begun);
    }
    enum err committed = writes && begun == OK ? store_commit(keeper->store) : begun;
    if (writes && committed == OK) {
        counter_increment(COUNTER_STORE_COMMITS);
        histogram_observe(HISTOGRAM_STORE_COMMIT, worker_now_ms() - began_ms);
    } else if (writes) {
        log_error("a group of writes has failed", "err=%s", err_name(committed));
    }
    for (uint32_t i = 0; i < count; i++) {
        struct job *job = messages[i];
        if (job->kind == JOB_WRITE) {
            job->err = committed == OK ? job->err : committed;
            counter_add(job->err == OK ? COUNTER_STORE_WRITES : COUNTER_STORE_FAILED,
                        (int64_t)job->count);
        }
        /* The mailbox has room for all jobs that keeper->jobs allows. */
        enum err err = mailbox_post(keeper->mailbox, job);
        ASSERT(err == OK);
    }
    look_for_foreign_writes(keeper);
}

/* ---- the loop's thread ---- */

static void on_message(void *arg, void *message)
{
    struct keeper *keeper = arg;
    struct job *job = message;
    switch (job->kind) {
    case JOB_WRITE:
        keeper->jobs--;
        keeper->failing = job->err == ERR_IO;
        job->on_written(job->arg, job->err);
        break;
    case JOB_AVATAR:
        keeper->jobs--;
        job->on_read(job->arg, job->err, buf_slice(&job->bytes));
        break;
    case JOB_SYNC:
        log_info("another process has written: bringing memory up to date", "module=%s", "store");
        keeper->sync.begin(keeper->sync.arg);
        for (struct sync_block *block = job->first; block != NULL; block = block->next) {
            for (size_t i = 0; i < block->count; i++) {
                keeper->sync.change(keeper->sync.arg, &block->changes[i]);
            }
        }
        keeper->sync.end(keeper->sync.arg);
        break;
    }
    job_destroy(job);
}

static enum err post(struct keeper *keeper, struct job *job)
{
    if (keeper->worker == NULL) {
        return ERR_CLOSED;
    }
    if (keeper->jobs >= KEEPER_JOBS_MAX) {
        return ERR_BUSY;
    }
    enum err err = worker_post(keeper->worker, job);
    if (err == OK) {
        keeper->jobs++;
    }
    return err;
}

static enum err copy_changes(struct job *job, const struct change *changes, size_t count)
{
    job->changes = mem_alloc_array(count, sizeof(*changes));
    if (job->changes == NULL) {
        return ERR_NOMEM;
    }
    for (; job->count < count; job->count++) {
        struct change *copy = &job->changes[job->count];
        *copy = changes[job->count];
        if (copy->kind != CHANGE_AVATAR_PUT) {
            continue;
        }
        struct slice bytes = copy->avatar.bytes;
        uint8_t *own = mem_alloc(bytes.size == 0 ? 1 : bytes.size);
        if (own == NULL) {
            return ERR_NOMEM;
        }
        if (bytes.size > 0) {
            memcpy(own, bytes.data, bytes.size);
        }
        copy->avatar.bytes.data = own;
    }
    return OK;
}

static enum err keeper_write(void *ctx, const struct change *changes, size_t count,
                             void (*on_done)(void *arg, enum err err), void *arg)
{
    struct job *job = mem_alloc(sizeof(*job));
    if (job == NULL) {
        return ERR_NOMEM;
    }
    job->kind = JOB_WRITE;
    job->on_written = on_done;
    job->arg = arg;
    enum err err = copy_changes(job, changes, count);
    err = err == OK ? post(ctx, job) : err;
    if (err != OK) {
        job_destroy(job);
    }
    return err;
}

static enum err keeper_avatar(void *ctx, const uint8_t hash[32],
                              void (*on_done)(void *arg, enum err err, struct slice bytes),
                              void *arg)
{
    struct job *job = mem_alloc(sizeof(*job));
    if (job == NULL) {
        return ERR_NOMEM;
    }
    job->kind = JOB_AVATAR;
    memcpy(job->hash, hash, sizeof(job->hash));
    buf_init(&job->bytes, AVATAR_BYTES_MAX);
    job->on_read = on_done;
    job->arg = arg;
    enum err err = post(ctx, job);
    if (err != OK) {
        job_destroy(job);
    }
    return err;
}

MUST_USE enum err keeper_create(struct loop *loop, const struct keeper_sync *sync,
                                struct keeper **out)
{
    struct keeper *keeper = mem_alloc(sizeof(*keeper));
    if (keeper == NULL) {
        return ERR_NOMEM;
    }
    keeper->sync = *sync;
    enum err err = mailbox_create(loop, KEEPER_JOBS_MAX + KEEPER_SYNCS_MAX, on_message, keeper,
                                  &keeper->mailbox);
    if (err != OK) {
        mem_free(keeper);
        return err;
    }
    *out = keeper;
    return OK;
}

MUST_USE enum err keeper_start(struct keeper *keeper, struct store *store, int64_t data_version)
{
    ASSERT(keeper->worker == NULL);
    keeper->store = store;
    keeper->data_version = data_version;
    enum err err = worker_create("store", KEEPER_JOBS_MAX, KEEPER_BATCH_MAX, KEEPER_IDLE_MS,
                                 on_batch, keeper, &keeper->worker);
    if (err != OK) {
        keeper->store = NULL;
    }
    return err;
}

void keeper_stop(struct keeper *keeper)
{
    struct worker *worker = keeper->worker;
    if (worker != NULL) {
        keeper->worker = NULL;
        worker_destroy(worker);
        store_close(keeper->store);
        keeper->store = NULL;
    }
    mailbox_destroy(keeper->mailbox);
    keeper->mailbox = NULL;
}

void keeper_destroy(struct keeper *keeper)
{
    mem_free(keeper);
}

uint32_t keeper_waiting(const struct keeper *keeper)
{
    return keeper->jobs;
}

bool keeper_failing(const struct keeper *keeper)
{
    return keeper->failing;
}

struct port_keep keeper_port(struct keeper *keeper)
{
    return (struct port_keep){.ctx = keeper, .write = keeper_write, .avatar = keeper_avatar};
}
