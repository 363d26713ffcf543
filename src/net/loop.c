/* SPDX-License-Identifier: Apache-2.0 */
#include "net/loop.h"

#include <signal.h>
#include "base/log.h"
#include "base/mem.h"
#include "net/conn.h"
#include "net/loop_internal.h"

enum { SIGNALS_MAX = 4 };

struct loop_signal {
    uv_signal_t handle;
    void (*on_signal)(void *arg, int signal_number);
    void *arg;
};

struct loop {
    uv_loop_t uv;
    uv_async_t keep; /* referenced: a loop without work waits for it until loop_stop */
    uv_prepare_t prepare;
    uv_timer_t deadline;
    struct loop_signal signals[SIGNALS_MAX];
    uint32_t signal_count;
    void (*on_due)(void *arg);
    void *due_arg;
    void (*on_turn)(void *arg);
    void *turn_arg;
    uint64_t turn;
    struct loop_flush *flushes;
    struct hello_line hellos;
    struct loop_flush *flush_next; /* the walk's next, kept right by loop_remove_flush */
    uint8_t read_buffer[LOOP_READ_SIZE];
    uint8_t plain_buffer[LOOP_PLAIN_SIZE];
    uint8_t record_buffer[LOOP_RECORD_SIZE];
};

static void on_keep(uv_async_t *handle)
{
    (void)handle;
}

static void on_prepare(uv_prepare_t *handle)
{
    struct loop *loop = handle->data;

    if (loop->on_turn != NULL) {
        loop->on_turn(loop->turn_arg);
    }
    for (struct loop_flush *flush = loop->flushes; flush != NULL; flush = loop->flush_next) {
        loop->flush_next = flush->next;
        flush->on_flush(flush->arg);
    }
    loop->flush_next = NULL;
    hello_turn(&loop->hellos);
    loop->turn++;
}

static void on_deadline(uv_timer_t *handle)
{
    struct loop *loop = handle->data;

    if (loop->on_due != NULL) {
        loop->on_due(loop->due_arg);
    }
}

enum err loop_create(struct loop **out)
{
    struct loop *loop = mem_alloc(sizeof *loop);

    *out = NULL;
    if (loop == NULL) {
        return ERR_NOMEM;
    }
    if (uv_loop_init(&loop->uv) != 0) {
        log_error("loop refused", "cause=%s", "uv_loop_init");
        mem_free(loop);
        return ERR_IO;
    }
    /* The only initialiser that can fail: it opens the wake-up descriptor of the loop. */
    if (uv_async_init(&loop->uv, &loop->keep, on_keep) != 0) {
        log_error("loop refused", "cause=%s", "uv_async_init");
        (void)uv_loop_close(&loop->uv);
        mem_free(loop);
        return ERR_IO;
    }
    loop->turn = 1;
    hello_line_init(&loop->hellos, conn_on_place);
    (void)uv_prepare_init(&loop->uv, &loop->prepare);
    (void)uv_timer_init(&loop->uv, &loop->deadline);
    loop->prepare.data = loop;
    loop->deadline.data = loop;
    (void)uv_prepare_start(&loop->prepare, on_prepare);
    uv_unref((uv_handle_t *)&loop->prepare);
    uv_unref((uv_handle_t *)&loop->deadline);
    /* A write to a connection that the peer has reset is an error code, not the end. */
    (void)signal(SIGPIPE, SIG_IGN);
    *out = loop;
    return OK;
}

void loop_destroy(struct loop *loop)
{
    if (loop == NULL) {
        return;
    }
    uv_ref((uv_handle_t *)&loop->keep);
    uv_close((uv_handle_t *)&loop->keep, NULL);
    uv_close((uv_handle_t *)&loop->prepare, NULL);
    uv_close((uv_handle_t *)&loop->deadline, NULL);
    for (uint32_t i = 0; i < loop->signal_count; i++) {
        uv_close((uv_handle_t *)&loop->signals[i].handle, NULL);
    }
    while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0) {
    }
    ASSERT(uv_loop_close(&loop->uv) == 0);
    mem_free(loop);
}

void loop_run(struct loop *loop)
{
    (void)uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
    uv_stop(&loop->uv);
}

void loop_drain(struct loop *loop)
{
    loop->on_turn = NULL;
    (void)uv_timer_stop(&loop->deadline);
    uv_unref((uv_handle_t *)&loop->keep);
    while (uv_run(&loop->uv, UV_RUN_DEFAULT) != 0) {
    }
    uv_ref((uv_handle_t *)&loop->keep);
}

uint64_t loop_now_ms(const struct loop *loop)
{
    return uv_now(&loop->uv);
}

void loop_set_deadline(struct loop *loop, uint64_t due_ms, void (*on_due)(void *arg), void *arg)
{
    uint64_t now_ms = loop_now_ms(loop);

    loop->on_due = on_due;
    loop->due_arg = arg;
    if (due_ms == UINT64_MAX) {
        (void)uv_timer_stop(&loop->deadline);
        return;
    }
    (void)uv_timer_start(&loop->deadline, on_deadline, due_ms > now_ms ? due_ms - now_ms : 0, 0);
}

void loop_on_turn(struct loop *loop, void (*on_turn)(void *arg), void *arg)
{
    loop->on_turn = on_turn;
    loop->turn_arg = arg;
}

static void on_uv_signal(uv_signal_t *handle, int signal_number)
{
    struct loop_signal *entry = handle->data;

    entry->on_signal(entry->arg, signal_number);
}

enum err loop_on_signal(struct loop *loop, int signal_number,
                        void (*on_signal)(void *arg, int signal_number), void *arg)
{
    struct loop_signal *entry = NULL;

    ASSERT(loop->signal_count < SIGNALS_MAX);
    entry = &loop->signals[loop->signal_count];
    if (uv_signal_init(&loop->uv, &entry->handle) != 0) {
        return ERR_IO;
    }
    loop->signal_count++;
    entry->handle.data = entry;
    entry->on_signal = on_signal;
    entry->arg = arg;
    uv_unref((uv_handle_t *)&entry->handle);
    if (uv_signal_start(&entry->handle, on_uv_signal, signal_number) != 0) {
        log_error("signal refused", "number=%d", signal_number);
        return ERR_IO;
    }
    return OK;
}

uint64_t loop_turn(const struct loop *loop)
{
    return loop->turn;
}

void *loop_uv(struct loop *loop)
{
    return &loop->uv;
}

void loop_add_flush(struct loop *loop, struct loop_flush *flush)
{
    flush->next = loop->flushes;
    loop->flushes = flush;
}

void loop_remove_flush(struct loop *loop, struct loop_flush *flush)
{
    if (loop->flush_next == flush) {
        loop->flush_next = flush->next;
    }
    for (struct loop_flush **link = &loop->flushes; *link != NULL; link = &(*link)->next) {
        if (*link == flush) {
            *link = flush->next;
            return;
        }
    }
}

struct hello_line *loop_hellos(struct loop *loop)
{
    return &loop->hellos;
}

uint8_t *loop_read_buffer(struct loop *loop)
{
    return loop->read_buffer;
}

uint8_t *loop_plain_buffer(struct loop *loop)
{
    return loop->plain_buffer;
}

uint8_t *loop_record_buffer(struct loop *loop)
{
    return loop->record_buffer;
}
