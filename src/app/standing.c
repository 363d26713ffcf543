/* SPDX-License-Identifier: Apache-2.0 */
#include "app/standing.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/confining.h"
#include "base/mem.h"
#include "net/notify.h"
#include "net/reactor.h"
#include "net/worker.h"
#include "server/metrics.h"
#include "server/nodedoor.h"

#define TRY_MS 250 /* how often the lease is asked for */
#define NEWS_MAX 16

/* Where the portal is: from the thread that asks for the lease to that of the door. */
struct news {
    struct addr leader;
};

struct standing {
    const struct config *config;
    struct lease *lease;
    struct lease_holder holder; /* as was told last; of the worker, at the end of the owner */
    pthread_mutex_t lock;       /* around both; the owner waits for one of them */
    pthread_cond_t wake;
    bool leads;
    bool ends;
    struct reactor *reactor;
    struct worker *worker;
    struct tls_context *tls;   /* for browsers; NULL: plain */
    struct tls_context *calls; /* to the node that has the portal */
    struct http_server *http;
    struct nodedoor door;
    struct metrics metrics;
    uint32_t alive_every_ms;
};

/* Says that the wait of the owner is over. */
static void wake_owner(struct standing *standing, bool *why)
{
    (void)pthread_mutex_lock(&standing->lock);
    *why = true;
    (void)pthread_cond_signal(&standing->wake);
    (void)pthread_mutex_unlock(&standing->lock);
}

/* ERR_CLOSED: the end is asked for. */
static enum err wait_for_either(struct standing *standing)
{
    (void)pthread_mutex_lock(&standing->lock);
    while (!standing->leads && !standing->ends) {
        (void)pthread_cond_wait(&standing->wake, &standing->lock);
    }
    enum err err = standing->ends ? ERR_CLOSED : OK;
    (void)pthread_mutex_unlock(&standing->lock);
    return err;
}

/* ---- the lease, on a thread of its own ---- */

static struct addr address_of(const struct lease_holder *holder)
{
    struct addr addr;
    bool known = addr_parse(slice_text(holder->address), &addr) == OK;
    return known ? addr : (struct addr){0};
}

static void tell(struct standing *standing, const struct lease_holder *holder)
{
    struct news *news = mem_alloc(sizeof(*news));
    if (news == NULL) {
        return; /* the next look tells it */
    }
    news->leader = address_of(holder);
    if (reactor_post(standing->reactor, news) != OK) {
        mem_free(news);
        return;
    }
    log_info("the portal is at", "address=%s epoch=%lld", holder->address,
             (long long)holder->epoch);
    standing->holder = *holder;
}

static void on_batch(void *arg, void **messages, uint32_t count)
{
    struct standing *standing = arg;
    struct lease_holder holder;
    (void)messages;
    (void)count;
    if (standing->leads) {
        return; /* nobody else writes it */
    }
    enum err err = lease_try(standing->lease, &holder);
    if (err == OK) {
        standing->holder = holder;
        wake_owner(standing, &standing->leads);
        return;
    }
    /* Not to reach the database says nothing of the other node: browsers go on there. */
    if (err == ERR_BUSY && (holder.epoch != standing->holder.epoch ||
                            strcmp(holder.address, standing->holder.address) != 0)) {
        tell(standing, &holder);
    }
}

/* ---- the door, on the thread of the reactor ---- */

static void on_news(void *arg, void *message)
{
    struct standing *standing = arg;
    struct news *news = message;
    nodedoor_set_leader(&standing->door, &news->leader);
    mem_free(news);
}

static void on_signal(void *arg, int signal_number)
{
    struct standing *standing = arg;
    if (signal_number != SIGHUP) {
        log_info("ending in good order", "signal=%d", signal_number);
        notify_send("STOPPING=1");
        wake_owner(standing, &standing->ends);
        return;
    }
    notify_reloading();
    if (standing->tls != NULL && tls_context_reload(standing->tls) == OK) {
        log_info("certificate read again", "file=%s", standing->config->tls_cert);
    }
    notify_send("READY=1");
}

static void on_alive(void *arg)
{
    struct standing *standing = arg;
    struct loop *loop = reactor_loop(standing->reactor);
    notify_send("WATCHDOG=1");
    loop_set_deadline(loop, loop_now_ms(loop) + standing->alive_every_ms, on_alive, standing);
}

static const char *unready(void *arg)
{
    const struct standing *standing = arg;
    return standing->door.leader.family != ADDR_NONE ? NULL : "no node has the portal";
}

static void collect(void *arg, struct metrics_gauges *out)
{
    const struct standing *standing = arg;
    metrics_add(out, "info{version=\"" VISAVIS_VERSION "\"}", "the program's version", 1);
    metrics_add(out, "ready", "1 when /readyz says so", unready(arg) == NULL ? 1 : 0);
    metrics_add(out, "node_leads", "1 when this node has the portal, 0 while it is a door", 0);
    metrics_add(out, "node_connections", "connections of browsers that are passed on now",
                nodepass_count(standing->door.passed));
}

/* ---- start and end ---- */

static enum err listen_http(struct standing *standing)
{
    const struct config *config = standing->config;
    struct http_params params = {.loop = reactor_loop(standing->reactor),
                                 .address = config->listen_address,
                                 .port = (uint16_t)config->listen_port,
                                 .tls = standing->tls,
                                 .limits = config->http,
                                 .handler = nodedoor_handler(&standing->door),
                                 .pass = nodedoor_pass(&standing->door)};
    (void)config_prefixes(config->http_proxies, HTTP_PROXIES_MAX, params.proxies.list,
                          &params.proxies.count); /* config_check has looked */
    return http_server_create(&params, &standing->door.server);
}

static enum err listen_metrics(struct standing *standing)
{
    const struct config *config = standing->config;
    struct http_params params = {.loop = reactor_loop(standing->reactor),
                                 .address = config->metrics_address,
                                 .port = (uint16_t)config->metrics_port,
                                 .limits = config->http,
                                 .handler = metrics_handler(&standing->metrics)};
    standing->metrics.collect = collect;
    standing->metrics.unready = unready;
    standing->metrics.arg = standing;
    if (config->metrics_address[0] == '\0') {
        return OK;
    }
    enum err err = http_server_create(&params, &standing->metrics.server);
    if (err == OK) {
        log_info("metrics can be read", "address=%s port=%u", config->metrics_address,
                 (unsigned)http_server_port(standing->metrics.server));
    }
    return err;
}

static enum err watch_signals(struct standing *standing)
{
    struct loop *loop = reactor_loop(standing->reactor);
    enum err err = loop_on_signal(loop, SIGINT, on_signal, standing);
    err = err == OK ? loop_on_signal(loop, SIGTERM, on_signal, standing) : err;
    return err == OK ? loop_on_signal(loop, SIGHUP, on_signal, standing) : err;
}

static enum err make(struct standing *standing, const uint8_t *key)
{
    const struct config *config = standing->config;
    enum err err = nodetls_create(key, true, &standing->calls);
    if (err == OK && config->tls_cert[0] != '\0') {
        err = tls_context_create(config->tls_cert, config->tls_key, &standing->tls);
    }
    if (err == OK) {
        err = reactor_create("door", confining_kind(config, CONFINE_LOOP), NEWS_MAX, on_news,
                             standing, &standing->reactor);
    }
    if (err == OK) {
        err = nodepass_create(reactor_loop(standing->reactor), standing->calls,
                              config->http.connections_max, &standing->door.passed);
    }
    err = err == OK ? listen_http(standing) : err;
    err = err == OK ? listen_metrics(standing) : err;
    err = err == OK ? watch_signals(standing) : err;
    standing->alive_every_ms = notify_watchdog_ms();
    if (err == OK && standing->alive_every_ms != 0) {
        on_alive(standing);
    }
    err = err == OK ? reactor_start(standing->reactor) : err;
    if (err == OK) {
        err = worker_create("lease", confining_kind(config, CONFINE_DATABASE), 1, 1, TRY_MS,
                            on_batch, standing, &standing->worker);
    }
    return err;
}

static void close_server(struct http_server *server)
{
    if (server != NULL) {
        http_server_give_back(server);
        http_server_destroy(server);
    }
}

static void end(struct standing *standing)
{
    worker_destroy(standing->worker);
    if (standing->reactor != NULL) {
        reactor_stop(standing->reactor);
        loop_set_deadline(reactor_loop(standing->reactor), UINT64_MAX, on_alive, standing);
        close_server(standing->door.server);
        close_server(standing->metrics.server);
        nodepass_destroy(standing->door.passed);
        reactor_destroy(standing->reactor);
    }
    if (standing->tls != NULL) {
        tls_context_destroy(standing->tls);
    }
    tls_context_destroy(standing->calls);
    (void)pthread_cond_destroy(&standing->wake);
    (void)pthread_mutex_destroy(&standing->lock);
}

static void say_ready(const struct config *config, const struct lease_holder *holder)
{
    log_info("another node has the portal: this one is a door", "portal=%s epoch=%lld",
             holder->address, (long long)holder->epoch);
    printf("visavis is ready at %s\n", config->origin);
    (void)fflush(stdout);
    notify_send("READY=1");
}

MUST_USE enum err standing_run(const struct standing_params *params, struct lease_holder *holder,
                               uint16_t *port)
{
    struct standing *standing = mem_alloc(sizeof(*standing));
    if (standing == NULL) {
        return ERR_NOMEM;
    }
    standing->config = params->config;
    standing->lease = params->lease;
    standing->holder = *holder;
    standing->door.leader = address_of(holder);
    (void)pthread_mutex_init(&standing->lock, NULL);
    (void)pthread_cond_init(&standing->wake, NULL);
    enum err err = make(standing, params->key);
    if (err == OK) {
        *port = http_server_port(standing->door.server);
        say_ready(params->config, holder);
        err = wait_for_either(standing);
    }
    end(standing);
    *holder = standing->holder;
    mem_free(standing);
    return err;
}
