/* SPDX-License-Identifier: Apache-2.0 */
/* Loop, mailbox, worker and offload: what threads hand to each other. */
#include <signal.h>
#include "net/loop_internal.h"
#include "net/loop.h"
#include "net/mailbox.h"
#include "net/offload.h"
#include "net/reactor.h"
#include "net/testpeer.h"
#include "net/worker.h"

struct fixture {
    struct loop *loop;
    struct mailbox *mailbox;
    uint32_t count;
    uint32_t batches;
    uint32_t closed;
    uint32_t idle;
    uint32_t turns;
    uint64_t turn; /* of the last on_turn */
    uint32_t flushes;
    uint64_t due_ms;
    bool in_order;
};

static int numbers[1000];

static void on_due(void *arg)
{
    struct fixture *fixture = arg;

    fixture->due_ms = loop_now_ms(fixture->loop);
    loop_stop(fixture->loop);
}

static void on_turn(void *arg)
{
    struct fixture *fixture = arg;

    CHECK(loop_turn(fixture->loop) == fixture->turn + 1);
    fixture->turn++;
    fixture->turns++;
}

/* The end of a turn belongs to it: whoever is told something now has begun it already. */
static void on_flush(void *arg)
{
    struct fixture *fixture = arg;

    CHECK(loop_turn(fixture->loop) == fixture->turn);
    fixture->flushes++;
}

static void the_deadline_is_never_early_and_can_be_replaced(void)
{
    struct fixture fixture = {0};
    uint64_t start_ms = 0;

    CHECK(loop_create(&fixture.loop) == OK);
    loop_on_turn(fixture.loop, on_turn, &fixture);
    struct loop_flush flush = {.on_flush = on_flush, .arg = &fixture};
    loop_add_flush(fixture.loop, &flush);
    start_ms = loop_now_ms(fixture.loop);
    loop_set_deadline(fixture.loop, start_ms + 60000, on_due, &fixture);
    loop_set_deadline(fixture.loop, start_ms + 20, on_due, &fixture);
    loop_run(fixture.loop);
    CHECK(fixture.due_ms >= start_ms + 20 && fixture.due_ms < start_ms + 5000);
    CHECK(fixture.turns > 0 && fixture.flushes == fixture.turns);
    loop_set_deadline(fixture.loop, 0, on_due, &fixture); /* the past: at once */
    loop_run(fixture.loop);
    loop_set_deadline(fixture.loop, UINT64_MAX, on_due, &fixture);
    CHECK(fixture.flushes == fixture.turns && fixture.turns == fixture.turn);
    loop_remove_flush(fixture.loop, &flush);
    loop_drain(fixture.loop);
    loop_destroy(fixture.loop);
}

static void on_signal(void *arg, int signal_number)
{
    struct fixture *fixture = arg;

    fixture->count += signal_number == SIGHUP ? 1 : 0;
    loop_stop(fixture->loop);
}

static void a_signal_arrives_on_the_loop(void)
{
    struct fixture fixture = {0};

    CHECK(loop_create(&fixture.loop) == OK);
    CHECK(loop_on_signal(fixture.loop, SIGHUP, on_signal, &fixture) == OK);
    CHECK(raise(SIGHUP) == 0);
    loop_run(fixture.loop);
    CHECK(fixture.count == 1);
    loop_drain(fixture.loop);
    loop_destroy(fixture.loop);
}

static void on_mail(void *arg, void *message)
{
    struct fixture *fixture = arg;

    fixture->in_order = fixture->in_order && message == &numbers[fixture->count];
    fixture->count++;
    if (fixture->count == 1000) {
        loop_stop(fixture->loop);
    }
}

static void post_all(void *arg)
{
    struct fixture *fixture = arg;

    for (int i = 0; i < 1000; i++) {
        while (mailbox_post(fixture->mailbox, &numbers[i]) == ERR_BUSY) {
            uv_sleep(1);
        }
    }
}

static void messages_of_another_thread_arrive_in_order(void)
{
    struct fixture fixture = {.in_order = true};
    uv_thread_t thread;

    CHECK(loop_create(&fixture.loop) == OK);
    CHECK(mailbox_create(fixture.loop, 8, on_mail, &fixture, &fixture.mailbox) == OK);
    CHECK(uv_thread_create(&thread, post_all, &fixture) == 0);
    loop_run(fixture.loop);
    CHECK(uv_thread_join(&thread) == 0);
    CHECK(fixture.count == 1000 && fixture.in_order);
    mailbox_destroy(fixture.mailbox);
    loop_drain(fixture.loop);
    loop_destroy(fixture.loop);
}

static void a_full_mailbox_refuses_and_its_end_hands_on_the_rest(void)
{
    struct fixture fixture = {.in_order = true};

    CHECK(loop_create(&fixture.loop) == OK);
    CHECK(mailbox_create(fixture.loop, 2, on_mail, &fixture, &fixture.mailbox) == OK);
    CHECK(mailbox_post(fixture.mailbox, &numbers[0]) == OK);
    CHECK(mailbox_post(fixture.mailbox, &numbers[1]) == OK);
    CHECK(mailbox_post(fixture.mailbox, &numbers[2]) == ERR_BUSY);
    CHECK(fixture.count == 0);
    mailbox_destroy(fixture.mailbox);
    CHECK(fixture.count == 2 && fixture.in_order);
    loop_drain(fixture.loop);
    loop_destroy(fixture.loop);
}

/* Runs on the worker's thread; read after worker_destroy has joined it. */
static void on_batch(void *arg, void **messages, uint32_t count)
{
    struct fixture *fixture = arg;

    if (count == 0) {
        fixture->idle++;
    }
    for (uint32_t i = 0; i < count; i++) {
        fixture->in_order = fixture->in_order && messages[i] == &numbers[fixture->count];
        fixture->count++;
    }
    fixture->batches++;
}

static void a_worker_handles_all_before_it_ends(void)
{
    struct fixture fixture = {.in_order = true};
    struct worker *worker = NULL;

    CHECK(worker_create("test", CONFINE_NOTHING, 100, 16, 0, on_batch, &fixture, &worker) == OK);
    for (int i = 0; i < 1000; i++) {
        while (worker_post(worker, &numbers[i]) == ERR_BUSY) {
            uv_sleep(1);
        }
    }
    worker_destroy(worker);
    CHECK(fixture.count == 1000 && fixture.in_order);
    CHECK(fixture.batches >= 1000 / 16 && fixture.idle == 0);
}

static void an_idle_worker_is_called_without_messages(void)
{
    struct fixture fixture = {.in_order = true};
    struct worker *worker = NULL;

    CHECK(worker_create("test", CONFINE_NOTHING, 1, 1, 5, on_batch, &fixture, &worker) == OK);
    uv_sleep(100);
    worker_destroy(worker);
    CHECK(fixture.idle > 0 && fixture.count == 0);
}

static void slow_work(void *arg)
{
    (void)arg;
    uv_sleep(2);
}

static void on_done(void *arg, enum err err)
{
    struct fixture *fixture = arg;

    fixture->count++;
    fixture->closed += err == ERR_CLOSED ? 1 : 0;
    if (fixture->count == 4) {
        loop_stop(fixture->loop);
    }
}

static void slow_work_comes_back_on_the_loop_and_is_bounded(void)
{
    struct fixture fixture = {0};
    struct offload *offload = NULL;
    uint32_t taken = 0;
    bool refused = false;

    CHECK(loop_create(&fixture.loop) == OK);
    CHECK(offload_create(fixture.loop, CONFINE_NOTHING, 1, 3, &offload) == OK);
    for (int i = 0; i < 4; i++) {
        enum err err = offload_run(offload, slow_work, on_done, &fixture);

        taken += err == OK ? 1 : 0;
    }
    for (int i = 0; i < 100 && !refused; i++) {
        enum err err = offload_run(offload, slow_work, on_done, &fixture);

        taken += err == OK ? 1 : 0;
        refused = err == ERR_BUSY;
    }
    CHECK(refused && taken >= 3);
    if (taken >= 4) {
        loop_run(fixture.loop);
        CHECK(fixture.closed == 0);
    }
    offload_destroy(offload);
    CHECK(fixture.count == taken);
    loop_drain(fixture.loop);
    loop_destroy(fixture.loop);
}

static void the_end_of_a_pool_drops_what_waits(void)
{
    struct fixture fixture = {0};
    struct offload *offload = NULL;
    uint32_t taken = 0;

    CHECK(loop_create(&fixture.loop) == OK);
    CHECK(offload_create(fixture.loop, CONFINE_NOTHING, 1, 50, &offload) == OK);
    for (int i = 0; i < 50; i++) {
        taken += offload_run(offload, slow_work, on_done, &fixture) == OK ? 1 : 0;
    }
    offload_destroy(offload);
    CHECK(fixture.count == taken && fixture.closed > 0);
    loop_drain(fixture.loop);
    loop_destroy(fixture.loop);
}

struct pair {
    struct reactor *reactor;
    uv_thread_t thread;
    uint32_t count;
};

static void on_reactor_message(void *arg, void *message)
{
    struct pair *pair = arg;

    (void)message;
    pair->thread = uv_thread_self();
    pair->count++;
}

static void a_reactor_takes_messages_on_its_own_thread(void)
{
    struct pair pair = {0};
    uv_thread_t self = uv_thread_self();
    uint64_t end_ns = testpeer_end_ns();

    CHECK(reactor_create("test", CONFINE_NOTHING, 4, on_reactor_message, &pair, &pair.reactor) ==
          OK);
    CHECK(reactor_start(pair.reactor) == OK);
    for (int i = 0; i < 100; i++) {
        while (reactor_post(pair.reactor, &pair) != OK && uv_hrtime() < end_ns) {
        }
    }
    reactor_stop(pair.reactor);
    reactor_stop(pair.reactor);
    CHECK(pair.count > 90 && !uv_thread_equal(&pair.thread, &self));
    reactor_destroy(pair.reactor); /* hands over what was left */
    CHECK(pair.count == 100);
}

UNIT(a_reactor_takes_messages_on_its_own_thread, the_deadline_is_never_early_and_can_be_replaced,
     a_signal_arrives_on_the_loop, messages_of_another_thread_arrive_in_order,
     a_full_mailbox_refuses_and_its_end_hands_on_the_rest, a_worker_handles_all_before_it_ends,
     an_idle_worker_is_called_without_messages, slow_work_comes_back_on_the_loop_and_is_bounded,
     the_end_of_a_pool_drops_what_waits)
