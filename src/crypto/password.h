/* SPDX-License-Identifier: Apache-2.0 */
/* argon2id by libsodium: 19 MiB, 2 passes. Slow on purpose: runs in net/offload, never on the
 * portal thread. Any thread. */
#ifndef CRYPTO_PASSWORD_H
#define CRYPTO_PASSWORD_H

#include <stdbool.h>
#include "base/err.h"
#include "base/slice.h"

#define PASSWORD_TEXT_SIZE 129 /* with the NUL */

/* ERR_NOMEM. */
MUST_USE enum err password_hash(struct slice password, char out[PASSWORD_TEXT_SIZE]);

/* False also for a malformed `hash`; an empty `hash` costs the same time as a real one, so that
 * nobody can tell whether a user exists. */
bool password_verify(struct slice password, const char *hash);

#endif
