/* SPDX-License-Identifier: Apache-2.0 */
#include "server/keeper.h"

#include <stdatomic.h>

#include "base/buf.h"
#include "base/counter.h"
#include "base/histogram.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/mailbox.h"
#include "net/worker.h"

#define KEEPER_JOBS_MAX 4096
#define KEEPER_BATCH_MAX 2048
#define KEEPER_IDLE_MS 1000
#define KEEPER_SYNCS_MAX 4
#define SYNC_BLOCK_CHANGES 64
#define VERSION_NONE INT64_MIN /* what was loaded is old, whoever has written */
#define KEEPER_INDEX_MAX 1000  /* messages made searchable between two groups of writes */

enum job_kind { JOB_WRITE, JOB_ERASE, JOB_AVATAR, JOB_SYNC, JOB_INDEX, JOB_NUDGE, JOB_STOP };

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
    void (*on_written)(void *arg, enum err err); /* ERASE too */
    /* ERASE */
    char name[USER_NAME_MAX + 1];
    struct audit audit;
    /* AVATAR */
    uint8_t hash[32];
    struct buf bytes;
    void (*on_read)(void *arg, enum err err, struct slice bytes);
    void *arg;
    /* INDEX */
    void (*on_indexed)(void *arg, enum err err);
    uint64_t mark;    /* keeper->chatmsgs when it was asked for */
    struct job *next; /* ERASE too */
    /* SYNC */
    struct sync_block *first;
    struct sync_block *last;
};

struct keeper {
    struct keeper_sync sync;
    struct mailbox *mailbox;
    struct worker *worker; /* NULL: not started or stopped, nothing is accepted */
    uint32_t jobs;         /* on the loop: handed to the worker and not ended */
    uint64_t chatmsgs;     /* on the loop: handed over, counted from 1 */
    uint64_t searchable;   /* on the loop: so many of them are searchable */
    atomic_bool taken;     /* another node has had the database since */
    atomic_bool failing;   /* the last write did not reach the disk, or no database answers */
    /* The store's thread only: */
    struct store *store;
    int64_t data_version;
    bool poll_failed;
    bool group_failed;
    bool index_failed;
    bool lost_write; /* the last one, since the database has answered again */
    bool unreached;  /* the database does not answer */
    struct store_part parts[KEEPER_BATCH_MAX];
    struct worker *own;     /* to wake itself */
    uint32_t unindexed;     /* about so many messages are not searchable yet; 0: none */
    struct job *index_jobs; /* that wait until all is searchable */
    struct job *erase_jobs; /* done; they are answered behind what is loaded after them */
    struct job nudge;       /* wakes the thread for the rest of the indexing */
    bool nudged;
    struct job stop; /* the rest of the indexing is left for the next start */
    bool stopping;
};

static void job_destroy(struct job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        struct slice *bytes = change_borrowed(&job->changes[i]);
        if (bytes != NULL) {
            mem_free((void *)(uintptr_t)bytes->data);
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
    if (job->err != OK || change->kind == CHANGE_ATTEMPTS_PUT || change->kind == CHANGE_CALL_PUT) {
        return; /* failures and calls are written by the server alone: its memory is newer */
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
        keeper->unindexed++; /* who was erased has emptied the index of the search */
    } else if (!keeper->poll_failed) {
        log_error("the store cannot be read again", "err=%s", err_name(err));
    }
    keeper->poll_failed = err != OK;
}

static void work(struct keeper *keeper, struct job *job)
{
    switch (job->kind) {
    case JOB_AVATAR:
        job->err = store_avatar(keeper->store, job->hash, &job->bytes);
        break;
    case JOB_ERASE:
        job->err = store_erase(keeper->store, job->name, &job->audit);
        keeper->data_version = VERSION_NONE;
        job->next = keeper->erase_jobs;
        keeper->erase_jobs = job;
        break;
    case JOB_WRITE: /* was in the group */
        for (size_t i = 0; i < job->count; i++) {
            keeper->unindexed += job->changes[i].kind == CHANGE_CHATMSG_ADD ? 1 : 0;
        }
        break;
    case JOB_INDEX:
        job->next = keeper->index_jobs;
        keeper->index_jobs = job;
        break;
    case JOB_NUDGE:
        keeper->nudged = false;
        break;
    case JOB_STOP:
        keeper->stopping = true;
        break;
    case JOB_SYNC:
        ASSERT(false);
    }
}

/* Jobs of a list come back to the loop. */
static void end_jobs(struct keeper *keeper, struct job **jobs)
{
    while (*jobs != NULL) {
        struct job *job = *jobs;
        *jobs = job->next;
        enum err err = mailbox_post(keeper->mailbox, job);
        ASSERT(err == OK); /* it has room for all jobs that keeper->jobs allows */
    }
}

static void end_index_jobs(struct keeper *keeper, enum err result)
{
    for (struct job *job = keeper->index_jobs; job != NULL; job = job->next) {
        job->err = result;
    }
    end_jobs(keeper, &keeper->index_jobs);
}

/* Makes what was said searchable, off the way of the writes: when nothing else is to do, when a
 * search waits for it, or when too much has gathered. A part at a time, so that writes that come
 * meanwhile do not wait for all of it. */
static void index_messages(struct keeper *keeper, bool idle)
{
    if (keeper->unindexed == 0 || keeper->stopping) {
        end_index_jobs(keeper, keeper->stopping ? ERR_CLOSED : OK);
        return;
    }
    if (!idle && keeper->index_jobs == NULL && keeper->unindexed < KEEPER_INDEX_MAX) {
        return;
    }
    bool more = false;
    enum err err = store_index(keeper->store, KEEPER_INDEX_MAX, &more);
    if (err != OK) {
        if (!keeper->index_failed) {
            log_error("messages cannot be made searchable", "err=%s", err_name(err));
        }
        keeper->index_failed = true;
        end_index_jobs(keeper, err);
        return;
    }
    keeper->index_failed = false;
    counter_increment(COUNTER_STORE_INDEXED);
    if (!more) {
        keeper->unindexed = 0;
        end_index_jobs(keeper, OK);
        return;
    }
    keeper->unindexed = KEEPER_INDEX_MAX;
    /* A full inbox wakes the thread as well. */
    keeper->nudged = keeper->nudged || worker_post(keeper->own, &keeper->nudge) == OK;
}

/* A database that is reached again has nothing of what failed meanwhile, and takes new writes. */
static void note_state(struct keeper *keeper)
{
    bool unreached = !store_reached(keeper->store);
    keeper->lost_write = keeper->lost_write && (unreached || !keeper->unreached);
    keeper->unreached = unreached;
    atomic_store(&keeper->failing, keeper->lost_write || unreached);
    atomic_store(&keeper->taken, store_taken(keeper->store));
}

/* All writes of the batch in one group. */
static void write_group(struct keeper *keeper, void **messages, uint32_t count)
{
    uint32_t writes = 0;
    uint64_t began_ms = worker_now_ms();
    for (uint32_t i = 0; i < count; i++) {
        const struct job *job = messages[i];
        if (job->kind == JOB_WRITE) {
            keeper->parts[writes++] = (struct store_part){job->changes, job->count, OK};
        }
    }
    if (writes == 0) {
        return;
    }
    enum err committed = store_write_group(keeper->store, keeper->parts, writes);
    if (committed == OK) {
        counter_increment(COUNTER_STORE_COMMITS);
        histogram_observe(HISTOGRAM_STORE_COMMIT, worker_now_ms() - began_ms);
    } else if (!keeper->group_failed) {
        log_error("a group of writes has failed", "err=%s", err_name(committed));
    }
    keeper->group_failed = committed != OK;
    writes = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct job *job = messages[i];
        if (job->kind == JOB_WRITE) {
            job->err = committed == OK ? keeper->parts[writes].err : committed;
            counter_add(job->err == OK ? COUNTER_STORE_WRITES : COUNTER_STORE_FAILED,
                        (int64_t)job->count);
            keeper->lost_write = job->err == ERR_IO;
            writes++;
        }
    }
    note_state(keeper);
}

static void on_batch(void *arg, void **messages, uint32_t count)
{
    struct keeper *keeper = arg;
    bool idle = true;
    write_group(keeper, messages, count);
    for (uint32_t i = 0; i < count; i++) {
        struct job *job = messages[i];
        enum job_kind kind = job->kind;
        idle = idle && kind == JOB_NUDGE;
        work(keeper, job);
        if (kind == JOB_WRITE || kind == JOB_AVATAR) {
            /* The mailbox has room for all jobs that keeper->jobs allows. */
            enum err err = mailbox_post(keeper->mailbox, job);
            ASSERT(err == OK);
        }
    }
    index_messages(keeper, idle);
    look_for_foreign_writes(keeper);
    end_jobs(keeper, &keeper->erase_jobs);
    note_state(keeper);
}

/* ---- the loop's thread ---- */

static void on_message(void *arg, void *message)
{
    struct keeper *keeper = arg;
    struct job *job = message;
    switch (job->kind) {
    case JOB_WRITE:
    case JOB_ERASE:
        keeper->jobs--;
        job->on_written(job->arg, job->err);
        break;
    case JOB_AVATAR:
        keeper->jobs--;
        job->on_read(job->arg, job->err, buf_slice(&job->bytes));
        break;
    case JOB_INDEX:
        keeper->jobs--;
        if (job->err == OK && job->mark > keeper->searchable) {
            keeper->searchable = job->mark;
        }
        job->on_indexed(job->arg, job->err);
        break;
    case JOB_NUDGE:
    case JOB_STOP:
        ASSERT(false);
    case JOB_SYNC:
        log_info("the database has more than memory: bringing memory up to date", "module=%s",
                 "store");
        keeper->sync.begin(keeper->sync.arg);
        for (struct sync_block *block = job->first; block != NULL; block = block->next) {
            for (size_t i = 0; i < block->count; i++) {
                keeper->sync.change(keeper->sync.arg, &block->changes[i]);
            }
        }
        keeper->sync.end(keeper->sync.arg);
        keeper
            ->chatmsgs++; /* the next search waits for what the other may have done to the index */
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
        struct slice *bytes = change_borrowed(copy);
        if (bytes == NULL) {
            continue;
        }
        uint8_t *own = mem_alloc(bytes->size == 0 ? 1 : bytes->size);
        if (own == NULL) {
            return ERR_NOMEM;
        }
        if (bytes->size > 0) {
            memcpy(own, bytes->data, bytes->size);
        }
        bytes->data = own;
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
        return err;
    }
    struct keeper *keeper = ctx;
    for (size_t i = 0; i < count; i++) {
        keeper->chatmsgs += changes[i].kind == CHANGE_CHATMSG_ADD ? 1 : 0;
    }
    return OK;
}

static enum err keeper_erase(void *ctx, const char *name, const struct audit *audit,
                             void (*on_done)(void *arg, enum err err), void *arg)
{
    struct job *job = mem_alloc(sizeof(*job));
    if (job == NULL) {
        return ERR_NOMEM;
    }
    job->kind = JOB_ERASE;
    job->on_written = on_done;
    job->arg = arg;
    job->audit = *audit;
    memcpy(job->name, name, strnlen(name, USER_NAME_MAX));
    enum err err = post(ctx, job);
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

bool keeper_is_searchable(const struct keeper *keeper)
{
    return keeper->searchable == keeper->chatmsgs;
}

MUST_USE enum err keeper_make_searchable(struct keeper *keeper,
                                         void (*on_done)(void *arg, enum err err), void *arg)
{
    struct job *job = mem_alloc(sizeof(*job));
    if (job == NULL) {
        return ERR_NOMEM;
    }
    job->kind = JOB_INDEX;
    job->on_indexed = on_done;
    job->arg = arg;
    job->mark = keeper->chatmsgs;
    enum err err = post(keeper, job);
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
    keeper->chatmsgs = 1; /* what an earlier run may have left */
    keeper->unindexed = 1;
    keeper->nudge.kind = JOB_NUDGE;
    keeper->stop.kind = JOB_STOP;
    enum err err = mailbox_create(loop, KEEPER_JOBS_MAX + KEEPER_SYNCS_MAX, on_message, keeper,
                                  &keeper->mailbox);
    if (err != OK) {
        mem_free(keeper);
        return err;
    }
    *out = keeper;
    return OK;
}

MUST_USE enum err keeper_start(struct keeper *keeper, struct store *store, int64_t data_version,
                               enum confine_kind kind)
{
    ASSERT(keeper->worker == NULL);
    keeper->store = store;
    keeper->data_version = data_version;
    enum err err = worker_create("store", kind, KEEPER_JOBS_MAX + 2, KEEPER_BATCH_MAX,
                                 KEEPER_IDLE_MS, on_batch, keeper, &keeper->worker);
    if (err != OK) {
        keeper->store = NULL;
        return err;
    }
    keeper->own = keeper->worker;
    keeper->nudged = true; /* what an earlier run has left is made searchable at once */
    err = worker_post(keeper->worker, &keeper->nudge);
    ASSERT(err == OK);
    return OK;
}

void keeper_stop(struct keeper *keeper)
{
    struct worker *worker = keeper->worker;
    if (worker != NULL) {
        keeper->worker = NULL;
        enum err err = worker_post(worker, &keeper->stop); /* there is always room for it */
        ASSERT(err == OK);
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
    return atomic_load(&keeper->failing);
}

bool keeper_taken(const struct keeper *keeper)
{
    return atomic_load(&keeper->taken);
}

struct port_keep keeper_port(struct keeper *keeper)
{
    return (struct port_keep){
        .ctx = keeper, .write = keeper_write, .erase = keeper_erase, .avatar = keeper_avatar};
}
