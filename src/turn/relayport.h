/* SPDX-License-Identifier: Apache-2.0 */
/* Which allocation has which relay port. The range is dealt to the workers in pairs of an even and
 * the next port, so that EVEN-PORT needs nobody else (RFC 8656 section 18.6). Only a port that was
 * kept for a token may go to another worker: see reservations.h. */
#ifndef TURN_RELAYPORT_H
#define TURN_RELAYPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypto/hmac.h"

#define RELAYPORT_TOKEN_SIZE 8
#define RELAYPORT_RESERVED_MS (30 * 1000) /* RFC 8656 section 7.2: MUST be at least 30 seconds */

enum relayport_family { RELAYPORT_V4, RELAYPORT_V6, RELAYPORT_FAMILIES };

struct relayports;
struct reservations;

struct relayport_range {
    uint16_t min; /* inclusive */
    uint16_t max;
    uint32_t worker;
    uint32_t workers;
};

/* `key` makes the order of ports and the tokens unknown outside; copied. `reserved` is that of all
 * workers and outlives this. ERR_NOMEM; ERR_INVALID: this worker gets no pair. */
MUST_USE enum err relayport_create(const struct relayport_range *range,
                                   const struct hmac_sha256_key *key, struct reservations *reserved,
                                   struct relayports **out);
void relayport_destroy(struct relayports *ports);

/* The worker to which a port was dealt; UINT32_MAX: outside the range. */
uint32_t relayport_worker(const struct relayport_range *range, uint16_t port);

/* The worker that has the port now, which is another one where a token was redeemed. */
uint32_t relayport_holder(const struct relayports *ports, enum relayport_family family,
                          uint16_t port);

enum relayport_kind {
    RELAYPORT_ANY,
    RELAYPORT_EVEN,
    RELAYPORT_PAIR /* an even one, and the next is free too */
};

/* Gives a free port to `owner`. 0: there is none of that kind. */
uint16_t relayport_take(struct relayports *ports, enum relayport_family family, void *owner,
                        enum relayport_kind kind, uint64_t now_ms);

/* The owner or NULL. */
void *relayport_find(const struct relayports *ports, enum relayport_family family, uint16_t port);
void relayport_give(struct relayports *ports, enum relayport_family family, uint16_t port);

/* Keeps the port behind the even `port` for the user, until the token is brought, here or at
 * another worker. ERR_EXISTS: it is taken. ERR_LIMIT: too many are kept. */
MUST_USE enum err relayport_reserve(struct relayports *ports, enum relayport_family family,
                                    uint16_t port, struct slice user, uint64_t now_ms,
                                    uint8_t token[RELAYPORT_TOKEN_SIZE]);

/* Gives the port of a token to `owner`, whichever worker kept it. ERR_NOT_FOUND. */
MUST_USE enum err relayport_redeem(struct relayports *ports, struct slice user,
                                   const uint8_t token[RELAYPORT_TOKEN_SIZE], void *owner,
                                   uint64_t now_ms, enum relayport_family *family, uint16_t *port);

#endif
