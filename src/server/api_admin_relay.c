/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in STUN and TURN server as administrators see it: where it is, what it does now, and
 * what a browser needs to try it. */
#include "server/api_admin.h"

#include "crypto/random.h"
#include "server/turnhost.h"

static enum err urls_json(struct buf *json, const struct turnhost *relay)
{
    const struct slice *urls = NULL;
    uint32_t count = relay == NULL ? 0 : turnhost_urls(relay, &urls);
    enum err err = buf_append_text(json, "\"urls\":[");
    for (uint32_t i = 0; i < count && err == OK; i++) {
        /* Made by us of a host and a port: nothing in it needs escaping. */
        err = buf_printf(json, "%s\"%.*s\"", i == 0 ? "" : ",", (int)urls[i].size,
                         (const char *)urls[i].data);
    }
    return err == OK ? buf_append_byte(json, ']') : err;
}

/* `stats` all 0: it does not run. */
static void answer(struct httpapi *api, http_exchange exchange, const struct turnhost_stats *stats)
{
    const uint32_t *live = stats->allocations;
    const char *state = stats->workers == 0 ? "off" : stats->draining ? "draining" : "on";
    struct buf json;
    buf_init(&json, 8192);
    enum err err = buf_printf(&json, "{\"state\":\"%s\",", state);
    err = err == OK ? urls_json(&json, stats->workers == 0 ? NULL : api->relay) : err;
    err = err == OK ? buf_printf(&json,
                                 ",\"allocations\":{\"udp\":%u,\"tcp\":%u,\"tls\":%u},"
                                 "\"connections\":%u,\"bytes\":%llu,\"packets\":%llu}",
                                 live[TURN_UDP], live[TURN_TCP], live[TURN_TLS] + live[TURN_DTLS],
                                 stats->conns, (unsigned long long)stats->bytes,
                                 (unsigned long long)stats->packets)
                    : err;
    if (err == OK) {
        api_answer_json(api, exchange, 200, &json, NULL);
    } else {
        api_answer_err(api, exchange, "admin/relay", err, NULL);
    }
    buf_fini(&json);
}

/* Without stats the server ends: nobody is left who reads an answer. */
static void on_stats(void *arg, const struct turnhost_stats *stats)
{
    struct api_pending *pending = arg;
    if (stats != NULL) {
        answer(pending->api, pending->exchange, stats);
    } else {
        api_answer_err(pending->api, pending->exchange, pending->route, ERR_BUSY, NULL);
    }
    api_pending_end(pending);
}

void api_admin_relay_get(struct api_request *request)
{
    static const struct turnhost_stats off;
    struct turnhost *relay = request->api->relay;
    if (relay == NULL || !turnhost_runs(relay)) {
        answer(request->api, request->exchange, &off);
        return;
    }
    struct api_pending *pending = api_pending_begin(request, "admin/relay");
    if (pending != NULL) {
        api_pending_started(pending, turnhost_ask(relay, on_stats, pending));
    }
}

/* A credential as a caller gets it, of a call that nobody makes: it ends by itself. */
void api_admin_relay_test(struct api_request *request)
{
    struct turnhost *relay = request->api->relay;
    struct credential credential;
    struct id call;
    struct buf json;
    random_bytes(call.bytes, sizeof(call.bytes));
    buf_init(&json, 8192);
    enum err err = relay == NULL ? ERR_STATE
                                 : turnhost_issue(relay, &request->user->id, &call,
                                                  (uint64_t)request->now_s, &credential);
    err = err == OK ? buf_append_byte(&json, '{') : err;
    err = err == OK ? urls_json(&json, relay) : err;
    err = err == OK ? buf_append_text(&json, ",\"username\":") : err;
    err = err == OK ? api_json_text(&json, credential.name) : err;
    err = err == OK ? buf_append_text(&json, ",\"credential\":") : err;
    err = err == OK ? api_json_text(&json, credential.password) : err;
    err = err == OK ? buf_append_byte(&json, '}') : err;
    api_admin_answer(request, "admin/relay", err, &json);
}
