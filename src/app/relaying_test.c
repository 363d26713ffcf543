/* SPDX-License-Identifier: Apache-2.0 */
/* The secret of the relay: made, read again, and the one before it forgotten in time. */
#include "app/relaying.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/counter.h"
#include "base/log.h"
#include "crypto/random.h"
#include "unit.h"

#define A "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define B "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define C "ee112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct config config;
static struct loop *loop;
static struct relaying relaying;
static char folder[] = "/tmp/relaying_test.XXXXXX";
static char path[64];

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void tear_down(void)
{
    relaying_destroy(&relaying);
    if (loop != NULL) {
        loop_drain(loop);
    }
    loop_destroy(loop);
    loop = NULL;
    config_fini(&config);
    (void)unlink(path);
    (void)rmdir(folder);
}

static void write_file(const char *text)
{
    FILE *file = fopen(path, "w");
    CHECK(file != NULL);
    (void)fputs(text, file);
    (void)fclose(file);
}

static void set_up(const char *secret)
{
    unit_finally(tear_down);
    log_set_sink(quiet, NULL);
    random_init();
    config_init(&config);
    relaying_init(&relaying, &config);
    memcpy(folder, "/tmp/relaying_test.XXXXXX", sizeof(folder));
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(config.data, sizeof(config.data), "%s", folder);
    (void)snprintf(path, sizeof(path), "%s/%s", folder, RELAYING_SECRET);
    memcpy(config.listen_address, "127.0.0.1", sizeof("127.0.0.1"));
    config.turn.workers = 1;
    if (secret != NULL) {
        write_file(secret);
    }
    CHECK(loop_create(&loop) == OK);
    CHECK(relaying_create(&relaying, &config, loop, NULL) == OK);
}

/* Whether these are the first bytes of the two secrets; 0: there is none before. */
static bool are(uint8_t current, uint8_t previous)
{
    const struct relaying_secrets *secrets = &relaying.secrets;
    return secrets->current[0] == current && secrets->has_previous == (previous != 0) &&
           secrets->previous[0] == previous;
}

static void the_secret_before_is_taken_for_as_long_as_a_credential_lives(void)
{
    const uint64_t hour_ms = RELAYING_ENDED_S * 1000ULL;
    set_up(B);
    uint64_t now_ms = loop_now_ms(loop);
    CHECK(are(0xff, 0));
    relaying_reload(&relaying, &config, now_ms);
    CHECK(are(0xff, 0)); /* the same is nothing new */
    write_file(C "\n");
    relaying_reload(&relaying, &config, now_ms);
    CHECK(are(0xee, 0xff));
    relaying_reload(&relaying, &config, now_ms + 1000); /* does not begin its time anew */
    relaying_tick(&relaying, now_ms + hour_ms - 1);
    CHECK(are(0xee, 0xff) && relaying_next_ms(&relaying) == now_ms + hour_ms);
    relaying_tick(&relaying, now_ms + hour_ms);
    CHECK(are(0xee, 0));
    tear_down();
}

static void a_second_line_is_the_secret_before_and_junk_is_refused(void)
{
    static const char *const bad[] = {"",  "0011",     A "\n" B "\n" C, A "\n" B "x",
                                      A B, A "\n0011", A " and more"};
    set_up(B "\n" C "\n");
    CHECK(are(0xff, 0xee));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        write_file(bad[i]);
        relaying_reload(&relaying, &config, loop_now_ms(loop));
        CHECK(are(0xff, 0xee));
    }
    write_file(C "\r\n" B "\r\n");
    relaying_reload(&relaying, &config, loop_now_ms(loop));
    CHECK(are(0xee, 0xff));
    tear_down();
}

static void the_first_start_makes_one_that_the_next_finds(void)
{
    uint8_t found[TURNHOST_SECRET_SIZE];
    set_up(NULL);
    CHECK(relaying_secret(&config, found) == OK);
    CHECK(memcmp(found, relaying.secrets.current, sizeof(found)) == 0);
    tear_down();
}

static void as_many_ended_calls_are_noted_as_are_configured(void)
{
    struct id call = {0};
    set_up(A);
    config.turn.ended_calls_max = 2000;
    relaying_destroy(&relaying);
    loop_drain(loop);
    relaying_init(&relaying, &config);
    int64_t before = counter_value(COUNTER_TURN_REVOKE_FAILED);
    for (int i = 0; i < 2003; i++) {
        relaying_note_ended(&relaying, &call);
    }
    CHECK(counter_value(COUNTER_TURN_REVOKE_FAILED) == before + 3);
    CHECK(relaying.ended.size == 2000 * sizeof(call));
    tear_down();
}

/* As if the machine had got, or lost, an address. */
static void relay_to(uint8_t last, uint64_t *now_ms)
{
    relaying.options.public_address[0] = last == 0 ? (struct addr){0} : addr_v4(192, 0, 2, last, 0);
    *now_ms += 2000;
    relaying_tick(&relaying, *now_ms);
}

static void another_address_is_told_from_the_next_look_on(void)
{
    set_up(A);
    uint64_t now_ms = loop_now_ms(loop);
    int64_t before = counter_value(COUNTER_RELAYING_MOVED);
    relay_to(7, &now_ms);
    CHECK(relaying.turn.relay_public[0].ip[3] == 7);
    CHECK(relaying.turn.relay_local[0].ip[0] == 127);
    CHECK(counter_value(COUNTER_RELAYING_MOVED) == before + 1);
    relay_to(7, &now_ms);
    CHECK(counter_value(COUNTER_RELAYING_MOVED) == before + 1);
    relay_to(8, &now_ms);
    CHECK(relaying.turn.relay_public[0].ip[3] == 8);
    relay_to(0, &now_ms);
    CHECK(addr_same_ip(&relaying.turn.relay_public[0], &relaying.turn.relay_local[0]));
    CHECK(counter_value(COUNTER_RELAYING_MOVED) == before + 3);
    tear_down();
}

static void an_address_that_is_lost_is_kept_until_there_is_another(void)
{
    set_up(A);
    uint64_t now_ms = loop_now_ms(loop);
    relaying.turn.relay_local[0] = addr_v4(192, 0, 2, 1, 0); /* it had it, and now only 127.0.0.1 */
    relaying.turn.relay_public[0] = relaying.turn.relay_local[0];
    relay_to(0, &now_ms);
    CHECK(relaying.turn.relay_local[0].ip[0] == 192 && relaying.turn.relay_public[0].ip[0] == 192);
    relaying.options.relay_address[0] = addr_v4(192, 0, 2, 2, 0);
    relay_to(0, &now_ms);
    CHECK(relaying.turn.relay_local[0].ip[3] == 2 && relaying.turn.relay_public[0].ip[3] == 2);
    tear_down();
}

static void a_server_that_says_nothing_changes_no_address(void)
{
    static const char *const silent[] = {"", "127.0.0.1:port", "nowhere.invalid", "127.0.0.1:1"};
    set_up(A);
    for (size_t i = 0; i < sizeof(silent) / sizeof(silent[0]); i++) {
        (void)snprintf(config.turn.detect, sizeof(config.turn.detect), "%s", silent[i]);
        relaying_detect(&config);
        CHECK(config.turn.detected[0].family == ADDR_NONE);
    }
    (void)snprintf(config.turn.public_address, sizeof(config.turn.public_address), "192.0.2.9");
    relaying_detect(&config); /* nobody is asked: it is said */
    CHECK(config.turn.detected[0].family == ADDR_NONE);
    config.turn.on = 0;
    relaying_detect(&config);
    tear_down();
}

static void own_addresses_are_as_many_as_there_is_room_for(void)
{
    struct addr own[32];
    set_up(A);
    (void)snprintf(config.turn.public_address, sizeof(config.turn.public_address), "192.0.2.9");
    uint32_t count = relaying_own(&config, own, 32);
    CHECK(count >= 2 && own[count - 1].ip[3] == 9); /* loopback, and the one that is told */
    CHECK(relaying_own(&config, own, 1) == 1);
    tear_down();
}

static void a_relay_that_is_switched_off_has_nothing_to_do(void)
{
    set_up(A);
    relaying_destroy(&relaying);
    loop_drain(loop);
    config.turn.on = 0;
    relaying_init(&relaying, &config);
    CHECK(relaying_create(&relaying, &config, loop, NULL) == OK && relaying.host == NULL);
    relaying_tick(&relaying, 1);
    relaying_reload(&relaying, &config, 1);
    CHECK(relaying_next_ms(&relaying) == UINT64_MAX);
    tear_down();
}

UNIT(another_address_is_told_from_the_next_look_on,
     an_address_that_is_lost_is_kept_until_there_is_another,
     a_server_that_says_nothing_changes_no_address, own_addresses_are_as_many_as_there_is_room_for,
     a_relay_that_is_switched_off_has_nothing_to_do,
     as_many_ended_calls_are_noted_as_are_configured,
     the_secret_before_is_taken_for_as_long_as_a_credential_lives,
     a_second_line_is_the_secret_before_and_junk_is_refused,
     the_first_start_makes_one_that_the_next_finds)
