/* SPDX-License-Identifier: Apache-2.0 */
/* Counters: one table (base/counters.def) gives the name, the sentence and the enum. Any thread. */
#ifndef BASE_COUNTER_H
#define BASE_COUNTER_H

#include <stdint.h>

enum counter {
#define COUNTER(id, name, sentence) COUNTER_##id,
#include "base/counters.def"
#undef COUNTER
    COUNTER_COUNT
};

void counter_add(enum counter counter, int64_t amount);
static inline void counter_increment(enum counter counter)
{
    counter_add(counter, 1);
}
int64_t counter_value(enum counter counter);
const char *counter_name(enum counter counter);
const char *counter_sentence(enum counter counter);

#endif
