/* SPDX-License-Identifier: Apache-2.0 */
#include "base/wheel.h"

#include <stddef.h>

#include "base/mem.h"

/* Level 0 holds what is due within 64 ticks, one slot a tick; a slot of level n spans 64^n ticks
 * and is spread over the lower levels when its first tick is reached. */
#define WHEEL_TICK_SHIFT 4 /* 16 ms */
#define WHEEL_SLOT_SHIFT 6
#define WHEEL_SLOTS 64
#define WHEEL_LEVELS 5 /* 64^5 ticks: about 200 days; what is later waits in the last level */

struct wheel {
    uint64_t tick;                 /* all ticks before it have been run */
    uint64_t filled[WHEEL_LEVELS]; /* a bit a slot that may hold timers */
    struct wheel_timer *slots[WHEEL_LEVELS][WHEEL_SLOTS];
};

enum err wheel_create(uint64_t now_ms, struct wheel **out)
{
    struct wheel *wheel = mem_alloc(sizeof(*wheel));
    if (wheel == NULL) {
        return ERR_NOMEM;
    }
    wheel->tick = now_ms >> WHEEL_TICK_SHIFT;
    *out = wheel;
    return OK;
}

static void link_timer(struct wheel_timer **head, struct wheel_timer *timer)
{
    timer->next = *head;
    timer->link = head;
    if (timer->next != NULL) {
        timer->next->link = &timer->next;
    }
    *head = timer;
}

void wheel_stop(struct wheel_timer *timer)
{
    if (timer->link == NULL) {
        return;
    }
    *timer->link = timer->next;
    if (timer->next != NULL) {
        timer->next->link = timer->link;
    }
    timer->next = NULL;
    timer->link = NULL;
}

bool wheel_running(const struct wheel_timer *timer)
{
    return timer->link != NULL;
}

void wheel_destroy(struct wheel *wheel)
{
    if (wheel == NULL) {
        return;
    }
    for (size_t level = 0; level < WHEEL_LEVELS; level++) {
        for (size_t slot = 0; slot < WHEEL_SLOTS; slot++) {
            while (wheel->slots[level][slot] != NULL) {
                wheel_stop(wheel->slots[level][slot]);
            }
        }
    }
    mem_free(wheel);
}

/* Puts the timer where its tick belongs as seen from wheel->tick. */
static void place(struct wheel *wheel, struct wheel_timer *timer)
{
    /* Rounded up: a timer is never early. */
    uint64_t due = timer->due_ms >> WHEEL_TICK_SHIFT;
    if ((timer->due_ms & ((1U << WHEEL_TICK_SHIFT) - 1)) != 0) {
        due++;
    }
    if (due < wheel->tick) {
        due = wheel->tick;
    }
    const uint64_t span_max = (uint64_t)1 << (WHEEL_SLOT_SHIFT * WHEEL_LEVELS);
    if (due - wheel->tick >= span_max) {
        due = wheel->tick + span_max - 1; /* looked at again then */
    }
    size_t level = 0;
    while (level + 1 < WHEEL_LEVELS &&
           (due - wheel->tick) >> (WHEEL_SLOT_SHIFT * (level + 1)) != 0) {
        level++;
    }
    size_t slot = (size_t)(due >> (WHEEL_SLOT_SHIFT * level)) & (WHEEL_SLOTS - 1);
    link_timer(&wheel->slots[level][slot], timer);
    wheel->filled[level] |= (uint64_t)1 << slot;
}

void wheel_start(struct wheel *wheel, struct wheel_timer *timer, uint64_t due_ms,
                 void (*on_due)(struct wheel_timer *timer, uint64_t now_ms))
{
    ASSERT(on_due != NULL);
    wheel_stop(timer);
    timer->due_ms = due_ms;
    timer->on_due = on_due;
    place(wheel, timer);
}

/* Moves a slot's timers to a list of the caller, from which they can still be stopped. */
static void take_slot(struct wheel *wheel, size_t level, size_t slot, struct wheel_timer **list)
{
    *list = wheel->slots[level][slot];
    if (*list != NULL) {
        (*list)->link = list;
    }
    wheel->slots[level][slot] = NULL;
    wheel->filled[level] &= ~((uint64_t)1 << slot);
}

/* Spreads the slots of the higher levels that begin at wheel->tick, the highest first. */
static void cascade(struct wheel *wheel)
{
    for (size_t level = WHEEL_LEVELS - 1; level >= 1; level--) {
        size_t shift = WHEEL_SLOT_SHIFT * level;
        if ((wheel->tick & (((uint64_t)1 << shift) - 1)) != 0) {
            continue;
        }
        struct wheel_timer *list = NULL;
        take_slot(wheel, level, (size_t)(wheel->tick >> shift) & (WHEEL_SLOTS - 1), &list);
        while (list != NULL) {
            struct wheel_timer *timer = list;
            wheel_stop(timer);
            place(wheel, timer);
        }
    }
}

/* The next tick at or after wheel->tick at which a slot of `level` must be looked at. */
static uint64_t next_tick_of_level(const struct wheel *wheel, size_t level)
{
    if (wheel->filled[level] == 0) {
        return UINT64_MAX;
    }
    size_t shift = WHEEL_SLOT_SHIFT * level;
    uint64_t position = wheel->tick >> shift;
    /* Inside a slot of a higher level that slot has been spread: what it holds is a round later. */
    if ((wheel->tick & (((uint64_t)1 << shift) - 1)) != 0) {
        position++;
    }
    unsigned turn = (unsigned)position & (WHEEL_SLOTS - 1);
    uint64_t bits = wheel->filled[level];
    uint64_t turned = turn == 0 ? bits : bits >> turn | bits << (WHEEL_SLOTS - turn);
    return (position + (uint64_t)__builtin_ctzll(turned)) << shift;
}

static uint64_t next_tick(const struct wheel *wheel)
{
    uint64_t earliest = UINT64_MAX;
    for (size_t level = 0; level < WHEEL_LEVELS; level++) {
        uint64_t tick = next_tick_of_level(wheel, level);
        earliest = tick < earliest ? tick : earliest;
    }
    return earliest;
}

void wheel_tick(struct wheel *wheel, uint64_t now_ms)
{
    uint64_t target = now_ms >> WHEEL_TICK_SHIFT;
    while (wheel->tick <= target) {
        uint64_t next = next_tick(wheel);
        if (next > target) {
            wheel->tick = target + 1;
            /* The skipped ticks hold nothing, but the one entered may begin a slot. */
            cascade(wheel);
            break;
        }
        wheel->tick = next;
        cascade(wheel);
        struct wheel_timer *list = NULL;
        take_slot(wheel, 0, (size_t)wheel->tick & (WHEEL_SLOTS - 1), &list);
        /* From here on a start for the present goes to the next tick, so that a callback that
         * restarts itself cannot hold the loop. */
        wheel->tick++;
        cascade(wheel);
        while (list != NULL) {
            struct wheel_timer *timer = list;
            wheel_stop(timer);
            if (timer->due_ms > now_ms) {
                place(wheel, timer); /* was beyond the last level */
            } else {
                timer->on_due(timer, now_ms);
            }
        }
    }
}

uint64_t wheel_next_ms(const struct wheel *wheel)
{
    uint64_t tick = next_tick(wheel);
    return tick > UINT64_MAX >> WHEEL_TICK_SHIFT ? UINT64_MAX : tick << WHEEL_TICK_SHIFT;
}
