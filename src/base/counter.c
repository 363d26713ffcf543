/* SPDX-License-Identifier: Apache-2.0 */
#include "base/counter.h"

#include <stdatomic.h>

#include "base/err.h"

static const struct {
    const char *name;
    const char *sentence;
} table[COUNTER_COUNT] = {
#define COUNTER(id, name, sentence) [COUNTER_##id] = {name, sentence},
#include "base/counters.def"
#undef COUNTER
};

static atomic_int_fast64_t values[COUNTER_COUNT];

void counter_add(enum counter counter, int64_t amount)
{
    ASSERT((unsigned)counter < COUNTER_COUNT);
    (void)atomic_fetch_add_explicit(&values[counter], amount, memory_order_relaxed);
}

int64_t counter_value(enum counter counter)
{
    ASSERT((unsigned)counter < COUNTER_COUNT);
    return atomic_load_explicit(&values[counter], memory_order_relaxed);
}

const char *counter_name(enum counter counter)
{
    ASSERT((unsigned)counter < COUNTER_COUNT);
    return table[counter].name;
}

const char *counter_sentence(enum counter counter)
{
    ASSERT((unsigned)counter < COUNTER_COUNT);
    return table[counter].sentence;
}
