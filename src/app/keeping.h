/* SPDX-License-Identifier: Apache-2.0 */
/* visavis backup, restore, export, erase, migrate-store. The exit code of the process; errors are
 * on stderr. */
#ifndef APP_KEEPING_H
#define APP_KEEPING_H

#include "app/config.h"

/* Copies the database to the new file `file`, also while the server runs. */
int keeping_backup(const struct config *config, const char *file);

/* Puts a copy in the place of the database; refused while the server runs. */
int keeping_restore(const struct config *config, const char *file);

/* Writes all that is kept of the user `name` to stdout, as JSON (store/personal.h). */
int keeping_export(const struct config *config, const char *name);

/* Takes the user `name` out of the database for good, once stdin has repeated the name. */
int keeping_erase(const struct config *config, const char *name);

/* Copies the file in the data folder into the empty database of store.url (store/transfer.h); the
 * server of either must not run. Without a word. */
int keeping_migrate(const struct config *config, const char *word);

#endif
