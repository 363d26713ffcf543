/* SPDX-License-Identifier: Apache-2.0 */
/* Which network candidates of one side may reach the other. Pure: who asks has read the candidate,
 * and counts what is refused. A refused candidate is dropped; the call goes on with the others. */
#ifndef PORTAL_ICEFILTER_H
#define PORTAL_ICEFILTER_H

#include "portal/event.h"

/* In the order of their counters. */
enum icefilter_verdict {
    ICEFILTER_PASS,
    ICEFILTER_UNREADABLE,   /* no candidate of RFC 8839 */
    ICEFILTER_DIRECT,       /* not of a relay, where only those may pass */
    ICEFILTER_ADDRESS,      /* of a relay, but it says whom it relays; or a description that does */
    ICEFILTER_HERE,         /* loopback, link-local, multicast, or this machine */
    ICEFILTER_NAME,         /* a name outside of .local */
    ICEFILTER_PORT,         /* below 1024 */
    ICEFILTER_SAME_ADDRESS, /* too many for one address */
    ICEFILTER_LIMIT,        /* too many */
    ICEFILTER_VERDICT_COUNT
};

struct icefilter_rules {
    bool relay_only;        /* nothing that shows where the side is */
    bool local;             /* the portal is for this machine only, and so are its callers */
    uint32_t count_max;     /* between two descriptions; an eighth of them for one address */
    const struct addr *own; /* the addresses of this machine */
    uint32_t own_count;
};

/* What has passed since the latest description. A plain value, all 0 at first. */
#define ICEFILTER_ADDRESSES_MAX 64
struct icefilter {
    uint32_t count;
    uint32_t hashes[ICEFILTER_ADDRESSES_MAX];
    uint16_t counts[ICEFILTER_ADDRESSES_MAX]; /* 0: free, and so are those behind */
};

enum icefilter_verdict icefilter_check(struct icefilter *filter,
                                       const struct icefilter_rules *rules,
                                       const struct ice_facts *facts);

/* A description begins the count anew; it passes if all of its candidates do. */
enum icefilter_verdict icefilter_check_description(struct icefilter *filter,
                                                   const struct icefilter_rules *rules,
                                                   const struct call_description *description);

#endif
