/* SPDX-License-Identifier: Apache-2.0 */
/* Heads without a server: each rule at its edge. What a server answers is in http_test.c. */
#include "net/http_parse.h"

#include <stdio.h>

#include "base/mem.h"
#include "unit.h"

#define LINE "GET / HTTP/1.1\r\n"
#define HOST LINE "Host: a\r\n"
#define SOCKET HOST "Upgrade: websocket\r\nConnection: Upgrade\r\n"
#define VERSION "Sec-WebSocket-Version: 13\r\n"
#define KEY "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define BODY_MAX 1000

static const struct http_limits limits = {
    .headers_max = 16, .body_bytes_max = BODY_MAX, .target_bytes_max = 100};
static struct http_parse *parse;

static void tear_down(void)
{
    http_parse_destroy(parse);
    parse = NULL;
}

/* 0: the head is taken and `parse` has it; else the answer. */
static uint16_t head(struct slice text)
{
    size_t scanned = 0;
    size_t size = 0;
    uint16_t status = 0;
    unit_finally(tear_down);
    tear_down();
    CHECK(http_parse_find_head(text, &scanned, &size) == OK && size == text.size);
    enum err err = http_parse_create(text, &limits, &parse, &status);
    CHECK(err == (status == 0 ? OK : ERR_INVALID));
    return status;
}

struct sample {
    const char *text;
    uint16_t status;
};

/* True: each has the answer that is expected of it. */
static void expect_all(const struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t status = head(slice_text(samples[i].text));
        if (status != samples[i].status && !unit_replaying()) {
            (void)fprintf(stderr, "%u: %s", status, samples[i].text);
        }
        CHECK(status == samples[i].status);
    }
    tear_down();
}

#define EXPECT_ALL(samples) expect_all(samples, sizeof(samples) / sizeof((samples)[0]))

static enum err find(struct slice text)
{
    size_t scanned = 0;
    size_t size = 0;
    return http_parse_find_head(text, &scanned, &size);
}

static void the_end_of_a_head_is_found_and_nothing_else_taken_for_it(void)
{
    CHECK(find(SLICE(HOST "\r\n")) == OK);
    CHECK(find(SLICE("")) == ERR_SHORT && find(SLICE(HOST)) == ERR_SHORT);
    CHECK(find(SLICE("\r\n\r\n")) == OK); /* two line ends are an end, whatever comes of it */
    CHECK(find(SLICE("\n")) == ERR_INVALID && find(SLICE("\r\n")) == ERR_SHORT);
    CHECK(find(SLICE(" ")) == ERR_SHORT); /* no line before it that it could continue */
    CHECK(find(SLICE("\t")) == ERR_SHORT);
    CHECK(find(SLICE(LINE "\tX: 1\r\n")) == ERR_INVALID);
    CHECK(find(SLICE(LINE " X: 1\r\n")) == ERR_INVALID);
    CHECK(find(SLICE("\0")) == ERR_INVALID && find(SLICE("\x7f")) == ERR_INVALID);
    CHECK(find(SLICE("GET\t")) == ERR_SHORT);
}

static void a_request_line_has_three_words_and_a_target_of_ours(void)
{
    static const struct sample samples[] = {
        {"GET /a HTTP/1.1\r\nHost: a\r\n\r\n", 0},
        {"GET /a HTTP/1.0\r\n\r\n", 0},
        {"GET\r\n\r\n", 400},
        {" / HTTP/1.1\r\n\r\n", 400},
        {"GET /\r\n\r\n", 400},
        {"GET  HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /\"a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /<a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a> HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /\\a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /^a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /`a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /{a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /|a HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /a} HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET /\t HTTP/1.1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTQ/1.2\r\nHost: a\r\n\r\n", 400},
        {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", 505},
    };
    EXPECT_ALL(samples);
}

static void names_and_hosts_are_of_the_characters_that_the_rfc_names(void)
{
    static const struct sample samples[] = {
        {HOST "X-!#$%&'*+.^_`|~9z: 1\r\n\r\n", 0},
        {HOST "X{: 1\r\n\r\n", 400},
        {HOST "X@: 1\r\n\r\n", 400},
        {HOST "X/: 1\r\n\r\n", 400},
        {HOST "X:\t 1 \t\r\n\r\n", 0},
        {LINE "Host: a.example:80\r\n\r\n", 0},
        {LINE "Host: [::1]:80\r\n\r\n", 0},
        {LINE "Host: a\tb\r\n\r\n", 400},
        {LINE "Host: \xc3\xa9\r\n\r\n", 400},
        {LINE "Host: a@b\r\n\r\n", 400},
        {"GET / HTTP/1.0\r\nHost:\r\n\r\n", 400},
        {"GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", 400},
    };
    EXPECT_ALL(samples);
    CHECK(head(SLICE(HOST "X:\t 1 \t\r\n\r\n")) == 0);
    CHECK(slice_equal(http_header_find(http_parse_request(parse), "x"), SLICE("1")));
    tear_down();
}

static void a_length_has_one_meaning(void)
{
    static const struct sample samples[] = {
        {HOST "Content-Length: 0\r\n\r\n", 0},
        {HOST "Content-Length: 1000\r\n\r\n", 0},
        {HOST "Content-Length: 1001\r\n\r\n", 413},
        {HOST "Content-Length: 00\r\n\r\n", 400},
        {HOST "Content-Length: 1:\r\n\r\n", 400},
        {HOST "Content-Length: 1/\r\n\r\n", 400},
        {HOST "Transfer-Encoding: Chunked\r\n\r\n", 0},
        {HOST "Transfer-Encoding: chunked, chunked\r\n\r\n", 400},
    };
    EXPECT_ALL(samples);
}

static void a_handshake_is_whole_or_refused(void)
{
    static const struct sample samples[] = {
        {SOCKET KEY VERSION "\r\n", 0},
        {SOCKET VERSION "\r\n", 400},
        {SOCKET KEY KEY VERSION "\r\n", 400},
        {SOCKET KEY "\r\n", 426},
        {SOCKET KEY VERSION VERSION "\r\n", 426},
        {SOCKET KEY VERSION "Content-Length: 1\r\n\r\n", 400},
        {"GET / HTTP/1.0\r\nUpgrade: websocket\r\nConnection: upgrade\r\n" KEY VERSION "\r\n", 400},
        {SOCKET VERSION "Sec-WebSocket-Key: abc\r\n\r\n", 400},
        {SOCKET VERSION "Sec-WebSocket-Key: 0123456789+/abcdefghij==\r\n\r\n", 0},
        {SOCKET VERSION "Sec-WebSocket-Key: 0123456789+/abcdefghi:==\r\n\r\n", 400},
        {SOCKET VERSION "Sec-WebSocket-Key: 0123456789+/abcdefghi{==\r\n\r\n", 400},
        {SOCKET VERSION "Sec-WebSocket-Key: 0123456789+/abcdefghi.==\r\n\r\n", 400},
        {SOCKET VERSION "Sec-WebSocket-Key: 0123456789+/abcdefghijk=\r\n\r\n", 400},
        {SOCKET VERSION "Sec-WebSocket-Key: 0123456789+/abcdefghij=k\r\n\r\n", 400},
    };
    EXPECT_ALL(samples);
}

static void members_of_a_list_are_found_between_blanks_and_commas(void)
{
    static const char *const texts[] = {
        "Connection: keep-alive, Upgrade\r\n", "Connection:  ,\t upgrade \t , x\r\n",
        "Connection: x\r\nConnection: UPGRADE\r\n", "Connection: , ,upgrade\r\n"};
    char text[400];
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        (void)snprintf(text, sizeof(text), "%sUpgrade: websocket\r\n%s%s%s\r\n", HOST, texts[i],
                       KEY, VERSION);
        CHECK(head(slice_text(text)) == 0);
        CHECK(http_parse_request(parse)->upgrade_websocket);
        CHECK(strcmp(http_parse_facts(parse)->accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=") == 0);
    }
    CHECK(head(SLICE(HOST "Connection: close\t\r\n\r\n")) == 0);
    CHECK(!http_parse_facts(parse)->keep_alive);
    CHECK(head(SLICE(HOST "Connection: closed, \t \r\n\r\n")) == 0);
    CHECK(http_parse_facts(parse)->keep_alive);
    tear_down();
}

static void a_body_is_taken_in_pieces_and_ends_where_it_ends(void)
{
    size_t used = 0;
    uint16_t status = 0;
    CHECK(head(SLICE(HOST "Transfer-Encoding: chunked\r\n\r\n")) == 0);
    CHECK(http_parse_body(parse, SLICE(""), &used, &status) == ERR_SHORT && used == 0);
    CHECK(http_parse_body(parse, SLICE("2\r\na"), &used, &status) == ERR_SHORT && used == 4);
    CHECK(http_parse_body(parse, SLICE("b\r\n0\r\n\r\nGET"), &used, &status) == OK && used == 8);
    CHECK(slice_equal(http_parse_request(parse)->body, SLICE("ab")));
    CHECK(head(SLICE(HOST "Transfer-Encoding: chunked\r\n\r\n")) == 0);
    CHECK(http_parse_body(parse, SLICE("g\r\n"), &used, &status) == ERR_INVALID && status == 400);
    CHECK(head(SLICE(HOST "Transfer-Encoding: chunked\r\n\r\n")) == 0);
    CHECK(http_parse_body(parse, SLICE("0\r\nX: 1\r\n\r\n"), &used, &status) == ERR_INVALID);
    CHECK(status == 400); /* a trailer */
    tear_down();
}

UNIT(the_end_of_a_head_is_found_and_nothing_else_taken_for_it,
     a_request_line_has_three_words_and_a_target_of_ours,
     names_and_hosts_are_of_the_characters_that_the_rfc_names, a_length_has_one_meaning,
     a_handshake_is_whole_or_refused, members_of_a_list_are_found_between_blanks_and_commas,
     a_body_is_taken_in_pieces_and_ends_where_it_ends)
