/* SPDX-License-Identifier: Apache-2.0 */
/* Whatever the bytes: what the decoder accepts lies inside them, comes out the same when it is
 * written again, and frames of a stream are never longer than what is there. */
#include "base/addr.h"
#include "fuzz.h"
#include "wire/demux.h"
#include "wire/stun.h"

static void check_inside(struct slice all, struct slice part)
{
    ASSERT(part.data >= all.data && part.size <= all.size &&
           (size_t)(part.data - all.data) <= all.size - part.size);
}

static void check_addresses(const struct stun_message *message)
{
    static const enum stun_attribute kinds[] = {STUN_XOR_PEER_ADDRESS, STUN_XOR_MAPPED_ADDRESS};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        uint32_t offset = 0;
        struct slice value;
        while (stun_next(message, kinds[i], &offset, &value)) {
            struct addr addr;
            check_inside(message->bytes, value);
            if (stun_read_xor_addr(value, message->transaction, &addr) != OK) {
                continue;
            }
            uint8_t room[64];
            struct stun_writer writer;
            struct stun_message again;
            struct addr same;
            stun_begin(&writer, room, sizeof(room), STUN_SUCCESS, STUN_BINDING,
                       message->transaction);
            stun_put_xor_addr(&writer, kinds[i], &addr);
            stun_put_fingerprint(&writer);
            ASSERT(stun_decode(stun_finish(&writer), &again) == OK);
            ASSERT(stun_read_xor_addr(again.attributes[kinds[i]], again.transaction, &same) == OK);
            ASSERT(addr_equal(&addr, &same));
        }
    }
}

static void check_message(struct slice bytes)
{
    struct stun_message message;
    if (stun_decode(bytes, &message) != OK) {
        return;
    }
    ASSERT(message.attributes_end <= bytes.size && message.unknown_count <= STUN_UNKNOWN_MAX);
    for (size_t i = 0; i < STUN_ATTRIBUTE_COUNT; i++) {
        if (stun_has(&message, (enum stun_attribute)i)) {
            check_inside(bytes, message.attributes[i]);
        }
    }
    check_addresses(&message);
    static const enum stun_attribute integrities[] = {STUN_INTEGRITY, STUN_INTEGRITY_SHA256};
    for (size_t i = 0; i < 2; i++) {
        uint8_t head[4];
        struct slice pieces[2];
        if (stun_has(&message, integrities[i])) {
            stun_integrity_input(&message, integrities[i], head, pieces);
            check_inside(bytes, pieces[1]);
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {data, size};
    struct slice frame;
    size_t used = 0;
    uint16_t number = 0;
    check_message(rest);
    while (rest.size > 0 && demux_frame(rest, &frame, &used) == OK) {
        check_inside(rest, frame);
        ASSERT(used >= frame.size && used <= rest.size && used > 0);
        struct slice payload;
        if (demux_datagram(frame) == DEMUX_CHANNEL &&
            stun_channel_decode(frame, &number, &payload) == OK) {
            check_inside(frame, payload);
        }
        check_message(frame);
        rest = slice_from(rest.data + used, rest.size - used);
    }
    return 0;
}
