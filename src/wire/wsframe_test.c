/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/wsframe.h"

#include <stdio.h>

#include "base/mem.h"
#include "unit.h"

#define MESSAGE_MAX 100000

static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};

/* Decodes one frame that is given whole and expected to be refused with `code`. */
static void expect_refusal(struct slice bytes, uint16_t code)
{
    struct wsframe_decoder decoder;
    struct wsframe frame;
    uint8_t data[64];
    size_t used = 0;
    CHECK(bytes.size <= sizeof(data));
    memcpy(data, bytes.data, bytes.size);
    wsframe_decoder_init(&decoder, WSFRAME_FROM_CLIENT, 1000);
    CHECK(wsframe_decode(&decoder, data, bytes.size, &used, &frame) == ERR_INVALID);
    CHECK(decoder.error_code == code && decoder.error != NULL);
    CHECK(wsframe_decode(&decoder, data, 0, &used, &frame) == ERR_INVALID);
    wsframe_decoder_fini(&decoder);
}

static void the_example_of_the_rfc_is_decoded_in_place(void)
{
    uint8_t data[] = {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58, 0x81};
    struct wsframe_decoder decoder;
    struct wsframe frame;
    size_t used = 0;
    uint64_t before = mem_count();
    wsframe_decoder_init(&decoder, WSFRAME_FROM_CLIENT, 1000);
    CHECK(wsframe_decode(&decoder, data, sizeof(data), &used, &frame) == OK);
    CHECK(used == 11 && frame.opcode == WSFRAME_TEXT && frame.payload.data == data + 6);
    CHECK(slice_equal(frame.payload, SLICE("Hello")) && mem_count() == before);
    CHECK(wsframe_decode(&decoder, data + used, 1, &used, &frame) == ERR_SHORT && used == 0);
    wsframe_decoder_fini(&decoder);
}

static void faults_are_refused_with_the_code_of_the_rfc(void)
{
    expect_refusal(SLICE("\xc1\x80"), WSFRAME_CLOSE_PROTOCOL);         /* RSV1 */
    expect_refusal(SLICE("\x83\x80"), WSFRAME_CLOSE_PROTOCOL);         /* opcode 3 */
    expect_refusal(SLICE("\x8b\x80"), WSFRAME_CLOSE_PROTOCOL);         /* opcode 11 */
    expect_refusal(SLICE("\x81\x01x"), WSFRAME_CLOSE_PROTOCOL);        /* not masked */
    expect_refusal(SLICE("\x09\x80"), WSFRAME_CLOSE_PROTOCOL);         /* fragmented ping */
    expect_refusal(SLICE("\x89\xfe\x00\x7e"), WSFRAME_CLOSE_PROTOCOL); /* ping of 126 */
    expect_refusal(SLICE("\x80\x80\0\0\0\0"), WSFRAME_CLOSE_PROTOCOL); /* nothing to continue */
    expect_refusal(SLICE("\x01\x80\0\0\0\0\x81\x80"), WSFRAME_CLOSE_PROTOCOL);
    expect_refusal(SLICE("\x81\xfe\x00\x7d\0\0\0\0"), WSFRAME_CLOSE_PROTOCOL);
    expect_refusal(SLICE("\x81\xff\0\0\0\0\0\0\xff\xff\0\0\0\0"), WSFRAME_CLOSE_PROTOCOL);
    expect_refusal(SLICE("\x81\xff\x80\0\0\0\0\0\xff\xff\0\0\0\0"), WSFRAME_CLOSE_PROTOCOL);
    expect_refusal(SLICE("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff\0\0\0\0"),
                   WSFRAME_CLOSE_TOO_BIG);
    expect_refusal(SLICE("\x82\xfe\x03\xe9\0\0\0\0"), WSFRAME_CLOSE_TOO_BIG);
    expect_refusal(SLICE("\x81\x82\0\0\0\0\xc3("), WSFRAME_CLOSE_NOT_UTF8);
    expect_refusal(SLICE("\x81\x81\0\0\0\0\xc3"), WSFRAME_CLOSE_NOT_UTF8);
    expect_refusal(SLICE("\x88\x81\0\0\0\0\x03"), WSFRAME_CLOSE_PROTOCOL);
    expect_refusal(SLICE("\x88\x82\0\0\0\0\x03\xed"), WSFRAME_CLOSE_PROTOCOL); /* 1005 */
    expect_refusal(SLICE("\x88\x83\0\0\0\0\x03\xe8\xff"), WSFRAME_CLOSE_NOT_UTF8);
}

/* RFC 6455 section 7.4, and the codes 1012 to 1014 of its registry. */
static void only_codes_that_may_be_sent_close(void)
{
    static const struct {
        uint16_t code;
        bool good;
    } codes[] = {{0, false},    {999, false},  {1000, true}, {1003, true},  {1004, false},
                 {1005, false}, {1006, false}, {1007, true}, {1014, true},  {1015, false},
                 {2999, false}, {3000, true},  {4999, true}, {5000, false}, {65535, false}};
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        struct wsframe_decoder decoder;
        struct wsframe frame;
        uint16_t code = codes[i].code;
        uint8_t data[] = {0x88, 0x82, 0, 0, 0, 0, (uint8_t)(code >> 8), (uint8_t)code};
        size_t used = 0;
        wsframe_decoder_init(&decoder, WSFRAME_FROM_CLIENT, 1000);
        enum err err = wsframe_decode(&decoder, data, sizeof(data), &used, &frame);
        uint16_t error = decoder.error_code;
        wsframe_decoder_fini(&decoder);
        CHECK(err == (codes[i].good ? OK : ERR_INVALID));
        CHECK(codes[i].good ? frame.close_code == code : error == WSFRAME_CLOSE_PROTOCOL);
    }
}

/* Section 5.1: a client fails the connection when a server masks. */
static void a_server_that_masks_is_refused(void)
{
    struct wsframe_decoder decoder;
    struct wsframe frame;
    uint8_t data[] = {0x81, 0x80, 0, 0, 0, 0};
    size_t used = 0;
    wsframe_decoder_init(&decoder, WSFRAME_FROM_SERVER, 1000);
    CHECK(wsframe_decode(&decoder, data, sizeof(data), &used, &frame) == ERR_INVALID);
    CHECK(decoder.error_code == WSFRAME_CLOSE_PROTOCOL);
    CHECK(strcmp(decoder.error, "masked by a server") == 0);
    wsframe_decoder_fini(&decoder);
}

/* A first fragment may be empty; what follows is still its message. */
static void an_empty_fragment_begins_a_message(void)
{
    struct wsframe_decoder decoder;
    struct wsframe frame;
    uint8_t data[] = "\x01\x80\0\0\0\0\x80\x82\0\0\0\0hi";
    size_t used = 0;
    wsframe_decoder_init(&decoder, WSFRAME_FROM_CLIENT, 1000);
    enum err err = wsframe_decode(&decoder, data, sizeof(data) - 1, &used, &frame);
    bool right = err == OK && frame.opcode == WSFRAME_TEXT &&
                 slice_equal(frame.payload, SLICE("hi")) && used == sizeof(data) - 1;
    wsframe_decoder_fini(&decoder);
    CHECK(right);
}

static void a_payload_that_no_buffer_holds_is_not_written(void)
{
    struct buf wire;
    buf_init(&wire, 100);
    enum err err = wsframe_encode_masked(&wire, WSFRAME_TEXT, true,
                                         slice_from((const uint8_t *)"", SIZE_MAX), mask);
    CHECK(err == ERR_LIMIT && wire.size == 0);
    buf_fini(&wire);
}

static void a_close_frame_has_its_code_and_reason(void)
{
    struct wsframe_decoder decoder;
    struct wsframe frame;
    uint8_t data[127];
    size_t used = 0;
    wsframe_decoder_init(&decoder, WSFRAME_FROM_SERVER, 1000);
    size_t size = wsframe_encode_close(WSFRAME_CLOSE_GOING_AWAY, "restart", data);
    CHECK(wsframe_decode(&decoder, data, size, &used, &frame) == OK && used == size);
    CHECK(frame.opcode == WSFRAME_CLOSE && frame.close_code == WSFRAME_CLOSE_GOING_AWAY);
    CHECK(slice_equal(frame.payload, SLICE("restart")));
    char reason[300];
    memset(reason, 'x', sizeof(reason) - 1);
    reason[sizeof(reason) - 1] = '\0';
    CHECK(wsframe_encode_close(1000, reason, data) == sizeof(data));
    wsframe_decoder_fini(&decoder);
}

/* Feeds `all` in pieces of `step` bytes as a connection does, and expects the message. */
static void feed_in_pieces(struct slice all, size_t step, struct slice message, size_t pings)
{
    struct wsframe_decoder decoder;
    struct buf input;
    bool got_message = false;
    size_t got_pings = 0;
    wsframe_decoder_init(&decoder, WSFRAME_FROM_CLIENT, MESSAGE_MAX);
    buf_init(&input, 2 * MESSAGE_MAX);
    enum err err = OK;
    for (size_t at = 0; at < all.size; at += step) {
        size_t size = step < all.size - at ? step : all.size - at;
        err = buf_append(&input, slice_from(all.data + at, size));
        while (err == OK) {
            struct wsframe frame;
            size_t used = 0;
            err = wsframe_decode(&decoder, input.data, input.size, &used, &frame);
            if (err == OK && frame.opcode == WSFRAME_PING) {
                got_pings += slice_equal(frame.payload, SLICE("beat")) ? 1 : 0;
            } else if (err == OK) {
                got_message = frame.opcode == WSFRAME_TEXT && slice_equal(frame.payload, message);
            }
            buf_consume(&input, used);
        }
        if (err != ERR_SHORT) {
            break;
        }
    }
    wsframe_decoder_fini(&decoder);
    buf_fini(&input);
    CHECK(err == ERR_SHORT && got_message && got_pings == pings);
}

static void fragments_with_pings_between_arrive_whole_in_any_pieces(void)
{
    static uint8_t text[70000];
    struct buf wire;
    buf_init(&wire, 2 * MESSAGE_MAX);
    memset(text, 'a', sizeof(text));
    memcpy(text + 9999, "\xe2\x82\xac", 3); /* cut by the end of the first fragment */
    enum err err = wsframe_encode_masked(&wire, WSFRAME_TEXT, false, slice_from(text, 10000), mask);
    err = err != OK ? err : wsframe_encode_masked(&wire, WSFRAME_PING, true, SLICE("beat"), mask);
    err = err != OK ? err
                    : wsframe_encode_masked(&wire, WSFRAME_CONTINUATION, false, SLICE(""), mask);
    err = err != OK ? err : wsframe_encode_masked(&wire, WSFRAME_PING, true, SLICE("beat"), mask);
    err = err != OK ? err
                    : wsframe_encode_masked(&wire, WSFRAME_CONTINUATION, true,
                                            slice_from(text + 10000, 60000), mask);
    static const size_t steps[] = {1, 2, 3, 7, 13, 4096, 65536, 200000};
    for (size_t i = unit_replaying() ? 5 : 0; err == OK && i < sizeof(steps) / sizeof(steps[0]);
         i++) {
        feed_in_pieces(buf_slice(&wire), steps[i], slice_from(text, sizeof(text)), 2);
    }
    buf_fini(&wire);
    CHECK(err == OK);
}

static void fragments_together_may_not_pass_the_maximum(void)
{
    struct wsframe_decoder decoder;
    struct wsframe frame;
    uint8_t data[] = "\x02\x85\0\0\0\0hello\x80\x86\0\0\0\0world!";
    size_t used = 0;
    wsframe_decoder_init(&decoder, WSFRAME_FROM_CLIENT, 10);
    enum err err = wsframe_decode(&decoder, data, sizeof(data) - 1, &used, &frame);
    uint16_t code = decoder.error_code;
    wsframe_decoder_fini(&decoder);
    CHECK(err == ERR_INVALID && code == WSFRAME_CLOSE_TOO_BIG);
}

static void an_announced_length_costs_no_memory(void)
{
    struct wsframe_decoder decoder;
    struct wsframe frame;
    uint8_t data[] = "\x82\xff\0\0\0\0\x00\x01\x86\x00\0\0\0\0abc"; /* 99840 bytes to come */
    size_t used = 0;
    wsframe_decoder_init(&decoder, WSFRAME_FROM_CLIENT, MESSAGE_MAX);
    enum err err = wsframe_decode(&decoder, data, sizeof(data) - 1, &used, &frame);
    size_t capacity = decoder.fragments.capacity;
    wsframe_decoder_fini(&decoder);
    CHECK(err == ERR_SHORT && used == sizeof(data) - 1 && capacity <= 64);
}

static void heads_take_the_shortest_form(void)
{
    uint8_t out[WSFRAME_HEAD_SIZE_MAX];
    CHECK(wsframe_encode_head(WSFRAME_TEXT, 125, out) == 2 && out[0] == 0x81 && out[1] == 125);
    CHECK(wsframe_encode_head(WSFRAME_TEXT, 126, out) == 4 && out[1] == 126 && out[3] == 126);
    CHECK(wsframe_encode_head(WSFRAME_BINARY, 65535, out) == 4 && out[0] == 0x82);
    CHECK(wsframe_encode_head(WSFRAME_BINARY, 65536, out) == 10 && out[1] == 127 && out[7] == 1);
}

static void masking_in_parts_equals_masking_at_once(void)
{
    uint8_t whole[100];
    uint8_t parts[100];
    for (uint8_t i = 0; i < 100; i++) {
        whole[i] = i;
        parts[i] = i;
    }
    wsframe_mask(whole, 100, mask, 0);
    for (uint32_t at = 0, step = 1; at < 100; at += step, step++) {
        step = step < 100 - at ? step : 100 - at;
        wsframe_mask(parts + at, step, mask, at);
    }
    CHECK(memcmp(whole, parts, 100) == 0 && whole[5] == (5 ^ mask[1]));
}

UNIT(the_example_of_the_rfc_is_decoded_in_place, faults_are_refused_with_the_code_of_the_rfc,
     a_close_frame_has_its_code_and_reason, fragments_with_pings_between_arrive_whole_in_any_pieces,
     fragments_together_may_not_pass_the_maximum, an_announced_length_costs_no_memory,
     only_codes_that_may_be_sent_close, a_server_that_masks_is_refused,
     an_empty_fragment_begins_a_message, a_payload_that_no_buffer_holds_is_not_written,
     heads_take_the_shortest_form, masking_in_parts_equals_masking_at_once)
