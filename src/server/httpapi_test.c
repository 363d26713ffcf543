/* SPDX-License-Identifier: Apache-2.0 */
/* The HTTP API over loopback, in front of a portal whose ports are in memory. What each request
 * answers is tested against the program (tests/e2e/api); here each allocation fails once. */
#include "server/httpapi.h"

#include <stdlib.h>

#include "base/log.h"
#include "base/mem.h"
#include "net/testpeer.h"
#include "portal/testports.h"

#define PASSWORD "correct horse"

static struct loop *loop;
static struct testports ports;
static struct portal *portal;
static struct httpapi *api;
static struct http_server *server;
static char cookie[64];
static char answer[16384];

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void on_websocket(void *arg, http_exchange exchange, const struct login *login)
{
    (void)arg;
    (void)login;
    http_respond(server, exchange, &(struct http_response){.status = 503});
}

static void make_server(void)
{
    struct http_params params = {.loop = loop,
                                 .address = "127.0.0.1",
                                 .limits = {.connections_max = 8,
                                            .connections_per_address_max = 8,
                                            .header_bytes_max = 4096,
                                            .headers_max = 16,
                                            .body_bytes_max = 70000,
                                            .target_bytes_max = 400,
                                            .head_timeout_ms = 60000,
                                            .body_timeout_ms = 60000,
                                            .idle_timeout_ms = 60000,
                                            .frame_bytes_max = 1000,
                                            .queue_bytes_max = 100000,
                                            .ping_interval_ms = 60000},
                                 .handler = httpapi_handler(api)};
    char origin[40];
    CHECK(http_server_create(&params, &server) == OK);
    (void)snprintf(origin, sizeof origin, "http://localhost:%u",
                   (unsigned)http_server_port(server));
    CHECK(httpapi_add_origin(api, origin) == OK);
    httpapi_set_server(api, server);
}

static void set_up(void)
{
    log_set_sink(quiet, NULL);
    cookie[0] = '\0';
    testports_init(&ports, 11);
    struct ports filled = testports_ports(&ports);
    struct portal_params params = {.ports = filled, .limits = testports_limits()};
    CHECK(loop_create(&loop) == OK);
    CHECK(portal_create(&params, &portal) == OK);
    CHECK(testports_add_user(portal, "ann", PASSWORD) == OK);
    CHECK(testports_add_user(portal, "bob", PASSWORD) == OK);
    struct httpapi_params web = {.loop = loop,
                                 .portal = portal,
                                 .keep = filled.keep,
                                 .login_absolute_s = 1000,
                                 .on_websocket = on_websocket};
    CHECK(httpapi_create(&web, &api) == OK);
    make_server();
}

static void tear_down(void)
{
    http_server_destroy(server);
    httpapi_set_server(api, NULL);
    (void)testports_run(&ports);
    loop_drain(loop);
    httpapi_destroy(api);
    portal_destroy(portal);
    testports_fini(&ports);
    loop_destroy(loop);
}

/* Sends a request and gives the status of its answer; 0: there was none. */
static int ask_with(const char *method, const char *path, const char *type, const char *body,
                    size_t size)
{
    char head[1024];
    unsigned port = http_server_port(server);
    int fd = testpeer_connect((uint16_t)port);
    CHECK(fd >= 0);
    int length =
        snprintf(head, sizeof head,
                 "%s %s HTTP/1.1\r\nHost: localhost:%u\r\nOrigin: http://localhost:%u\r\n"
                 "Content-Type: %s\r\nContent-Length: %zu\r\n%s%s%sConnection: close\r\n"
                 "\r\n",
                 method, path, port, port, type, size, cookie[0] == '\0' ? "" : "Cookie: ", cookie,
                 cookie[0] == '\0' ? "" : "\r\n");
    testpeer_send(loop, fd, head, (size_t)length);
    testpeer_send(loop, fd, body, size);
    uint64_t end_ns = testpeer_end_ns();
    size_t used = 0;
    bool ended = false;
    while (!ended && uv_hrtime() < end_ns && used + 1 < sizeof answer) {
        testpeer_turn(loop);
        (void)testports_run(&ports); /* the store, the pool */
        ssize_t got = recvfrom(fd, answer + used, sizeof answer - 1 - used, 0, NULL, NULL);
        used += got > 0 ? (size_t)got : 0;
        ended = got == 0 || (got < 0 && errno != EAGAIN);
        if (got < 0) {
            struct pollfd wait = {.fd = fd, .events = POLLIN};
            (void)poll(&wait, 1, 1);
        }
    }
    answer[used] = '\0';
    (void)close(fd);
    return strncmp(answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(answer + 9, NULL, 10) : 0;
}

static int ask(const char *method, const char *path, const char *body)
{
    return ask_with(method, path, "application/json", body, strlen(body));
}

static void sign_in(const char *name)
{
    char body[128];
    (void)snprintf(body, sizeof body, "{\"name\":\"%s\",\"password\":\"" PASSWORD "\"}", name);
    CHECK(ask("POST", "/api/login", body) == 200);
    const char *set = strstr(answer, "Set-Cookie: visavis=");
    CHECK(set != NULL);
    (void)snprintf(cookie, sizeof cookie, "%.51s", set + strlen("Set-Cookie: "));
}

static void one_signs_in_reads_and_signs_out(void)
{
    set_up();
    CHECK(ask("GET", "/api/me", "") == 401);
    CHECK(ask("POST", "/api/login", "{\"name\":\"ann\",\"password\":\"wrong one\"}") == 401);
    sign_in("ann");
    CHECK(ask("GET", "/api/me", "") == 200);
    CHECK(strstr(answer, "\"name\":\"ann\"") != NULL);
    CHECK(strstr(answer, "\"status\":\"available\",") != NULL);
    CHECK(ask("GET", "/api/me/logins", "") == 200);
    CHECK(strstr(answer, "\"current\":true") != NULL);
    CHECK(ask("POST", "/api/logout", "") == 204);
    CHECK(ask("GET", "/api/me", "") == 401);
    tear_down();
}

static void people_are_found_and_profiles_change(void)
{
    set_up();
    sign_in("ann");
    CHECK(ask("GET", "/api/people?q=bo", "") == 200);
    CHECK(strstr(answer, "\"total\":1") != NULL);
    CHECK(ask("GET", "/api/people?limit=x", "") == 400);
    CHECK(ask("GET", "/api/people/nobody", "") == 404);
    CHECK(ask("PUT", "/api/me/profile",
              "{\"fullName\":\"Ann \\\"Lee\\\"\",\"email\":\"\",\"position\":\"Cook\","
              "\"language\":\"fr\"}") == 200);
    CHECK(strstr(answer, "Ann \\\"Lee\\\"") != NULL);
    CHECK(ask("PUT", "/api/me/profile", "{\"fullName\":\"\"}") == 400);
    CHECK(ask("PUT", "/api/me/password", "{\"old\":\"" PASSWORD "\",\"new\":\"battery staple\"}") ==
          204);
    CHECK(ask("PUT", "/api/me/password", "{\"old\":\"" PASSWORD "\",\"new\":\"battery staple\"}") ==
          401);
    tear_down();
}

static void pictures_and_links_are_checked(void)
{
    set_up();
    sign_in("ann");
    CHECK(ask_with("PUT", "/api/me/avatar", "image/webp", "GIF89a", 6) == 400);
    CHECK(ask("DELETE", "/api/me/avatar", "") == 200);
    CHECK(ask("GET", "/avatar/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "") == 404);
    CHECK(ask("POST", "/api/invitations", "{\"kind\":\"member\"}") == 404); /* no administrator */
    CHECK(ask("GET", "/api/invitations/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "") == 404);
    CHECK(ask("POST", "/api/join/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
              "{\"password\":\"battery staple\"}") == 404);
    tear_down();
}

static void what_is_not_asked_rightly_is_refused(void)
{
    set_up();
    CHECK(ask("GET", "/healthz", "") == 200);
    CHECK(ask("GET", "/nothing/here", "") == 404);
    CHECK(ask("DELETE", "/api/login", "") == 405);
    CHECK(ask("POST", "/api/login", "{\"name\":") == 400);
    CHECK(ask_with("POST", "/api/login", "text/plain", "{}", 2) == 400);
    sign_in("bob");
    CHECK(ask("GET", "/ws", "") == 426);
    CHECK(ask("DELETE", "/api/me/logins/nonsense", "") == 404);
    ports.password_err = ERR_BUSY;
    CHECK(ask("POST", "/api/login", "{\"name\":\"ann\",\"password\":\"x\"}") == 429);
    ports.password_err = OK;
    ports.keep_err = ERR_IO;
    CHECK(ask("PUT", "/api/me/profile",
              "{\"fullName\":\"B\",\"email\":\"\",\"position\":\"\",\"language\":\"\"}") == 500);
    CHECK(strstr(answer, "\"reference\":\"") != NULL);
    tear_down();
}

UNIT(one_signs_in_reads_and_signs_out, people_are_found_and_profiles_change,
     pictures_and_links_are_checked, what_is_not_asked_rightly_is_refused)
