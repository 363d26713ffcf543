/* SPDX-License-Identifier: Apache-2.0 */
/* Where a browser can be reached while no page of ours is open (Web Push, RFC 8030). */
#ifndef MODEL_PUSH_H
#define MODEL_PUSH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"
#include "model/id.h"

#define PUSH_ENDPOINT_MAX 1024 /* bytes */
#define PUSH_POINT_SIZE 65     /* an uncompressed point of P-256, RFC 8291 */
#define PUSH_AUTH_SIZE 16

/* Of one sign-in, which is one browser; it ends with it. */
struct push {
    struct id login;
    char endpoint[PUSH_ENDPOINT_MAX + 1];
    uint8_t point[PUSH_POINT_SIZE];
    uint8_t auth[PUSH_AUTH_SIZE];
    int64_t created_s;
};

/* Whether the endpoint is one that this server may send to: https, the usual port, no user, no
 * number for a name, and a host that is in `hosts` or below one that is (names with spaces
 * between; "push.example.org" allows "a.push.example.org", not "apush.example.org"). With `local`
 * also http on 127.0.0.1, which is for tests. ERR_INVALID, and *why (may be NULL) says the rule. */
MUST_USE enum err push_check_endpoint(struct slice endpoint, const char *hosts, bool local,
                                      const char **why);

/* "https://host" of a right endpoint: whom the server's signed name is for (RFC 8292). */
struct slice push_origin(struct slice endpoint);

#endif
