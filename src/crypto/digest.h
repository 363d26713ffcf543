/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256, SHA-1 (only for the WebSocket handshake), MD5 (only for the keys of RFC 8489 section
 * 9.2.2), constant-time comparison. */
#ifndef CRYPTO_DIGEST_H
#define CRYPTO_DIGEST_H

#include <stdbool.h>
#include "base/err.h"
#include "base/slice.h"

void digest_sha256(struct slice bytes, uint8_t out[32]);
void digest_sha1(struct slice bytes, uint8_t out[20]);
void digest_md5(struct slice bytes, uint8_t out[16]);
bool digest_equal(const uint8_t *a, const uint8_t *b, size_t size); /* constant time */

#endif
