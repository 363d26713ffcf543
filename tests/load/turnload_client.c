/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "turnload.h"

#define TRIES 6
#define MISMATCH 437

static void begin(struct flow *flow, struct stun_writer *writer, uint8_t room[1024],
                  enum stun_method method)
{
    uint8_t transaction[STUN_TRANSACTION_SIZE] = {0};
    uint64_t random = now_ns();
    flow->transactions++;
    memcpy(transaction, &random, sizeof(random));
    memcpy(transaction + 8, &flow->transactions, 4);
    stun_begin(writer, room, 1024, STUN_REQUEST, method, transaction);
}

static void sign(const struct options *options, struct flow *flow, struct stun_writer *writer)
{
    char text[512];
    uint8_t digest[16];
    uint8_t mac[20];
    uint8_t head[4];
    struct slice pieces[2];
    struct hmac_sha1_key key;
    if (flow->nonce_size == 0) {
        return;
    }
    stun_put(writer, STUN_USERNAME, slice_text(options->name));
    stun_put(writer, STUN_REALM, slice_from(flow->realm, flow->realm_size));
    stun_put(writer, STUN_NONCE, slice_from(flow->nonce, flow->nonce_size));
    int size = snprintf(text, sizeof(text), "%s:%.*s:%s", options->name, (int)flow->realm_size,
                        flow->realm, options->password);
    digest_md5(slice_from(text, (size_t)size), digest);
    hmac_sha1_prepare(slice_from(digest, sizeof(digest)), &key);
    stun_writer_integrity_input(writer, sizeof(mac), head, pieces);
    hmac_sha1(&key, pieces, 2, mac);
    stun_put(writer, STUN_INTEGRITY, slice_from(mac, sizeof(mac)));
}

static void keep(struct slice value, char *out, size_t size_max, size_t *size)
{
    if (value.data != NULL && value.size <= size_max) {
        memcpy(out, value.data, value.size);
        *size = value.size;
    }
}

void client_open(const struct options *options, struct flow *flow)
{
    if (strcmp(options->transport, "udp") == 0) {
        flow->fd = open_udp(NULL, &options->server);
    } else {
        stream_open(options, flow);
    }
}

static void send_frame(struct flow *flow, struct slice frame)
{
    if (flow->stream != NULL) {
        stream_send(flow, frame);
    } else if (send(flow->fd, frame.data, frame.size, 0) < 0) {
        die("send: %m");
    }
}

static ssize_t recv_frame(struct flow *flow, uint8_t room[2048])
{
    return flow->stream != NULL ? stream_wait(flow, room, 2048)
                                : recv(flow->fd, room, 2048, 0); /* SO_RCVTIMEO */
}

/* Waits for the answer to a request that was sent, which is sent again when none comes. 0 or the
 * error code. */
static int answer_to(struct flow *flow, struct slice request, struct stun_message *answer,
                     uint8_t room[2048])
{
    for (int i = 0; i < TRIES; i++) {
        if (i > 0) {
            send_frame(flow, request);
        }
        ssize_t got = recv_frame(flow, room);
        while (got > 0 && (stun_decode(slice_from(room, (size_t)got), answer) != OK ||
                           memcmp(answer->transaction, request.data + 8, 12) != 0)) {
            got = recv_frame(flow, room);
        }
        if (got <= 0) {
            continue;
        }
        keep(answer->attributes[STUN_NONCE], flow->nonce, sizeof(flow->nonce), &flow->nonce_size);
        keep(answer->attributes[STUN_REALM], flow->realm, sizeof(flow->realm), &flow->realm_size);
        struct slice error = answer->attributes[STUN_ERROR_CODE];
        return answer->class == STUN_SUCCESS ? 0 : error.data[2] * 100 + error.data[3];
    }
    die("no answer to a request of method %d", request.data[1]);
}

/* False: the address has an allocation still, from before (coturn keeps them a while). */
static bool ask(const struct options *options, struct flow *flow, enum stun_method method,
                void (*put)(struct stun_writer *writer, const void *arg), const void *arg,
                struct stun_message *answer, uint8_t answer_room[2048])
{
    int code = 401;
    for (int i = 0; i < 3 && (code == 401 || code == 438); i++) {
        uint8_t room[1024];
        struct stun_writer writer;
        begin(flow, &writer, room, method);
        put(&writer, arg);
        sign(options, flow, &writer);
        struct slice request = stun_finish(&writer);
        send_frame(flow, request);
        code = answer_to(flow, request, answer, answer_room);
    }
    if (code == MISMATCH && method == STUN_ALLOCATE) {
        return false;
    }
    if (code != 0) {
        die("method %d was answered with %d", (int)method, code);
    }
    return true;
}

static void put_allocate(struct stun_writer *writer, const void *arg)
{
    (void)arg;
    stun_put_u32(writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
}

bool client_allocate(const struct options *options, struct flow *flow)
{
    struct stun_message answer;
    uint8_t room[2048];
    if (!ask(options, flow, STUN_ALLOCATE, put_allocate, NULL, &answer, room)) {
        return false;
    }
    if (stun_read_xor_addr(answer.attributes[STUN_XOR_RELAYED_ADDRESS], answer.transaction,
                           &flow->relay) != OK) {
        die("no relayed address");
    }
    return true;
}

void client_open_allocated(const struct options *options, struct flow *flow)
{
    client_open(options, flow);
    while (!client_allocate(options, flow)) {
        client_open(options,
                    flow); /* the other stays open, so that its address is not given again */
    }
}

static void put_lifetime_0(struct stun_writer *writer, const void *arg)
{
    (void)arg;
    stun_put_u32(writer, STUN_LIFETIME, 0);
}

void client_release(const struct options *options, struct flow *flow)
{
    struct stun_message answer;
    uint8_t room[2048];
    (void)ask(options, flow, STUN_REFRESH, put_lifetime_0, NULL, &answer, room);
}

static void put_peer(struct stun_writer *writer, const void *arg)
{
    stun_put_xor_addr(writer, STUN_XOR_PEER_ADDRESS, arg);
}

void client_permit(const struct options *options, struct flow *flow, struct addr peer)
{
    struct stun_message answer;
    uint8_t room[2048];
    (void)ask(options, flow, STUN_CREATE_PERMISSION, put_peer, &peer, &answer, room);
}

static void put_channel(struct stun_writer *writer, const void *arg)
{
    stun_put_u32(writer, STUN_CHANNEL_NUMBER, (uint32_t)CHANNEL << 16);
    stun_put_xor_addr(writer, STUN_XOR_PEER_ADDRESS, arg);
}

void client_bind(const struct options *options, struct flow *flow, struct addr peer)
{
    struct stun_message answer;
    uint8_t room[2048];
    (void)ask(options, flow, STUN_CHANNEL_BIND, put_channel, &peer, &answer, room);
}

/* One request of each flow, all sent before the first answer is read. */
static void ask_together(const struct options *options, struct flow *flows, uint32_t count,
                         enum stun_method method,
                         void (*put)(struct stun_writer *writer, const void *arg), int expected)
{
    static uint8_t rooms[BURST_MAX][1024];
    struct stun_writer writers[BURST_MAX];
    struct stun_message answer;
    uint8_t room[2048];
    for (uint32_t i = 0; i < count; i++) {
        if (flows[i].refused) {
            continue;
        }
        begin(&flows[i], &writers[i], rooms[i], method);
        put(&writers[i], NULL);
        sign(options, &flows[i], &writers[i]);
        send_frame(&flows[i], stun_finish(&writers[i]));
    }
    for (uint32_t i = 0; i < count; i++) {
        if (flows[i].refused) {
            continue;
        }
        int code = answer_to(&flows[i], slice_from(rooms[i], writers[i].size), &answer, room);
        flows[i].refused = code == MISMATCH; /* the address has one still, see ask */
        if (code != expected && code != MISMATCH) {
            die("method %d was answered with %d", (int)method, code);
        }
    }
}

uint32_t client_allocate_together(const struct options *options, struct flow *flows, uint32_t count)
{
    uint32_t done = 0;
    ask_together(options, flows, count, STUN_ALLOCATE, put_allocate, 401);
    ask_together(options, flows, count, STUN_ALLOCATE, put_allocate, 0);
    ask_together(options, flows, count, STUN_REFRESH, put_lifetime_0, 0);
    for (uint32_t i = 0; i < count; i++) {
        done += flows[i].refused ? 0 : 1;
    }
    return done;
}

uint32_t client_bindings(struct flow *flow, uint32_t count)
{
    uint8_t room[1024];
    uint8_t answer_room[2048];
    struct stun_message answer;
    uint32_t answered = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct stun_writer writer;
        begin(flow, &writer, room, STUN_BINDING);
        struct slice request = stun_finish(&writer);
        if (send(flow->fd, request.data, request.size, 0) < 0) {
            die("send: %m");
        }
    }
    while (answered < count) {
        ssize_t got = recv(flow->fd, answer_room, sizeof(answer_room), 0);
        if (got <= 0) {
            die("Binding requests were not answered");
        }
        answered += stun_decode(slice_from(answer_room, (size_t)got), &answer) == OK &&
                            answer.class == STUN_SUCCESS
                        ? 1
                        : 0;
    }
    return answered;
}
