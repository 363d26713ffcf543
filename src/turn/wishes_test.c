/* SPDX-License-Identifier: Apache-2.0 */
/* Which ports and families an Allocate gets: EVEN-PORT, RESERVATION-TOKEN,
 * ADDITIONAL-ADDRESS-FAMILY. */
#include "turn/turn.h"

#include "turn/virtualnet.h"
#include "unit.h"
#include "wire/stun.h"

static struct virtualnet net;
static struct virtualnet_client anna;
static struct virtualnet_client bert;

static const struct addr peer = {.ip = {8, 8, 8, 8}, .port = 4000, .family = ADDR_V4};

static void tear_down(void)
{
    virtualnet_stop(&net);
}

/* With that range of ports; `missing`: a family that is not relayed, or -1. */
static void set_up_with(uint16_t port_min, uint16_t port_max, int missing)
{
    unit_finally(tear_down);
    virtualnet_init(&net);
    net.config.relay_port_min = port_min;
    net.config.relay_port_max = port_max;
    net.peers.relay_port_min = port_min;
    net.peers.relay_port_max = port_max;
    if (missing >= 0) {
        net.config.relay_public[missing] = (struct addr){0};
    }
    CHECK(virtualnet_start(&net) == OK);
    virtualnet_client_init(&net, &anna, addr_v4(192, 0, 2, 1, 1111), "anna", "call-1");
    virtualnet_client_init(&net, &bert, addr_v4(192, 0, 2, 2, 2222), "bert", "call-1");
}

static void set_up(void)
{
    set_up_with(50000, 50999, -1);
}

static const struct virtualnet_sent *got(enum virtualnet_kind kind, struct slice bytes)
{
    const struct virtualnet_sent *sent = virtualnet_last(&net, kind);
    CHECK(sent != NULL && slice_equal(slice_from(sent->bytes, sent->size), bytes));
    return sent;
}

static void an_even_port_and_the_one_behind_it_are_kept_for_a_token(void)
{
    set_up();
    uint8_t both = 0x80;
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_refresh(&anna, 0) == 0);
    virtualnet_begin(&anna, STUN_REQUEST, STUN_ALLOCATE);
    stun_put_u32(&anna.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    stun_put(&anna.writer, STUN_EVEN_PORT, slice_from(&both, 1));
    virtualnet_sign(&anna);
    CHECK(virtualnet_send(&anna) == 0 && (anna.relay.port & 1) == 0);
    uint8_t token[8];
    CHECK(anna.answer.attributes[STUN_RESERVATION_TOKEN].size == sizeof(token));
    memcpy(token, anna.answer.attributes[STUN_RESERVATION_TOKEN].data, sizeof(token));
    struct virtualnet_client again; /* anna from another port */
    virtualnet_client_init(&net, &again, addr_v4(192, 0, 2, 9, 77), "anna", "call-1");
    CHECK(virtualnet_allocate(&again) == 0 && virtualnet_refresh(&again, 0) == 0);
    for (int i = 0; i < 2; i++) { /* a token is good once */
        virtualnet_begin(&again, STUN_REQUEST, STUN_ALLOCATE);
        stun_put_u32(&again.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
        stun_put(&again.writer, STUN_RESERVATION_TOKEN, slice_from(token, sizeof(token)));
        virtualnet_sign(&again);
        CHECK(virtualnet_send(&again) == (i == 0 ? 0 : 508));
        CHECK(i == 1 || again.relay.port == anna.relay.port + 1);
        CHECK(i == 1 || virtualnet_refresh(&again, 0) == 0);
    }
    tear_down();
}

static void both_families_can_be_had_at_once(void)
{
    struct addr v6_peer = {.ip = {0x26, [15] = 1}, .port = 5, .family = ADDR_V6};
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_permit(&anna, v6_peer) == 443);
    CHECK(virtualnet_refresh(&anna, 0) == 0);
    virtualnet_begin(&anna, STUN_REQUEST, STUN_ALLOCATE);
    stun_put_u32(&anna.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    stun_put_u32(&anna.writer, STUN_ADDITIONAL_ADDRESS_FAMILY, 2U << 24);
    virtualnet_sign(&anna);
    CHECK(virtualnet_send(&anna) == 0);
    CHECK(anna.relay.family == ADDR_V4 && anna.relay_v6.family == ADDR_V6);
    CHECK(virtualnet_permit(&anna, v6_peer) == 0);
    turn_relay v6_relay = net.relay;
    CHECK(virtualnet_permit(&anna, peer) == 0 && net.open == 2);
    static const uint8_t largest[65507];
    net.count = 0;
    turn_peer_input(net.turn, v6_relay, &v6_peer, slice_from(largest, sizeof(largest)));
    CHECK(net.count == 0 && virtualnet_counted(&net, COUNTER_TURN_TOO_LARGE) == 1);
    virtualnet_send_indication(&anna, v6_peer, SLICE("six"));
    CHECK(addr_equal(&got(VIRTUALNET_PEER, SLICE("six"))->to, &v6_peer));
    virtualnet_begin(&anna, STUN_REQUEST, STUN_REFRESH); /* one of the two is given back */
    stun_put_u32(&anna.writer, STUN_LIFETIME, 0);
    stun_put_u32(&anna.writer, STUN_REQUESTED_ADDRESS_FAMILY, 1U << 24);
    virtualnet_sign(&anna);
    CHECK(virtualnet_send(&anna) == 0 && net.open == 1);
    CHECK(virtualnet_permit(&anna, peer) == 443 && virtualnet_permit(&anna, v6_peer) == 0);
    tear_down();
}

/* Asks for both families; the code of ADDRESS-ERROR-CODE in `*why`, 0: it has none. */
static int allocate_both(unsigned *why, unsigned *family)
{
    virtualnet_begin(&anna, STUN_REQUEST, STUN_ALLOCATE);
    stun_put_u32(&anna.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    stun_put_u32(&anna.writer, STUN_ADDITIONAL_ADDRESS_FAMILY, 2U << 24);
    virtualnet_sign(&anna);
    int code = virtualnet_send(&anna);
    struct slice value = anna.answer.attributes[STUN_ADDRESS_ERROR_CODE];
    *family = code == 0 && value.size == 4 ? value.data[0] : 0;
    *why = code == 0 && value.size == 4 ? value.data[2] * 100U + value.data[3] : 0;
    return code;
}

/* RFC 8656 section 7.2: one family that can be had is a success. */
static void of_both_families_one_that_is_not_relayed_is_told_with_440(void)
{
    unsigned why = 0;
    unsigned family = 0;
    set_up();
    CHECK(allocate_both(&why, &family) == 401);
    CHECK(allocate_both(&why, &family) == 0 && why == 0);
    tear_down();
    for (int missing = 0; missing < 2; missing++) {
        set_up_with(50000, 50999, missing);
        CHECK(allocate_both(&why, &family) == 401);
        CHECK(allocate_both(&why, &family) == 0 && why == 440);
        CHECK(family == (missing == 0 ? 1U : 2U));
        tear_down();
    }
}

static void of_both_families_one_without_a_port_is_told_with_508(void)
{
    unsigned why = 0;
    unsigned family = 0;
    set_up_with(50000, 50001, -1);
    for (int i = 0; i < 2; i++) { /* none of IPv4 is left */
        bert.path.remote.port++;
        CHECK(virtualnet_allocate(&bert) == 0);
    }
    for (int i = 0; i < 3; i++) { /* nor of IPv6 the third time */
        anna.path.remote.port++;
        CHECK(allocate_both(&why, &family) == (i == 0 ? 401 : 438)); /* a nonce of that port */
        CHECK(allocate_both(&why, &family) == (i < 2 ? 0 : 508));
        CHECK(i == 2 || (why == 508 && family == 1 && anna.relay_v6.family == ADDR_V6));
    }
    tear_down();
}

/* RFC 8656 section 7.2: another pair is tried before it is refused. */
static void a_pair_of_ports_is_found_beside_a_half_used_one(void)
{
    static const uint8_t both = 0x80;
    set_up_with(50000, 50003, -1);
    CHECK(virtualnet_allocate(&bert) == 0);
    while ((bert.relay.port & 1) == 0) { /* an odd port: its even one is free, the pair is not */
        CHECK(virtualnet_refresh(&bert, 0) == 0 && virtualnet_allocate(&bert) == 0);
    }
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_refresh(&anna, 0) == 0);
    for (int i = 0; i < 8; i++) { /* wherever the search begins */
        virtualnet_begin(&anna, STUN_REQUEST, STUN_ALLOCATE);
        stun_put_u32(&anna.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
        stun_put(&anna.writer, STUN_EVEN_PORT, slice_from(&both, 1));
        virtualnet_sign(&anna);
        CHECK(virtualnet_send(&anna) == 0 && (anna.relay.port | 1) != bert.relay.port);
        CHECK(virtualnet_refresh(&anna, 0) == 0);
        virtualnet_pass(&net, 31 * 1000); /* the one that was kept for the token is free again */
    }
    tear_down();
}

static void nothing_leaves_for_the_odd_ends_of_the_range(void)
{
    set_up_with(50001, 50004, -1); /* dealt are 50002 and 50003 */
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_permit(&anna, peer) == 0);
    struct addr end = anna.relay;
    for (int i = 0; i < 2; i++) {
        end.port = i == 0 ? 50001 : 50004;
        CHECK(virtualnet_permit(&anna, end) == 0);
        virtualnet_send_indication(&anna, end, SLICE("to whatever listens there"));
        CHECK(net.count == 0);
    }
    CHECK(virtualnet_counted(&net, COUNTER_TURN_PEER_REFUSED) == 2);
    tear_down();
}

UNIT(an_even_port_and_the_one_behind_it_are_kept_for_a_token, both_families_can_be_had_at_once,
     of_both_families_one_that_is_not_relayed_is_told_with_440,
     of_both_families_one_without_a_port_is_told_with_508,
     a_pair_of_ports_is_found_beside_a_half_used_one, nothing_leaves_for_the_odd_ends_of_the_range)
