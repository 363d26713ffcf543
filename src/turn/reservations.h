/* SPDX-License-Identifier: Apache-2.0 */
/* Relay ports that are kept for who brings their token, RFC 8656 section 7.2. The request with the
 * token has another five-tuple, so the kernel may give it to another worker: that one takes the
 * port over, and gives it back when its allocation ends. Any thread. Only a reservation takes the
 * lock; who has a port, which is asked for each packet between two relays, is one atomic load. */
#ifndef TURN_RESERVATIONS_H
#define TURN_RESERVATIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "turn/relayport.h"

#define RESERVATIONS_MAX 256
#define RESERVATIONS_USER_MAX 16 /* of one user, so that nobody keeps all of them */

struct reservations;

/* Owned by the caller. ERR_NOMEM. */
MUST_USE enum err reservations_create(struct reservations **out);
/* When no engine has it any more. NULL is accepted. */
void reservations_destroy(struct reservations *all);

/* Keeps a port of the caller for `user`. ERR_LIMIT: there are too many, of all or of the user. */
MUST_USE enum err reservations_keep(struct reservations *all, struct slice user,
                                    enum relayport_family family, uint16_t port,
                                    const uint8_t token[RELAYPORT_TOKEN_SIZE], uint64_t now_ms);

/* The port of the token is now that of `worker`. ERR_NOT_FOUND: it is not the token of this user,
 * too old, or was used. */
MUST_USE enum err reservations_redeem(struct reservations *all, struct slice user,
                                      const uint8_t token[RELAYPORT_TOKEN_SIZE], uint32_t worker,
                                      uint64_t now_ms, enum relayport_family *family,
                                      uint16_t *port);

/* Who has redeemed the port and not given it back; UINT32_MAX: nobody. */
uint32_t reservations_holder(const struct reservations *all, enum relayport_family family,
                             uint16_t port);
void reservations_give(struct reservations *all, enum relayport_family family, uint16_t port);

/* Whether the port that was kept is free: nobody has it, and its token is good no more. */
bool reservations_is_over(struct reservations *all, enum relayport_family family, uint16_t port,
                          uint64_t now_ms);

#endif
