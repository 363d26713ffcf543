/* SPDX-License-Identifier: Apache-2.0 */
/* Counters, histograms and gauges as text for Prometheus (exposition format 0.0.4), and a handler
 * that serves them at /metrics on a listener of their own, where /healthz and /readyz are answered
 * too: nobody waits there behind the handshakes of a crowd of pages. */
#ifndef SERVER_METRICS_H
#define SERVER_METRICS_H

#include "base/buf.h"
#include "net/http.h"

#define METRICS_TEXT_MAX (256 * 1024)
#define METRICS_GAUGES_MAX 64

/* A value that goes up and down, read when it is asked for. `name` may have labels in braces;
 * gauges of one family stand together. */
struct metrics_gauge {
    const char *name;
    const char *sentence;
    double value;
};

struct metrics_gauges {
    struct metrics_gauge list[METRICS_GAUGES_MAX];
    uint32_t count;
};

/* Appends one; beyond METRICS_GAUGES_MAX is a mistake of ours. */
void metrics_add(struct metrics_gauges *gauges, const char *name, const char *sentence,
                 double value);

/* Appends everything to `out`. ERR_NOMEM, ERR_LIMIT. */
MUST_USE enum err metrics_write(const struct metrics_gauges *gauges, struct buf *out);

struct metrics {
    struct http_server *server;                             /* set before requests can come */
    void (*collect)(void *arg, struct metrics_gauges *out); /* fills the gauges */
    const char *(*unready)(void *arg); /* NULL: ready; otherwise why not */
    void *arg;
};

/* GET /metrics, /healthz and /readyz are answered; everything else is 404. `metrics` is borrowed.
 */
struct http_handler metrics_handler(struct metrics *metrics);

#endif
