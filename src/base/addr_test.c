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

UNIT(reads_and_writes_both_families_with_and_without_a_port, refuses_what_is_no_address,
     compares_address_and_port)
