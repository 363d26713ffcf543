/* SPDX-License-Identifier: Apache-2.0 */
/* Connections to servers of this test, which answer whatever they hear with the same. */
#include "net/dial.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include "net/testcert.h"

#define PATIENCE_MS 15000
#define TURN_MS 20 /* how long a server waits before it looks whether it is to end */

/* A socket on loopback with a thread that answers. */
struct server {
    int fd; /* + 1; 0: none */
    uint16_t port;
    bool stream;
    SSL_CTX *context; /* NULL: no TLS */
    pthread_t thread;
    bool runs;
    atomic_bool ends;
};

static struct server server;
static struct testcert cert;
static struct dial *dial;

static void tear_down(void)
{
    dial_close(dial);
    dial = NULL;
    atomic_store(&server.ends, true);
    if (server.runs) {
        (void)pthread_join(server.thread, NULL);
    }
    if (server.fd > 0) {
        (void)close(server.fd - 1);
    }
    SSL_CTX_free(server.context);
    memset(&server, 0, sizeof(server));
    testcert_remove(&cert);
    memset(&cert, 0, sizeof(cert));
}

static bool readable(int fd)
{
    struct pollfd one = {.fd = fd, .events = POLLIN};

    return poll(&one, 1, TURN_MS) > 0;
}

static void echo_plain(int fd)
{
    char bytes[256];
    ssize_t got = 1;

    while (got > 0 && !atomic_load(&server.ends)) {
        if (readable(fd)) {
            got = recvfrom(fd, bytes, sizeof bytes, 0, NULL, NULL);
            got = got > 0 ? send(fd, bytes, (size_t)got, MSG_NOSIGNAL) : got;
        }
    }
}

static void echo_tls(int fd)
{
    char bytes[256];
    int got = 1;
    SSL *ssl = SSL_new(server.context);

    if (ssl == NULL) {
        return;
    }
    (void)SSL_set_fd(ssl, fd);
    got = SSL_accept(ssl);
    while (got > 0 && !atomic_load(&server.ends)) {
        if (SSL_pending(ssl) > 0 || readable(fd)) {
            got = SSL_read(ssl, bytes, sizeof bytes);
            got = got > 0 ? SSL_write(ssl, bytes, got) : got;
        }
    }
    SSL_free(ssl);
}

static void echo_datagrams(int fd)
{
    char bytes[256];
    struct sockaddr_in from;

    while (!atomic_load(&server.ends)) {
        socklen_t size = sizeof from;

        if (readable(fd)) {
            ssize_t got = recvfrom(fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &size);
            if (got > 0) {
                (void)sendto(fd, bytes, (size_t)got, 0, (struct sockaddr *)&from, size);
            }
        }
    }
}

static void *serve(void *arg)
{
    (void)arg;
    if (!server.stream) {
        echo_datagrams(server.fd - 1);
        return NULL;
    }
    while (!atomic_load(&server.ends)) {
        int fd = readable(server.fd - 1) ? accept(server.fd - 1, NULL, NULL) : -1;

        if (fd >= 0) {
            (server.context != NULL ? echo_tls : echo_plain)(fd);
            (void)close(fd);
        }
    }
    return NULL;
}

static void open_server(bool stream)
{
    struct sockaddr_in own = {.sin_family = AF_INET};
    socklen_t size = sizeof own;

    unit_finally(tear_down);
    server.stream = stream;
    server.fd = socket(AF_INET, (stream ? SOCK_STREAM : SOCK_DGRAM) | SOCK_CLOEXEC, 0) + 1;
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(server.fd - 1, (struct sockaddr *)&own, sizeof own) == 0);
    CHECK(getsockname(server.fd - 1, (struct sockaddr *)&own, &size) == 0);
    CHECK(!stream || listen(server.fd - 1, 4) == 0);
    server.port = ntohs(own.sin_port);
}

static void start_server(void)
{
    (void)signal(SIGPIPE, SIG_IGN); /* as in the program */
    CHECK(pthread_create(&server.thread, NULL, serve, NULL) == 0);
    server.runs = true;
}

static void open_tls_server(void)
{
    testcert_make(&cert);
    open_server(true);
    server.context = SSL_CTX_new(TLS_server_method());
    CHECK(server.context != NULL);
    CHECK(SSL_CTX_use_certificate_file(server.context, cert.cert_path, SSL_FILETYPE_PEM) == 1);
    CHECK(SSL_CTX_use_PrivateKey_file(server.context, cert.key_path, SSL_FILETYPE_PEM) == 1);
    start_server();
}

static enum err open_dial(enum dial_kind kind, uint32_t timeout_ms)
{
    const struct addr to = addr_v4(127, 0, 0, 1, server.port);

    return dial_open(kind, &to, NULL, "localhost", timeout_ms, &dial);
}

/* Says it and hears the same; by streams maybe in parts. */
static void expect_echo(const char *text)
{
    uint8_t got[256];
    size_t size = 0;

    CHECK(dial_send(dial, slice_text(text)) == OK);
    while (size < strlen(text)) {
        size_t more = 0;

        CHECK(dial_recv(dial, got + size, sizeof got - size, PATIENCE_MS, &more) == OK);
        size += more;
    }
    CHECK(slice_equal(slice_from(got, size), slice_text(text)));
}

static void datagrams_go_there_and_back(void)
{
    uint8_t byte = 0;
    size_t size = 0;

    open_server(false);
    start_server();
    CHECK(open_dial(DIAL_UDP, PATIENCE_MS) == OK);
    expect_echo("one");
    expect_echo("two");
    CHECK(dial_recv(dial, &byte, 1, 1, &size) == ERR_TIMEOUT && size == 0);
    tear_down();
}

static void bytes_go_there_and_back_until_the_other_ends_it(void)
{
    uint8_t byte = 0;
    size_t size = 0;

    open_server(true);
    start_server();
    CHECK(open_dial(DIAL_TCP, PATIENCE_MS) == OK);
    expect_echo("by a stream");
    atomic_store(&server.ends, true);
    CHECK(dial_recv(dial, &byte, 1, PATIENCE_MS, &size) == ERR_CLOSED);
    tear_down();
}

static void a_port_where_nobody_listens_refuses(void)
{
    uint8_t byte = 0;
    size_t size = 0;

    open_server(true);
    (void)close(server.fd - 1); /* its number was free a moment ago */
    server.fd = 0;
    CHECK(open_dial(DIAL_TCP, PATIENCE_MS) == ERR_CLOSED && dial == NULL);
    CHECK(open_dial(DIAL_TLS, PATIENCE_MS) == ERR_CLOSED && dial == NULL);
    CHECK(open_dial(DIAL_UDP, PATIENCE_MS) == OK); /* nothing has been said yet */
    CHECK(dial_send(dial, SLICE("hello")) == OK);
    CHECK(dial_recv(dial, &byte, 1, PATIENCE_MS, &size) == ERR_CLOSED);
    tear_down();
}

static void a_handshake_with_who_is_silent_ends_in_time(void)
{
    open_server(true); /* the kernel accepts, nobody answers */
    CHECK(open_dial(DIAL_TLS, 50) == ERR_TIMEOUT && dial == NULL);
    tear_down();
    open_server(false);
    CHECK(open_dial(DIAL_DTLS, 50) == ERR_TIMEOUT && dial == NULL);
    tear_down();
}

static void tls_is_spoken_and_the_certificate_judged_afterwards(void)
{
    struct dial_certificate judged;

    open_tls_server();
    CHECK(open_dial(DIAL_TLS, PATIENCE_MS) == OK);
    expect_echo("in secret");
    dial_certificate(dial, "localhost", &judged);
    CHECK(!judged.trusted && strstr(judged.why, "self") != NULL);
    tear_down();
}

static void the_own_address_is_that_which_was_asked_for(void)
{
    const struct addr here = addr_v4(127, 0, 0, 1, 9);
    const struct addr elsewhere = addr_v4(198, 51, 100, 1, 0); /* RFC 5737: nobody's */
    const struct addr none = {0};

    open_server(false);
    const struct addr to = addr_v4(127, 0, 0, 1, server.port);
    CHECK(dial_open(DIAL_UDP, &to, &elsewhere, NULL, PATIENCE_MS, &dial) == ERR_IO);
    CHECK(dial == NULL);
    CHECK(dial_open(DIAL_UDP, &to, &none, NULL, PATIENCE_MS, &dial) == OK);
    dial_close(dial);
    CHECK(dial_open(DIAL_UDP, &to, &here, NULL, PATIENCE_MS, &dial) == OK); /* with any port */
    tear_down();
}

static void names_and_numbers_have_addresses(void)
{
    struct addr found[4];

    CHECK(dial_resolve("127.0.0.1", 77, found, 4) == 1);
    CHECK(found[0].family == ADDR_V4 && found[0].port == 77 && addr_is_loopback(&found[0]));
    CHECK(dial_resolve("::1", 78, found, 4) == 1);
    CHECK(found[0].family == ADDR_V6 && found[0].port == 78);
    CHECK(dial_resolve("127.0.0.1", 77, found, 0) == 0);
    CHECK(dial_resolve("not a name", 77, found, 4) == 0);
}

static void a_certificate_in_a_file_is_looked_at(void)
{
    int64_t end_s = 0;
    bool named = true;

    unit_finally(tear_down);
    testcert_make(&cert);
    CHECK(dial_certificate_file(cert.cert_path, "first", &end_s, &named) == OK);
    CHECK(named && end_s > time(NULL) + 3000 && end_s < time(NULL) + 4000);
    CHECK(dial_certificate_file(cert.cert_path, "second", &end_s, &named) == OK && !named);
    CHECK(dial_certificate_file(cert.cert_path, "127.0.0.1", &end_s, &named) == OK && !named);
    CHECK(dial_certificate_file(cert.key_path, "first", &end_s, &named) == ERR_INVALID);
    CHECK(dial_certificate_file("/nowhere/cert", "first", &end_s, &named) == ERR_IO);
    tear_down();
}

UNIT(datagrams_go_there_and_back, bytes_go_there_and_back_until_the_other_ends_it,
     a_port_where_nobody_listens_refuses, a_handshake_with_who_is_silent_ends_in_time,
     tls_is_spoken_and_the_certificate_judged_afterwards,
     the_own_address_is_that_which_was_asked_for, names_and_numbers_have_addresses,
     a_certificate_in_a_file_is_looked_at)
