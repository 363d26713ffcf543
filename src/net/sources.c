/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sources.h"

#include <pthread.h>

#include "base/map.h"
#include "base/mem.h"

/* Lives as long as one connection of the address. */
struct source {
    uint32_t count;
    uint8_t key[16];
};

struct sources {
    pthread_mutex_t lock; /* taken when a connection begins and when it ends */
    uint32_t count;
    uint32_t count_max;
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
    sources->count_max = count_max;
    ASSERT(pthread_mutex_init(&sources->lock, NULL) == 0);
    *out = sources;
    return OK;
}

void sources_destroy(struct sources *sources)
{
    if (sources != NULL) {
        map_destroy(sources->map);
        (void)pthread_mutex_destroy(&sources->lock);
        mem_free(sources);
    }
}

static enum err enter(struct sources *sources, const struct addr *remote, uint32_t each_max,
                      struct source **out)
{
    uint8_t key[16] = {0};
    struct source *source = NULL;

    memcpy(key, remote->ip, remote->family == ADDR_V4 ? 4 : 8);
    key[15] = remote->family;
    source = map_find(sources->map, slice_from(key, sizeof key));
    if (source != NULL && source->count >= each_max) {
        return ERR_LIMIT;
    }
    if (sources->count >= sources->count_max) {
        return ERR_BUSY;
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
    sources->count++;
    *out = source;
    return OK;
}

enum err sources_enter(struct sources *sources, const struct addr *remote, uint32_t each_max,
                       struct source **out)
{
    *out = NULL;
    (void)pthread_mutex_lock(&sources->lock);
    enum err err = enter(sources, remote, each_max, out);
    (void)pthread_mutex_unlock(&sources->lock);
    return err;
}

void sources_leave(struct sources *sources, struct source *source)
{
    if (source == NULL) {
        return;
    }
    (void)pthread_mutex_lock(&sources->lock);
    sources->count--;
    if (--source->count == 0) {
        (void)map_remove(sources->map, slice_from(source->key, sizeof source->key));
        mem_free(source);
    }
    (void)pthread_mutex_unlock(&sources->lock);
}
