/* SPDX-License-Identifier: Apache-2.0 */
/* The question of turn.detect while the program runs: a name that has no address at the start, and
 * a server that moves. */
#include "app/detecting.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/counter.h"
#include "base/log.h"
#include "crypto/random.h"
#include "server/testturn.h"

static struct config config;
static struct detecting detecting;
static struct addr from[2];
static struct addr mapped[2];
static atomic_int lookups;
static atomic_int unknown; /* so many lookups find nothing */

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static uint32_t resolve(const char *host, uint16_t port, struct addr *out, uint32_t count_max)
{
    (void)port;
    (void)count_max;
    if (strcmp(host, "stun.example.org") != 0 || atomic_fetch_add(&lookups, 1) < unknown) {
        return 0;
    }
    out[0] = testturn.listen;
    return 1;
}

static void breathe(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 2000000}, NULL);
}

static void tear_down(void)
{
    struct addr found[RESOLVE_ADDRESSES_MAX];
    uint32_t count = 0;
    while (detecting.lookup != NULL && !resolve_hear(detecting.lookup, found, &count)) {
        breathe(); /* its memory would be counted as lost */
    }
    detecting.lookup = NULL;
    detecting_destroy(&detecting);
    config_fini(&config);
    testturn_tear_down();
}

static void set_up(int unknown_lookups)
{
    log_set_sink(quiet, NULL);
    random_init();
    testturn_create();
    testturn_start();
    unit_finally(tear_down);
    config_init(&config);
    memcpy(config.turn.detect, "stun.example.org:3478", sizeof("stun.example.org:3478"));
    memset(mapped, 0, sizeof(mapped));
    from[0] = addr_v4(127, 0, 0, 1, 0);
    from[1] = (struct addr){0};
    atomic_store(&lookups, 0);
    atomic_store(&unknown, unknown_lookups);
    detecting_init(&detecting, &config, 0);
    detecting.resolve = resolve;
}

/* Ticks when it is due until there is no question and no lookup any more: the time then. */
static uint64_t settle(uint64_t now_ms, bool *heard)
{
    uint64_t end_ms = now_ms + 250000;
    *heard = false;
    do {
        *heard = detecting_tick(&detecting, from, now_ms, mapped) || *heard;
        if (detecting.hear_ms == UINT64_MAX) {
            return now_ms;
        }
        now_ms = detecting.hear_ms;
        breathe(); /* others have the word */
    } while (now_ms < end_ms);
    return now_ms;
}

static void a_name_without_an_address_is_looked_up_again_with_pace(void)
{
    bool heard = false;
    set_up(3);
    int64_t before = counter_value(COUNTER_RELAYING_UNRESOLVED);
    uint64_t now_ms = 0;
    uint64_t gap_ms = 5000;
    CHECK(detecting_next_ms(&detecting) == gap_ms);
    for (int i = 0; i < 3; i++) {
        now_ms = settle(detecting_next_ms(&detecting), &heard);
        CHECK(!heard && atomic_load(&lookups) == i + 1);
        CHECK(counter_value(COUNTER_RELAYING_UNRESOLVED) == before + i + 1);
        CHECK(detecting_next_ms(&detecting) == now_ms + gap_ms);
        gap_ms *= 2;
    }
    (void)settle(detecting_next_ms(&detecting), &heard);
    CHECK(heard && addr_is_loopback(&mapped[0]) && mapped[0].port == 0);
    CHECK(mapped[1].family == ADDR_NONE && atomic_load(&lookups) == 4);
    /* Its address is known now. */
    (void)settle(detecting_next_ms(&detecting), &heard);
    CHECK(heard && atomic_load(&lookups) == 4);
    tear_down();
}

static void the_pace_grows_to_five_minutes(void)
{
    bool heard = false;
    uint64_t now_ms = 0;
    set_up(1000);
    for (int i = 0; i < 9; i++) {
        now_ms = settle(detecting_next_ms(&detecting), &heard);
    }
    CHECK(detecting_next_ms(&detecting) == now_ms + 300000);
    tear_down();
}

static void after_silence_the_name_is_looked_up_anew(void)
{
    bool heard = false;
    set_up(0);
    detecting.server[0] = addr_v4(127, 0, 0, 1, 9); /* nobody is there any more */
    (void)settle(detecting_next_ms(&detecting), &heard);
    CHECK(!heard && atomic_load(&lookups) == 0);
    (void)settle(detecting_next_ms(&detecting), &heard);
    CHECK(heard && atomic_load(&lookups) == 1);
    tear_down();
}

static void nobody_is_asked_for_what_the_options_say(void)
{
    bool heard = false;
    set_up(0);
    from[0] = (struct addr){0};
    (void)settle(detecting_next_ms(&detecting), &heard);
    CHECK(!heard && atomic_load(&lookups) == 0);
    detecting_destroy(&detecting);
    config.turn.detect[0] = '\0';
    detecting_init(&detecting, &config, 0);
    detecting_hurry(&detecting, 5);
    CHECK(detecting_next_ms(&detecting) == UINT64_MAX);
    tear_down();
}

UNIT(a_name_without_an_address_is_looked_up_again_with_pace, the_pace_grows_to_five_minutes,
     after_silence_the_name_is_looked_up_anew, nobody_is_asked_for_what_the_options_say)
