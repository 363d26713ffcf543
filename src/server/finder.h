/* SPDX-License-Identifier: Apache-2.0 */
/* The thread that reads: implements port_read over a read-only connection of its own
 * (store/lookup.h), so that no question waits for a write to reach the disk. Questions are answered
 * in their order; a search first waits for the keeper to make everything searchable. */
#ifndef SERVER_FINDER_H
#define SERVER_FINDER_H

#include "net/confine.h"
#include "net/loop.h"
#include "portal/ports.h"
#include "server/keeper.h"

struct finder;

/* Makes the port; until finder_start each question is ERR_CLOSED. `keeper` outlives it. ERR_NOMEM,
 * ERR_IO. */
MUST_USE enum err finder_create(struct loop *loop, struct keeper *keeper, struct finder **out);

/* Starts the thread on the database `path`, which a store has open; it may do what is of its
 * `kind`. ERR_NOMEM, ERR_IO. */
MUST_USE enum err finder_start(struct finder *finder, const char *path, enum confine_kind kind);

/* Answers what waits. From then on each question is ERR_CLOSED. Before keeper_stop. */
void finder_stop(struct finder *finder);

/* After finder_stop and keeper_stop. NULL is accepted. */
void finder_destroy(struct finder *finder);

struct port_read finder_port(struct finder *finder);

#endif
