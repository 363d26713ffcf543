/* SPDX-License-Identifier: Apache-2.0 */
/* Requests to other servers (libcurl) on the loop, for addresses that users name: nothing is
 * followed, nothing is reached that `may_connect` does not allow once the name is resolved, and
 * everything has a maximum. */
#ifndef NET_FETCH_H
#define NET_FETCH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/slice.h"
#include "net/loop.h"

struct fetcher;

struct fetcher_params {
    struct loop *loop;
    uint32_t count_max;        /* requests under way; more are ERR_BUSY */
    uint32_t time_ms;          /* for one request, names included */
    uint32_t answer_bytes_max; /* of a body; a longer one is ERR_LIMIT */
    bool plain;                /* http is allowed too: for tests on this machine */
    const char *ca_file;       /* whom to trust instead of the system's list, or NULL. Borrowed. */
    /* Whether a connection to `peer` may be made, each time before it is made. */
    bool (*may_connect)(void *arg, const struct addr *peer);
    void *arg;
};

MUST_USE enum err fetcher_create(const struct fetcher_params *params, struct fetcher **out);

/* Each request under way ends with ERR_CLOSED now; memory goes with loop_drain. NULL is accepted.
 */
void fetcher_destroy(struct fetcher *fetcher);

struct fetch_answer {
    uint16_t status;
    struct slice body;
    uint32_t retry_after_s; /* Retry-After; 0: none */
    const char *location;   /* as it came, or NULL */
    const char *nonce;      /* Replay-Nonce of RFC 8555, or NULL */
};

struct fetch_request {
    const char *method; /* "POST" */
    const char *url;
    const char *const *headers; /* "Name: value", NULL-ended */
    struct slice body;
};

/* Sends a request; everything in it is copied. `on_done` comes once, later: OK with an answer of
 * whatever status, or NULL with ERR_TIMEOUT, ERR_LIMIT, ERR_FORBIDDEN (not an address that may be
 * reached), ERR_CLOSED (no connection, or fetcher_destroy), ERR_IO (TLS, protocol). An error that
 * is returned is ERR_BUSY, ERR_INVALID (no such URL, or a scheme that is not allowed), ERR_NOMEM,
 * and `on_done` does not come. */
MUST_USE enum err
fetch_start(struct fetcher *fetcher, const struct fetch_request *request,
            void (*on_done)(void *arg, enum err err, const struct fetch_answer *answer), void *arg);

#endif
