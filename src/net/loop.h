/* SPDX-License-Identifier: Apache-2.0 */
/* The event loop of a thread (libuv), its clock, its signals and its one timer. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdint.h>
#include "base/err.h"

struct loop;

MUST_USE enum err loop_create(struct loop **out);
/* After loop_run has returned and all users of the loop are closed. NULL is accepted. */
void loop_destroy(struct loop *loop);

/* Runs until loop_stop. */
void loop_run(struct loop *loop);
void loop_stop(struct loop *loop); /* the loop's own thread */

/* Runs until all closing handles are closed; at the end of a program. */
void loop_drain(struct loop *loop);

/* Monotonic ms, read once a turn. */
uint64_t loop_now_ms(const struct loop *loop);

/* The engine's deadline: `on_due` runs once at or after `due_ms`; UINT64_MAX stops it. Setting it
 * again replaces it. One a loop: its owner drives every wheel from it. */
void loop_set_deadline(struct loop *loop, uint64_t due_ms, void (*on_due)(void *arg), void *arg);

/* Calls `on_turn` before the loop blocks, once a turn: where deadlines are set anew. */
void loop_on_turn(struct loop *loop, void (*on_turn)(void *arg), void *arg);

/* The number of the turn, from 1 on. What the end of a turn sets off, such as a write that fails,
 * still belongs to that turn. */
uint64_t loop_turn(const struct loop *loop);

/* `on_signal` runs on the loop for SIGINT, SIGTERM, SIGHUP. ERR_IO. */
MUST_USE enum err loop_on_signal(struct loop *loop, int signal_number,
                                 void (*on_signal)(void *arg, int signal_number), void *arg);

/* The uv_loop_t, for the other files of net/ only. */
void *loop_uv(struct loop *loop);

#endif
