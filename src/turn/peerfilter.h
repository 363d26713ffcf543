/* SPDX-License-Identifier: Apache-2.0 */
/* Whom the relay may send to: the closed relay rule. One function brings an address to the form
 * in which it is judged, one table judges it. */
#ifndef TURN_PEERFILTER_H
#define TURN_PEERFILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

#define PEERFILTER_PREFIXES_MAX 32
#define PEERFILTER_OWN_MAX 512
#define PEERFILTER_RELAYS_MAX 32
#define PEERFILTER_MEDIA_MAX 8

/* A plain value. */
struct peerfilter {
    struct addr own[PEERFILTER_OWN_MAX]; /* each address of this machine, public ones too */
    uint32_t own_count;
    bool own_unknown; /* not all of them are known: no peer outside is safe */
    /* Relay addresses of this server, as they are told now or were before: those that the engine
     * joins inside, so that nothing for them ever reaches a socket. */
    struct addr relays[PEERFILTER_RELAYS_MAX];
    uint32_t relays_count;
    uint16_t relay_port_min; /* of all of them */
    uint16_t relay_port_max;
    struct addr media[PEERFILTER_MEDIA_MAX]; /* our media server: address and port */
    uint32_t media_count;
    struct addr_prefix allowed[PEERFILTER_PREFIXES_MAX]; /* such as the organisation's LAN */
    uint32_t allowed_count;
    struct addr_prefix denied[PEERFILTER_PREFIXES_MAX]; /* stronger than allowed */
    uint32_t denied_count;
};

/* The address that `addr` stands for: IPv4-mapped, IPv4-compatible, NAT64 (64:ff9b::/96) and 6to4
 * become the IPv4 address inside; ::1 stays what it is. The port stays. */
struct addr peerfilter_normalise(const struct addr *addr);

/* What this machine is: its relays are told as `shown` and bound to `local` (IPv4 and IPv6,
 * ADDR_NONE: not relayed), and its interfaces have `count` addresses. What was known before is
 * forgotten. ERR_LIMIT: more than PEERFILTER_OWN_MAX; then only relays are allowed. */
MUST_USE enum err peerfilter_set_own(struct peerfilter *filter, const struct addr local[2],
                                     const struct addr shown[2], const struct addr *interfaces,
                                     uint32_t count);

/* One more relay address, which was told before and is this machine's still. ERR_LIMIT. */
MUST_USE enum err peerfilter_add_relay(struct peerfilter *filter, const struct addr *shown);

/* Whether it is the address of a relay of this server, whatever its port. */
bool peerfilter_is_relay(const struct peerfilter *filter, const struct addr *addr);

/* Whether a permission for the address of `peer` may be installed, whatever its port. */
bool peerfilter_allows_address(const struct peerfilter *filter, const struct addr *peer);

/* Whether data may be sent to exactly `peer`. */
bool peerfilter_allows(const struct peerfilter *filter, const struct addr *peer);

#endif
