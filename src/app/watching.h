/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator's monitoring sees: the listener of /metrics, whether the server is ready
 * (/readyz), and the signs of life for the service manager. */
#ifndef APP_WATCHING_H
#define APP_WATCHING_H

#include "app/config.h"
#include "server/keeper.h"
#include "server/metrics.h"

struct watching {
    struct loop *loop;
    const struct portal *portal;
    const struct keeper *keeper;
    struct metrics metrics;
    int64_t started_s;
    bool ending;             /* asked to end: not ready any more */
    uint32_t alive_every_ms; /* 0: the service manager does not wait for it */
    uint64_t alive_ms;       /* when it is told next that the loop runs */
};

/* Opens the listener that the configuration asks for, if any. All but `config` is borrowed for
 * the life of `watching`. ERR_IO (logged), ERR_NOMEM. */
MUST_USE enum err watching_start(struct watching *watching, const struct config *config,
                                 struct loop *loop, const struct portal *portal,
                                 const struct keeper *keeper);

/* The service manager is told that the loop runs. UINT64_MAX: it does not ask. */
void watching_tick(struct watching *watching, uint64_t now_ms);
uint64_t watching_next_ms(const struct watching *watching);

/* Closes the listener; once is enough, and also without a start. */
void watching_stop(struct watching *watching);

/* NULL: ready for people. Otherwise why not, in English. A httpapi_ready. */
const char *watching_unready(void *arg);

#endif
