/* SPDX-License-Identifier: Apache-2.0 */
/* Names and passwords that work for a time and a call and are kept nowhere: the password is an
 * HMAC over the name (draft-uberti-behave-turn-rest), which is `expiry:user:call`. */
#ifndef TURN_CREDENTIAL_H
#define TURN_CREDENTIAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "crypto/hmac.h"

#define CREDENTIAL_USER_SIZE_MAX 48
#define CREDENTIAL_CALL_SIZE_MAX 48
#define CREDENTIAL_NAME_SIZE_MAX 128
#define CREDENTIAL_PASSWORD_SIZE 28 /* base64 of an HMAC-SHA1 */
#define CREDENTIAL_SLACK_S 60       /* clocks of nodes may differ by this */

/* The present secret and the one before it, prepared; `count` 1 or 2. */
struct credential_secrets {
    struct hmac_sha1_key keys[2];
    uint32_t count;
};

/* Prepares `current` and, unless it is empty, `previous`. */
void credential_secrets_init(struct credential_secrets *secrets, struct slice current,
                             struct slice previous);

/* What a browser is given. */
struct credential {
    char name[CREDENTIAL_NAME_SIZE_MAX + 1];
    char password[CREDENTIAL_PASSWORD_SIZE + 1];
};

/* Issues by the present secret. ERR_INVALID: `user` or `call` is empty, too long or has a ':'. */
MUST_USE enum err credential_issue(const struct credential_secrets *secrets, uint64_t expiry_s,
                                   struct slice user, struct slice call, struct credential *out);

/* The parts of a name; the slices point into it. */
struct credential_name {
    uint64_t expiry_s;
    struct slice user;
    struct slice call;
};

/* ERR_INVALID: not `expiry:user:call`. */
MUST_USE enum err credential_parse(struct slice name, struct credential_name *out);

/* The password of `name` under the secret numbered `index`. */
void credential_password(const struct credential_secrets *secrets, uint32_t index,
                         struct slice name, char out[CREDENTIAL_PASSWORD_SIZE + 1]);

#endif
