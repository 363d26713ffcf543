/* SPDX-License-Identifier: Apache-2.0 */
/* Text that must not be shown: a type of its own, so that no log call and no printf takes it. */
#ifndef BASE_SECRET_H
#define BASE_SECRET_H

#include "base/err.h"
#include "base/slice.h"

#define SECRET_SIZE_MAX 256 /* bytes, without the NUL */

struct secret {
    char hidden[SECRET_SIZE_MAX + 1];
};

/* Keeps a copy. ERR_LIMIT: longer than SECRET_SIZE_MAX; ERR_INVALID: has a NUL. */
MUST_USE enum err secret_set(struct secret *secret, struct slice text);

/* The NUL-ended text, borrowed, for the one place that needs it. */
const char *secret_reveal(const struct secret *secret);

void secret_wipe(struct secret *secret);

#endif
