/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses of ours as the kernel wants them, and back. Internal to net/. */
#ifndef NET_SOCKADDR_H
#define NET_SOCKADDR_H

#include <netinet/in.h>
#include <sys/socket.h>
#include "base/addr.h"

union sockaddr_any {
    struct sockaddr head;
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct sockaddr_storage room;
};

/* Fills *out and returns its size. */
socklen_t sockaddr_from(const struct addr *addr, union sockaddr_any *out);

/* IPv4 in IPv6 form becomes IPv4; another family gives ADDR_NONE. */
struct addr sockaddr_to(const struct sockaddr *from);

#endif
