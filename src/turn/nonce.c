/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/nonce.h"

#include "base/text.h"
#include "crypto/digest.h"

#define COOKIE "obMatJos2" /* RFC 8489 section 9.2 */
#define COOKIE_SIZE 9
#define FEATURES_SIZE 4 /* base64 of 24 bits */
#define TIME_SIZE 4
#define MAC_SIZE 14 /* 112 bits */

static void compute(const struct hmac_sha256_key *key, const struct addr *client, uint32_t time_s,
                    uint32_t features, uint8_t out[TIME_SIZE + MAC_SIZE])
{
    uint8_t mac[HMAC_SHA256_SIZE];
    uint8_t extra = (uint8_t)features;
    for (size_t i = 0; i < TIME_SIZE; i++) {
        out[i] = (uint8_t)(time_s >> (24 - 8 * i));
    }
    struct slice pieces[3] = {
        {out, TIME_SIZE}, {&extra, 1}, {(const uint8_t *)client, sizeof(*client)}};
    hmac_sha256(key, pieces, 3, mac);
    memcpy(out + TIME_SIZE, mac, MAC_SIZE);
}

size_t nonce_make(const struct hmac_sha256_key *key, const struct addr *client, uint32_t now_s,
                  uint32_t features, char out[NONCE_SIZE_MAX])
{
    uint8_t raw[TIME_SIZE + MAC_SIZE];
    char text[NONCE_PLAIN_SIZE + 1];
    size_t size = 0;
    compute(key, client, now_s, features, raw);
    text_base64url(slice_from(raw, sizeof(raw)), text);
    if (features != 0) {
        const uint8_t bits[3] = {0, 0, (uint8_t)features};
        char encoded[FEATURES_SIZE + 1];
        text_base64(slice_from(bits, sizeof(bits)), encoded);
        memcpy(out, COOKIE, COOKIE_SIZE);
        memcpy(out + COOKIE_SIZE, encoded, FEATURES_SIZE);
        size = COOKIE_SIZE + FEATURES_SIZE;
    }
    memcpy(out + size, text, NONCE_PLAIN_SIZE);
    return size + NONCE_PLAIN_SIZE;
}

enum err nonce_check(const struct hmac_sha256_key *key, const struct addr *client, uint32_t now_s,
                     struct slice nonce, uint32_t *features)
{
    uint8_t raw[TIME_SIZE + MAC_SIZE];
    uint8_t again[TIME_SIZE + MAC_SIZE];
    uint8_t bits[3] = {0};
    if (nonce.size == NONCE_SIZE_MAX) {
        /* The alphabet of the three bytes differs from base64url in two characters that no set of
         * our features has. */
        if (memcmp(nonce.data, COOKIE, COOKIE_SIZE) != 0 ||
            text_from_base64url(slice_from(nonce.data + COOKIE_SIZE, FEATURES_SIZE), bits,
                                sizeof(bits)) != OK ||
            bits[0] != 0 || bits[1] != 0) {
            return ERR_INVALID;
        }
        nonce = slice_from(nonce.data + COOKIE_SIZE + FEATURES_SIZE, NONCE_PLAIN_SIZE);
    }
    if (nonce.size != NONCE_PLAIN_SIZE || text_from_base64url(nonce, raw, sizeof(raw)) != OK) {
        return ERR_INVALID;
    }
    uint32_t time_s =
        (uint32_t)raw[0] << 24 | (uint32_t)raw[1] << 16 | (uint32_t)raw[2] << 8 | raw[3];
    compute(key, client, time_s, bits[2], again);
    *features = bits[2];
    if (!digest_equal(raw, again, sizeof(raw)) || time_s > now_s ||
        now_s - time_s > NONCE_LIFETIME_S) {
        return ERR_INVALID;
    }
    return OK;
}
