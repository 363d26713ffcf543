/* SPDX-License-Identifier: Apache-2.0 */
/* Tests only: a TURN server on loopback with two workers. Its threads serve; the test's own thread
 * is that of the loop, and turns it when it waits for an answer. */
#ifndef SERVER_TESTTURN_H
#define SERVER_TESTTURN_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#include "net/loop.h"
#include "server/turnhost.h"
#include "unit.h"

#define TESTTURN_WORKERS 2
#define TESTTURN_TICK_MS 10

static struct {
    struct loop *loop;
    struct turnhost *host;
    int fd; /* + 1; a socket of the test that has a port; 0: none */
    struct addr listen;
    uint64_t end_ms;
    const uint32_t *number; /* that is waited for */
    uint32_t wanted;
} testturn;

/* A replay with failing allocations waits often for what never comes. */
static inline uint32_t testturn_patience_ms(void)
{
    return unit_replaying() ? 200 : 15000;
}

static inline void testturn_close_socket(void)
{
    if (testturn.fd > 0) {
        (void)close(testturn.fd - 1);
    }
    testturn.fd = 0;
}

static inline void testturn_tear_down(void)
{
    testturn_close_socket();
    turnhost_destroy(testturn.host);
    if (testturn.loop != NULL) {
        loop_set_deadline(testturn.loop, UINT64_MAX, NULL, NULL);
        loop_drain(testturn.loop);
    }
    loop_destroy(testturn.loop);
    memset(&testturn, 0, sizeof(testturn));
}

/* A free port of loopback, with a socket that keeps it until testturn_close_socket. */
static inline void testturn_take_port(void)
{
    struct sockaddr_in own = {.sin_family = AF_INET};
    socklen_t size = sizeof own;

    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    testturn.fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0) + 1;
    CHECK(bind(testturn.fd - 1, (struct sockaddr *)&own, sizeof own) == 0);
    CHECK(getsockname(testturn.fd - 1, (struct sockaddr *)&own, &size) == 0);
    testturn.listen = addr_v4(127, 0, 0, 1, ntohs(own.sin_port));
}

/* A host that does not run yet. */
static inline void testturn_create(void)
{
    struct turnhost_params params = {.turn = {.relay_port_min = 50000, .relay_port_max = 50099},
                                     .workers = TESTTURN_WORKERS,
                                     .conns = {.count_max = 4},
                                     .credential_s = 60,
                                     .secret = "thirty-two bytes of a secret..."};

    memset(&testturn, 0, sizeof(testturn));
    unit_finally(testturn_tear_down);
    testturn_take_port();
    CHECK(loop_create(&testturn.loop) == OK);
    turn_limits_default(&params.turn.limits);
    params.turn.limits.allocations_max = 10;
    params.turn.limits.names_max = 10;
    params.turn.limits.revoked_max = 10;
    params.loop = testturn.loop;
    params.turn.relay_public[0] = addr_v4(127, 0, 0, 1, 0);
    params.turn.relay_local[0] = params.turn.relay_public[0];
    params.peers.relays[0] = params.turn.relay_public[0];
    params.peers.relays_count = 1;
    params.peers.relay_port_min = params.turn.relay_port_min;
    params.peers.relay_port_max = params.turn.relay_port_max;
    CHECK(turnhost_create(&params, &testturn.host) == OK);
}

static inline void testturn_start(void)
{
    testturn_close_socket();
    CHECK(turnhost_start(testturn.host, &testturn.listen, 1) == OK);
}

static inline void testturn_on_due(void *arg)
{
    uint64_t now_ms = loop_now_ms(testturn.loop);

    turnhost_tick(testturn.host, now_ms);
    if (*testturn.number >= testturn.wanted || now_ms >= testturn.end_ms) {
        loop_stop(testturn.loop);
    } else {
        loop_set_deadline(testturn.loop, now_ms + TESTTURN_TICK_MS, testturn_on_due, arg);
    }
}

/* Turns the loop until `number` is `wanted`. */
static inline void testturn_run_until(const uint32_t *number, uint32_t wanted)
{
    testturn.number = number;
    testturn.wanted = wanted;
    testturn.end_ms = loop_now_ms(testturn.loop) + testturn_patience_ms();
    loop_set_deadline(testturn.loop, 0, testturn_on_due, NULL);
    loop_run(testturn.loop);
    CHECK(*number == wanted);
}

#endif
