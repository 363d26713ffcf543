/* SPDX-License-Identifier: Apache-2.0 */
/* Names that a thread looks up: found, not found, and forgotten while the resolver hangs. */
#include "net/resolve.h"

#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "unit.h"

static atomic_bool gate;

static void breathe(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
}

static uint32_t wait_for(struct resolve *resolve, struct addr *out)
{
    uint32_t count = 0;
    while (!resolve_hear(resolve, out, &count)) {
        breathe();
    }
    return count;
}

static uint32_t resolve_none(const char *host, uint16_t port, struct addr *out, uint32_t count_max)
{
    (void)host;
    (void)port;
    (void)out;
    (void)count_max;
    return 0;
}

static uint32_t resolve_late(const char *host, uint16_t port, struct addr *out, uint32_t count_max)
{
    while (!atomic_load(&gate)) {
        breathe();
    }
    return resolve_none(host, port, out, count_max);
}

static void an_address_is_found_with_its_port(void)
{
    struct addr found[RESOLVE_ADDRESSES_MAX];
    struct resolve *resolve = NULL;
    CHECK(resolve_start(dial_resolve, "127.0.0.7", 3478, &resolve) == OK);
    CHECK(wait_for(resolve, found) > 0);
    CHECK(found[0].family == ADDR_V4 && found[0].ip[3] == 7 && found[0].port == 3478);
}

static void no_such_name_is_an_end_too(void)
{
    struct addr found[RESOLVE_ADDRESSES_MAX];
    struct resolve *resolve = NULL;
    CHECK(resolve_start(resolve_none, "nowhere", 1, &resolve) == OK);
    CHECK(wait_for(resolve, found) == 0);
}

static void a_name_that_is_too_long_is_refused(void)
{
    char name[RESOLVE_NAME_MAX + 2];
    struct resolve *resolve = NULL;
    memset(name, 'a', sizeof(name));
    name[sizeof(name) - 1] = '\0';
    CHECK(resolve_start(resolve_none, name, 1, &resolve) == ERR_INVALID && resolve == NULL);
}

static void a_resolver_that_hangs_holds_nobody_up(void)
{
    struct addr found[RESOLVE_ADDRESSES_MAX];
    struct resolve *resolve = NULL;
    uint32_t count = 0;
    int64_t live = mem_live();
    atomic_store(&gate, false);
    CHECK(resolve_start(resolve_late, "slow", 1, &resolve) == OK);
    CHECK(!resolve_hear(resolve, found, &count));
    resolve_drop(resolve);
    atomic_store(&gate, true);
    while (mem_live() != live) {
        breathe(); /* the thread frees what nobody wants */
    }
}

static void one_that_has_ended_can_be_dropped(void)
{
    struct resolve *resolve = NULL;
    int64_t live = mem_live();
    CHECK(resolve_start(resolve_none, "nowhere", 1, &resolve) == OK);
    resolve_drop(resolve);
    resolve_drop(NULL);
    while (mem_live() != live) {
        breathe();
    }
}

UNIT(an_address_is_found_with_its_port, no_such_name_is_an_end_too,
     a_name_that_is_too_long_is_refused, a_resolver_that_hangs_holds_nobody_up,
     one_that_has_ended_can_be_dropped)
