/* SPDX-License-Identifier: Apache-2.0 */
/* Who asks through a proxy. Each proxy adds the address that it has heard to X-Forwarded-For at the
 * right; what is left of the first address that is no proxy of ours anybody can have written. */
#ifndef NET_FORWARDED_H
#define NET_FORWARDED_H

#include "base/addr.h"
#include "net/http.h"

/* The nearest address that none of the proxies has, from the right; the leftmost one when all are
 * proxies. The port is 0. ERR_NOT_FOUND: the header is missing, or what stands there is no address
 * ("unknown", a name, garbage): then the proxy itself is all that is known. Pure. */
MUST_USE enum err forwarded_client(const struct http_proxies *proxies,
                                   const struct http_request *request, struct addr *out);

#endif
