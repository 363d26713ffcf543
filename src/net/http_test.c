/* SPDX-License-Identifier: Apache-2.0 */
#include "net/http.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>
#include "base/histogram.h"
#include "base/mem.h"
#include "net/testhttp.h"
#include "net/testpeer.h"
#include "unit.h"

struct fixture {
    struct loop *loop;
    struct http_server *server;
    char log[512]; /* "GET /path body\n" of each request */
    http_exchange held;
    bool hold;       /* keep the exchange instead of answering */
    bool end_server; /* destroy the server from inside on_request */
};

static const char big_body[3 * 1024 * 1024] = "big";

static void on_request(void *arg, http_exchange exchange, const struct http_request *request)
{
    struct fixture *fixture = arg;
    struct http_response response = {.status = 200, .type = "text/plain"};
    size_t used = strlen(fixture->log);

    (void)snprintf(fixture->log + used, sizeof fixture->log - used, "%.*s %.*s %.*s\n",
                   (int)request->method_text.size, (const char *)request->method_text.data,
                   (int)request->path.size, (const char *)request->path.data,
                   (int)request->body.size,
                   request->body.size == 0 ? "" : (const char *)request->body.data);
    if (fixture->hold) {
        fixture->held = exchange;
        return;
    }
    if (fixture->end_server) {
        http_server_destroy(fixture->server);
        fixture->server = NULL;
        return;
    }
    response.body = request->path;
    if (slice_equal(request->path, SLICE("/big"))) {
        response.body = slice_from(big_body, sizeof big_body);
        response.body_is_static = true;
    }
    http_respond(fixture->server, exchange, &response);
}

static struct http_limits limits_of_tests(void)
{
    struct http_limits limits = testhttp_limits();

    limits.connections_per_address_max = 4;
    limits.queue_bytes_max = 100000;
    return limits;
}

static void start(struct fixture *fixture, struct http_limits limits)
{
    struct http_params params = {.address = "127.0.0.1", .limits = limits};

    *fixture = (struct fixture){0};
    CHECK(loop_create(&fixture->loop) == OK);
    params.loop = fixture->loop;
    params.handler = (struct http_handler){on_request, fixture};
    CHECK(http_server_create(&params, &fixture->server) == OK);
}

static void stop(struct fixture *fixture)
{
    http_server_destroy(fixture->server);
    loop_drain(fixture->loop);
    loop_destroy(fixture->loop);
}

/* Sends, waits for the text, closes. */
static void ask(struct fixture *fixture, const char *request, size_t size, const char *until,
                char *out, size_t capacity)
{
    int fd = testpeer_connect(http_server_port(fixture->server));

    CHECK(fd >= 0);
    testpeer_send(fixture->loop, fd, request, size);
    (void)testpeer_read(fixture->loop, fd, out, capacity, until, 0);
    (void)close(fd);
    testpeer_turn(fixture->loop);
}

static void answers_a_request_with_the_headers_of_every_answer(void)
{
    struct fixture fixture;
    char out[4096];
    const char *request = "GET /path?q=1 HTTP/1.1\r\nHost: a\r\n\r\n";

    start(&fixture, limits_of_tests());
    ask(&fixture, request, strlen(request), "\r\n\r\n/path", out, sizeof out);
    CHECK(strncmp(out, "HTTP/1.1 200 OK\r\n", 17) == 0);
    CHECK(strstr(out, "\r\nContent-Length: 5\r\n") != NULL);
    CHECK(strstr(out, "\r\nContent-Type: text/plain\r\n") != NULL);
    CHECK(strstr(out, "\r\nX-Content-Type-Options: nosniff\r\n") != NULL);
    CHECK(strstr(out, "\r\nDate: ") != NULL && strstr(out, " GMT\r\n") != NULL);
    CHECK(strstr(out, "Connection: close") == NULL);
    CHECK(strstr(out, "\r\n\r\n/path") != NULL);
    stop(&fixture);
}

static void answers_pipelined_requests_in_their_order(void)
{
    struct fixture fixture;
    char out[8192];
    const char *request = "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n"
                          "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
                          "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "2\r\nde\r\n1\r\nf\r\n0\r\n\r\n"
                          "HEAD /4 HTTP/1.1\r\nHost: a\r\n\r\n"
                          "GET /5 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                          "GET /6 HTTP/1.1\r\nHost: a\r\n\r\n";

    start(&fixture, limits_of_tests());
    ask(&fixture, request, strlen(request), NULL, out, sizeof out);
    CHECK(strcmp(fixture.log, "GET /1 \nPOST /2 abc\nPOST /3 def\nHEAD /4 \nGET /5 \n") == 0);
    CHECK(strstr(out, "\r\n\r\n/1HTTP/1.1 200") != NULL);
    CHECK(strstr(out, "\r\n\r\n/2HTTP/1.1 200") != NULL);
    CHECK(strstr(out, "\r\n\r\n/3HTTP/1.1 200") != NULL);
    CHECK(strstr(out, "\r\n\r\n/4") == NULL); /* HEAD: no body */
    CHECK(strstr(out, "Connection: close\r\n") != NULL);
    CHECK(strcmp(out + strlen(out) - 6, "\r\n\r\n/5") == 0);
    stop(&fixture);
}

static void takes_a_request_that_arrives_byte_by_byte(void)
{
    struct fixture fixture;
    char out[4096];
    const char *request = "POST /slow HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                          "3\r\nabc\r\n0\r\n\r\n";
    int fd = 0;

    start(&fixture, limits_of_tests());
    fd = testpeer_connect(http_server_port(fixture.server));
    CHECK(fd >= 0);
    for (size_t i = 0; i < strlen(request); i++) {
        testpeer_send(fixture.loop, fd, request + i, 1);
    }
    (void)testpeer_read(fixture.loop, fd, out, sizeof out, "/slow", 0);
    CHECK(strcmp(fixture.log, "POST /slow abc\n") == 0);
    (void)close(fd);
    stop(&fixture);
}

static void says_continue_before_an_expected_body(void)
{
    struct fixture fixture;
    char out[4096];
    const char *request = "POST /c HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                          "Expect: 100-continue\r\n\r\n";
    int fd = 0;

    start(&fixture, limits_of_tests());
    fd = testpeer_connect(http_server_port(fixture.server));
    CHECK(fd >= 0);
    testpeer_send(fixture.loop, fd, request, strlen(request));
    (void)testpeer_read(fixture.loop, fd, out, sizeof out, "\r\n\r\n", 0);
    CHECK(strcmp(out, "HTTP/1.1 100 Continue\r\n\r\n") == 0);
    testpeer_send(fixture.loop, fd, "x", 1);
    (void)testpeer_read(fixture.loop, fd, out, sizeof out, "/c", 0);
    CHECK(strncmp(out, "HTTP/1.1 200 OK\r\n", 17) == 0);
    (void)close(fd);
    stop(&fixture);
}

struct hostile {
    const char *bytes;
    const char *status; /* the answer's, after which the connection ends */
};

#define LINE "GET / HTTP/1.1\r\n"
#define POST "POST / HTTP/1.1\r\nHost: a\r\n"
#define SOCKET LINE "Host: a\r\nConnection: Upgrade\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static const struct hostile hostiles[] = {
    {LINE "\r\n", "400"},                       /* no Host */
    {LINE "Host: a\r\nHost: a\r\n\r\n", "400"}, /* two */
    {LINE "Host: a b\r\n\r\n", "400"},
    {LINE "Host: a/b\r\n\r\n", "400"},
    {LINE "Host:\r\n\r\n", "400"},
    {LINE "Host: a\r\nX: 1\r\n 2\r\n\r\n", "400"}, /* obs-fold */
    {LINE " X: 1\r\nHost: a\r\n\r\n", "400"},
    {LINE "Host: a\nX: 1\r\n\r\n", "400"},  /* bare LF */
    {LINE "Host: a\rX: 1\r\n\r\n", "400"},  /* bare CR */
    {LINE "Host : a\r\n\r\n", "400"},       /* blank before the colon */
    {LINE "Host: a\r\n: x\r\n\r\n", "400"}, /* no name */
    {LINE "Host: a\r\nX Y: x\r\n\r\n", "400"},
    {LINE "Host: a\r\nX\r\n\r\n", "400"},
    {LINE "Host: a\r\nX: \x01\r\n\r\n", "400"},
    {LINE "Host: a\r\nX: \x7f\r\n\r\n", "400"},
    {"GET  / HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
    {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "400"},
    {"GET /\r\nHost: a\r\n\r\n", "400"}, /* HTTP/0.9 */
    {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505"},
    {"GET / http/1.1\r\nHost: a\r\n\r\n", "400"},
    {"GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", "400"}, /* a proxy's form */
    {"GET * HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
    {"GET /#x HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
    {"GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", "400"},
    {"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n", "405"},
    {"TRACE / HTTP/1.1\r\nHost: a\r\n\r\n", "405"},
    {"NONSENSE / HTTP/1.1\r\nHost: a\r\n\r\n", "501"},
    {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"},
    {POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n", "400"},
    {POST "Content-Length: 1\r\nContent-Length: 1\r\n\r\na", "400"},
    {POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", "400"},
    {POST "Content-Length: 1, 1\r\n\r\na", "400"},
    {POST "Content-Length: +1\r\n\r\na", "400"},
    {POST "Content-Length: -1\r\n\r\na", "400"},
    {POST "Content-Length: 0x1\r\n\r\na", "400"},
    {POST "Content-Length: 01\r\n\r\na", "400"},
    {POST "Content-Length: 1 1\r\n\r\na", "400"},
    {POST "Content-Length:\r\n\r\n", "400"},
    {POST "Content-Length: 1001\r\n\r\n", "413"},
    {POST "Content-Length: 99999999999999999999\r\n\r\n", "4"},
    {POST "Transfer-Encoding: gzip\r\n\r\n", "4"},
    {POST "Transfer-Encoding: chunked, gzip\r\n\r\n", "4"},
    {POST "Transfer-Encoding: gzip, chunked\r\n\r\n", "501"},
    {POST "Transfer-Encoding: xchunked\r\n\r\n", "4"},
    {POST "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
    {"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\nx\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n-1\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n1\na\r\n0\r\n\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n1\r\na\n0\r\n\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n1 \r\na\r\n0\r\n\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n1;a=b\r\na\r\n0\r\n\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n0\r\nX: trailer\r\n\r\n", "400"},
    {POST "Transfer-Encoding: chunked\r\n\r\n11111111111111111\r\n", "400"},
    {POST "Expect: nonsense\r\nContent-Length: 1\r\n\r\na", "417"},
    {SOCKET "Upgrade: h2c\r\n\r\n", "400"},
    {SOCKET "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n", "400"},
    {SOCKET "Upgrade: websocket\r\nUpgrade: websocket\r\n" KEY "Sec-WebSocket-Version: 13\r\n\r\n",
     "400"},
    {SOCKET "Upgrade: websocket\r\n" KEY "Sec-WebSocket-Version: 8\r\n\r\n", "426"},
    {SOCKET "Upgrade: websocket\r\nSec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==\r\n"
            "Sec-WebSocket-Version: 13\r\n\r\n",
     "400"},
    {LINE "Host: a\r\nUpgrade: websocket\r\n" KEY "Sec-WebSocket-Version: 13\r\n\r\n", "400"},
    {POST "Connection: Upgrade\r\nUpgrade: websocket\r\n" KEY "Sec-WebSocket-Version: 13\r\n\r\n",
     "400"},
    {"\x16\x03\x01\x02", "400"}, /* a TLS greeting */
};

static void refuses_each_hostile_request_and_ends_the_connection(void)
{
    size_t count = unit_replaying() ? 3 : sizeof hostiles / sizeof hostiles[0];
    struct fixture fixture;
    char out[4096];
    char expected[32];

    start(&fixture, limits_of_tests());
    for (size_t i = 0; i < count; i++) {
        const char *bytes = hostiles[i].bytes;

        ask(&fixture, bytes, strlen(bytes), NULL, out, sizeof out);
        (void)snprintf(expected, sizeof expected, "HTTP/1.1 %s", hostiles[i].status);
        if (!unit_replaying() && strncmp(out, expected, strlen(expected)) != 0) {
            (void)fprintf(stderr, "request %zu: %s\nanswer: %s\n", i, bytes, out);
        }
        CHECK(strncmp(out, expected, strlen(expected)) == 0);
        CHECK(strstr(out, "Connection: close\r\n") != NULL);
    }
    CHECK(fixture.log[0] == '\0'); /* none reached the handler */
    stop(&fixture);
}

static void refuses_a_nul_in_the_head(void)
{
    static const char request[] = "GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n";
    struct fixture fixture;
    char out[4096];

    start(&fixture, limits_of_tests());
    ask(&fixture, request, sizeof request - 1, NULL, out, sizeof out);
    CHECK(strncmp(out, "HTTP/1.1 400", 12) == 0);
    stop(&fixture);
}

static void refuses_what_is_over_a_limit(void)
{
    struct fixture fixture;
    char request[8192];
    char out[4096];
    int size = 0;

    start(&fixture, limits_of_tests());
    size = snprintf(request, sizeof request, "GET /%0*d HTTP/1.1\r\nHost: a\r\n\r\n", 200, 1);
    ask(&fixture, request, (size_t)size, NULL, out, sizeof out);
    CHECK(strncmp(out, "HTTP/1.1 414", 12) == 0);
    size = snprintf(request, sizeof request, "GET /%0*d", 3000, 1);
    ask(&fixture, request, (size_t)size, NULL, out, sizeof out);
    CHECK(strncmp(out, "HTTP/1.1 414", 12) == 0);
    size = snprintf(request, sizeof request, LINE "Host: a\r\nX: %0*d", 3000, 1);
    ask(&fixture, request, (size_t)size, NULL, out, sizeof out);
    CHECK(strncmp(out, "HTTP/1.1 431", 12) == 0);
    size = snprintf(request, sizeof request, LINE "Host: a\r\n");
    for (int i = 0; i < 16; i++) {
        size += snprintf(request + size, sizeof request - (size_t)size, "X: 1\r\n");
    }
    size += snprintf(request + size, sizeof request - (size_t)size, "\r\n");
    ask(&fixture, request, (size_t)size, NULL, out, sizeof out);
    CHECK(strncmp(out, "HTTP/1.1 431", 12) == 0);
    size = snprintf(request, sizeof request,
                    POST "Transfer-Encoding: chunked\r\n\r\n400\r\n%0*d\r\n", 1024, 1);
    ask(&fixture, request, (size_t)size, NULL, out, sizeof out);
    CHECK(strncmp(out, "HTTP/1.1 413", 12) == 0);
    stop(&fixture);
}

static void ends_a_connection_that_is_too_slow(void)
{
    struct fixture fixture;
    struct http_limits limits = limits_of_tests();
    static const char *const starts[] = {"", "GET / HT", POST "Content-Length: 9\r\n\r\na",
                                         LINE "Host: a\r\n\r\n"};

    limits.head_timeout_ms = 50;
    limits.body_timeout_ms = 50;
    limits.idle_timeout_ms = 50;
    start(&fixture, limits);
    for (size_t i = 0; i < 4; i++) {
        int fd = testpeer_connect(http_server_port(fixture.server));

        CHECK(fd >= 0);
        testpeer_send(fixture.loop, fd, starts[i], strlen(starts[i]));
        CHECK(testpeer_ended(fixture.loop, fd));
        (void)close(fd);
    }
    stop(&fixture);
}

static void turns_away_what_is_over_the_limit_of_an_address(void)
{
    struct fixture fixture;
    int fds[5];
    char out[1024];

    start(&fixture, limits_of_tests());
    for (int i = 0; i < 5; i++) {
        fds[i] = testpeer_connect(http_server_port(fixture.server));
        CHECK(fds[i] >= 0);
    }
    CHECK(testpeer_ended(fixture.loop, fds[4]));
    testpeer_send(fixture.loop, fds[0], LINE "Host: a\r\n\r\n", 27);
    CHECK(testpeer_read(fixture.loop, fds[0], out, sizeof out, "\r\n\r\n/", 0) > 0);
    for (int i = 0; i < 5; i++) {
        (void)close(fds[i]);
    }
    stop(&fixture);
}

static void answers_late_and_ignores_an_answer_to_nobody(void)
{
    struct fixture fixture;
    struct http_response response = {.status = 204};
    struct timespec while_it_waits = {.tv_nsec = 20000000};
    struct histogram_view before;
    struct histogram_view view;
    char out[1024];
    int fd = 0;

    start(&fixture, limits_of_tests());
    fixture.hold = true;
    fd = testpeer_connect(http_server_port(fixture.server));
    CHECK(fd >= 0);
    testpeer_send(fixture.loop, fd, LINE "Host: a\r\n\r\n" LINE, 43);
    for (int i = 0; i < 5 && fixture.held == 0; i++) {
        testpeer_turn(fixture.loop);
    }
    CHECK(fixture.held != 0);
    histogram_read(HISTOGRAM_HTTP_REQUEST, &before);
    (void)nanosleep(&while_it_waits, NULL);
    http_respond(fixture.server, fixture.held, &response);
    http_respond(fixture.server, fixture.held, &response);
    histogram_read(HISTOGRAM_HTTP_REQUEST, &view);
    CHECK(view.count == before.count + 1 && view.sum_ms >= before.sum_ms + 19);
    CHECK(testpeer_read(fixture.loop, fd, out, sizeof out, "\r\n\r\n", 0) > 0);
    CHECK(strncmp(out, "HTTP/1.1 204 No Content\r\n", 25) == 0);
    CHECK(strstr(out, "Content-Length") == NULL);
    testpeer_send(fixture.loop, fd, "Host: a\r\n\r\n", 11);
    (void)close(fd);
    for (int i = 0; i < 5; i++) {
        testpeer_turn(fixture.loop);
    }
    http_respond(fixture.server, fixture.held, &response);
    stop(&fixture);
}

static void a_value_with_a_line_end_makes_no_header(void)
{
    struct fixture fixture;
    struct http_header header = {SLICE("Location"), SLICE("/x\r\nSet-Cookie: a=b")};
    struct http_response response = {.status = 303, .headers = &header, .header_count = 1};
    char out[1024];
    int fd = 0;

    start(&fixture, limits_of_tests());
    fixture.hold = true;
    fd = testpeer_connect(http_server_port(fixture.server));
    CHECK(fd >= 0);
    testpeer_send(fixture.loop, fd, LINE "Host: a\r\n\r\n", 27);
    for (int i = 0; i < 5 && fixture.held == 0; i++) {
        testpeer_turn(fixture.loop);
    }
    http_respond(fixture.server, fixture.held, &response);
    CHECK(testpeer_read(fixture.loop, fd, out, sizeof out, "\r\n\r\n", 0) > 0);
    CHECK(strstr(out, "Set-Cookie") == NULL);
    (void)close(fd);
    stop(&fixture);
}

static void sends_a_large_static_body_to_a_slow_reader(void)
{
    struct fixture fixture;
    const char *request = "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    size_t capacity = sizeof big_body + 4096;
    char *out = malloc(capacity);
    size_t size = 0;
    int fd = 0;

    CHECK(out != NULL);
    start(&fixture, limits_of_tests());
    fd = testpeer_connect(http_server_port(fixture.server));
    CHECK(fd >= 0);
    testpeer_send(fixture.loop, fd, request, strlen(request));
    size = testpeer_read(fixture.loop, fd, out, capacity, NULL, 0);
    CHECK(size > sizeof big_body && size < sizeof big_body + 1024);
    CHECK(memcmp(out + size - sizeof big_body, big_body, sizeof big_body) == 0);
    free(out);
    (void)close(fd);
    stop(&fixture);
}

static void survives_its_destruction_inside_a_request(void)
{
    struct fixture fixture;
    int fd = 0;

    start(&fixture, limits_of_tests());
    fixture.end_server = true;
    fd = testpeer_connect(http_server_port(fixture.server));
    CHECK(fd >= 0);
    testpeer_send(fixture.loop, fd, LINE "Host: a\r\n\r\n" LINE "Host: a\r\n\r\n", 54);
    CHECK(testpeer_ended(fixture.loop, fd));
    (void)close(fd);
    stop(&fixture);
}

static void refuses_a_used_port_and_no_address(void)
{
    struct fixture fixture;
    struct http_params params = {.address = "127.0.0.1", .limits = limits_of_tests()};
    struct http_server *other = NULL;

    start(&fixture, limits_of_tests());
    params.loop = fixture.loop;
    params.port = http_server_port(fixture.server);
    CHECK(http_server_create(&params, &other) == ERR_IO && other == NULL);
    params.address = "nowhere";
    CHECK(http_server_create(&params, &other) == ERR_INVALID && other == NULL);
    stop(&fixture);
}

static void goes_on_after_it_had_no_descriptor_left(void)
{
    struct fixture fixture;
    struct rlimit old;
    struct rlimit low;
    char out[1024];
    int fd = 0;
    int last = 0;

    start(&fixture, limits_of_tests());
    fd = testpeer_connect(http_server_port(fixture.server));
    last = dup(fd);
    CHECK(fd >= 0 && last >= 0 && getrlimit(RLIMIT_NOFILE, &old) == 0);
    low = old;
    low.rlim_cur = (rlim_t)last + 1; /* no number is free below it */
    (void)close(last);
    last = dup(fd);
    CHECK(setrlimit(RLIMIT_NOFILE, &low) == 0);
    CHECK(testpeer_ended(fixture.loop, fd));
    CHECK(setrlimit(RLIMIT_NOFILE, &old) == 0);
    (void)close(fd);
    (void)close(last);
    ask(&fixture, LINE "Host: a\r\n\r\n", 27, "\r\n\r\n/", out, sizeof out);
    CHECK(strncmp(out, "HTTP/1.1 200", 12) == 0);
    stop(&fixture);
}

UNIT(answers_a_request_with_the_headers_of_every_answer, answers_pipelined_requests_in_their_order,
     takes_a_request_that_arrives_byte_by_byte, says_continue_before_an_expected_body,
     refuses_each_hostile_request_and_ends_the_connection, refuses_a_nul_in_the_head,
     refuses_what_is_over_a_limit, ends_a_connection_that_is_too_slow,
     turns_away_what_is_over_the_limit_of_an_address, answers_late_and_ignores_an_answer_to_nobody,
     a_value_with_a_line_end_makes_no_header, sends_a_large_static_body_to_a_slow_reader,
     survives_its_destruction_inside_a_request, refuses_a_used_port_and_no_address,
     goes_on_after_it_had_no_descriptor_left)
