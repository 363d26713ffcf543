/* SPDX-License-Identifier: Apache-2.0 */
#include "app/watching.h"

#include <time.h>

#include "base/log.h"
#include "net/notify.h"
#include "net/process.h"
#include "portal/portal.h"

static void collect_portal(const struct watching *watching, struct metrics_gauges *out)
{
    static const char *const calls[CALL_STATE_COUNT] = {
        [CALL_RINGING] = "calls{state=\"ringing\"}",
        [CALL_CONNECTING] = "calls{state=\"connecting\"}",
        [CALL_ACTIVE] = "calls{state=\"active\"}",
        [CALL_ENDED] = "calls{state=\"ended\"}",
    };
    struct portal_census census;
    portal_census(watching->portal, &census);
    metrics_add(out, "people", "people with an account that is not disabled", census.people);
    metrics_add(out, "people_here", "people with at least one open tab", census.people_here);
    metrics_add(out, "sessions", "open tabs", census.sessions);
    metrics_add(out, "sessions_away", "open tabs that have lost their connection and may come back",
                census.sessions_away);
    for (int i = 0; i < CALL_STATE_COUNT; i++) {
        metrics_add(out, calls[i], "calls by state; ended ones for a minute", census.calls[i]);
    }
}

static void collect(void *arg, struct metrics_gauges *out)
{
    const struct watching *watching = arg;
    struct process_usage usage;
    process_read(&usage);
    metrics_add(out, "info{version=\"" VISAVIS_VERSION "\"}", "the program's version", 1);
    metrics_add(out, "ready", "1 when /readyz says so", watching_unready(arg) == NULL ? 1 : 0);
    metrics_add(out, "node_leads", "1 when this node has the portal, 0 while it is a door", 1);
    collect_portal(watching, out);
    metrics_add(out, "store_waiting", "groups of changes that wait for the store",
                keeper_waiting(watching->keeper));
    metrics_add(out, "process_start_time_seconds", "when the program was started, since 1970",
                (double)watching->started_s);
    metrics_add(out, "process_resident_memory_bytes", "memory that the program has",
                (double)usage.resident_bytes);
    metrics_add(out, "process_cpu_seconds", "processor time used", (double)usage.cpu_ms / 1000);
    metrics_add(out, "process_open_fds", "open descriptors", (double)usage.descriptors);
    metrics_add(out, "process_max_fds", "descriptors allowed", (double)usage.descriptors_max);
}

MUST_USE enum err watching_start(struct watching *watching, const struct config *config,
                                 struct loop *loop, const struct portal *portal,
                                 const struct keeper *keeper)
{
    watching->loop = loop;
    watching->portal = portal;
    watching->keeper = keeper;
    watching->started_s = (int64_t)time(NULL);
    watching->alive_every_ms = notify_watchdog_ms();
    watching->metrics.collect = collect;
    watching->metrics.unready = watching_unready;
    watching->metrics.arg = watching;
    if (config->metrics_address[0] == '\0') {
        return OK;
    }
    struct http_params params = {.loop = loop,
                                 .address = config->metrics_address,
                                 .port = (uint16_t)config->metrics_port,
                                 .limits = config->http,
                                 .handler = metrics_handler(&watching->metrics)};
    enum err err = http_server_create(&params, &watching->metrics.server);
    if (err == OK) {
        log_info("metrics can be read", "address=%s port=%u", config->metrics_address,
                 (unsigned)http_server_port(watching->metrics.server));
    }
    return err;
}

void watching_tick(struct watching *watching, uint64_t now_ms)
{
    if (now_ms >= watching_next_ms(watching)) {
        watching->alive_ms = now_ms + watching->alive_every_ms;
        notify_send("WATCHDOG=1");
    }
}

uint64_t watching_next_ms(const struct watching *watching)
{
    return watching->alive_every_ms == 0 ? UINT64_MAX : watching->alive_ms;
}

void watching_stop(struct watching *watching)
{
    if (watching->metrics.server != NULL) {
        http_server_destroy(watching->metrics.server);
        watching->metrics.server = NULL;
    }
}

const char *watching_unready(void *arg)
{
    const struct watching *watching = arg;
    if (watching->ending) {
        return "the server is ending";
    }
    return keeper_failing(watching->keeper) ? "the store cannot write: is the disk full?" : NULL;
}
