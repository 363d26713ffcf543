/* SPDX-License-Identifier: Apache-2.0 */
#include "net/nodetls.h"

#include <string.h>

#include "base/mem.h"
#include "net/tls_internal.h"

static const unsigned char identity[] = "visavis node";

/* The session that stands for the key: of the suite with SHA-256, as its 32 bytes. */
static SSL_SESSION *make_session(SSL *ssl)
{
    static const unsigned char suite[] = {0x13, 0x01}; /* TLS_AES_128_GCM_SHA256 */
    const struct tls_context *context = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const SSL_CIPHER *cipher = SSL_CIPHER_find(ssl, suite);
    SSL_SESSION *session = cipher == NULL ? NULL : SSL_SESSION_new();

    if (session != NULL &&
        (SSL_SESSION_set1_master_key(session, context->node_key, NODETLS_KEY_SIZE) != 1 ||
         SSL_SESSION_set_cipher(session, cipher) != 1 ||
         SSL_SESSION_set_protocol_version(session, TLS1_3_VERSION) != 1)) {
        SSL_SESSION_free(session);
        session = NULL;
    }
    return session;
}

static int on_find(SSL *ssl, const unsigned char *name, size_t size, SSL_SESSION **out)
{
    bool known = slice_equal(slice_from(name, size), slice_from(identity, sizeof identity - 1));

    *out = known ? make_session(ssl) : NULL;
    return !known || *out != NULL; /* 1 without a session: the key is not taken */
}

static int on_use(SSL *ssl, const EVP_MD *digest, const unsigned char **name, size_t *size,
                  SSL_SESSION **out)
{
    (void)digest; /* the only suite has the right one */
    *name = identity;
    *size = sizeof identity - 1;
    *out = make_session(ssl);
    return *out != NULL;
}

static SSL_CTX *make(struct tls_context *context, bool calls)
{
    SSL_CTX *ssl = SSL_CTX_new(calls ? TLS_client_method() : TLS_server_method());

    if (ssl == NULL) {
        return NULL;
    }
    (void)SSL_CTX_set_app_data(ssl, context);
    (void)SSL_CTX_set_min_proto_version(ssl, TLS1_3_VERSION);
    (void)SSL_CTX_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256");
    (void)SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                    SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    (void)SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_num_tickets(ssl, 0);
    if (calls) {
        /* Who shows a certificate instead is verified, and nothing is trusted. */
        SSL_CTX_set_verify(ssl, SSL_VERIFY_PEER, NULL);
        SSL_CTX_set_psk_use_session_callback(ssl, on_use);
    } else {
        SSL_CTX_set_psk_find_session_callback(ssl, on_find);
    }
    return ssl;
}

MUST_USE enum err nodetls_create(const uint8_t key[NODETLS_KEY_SIZE], bool calls,
                                 struct tls_context **out)
{
    struct tls_context *context = mem_alloc(sizeof *context);

    *out = NULL;
    if (context == NULL || uv_mutex_init(&context->lock) != 0) {
        mem_free(context);
        return ERR_NOMEM;
    }
    memcpy(context->node_key, key, NODETLS_KEY_SIZE);
    context->calls = calls;
    context->ssl = make(context, calls);
    if (context->ssl == NULL || !tls_prepare()) {
        tls_context_destroy(context);
        return ERR_NOMEM;
    }
    *out = context;
    return OK;
}
