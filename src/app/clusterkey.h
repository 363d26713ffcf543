/* SPDX-License-Identifier: Apache-2.0 */
/* The key by which nodes know each other, from the file of cluster.key_file. */
#ifndef APP_CLUSTERKEY_H
#define APP_CLUSTERKEY_H

#include "app/config.h"
#include "net/nodetls.h"

#define CLUSTERKEY_FILE_MIN 32 /* bytes of the file */
#define CLUSTERKEY_FILE_MAX 4096

/* Derives it from all bytes of the file. ERR_IO: it cannot be read; ERR_FORBIDDEN: everybody can
 * read it; ERR_INVALID: it is too short or too long, or all its bytes are the same; ERR_NOMEM. All
 * are logged. */
MUST_USE enum err clusterkey_read(const char *path, uint8_t out[NODETLS_KEY_SIZE]);

#endif
