/* SPDX-License-Identifier: Apache-2.0 */
/* What of net/confine.h the configuration asks for. */
#ifndef APP_CONFINING_H
#define APP_CONFINING_H

#include "app/config.h"
#include "base/err.h"
#include "net/confine.h"

/* The user, the process and its files; before the first thread, when the data folder exists.
 * ERR_NOT_FOUND, ERR_FORBIDDEN, ERR_IO: the log says what. */
MUST_USE enum err confining_start(const struct config *config);

/* `kind`, or nothing where it is switched off. */
enum confine_kind confining_kind(const struct config *config, enum confine_kind kind);

#endif
