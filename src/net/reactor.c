/* SPDX-License-Identifier: Apache-2.0 */
#include "net/reactor.h"

#include <stdbool.h>
#include <stdio.h>
#include <uv.h>
#include "base/log.h"
#include "base/mem.h"
#include "net/mailbox.h"

struct reactor {
    struct loop *loop;
    struct mailbox *inbox;
    struct mailbox *stop; /* of its own, so that a full inbox does not keep the thread */
    uv_thread_t thread;
    enum confine_kind kind;
    bool runs;
    char name[16]; /* what the kernel keeps of it */
};

static void on_stop(void *arg, void *message)
{
    struct reactor *reactor = arg;

    (void)message;
    loop_stop(reactor->loop);
}

static void run(void *arg)
{
    struct reactor *reactor = arg;

    (void)pthread_setname_np(pthread_self(), reactor->name);
    confine_thread(reactor->kind);
    loop_run(reactor->loop);
}

enum err reactor_create(const char *name, enum confine_kind kind, uint32_t queue_max,
                        void (*on_message)(void *arg, void *message), void *arg,
                        struct reactor **out)
{
    struct reactor *reactor = mem_alloc(sizeof *reactor);
    enum err err = ERR_NOMEM;

    *out = NULL;
    if (reactor == NULL) {
        return err;
    }
    (void)snprintf(reactor->name, sizeof reactor->name, "%s", name);
    reactor->kind = kind;
    err = loop_create(&reactor->loop);
    if (err == OK) {
        err = mailbox_create(reactor->loop, queue_max, on_message, arg, &reactor->inbox);
    }
    if (err == OK) {
        err = mailbox_create(reactor->loop, 1, on_stop, reactor, &reactor->stop);
    }
    if (err != OK) {
        reactor_destroy(reactor);
        return err;
    }
    *out = reactor;
    return OK;
}

struct loop *reactor_loop(struct reactor *reactor)
{
    return reactor->loop;
}

enum err reactor_start(struct reactor *reactor)
{
    if (uv_thread_create(&reactor->thread, run, reactor) != 0) {
        log_error("thread refused", "name=%s", reactor->name);
        return ERR_NOMEM;
    }
    reactor->runs = true;
    return OK;
}

enum err reactor_post(struct reactor *reactor, void *message)
{
    return mailbox_post(reactor->inbox, message);
}

void reactor_stop(struct reactor *reactor)
{
    if (!reactor->runs) {
        return;
    }
    ASSERT(mailbox_post(reactor->stop, reactor) == OK);
    ASSERT(uv_thread_join(&reactor->thread) == 0);
    reactor->runs = false;
}

void reactor_destroy(struct reactor *reactor)
{
    if (reactor == NULL) {
        return;
    }
    reactor_stop(reactor);
    mailbox_destroy(reactor->inbox);
    mailbox_destroy(reactor->stop);
    if (reactor->loop != NULL) {
        loop_drain(reactor->loop);
        loop_destroy(reactor->loop);
    }
    mem_free(reactor);
}
