/* SPDX-License-Identifier: Apache-2.0 */
/* Timers of an engine: embedded entries, a hierarchical wheel with a tick of 16 ms. No clock. */
#ifndef BASE_WHEEL_H
#define BASE_WHEEL_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

struct wheel;

struct wheel_timer {
    struct wheel_timer *next;
    struct wheel_timer **link; /* NULL: not running */
    uint64_t due_ms;
    void (*on_due)(struct wheel_timer *timer, uint64_t now_ms);
};

MUST_USE enum err wheel_create(uint64_t now_ms, struct wheel **out);
/* All timers must have been stopped, or their objects are forgotten unharmed. */
void wheel_destroy(struct wheel *wheel);

/* Runs `on_due` at the first wheel_tick at or after `due_ms` (rounded up to a tick), never early;
 * restarts when running. */
void wheel_start(struct wheel *wheel, struct wheel_timer *timer, uint64_t due_ms,
                 void (*on_due)(struct wheel_timer *timer, uint64_t now_ms));
void wheel_stop(struct wheel_timer *timer);
bool wheel_running(const struct wheel_timer *timer);

/* Runs what is due. Callbacks may start and stop any timer. */
void wheel_tick(struct wheel *wheel, uint64_t now_ms);

/* The earliest time at which wheel_tick has something to do; UINT64_MAX: nothing. May be early by
 * less than a tick, never late. */
uint64_t wheel_next_ms(const struct wheel *wheel);

#endif
