/* SPDX-License-Identifier: Apache-2.0 */
/* Histograms of durations: one table (base/histogram.def) gives the name, the sentence and the
 * enum; all have the same bounds. Any thread. */
#ifndef BASE_HISTOGRAM_H
#define BASE_HISTOGRAM_H

#include <stdint.h>

enum histogram {
#define HISTOGRAM(id, name, sentence) HISTOGRAM_##id,
#include "base/histogram.def"
#undef HISTOGRAM
    HISTOGRAM_COUNT
};

#define HISTOGRAM_BOUNDS 18 /* and what is above the last one */

struct histogram_view {
    uint64_t counts[HISTOGRAM_BOUNDS + 1]; /* of each bucket alone, not summed up */
    uint64_t count;                        /* of all */
    uint64_t sum_ms;
};

/* Counts one duration. */
void histogram_observe(enum histogram histogram, uint64_t duration_ms);

/* The largest duration, in ms, that bucket `index` counts. */
uint64_t histogram_bound_ms(uint32_t index);
/* What was counted so far; `count` is exactly the sum of `counts`. */
void histogram_read(enum histogram histogram, struct histogram_view *out);
const char *histogram_name(enum histogram histogram);
const char *histogram_sentence(enum histogram histogram);

#endif
