/* SPDX-License-Identifier: Apache-2.0 */
#include "server/nodedoor.h"

#include "base/counter.h"
#include "base/text.h"

static bool is_own(const struct http_request *request)
{
    return slice_equal(request->path, SLICE("/healthz")) ||
           slice_equal(request->path, SLICE("/readyz"));
}

static bool has_leader(const struct nodedoor *door)
{
    return door->leader.family != ADDR_NONE;
}

static void on_request(void *arg, http_exchange exchange, const struct http_request *request)
{
    static const struct http_header soon[] = {
        {{(const uint8_t *)"Retry-After", 11}, {(const uint8_t *)"1", 1}},
        {{(const uint8_t *)"Cache-Control", 13}, {(const uint8_t *)"no-store", 8}}};
    const struct nodedoor *door = arg;
    struct http_response response = {.status = 503,
                                     .type = NODEPASS_AGAIN_TYPE,
                                     .headers = soon,
                                     .header_count = 2,
                                     .body = SLICE(NODEPASS_AGAIN_PAGE),
                                     .body_is_static = true};
    bool lives = slice_equal(request->path, SLICE("/healthz"));
    if (is_own(request)) {
        response.status = lives || has_leader(door) ? 200 : 503;
        response.type = "text/plain; charset=utf-8";
        response.header_count = response.status == 200 ? 0 : 2;
        response.body = lives              ? SLICE("ok")
                        : has_leader(door) ? SLICE("ready")
                                           : SLICE("no node has the portal");
    } else {
        counter_increment(COUNTER_NODES_UNREACHED);
    }
    http_respond(door->server, exchange, &response);
}

static bool wants(void *arg, const struct http_request *request)
{
    const struct nodedoor *door = arg;
    return has_leader(door) && !is_own(request);
}

static void on_pass(void *arg, struct conn_handoff *handoff)
{
    struct nodedoor *door = arg;
    nodepass_take(door->passed, &door->leader, handoff);
}

struct http_handler nodedoor_handler(struct nodedoor *door)
{
    return (struct http_handler){.on_request = on_request, .arg = door};
}

struct http_pass nodedoor_pass(struct nodedoor *door)
{
    return (struct http_pass){.wants = wants, .on_pass = on_pass, .arg = door};
}

void nodedoor_set_leader(struct nodedoor *door, const struct addr *leader)
{
    nodepass_drop(door->passed);
    door->leader = *leader;
}
