/* SPDX-License-Identifier: Apache-2.0 */
#include "base/err.h"

#include <stdio.h>
#include <stdlib.h>

const char *err_name(enum err err)
{
    static const char *const names[ERR_COUNT] = {
        [OK] = "OK",
        [ERR_NOMEM] = "ERR_NOMEM",
        [ERR_INVALID] = "ERR_INVALID",
        [ERR_LIMIT] = "ERR_LIMIT",
        [ERR_NOT_FOUND] = "ERR_NOT_FOUND",
        [ERR_FORBIDDEN] = "ERR_FORBIDDEN",
        [ERR_UNAUTHORIZED] = "ERR_UNAUTHORIZED",
        [ERR_EXISTS] = "ERR_EXISTS",
        [ERR_STATE] = "ERR_STATE",
        [ERR_BUSY] = "ERR_BUSY",
        [ERR_CLOSED] = "ERR_CLOSED",
        [ERR_IO] = "ERR_IO",
        [ERR_TIMEOUT] = "ERR_TIMEOUT",
        [ERR_SHORT] = "ERR_SHORT",
        [ERR_UNSUPPORTED] = "ERR_UNSUPPORTED",
        [ERR_TOO_OFTEN] = "ERR_TOO_OFTEN",
    };
    if ((unsigned)err >= ERR_COUNT || names[err] == NULL) {
        return "ERR_UNKNOWN";
    }
    return names[err];
}

void err_assert_failed(const char *condition, const char *file, int line)
{
    (void)fprintf(stderr, "%s:%d: assertion failed: %s\n", file, line, condition);
    abort();
}
