/* SPDX-License-Identifier: Apache-2.0 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/pushcrypt.h"

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/evp.h"
#include "unit.h"

/* The example of RFC 8291 section 5. */
#define PLAIN "When I grow up, I want to be a watermelon"
#define ONCE "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
#define RECEIVER                                                                                   \
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
#define SALT "DGv6ra1nlYgDCS1FRnbzlw"
#define AUTH "BTBZMqHH6r4Tts7J_aSIgg"
#define SEALED                                                                                     \
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS" \
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu" \
    "lcy4a-fN"

static void from_text(const char *text, uint8_t *out, size_t size)
{
    CHECK(text_from_base64url(slice_text(text), out, size) == OK);
}

static void the_example(struct pushcrypt_receiver *receiver, struct p256_key *once,
                        uint8_t salt[PUSHCRYPT_SALT_SIZE])
{
    uint8_t secret[P256_SECRET_SIZE];
    from_text(ONCE, secret, sizeof(secret));
    CHECK(p256_load(secret, once) == OK);
    from_text(RECEIVER, receiver->point, sizeof(receiver->point));
    from_text(AUTH, receiver->auth, sizeof(receiver->auth));
    from_text(SALT, salt, PUSHCRYPT_SALT_SIZE);
}

static void the_example_of_rfc_8291_is_met(void)
{
    struct pushcrypt_receiver receiver;
    struct p256_key once;
    uint8_t salt[PUSHCRYPT_SALT_SIZE];
    char text[512];
    struct buf out;
    the_example(&receiver, &once, salt);
    buf_init(&out, 4096);
    CHECK(pushcrypt_encrypt(SLICE(PLAIN), &receiver, &once, salt, &out) == OK);
    text_base64url(buf_slice(&out), text);
    CHECK(strcmp(text, SEALED) == 0);
    buf_fini(&out);
}

static void what_is_too_long_or_for_nobody_is_refused(void)
{
    static const uint8_t text[PUSHCRYPT_TEXT_MAX + 1];
    struct pushcrypt_receiver receiver;
    struct p256_key once;
    uint8_t salt[PUSHCRYPT_SALT_SIZE];
    struct buf out;
    the_example(&receiver, &once, salt);
    buf_init(&out, 8192);
    CHECK(pushcrypt_encrypt(slice_from(text, sizeof(text)), &receiver, &once, salt, &out) ==
          ERR_LIMIT);
    CHECK(pushcrypt_encrypt(slice_from(text, sizeof(text) - 1), &receiver, &once, salt, &out) ==
          OK);
    CHECK(out.size == 4096);
    receiver.point[64] ^= 1; /* beside the curve */
    CHECK(pushcrypt_encrypt(SLICE("x"), &receiver, &once, salt, &out) == ERR_INVALID);
    receiver.point[0] = 2;
    CHECK(pushcrypt_encrypt(SLICE("x"), &receiver, &once, salt, &out) == ERR_INVALID);
    CHECK(out.size == 4096);
    buf_fini(&out);
}

static void both_sides_agree_and_a_wrong_secret_is_no_key(void)
{
    struct p256_key a;
    struct p256_key b;
    uint8_t one[32];
    uint8_t two[32];
    static const uint8_t zero[P256_SECRET_SIZE];
    uint8_t large[P256_SECRET_SIZE];
    memset(large, 255, sizeof(large));
    CHECK(p256_generate(&a) == OK && p256_generate(&b) == OK);
    CHECK(!digest_equal(a.secret, b.secret, sizeof(a.secret)));
    CHECK(p256_agree(&a, b.point, one) == OK && p256_agree(&b, a.point, two) == OK);
    CHECK(digest_equal(one, two, sizeof(one)));
    CHECK(p256_load(zero, &a) == ERR_INVALID);
    CHECK(p256_load(large, &a) == ERR_INVALID);
}

/* Whether `signature` is one of `bytes` by the owner of `point`. */
static bool verifies(const uint8_t point[P256_POINT_SIZE], struct slice bytes,
                     const uint8_t signature[P256_SIGNATURE_SIZE])
{
    uint8_t hash[32];
    const uint8_t *at = point;
    digest_sha256(bytes, hash);
    EC_KEY *key = EC_KEY_new_by_curve_name(NID_X9_62_prime256v1);
    ECDSA_SIG *sig = ECDSA_SIG_new();
    CHECK(key != NULL && sig != NULL);
    CHECK(o2i_ECPublicKey(&key, &at, P256_POINT_SIZE) != NULL);
    CHECK(ECDSA_SIG_set0(sig, BN_bin2bn(signature, 32, NULL), BN_bin2bn(signature + 32, 32, NULL)));
    bool right = ECDSA_do_verify(hash, sizeof(hash), sig, key) == 1;
    ECDSA_SIG_free(sig);
    EC_KEY_free(key);
    return right;
}

static void the_name_of_the_server_is_signed(void)
{
    struct p256_key key;
    struct buf out;
    uint8_t signature[P256_SIGNATURE_SIZE];
    uint8_t claims[256];
    buf_init(&out, 4096);
    CHECK(p256_generate(&key) == OK);
    CHECK(pushcrypt_authorize(&key, SLICE("https://push.example.net"),
                              SLICE("mailto:admin@example.org"), 1453523768, &out) == OK);
    CHECK(buf_append_byte(&out, '\0') == OK);
    const char *token = (const char *)out.data;
    CHECK(strncmp(token, "vapid t=", 8) == 0);
    token += 8;
    const char *body = strchr(token, '.') + 1;
    const char *sign = strchr(body, '.') + 1;
    const char *end = strchr(sign, ',');
    CHECK(text_from_base64url(slice_from(sign, (size_t)(end - sign)), signature,
                              sizeof(signature)) == OK);
    CHECK(verifies(key.point, slice_from(token, (size_t)(sign - 1 - token)), signature));
    signature[10] ^= 1;
    CHECK(!verifies(key.point, slice_from(token, (size_t)(sign - 1 - token)), signature));
    static const char wanted[] = "{\"aud\":\"https://push.example.net\",\"exp\":1453523768,"
                                 "\"sub\":\"mailto:admin@example.org\"}";
    CHECK(text_from_base64url(slice_from(body, (size_t)(sign - 1 - body)), claims,
                              sizeof(wanted) - 1) == OK);
    CHECK(memcmp(claims, wanted, sizeof(wanted) - 1) == 0);
    buf_fini(&out);
}

static void names_that_would_need_escapes_are_refused(void)
{
    struct p256_key key;
    struct buf out;
    buf_init(&out, 4096);
    CHECK(p256_generate(&key) == OK);
    static const char *const wrong[] = {"", "https://a\"b", "https://a\\b", "https://a b",
                                        "https://\xc3\xa9"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(pushcrypt_authorize(&key, slice_text(wrong[i]), SLICE("mailto:a@b"), 1, &out) ==
              ERR_INVALID);
        CHECK(pushcrypt_authorize(&key, SLICE("https://a"), slice_text(wrong[i]), 1, &out) ==
              ERR_INVALID);
    }
    CHECK(out.size == 0);
    buf_fini(&out);
}

UNIT(the_example_of_rfc_8291_is_met, what_is_too_long_or_for_nobody_is_refused,
     both_sides_agree_and_a_wrong_secret_is_no_key, the_name_of_the_server_is_signed,
     names_that_would_need_escapes_are_refused)
