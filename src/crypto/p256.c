/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/p256.h"

#include "base/mem.h"
#include "crypto/evp.h"
#include "crypto/p256_internal.h"

#define DER_SIZE_MAX 80

/* The point of a secret: the curve's generator, so often. */
static enum err find_point(const uint8_t secret[P256_SECRET_SIZE], uint8_t out[P256_POINT_SIZE])
{
    enum err err = ERR_NOMEM;
    EC_GROUP *group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
    EC_POINT *point = group == NULL ? NULL : EC_POINT_new(group);
    BIGNUM *number = BN_secure_new();
    if (point == NULL || number == NULL || BN_bin2bn(secret, P256_SECRET_SIZE, number) == NULL) {
        goto out;
    }
    if (BN_is_zero(number) || BN_cmp(number, EC_GROUP_get0_order(group)) >= 0) {
        err = ERR_INVALID;
        goto out;
    }
    if (EC_POINT_mul(group, point, number, NULL, NULL, NULL) == 1 &&
        EC_POINT_point2oct(group, point, POINT_CONVERSION_UNCOMPRESSED, out, P256_POINT_SIZE,
                           NULL) == P256_POINT_SIZE) {
        err = OK;
    }
out:
    BN_clear_free(number);
    EC_POINT_free(point);
    EC_GROUP_free(group);
    return err;
}

/* OpenSSL's form of a key; `secret` NULL: the point alone. NULL: no memory, or no point. */
static EVP_PKEY *make_pkey(const uint8_t *secret, const uint8_t point[P256_POINT_SIZE])
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM *params = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    BIGNUM *number = secret == NULL ? NULL : BN_secure_new();
    if (build == NULL || context == NULL ||
        (secret != NULL &&
         (number == NULL || BN_bin2bn(secret, P256_SECRET_SIZE, number) == NULL)) ||
        OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) != 1 ||
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, P256_POINT_SIZE) !=
            1 ||
        (number != NULL && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, number) != 1)) {
        goto out;
    }
    params = OSSL_PARAM_BLD_to_param(build);
    if (params == NULL || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, secret == NULL ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR,
                          params) != 1) {
        pkey = NULL;
    }
out:
    BN_clear_free(number);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(context);
    return pkey;
}

EVP_PKEY *p256_pkey(const struct p256_key *key)
{
    return make_pkey(key->secret, key->point);
}

MUST_USE enum err p256_generate(struct p256_key *out)
{
    EVP_PKEY *pkey = EVP_EC_gen("P-256");
    BIGNUM *number = NULL;
    enum err err = ERR_NOMEM;
    if (pkey != NULL && EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
        BN_bn2binpad(number, out->secret, P256_SECRET_SIZE) == P256_SECRET_SIZE) {
        err = find_point(out->secret, out->point);
    }
    BN_clear_free(number);
    EVP_PKEY_free(pkey);
    return err;
}

MUST_USE enum err p256_load(const uint8_t secret[P256_SECRET_SIZE], struct p256_key *out)
{
    memcpy(out->secret, secret, P256_SECRET_SIZE);
    return find_point(secret, out->point);
}

MUST_USE enum err p256_agree(const struct p256_key *key, const uint8_t peer[P256_POINT_SIZE],
                             uint8_t out[32])
{
    if (peer[0] != 4) {
        return ERR_INVALID;
    }
    enum err err = ERR_NOMEM;
    size_t size = 32;
    EVP_PKEY *own = make_pkey(key->secret, key->point);
    EVP_PKEY *other = make_pkey(NULL, peer);
    EVP_PKEY_CTX *context = own == NULL ? NULL : EVP_PKEY_CTX_new(own, NULL);
    if (own != NULL && other == NULL) {
        err = ERR_INVALID;
    } else if (context != NULL && EVP_PKEY_derive_init(context) == 1) {
        bool on_curve = EVP_PKEY_derive_set_peer(context, other) == 1;
        bool done = on_curve && EVP_PKEY_derive(context, out, &size) == 1 && size == 32;
        err = done ? OK : ERR_INVALID;
    }
    EVP_PKEY_CTX_free(context);
    EVP_PKEY_free(other);
    EVP_PKEY_free(own);
    return err;
}

/* OpenSSL gives DER; JSON Web Signatures have r and s side by side. */
static enum err flatten(const uint8_t *der, size_t size, uint8_t out[P256_SIGNATURE_SIZE])
{
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &der, (long)size);
    bool done = signature != NULL &&
                BN_bn2binpad(ECDSA_SIG_get0_r(signature), out, P256_SIGNATURE_SIZE / 2) > 0 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(signature), out + P256_SIGNATURE_SIZE / 2,
                             P256_SIGNATURE_SIZE / 2) > 0;
    ECDSA_SIG_free(signature);
    return done ? OK : ERR_NOMEM;
}

MUST_USE enum err p256_sign(const struct p256_key *key, struct slice bytes,
                            uint8_t out[P256_SIGNATURE_SIZE])
{
    uint8_t der[DER_SIZE_MAX];
    size_t size = sizeof(der);
    EVP_PKEY *pkey = make_pkey(key->secret, key->point);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    enum err err = ERR_NOMEM;
    if (pkey != NULL && context != NULL &&
        EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pkey) == 1 &&
        EVP_DigestSign(context, der, &size, bytes.data, bytes.size) == 1) {
        err = flatten(der, size, out);
    }
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(pkey);
    return err;
}
