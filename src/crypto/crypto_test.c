/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "crypto/password.h"
#include "crypto/random.h"
#include "unit.h"

static void random_bytes_differ_between_two_calls(void)
{
    uint8_t a[32] = {0};
    uint8_t b[32] = {0};

    random_init();
    random_bytes(a, sizeof a);
    random_bytes(b, sizeof b);
    CHECK(!digest_equal(a, b, sizeof a));
    CHECK(digest_equal(a, a, sizeof a));
}

/* The examples of FIPS 180-2, appendix B.1 and A.1, and the empty message. */
static void digests_give_the_values_of_their_standard(void)
{
    uint8_t out[32];
    char hex[65];

    digest_sha256(SLICE("abc"), out);
    text_hex(slice_from(out, 32), hex);
    CHECK(strcmp(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad") == 0);
    digest_sha1(SLICE("abc"), out);
    text_hex(slice_from(out, 20), hex);
    CHECK(strcmp(hex, "a9993e364706816aba3e25717850c26c9cd0d89d") == 0);
    digest_sha256(slice_from(NULL, 0), out);
    text_hex(slice_from(out, 32), hex);
    CHECK(strcmp(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855") == 0);
    digest_md5(SLICE("message digest"), out); /* RFC 1321, appendix A.5 */
    text_hex(slice_from(out, 16), hex);
    CHECK(strcmp(hex, "f96b697d7cb7938d525a2f31aaf161d0") == 0);
}

static bool hmacs_are(struct slice secret, const struct slice *pieces, size_t count,
                      const char *sha1, const char *sha256)
{
    struct hmac_sha1_key key1;
    struct hmac_sha256_key key256;
    uint8_t out[32];
    char hex[65];
    hmac_sha1_prepare(secret, &key1);
    hmac_sha1(&key1, pieces, count, out);
    text_hex(slice_from(out, 20), hex);
    bool same = strcmp(hex, sha1) == 0;
    hmac_sha256_prepare(secret, &key256);
    hmac_sha256(&key256, pieces, count, out);
    text_hex(slice_from(out, 32), hex);
    return same && strcmp(hex, sha256) == 0;
}

/* RFC 2202 and RFC 4231, test cases 2 and 6; and the same message in pieces. */
static void hmac_gives_the_values_of_its_standards(void)
{
    const struct slice want = SLICE("what do ya want for nothing?");
    const struct slice pieces[3] = {{want.data, 4}, {NULL, 0}, {want.data + 4, want.size - 4}};
    const char *sha1 = "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79";
    const char *sha256 = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    uint8_t secret[131];
    CHECK(hmacs_are(SLICE("Jefe"), &want, 1, sha1, sha256));
    CHECK(hmacs_are(SLICE("Jefe"), pieces, 3, sha1, sha256));
    struct slice larger = SLICE("Test Using Larger Than Block-Size Key - Hash Key First");
    memset(secret, 0xaa, sizeof secret);
    CHECK(hmacs_are(slice_from(secret, 80), &larger, 1, "aa4ae5e15272d00e95705637ce8a3b55ed402112",
                    "6953025ed96f0c09f80a96f78e6538dbe2e7b820e3dd970e7ddd39091b32352f"));
    struct hmac_sha256_key key;
    uint8_t out[32];
    char hex[65];
    hmac_sha256_prepare(slice_from(secret, 131), &key);
    hmac_sha256(&key, &larger, 1, out);
    text_hex(slice_from(out, 32), hex);
    CHECK(strcmp(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54") == 0);
}

static void a_password_verifies_only_against_its_own_hash(void)
{
    char hash[PASSWORD_TEXT_SIZE];

    random_init();
    CHECK(password_hash(SLICE("correct horse"), hash) == OK);
    CHECK(strncmp(hash, "$argon2id$v=19$m=19456,t=2,p=1$", 31) == 0);
    CHECK(password_verify(SLICE("correct horse"), hash));
    CHECK(!password_verify(SLICE("correct horsf"), hash));
    CHECK(!password_verify(slice_from(NULL, 0), hash));
}

static void a_missing_or_malformed_hash_verifies_nothing(void)
{
    random_init();
    CHECK(!password_verify(SLICE("x"), ""));
    CHECK(!password_verify(SLICE("x"), NULL));
    CHECK(!password_verify(SLICE("x"), "$argon2id$v=19$m=19456"));
}

UNIT(random_bytes_differ_between_two_calls, digests_give_the_values_of_their_standard,
     hmac_gives_the_values_of_its_standards, a_password_verifies_only_against_its_own_hash,
     a_missing_or_malformed_hash_verifies_nothing)
