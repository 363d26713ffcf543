/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch.h"

#include <stdio.h>

#include "base/mem.h"
#include "net/http.h"
#include "net/testpeer.h"
#include "unit.h"

static struct fixture {
    struct loop *loop;
    struct http_server *server;
    struct fetcher *fetcher;
    char heard[256]; /* method, path, header X-Test and body of the last request */
    bool open;       /* may_connect allows it */
    uint32_t asked;  /* how often may_connect was asked */
    uint32_t done;
    enum err err;
    uint16_t status;
    uint32_t retry_after_s;
    char body[64];
} fixture;

static void on_request(void *arg, http_exchange exchange, const struct http_request *request)
{
    struct fixture *f = arg;
    static const char big[2000];
    static const struct http_header elsewhere = {SLICE("Location"), SLICE("/elsewhere")};
    static const struct http_header later = {SLICE("Retry-After"), SLICE("120")};
    struct http_response response = {.status = 201, .body = SLICE("made")};
    struct slice header = http_header_find(request, "X-Test");
    (void)snprintf(f->heard, sizeof(f->heard), "%.*s %.*s %.*s %.*s",
                   (int)request->method_text.size, (const char *)request->method_text.data,
                   (int)request->path.size, (const char *)request->path.data, (int)header.size,
                   (const char *)header.data, (int)request->body.size,
                   (const char *)request->body.data);
    if (slice_equal(request->path, SLICE("/silent"))) {
        return;
    }
    if (slice_equal(request->path, SLICE("/moved"))) {
        response = (struct http_response){.status = 302, .headers = &elsewhere, .header_count = 1};
    } else if (slice_equal(request->path, SLICE("/later"))) {
        response = (struct http_response){.status = 429, .headers = &later, .header_count = 1};
    } else if (slice_equal(request->path, SLICE("/big"))) {
        response.body = slice_from(big, sizeof(big));
    }
    http_respond(f->server, exchange, &response);
}

static bool may_connect(void *arg, const struct addr *peer)
{
    struct fixture *f = arg;
    f->asked++;
    return f->open && addr_is_loopback(peer);
}

static void set_up(bool plain)
{
    struct fixture *f = &fixture;
    *f = (struct fixture){.open = true};
    CHECK(loop_create(&f->loop) == OK);
    struct http_params http = {.loop = f->loop,
                               .address = "127.0.0.1",
                               .limits = {.connections_max = 8,
                                          .header_bytes_max = 4096,
                                          .headers_max = 20,
                                          .body_bytes_max = 5000,
                                          .target_bytes_max = 200,
                                          .queue_bytes_max = 100000},
                               .handler = {on_request, f}};
    CHECK(http_server_create(&http, &f->server) == OK);
    struct fetcher_params params = {.loop = f->loop,
                                    .count_max = 2,
                                    .time_ms = 300,
                                    .answer_bytes_max = 1000,
                                    .plain = plain,
                                    .may_connect = may_connect,
                                    .arg = f};
    CHECK(fetcher_create(&params, &f->fetcher) == OK);
}

static void tear_down(void)
{
    fetcher_destroy(fixture.fetcher);
    http_server_destroy(fixture.server);
    loop_drain(fixture.loop);
    loop_destroy(fixture.loop);
}

static void on_done(void *arg, enum err err, const struct fetch_answer *answer)
{
    struct fixture *f = arg;
    f->done++;
    f->err = err;
    f->status = answer == NULL ? 0 : answer->status;
    f->retry_after_s = answer == NULL ? 0 : answer->retry_after_s;
    f->body[0] = '\0';
    if (answer != NULL) {
        (void)snprintf(f->body, sizeof(f->body), "%.*s", (int)answer->body.size,
                       (const char *)answer->body.data);
    }
}

static enum err start(const char *path)
{
    static const char *const headers[] = {"X-Test: yes", NULL};
    char url[128];
    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u%s",
                   (unsigned)http_server_port(fixture.server), path);
    struct fetch_request request = {
        .method = "POST", .url = url, .headers = headers, .body = SLICE("words")};
    return fetch_start(fixture.fetcher, &request, on_done, &fixture);
}

/* Turns the loop until `count` requests have ended. */
static void turn_until(uint32_t count)
{
    uint64_t end_ns = testpeer_end_ns();
    while (fixture.done < count && uv_hrtime() < end_ns) {
        testpeer_turn(fixture.loop);
    }
    CHECK(fixture.done == count);
}

static void fetch(const char *path)
{
    fixture.done = 0;
    CHECK(start(path) == OK);
    turn_until(1);
}

static void a_request_is_sent_and_its_answer_comes_back(void)
{
    set_up(true);
    fetch("/there");
    CHECK(fixture.err == OK && fixture.status == 201);
    CHECK(strcmp(fixture.body, "made") == 0);
    CHECK(strcmp(fixture.heard, "POST /there yes words") == 0);
    fetch("/later");
    CHECK(fixture.status == 429 && fixture.retry_after_s == 120);
    tear_down();
}

static void nothing_is_followed(void)
{
    set_up(true);
    fetch("/moved");
    CHECK(fixture.err == OK && fixture.status == 302);
    CHECK(strncmp(fixture.heard, "POST /moved", 11) == 0);
    tear_down();
}

static void an_address_that_is_not_allowed_is_not_reached(void)
{
    set_up(true);
    fixture.open = false;
    fetch("/there");
    CHECK(fixture.err == ERR_FORBIDDEN);
    CHECK(fixture.asked > 0 && fixture.heard[0] == '\0');
    tear_down();
}

static void only_https_is_spoken_where_plain_was_not_asked_for(void)
{
    set_up(false);
    CHECK(start("/there") == ERR_INVALID);
    static const char *const wrong[] = {"", "file:///etc/passwd", "ftp://127.0.0.1/", "https:/",
                                        "gopher://127.0.0.1/"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        struct fetch_request request = {.method = "POST", .url = wrong[i]};
        CHECK(fetch_start(fixture.fetcher, &request, on_done, &fixture) == ERR_INVALID);
    }
    CHECK(fixture.done == 0 && fixture.asked == 0);
    tear_down();
}

static void what_takes_too_long_or_is_too_large_ends(void)
{
    set_up(true);
    fetch("/big");
    CHECK(fixture.err == ERR_LIMIT);
    fetch("/silent");
    CHECK(fixture.err == ERR_TIMEOUT);
    tear_down();
}

static void a_server_that_is_not_there_is_told(void)
{
    set_up(true);
    struct fetch_request request = {.method = "POST", .url = "http://127.0.0.1:1/"};
    CHECK(fetch_start(fixture.fetcher, &request, on_done, &fixture) == OK);
    turn_until(1);
    CHECK(fixture.err == ERR_CLOSED);
    tear_down();
}

static void too_many_at_once_are_refused_and_the_end_is_told_to_all(void)
{
    set_up(true);
    CHECK(start("/silent") == OK && start("/silent") == OK);
    CHECK(start("/there") == ERR_BUSY);
    fetcher_destroy(fixture.fetcher);
    fixture.fetcher = NULL;
    CHECK(fixture.done == 2 && fixture.err == ERR_CLOSED);
    tear_down();
}

UNIT(a_request_is_sent_and_its_answer_comes_back, nothing_is_followed,
     an_address_that_is_not_allowed_is_not_reached,
     only_https_is_spoken_where_plain_was_not_asked_for, what_takes_too_long_or_is_too_large_ends,
     a_server_that_is_not_there_is_told, too_many_at_once_are_refused_and_the_end_is_told_to_all)
