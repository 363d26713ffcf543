/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/channel.h"

#include "base/mem.h"
#include "turn/table.h"

void channel_init(struct channels *set, uint32_t count_max)
{
    *set = (struct channels){.count_max = count_max};
}

void channel_fini(struct channels *set)
{
    mem_free(set->entries);
    channel_init(set, set->count_max);
}

enum err channel_bind(struct channels *set, uint16_t number, const struct addr *peer,
                      uint64_t now_ms)
{
    struct channel *chosen = NULL;
    struct channel *unused = NULL;
    enum err err = OK;
    for (uint32_t i = 0; i < set->capacity; i++) {
        struct channel *entry = &set->entries[i];
        if (entry->expires_ms <= now_ms) {
            unused = unused == NULL ? entry : unused;
            continue;
        }
        bool same_number = entry->number == number;
        bool same_peer = addr_equal(&entry->peer, peer);
        if (same_number != same_peer) {
            return ERR_EXISTS;
        }
        chosen = same_number ? entry : chosen;
    }
    chosen = chosen != NULL ? chosen : unused;
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
    *chosen = (struct channel){
        .expires_ms = now_ms + CHANNEL_LIFETIME_MS, .peer = *peer, .number = number};
    return OK;
}

const struct channel *channel_find(const struct channels *set, uint16_t number, uint64_t now_ms)
{
    for (uint32_t i = 0; i < set->capacity; i++) {
        const struct channel *entry = &set->entries[i];
        if (entry->number == number && entry->expires_ms > now_ms) {
            return entry;
        }
    }
    return NULL;
}

const struct channel *channel_find_peer(const struct channels *set, const struct addr *peer,
                                        uint64_t now_ms)
{
    for (uint32_t i = 0; i < set->capacity; i++) {
        const struct channel *entry = &set->entries[i];
        if (entry->peer.port == peer->port && addr_same_ip(&entry->peer, peer) &&
            entry->expires_ms > now_ms) {
            return entry;
        }
    }
    return NULL;
}
