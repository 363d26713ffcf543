/* SPDX-License-Identifier: Apache-2.0 */
/* What an ACME server answers (RFC 8555 section 7.1), read from JSON. It is input of a stranger:
 * sizes are checked, and each URL must be of the server itself. Pure. */
#ifndef SERVER_ACMEANSWER_H
#define SERVER_ACMEANSWER_H

#include "base/err.h"
#include "base/slice.h"

#define ACME_URL_SIZE 512
#define ACME_TOKEN_SIZE 129
#define ACME_BODY_MAX 65536

enum acme_status {
    ACME_PENDING,
    ACME_READY,
    ACME_PROCESSING,
    ACME_VALID,
    ACME_INVALID, /* also revoked, expired, deactivated: it will not become valid any more */
};

/* RFC 7807; "" where there is none. Clean text of one line. */
struct acme_problem {
    char type[64]; /* without urn:ietf:params:acme:error: */
    char detail[256];
};

struct acme_directory {
    char new_nonce[ACME_URL_SIZE];
    char new_account[ACME_URL_SIZE];
    char new_order[ACME_URL_SIZE];
};

struct acme_order {
    enum acme_status status;
    char authorization[ACME_URL_SIZE]; /* the only one: one name is asked for */
    char finalize[ACME_URL_SIZE];
    char certificate[ACME_URL_SIZE]; /* "": not yet */
    struct acme_problem problem;
};

struct acme_authorization {
    enum acme_status status;
    char url[ACME_URL_SIZE]; /* of the challenge tls-alpn-01; "": it is not offered */
    char token[ACME_TOKEN_SIZE];
    struct acme_problem problem; /* of that challenge */
};

/* `base`: the URL of the directory; what is of another host or scheme is refused. */
bool acmeanswer_is_url(const char *url, const char *base);
/* Base64url, as nonces and tokens are; at most ACME_TOKEN_SIZE - 1. */
bool acmeanswer_is_token(const char *text);

/* ERR_INVALID: it is not what RFC 8555 says. ERR_NOMEM. */
MUST_USE enum err acmeanswer_directory(struct slice body, const char *base,
                                       struct acme_directory *out);
MUST_USE enum err acmeanswer_order(struct slice body, const char *base, struct acme_order *out);
MUST_USE enum err acmeanswer_authorization(struct slice body, const char *base,
                                           struct acme_authorization *out);
/* Whatever the body is, *out is filled. */
void acmeanswer_problem(struct slice body, struct acme_problem *out);

#endif
