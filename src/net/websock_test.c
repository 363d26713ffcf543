/* SPDX-License-Identifier: Apache-2.0 */
#include "base/counter.h"
#include "net/http.h"
#include "net/testhttp.h"
#include "net/testpeer.h"
#include "wire/wsframe.h"

#define SOCKETS_MAX 4

struct fixture {
    struct loop *loop;
    struct http_server *server;
    websock sockets[SOCKETS_MAX];
    uint32_t socket_count;
    char log[512]; /* "text|" of each message, "!code|" of each end */
    bool end_server;
};

static void note(struct fixture *fixture, const char *format, int size, const void *text)
{
    size_t used = strlen(fixture->log);

    (void)snprintf(fixture->log + used, sizeof fixture->log - used, format, size, text);
}

/* "all X": to every socket; "bye": closes; "end": destroys the server; else an echo. */
static void on_message(void *arg, websock socket, struct slice text)
{
    struct fixture *fixture = arg;

    note(fixture, "%.*s|", (int)(text.size < 40 ? text.size : 40),
         text.size == 0 ? (const void *)"" : text.data);
    if (slice_equal(text, SLICE("bye"))) {
        websock_close(fixture->server, socket, 4001, "as asked");
        websock_close(fixture->server, socket, 4002, "twice");
    } else if (slice_equal(text, SLICE("end"))) {
        http_server_destroy(fixture->server);
        fixture->server = NULL;
    } else if (text.size > 4 && memcmp(text.data, "all ", 4) == 0) {
        for (uint32_t i = 0; i < fixture->socket_count; i++) {
            (void)(websock_send(fixture->server, fixture->sockets[i], text) == OK);
        }
    } else {
        (void)(websock_send(fixture->server, socket, text) == OK);
    }
}

static void on_close(void *arg, websock socket, uint16_t code)
{
    struct fixture *fixture = arg;
    char text[16];

    (void)socket;
    note(fixture, "!%.*s|", snprintf(text, sizeof text, "%u", code), text);
}

static const struct websock_handler handler = {on_message, on_close};

static void on_request(void *arg, http_exchange exchange, const struct http_request *request)
{
    struct fixture *fixture = arg;
    struct http_response response = {.status = 404};
    websock socket = 0;

    if (!request->upgrade_websocket ||
        http_upgrade(fixture->server, exchange, &handler, fixture, &socket) != OK) {
        websock none = 0;

        CHECK(request->upgrade_websocket ||
              http_upgrade(fixture->server, exchange, &handler, fixture, &none) == ERR_STATE);
        http_respond(fixture->server, exchange, &response);
        return;
    }
    if (fixture->socket_count < SOCKETS_MAX) {
        fixture->sockets[fixture->socket_count++] = socket;
    }
}

static void start(struct fixture *fixture, struct http_limits limits)
{
    struct http_params params = {.address = "127.0.0.1", .limits = limits};

    *fixture = (struct fixture){0};
    CHECK(loop_create(&fixture->loop) == OK);
    params.loop = fixture->loop;
    params.handler = (struct http_handler){on_request, fixture};
    CHECK(http_server_create(&params, &fixture->server) == OK);
}

static void stop(struct fixture *fixture)
{
    http_server_destroy(fixture->server);
    loop_drain(fixture->loop);
    loop_destroy(fixture->loop);
}

/* RFC 6455, 1.3: the key and its answer are the example there. */
static const char handshake[] = "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: WebSocket\r\n"
                                "Connection: keep-alive, Upgrade\r\n"
                                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                                "Sec-WebSocket-Version: 13\r\n\r\n";

static int join(struct fixture *fixture)
{
    char out[1024];
    int fd = testpeer_connect(http_server_port(fixture->server));

    CHECK(fd >= 0);
    testpeer_send(fixture->loop, fd, handshake, sizeof handshake - 1);
    (void)testpeer_read(fixture->loop, fd, out, sizeof out, "\r\n\r\n", 0);
    CHECK(strncmp(out, "HTTP/1.1 101 Switching Protocols\r\n", 34) == 0);
    CHECK(strstr(out, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") != NULL);
    CHECK(strstr(out, "Content-Length") == NULL);
    return fd;
}

static void send_frame(struct fixture *fixture, int fd, enum wsframe_opcode opcode,
                       struct slice payload)
{
    static const uint8_t mask[4] = {1, 2, 3, 4};
    struct buf frame;

    buf_init(&frame, 1000000);
    CHECK(wsframe_encode_masked(&frame, opcode, true, payload, mask) == OK);
    testpeer_send(fixture->loop, fd, frame.data, frame.size);
    buf_fini(&frame);
}

static void echoes_messages_of_every_length_class(void)
{
    static const size_t sizes[] = {0, 5, 125, 126, 65535, 65536, 100000};
    static uint8_t text[100000];
    static char out[110000];
    struct fixture fixture;
    int fd = 0;

    memset(text, 'x', sizeof text);
    start(&fixture, testhttp_limits());
    fd = join(&fixture);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t head[WSFRAME_HEAD_SIZE_MAX];
        size_t head_size = wsframe_encode_head(WSFRAME_TEXT, sizes[i], head);
        size_t size = 0;

        send_frame(&fixture, fd, WSFRAME_TEXT, slice_from(text, sizes[i]));
        size = testpeer_read(fixture.loop, fd, out, sizeof out, NULL, head_size + sizes[i]);
        CHECK(size == head_size + sizes[i]);
        CHECK(memcmp(out, head, head_size) == 0);
        CHECK(memcmp(out + head_size, text, sizes[i]) == 0);
    }
    (void)close(fd);
    for (int i = 0; i < 5; i++) {
        testpeer_turn(fixture.loop);
    }
    CHECK(strstr(fixture.log, "!1006|") != NULL);
    stop(&fixture);
}

static void takes_frames_byte_by_byte_and_right_behind_the_handshake(void)
{
    /* "Hi" in a whole frame, "yo" in two fragments with a ping between them; mask 0. */
    static const uint8_t frames[] = {0x81, 0x82, 0,    0,    0,   0,    'H',  'i', 0x01, 0x81,
                                     0,    0,    0,    0,    'y', 0x89, 0x81, 0,   0,    0,
                                     0,    'p',  0x80, 0x81, 0,   0,    0,    0,   'o'};
    static const uint8_t answer[] = {0x81, 2, 'H', 'i', 0x8a, 1, 'p', 0x81, 2, 'y', 'o'};
    uint8_t both[sizeof handshake - 1 + sizeof frames];
    struct fixture fixture;
    char out[1024];
    int fd = 0;

    start(&fixture, testhttp_limits());
    fd = join(&fixture);
    for (size_t i = 0; i < sizeof frames; i++) {
        testpeer_send(fixture.loop, fd, frames + i, 1);
    }
    CHECK(testpeer_read(fixture.loop, fd, out, sizeof out, NULL, sizeof answer) == sizeof answer);
    CHECK(memcmp(out, answer, sizeof answer) == 0);
    (void)close(fd);
    memcpy(both, handshake, sizeof handshake - 1);
    memcpy(both + sizeof handshake - 1, frames, sizeof frames);
    fd = testpeer_connect(http_server_port(fixture.server));
    CHECK(fd >= 0);
    testpeer_send(fixture.loop, fd, both, sizeof both);
    (void)testpeer_read(fixture.loop, fd, out, sizeof out, "yo", 0);
    CHECK(strstr(out, "\r\n\r\n\x81\x02Hi\x8a\x01p\x81\x02yo") != NULL);
    (void)close(fd);
    stop(&fixture);
}

static void sends_one_message_to_many(void)
{
    struct fixture fixture;
    char out[64];
    int fds[3];

    start(&fixture, testhttp_limits());
    for (int i = 0; i < 3; i++) {
        fds[i] = join(&fixture);
    }
    (void)close(fds[1]); /* gone: the others get it all the same */
    send_frame(&fixture, fds[0], WSFRAME_TEXT, SLICE("all hands"));
    for (int i = 0; i < 3; i += 2) {
        CHECK(testpeer_read(fixture.loop, fds[i], out, sizeof out, NULL, 11) == 11);
        CHECK(memcmp(out,
                     "\x81\x09"
                     "all hands",
                     11) == 0);
        (void)close(fds[i]);
    }
    stop(&fixture);
}

static void closes_once_when_asked_by_either_side(void)
{
    struct fixture fixture;
    char out[128];
    int fd = 0;

    start(&fixture, testhttp_limits());
    fd = join(&fixture);
    send_frame(&fixture, fd, WSFRAME_TEXT, SLICE("bye"));
    CHECK(testpeer_read(fixture.loop, fd, out, sizeof out, NULL, 0) == 12);
    CHECK(memcmp(out,
                 "\x88\x0a\x0f\xa1"
                 "as asked",
                 12) == 0);
    (void)close(fd);
    CHECK(strcmp(fixture.log, "bye|!4001|") == 0);
    CHECK(websock_send(fixture.server, fixture.sockets[0], SLICE("x")) == ERR_NOT_FOUND);
    fixture.log[0] = '\0';
    fd = join(&fixture);
    send_frame(&fixture, fd, WSFRAME_CLOSE, SLICE("\x03\xe8ok"));
    CHECK(testpeer_read(fixture.loop, fd, out, sizeof out, NULL, 0) == 4);
    CHECK(memcmp(out, "\x88\x02\x03\xe8", 4) == 0);
    (void)close(fd);
    CHECK(strcmp(fixture.log, "!1000|") == 0);
    fixture.log[0] = '\0';
    fd = join(&fixture);
    send_frame(&fixture, fd, WSFRAME_CLOSE, slice_from(NULL, 0));
    CHECK(testpeer_read(fixture.loop, fd, out, sizeof out, NULL, 0) == 2);
    CHECK(memcmp(out, "\x88\x00", 2) == 0);
    (void)close(fd);
    CHECK(strcmp(fixture.log, "!1005|") == 0);
    stop(&fixture);
}

static void refuses_each_bad_frame_with_its_code(void)
{
    static const struct {
        const char *bytes;
        size_t size;
        uint16_t code;
    } bad[] = {
        {"\x81\x01x", 3, 1002},                           /* not masked */
        {"\xc1\x81\0\0\0\0x", 7, 1002},                   /* RSV1: no extension */
        {"\x83\x81\0\0\0\0x", 7, 1002},                   /* unknown opcode */
        {"\x80\x81\0\0\0\0x", 7, 1002},                   /* continues nothing */
        {"\x09\x81\0\0\0\0x", 7, 1002},                   /* a ping in fragments */
        {"\x89\xfe\0\x7e\0\0\0\0", 8, 1002},              /* a ping too long */
        {"\x88\x81\0\0\0\0x", 7, 1002},                   /* half a close code */
        {"\x88\x82\0\0\0\0\x03\xed", 8, 1002},            /* 1005 on the wire */
        {"\x81\x82\0\0\0\0\xc3\x28", 8, 1007},            /* no UTF-8 */
        {"\x82\x81\0\0\0\0x", 7, 1003},                   /* binary */
        {"\x81\xff\0\0\0\0\0\x10\0\0\0\0\0\0", 14, 1009}, /* a megabyte */
        {"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", 14, 1002},
    };
    size_t count = unit_replaying() ? 1 : sizeof bad / sizeof bad[0];
    struct fixture fixture;
    char out[256];

    start(&fixture, testhttp_limits());
    for (size_t i = 0; i < count; i++) {
        int fd = join(&fixture);
        uint16_t code = 0;

        testpeer_send(fixture.loop, fd, bad[i].bytes, bad[i].size);
        CHECK(testpeer_read(fixture.loop, fd, out, sizeof out, NULL, 0) >= 4);
        code = (uint16_t)((uint8_t)out[2] << 8 | (uint8_t)out[3]);
        if (!unit_replaying() && code != bad[i].code && !(i == 11 && code == 1009)) {
            (void)fprintf(stderr, "frame %zu: %u\n", i, code);
        }
        CHECK((uint8_t)out[0] == 0x88 && (code == bad[i].code || (i == 11 && code == 1009)));
        (void)close(fd);
    }
    CHECK(strchr(fixture.log, '!') == fixture.log); /* nothing reached on_message */
    stop(&fixture);
}

static void cuts_a_peer_that_does_not_read(void)
{
    static uint8_t text[50000];
    struct fixture fixture;
    enum err err = OK;
    int fd = 0;

    memset(text, 'x', sizeof text);
    start(&fixture, testhttp_limits());
    fd = join(&fixture);
    for (int i = 0; i < 2000 && err == OK; i++) {
        err = websock_send(fixture.server, fixture.sockets[0], slice_from(text, sizeof text));
        testpeer_turn(fixture.loop);
    }
    CHECK(err == ERR_LIMIT);
    CHECK(websock_send(fixture.server, fixture.sockets[0], SLICE("x")) == ERR_NOT_FOUND);
    testpeer_turn(fixture.loop);
    CHECK(strcmp(fixture.log, "!1013|") == 0);
    (void)close(fd);
    stop(&fixture);
}

static void pings_the_silent_and_drops_the_dead(void)
{
    struct http_limits limits = testhttp_limits();
    struct fixture fixture;
    char out[64];
    uint64_t start_ms = 0;
    int fd = 0;

    limits.ping_interval_ms = 200;
    start(&fixture, limits);
    fd = join(&fixture);
    CHECK(testpeer_read(fixture.loop, fd, out, sizeof out, NULL, 2) == 2);
    CHECK(memcmp(out, "\x89\x00", 2) == 0);
    send_frame(&fixture, fd, WSFRAME_PONG, slice_from(NULL, 0));
    CHECK(testpeer_read(fixture.loop, fd, out, sizeof out, NULL, 2) == 2); /* it lived on */
    start_ms = uv_hrtime() / 1000000;
    CHECK(testpeer_ended(fixture.loop, fd));
    CHECK(uv_hrtime() / 1000000 - start_ms < 2000);
    CHECK(strcmp(fixture.log, "!1006|") == 0);
    (void)close(fd);
    stop(&fixture);
}

static void survives_the_end_of_the_server_inside_a_message(void)
{
    struct fixture fixture;
    char out[64];
    int fds[2];

    start(&fixture, testhttp_limits());
    fds[0] = join(&fixture);
    fds[1] = join(&fixture);
    send_frame(&fixture, fds[0], WSFRAME_TEXT, SLICE("end"));
    for (int i = 0; i < 2; i++) {
        CHECK(testpeer_read(fixture.loop, fds[i], out, sizeof out, NULL, 0) > 4);
        CHECK(memcmp(out + 2, "\x03\xe9", 2) == 0);
        (void)close(fds[i]);
    }
    CHECK(strcmp(fixture.log, "end|!1001|!1001|") == 0);
    stop(&fixture);
}

UNIT(echoes_messages_of_every_length_class,
     takes_frames_byte_by_byte_and_right_behind_the_handshake, sends_one_message_to_many,
     closes_once_when_asked_by_either_side, refuses_each_bad_frame_with_its_code,
     cuts_a_peer_that_does_not_read, pings_the_silent_and_drops_the_dead,
     survives_the_end_of_the_server_inside_a_message)
