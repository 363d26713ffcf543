/* SPDX-License-Identifier: Apache-2.0 */
/* The schema of a database of PostgreSQL, see store/migrations.h. */
#ifndef STORE_MIGRATIONS_POSTGRES_H
#define STORE_MIGRATIONS_POSTGRES_H

/* The steps from an empty database on, *count of them; step n leads from version n to n + 1. */
const char *const *migrations_postgres(int *count);

#endif
