/* SPDX-License-Identifier: Apache-2.0 */
#include "net/coalesce.h"

enum {
    WINDOW_US = 2000,  /* over which the load is measured */
    TOGETHER = 2,      /* datagrams that a wait must bring to pay */
    ENOUGH = 32,       /* datagrams of one look: more do not make each cheaper */
    PAUSE_MIN_US = 50, /* less is not worth a sleep */
    IN_VAIN_MAX = 2,   /* waits; then it rests */
    REST_MIN = 8,      /* windows */
    REST_MAX = 128
};

/* The rate alone does not say it: a client that waits for each answer before it asks again sends
 * many a second, but never two within a wait. So a wait is judged by what it has brought. */
static void judge(struct coalesce *coalesce, uint32_t datagrams, uint64_t now_us)
{
    uint32_t rest = 2 * coalesce->rest_windows;

    coalesce->waited = false;
    if (datagrams >= TOGETHER) {
        coalesce->in_vain = 0;
        coalesce->rest_windows = 0;
        return;
    }
    if (++coalesce->in_vain < IN_VAIN_MAX) {
        return;
    }
    rest = rest < REST_MIN ? REST_MIN : rest;
    coalesce->rest_windows = rest > REST_MAX ? REST_MAX : rest;
    coalesce->rest_until_us = now_us + coalesce->rest_windows * (uint64_t)WINDOW_US;
    coalesce->in_vain = 0;
}

static void measure(struct coalesce *coalesce, uint32_t datagrams, uint64_t now_us)
{
    uint64_t took_us = now_us - coalesce->window_us;
    uint64_t count = coalesce->window_count + datagrams;

    coalesce->window_count += datagrams;
    if (took_us < WINDOW_US) {
        return;
    }
    coalesce->between_us = 0;
    /* A window that took long had no load in its rest. */
    if (took_us < (uint64_t)2 * WINDOW_US && count * coalesce->most_us >= TOGETHER * took_us) {
        uint64_t enough_us = ENOUGH * took_us / count;

        coalesce->between_us =
            enough_us < coalesce->most_us ? (uint32_t)enough_us : coalesce->most_us;
    }
    coalesce->window_us = now_us;
    coalesce->window_count = 0;
}

uint64_t coalesce_next_us(struct coalesce *coalesce, uint32_t datagrams, uint64_t looked_us,
                          uint64_t now_us)
{
    /* A thread wakes up a little late: that is not added to each wait. */
    uint64_t from_us = coalesce->waited ? coalesce->next_us : looked_us;

    if (coalesce->most_us == 0) {
        return 0;
    }
    if (coalesce->waited) {
        judge(coalesce, datagrams, now_us);
    }
    measure(coalesce, datagrams, now_us);
    coalesce->next_us = from_us + coalesce->between_us;
    coalesce->waited = datagrams > 0 && now_us >= coalesce->rest_until_us &&
                       coalesce->next_us >= now_us + PAUSE_MIN_US;
    return coalesce->waited ? coalesce->next_us : 0;
}
