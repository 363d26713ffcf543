/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sources.h"

#include "base/map.h"
#include "base/mem.h"

/* Lives as long as one connection of the address. */
struct source {
    uint32_t count;
    uint8_t key[16];
};

struct sources {
    struct map *map;
};

enum err sources_create(uint32_t count_max, struct sources **out)
{
    struct sources *sources = mem_alloc(sizeof *sources);

    *out = NULL;
    if (sources == NULL || map_create(count_max, &sources->map) != OK) {
        mem_free(sources);
        return ERR_NOMEM;
    }
    *out = sources;
    return OK;
}

void sources_destroy(struct sources *sources)
{
    if (sources != NULL) {
        map_destroy(sources->map);
        mem_free(sources);
    }
}

enum err sources_enter(struct sources *sources, const struct addr *remote, uint32_t each_max,
                       struct source **out)
{
    uint8_t key[16] = {0};
    struct source *source = NULL;

    *out = NULL;
    memcpy(key, remote->ip, remote->family == ADDR_V4 ? 4 : 8);
    key[15] = remote->family;
    source = map_find(sources->map, slice_from(key, sizeof key));
    if (source != NULL && source->count >= each_max) {
        return ERR_LIMIT;
    }
    if (source == NULL) {
        source = mem_alloc(sizeof *source);
        if (source == NULL) {
            return ERR_NOMEM;
        }
        memcpy(source->key, key, sizeof key);
        enum err err = map_add(sources->map, slice_from(source->key, sizeof source->key), source);
        if (err != OK) {
            mem_free(source);
            return err;
        }
    }
    source->count++;
    *out = source;
    return OK;
}

void sources_leave(struct sources *sources, struct source *source)
{
    if (source != NULL && --source->count == 0) {
        (void)map_remove(sources->map, slice_from(source->key, sizeof source->key));
        mem_free(source);
    }
}
