/* SPDX-License-Identifier: Apache-2.0 */
/* The decoder says what a plain one with cJSON says; what is accepted and written again is accepted
 * again and then stays the same. */
#include "fuzz.h"
#include "message_oracle.h"

#define SIZE_MAX_BYTES ((size_t)1 << 20)

static struct buf encode(const struct message *message)
{
    struct buf text;
    buf_init(&text, SIZE_MAX_BYTES);
    ASSERT(message_encode(message, &text) == OK);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = slice_from(data, size);
    struct arena arena;
    struct message message;
    struct message expected;
    arena_init(&arena, 16 * SIZE_MAX_BYTES);
    enum err err = message_decode(text, &arena, &message);
    ASSERT(err == oracle_decode(text, &arena, &expected));
    ASSERT(message.has_id == expected.has_id && (!message.has_id || message.id == expected.id));
    if (err == OK) {
        struct buf first = encode(&message);
        struct buf same = encode(&expected);
        ASSERT(slice_equal(buf_slice(&first), buf_slice(&same)));
        ASSERT(message_decode(buf_slice(&first), &arena, &message) == OK);
        struct buf second = encode(&message);
        ASSERT(slice_equal(buf_slice(&first), buf_slice(&second)));
        buf_fini(&first);
        buf_fini(&same);
        buf_fini(&second);
    }
    arena_fini(&arena);
    return 0;
}
