/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/permission.h"

#include "base/mem.h"
#include "turn/table.h"

struct permission {
    uint64_t expires_ms; /* 0: never used */
    struct addr peer;    /* its port is 0 */
};

void permission_init(struct permissions *set, uint32_t count_max)
{
    *set = (struct permissions){.count_max = count_max};
}

void permission_fini(struct permissions *set)
{
    mem_free(set->entries);
    permission_init(set, set->count_max);
}

enum err permission_add(struct permissions *set, const struct addr *peer, uint64_t now_ms)
{
    struct permission *chosen = NULL;
    enum err err = OK;
    for (uint32_t i = 0; i < set->capacity; i++) {
        struct permission *entry = &set->entries[i];
        bool live = entry->expires_ms > now_ms;
        if (live && addr_same_ip(&entry->peer, peer)) {
            chosen = entry;
            break;
        }
        if (!live && chosen == NULL) {
            chosen = entry;
        }
    }
    if (chosen == NULL) {
        uint32_t used = set->capacity;
        void *grown =
            table_grow(set->entries, &set->capacity, set->count_max, sizeof(*chosen), &err);
        if (grown == NULL) {
            return err;
        }
        set->entries = grown;
        chosen = &set->entries[used];
    }
    chosen->peer = *peer;
    chosen->peer.port = 0;
    chosen->expires_ms = now_ms + PERMISSION_LIFETIME_MS;
    return OK;
}

bool permission_covers(const struct permissions *set, const struct addr *peer, uint64_t now_ms)
{
    for (uint32_t i = 0; i < set->capacity; i++) {
        const struct permission *entry = &set->entries[i];
        if (addr_same_ip(&entry->peer, peer) && entry->expires_ms > now_ms) {
            return true;
        }
    }
    return false;
}
