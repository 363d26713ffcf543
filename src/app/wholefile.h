/* SPDX-License-Identifier: Apache-2.0 */
/* A file that has all of its bytes or is as it was before, also when the power is cut. */
#ifndef APP_WHOLEFILE_H
#define APP_WHOLEFILE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/slice.h"

/* Makes or replaces the file at `path`, by way of "<path>.new" beside it. False: errno says why,
 * and nothing has changed. */
bool wholefile_write(const char *path, struct slice bytes, mode_t mode);

#endif
