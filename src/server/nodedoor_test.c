/* SPDX-License-Identifier: Apache-2.0 */
/* What the door does with each request; what is passed on is net/nodepass_test.c's. */
#include "server/nodedoor.h"

#include "net/nodetls.h"
#include "net/testhttp.h"
#include "net/testpeer.h"
#include "unit.h"

static struct loop *loop;
static struct tls_context *calls;
static struct nodedoor door;

static void tear_down(void)
{
    http_server_destroy(door.server);
    nodepass_destroy(door.passed);
    if (loop != NULL) {
        loop_drain(loop);
        loop_destroy(loop);
    }
    tls_context_destroy(calls);
    loop = NULL;
    calls = NULL;
    door = (struct nodedoor){0};
}

static void start(void)
{
    const uint8_t key[NODETLS_KEY_SIZE] = {1};
    struct http_params params = {.address = "127.0.0.1",
                                 .limits = testhttp_limits(),
                                 .handler = nodedoor_handler(&door),
                                 .pass = nodedoor_pass(&door)};
    unit_finally(tear_down);
    CHECK(loop_create(&loop) == OK);
    CHECK(nodetls_create(key, true, &calls) == OK);
    CHECK(nodepass_create(loop, calls, 8, &door.passed) == OK);
    params.loop = loop;
    CHECK(http_server_create(&params, &door.server) == OK);
}

/* The answer begins with `wanted`, and has `part`. */
static bool answers(const char *path, const char *wanted, const char *part)
{
    char request[200];
    char out[2000];
    int fd = testpeer_connect(http_server_port(door.server));
    CHECK(fd >= 0);
    (void)snprintf(request, sizeof(request),
                   "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", path);
    testpeer_send(loop, fd, request, strlen(request));
    (void)testpeer_read(loop, fd, out, sizeof(out), NULL, 0);
    (void)close(fd);
    for (int i = 0; i < 20; i++) {
        testpeer_turn(loop);
    }
    return strncmp(out, wanted, strlen(wanted)) == 0 && strstr(out, part) != NULL;
}

static void without_a_leader_it_says_so(void)
{
    start();
    CHECK(answers("/healthz", "HTTP/1.1 200", "\r\n\r\nok"));
    CHECK(answers("/readyz", "HTTP/1.1 503", "no node has the portal"));
    CHECK(answers("/api/me", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n"));
    CHECK(answers("/call/1", "HTTP/1.1 503", "http-equiv=\"refresh\""));
    tear_down();
}

static void with_one_it_is_ready_and_passes_on_the_rest(void)
{
    struct addr nobody = addr_v4(127, 0, 0, 1, 1);
    start();
    nodedoor_set_leader(&door, &nobody);
    CHECK(answers("/healthz", "HTTP/1.1 200", "\r\n\r\nok"));
    CHECK(answers("/readyz", "HTTP/1.1 200", "\r\n\r\nready"));
    CHECK(answers("/api/me", "HTTP/1.1 503", "\r\nRetry-After: 1\r\n"));
    nobody = (struct addr){0};
    nodedoor_set_leader(&door, &nobody);
    CHECK(answers("/readyz", "HTTP/1.1 503", "no node has the portal"));
    tear_down();
}

UNIT(without_a_leader_it_says_so, with_one_it_is_ready_and_passes_on_the_rest)
