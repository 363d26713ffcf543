/* SPDX-License-Identifier: Apache-2.0 */
#include "base/histogram.h"

#include <stdatomic.h>

#include "base/err.h"

static const struct {
    const char *name;
    const char *sentence;
} table[HISTOGRAM_COUNT] = {
#define HISTOGRAM(id, name, sentence) [HISTOGRAM_##id] = {name, sentence},
#include "base/histogram.def"
#undef HISTOGRAM
};

/* From a late timer (ms) to a long call (hours), about as fine in each range. */
static const uint32_t bounds_ms[HISTOGRAM_BOUNDS] = {
    1,    2,    5,    10,    25,    50,    100,    250,     500,
    1000, 2500, 5000, 10000, 30000, 60000, 600000, 3600000, 14400000,
};

static struct {
    atomic_uint_fast64_t counts[HISTOGRAM_BOUNDS + 1];
    atomic_uint_fast64_t sum_ms;
} values[HISTOGRAM_COUNT];

void histogram_observe(enum histogram histogram, uint64_t duration_ms)
{
    ASSERT((unsigned)histogram < HISTOGRAM_COUNT);
    uint32_t bucket = 0;
    while (bucket < HISTOGRAM_BOUNDS && duration_ms > bounds_ms[bucket]) {
        bucket++;
    }
    (void)atomic_fetch_add_explicit(&values[histogram].counts[bucket], 1, memory_order_relaxed);
    (void)atomic_fetch_add_explicit(&values[histogram].sum_ms, duration_ms, memory_order_relaxed);
}

uint64_t histogram_bound_ms(uint32_t index)
{
    ASSERT(index < HISTOGRAM_BOUNDS);
    return bounds_ms[index];
}

void histogram_read(enum histogram histogram, struct histogram_view *out)
{
    ASSERT((unsigned)histogram < HISTOGRAM_COUNT);
    *out = (struct histogram_view){0};
    for (uint32_t i = 0; i <= HISTOGRAM_BOUNDS; i++) {
        out->counts[i] = atomic_load_explicit(&values[histogram].counts[i], memory_order_relaxed);
        out->count += out->counts[i];
    }
    out->sum_ms = atomic_load_explicit(&values[histogram].sum_ms, memory_order_relaxed);
}

const char *histogram_name(enum histogram histogram)
{
    ASSERT((unsigned)histogram < HISTOGRAM_COUNT);
    return table[histogram].name;
}

const char *histogram_sentence(enum histogram histogram)
{
    ASSERT((unsigned)histogram < HISTOGRAM_COUNT);
    return table[histogram].sentence;
}
