/* SPDX-License-Identifier: Apache-2.0 */
/* Tests only: a folder with a certificate that signs itself, and its key. */
#ifndef NET_TESTCERT_H
#define NET_TESTCERT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "net/openssl.h"
#include "unit.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

struct testcert {
    char folder[64];
    char cert_path[96];
    char key_path[96];
};

static inline void testcert_write_pem(const char *path, X509 *cert, EVP_PKEY *key)
{
    FILE *file = fopen(path, "w");

    CHECK(file != NULL);
    CHECK(cert != NULL ? PEM_write_X509(file, cert) == 1
                       : PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL) == 1);
    CHECK(fclose(file) == 0);
}

/* Another one in the same files; without its key it belongs to none. */
static inline void testcert_write(const struct testcert *testcert, const char *name, bool with_key)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *cert = X509_new();

    CHECK(key != NULL && cert != NULL);
    X509_NAME *subject = X509_get_subject_name(cert);
    (void)X509_set_version(cert, 2);
    (void)ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    (void)X509_gmtime_adj(X509_getm_notBefore(cert), -60);
    (void)X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    (void)X509_set_pubkey(cert, key);
    (void)X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1,
                                     -1, 0);
    (void)X509_set_issuer_name(cert, subject);
    CHECK(X509_sign(cert, key, EVP_sha256()) > 0);
    testcert_write_pem(testcert->cert_path, cert, NULL);
    if (with_key) {
        testcert_write_pem(testcert->key_path, NULL, key);
    }
    X509_free(cert);
    EVP_PKEY_free(key);
}

static inline void testcert_make(struct testcert *testcert)
{
    const char *top = getenv("TMPDIR");

    (void)snprintf(testcert->folder, sizeof testcert->folder, "%s/tls_test.XXXXXX",
                   top == NULL || strlen(top) > 40 ? "/tmp" : top);
    CHECK(mkdtemp(testcert->folder) != NULL);
    (void)snprintf(testcert->cert_path, sizeof testcert->cert_path, "%s/cert", testcert->folder);
    (void)snprintf(testcert->key_path, sizeof testcert->key_path, "%s/key", testcert->folder);
    testcert_write(testcert, "first", true);
}

static inline void testcert_remove(const struct testcert *testcert)
{
    (void)unlink(testcert->cert_path);
    (void)unlink(testcert->key_path);
    (void)rmdir(testcert->folder);
}

#endif
