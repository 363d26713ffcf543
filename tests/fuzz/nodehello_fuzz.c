/* SPDX-License-Identifier: Apache-2.0 */
/* What is accepted has an address, and means the same when it is written and read again. */
#include <string.h>

#include "base/log.h"
#include "fuzz.h"
#include "wire/nodehello.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nodehello hello;
    struct nodehello again;
    uint8_t bytes[NODEHELLO_SIZE];
    enum err err = nodehello_read(slice_from(data, size), &hello);
    ASSERT(err == OK || err == ERR_INVALID || (err == ERR_SHORT && size < NODEHELLO_SIZE));
    if (err != OK) {
        ASSERT(hello.from.family == ADDR_NONE);
        return 0;
    }
    ASSERT(hello.from.family == ADDR_V4 || hello.from.family == ADDR_V6);
    nodehello_write(&hello, bytes);
    ASSERT(nodehello_read(slice_from(bytes, sizeof(bytes)), &again) == OK);
    ASSERT(addr_equal(&again.from, &hello.from) && again.tls == hello.tls);
    return 0;
}
