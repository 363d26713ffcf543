/* SPDX-License-Identifier: Apache-2.0 */
#include "net/coalesce.h"

enum {
    WINDOW_US = 2000, /* over which the load is measured */
    TOGETHER = 2,     /* datagrams that a wait must bring to pay */
    ENOUGH = 32,      /* a turn that has brought so many needs no wait */
    IN_VAIN_MAX = 2,  /* waits; then it rests */
    REST_MIN = 8,     /* windows */
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

    coalesce->window_count += datagrams;
    if (took_us < WINDOW_US) {
        return;
    }
    /* A window that took long had no load in its rest. */
    coalesce->dense = took_us < (uint64_t)2 * WINDOW_US &&
                      (uint64_t)coalesce->window_count * coalesce->wait_us >= TOGETHER * took_us;
    coalesce->window_us = now_us;
    coalesce->window_count = 0;
}

bool coalesce_waits(struct coalesce *coalesce, uint32_t datagrams, uint64_t now_us)
{
    if (coalesce->wait_us == 0) {
        return false;
    }
    if (coalesce->waited) {
        judge(coalesce, datagrams, now_us);
    }
    measure(coalesce, datagrams, now_us);
    coalesce->waited =
        coalesce->dense && datagrams > 0 && datagrams < ENOUGH && now_us >= coalesce->rest_until_us;
    return coalesce->waited;
}
