/* SPDX-License-Identifier: Apache-2.0 */
/* A database in one SQLite file, behind store/db.h. */
#ifndef STORE_DB_SQLITE_H
#define STORE_DB_SQLITE_H

#include <sqlite3.h>

#include "store/db.h"

/* `path` gets the mode 0600. */
MUST_USE enum err db_sqlite_open(const char *path, enum db_use use, struct db **out);

/* The last result of `database` as one of ours; unexpected ones are logged. */
enum err db_sqlite_err(sqlite3 *database, int result);

#endif
