/* SPDX-License-Identifier: Apache-2.0 */
#ifndef NET_TLS_INTERNAL_H
#define NET_TLS_INTERNAL_H

#include "net/openssl.h"
#include "net/conn.h"
#include "net/tls.h"

/* The server side of a connection whose bytes go through conn_take_cipher and conn_put_cipher.
 * NULL: no memory. Owned by the caller. */
SSL *tls_open(struct tls_context *context, struct conn *conn);

#endif
