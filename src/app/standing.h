/* SPDX-License-Identifier: Apache-2.0 */
/* What a node does while another one has the portal: it is a door (server/nodedoor.h), and asks for
 * the lease again and again, so that it goes on when the other one ends. */
#ifndef APP_STANDING_H
#define APP_STANDING_H

#include "app/config.h"
#include "net/nodetls.h"
#include "store/lease.h"

struct standing_params {
    const struct config *config;
    const uint8_t *key;  /* NODETLS_KEY_SIZE bytes, borrowed */
    struct lease *lease; /* borrowed */
};

/* Blocks. *holder is who has the lease. OK: it is this node's now, *holder is itself, and *port
 * what was listened at; who connects from then on waits in that socket. ERR_CLOSED: a signal has
 * asked for the end. ERR_IO, ERR_NOMEM, ERR_INVALID: it cannot listen (logged). */
MUST_USE enum err standing_run(const struct standing_params *params, struct lease_holder *holder,
                               uint16_t *port);

#endif
