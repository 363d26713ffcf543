/* SPDX-License-Identifier: Apache-2.0 */
/* Which pattern a path follows. A pattern is a path in which `<name>` stands for one segment that
 * is not empty: see routes.def. Pure. */
#ifndef SERVER_ROUTER_H
#define SERVER_ROUTER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"
#include "base/slice.h"

/* Whether `path` follows `pattern`; *part is then the last such segment (empty: there is none). */
bool router_match(const char *pattern, struct slice path, struct slice *part);

/* Segment `index` of a path, from 0: of /api/rooms/x/members/y, 2 is x. Empty: there is none. */
struct slice router_segment(struct slice path, uint32_t index);

/* The value of `name` in a query (application/x-www-form-urlencoded), decoded into `out` with a
 * NUL; *size without it. ERR_NOT_FOUND: absent; ERR_INVALID: twice, bad escape, not UTF-8, longer
 * than out_size - 1. */
MUST_USE enum err router_query(struct slice query, const char *name, char *out, size_t out_size,
                               size_t *size);

/* The value of the cookie `name` in a Cookie header; empty when absent or given twice. */
struct slice router_cookie(struct slice header, const char *name);

#endif
