/* SPDX-License-Identifier: Apache-2.0 */
/* Certificates on the curve P-256: such as sign themselves, requests for those of an authority
 * (RFC 2986), and what a chain says. Any thread. */
#ifndef CRYPTO_CERTIFICATE_H
#define CRYPTO_CERTIFICATE_H

#include <stdbool.h>

#include "base/buf.h"
#include "crypto/p256.h"

#define CERTIFICATE_PEM_MAX 65536 /* bytes of a chain with all its certificates */

struct certificate_wish {
    const char *domain;
    int64_t now_s;
    int64_t lifetime_s;
    /* SHA-256 of a key authorization (RFC 8737 section 3), or NULL. */
    const uint8_t *challenge;
};

/* Appends a certificate (PEM) that signs itself. ERR_NOMEM, ERR_LIMIT. */
MUST_USE enum err certificate_make(const struct p256_key *key, const struct certificate_wish *wish,
                                   struct buf *pem);

/* Appends the secret key (PEM, PKCS #8); ERR_NOMEM, ERR_LIMIT. */
MUST_USE enum err certificate_write_key(const struct p256_key *key, struct buf *pem);
/* ERR_INVALID: no key, or one of another kind. */
MUST_USE enum err certificate_read_key(struct slice pem, struct p256_key *out);

/* Appends a request (DER) for a certificate of `domain`. ERR_NOMEM, ERR_LIMIT. */
MUST_USE enum err certificate_request(const struct p256_key *key, const char *domain,
                                      struct buf *der);

struct certificate {
    int64_t begins_s; /* Unix time */
    int64_t ends_s;
    bool signs_itself;
};

/* What the first certificate of a chain (PEM) says, when it is one of `domain` and `key`, and each
 * further one can be read too. ERR_INVALID: it is not. */
MUST_USE enum err certificate_read(struct slice pem, const struct p256_key *key, const char *domain,
                                   struct certificate *out);

#endif
