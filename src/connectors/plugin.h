/* SPDX-License-Identifier: Apache-2.0 */
/* Connectors from a folder of shared objects. */
#ifndef CONNECTORS_PLUGIN_H
#define CONNECTORS_PLUGIN_H

#include "portal/connectors.h"

/* Loads every *.so of `folder` in the order of their names, and registers their connectors, which
 * are not active until an administrator switches them on. One that does not fit is refused with a
 * line of the log; the others are loaded all the same. They stay until the program ends. ERR_IO:
 * the folder cannot be read. */
MUST_USE enum err plugin_load_all(struct portal *portal, const char *folder);

#endif
