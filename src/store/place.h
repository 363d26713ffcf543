/* SPDX-License-Identifier: Apache-2.0 */
/* The password of the database server, which no path or address of a database has in it: those are
 * shown in logs and lists. One for the process, set before the first thread. */
#ifndef STORE_PLACE_H
#define STORE_PLACE_H

#include "base/secret.h"

/* A copy of `password`; wiped by an empty one. */
void place_set_password(const struct secret *password);
/* NULL: none. */
const char *place_password(void);

#endif
