/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/permission.h"

#include "unit.h"

static const struct addr peer = {.ip = {192, 0, 2, 1}, .port = 80, .family = ADDR_V4};
static const struct addr stranger = {.ip = {192, 0, 2, 2}, .port = 80, .family = ADDR_V4};

static void covers_an_address_whatever_its_port_for_300_seconds(void)
{
    struct permissions set;
    struct addr other_port = peer;
    other_port.port = 9;
    permission_init(&set, 8);
    CHECK(!permission_covers(&set, &peer, 0));
    CHECK(permission_add(&set, &peer, 1, 1000) == OK);
    CHECK(permission_covers(&set, &peer, 1000) && permission_covers(&set, &other_port, 300999));
    CHECK(!permission_covers(&set, &peer, 301000));
    CHECK(!permission_covers(&set, &stranger, 1000));
    permission_fini(&set);
}

static void lives_on_when_it_is_refreshed(void)
{
    struct permissions set;
    permission_init(&set, 1);
    CHECK(permission_add(&set, &peer, 1, 0) == OK);
    CHECK(permission_add(&set, &peer, 1, 299999) == OK);
    CHECK(permission_covers(&set, &peer, 599998) && !permission_covers(&set, &peer, 599999));
    permission_fini(&set);
}

static void refuses_one_more_than_the_limit_until_one_expires(void)
{
    struct permissions set;
    permission_init(&set, 1);
    CHECK(permission_add(&set, &peer, 1, 0) == OK);
    CHECK(permission_add(&set, &peer, 1, 10) == OK);
    CHECK(permission_add(&set, &stranger, 1, 10) == ERR_LIMIT);
    CHECK(permission_add(&set, &stranger, 1, 300010) == OK);
    CHECK(!permission_covers(&set, &peer, 300010));
    permission_fini(&set);
}

static void grows_to_its_limit_and_loses_none(void)
{
    struct permissions set;
    permission_init(&set, 50);
    for (uint8_t i = 0; i < 50; i++) {
        struct addr addr = addr_v4(10, 0, 0, i, i);
        CHECK(permission_add(&set, &addr, 1, 5) == OK);
    }
    for (uint8_t i = 0; i < 50; i++) {
        struct addr addr = addr_v4(10, 0, 0, i, 77);
        CHECK(permission_covers(&set, &addr, 6));
    }
    CHECK(permission_add(&set, &peer, 1, 6) == ERR_LIMIT);
    permission_fini(&set);
}

static void takes_several_wholly_or_not_at_all(void)
{
    const struct addr third = addr_v4(192, 0, 2, 3, 3);
    const struct addr peers[] = {peer, stranger, peer, third};
    struct permissions set;
    permission_init(&set, 2);
    CHECK(permission_add(&set, &peer, 1, 0) == OK);
    CHECK(permission_add(&set, peers, 4, 10) == ERR_LIMIT);
    CHECK(!permission_covers(&set, &stranger, 10) && !permission_covers(&set, &third, 10));
    CHECK(!permission_covers(&set, &peer, 300000));  /* nor is one refreshed */
    CHECK(permission_add(&set, peers, 3, 20) == OK); /* who is named twice counts once */
    CHECK(permission_covers(&set, &peer, 300000) && permission_covers(&set, &stranger, 300000));
    permission_fini(&set);
}

UNIT(covers_an_address_whatever_its_port_for_300_seconds, lives_on_when_it_is_refreshed,
     refuses_one_more_than_the_limit_until_one_expires, grows_to_its_limit_and_loses_none,
     takes_several_wholly_or_not_at_all)
