/* SPDX-License-Identifier: Apache-2.0 */
/* The clocks of pages. Each began somewhere, is a little fast or slow, and may stand still while
 * the laptop sleeps. A page ends a ring by it, and a window that cannot reach the server what does
 * not connect: by the rule of web/src/call/call-clock.ts. */
#include "sim.h"

#define GRACE_MS 1000 /* so long the server's own word is waited for */
#define CONNECT_MS 8000
#define DRIFT_PPM 5000
#define DRIFT_MS 100 /* more than a ring drifts by */

enum sim_fault sim_fault = SIM_FAULT_NONE;

void clock_begin(struct sim *sim, struct page *page)
{
    page->clock_ms = sim_below(sim, 1000000);
    page->drift_ppm = (int32_t)sim_below(sim, 2 * DRIFT_PPM) - DRIFT_PPM;
    page->stands_still = sim_chance(sim, 50);
    page->stood_ms = 0;
    page->asleep_until_ms = 0;
}

/* What the page's clock shows at that time, which is not before it woke up. */
static int64_t shown(const struct page *page, uint64_t at_ms)
{
    int64_t ran_ms = (int64_t)(at_ms - page->stood_ms);
    return page->clock_ms + ran_ms + ran_ms * page->drift_ppm / 1000000;
}

void clock_see(const struct page *page, struct sim_known *known, const struct sim_known *before,
               uint64_t at_ms)
{
    bool same = before->call == known->call && before->state == known->state;
    int64_t now_ms = shown(page, at_ms);
    known->stood_ms = same ? before->stood_ms : page->stood_ms;
    if (known->state == CALL_RINGING) {
        known->over_ms = now_ms + known->left_ms; /* nearer, never later */
        known->over_ms =
            same && before->over_ms < known->over_ms ? before->over_ms : known->over_ms;
    } else if (known->state == CALL_CONNECTING) {
        known->over_ms = same ? before->over_ms : now_ms + CONNECT_MS;
    }
}

static bool is_over(const struct page *page, const struct sim_known *known, int64_t now_ms)
{
    if (SIM_HAS_FAULT(NO_CLOCK)) {
        return false;
    }
    if (known->state == CALL_RINGING) {
        return now_ms >= known->over_ms + GRACE_MS;
    }
    return known->state == CALL_CONNECTING && page->mine == known->call && !page->up &&
           now_ms >= known->over_ms;
}

void clock_tick(struct sim *sim, struct page *page, uint64_t at_ms)
{
    for (int i = page->known_count - 1; i >= 0; i--) {
        const struct sim_known known = page->known[i];
        if (is_over(page, &known, shown(page, at_ms))) {
            SIM_TRACE(sim, "page %d (user %d) ends call %d by its own clock",
                      sim_page_number(sim, page), page->user, known.call);
            sim->tally->by_clock++;
            page_gives_up(sim, page, i);
        }
    }
}

void clock_sleep(struct sim *sim, struct page *page)
{
    uint64_t for_ms = 1000 + sim_below(sim, sim_chance(sim, 20) ? 600000 : 12000);
    SIM_TRACE(sim, "page %d sleeps for %" PRIu64 " ms", sim_page_number(sim, page), for_ms);
    sim->tally->slept++;
    if (page->up) {
        net_drop(sim, page, sim_below(sim, 3000), for_ms);
    }
    page->asleep_until_ms = sim->now_ms + for_ms;
    page->stood_ms += page->stands_still ? for_ms : 0;
    page->back_ms = page->asleep_until_ms + sim_below(sim, 2000);
}

bool clock_sleeps(const struct sim *sim, const struct page *page)
{
    return sim->now_ms < page->asleep_until_ms;
}

void clock_check(struct sim *sim, const struct page *page, const struct sim_known *known)
{
    uint64_t stood_ms = page->stood_ms - known->stood_ms;
    if (known->state == CALL_RINGING && !clock_sleeps(sim, page) &&
        sim->now_ms > known->until_ms + stood_ms + GRACE_MS + SIM_SLOW_MS + DRIFT_MS) {
        oracle_fail(&sim->oracle, "page %d rings past the deadline of call %d",
                    sim_page_number(sim, page), known->call);
    }
}
