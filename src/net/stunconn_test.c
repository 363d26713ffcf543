/* SPDX-License-Identifier: Apache-2.0 */
/* Connections that begin at the HTTP port and go on as STUN, on the same loop. */
#include "net/stunconn.h"

#include "base/counter.h"
#include "net/http.h"
#include "net/sources.h"
#include "net/testhttp.h"
#include "net/testpeer.h"
#include "unit.h"

#define FRAMES_MAX 64

static struct {
    struct loop *loop;
    struct http_server *server;
    struct stunconns *conns;
    uint16_t stun_only_port;
    uint32_t frames;
    uint32_t closed;
    size_t sizes[FRAMES_MAX];
    struct stunconn_info info;
    struct sources *sources;
    struct stunconns *other; /* shares the limits */
    bool to_other;
    uint32_t busy;
    bool known;
    stunconn known_conn;
    bool echo;
} fix;

/* A STUN message without attributes, and ChannelData of five bytes with its padding. */
static const uint8_t binding[20] = {0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42};
static const uint8_t channel[12] = {0x40, 1, 0, 5, 'h', 'e', 'l', 'l', 'o'};

static void on_frame(void *arg, const struct stunconn_info *info, struct slice frame)
{
    (void)arg;
    fix.info = *info;
    fix.sizes[fix.frames++ % FRAMES_MAX] = frame.size;
    if (fix.echo) {
        stunconn_send(fix.conns, info->conn, slice_from(frame.data, 4),
                      slice_from(frame.data + 4, frame.size - 4), (uint8_t)(-frame.size & 3));
    }
}

static void on_close(void *arg, const struct stunconn_info *info)
{
    (void)arg;
    (void)info;
    fix.closed++;
}

static bool is_known(void *arg, const struct stunconn_info *info)
{
    (void)arg;
    return fix.known || info->conn == fix.known_conn;
}

static void on_stun(void *arg, struct conn_handoff *handoff)
{
    (void)arg;
    if (stunconn_adopt(fix.to_other ? fix.other : fix.conns, handoff) == ERR_BUSY) {
        fix.busy++;
        stunconn_refuse(handoff);
    }
}

static void on_request(void *arg, http_exchange exchange, const struct http_request *request)
{
    (void)arg;
    http_respond(fix.server, exchange,
                 &(struct http_response){.status = 200, .body = request->path});
}

static void begin(struct stunconn_limits limits)
{
    struct stunconn_handler handler = {
        .on_frame = on_frame, .on_close = on_close, .is_known = is_known};
    struct http_params params = {.address = "127.0.0.1",
                                 .limits = testhttp_limits(),
                                 .handler = {on_request, NULL},
                                 .stun = {on_stun, NULL}};

    memset(&fix, 0, sizeof(fix));
    CHECK(loop_create(&fix.loop) == OK);
    CHECK(sources_create(limits.count_max, &fix.sources) == OK);
    CHECK(stunconn_create(fix.loop, &limits, fix.sources, &handler, &fix.conns) == OK);
    CHECK(stunconn_create(fix.loop, &limits, fix.sources, &handler, &fix.other) == OK);
    params.loop = fix.loop;
    CHECK(http_server_create(&params, &fix.server) == OK);
    CHECK(http_server_listen(fix.server, "127.0.0.1", 0, true, &fix.stun_only_port) == OK);
}

static const struct stunconn_limits wide = {.count_max = 8,
                                            .per_address_max = 4,
                                            .queue_bytes_max = 100000,
                                            .frame_ms = 60000,
                                            .stranger_ms = 60000};

static void end(void)
{
    http_server_destroy(fix.server);
    stunconn_destroy(fix.conns);
    stunconn_destroy(fix.other);
    loop_drain(fix.loop);
    loop_destroy(fix.loop);
    sources_destroy(fix.sources);
}

static void turn_until(const uint32_t *number, uint32_t wanted)
{
    uint64_t end_ns = testpeer_end_ns();

    while (*number < wanted && uv_hrtime() < end_ns) {
        testpeer_turn(fix.loop);
    }
    CHECK(*number == wanted);
}

static int open_stun(void)
{
    int fd = testpeer_connect(http_server_port(fix.server));
    uint32_t before = fix.frames;

    CHECK(fd >= 0);
    testpeer_send(fix.loop, fd, binding, sizeof(binding));
    turn_until(&fix.frames, before + 1);
    return fd;
}

static void the_first_byte_tells_stun_from_http_on_one_port(void)
{
    static const char request[] = "GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    char out[1024];
    int web = 0;
    int stun = 0;
    begin(wide);
    fix.echo = true;
    stun = open_stun();
    CHECK(fix.sizes[0] == 20 && !fix.info.tls && addr_is_loopback(&fix.info.remote));
    CHECK(fix.info.local.port == http_server_port(fix.server));
    CHECK(testpeer_read(fix.loop, stun, out, sizeof(out), NULL, 20) == 20);
    CHECK(memcmp(out, binding, 20) == 0);
    web = testpeer_connect(http_server_port(fix.server));
    testpeer_send(fix.loop, web, request, sizeof(request) - 1);
    CHECK(testpeer_read(fix.loop, web, out, sizeof(out), "/x", 0) > 0);
    CHECK(strncmp(out, "HTTP/1.1 200", 12) == 0);
    (void)close(web);
    (void)close(stun);
    turn_until(&fix.closed, 1);
    CHECK(stunconn_count(fix.conns) == 0);
    end();
}

static void a_port_for_stun_alone_has_no_http(void)
{
    int fd = 0;
    begin(wide);
    fd = testpeer_connect(fix.stun_only_port);
    testpeer_send(fix.loop, fd, "GET / HTTP/1.1\r\n", 16);
    CHECK(testpeer_ended(fix.loop, fd));
    (void)close(fd);
    fd = testpeer_connect(fix.stun_only_port);
    testpeer_send(fix.loop, fd, binding, sizeof(binding));
    turn_until(&fix.frames, 1);
    (void)close(fd);
    end();
}

static void frames_come_whole_however_the_bytes_are_cut(void)
{
    uint8_t bytes[(sizeof(binding) + sizeof(channel)) * 4];
    uint32_t wanted = 1;
    int fd = 0;
    begin(wide);
    fd = open_stun();
    for (size_t i = 0; i < sizeof(bytes); i += sizeof(binding) + sizeof(channel)) {
        memcpy(bytes + i, binding, sizeof(binding));
        memcpy(bytes + i + sizeof(binding), channel, sizeof(channel));
    }
    for (size_t step = 1; step < sizeof(bytes); step = step * 3 + 2) {
        for (size_t at = 0; at < sizeof(bytes); at += step) {
            size_t rest = sizeof(bytes) - at;
            testpeer_send(fix.loop, fd, bytes + at, rest < step ? rest : step);
            testpeer_turn(fix.loop);
        }
        wanted += 8;
        turn_until(&fix.frames, wanted);
        CHECK(fix.sizes[wanted - 2] == 20 && fix.sizes[wanted - 1] == 9);
    }
    (void)close(fd);
    end();
}

static void what_is_no_frame_ends_the_connection(void)
{
    int fd = 0;
    begin(wide);
    fd = open_stun();
    testpeer_send(fix.loop, fd, "\x80garbage", 8);
    CHECK(testpeer_ended(fix.loop, fd));
    CHECK(fix.closed == 1);
    (void)close(fd);
    end();
}

static void an_address_has_a_limit(void)
{
    int fds[4];
    int more = 0;
    begin(wide);
    for (int i = 0; i < 4; i++) {
        fds[i] = open_stun();
    }
    more = testpeer_connect(http_server_port(fix.server));
    testpeer_send(fix.loop, more, binding, sizeof(binding));
    CHECK(testpeer_ended(fix.loop, more));
    CHECK(stunconn_count(fix.conns) == 4);
    (void)close(more);
    for (int i = 0; i < 4; i++) {
        (void)close(fds[i]);
    }
    turn_until(&fix.closed, 4);
    (void)close(open_stun());
    end();
}

static void half_a_frame_and_a_silent_stranger_end_in_time(void)
{
    struct stunconn_limits limits = wide;
    int half = 0;
    int stranger = 0;
    limits.frame_ms = 30;
    limits.stranger_ms = 60;
    begin(limits);
    stranger = open_stun();
    half = open_stun();
    testpeer_send(fix.loop, half, channel, 3);
    CHECK(testpeer_ended(fix.loop, half));
    CHECK(testpeer_ended(fix.loop, stranger));
    CHECK(fix.closed == 2);
    (void)close(half);
    (void)close(stranger);
    end();
}

static void who_has_an_allocation_may_be_silent_until_it_ends(void)
{
    struct stunconn_limits limits = wide;
    uint64_t end_ms = 0;
    int fd = 0;
    limits.frame_ms = 20; /* when it is looked at first */
    limits.stranger_ms = 20;
    begin(limits);
    fix.known = true;
    fd = open_stun();
    end_ms = loop_now_ms(fix.loop) + 200;
    while (loop_now_ms(fix.loop) < end_ms) {
        testpeer_turn(fix.loop);
    }
    CHECK(fix.closed == 0);
    fix.known = false;
    CHECK(testpeer_ended(fix.loop, fd));
    CHECK(fix.closed == 1);
    (void)close(fd);
    end();
}

static void limits_hold_for_all_loops_together(void)
{
    struct stunconn_limits limits = wide;
    int fds[5];
    limits.count_max = 3;
    begin(limits);
    fix.known = true;
    for (int i = 0; i < 4; i++) {
        fix.to_other = i % 2 == 1;
        fds[i] = i < 3 ? open_stun() : testpeer_connect(http_server_port(fix.server));
    }
    testpeer_send(fix.loop, fds[3], binding, sizeof(binding));
    CHECK(testpeer_ended(fix.loop, fds[3]));
    CHECK(fix.busy == 1 && stunconn_count(fix.conns) == 2 && stunconn_count(fix.other) == 1);
    fix.known = false; /* where it goes, a stranger gives way; the other loop has one more then */
    fds[4] = open_stun();
    CHECK(fix.closed == 1 && stunconn_count(fix.conns) == 2 && stunconn_count(fix.other) == 1);
    for (int i = 0; i < 5; i++) {
        (void)close(fds[i]);
    }
    end();
}

static void a_slow_reader_loses_frames_but_never_half_of_one(void)
{
    static uint8_t out[70000];
    static uint8_t body[1000];
    uint8_t head[4] = {0x40, 1, 1000 >> 8, 1000 & 255};
    int64_t before = counter_value(COUNTER_STUNCONN_DROPPED);
    size_t size = 0;
    int fd = 0;
    begin(wide);
    fd = open_stun();
    for (int i = 0; i < 200; i++) {
        stunconn_send(fix.conns, fix.info.conn, slice_from(head, 4), slice_from(body, 1000), 0);
    }
    CHECK(counter_value(COUNTER_STUNCONN_DROPPED) == before + 101);
    size = testpeer_read(fix.loop, fd, (char *)out, sizeof(out), NULL, 1004 * 60);
    CHECK(size >= 1004UL * 60);
    stunconn_end(fix.conns, fix.info.conn);
    CHECK(fix.closed == 1);
    stunconn_send(fix.conns, fix.info.conn, slice_from(head, 4), slice_from(body, 1000), 0);
    CHECK(testpeer_ended(fix.loop, fd));
    (void)close(fd);
    end();
}

static void strangers_give_way_and_users_stay(void)
{
    struct stunconn_limits limits = wide;
    int64_t before = counter_value(COUNTER_STUNCONN_DISPLACED);
    int fds[4];
    limits.count_max = 3;
    limits.per_address_max = 8;
    begin(limits);
    fds[0] = open_stun();
    fix.known_conn = fix.info.conn; /* has an allocation from now on */
    for (int i = 1; i < 4; i++) {
        fds[i] = open_stun();
    }
    CHECK(testpeer_ended(fix.loop, fds[1])); /* the oldest stranger */
    CHECK(fix.closed == 1 && stunconn_count(fix.conns) == 3);
    (void)close(fds[1]);
    for (int i = 0; i < 10; i++) {
        (void)close(fds[2]);
        fds[2] = open_stun();
    }
    turn_until(&fix.closed, 11);
    CHECK(counter_value(COUNTER_STUNCONN_DISPLACED) > before);
    testpeer_send(fix.loop, fds[0], binding, sizeof(binding));
    turn_until(&fix.frames, 15);
    CHECK(fix.info.conn == fix.known_conn);
    fix.known = true; /* all: then there is no room */
    fds[1] = testpeer_connect(http_server_port(fix.server));
    testpeer_send(fix.loop, fds[1], binding, sizeof(binding));
    CHECK(testpeer_ended(fix.loop, fds[1]));
    CHECK(stunconn_count(fix.conns) == 3);
    for (int i = 0; i < 4; i++) {
        (void)close(fds[i]);
    }
    end();
}

UNIT(the_first_byte_tells_stun_from_http_on_one_port, a_port_for_stun_alone_has_no_http,
     frames_come_whole_however_the_bytes_are_cut, what_is_no_frame_ends_the_connection,
     an_address_has_a_limit, limits_hold_for_all_loops_together,
     who_has_an_allocation_may_be_silent_until_it_ends,
     half_a_frame_and_a_silent_stranger_end_in_time,
     a_slow_reader_loses_frames_but_never_half_of_one, strangers_give_way_and_users_stay)
