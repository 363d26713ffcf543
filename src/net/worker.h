/* SPDX-License-Identifier: Apache-2.0 */
/* A thread with an inbox. It takes all that waits at once: a natural group for a group commit. */
#ifndef NET_WORKER_H
#define NET_WORKER_H

#include <stdint.h>
#include "base/err.h"
#include "net/confine.h"

struct worker;

/* `on_batch` runs on the worker's thread with 1 to `batch_max` messages in their order, or with
 * count 0 every `idle_ms` without a message (0: never). */
MUST_USE enum err worker_create(const char *name, enum confine_kind kind, uint32_t queue_max,
                                uint32_t batch_max, uint32_t idle_ms,
                                void (*on_batch)(void *arg, void **messages, uint32_t count),
                                void *arg, struct worker **out);

/* Handles all that waits, then ends the thread. */
void worker_destroy(struct worker *worker);

/* Any thread. ERR_BUSY: the inbox is full; the message stays the caller's. */
MUST_USE enum err worker_post(struct worker *worker, void *message);

/* Monotonic ms, for measuring on a worker's thread; a loop has loop_now_ms. */
uint64_t worker_now_ms(void);

#endif
