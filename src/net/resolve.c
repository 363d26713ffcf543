/* SPDX-License-Identifier: Apache-2.0 */
#include "net/resolve.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include "base/mem.h"

enum state { RUNS, HAS_ENDED, IS_DROPPED };

struct resolve {
    pthread_t thread;
    atomic_int state; /* who changes it second frees */
    resolve_function ask;
    uint16_t port;
    uint32_t count;
    struct addr found[RESOLVE_ADDRESSES_MAX];
    char host[RESOLVE_NAME_MAX + 1];
};

static void *run(void *arg)
{
    struct resolve *resolve = arg;
    int expected = RUNS;

    resolve->count =
        resolve->ask(resolve->host, resolve->port, resolve->found, RESOLVE_ADDRESSES_MAX);
    if (!atomic_compare_exchange_strong(&resolve->state, &expected, HAS_ENDED)) {
        mem_free(resolve);
    }
    return NULL;
}

enum err resolve_start(resolve_function ask, const char *host, uint16_t port, struct resolve **out)
{
    struct resolve *resolve = NULL;
    size_t size = strlen(host);

    *out = NULL;
    if (size > RESOLVE_NAME_MAX) {
        return ERR_INVALID;
    }
    resolve = mem_alloc(sizeof *resolve);
    if (resolve == NULL) {
        return ERR_NOMEM;
    }
    resolve->ask = ask;
    resolve->port = port;
    memcpy(resolve->host, host, size);
    if (pthread_create(&resolve->thread, NULL, run, resolve) != 0) {
        mem_free(resolve);
        return ERR_NOMEM;
    }
    *out = resolve;
    return OK;
}

static void end(struct resolve *resolve)
{
    (void)pthread_join(resolve->thread, NULL); /* it has nothing left to do */
    mem_free(resolve);
}

bool resolve_hear(struct resolve *resolve, struct addr *out, uint32_t *count)
{
    if (atomic_load(&resolve->state) != HAS_ENDED) {
        return false;
    }
    *count = resolve->count;
    memcpy(out, resolve->found, resolve->count * sizeof *out);
    end(resolve);
    return true;
}

void resolve_drop(struct resolve *resolve)
{
    pthread_t thread;
    int expected = RUNS;

    if (resolve == NULL) {
        return;
    }
    thread = resolve->thread;
    if (atomic_compare_exchange_strong(&resolve->state, &expected, IS_DROPPED)) {
        (void)pthread_detach(thread);
    } else {
        end(resolve);
    }
}
