/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/peerfilter.h"

#include <string.h>

/* What is not globally reachable: the special-purpose registries of RFC 6890 and its updates,
 * multicast, and what only looks like a global address. */
static const struct {
    uint8_t ip[4];
    uint8_t bits;
} refused_v4[] = {
    {{0, 0, 0, 0}, 8},       /* this network */
    {{10, 0, 0, 0}, 8},      /* private */
    {{100, 64, 0, 0}, 10},   /* shared, behind carrier NAT */
    {{127, 0, 0, 0}, 8},     /* loopback */
    {{169, 254, 0, 0}, 16},  /* link-local, and metadata services of clouds */
    {{172, 16, 0, 0}, 12},   /* private */
    {{192, 0, 0, 0}, 24},    /* protocol assignments */
    {{192, 0, 2, 0}, 24},    /* documentation */
    {{192, 88, 99, 0}, 24},  /* 6to4 relays */
    {{192, 168, 0, 0}, 16},  /* private */
    {{198, 18, 0, 0}, 15},   /* benchmarks */
    {{198, 51, 100, 0}, 24}, /* documentation */
    {{203, 0, 113, 0}, 24},  /* documentation */
    {{224, 0, 0, 0}, 3},     /* multicast, reserved, broadcast */
};

/* Only 2000::/3 is global unicast; of it these are not. 6to4 and NAT64 are judged by what is
 * inside them. */
static const struct {
    uint8_t ip[4];
    uint8_t bits;
} refused_v6[] = {
    {{0x20, 0x01, 0, 0}, 23},       /* Teredo, benchmarks, ORCHID */
    {{0x20, 0x01, 0x0d, 0xb8}, 32}, /* documentation */
    {{0x3f, 0xff, 0, 0}, 20},       /* documentation */
};

/* The IPv4 address at `offset` of an IPv6 one. */
static struct addr embedded(const struct addr *addr, size_t offset)
{
    const uint8_t *ip = addr->ip + offset;
    return addr_v4(ip[0], ip[1], ip[2], ip[3], addr->port);
}

struct addr peerfilter_normalise(const struct addr *addr)
{
    static const uint8_t zeros[12];
    static const uint8_t loopback[16] = {[15] = 1};
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    static const uint8_t nat64[12] = {0, 0x64, 0xff, 0x9b};
    static const uint8_t six_to_four[2] = {0x20, 0x02};
    if (addr->family != ADDR_V6) {
        return *addr;
    }
    if (memcmp(addr->ip, loopback, sizeof(loopback)) == 0) {
        return *addr; /* itself, not 0.0.0.1 */
    }
    if (memcmp(addr->ip, zeros, sizeof(zeros)) == 0 ||
        memcmp(addr->ip, mapped, sizeof(mapped)) == 0 ||
        memcmp(addr->ip, nat64, sizeof(nat64)) == 0) {
        return embedded(addr, 12); /* :: becomes 0.0.0.0 */
    }
    if (memcmp(addr->ip, six_to_four, sizeof(six_to_four)) == 0) {
        return embedded(addr, 2);
    }
    return *addr;
}

static bool is_global(const struct addr *addr)
{
    if (addr->family == ADDR_V4) {
        for (size_t i = 0; i < sizeof(refused_v4) / sizeof(refused_v4[0]); i++) {
            if (addr_same_bits(addr->ip, refused_v4[i].ip, refused_v4[i].bits)) {
                return false;
            }
        }
        return true;
    }
    for (size_t i = 0; i < sizeof(refused_v6) / sizeof(refused_v6[0]); i++) {
        if (addr_same_bits(addr->ip, refused_v6[i].ip, refused_v6[i].bits)) {
            return false;
        }
    }
    return addr->ip[0] >> 5 == 1;
}

static bool in_list(const struct addr *list, uint32_t count, const struct addr *addr)
{
    for (uint32_t i = 0; i < count; i++) {
        if (addr_same_ip(&list[i], addr)) {
            return true;
        }
    }
    return false;
}

static bool add_own(struct peerfilter *filter, const struct addr *addr)
{
    struct addr own = peerfilter_normalise(addr); /* the form in which peers are judged */
    if (own.family == ADDR_NONE || in_list(filter->own, filter->own_count, &own)) {
        return true;
    }
    if (filter->own_count == PEERFILTER_OWN_MAX) {
        return false;
    }
    own.port = 0;
    filter->own[filter->own_count++] = own;
    return true;
}

enum err peerfilter_set_own(struct peerfilter *filter, const struct addr local[2],
                            const struct addr shown[2], const struct addr *interfaces,
                            uint32_t count)
{
    bool all = true;
    filter->own_count = 0;
    filter->relays_count = 0;
    for (int i = 0; i < 2; i++) {
        if (shown[i].family != ADDR_NONE) {
            filter->relays[filter->relays_count++] = shown[i];
        }
        all &= add_own(filter, &shown[i]);
        all &= add_own(filter, &local[i]);
    }
    for (uint32_t i = 0; i < count; i++) {
        all &= add_own(filter, &interfaces[i]);
    }
    filter->own_unknown = !all;
    return all ? OK : ERR_LIMIT;
}

/* A relay, in the form in which it is told: in a disguise it would go out by a socket, and come
 * back to whatever listens at its port. */
bool peerfilter_is_relay(const struct peerfilter *filter, const struct addr *addr)
{
    return in_list(filter->relays, filter->relays_count, addr);
}

enum err peerfilter_add_relay(struct peerfilter *filter, const struct addr *shown)
{
    if (peerfilter_is_relay(filter, shown)) {
        return OK;
    }
    if (filter->relays_count == PEERFILTER_RELAYS_MAX) {
        return ERR_LIMIT;
    }
    filter->relays[filter->relays_count++] = *shown;
    return OK;
}

/* What is neither ours nor a relay: the administrator's word, then the table. */
static bool allows_foreign(const struct peerfilter *filter, const struct addr *addr)
{
    if (filter->own_unknown || in_list(filter->own, filter->own_count, addr)) {
        return false;
    }
    if (addr_is_in(filter->denied, filter->denied_count, addr)) {
        return false;
    }
    return addr_is_in(filter->allowed, filter->allowed_count, addr) || is_global(addr);
}

bool peerfilter_allows_address(const struct peerfilter *filter, const struct addr *peer)
{
    struct addr addr = peerfilter_normalise(peer);
    return peerfilter_is_relay(filter, peer) || in_list(filter->media, filter->media_count, peer) ||
           allows_foreign(filter, &addr);
}

bool peerfilter_allows(const struct peerfilter *filter, const struct addr *peer)
{
    struct addr addr = peerfilter_normalise(peer);
    if (addr.port == 0) {
        return false;
    }
    for (uint32_t i = 0; i < filter->media_count; i++) {
        if (addr_equal(&filter->media[i], peer)) {
            return true;
        }
    }
    if (peerfilter_is_relay(filter, peer)) {
        return addr.port >= filter->relay_port_min && addr.port <= filter->relay_port_max;
    }
    return !in_list(filter->media, filter->media_count, &addr) && allows_foreign(filter, &addr);
}
