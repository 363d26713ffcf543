/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/icefilter.h"

#include <stdio.h>

#include "unit.h"

static struct addr own;
static struct icefilter filter;
static struct icefilter_rules rules;

static void begin(void)
{
    own = addr_v4(198, 51, 100, 1, 0);
    memset(&filter, 0, sizeof(filter));
    rules = (struct icefilter_rules){.count_max = 64, .own = &own, .own_count = 1};
}

static enum icefilter_verdict check(enum ice_type type, const char *ip, uint16_t port)
{
    struct ice_facts facts = {.type = type};
    CHECK(addr_parse(slice_text(ip), &facts.addr) == OK);
    facts.addr.port = port;
    return icefilter_check(&filter, &rules, &facts);
}

static void what_leads_to_the_other_side_passes(void)
{
    begin();
    CHECK(check(ICE_HOST, "192.168.1.7", 50000) == ICEFILTER_PASS);
    CHECK(check(ICE_SRFLX, "203.0.113.7", 50000) == ICEFILTER_PASS);
    CHECK(check(ICE_PRFLX, "203.0.113.8", 50000) == ICEFILTER_PASS);
    CHECK(check(ICE_RELAY, "203.0.113.9", 50000) == ICEFILTER_PASS);
    CHECK(check(ICE_HOST, "2001:db8::7", 1024) == ICEFILTER_PASS);
    struct ice_facts name = {.type = ICE_HOST, .addr = {.port = 5000}, .local_name = true};
    CHECK(icefilter_check(&filter, &rules, &name) == ICEFILTER_PASS);
    struct ice_facts active = {.type = ICE_HOST, .addr = addr_v4(10, 0, 0, 5, 9), .active = true};
    CHECK(icefilter_check(&filter, &rules, &active) == ICEFILTER_PASS);
    struct ice_facts known = {
        .type = ICE_RELAY, .addr = addr_v4(203, 0, 113, 9, 5000), .related = true};
    CHECK(icefilter_check(&filter, &rules, &known) == ICEFILTER_PASS);
}

static void what_leads_here_or_nowhere_does_not(void)
{
    static const char *const here[] = {"127.0.0.1", "127.9.9.9",       "0.0.0.0",
                                       "0.1.2.3",   "169.254.1.1",     "224.0.0.1",
                                       "240.0.0.1", "255.255.255.255", "::1",
                                       "::",        "::7f00:1",        "fe80::1",
                                       "febf::1",   "ff02::1",         "::ffff:127.0.0.1"};
    begin();
    for (size_t i = 0; i < sizeof(here) / sizeof(here[0]); i++) {
        CHECK(check(ICE_HOST, here[i], 50000) == ICEFILTER_HERE);
        CHECK(check(ICE_RELAY, here[i], 50000) == ICEFILTER_HERE);
    }
    CHECK(check(ICE_HOST, "169.253.1.1", 50000) == ICEFILTER_PASS); /* a neighbour of theirs */
    CHECK(check(ICE_HOST, "fec0::1", 50000) == ICEFILTER_PASS);
    CHECK(check(ICE_HOST, "198.51.100.1", 50000) == ICEFILTER_HERE);
    CHECK(check(ICE_SRFLX, "198.51.100.1", 50000) == ICEFILTER_HERE);
    CHECK(check(ICE_RELAY, "198.51.100.1", 50000) == ICEFILTER_PASS); /* our own relay */
    CHECK(check(ICE_HOST, "192.0.2.1", 1023) == ICEFILTER_PORT);
    CHECK(check(ICE_HOST, "192.0.2.1", 0) == ICEFILTER_PORT);
    struct ice_facts name = {.type = ICE_HOST, .addr = {.port = 5000}};
    CHECK(icefilter_check(&filter, &rules, &name) == ICEFILTER_NAME);
    name = (struct ice_facts){.type = ICE_RELAY, .addr = {.port = 5000}, .local_name = true};
    CHECK(icefilter_check(&filter, &rules, &name) == ICEFILTER_NAME);
    CHECK(icefilter_check(&filter, &rules, &(struct ice_facts){0}) == ICEFILTER_UNREADABLE);
    CHECK(filter.count == 3);
    rules.local = true; /* the callers sit at this machine */
    CHECK(check(ICE_HOST, "127.0.0.1", 50000) == ICEFILTER_PASS);
    CHECK(check(ICE_HOST, "198.51.100.1", 50000) == ICEFILTER_PASS);
}

static void relay_only_lets_nothing_pass_that_shows_where_one_is(void)
{
    begin();
    rules.relay_only = true;
    CHECK(check(ICE_HOST, "192.168.1.7", 50000) == ICEFILTER_DIRECT);
    CHECK(check(ICE_SRFLX, "203.0.113.7", 50000) == ICEFILTER_DIRECT);
    CHECK(check(ICE_PRFLX, "203.0.113.7", 50000) == ICEFILTER_DIRECT);
    CHECK(check(ICE_RELAY, "203.0.113.7", 50000) == ICEFILTER_PASS);
    struct ice_facts name = {.type = ICE_HOST, .addr = {.port = 5000}, .local_name = true};
    CHECK(icefilter_check(&filter, &rules, &name) == ICEFILTER_DIRECT);
    struct ice_facts known = {
        .type = ICE_RELAY, .addr = addr_v4(203, 0, 113, 9, 5000), .related = true};
    CHECK(icefilter_check(&filter, &rules, &known) == ICEFILTER_ADDRESS);
    struct call_description description = {.has_addresses = true};
    CHECK(icefilter_check_description(&filter, &rules, &description) == ICEFILTER_ADDRESS);
    rules.relay_only = false;
    CHECK(icefilter_check_description(&filter, &rules, &description) == ICEFILTER_PASS);
}

static void candidates_are_counted_from_one_description_to_the_next(void)
{
    char ip[16];
    begin();
    for (int i = 0; i < 8; i++) {
        CHECK(check(ICE_HOST, "192.0.2.1", (uint16_t)(50000 + i)) == ICEFILTER_PASS);
    }
    CHECK(check(ICE_HOST, "192.0.2.1", 50008) == ICEFILTER_SAME_ADDRESS);
    for (int i = 8; i < 64; i++) {
        (void)snprintf(ip, sizeof(ip), "192.0.2.%d", i);
        CHECK(check(ICE_HOST, ip, 50000) == ICEFILTER_PASS);
    }
    CHECK(check(ICE_HOST, "192.0.2.100", 50000) == ICEFILTER_LIMIT);
    struct ice_facts name = {.type = ICE_HOST, .addr = {.port = 5000}, .local_name = true};
    CHECK(icefilter_check(&filter, &rules, &name) == ICEFILTER_LIMIT);
    struct call_description description = {0};
    CHECK(icefilter_check_description(&filter, &rules, &description) == ICEFILTER_PASS);
    CHECK(check(ICE_HOST, "192.0.2.1", 50000) == ICEFILTER_PASS);
    /* More addresses than there is room for, whatever the option says. */
    rules.count_max = 1000;
    CHECK(icefilter_check_description(&filter, &rules, &description) == ICEFILTER_PASS);
    for (int i = 0; i < ICEFILTER_ADDRESSES_MAX; i++) {
        (void)snprintf(ip, sizeof(ip), "192.0.2.%d", i);
        CHECK(check(ICE_HOST, ip, 50000) == ICEFILTER_PASS);
    }
    CHECK(check(ICE_HOST, "192.0.2.100", 50000) == ICEFILTER_LIMIT);
    CHECK(check(ICE_HOST, "192.0.2.1", 50001) == ICEFILTER_PASS);
}

static void a_description_passes_if_all_of_its_candidates_do(void)
{
    struct ice_facts list[ICE_DESCRIBED_MAX] = {
        {.type = ICE_HOST, .addr = addr_v4(192, 0, 2, 1, 5000)},
        {.type = ICE_HOST, .addr = addr_v4(127, 0, 0, 1, 5000)},
    };
    struct call_description description = {.candidates = list, .candidate_count = 1};
    begin();
    CHECK(icefilter_check_description(&filter, &rules, &description) == ICEFILTER_PASS);
    CHECK(filter.count == 1);
    description.candidate_count = 2;
    CHECK(icefilter_check_description(&filter, &rules, &description) == ICEFILTER_HERE);
    description.candidate_count = ICE_DESCRIBED_MAX + 1;
    CHECK(icefilter_check_description(&filter, &rules, &description) == ICEFILTER_LIMIT);
}

UNIT(what_leads_to_the_other_side_passes, what_leads_here_or_nowhere_does_not,
     relay_only_lets_nothing_pass_that_shows_where_one_is,
     candidates_are_counted_from_one_description_to_the_next,
     a_description_passes_if_all_of_its_candidates_do)
