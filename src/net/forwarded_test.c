/* SPDX-License-Identifier: Apache-2.0 */
#include "net/forwarded.h"

#include "unit.h"

/* Who is behind these headers, in the order of the request; "" when that is not known. The proxies
 * are 127.0.0.1, ::1 and 10.0.0.0/8. */
static const char *client_of(const char *first, const char *second)
{
    static char text[ADDR_TEXT_SIZE];
    struct http_proxies proxies = {.count = 3};
    struct http_header headers[] = {{SLICE("Host"), SLICE("a")},
                                    {SLICE("x-forwarded-for"), slice_text(first)},
                                    {SLICE("X-Forwarded-For"), slice_text(second)}};
    struct http_request request = {.headers = headers, .header_count = second[0] == '\0' ? 2 : 3};
    struct addr addr;
    CHECK(addr_parse_prefix(SLICE("127.0.0.1"), &proxies.list[0]) == OK);
    CHECK(addr_parse_prefix(SLICE("::1"), &proxies.list[1]) == OK);
    CHECK(addr_parse_prefix(SLICE("10.0.0.0/8"), &proxies.list[2]) == OK);
    enum err err = forwarded_client(&proxies, &request, &addr);
    CHECK(err == OK || err == ERR_NOT_FOUND);
    text[0] = '\0';
    if (err == OK) {
        addr_format(&addr, text);
    }
    return text;
}

static void the_nearest_address_that_is_no_proxy_asks(void)
{
    CHECK(strcmp(client_of("192.0.2.1", ""), "192.0.2.1") == 0);
    CHECK(strcmp(client_of("192.0.2.1, 10.1.2.3", ""), "192.0.2.1") == 0);
    CHECK(strcmp(client_of("192.0.2.1", "10.1.2.3,10.9.9.9"), "192.0.2.1") == 0);
    CHECK(strcmp(client_of(" 2001:db8::7\t,\t::1 ", ""), "2001:db8::7") == 0);
    CHECK(strcmp(client_of("10.0.0.7, 10.0.0.8", ""), "10.0.0.7") == 0); /* only proxies */
    CHECK(strcmp(client_of("192.0.2.1:5555", ""), "192.0.2.1") == 0);
    CHECK(strcmp(client_of("[2001:db8::7]:5555, 10.0.0.8:1", ""), "2001:db8::7") == 0);
    CHECK(strcmp(client_of("::ffff:192.0.2.1", ""), "192.0.2.1") == 0);
    CHECK(strcmp(client_of(",192.0.2.1, ,", ""), "192.0.2.1") == 0);
}

static void what_stands_left_of_the_client_is_not_believed(void)
{
    CHECK(strcmp(client_of("198.51.100.9, 192.0.2.1", ""), "192.0.2.1") == 0);
    CHECK(strcmp(client_of("198.51.100.9", "192.0.2.1"), "192.0.2.1") == 0);
    CHECK(strcmp(client_of("198.51.100.9, 192.0.2.1", "10.0.0.8"), "192.0.2.1") == 0);
    CHECK(strcmp(client_of("garbage, 192.0.2.1", ""), "192.0.2.1") == 0);
}

static void what_is_no_address_tells_nothing(void)
{
    static const char *const bad[] = {"unknown",
                                      "_hidden",
                                      "192.0.2.1, x",
                                      "192.0.2.300",
                                      ",,",
                                      "192.0.2.1, unknown, 10.0.0.8",
                                      "192.0.2.1 198.51.100.9"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(strcmp(client_of(bad[i], ""), "") == 0);
    }
    CHECK(strcmp(client_of("192.0.2.1", "unknown"), "") == 0);
    CHECK(strcmp(client_of("unknown", "192.0.2.1"), "192.0.2.1") == 0);
}

static void without_the_header_nothing_is_told(void)
{
    struct http_proxies none = {0};
    struct http_header header = {SLICE("X-Forwarded-For-Not"), SLICE("192.0.2.1")};
    struct http_request request = {.headers = &header, .header_count = 1};
    struct addr addr;
    CHECK(forwarded_client(&none, &request, &addr) == ERR_NOT_FOUND);
    request.header_count = 0;
    CHECK(forwarded_client(&none, &request, &addr) == ERR_NOT_FOUND);
}

UNIT(the_nearest_address_that_is_no_proxy_asks, what_stands_left_of_the_client_is_not_believed,
     what_is_no_address_tells_nothing, without_the_header_nothing_is_told)
