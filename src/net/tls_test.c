/* SPDX-License-Identifier: Apache-2.0 */
#include "net/tls.h"

#include <stdlib.h>
#include "net/openssl.h"
#include "net/http.h"
#include "net/hello.h"
#include "net/testcert.h"
#include "net/testhttp.h"
#include "net/testpeer.h"
#include "wire/wsframe.h"

struct fixture {
    struct testcert cert;
    struct loop *loop;
    struct tls_context *tls;
    struct http_server *server;
    SSL_CTX *client;
};

static const char big_body[300 * 1000] = "big";

/* ---- the server ---- */

static void on_message(void *arg, websock socket, struct slice text)
{
    struct fixture *fixture = arg;

    (void)(websock_send(fixture->server, socket, text) == OK);
}

static void on_close(void *arg, websock socket, uint16_t code)
{
    (void)arg;
    (void)socket;
    (void)code;
}

static void on_request(void *arg, http_exchange exchange, const struct http_request *request)
{
    static const struct websock_handler handler = {on_message, on_close};
    struct fixture *fixture = arg;
    struct http_response response = {.status = request->tls ? 200 : 500};
    websock socket = 0;

    if (request->upgrade_websocket &&
        http_upgrade(fixture->server, exchange, &handler, fixture, &socket) == OK) {
        return;
    }
    response.body = request->path;
    if (slice_equal(request->path, SLICE("/big"))) {
        response.body = slice_from(big_body, sizeof big_body);
        response.body_is_static = true;
    }
    http_respond(fixture->server, exchange, &response);
}

static void start_for(struct fixture *fixture, uint32_t connections)
{
    struct http_params params = {
        .address = "127.0.0.1", .limits = testhttp_limits(), .handler = {on_request, fixture}};

    params.limits.connections_max = connections;
    *fixture = (struct fixture){0};
    testcert_make(&fixture->cert);
    CHECK(tls_context_create(fixture->cert.cert_path, fixture->cert.key_path, &fixture->tls) == OK);
    CHECK(loop_create(&fixture->loop) == OK);
    params.loop = fixture->loop;
    params.tls = fixture->tls;
    CHECK(http_server_create(&params, &fixture->server) == OK);
    fixture->client = SSL_CTX_new(TLS_client_method());
    CHECK(fixture->client != NULL);
}

static void start(struct fixture *fixture)
{
    start_for(fixture, testhttp_limits().connections_max);
}

static void stop(struct fixture *fixture)
{
    http_server_destroy(fixture->server);
    loop_drain(fixture->loop);
    loop_destroy(fixture->loop);
    tls_context_destroy(fixture->tls);
    SSL_CTX_free(fixture->client);
    testcert_remove(&fixture->cert);
}

/* ---- the client ---- */

struct client {
    SSL *ssl;
    int fd;
};

static bool is_waiting(SSL *ssl, int result)
{
    int fault = SSL_get_error(ssl, result);

    return fault == SSL_ERROR_WANT_READ || fault == SSL_ERROR_WANT_WRITE;
}

static bool handshake(struct fixture *fixture, struct client *client)
{
    uint64_t end_ns = testpeer_end_ns();
    int result = 0;

    while ((result = SSL_connect(client->ssl)) != 1 && is_waiting(client->ssl, result) &&
           uv_hrtime() < end_ns) {
        testpeer_turn(fixture->loop);
    }
    return result == 1;
}

static struct client client_open(struct fixture *fixture)
{
    struct client client = {.fd = testpeer_connect(http_server_port(fixture->server))};

    CHECK(client.fd >= 0);
    client.ssl = SSL_new(fixture->client);
    CHECK(client.ssl != NULL && SSL_set_fd(client.ssl, client.fd) == 1);
    return client;
}

static void client_close(struct client *client)
{
    /* Else OpenSSL takes the session for broken and its ticket for useless. */
    SSL_set_shutdown(client->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    SSL_free(client->ssl);
    (void)close(client->fd);
}

static void client_send(struct fixture *fixture, struct client *client, const void *data,
                        size_t size)
{
    uint64_t end_ns = testpeer_end_ns();
    int result = 0;

    while ((result = SSL_write(client->ssl, data, (int)size)) <= 0 &&
           is_waiting(client->ssl, result) && uv_hrtime() < end_ns) {
        testpeer_turn(fixture->loop);
    }
    CHECK(result == (int)size);
}

/* Reads `count` bytes, or until the end. */
static size_t client_read(struct fixture *fixture, struct client *client, char *out, size_t count)
{
    uint64_t end_ns = testpeer_end_ns();
    size_t size = 0;

    while (size < count && uv_hrtime() < end_ns) {
        int got = SSL_read(client->ssl, out + size, (int)(count - size));

        if (got > 0) {
            size += (size_t)got;
        } else if (!is_waiting(client->ssl, got)) {
            break;
        } else {
            testpeer_turn(fixture->loop);
        }
    }
    out[size] = '\0';
    return size;
}

static const char upgrade[] = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n"
                              "Connection: Upgrade\r\n"
                              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                              "Sec-WebSocket-Version: 13\r\n\r\n";

static const char closing_request[] = "GET /tls HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

/* ---- the tests ---- */

static void answers_over_both_versions_and_says_goodbye(void)
{
    static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};
    struct fixture fixture;
    char out[4096];

    start(&fixture);
    for (int i = 0; i < 2; i++) {
        struct client client;

        (void)SSL_CTX_set_max_proto_version(fixture.client, versions[i]);
        client = client_open(&fixture);
        CHECK(handshake(&fixture, &client));
        CHECK(SSL_version(client.ssl) == versions[i]);
        client_send(&fixture, &client, closing_request, sizeof closing_request - 1);
        CHECK(client_read(&fixture, &client, out, sizeof out - 1) > 100);
        CHECK(strncmp(out, "HTTP/1.1 200", 12) == 0);
        CHECK(strcmp(out + strlen(out) - 8, "\r\n\r\n/tls") == 0);
        /* close_notify has come: the answer cannot have been cut short by a stranger. */
        CHECK((SSL_get_shutdown(client.ssl) & SSL_RECEIVED_SHUTDOWN) != 0);
        client_close(&client);
    }
    stop(&fixture);
}

static void refuses_old_versions_and_other_protocols(void)
{
    struct fixture fixture;
    struct client client;

    start(&fixture);
    (void)SSL_CTX_set_min_proto_version(fixture.client, TLS1_1_VERSION);
    (void)SSL_CTX_set_max_proto_version(fixture.client, TLS1_1_VERSION);
    SSL_CTX_set_security_level(fixture.client, 0);
    client = client_open(&fixture);
    CHECK(!handshake(&fixture, &client));
    client_close(&client);
    (void)SSL_CTX_set_max_proto_version(fixture.client, 0);
    client = client_open(&fixture);
    CHECK(SSL_set_alpn_protos(client.ssl, (const unsigned char *)"\x02h2", 3) == 0);
    CHECK(!handshake(&fixture, &client));
    client_close(&client);
    client = client_open(&fixture);
    CHECK(SSL_set_alpn_protos(client.ssl, (const unsigned char *)"\x02h2\x08http/1.1", 12) == 0);
    CHECK(handshake(&fixture, &client));
    client_close(&client);
    stop(&fixture);
}

static void plain_text_to_a_tls_port_ends_the_connection(void)
{
    struct fixture fixture;
    int fd = 0;

    start(&fixture);
    fd = testpeer_connect(http_server_port(fixture.server));
    CHECK(fd >= 0);
    testpeer_send(fixture.loop, fd, closing_request, sizeof closing_request - 1);
    CHECK(testpeer_ended(fixture.loop, fd));
    (void)close(fd);
    stop(&fixture);
}

static void sends_a_body_of_many_records(void)
{
    static const char request[] = "GET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    static char out[sizeof big_body + 4096];
    struct fixture fixture;
    struct client client;
    size_t size = 0;

    start(&fixture);
    client = client_open(&fixture);
    CHECK(handshake(&fixture, &client));
    client_send(&fixture, &client, request, sizeof request - 1);
    size = client_read(&fixture, &client, out, sizeof out - 1);
    CHECK(size > sizeof big_body && size < sizeof big_body + 1024);
    CHECK(memcmp(out + size - sizeof big_body, big_body, sizeof big_body) == 0);
    client_close(&client);
    stop(&fixture);
}

/* The number of bytes of the answer to `upgrade`, which the caller has read already. */
static struct client join(struct fixture *fixture)
{
    struct client client = client_open(fixture);
    char out[1024];
    size_t size = 0;

    CHECK(handshake(fixture, &client));
    client_send(fixture, &client, upgrade, sizeof upgrade - 1);
    while (size < sizeof out - 1 && strstr(out, "\r\n\r\n") == NULL) {
        if (client_read(fixture, &client, out + size, 1) != 1) {
            break;
        }
        size++;
    }
    CHECK(strncmp(out, "HTTP/1.1 101", 12) == 0);
    return client;
}

static void echo(struct fixture *fixture, struct client *client, size_t size)
{
    static const uint8_t mask[4] = {9, 8, 7, 6};
    static char text[60000];
    static char out[sizeof text + 16];
    uint8_t head[WSFRAME_HEAD_SIZE_MAX];
    size_t head_size = wsframe_encode_head(WSFRAME_TEXT, size, head);
    struct buf frame;

    memset(text, 'y', sizeof text);
    buf_init(&frame, sizeof text + 16);
    CHECK(wsframe_encode_masked(&frame, WSFRAME_TEXT, true, slice_from(text, size), mask) == OK);
    client_send(fixture, client, frame.data, frame.size);
    buf_fini(&frame);
    CHECK(client_read(fixture, client, out, head_size + size) == head_size + size);
    CHECK(memcmp(out, head, head_size) == 0 && memcmp(out + head_size, text, size) == 0);
}

static void echoes_websocket_messages(void)
{
    struct fixture fixture;
    struct client client;

    start(&fixture);
    client = join(&fixture);
    for (size_t size = 1; size <= 60000; size = size * 7 + 1) {
        echo(&fixture, &client, size);
    }
    client_close(&client);
    stop(&fixture);
}

static void a_crowd_of_handshakes_lets_others_be_served(void)
{
    enum { CROWD = 4 * HELLO_TURN_MAX };
    static struct client crowd[CROWD];
    struct fixture fixture;
    struct client served;
    int answered = 0;

    start_for(&fixture, CROWD + 1);
    served = join(&fixture);
    for (int i = 0; i < CROWD; i++) {
        crowd[i] = client_open(&fixture);
        CHECK(SSL_connect(crowd[i].ssl) != 1); /* the hello is there before the loop turns */
    }
    echo(&fixture, &served, 10);
    for (int i = 0; i < CROWD; i++) {
        char byte = 0;
        answered += recv(crowd[i].fd, &byte, 1, MSG_PEEK) == 1 ? 1 : 0;
    }
    CHECK(answered > 0 && answered < CROWD);
    for (int i = 0; i < CROWD; i++) {
        CHECK(handshake(&fixture, &crowd[i]));
        client_close(&crowd[i]);
    }
    client_close(&served);
    stop(&fixture);
}

static const char *name_of(SSL *ssl, char out[32])
{
    X509 *cert = SSL_get1_peer_certificate(ssl);

    out[0] = '\0';
    (void)X509_NAME_get_text_by_NID(X509_get_subject_name(cert), NID_commonName, out, 32);
    X509_free(cert);
    return out;
}

static void reads_a_new_certificate_without_touching_open_connections(void)
{
    struct fixture fixture;
    struct client old;
    struct client new;
    char name[32];

    start(&fixture);
    old = join(&fixture);
    testcert_write(&fixture.cert, "stranger", false); /* not of this key */
    CHECK(tls_context_reload(fixture.tls) == ERR_INVALID);
    new = join(&fixture);
    CHECK(strcmp(name_of(new.ssl, name), "first") == 0);
    client_close(&new);
    testcert_write(&fixture.cert, "second", true);
    CHECK(tls_context_reload(fixture.tls) == OK);
    new = join(&fixture);
    CHECK(strcmp(name_of(new.ssl, name), "second") == 0);
    echo(&fixture, &old, 10);
    echo(&fixture, &new, 10);
    client_close(&old);
    client_close(&new);
    stop(&fixture);
}

static void a_ticket_resumes_also_after_a_reload(void)
{
    struct fixture fixture;
    struct client client;
    SSL_SESSION *session = NULL;

    start(&fixture);
    client = join(&fixture);
    session = SSL_get1_session(client.ssl);
    client_close(&client);
    CHECK(session != NULL && SSL_SESSION_is_resumable(session) == 1);
    CHECK(tls_context_reload(fixture.tls) == OK);
    client = client_open(&fixture);
    CHECK(SSL_set_session(client.ssl, session) == 1);
    CHECK(handshake(&fixture, &client));
    CHECK(SSL_session_reused(client.ssl) == 1);
    SSL_SESSION_free(session);
    client_close(&client);
    stop(&fixture);
}

static void refuses_files_that_are_no_certificate(void)
{
    struct fixture fixture;
    struct tls_context *tls = NULL;

    testcert_make(&fixture.cert);
    CHECK(tls_context_create(fixture.cert.key_path, fixture.cert.key_path, &tls) == ERR_INVALID);
    CHECK(tls_context_create(fixture.cert.cert_path, fixture.cert.cert_path, &tls) == ERR_INVALID);
    (void)unlink(fixture.cert.key_path);
    CHECK(tls_context_create(fixture.cert.cert_path, fixture.cert.key_path, &tls) == ERR_IO);
    CHECK(tls == NULL);
    testcert_remove(&fixture.cert);
}

UNIT(answers_over_both_versions_and_says_goodbye, refuses_old_versions_and_other_protocols,
     plain_text_to_a_tls_port_ends_the_connection, sends_a_body_of_many_records,
     echoes_websocket_messages, a_crowd_of_handshakes_lets_others_be_served,
     reads_a_new_certificate_without_touching_open_connections,
     a_ticket_resumes_also_after_a_reload, refuses_files_that_are_no_certificate)
