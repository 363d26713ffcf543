/* SPDX-License-Identifier: Apache-2.0 */
/* visavis doctor inside the running server, for the administration page. */
#ifndef APP_CONSULTING_H
#define APP_CONSULTING_H

#include "app/config.h"
#include "net/offload.h"

struct consulting;

/* Examines on a thread of its own pool. */
MUST_USE enum err consulting_create(struct loop *loop, const struct config *config,
                                    struct consulting **out);
/* Waits for an examination that runs; NULL is accepted. */
void consulting_destroy(struct consulting *consulting);

/* The port that is listened on, as soon as it is known. */
void consulting_set_port(struct consulting *consulting, uint16_t port);

/* A httpapi_examine: `on_done` is called on the loop, with an error or with JSON that is borrowed
 * for the call. ERR_BUSY: one is running. */
MUST_USE enum err consulting_examine(void *arg,
                                     void (*on_done)(void *arg, enum err err, struct slice json),
                                     void *done_arg);

#endif
