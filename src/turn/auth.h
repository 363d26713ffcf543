/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks: the long-term credentials of RFC 8489 section 9.2, with MD5 and SHA-256 as password
 * algorithms, MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256, USERNAME and USERHASH. */
#ifndef TURN_AUTH_H
#define TURN_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "turn/credential.h"
#include "turn/nonce.h"
#include "turn/userhash.h"
#include "wire/stun.h"

enum auth_algorithm { AUTH_MD5 = 1, AUTH_SHA256 = 2 }; /* RFC 8489 section 18.5 */

/* The key of a name, prepared for the integrity attribute that its client uses. */
struct auth_key {
    union {
        struct hmac_sha1_key sha1;
        struct hmac_sha256_key sha256;
    } hmac;
    bool is_sha256;    /* MESSAGE-INTEGRITY-SHA256 */
    uint8_t algorithm; /* enum auth_algorithm */
};

/* What is the same for all requests. Its owner fills it in. */
struct auth {
    struct slice realm;
    struct credential_secrets secrets;
    struct hmac_sha256_key nonce_key;
    struct userhash *names; /* NULL: USERHASH is not offered */
    uint32_t credential_max_s;
};

/* A name that has been verified before, with its key: that of the client's allocation. */
struct auth_known {
    struct slice name;
    const struct auth_key *key;
};

/* Who it is, when auth_check returns 0. The slices point into the message or into names. */
struct auth_result {
    struct slice name;
    struct credential_name parts;
    struct auth_key key;
    bool same; /* the name of `known` */
};

/* 0: the request is from who has the password. Otherwise the error code of the answer: 400, 401 or
 * 438. `known` may be NULL; a known name is good as long as its allocation lives, any other must
 * not have expired. */
int auth_check(const struct auth *auth, const struct stun_message *request,
               const struct addr *client, const struct auth_known *known, uint32_t now_s,
               uint64_t wall_s, struct auth_result *out);

/* REALM, NONCE and, if `features` says so, PASSWORD-ALGORITHMS: for a 401 or 438. */
void auth_put_challenge(const struct auth *auth, struct stun_writer *writer,
                        const struct addr *client, uint32_t now_s, uint32_t features);

/* Which security features are offered. */
uint32_t auth_features(const struct auth *auth);

/* Signs an answer. */
void auth_put_integrity(struct stun_writer *writer, const struct auth_key *key);

#endif
