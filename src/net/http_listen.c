/* SPDX-License-Identifier: Apache-2.0 */
/* The addresses that a server listens at, and what is accepted there. */
#include "net/http_internal.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/counter.h"
#include "base/log.h"
#include "base/mem.h"
#include "net/inherited.h"
#include "net/notify.h"
#include "net/sockaddr.h"

#define FULL_LOG_MS 1000
#define NODE_DEAD_MS 4000
#define TURNED_AWAY_MAX 1024 /* in one turn of the loop; as many as may wait in the queue */

/* uv_accept must be called for each connection, also for those that we cannot keep. */
static void turn_away(struct http_listener *listener)
{
    struct http_server *server = listener->server;
    uv_tcp_t *tcp = mem_alloc(sizeof *tcp);

    counter_increment(COUNTER_HTTP_CONNECTIONS_REFUSED);
    if (tcp == NULL) {
        listener->accept_waits = true; /* libuv stops listening until the next uv_accept */
        return;
    }
    listener->accept_waits = false;
    (void)uv_tcp_init(loop_uv(server->loop), tcp);
    (void)uv_accept((uv_stream_t *)&listener->tcp, (uv_stream_t *)tcp);
    uv_close((uv_handle_t *)tcp, (uv_close_cb)mem_free);
}

enum err http_listen_count(struct http_conn *hc)
{
    uint32_t max = hc->server->limits.connections_per_address_max;
    return sources_enter(hc->server->sources, &hc->remote, max == 0 ? UINT32_MAX : max,
                         &hc->source);
}

/* A proxy has as many connections as the people behind it: they are counted where they are known
 * to stay, at the handshake of a WebSocket. */
enum err http_listen_meet(struct http_conn *hc)
{
    const struct http_proxies *proxies = &hc->server->proxies;

    hc->remote = hc->from_node ? hc->told : conn_remote(&hc->conn);
    if (hc->remote.family == ADDR_NONE) {
        return ERR_CLOSED;
    }
    addr_format_ip(&hc->remote, hc->address);
    hc->by_proxy = addr_is_in(proxies->list, proxies->count, &hc->remote);
    return hc->by_proxy ? OK : http_listen_count(hc);
}

static bool take_spare(struct http_listener *listener)
{
    uv_os_fd_t file = -1;

    if (listener->spare <= 0 && uv_fileno((uv_handle_t *)&listener->tcp, &file) == 0) {
        listener->spare = fcntl(file, F_DUPFD_CLOEXEC, 3);
    }
    return listener->spare > 0;
}

/* No descriptor is left. libuv asks the kernel again and again until that answers that nobody
 * waits, for which it needs one: the spare one is given up, and who waits is accepted and closed.
 * (libuv has a spare one as well, but a confined process cannot open that a second time.) */
static void turn_away_queue(struct http_listener *listener)
{
    struct http_server *server = listener->server;
    uint64_t now_ms = loop_now_ms(server->loop);
    uv_os_fd_t file = -1;
    int stranger = 0;

    counter_increment(COUNTER_HTTP_CONNECTIONS_REFUSED);
    if (listener->full_ms == 0 || now_ms - listener->full_ms >= FULL_LOG_MS) {
        listener->full_ms = now_ms;
        log_warn("no descriptor is left: connections are closed", "port=%u",
                 (unsigned)listener->port);
    }
    if (listener->spare > 0) {
        (void)close(listener->spare);
        listener->spare = -1;
    } else if (server->conns != NULL) {
        http_conn_cut(server->conns); /* somebody else took it: the newest goes */
    }
    if (uv_fileno((uv_handle_t *)&listener->tcp, &file) != 0) {
        return;
    }
    for (int i = 0; i < TURNED_AWAY_MAX && stranger >= 0; i++) {
        stranger = accept4(file, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        if (stranger >= 0) {
            (void)close(stranger);
        }
    }
}

static void on_connection(uv_stream_t *stream, int status)
{
    struct http_listener *listener = stream->data;
    struct http_server *server = listener->server;
    struct http_conn *hc = NULL;
    bool closing = false;
    enum err err = OK;

    if (status == UV_EMFILE || status == UV_ENFILE) {
        turn_away_queue(listener);
        return;
    }
    if (status != 0) {
        counter_increment(COUNTER_HTTP_CONNECTIONS_REFUSED);
        log_warn("accept failed", "error=%s", uv_err_name(status));
        return;
    }
    if (server->closing || server->conn_count >= server->limits.connections_max ||
        (listener->of_nodes && server->stranger_count > server->limits.connections_max / 4) ||
        !take_spare(listener)) {
        turn_away(listener);
        return;
    }
    hc = mem_alloc(sizeof *hc);
    if (hc == NULL) {
        turn_away(listener);
        return;
    }
    hc->server = server;
    hc->stun_only = listener->stun_only;
    hc->from_node = listener->of_nodes;
    buf_init(&hc->in, server->limits.header_bytes_max + 2U * LOOP_READ_SIZE +
                          server->limits.frame_bytes_max);
    err = conn_accept(&hc->conn, server->loop, stream, listener->tls, &http_conn_events, &closing);
    if (err != OK && !closing) {
        mem_free(hc);
        turn_away(listener);
        return;
    }
    server->conn_count++;
    server->stranger_count += hc->from_node ? 1 : 0;
    hc->next = server->conns;
    hc->link = &server->conns;
    if (hc->next != NULL) {
        hc->next->link = &hc->next;
    }
    server->conns = hc;
    if (err == OK && hc->from_node) {
        conn_watch_peer(&hc->conn, NODE_DEAD_MS); /* who is behind it is said later */
    } else if (err == OK) {
        err = http_listen_meet(hc);
    }
    if (err != OK) {
        counter_increment(COUNTER_HTTP_CONNECTIONS_REFUSED);
        http_conn_cut(hc);
        return;
    }
    counter_increment(COUNTER_HTTP_CONNECTIONS);
    http_conn_timer(hc, server->limits.head_timeout_ms, http_conn_on_timeout);
    conn_set_reading(&hc->conn, true);
}

void http_listen_retry(struct http_server *server)
{
    for (uint32_t i = 0; i < server->listener_count && !server->closing; i++) {
        if (server->listeners[i].accept_waits) {
            turn_away(&server->listeners[i]);
        }
    }
}

void http_listen_close(struct http_server *server)
{
    for (uint32_t i = 0; i < server->listener_count; i++) {
        if (server->listeners[i].spare > 0) {
            (void)close(server->listeners[i].spare);
        }
        server->listeners[i].tcp.data = server;
        uv_close((uv_handle_t *)&server->listeners[i].tcp, http_handle_closed);
    }
}

/* The socket of the service manager, or a new one, which it then keeps for the next process. */
static int bind_listener(struct http_listener *listener, const union sockaddr_any *any)
{
    int file = inherited_take(&any->head);
    if (file >= 0) {
        return uv_tcp_open(&listener->tcp, file);
    }
    return uv_tcp_bind(&listener->tcp, &any->head, 0);
}

static void keep_listener(const struct http_listener *listener, const char *address)
{
    char name[100];
    uv_os_fd_t file = -1;
    if (uv_fileno((const uv_handle_t *)&listener->tcp, &file) == 0) {
        (void)snprintf(name, sizeof(name), "tcp-%u-%.64s", (unsigned)listener->port, address);
        for (char *at = strchr(name, ':'); at != NULL; at = strchr(at, ':')) {
            *at = '.'; /* the manager's lists of names have colons between them */
        }
        notify_keep(file, name);
    }
}

enum err http_server_listen(struct http_server *server, const char *address, uint16_t port,
                            bool stun_only, uint16_t *taken)
{
    union sockaddr_any any = {0};
    struct http_listener *listener = &server->listeners[server->listener_count];
    int size = sizeof any;
    int result = 0;

    *taken = 0;
    if (server->listener_count == HTTP_LISTENERS_MAX) {
        return ERR_LIMIT;
    }
    if (uv_ip4_addr(address, port, &any.four) != 0 && uv_ip6_addr(address, port, &any.six) != 0) {
        return ERR_INVALID;
    }
    /* Counted before it can fail: from here on it must be closed. */
    (void)uv_tcp_init(loop_uv(server->loop), &listener->tcp);
    server->listener_count++;
    server->open_handles++;
    listener->tcp.data = listener;
    listener->server = server;
    listener->stun_only = stun_only;
    listener->tls = server->tls;
    result = bind_listener(listener, &any);
    if (result == 0) {
        result = uv_listen((uv_stream_t *)&listener->tcp, 1024, on_connection);
    }
    if (result == 0) {
        result = uv_tcp_getsockname(&listener->tcp, &any.head, &size);
    }
    if (result != 0) {
        log_error("cannot listen", "address=%s port=%u error=%s", address, port,
                  uv_err_name(result));
        return ERR_IO;
    }
    (void)take_spare(listener);
    listener->port = ntohs(any.head.sa_family == AF_INET6 ? any.six.sin6_port : any.four.sin_port);
    *taken = listener->port;
    keep_listener(listener, address);
    return OK;
}

enum err http_server_listen_nodes(struct http_server *server, const char *address, uint16_t port,
                                  struct tls_context *tls, uint16_t *taken)
{
    struct http_listener *listener = &server->listeners[server->listener_count];
    enum err err = http_server_listen(server, address, port, false, taken);

    if (err == OK) {
        listener->tls = tls;
        listener->of_nodes = true;
    }
    return err;
}

void http_server_give_back(struct http_server *server)
{
    for (uint32_t i = 0; i < server->listener_count; i++) {
        uv_os_fd_t file = -1;
        int copy = -1;

        if (uv_fileno((uv_handle_t *)&server->listeners[i].tcp, &file) == 0) {
            copy = fcntl(file, F_DUPFD_CLOEXEC, 3);
        }
        if (copy >= 0) {
            inherited_give_back(copy);
        }
    }
}
