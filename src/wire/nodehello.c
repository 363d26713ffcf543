/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/nodehello.h"

#include <string.h>

static const uint8_t magic[4] = {'V', 'V', 'N', '1'};

void nodehello_write(const struct nodehello *hello, uint8_t out[NODEHELLO_SIZE])
{
    memcpy(out, magic, sizeof(magic));
    out[4] = hello->tls ? 1 : 0;
    out[5] = hello->from.family;
    out[6] = (uint8_t)(hello->from.port >> 8);
    out[7] = (uint8_t)(hello->from.port & 255);
    memcpy(out + 8, hello->from.ip, sizeof(hello->from.ip));
}

/* The bytes behind an IPv4 address are 0: each hello is written in one way only. */
static bool is_padded(const uint8_t *ip, uint8_t family)
{
    for (int i = 4; family == ADDR_V4 && i < 16; i++) {
        if (ip[i] != 0) {
            return false;
        }
    }
    return true;
}

MUST_USE enum err nodehello_read(struct slice bytes, struct nodehello *out)
{
    size_t seen = bytes.size < sizeof(magic) ? bytes.size : sizeof(magic);
    *out = (struct nodehello){0};
    if (seen > 0 && memcmp(bytes.data, magic, seen) != 0) {
        return ERR_INVALID;
    }
    if (bytes.size < NODEHELLO_SIZE) {
        return ERR_SHORT;
    }
    uint8_t family = bytes.data[5];
    if (bytes.data[4] > 1 || (family != ADDR_V4 && family != ADDR_V6) ||
        !is_padded(bytes.data + 8, family)) {
        return ERR_INVALID;
    }
    out->tls = bytes.data[4] == 1;
    out->from.family = family;
    out->from.port = (uint16_t)(bytes.data[6] << 8 | bytes.data[7]);
    memcpy(out->from.ip, bytes.data + 8, sizeof(out->from.ip));
    addr_unmap(&out->from); /* limits count one address once */
    return OK;
}
