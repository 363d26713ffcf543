/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses of a name for a loop: the resolver of the system blocks, so a thread asks it. */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include "net/dial.h"

#define RESOLVE_ADDRESSES_MAX 8
#define RESOLVE_NAME_MAX 255

struct resolve;

/* dial_resolve, or in a test what stands for it. */
typedef uint32_t (*resolve_function)(const char *host, uint16_t port, struct addr *out,
                                     uint32_t count_max);

/* Begins one. Its thread may do what the calling one may (net/confine.h). ERR_NOMEM; ERR_INVALID:
 * the name is longer than RESOLVE_NAME_MAX. */
MUST_USE enum err resolve_start(resolve_function ask, const char *host, uint16_t port,
                                struct resolve **out);

/* True: it has ended, and is freed. `out` has room for RESOLVE_ADDRESSES_MAX; *count 0: there is no
 * such name, or the resolver does not say. */
MUST_USE bool resolve_hear(struct resolve *resolve, struct addr *out, uint32_t *count);

/* Nobody waits for it any more; NULL is accepted. Never blocks: a resolver that hangs keeps its
 * thread until it gives up. */
void resolve_drop(struct resolve *resolve);

#endif
