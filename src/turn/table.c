/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/table.h"

#include <string.h>

#include "base/mem.h"

#define CAPACITY_MIN 4

void *table_grow(void *entries, uint32_t *capacity, uint32_t count_max, size_t size, enum err *err)
{
    uint32_t wanted = *capacity == 0 ? CAPACITY_MIN : *capacity * 2;
    wanted = wanted < count_max ? wanted : count_max;
    if (wanted == *capacity) {
        *err = ERR_LIMIT;
        return NULL;
    }
    uint8_t *grown = mem_realloc(entries, wanted * size);
    if (grown == NULL) {
        *err = ERR_NOMEM;
        return NULL;
    }
    memset(grown + *capacity * size, 0, (wanted - *capacity) * size);
    *capacity = wanted;
    return grown;
}
