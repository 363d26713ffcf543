/* SPDX-License-Identifier: Apache-2.0 */
/* The machine gets other addresses while it relays. */
#include "turn/turn.h"

#include "turn/virtualnet.h"
#include "unit.h"

static struct virtualnet net;
static struct virtualnet_client anna;
static struct virtualnet_client bert;
static struct addr local[2];
static struct addr shown[2];

static const struct addr peer = {.ip = {8, 8, 8, 8}, .port = 4000, .family = ADDR_V4};

static void tear_down(void)
{
    virtualnet_stop(&net);
}

static void set_up(void)
{
    unit_finally(tear_down);
    virtualnet_init(&net);
    CHECK(virtualnet_start(&net) == OK);
    virtualnet_client_init(&net, &anna, addr_v4(192, 0, 2, 1, 1111), "anna", "call-1");
    virtualnet_client_init(&net, &bert, addr_v4(192, 0, 2, 2, 2222), "bert", "call-1");
    memcpy(local, net.config.relay_local, sizeof(local));
    memcpy(shown, net.config.relay_public, sizeof(shown));
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_bind(&anna, 0x4000, peer) == 0);
}

/* `earlier`: the relay address of before is the machine's still. */
static void move(bool earlier)
{
    struct addr before = net.config.relay_public[0];
    CHECK(peerfilter_set_own(&net.peers, local, shown, NULL, 0) == OK);
    CHECK(!earlier || peerfilter_add_relay(&net.peers, &before) == OK);
    turn_set_relays(net.turn, local, shown);
    turn_set_peers(net.turn, &net.peers);
}

static void an_allocation_ends_with_its_address_and_the_next_has_the_new_one(void)
{
    set_up();
    local[0] = addr_v4(10, 0, 0, 5, 0);
    shown[0] = addr_v4(198, 41, 0, 5, 0);
    move(false);
    CHECK(net.open == 0 && virtualnet_counted(&net, COUNTER_TURN_ADDRESS_GONE) == 1);
    CHECK(virtualnet_refresh(&anna, 600) == 437);
    CHECK(virtualnet_allocate(&anna) == 0 && anna.relay.ip[3] == 5);
    CHECK(virtualnet_permit(&anna, peer) == 0 && net.relay_local.ip[3] == 5);
    tear_down();
}

static void a_connection_of_an_allocation_that_ends_so_is_closed(void)
{
    set_up();
    bert.path.transport = TURN_TCP;
    bert.path.conn = 7;
    CHECK(virtualnet_allocate(&bert) == 0);
    shown[0] = addr_v4(198, 41, 0, 5, 0);
    virtualnet_pass(&net, 0);
    move(false);
    const struct virtualnet_sent *end = virtualnet_last(&net, VIRTUALNET_END);
    CHECK(end != NULL && end->path.conn == 7);
    CHECK(virtualnet_counted(&net, COUNTER_TURN_ADDRESS_GONE) == 2);
    tear_down();
}

static void a_relay_goes_on_while_the_machine_has_its_address(void)
{
    set_up();
    CHECK(virtualnet_allocate(&bert) == 0 && virtualnet_bind(&bert, 0x4000, anna.relay) == 0);
    CHECK(virtualnet_permit(&anna, bert.relay) == 0);
    local[0] = addr_v4(10, 8, 0, 1, 0);
    shown[0] = addr_v4(198, 41, 0, 5, 0);
    move(true);
    CHECK(virtualnet_counted(&net, COUNTER_TURN_ADDRESS_GONE) == 0 && net.open == 1);
    virtualnet_channel_data(&anna, 0x4000, SLICE("out"));
    CHECK(virtualnet_last(&net, VIRTUALNET_PEER) != NULL);
    virtualnet_channel_data(&bert, 0x4000, SLICE("inside"));
    CHECK(virtualnet_last(&net, VIRTUALNET_CLIENT) != NULL);
    struct virtualnet_client carl; /* of the new address, to one of the old one */
    virtualnet_client_init(&net, &carl, addr_v4(192, 0, 2, 3, 3333), "carl", "call-1");
    CHECK(virtualnet_allocate(&carl) == 0 && carl.relay.ip[3] == 5);
    CHECK(virtualnet_permit(&anna, carl.relay) == 0);
    CHECK(virtualnet_bind(&carl, 0x4000, anna.relay) == 0);
    virtualnet_channel_data(&carl, 0x4000, SLICE("across"));
    CHECK(virtualnet_last(&net, VIRTUALNET_CLIENT) != NULL);
    struct addr nobody = anna.relay; /* the port is Anna's, at her address only */
    nobody.ip[3] = 5;
    CHECK(virtualnet_bind(&carl, 0x4001, nobody) == 0);
    virtualnet_channel_data(&carl, 0x4001, SLICE("across"));
    CHECK(net.count == 0);
    tear_down();
}

static void behind_a_nat_a_relay_is_bound_anew_and_keeps_its_told_address(void)
{
    set_up();
    struct addr told = anna.relay;
    local[0] = addr_v4(10, 0, 0, 77, 0);
    move(false);
    CHECK(net.open == 0 && virtualnet_refresh(&anna, 600) == 0);
    virtualnet_channel_data(&anna, 0x4000, SLICE("again"));
    CHECK(net.open == 1 && net.relay_local.ip[3] == 77 && net.relay_local.port == told.port);
    CHECK(virtualnet_last(&net, VIRTUALNET_PEER) != NULL);
    tear_down();
}

static void one_of_two_families_may_go(void)
{
    struct addr v6_peer = {.ip = {0x26, [15] = 1}, .port = 5, .family = ADDR_V6};
    set_up();
    CHECK(virtualnet_refresh(&anna, 0) == 0);
    virtualnet_begin(&anna, STUN_REQUEST, STUN_ALLOCATE);
    stun_put_u32(&anna.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    stun_put_u32(&anna.writer, STUN_ADDITIONAL_ADDRESS_FAMILY, 2U << 24);
    virtualnet_sign(&anna);
    CHECK(virtualnet_send(&anna) == 0);
    shown[1].ip[15] = 9;
    local[1] = shown[1];
    move(false);
    CHECK(virtualnet_permit(&anna, peer) == 0 && virtualnet_permit(&anna, v6_peer) == 443);
    CHECK(virtualnet_counted(&net, COUNTER_TURN_ADDRESS_GONE) == 0);
    tear_down();
}

UNIT(an_allocation_ends_with_its_address_and_the_next_has_the_new_one,
     a_connection_of_an_allocation_that_ends_so_is_closed,
     a_relay_goes_on_while_the_machine_has_its_address,
     behind_a_nat_a_relay_is_bound_anew_and_keeps_its_told_address, one_of_two_families_may_go)
