/* SPDX-License-Identifier: Apache-2.0 */
/* The running server: wires engines to doors and runs until SIGINT or SIGTERM. */
#ifndef APP_SERVE_H
#define APP_SERVE_H

#include <stdbool.h>

#include "app/config.h"

#define SERVE_DATABASE "visavis.db" /* the file in the data folder, also for the command line */

/* The exit code of a node that another one has taken the database from; to be started again. */
#define SERVE_TAKEN 75

/* Reads the whole configuration again, as it was read before the start. */
struct serve_configure {
    enum err (*read)(void *arg, struct config *out, struct config_error *error);
    void *arg;
};

/* The exit code of the process. `config` changes when SIGHUP takes over options. `demo`: fill an
 * empty database with people of app/demo.h. */
int serve(struct config *config, const struct serve_configure *configure, bool demo);

#endif
