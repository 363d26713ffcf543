/* SPDX-License-Identifier: Apache-2.0 */
/* The running server: wires engines to doors and runs until SIGINT or SIGTERM. */
#ifndef APP_SERVE_H
#define APP_SERVE_H

#include <stdbool.h>

#include "app/config.h"

#define SERVE_DATABASE "visavis.db" /* the file in the data folder, also for the command line */

/* The exit code of the process. `demo`: fill an empty database with people of app/demo.h. */
int serve(const struct config *config, bool demo);

#endif
