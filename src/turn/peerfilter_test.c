/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/peerfilter.h"

#include "unit.h"

static struct peerfilter filter;

static struct addr read(const char *text)
{
    struct addr addr;
    CHECK(addr_parse(slice_text(text), &addr) == OK);
    return addr;
}

static void set_up(void)
{
    filter = (struct peerfilter){.relay_port_min = 49152, .relay_port_max = 65535};
    filter.own[filter.own_count++] = read("198.41.0.4");
    filter.own[filter.own_count++] = read("2a00:1:2::3");
    filter.own[filter.own_count++] = read("10.1.0.1");
    filter.relays[filter.relays_count++] = read("198.41.0.4");
    filter.relays[filter.relays_count++] = read("10.9.9.9"); /* another node */
    filter.media[filter.media_count++] = read("198.41.0.4:7000");
}

/* Exactly this peer, and a permission for its address. */
static bool allows(const char *text)
{
    struct addr peer = read(text);
    bool exact = peerfilter_allows(&filter, &peer);
    CHECK(!exact || peerfilter_allows_address(&filter, &peer)); /* never more than by address */
    return exact;
}

static void global_unicast_is_a_peer_and_nothing_else_by_default(void)
{
    static const char *const good[] = {
        "8.8.8.8:1",           "1.1.1.1:65535",     "100.63.255.255:9", "100.128.0.0:9",
        "172.15.0.1:9",        "172.32.0.1:9",      "192.0.1.1:9",      "198.17.255.255:9",
        "198.20.0.1:9",        "223.255.255.255:9", "169.253.1.1:9",    "[2606:4700::1111]:53",
        "[2001:200::1]:53",    "[2a00:1:2::4]:53",  "[3ffe::1]:53",     "[64:ff9b::808:808]:53",
        "[2002:808:808::1]:53"};
    static const char *const bad[] = {"0.0.0.0:9",        "0.1.2.3:9",         "10.0.0.1:9",
                                      "10.255.255.255:9", "100.64.0.1:9",      "100.127.255.255:9",
                                      "127.0.0.1:9",      "127.255.0.1:9",     "169.254.169.254:80",
                                      "172.16.0.1:9",     "172.31.255.255:9",  "192.0.0.8:9",
                                      "192.0.2.1:9",      "192.88.99.1:9",     "192.168.0.1:9",
                                      "198.18.0.1:9",     "198.19.255.255:9",  "198.51.100.1:9",
                                      "203.0.113.1:9",    "224.0.0.1:9",       "239.1.1.1:9",
                                      "240.0.0.1:9",      "255.255.255.255:9", "[::]:9",
                                      "[::1]:9",          "[fe80::1]:9",       "[fc00::1]:9",
                                      "[fd12::1]:9",      "[ff02::1]:9",       "[2001::1]:9",
                                      "[2001:2::1]:9",    "[2001:10::1]:9",    "[2001:db8::1]:9",
                                      "[3fff::1]:9",      "[100::1]:9",        "[64:ff9b:1::1]:9",
                                      "[5f00::1]:9",      "[4000::1]:9",       "[fec0::1]:9",
                                      "8.8.8.8:0"};
    set_up();
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        CHECK(allows(good[i]));
    }
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(!allows(bad[i]));
    }
}

static void a_disguise_does_not_help(void)
{
    /* 127.0.0.1, 10.0.0.1 and 169.254.169.254 as IPv4-mapped, IPv4-compatible, NAT64 and 6to4. */
    static const char *const bad[] = {
        "[::ffff:127.0.0.1]:9",  "[::127.0.0.1]:9",         "[64:ff9b::7f00:1]:9",
        "[2002:7f00:1::]:9",     "[::ffff:10.0.0.1]:9",     "[::10.0.0.1]:9",
        "[64:ff9b::a00:1]:9",    "[2002:a00:1::5]:9",       "[::ffff:a9fe:a9fe]:80",
        "[::a9fe:a9fe]:80",      "[64:ff9b::a9fe:a9fe]:80", "[2002:a9fe:a9fe::]:80",
        "[64:ff9b::c629:4]:443", /* our own address, 198.41.0.4 */
        "[2002:c629:4::1]:443"};
    set_up();
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(!allows(bad[i]));
    }
    /* The parser itself unmaps; a mapped address that comes as sixteen bytes is judged the same. */
    struct addr mapped = {.ip = {[10] = 0xff, [11] = 0xff, 127, 0, 0, 1}, .port = 9};
    mapped.family = ADDR_V6;
    CHECK(!peerfilter_allows(&filter, &mapped) && !peerfilter_allows_address(&filter, &mapped));
}

static void of_ourselves_only_relays_and_the_media_server_are_peers(void)
{
    set_up();
    CHECK(allows("198.41.0.4:49152") && allows("198.41.0.4:65535"));
    CHECK(!allows("198.41.0.4:49151") && !allows("198.41.0.4:443") && !allows("198.41.0.4:3478"));
    CHECK(allows("198.41.0.4:7000") && !allows("198.41.0.4:7001"));
    CHECK(!allows("[2a00:1:2::3]:50000") && !allows("10.1.0.1:50000"));
    CHECK(allows("10.9.9.9:50000") && !allows("10.9.9.9:22"));
    CHECK(!allows("[2002:c629:4::1]:50000")); /* it would go out, and come back */
    struct addr mapped = {.ip = {[10] = 0xff, [11] = 0xff, 198, 41, 0, 4}, .port = 50000};
    mapped.family = ADDR_V6;
    CHECK(!peerfilter_allows(&filter, &mapped) && !peerfilter_allows_address(&filter, &mapped));
    struct addr own = read("10.1.0.1");
    struct addr relay = read("10.9.9.9");
    CHECK(!peerfilter_allows_address(&filter, &own));
    CHECK(peerfilter_allows_address(&filter, &relay));
    filter.relay_port_max = 60000;
    CHECK(allows("198.41.0.4:60000") && !allows("198.41.0.4:60001"));
    filter.media[filter.media_count++] = read("198.51.100.9:7000"); /* nothing else of it */
    struct addr media = read("198.51.100.9:7000");
    CHECK(peerfilter_allows_address(&filter, &media) && allows("198.51.100.9:7000"));
    CHECK(!allows("198.51.100.9:7001"));
}

static void the_administrator_opens_and_closes_prefixes_but_not_ourselves(void)
{
    set_up();
    CHECK(addr_parse_prefix(SLICE("10.0.0.0/8"), &filter.allowed[0]) == OK);
    CHECK(addr_parse_prefix(SLICE("fd00:1::/33"), &filter.allowed[1]) == OK);
    filter.allowed_count = 2;
    CHECK(addr_parse_prefix(SLICE("10.2.3.4"), &filter.denied[0]) == OK);
    CHECK(addr_parse_prefix(SLICE("8.0.0.0/7"), &filter.denied[1]) == OK);
    filter.denied_count = 2;
    CHECK(allows("10.2.3.5:9") && !allows("10.2.3.4:9") && !allows("10.1.0.1:9"));
    CHECK(allows("[fd00:1:7fff::1]:9") && !allows("[fd00:1:8000::1]:9"));
    CHECK(!allows("8.8.8.8:9") && !allows("9.9.9.9:9") && allows("7.7.7.7:9"));
    CHECK(!allows("[64:ff9b::808:808]:53"));
}

/* It would pass as 0.0.0.1, which an administrator's 0.0.0.0/1 opens and ::1/128 does not close. */
static void the_loopback_of_ipv6_is_no_address_of_ipv4(void)
{
    set_up();
    struct addr loopback = read("[::1]:9");
    struct addr normal = peerfilter_normalise(&loopback);
    CHECK(addr_equal(&normal, &loopback));
    CHECK(addr_parse_prefix(SLICE("0.0.0.0/1"), &filter.allowed[0]) == OK);
    filter.allowed_count = 1;
    CHECK(!allows("[::1]:9") && allows("[::2]:9"));
    CHECK(addr_parse_prefix(SLICE("::1/128"), &filter.allowed[1]) == OK);
    filter.allowed_count = 2;
    CHECK(allows("[::1]:9"));
    filter.own[filter.own_count++] = read("::1");
    CHECK(!allows("[::1]:9"));
}

/* Behind a NAT the address that is bound is not the one that is told. */
static void of_a_relay_only_what_is_told_is_a_peer(void)
{
    const struct addr local[2] = {read("10.0.0.4")};
    const struct addr shown[2] = {read("198.41.0.4")};
    const struct addr interfaces[] = {read("127.0.0.1"), read("10.0.0.4"), read("9.0.0.1")};
    set_up();
    filter.media_count = 0;
    CHECK(addr_parse_prefix(SLICE("10.0.0.0/8"), &filter.allowed[0]) == OK);
    filter.allowed_count = 1;
    CHECK(peerfilter_set_own(&filter, local, shown, interfaces, 3) == OK);
    CHECK(filter.own_count == 4); /* each once */
    CHECK(allows("198.41.0.4:50000") && !allows("198.41.0.4:443"));
    CHECK(!allows("10.0.0.4:50000") && !allows("127.0.0.1:50000") && !allows("9.0.0.1:50000"));
    CHECK(!peerfilter_allows_address(&filter, &local[0]));
    CHECK(allows("10.0.0.5:50000") && allows("10.9.9.9:22")); /* what was known is forgotten */
    CHECK(peerfilter_set_own(&filter, local, shown, interfaces, 2) == OK && allows("9.0.0.1:9"));
}

/* Who does not know all that he is lets nobody out. */
static void too_many_own_addresses_leave_only_relays(void)
{
    static struct addr interfaces[PEERFILTER_OWN_MAX];
    const struct addr local[2] = {read("10.0.0.4")};
    const struct addr shown[2] = {read("198.41.0.4")};
    for (uint32_t i = 0; i < PEERFILTER_OWN_MAX; i++) {
        interfaces[i] = addr_v4(9, 0, (uint8_t)(i >> 8), (uint8_t)i, 0);
    }
    set_up();
    CHECK(peerfilter_set_own(&filter, local, shown, interfaces, PEERFILTER_OWN_MAX - 2) == OK);
    CHECK(allows("8.8.8.8:9") && !allows("9.0.1.253:9") && allows("9.0.1.254:9"));
    CHECK(peerfilter_set_own(&filter, local, shown, interfaces, PEERFILTER_OWN_MAX - 1) ==
          ERR_LIMIT);
    CHECK(!allows("8.8.8.8:9") && !allows("9.0.1.254:9") && allows("198.41.0.4:50000"));
    CHECK(peerfilter_set_own(&filter, local, shown, interfaces, 1) == OK && allows("8.8.8.8:9"));
}

static void the_list_of_relays_is_bounded(void)
{
    set_up();
    struct addr relay = addr_v4(198, 51, 100, 0, 0);
    while (filter.relays_count < PEERFILTER_RELAYS_MAX) {
        relay.ip[3]++;
        CHECK(peerfilter_add_relay(&filter, &relay) == OK);
    }
    CHECK(peerfilter_add_relay(&filter, &relay) == OK); /* it is there */
    relay.ip[3]++;
    CHECK(peerfilter_add_relay(&filter, &relay) == ERR_LIMIT);
    CHECK(!peerfilter_is_relay(&filter, &relay));
}

UNIT(global_unicast_is_a_peer_and_nothing_else_by_default, a_disguise_does_not_help,
     of_ourselves_only_relays_and_the_media_server_are_peers,
     of_a_relay_only_what_is_told_is_a_peer, too_many_own_addresses_leave_only_relays,
     the_administrator_opens_and_closes_prefixes_but_not_ourselves,
     the_loopback_of_ipv6_is_no_address_of_ipv4, the_list_of_relays_is_bounded)
