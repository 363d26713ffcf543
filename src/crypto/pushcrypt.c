/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/pushcrypt.h"

#include "base/mem.h"
#include "base/text.h"
#include "crypto/evp.h"
#include "crypto/hmac.h"

#define KEY_SIZE 16
#define NONCE_SIZE 12
#define TAG_SIZE 16
#define RECORD_SIZE 4096
#define HEADER_SIZE (PUSHCRYPT_SALT_SIZE + 4 + 1 + P256_POINT_SIZE)
#define JWT_MAX 2048

/* HKDF (RFC 5869) where one block is enough: extract with `salt`, expand with `info`. */
static void hkdf(struct slice salt, struct slice secret, struct slice info,
                 uint8_t out[HMAC_SHA256_SIZE])
{
    static const uint8_t first = 1;
    struct hmac_sha256_key key;
    uint8_t middle[HMAC_SHA256_SIZE];
    const struct slice pieces[] = {info, {.data = &first, .size = 1}};
    hmac_sha256_prepare(salt, &key);
    hmac_sha256(&key, &secret, 1, middle);
    hmac_sha256_prepare(slice_from(middle, sizeof(middle)), &key);
    hmac_sha256(&key, pieces, 2, out);
    mem_wipe(middle, sizeof(middle));
    mem_wipe(&key, sizeof(key));
}

/* RFC 8291 section 3.4: key and nonce of the only record. */
static enum err derive(const struct pushcrypt_receiver *receiver, const struct p256_key *once,
                       const uint8_t salt[PUSHCRYPT_SALT_SIZE], uint8_t key[HMAC_SHA256_SIZE],
                       uint8_t nonce[HMAC_SHA256_SIZE])
{
    static const char label[] = "WebPush: info"; /* with its NUL */
    uint8_t shared[32];
    uint8_t input[HMAC_SHA256_SIZE];
    uint8_t info[sizeof(label) + 2 * P256_POINT_SIZE];
    enum err err = p256_agree(once, receiver->point, shared);
    if (err != OK) {
        return err;
    }
    memcpy(info, label, sizeof(label));
    memcpy(info + sizeof(label), receiver->point, P256_POINT_SIZE);
    memcpy(info + sizeof(label) + P256_POINT_SIZE, once->point, P256_POINT_SIZE);
    hkdf(slice_from(receiver->auth, PUSHCRYPT_AUTH_SIZE), slice_from(shared, sizeof(shared)),
         slice_from(info, sizeof(info)), input);
    struct slice salted = slice_from(salt, PUSHCRYPT_SALT_SIZE);
    struct slice secret = slice_from(input, sizeof(input));
    hkdf(salted, secret, slice_from("Content-Encoding: aes128gcm", 28), key); /* with the NUL */
    hkdf(salted, secret, slice_from("Content-Encoding: nonce", 24), nonce);
    mem_wipe(shared, sizeof(shared));
    mem_wipe(input, sizeof(input));
    return OK;
}

/* The text, the byte 2 that ends the last record (RFC 8188 section 2), and the tag. */
static enum err seal(struct slice text, const uint8_t *key, const uint8_t *nonce, uint8_t *out)
{
    static const uint8_t last = 2;
    int size = 0;
    int rest = 0;
    int end = 0;
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    bool done =
        context != NULL && EVP_EncryptInit_ex(context, EVP_aes_128_gcm(), NULL, key, nonce) == 1 &&
        EVP_EncryptUpdate(context, out, &size, text.data, (int)text.size) == 1 &&
        EVP_EncryptUpdate(context, out + size, &rest, &last, 1) == 1 &&
        EVP_EncryptFinal_ex(context, out + size + rest, &end) == 1 &&
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_GCM_GET_TAG, TAG_SIZE, out + size + rest + end) == 1;
    EVP_CIPHER_CTX_free(context);
    return done ? OK : ERR_NOMEM;
}

MUST_USE enum err pushcrypt_encrypt(struct slice text, const struct pushcrypt_receiver *receiver,
                                    const struct p256_key *once,
                                    const uint8_t salt[PUSHCRYPT_SALT_SIZE], struct buf *out)
{
    uint8_t key[HMAC_SHA256_SIZE];
    uint8_t nonce[HMAC_SHA256_SIZE];
    uint8_t *room = NULL;
    size_t size = HEADER_SIZE + text.size + 1 + TAG_SIZE;
    if (text.size > PUSHCRYPT_TEXT_MAX) {
        return ERR_LIMIT;
    }
    enum err err = derive(receiver, once, salt, key, nonce);
    err = err == OK ? buf_reserve(out, size, &room) : err;
    if (err == OK) {
        const uint8_t sizes[] = {0, 0, RECORD_SIZE >> 8, RECORD_SIZE & 255, P256_POINT_SIZE};
        memcpy(room, salt, PUSHCRYPT_SALT_SIZE);
        memcpy(room + PUSHCRYPT_SALT_SIZE, sizes, sizeof(sizes));
        memcpy(room + PUSHCRYPT_SALT_SIZE + sizeof(sizes), once->point, P256_POINT_SIZE);
        err = seal(text, key, nonce, room + HEADER_SIZE);
    }
    if (err == OK) {
        buf_commit(out, size);
    }
    mem_wipe(key, sizeof(key));
    mem_wipe(nonce, sizeof(nonce));
    return err;
}

/* ---- VAPID ---- */

static bool is_plain(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
            return false;
        }
    }
    return text.size > 0;
}

static enum err append_base64url(struct buf *out, struct slice bytes)
{
    char text[TEXT_BASE64URL_SIZE(JWT_MAX) + 1];
    if (bytes.size > JWT_MAX) {
        return ERR_LIMIT;
    }
    text_base64url(bytes, text);
    return buf_append_text(out, text);
}

/* header.claims of RFC 7515, base64url each. */
static enum err write_claims(struct slice audience, struct slice contact, int64_t expires_s,
                             struct buf *out)
{
    static const char header[] = "{\"typ\":\"JWT\",\"alg\":\"ES256\"}";
    struct buf claims;
    buf_init(&claims, JWT_MAX);
    enum err err = buf_printf(&claims, "{\"aud\":\"%.*s\",\"exp\":%lld,\"sub\":\"%.*s\"}",
                              (int)audience.size, (const char *)audience.data, (long long)expires_s,
                              (int)contact.size, (const char *)contact.data);
    err = err == OK ? append_base64url(out, slice_text(header)) : err;
    err = err == OK ? buf_append_byte(out, '.') : err;
    err = err == OK ? append_base64url(out, buf_slice(&claims)) : err;
    buf_fini(&claims);
    return err;
}

MUST_USE enum err pushcrypt_authorize(const struct p256_key *key, struct slice audience,
                                      struct slice contact, int64_t expires_s, struct buf *out)
{
    uint8_t signature[P256_SIGNATURE_SIZE];
    struct buf token;
    if (!is_plain(audience) || !is_plain(contact)) {
        return ERR_INVALID;
    }
    buf_init(&token, 2 * JWT_MAX);
    enum err err = write_claims(audience, contact, expires_s, &token);
    err = err == OK ? p256_sign(key, buf_slice(&token), signature) : err;
    err = err == OK ? buf_append_byte(&token, '.') : err;
    err = err == OK ? append_base64url(&token, slice_from(signature, sizeof(signature))) : err;
    err = err == OK ? buf_append_text(&token, ", k=") : err;
    err = err == OK ? append_base64url(&token, slice_from(key->point, P256_POINT_SIZE)) : err;
    err = err == OK ? buf_append_text(out, "vapid t=") : err;
    err = err == OK ? buf_append(out, buf_slice(&token)) : err;
    buf_fini(&token);
    return err;
}
