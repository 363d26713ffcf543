/* SPDX-License-Identifier: Apache-2.0 */
/* One server a data folder: a lock that ends with the process, however it ends. The command line
 * works beside a running server and takes none, except to put another database in its place. */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include "base/err.h"

struct store_lock;

/* Locks the database file `path` by the file `path`.lock, which stays. ERR_BUSY: another process
 * has it; ERR_IO (logged); ERR_NOMEM. */
MUST_USE enum err lock_take(const char *path, struct store_lock **out);

/* NULL is accepted. */
void lock_release(struct store_lock *lock);

#endif
