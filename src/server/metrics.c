/* SPDX-License-Identifier: Apache-2.0 */
#include "server/metrics.h"

#include <string.h>

#include "base/counter.h"
#include "base/histogram.h"

#define PREFIX "visavis_"

/* The part of a name before its labels. */
static int family_size(const char *name)
{
    return (int)strcspn(name, "{");
}

/* HELP and TYPE stand once before all lines of a family. */
static enum err write_head(struct buf *out, const char *name, const char *before,
                           const char *suffix, const char *type, const char *sentence)
{
    int size = family_size(name);
    if (before != NULL && family_size(before) == size && memcmp(before, name, (size_t)size) == 0) {
        return OK;
    }
    return buf_printf(out, "# HELP " PREFIX "%.*s%s %s\n# TYPE " PREFIX "%.*s%s %s\n", size, name,
                      suffix, sentence, size, name, suffix, type);
}

static enum err write_counters(struct buf *out)
{
    enum err err = OK;
    const char *before = NULL;
    for (int i = 0; i < COUNTER_COUNT && err == OK; i++) {
        const char *name = counter_name((enum counter)i);
        int size = family_size(name);
        err = write_head(out, name, before, "_total", "counter", counter_sentence((enum counter)i));
        if (err == OK) {
            err = buf_printf(out, PREFIX "%.*s_total%s %lld\n", size, name, name + size,
                             (long long)counter_value((enum counter)i));
        }
        before = name;
    }
    return err;
}

static enum err write_histogram(struct buf *out, enum histogram histogram)
{
    const char *name = histogram_name(histogram);
    struct histogram_view view;
    histogram_read(histogram, &view);
    enum err err =
        write_head(out, name, NULL, "_seconds", "histogram", histogram_sentence(histogram));
    uint64_t sum = 0;
    for (uint32_t i = 0; i < HISTOGRAM_BOUNDS && err == OK; i++) {
        sum += view.counts[i];
        err = buf_printf(out, PREFIX "%s_seconds_bucket{le=\"%g\"} %llu\n", name,
                         (double)histogram_bound_ms(i) / 1000, (unsigned long long)sum);
    }
    if (err == OK) {
        err = buf_printf(out,
                         PREFIX "%s_seconds_bucket{le=\"+Inf\"} %llu\n" PREFIX
                                "%s_seconds_sum %.3f\n" PREFIX "%s_seconds_count %llu\n",
                         name, (unsigned long long)view.count, name, (double)view.sum_ms / 1000,
                         name, (unsigned long long)view.count);
    }
    return err;
}

static enum err write_gauges(const struct metrics_gauges *gauges, struct buf *out)
{
    enum err err = OK;
    const char *before = NULL;
    for (uint32_t i = 0; i < gauges->count && err == OK; i++) {
        const struct metrics_gauge *gauge = &gauges->list[i];
        err = write_head(out, gauge->name, before, "", "gauge", gauge->sentence);
        err = err == OK ? buf_printf(out, PREFIX "%s %.15g\n", gauge->name, gauge->value) : err;
        before = gauge->name;
    }
    return err;
}

void metrics_add(struct metrics_gauges *gauges, const char *name, const char *sentence,
                 double value)
{
    ASSERT(gauges->count < METRICS_GAUGES_MAX);
    gauges->list[gauges->count++] =
        (struct metrics_gauge){.name = name, .sentence = sentence, .value = value};
}

MUST_USE enum err metrics_write(const struct metrics_gauges *gauges, struct buf *out)
{
    enum err err = write_counters(out);
    for (int i = 0; i < HISTOGRAM_COUNT && err == OK; i++) {
        err = write_histogram(out, (enum histogram)i);
    }
    return err == OK ? write_gauges(gauges, out) : err;
}

#define ONLY_TEXT "there are only GET /metrics, /healthz and /readyz\n"

/* Leaves `response` as it is for any other path. */
static void answer_state(const struct metrics *metrics, struct slice path,
                         struct http_response *response)
{
    if (slice_equal(path, SLICE("/healthz"))) {
        response->status = 200;
        response->body = SLICE("ok");
    } else if (slice_equal(path, SLICE("/readyz"))) {
        const char *why = metrics->unready(metrics->arg);
        response->status = why == NULL ? 200 : 503;
        response->body = slice_text(why == NULL ? "ready" : why);
    }
}

static void on_request(void *arg, http_exchange exchange, const struct http_request *request)
{
    struct metrics *metrics = arg;
    bool reads = request->method == HTTP_GET || request->method == HTTP_HEAD;
    if (!reads || !slice_equal(request->path, SLICE("/metrics"))) {
        struct http_response response = {.status = reads ? 404 : 405,
                                         .type = "text/plain; charset=utf-8",
                                         .body = SLICE(ONLY_TEXT)};
        if (reads) {
            answer_state(metrics, request->path, &response);
        }
        http_respond(metrics->server, exchange, &response);
        return;
    }
    struct metrics_gauges gauges = {.count = 0};
    metrics->collect(metrics->arg, &gauges);
    struct buf text;
    buf_init(&text, METRICS_TEXT_MAX);
    enum err err = metrics_write(&gauges, &text);
    struct http_response response = {.status = err == OK ? 200 : 503,
                                     .type = "text/plain; version=0.0.4; charset=utf-8",
                                     .body = err == OK ? buf_slice(&text) : SLICE("no memory\n")};
    http_respond(metrics->server, exchange, &response);
    buf_fini(&text);
}

struct http_handler metrics_handler(struct metrics *metrics)
{
    return (struct http_handler){.on_request = on_request, .arg = metrics};
}
