/* SPDX-License-Identifier: Apache-2.0 */
/* The signed requests of ACME (RFC 8555 section 6.2): flattened JSON Web Signatures with ES256. */
#ifndef SERVER_ACMEJWS_H
#define SERVER_ACMEJWS_H

#include "base/buf.h"
#include "crypto/p256.h"

struct acmejws {
    const struct p256_key *key;
    const char *account; /* its URL; "": none yet, the key itself is sent */
    const char *url;
    const char *nonce;
    struct slice payload; /* JSON; empty: POST-as-GET */
};

/* Appends the body. The texts are checked ones (server/acmeanswer.h). ERR_NOMEM, ERR_LIMIT. */
MUST_USE enum err acmejws_write(const struct acmejws *jws, struct buf *out);

/* SHA-256 of the key authorization of a token (RFC 8555 section 8.1). */
void acmejws_challenge(const struct p256_key *key, const char *token, uint8_t digest[32]);

#endif
