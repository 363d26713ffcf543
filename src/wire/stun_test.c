/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/stun.h"

#include "base/text.h"
#include "unit.h"

static const uint8_t transaction[STUN_TRANSACTION_SIZE] = "transaction";

static struct slice write_request(struct stun_writer *writer, uint8_t *room, size_t size)
{
    struct addr peer = addr_v4(192, 0, 2, 7, 4000);
    stun_begin(writer, room, size, STUN_REQUEST, STUN_CREATE_PERMISSION, transaction);
    stun_put_xor_addr(writer, STUN_XOR_PEER_ADDRESS, &peer);
    peer.ip[3] = 8;
    stun_put_xor_addr(writer, STUN_XOR_PEER_ADDRESS, &peer);
    stun_put(writer, STUN_USERNAME, SLICE("anna"));
    stun_put(writer, STUN_SOFTWARE, SLICE("a"));
    stun_put_u32(writer, STUN_LIFETIME, 600);
    stun_put_fingerprint(writer);
    return stun_finish(writer);
}

static void reads_what_it_wrote(void)
{
    uint8_t room[200];
    struct stun_writer writer;
    struct stun_message message;
    struct slice bytes = write_request(&writer, room, sizeof(room));
    CHECK(bytes.size == 20 + 12 + 12 + 8 + 8 + 8 + 8);
    CHECK(stun_decode(bytes, &message) == OK);
    CHECK(message.method == STUN_CREATE_PERMISSION && message.class == STUN_REQUEST);
    CHECK(memcmp(message.transaction, transaction, sizeof(transaction)) == 0);
    CHECK(slice_equal(message.attributes[STUN_USERNAME], SLICE("anna")));
    CHECK(slice_equal(message.attributes[STUN_SOFTWARE], SLICE("a")));
    uint32_t lifetime = 0;
    CHECK(stun_read_u32(message.attributes[STUN_LIFETIME], &lifetime) == OK && lifetime == 600);
    CHECK(stun_has(&message, STUN_FINGERPRINT) && !stun_has(&message, STUN_REALM));
    uint32_t offset = 0;
    struct slice value;
    struct addr peer;
    for (uint8_t last = 7; last <= 8; last++) {
        CHECK(stun_next(&message, STUN_XOR_PEER_ADDRESS, &offset, &value));
        CHECK(stun_read_xor_addr(value, message.transaction, &peer) == OK);
        struct addr wanted = addr_v4(192, 0, 2, last, 4000);
        CHECK(addr_equal(&peer, &wanted));
    }
    CHECK(!stun_next(&message, STUN_XOR_PEER_ADDRESS, &offset, &value));
}

static void every_class_and_method_survives_the_way(void)
{
    uint8_t room[STUN_HEADER_SIZE];
    for (int class = STUN_REQUEST; class <= STUN_ERROR; class ++) {
        for (int method = 0; method < 0x100; method++) {
            struct stun_writer writer;
            struct stun_message message;
            stun_begin(&writer, room, sizeof(room), (enum stun_class) class,
                       (enum stun_method)method, transaction);
            CHECK(stun_decode(stun_finish(&writer), &message) == OK);
            CHECK(message.class == class && message.method == method);
        }
    }
}

static void no_room_gives_no_message_and_never_a_cut_one(void)
{
    uint8_t room[200];
    struct stun_writer writer;
    size_t whole = write_request(&writer, room, sizeof(room)).size;
    for (size_t size = 0; size < whole; size++) {
        CHECK(write_request(&writer, room, size).size == 0);
    }
    CHECK(write_request(&writer, room, whole).size == whole);
}

static void padding_is_zero_whatever_was_in_the_room(void)
{
    uint8_t room[64];
    struct stun_writer writer;
    memset(room, 0xaa, sizeof(room));
    stun_begin(&writer, room, sizeof(room), STUN_ERROR, STUN_ALLOCATE, transaction);
    stun_put_error(&writer, STUN_STALE_NONCE, SLICE("x"));
    stun_put(&writer, STUN_REALM, SLICE("r"));
    stun_put(&writer, STUN_NONCE, slice_from(NULL, 0));
    CHECK(stun_finish(&writer).size == 20 + 12 + 8 + 4);
    static const uint8_t error[] = {0, 9, 0, 5, 0, 0, 4, 38, 'x', 0, 0, 0, 0, 20, 0, 1, 'r', 0, 0};
    CHECK(memcmp(room + STUN_HEADER_SIZE, error, sizeof(error)) == 0);
}

static void a_message_cut_or_changed_in_length_is_refused(void)
{
    uint8_t room[200];
    uint8_t copy[200];
    struct stun_writer writer;
    struct stun_message message;
    struct slice bytes = write_request(&writer, room, sizeof(room));
    for (size_t size = 0; size < bytes.size; size++) {
        CHECK(stun_decode(slice_from(room, size), &message) == ERR_INVALID);
    }
    /* Each bit of header, lengths and fingerprint; the fingerprint covers the rest. */
    for (size_t bit = 0; bit < bytes.size * 8; bit++) {
        memcpy(copy, room, bytes.size);
        copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
        CHECK(stun_decode(slice_from(copy, bytes.size), &message) == ERR_INVALID ||
              !stun_has(&message, STUN_FINGERPRINT)); /* its own type was changed */
    }
}

static void what_is_behind_the_integrity_does_not_exist(void)
{
    uint8_t room[300];
    uint8_t mac[32] = {1};
    struct stun_writer writer;
    struct stun_message message;
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_REFRESH, transaction);
    stun_put(&writer, STUN_USERNAME, SLICE("anna"));
    stun_put(&writer, STUN_INTEGRITY, slice_from(mac, 20));
    stun_put_u32(&writer, STUN_LIFETIME, 0);
    stun_put(&writer, STUN_USERNAME, SLICE("bert"));
    stun_put(&writer, STUN_INTEGRITY_SHA256, slice_from(mac, 32));
    stun_put_u32(&writer, STUN_CHANNEL_NUMBER, 0x40000000);
    stun_put(&writer, STUN_INTEGRITY, slice_from(mac, 20));
    stun_put_fingerprint(&writer);
    struct slice bytes = stun_finish(&writer);
    room[20 + 8 + 24 + 1] = 0x7f; /* LIFETIME becomes an unknown attribute that is required */
    /* The fingerprint is written again over the change. */
    writer.size -= 8;
    stun_put_fingerprint(&writer);
    CHECK(stun_decode(bytes, &message) == OK);
    CHECK(slice_equal(message.attributes[STUN_USERNAME], SLICE("anna")));
    CHECK(!stun_has(&message, STUN_LIFETIME) && !stun_has(&message, STUN_CHANNEL_NUMBER));
    CHECK(stun_has(&message, STUN_INTEGRITY_SHA256) && stun_has(&message, STUN_FINGERPRINT));
    CHECK(message.unknown_count == 0);
    uint32_t offset = 0;
    struct slice value;
    CHECK(stun_next(&message, STUN_USERNAME, &offset, &value));
    CHECK(!stun_next(&message, STUN_USERNAME, &offset, &value));
    uint8_t head[4];
    struct slice pieces[2];
    stun_integrity_input(&message, STUN_INTEGRITY, head, pieces);
    CHECK(pieces[0].size == 4 && head[3] == 8 + 24 && pieces[1].size == 20 + 8 - 4);
}

static void names_at_most_eight_unknown_required_attributes(void)
{
    uint8_t room[200] = {0};
    uint8_t answer[100];
    struct stun_writer writer;
    struct stun_message message;
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_BINDING, transaction);
    for (size_t i = 0; i < 10; i++) {
        stun_put(&writer, STUN_SOFTWARE, slice_from(NULL, 0));
        room[20 + 4 * i] = i == 9 ? 0x90 : 0x7f; /* the tenth may be ignored */
        room[21 + 4 * i] = (uint8_t)i;
    }
    CHECK(stun_decode(stun_finish(&writer), &message) == OK);
    CHECK(message.unknown_count == STUN_UNKNOWN_MAX && message.unknown[7] == 0x7f07);
    stun_begin(&writer, answer, sizeof(answer), STUN_ERROR, STUN_BINDING, transaction);
    stun_put_unknown(&writer, &message);
    CHECK(stun_finish(&writer).size == 20 + 4 + 16 && answer[24] == 0x7f && answer[39] == 7);
}

static void addresses_of_a_wrong_size_or_family_are_refused(void)
{
    static const uint8_t value[24] = {0, 1, 0, 80, 1, 2, 3, 4};
    uint8_t six[20] = {0, 2};
    uint8_t other[8] = {0, 3};
    struct addr addr;
    CHECK(stun_read_xor_addr(slice_from(value, 8), transaction, &addr) == OK);
    CHECK(stun_read_xor_addr(slice_from(value, 3), transaction, &addr) == ERR_INVALID);
    CHECK(stun_read_xor_addr(slice_from(value, 7), transaction, &addr) == ERR_INVALID);
    CHECK(stun_read_xor_addr(slice_from(value, 20), transaction, &addr) == ERR_INVALID);
    CHECK(stun_read_xor_addr(slice_from(six, 20), transaction, &addr) == OK);
    CHECK(stun_read_xor_addr(slice_from(six, 8), transaction, &addr) == ERR_INVALID);
    CHECK(stun_read_xor_addr(slice_from(other, 8), transaction, &addr) == ERR_UNSUPPORTED);
}

static void splits_channel_data(void)
{
    static const uint8_t data[] = {0x40, 0x01, 0, 3, 'a', 'b', 'c', 0};
    static const uint8_t high[] = {0x50, 0, 0, 0};
    uint16_t number = 0;
    struct slice payload;
    CHECK(stun_channel_decode(slice_from(data, 7), &number, &payload) == OK);
    CHECK(number == 0x4001 && slice_equal(payload, SLICE("abc")));
    CHECK(stun_channel_decode(slice_from(data, 8), &number, &payload) == OK && payload.size == 3);
    for (size_t size = 0; size < 7; size++) {
        CHECK(stun_channel_decode(slice_from(data, size), &number, &payload) == ERR_INVALID);
    }
    CHECK(stun_channel_decode(slice_from(high, 4), &number, &payload) == ERR_INVALID);
    uint8_t head[4];
    stun_channel_head(0x4001, 3, head);
    CHECK(memcmp(head, data, 4) == 0);
}

static void each_attribute_is_found_by_its_number(void)
{
    for (unsigned i = 0; i < STUN_ATTRIBUTE_COUNT; i++) {
        uint8_t room[64];
        struct stun_writer writer;
        struct stun_message message;
        enum stun_attribute attribute = (enum stun_attribute)i;
        stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_BINDING, transaction);
        if (attribute == STUN_FINGERPRINT) {
            stun_put_fingerprint(&writer); /* its value is looked at */
        } else {
            stun_put_u32(&writer, attribute, 7);
        }
        CHECK(stun_decode(stun_finish(&writer), &message) == OK);
        for (unsigned other = 0; other < STUN_ATTRIBUTE_COUNT; other++) {
            CHECK(stun_has(&message, (enum stun_attribute)other) == (other == i));
        }
        CHECK(message.unknown_count == 0);
    }
}

/* The second of two is behind an integrity attribute, as anything else is. */
static void of_two_strong_integrities_the_first_counts(void)
{
    uint8_t room[200];
    struct stun_writer writer;
    struct stun_message message;
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_BINDING, transaction);
    stun_put(&writer, STUN_INTEGRITY, SLICE("01234567890123456789"));
    stun_put(&writer, STUN_INTEGRITY_SHA256, SLICE("01234567890123456789012345678901"));
    stun_put(&writer, STUN_INTEGRITY_SHA256, SLICE("another67890123456789012345678901"));
    CHECK(stun_decode(stun_finish(&writer), &message) == OK);
    CHECK(slice_equal(message.attributes[STUN_INTEGRITY_SHA256],
                      SLICE("01234567890123456789012345678901")));
}

static void a_fingerprint_is_last_and_of_four_bytes(void)
{
    uint8_t room[200];
    struct stun_writer writer;
    struct stun_message message;
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_BINDING, transaction);
    stun_put_fingerprint(&writer);
    CHECK(stun_decode(stun_finish(&writer), &message) == OK);
    stun_put(&writer, STUN_SOFTWARE, SLICE("a"));
    CHECK(stun_decode(stun_finish(&writer), &message) == ERR_INVALID);
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_BINDING, transaction);
    stun_put(&writer, STUN_FINGERPRINT, SLICE("12345678"));
    CHECK(stun_decode(stun_finish(&writer), &message) == ERR_INVALID);
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_BINDING, transaction);
    stun_put(&writer, STUN_FINGERPRINT, SLICE(""));
    CHECK(stun_decode(stun_finish(&writer), &message) == ERR_INVALID);
}

/* A length of sixteen bits, of an attribute and of all of them. */
static void a_message_is_not_longer_than_its_length_can_say(void)
{
    static uint8_t room[200000];
    static uint8_t value[65536];
    struct stun_writer writer;
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_BINDING, transaction);
    stun_put(&writer, STUN_DATA_VALUE, slice_from(value, sizeof(value)));
    CHECK(stun_finish(&writer).size == 0);
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_BINDING, transaction);
    stun_put(&writer, STUN_DATA_VALUE, slice_from(value, 40000));
    CHECK(stun_finish(&writer).size == 20 + 4 + 40000);
    stun_put(&writer, STUN_DATA_VALUE, slice_from(value, 40000));
    CHECK(stun_finish(&writer).size == 0);
}

/* Whatever is put into a message without room: it stays none. */
static void nothing_is_put_where_there_is_no_room(void)
{
    uint8_t room[STUN_HEADER_SIZE + 4];
    uint8_t head[4];
    struct slice pieces[2];
    struct stun_writer writer;
    struct addr peer = addr_v4(192, 0, 2, 7, 4000);
    const struct stun_message message = {.unknown_count = 2, .unknown = {1, 2}};
    for (int i = 0; i < 4; i++) {
        stun_begin(&writer, room, sizeof(room), STUN_ERROR, STUN_BINDING, transaction);
        switch (i) {
        case 0:
            stun_put_error(&writer, STUN_BAD_REQUEST, SLICE("no"));
            break;
        case 1:
            stun_put_unknown(&writer, &message);
            break;
        case 2:
            stun_put_fingerprint(&writer);
            break;
        default:
            stun_put_xor_addr(&writer, STUN_XOR_PEER_ADDRESS, &peer);
            stun_put_xor_addr(&writer, STUN_XOR_PEER_ADDRESS, &peer);
            break;
        }
        CHECK(stun_finish(&writer).size == 0);
        stun_writer_integrity_input(&writer, 20, head, pieces);
        CHECK(pieces[0].size == 0 && pieces[1].size == 0);
    }
}

static void a_channel_has_a_number_of_its_range(void)
{
    uint16_t number = 0;
    struct slice data;
    CHECK(stun_channel_decode(SLICE("\x40\0\0\1a"), &number, &data) == OK && number == 0x4000);
    CHECK(stun_channel_decode(SLICE("\x4f\xff\0\1a"), &number, &data) == OK);
    CHECK(stun_channel_decode(SLICE("\x50\0\0\1a"), &number, &data) == ERR_INVALID);
    CHECK(stun_channel_decode(SLICE("\x3f\xff\0\1a"), &number, &data) == ERR_INVALID);
}

UNIT(reads_what_it_wrote, every_class_and_method_survives_the_way,
     no_room_gives_no_message_and_never_a_cut_one, padding_is_zero_whatever_was_in_the_room,
     a_message_cut_or_changed_in_length_is_refused, what_is_behind_the_integrity_does_not_exist,
     names_at_most_eight_unknown_required_attributes,
     addresses_of_a_wrong_size_or_family_are_refused, splits_channel_data,
     each_attribute_is_found_by_its_number, of_two_strong_integrities_the_first_counts,
     a_fingerprint_is_last_and_of_four_bytes, a_message_is_not_longer_than_its_length_can_say,
     nothing_is_put_where_there_is_no_room, a_channel_has_a_number_of_its_range)
