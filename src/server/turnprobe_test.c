/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in test peer against a server of two workers, and against those who answer nothing. */
#include "server/turnprobe.h"

#include <time.h>
#include "server/testturn.h"

static const struct id ann = {.bytes = {1}};
static const struct id call = {.bytes = {2}};

static struct turnprobe_target target_of(const struct addr *addr)
{
    return (struct turnprobe_target){
        .kind = DIAL_UDP, .addr = *addr, .timeout_ms = testturn_patience_ms()};
}

static void the_address_that_the_server_sees_is_told(void)
{
    struct addr mapped = {0};

    testturn_create();
    testturn_start();
    struct turnprobe_target target = target_of(&testturn.listen);
    CHECK(turnprobe_binding(&target, &mapped) == OK);
    CHECK(addr_is_loopback(&mapped) && mapped.port != 0 && mapped.port != testturn.listen.port);
    testturn_tear_down();
}

static void a_call_is_carried_by_two_relays(void)
{
    struct credential credential;
    struct turnprobe_result result;

    testturn_create();
    testturn_start();
    struct turnprobe_target target = target_of(&testturn.listen);
    CHECK(turnhost_issue(testturn.host, &ann, &call, (uint64_t)time(NULL), &credential) == OK);
    CHECK(turnprobe_relay(&target, &credential, &result) == OK);
    CHECK(strcmp(result.step, "media") == 0 && result.code == 0);
    CHECK(result.sent == TURNPROBE_PACKETS && result.received > 0);
    CHECK(result.relayed.port >= 50000 && result.relayed.port <= 50099);
    CHECK(result.round_trip_us > 0);
    testturn_tear_down();
}

static void a_refusal_is_told_with_its_step_and_code(void)
{
    struct credential credential;
    struct turnprobe_result result;

    testturn_create();
    testturn_start();
    struct turnprobe_target target = target_of(&testturn.listen);
    CHECK(turnhost_issue(testturn.host, &ann, &call, (uint64_t)time(NULL), &credential) == OK);
    credential.password[0] = credential.password[0] == 'A' ? 'B' : 'A';
    CHECK(turnprobe_relay(&target, &credential, &result) == ERR_FORBIDDEN);
    CHECK(strcmp(result.step, "allocate") == 0 && result.code == 401 && result.sent == 0);
    testturn_tear_down();
}

static void nobody_there_is_told_as_such(void)
{
    struct addr mapped;
    struct credential credential = {.name = "1:ann:call", .password = "none"};
    struct turnprobe_result result;

    testturn_create();
    struct turnprobe_target target = target_of(&testturn.listen);
    target.timeout_ms = 60; /* the test's own socket hears it and is silent */
    CHECK(turnprobe_binding(&target, &mapped) == ERR_TIMEOUT);
    CHECK(turnprobe_relay(&target, &credential, &result) == ERR_TIMEOUT);
    CHECK(strcmp(result.step, "allocate") == 0);
    testturn_close_socket();
    target.timeout_ms = testturn_patience_ms();
    CHECK(turnprobe_binding(&target, &mapped) == ERR_CLOSED);
    CHECK(turnprobe_relay(&target, &credential, &result) == ERR_CLOSED);
    target.kind = DIAL_TCP;
    CHECK(turnprobe_relay(&target, &credential, &result) == ERR_CLOSED);
    CHECK(strcmp(result.step, "connect") == 0);
    testturn_tear_down();
}

UNIT(the_address_that_the_server_sees_is_told, a_call_is_carried_by_two_relays,
     a_refusal_is_told_with_its_step_and_code, nobody_there_is_told_as_such)
