/* SPDX-License-Identifier: Apache-2.0 */
/* The subcommands that work on the database, also while the server runs on it. */
#ifndef APP_COMMANDS_H
#define APP_COMMANDS_H

#include "app/config.h"

#define COMMANDS_USAGE 2 /* exit code: the command was not understood */

/* Runs `words` (such as user, add, mary). The exit code of the process; errors are on stderr. */
int commands_run(const struct config *config, int count, char *const *words);

/* The lines of --help about them, to stdout. */
void commands_help(void);

#endif
