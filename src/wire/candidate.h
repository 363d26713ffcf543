/* SPDX-License-Identifier: Apache-2.0 */
/* ICE candidates as browsers write them (RFC 8839 section 5.1, RFC 6544 section 4.5), and the lines
 * of a session description that carry an address. Nothing is changed or built: who reads decides
 * whether the text may pass. */
#ifndef WIRE_CANDIDATE_H
#define WIRE_CANDIDATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

enum candidate_type { CANDIDATE_HOST, CANDIDATE_SRFLX, CANDIDATE_PRFLX, CANDIDATE_RELAY };
enum candidate_host {
    CANDIDATE_ADDRESS, /* IPv4 or IPv6 */
    CANDIDATE_LOCAL,   /* a name in .local: RFC 6762, made for this call by the browser */
    CANDIDATE_NAME     /* another name */
};

struct candidate {
    enum candidate_type type;
    enum candidate_host host;
    struct addr addr; /* ADDRESS: all of it; otherwise only the port */
    bool tcp;
    bool active;  /* tcptype active: nobody connects to its port */
    bool related; /* raddr or rport says where the browser is: not 0.0.0.0 or ::, not 0 (9) */
};

/* Reads "candidate:..." as in RTCIceCandidate and behind "a=" of a description. ERR_INVALID. */
MUST_USE enum err candidate_parse(struct slice text, struct candidate *out);

/* What a description says about addresses. */
struct candidate_scan {
    uint32_t count;     /* lines with a candidate */
    uint32_t unread;    /* of them, those that are none */
    bool has_addresses; /* c=, o=, m=, a=rtcp or a=remote-candidates name an address or a port
                         * other than those that stand for none (RFC 8840 section 4.1.1) */
};

/* Looks through the lines of `sdp`, whatever else it is; `out` has room for `count_max`
 * candidates, and the first ones are put there. */
void candidate_scan(struct slice sdp, struct candidate *out, uint32_t count_max,
                    struct candidate_scan *scan);

#endif
