/* SPDX-License-Identifier: Apache-2.0 */
/* TLS of the server side (OpenSSL 3): TLS 1.2 and 1.3, AEAD suites, tickets, ALPN http/1.1,
 * stun.turn and stun.nat-discovery. And DTLS 1.2 with the same certificate, for net/dtls. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include "base/err.h"
#include "base/slice.h"

struct tls_context;

/* Reads the certificate chain and the key (PEM). ERR_IO: a file cannot be read; ERR_INVALID: it is
 * no certificate, no key, or they do not belong together (the log says which). */
MUST_USE enum err tls_context_create(const char *cert_path, const char *key_path,
                                     struct tls_context **out);
void tls_context_destroy(struct tls_context *context);

/* Reads the files again; on an error the old ones stay in use. Open connections keep what they
 * have. */
MUST_USE enum err tls_context_reload(struct tls_context *context);

/* Who offers acme-tls/1 alone (RFC 8737) is shown this certificate and key (PEM, one text), and
 * the connection ends behind the handshake; empty: nobody is. Of the thread of the connections.
 * ERR_INVALID, ERR_NOMEM: nobody is. */
MUST_USE enum err tls_context_show_challenge(struct tls_context *context, struct slice pem);

#endif
