/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in STUN and TURN server as administrators see it: where it is, what it does now, and
 * what a browser needs to try it. */
#include "server/api_admin.h"

#include "crypto/random.h"
#include "server/turnhost.h"

static void urls_json(struct jsonout *json, const struct turnhost *relay)
{
    const struct slice *urls = NULL;
    uint32_t count = relay == NULL ? 0 : turnhost_urls(relay, &urls);
    jsonout_list(json, "urls");
    for (uint32_t i = 0; i < count; i++) {
        jsonout_slice(json, NULL, urls[i]);
    }
    jsonout_end_list(json);
}

/* `stats` all 0: it does not run. */
static void answer(struct httpapi *api, http_exchange exchange, const struct turnhost_stats *stats)
{
    const uint32_t *live = stats->allocations;
    const char *state = stats->workers == 0 ? "off" : stats->draining ? "draining" : "on";
    struct jsonout json;
    jsonout_init(&json, 8192);
    jsonout_object(&json, NULL);
    jsonout_text(&json, "state", state);
    urls_json(&json, stats->workers == 0 ? NULL : api->relay);
    jsonout_object(&json, "allocations");
    jsonout_number(&json, "udp", live[TURN_UDP]);
    jsonout_number(&json, "tcp", live[TURN_TCP]);
    jsonout_number(&json, "tls", live[TURN_TLS] + live[TURN_DTLS]);
    jsonout_end_object(&json);
    jsonout_number(&json, "connections", stats->conns);
    jsonout_number(&json, "bytes", (int64_t)stats->bytes);
    jsonout_number(&json, "packets", (int64_t)stats->packets);
    jsonout_end_object(&json);
    api_answer_out(api, exchange, 200, "admin/relay", &json, NULL);
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
    struct credential credential = {0};
    struct id call;
    struct jsonout json;
    random_bytes(call.bytes, sizeof(call.bytes));
    jsonout_init(&json, 8192);
    jsonout_fail(&json, relay == NULL ? ERR_STATE
                                      : turnhost_issue(relay, &request->user->id, &call,
                                                       (uint64_t)request->now_s, &credential));
    jsonout_object(&json, NULL);
    urls_json(&json, relay);
    jsonout_text(&json, "username", credential.name);
    jsonout_text(&json, "credential", credential.password);
    jsonout_end_object(&json);
    api_answer_out(request->api, request->exchange, 200, "admin/relay", &json, NULL);
}
