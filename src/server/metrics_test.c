/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

#include <stdio.h>
#include <string.h>

#include "base/counter.h"
#include "base/histogram.h"
#include "unit.h"

static struct buf text;

static void write_text(const struct metrics_gauges *gauges)
{
    buf_init(&text, METRICS_TEXT_MAX);
    CHECK(metrics_write(gauges, &text) == OK);
    CHECK(buf_append_byte(&text, '\0') == OK);
}

static bool has(const char *line)
{
    return strstr((const char *)text.data, line) != NULL;
}

/* How often `line` stands in the text. */
static uint32_t count(const char *line)
{
    uint32_t found = 0;
    for (const char *at = (const char *)text.data; (at = strstr(at, line)) != NULL; at++) {
        found++;
    }
    return found;
}

static void a_family_has_one_head_and_a_line_for_each_label(void)
{
    struct metrics_gauges gauges = {.count = 0};
    metrics_add(&gauges, "calls{state=\"ringing\"}", "calls by state", 2);
    metrics_add(&gauges, "calls{state=\"active\"}", "calls by state", 3);
    metrics_add(&gauges, "calls_held", "another family with the same beginning", 1.5);
    write_text(&gauges);
    CHECK(count("# TYPE visavis_calls gauge\n") == 1);
    CHECK(has("\nvisavis_calls{state=\"ringing\"} 2\nvisavis_calls{state=\"active\"} 3\n"));
    CHECK(has("# TYPE visavis_calls_held gauge\nvisavis_calls_held 1.5\n"));
    CHECK(count("# TYPE visavis_calls_ended_total counter\n") == 1);
    CHECK(has("\nvisavis_calls_ended_total{reason=\"no-answer\"} "));
    buf_fini(&text);
}

static void a_counter_shows_its_value(void)
{
    struct metrics_gauges none = {.count = 0};
    counter_add(COUNTER_STORE_FAILED, 7 - counter_value(COUNTER_STORE_FAILED));
    write_text(&none);
    CHECK(has("# TYPE visavis_store_failed_total counter\nvisavis_store_failed_total 7\n"));
    buf_fini(&text);
}

static void the_buckets_of_a_histogram_are_sums_and_in_seconds(void)
{
    struct metrics_gauges none = {.count = 0};
    histogram_observe(HISTOGRAM_CALLS_SETUP, 3);
    histogram_observe(HISTOGRAM_CALLS_SETUP, 700);
    histogram_observe(HISTOGRAM_CALLS_SETUP, 90000000);
    write_text(&none);
    struct histogram_view view;
    histogram_read(HISTOGRAM_CALLS_SETUP, &view);
    char line[128];
    (void)snprintf(line, sizeof(line), "\nvisavis_calls_setup_seconds_bucket{le=\"0.5\"} %llu\n",
                   (unsigned long long)(view.count / 3));
    CHECK(has(line));
    (void)snprintf(line, sizeof(line),
                   "\nvisavis_calls_setup_seconds_bucket{le=\"+Inf\"} %llu\n"
                   "visavis_calls_setup_seconds_sum %.3f\nvisavis_calls_setup_seconds_count %llu\n",
                   (unsigned long long)view.count, (double)view.sum_ms / 1000,
                   (unsigned long long)view.count);
    CHECK(has(line));
    buf_fini(&text);
}

static void a_text_that_does_not_fit_is_an_error(void)
{
    struct metrics_gauges none = {.count = 0};
    struct buf small;
    buf_init(&small, 200);
    CHECK(metrics_write(&none, &small) == ERR_LIMIT);
    buf_fini(&small);
}

UNIT(a_family_has_one_head_and_a_line_for_each_label, a_counter_shows_its_value,
     the_buckets_of_a_histogram_are_sums_and_in_seconds, a_text_that_does_not_fit_is_an_error)
