/* SPDX-License-Identifier: Apache-2.0 */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "crypto/certificate.h"

#include "crypto/digest.h"
#include "crypto/evp.h"
#include "unit.h"

#define NOW 1800000000
#define DAY 86400

static struct buf one;
static struct buf two;

static void tear_down(void)
{
    buf_fini(&one);
    buf_fini(&two);
}

static void set_up(struct p256_key *key)
{
    buf_init(&one, CERTIFICATE_PEM_MAX);
    buf_init(&two, CERTIFICATE_PEM_MAX);
    unit_finally(tear_down);
    CHECK(p256_generate(key) == OK);
}

static struct certificate_wish wish_for(const char *domain)
{
    return (struct certificate_wish){.domain = domain, .now_s = NOW, .lifetime_s = 90 * DAY};
}

static void what_signs_itself_is_read_back(void)
{
    struct p256_key key;
    struct certificate found = {0};
    set_up(&key);
    struct certificate_wish wish = wish_for("calls.example.org");
    CHECK(certificate_make(&key, &wish, &one) == OK);
    CHECK(certificate_read(buf_slice(&one), &key, "calls.example.org", &found) == OK);
    CHECK(found.signs_itself);
    CHECK(found.begins_s == NOW - 3600);
    CHECK(found.ends_s == NOW + 90 * DAY);
    tear_down();
}

static void another_name_and_another_key_are_refused(void)
{
    struct p256_key key;
    struct p256_key other;
    struct certificate found;
    set_up(&key);
    struct certificate_wish wish = wish_for("calls.example.org");
    CHECK(p256_generate(&other) == OK);
    CHECK(certificate_make(&key, &wish, &one) == OK);
    CHECK(certificate_read(buf_slice(&one), &key, "example.org", &found) == ERR_INVALID);
    CHECK(certificate_read(buf_slice(&one), &other, "calls.example.org", &found) == ERR_INVALID);
    tear_down();
}

static void a_chain_that_is_damaged_is_refused(void)
{
    struct p256_key key;
    struct certificate found;
    set_up(&key);
    struct certificate_wish wish = wish_for("a.example");
    CHECK(certificate_make(&key, &wish, &one) == OK);
    CHECK(certificate_make(&key, &wish, &one) == OK); /* a second one behind */
    CHECK(certificate_read(buf_slice(&one), &key, "a.example", &found) == OK);
    struct slice cut = slice_from(one.data, one.size - 40);
    CHECK(certificate_read(cut, &key, "a.example", &found) == ERR_INVALID);
    CHECK(certificate_read(SLICE("no certificate"), &key, "a.example", &found) == ERR_INVALID);
    CHECK(certificate_read(SLICE(""), &key, "a.example", &found) == ERR_INVALID);
    tear_down();
}

static void a_key_is_read_back(void)
{
    struct p256_key key;
    struct p256_key again;
    set_up(&key);
    CHECK(certificate_write_key(&key, &one) == OK);
    CHECK(certificate_read_key(buf_slice(&one), &again) == OK);
    CHECK(memcmp(&key, &again, sizeof(key)) == 0);
    CHECK(certificate_read_key(SLICE("-----BEGIN PRIVATE KEY-----\n"), &again) == ERR_INVALID);
    tear_down();
}

/* OpenSSL's own reading of what was asked for. */
static void a_request_names_the_domain_and_is_signed(void)
{
    struct p256_key key;
    set_up(&key);
    CHECK(certificate_request(&key, "calls.example.org", &one) == OK);
    const unsigned char *bytes = one.data;
    X509_REQ *request = d2i_X509_REQ(NULL, &bytes, (long)one.size);
    CHECK(request != NULL);
    EVP_PKEY *pkey = X509_REQ_get0_pubkey(request);
    bool signed_right = X509_REQ_verify(request, pkey) == 1;
    STACK_OF(X509_EXTENSION) *extensions = X509_REQ_get_extensions(request);
    GENERAL_NAMES *names =
        (GENERAL_NAMES *)X509V3_get_d2i(extensions, NID_subject_alt_name, NULL, NULL);
    bool named =
        sk_GENERAL_NAME_num(names) == 1 &&
        strcmp((const char *)ASN1_STRING_get0_data(sk_GENERAL_NAME_value(names, 0)->d.dNSName),
               "calls.example.org") == 0;
    GENERAL_NAMES_free(names);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    X509_REQ_free(request);
    CHECK(signed_right);
    CHECK(named);
    tear_down();
}

/* RFC 8737 section 3: acmeIdentifier, critical, an OCTET STRING of the digest. */
static void the_certificate_of_a_challenge_has_its_digest(void)
{
    struct p256_key key;
    uint8_t digest[32];
    uint8_t wanted[34] = {0x04, 32};
    set_up(&key);
    digest_sha256(SLICE("token.thumbprint"), digest);
    memcpy(wanted + 2, digest, sizeof(digest));
    struct certificate_wish wish = wish_for("a.example");
    wish.challenge = digest;
    CHECK(certificate_make(&key, &wish, &one) == OK);
    BIO *bio = BIO_new_mem_buf(one.data, (int)one.size);
    X509 *cert = PEM_read_bio_X509(bio, NULL, NULL, NULL);
    ASN1_OBJECT *kind = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
    CHECK(cert != NULL && kind != NULL);
    int at = X509_get_ext_by_OBJ(cert, kind, -1);
    X509_EXTENSION *extension = X509_get_ext(cert, at);
    const ASN1_OCTET_STRING *value = X509_EXTENSION_get_data(extension);
    bool right = X509_EXTENSION_get_critical(extension) == 1 &&
                 ASN1_STRING_length(value) == (int)sizeof(wanted) &&
                 memcmp(ASN1_STRING_get0_data(value), wanted, sizeof(wanted)) == 0;
    ASN1_OBJECT_free(kind);
    X509_free(cert);
    BIO_free(bio);
    CHECK(right);
    tear_down();
}

UNIT(what_signs_itself_is_read_back, another_name_and_another_key_are_refused,
     a_chain_that_is_damaged_is_refused, a_key_is_read_back,
     a_request_names_the_domain_and_is_signed, the_certificate_of_a_challenge_has_its_digest)
