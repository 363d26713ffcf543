/* SPDX-License-Identifier: Apache-2.0 */
/* A database of a PostgreSQL server (15 or newer), behind store/db.h. When the connection is lost,
 * its transaction has failed; each later one tries to connect again, after a pause that grows. */
#ifndef STORE_DB_POSTGRES_H
#define STORE_DB_POSTGRES_H

#include "store/db.h"

/* Whether `where` is an address of PostgreSQL: postgresql://... */
bool db_postgres_is(const char *where);

MUST_USE enum err db_postgres_open(const char *where, enum db_use use, struct db **out);

#endif
