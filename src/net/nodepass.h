/* SPDX-License-Identifier: Apache-2.0 */
/* Connections of browsers that this node passes on to another one: byte by byte, both ways, behind
 * a hello that says who is there. As much waits on the way as a few reads bring; then the other
 * side is not read. */
#ifndef NET_NODEPASS_H
#define NET_NODEPASS_H

#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "net/loop.h"
#include "net/tls.h"

struct nodepass;
struct conn_handoff;

/* What a browser shows that opens a page while no node answers: nothing, and it asks again. */
#define NODEPASS_AGAIN_TYPE "text/html; charset=utf-8"
#define NODEPASS_AGAIN_PAGE                                                                        \
    "<!doctype html><html lang=\"en\"><meta http-equiv=\"refresh\" content=\"1\">"                 \
    "<title>Visavis</title><body></body></html>\n"

/* At most `count_max` at one time; `tls` is of the calling side (net/nodetls.h), borrowed.
 * ERR_NOMEM. */
MUST_USE enum err nodepass_create(struct loop *loop, struct tls_context *tls, uint32_t count_max,
                                  struct nodepass **out);

/* Passes the connection on to the node at `to`. The handoff, whose bytes begin a request, is gone.
 * When that node does not answer, the browser is answered 503 and closed. */
void nodepass_take(struct nodepass *all, const struct addr *to, struct conn_handoff *handoff);

/* Ends all of them: the node that they went to has the portal no longer. */
void nodepass_drop(struct nodepass *all);

uint32_t nodepass_count(const struct nodepass *all);

/* Ends all and itself; memory goes with loop_drain. NULL is accepted. */
void nodepass_destroy(struct nodepass *all);

#endif
