/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/throttle.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>

#include "base/map.h"
#include "base/mem.h"

/* Two fixed windows stand for the sliding one: the failures of the window before count by the part
 * of it that is still within reach. */
struct entry {
    struct id key;
    uint32_t slot;
    uint64_t window;     /* number of the quarter of an hour */
    uint32_t now;        /* attempts in it */
    uint32_t before;     /* attempts in the one before */
    struct entry *newer; /* the list by the last attempt */
    struct entry *older;
};

struct throttle {
    struct map *map;
    struct entry **slots; /* entries_max of them; NULL: free */
    uint32_t first_free;  /* no slot before it is free */
    struct entry *newest;
    struct entry *oldest;
    uint32_t entries_max;
    uint32_t failures_max;
};

MUST_USE enum err throttle_create(uint32_t entries_max, uint32_t failures_max,
                                  struct throttle **out)
{
    ASSERT(entries_max > 0);
    struct throttle *throttle = mem_alloc(sizeof *throttle);
    if (throttle == NULL) {
        return ERR_NOMEM;
    }
    throttle->entries_max = entries_max;
    throttle->failures_max = failures_max;
    throttle->slots = mem_alloc_array(entries_max, sizeof throttle->slots[0]);
    enum err err = throttle->slots == NULL ? ERR_NOMEM : map_create(entries_max, &throttle->map);
    if (err != OK) {
        throttle_destroy(throttle);
        return err;
    }
    *out = throttle;
    return OK;
}

void throttle_destroy(struct throttle *throttle)
{
    if (throttle == NULL) {
        return;
    }
    while (throttle->newest != NULL) {
        struct entry *entry = throttle->newest;
        throttle->newest = entry->older;
        mem_free(entry);
    }
    map_destroy(throttle->map);
    mem_free(throttle->slots);
    mem_free(throttle);
}

void throttle_set_limit(struct throttle *throttle, uint32_t failures_max)
{
    throttle->failures_max = failures_max;
}

static uint64_t count_of(const struct entry *entry, uint64_t now_ms)
{
    uint64_t window = now_ms / THROTTLE_WINDOW_MS;
    uint64_t left_ms = THROTTLE_WINDOW_MS - now_ms % THROTTLE_WINDOW_MS;
    if (entry->window == window) {
        return entry->now + entry->before * left_ms / THROTTLE_WINDOW_MS;
    }
    return entry->window + 1 == window ? entry->now * left_ms / THROTTLE_WINDOW_MS : 0;
}

bool throttle_allows(const struct throttle *throttle, const struct id *key, uint64_t now_ms)
{
    const struct entry *entry = map_find(throttle->map, id_slice(key));
    return entry == NULL || count_of(entry, now_ms) < throttle->failures_max;
}

static void unlink_entry(struct throttle *throttle, struct entry *entry)
{
    *(entry->newer == NULL ? &throttle->newest : &entry->newer->older) = entry->older;
    *(entry->older == NULL ? &throttle->oldest : &entry->older->newer) = entry->newer;
}

static void link_newest(struct throttle *throttle, struct entry *entry)
{
    entry->newer = NULL;
    entry->older = throttle->newest;
    *(entry->older == NULL ? &throttle->oldest : &entry->older->newer) = entry;
    throttle->newest = entry;
}

static struct entry *make_entry(struct throttle *throttle, uint32_t slot)
{
    struct entry *entry = mem_alloc(sizeof *entry);
    if (entry != NULL) {
        entry->slot = slot;
        throttle->slots[slot] = entry;
    }
    return entry;
}

/* A new entry, or the one that has been quiet for longest when there is no room or no memory. */
static struct entry *take_entry(struct throttle *throttle)
{
    while (throttle->first_free < throttle->entries_max &&
           throttle->slots[throttle->first_free] != NULL) {
        throttle->first_free++;
    }
    struct entry *entry = throttle->first_free < throttle->entries_max
                              ? make_entry(throttle, throttle->first_free)
                              : NULL;
    if (entry == NULL && throttle->oldest != NULL) {
        entry = throttle->oldest;
        unlink_entry(throttle, entry);
        (void)map_remove(throttle->map, id_slice(&entry->key));
        *entry = (struct entry){.slot = entry->slot};
    }
    return entry;
}

/* Makes the entry known by its key, or frees it. */
static MUST_USE enum err add_entry(struct throttle *throttle, struct entry *entry,
                                   const struct id *key)
{
    entry->key = *key;
    enum err err = map_add(throttle->map, id_slice(&entry->key), entry);
    if (err != OK) {
        throttle->slots[entry->slot] = NULL;
        throttle->first_free =
            entry->slot < throttle->first_free ? entry->slot : throttle->first_free;
        mem_free(entry);
        return err;
    }
    link_newest(throttle, entry);
    return OK;
}

void throttle_count(struct throttle *throttle, const struct id *key, uint64_t now_ms)
{
    uint64_t window = now_ms / THROTTLE_WINDOW_MS;
    struct entry *entry = map_find(throttle->map, id_slice(key));
    if (entry != NULL) {
        unlink_entry(throttle, entry);
        link_newest(throttle, entry);
    } else {
        entry = take_entry(throttle);
        if (entry == NULL || add_entry(throttle, entry, key) != OK) {
            return;
        }
        entry->window = window;
    }
    if (entry->window != window) {
        entry->before = entry->window + 1 == window ? entry->now : 0;
        entry->now = 0;
        entry->window = window;
    }
    if (entry->now < UINT32_MAX) {
        entry->now++;
    }
}

void throttle_forgive(struct throttle *throttle, const struct id *key)
{
    struct entry *entry = map_find(throttle->map, id_slice(key));
    if (entry != NULL && entry->now > 0) {
        entry->now--;
    } else if (entry != NULL && entry->before > 0) {
        entry->before--;
    }
}

bool throttle_get(const struct throttle *throttle, const struct id *key, struct attempts *out)
{
    const struct entry *entry = map_find(throttle->map, id_slice(key));
    if (entry == NULL) {
        return false;
    }
    *out = (struct attempts){.slot = entry->slot,
                             .key = *key,
                             .window = (int64_t)entry->window,
                             .now = entry->now,
                             .before = entry->before};
    return true;
}

MUST_USE enum err throttle_restore(struct throttle *throttle, const struct attempts *attempts)
{
    if (attempts->slot >= throttle->entries_max) {
        return ERR_LIMIT;
    }
    if (throttle->slots[attempts->slot] != NULL ||
        map_find(throttle->map, id_slice(&attempts->key)) != NULL) {
        return OK;
    }
    struct entry *entry = make_entry(throttle, attempts->slot);
    enum err err = entry == NULL ? ERR_NOMEM : add_entry(throttle, entry, &attempts->key);
    if (err == OK) {
        entry->window = (uint64_t)attempts->window;
        entry->now = attempts->now;
        entry->before = attempts->before;
    }
    return err;
}

struct slice throttle_prefix(struct slice address, char out[THROTTLE_PREFIX_MAX + 1])
{
    char text[INET6_ADDRSTRLEN + 1] = {0};
    uint8_t bytes[16];
    if (address.size < sizeof text) {
        if (address.size > 0) {
            memcpy(text, address.data, address.size);
        }
        static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
        const uint8_t *v4 = inet_pton(AF_INET, text, bytes) == 1 ? bytes : NULL;
        if (v4 == NULL && inet_pton(AF_INET6, text, bytes) == 1) {
            if (memcmp(bytes, mapped, sizeof mapped) != 0) {
                (void)snprintf(out, THROTTLE_PREFIX_MAX + 1, "6:%02x%02x%02x%02x%02x%02x%02x",
                               bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5],
                               bytes[6]);
                return slice_text(out);
            }
            v4 = bytes + 12;
        }
        if (v4 != NULL) {
            (void)snprintf(out, THROTTLE_PREFIX_MAX + 1, "4:%u.%u.%u", v4[0], v4[1], v4[2]);
            return slice_text(out);
        }
    }
    size_t size = address.size < THROTTLE_PREFIX_MAX ? address.size : THROTTLE_PREFIX_MAX;
    if (size > 0) {
        memcpy(out, address.data, size);
    }
    out[size] = '\0';
    return slice_from(out, size);
}
