/* SPDX-License-Identifier: Apache-2.0 */
#include "base/map.h"

#include <stdlib.h>

#include "unit.h"

#define MODEL_COUNT 200

static void adds_finds_and_removes(void)
{
    struct map *map = NULL;
    int one = 1;
    CHECK(map_create(10, &map) == OK);
    CHECK(map_find(map, SLICE("a")) == NULL && map_remove(map, SLICE("a")) == NULL);
    CHECK(map_add(map, SLICE("a"), &one) == OK);
    CHECK(map_add(map, SLICE("a"), &one) == ERR_EXISTS);
    CHECK(map_add(map, SLICE(""), &map) == OK);
    CHECK(map_find(map, SLICE("a")) == &one && map_find(map, SLICE("")) == &map);
    CHECK(map_find(map, SLICE("ab")) == NULL);
    CHECK(map_remove(map, SLICE("a")) == &one && map_count(map) == 1);
    map_destroy(map);
    map_destroy(NULL);
}

static void refuses_one_more_than_the_maximum(void)
{
    struct map *map = NULL;
    CHECK(map_create(2, &map) == OK);
    CHECK(map_add(map, SLICE("a"), &map) == OK && map_add(map, SLICE("b"), &map) == OK);
    CHECK(map_add(map, SLICE("c"), &map) == ERR_LIMIT);
    CHECK(map_add(map, SLICE("b"), &map) == ERR_EXISTS);
    CHECK(map_remove(map, SLICE("a")) != NULL && map_add(map, SLICE("c"), &map) == OK);
    map_destroy(map);
}

/* Removing moves entries; whatever the order, each key that is in must be found. */
static void agrees_with_a_plain_array(void)
{
    static uint32_t keys[MODEL_COUNT];
    bool in[MODEL_COUNT] = {false};
    size_t count = 0;
    unsigned random = 99;
    struct map *map = NULL;
    CHECK(map_create(MODEL_COUNT, &map) == OK);
    for (uint32_t i = 0; i < MODEL_COUNT; i++) {
        keys[i] = i * 7919;
    }
    for (unsigned step = 0; step < 20000; step++) {
        unsigned i = (unsigned)rand_r(&random) % MODEL_COUNT;
        struct slice key = slice_from(&keys[i], sizeof(keys[i]));
        if (in[i]) {
            CHECK(map_remove(map, key) == &keys[i]);
            count--;
        } else {
            CHECK(map_add(map, key, &keys[i]) == OK);
            count++;
        }
        in[i] = !in[i];
        unsigned other = (unsigned)rand_r(&random) % MODEL_COUNT;
        void *found = map_find(map, slice_from(&keys[other], sizeof(keys[other])));
        CHECK(found == (in[other] ? &keys[other] : NULL) && map_count(map) == count);
    }
    size_t cursor = 0;
    size_t walked = 0;
    while (map_next(map, &cursor) != NULL) {
        walked++;
    }
    CHECK(walked == count);
    map_destroy(map);
}

UNIT(adds_finds_and_removes, refuses_one_more_than_the_maximum, agrees_with_a_plain_array)
