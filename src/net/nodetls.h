/* SPDX-License-Identifier: Apache-2.0 */
/* TLS between nodes: TLS 1.3 with a key that all of them have and nobody else (RFC 8446, 2.2, with
 * (EC)DHE). Either side is who it says only when the handshake ends; no certificate is asked for
 * or taken, nothing is early data, so nothing can be replayed. */
#ifndef NET_NODETLS_H
#define NET_NODETLS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "net/tls.h"

#define NODETLS_KEY_SIZE 32

/* For the listening or for the calling side; ended by tls_context_destroy. The key is copied, and
 * wiped with it. ERR_NOMEM. */
MUST_USE enum err nodetls_create(const uint8_t key[NODETLS_KEY_SIZE], bool calls,
                                 struct tls_context **out);

#endif
