/* SPDX-License-Identifier: Apache-2.0 */
/* A look at the database from outside, for who runs the server. */
#ifndef STORE_EXAMINE_H
#define STORE_EXAMINE_H

#include "base/err.h"

enum database_health {
    DATABASE_UNDAMAGED,
    DATABASE_OF_NEWER, /* a newer program has changed its form: this one refuses it */
    DATABASE_WRONG,    /* damaged, or no database of this program */
};

/* Reads all of it once and changes nothing; others read and write meanwhile. ERR_IO: it cannot be
 * opened or does not answer (logged); ERR_NOMEM. */
MUST_USE enum err examine_database(const char *where, enum database_health *out);

#endif
