/* SPDX-License-Identifier: Apache-2.0 */
#include "base/addr.h"

#include "unit.h"

static bool reads(const char *text, const char *again)
{
    struct addr addr;
    char out[ADDR_TEXT_SIZE];
    if (addr_parse(slice_text(text), &addr) != OK) {
        return false;
    }
    addr_format(&addr, out);
    return strcmp(out, again) == 0;
}

static void reads_and_writes_both_families_with_and_without_a_port(void)
{
    CHECK(reads("192.0.2.1", "192.0.2.1"));
    CHECK(reads("255.255.255.255:65535", "255.255.255.255:65535"));
    CHECK(reads("2001:db8::1", "2001:db8::1"));
    CHECK(reads("[2001:db8::1]", "2001:db8::1"));
    CHECK(reads("[2001:db8::1]:443", "[2001:db8::1]:443"));
    CHECK(reads("[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535",
                "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]:65535"));
    CHECK(reads("::ffff:192.0.2.1", "192.0.2.1"));
}

static void refuses_what_is_no_address(void)
{
    static const char *const bad[] = {
        "",       "a",      "192.0.2",   "192.0.2.1:",  "192.0.2.1:65536", "[::1",
        "[::1]x", "[::1]:", "::1:99999", "[192.0.2.1]", "192.0.2.1 ",      "localhost:80"};
    struct addr addr;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(addr_parse(slice_text(bad[i]), &addr) == ERR_INVALID);
    }
    CHECK(addr_parse(slice_from("1.2.3.4\0", 8), &addr) == ERR_INVALID);
}

static void compares_address_and_port(void)
{
    struct addr a = addr_v4(192, 0, 2, 1, 80);
    struct addr b = addr_v4(192, 0, 2, 1, 81);
    struct addr six;
    CHECK(addr_same_ip(&a, &b) && !addr_equal(&a, &b) && addr_equal(&a, &a));
    CHECK(addr_parse(SLICE("c000:201::"), &six) == OK && !addr_same_ip(&a, &six));
    CHECK(!addr_is_loopback(&a) && !addr_is_any(&a));
    CHECK(addr_parse(SLICE("::1"), &six) == OK && addr_is_loopback(&six));
    CHECK(addr_parse(SLICE("::"), &six) == OK && addr_is_any(&six));
    CHECK(addr_parse(SLICE("127.255.0.1"), &six) == OK && addr_is_loopback(&six));
}

static void refuses_what_is_no_prefix(void)
{
    static const char *const bad[] = {
        "",       "/8",          "10.0.0.0/33", "10.0.0.0/",     "10.0.0/8",
        "::/129", "10.0.0.0/-1", "10.0.0.1:80", "example.org/8", "10.0.0.0/8 "};
    struct addr_prefix prefix;
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(addr_parse_prefix(slice_text(bad[i]), &prefix) == ERR_INVALID);
    }
    CHECK(addr_parse_prefix(SLICE("::/0"), &prefix) == OK && prefix.bits == 0);
}

static bool is_in(const char *prefix, const char *text)
{
    struct addr_prefix list[2];
    struct addr addr;
    CHECK(addr_parse_prefix(SLICE("203.0.113.7"), &list[0]) == OK);
    CHECK(addr_parse_prefix(slice_text(prefix), &list[1]) == OK);
    CHECK(addr_parse(slice_text(text), &addr) == OK);
    return addr_is_in(list, 2, &addr);
}

static void a_prefix_has_its_addresses_and_no_others(void)
{
    CHECK(is_in("10.0.0.0/8", "10.255.0.1") && !is_in("10.0.0.0/8", "11.0.0.0"));
    CHECK(is_in("10.0.0.0/9", "10.127.0.1") && !is_in("10.0.0.0/9", "10.128.0.1"));
    CHECK(is_in("::/0", "2001:db8::1") && !is_in("::/0", "10.0.0.1"));
    CHECK(is_in("2001:db8::/33", "2001:db8:7fff::1"));
    CHECK(!is_in("2001:db8::/33", "2001:db8:8000::1"));
    CHECK(is_in("::1", "203.0.113.7") && !is_in("::1", "203.0.113.8"));
}

UNIT(reads_and_writes_both_families_with_and_without_a_port, refuses_what_is_no_address,
     compares_address_and_port, refuses_what_is_no_prefix, a_prefix_has_its_addresses_and_no_others)
