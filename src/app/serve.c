/* SPDX-License-Identifier: Apache-2.0 */
#include "app/serve.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "app/certifying.h"
#include "app/cluster.h"
#include "app/confining.h"
#include "app/consulting.h"
#include "app/database.h"
#include "app/demo.h"
#include "app/relaying.h"
#include "app/watching.h"
#include "base/histogram.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/text.h"
#include "connectors/builtin.h"
#include "connectors/plugin.h"
#include "connectors/webrtc/webrtc.h"
#include "crypto/random.h"
#include "portal/history.h"
#include "net/inherited.h"
#include "net/notify.h"
#include "server/fanout.h"
#include "server/finder.h"
#include "server/hours.h"
#include "server/httpapi.h"
#include "server/keeper.h"
#include "server/passwords.h"
#include "server/pusher.h"
#include "server/signalling.h"
#include "server/upgrade.h"
#include "store/lock.h"

#define GREETING_MAX 4096 /* at least */
#define EXPIRE_EVERY_MS 1000
#define END_S 60 /* as TimeoutStopSec of packaging/systemd */
#define URL_MAX 300
#define PORT_TRIES 8

/* Everything that runs, in the order in which it is made. */
struct running {
    struct config *config;
    const struct serve_configure *configure;
    bool demo;
    uint64_t due_ms; /* when the loop was asked to run the timers */
    bool in_order;   /* the end was asked for by a signal */
    struct loop *loop;
    struct offload *offload;
    struct fanout *fanout;
    struct store_lock *lock; /* no second server on this folder */
    struct cluster *cluster; /* NULL: this server is alone */
    struct store *led;       /* the store of which a node has become the server, until it is used */
    bool taken;              /* another node has had the database since */
    struct keeper *keeper;
    struct finder *finder;
    struct pusher *pusher;
    struct portal *portal;
    struct signalling *signalling;
    struct upgrade upgrade;
    struct icelist *ice;
    struct httpapi *api;
    struct tls_context *tls;
    struct http_server *http;
    struct relaying relaying;
    struct consulting *consulting;
    struct certifying *certifying;
    uint64_t drain_end_ms; /* while relayed calls are waited for; UINT64_MAX: none are */
    uint64_t expire_ms;    /* when to look for expired sign-ins again */
    struct watching watching;
    struct hours hours;
    char url[URL_MAX];
};

/* ---- what another process has written ---- */

static void sync_begin(void *arg)
{
    struct running *running = arg;
    portal_sync_begin(running->portal);
}

static void restore(void *arg, const struct change *change)
{
    struct running *running = arg;
    if (pusher_restore(running->pusher, change)) {
        return;
    }
    enum err err = portal_restore(running->portal, change);
    if (err != OK) {
        log_error("a kept change cannot be used", "kind=%d err=%s", (int)change->kind,
                  err_name(err));
    }
}

static void sync_end(void *arg)
{
    struct running *running = arg;
    portal_sync_end(running->portal, loop_now_ms(running->loop));
}

/* ---- timers and signals ---- */

/* What this node has in memory is old, and nothing of it is written any more. Tabs come back to the
 * node that has the portal now; started again, this one is a door. */
static void step_down(struct running *running)
{
    if (!running->taken && keeper_taken(running->keeper)) {
        running->taken = true;
        log_error("another node has had the database since: this one ends", "status=%d",
                  SERVE_TAKEN);
        loop_stop(running->loop);
    }
}

static void on_due(void *arg)
{
    struct running *running = arg;
    uint64_t now_ms = loop_now_ms(running->loop);
    histogram_observe(HISTOGRAM_LOOP_LAG, now_ms - running->due_ms);
    portal_tick(running->portal, now_ms);
    fanout_tick(running->fanout, now_ms);
    signalling_tick(running->signalling, now_ms);
    watching_tick(&running->watching, now_ms);
    relaying_tick(&running->relaying, now_ms);
    certifying_tick(running->certifying, now_ms);
    if (now_ms >= running->drain_end_ms) {
        loop_stop(running->loop);
    }
    if (now_ms >= running->expire_ms) {
        running->expire_ms = now_ms + EXPIRE_EVERY_MS;
        step_down(running);
        portal_expire(running->portal, (int64_t)time(NULL), now_ms);
        portal_history_trim(running->portal, (int64_t)time(NULL));
        hours_note(&running->hours, (int64_t)time(NULL), portal_session_count(running->portal));
    }
}

static void on_turn(void *arg)
{
    struct running *running = arg;
    const uint64_t next_ms[] = {
        portal_next_ms(running->portal),         fanout_next_ms(running->fanout),
        signalling_next_ms(running->signalling), running->expire_ms,
        watching_next_ms(&running->watching),    running->drain_end_ms,
        relaying_next_ms(&running->relaying),    certifying_next_ms(running->certifying),
    };
    uint64_t due_ms = UINT64_MAX;
    for (size_t i = 0; i < sizeof(next_ms) / sizeof(next_ms[0]); i++) {
        due_ms = next_ms[i] < due_ms ? next_ms[i] : due_ms;
    }
    running->due_ms = due_ms;
    loop_set_deadline(running->loop, due_ms, on_due, running);
}

static void warn_of_restart(void *arg, const char *name)
{
    (void)arg;
    log_warn("the new value needs a restart", "option=%s", name);
}

static void take_options(struct running *running, const struct config *fresh)
{
    config_take(running->config, fresh);
    log_set_level(running->config->log_level);
    portal_set_limits(running->portal, &running->config->portal);
    config_compare(running->config, fresh, warn_of_restart, NULL);
    log_info("configuration read again", "file=%s", fresh->file);
}

static void reload(struct running *running)
{
    struct config *fresh = mem_alloc(sizeof(*fresh));
    struct config_error error = {"out of memory"};
    enum err err = ERR_NOMEM;
    if (fresh != NULL) {
        err = running->configure->read(running->configure->arg, fresh, &error);
    }
    if (err == OK) {
        take_options(running, fresh);
    } else {
        log_error("the configuration stays as it was", "error=\"%s\"", error.text);
    }
    if (fresh != NULL) {
        config_fini(fresh);
        mem_free(fresh);
    }
}

static void on_relays_idle(void *arg)
{
    struct running *running = arg;
    loop_stop(running->loop);
}

/* The manager's own patience (TimeoutStopSec) is for the end itself, which is behind the wait. */
static void say_stopping(uint32_t wait_s)
{
    char state[64] = "STOPPING=1";
    if (wait_s > 0) {
        (void)snprintf(state, sizeof(state), "STOPPING=1\nEXTEND_TIMEOUT_USEC=%llu",
                       (wait_s + (unsigned long long)END_S) * 1000000);
    }
    notify_send(state);
}

/* The first signal waits a while for calls that are being relayed, the second one does not. */
static void end_soon(struct running *running, int signal_number)
{
    bool again = running->in_order;
    uint32_t drain_s = running->config->turn.drain_s;
    log_info("ending in good order", "signal=%d", signal_number);
    running->in_order = true;
    running->watching.ending = true;
    say_stopping(again ? 0 : drain_s);
    if (again || drain_s == 0) {
        loop_stop(running->loop);
        return;
    }
    running->drain_end_ms = loop_now_ms(running->loop) + drain_s * 1000ULL;
    turnhost_drain(running->relaying.host, on_relays_idle, running);
    if (running->config->turn.alternate[0] != '\0') {
        portal_renew_calls(running->portal); /* their next allocations are sent there */
    }
}

static void on_signal(void *arg, int signal_number)
{
    struct running *running = arg;
    if (signal_number != SIGHUP) {
        end_soon(running, signal_number);
        return;
    }
    notify_reloading();
    reload(running);
    relaying_reload(&running->relaying, running->config, loop_now_ms(running->loop));
    if (running->tls != NULL && tls_context_reload(running->tls) == OK) {
        log_info("certificate read again", "file=%s", running->config->tls_cert);
    }
    notify_send("READY=1");
}

static enum err watch_signals(struct running *running)
{
    enum err err = loop_on_signal(running->loop, SIGINT, on_signal, running);
    err = err == OK ? loop_on_signal(running->loop, SIGTERM, on_signal, running) : err;
    return err == OK ? loop_on_signal(running->loop, SIGHUP, on_signal, running) : err;
}

/* ---- start ---- */

static enum err make_folder(const char *data)
{
    if (mkdir(data, 0700) != 0 && errno != EEXIST) {
        log_error("the data folder cannot be made", "folder=%s errno=%d", data, errno);
        return ERR_IO;
    }
    return OK;
}

/* A file is locked before it is opened, a database of PostgreSQL by its connection. */
static enum err open_store(struct running *running, struct store **store, int64_t *version)
{
    if (running->led != NULL) {
        *store = running->led;
        running->led = NULL;
        enum err filled = running->demo ? demo_fill(*store) : OK;
        return filled == OK ? store_data_version(*store, version) : filled;
    }
    const struct config *config = running->config;
    char place[DATABASE_PLACE_SIZE];
    (void)database_place(config, place);
    bool remote = database_is_remote(config);
    enum err err = remote ? OK : lock_take(place, &running->lock);
    bool locked = err == OK;
    err = err == OK ? store_open(place, store) : err;
    err = err == OK ? store_own(*store, 0) : err;
    if (err == ERR_BUSY && (remote || !locked)) {
        log_error("another server runs on this database", "database=%s", place);
    }
    if (err == OK && running->demo) {
        err = demo_fill(*store);
    }
    return err == OK ? store_data_version(*store, version) : err;
}

/* What the threads of the store may do. */
static enum confine_kind store_kind(const struct config *config)
{
    return confining_kind(config, database_is_remote(config) ? CONFINE_DATABASE : CONFINE_STORE);
}

/* Nobody can reach it from elsewhere, nor by a proxy. Nodes have an origin; those that only this
 * machine reaches are tried out on it. */
static bool is_for_this_machine(const struct config *config)
{
    bool tried = strncmp(config->origin, "http://localhost:", 17) == 0 &&
                 strncmp(config->cluster.address, "127.0.0.1:", 10) == 0;
    return config_is_loopback(config) && (config->origin[0] == '\0' || tried);
}

static void on_call_ended(void *arg, const struct id *call)
{
    const struct running *running = arg;
    turnhost_revoke(running->relaying.host, call);
}

static int64_t wall_ms(void)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static enum err make_pusher(struct running *running)
{
    struct pusher_params params = {.loop = running->loop,
                                   .contact = running->config->push_contact,
                                   .local = running->config->push_local != 0};
    return pusher_create(&params, &running->pusher);
}

/* The name under which push services know this server is made once and kept. */
static enum err keep_push_key(struct running *running, struct store *store)
{
    struct change change;
    bool made = false;
    pusher_set_portal(running->pusher, running->portal);
    enum err err = pusher_make_key(running->pusher, &change, &made);
    if (err == OK && made) {
        err = store_write(store, &change, 1);
        mem_wipe(&change, sizeof(change));
    }
    return err;
}

static enum err make_portal(struct running *running)
{
    const struct config *config = running->config;
    struct keeper_sync sync = {
        .begin = sync_begin, .change = restore, .end = sync_end, .arg = running};
    struct store *store = NULL;
    struct addr own[PORTAL_OWN_MAX];
    int64_t version = 0;
    enum err err = open_store(running, &store, &version);
    err = err == OK ? keeper_create(running->loop, &sync, &running->keeper) : err;
    err = err == OK ? finder_create(running->loop, running->keeper, &running->finder) : err;
    err = err == OK ? make_pusher(running) : err;
    if (err == OK) {
        struct portal_params params = {.ports = {.keep = keeper_port(running->keeper),
                                                 .read = finder_port(running->finder),
                                                 .tell = fanout_port(running->fanout),
                                                 .password = passwords_port(running->offload),
                                                 .random = passwords_random_port(),
                                                 .push = pusher_port(running->pusher),
                                                 .media = {running, on_call_ended}},
                                       .limits = config->portal,
                                       .push_hosts = config->push_hosts,
                                       .push_local = config->push_local != 0,
                                       .own = own,
                                       .own_count = relaying_own(config, own, PORTAL_OWN_MAX),
                                       .local = is_for_this_machine(config),
                                       .now_ms = loop_now_ms(running->loop),
                                       .at_ms = wall_ms()};
        err = portal_create(&params, &running->portal);
    }
    err = err == OK ? builtin_register(running->portal) : err;
    if (err == OK && config->connectors_folder[0] != '\0') {
        err = plugin_load_all(running->portal, config->connectors_folder);
    }
    err = err == OK ? store_load(store, restore, running) : err;
    if (err == OK) {
        err = store_calls_ended(store, wall_ms() - RELAYING_ENDED_S * 1000LL, relaying_note_ended,
                                &running->relaying);
    }
    err = err == OK ? keep_push_key(running, store) : err;
    err = err == OK ? keeper_start(running->keeper, store, version, store_kind(config)) : err;
    if (err != OK && store != NULL) {
        store_close(store);
    }
    if (err == OK) {
        char place[DATABASE_PLACE_SIZE];
        err = finder_start(running->finder, database_place(config, place), store_kind(config));
    }
    return err;
}

static void warn_public_server(struct running *running)
{
    const char *url = webrtc_find_public(icelist_settings(running->ice));
    if (url != NULL) {
        log_warn("a public STUN server is in use: it learns who calls whom from where; use one of "
                 "your own",
                 "url=%s", url);
    }
}

static void on_seeded(void *arg, enum err err, const char *why)
{
    struct running *running = arg;
    (void)why;
    if (err != OK) {
        log_error("the ICE servers of the configuration are not kept", "err=%s", err_name(err));
    } else {
        warn_public_server(running);
    }
}

static void take_servers(const struct config *config, struct webrtc_settings *out)
{
    for (uint32_t i = 0; i < config->ice_count; i++) {
        const struct config_ice *from = &config->ice[i];
        struct webrtc_server *server = &out->servers[out->server_count++];
        server->url_count = 1;
        (void)snprintf(server->urls[0], sizeof(server->urls[0]), "%s", from->url);
        server->credentials = from->username[0] != '\0';
        (void)snprintf(server->username, sizeof(server->username), "%s", from->username);
        server->password = from->credential;
    }
}

/* The first start takes the ICE servers of the configuration; afterwards what administrators have
 * set wins (M119). */
static enum err seed_webrtc(struct running *running)
{
    const struct config *config = running->config;
    if (webrtc_is_set(running->portal)) {
        if (config->ice_count > 0) {
            log_info("ice.server of the configuration is not used: administrators set the servers",
                     "count=%u", (unsigned)config->ice_count);
        }
        warn_public_server(running);
        return OK;
    }
    struct webrtc_settings *settings = mem_alloc(sizeof(*settings));
    struct setting *values = mem_alloc_array(ADMIN_SETTINGS_MAX, sizeof(*values));
    enum err err = settings == NULL || values == NULL ? ERR_NOMEM : OK;
    if (err == OK) {
        take_servers(config, settings);
        uint32_t count = webrtc_write(settings, values);
        err = admin_settings_seed(running->portal, webrtc_connector.name, values, count, on_seeded,
                                  running);
        mem_wipe(settings, sizeof(*settings));
        mem_wipe(values, ADMIN_SETTINGS_MAX * sizeof(*values));
    }
    mem_free(settings);
    mem_free(values);
    return err;
}

/* Everybody comes back in one moment after a restart: half of all connections may be about to say
 * hello, and each of them has shown a sign-in. */
static uint32_t greeting_max(const struct config *config)
{
    uint32_t half = config->http.connections_max / 2;
    return half > GREETING_MAX ? half : GREETING_MAX;
}

static enum err make_server_side(struct running *running)
{
    const struct config *config = running->config;
    fanout_set_portal(running->fanout, running->portal);
    enum err err = icelist_create(running->portal, &running->ice);
    err = err == OK ? seed_webrtc(running) : err;
    if (err != OK) {
        return err;
    }
    struct signalling_params signalling = {.now_ms = loop_now_ms(running->loop),
                                           .portal = running->portal,
                                           .fanout = running->fanout,
                                           .rate_per_s = config->signalling.rate_per_s,
                                           .burst = config->signalling.burst,
                                           .greeting_max = greeting_max(config),
                                           .idle_ms = config->signalling.idle_s * 1000,
                                           .ping_ms = config->http.ping_interval_ms,
                                           .ice = running->ice};
    err = signalling_create(&signalling, &running->signalling);
    if (err != OK) {
        return err;
    }
    running->upgrade.loop = running->loop;
    running->upgrade.signalling = running->signalling;
    bool behind_tls = strncmp(config->origin, "https://", 8) == 0;
    err = consulting_create(running->loop, config, &running->consulting);
    if (err != OK) {
        return err;
    }
    struct httpapi_params api = {.loop = running->loop,
                                 .portal = running->portal,
                                 .keep = keeper_port(running->keeper),
                                 .read = finder_port(running->finder),
                                 .ice = running->ice,
                                 .local = is_for_this_machine(config),
                                 .secure = config->tls_cert[0] != '\0' || behind_tls,
                                 .gallery = running->demo,
                                 .login_absolute_s = config->portal.login_absolute_s,
                                 .on_websocket = upgrade_on_websocket,
                                 .websocket_arg = &running->upgrade,
                                 .unready = watching_unready,
                                 .unready_arg = &running->watching,
                                 .examine = consulting_examine,
                                 .examine_arg = running->consulting,
                                 .pusher = running->pusher,
                                 .hours = &running->hours};
    hours_begin(&running->hours, (int64_t)time(NULL));
    return httpapi_create(&api, &running->api);
}

static enum err add_origin(struct running *running, const char *host, uint16_t port)
{
    bool tls = running->tls != NULL;
    char origin[URL_MAX];
    char suffix[8] = "";
    if (port != (tls ? 443 : 80)) {
        (void)snprintf(suffix, sizeof(suffix), ":%u", (unsigned)port);
    }
    (void)snprintf(origin, sizeof(origin), "%s://%s%s", tls ? "https" : "http", host, suffix);
    if (running->url[0] == '\0') {
        memcpy(running->url, origin, sizeof(origin));
    }
    return httpapi_add_origin(running->api, origin);
}

/* The names under which browsers may reach this server. */
static enum err add_origins(struct running *running)
{
    const struct config *config = running->config;
    uint16_t port = http_server_port(running->http);
    if (config->origin[0] != '\0') {
        (void)snprintf(running->url, sizeof(running->url), "%s", config->origin);
        return httpapi_add_origin(running->api, config->origin);
    }
    enum err err = add_origin(running, "localhost", port);
    err = err == OK ? add_origin(running, "127.0.0.1", port) : err;
    return err == OK ? add_origin(running, "[::1]", port) : err;
}

static bool offer_relay(void *arg, const struct id *user, const struct id *call,
                        struct credential *credential, struct message_ice_server *out)
{
    const struct running *running = arg;
    return turnhost_offer(running->relaying.host, user, call, (uint64_t)time(NULL), credential,
                          out);
}

/* A free port is taken by TCP first; UDP may find the same number in use, then the next is tried.
 */
static enum err listen_both(struct running *running, const struct http_params *params)
{
    int tries = params->port == 0 ? PORT_TRIES : 1;
    enum err err = ERR_EXISTS;
    while (err == ERR_EXISTS && tries-- > 0) {
        err = http_server_create(params, &running->http);
        if (err != OK) {
            return err;
        }
        err = relaying_start(&running->relaying, running->config, running->http);
        httpapi_set_relay(running->api, running->relaying.host);
        if (err != OK) {
            http_server_destroy(running->http);
            running->http = NULL;
        }
    }
    return err;
}

static enum err listen_http(struct running *running)
{
    const struct config *config = running->config;
    enum err err = certifying_prepare(config);
    if (err == OK && config->tls_cert[0] != '\0') {
        err = tls_context_create(config->tls_cert, config->tls_key, &running->tls);
    }
    err = err == OK ? certifying_create(running->loop, config, running->tls, &running->certifying)
                    : err;
    err =
        err == OK ? relaying_create(&running->relaying, config, running->loop, running->tls) : err;
    if (err != OK) {
        return err;
    }
    struct http_params params = {.loop = running->loop,
                                 .address = config->listen_address,
                                 .port = (uint16_t)config->listen_port,
                                 .tls = running->tls,
                                 .limits = config->http,
                                 .handler = httpapi_handler(running->api)};
    (void)config_prefixes(config->http_proxies, HTTP_PROXIES_MAX, params.proxies.list,
                          &params.proxies.count); /* config_check has looked */
    if (running->relaying.host != NULL) {
        params.stun = turnhost_stun(running->relaying.host);
    }
    err = listen_both(running, &params);
    if (err != OK) {
        return err;
    }
    httpapi_set_server(running->api, running->http);
    running->upgrade.server = running->http;
    if (running->cluster != NULL) {
        err = cluster_listen(running->cluster, running->http);
        if (err != OK) {
            return err;
        }
    }
    signalling_set_relay(running->signalling, offer_relay, running);
    consulting_set_port(running->consulting, http_server_port(running->http));
    return add_origins(running);
}

static enum err make_everything(struct running *running)
{
    const struct config *config = running->config;
    struct fanout_params fanout = {.sessions_max = config->portal.sessions_max,
                                   .resume_ms = config->signalling.resume_s * 1000,
                                   .ring = {.events_max = config->signalling.ring_events,
                                            .bytes_max = config->signalling.ring_bytes}};
    enum err err = make_folder(config->data);
    err = err == OK ? cluster_create(running->config, &running->cluster) : err;
    err = err == OK ? confining_start(config) : err;
    if (err == OK && running->cluster != NULL) {
        err = cluster_lead(running->cluster, &running->led);
        running->in_order = err == ERR_CLOSED;
    }
    err = err == OK ? loop_create(&running->loop) : err;
    err = err == OK
              ? offload_create(running->loop, confining_kind(config, CONFINE_POOL),
                               config->password.threads, config->password.queue, &running->offload)
              : err;
    if (err == OK) {
        fanout.now_ms = loop_now_ms(running->loop);
        fanout.outlet = upgrade_outlet(&running->upgrade);
        err = fanout_create(&fanout, &running->fanout);
    }
    err = err == OK ? make_portal(running) : err;
    err = err == OK ? make_server_side(running) : err;
    err = err == OK ? listen_http(running) : err;
    err = err == OK ? watching_start(&running->watching, config, running->loop, running->portal,
                                     running->keeper)
                    : err;
    err = err == OK ? watch_signals(running) : err;
    if (err == OK) {
        inherited_close_rest();
        confine_thread(confining_kind(config, CONFINE_LOOP));
    }
    return err;
}

static void say_ready(const struct running *running)
{
    printf("visavis is ready at %s\n", running->url);
    (void)fflush(stdout);
    notify_send("READY=1");
}

static void on_first_link(void *arg, enum err err, const uint8_t token[TOKEN_BYTES],
                          int64_t expires_s)
{
    struct running *running = arg;
    (void)expires_s;
    if (err == OK) {
        char text[TEXT_BASE64URL_SIZE(TOKEN_BYTES) + 1];
        text_base64url(slice_from(token, TOKEN_BYTES), text);
        printf("Nobody has an account yet. Create the administrator's with this link, which works "
               "once:\n%s/join/%s\n",
               running->url, text);
        mem_wipe(text, sizeof(text));
    } else {
        log_error("the first link cannot be made", "err=%s", err_name(err));
    }
    say_ready(running);
}

static void welcome(struct running *running)
{
    if (portal_user_count(running->portal) > 0) {
        say_ready(running);
        return;
    }
    enum err err = portal_invite(running->portal, NULL, INVITATION_ADMINISTRATOR,
                                 (int64_t)time(NULL), on_first_link, running);
    if (err != OK) {
        on_first_link(running, err, NULL, 0);
    }
}

/* ---- end ---- */

/* First nothing new comes in, then what is under way ends, then everything goes. */
static void end_everything(struct running *running)
{
    watching_stop(&running->watching);
    certifying_destroy(running->certifying);
    running->certifying = NULL;
    if (running->http != NULL) {
        signalling_set_relay(running->signalling, NULL, NULL);
        fanout_say_shutdown(running->fanout);
        http_server_destroy(running->http);
        httpapi_set_server(running->api, NULL);
        running->upgrade.server = NULL;
    }
    consulting_destroy(running->consulting);
    relaying_destroy(&running->relaying);
    if (running->api != NULL) {
        httpapi_set_relay(running->api, NULL);
    }
    if (running->offload != NULL) {
        offload_destroy(running->offload);
    }
    if (running->finder != NULL) {
        finder_stop(running->finder);
    }
    if (running->keeper != NULL) {
        keeper_stop(running->keeper);
    }
    pusher_stop(running->pusher);
    if (running->loop != NULL) {
        loop_set_deadline(running->loop, UINT64_MAX, on_due, running);
        loop_on_turn(running->loop, NULL, NULL);
        loop_drain(running->loop);
    }
    signalling_destroy(running->signalling);
    if (running->portal != NULL) {
        portal_destroy(running->portal);
    }
    pusher_destroy(running->pusher);
    fanout_destroy(running->fanout);
    finder_destroy(running->finder);
    keeper_destroy(running->keeper);
    httpapi_destroy(running->api);
    icelist_destroy(running->ice);
    if (running->tls != NULL) {
        tls_context_destroy(running->tls);
    }
    loop_destroy(running->loop);
    cluster_destroy(running->cluster);
    if (running->led != NULL) {
        store_close(running->led);
    }
    lock_release(running->lock);
}

int serve(struct config *config, const struct serve_configure *configure, bool demo)
{
    struct running running = {
        .config = config, .configure = configure, .demo = demo, .drain_end_ms = UINT64_MAX};
    uint8_t seed[16];
    if (demo && !config_is_loopback(config)) {
        (void)fprintf(stderr, "visavis: --demo has passwords that everybody knows: it listens only "
                              "on a loopback address\n");
        return EXIT_FAILURE;
    }
    relaying_init(&running.relaying, config);
    random_init();
    random_bytes(seed, sizeof(seed));
    map_seed(seed);
    log_set_level(config->log_level);
    (void)signal(SIGPIPE, SIG_IGN);
    relaying_detect(config);
    enum err err = make_everything(&running);
    if (err == OK) {
        loop_on_turn(running.loop, on_turn, &running);
        welcome(&running);
        loop_run(running.loop);
    } else if (!running.in_order) {
        log_error("visavis cannot start", "err=%s", err_name(err));
    }
    end_everything(&running);
    return running.in_order ? EXIT_SUCCESS : running.taken ? SERVE_TAKEN : EXIT_FAILURE;
}
