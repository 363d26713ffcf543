/* SPDX-License-Identifier: Apache-2.0 */
/* Abuse and what comes of it, one row a case. After each case the engine has kept nothing, has
 * opened nothing and has sent nothing to a peer that it should not have. */
#include <stdio.h>

#include "turn/turn.h"
#include "turn/virtualnet.h"
#include "unit.h"

#define SILENCE VIRTUALNET_SILENCE

static struct virtualnet net;
static struct virtualnet_client anna; /* has an allocation, `peer` permitted, channel 0x4000 */
static struct virtualnet_client eve;  /* has a nonce and a good credential, but no allocation */

static const struct addr peer = {.ip = {8, 8, 8, 8}, .port = 4000, .family = ADDR_V4};
static const struct addr stranger = {.ip = {9, 9, 9, 9}, .port = 4000, .family = ADDR_V4};

static void tear_down(void)
{
    virtualnet_stop(&net);
}

static void set_up(void)
{
    unit_finally(tear_down);
    virtualnet_init(&net);
    enum err err = virtualnet_start(&net);
    CHECK(err == OK);
    virtualnet_client_init(&net, &anna, addr_v4(192, 0, 2, 1, 1111), "anna", "call-1");
    virtualnet_client_init(&net, &eve, addr_v4(192, 0, 2, 66, 6666), "eve", "call-6");
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_bind(&anna, 0x4000, peer) == 0);
    virtualnet_begin(&eve, STUN_REQUEST, STUN_ALLOCATE);
    stun_put_u32(&eve.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    CHECK(virtualnet_send(&eve) == 401 && eve.nonce_size > 0);
}

static int64_t before[COUNTER_COUNT]; /* what the engine had counted when the abuse began */

static void remember_counts(void)
{
    for (int i = COUNTER_TURN_MALFORMED; i <= COUNTER_TURN_WRONG_USER; i++) {
        before[i] = virtualnet_counted(&net, (enum counter)i);
    }
}

/* The allocation of Anna is as it was, and nothing else is there. */
static bool is_unharmed(void)
{
    struct turn_stats stats;
    turn_stats(net.turn, &stats);
    bool sent = virtualnet_last(&net, VIRTUALNET_PEER) != NULL;
    virtualnet_channel_data(&anna, 0x4000, SLICE("still"));
    const struct virtualnet_sent *still = virtualnet_last(&net, VIRTUALNET_PEER);
    return !sent && still != NULL && addr_equal(&still->to, &peer) &&
           stats.allocations[TURN_UDP] == 1 && stats.relays_open == 1;
}

/* Begins a request of Eve's; each case puts what it likes. */
static struct stun_writer *begin(struct virtualnet_client *who, enum stun_method method)
{
    virtualnet_begin(who, STUN_REQUEST, method);
    return &who->writer;
}

static int finish(struct virtualnet_client *who)
{
    virtualnet_sign(who);
    return virtualnet_send(who);
}

static void put_udp(struct stun_writer *writer)
{
    stun_put_u32(writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
}

static int no_transport(void)
{
    (void)begin(&eve, STUN_ALLOCATE);
    return finish(&eve);
}

static int transport_tcp(void)
{
    stun_put_u32(begin(&eve, STUN_ALLOCATE), STUN_REQUESTED_TRANSPORT, 6U << 24);
    return finish(&eve);
}

static int family_unknown(void)
{
    put_udp(begin(&eve, STUN_ALLOCATE));
    stun_put_u32(&eve.writer, STUN_REQUESTED_ADDRESS_FAMILY, 3U << 24);
    return finish(&eve);
}

static int both_families_asked_twice(void)
{
    put_udp(begin(&eve, STUN_ALLOCATE));
    stun_put_u32(&eve.writer, STUN_REQUESTED_ADDRESS_FAMILY, 1U << 24);
    stun_put_u32(&eve.writer, STUN_ADDITIONAL_ADDRESS_FAMILY, 2U << 24);
    return finish(&eve);
}

static int token_that_was_guessed(void)
{
    put_udp(begin(&eve, STUN_ALLOCATE));
    stun_put(&eve.writer, STUN_RESERVATION_TOKEN, SLICE("\0\0\0\0\0\0\0\0"));
    return finish(&eve);
}

static int token_of_a_wrong_size(void)
{
    put_udp(begin(&eve, STUN_ALLOCATE));
    stun_put(&eve.writer, STUN_RESERVATION_TOKEN, SLICE("1234567"));
    return finish(&eve);
}

static int even_port_of_a_wrong_size(void)
{
    put_udp(begin(&eve, STUN_ALLOCATE));
    stun_put(&eve.writer, STUN_EVEN_PORT, SLICE("12"));
    return finish(&eve);
}

static int unknown_required_attribute(void)
{
    put_udp(begin(&eve, STUN_ALLOCATE));
    stun_put_u32(&eve.writer, STUN_SOFTWARE, 0);
    eve.room[28] = 0x7f; /* the type of SOFTWARE */
    int code = finish(&eve);
    struct slice named = eve.answer.attributes[STUN_UNKNOWN_ATTRIBUTES];
    return named.size == 2 && named.data[0] == 0x7f ? code : 0;
}

static int refresh_of_nothing(void)
{
    (void)begin(&eve, STUN_REFRESH);
    return finish(&eve);
}

static int permission_of_nothing(void)
{
    stun_put_xor_addr(begin(&eve, STUN_CREATE_PERMISSION), STUN_XOR_PEER_ADDRESS, &peer);
    return finish(&eve);
}

static int wrong_password(void)
{
    eve.credential.password[0] ^= 1;
    put_udp(begin(&eve, STUN_ALLOCATE));
    return finish(&eve);
}

static int name_for_another(const char *name)
{
    char password[CREDENTIAL_PASSWORD_SIZE + 1];
    credential_password(&net.secrets, 0, slice_text(name), password);
    memcpy(eve.credential.password, password, sizeof(password));
    (void)memccpy(eve.credential.name, name, 0, sizeof(eve.credential.name));
    put_udp(begin(&eve, STUN_ALLOCATE));
    return finish(&eve);
}

static int credential_of_ten_years(void)
{
    return name_for_another("2015360000:eve:call-6");
}

static int credential_that_has_expired(void)
{
    return name_for_another("1699999939:eve:call-6");
}

static int credential_without_a_call(void)
{
    return name_for_another("1700000100:eve");
}

static int credential_with_an_empty_user(void)
{
    return name_for_another("1700000100::call-6");
}

static int credential_that_is_no_number(void)
{
    return name_for_another("99999999999999999999:eve:call-6");
}

static int name_of_500_bytes(void)
{
    uint8_t name[500];
    uint8_t mac[20] = {0};
    memset(name, 'e', sizeof(name));
    put_udp(begin(&eve, STUN_ALLOCATE));
    stun_put(&eve.writer, STUN_USERNAME, slice_from(name, sizeof(name)));
    stun_put(&eve.writer, STUN_REALM, SLICE(TURN_REALM));
    stun_put(&eve.writer, STUN_NONCE, slice_from(eve.nonce, eve.nonce_size));
    stun_put(&eve.writer, STUN_INTEGRITY, slice_from(mac, sizeof(mac)));
    return virtualnet_send(&eve);
}

static int integrity_of_a_wrong_size(void)
{
    put_udp(begin(&eve, STUN_ALLOCATE));
    stun_put(&eve.writer, STUN_USERNAME, slice_text(eve.credential.name));
    stun_put(&eve.writer, STUN_REALM, SLICE(TURN_REALM));
    stun_put(&eve.writer, STUN_NONCE, slice_from(eve.nonce, eve.nonce_size));
    stun_put(&eve.writer, STUN_INTEGRITY, slice_from(NULL, 0));
    return virtualnet_send(&eve);
}

static int integrity_without_a_name(void)
{
    uint8_t mac[20] = {0};
    put_udp(begin(&eve, STUN_ALLOCATE));
    stun_put(&eve.writer, STUN_REALM, SLICE(TURN_REALM));
    stun_put(&eve.writer, STUN_NONCE, slice_from(eve.nonce, eve.nonce_size));
    stun_put(&eve.writer, STUN_INTEGRITY, slice_from(mac, sizeof(mac)));
    return virtualnet_send(&eve);
}

static int hash_of_an_unknown_name(void)
{
    eve.userhash = true;
    put_udp(begin(&eve, STUN_ALLOCATE));
    return finish(&eve);
}

static int nonce_of_somebody_else(void)
{
    memcpy(eve.nonce, anna.nonce, sizeof(eve.nonce));
    put_udp(begin(&eve, STUN_ALLOCATE));
    return finish(&eve);
}

static int replay_from_another_address(void)
{
    stun_put_u32(begin(&anna, STUN_REFRESH), STUN_LIFETIME, 0);
    virtualnet_sign(&anna);
    anna.path.remote = stranger;
    int code = virtualnet_send(&anna);
    anna.path.remote = addr_v4(192, 0, 2, 1, 1111);
    return code;
}

/* What was recorded is sent again, byte for byte, when its allocation has ended. */
static int replay_of_an_allocate(void)
{
    uint8_t recorded[VIRTUALNET_SIZE_MAX];
    put_udp(begin(&eve, STUN_ALLOCATE));
    CHECK(finish(&eve) == 0);
    struct stun_writer writer = eve.writer;
    memcpy(recorded, eve.room, sizeof(recorded));
    CHECK(virtualnet_refresh(&eve, 0) == 0);
    eve.writer = writer;
    memcpy(eve.room, recorded, sizeof(recorded));
    return virtualnet_send(&eve);
}

static int one_allocation_more_than_a_call_may_have(void)
{
    static struct virtualnet_client clients[16];
    uint32_t most = net.config.limits.call_allocations_max;
    CHECK(most < 16);
    for (uint16_t i = 0; i < most; i++) {
        struct addr from = addr_v4(192, 0, 2, 66, (uint16_t)(7000 + i));
        virtualnet_client_init(&net, &clients[i], from, "eve", "call-6");
        CHECK(virtualnet_allocate(&clients[i]) == 0);
    }
    remember_counts(); /* those had no nonce yet */
    put_udp(begin(&eve, STUN_ALLOCATE));
    int code = finish(&eve);
    for (uint16_t i = 0; i < most; i++) {
        CHECK(virtualnet_refresh(&clients[i], 0) == 0);
    }
    return code;
}

static int another_user_on_the_same_path(void)
{
    eve.path = anna.path;
    memcpy(eve.nonce, anna.nonce, sizeof(eve.nonce));
    stun_put_u32(begin(&eve, STUN_REFRESH), STUN_LIFETIME, 0);
    return finish(&eve);
}

static int channel_number(uint32_t number)
{
    stun_put_u32(begin(&anna, STUN_CHANNEL_BIND), STUN_CHANNEL_NUMBER, number << 16);
    stun_put_xor_addr(&anna.writer, STUN_XOR_PEER_ADDRESS, &stranger);
    return finish(&anna);
}

static int channel_below_the_range(void)
{
    return channel_number(0x3fff);
}

static int channel_above_the_range(void)
{
    return channel_number(0x5000);
}

static int channel_bound_twice(void)
{
    return channel_number(0x4000);
}

static int channel_without_a_peer(void)
{
    stun_put_u32(begin(&anna, STUN_CHANNEL_BIND), STUN_CHANNEL_NUMBER, 0x4002U << 16);
    return finish(&anna);
}

static int peer_bound_twice(void)
{
    return virtualnet_bind(&anna, 0x4002, peer);
}

static int permission_for_nobody(void)
{
    (void)begin(&anna, STUN_CREATE_PERMISSION);
    return finish(&anna);
}

static int send_without_permission(void)
{
    virtualnet_send_indication(&anna, stranger, SLICE("x"));
    return net.count == 0 ? SILENCE : 0;
}

static int permission_with_one_bad_of_two(void)
{
    struct addr bad = addr_v4(127, 0, 0, 1, 80);
    stun_put_xor_addr(begin(&anna, STUN_CREATE_PERMISSION), STUN_XOR_PEER_ADDRESS, &stranger);
    stun_put_xor_addr(&anna.writer, STUN_XOR_PEER_ADDRESS, &bad);
    return finish(&anna);
}

static int peer_beside_a_bad_one(void)
{
    CHECK(permission_with_one_bad_of_two() == 403);
    remember_counts();
    return send_without_permission();
}

static int permission_for_65_at_once(void)
{
    (void)begin(&anna, STUN_CREATE_PERMISSION);
    for (uint8_t i = 0; i < 65; i++) {
        struct addr addr = addr_v4(8, 8, 4, i, 1);
        stun_put_xor_addr(&anna.writer, STUN_XOR_PEER_ADDRESS, &addr);
    }
    return finish(&anna);
}

static int attributes_behind_the_integrity(void)
{
    stun_put_u32(begin(&anna, STUN_REFRESH), STUN_LIFETIME, 900);
    virtualnet_sign(&anna);
    stun_put_u32(&anna.writer, STUN_LIFETIME, 0);
    int code = virtualnet_send(&anna);
    return anna.lifetime_s == 900 ? code : 999;
}

static int peer_behind_the_integrity(void)
{
    stun_put_xor_addr(begin(&anna, STUN_CREATE_PERMISSION), STUN_XOR_PEER_ADDRESS, &peer);
    virtualnet_sign(&anna);
    stun_put_xor_addr(&anna.writer, STUN_XOR_PEER_ADDRESS, &stranger);
    int code = virtualnet_send(&anna);
    virtualnet_send_indication(&anna, stranger, SLICE("not installed"));
    return net.count == 0 ? code : 999;
}

static int send_without_an_allocation(void)
{
    virtualnet_send_indication(&eve, peer, SLICE("x"));
    return net.count == 0 ? SILENCE : 0;
}

static int channel_data_of_somebody_else(void)
{
    virtualnet_channel_data(&eve, 0x4000, SLICE("x"));
    return net.count == 0 ? SILENCE : 0;
}

static int channel_data_without_a_channel(void)
{
    virtualnet_channel_data(&anna, 0x4001, SLICE("x"));
    return net.count == 0 ? SILENCE : 0;
}

/* The header says more than came, or there is no whole header. */
static int channel_data_cut_short(void)
{
    static const uint8_t whole[] = {0x40, 0, 0, 9, 'x', 'x', 'x', 'x'};
    uint32_t sent = 0;
    for (size_t size = 0; size <= sizeof(whole); size++) {
        net.count = 0;
        turn_client_input(net.turn, &anna.path, slice_from(whole, size));
        sent += net.count;
    }
    return sent == 0 ? SILENCE : 0;
}

/* The channel lives for 600 s, the permission behind it for 300 s. */
static int channel_data_without_a_permission(void)
{
    virtualnet_pass(&net, 301 * 1000);
    virtualnet_channel_data(&anna, 0x4000, SLICE("x"));
    uint32_t sent = net.count;
    turn_peer_input(net.turn, net.relay, &peer, SLICE("x"));
    sent += net.count;
    CHECK(virtualnet_permit(&anna, peer) == 0);
    net.count = 0;
    return sent == 0 ? SILENCE : 0;
}

static int data_from_a_stranger(void)
{
    net.count = 0;
    turn_peer_input(net.turn, net.relay, &stranger, SLICE("x"));
    return net.count == 0 ? SILENCE : 0;
}

static int data_to_stale_relays(void)
{
    net.count = 0;
    turn_peer_input(net.turn, net.relay + (1ULL << 32), &peer, SLICE("x"));
    turn_peer_input(net.turn, net.relay + 64, &peer, SLICE("x"));
    return net.count == 0 ? SILENCE : 0;
}

static int data_to_itself(void)
{
    int code = virtualnet_bind(&anna, 0x4003, anna.relay);
    virtualnet_channel_data(&anna, 0x4003, SLICE("round and round"));
    return code == 0 && net.count == 0 ? SILENCE : 0;
}

static int rfc6062_connect(void)
{
    stun_put_xor_addr(begin(&anna, (enum stun_method)0x00a), STUN_XOR_PEER_ADDRESS, &peer);
    return finish(&anna);
}

static int a_success_from_outside(void)
{
    virtualnet_begin(&eve, STUN_SUCCESS, STUN_ALLOCATE);
    return virtualnet_send(&eve);
}

static int data_indication_from_a_client(void)
{
    virtualnet_begin(&anna, STUN_INDICATION, STUN_DATA);
    stun_put_xor_addr(&anna.writer, STUN_XOR_PEER_ADDRESS, &peer);
    stun_put(&anna.writer, STUN_DATA_VALUE, SLICE("x"));
    return virtualnet_send(&anna);
}

static int binding_to_elsewhere(void)
{
    eve.nonce_size = 0;
    stun_put_u32(begin(&eve, STUN_BINDING), STUN_LIFETIME, 0);
    eve.room[21] = 0x27; /* RESPONSE-PORT, RFC 5780 */
    return virtualnet_send(&eve);
}

static int message_of_rfc_3489(void)
{
    eve.nonce_size = 0;
    (void)begin(&eve, STUN_BINDING);
    eve.room[4] = 0;
    return virtualnet_send(&eve);
}

static int fingerprint_that_is_wrong(void)
{
    eve.nonce_size = 0;
    (void)begin(&eve, STUN_BINDING);
    stun_put_fingerprint(&eve.writer);
    eve.room[27] ^= 1;
    return virtualnet_send(&eve);
}

#define NOTHING COUNTER_TURN_ALLOCATIONS /* no refusal */

static const struct {
    const char *abuse;
    int (*run)(void);
    int outcome;
    enum counter counter; /* of its reason, the only one of a refusal that moves */
} cases[] = {
    {"Allocate without REQUESTED-TRANSPORT", no_transport, 400, COUNTER_TURN_BAD_REQUEST},
    {"Allocate for TCP", transport_tcp, 442, COUNTER_TURN_UNSUPPORTED},
    {"Allocate for an unknown family", family_unknown, 440, COUNTER_TURN_UNSUPPORTED},
    {"Allocate with both family attributes", both_families_asked_twice, 400,
     COUNTER_TURN_BAD_REQUEST},
    {"a guessed reservation", token_that_was_guessed, 508, COUNTER_TURN_CAPACITY},
    {"a reservation of seven bytes", token_of_a_wrong_size, 400, COUNTER_TURN_BAD_REQUEST},
    {"EVEN-PORT of two bytes", even_port_of_a_wrong_size, 400, COUNTER_TURN_BAD_REQUEST},
    {"an unknown required attribute", unknown_required_attribute, 420, COUNTER_TURN_BAD_REQUEST},
    {"Refresh without an allocation", refresh_of_nothing, 437, COUNTER_TURN_MISMATCH},
    {"CreatePermission without an allocation", permission_of_nothing, 437, COUNTER_TURN_MISMATCH},
    {"a wrong password", wrong_password, 401, COUNTER_TURN_UNAUTHENTICATED},
    {"a credential for ten years", credential_of_ten_years, 401, COUNTER_TURN_UNAUTHENTICATED},
    {"an expired credential", credential_that_has_expired, 401, COUNTER_TURN_UNAUTHENTICATED},
    {"a credential for no call", credential_without_a_call, 401, COUNTER_TURN_UNAUTHENTICATED},
    {"a credential for no user", credential_with_an_empty_user, 401, COUNTER_TURN_UNAUTHENTICATED},
    {"an expiry beyond all numbers", credential_that_is_no_number, 401,
     COUNTER_TURN_UNAUTHENTICATED},
    {"a name of 500 bytes", name_of_500_bytes, 401, COUNTER_TURN_UNAUTHENTICATED},
    {"an empty integrity", integrity_of_a_wrong_size, 401, COUNTER_TURN_UNAUTHENTICATED},
    {"integrity without a name", integrity_without_a_name, 400, COUNTER_TURN_BAD_REQUEST},
    {"the hash of an unknown name", hash_of_an_unknown_name, 401, COUNTER_TURN_UNAUTHENTICATED},
    {"the nonce of somebody else", nonce_of_somebody_else, 438, COUNTER_TURN_STALE_NONCE},
    {"a replay from another address", replay_from_another_address, 438, COUNTER_TURN_STALE_NONCE},
    {"a recorded Allocate after the end", replay_of_an_allocate, 438, COUNTER_TURN_STALE_NONCE},
    {"one allocation more than a call may have", one_allocation_more_than_a_call_may_have, 486,
     COUNTER_TURN_QUOTA_CALL},
    {"another user on the same path", another_user_on_the_same_path, 441, COUNTER_TURN_WRONG_USER},
    {"channel 0x3fff", channel_below_the_range, 400, COUNTER_TURN_BAD_REQUEST},
    {"channel 0x5000", channel_above_the_range, 400, COUNTER_TURN_BAD_REQUEST},
    {"a channel bound to two peers", channel_bound_twice, 400, COUNTER_TURN_BAD_REQUEST},
    {"a peer bound to two channels", peer_bound_twice, 400, COUNTER_TURN_BAD_REQUEST},
    {"ChannelBind without a peer", channel_without_a_peer, 400, COUNTER_TURN_BAD_REQUEST},
    {"CreatePermission without a peer", permission_for_nobody, 400, COUNTER_TURN_BAD_REQUEST},
    {"a forbidden peer beside a good one", permission_with_one_bad_of_two, 403,
     COUNTER_TURN_PEER_REFUSED},
    {"the good peer beside it", peer_beside_a_bad_one, SILENCE, COUNTER_TURN_NO_PERMISSION},
    {"65 peers in a request", permission_for_65_at_once, 508, COUNTER_TURN_CAPACITY},
    {"LIFETIME behind the integrity", attributes_behind_the_integrity, 0, NOTHING},
    {"a peer behind the integrity", peer_behind_the_integrity, 0, COUNTER_TURN_NO_PERMISSION},
    {"Send without a permission", send_without_permission, SILENCE, COUNTER_TURN_NO_PERMISSION},
    {"Send without an allocation", send_without_an_allocation, SILENCE, COUNTER_TURN_NO_ALLOCATION},
    {"ChannelData on the channel of another", channel_data_of_somebody_else, SILENCE,
     COUNTER_TURN_NO_ALLOCATION},
    {"ChannelData on no channel", channel_data_without_a_channel, SILENCE, COUNTER_TURN_NO_CHANNEL},
    {"ChannelData that is cut short", channel_data_cut_short, SILENCE, COUNTER_TURN_MALFORMED},
    {"ChannelData when the permission is over", channel_data_without_a_permission, SILENCE,
     COUNTER_TURN_NO_PERMISSION},
    {"data from a stranger", data_from_a_stranger, SILENCE, COUNTER_TURN_NO_PERMISSION},
    {"data to stale relays", data_to_stale_relays, SILENCE, COUNTER_TURN_NO_ALLOCATION},
    {"data from an allocation to itself", data_to_itself, SILENCE, COUNTER_TURN_LOOP},
    {"Connect of RFC 6062", rfc6062_connect, SILENCE, COUNTER_TURN_MALFORMED},
    {"a success response to the server", a_success_from_outside, SILENCE, COUNTER_TURN_MALFORMED},
    {"a Data indication from a client", data_indication_from_a_client, SILENCE,
     COUNTER_TURN_MALFORMED},
    {"Binding with RESPONSE-PORT", binding_to_elsewhere, 420, COUNTER_TURN_BAD_REQUEST},
    {"Binding without the cookie", message_of_rfc_3489, SILENCE, COUNTER_TURN_MALFORMED},
    {"a wrong fingerprint", fingerprint_that_is_wrong, SILENCE, COUNTER_TURN_MALFORMED},
};

/* Whether it was counted by its reason and by no other. */
static bool is_counted(enum counter reason)
{
    bool well = true;
    for (int i = COUNTER_TURN_MALFORMED; i <= COUNTER_TURN_WRONG_USER; i++) {
        int64_t times = virtualnet_counted(&net, (enum counter)i) - before[i];
        if ((times > 0) != (i == (int)reason)) {
            (void)fprintf(stderr, "%s: %lld times\n", counter_name((enum counter)i),
                          (long long)times);
            well = false;
        }
    }
    return well;
}

static void each_abuse_has_its_outcome_and_leaves_nothing(void)
{
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        set_up();
        remember_counts();
        int outcome = cases[i].run();
        bool counted = unit_replaying() || is_counted(cases[i].counter);
        bool unharmed = is_unharmed();
        if (outcome != cases[i].outcome || !unharmed || !counted) {
            (void)fprintf(stderr, "%s: %d instead of %d%s%s\n", cases[i].abuse, outcome,
                          cases[i].outcome, unharmed ? "" : ", and harmed",
                          counted ? "" : ", and counted wrong");
        }
        CHECK(outcome == cases[i].outcome && unharmed && counted);
        virtualnet_stop(&net);
        if (unit_replaying()) {
            break; /* set_up is what allocates */
        }
    }
}

static void forbidden_peers_are_refused_on_every_way(void)
{
    static const char *const peers[] = {"127.0.0.1:80",
                                        "10.0.0.4:22",
                                        "10.1.2.3:80",
                                        "192.168.1.1:80",
                                        "10.0.0.4:50001",
                                        "[::ffff:10.0.0.4]:50001",
                                        "[2002:c629:4::1]:50001",
                                        "[64:ff9b::c629:4]:50001",
                                        "169.254.169.254:80",
                                        "0.0.0.0:80",
                                        "224.0.0.1:80",
                                        "255.255.255.255:9",
                                        "198.41.0.4:3478",
                                        "198.41.0.4:443",
                                        "100.64.0.1:80",
                                        "[::1]:80",
                                        "[fe80::1]:80",
                                        "[fc00::1]:80",
                                        "[ff02::1]:80",
                                        "[2a00::4]:443",
                                        "[64:ff9b::7f00:1]:80",
                                        "[2002:7f00:1::]:80",
                                        "[::7f00:1]:80",
                                        "[2001::1]:80",
                                        "[64:ff9b::c629:4]:3478",
                                        "[2002:a00:4::1]:22",
                                        "8.8.8.8:0"};
    set_up();
    virtualnet_stop(&net);
    virtualnet_init(&net);
    CHECK(virtualnet_start(&net) == OK);
    virtualnet_client_init(&net, &anna, addr_v4(192, 0, 2, 1, 1111), "anna", "call-1");
    CHECK(virtualnet_allocate(&anna) == 0 && virtualnet_refresh(&anna, 0) == 0);
    virtualnet_begin(&anna, STUN_REQUEST, STUN_ALLOCATE);
    put_udp(&anna.writer);
    stun_put_u32(&anna.writer, STUN_ADDITIONAL_ADDRESS_FAMILY, 2U << 24);
    CHECK(finish(&anna) == 0);
    for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
        struct addr bad;
        CHECK(addr_parse(slice_text(peers[i]), &bad) == OK);
        CHECK(virtualnet_bind(&anna, (uint16_t)(0x4000 + i), bad) == 403);
        int code = virtualnet_permit(&anna, bad);
        /* A permission is for an address: that of the relay, or 8.8.8.8, is good for others. */
        CHECK(code == 403 || addr_same_ip(&bad, &anna.relay) ||
              addr_same_ip(&bad, &anna.relay_v6) || bad.port == 0 ||
              peerfilter_allows_address(&net.peers, &bad));
        virtualnet_send_indication(&anna, bad, SLICE("x"));
        CHECK(net.count == 0);
    }
    tear_down();
}

/* An IPv4 address as IPv4-mapped, IPv4-compatible, NAT64 and 6to4. */
static struct addr disguise(const uint8_t four[4], int kind)
{
    static const struct {
        uint8_t ip[16];
        uint8_t at;
    } kinds[4] = {{{[10] = 0xff, [11] = 0xff}, 12},
                  {{0}, 12},
                  {{0, 0x64, 0xff, 0x9b}, 12},
                  {{0x20, 0x02}, 2}};
    struct addr addr = {.port = 443, .family = ADDR_V6};
    memcpy(addr.ip, kinds[kind].ip, sizeof(addr.ip));
    memcpy(addr.ip + kinds[kind].at, four, 4);
    return addr;
}

static void no_disguise_of_a_forbidden_peer_helps(void)
{
    static const uint8_t peers[][4] = {
        {0, 0, 0, 0},     {0, 1, 2, 3},    {10, 0, 0, 4},        {10, 255, 255, 255},
        {100, 64, 0, 1},  {127, 0, 0, 1},  {127, 255, 255, 255}, {169, 254, 169, 254},
        {172, 16, 0, 1},  {192, 0, 0, 8},  {192, 0, 2, 1},       {192, 88, 99, 1},
        {192, 168, 1, 1}, {198, 18, 0, 1}, {198, 51, 100, 1},    {203, 0, 113, 1},
        {224, 0, 0, 1},   {240, 0, 0, 1},  {255, 255, 255, 255}};
    set_up();
    virtualnet_begin(&eve, STUN_REQUEST, STUN_ALLOCATE);
    put_udp(&eve.writer);
    stun_put_u32(&eve.writer, STUN_ADDITIONAL_ADDRESS_FAMILY, 2U << 24);
    CHECK(finish(&eve) == 0);
    for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
        for (int kind = 0; kind < 4; kind++) {
            struct addr bad = disguise(peers[i], kind);
            CHECK(virtualnet_bind(&eve, 0x4001, bad) == 403);
            CHECK(virtualnet_permit(&eve, bad) == 403);
            virtualnet_send_indication(&eve, bad, SLICE("x"));
            CHECK(net.count == 0);
        }
    }
    CHECK(virtualnet_bind(&eve, 0x4001, peer) == 0);
    tear_down();
}

static void every_bit_of_a_signed_request_counts(void)
{
    uint8_t room[VIRTUALNET_SIZE_MAX];
    set_up();
    stun_put_u32(begin(&anna, STUN_REFRESH), STUN_LIFETIME, 0);
    virtualnet_sign(&anna);
    size_t size = stun_finish(&anna.writer).size;
    memcpy(room, anna.room, size);
    for (size_t bit = 0; bit < size * 8; bit++) {
        room[bit / 8] ^= (uint8_t)(1U << bit % 8);
        net.count = 0;
        turn_client_input(net.turn, &anna.path, slice_from(room, size));
        CHECK(turn_path_allocated(net.turn, &anna.path));
        room[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
    for (size_t cut = 0; cut < size; cut++) {
        turn_client_input(net.turn, &anna.path, slice_from(room, cut));
        CHECK(turn_path_allocated(net.turn, &anna.path));
    }
    turn_client_input(net.turn, &anna.path, slice_from(room, size));
    CHECK(!turn_path_allocated(net.turn, &anna.path));
    virtualnet_stop(&net);
}

static void a_wrong_name_and_a_wrong_password_get_the_same_answer(void)
{
    uint8_t first[VIRTUALNET_SIZE_MAX];
    uint32_t size = 0;
    set_up();
    char nonce[sizeof(eve.nonce)];
    size_t nonce_size = eve.nonce_size;
    memcpy(nonce, eve.nonce, sizeof(nonce));
    for (int i = 0; i < 2; i++) {
        if (i == 0) {
            eve.credential.password[3] ^= 1;
        } else {
            eve.credential.name[11] ^= 1;
        }
        memcpy(eve.nonce, nonce, sizeof(nonce));
        eve.nonce_size = nonce_size;
        eve.transactions = 50;
        put_udp(begin(&eve, STUN_ALLOCATE));
        CHECK(finish(&eve) == 401);
        const struct virtualnet_sent *sent = virtualnet_last(&net, VIRTUALNET_CLIENT);
        CHECK(i == 0 || (size == sent->size && memcmp(first, sent->bytes, size) == 0));
        size = (uint32_t)sent->size;
        memcpy(first, sent->bytes, sent->size);
    }
    tear_down();
}

UNIT(each_abuse_has_its_outcome_and_leaves_nothing, forbidden_peers_are_refused_on_every_way,
     no_disguise_of_a_forbidden_peer_helps, every_bit_of_a_signed_request_counts,
     a_wrong_name_and_a_wrong_password_get_the_same_answer)
