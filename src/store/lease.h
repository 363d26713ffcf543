/* SPDX-License-Identifier: Apache-2.0 */
/* Which of several nodes is the server of a database of PostgreSQL: the one that has a lock there,
 * as long as its connection lives. Each that takes it counts an epoch up, and writes its address
 * for the others. The epoch goes to store_own, so that who had the lease before writes no more. */
#ifndef STORE_LEASE_H
#define STORE_LEASE_H

#include <stdint.h>

#include "base/err.h"

#define LEASE_ADDRESS_SIZE 64 /* with the NUL */

struct lease;

struct lease_holder {
    int64_t epoch;
    char address[LEASE_ADDRESS_SIZE]; /* "": nobody has had it yet */
};

/* `address` is what others find while this node has it, and what a file is not: ERR_UNSUPPORTED.
 * ERR_IO: the database cannot be reached now (logged); ERR_NOMEM. */
MUST_USE enum err lease_open(const char *where, const char *address, struct lease **out);

/* OK: this node has it now, *out is itself. ERR_BUSY: another one has it, *out says which was the
 * last. ERR_IO: not known, *out is empty; the next call tries to reach the database again. */
MUST_USE enum err lease_try(struct lease *lease, struct lease_holder *out);

/* Gives it up, so that store_own can take it. NULL is accepted. */
void lease_close(struct lease *lease);

#endif
