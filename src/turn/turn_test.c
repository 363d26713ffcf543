/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/turn.h"

#include "base/counter.h"
#include "base/mem.h"
#include "turn/virtualnet.h"
#include "unit.h"

static struct virtualnet net;
static struct virtualnet_client anna;
static struct virtualnet_client bert;

static const struct addr peer = {.ip = {8, 8, 8, 8}, .port = 4000, .family = ADDR_V4};

static void start(void)
{
    enum err err = virtualnet_start(&net);
    if (err != OK) {
        CHECK(err == ERR_NOMEM && false);
    }
    virtualnet_client_init(&net, &anna, addr_v4(192, 0, 2, 1, 1111), "anna", "call-1");
    virtualnet_client_init(&net, &bert, addr_v4(192, 0, 2, 2, 2222), "bert", "call-1");
}

static void tear_down(void)
{
    virtualnet_stop(&net);
}

static void set_up(void)
{
    unit_finally(tear_down);
    virtualnet_init(&net);
    start();
}

static const struct virtualnet_sent *got(enum virtualnet_kind kind, struct slice bytes)
{
    const struct virtualnet_sent *sent = virtualnet_last(&net, kind);
    CHECK(sent != NULL && slice_equal(slice_from(sent->bytes, sent->size), bytes));
    return sent;
}

static void a_binding_tells_the_address_as_it_is_seen(void)
{
    struct addr seen;
    set_up();
    virtualnet_begin(&anna, STUN_REQUEST, STUN_BINDING);
    CHECK(virtualnet_send(&anna) == 0);
    CHECK(stun_read_xor_addr(anna.answer.attributes[STUN_XOR_MAPPED_ADDRESS],
                             anna.answer.transaction, &seen) == OK);
    CHECK(addr_equal(&seen, &anna.path.remote));
    CHECK(anna.growth_bytes == 32);
    tear_down();
}

static void an_allocation_relays_by_channel_in_both_directions(void)
{
    static const uint8_t framed[] = {0x40, 0x01, 0, 5, 'h', 'e', 'l', 'l', 'o'};
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0);
    CHECK(anna.relay.family == ADDR_V4 && anna.relay.ip[0] == 198 && anna.lifetime_s == 600);
    CHECK(anna.relay.port >= 50000 && anna.relay.port <= 50999 && net.opened == 0);
    CHECK(virtualnet_bind(&anna, 0x4001, peer) == 0);
    CHECK(net.opened == 1 && net.relay_local.ip[0] == 10 &&
          net.relay_local.port == anna.relay.port);
    virtualnet_channel_data(&anna, 0x4001, SLICE("hello"));
    const struct virtualnet_sent *sent = got(VIRTUALNET_PEER, SLICE("hello"));
    CHECK(addr_equal(&sent->to, &peer) && sent->relay == net.relay && !sent->dont_fragment);
    turn_peer_input(net.turn, net.relay, &peer, SLICE("hello"));
    sent = got(VIRTUALNET_CLIENT, slice_from(framed, sizeof(framed)));
    CHECK(addr_equal(&sent->path.remote, &anna.path.remote));
    tear_down();
}

static void an_allocation_relays_by_indications_in_both_directions(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_permit(&anna, peer) == 0);
    virtualnet_send_indication(&anna, peer, SLICE("hello"));
    (void)got(VIRTUALNET_PEER, SLICE("hello"));
    struct addr other_port = peer;
    other_port.port = 9;
    turn_peer_input(net.turn, net.relay, &other_port, SLICE("world"));
    const struct virtualnet_sent *sent = virtualnet_last(&net, VIRTUALNET_CLIENT);
    struct stun_message message;
    struct addr from;
    CHECK(sent != NULL && stun_decode(slice_from(sent->bytes, sent->size), &message) == OK);
    CHECK(message.class == STUN_INDICATION && message.method == STUN_DATA);
    CHECK(slice_equal(message.attributes[STUN_DATA_VALUE], SLICE("world")));
    CHECK(stun_read_xor_addr(message.attributes[STUN_XOR_PEER_ADDRESS], message.transaction,
                             &from) == OK &&
          addr_equal(&from, &other_port));
    tear_down();
}

/* RFC 8656 section 11.3: as the client asks, and only in an indication. */
static void a_send_indication_may_ask_not_to_be_cut(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_bind(&anna, 0x4001, peer) == 0);
    virtualnet_begin(&anna, STUN_INDICATION, STUN_SEND);
    stun_put_xor_addr(&anna.writer, STUN_XOR_PEER_ADDRESS, &peer);
    stun_put(&anna.writer, STUN_DONT_FRAGMENT, slice_from(NULL, 0));
    stun_put(&anna.writer, STUN_DATA_VALUE, SLICE("whole"));
    (void)virtualnet_send(&anna);
    CHECK(got(VIRTUALNET_PEER, SLICE("whole"))->dont_fragment);
    virtualnet_send_indication(&anna, peer, SLICE("any"));
    CHECK(!got(VIRTUALNET_PEER, SLICE("any"))->dont_fragment);
    virtualnet_channel_data(&anna, 0x4001, SLICE("channel"));
    CHECK(!got(VIRTUALNET_PEER, SLICE("channel"))->dont_fragment);
    tear_down();
}

static void nothing_is_allocated_for_data(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_allocate(&bert) == 0);
    CHECK(virtualnet_bind(&anna, 0x4001, peer) == 0 && virtualnet_permit(&anna, peer) == 0);
    CHECK(virtualnet_bind(&anna, 0x4002, bert.relay) == 0);
    CHECK(virtualnet_bind(&bert, 0x4003, anna.relay) == 0);
    struct addr other_port = peer;
    other_port.port = 9; /* without a channel */
    uint64_t allocations = mem_count();
    for (int i = 0; i < 100; i++) {
        virtualnet_channel_data(&anna, 0x4001, SLICE("out"));
        virtualnet_channel_data(&anna, 0x4002, SLICE("inside"));
        virtualnet_send_indication(&anna, other_port, SLICE("out"));
        turn_peer_input(net.turn, net.relay, &peer, SLICE("in"));
        turn_peer_input(net.turn, net.relay, &other_port, SLICE("in"));
        virtualnet_pass(&net, 1);
    }
    CHECK(mem_count() == allocations && net.turn != NULL);
    tear_down();
}

static void two_allocations_here_need_neither_socket_nor_packet(void)
{
    static const uint8_t framed[] = {0x40, 0x02, 0, 2, 'h', 'i'};
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_allocate(&bert) == 0);
    CHECK(virtualnet_bind(&anna, 0x4001, bert.relay) == 0);
    virtualnet_channel_data(&anna, 0x4001, SLICE("hi"));
    CHECK(net.count == 0); /* Bert has not permitted it */
    CHECK(virtualnet_bind(&bert, 0x4002, anna.relay) == 0);
    virtualnet_channel_data(&anna, 0x4001, SLICE("hi"));
    const struct virtualnet_sent *sent = got(VIRTUALNET_CLIENT, slice_from(framed, 6));
    CHECK(addr_equal(&sent->path.remote, &bert.path.remote));
    CHECK(net.count == 1 && net.opened == 0);
    tear_down();
}

static void data_for_the_port_of_another_worker_goes_to_it(void)
{
    static struct virtualnet other;
    static struct virtualnet_client carl;
    set_up();
    tear_down();
    virtualnet_init(&net);
    net.config.workers = 2;
    start();
    virtualnet_init(&other);
    other.config.workers = 2;
    other.config.worker = 1;
    CHECK(virtualnet_start(&other) == OK);
    virtualnet_client_init(&other, &carl, addr_v4(192, 0, 2, 3, 3333), "carl", "call-1");
    bool fine = virtualnet_allocate(&anna) == 0 && virtualnet_allocate(&carl) == 0 &&
                turn_port_worker(&net.config, anna.relay.port) == 0 &&
                turn_port_worker(&net.config, carl.relay.port) == 1 &&
                virtualnet_bind(&anna, 0x4001, carl.relay) == 0 &&
                virtualnet_permit(&carl, anna.relay) == 0;
    if (fine) {
        virtualnet_channel_data(&anna, 0x4001, SLICE("over"));
        const struct virtualnet_sent *sent = virtualnet_last(&net, VIRTUALNET_WORKER);
        fine = sent != NULL && sent->worker == 1 && addr_equal(&sent->from, &anna.relay);
        other.count = 0;
        if (fine) {
            turn_worker_input(other.turn, &sent->from, &sent->to,
                              slice_from(sent->bytes, sent->size));
            fine = virtualnet_last(&other, VIRTUALNET_CLIENT) != NULL;
        }
    }
    virtualnet_stop(&other);
    CHECK(fine);
    tear_down();
}

static void streams_get_padding_and_end_with_their_connection(void)
{
    static const uint8_t framed[] = {0x40, 0x01, 0, 1, 'x', 0, 0, 0};
    set_up();
    anna.path.transport = TURN_TCP;
    anna.path.conn = 77;
    CHECK(virtualnet_allocate(&anna) == 0 && turn_path_allocated(net.turn, &anna.path));
    CHECK(anna.answer.attributes[STUN_NONCE].data == NULL && anna.nonce_size == NONCE_SIZE_MAX);
    CHECK(virtualnet_bind(&anna, 0x4001, peer) == 0);
    turn_peer_input(net.turn, net.relay, &peer, SLICE("x"));
    (void)got(VIRTUALNET_CLIENT, slice_from(framed, sizeof(framed)));
    turn_path_closed(net.turn, &anna.path);
    CHECK(!turn_path_allocated(net.turn, &anna.path) && net.open == 0);
    turn_peer_input(net.turn, net.relay, &peer, SLICE("late"));
    turn_path_closed(net.turn, &anna.path);
    virtualnet_pass(&net, 0);
    turn_client_input(net.turn, &anna.path, SLICE("\0\1no message of STUN at all"));
    CHECK(virtualnet_last(&net, VIRTUALNET_END)->path.conn == 77);
    tear_down();
}

static void sha256_and_a_hidden_name_work_as_well(void)
{
    set_up();
    anna.sha256 = true;
    anna.userhash = true;
    CHECK(virtualnet_allocate(&anna) == 401); /* the name is not known yet */
    CHECK(turn_add_name(net.turn, slice_text(anna.credential.name)) == OK);
    CHECK(turn_add_name(net.turn, slice_text(anna.credential.name)) == OK);
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_permit(&anna, peer) == 0);
    anna.userhash = false; /* the same user by name */
    CHECK(virtualnet_refresh(&anna, 700) == 0 && anna.lifetime_s == 700);
    anna.sha256 = false; /* and by the older algorithms: the key is derived again */
    CHECK(virtualnet_refresh(&anna, 0) == 0);
    virtualnet_pass(&net, 3600 * 1000 + 130 * 1000);
    CHECK(turn_add_name(net.turn, SLICE("no name")) == ERR_INVALID);
    tear_down();
}

static void lifetimes_are_kept_and_end_it(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_permit(&anna, peer) == 0);
    CHECK(virtualnet_refresh(&anna, 1) == 0 && anna.lifetime_s == 600);
    CHECK(virtualnet_refresh(&anna, 9999999) == 0 && anna.lifetime_s == 3600);
    virtualnet_pass(&net, 3599 * 1000);
    CHECK(net.open == 1 && turn_path_allocated(net.turn, &anna.path));
    virtualnet_pass(&net, 1100);
    CHECK(net.open == 0 && !turn_path_allocated(net.turn, &anna.path));
    tear_down();
}

static void an_allocation_grows_no_older_than_eight_hours(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_refresh(&anna, 3600) == 0);
    for (int i = 0; i < 15; i++) {
        virtualnet_pass(&net, 1800 * 1000);
        CHECK(virtualnet_refresh(&anna, 3600) == 0);
    }
    CHECK(anna.lifetime_s == 1800);
    virtualnet_pass(&net, 1801 * 1000);
    CHECK(virtualnet_refresh(&anna, 3600) == 401); /* gone, and its credential has expired */
    tear_down();
}

static void permissions_and_channels_are_not_refreshed_by_data(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_refresh(&anna, 3600) == 0);
    CHECK(virtualnet_bind(&anna, 0x4001, peer) == 0);
    for (int i = 0; i < 29; i++) {
        virtualnet_pass(&net, 10 * 1000);
        virtualnet_channel_data(&anna, 0x4001, SLICE("x"));
        CHECK(net.count == 1);
        turn_peer_input(net.turn, net.relay, &peer, SLICE("x"));
        CHECK(net.count == 2);
    }
    virtualnet_pass(&net, 10 * 1000);
    virtualnet_channel_data(&anna, 0x4001, SLICE("x"));
    turn_peer_input(net.turn, net.relay, &peer, SLICE("x"));
    CHECK(net.count == 0);
    CHECK(virtualnet_permit(&anna, peer) == 0); /* the channel lives for 600 s */
    virtualnet_channel_data(&anna, 0x4001, SLICE("x"));
    CHECK(net.count == 1);
    virtualnet_pass(&net, 290 * 1000);
    virtualnet_channel_data(&anna, 0x4001, SLICE("x"));
    CHECK(net.count == 1);
    virtualnet_pass(&net, 9 * 1000);
    CHECK(virtualnet_permit(&anna, peer) == 0);
    virtualnet_pass(&net, 2 * 1000);
    virtualnet_channel_data(&anna, 0x4001, SLICE("x"));
    CHECK(net.count == 0);
    tear_down();
}

/* Gives the last request again, as a retransmission does. */
static int again(struct virtualnet_client *client)
{
    return virtualnet_send(client);
}

static void a_repeated_transaction_gets_the_same_answer(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0);
    struct addr relay = anna.relay;
    virtualnet_pass(&net, 20 * 1000);
    CHECK(again(&anna) == 0 && addr_equal(&relay, &anna.relay) && anna.lifetime_s == 580);
    virtualnet_pass(&net, 30 * 1000);
    CHECK(again(&anna) == 437);
    CHECK(virtualnet_allocate(&anna) == 437);
    CHECK(virtualnet_permit(&anna, peer) == 0 && again(&anna) == 0);
    CHECK(virtualnet_bind(&anna, 0x4000, peer) == 0 && again(&anna) == 0);
    CHECK(virtualnet_refresh(&anna, 0) == 0);
    virtualnet_pass(&net, 39 * 1000);
    CHECK(again(&anna) == 0 && anna.lifetime_s == 0);
    virtualnet_pass(&net, 2 * 1000);
    CHECK(again(&anna) == 437);
    CHECK(virtualnet_allocate(&anna) == 0);
    tear_down();
}

static void an_allocate_that_is_replayed_after_the_end_makes_no_other(void)
{
    uint8_t room[VIRTUALNET_SIZE_MAX];
    struct stun_writer writer;
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0);
    memcpy(room, anna.room, sizeof(room));
    writer = anna.writer;
    CHECK(virtualnet_refresh(&anna, 0) == 0);
    for (int i = 0; i < 3; i++) {
        memcpy(anna.room, room, sizeof(room));
        anna.writer = writer;
        CHECK(virtualnet_send(&anna) == 438 && !turn_path_allocated(net.turn, &anna.path));
        virtualnet_pass(&net, 290 * 1000);
    }
    CHECK(virtualnet_allocate(&anna) == 0);
    tear_down();
}

static void a_stale_nonce_is_refused_with_a_fresh_one(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0);
    virtualnet_pass(&net, 599 * 1000);
    CHECK(virtualnet_refresh(&anna, 600) == 0);
    virtualnet_pass(&net, 2 * 1000);
    char old[128];
    memcpy(old, anna.nonce, sizeof(old));
    virtualnet_begin(&anna, STUN_REQUEST, STUN_REFRESH);
    virtualnet_sign(&anna);
    CHECK(virtualnet_send(&anna) == 438 && memcmp(old, anna.nonce, sizeof(old)) != 0);
    CHECK(virtualnet_refresh(&anna, 600) == 0);
    tear_down();
}

static void an_address_that_becomes_our_own_is_no_peer_any_more(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_bind(&anna, 0x4001, peer) == 0);
    virtualnet_channel_data(&anna, 0x4001, SLICE("hello"));
    (void)got(VIRTUALNET_PEER, SLICE("hello"));
    struct peerfilter before = net.peers;
    CHECK(peerfilter_set_own(&net.peers, net.config.relay_local, net.config.relay_public, &peer,
                             1) == OK);
    turn_set_peers(net.turn, &net.peers);
    net.count = 0;
    virtualnet_channel_data(&anna, 0x4001, SLICE("hello"));
    virtualnet_send_indication(&anna, peer, SLICE("hello"));
    turn_peer_input(net.turn, net.relay, &peer, SLICE("hello"));
    CHECK(net.count == 0);
    CHECK(virtualnet_bind(&anna, 0x4001, peer) == 403 && virtualnet_permit(&anna, peer) == 403);
    net.peers = before;
    turn_set_peers(net.turn, &net.peers);
    CHECK(virtualnet_bind(&anna, 0x4001, peer) == 0); /* when it has gone */
    tear_down();
}

static void the_end_of_a_call_ends_its_allocations_and_credentials(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_permit(&anna, peer) == 0);
    CHECK(virtualnet_allocate(&bert) == 0 && virtualnet_permit(&bert, peer) == 0);
    struct virtualnet_client carl;
    virtualnet_client_init(&net, &carl, addr_v4(192, 0, 2, 3, 3), "carl", "call-2");
    CHECK(virtualnet_allocate(&carl) == 0 && virtualnet_permit(&carl, peer) == 0);
    turn_revoke_call(net.turn, SLICE("call-1"));
    CHECK(net.open == 1);
    CHECK(virtualnet_refresh(&anna, 600) == 401 && virtualnet_allocate(&bert) == 401);
    CHECK(virtualnet_refresh(&carl, 600) == 0);
    turn_revoke_call(net.turn, SLICE("call-1"));
    /* Forgotten only when the credential has expired by itself. */
    virtualnet_pass(&net, 3650 * 1000);
    CHECK(virtualnet_allocate(&anna) == 401);
    virtualnet_pass(&net, 200 * 1000);
    CHECK(virtualnet_allocate(&anna) == 401);
    tear_down();
}

static void credentials_expire_but_a_running_call_goes_on(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_refresh(&anna, 3600) == 0);
    virtualnet_pass(&net, 3590 * 1000);
    CHECK(virtualnet_refresh(&anna, 3600) == 0);
    virtualnet_pass(&net, 71 * 1000);
    CHECK(virtualnet_refresh(&anna, 3600) == 0); /* the call lives */
    CHECK(virtualnet_allocate(&bert) == 401);
    CHECK(credential_issue(&net.secrets, net.wall_s + 3600 + 61, SLICE("anna"), SLICE("c"),
                           &bert.credential) == OK);
    CHECK(virtualnet_allocate(&bert) == 401); /* nobody of us issued that */
    tear_down();
}

static void clocks_may_differ_by_a_minute(void)
{
    static const struct {
        int32_t expires_s; /* from now */
        int code;
    } edges[] = {{-60, 0}, {-61, 401}, {3600 + 60, 0}, {3600 + 61, 401}};
    for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
        set_up();
        uint64_t expiry_s = (uint64_t)((int64_t)net.wall_s + edges[i].expires_s);
        CHECK(credential_issue(&net.secrets, expiry_s, SLICE("anna"), SLICE("c"),
                               &bert.credential) == OK);
        CHECK(virtualnet_allocate(&bert) == edges[i].code);
        tear_down();
    }
}

static void two_secrets_are_good_while_they_are_changed(void)
{
    struct credential_secrets secrets;
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0);
    credential_secrets_init(&secrets, SLICE("south"), SLICE("north"));
    turn_set_secrets(net.turn, &secrets);
    CHECK(virtualnet_allocate(&bert) == 0);
    credential_secrets_init(&secrets, SLICE("south"), slice_from(NULL, 0));
    turn_set_secrets(net.turn, &secrets);
    CHECK(virtualnet_refresh(&anna, 600) == 0); /* it was verified when it came */
    struct virtualnet_client carl;
    virtualnet_client_init(&net, &carl, addr_v4(192, 0, 2, 3, 3), "carl", "call-2");
    CHECK(virtualnet_allocate(&carl) == 401);
    tear_down();
}

static void quotas_of_call_user_and_server_hold(void)
{
    struct virtualnet_client clients[12];
    set_up();
    tear_down();
    virtualnet_init(&net);
    net.config.limits.allocations_max = 10;
    net.config.limits.user_allocations_max = 6;
    net.config.limits.call_allocations_max = 4;
    start();
    for (uint16_t i = 0; i < 12; i++) {
        const char *call = i < 5 ? "one" : "two";
        virtualnet_client_init(&net, &clients[i], addr_v4(192, 0, 2, 9, (uint16_t)(i + 1)),
                               i < 8 ? "anna" : "bert", call);
    }
    for (uint16_t i = 0; i < 4; i++) {
        CHECK(virtualnet_allocate(&clients[i]) == 0);
    }
    CHECK(virtualnet_allocate(&clients[4]) == 486); /* four of a user and call */
    CHECK(virtualnet_counted(&net, COUNTER_TURN_QUOTA_CALL) == 1);
    CHECK(virtualnet_counted(&net, COUNTER_TURN_QUOTA_USER) == 0);
    CHECK(virtualnet_allocate(&clients[5]) == 0 && virtualnet_allocate(&clients[6]) == 0);
    CHECK(virtualnet_allocate(&clients[7]) == 486); /* six of a user */
    CHECK(virtualnet_counted(&net, COUNTER_TURN_QUOTA_CALL) == 1);
    CHECK(virtualnet_counted(&net, COUNTER_TURN_QUOTA_USER) == 1);
    CHECK(virtualnet_allocate(&clients[8]) == 0 && virtualnet_allocate(&clients[9]) == 0);
    CHECK(virtualnet_allocate(&clients[10]) == 0);
    CHECK(virtualnet_allocate(&clients[11]) == 508); /* the last tenth: for who has none */
    virtualnet_client_init(&net, &clients[11], addr_v4(192, 0, 2, 9, 99), "carl", "three");
    CHECK(virtualnet_allocate(&clients[11]) == 0);
    CHECK(virtualnet_refresh(&clients[0], 0) == 0 && virtualnet_refresh(&clients[8], 0) == 0);
    CHECK(virtualnet_allocate(&clients[7]) == 0);
    tear_down();
}

static void bandwidth_is_limited_for_an_allocation(void)
{
    static uint8_t data[1000];
    uint32_t passed = 0;
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_bind(&anna, 0x4000, peer) == 0);
    for (int i = 0; i < 1000; i++) { /* 8 Mbit at once: a second's worth of 4 Mbit/s passes */
        virtualnet_channel_data(&anna, 0x4000, slice_from(data, sizeof(data)));
        passed += net.count;
    }
    CHECK(passed == 500);
    virtualnet_pass(&net, 100);
    turn_peer_input(net.turn, net.relay, &peer, slice_from(data, sizeof(data)));
    CHECK(net.count == 1);
    tear_down();
}

static void draining_sends_newcomers_elsewhere_and_keeps_the_rest(void)
{
    struct turn_alternate other = {.addresses = {addr_v4(9, 9, 9, 9, 3478)}};
    struct turn_stats stats;
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0);
    turn_drain(net.turn, &other);
    CHECK(virtualnet_allocate(&bert) == 300);
    struct slice alternate = bert.answer.attributes[STUN_ALTERNATE_SERVER];
    static const uint8_t wanted[] = {0, 1, 3478 >> 8, 3478 & 0xff, 9, 9, 9, 9};
    CHECK(slice_equal(alternate, slice_from(wanted, sizeof(wanted))));
    CHECK(virtualnet_refresh(&anna, 600) == 0 && virtualnet_permit(&anna, peer) == 0);
    turn_stats(net.turn, &stats);
    CHECK(stats.allocations[TURN_UDP] == 1 && stats.relays_open == 1);
    CHECK(virtualnet_refresh(&anna, 0) == 0);
    turn_stats(net.turn, &stats);
    CHECK(stats.allocations[TURN_UDP] == 0 && stats.relays_open == 0);
    turn_drain(net.turn, &(struct turn_alternate){0});
    CHECK(virtualnet_allocate(&bert) == 508);
    tear_down();
}

/* RFC 8489 section 10. */
static void another_server_is_named_in_the_family_of_who_asks_first(void)
{
    struct turn_alternate other = {.addresses = {addr_v4(9, 9, 9, 9, 3478)},
                                   .domain = "other.example"};
    uint32_t offset = 0;
    struct slice value;
    set_up();
    CHECK(addr_parse(SLICE("[2a00::9]:3478"), &other.addresses[1]) == OK);
    CHECK(addr_parse(SLICE("[2a00::77]:5000"), &bert.path.remote) == OK);
    CHECK(virtualnet_refresh(&bert, 600) == 437); /* has a nonce now */
    turn_drain(net.turn, &other);
    CHECK(virtualnet_allocate(&bert) == 300);
    CHECK(stun_next(&bert.answer, STUN_ALTERNATE_SERVER, &offset, &value));
    CHECK(value.size == 20 && value.data[1] == 2 && value.data[19] == 9);
    CHECK(stun_next(&bert.answer, STUN_ALTERNATE_SERVER, &offset, &value));
    CHECK(value.size == 8 && value.data[1] == 1 && value.data[7] == 9);
    CHECK(!stun_next(&bert.answer, STUN_ALTERNATE_SERVER, &offset, &value));
    CHECK(slice_equal(bert.answer.attributes[STUN_ALTERNATE_DOMAIN], SLICE("other.example")));
    other.addresses[1] = (struct addr){0};
    turn_drain(net.turn, &other);
    CHECK(virtualnet_allocate(&bert) == 508); /* it could not go there */
    CHECK(virtualnet_allocate(&anna) == 300);
    tear_down();
}

/* Who cannot prove who he is learns nothing of it. */
/* Browsers bring a nonce of this server to the other one, and give up when it is stale there. */
static void who_begins_while_it_drains_is_sent_on_before_he_has_a_nonce(void)
{
    struct turn_alternate other = {.addresses = {addr_v4(9, 9, 9, 9, 3478)},
                                   .domain = "other.example"};
    set_up();
    CHECK(addr_parse(SLICE("[2a00::9]:3478"), &other.addresses[1]) == OK);
    turn_drain(net.turn, &other);
    virtualnet_begin(&anna, STUN_REQUEST, STUN_ALLOCATE);
    stun_put_u32(&anna.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    CHECK(virtualnet_send(&anna) == 300 && anna.nonce_size == 0);
    CHECK(stun_has(&anna.answer, STUN_ALTERNATE_SERVER) && anna.growth_bytes <= 2 * 28);
    CHECK(!stun_has(&anna.answer, STUN_ALTERNATE_DOMAIN)); /* for it no room is left */
    bert.path.transport = TURN_TLS;
    virtualnet_begin(&bert, STUN_REQUEST, STUN_ALLOCATE);
    stun_put_u32(&bert.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    CHECK(virtualnet_send(&bert) == 300);
    CHECK(slice_equal(bert.answer.attributes[STUN_ALTERNATE_DOMAIN], SLICE("other.example")));
    tear_down();
}

static void what_icmp_says_reaches_the_client_that_may_know(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_permit(&anna, peer) == 0);
    virtualnet_pass(&net, 0);
    struct addr stranger = addr_v4(7, 7, 7, 7, 7);
    turn_peer_error(net.turn, net.relay, &stranger, 3, 3, 0);
    turn_peer_error(net.turn, net.relay, &peer, 12, 0, 0); /* section 11.5: not told */
    CHECK(net.count == 0);
    turn_peer_error(net.turn, net.relay, &peer, 3, 4, 1400);
    const struct virtualnet_sent *sent = virtualnet_last(&net, VIRTUALNET_CLIENT);
    struct stun_message message;
    CHECK(sent != NULL && stun_decode(slice_from(sent->bytes, sent->size), &message) == OK);
    static const uint8_t wanted[] = {0, 0, 6, 4, 0, 0, 1400 >> 8, 1400 & 0xff};
    CHECK(slice_equal(message.attributes[STUN_ICMP], slice_from(wanted, sizeof(wanted))));
    CHECK(!stun_has(&message, STUN_DATA_VALUE));
    tear_down();
}

static void a_taken_port_is_told_when_it_is_needed(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_allocate(&bert) == 0);
    net.open_result = ERR_EXISTS;
    CHECK(virtualnet_permit(&anna, peer) == 508 && virtualnet_bind(&anna, 0x4000, peer) == 508);
    CHECK(virtualnet_permit(&anna, bert.relay) == 0); /* that needs no socket */
    net.open_result = OK;
    CHECK(virtualnet_permit(&anna, peer) == 0);
    tear_down();
}

static void permissions_that_cannot_all_be_had_are_none(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_allocate(&bert) == 0);
    CHECK(virtualnet_bind(&bert, 0x4000, anna.relay) == 0);
    net.open_result = ERR_EXISTS;
    virtualnet_begin(&anna, STUN_REQUEST, STUN_CREATE_PERMISSION);
    stun_put_xor_addr(&anna.writer, STUN_XOR_PEER_ADDRESS, &bert.relay); /* needs no socket */
    stun_put_xor_addr(&anna.writer, STUN_XOR_PEER_ADDRESS, &peer);
    virtualnet_sign(&anna);
    CHECK(virtualnet_send(&anna) == 508);
    virtualnet_channel_data(&bert, 0x4000, SLICE("too early"));
    CHECK(net.count == 0);
    net.open_result = OK;
    CHECK(virtualnet_permit(&anna, bert.relay) == 0);
    virtualnet_channel_data(&bert, 0x4000, SLICE("now"));
    CHECK(net.count == 1);
    tear_down();
}

static void after_a_taken_port_relays_are_bound_with_their_allocations(void)
{
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && net.opened == 0);
    net.open_result = ERR_EXISTS;
    CHECK(virtualnet_permit(&anna, peer) == 508 && virtualnet_allocate(&bert) == 508);
    net.open_result = OK;
    CHECK(virtualnet_allocate(&bert) == 0 && net.open == 1);
    CHECK(virtualnet_refresh(&bert, 0) == 0 && net.open == 0);
    virtualnet_pass(&net, 3600 * 1000);
    virtualnet_client_init(&net, &bert, bert.path.remote, "bert", "call-2");
    CHECK(virtualnet_allocate(&bert) == 0 && net.open == 0);
    tear_down();
}

static void memory_of_a_turn_is_flushed_when_it_is_full(void)
{
    static uint8_t data[1200];
    set_up();
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_permit(&anna, peer) == 0);
    for (int i = 0; i < 300; i++) {
        turn_peer_input(net.turn, net.relay, &peer, slice_from(data, sizeof(data)));
    }
    CHECK(net.flushes == 1 && net.count > 300);
    tear_down();
}

static void the_next_deadline_is_near_when_counters_wait(void)
{
    set_up();
    turn_tick(net.turn, net.now_ms);
    int64_t before = counter_value(COUNTER_TURN_ALLOCATIONS);
    CHECK(turn_next_ms(net.turn) <= net.now_ms + 60000);
    CHECK(virtualnet_allocate(&anna) == 0);
    CHECK(turn_next_ms(net.turn) <= net.now_ms + 1000);
    virtualnet_pass(&net, 1000);
    CHECK(counter_value(COUNTER_TURN_ALLOCATIONS) == before + 1);
    CHECK(turn_next_ms(net.turn) > net.now_ms + 1000);
    tear_down();
}

UNIT(a_send_indication_may_ask_not_to_be_cut, an_address_that_becomes_our_own_is_no_peer_any_more,
     a_binding_tells_the_address_as_it_is_seen, an_allocation_relays_by_channel_in_both_directions,
     an_allocation_relays_by_indications_in_both_directions,
     two_allocations_here_need_neither_socket_nor_packet,
     data_for_the_port_of_another_worker_goes_to_it,
     streams_get_padding_and_end_with_their_connection, sha256_and_a_hidden_name_work_as_well,
     lifetimes_are_kept_and_end_it, an_allocation_grows_no_older_than_eight_hours,
     permissions_and_channels_are_not_refreshed_by_data,
     a_repeated_transaction_gets_the_same_answer,
     an_allocate_that_is_replayed_after_the_end_makes_no_other,
     a_stale_nonce_is_refused_with_a_fresh_one,
     the_end_of_a_call_ends_its_allocations_and_credentials,
     credentials_expire_but_a_running_call_goes_on, clocks_may_differ_by_a_minute,
     two_secrets_are_good_while_they_are_changed, quotas_of_call_user_and_server_hold,
     bandwidth_is_limited_for_an_allocation, draining_sends_newcomers_elsewhere_and_keeps_the_rest,
     another_server_is_named_in_the_family_of_who_asks_first,
     who_begins_while_it_drains_is_sent_on_before_he_has_a_nonce,
     what_icmp_says_reaches_the_client_that_may_know, nothing_is_allocated_for_data,
     a_taken_port_is_told_when_it_is_needed, permissions_that_cannot_all_be_had_are_none,
     after_a_taken_port_relays_are_bound_with_their_allocations,
     memory_of_a_turn_is_flushed_when_it_is_full, the_next_deadline_is_near_when_counters_wait)
