/* SPDX-License-Identifier: Apache-2.0 */
#include "server/acmejws.h"

#include <stdio.h>

#include "base/mem.h"
#include "base/text.h"
#include "crypto/digest.h"

#define PART_MAX 8192
#define HALF_SIZE 32
#define JWK_SIZE 160

/* With its members in the order of RFC 7638 section 3.2, so that it serves for thumbprints too. */
static void write_jwk(const struct p256_key *key, char out[JWK_SIZE])
{
    char x[TEXT_BASE64URL_SIZE(HALF_SIZE) + 1];
    char y[TEXT_BASE64URL_SIZE(HALF_SIZE) + 1];
    text_base64url(slice_from(key->point + 1, HALF_SIZE), x);
    text_base64url(slice_from(key->point + 1 + HALF_SIZE, HALF_SIZE), y);
    (void)snprintf(out, JWK_SIZE, "{\"crv\":\"P-256\",\"kty\":\"EC\",\"x\":\"%s\",\"y\":\"%s\"}", x,
                   y);
}

void acmejws_challenge(const struct p256_key *key, const char *token, uint8_t digest[32])
{
    char jwk[JWK_SIZE];
    uint8_t print[32];
    char print_text[TEXT_BASE64URL_SIZE(32) + 1];
    char authorization[256];
    write_jwk(key, jwk);
    digest_sha256(slice_text(jwk), print);
    text_base64url(slice_from(print, sizeof(print)), print_text);
    (void)snprintf(authorization, sizeof(authorization), "%s.%s", token, print_text);
    digest_sha256(slice_text(authorization), digest);
}

static enum err append_base64url(struct buf *out, struct slice bytes)
{
    uint8_t *to = NULL;
    size_t size = TEXT_BASE64URL_SIZE(bytes.size);
    enum err err = buf_reserve(out, size + 1, &to);
    if (err == OK) {
        text_base64url(bytes, (char *)to);
        buf_commit(out, size);
    }
    return err;
}

static enum err write_head(const struct acmejws *jws, struct buf *head)
{
    char jwk[JWK_SIZE];
    enum err err = buf_append_text(head, "{\"alg\":\"ES256\",");
    if (err == OK && jws->account[0] == '\0') {
        write_jwk(jws->key, jwk);
        err = buf_printf(head, "\"jwk\":%s", jwk);
    } else if (err == OK) {
        err = buf_printf(head, "\"kid\":\"%s\"", jws->account);
    }
    return err == OK ? buf_printf(head, ",\"nonce\":\"%s\",\"url\":\"%s\"}", jws->nonce, jws->url)
                     : err;
}

MUST_USE enum err acmejws_write(const struct acmejws *jws, struct buf *out)
{
    struct buf head;
    struct buf text; /* what is signed: head and payload, with a dot between */
    uint8_t signature[P256_SIGNATURE_SIZE];
    char signature_text[TEXT_BASE64URL_SIZE(P256_SIGNATURE_SIZE) + 1];
    size_t dot = 0;
    buf_init(&head, PART_MAX);
    buf_init(&text, 2 * PART_MAX);
    enum err err = write_head(jws, &head);
    err = err == OK ? append_base64url(&text, buf_slice(&head)) : err;
    dot = text.size;
    err = err == OK ? buf_append_byte(&text, '.') : err;
    err = err == OK && jws->payload.size > 0 ? append_base64url(&text, jws->payload) : err;
    err = err == OK ? p256_sign(jws->key, buf_slice(&text), signature) : err;
    if (err == OK) {
        text_base64url(slice_from(signature, sizeof(signature)), signature_text);
        err = buf_printf(out, "{\"protected\":\"%.*s\",\"payload\":\"%.*s\",\"signature\":\"%s\"}",
                         (int)dot, (const char *)text.data, (int)(text.size - dot - 1),
                         (const char *)text.data + dot + 1, signature_text);
    }
    buf_fini(&head);
    buf_fini(&text);
    return err;
}
