/* SPDX-License-Identifier: Apache-2.0 */
/* HMAC (RFC 2104) with SHA-1 and SHA-256, from keys that are prepared once: a key is two states of
 * the hash, so that a message costs one block less on either side and no memory. */
#ifndef CRYPTO_HMAC_H
#define CRYPTO_HMAC_H

#include <stdint.h>

#include "base/slice.h"

#define HMAC_SHA1_SIZE 20
#define HMAC_SHA256_SIZE 32

/* Secret: wipe it when it is no longer needed (mem_wipe). */
struct hmac_sha1_key {
    uint32_t inner[5];
    uint32_t outer[5];
};

struct hmac_sha256_key {
    uint32_t inner[8];
    uint32_t outer[8];
};

void hmac_sha1_prepare(struct slice secret, struct hmac_sha1_key *key);
void hmac_sha256_prepare(struct slice secret, struct hmac_sha256_key *key);

/* Of the pieces one behind the other. */
void hmac_sha1(const struct hmac_sha1_key *key, const struct slice *pieces, size_t count,
               uint8_t out[HMAC_SHA1_SIZE]);
void hmac_sha256(const struct hmac_sha256_key *key, const struct slice *pieces, size_t count,
                 uint8_t out[HMAC_SHA256_SIZE]);

#endif
