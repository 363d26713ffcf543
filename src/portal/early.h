/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that are made while a call rings (docs/decisions/0017-connected-while-it-rings.md):
 * a few devices of the callee offer one each, the caller's window answers, and only relayed
 * candidates pass. So Answer needs no more than the tracks. */
#ifndef PORTAL_EARLY_H
#define PORTAL_EARLY_H

#include "portal/icefilter.h"

#define EARLY_MAX 2              /* devices that are connected while they ring */
#define EARLY_DESCRIPTIONS_MAX 4 /* of each side of one connection */

/* One connection. A plain value, all 0 while it is free. */
struct early {
    uint64_t session; /* of the callee */
    uint8_t descriptions[2];
    bool answered; /* the caller's window has answered */
    struct icefilter filters[2];
};

#endif
