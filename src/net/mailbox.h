/* SPDX-License-Identifier: Apache-2.0 */
/* Messages to the thread that owns a loop: a bounded queue of pointers and a wake-up. */
#ifndef NET_MAILBOX_H
#define NET_MAILBOX_H

#include <stdint.h>
#include "base/err.h"
#include "net/loop.h"

struct mailbox;

/* `on_message` runs on the loop's thread. */
MUST_USE enum err mailbox_create(struct loop *loop, uint32_t count_max,
                                 void (*on_message)(void *arg, void *message), void *arg,
                                 struct mailbox **out);
/* No thread may post any more. Messages still inside are handed to `on_message` first. */
void mailbox_destroy(struct mailbox *mailbox);

/* Any thread. ERR_BUSY: full; the message stays the caller's. */
MUST_USE enum err mailbox_post(struct mailbox *mailbox, void *message);

#endif
