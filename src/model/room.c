/* SPDX-License-Identifier: Apache-2.0 */
#include "model/room.h"

void room_pair(const struct id *a, const struct id *b, uint8_t out[2 * ID_BYTES])
{
    bool in_order = memcmp(a->bytes, b->bytes, ID_BYTES) <= 0;
    memcpy(out, in_order ? a->bytes : b->bytes, ID_BYTES);
    memcpy(out + ID_BYTES, in_order ? b->bytes : a->bytes, ID_BYTES);
}
