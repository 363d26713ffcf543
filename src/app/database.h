/* SPDX-License-Identifier: Apache-2.0 */
/* Which database the configuration names: a file in the data folder, or one of PostgreSQL. */
#ifndef APP_DATABASE_H
#define APP_DATABASE_H

#include "app/config.h"

#define DATABASE_PLACE_SIZE (CONFIG_TEXT_MAX + 32)

/* Whether everything is kept in store.url. */
bool database_is_remote(const struct config *config);

/* The place as store_open takes it. */
const char *database_place(const struct config *config, char place[DATABASE_PLACE_SIZE]);
/* The file in the data folder, whether or not it is the database. */
const char *database_file(const struct config *config, char path[DATABASE_PLACE_SIZE]);

/* Reads store.password_file, before anything else of the database and as the user who may read it.
 * ERR_IO, ERR_FORBIDDEN (others may read it), ERR_INVALID; *error says it. */
MUST_USE enum err database_take_password(const struct config *config, struct config_error *error);

/* NULL, or what is wrong with an address of a database. */
const char *database_check_url(const char *url);

#endif
