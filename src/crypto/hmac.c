/* SPDX-License-Identifier: Apache-2.0 */
/* The functions of OpenSSL that work on a state are called deprecated because they pass by its
 * providers; they are what lets a state be kept and copied without memory of OpenSSL's. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/hmac.h"

#include <openssl/sha.h>

#include "base/err.h"
#include "base/mem.h"

#define BLOCK_SIZE 64 /* of SHA-1 and of SHA-256 */
#define INNER_PAD 0x36
#define OUTER_PAD 0x5c

static void start_sha1(SHA_CTX *context, const uint32_t state[5])
{
    *context = (SHA_CTX){.h0 = state[0],
                         .h1 = state[1],
                         .h2 = state[2],
                         .h3 = state[3],
                         .h4 = state[4],
                         .Nl = BLOCK_SIZE * 8};
}

static void start_sha256(SHA256_CTX *context, const uint32_t state[8])
{
    *context = (SHA256_CTX){.Nl = BLOCK_SIZE * 8, .md_len = SHA256_DIGEST_LENGTH};
    memcpy(context->h, state, sizeof(context->h));
}

static void state_sha1(const uint8_t secret[BLOCK_SIZE], uint8_t pad, uint32_t state[5])
{
    uint8_t block[BLOCK_SIZE];
    SHA_CTX context;
    for (size_t i = 0; i < sizeof(block); i++) {
        block[i] = secret[i] ^ pad;
    }
    ASSERT(SHA1_Init(&context) == 1 && SHA1_Update(&context, block, sizeof(block)) == 1);
    const uint32_t words[5] = {context.h0, context.h1, context.h2, context.h3, context.h4};
    memcpy(state, words, sizeof(words));
    mem_wipe(block, sizeof(block));
}

static void state_sha256(const uint8_t secret[BLOCK_SIZE], uint8_t pad, uint32_t state[8])
{
    uint8_t block[BLOCK_SIZE];
    SHA256_CTX context;
    for (size_t i = 0; i < sizeof(block); i++) {
        block[i] = secret[i] ^ pad;
    }
    ASSERT(SHA256_Init(&context) == 1 && SHA256_Update(&context, block, sizeof(block)) == 1);
    memcpy(state, context.h, sizeof(context.h));
    mem_wipe(block, sizeof(block));
}

void hmac_sha1_prepare(struct slice secret, struct hmac_sha1_key *key)
{
    uint8_t block[BLOCK_SIZE] = {0};
    if (secret.size > sizeof(block)) {
        (void)SHA1(secret.data, secret.size, block);
    } else if (secret.size > 0) {
        memcpy(block, secret.data, secret.size);
    }
    state_sha1(block, INNER_PAD, key->inner);
    state_sha1(block, OUTER_PAD, key->outer);
    mem_wipe(block, sizeof(block));
}

void hmac_sha256_prepare(struct slice secret, struct hmac_sha256_key *key)
{
    uint8_t block[BLOCK_SIZE] = {0};
    if (secret.size > sizeof(block)) {
        (void)SHA256(secret.data, secret.size, block);
    } else if (secret.size > 0) {
        memcpy(block, secret.data, secret.size);
    }
    state_sha256(block, INNER_PAD, key->inner);
    state_sha256(block, OUTER_PAD, key->outer);
    mem_wipe(block, sizeof(block));
}

void hmac_sha1(const struct hmac_sha1_key *key, const struct slice *pieces, size_t count,
               uint8_t out[HMAC_SHA1_SIZE])
{
    SHA_CTX context;
    int fine = 1;
    start_sha1(&context, key->inner);
    for (size_t i = 0; i < count; i++) {
        fine &= SHA1_Update(&context, pieces[i].data, pieces[i].size);
    }
    fine &= SHA1_Final(out, &context);
    start_sha1(&context, key->outer);
    fine &= SHA1_Update(&context, out, HMAC_SHA1_SIZE);
    fine &= SHA1_Final(out, &context);
    ASSERT(fine == 1);
}

void hmac_sha256(const struct hmac_sha256_key *key, const struct slice *pieces, size_t count,
                 uint8_t out[HMAC_SHA256_SIZE])
{
    SHA256_CTX context;
    int fine = 1;
    start_sha256(&context, key->inner);
    for (size_t i = 0; i < count; i++) {
        fine &= SHA256_Update(&context, pieces[i].data, pieces[i].size);
    }
    fine &= SHA256_Final(out, &context);
    start_sha256(&context, key->outer);
    fine &= SHA256_Update(&context, out, HMAC_SHA256_SIZE);
    fine &= SHA256_Final(out, &context);
    ASSERT(fine == 1);
}
