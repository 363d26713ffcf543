/* SPDX-License-Identifier: Apache-2.0 */
/* A bounded pool of threads for slow work; results come back on the loop. */
#ifndef NET_OFFLOAD_H
#define NET_OFFLOAD_H

#include <stdint.h>
#include "base/err.h"
#include "net/confine.h"
#include "net/loop.h"

struct offload;

/* `threads` threads and at most `queue_max` waiting pieces of work. */
MUST_USE enum err offload_create(struct loop *loop, enum confine_kind kind, uint32_t threads,
                                 uint32_t queue_max, struct offload **out);
/* Waits for the running work; work that waits is dropped, its `on_done` called with ERR_CLOSED. */
void offload_destroy(struct offload *offload);

/* `work` runs on a pool thread, then `on_done` on the loop's thread. ERR_BUSY: the queue is full.
 */
MUST_USE enum err offload_run(struct offload *offload, void (*work)(void *arg),
                              void (*on_done)(void *arg, enum err err), void *arg);

#endif
