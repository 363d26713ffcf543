/* SPDX-License-Identifier: Apache-2.0 */
/* A request of HTTP/1.1 means the same whether it arrives at once or byte by byte, and what is
 * handed out lies within its limits. */
#include "base/text.h"
#include "fuzz.h"
#include "net/forwarded.h"
#include "net/http_parse.h"

#define HEAD_MAX 2048
#define BODY_MAX 512
#define HEADERS_MAX 16
#define TARGET_MAX 128

/* What came out of a request. */
struct outcome {
    enum err err;
    uint16_t status;
    size_t used; /* head and body */
    struct http_parse *parse;
};

static const struct http_limits limits = {.header_bytes_max = HEAD_MAX,
                                          .headers_max = HEADERS_MAX,
                                          .body_bytes_max = BODY_MAX,
                                          .target_bytes_max = TARGET_MAX};

/* Finds the head with `step` bytes more each time. */
static enum err find_head(struct slice bytes, size_t step, size_t *head_size)
{
    size_t scanned = 0;
    for (size_t size = step < bytes.size ? step : bytes.size;; size += step) {
        size = size < bytes.size ? size : bytes.size;
        enum err err = http_parse_find_head(slice_from(bytes.data, size), &scanned, head_size);
        if (err != ERR_SHORT || size == bytes.size) {
            return err;
        }
    }
}

static enum err take_body(struct outcome *outcome, struct slice bytes, size_t step)
{
    enum err err = ERR_SHORT;
    size_t at = 0;
    while (err == ERR_SHORT && at < bytes.size) {
        size_t size = step < bytes.size - at ? step : bytes.size - at;
        size_t used = 0;
        err = http_parse_body(outcome->parse, slice_from(bytes.data + at, size), &used,
                              &outcome->status);
        ASSERT(used <= size && (err != ERR_SHORT || used == size));
        at += used;
    }
    outcome->used += at;
    return err;
}

static struct outcome receive(struct slice bytes, size_t step)
{
    struct outcome outcome = {0};
    size_t head_size = 0;
    outcome.err = find_head(bytes, step, &head_size);
    if (outcome.err != OK) {
        return outcome;
    }
    ASSERT(head_size <= bytes.size);
    outcome.used = head_size;
    outcome.err = http_parse_create(slice_from(bytes.data, head_size), &limits, &outcome.parse,
                                    &outcome.status);
    if (outcome.err == OK && http_parse_facts(outcome.parse)->has_body) {
        outcome.err =
            take_body(&outcome, slice_from(bytes.data + head_size, bytes.size - head_size), step);
    }
    return outcome;
}

/* Behind a proxy that is any IPv4 address an IPv6 address asks, or the leftmost of the others. */
static void check_client(const struct http_request *request)
{
    struct http_proxies proxies = {.count = 1, .list = {{.addr = {.family = ADDR_V4}}}};
    struct addr client;
    enum err err = forwarded_client(&proxies, request, &client);
    ASSERT(err == ERR_NOT_FOUND || (err == OK && client.family != ADDR_NONE && client.port == 0));
}

static void check_request(const struct outcome *outcome)
{
    const struct http_request *request = http_parse_request(outcome->parse);
    ASSERT(request->header_count <= HEADERS_MAX && request->body.size <= BODY_MAX);
    ASSERT(request->target.size > 0 && request->target.size <= TARGET_MAX);
    ASSERT(request->target.data[0] == '/');
    ASSERT(request->path.size + request->query.size <= request->target.size);
    uint32_t hosts = 0;
    for (uint32_t i = 0; i < request->header_count; i++) {
        struct slice value = request->headers[i].value;
        ASSERT(request->headers[i].name.size > 0);
        hosts += text_equal_nocase(request->headers[i].name, SLICE("Host")) ? 1 : 0;
        ASSERT(value.size == 0 || (memchr(value.data, '\n', value.size) == NULL &&
                                   memchr(value.data, '\0', value.size) == NULL));
    }
    ASSERT(hosts <= 1); /* only HTTP/1.0 may do without */
    check_client(request);
    ASSERT(!request->upgrade_websocket || strlen(http_parse_facts(outcome->parse)->accept) == 28);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice bytes = slice_from(data, size);
    struct outcome whole = receive(bytes, size == 0 ? 1 : size);
    struct outcome torn = receive(bytes, 1);
    ASSERT(whole.err == torn.err && whole.status == torn.status);
    ASSERT(whole.err == ERR_INVALID || whole.used == torn.used);
    ASSERT(whole.err != ERR_INVALID || whole.parse == NULL || whole.status >= 400);
    if (whole.err == OK) {
        const struct http_request *a = http_parse_request(whole.parse);
        const struct http_request *b = http_parse_request(torn.parse);
        check_request(&whole);
        ASSERT(a->method == b->method && slice_equal(a->target, b->target));
        ASSERT(slice_equal(a->body, b->body) && a->header_count == b->header_count);
    }
    http_parse_destroy(whole.parse);
    http_parse_destroy(torn.parse);
    return 0;
}
