/* SPDX-License-Identifier: Apache-2.0 */
#include "store/place.h"

#include <stddef.h>

static struct secret kept;

void place_set_password(const struct secret *password)
{
    kept = *password;
}

const char *place_password(void)
{
    return secret_reveal(&kept)[0] == '\0' ? NULL : secret_reveal(&kept);
}
