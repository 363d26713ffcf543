/* SPDX-License-Identifier: Apache-2.0 */
/* The certificate by ACME in the running server: its files, when it is asked for, and its change
 * without a restart. The client itself is server/acme.h. */
#ifndef APP_CERTIFYING_H
#define APP_CERTIFYING_H

#include "app/config.h"
#include "net/loop.h"
#include "net/tls.h"

struct certifying;

/* Sees to a certificate that the server can start with: the kept one, or one that signs itself
 * until the authority has answered. Nothing where acme.directory is empty. ERR_IO, ERR_INVALID
 * (logged), ERR_NOMEM. */
MUST_USE enum err certifying_prepare(const struct config *config);

/* *out is NULL where acme.directory is empty. All but `out` is borrowed. ERR_IO, ERR_INVALID
 * (logged), ERR_NOMEM. */
MUST_USE enum err certifying_create(struct loop *loop, const struct config *config,
                                    struct tls_context *tls, struct certifying **out);
/* Before loop_drain; NULL is accepted, as below. */
void certifying_destroy(struct certifying *certifying);

void certifying_tick(struct certifying *certifying, uint64_t now_ms);
uint64_t certifying_next_ms(const struct certifying *certifying);

#endif
