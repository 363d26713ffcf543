/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/channel.h"

#include "unit.h"

static const struct addr peer = {.ip = {192, 0, 2, 1}, .port = 80, .family = ADDR_V4};
static const struct addr other = {.ip = {192, 0, 2, 1}, .port = 81, .family = ADDR_V4};

static void a_channel_is_found_both_ways_for_600_seconds(void)
{
    struct channels set;
    channel_init(&set, 8);
    CHECK(channel_find(&set, 0x4000, 0) == NULL);
    CHECK(channel_bind(&set, 0x4000, &peer, 1000) == OK);
    const struct channel *channel = channel_find(&set, 0x4000, 600999);
    CHECK(channel != NULL && addr_equal(&channel->peer, &peer));
    CHECK(channel_find_peer(&set, &peer, 600999) == channel);
    CHECK(channel_find(&set, 0x4000, 601000) == NULL);
    CHECK(channel_find_peer(&set, &peer, 601000) == NULL);
    CHECK(channel_find(&set, 0x4001, 1000) == NULL &&
          channel_find_peer(&set, &other, 1000) == NULL);
    channel_fini(&set);
}

static void neither_a_number_nor_a_peer_is_bound_twice_while_it_lives(void)
{
    struct channels set;
    channel_init(&set, 8);
    CHECK(channel_bind(&set, 0x4000, &peer, 0) == OK);
    CHECK(channel_bind(&set, 0x4000, &other, 1) == ERR_EXISTS);
    CHECK(channel_bind(&set, 0x4001, &peer, 1) == ERR_EXISTS);
    CHECK(channel_bind(&set, 0x4001, &other, 1) == OK);
    CHECK(channel_bind(&set, 0x4000, &other, 1) == ERR_EXISTS);
    CHECK(channel_bind(&set, 0x4000, &peer, 599999) == OK);
    CHECK(channel_find(&set, 0x4000, 1199998) != NULL);
    CHECK(channel_bind(&set, 0x4005, &other, 600001) == OK); /* its old one has expired */
    channel_fini(&set);
}

static void refuses_one_more_than_the_limit_until_one_expires(void)
{
    struct channels set;
    channel_init(&set, 5);
    for (uint16_t i = 0; i < 5; i++) {
        struct addr addr = addr_v4(10, 0, 0, (uint8_t)i, 9);
        CHECK(channel_bind(&set, (uint16_t)(0x4000 + i), &addr, i) == OK);
    }
    CHECK(channel_bind(&set, 0x4009, &peer, 10) == ERR_LIMIT);
    CHECK(channel_bind(&set, 0x4009, &peer, 600000) == OK);
    CHECK(channel_find(&set, 0x4000, 600000) == NULL && channel_find(&set, 0x4004, 600000) != NULL);
    channel_fini(&set);
}

UNIT(a_channel_is_found_both_ways_for_600_seconds,
     neither_a_number_nor_a_peer_is_bound_twice_while_it_lives,
     refuses_one_more_than_the_limit_until_one_expires)
