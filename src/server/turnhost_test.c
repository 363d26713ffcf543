/* SPDX-License-Identifier: Apache-2.0 */
/* The workers of a process as one server. */
#include "server/testturn.h"

#define NOW_S 1700000000

static uint32_t answers;
static uint32_t idle;
static bool without_stats;
static struct turnhost_stats stats;
static const struct id ann = {.bytes = {1}};
static const struct id call = {.bytes = {2}};

static void on_stats(void *arg, const struct turnhost_stats *told)
{
    (void)arg;
    answers++;
    without_stats = told == NULL;
    if (told != NULL) {
        stats = *told;
    }
}

static void on_idle(void *arg)
{
    (void)arg;
    idle++;
}

static void set_up(void)
{
    answers = 0;
    idle = 0;
    without_stats = false;
    testturn_create();
}

static void all_workers_answer_together(void)
{
    set_up();
    CHECK(!turnhost_runs(testturn.host) && !turnhost_runs(NULL));
    CHECK(turnhost_ask(testturn.host, on_stats, NULL) == ERR_STATE);
    testturn_start();
    CHECK(turnhost_runs(testturn.host));
    CHECK(turnhost_ask(testturn.host, on_stats, NULL) == OK);
    CHECK(turnhost_ask(testturn.host, on_stats, NULL) == ERR_BUSY);
    testturn_run_until(&answers, 1);
    CHECK(!without_stats && stats.workers == TESTTURN_WORKERS && !stats.draining);
    CHECK(turnhost_ask(testturn.host, on_stats, NULL) == OK); /* again */
    testturn_run_until(&answers, 2);
    testturn_tear_down();
}

static void who_asks_is_told_when_the_host_goes(void)
{
    set_up();
    testturn_start();
    CHECK(turnhost_ask(testturn.host, on_stats, NULL) == OK);
    testturn_tear_down();
    CHECK(answers == 1 && without_stats);
}

static void a_port_that_is_taken_is_told_and_another_one_is_good(void)
{
    set_up();
    CHECK(turnhost_start(testturn.host, &testturn.listen, 1) == ERR_EXISTS);
    CHECK(!turnhost_runs(testturn.host));
    testturn_start(); /* the port is free now */
    CHECK(turnhost_runs(testturn.host));
    testturn_tear_down();
}

static void browsers_are_told_addresses_and_a_credential(void)
{
    char long_url[TURNHOST_URL_SIZE + 1];
    const struct slice *urls = NULL;
    struct credential credential;
    struct message_ice_server server;

    set_up();
    CHECK(!turnhost_offer(NULL, &ann, &call, NOW_S, &credential, &server));
    CHECK(turnhost_issue(testturn.host, &ann, &call, NOW_S, &credential) == ERR_STATE);
    testturn_start();
    CHECK(!turnhost_offer(testturn.host, &ann, &call, NOW_S, &credential, &server));
    for (uint32_t i = 0; i < TURNHOST_URLS_MAX; i++) {
        CHECK(turnhost_add_url(testturn.host, "turn:localhost") == OK);
    }
    CHECK(turnhost_add_url(testturn.host, "turn:localhost") == ERR_LIMIT);
    CHECK(turnhost_urls(testturn.host, &urls) == TURNHOST_URLS_MAX);
    CHECK(slice_equal(urls[TURNHOST_URLS_MAX - 1], SLICE("turn:localhost")));
    CHECK(turnhost_offer(testturn.host, &ann, &call, NOW_S, &credential, &server));
    CHECK(server.urls_count == TURNHOST_URLS_MAX && server.credential.size > 0);
    CHECK(memcmp(server.username.data, "1700000060:", 11) == 0); /* for a minute */
    testturn_tear_down();

    set_up();
    memset(long_url, 'a', sizeof long_url);
    long_url[TURNHOST_URL_SIZE] = '\0';
    CHECK(turnhost_add_url(testturn.host, long_url) == ERR_INVALID);
    testturn_tear_down();
}

static void a_host_that_drains_gives_nothing_out_and_says_when_it_is_idle(void)
{
    struct credential credential;

    set_up();
    turnhost_drain(testturn.host, on_idle, NULL); /* it does not run: idle at once */
    CHECK(idle == 1 && turnhost_next_ms(testturn.host) == UINT64_MAX);
    testturn_start();
    CHECK(turnhost_issue(testturn.host, &ann, &call, NOW_S, &credential) == OK);
    turnhost_revoke(testturn.host, &call);
    turnhost_drain(testturn.host, on_idle, NULL);
    CHECK(turnhost_issue(testturn.host, &ann, &call, NOW_S, &credential) == ERR_STATE);
    testturn_run_until(&idle, 2);
    CHECK(turnhost_ask(testturn.host, on_stats, NULL) == OK);
    testturn_run_until(&answers, 1);
    CHECK(stats.draining);
    testturn_tear_down();
}

static void another_secret_signs_and_arrives_at_workers(void)
{
    static const uint8_t secret[TURNHOST_SECRET_SIZE] = "another one of thirty-two bytes";
    struct credential before;
    struct credential after;

    set_up();
    testturn_start();
    CHECK(turnhost_issue(testturn.host, &ann, &call, NOW_S, &before) == OK);
    turnhost_set_secrets(testturn.host, secret, secret);
    CHECK(turnhost_issue(testturn.host, &ann, &call, NOW_S, &after) == OK);
    CHECK(strcmp(before.name, after.name) == 0 && strcmp(before.password, after.password) != 0);
    turnhost_tick(testturn.host, UINT64_MAX - 1); /* where memory was short */
    testturn_tear_down();
}

static void without_a_host_there_are_no_timers(void)
{
    turnhost_tick(NULL, 0);
    CHECK(turnhost_next_ms(NULL) == UINT64_MAX);
    turnhost_destroy(NULL);
}

UNIT(all_workers_answer_together, who_asks_is_told_when_the_host_goes,
     a_port_that_is_taken_is_told_and_another_one_is_good,
     browsers_are_told_addresses_and_a_credential,
     a_host_that_drains_gives_nothing_out_and_says_when_it_is_idle,
     another_secret_signs_and_arrives_at_workers, without_a_host_there_are_no_timers)
