/* SPDX-License-Identifier: Apache-2.0 */
/* The configuration file that setup writes: its own options first, then the lines that were there
 * for others. What was there before is kept beside it. Says on stderr what goes wrong. */
#ifndef APP_SETUP_FILE_H
#define APP_SETUP_FILE_H

#include <limits.h>

#include "app/config.h"
#include "base/buf.h"

/* Below the data folder. */
#define SETUP_TEST_CERT "test-certificate.pem"
#define SETUP_TEST_KEY "test-certificate.key"

struct setup_file {
    char path[PATH_MAX];
    char data[PATH_MAX]; /* the data folder */
    struct buf old;
    struct buf fresh;
    bool exists;
};

/* Reads what is there. `data`: the folder that is wanted, or NULL: that of the file, else that of
 * the package, else one beside the file. Close it in any case. */
MUST_USE enum err setup_file_open(struct setup_file *file, const char *path, const char *data);
void setup_file_close(struct setup_file *file);

MUST_USE enum err setup_file_set(struct setup_file *file, const char *name, const char *value);
/* The value is a file of the data folder. */
MUST_USE enum err setup_file_set_path(struct setup_file *file, const char *name, const char *value);

/* Puts the file in its place when it is right as a whole, which *config then has. */
MUST_USE enum err setup_file_finish(struct setup_file *file, struct config *config);

#endif
