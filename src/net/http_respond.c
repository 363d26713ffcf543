/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: the bytes of a response, and the end of an exchange. */
#include <time.h>
#include "base/counter.h"
#include "base/histogram.h"
#include "base/log.h"
#include "net/http_internal.h"

enum { RESPONSE_HEAD_MAX = 64 * 1024 };

static const char *reason_of(uint16_t status)
{
    static const struct {
        uint16_t status;
        const char *reason;
    } reasons[] = {
        {101, "Switching Protocols"},
        {200, "OK"},
        {201, "Created"},
        {202, "Accepted"},
        {204, "No Content"},
        {206, "Partial Content"},
        {301, "Moved Permanently"},
        {302, "Found"},
        {303, "See Other"},
        {304, "Not Modified"},
        {400, "Bad Request"},
        {401, "Unauthorized"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {416, "Range Not Satisfiable"},
        {417, "Expectation Failed"},
        {422, "Unprocessable Content"},
        {426, "Upgrade Required"},
        {429, "Too Many Requests"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
        {505, "HTTP Version Not Supported"},
    };

    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        if (reasons[i].status == status) {
            return reasons[i].reason;
        }
    }
    return "Unknown";
}

/* RFC 9110, 5.6.7. The names are English whatever the locale. */
static const char *date_of(struct http_server *server)
{
    static const char days[] = "SunMonTueWedThuFriSat";
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    time_t now_s = time(NULL);
    struct tm tm;

    if (server->date_s != now_s && gmtime_r(&now_s, &tm) != NULL) {
        server->date_s = now_s;
        (void)snprintf(server->date, sizeof server->date, "%.3s, %02d %.3s %04d %02d:%02d:%02d GMT",
                       days + 3 * tm.tm_wday, tm.tm_mday % 100, months + 3 * tm.tm_mon,
                       (tm.tm_year + 1900) % 10000, tm.tm_hour % 100, tm.tm_min % 100,
                       tm.tm_sec % 100);
    }
    return server->date;
}

/* A value with a line end would be a header more: what came from outside must not make one. */
static bool is_one_line(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '\r' || text.data[i] == '\n' || text.data[i] == '\0') {
            return false;
        }
    }
    return true;
}

static enum err write_headers(struct buf *head, const struct http_response *response)
{
    enum err err = OK;

    if (response->type != NULL && is_one_line(slice_text(response->type))) {
        err = buf_printf(head, "Content-Type: %s\r\n", response->type);
    }
    for (uint32_t i = 0; i < response->header_count && err == OK; i++) {
        struct slice name = response->headers[i].name;
        struct slice value = response->headers[i].value;

        if (!is_one_line(name) || !is_one_line(value)) {
            log_error("header dropped", "cause=%s", "line end in it");
            continue;
        }
        err = buf_printf(head, "%.*s: %.*s\r\n", (int)name.size, (const char *)name.data,
                         (int)value.size, value.size == 0 ? "" : (const char *)value.data);
    }
    return err;
}

enum err http_write_response(struct http_conn *hc, const struct http_response *response)
{
    struct buf head;
    uint16_t status = response->status;
    bool has_length = status >= 200 && status != 204 && status != 304;
    bool has_body = has_length && !hc->head_only;
    enum err err = OK;

    buf_init(&head, RESPONSE_HEAD_MAX);
    err = buf_printf(&head, "HTTP/1.1 %u %s\r\nDate: %s\r\nX-Content-Type-Options: nosniff\r\n",
                     status, reason_of(status), date_of(hc->server));
    if (err == OK && has_length) {
        err = buf_printf(&head, "Content-Length: %zu\r\n", response->body.size);
    }
    if (err == OK && status >= 200 && !hc->keep_alive) {
        err = buf_append_text(&head, "Connection: close\r\n");
    }
    if (err == OK) {
        err = write_headers(&head, response);
    }
    if (err == OK) {
        err = buf_append_text(&head, "\r\n");
    }
    if (err == OK) {
        err = conn_write(&hc->conn, buf_slice(&head));
    }
    if (err == OK && has_body) {
        err = response->body_is_static ? conn_write_static(&hc->conn, response->body)
                                       : conn_write(&hc->conn, response->body);
    }
    buf_fini(&head);
    return err;
}

void http_respond(struct http_server *server, http_exchange exchange,
                  const struct http_response *response)
{
    struct http_conn *hc = slots_remove(server->exchanges, exchange);

    if (hc == NULL) {
        return;
    }
    ASSERT(hc->state == HTTP_STATE_WAITING && hc->exchange == exchange);
    ASSERT(response->status >= 200);
    hc->exchange = 0;
    counter_increment(COUNTER_HTTP_REQUESTS);
    histogram_observe(HISTOGRAM_HTTP_REQUEST, uv_hrtime() / 1000000 - hc->asked_ms);
    if (http_write_response(hc, response) != OK) {
        http_conn_cut(hc); /* half an answer must not look like a whole one */
        return;
    }
    http_conn_answered(hc);
}
