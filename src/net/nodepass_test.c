/* SPDX-License-Identifier: Apache-2.0 */
/* A door and the node with the portal on one loop, and a browser at the door. */
#include "net/nodepass.h"

#include <stdlib.h>

#include "base/counter.h"
#include "net/http.h"
#include "net/nodetls.h"
#include "net/testpeer.h"
#include "unit.h"

enum { BODY_SIZE = 400 * 1000 };

static struct {
    struct loop *loop;
    struct tls_context *listens;
    struct tls_context *calls;
    struct http_server *portal;
    struct http_server *door;
    struct nodepass *passed;
    struct addr leader;
    char peer[64]; /* who has asked the portal last */
    bool tls;      /* and how */
} world;

static uint8_t big_body[BODY_SIZE];
static char answer[BODY_SIZE + 2000];

/* ---- the portal ---- */

static void on_message(void *arg, websock socket, struct slice text)
{
    (void)arg;
    (void)(websock_send(world.portal, socket, text) == OK);
}

static void on_close(void *arg, websock socket, uint16_t code)
{
    (void)arg;
    (void)socket;
    (void)code;
}

static void on_request(void *arg, http_exchange exchange, const struct http_request *request)
{
    static const struct websock_handler handler = {on_message, on_close};
    struct http_response response = {.status = 200, .body = request->body};
    websock socket = 0;

    (void)arg;
    (void)snprintf(world.peer, sizeof world.peer, "%s", request->peer_address);
    world.tls = request->tls;
    if (request->upgrade_websocket &&
        http_upgrade(world.portal, exchange, &handler, NULL, &socket) == OK) {
        return;
    }
    if (slice_equal(request->path, SLICE("/big"))) {
        response.body = slice_from(big_body, sizeof big_body);
        response.body_is_static = true;
    }
    http_respond(world.portal, exchange, &response);
}

/* ---- the door ---- */

static void on_own(void *arg, http_exchange exchange, const struct http_request *request)
{
    (void)arg;
    (void)request;
    http_respond(world.door, exchange, &(struct http_response){.status = 204});
}

static bool wants(void *arg, const struct http_request *request)
{
    (void)arg;
    return !slice_equal(request->path, SLICE("/own"));
}

static void on_pass(void *arg, struct conn_handoff *handoff)
{
    (void)arg;
    nodepass_take(world.passed, &world.leader, handoff);
}

/* ---- both ---- */

static void tear_down(void)
{
    http_server_destroy(world.door);
    nodepass_destroy(world.passed);
    http_server_destroy(world.portal);
    if (world.loop != NULL) {
        loop_drain(world.loop);
        loop_destroy(world.loop);
    }
    tls_context_destroy(world.listens);
    tls_context_destroy(world.calls);
    memset(&world, 0, sizeof world);
}

static void start(uint8_t key_of_door)
{
    uint8_t key[NODETLS_KEY_SIZE] = {1};
    uint16_t port = 0;
    struct http_params params = {.address = "127.0.0.1",
                                 .limits = {.connections_max = 8,
                                            .connections_per_address_max = 4,
                                            .header_bytes_max = 2048,
                                            .headers_max = 16,
                                            .body_bytes_max = BODY_SIZE,
                                            .target_bytes_max = 200,
                                            .head_timeout_ms = 60000,
                                            .body_timeout_ms = 60000,
                                            .idle_timeout_ms = 60000,
                                            .frame_bytes_max = 1000,
                                            .queue_bytes_max = 100000,
                                            .ping_interval_ms = 60000},
                                 .handler = {on_request, NULL}};

    memset(&world, 0, sizeof world);
    unit_finally(tear_down);
    CHECK(loop_create(&world.loop) == OK);
    CHECK(nodetls_create(key, false, &world.listens) == OK);
    key[0] = key_of_door;
    CHECK(nodetls_create(key, true, &world.calls) == OK);
    params.loop = world.loop;
    CHECK(http_server_create(&params, &world.portal) == OK);
    CHECK(http_server_listen_nodes(world.portal, "127.0.0.1", 0, world.listens, &port) == OK);
    world.leader = addr_v4(127, 0, 0, 1, port);
    CHECK(nodepass_create(world.loop, world.calls, 2, &world.passed) == OK);
    params.handler.on_request = on_own;
    params.pass = (struct http_pass){wants, on_pass, NULL};
    CHECK(http_server_create(&params, &world.door) == OK);
}

static int browser(const char *request)
{
    int fd = testpeer_connect(http_server_port(world.door));

    CHECK(fd >= 0);
    testpeer_send(world.loop, fd, request, strlen(request));
    return fd;
}

static bool answered(int fd, const char *until)
{
    (void)testpeer_read(world.loop, fd, answer, sizeof answer, until, 0);
    return strstr(answer, until) != NULL;
}

/* A failed CHECK must not leave it open: it is closed first. */
static void leave(int fd)
{
    (void)close(fd);
    for (int i = 0; i < 20; i++) {
        testpeer_turn(world.loop);
    }
}

static void a_request_goes_on_at_the_portal_and_says_who_asks(void)
{
    start(1);
    int fd = browser("POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
    bool first = answered(fd, "\r\n\r\nbody");
    const char *more = "POST /own HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nagain";
    testpeer_send(world.loop, fd, more, strlen(more));
    bool second = answered(fd, "\r\n\r\nagain"); /* the connection is the portal's now */
    uint32_t count = nodepass_count(world.passed);
    leave(fd);
    CHECK(first && second && count == 1);
    CHECK(strcmp(world.peer, "127.0.0.1") == 0 && !world.tls);
    tear_down();
}

static void what_the_door_answers_itself_is_not_passed_on(void)
{
    start(1);
    int fd = browser("GET /own HTTP/1.1\r\nHost: a\r\n\r\n");
    bool own = answered(fd, "HTTP/1.1 204");
    uint32_t before = nodepass_count(world.passed);
    const char *more = "POST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nno";
    testpeer_send(world.loop, fd, more, strlen(more));
    bool second = answered(fd, "\r\n\r\nno");
    leave(fd);
    CHECK(own && before == 0 && second);
    tear_down();
}

/* More than waits on the way, both ways. */
static void much_passes_whole(void)
{
    for (size_t i = 0; i < sizeof big_body; i++) {
        big_body[i] = (uint8_t)('a' + i % 23);
    }
    start(1);
    int fd = browser("GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    size_t size = testpeer_read(world.loop, fd, answer, sizeof answer, NULL, 0);
    bool whole = size > BODY_SIZE && memcmp(answer + size - BODY_SIZE, big_body, BODY_SIZE) == 0;
    leave(fd);
    CHECK(whole);
    fd = browser("POST /3 HTTP/1.1\r\nHost: a\r\nContent-Length: 400000\r\n\r\n");
    testpeer_send(world.loop, fd, big_body, sizeof big_body);
    size = testpeer_read(world.loop, fd, answer, sizeof answer, NULL, BODY_SIZE + 17);
    leave(fd);
    CHECK(size > BODY_SIZE);
    tear_down();
}

static void a_websocket_passes(void)
{
    static const uint8_t frame[] = {0x81, 0x82, 1, 2, 3, 4, 'h' ^ 1, 'i' ^ 2};
    start(1);
    int fd = browser("GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                     "Sec-WebSocket-Version: 13\r\n"
                     "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    bool open = answered(fd, "\r\n\r\n");
    testpeer_send(world.loop, fd, frame, sizeof frame);
    bool echo = answered(fd, "hi");
    leave(fd);
    CHECK(open && echo);
    CHECK(unit_replaying() || nodepass_count(world.passed) == 0);
    tear_down();
}

static void another_key_is_refused_and_the_browser_told(void)
{
    int64_t refused = counter_value(COUNTER_NODES_REFUSED);
    start(2);
    int fd = browser("GET /4 HTTP/1.1\r\nHost: a\r\n\r\n");
    bool told = answered(fd, "HTTP/1.1 503") && strstr(answer, "\r\nRetry-After: 1\r\n") != NULL;
    leave(fd);
    CHECK(told && world.peer[0] == '\0');
    CHECK(counter_value(COUNTER_NODES_REFUSED) > refused);
    tear_down();
}

static void without_a_node_the_browser_is_told(void)
{
    start(1);
    http_server_destroy(world.portal);
    world.portal = NULL;
    testpeer_turn(world.loop);
    testpeer_turn(world.loop);
    int fd = browser("GET /5 HTTP/1.1\r\nHost: a\r\n\r\n");
    bool told = answered(fd, "HTTP/1.1 503");
    leave(fd);
    CHECK(told);
    tear_down();
}

static void whoever_says_hello_without_the_key_is_cut(void)
{
    static const char hello[] = "VVN1\0\4\0\1\1\2\3\4\0\0\0\0\0\0\0\0\0\0\0\0"
                                "GET /6 HTTP/1.1\r\nHost: a\r\n\r\n";
    start(1);
    int fd = testpeer_connect(world.leader.port);
    CHECK(fd >= 0);
    testpeer_send(world.loop, fd, hello, sizeof hello - 1);
    bool ended = testpeer_ended(world.loop, fd);
    leave(fd);
    CHECK(ended && world.peer[0] == '\0');
    tear_down();
}

static void more_than_there_is_room_for_are_closed(void)
{
    int fds[3];
    start(1);
    for (int i = 0; i < 2; i++) {
        fds[i] = browser("POST /7 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nok");
        (void)answered(fds[i], "\r\n\r\nok");
    }
    fds[2] = browser("GET /7 HTTP/1.1\r\nHost: a\r\n\r\n");
    bool ended = testpeer_ended(world.loop, fds[2]);
    uint32_t count = nodepass_count(world.passed);
    nodepass_drop(world.passed);
    bool dropped = testpeer_ended(world.loop, fds[0]) && testpeer_ended(world.loop, fds[1]);
    for (int i = 0; i < 3; i++) {
        leave(fds[i]);
    }
    CHECK(ended && count == 2 && dropped);
    tear_down();
}

/* A quarter of all connections: people and nodes have the rest. */
static void callers_without_a_hello_take_not_all_connections(void)
{
    int fds[4];
    start(1);
    for (int i = 0; i < 4; i++) {
        fds[i] = testpeer_connect(world.leader.port);
        testpeer_turn(world.loop);
    }
    bool ended = testpeer_ended(world.loop, fds[3]);
    int fd = browser("POST /8 HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nno");
    bool refused = answered(fd, "HTTP/1.1 503");
    leave(fd);
    for (int i = 0; i < 4; i++) {
        leave(fds[i]);
    }
    fd = browser("POST /9 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nyes");
    bool taken = answered(fd, "\r\n\r\nyes");
    leave(fd);
    CHECK(ended && refused && taken);
    tear_down();
}

UNIT(callers_without_a_hello_take_not_all_connections,
     a_request_goes_on_at_the_portal_and_says_who_asks,
     what_the_door_answers_itself_is_not_passed_on, much_passes_whole, a_websocket_passes,
     another_key_is_refused_and_the_browser_told, without_a_node_the_browser_is_told,
     whoever_says_hello_without_the_key_is_cut, more_than_there_is_room_for_are_closed)
