/* SPDX-License-Identifier: Apache-2.0 */
/* Calls by a SIP program of the caller's: both sides have a SIP account in their profile. */
#ifndef CONNECTORS_SIP_H
#define CONNECTORS_SIP_H

#include "portal/connector.h"

extern const struct connector sip_connector;

#endif
