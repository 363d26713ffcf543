/* SPDX-License-Identifier: Apache-2.0 */
/* A thread that runs a loop of its own and takes messages. What lives on the loop is made before
 * reactor_start and closed after reactor_stop by the owner's thread; in between only by this one.
 */
#ifndef NET_REACTOR_H
#define NET_REACTOR_H

#include <stdint.h>
#include "base/err.h"
#include "net/confine.h"
#include "net/loop.h"

struct reactor;

/* `on_message` runs on the thread of the reactor, for messages that are left over at the end on
 * that of the owner. ERR_NOMEM, ERR_IO. */
MUST_USE enum err reactor_create(const char *name, enum confine_kind kind, uint32_t queue_max,
                                 void (*on_message)(void *arg, void *message), void *arg,
                                 struct reactor **out);
struct loop *reactor_loop(struct reactor *reactor);
MUST_USE enum err reactor_start(struct reactor *reactor);

/* Any thread. ERR_BUSY: too many wait; the message stays the caller's. */
MUST_USE enum err reactor_post(struct reactor *reactor, void *message);

/* Ends the thread; the loop is the owner's again. Twice is allowed. */
void reactor_stop(struct reactor *reactor);

/* Messages that wait are handed over, then everything on the loop must be closing: it is run until
 * that has ended. NULL is accepted. */
void reactor_destroy(struct reactor *reactor);

#endif
