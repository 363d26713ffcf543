/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/password.h"

#include <sodium.h>
#include <string.h>

/* 19 MiB and 2 passes: the smallest setting for argon2id in the OWASP sheet of 2023. */
enum { PASSES = 2, MEMORY_BYTES = 19 * 1024 * 1024 };

/* A well-formed hash with the same cost and of no password, for users who do not exist. */
static const char nobody[] = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA"
                             "$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/* libsodium must not see NULL, not even for no bytes. */
static const char *text_of(struct slice password)
{
    return password.size == 0 ? "" : (const char *)password.data;
}

enum err password_hash(struct slice password, char out[PASSWORD_TEXT_SIZE])
{
    char text[crypto_pwhash_argon2id_STRBYTES] = "";

    _Static_assert(PASSWORD_TEXT_SIZE > crypto_pwhash_argon2id_STRBYTES, "the text must fit");
    if (crypto_pwhash_argon2id_str(text, text_of(password), password.size, PASSES, MEMORY_BYTES) !=
        0) {
        return ERR_NOMEM;
    }
    memset(out, 0, PASSWORD_TEXT_SIZE);
    memcpy(out, text, sizeof text);
    return OK;
}

bool password_verify(struct slice password, const char *hash)
{
    bool known = hash != NULL && hash[0] != '\0';

    if (known && strlen(hash) >= crypto_pwhash_argon2id_STRBYTES) {
        return false;
    }
    return crypto_pwhash_argon2id_str_verify(known ? hash : nobody, text_of(password),
                                             password.size) == 0 &&
           known;
}
