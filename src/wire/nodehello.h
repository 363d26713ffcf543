/* SPDX-License-Identifier: Apache-2.0 */
/* What a node says first on a connection that it passes on to the node with the portal: who is
 * behind it. It is believed because only a node can say it: see net/nodetls.h.
 *
 *   "VVN1"  flags (bit 0: the browser came by TLS)  family (4, 6)  port (2)  address (16) */
#ifndef WIRE_NODEHELLO_H
#define WIRE_NODEHELLO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"

#define NODEHELLO_SIZE 24

struct nodehello {
    struct addr from; /* the other end of the connection to the door; of IPv4 or IPv6 */
    bool tls;         /* that connection is TLS */
};

void nodehello_write(const struct nodehello *hello, uint8_t out[NODEHELLO_SIZE]);

/* From the first bytes of a stream; what follows them is not looked at. ERR_SHORT: more are needed,
 * and so far nothing is wrong. ERR_INVALID: it is none. */
MUST_USE enum err nodehello_read(struct slice bytes, struct nodehello *out);

#endif
