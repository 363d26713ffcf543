/* SPDX-License-Identifier: Apache-2.0 */
#include "net/worker.h"

#include <stdbool.h>
#include <uv.h>
#include "base/log.h"
#include "base/mem.h"

struct worker {
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t wake;
    char name[16]; /* what the kernel keeps of it */
    enum confine_kind kind;
    void (*on_batch)(void *arg, void **messages, uint32_t count);
    void *arg;
    uint32_t idle_ms;
    uint32_t batch_max;
    uint32_t count_max;
    uint32_t first;
    uint32_t count;
    bool ending;
    void **batch;
    void *ring[];
};

/* The number of messages taken; 0: the idle time has passed. Called with the lock. */
static uint32_t take(struct worker *worker)
{
    uint32_t taken = 0;

    while (taken < worker->batch_max && worker->count > 0) {
        worker->batch[taken++] = worker->ring[worker->first];
        worker->first = (worker->first + 1) % worker->count_max;
        worker->count--;
    }
    return taken;
}

/* True when the idle time has passed without a message. Called with the lock. */
static bool wait_for_message(struct worker *worker)
{
    uint64_t due_ns = uv_hrtime() + worker->idle_ms * 1000000ULL;

    while (worker->count == 0 && !worker->ending) {
        uint64_t now_ns = uv_hrtime();

        if (worker->idle_ms == 0) {
            uv_cond_wait(&worker->wake, &worker->lock);
        } else if (now_ns >= due_ns) {
            return true;
        } else {
            (void)uv_cond_timedwait(&worker->wake, &worker->lock, due_ns - now_ns);
        }
    }
    return false;
}

static void run(void *arg)
{
    struct worker *worker = arg;
    bool idle = false;
    uint32_t count = 0;

    (void)pthread_setname_np(pthread_self(), worker->name);
    confine_thread(worker->kind);
    for (;;) {
        uv_mutex_lock(&worker->lock);
        idle = wait_for_message(worker);
        count = take(worker);
        uv_mutex_unlock(&worker->lock);
        if (count == 0 && !idle) {
            return; /* ending, and nothing waits */
        }
        worker->on_batch(worker->arg, worker->batch, count);
    }
}

static void release(struct worker *worker)
{
    uv_cond_destroy(&worker->wake);
    uv_mutex_destroy(&worker->lock);
    mem_free(worker->batch);
    mem_free(worker);
}

enum err worker_create(const char *name, enum confine_kind kind, uint32_t queue_max,
                       uint32_t batch_max, uint32_t idle_ms,
                       void (*on_batch)(void *arg, void **messages, uint32_t count), void *arg,
                       struct worker **out)
{
    struct worker *worker = mem_alloc(sizeof *worker + queue_max * sizeof worker->ring[0]);

    *out = NULL;
    ASSERT(queue_max > 0 && batch_max > 0);
    if (worker == NULL) {
        return ERR_NOMEM;
    }
    worker->batch = mem_alloc_array(batch_max, sizeof worker->batch[0]);
    if (worker->batch == NULL) {
        mem_free(worker);
        return ERR_NOMEM;
    }
    ASSERT(uv_mutex_init(&worker->lock) == 0 && uv_cond_init(&worker->wake) == 0);
    (void)snprintf(worker->name, sizeof worker->name, "%s", name);
    worker->kind = kind;
    worker->on_batch = on_batch;
    worker->arg = arg;
    worker->idle_ms = idle_ms;
    worker->batch_max = batch_max;
    worker->count_max = queue_max;
    if (uv_thread_create(&worker->thread, run, worker) != 0) {
        log_error("thread refused", "name=%s", name);
        release(worker);
        return ERR_NOMEM;
    }
    *out = worker;
    return OK;
}

void worker_destroy(struct worker *worker)
{
    if (worker == NULL) {
        return;
    }
    uv_mutex_lock(&worker->lock);
    worker->ending = true;
    uv_cond_signal(&worker->wake);
    uv_mutex_unlock(&worker->lock);
    ASSERT(uv_thread_join(&worker->thread) == 0);
    release(worker);
}

enum err worker_post(struct worker *worker, void *message)
{
    enum err err = ERR_BUSY;

    ASSERT(message != NULL);
    uv_mutex_lock(&worker->lock);
    if (worker->count < worker->count_max) {
        worker->ring[(worker->first + worker->count) % worker->count_max] = message;
        worker->count++;
        err = OK;
        uv_cond_signal(&worker->wake);
    }
    uv_mutex_unlock(&worker->lock);
    return err;
}

uint64_t worker_now_ms(void)
{
    return uv_hrtime() / 1000000;
}
