/* SPDX-License-Identifier: Apache-2.0 */
/* How much may pass in a time at all threads together, without a lock: one number, the time at
 * which everything that may lie ready does. Who takes moves it on. All threads have the same
 * monotonic clock. The owner keeps rate and depth, because many budgets share them. */
#ifndef TURN_BUDGET_H
#define TURN_BUDGET_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define BUDGET_NS_PER_MS (1000 * 1000)
#define BUDGET_NS_PER_S (1000ULL * BUDGET_NS_PER_MS)
#define BUDGET_SLICES_PER_S 1000 /* of what is shared: nobody asks more often, nor keeps more */

/* All 0 is a full one. */
struct budget {
    atomic_uint_fast64_t full_ns;
};

/* Takes `amount` of what flows in at `per_s`, or nothing: false. What flows in during `depth_ns`
 * lies ready at most. */
static inline bool budget_take(struct budget *budget, uint64_t per_s, uint64_t depth_ns,
                               uint64_t amount, uint64_t now_ms)
{
    uint64_t cost_ns = amount * BUDGET_NS_PER_S / per_s;
    uint64_t now_ns = now_ms * BUDGET_NS_PER_MS;
    uint64_t before = atomic_load_explicit(&budget->full_ns, memory_order_relaxed);
    uint64_t after = 0;
    do {
        after = (before > now_ns ? before : now_ns) + cost_ns;
        if (after - now_ns > depth_ns) {
            return false;
        }
    } while (!atomic_compare_exchange_weak_explicit(&budget->full_ns, &before, after,
                                                    memory_order_relaxed, memory_order_relaxed));
    return true;
}

/* Likewise of a budget that all touch all the time: taken in slices of a thousandth of a second.
 * `*share` is what the caller has taken before and not used, 0 first. */
static inline bool budget_take_share(struct budget *budget, uint64_t *share, uint64_t per_s,
                                     uint64_t depth_ns, uint64_t amount, uint64_t now_ms)
{
    uint64_t slice = per_s / BUDGET_SLICES_PER_S;
    if (*share < amount) {
        if (slice <= amount || !budget_take(budget, per_s, depth_ns, slice, now_ms)) {
            return budget_take(budget, per_s, depth_ns, amount, now_ms);
        }
        *share += slice;
    }
    *share -= amount;
    return true;
}

#endif
