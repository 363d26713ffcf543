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
    char key[THROTTLE_KEY_MAX];
    size_t key_size;
    uint64_t window;     /* number of the quarter of an hour */
    uint32_t now;        /* attempts in it */
    uint32_t before;     /* attempts in the one before */
    struct entry *newer; /* the list by the last attempt */
    struct entry *older;
};

struct throttle {
    struct map *map;
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
    enum err err = map_create(entries_max, &throttle->map);
    if (err != OK) {
        mem_free(throttle);
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
    mem_free(throttle);
}

static struct slice cut(struct slice key)
{
    return slice_from(key.data, key.size < THROTTLE_KEY_MAX ? key.size : THROTTLE_KEY_MAX);
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

bool throttle_allows(const struct throttle *throttle, struct slice key, uint64_t now_ms)
{
    const struct entry *entry = map_find(throttle->map, cut(key));
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

/* A new entry, or the one that has been quiet for longest when there is no room or no memory. */
static struct entry *take_entry(struct throttle *throttle)
{
    struct entry *entry = NULL;
    if (map_count(throttle->map) < throttle->entries_max) {
        entry = mem_alloc(sizeof *entry);
    }
    if (entry == NULL && throttle->oldest != NULL) {
        entry = throttle->oldest;
        unlink_entry(throttle, entry);
        (void)map_remove(throttle->map, slice_from(entry->key, entry->key_size));
        *entry = (struct entry){0};
    }
    return entry;
}

void throttle_count(struct throttle *throttle, struct slice key, uint64_t now_ms)
{
    uint64_t window = now_ms / THROTTLE_WINDOW_MS;
    key = cut(key);
    struct entry *entry = map_find(throttle->map, key);
    if (entry != NULL) {
        unlink_entry(throttle, entry);
    } else {
        entry = take_entry(throttle);
        if (entry == NULL) {
            return;
        }
        if (key.size > 0) {
            memcpy(entry->key, key.data, key.size);
        }
        entry->key_size = key.size;
        entry->window = window;
        if (map_add(throttle->map, slice_from(entry->key, key.size), entry) != OK) {
            mem_free(entry);
            return;
        }
    }
    if (entry->window != window) {
        entry->before = entry->window + 1 == window ? entry->now : 0;
        entry->now = 0;
        entry->window = window;
    }
    if (entry->now < UINT32_MAX) {
        entry->now++;
    }
    link_newest(throttle, entry);
}

void throttle_forgive(struct throttle *throttle, struct slice key)
{
    struct entry *entry = map_find(throttle->map, cut(key));
    if (entry != NULL && entry->now > 0) {
        entry->now--;
    } else if (entry != NULL && entry->before > 0) {
        entry->before--;
    }
}

struct slice throttle_prefix(struct slice address, char out[THROTTLE_KEY_MAX + 1])
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
                (void)snprintf(out, THROTTLE_KEY_MAX + 1, "6:%02x%02x%02x%02x%02x%02x%02x",
                               bytes[0], bytes[1], bytes[2], bytes[3], bytes[4], bytes[5],
                               bytes[6]);
                return slice_text(out);
            }
            v4 = bytes + 12;
        }
        if (v4 != NULL) {
            (void)snprintf(out, THROTTLE_KEY_MAX + 1, "4:%u.%u.%u", v4[0], v4[1], v4[2]);
            return slice_text(out);
        }
    }
    struct slice key = cut(address);
    if (key.size > 0) {
        memcpy(out, key.data, key.size);
    }
    out[key.size] = '\0';
    return slice_from(out, key.size);
}
