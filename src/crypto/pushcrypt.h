/* SPDX-License-Identifier: Apache-2.0 */
/* What Web Push asks of ciphers: message encryption (RFC 8291 on aes128gcm of RFC 8188) and the
 * server's signed name (VAPID, RFC 8292). Any thread. */
#ifndef CRYPTO_PUSHCRYPT_H
#define CRYPTO_PUSHCRYPT_H

#include "base/buf.h"
#include "crypto/p256.h"

#define PUSHCRYPT_AUTH_SIZE 16
#define PUSHCRYPT_SALT_SIZE 16
#define PUSHCRYPT_TEXT_MAX 3993 /* RFC 8291 section 4: services take 4096 bytes */

/* The browser's side of a subscription. */
struct pushcrypt_receiver {
    uint8_t point[P256_POINT_SIZE];    /* p256dh */
    uint8_t auth[PUSHCRYPT_AUTH_SIZE]; /* auth */
};

/* Appends the body of a push message that only the receiver can read. `once` and `salt` must be
 * fresh for each message. ERR_LIMIT: the text is too long; ERR_INVALID: the receiver's point is
 * none; ERR_NOMEM. */
MUST_USE enum err pushcrypt_encrypt(struct slice text, const struct pushcrypt_receiver *receiver,
                                    const struct p256_key *once,
                                    const uint8_t salt[PUSHCRYPT_SALT_SIZE], struct buf *out);

/* Appends the value of the Authorization header: "vapid t=..., k=...". `audience` is the origin of
 * the endpoint, `contact` a mailto: or https: URI, both without a character that JSON escapes
 * (else ERR_INVALID). RFC 8292 section 2: `expires_s` at most 24 hours ahead. ERR_NOMEM. */
MUST_USE enum err pushcrypt_authorize(const struct p256_key *key, struct slice audience,
                                      struct slice contact, int64_t expires_s, struct buf *out);

#endif
