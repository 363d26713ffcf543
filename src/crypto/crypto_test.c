/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"
#include "crypto/digest.h"
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
     a_password_verifies_only_against_its_own_hash, a_missing_or_malformed_hash_verifies_nothing)
