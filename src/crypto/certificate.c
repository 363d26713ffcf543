/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/certificate.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "crypto/evp.h"
#include "crypto/p256_internal.h"

#define NAME_SIZE 300
#define CHAIN_MAX 16

/* ---- OpenSSL's memory files ---- */

static enum err take_bytes(BIO *bio, struct buf *out)
{
    char *data = NULL;
    long size = BIO_get_mem_data(bio, &data);
    return size <= 0 ? ERR_NOMEM : buf_append(out, slice_from(data, (size_t)size));
}

/* Wiped when it is freed: it may hold a key. */
static BIO *open_memory(void)
{
    return BIO_new(BIO_s_secmem());
}

/* ---- writing ---- */

static bool add_extension(X509 *cert, int kind, const char *value)
{
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, kind, value);
    bool done = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return done;
}

/* acmeIdentifier of RFC 8737 section 3, critical: the digest as an OCTET STRING in DER. */
static bool add_challenge(X509 *cert, const uint8_t digest[32])
{
    uint8_t der[34] = {0x04, 32};
    memcpy(der + 2, digest, 32);
    ASN1_OBJECT *kind = OBJ_txt2obj("1.3.6.1.5.5.7.1.31", 1);
    ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
    X509_EXTENSION *extension = NULL;
    if (kind != NULL && value != NULL && ASN1_OCTET_STRING_set(value, der, sizeof(der)) == 1) {
        extension = X509_EXTENSION_create_by_OBJ(NULL, kind, 1, value);
    }
    bool done = extension != NULL && X509_add_ext(cert, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    ASN1_OCTET_STRING_free(value);
    ASN1_OBJECT_free(kind);
    return done;
}

static bool set_names(X509 *cert, const char *domain)
{
    char name[NAME_SIZE];
    X509_NAME *subject = X509_get_subject_name(cert);
    (void)snprintf(name, sizeof(name), "DNS:%s", domain);
    /* A common name has at most 64 characters; the alternative name is what counts. */
    return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)"visavis",
                                      -1, -1, 0) == 1 &&
           X509_set_issuer_name(cert, subject) == 1 &&
           add_extension(cert, NID_subject_alt_name, name) &&
           add_extension(cert, NID_basic_constraints, "critical,CA:FALSE");
}

static bool set_times(X509 *cert, const struct certificate_wish *wish)
{
    time_t begin = (time_t)(wish->now_s - 3600); /* clocks differ */
    time_t end = (time_t)(wish->now_s + wish->lifetime_s);
    uint64_t serial = (uint64_t)wish->now_s;
    return ASN1_TIME_set(X509_getm_notBefore(cert), begin) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(cert), end) != NULL &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial) == 1;
}

MUST_USE enum err certificate_make(const struct p256_key *key, const struct certificate_wish *wish,
                                   struct buf *pem)
{
    enum err err = ERR_NOMEM;
    EVP_PKEY *pkey = p256_pkey(key);
    X509 *cert = X509_new();
    BIO *bio = open_memory();
    if (pkey != NULL && cert != NULL && bio != NULL && X509_set_version(cert, 2) == 1 &&
        set_times(cert, wish) && set_names(cert, wish->domain) &&
        (wish->challenge == NULL || add_challenge(cert, wish->challenge)) &&
        X509_set_pubkey(cert, pkey) == 1 && X509_sign(cert, pkey, EVP_sha256()) > 0 &&
        PEM_write_bio_X509(bio, cert) == 1) {
        err = take_bytes(bio, pem);
    }
    BIO_free(bio);
    X509_free(cert);
    EVP_PKEY_free(pkey);
    return err;
}

MUST_USE enum err certificate_write_key(const struct p256_key *key, struct buf *pem)
{
    enum err err = ERR_NOMEM;
    EVP_PKEY *pkey = p256_pkey(key);
    BIO *bio = open_memory();
    if (pkey != NULL && bio != NULL &&
        PEM_write_bio_PKCS8PrivateKey(bio, pkey, NULL, NULL, 0, NULL, NULL) == 1) {
        err = take_bytes(bio, pem);
    }
    BIO_free(bio);
    EVP_PKEY_free(pkey);
    return err;
}

MUST_USE enum err certificate_request(const struct p256_key *key, const char *domain,
                                      struct buf *der)
{
    char name[NAME_SIZE];
    unsigned char *bytes = NULL;
    int size = 0;
    enum err err = ERR_NOMEM;
    EVP_PKEY *pkey = p256_pkey(key);
    X509_REQ *request = X509_REQ_new();
    STACK_OF(X509_EXTENSION) *extensions = sk_X509_EXTENSION_new_null();
    (void)snprintf(name, sizeof(name), "DNS:%s", domain);
    X509_EXTENSION *names = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, name);
    if (extensions != NULL && names != NULL && sk_X509_EXTENSION_push(extensions, names) > 0) {
        names = NULL; /* the list has it */
        if (pkey != NULL && request != NULL && X509_REQ_set_version(request, 0) == 1 &&
            X509_REQ_add_extensions(request, extensions) == 1 &&
            X509_REQ_set_pubkey(request, pkey) == 1 &&
            X509_REQ_sign(request, pkey, EVP_sha256()) > 0) {
            size = i2d_X509_REQ(request, &bytes);
        }
    }
    if (size > 0) {
        err = buf_append(der, slice_from(bytes, (size_t)size));
    }
    OPENSSL_free(bytes);
    X509_EXTENSION_free(names);
    sk_X509_EXTENSION_pop_free(extensions, X509_EXTENSION_free);
    X509_REQ_free(request);
    EVP_PKEY_free(pkey);
    return err;
}

/* ---- reading ---- */

static BIO *open_bytes(struct slice bytes)
{
    return bytes.size > INT_MAX ? NULL : BIO_new_mem_buf(bytes.data, (int)bytes.size);
}

/* Nobody is asked for the password of an encrypted key. */
static int no_password(char *out, int size, int writing, void *arg)
{
    (void)out;
    (void)size;
    (void)writing;
    (void)arg;
    return -1;
}

MUST_USE enum err certificate_read_key(struct slice pem, struct p256_key *out)
{
    uint8_t secret[P256_SECRET_SIZE];
    char group[32] = "";
    BIGNUM *number = NULL;
    enum err err = ERR_INVALID;
    BIO *bio = open_bytes(pem);
    EVP_PKEY *pkey = bio == NULL ? NULL : PEM_read_bio_PrivateKey(bio, NULL, no_password, NULL);
    if (pkey != NULL && EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
        strcmp(group, "prime256v1") == 0 &&
        EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_PRIV_KEY, &number) == 1 &&
        BN_bn2binpad(number, secret, P256_SECRET_SIZE) == P256_SECRET_SIZE) {
        err = p256_load(secret, out);
    }
    mem_wipe(secret, sizeof(secret));
    BN_clear_free(number);
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    return err;
}

static bool read_time(const ASN1_TIME *time, int64_t *out)
{
    int days = 0;
    int seconds = 0;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool done = epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch, time) == 1;
    *out = (int64_t)days * 86400 + seconds;
    ASN1_TIME_free(epoch);
    return done;
}

static bool read_first(X509 *cert, EVP_PKEY *pkey, const char *domain, struct certificate *out)
{
    out->signs_itself = X509_NAME_cmp(X509_get_subject_name(cert), X509_get_issuer_name(cert)) == 0;
    return X509_check_private_key(cert, pkey) == 1 &&
           X509_check_host(cert, domain, strlen(domain), X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS,
                           NULL) == 1 &&
           read_time(X509_get0_notBefore(cert), &out->begins_s) &&
           read_time(X509_get0_notAfter(cert), &out->ends_s);
}

/* The certificates behind the first are read to the end. */
static bool read_others(BIO *bio)
{
    for (int i = 0; i < CHAIN_MAX; i++) {
        X509 *cert = PEM_read_bio_X509(bio, NULL, no_password, NULL);
        if (cert == NULL) {
            bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
            return at_end;
        }
        X509_free(cert);
    }
    return false;
}

MUST_USE enum err certificate_read(struct slice pem, const struct p256_key *key, const char *domain,
                                   struct certificate *out)
{
    BIO *bio = open_bytes(pem);
    EVP_PKEY *pkey = p256_pkey(key);
    X509 *first = bio == NULL ? NULL : PEM_read_bio_X509(bio, NULL, no_password, NULL);
    bool fits =
        first != NULL && pkey != NULL && read_first(first, pkey, domain, out) && read_others(bio);
    ERR_clear_error(); /* the end of the chain is one, too */
    X509_free(first);
    EVP_PKEY_free(pkey);
    BIO_free(bio);
    return fits ? OK : ERR_INVALID;
}
