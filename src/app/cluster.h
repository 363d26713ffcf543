/* SPDX-License-Identifier: Apache-2.0 */
/* Several nodes on one database of PostgreSQL: one has the portal, the others are its doors
 * (docs/decisions/0029-one-portal-many-doors.md). */
#ifndef APP_CLUSTER_H
#define APP_CLUSTER_H

#include "app/config.h"
#include "net/http.h"
#include "store/store.h"

struct cluster;

/* Reads the key, before files are confined. *out is NULL, and all is OK, without cluster.address.
 * `config` is borrowed; cluster_lead may write the port that was listened at into it. Errors are
 * logged. */
MUST_USE enum err cluster_create(struct config *config, struct cluster **out);

/* Blocks until this node is the one with the portal; meanwhile it is a door. OK: *out is the store
 * of which this process is the server, the caller's. ERR_CLOSED: a signal has asked for the end.
 * Others: it can neither be a door nor have the portal (logged). */
MUST_USE enum err cluster_lead(struct cluster *cluster, struct store **out);

/* The doors come in by this server from now on. */
MUST_USE enum err cluster_listen(struct cluster *cluster, struct http_server *http);

/* After the server's memory has gone. NULL is accepted. */
void cluster_destroy(struct cluster *cluster);

#endif
