/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tls.h"

#include <limits.h>
#include <string.h>
#include "base/log.h"
#include "base/mem.h"
#include "net/tls_internal.h"

enum { TICKET_KEYS_SIZE = 80 };

#define CHALLENGE_PROTOCOL "acme-tls/1"

/* ---- the BIO: OpenSSL reads and writes the buffers of the connection itself ---- */

static int bio_read(BIO *bio, char *out, size_t size, size_t *count)
{
    *count = conn_take_cipher(BIO_get_data(bio), (uint8_t *)out, size);
    BIO_clear_retry_flags(bio);
    if (*count == 0) {
        BIO_set_retry_read(bio);
        return 0;
    }
    return 1;
}

static int bio_write(BIO *bio, const char *data, size_t size, size_t *count)
{
    BIO_clear_retry_flags(bio);
    if (conn_put_cipher(BIO_get_data(bio), slice_from(data, size)) != OK) {
        *count = 0;
        return 0;
    }
    *count = size;
    return 1;
}

static long bio_control(BIO *bio, int command, long number, void *pointer)
{
    (void)bio;
    (void)number;
    (void)pointer;
    return command == BIO_CTRL_FLUSH ? 1 : 0;
}

static BIO_METHOD *bio_method(void)
{
    /* Made once and kept for the life of the program. Contexts are made by one thread. */
    static BIO_METHOD *method;

    if (method == NULL) {
        method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "conn");
        if (method != NULL) {
            (void)BIO_meth_set_read_ex(method, bio_read);
            (void)BIO_meth_set_write_ex(method, bio_write);
            (void)BIO_meth_set_ctrl(method, bio_control);
        }
    }
    return method;
}

bool tls_prepare(void)
{
    return bio_method() != NULL;
}

SSL *tls_open(struct tls_context *context, struct conn *conn)
{
    SSL *ssl = SSL_new(context->ssl);
    BIO *bio = ssl == NULL ? NULL : BIO_new(bio_method());

    if (bio == NULL) {
        SSL_free(ssl);
        return NULL;
    }
    BIO_set_data(bio, conn);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio); /* takes the reference */
    if (context->calls) {
        SSL_set_connect_state(ssl);
    } else {
        SSL_set_accept_state(ssl);
    }
    return ssl;
}

void tls_move(SSL *ssl, struct conn *conn)
{
    BIO_set_data(SSL_get_rbio(ssl), conn);
}

enum tls_protocol tls_protocol(const SSL *ssl)
{
    const unsigned char *name = NULL;
    unsigned size = 0;

    SSL_get0_alpn_selected(ssl, &name, &size);
    if (size == 0) {
        return TLS_PROTOCOL_NONE;
    }
    if (slice_equal(slice_from(name, size), SLICE(CHALLENGE_PROTOCOL))) {
        return TLS_PROTOCOL_CHALLENGE;
    }
    return slice_equal(slice_from(name, size), SLICE("http/1.1")) ? TLS_PROTOCOL_HTTP
                                                                  : TLS_PROTOCOL_STUN;
}

/* RFC 7301: http/1.1, those of RFC 7443, or, when none of them is among what is offered, an alert.
 */
static int on_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_size,
                   const unsigned char *in, unsigned in_size, void *arg)
{
    /* Who knows those of RFC 7443 wants them, though clients of TURN may offer HTTP too. */
    static const unsigned char ours[] = "\x09stun.turn"
                                        "\x12stun.nat-discovery"
                                        "\x08http/1.1";
    const unsigned http_size = 9;
    unsigned char *chosen = NULL;
    unsigned ours_size = sizeof ours - 1 - (SSL_is_dtls(ssl) ? http_size : 0);

    (void)arg;
    if (SSL_select_next_proto(&chosen, out_size, ours, ours_size, in, in_size) !=
        OPENSSL_NPN_NEGOTIATED) {
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    }
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* ---- who looks whether this host is ours (RFC 8737) ---- */

static int on_challenge_alpn(SSL *ssl, const unsigned char **out, unsigned char *out_size,
                             const unsigned char *in, unsigned in_size, void *arg)
{
    (void)ssl;
    (void)in_size;
    (void)arg;
    *out = in + 1; /* on_hello has seen that it is the only one */
    *out_size = sizeof CHALLENGE_PROTOCOL - 1;
    return SSL_TLSEXT_ERR_OK;
}

/* The certificate is chosen before the protocol, so the list of protocols is looked at first. */
static int on_hello(SSL *ssl, int *alert, void *arg)
{
    static const unsigned char only[] = "\x00\x0b\x0a" CHALLENGE_PROTOCOL;
    const struct tls_context *context = arg;
    const unsigned char *list = NULL;
    size_t size = 0;

    (void)alert;
    if (context->challenge != NULL &&
        SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_application_layer_protocol_negotiation, &list,
                                  &size) == 1 &&
        slice_equal(slice_from(list, size), slice_from(only, sizeof only - 1))) {
        (void)SSL_set_SSL_CTX(ssl, context->challenge);
    }
    return SSL_CLIENT_HELLO_SUCCESS;
}

static bool use_pem(SSL_CTX *ssl, struct slice pem)
{
    BIO *first = BIO_new_mem_buf(pem.data, (int)pem.size);
    BIO *second = BIO_new_mem_buf(pem.data, (int)pem.size);
    X509 *cert = first == NULL ? NULL : PEM_read_bio_X509(first, NULL, NULL, NULL);
    EVP_PKEY *key = second == NULL ? NULL : PEM_read_bio_PrivateKey(second, NULL, NULL, NULL);
    bool used = cert != NULL && key != NULL && SSL_CTX_use_certificate(ssl, cert) == 1 &&
                SSL_CTX_use_PrivateKey(ssl, key) == 1;

    EVP_PKEY_free(key);
    X509_free(cert);
    BIO_free(second);
    BIO_free(first);
    return used;
}

enum err tls_context_show_challenge(struct tls_context *context, struct slice pem)
{
    SSL_CTX *ssl = NULL;

    SSL_CTX_free(context->challenge);
    context->challenge = NULL;
    if (pem.size == 0) {
        return OK;
    }
    if (pem.size > INT_MAX || (ssl = SSL_CTX_new(TLS_server_method())) == NULL) {
        return ERR_NOMEM;
    }
    if (!use_pem(ssl, pem)) {
        SSL_CTX_free(ssl);
        return ERR_INVALID;
    }
    SSL_CTX_set_alpn_select_cb(ssl, on_challenge_alpn, NULL);
    (void)SSL_CTX_set_session_id_context(ssl, (const unsigned char *)"visavis", 7);
    context->challenge = ssl;
    return OK;
}

/* ---- contexts ---- */

static enum err load(SSL_CTX *ssl, const char *cert_path, const char *key_path)
{
    const char *cause = NULL;

    ERR_clear_error();
    if (SSL_CTX_use_certificate_chain_file(ssl, cert_path) != 1) {
        cause = "certificate";
    } else if (SSL_CTX_use_PrivateKey_file(ssl, key_path, SSL_FILETYPE_PEM) != 1) {
        cause = "key";
    } else if (SSL_CTX_check_private_key(ssl) != 1) {
        cause = "key of another certificate";
    }
    if (cause != NULL) {
        unsigned long code = ERR_peek_error();
        bool unreadable = ERR_SYSTEM_ERROR(code) || ERR_GET_LIB(code) == ERR_LIB_SYS;

        log_error("tls refused", "cause=\"%s\" cert=%s key=%s error=\"%s\"", cause, cert_path,
                  key_path, code == 0 ? "" : ERR_reason_error_string(code));
        return unreadable ? ERR_IO : ERR_INVALID;
    }
    return OK;
}

static enum err make(const char *cert_path, const char *key_path, bool datagrams, SSL_CTX **out)
{
    SSL_CTX *ssl = SSL_CTX_new(datagrams ? DTLS_server_method() : TLS_server_method());
    enum err err = OK;

    *out = NULL;
    if (ssl == NULL || bio_method() == NULL) {
        SSL_CTX_free(ssl);
        return ERR_NOMEM;
    }
    (void)SSL_CTX_set_min_proto_version(ssl, datagrams ? DTLS1_2_VERSION : TLS1_2_VERSION);
    /* 128 bits first: enough (RFC 9325 section 4.2), and cheaper for each byte than 256. */
    (void)SSL_CTX_set_cipher_list(ssl, datagrams
                                           ? "ECDHE+AES128+AESGCM:ECDHE+AESGCM"
                                           : "ECDHE+AES128+AESGCM:ECDHE+AESGCM:ECDHE+CHACHA20");
    (void)SSL_CTX_set_ciphersuites(ssl, "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:"
                                        "TLS_CHACHA20_POLY1305_SHA256");
    (void)SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                       SSL_OP_PRIORITIZE_CHACHA | SSL_OP_NO_COMPRESSION);
    if (datagrams) {
        /* Its buffers stay: nothing is allocated for a datagram. Nobody comes back with a session.
         */
        (void)SSL_CTX_set_options(ssl, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET);
        SSL_CTX_set_cookie_generate_cb(ssl, dtls_make_cookie);
        SSL_CTX_set_cookie_verify_cb(ssl, dtls_check_cookie);
    } else {
        (void)SSL_CTX_set_mode(ssl, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                        SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    }
    /* Tickets carry the session; nothing is kept here for a stranger. */
    (void)SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_session_id_context(ssl, (const unsigned char *)"visavis", 7);
    (void)SSL_CTX_set_num_tickets(ssl, 1);
    SSL_CTX_set_alpn_select_cb(ssl, on_alpn, NULL);
    err = load(ssl, cert_path, key_path);
    if (err != OK) {
        SSL_CTX_free(ssl);
        return err;
    }
    *out = ssl;
    return OK;
}

static char *copy_text(const char *text)
{
    char *copy = mem_alloc(strlen(text) + 1);

    if (copy != NULL) {
        memcpy(copy, text, strlen(text) + 1);
    }
    return copy;
}

/* Both contexts from the files as they are now. */
static enum err make_both(struct tls_context *context, SSL_CTX **ssl, SSL_CTX **dtls)
{
    enum err err = make(context->cert_path, context->key_path, false, ssl);

    if (err == OK) {
        SSL_CTX_set_client_hello_cb(*ssl, on_hello, context);
    }
    *dtls = NULL;
    err = err == OK ? make(context->cert_path, context->key_path, true, dtls) : err;
    if (err != OK) {
        SSL_CTX_free(*ssl);
        *ssl = NULL;
    }
    return err;
}

enum err tls_context_create(const char *cert_path, const char *key_path, struct tls_context **out)
{
    struct tls_context *context = mem_alloc(sizeof *context);
    enum err err = ERR_NOMEM;

    *out = NULL;
    if (context == NULL || uv_mutex_init(&context->lock) != 0) {
        mem_free(context);
        return ERR_NOMEM;
    }
    context->cert_path = copy_text(cert_path);
    context->key_path = copy_text(key_path);
    if (context->cert_path != NULL && context->key_path != NULL) {
        err = make_both(context, &context->ssl, &context->dtls);
    }
    if (err != OK) {
        tls_context_destroy(context);
        return err;
    }
    *out = context;
    return OK;
}

void tls_context_destroy(struct tls_context *context)
{
    if (context == NULL) {
        return;
    }
    SSL_CTX_free(context->ssl);
    SSL_CTX_free(context->dtls);
    SSL_CTX_free(context->challenge);
    uv_mutex_destroy(&context->lock);
    mem_wipe(context->node_key, sizeof context->node_key);
    mem_free(context->cert_path);
    mem_free(context->key_path);
    mem_free(context);
}

enum err tls_context_reload(struct tls_context *context)
{
    unsigned char keys[TICKET_KEYS_SIZE];
    SSL_CTX *ssl = NULL;
    SSL_CTX *dtls = NULL;
    enum err err = make_both(context, &ssl, &dtls);

    if (err != OK) {
        return err;
    }
    /* With the same keys the tickets of today's clients stay good. */
    if (SSL_CTX_get_tlsext_ticket_keys(context->ssl, keys, sizeof keys) == 1) {
        (void)SSL_CTX_set_tlsext_ticket_keys(ssl, keys, sizeof keys);
    }
    mem_wipe(keys, sizeof keys);
    SSL_CTX_free(context->ssl);
    context->ssl = ssl;
    uv_mutex_lock(&context->lock);
    SSL_CTX_free(context->dtls);
    context->dtls = dtls;
    uv_mutex_unlock(&context->lock);
    return OK;
}

/* ---- datagrams ---- */

SSL *tls_open_datagrams(struct tls_context *context)
{
    uv_mutex_lock(&context->lock);
    SSL *ssl = SSL_new(context->dtls);
    uv_mutex_unlock(&context->lock);
    return ssl;
}

bool tls_is_current(struct tls_context *context, const SSL *ssl)
{
    uv_mutex_lock(&context->lock);
    bool current = SSL_get_SSL_CTX(ssl) == context->dtls;
    uv_mutex_unlock(&context->lock);
    return current;
}
