/* SPDX-License-Identifier: Apache-2.0 */
#include "net/udp.h"

#include <stdlib.h>

#include "base/counter.h"
#include "base/log.h"
#include "net/testpeer.h"
#include "unit.h"

#define SEEN_MAX 512

static struct {
    struct loop *loop;
    struct udp *udp;
    struct udp_socket *one;
    struct udp_socket *two;
    uint32_t seen; /* at `two` */
    uint32_t back; /* at `one` */
    uint32_t calls;
    bool in_order;
    bool echo;
    size_t sizes[SEEN_MAX];
    struct udp_icmp icmp;
    uint32_t icmps;
    struct addr local;
} fix;

static void on_two(void *arg, struct udp_socket *socket, const struct udp_datagram *datagrams,
                   uint32_t count)
{
    (void)arg;
    fix.calls++;
    for (uint32_t i = 0; i < count; i++) {
        const struct udp_datagram *datagram = &datagrams[i];
        uint32_t number = 0;

        if (datagram->bytes.size >= sizeof(number)) {
            memcpy(&number, datagram->bytes.data, sizeof(number));
            fix.in_order = fix.in_order && number == fix.seen;
        }
        fix.sizes[fix.seen % SEEN_MAX] = datagram->bytes.size;
        fix.local = datagram->local;
        fix.seen++;
        if (fix.echo) {
            udp_send(socket, &(struct udp_message){.to = datagram->from,
                                                   .local = datagram->local,
                                                   .head = {0xab, 1, 2, 3},
                                                   .head_size = 4,
                                                   .bytes = datagram->bytes});
        }
    }
}

static void on_one(void *arg, struct udp_socket *socket, const struct udp_datagram *datagrams,
                   uint32_t count)
{
    (void)arg;
    (void)socket;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t number = 0;

        CHECK(datagrams[i].bytes.size >= 8 && datagrams[i].bytes.data[0] == 0xab);
        memcpy(&number, datagrams[i].bytes.data + 4, sizeof(number));
        fix.in_order = fix.in_order && number == fix.back;
        fix.back++;
    }
}

static void on_icmp(void *arg, struct udp_socket *socket, const struct udp_icmp *icmp)
{
    (void)arg;
    (void)socket;
    fix.icmp = *icmp;
    fix.icmps++;
}

static struct udp_socket *open_at(const char *address, bool trains, bool one)
{
    struct udp_options options = {.trains = trains, .buffer_bytes = 1 << 20};
    struct udp_handler handler = {.on_datagrams = one ? on_one : on_two,
                                  .on_icmp = one ? on_icmp : NULL};
    struct udp_socket *socket = NULL;

    CHECK(addr_parse(slice_text(address), &options.local) == OK);
    CHECK(udp_open(fix.udp, &options, &handler, &socket) == OK);
    return socket;
}

static void begin(const char *from, const char *to, bool trains)
{
    struct udp_params params = {.coalesce_us = 100};

    memset(&fix, 0, sizeof(fix));
    fix.in_order = true;
    CHECK(loop_create(&fix.loop) == OK);
    params.loop = fix.loop;
    CHECK(udp_create(&params, &fix.udp) == OK);
    fix.one = open_at(from, trains, true);
    fix.two = open_at(to, trains, false);
}

static void end(void)
{
    udp_close(fix.one);
    udp_close(fix.two);
    loop_drain(fix.loop);
    udp_destroy(fix.udp);
    loop_destroy(fix.loop);
}

static void send_one(const struct addr *to, const void *bytes, size_t size)
{
    udp_send_copy(fix.one, &(struct udp_message){.to = *to, .bytes = slice_from(bytes, size)});
}

/* Numbered datagrams of `size` from one to two. */
static void send_numbered(uint32_t from, uint32_t count, size_t size)
{
    struct addr to = udp_local(fix.two);
    uint8_t bytes[2000] = {0};

    if (addr_is_any(&to)) {
        struct addr one = udp_local(fix.one);

        memcpy(to.ip, one.ip, sizeof(to.ip));
    }
    for (uint32_t i = from; i < from + count; i++) {
        memcpy(bytes, &i, sizeof(i));
        send_one(&to, bytes, size);
    }
    udp_flush(fix.udp);
}

static void turn_until(const uint32_t *number, uint32_t wanted)
{
    uint64_t end_ns = testpeer_end_ns();

    while (*number < wanted && uv_hrtime() < end_ns) {
        testpeer_turn(fix.loop);
    }
    CHECK(*number == wanted);
}

static void carries_datagrams_both_ways_in_order(void)
{
    static const char *const pairs[][2] = {{"127.0.0.1", "127.0.0.1"}, {"::1", "::1"}};
    for (int trains = 0; trains < 2; trains++) {
        for (int pair = 0; pair < 2; pair++) {
            begin(pairs[pair][0], pairs[pair][1], trains == 1);
            fix.echo = true;
            for (uint32_t round = 0; round < 4; round++) {
                send_numbered(round * 60, 60, 1200);
                turn_until(&fix.back, round * 60 + 60);
            }
            CHECK(fix.in_order);
            end();
        }
    }
}

static void a_train_arrives_as_its_datagrams(void)
{
    begin("127.0.0.1", "127.0.0.1", true);
    send_numbered(0, 100, 1000);
    send_numbered(100, 1, 77);
    turn_until(&fix.seen, 101);
    CHECK(fix.in_order && fix.sizes[0] == 1000 && fix.sizes[99] == 1000 && fix.sizes[100] == 77);
    CHECK(fix.calls < 50); /* else there were no trains */
    end();
}

static void sizes_that_differ_stay_what_they_were(void)
{
    static const size_t sizes[] = {100, 100, 40, 100, 1400, 1400, 1399, 1400, 4, 5};
    struct addr to;
    begin("127.0.0.1", "127.0.0.1", true);
    to = udp_local(fix.two);
    for (uint32_t i = 0; i < 10; i++) {
        uint8_t bytes[1400] = {0};
        memcpy(bytes, &i, sizeof(i));
        send_one(&to, bytes, sizes[i]);
    }
    turn_until(&fix.seen, 10);
    CHECK(fix.in_order && memcmp(fix.sizes, sizes, sizeof(sizes)) == 0);
    /* An empty one is a datagram too. */
    send_one(&to, "", 0);
    turn_until(&fix.seen, 11);
    CHECK(fix.sizes[10] == 0);
    end();
}

static void answers_from_the_address_that_was_meant(void)
{
    struct addr to = addr_v4(127, 0, 0, 5, 0);
    begin("127.0.0.1", "0.0.0.0", true);
    fix.echo = true;
    to.port = udp_local(fix.two).port;
    for (uint32_t i = 0; i < 3; i++) {
        uint8_t bytes[8] = {0};
        memcpy(bytes, &i, sizeof(i));
        send_one(&to, bytes, sizeof(bytes));
    }
    turn_until(&fix.back, 3);
    CHECK(addr_equal(&fix.local, &to));
    end();
}

static void more_than_the_queue_leaves_at_once(void)
{
    struct addr to;
    uint32_t sent = 0;
    begin("127.0.0.1", "127.0.0.1", true);
    to = udp_local(fix.two);
    while (sent < 400) {
        uint8_t bytes[1400] = {0};
        memcpy(bytes, &sent, sizeof(sent));
        send_one(&to, bytes, sizeof(bytes));
        sent++;
    }
    turn_until(&fix.seen, 400);
    CHECK(fix.in_order);
    end();
}

static void a_closed_port_is_told_and_harms_nothing(void)
{
    struct addr gone;
    begin("127.0.0.1", "127.0.0.1", true);
    gone = udp_local(fix.two);
    udp_close(fix.two);
    fix.two = NULL;
    testpeer_turn(fix.loop);
    send_one(&gone, "anybody?", 8);
    turn_until(&fix.icmps, 1);
    CHECK(addr_equal(&fix.icmp.to, &gone) && fix.icmp.type == 3 && fix.icmp.code == 3);
    fix.two = open_at("127.0.0.1", true, false);
    send_numbered(0, 5, 100);
    turn_until(&fix.seen, 5);
    end();
}

/* The owner's bytes lie in the queue then: he may make no others in their place. */
static void nobody_is_called_while_datagrams_leave(void)
{
    struct addr gone;
    begin("127.0.0.1", "127.0.0.1", false);
    gone = udp_local(fix.two);
    udp_close(fix.two);
    testpeer_turn(fix.loop);
    fix.two = open_at("127.0.0.1", false, false);
    send_one(&gone, "anybody?", 8);
    udp_flush(fix.udp); /* the word of the kernel is here when this ends */
    send_numbered(0, 5, 100);
    CHECK(fix.icmps == 0);
    turn_until(&fix.seen, 5);
    turn_until(&fix.icmps, 1);
    CHECK(addr_equal(&fix.icmp.to, &gone) && fix.in_order);
    end();
}

static void a_taken_port_is_refused_and_a_shared_one_is_not(void)
{
    struct udp_options options = {.local = addr_v4(127, 0, 0, 1, 0), .shared = true};
    struct udp_handler handler = {.on_datagrams = on_two};
    struct udp_socket *first = NULL;
    struct udp_socket *second = NULL;
    begin("127.0.0.1", "127.0.0.1", false);
    options.local = udp_local(fix.two);
    CHECK(udp_open(fix.udp, &options, &handler, &first) == ERR_EXISTS && first == NULL);
    options.local.port = 0;
    CHECK(udp_open(fix.udp, &options, &handler, &first) == OK);
    options.local = udp_local(first);
    CHECK(udp_open(fix.udp, &options, &handler, &second) == OK);
    udp_close(first);
    udp_close(second);
    end();
}

static void a_train_too_large_for_the_path_goes_one_by_one(void)
{
    struct addr to;
    uint8_t bytes[60000] = {0};
    begin("127.0.0.1", "127.0.0.1", true);
    to = udp_local(fix.two);
    for (uint32_t i = 0; i < 4; i++) {
        memcpy(bytes, &i, sizeof(i));
        udp_send_copy(fix.one, &(struct udp_message){.to = to,
                                                     .head = {0},
                                                     .dont_fragment = i >= 2,
                                                     .bytes = slice_from(bytes, 30000)});
    }
    turn_until(&fix.seen, 4);
    CHECK(fix.in_order && fix.sizes[3] == 30000);
    end();
}

static void another_family_is_dropped_and_counted(void)
{
    struct addr six;
    int64_t before = counter_value(COUNTER_UDP_DROPPED);
    begin("127.0.0.1", "127.0.0.1", true);
    CHECK(addr_parse(SLICE("[::1]:9"), &six) == OK);
    send_one(&six, "x", 1);
    CHECK(counter_value(COUNTER_UDP_DROPPED) == before + 1);
    end();
}

static void keep_line(const char *line, void *arg)
{
    *(uint32_t *)arg += strstr(line, "no UDP socket") != NULL ? 1 : 0;
}

/* Clients ask for relays again and again, while the machine has lost its address. */
static void sockets_that_fail_do_not_flood_the_log(void)
{
    const struct udp_options options = {.local = addr_v4(192, 0, 2, 1, 0)};
    const struct udp_handler handler = {.on_datagrams = on_one};
    struct udp_socket *none = NULL;
    uint32_t lines = 0;
    int64_t before = counter_value(COUNTER_UDP_FAILED);
    begin("127.0.0.1", "127.0.0.1", false);
    log_set_sink(keep_line, &lines);
    enum err err = ERR_IO;
    for (int i = 0; i < 100 && err == ERR_IO; i++) {
        err = udp_open(fix.udp, &options, &handler, &none);
    }
    log_set_sink(NULL, NULL);
    CHECK(err == ERR_IO && lines == 1 && counter_value(COUNTER_UDP_FAILED) == before + 100);
    end();
}

UNIT(sockets_that_fail_do_not_flood_the_log, carries_datagrams_both_ways_in_order,
     a_train_arrives_as_its_datagrams, sizes_that_differ_stay_what_they_were,
     answers_from_the_address_that_was_meant, more_than_the_queue_leaves_at_once,
     a_closed_port_is_told_and_harms_nothing, nobody_is_called_while_datagrams_leave,
     a_taken_port_is_refused_and_a_shared_one_is_not,
     a_train_too_large_for_the_path_goes_one_by_one, another_family_is_dropped_and_counted)
