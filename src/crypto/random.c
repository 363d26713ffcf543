/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/random.h"

#include <sodium.h>
#include "base/err.h"

void random_init(void)
{
    ASSERT(sodium_init() >= 0);
}

void random_bytes(uint8_t *out, size_t size)
{
    ASSERT(out != NULL || size == 0);
    randombytes_buf(out, size);
}
