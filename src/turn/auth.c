/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/auth.h"

#include "base/mem.h"
#include "crypto/digest.h"

#define REALM_SIZE_MAX 32

/* PASSWORD-ALGORITHMS as it is offered: SHA-256 before MD5, no parameters. */
static const uint8_t offered[8] = {0, AUTH_SHA256, 0, 0, 0, AUTH_MD5, 0, 0};

uint32_t auth_features(const struct auth *auth)
{
    return NONCE_PASSWORD_ALGORITHMS | (auth->names != NULL ? NONCE_USERNAME_ANONYMITY : 0);
}

void auth_put_challenge(const struct auth *auth, struct stun_writer *writer,
                        const struct addr *client, uint32_t now_s, uint32_t features)
{
    char nonce[NONCE_SIZE_MAX];
    size_t size = nonce_make(&auth->nonce_key, client, now_s, features, nonce);
    stun_put(writer, STUN_REALM, auth->realm);
    stun_put(writer, STUN_NONCE, slice_from(nonce, size));
    if ((features & NONCE_PASSWORD_ALGORITHMS) != 0) {
        stun_put(writer, STUN_PASSWORD_ALGORITHMS, slice_from(offered, sizeof(offered)));
    }
}

static void compute(const struct auth_key *key, const struct slice pieces[2],
                    uint8_t out[HMAC_SHA256_SIZE])
{
    if (key->is_sha256) {
        hmac_sha256(&key->hmac.sha256, pieces, 2, out);
    } else {
        hmac_sha1(&key->hmac.sha1, pieces, 2, out);
    }
}

void auth_put_integrity(struct stun_writer *writer, const struct auth_key *key)
{
    uint8_t mac[HMAC_SHA256_SIZE];
    uint8_t head[4];
    struct slice pieces[2];
    size_t size = key->is_sha256 ? HMAC_SHA256_SIZE : HMAC_SHA1_SIZE;
    stun_writer_integrity_input(writer, size, head, pieces);
    compute(key, pieces, mac);
    stun_put(writer, key->is_sha256 ? STUN_INTEGRITY_SHA256 : STUN_INTEGRITY,
             slice_from(mac, size));
}

static bool integrity_is_right(const struct stun_message *request, const struct auth_key *key)
{
    enum stun_attribute attribute = key->is_sha256 ? STUN_INTEGRITY_SHA256 : STUN_INTEGRITY;
    struct slice value = request->attributes[attribute];
    uint8_t mac[HMAC_SHA256_SIZE];
    uint8_t head[4];
    struct slice pieces[2];
    stun_integrity_input(request, attribute, head, pieces);
    compute(key, pieces, mac);
    return value.size == (key->is_sha256 ? HMAC_SHA256_SIZE : HMAC_SHA1_SIZE) &&
           digest_equal(value.data, mac, value.size);
}

/* RFC 8489 sections 9.2.2 and 18.5.1: the hash of `name:realm:password`. */
static void derive(const struct auth *auth, struct slice name, uint32_t secret,
                   struct auth_key *key)
{
    uint8_t text[CREDENTIAL_NAME_SIZE_MAX + 1 + REALM_SIZE_MAX + 1 + CREDENTIAL_PASSWORD_SIZE + 1];
    char password[CREDENTIAL_PASSWORD_SIZE + 1];
    uint8_t digest[32];
    ASSERT(name.size <= CREDENTIAL_NAME_SIZE_MAX && auth->realm.size <= REALM_SIZE_MAX);
    credential_password(&auth->secrets, secret, name, password);
    uint8_t *at = text;
    memcpy(at, name.data, name.size);
    at += name.size;
    *at++ = ':';
    memcpy(at, auth->realm.data, auth->realm.size);
    at += auth->realm.size;
    *at++ = ':';
    memcpy(at, password, CREDENTIAL_PASSWORD_SIZE);
    at += CREDENTIAL_PASSWORD_SIZE;
    struct slice all = {text, (size_t)(at - text)};
    size_t size = key->algorithm == AUTH_SHA256 ? 32 : 16;
    if (key->algorithm == AUTH_SHA256) {
        digest_sha256(all, digest);
    } else {
        digest_md5(all, digest);
    }
    if (key->is_sha256) {
        hmac_sha256_prepare(slice_from(digest, size), &key->hmac.sha256);
    } else {
        hmac_sha1_prepare(slice_from(digest, size), &key->hmac.sha1);
    }
    mem_wipe(password, sizeof(password));
    mem_wipe(digest, sizeof(digest));
    mem_wipe(text, sizeof(text));
}

/* RFC 8489 section 9.2.4: 400 unless both attributes are there and repeat what was offered; MD5
 * when neither is, or when nothing was offered. */
static bool algorithm_of(const struct stun_message *request, uint32_t features, uint8_t *out)
{
    struct slice all = request->attributes[STUN_PASSWORD_ALGORITHMS];
    struct slice one = request->attributes[STUN_PASSWORD_ALGORITHM];
    *out = AUTH_MD5;
    if ((features & NONCE_PASSWORD_ALGORITHMS) == 0 || (all.data == NULL && one.data == NULL)) {
        return true;
    }
    if (!slice_equal(all, slice_from(offered, sizeof(offered))) || one.size != 4 ||
        one.data[0] != 0 || (one.data[1] != AUTH_MD5 && one.data[1] != AUTH_SHA256) ||
        one.data[2] != 0 || one.data[3] != 0) {
        return false;
    }
    *out = one.data[1];
    return true;
}

static struct slice name_of(const struct auth *auth, const struct stun_message *request)
{
    if (stun_has(request, STUN_USERNAME)) {
        return request->attributes[STUN_USERNAME];
    }
    if (auth->names == NULL) {
        return slice_from(NULL, 0);
    }
    return userhash_find(auth->names, request->attributes[STUN_USERHASH]);
}

/* Whether the key of one of the secrets signs the request; out->key is then that key. */
static bool one_secret_fits(const struct auth *auth, const struct stun_message *request,
                            struct auth_result *out)
{
    for (uint32_t i = 0; i < auth->secrets.count; i++) {
        derive(auth, out->name, i, &out->key);
        if (integrity_is_right(request, &out->key)) {
            return true;
        }
    }
    return false;
}

/* `now` is UTC: between one that has expired and one that nobody of us can have issued. */
static bool expiry_is_good(const struct auth *auth, uint64_t expiry_s, uint64_t wall_s)
{
    return expiry_s + CREDENTIAL_SLACK_S >= wall_s &&
           expiry_s <= wall_s + auth->credential_max_s + CREDENTIAL_SLACK_S;
}

int auth_check(const struct auth *auth, const struct stun_message *request,
               const struct addr *client, const struct auth_known *known, uint32_t now_s,
               uint64_t wall_s, struct auth_result *out)
{
    uint32_t features = 0;
    *out = (struct auth_result){.key.is_sha256 = stun_has(request, STUN_INTEGRITY_SHA256)};
    if (!stun_has(request, STUN_INTEGRITY) && !stun_has(request, STUN_INTEGRITY_SHA256)) {
        return STUN_UNAUTHENTICATED;
    }
    if ((!stun_has(request, STUN_USERNAME) && !stun_has(request, STUN_USERHASH)) ||
        !stun_has(request, STUN_REALM) || !stun_has(request, STUN_NONCE)) {
        return STUN_BAD_REQUEST;
    }
    if (nonce_check(&auth->nonce_key, client, now_s, request->attributes[STUN_NONCE], &features) !=
        OK) {
        return STUN_STALE_NONCE;
    }
    if (!algorithm_of(request, features, &out->key.algorithm)) {
        return STUN_BAD_REQUEST;
    }
    out->name = name_of(auth, request);
    bool formed = credential_parse(out->name, &out->parts) == OK;
    out->same = known != NULL && slice_equal(known->name, out->name);
    if (out->same && known->key->is_sha256 == out->key.is_sha256 &&
        known->key->algorithm == out->key.algorithm) {
        out->key = *known->key;
        return integrity_is_right(request, &out->key) ? 0 : STUN_UNAUTHENTICATED;
    }
    if (!formed || !one_secret_fits(auth, request, out)) {
        return STUN_UNAUTHENTICATED;
    }
    return out->same || expiry_is_good(auth, out->parts.expiry_s, wall_s) ? 0
                                                                          : STUN_UNAUTHENTICATED;
}
