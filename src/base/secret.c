/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include "base/mem.h"

MUST_USE enum err secret_set(struct secret *secret, struct slice text)
{
    if (text.size > SECRET_SIZE_MAX) {
        return ERR_LIMIT;
    }
    if (text.size > 0 && memchr(text.data, 0, text.size) != NULL) {
        return ERR_INVALID;
    }
    secret_wipe(secret);
    if (text.size > 0) {
        memcpy(secret->hidden, text.data, text.size);
    }
    return OK;
}

const char *secret_reveal(const struct secret *secret)
{
    return secret->hidden;
}

void secret_wipe(struct secret *secret)
{
    mem_wipe(secret->hidden, sizeof(secret->hidden));
}
