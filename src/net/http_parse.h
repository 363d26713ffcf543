/* SPDX-License-Identifier: Apache-2.0 */
/* One request from bytes: a strict look at the head, then llhttp. Pure: no socket, no clock.
 * Internal to net/. */
#ifndef NET_HTTP_PARSE_H
#define NET_HTTP_PARSE_H

#include "net/http.h"

struct http_parse;

/* What the server must know beside the request. */
struct http_facts {
    bool keep_alive;
    bool has_body;
    bool expects_continue;
    char accept[29]; /* Sec-WebSocket-Accept; "" when the request is no handshake */
};

/* Looks for the end of the head from *scanned on, which starts with 0 and is kept by the caller.
 * OK: the head has *head_size bytes. ERR_SHORT: more is needed. ERR_INVALID: bare CR or LF, NUL or
 * another control character, a folded line. */
MUST_USE enum err http_parse_find_head(struct slice bytes, size_t *scanned, size_t *head_size);

/* Copies the head and parses it. ERR_NOMEM; ERR_INVALID: *status is the answer to give. */
MUST_USE enum err http_parse_create(struct slice head, const struct http_limits *limits,
                                    struct http_parse **out, uint16_t *status);
void http_parse_destroy(struct http_parse *parse);

/* Takes bytes of the body. OK: the request is complete after *used bytes. ERR_SHORT: all were
 * taken and more must follow. ERR_INVALID: *status is the answer. */
MUST_USE enum err http_parse_body(struct http_parse *parse, struct slice bytes, size_t *used,
                                  uint16_t *status);

const struct http_facts *http_parse_facts(const struct http_parse *parse);

/* The slices live as long as `parse`. */
const struct http_request *http_parse_request(struct http_parse *parse);

#endif
