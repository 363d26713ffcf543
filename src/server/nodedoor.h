/* SPDX-License-Identifier: Apache-2.0 */
/* A node that is a door: browsers come in here, and each of their connections goes on at the node
 * that has the portal. What it answers itself: whether it lives and whether it is ready, and 503
 * while no node has the portal. Of one loop. */
#ifndef SERVER_NODEDOOR_H
#define SERVER_NODEDOOR_H

#include "base/addr.h"
#include "net/http.h"
#include "net/nodepass.h"

struct nodedoor {
    struct http_server *server; /* set before requests can come */
    struct nodepass *passed;    /* the same */
    struct addr leader;         /* where the portal is; no family: nowhere */
};

struct http_handler nodedoor_handler(struct nodedoor *door);
struct http_pass nodedoor_pass(struct nodedoor *door);

/* The portal is at `leader` now. What went elsewhere, or to an earlier epoch of it, ends. */
void nodedoor_set_leader(struct nodedoor *door, const struct addr *leader);

#endif
