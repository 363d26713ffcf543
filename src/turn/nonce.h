/* SPDX-License-Identifier: Apache-2.0 */
/* Nonces without a table: time, and an HMAC over time, address and what was offered. RFC 8489
 * sections 9.2 and 14.10, with the security feature bits of section 9.2. */
#ifndef TURN_NONCE_H
#define TURN_NONCE_H

#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/slice.h"
#include "crypto/hmac.h"

#define NONCE_LIFETIME_S 600
#define NONCE_PLAIN_SIZE 24
#define NONCE_SIZE_MAX (9 + 4 + NONCE_PLAIN_SIZE)

/* Security features, RFC 8489 section 18.1. */
#define NONCE_PASSWORD_ALGORITHMS 1U
#define NONCE_USERNAME_ANONYMITY 2U

/* Writes the nonce for `client`; `features` 0 gives the short form. Returns its size. */
size_t nonce_make(const struct hmac_sha256_key *key, const struct addr *client, uint32_t now_s,
                  uint32_t features, char out[NONCE_SIZE_MAX]);

/* OK: made by nonce_make for this client within NONCE_LIFETIME_S before `now_s`; *features is what
 * was offered with it. ERR_INVALID otherwise: the answer is 438. */
MUST_USE enum err nonce_check(const struct hmac_sha256_key *key, const struct addr *client,
                              uint32_t now_s, struct slice nonce, uint32_t *features);

#endif
