/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TLS_INTERNAL_H
#define NET_TLS_INTERNAL_H

#include "net/openssl.h"
#include "net/conn.h"
#include "net/nodetls.h"
#include "net/tls.h"

struct tls_context {
    SSL_CTX *ssl;       /* connections hold their own reference */
    SSL_CTX *challenge; /* for those of an authority that looks; NULL: none is expected */
    SSL_CTX *dtls;      /* the same for datagrams; workers take it under the lock */
    uv_mutex_t lock;    /* around the pointer `dtls` */
    char *cert_path;
    char *key_path;
    bool calls; /* it is the side that connects: net/nodetls.h */
    uint8_t node_key[NODETLS_KEY_SIZE];
};

/* What all connections need, before the first one. False: no memory. */
bool tls_prepare(void);

/* Our side, as the context says, of a connection whose bytes go through conn_take_cipher and
 * conn_put_cipher. NULL: no memory. Owned by the caller. */
SSL *tls_open(struct tls_context *context, struct conn *conn);

/* From now on its bytes go through `conn`, on whatever thread that is. */
void tls_move(SSL *ssl, struct conn *conn);

/* The server side of a DTLS association, without a BIO; NULL: no memory. Owned by the caller. Any
 * thread. */
SSL *tls_open_datagrams(struct tls_context *context);
/* Whether it has the certificate that is in use now. Any thread. */
bool tls_is_current(struct tls_context *context, const SSL *ssl);

/* net/dtls.c: the cookies of those who came by datagrams. */
int dtls_make_cookie(SSL *ssl, unsigned char *out, unsigned *size);
int dtls_check_cookie(SSL *ssl, const unsigned char *cookie, unsigned size);

/* What was agreed upon by ALPN (RFC 7301, RFC 7443); NONE: nothing, as with browsers and TURN.
 * CHALLENGE: RFC 8737, nothing may follow. */
enum tls_protocol {
    TLS_PROTOCOL_NONE,
    TLS_PROTOCOL_HTTP,
    TLS_PROTOCOL_STUN,
    TLS_PROTOCOL_CHALLENGE,
};
enum tls_protocol tls_protocol(const SSL *ssl);

#endif
