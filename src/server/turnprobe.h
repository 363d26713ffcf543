/* SPDX-License-Identifier: Apache-2.0 */
/* A client of STUN and TURN, to try a server as a browser would: two ends of a call that both use
 * the relay and send each other what sound looks like. Blocks; for commands and pool threads. */
#ifndef SERVER_TURNPROBE_H
#define SERVER_TURNPROBE_H

#include "net/dial.h"
#include "turn/credential.h"

#define TURNPROBE_PACKETS 25 /* half a second of sound */

struct turnprobe_target {
    enum dial_kind kind;
    struct addr addr;
    struct addr from; /* the own address; ADDR_NONE: as the kernel chooses */
    const char *host; /* for TLS */
    uint32_t timeout_ms;
};

/* Asks for the address that the server sees. ERR_TIMEOUT, ERR_CLOSED, ERR_IO; ERR_INVALID: it
 * answers something else. */
MUST_USE enum err turnprobe_binding(const struct turnprobe_target *target, struct addr *mapped);

/* The same by UDP without blocking: a question that is out, and what has come back so far.
 * turnprobe_ask may be called again with it, as UDP may lose it. */
struct turnprobe_question {
    struct dial *dial; /* NULL: none is out */
    uint8_t transaction[12];
};
MUST_USE enum err turnprobe_ask(const struct turnprobe_target *target,
                                struct turnprobe_question *question);
/* ERR_TIMEOUT: nothing yet. Otherwise as turnprobe_binding. */
MUST_USE enum err turnprobe_hear(struct turnprobe_question *question, struct addr *mapped);
void turnprobe_end(struct turnprobe_question *question);

struct turnprobe_result {
    const char *step; /* where it ended: "connect", "allocate", "permission", "channel", "media" */
    uint32_t code;    /* of the server's refusal; 0: none */
    struct addr relayed;
    uint32_t sent;
    uint32_t received;
    uint32_t round_trip_us; /* median */
};

/* Allocates twice, joins the two relays, and sends TURNPROBE_PACKETS there and back. ERR_FORBIDDEN:
 * the server refuses, result->code says why. */
MUST_USE enum err turnprobe_relay(const struct turnprobe_target *target,
                                  const struct credential *credential,
                                  struct turnprobe_result *result);

/* Allocates, and asks the STUN server `peer` from the relay's own socket: as which address it sees
 * the relay. result->step is "binding" when nothing comes back. ERR_UNSUPPORTED: the relay is not
 * of the family of `peer`. Otherwise as turnprobe_relay. */
MUST_USE enum err turnprobe_outside(const struct turnprobe_target *target,
                                    const struct credential *credential, const struct addr *peer,
                                    struct turnprobe_result *result, struct addr *mapped);

#endif
