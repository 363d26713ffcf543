/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include "base/mem.h"

#define MAP_CAPACITY_MIN 16

struct map_entry {
    struct slice key;
    uint64_t hash;
    void *value; /* NULL: empty */
};

struct map {
    struct map_entry *entries;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    size_t count_max;
};

static uint64_t seed[2];

static uint64_t load_le64(const uint8_t *bytes)
{
    uint64_t word = 0;
    for (int i = 7; i >= 0; i--) {
        word = word << 8 | bytes[i];
    }
    return word;
}

void map_seed(const uint8_t key[16])
{
    seed[0] = load_le64(key);
    seed[1] = load_le64(key + 8);
}

static uint64_t rotate(uint64_t word, int bits)
{
    return word << bits | word >> (64 - bits);
}

static void sip_rounds(uint64_t v[4], int rounds)
{
    for (int i = 0; i < rounds; i++) {
        v[0] += v[1];
        v[2] += v[3];
        v[1] = rotate(v[1], 13) ^ v[0];
        v[3] = rotate(v[3], 16) ^ v[2];
        v[0] = rotate(v[0], 32);
        v[2] += v[1];
        v[0] += v[3];
        v[1] = rotate(v[1], 17) ^ v[2];
        v[3] = rotate(v[3], 21) ^ v[0];
        v[2] = rotate(v[2], 32);
    }
}

/* SipHash-2-4 of Aumasson and Bernstein, 2012. */
static uint64_t hash_key(struct slice key)
{
    uint64_t v[4] = {seed[0] ^ 0x736f6d6570736575U, seed[1] ^ 0x646f72616e646f6dU,
                     seed[0] ^ 0x6c7967656e657261U, seed[1] ^ 0x7465646279746573U};
    size_t whole = key.size / 8 * 8;
    for (size_t i = 0; i < whole; i += 8) {
        uint64_t word = load_le64(key.data + i);
        v[3] ^= word;
        sip_rounds(v, 2);
        v[0] ^= word;
    }
    uint64_t last = (uint64_t)key.size << 56;
    for (size_t i = whole; i < key.size; i++) {
        last |= (uint64_t)key.data[i] << 8 * (i - whole);
    }
    v[3] ^= last;
    sip_rounds(v, 2);
    v[0] ^= last;
    v[2] ^= 0xff;
    sip_rounds(v, 4);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
}

enum err map_create(size_t count_max, struct map **out)
{
    struct map *map = mem_alloc(sizeof(*map));
    if (map == NULL) {
        return ERR_NOMEM;
    }
    map->count_max = count_max;
    *out = map;
    return OK;
}

void map_destroy(struct map *map)
{
    if (map != NULL) {
        mem_free(map->entries);
        mem_free(map);
    }
}

/* The place of `key`, or the empty place where it belongs. The table is never full. */
static size_t locate(const struct map *map, struct slice key, uint64_t hash)
{
    size_t mask = map->capacity - 1;
    size_t i = (size_t)hash & mask;
    while (map->entries[i].value != NULL &&
           (map->entries[i].hash != hash || !slice_equal(map->entries[i].key, key))) {
        i = (i + 1) & mask;
    }
    return i;
}

static enum err grow(struct map *map)
{
    size_t capacity = map->capacity == 0 ? MAP_CAPACITY_MIN : map->capacity * 2;
    struct map_entry *entries = mem_alloc_array(capacity, sizeof(*entries));
    if (entries == NULL) {
        return ERR_NOMEM;
    }
    for (size_t i = 0; i < map->capacity; i++) {
        if (map->entries[i].value == NULL) {
            continue;
        }
        size_t place = (size_t)map->entries[i].hash & (capacity - 1);
        while (entries[place].value != NULL) {
            place = (place + 1) & (capacity - 1);
        }
        entries[place] = map->entries[i];
    }
    mem_free(map->entries);
    map->entries = entries;
    map->capacity = capacity;
    return OK;
}

enum err map_add(struct map *map, struct slice key, void *value)
{
    ASSERT(value != NULL);
    if (map_find(map, key) != NULL) {
        return ERR_EXISTS;
    }
    if (map->count >= map->count_max) {
        return ERR_LIMIT;
    }
    if (map->count + 1 > map->capacity / 4 * 3) {
        enum err err = grow(map);
        if (err != OK) {
            return err;
        }
    }
    uint64_t hash = hash_key(key);
    map->entries[locate(map, key, hash)] =
        (struct map_entry){.key = key, .hash = hash, .value = value};
    map->count++;
    return OK;
}

void *map_find(const struct map *map, struct slice key)
{
    if (map->count == 0) {
        return NULL;
    }
    return map->entries[locate(map, key, hash_key(key))].value;
}

void *map_remove(struct map *map, struct slice key)
{
    if (map->count == 0) {
        return NULL;
    }
    size_t mask = map->capacity - 1;
    size_t hole = locate(map, key, hash_key(key));
    void *value = map->entries[hole].value;
    if (value == NULL) {
        return NULL;
    }
    /* Pull back what was displaced over the hole, so that no marker of removed entries is needed:
     * an entry may move when its home is not after the hole (all modulo the size). */
    for (size_t i = (hole + 1) & mask; map->entries[i].value != NULL; i = (i + 1) & mask) {
        size_t home = (size_t)map->entries[i].hash & mask;
        if (((i - home) & mask) >= ((i - hole) & mask)) {
            map->entries[hole] = map->entries[i];
            hole = i;
        }
    }
    map->entries[hole] = (struct map_entry){0};
    map->count--;
    return value;
}

size_t map_count(const struct map *map)
{
    return map->count;
}

void *map_next(const struct map *map, size_t *cursor)
{
    while (*cursor < map->capacity) {
        void *value = map->entries[(*cursor)++].value;
        if (value != NULL) {
            return value;
        }
    }
    return NULL;
}
