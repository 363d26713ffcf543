/* SPDX-License-Identifier: Apache-2.0 */
/* Copies of the database: written while the server works, checked, and put back. */
#ifndef STORE_BACKUP_H
#define STORE_BACKUP_H

#include "base/err.h"

/* Writes what is committed in the database `path` to the new file `file` (mode 0600), compact and
 * of one moment; others read and write meanwhile. Checked and durable when OK. ERR_NOT_FOUND: no
 * database; ERR_EXISTS: `file` is there already, untouched; ERR_IO (logged): nothing is left. */
MUST_USE enum err backup_write(const char *path, const char *file);

/* Puts the copy `file` in the place of the database `path`, which the caller has locked
 * (store/lock.h). What was there is kept as `path`.before. Sign-ins and links of the copy are
 * left out: who had a cookie then must sign in again. `file` stays as it is.
 * ERR_NOT_FOUND: no such file; ERR_INVALID: damaged or no database of this program;
 * ERR_UNSUPPORTED: of a newer one; ERR_EXISTS: `path`.before is there already; ERR_IO (logged).
 * After an error the database is as it was. */
MUST_USE enum err backup_restore(const char *file, const char *path);

#endif
