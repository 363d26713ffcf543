/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of this machine. */
#ifndef NET_IFACES_H
#define NET_IFACES_H

#include "base/addr.h"

/* Those of all interfaces that are up, loopback and link-local ones included; how many, at most
 * `count_max`. */
uint32_t ifaces_list(struct addr *out, uint32_t count_max);

/* The address from which this machine reaches others by `family`; nothing is sent. Without a route
 * the first one of an interface, else loopback. ERR_NOT_FOUND: the family has no address. */
MUST_USE enum err ifaces_main(enum addr_family family, struct addr *out);

#endif
