/* SPDX-License-Identifier: Apache-2.0 */
/* Calls by any service that has a link for a meeting. */
#ifndef CONNECTORS_MEETLINK_H
#define CONNECTORS_MEETLINK_H

#include "portal/connector.h"

extern const struct connector meetlink_connector;

#endif
