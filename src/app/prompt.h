/* SPDX-License-Identifier: Apache-2.0 */
/* Asks for a password: one line of the standard input, without echo when that is a terminal. */
#ifndef APP_PROMPT_H
#define APP_PROMPT_H

#include <stddef.h>

#include "base/err.h"

/* The line without its end in out[0 .. *size). A longer one than `size_max` fills `out`, so that a
 * check of its length fails. ERR_CLOSED: nothing came; ERR_IO. */
MUST_USE enum err prompt_password(char *out, size_t size_max, size_t *size);

#endif
