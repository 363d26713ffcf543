/* SPDX-License-Identifier: Apache-2.0 */
/* All that one database keeps into another, empty one: from a file of SQLite to PostgreSQL. */
#ifndef STORE_TRANSFER_H
#define STORE_TRANSFER_H

#include <stdint.h>

#include "base/err.h"

/* Copies in one transaction, so that an interrupted transfer leaves nothing and can be repeated;
 * `from` is only brought to the present schema. The rows of each table are counted on both sides
 * before the commit, and told. What a search finds is indexed by the server afterwards.
 * ERR_NOT_FOUND: no database `from`; ERR_EXISTS: `to` has rows; ERR_BUSY: a server works on `to`;
 * ERR_UNSUPPORTED: one of them is of a newer program; ERR_STATE (logged): the counts differ;
 * ERR_IO.
 */
MUST_USE enum err transfer_all(const char *from, const char *to,
                               void (*tell)(void *arg, const char *table, int64_t rows), void *arg);

#endif
