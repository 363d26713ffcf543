/* SPDX-License-Identifier: Apache-2.0 */
#include "net/mailbox.h"

#include <uv.h>
#include "base/mem.h"

struct mailbox {
    uv_async_t wake;
    uv_mutex_t lock;
    void (*on_message)(void *arg, void *message);
    void *arg;
    uint32_t count_max;
    uint32_t first;
    uint32_t count;
    void *ring[];
};

static void *take(struct mailbox *mailbox)
{
    void *message = NULL;

    uv_mutex_lock(&mailbox->lock);
    if (mailbox->count > 0) {
        message = mailbox->ring[mailbox->first];
        mailbox->first = (mailbox->first + 1) % mailbox->count_max;
        mailbox->count--;
    }
    uv_mutex_unlock(&mailbox->lock);
    return message;
}

static void on_wake(uv_async_t *handle)
{
    struct mailbox *mailbox = handle->data;
    void *message = NULL;

    /* At most one ring full a turn, so that a fast sender does not hold the loop. */
    for (uint32_t i = 0; i < mailbox->count_max; i++) {
        message = take(mailbox);
        if (message == NULL) {
            return;
        }
        mailbox->on_message(mailbox->arg, message);
    }
    if (!uv_is_closing((uv_handle_t *)handle)) {
        (void)uv_async_send(handle);
    }
}

enum err mailbox_create(struct loop *loop, uint32_t count_max,
                        void (*on_message)(void *arg, void *message), void *arg,
                        struct mailbox **out)
{
    struct mailbox *mailbox = mem_alloc(sizeof *mailbox + count_max * sizeof mailbox->ring[0]);

    *out = NULL;
    ASSERT(count_max > 0);
    if (mailbox == NULL) {
        return ERR_NOMEM;
    }
    if (uv_mutex_init(&mailbox->lock) != 0) {
        mem_free(mailbox);
        return ERR_NOMEM;
    }
    if (uv_async_init(loop_uv(loop), &mailbox->wake, on_wake) != 0) {
        uv_mutex_destroy(&mailbox->lock);
        mem_free(mailbox);
        return ERR_IO;
    }
    mailbox->wake.data = mailbox;
    mailbox->on_message = on_message;
    mailbox->arg = arg;
    mailbox->count_max = count_max;
    *out = mailbox;
    return OK;
}

static void on_closed(uv_handle_t *handle)
{
    struct mailbox *mailbox = handle->data;

    uv_mutex_destroy(&mailbox->lock);
    mem_free(mailbox);
}

void mailbox_destroy(struct mailbox *mailbox)
{
    void *message = NULL;

    if (mailbox == NULL) {
        return;
    }
    while ((message = take(mailbox)) != NULL) {
        mailbox->on_message(mailbox->arg, message);
    }
    uv_close((uv_handle_t *)&mailbox->wake, on_closed);
}

enum err mailbox_post(struct mailbox *mailbox, void *message)
{
    enum err err = ERR_BUSY;

    ASSERT(message != NULL);
    uv_mutex_lock(&mailbox->lock);
    if (mailbox->count < mailbox->count_max) {
        mailbox->ring[(mailbox->first + mailbox->count) % mailbox->count_max] = message;
        mailbox->count++;
        err = OK;
        /* Under the lock: after it is released the owner may already be closing. */
        (void)uv_async_send(&mailbox->wake);
    }
    uv_mutex_unlock(&mailbox->lock);
    return err;
}
