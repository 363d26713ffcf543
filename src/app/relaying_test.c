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

UNIT(as_many_ended_calls_are_noted_as_are_configured,
     the_secret_before_is_taken_for_as_long_as_a_credential_lives,
     a_second_line_is_the_secret_before_and_junk_is_refused,
     the_first_start_makes_one_that_the_next_finds)
