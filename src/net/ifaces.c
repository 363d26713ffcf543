/* SPDX-License-Identifier: Apache-2.0 */
#include "net/ifaces.h"

#include <ifaddrs.h>
#include <net/if.h>
#include <unistd.h>

#include "net/sockaddr.h"

enum { IFACES_MAX = 64 };

uint32_t ifaces_list(struct addr *out, uint32_t count_max)
{
    struct ifaddrs *all = NULL;
    uint32_t count = 0;

    if (getifaddrs(&all) != 0) {
        return 0;
    }
    for (const struct ifaddrs *one = all; one != NULL && count < count_max; one = one->ifa_next) {
        struct addr addr = {0};

        if (one->ifa_addr != NULL && (one->ifa_flags & IFF_UP) != 0) {
            addr = sockaddr_to(one->ifa_addr);
        }
        if (addr.family != ADDR_NONE) {
            out[count++] = addr;
        }
    }
    freeifaddrs(all);
    return count;
}

/* Asks the routing table by "connecting" a datagram socket to an address of documentation (RFC
 * 5737, RFC 3849). */
static bool ask_route(enum addr_family family, struct addr *out)
{
    static const uint8_t six[16] = {0x20, 0x01, 0x0d, 0xb8, [15] = 1};
    struct addr far = addr_v4(192, 0, 2, 1, 9);
    union sockaddr_any any = {0};
    socklen_t size = 0;
    bool known = false;
    int fd = -1;

    if (family == ADDR_V6) {
        far = (struct addr){.port = 9, .family = ADDR_V6};
        memcpy(far.ip, six, sizeof six);
    }
    size = sockaddr_from(&far, &any);
    fd = socket(any.head.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        return false;
    }
    known = connect(fd, &any.head, size) == 0;
    size = sizeof any;
    known = known && getsockname(fd, &any.head, &size) == 0;
    (void)close(fd);
    if (known) {
        *out = sockaddr_to(&any.head);
        out->port = 0;
    }
    return known;
}

static bool is_link_local(const struct addr *addr)
{
    return addr->family == ADDR_V4 ? addr->ip[0] == 169 && addr->ip[1] == 254
                                   : addr->ip[0] == 0xfe && (addr->ip[1] & 0xc0) == 0x80;
}

enum err ifaces_main(enum addr_family family, struct addr *out)
{
    struct addr all[IFACES_MAX];
    uint32_t count = ifaces_list(all, IFACES_MAX);
    const struct addr *found = NULL;

    if (ask_route(family, out)) {
        return OK;
    }
    for (uint32_t i = 0; i < count; i++) {
        bool better = found == NULL || (addr_is_loopback(found) && !addr_is_loopback(&all[i]));

        if (all[i].family == family && !is_link_local(&all[i]) && better) {
            found = &all[i];
        }
    }
    if (found == NULL) {
        return ERR_NOT_FOUND;
    }
    *out = *found;
    return OK;
}
