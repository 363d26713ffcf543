/* SPDX-License-Identifier: Apache-2.0 */
/* Keeps the nouns, in a file of SQLite or a database of PostgreSQL. This file works on the calling
 * thread: the command line uses it directly, the server through server/keeper.h. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include "base/buf.h"
#include "base/err.h"
#include "model/model.h"

struct store;

/* Opens the database at `where` (store/db.h), or makes it (a file has mode 0600), and brings its
 * schema up to date. ERR_IO: cannot be opened; ERR_UNSUPPORTED: a newer schema (the log says
 * which).
 */
MUST_USE enum err store_open(const char *where, struct store **out);
void store_close(struct store *store);

/* Makes this process the one server of a database of PostgreSQL until store_close; a file has
 * store/lock.h for that. `epoch` is that of store/lease.h, 0 without it. ERR_BUSY: another one is.
 */
MUST_USE enum err store_own(struct store *store, int64_t epoch);

/* Whether another node has had the database since: nothing is written any more, and what is in
 * memory is old. */
bool store_taken(const struct store *store);

/* Whether the database answers, as far as is known. While it does not, all fails with ERR_IO; each
 * call tries to reach it again, when the last try is long enough ago. */
bool store_reached(const struct store *store);

/* All changes in one transaction, durable when OK is returned, or none. ERR_EXISTS: a user name
 * is taken; ERR_IO: disk full or broken. */
MUST_USE enum err store_write(struct store *store, const struct change *changes, size_t count);

/* Begin and end a group: the writes between are durable together at store_commit. A failing
 * store_write inside undoes only its own changes (a savepoint). */
MUST_USE enum err store_begin(struct store *store);
MUST_USE enum err store_commit(struct store *store);

/* Takes a person out for good, with the entry of the audit: see store/personal.h. Not inside a
 * group; what is in memory has to be loaded again. */
MUST_USE enum err store_erase(struct store *store, const char *name, const struct audit *audit);

/* One of the writes of a group, and what became of it. */
struct store_part {
    const struct change *changes;
    size_t count;
    enum err err;
};

/* The same in one call, which a database that is far away can do with few answers: each part has
 * its own error when OK is returned, otherwise nothing of the group is kept. */
MUST_USE enum err store_write_group(struct store *store, struct store_part *parts, size_t count);

/* Calls `visit` with a change for everything that is in memory: groups, users, memberships, logins,
 * invitations, attempts, settings, IM accounts, choices, spaces, rooms and who belongs to them (not
 * avatars, the audit, nor what people write: see store/lookup.h). The change is borrowed for the
 * call. */
MUST_USE enum err store_load(struct store *store, void (*visit)(void *arg, const struct change *),
                             void *arg);

/* Calls `visit` with each call that ended after that moment, the latest first. */
MUST_USE enum err store_calls_ended(struct store *store, int64_t after_at_ms,
                                    void (*visit)(void *arg, const struct id *call), void *arg);

/* Appends the picture's bytes. ERR_NOT_FOUND. */
MUST_USE enum err store_avatar(struct store *store, const uint8_t hash[32], struct buf *out);

/* Makes at most `count_max` more messages searchable, durably; *more: some are still not. Not
 * inside a group. */
MUST_USE enum err store_index(struct store *store, uint32_t count_max, bool *more);

/* A number that differs after another process has written. */
MUST_USE enum err store_data_version(struct store *store, int64_t *out);

#endif
