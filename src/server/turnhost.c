/* SPDX-License-Identifier: Apache-2.0 */
#include "server/turnhost.h"

#include <stdio.h>

#include "base/log.h"
#include "base/mem.h"
#include "crypto/random.h"
#include "net/process.h"
#include "net/sources.h"
#include "turn/reservations.h"
#include "turn/strangers.h"
#include "turn/users.h"

enum {
    LOOK_MS = 250, /* while it drains, and while a worker has no room for orders */
    WORKER_PORTS_MIN = 32,
};

struct turnhost {
    struct turnhost_params params;
    struct credential_secrets secrets;
    struct users *users; /* of all workers */
    struct strangers *strangers;
    struct sources *conn_sources;
    struct sources *dtls_sources;
    struct reservations *reservations;
    struct mailbox *mailbox;
    struct turnworker *workers[TURNWORKERS_MAX];
    uint32_t worker_count;
    bool peers_old[TURNWORKERS_MAX];   /* the worker does not know the peer filter yet */
    bool secrets_old[TURNWORKERS_MAX]; /* nor the secrets */
    uint32_t next_worker;              /* who gets the next connection */
    bool runs;
    bool draining;
    char urls[TURNHOST_URLS_MAX][TURNHOST_URL_SIZE];
    struct slice url_slices[TURNHOST_URLS_MAX];
    uint32_t url_count;
    /* one question at a time */
    uint32_t answers_missing;
    struct turnworker_answer answers[TURNWORKERS_MAX];
    struct turnhost_stats stats;
    void (*on_stats)(void *arg, const struct turnhost_stats *stats);
    void *stats_arg;
    void (*on_idle)(void *arg);
    void *idle_arg;
    uint64_t look_ms;
    uint64_t retry_ms;
};

/* ---- answers of workers ---- */

static void on_answer(void *arg, void *message)
{
    struct turnhost *host = arg;
    const struct turnworker_answer *answer = message;

    for (int i = 0; i < TURN_TRANSPORTS; i++) {
        host->stats.allocations[i] += answer->stats.allocations[i];
    }
    host->stats.relays_open += answer->stats.relays_open;
    host->stats.conns += answer->conns;
    host->stats.bytes += answer->stats.bytes_from_clients + answer->stats.bytes_to_clients;
    host->stats.packets += answer->stats.packets_from_clients + answer->stats.packets_to_clients;
    if (host->answers_missing > 0 && --host->answers_missing == 0 && host->runs) {
        host->on_stats(host->stats_arg, &host->stats);
    }
}

enum err turnhost_ask(struct turnhost *host,
                      void (*on_stats)(void *arg, const struct turnhost_stats *stats), void *arg)
{
    if (!turnhost_runs(host)) {
        return ERR_STATE;
    }
    if (host->answers_missing > 0) {
        return ERR_BUSY;
    }
    host->stats =
        (struct turnhost_stats){.workers = host->worker_count, .draining = host->draining};
    host->on_stats = on_stats;
    host->stats_arg = arg;
    host->answers_missing = host->worker_count;
    for (uint32_t i = 0; i < host->worker_count; i++) {
        turnworker_ask(host->workers[i], &host->answers[i]);
    }
    return OK;
}

/* ---- life ---- */

enum err turnhost_create(const struct turnhost_params *params, struct turnhost **out)
{
    struct turnhost *host = mem_alloc(sizeof *host);

    *out = NULL;
    if (host == NULL) {
        return ERR_NOMEM;
    }
    host->params = *params;
    host->look_ms = UINT64_MAX;
    host->retry_ms = UINT64_MAX;
    credential_secrets_init(&host->secrets, slice_from(params->secret, sizeof params->secret),
                            (struct slice){0});
    enum err err = mailbox_create(params->loop, TURNWORKERS_MAX, on_answer, host, &host->mailbox);
    if (err != OK) {
        mem_free(host);
        return err;
    }
    random_bytes(host->params.turn.key, sizeof host->params.turn.key);
    host->params.turn.secrets = &host->secrets;
    host->params.turn.peers = &host->params.peers;
    *out = host;
    return OK;
}

static void stop_workers(struct turnhost *host)
{
    host->runs = false;
    for (uint32_t i = 0; i < host->worker_count; i++) {
        turnworker_stop(host->workers[i]);
    }
    for (uint32_t i = 0; i < host->worker_count; i++) {
        turnworker_destroy(host->workers[i]);
    }
    host->worker_count = 0;
    users_destroy(host->users);
    host->users = NULL;
    strangers_destroy(host->strangers);
    host->strangers = NULL;
    reservations_destroy(host->reservations);
    host->reservations = NULL;
    sources_destroy(host->conn_sources);
    host->conn_sources = NULL;
    sources_destroy(host->dtls_sources);
    host->dtls_sources = NULL;
}

void turnhost_destroy(struct turnhost *host)
{
    if (host == NULL) {
        return;
    }
    bool asked = host->answers_missing > 0; /* the mailbox still hands over what lies in it */
    stop_workers(host);
    mailbox_destroy(host->mailbox);
    if (asked) {
        host->on_stats(host->stats_arg, NULL);
    }
    mem_wipe(host, sizeof *host);
    mem_free(host);
}

static uint32_t count_workers(const struct turnhost *host)
{
    const struct turn_config *turn = &host->params.turn;
    uint32_t count = host->params.workers == 0 ? process_cores() : host->params.workers;
    /* Ports are dealt once: a worker without enough of them refuses while others have some. */
    uint32_t enough = (turn->relay_port_max - turn->relay_port_min + 1U) / WORKER_PORTS_MIN;

    enough = enough == 0 ? 1 : enough;
    count = count < enough ? count : enough;
    return count < TURNWORKERS_MAX ? count : TURNWORKERS_MAX;
}

/* What all workers have together, so that a limit is one for all of them. */
static enum err make_shared(struct turnhost *host, struct turnworker_params *worker)
{
    uint64_t key = 0;

    memcpy(&key, worker->turn.key, sizeof key);
    enum err err = users_create(&worker->turn.limits, &host->users);
    err = err == OK ? strangers_create(&worker->turn.limits, key, &host->strangers) : err;
    err = err == OK ? reservations_create(&host->reservations) : err;
    err = err == OK ? sources_create(worker->conns.count_max, &host->conn_sources) : err;
    err = err == OK ? sources_create(worker->dtls.count_max, &host->dtls_sources) : err;
    worker->turn.users = host->users;
    worker->turn.strangers = host->strangers;
    worker->turn.reservations = host->reservations;
    worker->conn_sources = host->conn_sources;
    worker->dtls_sources = host->dtls_sources;
    return err;
}

static enum err make_workers(struct turnhost *host, const struct addr *listen, uint32_t count)
{
    struct turnworker_params worker = {.turn = host->params.turn,
                                       .conns = host->params.conns,
                                       .tls = host->params.tls,
                                       .dtls = host->params.dtls,
                                       .listen_count = count,
                                       .kind = host->params.kind,
                                       .coalesce_us = host->params.coalesce_us,
                                       .buffer_bytes = host->params.buffer_bytes,
                                       .host = host->mailbox};
    enum err err = OK;

    ASSERT(count <= TURNWORKER_LISTEN_MAX);
    memcpy(worker.listen, listen, count * sizeof listen[0]);
    worker.turn.workers = count_workers(host);
    err = make_shared(host, &worker);
    for (uint32_t i = 0; err == OK && i < worker.turn.workers; i++) {
        worker.turn.worker = i;
        err = turnworker_create(&worker, &host->workers[i]);
        host->worker_count += err == OK ? 1 : 0;
    }
    return err;
}

enum err turnhost_start(struct turnhost *host, const struct addr *listen, uint32_t count)
{
    enum err err = make_workers(host, listen, count);

    for (uint32_t i = 0; i < host->worker_count; i++) {
        turnworker_meet(host->workers[i], host->workers);
    }
    for (uint32_t i = 0; err == OK && i < host->worker_count; i++) {
        err = turnworker_start(host->workers[i]);
    }
    if (err != OK) {
        stop_workers(host);
        return err;
    }
    host->runs = true;
    return OK;
}

bool turnhost_runs(const struct turnhost *host)
{
    return host != NULL && host->runs;
}

static void on_stun(void *arg, struct conn_handoff *handoff)
{
    struct turnhost *host = arg;

    if (!host->runs) {
        stunconn_refuse(handoff);
        return;
    }
    turnworker_adopt(host->workers[host->next_worker++ % host->worker_count], handoff);
}

struct http_stun turnhost_stun(struct turnhost *host)
{
    return (struct http_stun){.on_stun = on_stun, .arg = host};
}

/* ---- what browsers are told ---- */

enum err turnhost_add_url(struct turnhost *host, const char *url)
{
    size_t size = strlen(url);

    if (host->url_count == TURNHOST_URLS_MAX) {
        return ERR_LIMIT;
    }
    if (size >= TURNHOST_URL_SIZE) {
        return ERR_INVALID;
    }
    memcpy(host->urls[host->url_count], url, size + 1);
    host->url_slices[host->url_count] = slice_from(host->urls[host->url_count], size);
    host->url_count++;
    return OK;
}

void turnhost_forget_urls(struct turnhost *host)
{
    host->url_count = 0;
}

uint32_t turnhost_urls(const struct turnhost *host, const struct slice **out)
{
    *out = host->url_slices;
    return host->url_count;
}

enum err turnhost_issue(struct turnhost *host, const struct id *user, const struct id *call,
                        uint64_t now_s, struct credential *out)
{
    char user_text[ID_TEXT_SIZE];
    char call_text[ID_TEXT_SIZE];

    if (!turnhost_runs(host) || host->draining) {
        return ERR_STATE;
    }
    id_format(user, user_text);
    id_format(call, call_text);
    enum err err = credential_issue(&host->secrets, now_s + host->params.credential_s,
                                    slice_text(user_text), slice_text(call_text), out);
    for (uint32_t i = 0; err == OK && i < host->worker_count; i++) {
        turnworker_add_name(host->workers[i], slice_text(out->name));
    }
    return err;
}

bool turnhost_offer(struct turnhost *host, const struct id *user, const struct id *call,
                    uint64_t now_s, struct credential *credential, struct message_ice_server *out)
{
    if (host == NULL || host->url_count == 0 ||
        turnhost_issue(host, user, call, now_s, credential) != OK) {
        return false;
    }
    *out = (struct message_ice_server){.urls = host->url_slices,
                                       .urls_count = host->url_count,
                                       .username = slice_text(credential->name),
                                       .credential = slice_text(credential->password)};
    return true;
}

static enum err tell_peers(const struct turnhost *host, struct turnworker *worker)
{
    const struct turn_config *turn = &host->params.turn;
    struct turnworker_peers peers = {.filter = host->params.peers};

    memcpy(peers.local, turn->relay_local, sizeof peers.local);
    memcpy(peers.shown, turn->relay_public, sizeof peers.shown);
    return turnworker_set_peers(worker, &peers);
}

/* Ended calls, peer filters and secrets that a worker had no room for. */
static void retry(struct turnhost *host)
{
    bool waits = false;

    for (uint32_t i = 0; i < host->worker_count; i++) {
        host->peers_old[i] = host->peers_old[i] && tell_peers(host, host->workers[i]) != OK;
        host->secrets_old[i] =
            host->secrets_old[i] && turnworker_set_secrets(host->workers[i], &host->secrets) != OK;
        waits = host->peers_old[i] || host->secrets_old[i] || waits;
        waits = turnworker_retry(host->workers[i]) || waits;
    }
    host->retry_ms = waits ? loop_now_ms(host->params.loop) + LOOK_MS : UINT64_MAX;
}

void turnhost_revoke(struct turnhost *host, const struct id *call)
{
    char text[ID_TEXT_SIZE];

    if (!turnhost_runs(host)) {
        return;
    }
    id_format(call, text);
    for (uint32_t i = 0; i < host->worker_count; i++) {
        turnworker_revoke(host->workers[i], slice_text(text));
    }
    retry(host);
}

void turnhost_set_peers(struct turnhost *host, const struct addr local[2],
                        const struct addr shown[2], const struct peerfilter *filter)
{
    struct turn_config *turn = &host->params.turn;

    host->params.peers = *filter;
    memcpy(turn->relay_local, local, sizeof turn->relay_local);
    memcpy(turn->relay_public, shown, sizeof turn->relay_public);
    if (!turnhost_runs(host)) {
        return; /* workers are made with it */
    }
    for (uint32_t i = 0; i < host->worker_count; i++) {
        host->peers_old[i] = true;
    }
    retry(host);
}

void turnhost_set_secrets(struct turnhost *host, const uint8_t current[TURNHOST_SECRET_SIZE],
                          const uint8_t *previous)
{
    credential_secrets_init(&host->secrets, slice_from(current, TURNHOST_SECRET_SIZE),
                            slice_from(previous, previous == NULL ? 0 : TURNHOST_SECRET_SIZE));
    if (!turnhost_runs(host)) {
        return; /* workers are made with them */
    }
    for (uint32_t i = 0; i < host->worker_count; i++) {
        host->secrets_old[i] = true;
    }
    retry(host);
}

/* ---- the end in good order ---- */

static void on_drain_stats(void *arg, const struct turnhost_stats *stats)
{
    struct turnhost *host = arg;
    uint32_t live = 0;

    if (stats == NULL) {
        return;
    }
    for (int i = 0; i < TURN_TRANSPORTS; i++) {
        live += stats->allocations[i];
    }
    if (live == 0) {
        host->look_ms = UINT64_MAX;
        host->on_idle(host->idle_arg);
    } else {
        host->look_ms = loop_now_ms(host->params.loop) + LOOK_MS;
    }
}

void turnhost_tick(struct turnhost *host, uint64_t now_ms)
{
    if (host == NULL) {
        return;
    }
    if (host->retry_ms <= now_ms) {
        retry(host);
    }
    if (host->look_ms <= now_ms) {
        host->look_ms = now_ms + LOOK_MS; /* if somebody else is asking */
        if (turnhost_ask(host, on_drain_stats, host) == OK) {
            host->look_ms = UINT64_MAX;
        }
    }
}

uint64_t turnhost_next_ms(const struct turnhost *host)
{
    if (host == NULL) {
        return UINT64_MAX;
    }
    return host->look_ms < host->retry_ms ? host->look_ms : host->retry_ms;
}

void turnhost_drain(struct turnhost *host, void (*on_idle)(void *arg), void *arg)
{
    if (!turnhost_runs(host)) {
        on_idle(arg);
        return;
    }
    ASSERT(!host->draining);
    host->draining = true;
    host->on_idle = on_idle;
    host->idle_arg = arg;
    host->look_ms = 0;
    for (uint32_t i = 0; i < host->worker_count; i++) {
        turnworker_drain(host->workers[i], &host->params.alternate);
    }
}
