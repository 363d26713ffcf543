/* SPDX-License-Identifier: Apache-2.0 */
/* The store's thread: implements port_keep. All writes that wait become one group commit, and an
 * answer is given only after it. Once a second, and after each group, it looks whether another
 * process (the command line) has written, and then brings the portal up to date. */
#ifndef SERVER_KEEPER_H
#define SERVER_KEEPER_H

#include "base/err.h"
#include "net/confine.h"
#include "net/loop.h"
#include "portal/ports.h"
#include "store/store.h"

struct keeper;

/* What another process's writing leads to, on the loop's thread: `begin`, `change` for everything
 * that is kept, `end`. */
struct keeper_sync {
    void (*begin)(void *arg);
    void (*change)(void *arg, const struct change *change);
    void (*end)(void *arg);
    void *arg;
};

/* Makes the port, so that a portal can be made; until keeper_start every write is ERR_CLOSED.
 * ERR_NOMEM, ERR_IO. */
MUST_USE enum err keeper_create(struct loop *loop, const struct keeper_sync *sync,
                                struct keeper **out);

/* Starts the thread. Takes over `store` on success: nobody else may use it until keeper_stop, which
 * closes it. Writes of others after `data_version` (store_data_version, read before the first load)
 * are told. The thread may do what is of its `kind`. ERR_NOMEM, ERR_IO. */
MUST_USE enum err keeper_start(struct keeper *keeper, struct store *store, int64_t data_version,
                               enum confine_kind kind);

/* Finishes all writes, tells their on_done, closes the store. From then on writes are ERR_CLOSED.
 */
void keeper_stop(struct keeper *keeper);

/* After keeper_stop. NULL is accepted. */
void keeper_destroy(struct keeper *keeper);

/* Whether a search finds everything that was committed. */
bool keeper_is_searchable(const struct keeper *keeper);
/* `on_done` comes when a search finds everything that was written before this call, also what is
 * not committed yet now. ERR_NOMEM, ERR_BUSY, ERR_CLOSED. */
MUST_USE enum err keeper_make_searchable(struct keeper *keeper,
                                         void (*on_done)(void *arg, enum err err), void *arg);

/* Writes and reads handed to the thread that have not come back. */
uint32_t keeper_waiting(const struct keeper *keeper);
/* Whether the last group of writes could not be committed, or the database does not answer. */
bool keeper_failing(const struct keeper *keeper);

/* Whether another node has had the database since: this one has to end. */
bool keeper_taken(const struct keeper *keeper);

struct port_keep keeper_port(struct keeper *keeper);

#endif
