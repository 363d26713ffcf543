/* SPDX-License-Identifier: Apache-2.0 */
/* How many connections there are, in all and of each address: one IPv4 address, one /64 of IPv6.
 * Any thread: loops may share it, so that a limit holds for all of them together. */
#ifndef NET_SOURCES_H
#define NET_SOURCES_H

#include <stdint.h>
#include "base/addr.h"

struct sources;
struct source;

/* Of at most `count_max` connections. ERR_NOMEM. */
MUST_USE enum err sources_create(uint32_t count_max, struct sources **out);
void sources_destroy(struct sources *sources); /* NULL is accepted */

/* One more of this address. ERR_LIMIT: it has `each_max` already; ERR_BUSY: all together have
 * `count_max`; ERR_NOMEM. */
MUST_USE enum err sources_enter(struct sources *sources, const struct addr *remote,
                                uint32_t each_max, struct source **out);
/* One less; NULL is accepted. */
void sources_leave(struct sources *sources, struct source *source);

#endif
