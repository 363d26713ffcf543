/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/auth.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "crypto/digest.h"
#include "unit.h"

/* Reads a file of tests/vectors/stun: hexadecimal with blanks. Returns the size. */
static size_t read_vector(const char *name, uint8_t *out, size_t size_max)
{
    const char *top = getenv("VISAVIS_TOP"); /* set by meson; else run from the top folder */
    char path[512];
    char digits[3] = {0};
    size_t size = 0;
    (void)snprintf(path, sizeof(path), "%s/tests/vectors/stun/%s.hex", top == NULL ? "." : top,
                   name);
    FILE *file = fopen(path, "r");
    CHECK(file != NULL);
    while (size < size_max && fscanf(file, "%2s", digits) == 1) {
        CHECK(text_from_hex(slice_from(digits, 2), out + size, 1) == OK);
        size++;
    }
    (void)fclose(file);
    return size;
}

static bool integrity_fits(const struct stun_message *message, struct slice secret, bool sha256)
{
    uint8_t mac[32];
    uint8_t head[4];
    struct slice pieces[2];
    enum stun_attribute attribute = sha256 ? STUN_INTEGRITY_SHA256 : STUN_INTEGRITY;
    if (!stun_has(message, attribute)) {
        return false;
    }
    stun_integrity_input(message, attribute, head, pieces);
    if (sha256) {
        struct hmac_sha256_key key;
        hmac_sha256_prepare(secret, &key);
        hmac_sha256(&key, pieces, 2, mac);
    } else {
        struct hmac_sha1_key key;
        hmac_sha1_prepare(secret, &key);
        hmac_sha1(&key, pieces, 2, mac);
    }
    return slice_equal(message->attributes[attribute], slice_from(mac, sha256 ? 32 : 20));
}

static void the_short_term_messages_of_rfc_5769_verify(void)
{
    static const char *const names[] = {"rfc5769-2.1-request", "rfc5769-2.2-response-v4",
                                        "rfc5769-2.3-response-v6"};
    static const char *const seen[] = {NULL, "192.0.2.1:32853",
                                       "[2001:db8:1234:5678:11:2233:4455:6677]:32853"};
    uint8_t bytes[256];
    struct stun_message message;
    for (size_t i = 0; i < 3; i++) {
        size_t size = read_vector(names[i], bytes, sizeof(bytes));
        CHECK(stun_decode(slice_from(bytes, size), &message) == OK);
        CHECK(stun_has(&message, STUN_FINGERPRINT) && stun_has(&message, STUN_SOFTWARE));
        CHECK(integrity_fits(&message, SLICE("VOkJxbRl1RmTxUk/WvJxBt"), false));
        if (seen[i] != NULL) {
            struct addr addr;
            struct addr wanted;
            CHECK(addr_parse(slice_text(seen[i]), &wanted) == OK);
            CHECK(stun_read_xor_addr(message.attributes[STUN_XOR_MAPPED_ADDRESS],
                                     message.transaction, &addr) == OK);
            CHECK(addr_equal(&addr, &wanted));
        }
    }
    /* PRIORITY is required and not ours; the first message has nothing else unknown. */
    size_t size = read_vector(names[0], bytes, sizeof(bytes));
    CHECK(stun_decode(slice_from(bytes, size), &message) == OK && message.unknown_count == 1);
}

static void the_long_term_messages_of_rfc_5769_and_8489_verify(void)
{
    static const char text[] = "\xe3\x83\x9e\xe3\x83\x88\xe3\x83\xaa\xe3\x83\x83\xe3\x82\xaf\xe3"
                               "\x82\xb9:example.org:TheMatrIX";
    const size_t hashed = sizeof("123456789012345678:example.org") - 1; /* name and realm */
    uint8_t bytes[256];
    uint8_t digest[32];
    struct stun_message message;
    size_t size = read_vector("rfc5769-2.4-long-term", bytes, sizeof(bytes));
    CHECK(stun_decode(slice_from(bytes, size), &message) == OK);
    digest_md5(slice_text(text), digest);
    CHECK(integrity_fits(&message, slice_from(digest, 16), false));
    size = read_vector("rfc8489-b.1-userhash", bytes, sizeof(bytes));
    CHECK(stun_decode(slice_from(bytes, size), &message) == OK);
    digest_sha256(slice_text(text), digest);
    CHECK(integrity_fits(&message, slice_from(digest, 32), true));
    digest_sha256(slice_from(text, hashed), digest);
    CHECK(slice_equal(message.attributes[STUN_USERHASH], slice_from(digest, 32)));
}

static const struct addr client = {.ip = {192, 0, 2, 1}, .port = 5000, .family = ADDR_V4};
static struct auth auth;

/* A Refresh of `1000:anna:c`, signed by SHA-256 with what `algorithms` and `algorithm` say. */
static int ask_known(uint32_t features, struct slice algorithms, struct slice algorithm,
                     const struct auth_known *known)
{
    uint8_t room[512];
    char nonce[NONCE_SIZE_MAX];
    uint8_t digest[32];
    char password[CREDENTIAL_PASSWORD_SIZE + 1];
    char text[128];
    struct stun_writer writer;
    struct stun_message message;
    struct auth_result result;
    struct auth_key key = {.is_sha256 = true};
    auth = (struct auth){.realm = SLICE("r"), .credential_max_s = 3600};
    credential_secrets_init(&auth.secrets, SLICE("north"), slice_from(NULL, 0));
    hmac_sha256_prepare(SLICE("nonces"), &auth.nonce_key);
    size_t size = nonce_make(&auth.nonce_key, &client, 5, features, nonce);
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_REFRESH,
               (const uint8_t *)"transaction!");
    stun_put(&writer, STUN_USERNAME, SLICE("1000:anna:c"));
    stun_put(&writer, STUN_REALM, SLICE("r"));
    stun_put(&writer, STUN_NONCE, slice_from(nonce, size));
    if (algorithms.data != NULL) {
        stun_put(&writer, STUN_PASSWORD_ALGORITHMS, algorithms);
    }
    if (algorithm.data != NULL) {
        stun_put(&writer, STUN_PASSWORD_ALGORITHM, algorithm);
    }
    credential_password(&auth.secrets, 0, SLICE("1000:anna:c"), password);
    (void)snprintf(text, sizeof(text), "1000:anna:c:r:%s", password);
    bool md5 = algorithm.size < 2 || algorithm.data[1] == AUTH_MD5;
    if (md5) {
        digest_md5(slice_text(text), digest);
    } else {
        digest_sha256(slice_text(text), digest);
    }
    hmac_sha256_prepare(slice_from(digest, md5 ? 16 : 32), &key.hmac.sha256);
    auth_put_integrity(&writer, &key);
    CHECK(stun_decode(stun_finish(&writer), &message) == OK);
    return auth_check(&auth, &message, &client, known, 6, 900, &result);
}

static int ask(uint32_t features, struct slice algorithms, struct slice algorithm)
{
    return ask_known(features, algorithms, algorithm, NULL);
}

/* RFC 8489 section 9.2.4: bidding down is a 400. */
static void the_algorithm_is_one_that_was_offered_or_md5(void)
{
    const struct slice none = {NULL, 0};
    const struct slice both = {(const uint8_t *)"\0\2\0\0\0\1\0\0", 8};
    const struct slice sha256 = {(const uint8_t *)"\0\2\0\0", 4};
    const struct slice md5 = {(const uint8_t *)"\0\1\0\0", 4};
    const struct slice third = {(const uint8_t *)"\0\3\0\0", 4};
    CHECK(ask(NONCE_PASSWORD_ALGORITHMS, both, sha256) == 0);
    CHECK(ask(NONCE_PASSWORD_ALGORITHMS, both, md5) == 0);
    CHECK(ask(NONCE_PASSWORD_ALGORITHMS, none, none) == 0);
    CHECK(ask(0, none, none) == 0);
    CHECK(ask(NONCE_PASSWORD_ALGORITHMS, md5, md5) == 400);
    CHECK(ask(NONCE_PASSWORD_ALGORITHMS, both, none) == 400);
    CHECK(ask(NONCE_PASSWORD_ALGORITHMS, none, sha256) == 400);
    CHECK(ask(NONCE_PASSWORD_ALGORITHMS, both, third) == 400);
    CHECK(ask(0, both, sha256) == 401); /* not offered, so MD5 it is */
    /* The number is of two bytes, and neither algorithm has parameters. */
    static const char *const forged[] = {"\1\2\0\0", "\0\2\1\0", "\0\2\0\1", "\1\1\0\0"};
    for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
        const struct slice one = {(const uint8_t *)forged[i], 4};
        CHECK(ask(NONCE_PASSWORD_ALGORITHMS, both, one) == 400);
    }
}

/* The key of an allocation is only good for requests that are signed in its way. */
static void a_known_name_may_change_its_algorithm(void)
{
    const struct slice both = {(const uint8_t *)"\0\2\0\0\0\1\0\0", 8};
    const struct slice sha256 = {(const uint8_t *)"\0\2\0\0", 4};
    const struct slice md5 = {(const uint8_t *)"\0\1\0\0", 4};
    const struct auth_key key = {.is_sha256 = true, .algorithm = AUTH_SHA256}; /* of nothing */
    const struct auth_known known = {.name = SLICE("1000:anna:c"), .key = &key};
    CHECK(ask_known(NONCE_PASSWORD_ALGORITHMS, both, sha256, &known) == 401);
    CHECK(ask_known(NONCE_PASSWORD_ALGORITHMS, both, md5, &known) == 0);
    const struct auth_key old = {.is_sha256 = false, .algorithm = AUTH_SHA256};
    const struct auth_known before = {.name = SLICE("1000:anna:c"), .key = &old};
    CHECK(ask_known(NONCE_PASSWORD_ALGORITHMS, both, sha256, &before) == 0);
}

/* A hash of a name says nothing to a server that keeps none, and it does not offer them. */
static void without_names_a_hash_is_of_nobody(void)
{
    static const uint8_t hash[USERHASH_SIZE] = {1, 2, 3};
    uint8_t room[256];
    char nonce[NONCE_SIZE_MAX];
    struct stun_writer writer;
    struct stun_message message;
    struct auth_result result;
    const struct auth_key key = {.is_sha256 = true};
    auth = (struct auth){.realm = SLICE("r"), .credential_max_s = 3600};
    credential_secrets_init(&auth.secrets, SLICE("north"), slice_from(NULL, 0));
    hmac_sha256_prepare(SLICE("nonces"), &auth.nonce_key);
    size_t size = nonce_make(&auth.nonce_key, &client, 5, 0, nonce);
    stun_begin(&writer, room, sizeof(room), STUN_REQUEST, STUN_REFRESH,
               (const uint8_t *)"transaction!");
    stun_put(&writer, STUN_USERHASH, slice_from(hash, sizeof(hash)));
    stun_put(&writer, STUN_REALM, SLICE("r"));
    stun_put(&writer, STUN_NONCE, slice_from(nonce, size));
    auth_put_integrity(&writer, &key);
    CHECK(stun_decode(stun_finish(&writer), &message) == OK);
    CHECK(auth_check(&auth, &message, &client, NULL, 6, 900, &result) == STUN_UNAUTHENTICATED);
    CHECK(result.name.size == 0);
    CHECK((auth_features(&auth) & NONCE_USERNAME_ANONYMITY) == 0);
    CHECK(userhash_create(1, SLICE("r"), &auth.names) == OK);
    uint32_t features = auth_features(&auth);
    userhash_destroy(auth.names);
    CHECK((features & NONCE_USERNAME_ANONYMITY) != 0);
}

UNIT(the_short_term_messages_of_rfc_5769_verify, the_long_term_messages_of_rfc_5769_and_8489_verify,
     the_algorithm_is_one_that_was_offered_or_md5, a_known_name_may_change_its_algorithm,
     without_names_a_hash_is_of_nobody)
