/* SPDX-License-Identifier: Apache-2.0 */
#include "net/sockaddr.h"

socklen_t sockaddr_from(const struct addr *addr, union sockaddr_any *out)
{
    if (addr->family == ADDR_V4) {
        out->four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(addr->port)};
        memcpy(&out->four.sin_addr, addr->ip, 4);
        return sizeof out->four;
    }
    out->six = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons(addr->port)};
    memcpy(&out->six.sin6_addr, addr->ip, 16);
    return sizeof out->six;
}

struct addr sockaddr_to(const struct sockaddr *from)
{
    const union sockaddr_any *any = (const union sockaddr_any *)(const void *)from;
    struct addr addr = {0};

    if (from->sa_family == AF_INET) {
        addr.family = ADDR_V4;
        addr.port = ntohs(any->four.sin_port);
        memcpy(addr.ip, &any->four.sin_addr, 4);
    } else if (from->sa_family == AF_INET6) {
        addr.family = ADDR_V6;
        addr.port = ntohs(any->six.sin6_port);
        memcpy(addr.ip, &any->six.sin6_addr, 16);
        addr_unmap(&addr);
    }
    return addr;
}
