/* SPDX-License-Identifier: Apache-2.0 */
/* visavis call: what happened in calls, in plain words. */
#ifndef APP_EXPLAIN_H
#define APP_EXPLAIN_H

#include "app/catalogue.h"

/* Both read the database `path` beside whoever writes it, and print to stdout. */

/* The latest calls, one a line. ERR_IO, ERR_NOMEM. */
MUST_USE enum err explain_list(const char *path, const struct catalogue *catalogue);
/* One call, step by step. ERR_INVALID: no id; ERR_NOT_FOUND: no such call. */
MUST_USE enum err explain_call(const char *path, const struct catalogue *catalogue, const char *id);

#endif
