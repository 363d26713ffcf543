/* SPDX-License-Identifier: Apache-2.0 */
/* All that is kept of one person: told as a whole, or taken away for good. Every table that names a
 * user has its line here; a test compares that with the schema. */
#ifndef STORE_PERSONAL_H
#define STORE_PERSONAL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/model.h"

/* Gives the data of the user `name` in the database `path` to `write` piece by piece: one JSON
 * object with a list for each kind, of one moment. Of conversations, what the person wrote. Neither
 * password nor anything that opens something is told. ERR_NOT_FOUND: no such database or user;
 * ERR_IO (logged), or what `write` returned. */
MUST_USE enum err personal_export(const char *path, const char *name,
                                  enum err (*write)(void *arg, struct slice piece), void *arg);

/* Takes the person out of the database `path`, durably: what the person wrote, liked, chose and
 * was called by is gone. What belongs to others too stays without words or name: places of messages
 * in a room, calls, acts of administration. The account stays disabled under a new name, so that
 * its id is never another person's; rooms and spaces get the member who joined first as their
 * owner. The audit has an entry of the time `now_s` by nobody: the command line.
 * ERR_NOT_FOUND; ERR_FORBIDDEN: the only enabled administrator; ERR_IO (logged). */
MUST_USE enum err personal_erase(const char *path, const char *name, int64_t now_s);
/* The same within the transaction of a connection, with this entry of the audit; its target is the
 * new name, whatever `audit` says. */
struct db;
MUST_USE enum err personal_erase_within(struct db *db, const char *name, const struct audit *audit);

/* Whether something is done to the table when a person is erased. */
bool personal_names(const char *table);

#endif
