/* SPDX-License-Identifier: Apache-2.0 */
/* One worker of the STUN and TURN server: an engine (turn/turn.h) with its sockets on a thread of
 * its own. Workers share nothing but the quotas of users (turn/users.h); they and their host hand
 * messages to each other. */
#ifndef SERVER_TURNWORKER_H
#define SERVER_TURNWORKER_H

#include <stdbool.h>
#include <stdint.h>
#include "base/addr.h"
#include "model/id.h"
#include "net/confine.h"
#include "net/dtls.h"
#include "net/mailbox.h"
#include "net/stunconn.h"
#include "turn/turn.h"

#define TURNWORKER_LISTEN_MAX 16
#define TURNWORKERS_MAX 64

struct turnworker;

struct turnworker_params {
    struct turn_config turn; /* with the number of this worker */
    struct stunconn_limits conns;
    struct sources *conn_sources; /* of all workers, as `dtls_sources`; they outlive the workers */
    struct tls_context *tls;      /* for DTLS; NULL: not spoken. Borrowed. */
    struct dtls_limits dtls;
    struct sources *dtls_sources;
    struct addr listen[TURNWORKER_LISTEN_MAX]; /* UDP */
    uint32_t listen_count;
    enum confine_kind kind; /* what its thread may do */
    uint32_t coalesce_us;
    uint32_t buffer_bytes; /* of the kernel, for each listening socket */
    struct mailbox *host;  /* gets struct turnworker_answer, one of each worker at most */
};

/* The relay's addresses, and whom it may reach. */
struct turnworker_peers {
    struct addr local[2]; /* as in turn_config */
    struct addr shown[2];
    struct peerfilter filter;
};

/* What comes back to the host, whose memory it is. */
struct turnworker_answer {
    struct turn_stats stats;
    uint32_t conns;
};

/* Binds its sockets. ERR_EXISTS, ERR_IO: an address cannot be listened at (logged); ERR_NOMEM,
 * ERR_INVALID: the relay's addresses or ports. */
MUST_USE enum err turnworker_create(const struct turnworker_params *params,
                                    struct turnworker **out);
/* All workers, in the order of their numbers, before the first starts. */
void turnworker_meet(struct turnworker *worker, struct turnworker *const *all);
MUST_USE enum err turnworker_start(struct turnworker *worker);
/* Ends the thread, then everything on it. All are stopped before the first is destroyed. */
void turnworker_stop(struct turnworker *worker);
void turnworker_destroy(struct turnworker *worker); /* NULL is accepted */

/* From the thread of the host. A connection or a name that finds the worker's inbox full is lost
 * and counted: the one is refused, the other works by USERNAME only. */
void turnworker_adopt(struct turnworker *worker, struct conn_handoff *handoff);
void turnworker_add_name(struct turnworker *worker, struct slice name);
/* Where its relays are and whom they may reach from now on. Otherwise the host tries again: it must
 * arrive. */
MUST_USE enum err turnworker_set_peers(struct turnworker *worker,
                                       const struct turnworker_peers *peers);
/* Likewise by which secrets credentials are signed. */
MUST_USE enum err turnworker_set_secrets(struct turnworker *worker,
                                         const struct credential_secrets *secrets);
/* An ended call waits for room, until the host tries again. */
void turnworker_revoke(struct turnworker *worker, struct slice call);
/* Whether something waits still. */
bool turnworker_retry(struct turnworker *worker);
/* These two always arrive. Once. */
void turnworker_drain(struct turnworker *worker, const struct turn_alternate *alternate);
/* `answer` is filled and comes to the host; the next question only then. */
void turnworker_ask(struct turnworker *worker, struct turnworker_answer *answer);

#endif
