/* SPDX-License-Identifier: Apache-2.0 */
#include "net/offload.h"

#include <stdbool.h>
#include <uv.h>
#include "base/log.h"
#include "base/mem.h"

struct piece {
    struct piece *next;
    void (*work)(void *arg);
    void (*on_done)(void *arg, enum err err);
    void *arg;
};

struct pieces {
    struct piece *first;
    struct piece **last;
};

struct offload {
    uv_async_t wake;
    uv_mutex_t lock;
    uv_cond_t ready;
    struct pieces waiting;
    struct pieces done;
    uint32_t waiting_count;
    uint32_t queue_max;
    uint32_t thread_count;
    bool ending;
    enum confine_kind kind;
    uv_thread_t threads[];
};

static void push(struct pieces *pieces, struct piece *piece)
{
    piece->next = NULL;
    *pieces->last = piece;
    pieces->last = &piece->next;
}

static struct piece *pop(struct pieces *pieces)
{
    struct piece *piece = pieces->first;

    if (piece != NULL) {
        pieces->first = piece->next;
        if (pieces->first == NULL) {
            pieces->last = &pieces->first;
        }
    }
    return piece;
}

static void run(void *arg)
{
    struct offload *offload = arg;
    struct piece *piece = NULL;

    confine_thread(offload->kind);
    uv_mutex_lock(&offload->lock);
    while (!offload->ending) {
        piece = pop(&offload->waiting);
        if (piece == NULL) {
            uv_cond_wait(&offload->ready, &offload->lock);
            continue;
        }
        offload->waiting_count--;
        uv_mutex_unlock(&offload->lock);
        piece->work(piece->arg);
        uv_mutex_lock(&offload->lock);
        push(&offload->done, piece);
        (void)uv_async_send(&offload->wake);
    }
    uv_mutex_unlock(&offload->lock);
}

static void finish_all(struct offload *offload, struct pieces *pieces, enum err err)
{
    struct piece *piece = NULL;

    for (;;) {
        uv_mutex_lock(&offload->lock);
        piece = pop(pieces);
        uv_mutex_unlock(&offload->lock);
        if (piece == NULL) {
            return;
        }
        piece->on_done(piece->arg, err);
        mem_free(piece);
    }
}

static void on_wake(uv_async_t *handle)
{
    struct offload *offload = handle->data;

    finish_all(offload, &offload->done, OK);
}

static void on_closed(uv_handle_t *handle)
{
    struct offload *offload = handle->data;

    uv_cond_destroy(&offload->ready);
    uv_mutex_destroy(&offload->lock);
    mem_free(offload);
}

enum err offload_create(struct loop *loop, enum confine_kind kind, uint32_t threads,
                        uint32_t queue_max, struct offload **out)
{
    struct offload *offload = mem_alloc(sizeof *offload + threads * sizeof offload->threads[0]);

    *out = NULL;
    ASSERT(threads > 0);
    if (offload == NULL) {
        return ERR_NOMEM;
    }
    if (uv_async_init(loop_uv(loop), &offload->wake, on_wake) != 0) {
        mem_free(offload);
        return ERR_IO;
    }
    offload->wake.data = offload;
    ASSERT(uv_mutex_init(&offload->lock) == 0 && uv_cond_init(&offload->ready) == 0);
    offload->waiting.last = &offload->waiting.first;
    offload->done.last = &offload->done.first;
    offload->queue_max = queue_max;
    offload->kind = kind;
    for (uint32_t i = 0; i < threads; i++) {
        if (uv_thread_create(&offload->threads[i], run, offload) != 0) {
            log_error("thread refused", "number=%u", i);
            offload_destroy(offload);
            return ERR_NOMEM;
        }
        offload->thread_count++;
    }
    *out = offload;
    return OK;
}

void offload_destroy(struct offload *offload)
{
    if (offload == NULL) {
        return;
    }
    uv_mutex_lock(&offload->lock);
    offload->ending = true;
    uv_cond_broadcast(&offload->ready);
    uv_mutex_unlock(&offload->lock);
    for (uint32_t i = 0; i < offload->thread_count; i++) {
        ASSERT(uv_thread_join(&offload->threads[i]) == 0);
    }
    finish_all(offload, &offload->done, OK);
    finish_all(offload, &offload->waiting, ERR_CLOSED);
    uv_close((uv_handle_t *)&offload->wake, on_closed);
}

enum err offload_run(struct offload *offload, void (*work)(void *arg),
                     void (*on_done)(void *arg, enum err err), void *arg)
{
    struct piece *piece = mem_alloc(sizeof *piece);
    enum err err = ERR_BUSY;

    if (piece == NULL) {
        return ERR_NOMEM;
    }
    *piece = (struct piece){.work = work, .on_done = on_done, .arg = arg};
    uv_mutex_lock(&offload->lock);
    if (!offload->ending && offload->waiting_count < offload->queue_max) {
        push(&offload->waiting, piece);
        offload->waiting_count++;
        err = OK;
        uv_cond_signal(&offload->ready);
    }
    uv_mutex_unlock(&offload->lock);
    if (err != OK) {
        mem_free(piece);
    }
    return err;
}
