/* SPDX-License-Identifier: Apache-2.0 */
/* The names that were issued, by their USERHASH: SHA-256 over name and realm, RFC 8489 section
 * 14.4. Needed only where a client does not send its name in clear. */
#ifndef TURN_USERHASH_H
#define TURN_USERHASH_H

#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define USERHASH_SIZE 32

struct userhash;

/* At most `count_max` names, owned by the caller. ERR_NOMEM. */
MUST_USE enum err userhash_create(uint32_t count_max, struct slice realm, struct userhash **out);
void userhash_destroy(struct userhash *names);

/* Keeps a copy of `name` until `expiry_s`; one that is known stays as it is. ERR_LIMIT, ERR_NOMEM,
 * ERR_INVALID: longer than a name may be. */
MUST_USE enum err userhash_add(struct userhash *names, struct slice name, uint64_t expiry_s);

/* The name, valid until the next userhash_sweep; the empty slice: unknown. */
struct slice userhash_find(const struct userhash *names, struct slice hash);

/* Forgets names that expired before `wall_s`. */
void userhash_sweep(struct userhash *names, uint64_t wall_s);

#endif
