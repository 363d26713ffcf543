/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CRYPTO_P256_INTERNAL_H
#define CRYPTO_P256_INTERNAL_H

#include "crypto/evp.h"
#include "crypto/p256.h"

/* OpenSSL's form of a key with its secret; NULL: no memory. Owned by the caller. */
EVP_PKEY *p256_pkey(const struct p256_key *key);

#endif
