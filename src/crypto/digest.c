/* SPDX-License-Identifier: Apache-2.0 */
#define OPENSSL_SUPPRESS_DEPRECATED /* MD5: what a browser proves its password with is older */
#include "crypto/digest.h"

#include <openssl/md5.h>
#include <openssl/sha.h>
#include <sodium.h>

/* The one-call functions of OpenSSL look the algorithm up once and allocate nothing we own. They
 * take a NULL pointer badly, so the empty slice gets a valid address. */
static const uint8_t *address_of(struct slice bytes)
{
    static const uint8_t nothing[1];

    return bytes.size == 0 ? nothing : bytes.data;
}

void digest_sha256(struct slice bytes, uint8_t out[32])
{
    ASSERT(SHA256(address_of(bytes), bytes.size, out) != NULL);
}

void digest_sha1(struct slice bytes, uint8_t out[20])
{
    ASSERT(SHA1(address_of(bytes), bytes.size, out) != NULL);
}

void digest_md5(struct slice bytes, uint8_t out[16])
{
    ASSERT(MD5(address_of(bytes), bytes.size, out) != NULL);
}

bool digest_equal(const uint8_t *a, const uint8_t *b, size_t size)
{
    return sodium_memcmp(a, b, size) == 0;
}
