/* SPDX-License-Identifier: Apache-2.0 */
/* Brings the schema of a database up to date. Its version is a number of its own in each dialect.
 */
#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

#include "store/db.h"

/* The newest version of a file of SQLite that this program knows. */
int migrations_version(void);

/* Each step is one transaction. ERR_UNSUPPORTED: the database is newer than this program, and
 * nothing was changed. ERR_IO, ERR_BUSY, ERR_NOMEM. */
MUST_USE enum err migrations_apply(struct db *db);
/* Only the steps up to that version: a database as an earlier program left it, for tests. */
MUST_USE enum err migrations_until(struct db *db, int version);

#endif
