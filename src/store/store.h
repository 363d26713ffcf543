/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the nouns in SQLite (WAL, synchronous FULL). This file works on the calling thread: the
 * command line uses it directly, the server through store/worker.h. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/buf.h"
#include "base/err.h"
#include "model/model.h"

struct store;

/* Opens or creates the database file `path` (mode 0600) and brings its schema up to date.
 * ERR_IO: cannot be opened; ERR_UNSUPPORTED: a newer schema (the log says which). */
MUST_USE enum err store_open(const char *path, struct store **out);
void store_close(struct store *store);

/* All changes in one transaction, durable when OK is returned, or none. ERR_EXISTS: a user name
 * is taken; ERR_IO: disk full or broken. */
MUST_USE enum err store_write(struct store *store, const struct change *changes, size_t count);

/* Begin and end a group: the writes between are durable together at store_commit. A failing
 * store_write inside undoes only its own changes (a savepoint). */
MUST_USE enum err store_begin(struct store *store);
MUST_USE enum err store_commit(struct store *store);

/* Calls `visit` with a change for everything that is in memory: groups, users, memberships, logins,
 * invitations, attempts, settings, IM accounts, choices, spaces, rooms and who belongs to them (not
 * avatars, the audit, nor what people write: see store/lookup.h). The change is borrowed for the
 * call. */
MUST_USE enum err store_load(struct store *store, void (*visit)(void *arg, const struct change *),
                             void *arg);

/* Appends the picture's bytes. ERR_NOT_FOUND. */
MUST_USE enum err store_avatar(struct store *store, const uint8_t hash[32], struct buf *out);

/* Makes at most `count_max` more messages searchable, durably; *more: some are still not. Not
 * inside a group. */
MUST_USE enum err store_index(struct store *store, uint32_t count_max, bool *more);

/* A number that differs after another process has written. */
MUST_USE enum err store_data_version(struct store *store, int64_t *out);

#endif
