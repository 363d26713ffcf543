/* SPDX-License-Identifier: Apache-2.0 */
/* A worker that has no time for its inbox: what it is told all the same. */
#include "server/turnworker.h"

#include "net/loop.h"
#include "net/sources.h"
#include "turn/reservations.h"
#include "turn/strangers.h"
#include "turn/users.h"
#include "unit.h"

#define NAMES 5000 /* more than an inbox takes */
#define CALLS 20
#define PATIENCE_MS 20000

static struct loop *loop;
static struct mailbox *host;
static struct users *users;
static struct strangers *strangers;
static struct sources *sources;
static struct reservations *reservations;
static struct turnworker *worker;
static struct turnworker_answer answer;
static uint32_t answers;

static void tear_down(void)
{
    if (worker != NULL) {
        turnworker_stop(worker);
    }
    turnworker_destroy(worker);
    worker = NULL;
    users_destroy(users);
    strangers_destroy(strangers);
    sources_destroy(sources);
    reservations_destroy(reservations);
    mailbox_destroy(host);
    if (loop != NULL) {
        loop_set_deadline(loop, UINT64_MAX, NULL, NULL);
        loop_drain(loop);
    }
    loop_destroy(loop);
}

/* Asks until everything has arrived that waited; where memory fails, not all of it does. */
static void on_answer(void *arg, void *message)
{
    (void)arg;
    CHECK(message == &answer);
    answers++;
    if (worker == NULL) {
        return; /* it came too late */
    }
    if (turnworker_retry(worker) || (answer.stats.calls_ended < CALLS && !unit_replaying())) {
        turnworker_ask(worker, &answer);
    } else {
        loop_stop(loop);
    }
}

static void on_late(void *arg)
{
    (void)arg;
    loop_stop(loop);
}

/* It does not run yet. */
static void set_up(void)
{
    static const struct credential_secrets secrets;
    static const struct peerfilter peers;
    struct turnworker_params params = {.turn = {.secrets = &secrets,
                                                .peers = &peers,
                                                .relay_port_min = 50000,
                                                .relay_port_max = 50099,
                                                .workers = 1}};
    loop = NULL;
    host = NULL;
    users = NULL;
    strangers = NULL;
    sources = NULL;
    reservations = NULL;
    worker = NULL;
    answers = 0;
    unit_finally(tear_down);
    CHECK(loop_create(&loop) == OK);
    CHECK(mailbox_create(loop, 1, on_answer, NULL, &host) == OK);
    turn_limits_default(&params.turn.limits);
    params.turn.limits.allocations_max = 10;
    params.turn.limits.revoked_max = CALLS;
    params.turn.relay_public[0] = addr_v4(127, 0, 0, 1, 0);
    params.turn.relay_local[0] = params.turn.relay_public[0];
    params.conns = (struct stunconn_limits){.count_max = 4};
    params.host = host;
    CHECK(users_create(&params.turn.limits, &users) == OK);
    params.turn.users = users;
    CHECK(strangers_create(&params.turn.limits, 42, &strangers) == OK);
    params.turn.strangers = strangers;
    CHECK(reservations_create(&reservations) == OK);
    params.turn.reservations = reservations;
    CHECK(sources_create(4, &sources) == OK);
    params.conn_sources = sources;
    CHECK(turnworker_create(&params, &worker) == OK);
}

static void what_a_worker_must_know_arrives_though_its_inbox_is_full(void)
{
    static const struct turn_alternate nowhere;
    set_up();
    for (int i = 0; i < NAMES && !unit_replaying(); i++) {
        turnworker_add_name(worker, SLICE("1:anna:call"));
    }
    for (uint8_t i = 0; i < CALLS; i++) {
        const uint8_t call[] = {'c', (uint8_t)('a' + i)};
        turnworker_revoke(worker, slice_from(call, sizeof(call)));
    }
    CHECK(turnworker_retry(worker) || unit_replaying());
    turnworker_drain(worker, &nowhere);
    turnworker_ask(worker, &answer);
    loop_set_deadline(loop, loop_now_ms(loop) + PATIENCE_MS, on_late, NULL);
    CHECK(turnworker_start(worker) == OK);
    loop_run(loop);
    CHECK(answers > 0 && answer.stats.calls_ended == CALLS && !turnworker_retry(worker));
    tear_down();
}

UNIT(what_a_worker_must_know_arrives_though_its_inbox_is_full)
