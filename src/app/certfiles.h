/* SPDX-License-Identifier: Apache-2.0 */
/* The files of ACME below the data folder, mode 0600: the key of the account, and the certificate
 * with its key in one file, so that both change at once. What goes wrong is logged. */
#ifndef APP_CERTFILES_H
#define APP_CERTFILES_H

#include "app/config.h"
#include "crypto/certificate.h"

/* Makes the folder. ERR_IO. */
MUST_USE enum err certfiles_make_folder(const struct config *config);

/* The kept key, or a new one. ERR_INVALID: what is kept is no key; ERR_IO, ERR_NOMEM. */
MUST_USE enum err certfiles_account(const struct config *config, struct p256_key *out);

/* The kept certificate, when it is one of `domain` with its key. ERR_NOT_FOUND: there is none;
 * ERR_INVALID, ERR_IO. */
MUST_USE enum err certfiles_read(const struct config *config, const char *domain,
                                 struct certificate *out);

/* Replaces it. ERR_INVALID: the chain is not of this key and domain; ERR_IO, ERR_NOMEM. */
MUST_USE enum err certfiles_keep(const struct config *config, const char *domain,
                                 const struct p256_key *key, struct slice chain);

#endif
