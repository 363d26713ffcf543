/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted and written again is accepted again and then stays the same. */
#include "fuzz.h"
#include "wire/message.h"

#define SIZE_MAX_BYTES ((size_t)1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena;
    struct buf first;
    struct buf second;
    struct message message;
    arena_init(&arena, 4 * SIZE_MAX_BYTES);
    buf_init(&first, SIZE_MAX_BYTES);
    buf_init(&second, SIZE_MAX_BYTES);
    if (message_decode(slice_from(data, size), &arena, &message) == OK &&
        message_encode(&message, &first) == OK) {
        ASSERT(message_decode(buf_slice(&first), &arena, &message) == OK);
        ASSERT(message_encode(&message, &second) == OK);
        ASSERT(slice_equal(buf_slice(&first), buf_slice(&second)));
    }
    arena_fini(&arena);
    buf_fini(&first);
    buf_fini(&second);
    return 0;
}
