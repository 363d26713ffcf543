/* SPDX-License-Identifier: Apache-2.0 */
#include "net/fetch.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/loop_internal.h"
#include "net/sockaddr.h"

#define URL_SIZE_MAX 2048
#define BODY_SIZE_MAX 65536

struct fetch {
    struct fetch *next;
    struct fetcher *fetcher;
    CURL *easy;
    struct curl_slist *headers;
    struct buf body;
    struct buf answer;
    bool too_long;
    bool forbidden;
    void (*on_done)(void *arg, enum err err, const struct fetch_answer *answer);
    void *arg;
};

struct fetcher {
    struct fetcher_params params;
    CURLM *multi;
    uv_timer_t timer;
    struct fetch *first;
    uint32_t count;
    bool closing;
};

/* A socket of libcurl's that the loop watches. */
struct watch {
    uv_poll_t poll;
    struct fetcher *fetcher;
    curl_socket_t file;
};

static void fetch_destroy(struct fetch *fetch)
{
    struct fetcher *fetcher = fetch->fetcher;
    for (struct fetch **link = &fetcher->first; *link != NULL; link = &(*link)->next) {
        if (*link == fetch) {
            *link = fetch->next;
            fetcher->count--;
            break;
        }
    }
    if (fetch->easy != NULL) {
        (void)curl_multi_remove_handle(fetcher->multi, fetch->easy);
        curl_easy_cleanup(fetch->easy);
    }
    curl_slist_free_all(fetch->headers);
    buf_fini(&fetch->body);
    buf_fini(&fetch->answer);
    mem_free(fetch);
}

/* ---- what libcurl asks of us ---- */

static curl_socket_t on_open(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct fetch *fetch = arg;
    const struct fetcher_params *params = &fetch->fetcher->params;
    struct addr peer = sockaddr_to(&address->addr);
    if (purpose != CURLSOCKTYPE_IPCXN || peer.family == ADDR_NONE ||
        !params->may_connect(params->arg, &peer)) {
        fetch->forbidden = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t on_bytes(char *data, size_t size, size_t count, void *arg)
{
    struct fetch *fetch = arg;
    size_t bytes = size * count;
    enum err err = buf_append(&fetch->answer, slice_from(data, bytes));
    fetch->too_long = err == ERR_LIMIT;
    return err == OK ? bytes : 0;
}

static enum err reason_of(const struct fetch *fetch, CURLcode code)
{
    if (fetch->too_long) {
        return ERR_LIMIT;
    }
    switch (code) {
    case CURLE_OK:
        return OK;
    case CURLE_OPERATION_TIMEDOUT:
        return ERR_TIMEOUT;
    case CURLE_COULDNT_CONNECT:
        return fetch->forbidden ? ERR_FORBIDDEN : ERR_CLOSED;
    case CURLE_COULDNT_RESOLVE_HOST:
        return ERR_CLOSED;
    case CURLE_OUT_OF_MEMORY:
        return ERR_NOMEM;
    default:
        return ERR_IO;
    }
}

/* NULL: the answer has none. Borrowed until fetch_destroy; each comes from libcurl's own list. */
static const char *header_of(const struct fetch *fetch, const char *name)
{
    struct curl_header *header = NULL;
    return curl_easy_header(fetch->easy, name, 0, CURLH_HEADER, -1, &header) == CURLHE_OK
               ? header->value
               : NULL;
}

static void finish(struct fetch *fetch, CURLcode code)
{
    enum err err = reason_of(fetch, code);
    struct fetch_answer answer = {.body = buf_slice(&fetch->answer)};
    long status = 0;
    curl_off_t after_s = 0;
    (void)curl_easy_getinfo(fetch->easy, CURLINFO_RESPONSE_CODE, &status);
    (void)curl_easy_getinfo(fetch->easy, CURLINFO_RETRY_AFTER, &after_s);
    answer.status = (uint16_t)status;
    answer.retry_after_s = after_s > 0 && after_s < INT32_MAX ? (uint32_t)after_s : 0;
    answer.location = header_of(fetch, "Location");
    answer.nonce = header_of(fetch, "Replay-Nonce");
    fetch->on_done(fetch->arg, err, err == OK ? &answer : NULL);
    fetch_destroy(fetch);
}

static void finish_all(struct fetcher *fetcher)
{
    int left = 0;
    CURLMsg *message;
    while (!fetcher->closing && (message = curl_multi_info_read(fetcher->multi, &left)) != NULL) {
        struct fetch *fetch = NULL;
        if (message->msg == CURLMSG_DONE &&
            curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&fetch) ==
                CURLE_OK) {
            finish(fetch, message->data.result);
        }
    }
}

static void on_watch_closed(uv_handle_t *handle)
{
    mem_free(handle->data);
}

static void on_ready(uv_poll_t *poll, int status, int events)
{
    struct watch *watch = poll->data;
    struct fetcher *fetcher = watch->fetcher;
    int running = 0;
    int mask = status < 0 ? CURL_CSELECT_ERR : 0;
    mask |= (events & UV_READABLE) != 0 ? CURL_CSELECT_IN : 0;
    mask |= (events & UV_WRITABLE) != 0 ? CURL_CSELECT_OUT : 0;
    (void)curl_multi_socket_action(fetcher->multi, watch->file, mask, &running);
    finish_all(fetcher);
}

static struct watch *watch_create(struct fetcher *fetcher, curl_socket_t file)
{
    struct watch *watch = mem_alloc(sizeof(*watch));
    if (watch == NULL) {
        return NULL;
    }
    watch->fetcher = fetcher;
    watch->file = file;
    watch->poll.data = watch;
    if (uv_poll_init(loop_uv(fetcher->params.loop), &watch->poll, file) != 0) {
        mem_free(watch);
        return NULL;
    }
    (void)curl_multi_assign(fetcher->multi, file, watch);
    return watch;
}

/* A socket that cannot be watched makes its request run into its time limit. */
static int on_socket(CURL *easy, curl_socket_t file, int what, void *arg, void *socket_arg)
{
    struct fetcher *fetcher = arg;
    struct watch *watch = socket_arg;
    (void)easy;
    if (what == CURL_POLL_REMOVE) {
        if (watch != NULL) {
            (void)curl_multi_assign(fetcher->multi, file, NULL);
            uv_close((uv_handle_t *)&watch->poll, on_watch_closed);
        }
        return 0;
    }
    watch = watch == NULL ? watch_create(fetcher, file) : watch;
    if (watch != NULL) {
        int events = (what & CURL_POLL_IN) != 0 ? UV_READABLE : 0;
        events |= (what & CURL_POLL_OUT) != 0 ? UV_WRITABLE : 0;
        (void)uv_poll_start(&watch->poll, events, on_ready);
    }
    return 0;
}

static void on_timer(uv_timer_t *timer)
{
    struct fetcher *fetcher = timer->data;
    int running = 0;
    (void)curl_multi_socket_action(fetcher->multi, CURL_SOCKET_TIMEOUT, 0, &running);
    finish_all(fetcher);
}

/* libcurl must not be called from inside this: a time of 0 is the next turn of the loop. */
static int on_timeout(CURLM *multi, long timeout_ms, void *arg)
{
    struct fetcher *fetcher = arg;
    (void)multi;
    if (timeout_ms < 0) {
        (void)uv_timer_stop(&fetcher->timer);
    } else {
        (void)uv_timer_start(&fetcher->timer, on_timer, (uint64_t)timeout_ms, 0);
    }
    return 0;
}

/* ---- life ---- */

MUST_USE enum err fetcher_create(const struct fetcher_params *params, struct fetcher **out)
{
    struct fetcher *fetcher = mem_alloc(sizeof(*fetcher));
    *out = NULL;
    if (fetcher == NULL) {
        return ERR_NOMEM;
    }
    fetcher->params = *params;
    fetcher->multi = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_multi_init() : NULL;
    if (fetcher->multi == NULL) {
        mem_free(fetcher);
        return ERR_NOMEM;
    }
    (void)curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    (void)curl_multi_setopt(fetcher->multi, CURLMOPT_SOCKETDATA, fetcher);
    (void)curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERFUNCTION, on_timeout);
    (void)curl_multi_setopt(fetcher->multi, CURLMOPT_TIMERDATA, fetcher);
    (void)curl_multi_setopt(fetcher->multi, CURLMOPT_MAXCONNECTS, 8L);
    (void)uv_timer_init(loop_uv(params->loop), &fetcher->timer);
    uv_unref((uv_handle_t *)&fetcher->timer);
    fetcher->timer.data = fetcher;
    *out = fetcher;
    return OK;
}

static void on_timer_closed(uv_handle_t *handle)
{
    mem_free(handle->data);
    curl_global_cleanup();
}

void fetcher_destroy(struct fetcher *fetcher)
{
    if (fetcher == NULL) {
        return;
    }
    fetcher->closing = true;
    while (fetcher->first != NULL) {
        struct fetch *fetch = fetcher->first;
        fetch->on_done(fetch->arg, ERR_CLOSED, NULL);
        fetch_destroy(fetch);
    }
    (void)curl_multi_cleanup(fetcher->multi);
    uv_close((uv_handle_t *)&fetcher->timer, on_timer_closed);
}

/* ---- a request ---- */

static bool is_allowed(const struct fetcher *fetcher, const char *url)
{
    bool https = strncmp(url, "https://", 8) == 0;
    bool http = strncmp(url, "http://", 7) == 0;
    return strlen(url) < URL_SIZE_MAX && (https || (http && fetcher->params.plain));
}

static bool set_headers(struct fetch *fetch, const char *const *headers)
{
    for (; headers != NULL && *headers != NULL; headers++) {
        struct curl_slist *longer = curl_slist_append(fetch->headers, *headers);
        if (longer == NULL) {
            return false;
        }
        fetch->headers = longer;
    }
    return curl_easy_setopt(fetch->easy, CURLOPT_HTTPHEADER, fetch->headers) == CURLE_OK;
}

static bool set_up(struct fetch *fetch, const struct fetch_request *request)
{
    const struct fetcher_params *params = &fetch->fetcher->params;
    CURL *easy = fetch->easy;
    CURLcode code = curl_easy_setopt(easy, CURLOPT_URL, request->url);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request->method);
    if (strcmp(request->method, "GET") != 0) {
        code = code ? code : curl_easy_setopt(easy, CURLOPT_POSTFIELDS, (char *)fetch->body.data);
        code = code ? code : curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE, (long)fetch->body.size);
    }
    code = code ? code : curl_easy_setopt(easy, CURLOPT_PRIVATE, fetch);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_bytes);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_WRITEDATA, fetch);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, fetch);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, (long)params->time_ms);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    code = code ? code : curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    /* The environment may name a proxy, which would resolve and reach whatever it likes. */
    code = code ? code : curl_easy_setopt(easy, CURLOPT_PROXY, "");
    code = code ? code
                : curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR,
                                   params->plain ? "http,https" : "https");
    if (code == CURLE_OK && params->ca_file != NULL) {
        code = curl_easy_setopt(easy, CURLOPT_CAINFO, params->ca_file);
    }
    return code == CURLE_OK && set_headers(fetch, request->headers);
}

MUST_USE enum err
fetch_start(struct fetcher *fetcher, const struct fetch_request *request,
            void (*on_done)(void *arg, enum err err, const struct fetch_answer *answer), void *arg)
{
    if (!is_allowed(fetcher, request->url)) {
        return ERR_INVALID;
    }
    if (fetcher->closing || fetcher->count >= fetcher->params.count_max) {
        return ERR_BUSY;
    }
    struct fetch *fetch = mem_alloc(sizeof(*fetch));
    if (fetch == NULL) {
        return ERR_NOMEM;
    }
    fetch->fetcher = fetcher;
    fetch->on_done = on_done;
    fetch->arg = arg;
    buf_init(&fetch->body, BODY_SIZE_MAX);
    buf_init(&fetch->answer, fetcher->params.answer_bytes_max);
    fetch->easy = curl_easy_init();
    enum err err = fetch->easy == NULL ? ERR_NOMEM : buf_append(&fetch->body, request->body);
    if (err == OK && (!set_up(fetch, request) ||
                      curl_multi_add_handle(fetcher->multi, fetch->easy) != CURLM_OK)) {
        err = ERR_NOMEM;
    }
    if (err != OK) {
        fetch_destroy(fetch);
        return err;
    }
    fetch->next = fetcher->first;
    fetcher->first = fetch;
    fetcher->count++;
    return OK;
}
