/* SPDX-License-Identifier: Apache-2.0 */
/* Keys on the curve P-256: agreement (ECDH) and signatures (ES256, RFC 7518 section 3.4). Any
 * thread. Points are uncompressed, 65 bytes beginning with 4. */
#ifndef CRYPTO_P256_H
#define CRYPTO_P256_H

#include "base/err.h"
#include "base/slice.h"

#define P256_SECRET_SIZE 32
#define P256_POINT_SIZE 65
#define P256_SIGNATURE_SIZE 64 /* r and s */

/* Secret: wipe it when it is no longer needed (mem_wipe). */
struct p256_key {
    uint8_t secret[P256_SECRET_SIZE];
    uint8_t point[P256_POINT_SIZE];
};

/* A fresh key. ERR_NOMEM. */
MUST_USE enum err p256_generate(struct p256_key *out);

/* The key of a kept secret. ERR_INVALID: no secret of this curve. ERR_NOMEM. */
MUST_USE enum err p256_load(const uint8_t secret[P256_SECRET_SIZE], struct p256_key *out);

/* What both sides get from their own key and the other's point. ERR_INVALID: `peer` is no point of
 * the curve. ERR_NOMEM. */
MUST_USE enum err p256_agree(const struct p256_key *key, const uint8_t peer[P256_POINT_SIZE],
                             uint8_t out[32]);

/* Signs the SHA-256 of `bytes`. ERR_NOMEM. */
MUST_USE enum err p256_sign(const struct p256_key *key, struct slice bytes,
                            uint8_t out[P256_SIGNATURE_SIZE]);

#endif
