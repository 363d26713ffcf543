/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/icefilter.h"

#define PORT_MIN 1024
#define SAME_ADDRESS_PART 8 /* of count_max */

/* Nobody else is there, or everybody: RFC 1122, 3927, 4291, 5771. */
static bool is_local(const struct addr *addr)
{
    const uint8_t *ip = addr->ip;
    if (addr->family == ADDR_V4) {
        return ip[0] == 0 || ip[0] == 127 || ip[0] >= 224 || (ip[0] == 169 && ip[1] == 254);
    }
    static const uint8_t zeros[12];
    bool embedded = memcmp(ip, zeros, sizeof(zeros)) == 0; /* ::, ::1, IPv4-compatible */
    return embedded || ip[0] == 0xff || (ip[0] == 0xfe && (ip[1] & 0xc0) == 0x80);
}

static bool is_own(const struct icefilter_rules *rules, const struct addr *addr)
{
    for (uint32_t i = 0; i < rules->own_count; i++) {
        if (addr_same_ip(&rules->own[i], addr)) {
            return true;
        }
    }
    return false;
}

/* Whether the candidate may pass, whatever passed before. */
static enum icefilter_verdict judge(const struct icefilter_rules *rules,
                                    const struct ice_facts *facts)
{
    bool relayed = facts->type == ICE_RELAY;
    bool numeric = facts->addr.family != ADDR_NONE;
    if (facts->type == ICE_UNREADABLE) {
        return ICEFILTER_UNREADABLE;
    }
    if (rules->relay_only && !relayed) {
        return ICEFILTER_DIRECT;
    }
    if (rules->relay_only && facts->related) {
        return ICEFILTER_ADDRESS;
    }
    /* A name in .local is what a browser has made for its own address (host). */
    if (!numeric && (!facts->local_name || facts->type != ICE_HOST)) {
        return ICEFILTER_NAME;
    }
    if (!facts->active && facts->addr.port < PORT_MIN) {
        return ICEFILTER_PORT;
    }
    /* The relay of this machine has its addresses. */
    if (numeric && !rules->local &&
        (is_local(&facts->addr) || (!relayed && is_own(rules, &facts->addr)))) {
        return ICEFILTER_HERE;
    }
    return ICEFILTER_PASS;
}

/* FNV-1a. Who makes two addresses collide has fewer candidates, that is all. */
static uint32_t hash_ip(const struct addr *addr)
{
    uint32_t hash = 2166136261u ^ addr->family;
    for (size_t i = 0; i < sizeof(addr->ip); i++) {
        hash = (hash ^ addr->ip[i]) * 16777619u;
    }
    return hash;
}

static enum icefilter_verdict count(struct icefilter *filter, const struct icefilter_rules *rules,
                                    const struct addr *addr)
{
    uint32_t hash = hash_ip(addr);
    uint32_t same_max = rules->count_max / SAME_ADDRESS_PART;
    uint32_t at = 0;
    if (filter->count >= rules->count_max) {
        return ICEFILTER_LIMIT;
    }
    while (at < ICEFILTER_ADDRESSES_MAX && filter->counts[at] > 0 && filter->hashes[at] != hash) {
        at++;
    }
    if (at == ICEFILTER_ADDRESSES_MAX) {
        return ICEFILTER_LIMIT;
    }
    if (filter->counts[at] >= (same_max > 0 ? same_max : 1)) {
        return ICEFILTER_SAME_ADDRESS;
    }
    filter->hashes[at] = hash;
    filter->counts[at]++;
    filter->count++;
    return ICEFILTER_PASS;
}

enum icefilter_verdict icefilter_check(struct icefilter *filter,
                                       const struct icefilter_rules *rules,
                                       const struct ice_facts *facts)
{
    enum icefilter_verdict verdict = judge(rules, facts);
    if (verdict != ICEFILTER_PASS) {
        return verdict;
    }
    if (facts->addr.family == ADDR_NONE) { /* each name is another one */
        bool full = filter->count >= rules->count_max;
        filter->count += full ? 0 : 1;
        return full ? ICEFILTER_LIMIT : ICEFILTER_PASS;
    }
    return count(filter, rules, &facts->addr);
}

enum icefilter_verdict icefilter_check_description(struct icefilter *filter,
                                                   const struct icefilter_rules *rules,
                                                   const struct call_description *description)
{
    memset(filter, 0, sizeof(*filter));
    if (rules->relay_only && description->has_addresses) {
        return ICEFILTER_ADDRESS;
    }
    if (description->candidate_count > ICE_DESCRIBED_MAX) {
        return ICEFILTER_LIMIT;
    }
    for (uint32_t i = 0; i < description->candidate_count; i++) {
        enum icefilter_verdict verdict =
            icefilter_check(filter, rules, &description->candidates[i]);
        if (verdict != ICEFILTER_PASS) {
            return verdict;
        }
    }
    return ICEFILTER_PASS;
}
