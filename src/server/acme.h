/* SPDX-License-Identifier: Apache-2.0 */
/* Gets a certificate from an authority by ACME (RFC 8555) with the challenge TLS-ALPN-01 (RFC
 * 8737): account, order, challenge, request, chain. It has no socket, no clock and no file: it asks
 * for one request after the other and is given the answers. After a failure it waits, longer each
 * time, and not shorter than it was told.
 *
 *   IDLE > DIRECTORY > NONCE > ACCOUNT > ORDER > AUTHORIZATION > CHALLENGE > WAIT_VALID
 *   > FINALIZE > WAIT_ISSUED > CHAIN > IDLE       from anywhere, on a failure: IDLE, for a while */
#ifndef SERVER_ACME_H
#define SERVER_ACME_H

#include "base/buf.h"
#include "crypto/p256.h"
#include "server/acmeanswer.h"

struct acme;

struct acme_request {
    const char *url;
    bool post; /* else GET */
    struct slice body;
};

struct acme_answer {
    uint16_t status;
    struct slice body;
    const char *nonce;    /* Replay-Nonce, or NULL */
    const char *location; /* or NULL */
    uint32_t retry_after_s;
};

struct acme_ports {
    /* Its answer comes by acme_on_answer, later. False: nothing can be sent now. */
    bool (*send)(void *arg, const struct acme_request *request);
    /* Who asks by acme-tls/1 is shown this digest; NULL: nobody. False: no memory. */
    bool (*show)(void *arg, const uint8_t digest[32]);
    /* The new certificate and its key. False: it is refused, or cannot be kept. */
    bool (*keep)(void *arg, const struct p256_key *key, struct slice chain);
    uint32_t (*draw)(void *arg, uint32_t below);
    void *arg;
};

struct acme_params {
    const char *directory; /* borrowed, as the others */
    const char *domain;
    const char *email; /* "": none */
    struct p256_key account;
    uint32_t retry_ms; /* after the first failure */
    struct acme_ports ports;
};

/* ERR_NOMEM. */
MUST_USE enum err acme_create(const struct acme_params *params, struct acme **out);
void acme_destroy(struct acme *acme); /* NULL is accepted */

/* A certificate is wanted. Nothing happens while one is asked for already, or after a failure
 * before the time for a next try has come. */
void acme_begin(struct acme *acme, uint64_t now_ms);

/* `answer` is NULL when there was none. */
void acme_on_answer(struct acme *acme, const struct acme_answer *answer, uint64_t now_ms);

/* When acme_tick has something to do; UINT64_MAX: nothing. */
uint64_t acme_next_ms(const struct acme *acme);
void acme_tick(struct acme *acme, uint64_t now_ms);

bool acme_is_idle(const struct acme *acme);
/* How often in a row it has failed, and when it may be tried again. */
uint32_t acme_failures(const struct acme *acme);
uint64_t acme_retry_ms(const struct acme *acme);

#endif
