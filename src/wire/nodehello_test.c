/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/nodehello.h"

#include <string.h>

#include "unit.h"

static void what_is_written_is_read(void)
{
    uint8_t bytes[NODEHELLO_SIZE + 3] = {0};
    struct nodehello wanted = {.from = addr_v4(192, 0, 2, 7, 50123), .tls = true};
    struct nodehello read;
    for (int i = 0; i < 2; i++) {
        nodehello_write(&wanted, bytes);
        CHECK(nodehello_read(slice_from(bytes, sizeof(bytes)), &read) == OK);
        CHECK(addr_equal(&read.from, &wanted.from) && read.tls == wanted.tls);
        wanted.tls = false;
        CHECK(addr_parse(SLICE("[2001:db8::1]:443"), &wanted.from) == OK);
    }
}

static void a_beginning_is_short_and_a_foreign_one_invalid(void)
{
    uint8_t bytes[NODEHELLO_SIZE];
    struct nodehello hello = {.from = addr_v4(192, 0, 2, 7, 50123)};
    nodehello_write(&hello, bytes);
    for (size_t size = 0; size < NODEHELLO_SIZE; size++) {
        CHECK(nodehello_read(slice_from(bytes, size), &hello) == ERR_SHORT);
    }
    CHECK(nodehello_read(SLICE("G"), &hello) == ERR_INVALID);
    CHECK(nodehello_read(SLICE("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n"), &hello) ==
          ERR_INVALID);
}

static void nothing_is_written_in_two_ways(void)
{
    static const struct {
        size_t at;
        uint8_t value;
    } faults[] = {{3, '2'}, {4, 2}, {5, 0}, {5, 5}, {5, 255}, {12, 1}, {23, 1}};
    struct nodehello hello = {.from = addr_v4(192, 0, 2, 7, 50123)};
    for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        uint8_t bytes[NODEHELLO_SIZE];
        nodehello_write(&(struct nodehello){.from = addr_v4(192, 0, 2, 7, 1)}, bytes);
        bytes[faults[i].at] = faults[i].value;
        CHECK(nodehello_read(slice_from(bytes, sizeof(bytes)), &hello) == ERR_INVALID);
        CHECK(hello.from.family == ADDR_NONE);
    }
}

static void an_ipv4_address_in_ipv6_form_is_one_of_ipv4(void)
{
    uint8_t bytes[NODEHELLO_SIZE];
    struct nodehello hello = {.from = {.family = ADDR_V6, .port = 5}};
    hello.from.ip[10] = hello.from.ip[11] = 0xff;
    hello.from.ip[12] = 127;
    hello.from.ip[15] = 1;
    nodehello_write(&hello, bytes);
    CHECK(nodehello_read(slice_from(bytes, sizeof(bytes)), &hello) == OK);
    struct addr wanted = addr_v4(127, 0, 0, 1, 5);
    CHECK(addr_equal(&hello.from, &wanted));
}

UNIT(what_is_written_is_read, a_beginning_is_short_and_a_foreign_one_invalid,
     nothing_is_written_in_two_ways, an_ipv4_address_in_ipv6_form_is_one_of_ipv4)
