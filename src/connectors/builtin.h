/* SPDX-License-Identifier: Apache-2.0 */
/* The connectors that come with the program. A standard installation has WebRTC active. */
#ifndef CONNECTORS_BUILTIN_H
#define CONNECTORS_BUILTIN_H

#include "portal/connectors.h"

/* Registers them, in the order in which they are shown. */
MUST_USE enum err builtin_register(struct portal *portal);

#endif
