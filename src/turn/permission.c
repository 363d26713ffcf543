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

static struct permission *find(const struct permissions *set, const struct addr *peer,
                               uint64_t now_ms)
{
    for (uint32_t i = 0; i < set->capacity; i++) {
        struct permission *entry = &set->entries[i];
        if (addr_same_ip(&entry->peer, peer) && entry->expires_ms > now_ms) {
            return entry;
        }
    }
    return NULL;
}

/* How many of these have no entry yet. */
static uint32_t count_new(const struct permissions *set, const struct addr *peers, uint32_t count,
                          uint64_t now_ms)
{
    uint32_t found = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool is_new = find(set, &peers[i], now_ms) == NULL;
        for (uint32_t j = 0; is_new && j < i; j++) {
            is_new = !addr_same_ip(&peers[j], &peers[i]);
        }
        found += is_new ? 1 : 0;
    }
    return found;
}

/* Makes that many entries free. */
static enum err make_room(struct permissions *set, uint32_t wanted, uint64_t now_ms)
{
    uint32_t live = 0;
    for (uint32_t i = 0; i < set->capacity; i++) {
        live += set->entries[i].expires_ms > now_ms ? 1 : 0;
    }
    while (set->capacity - live < wanted) {
        enum err err = OK;
        void *grown =
            table_grow(set->entries, &set->capacity, set->count_max, sizeof(set->entries[0]), &err);
        if (grown == NULL) {
            return err;
        }
        set->entries = grown;
    }
    return OK;
}

static struct permission *find_free(const struct permissions *set, uint64_t now_ms)
{
    struct permission *entry = set->entries;
    while (entry->expires_ms > now_ms) {
        entry++; /* make_room was there */
    }
    return entry;
}

enum err permission_add(struct permissions *set, const struct addr *peers, uint32_t count,
                        uint64_t now_ms)
{
    enum err err = make_room(set, count_new(set, peers, count, now_ms), now_ms);
    for (uint32_t i = 0; err == OK && i < count; i++) {
        struct permission *entry = find(set, &peers[i], now_ms);
        entry = entry != NULL ? entry : find_free(set, now_ms);
        entry->peer = peers[i];
        entry->peer.port = 0;
        entry->expires_ms = now_ms + PERMISSION_LIFETIME_MS;
    }
    return err;
}

void permission_judge(struct permissions *set, const struct peerfilter *filter)
{
    for (uint32_t i = 0; i < set->capacity; i++) {
        if (!peerfilter_allows_address(filter, &set->entries[i].peer)) {
            set->entries[i].expires_ms = 0;
        }
    }
}

bool permission_covers(const struct permissions *set, const struct addr *peer, uint64_t now_ms)
{
    return find(set, peer, now_ms) != NULL;
}
