/* SPDX-License-Identifier: Apache-2.0 */
#include "server/turnprobe.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "crypto/digest.h"
#include "crypto/hmac.h"
#include "crypto/random.h"
#include "wire/demux.h"
#include "wire/stun.h"

enum {
    TRIES = 3,        /* of a request by UDP */
    INPUT_MAX = 4096, /* nothing that is asked for is longer */
    TEXT_MAX = 128,   /* realm, nonce */
    CHANNEL = 0x4001,
    PACKET_SIZE = 172, /* an RTP packet of 20 ms of sound */
    UDP_TRANSPORT = 17
};

/* One end: a connection to the server and what it gave. */
struct client {
    const struct turnprobe_target *target;
    const struct credential *credential;
    struct dial *dial;
    uint8_t input[INPUT_MAX]; /* of a connection: the beginning of a frame */
    size_t input_size;
    size_t used; /* by the frame that was returned last */
    char realm[TEXT_MAX];
    char nonce[TEXT_MAX];
    bool has_key;
    struct hmac_sha1_key key;
    struct addr relayed;
    uint32_t code;
};

static uint64_t now_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
}

static bool is_datagrams(const struct turnprobe_target *target)
{
    return target->kind == DIAL_UDP || target->kind == DIAL_DTLS;
}

/* The next STUN message or ChannelData that comes before end_us, borrowed until the next call. */
static enum err next_frame(struct client *client, uint64_t end_us, struct slice *frame)
{
    bool whole = is_datagrams(client->target);

    memmove(client->input, client->input + client->used, client->input_size - client->used);
    client->input_size -= client->used;
    client->used = 0;
    for (;;) {
        size_t got = 0;
        uint64_t now = now_us();
        enum err err = whole ? ERR_SHORT
                             : demux_frame(slice_from(client->input, client->input_size), frame,
                                           &client->used);

        if (err != ERR_SHORT) {
            return err;
        }
        err = now >= end_us ? ERR_TIMEOUT
                            : dial_recv(client->dial, client->input + client->input_size,
                                        sizeof client->input - client->input_size,
                                        (uint32_t)((end_us - now) / 1000) + 1, &got);
        if (err != OK) {
            return err;
        }
        if (whole) {
            *frame = slice_from(client->input, got);
            return OK;
        }
        client->input_size += got;
    }
}

/* ---- requests ---- */

static void make_key(struct client *client)
{
    char text[CREDENTIAL_NAME_SIZE_MAX + TEXT_MAX + CREDENTIAL_PASSWORD_SIZE + 4];
    uint8_t md5[16];

    (void)snprintf(text, sizeof text, "%s:%s:%s", client->credential->name, client->realm,
                   client->credential->password);
    digest_md5(slice_text(text), md5);
    hmac_sha1_prepare(slice_from(md5, sizeof md5), &client->key);
    mem_wipe(text, sizeof text);
    client->has_key = true;
}

static void put_credentials(const struct client *client, struct stun_writer *writer)
{
    uint8_t head[4];
    struct slice pieces[2];
    uint8_t integrity[HMAC_SHA1_SIZE];

    stun_put(writer, STUN_USERNAME, slice_text(client->credential->name));
    stun_put(writer, STUN_REALM, slice_text(client->realm));
    stun_put(writer, STUN_NONCE, slice_text(client->nonce));
    stun_writer_integrity_input(writer, sizeof integrity, head, pieces);
    hmac_sha1(&client->key, pieces, 2, integrity);
    stun_put(writer, STUN_INTEGRITY, slice_from(integrity, sizeof integrity));
}

struct request {
    enum stun_method method;
    const struct addr *peer; /* NULL: none */
    bool channel;
    bool transport;
    uint32_t lifetime_s; /* UINT32_MAX: not said */
};

static struct slice write_request(const struct client *client, const struct request *request,
                                  const uint8_t *transaction, uint8_t *room, size_t size)
{
    struct stun_writer writer;

    stun_begin(&writer, room, size, STUN_REQUEST, request->method, transaction);
    if (request->transport) {
        stun_put_u32(&writer, STUN_REQUESTED_TRANSPORT, (uint32_t)UDP_TRANSPORT << 24);
        if (client->target->addr.family == ADDR_V6) {
            stun_put_u32(&writer, STUN_REQUESTED_ADDRESS_FAMILY, 2U << 24);
        }
    }
    if (request->channel) {
        stun_put_u32(&writer, STUN_CHANNEL_NUMBER, (uint32_t)CHANNEL << 16);
    }
    if (request->peer != NULL) {
        stun_put_xor_addr(&writer, STUN_XOR_PEER_ADDRESS, request->peer);
    }
    if (request->lifetime_s != UINT32_MAX) {
        stun_put_u32(&writer, STUN_LIFETIME, request->lifetime_s);
    }
    if (client->has_key) {
        put_credentials(client, &writer);
    }
    return stun_finish(&writer);
}

static void copy_text(struct slice from, char out[TEXT_MAX])
{
    size_t size = from.size < TEXT_MAX - 1 ? from.size : TEXT_MAX - 1;

    if (size > 0) {
        memcpy(out, from.data, size);
    }
    out[size] = '\0';
}

/* Waits for the answer of a transaction; what else comes is not for this. */
static enum err wait_answer(struct client *client, const uint8_t *transaction, uint32_t timeout_ms,
                            struct stun_message *answer)
{
    uint64_t end_us = now_us() + timeout_ms * 1000ULL;

    for (;;) {
        struct slice frame;
        enum err err = next_frame(client, end_us, &frame);

        if (err != OK) {
            return err;
        }
        if (stun_decode(frame, answer) == OK &&
            memcmp(answer->transaction, transaction, STUN_TRANSACTION_SIZE) == 0) {
            return OK;
        }
    }
}

/* Sends the request as often as needed; OK: there is an answer, also an error. */
static enum err ask(struct client *client, const struct request *request,
                    struct stun_message *answer)
{
    uint8_t room[1024];
    uint8_t transaction[STUN_TRANSACTION_SIZE];
    uint32_t tries = is_datagrams(client->target) ? TRIES : 1;
    enum err err = ERR_TIMEOUT;

    random_bytes(transaction, sizeof transaction);
    struct slice bytes = write_request(client, request, transaction, room, sizeof room);
    for (uint32_t i = 0; i < tries && err == ERR_TIMEOUT; i++) {
        err = dial_send(client->dial, bytes);
        if (err == OK) {
            err = wait_answer(client, transaction, client->target->timeout_ms / tries, answer);
        }
    }
    return err;
}

static uint32_t code_of(const struct stun_message *answer)
{
    struct slice value = answer->attributes[STUN_ERROR_CODE];

    return value.size < 4 ? 0 : (value.data[2] & 7U) * 100 + value.data[3];
}

/* Until the answer is a success; takes realm and nonce as the server gives them. */
static enum err ask_authenticated(struct client *client, const struct request *request,
                                  struct stun_message *answer)
{
    for (int i = 0; i < 3; i++) {
        enum err err = ask(client, request, answer);

        if (err != OK) {
            return err;
        }
        if (answer->class == STUN_SUCCESS) {
            return OK;
        }
        client->code = code_of(answer);
        bool fresh = client->code == STUN_STALE_NONCE ||
                     (client->code == STUN_UNAUTHENTICATED && !client->has_key);
        if (!fresh) {
            return ERR_FORBIDDEN;
        }
        copy_text(answer->attributes[STUN_REALM], client->realm);
        copy_text(answer->attributes[STUN_NONCE], client->nonce);
        make_key(client);
    }
    return ERR_FORBIDDEN;
}

/* ---- steps ---- */

static enum err read_mapped(const struct stun_message *answer, struct addr *mapped)
{
    struct slice value = answer->attributes[STUN_XOR_MAPPED_ADDRESS];

    return answer->class == STUN_SUCCESS && value.data != NULL
               ? stun_read_xor_addr(value, answer->transaction, mapped)
               : ERR_INVALID;
}

enum err turnprobe_ask(const struct turnprobe_target *target, struct turnprobe_question *question)
{
    uint8_t room[STUN_HEADER_SIZE];
    struct stun_writer writer;
    enum err err = OK;

    if (question->dial == NULL) {
        random_bytes(question->transaction, sizeof question->transaction);
        err = dial_open(DIAL_UDP, &target->addr, &target->from, NULL, 0, &question->dial);
    }
    stun_begin(&writer, room, sizeof room, STUN_REQUEST, STUN_BINDING, question->transaction);
    return err == OK ? dial_send(question->dial, stun_finish(&writer)) : err;
}

enum err turnprobe_hear(struct turnprobe_question *question, struct addr *mapped)
{
    uint8_t room[INPUT_MAX];
    size_t size = 0;

    for (;;) {
        struct stun_message answer;
        enum err err = dial_recv(question->dial, room, sizeof room, 0, &size);

        if (err != OK) {
            return err;
        }
        if (stun_decode(slice_from(room, size), &answer) == OK &&
            memcmp(answer.transaction, question->transaction, STUN_TRANSACTION_SIZE) == 0) {
            return read_mapped(&answer, mapped);
        }
    }
}

void turnprobe_end(struct turnprobe_question *question)
{
    dial_close(question->dial);
    question->dial = NULL;
}

enum err turnprobe_binding(const struct turnprobe_target *target, struct addr *mapped)
{
    struct client client = {.target = target};
    struct request request = {.method = STUN_BINDING, .lifetime_s = UINT32_MAX};
    struct stun_message answer;
    enum err err = dial_open(target->kind, &target->addr, &target->from, target->host,
                             target->timeout_ms, &client.dial);

    err = err == OK ? ask(&client, &request, &answer) : err;
    err = err == OK ? read_mapped(&answer, mapped) : err;
    dial_close(client.dial);
    return err;
}

static enum err allocate(struct client *client)
{
    struct request request = {.method = STUN_ALLOCATE, .transport = true, .lifetime_s = UINT32_MAX};
    struct stun_message answer;
    enum err err = ask_authenticated(client, &request, &answer);

    return err != OK ? err
                     : stun_read_xor_addr(answer.attributes[STUN_XOR_RELAYED_ADDRESS],
                                          answer.transaction, &client->relayed);
}

static enum err ask_peer(struct client *client, enum stun_method method, const struct addr *peer)
{
    struct request request = {.method = method,
                              .peer = peer,
                              .channel = method == STUN_CHANNEL_BIND,
                              .lifetime_s = UINT32_MAX};
    struct stun_message answer;

    return ask_authenticated(client, &request, &answer);
}

/* One packet from one end to the other; ERR_TIMEOUT: it did not arrive. */
static enum err carry(struct client *from, struct client *to, uint32_t number)
{
    uint8_t packet[STUN_CHANNEL_HEADER_SIZE + PACKET_SIZE] = {0};
    uint64_t end_us = now_us() + 1000000;
    enum err err = OK;

    stun_channel_head(CHANNEL, PACKET_SIZE, packet);
    packet[STUN_CHANNEL_HEADER_SIZE] = 0x80; /* RTP, version 2 */
    memcpy(packet + STUN_CHANNEL_HEADER_SIZE + 8, &number, sizeof number);
    err = dial_send(from->dial, slice_from(packet, sizeof packet));
    while (err == OK) {
        struct slice frame;
        struct slice data;
        uint16_t channel = 0;

        err = next_frame(to, end_us, &frame);
        if (err == OK && stun_channel_decode(frame, &channel, &data) == OK &&
            data.size == PACKET_SIZE &&
            memcmp(data.data, packet + STUN_CHANNEL_HEADER_SIZE, PACKET_SIZE) == 0) {
            return OK;
        }
    }
    return err;
}

static int compare(const void *a, const void *b)
{
    uint32_t one = *(const uint32_t *)a;
    uint32_t two = *(const uint32_t *)b;

    return one < two ? -1 : one > two;
}

static enum err exchange_media(struct client ends[2], struct turnprobe_result *result)
{
    uint32_t times[TURNPROBE_PACKETS];
    enum err err = OK;

    for (uint32_t i = 0; i < TURNPROBE_PACKETS && (err == OK || err == ERR_TIMEOUT); i++) {
        uint64_t began_us = now_us();

        result->sent++;
        err = carry(&ends[0], &ends[1], i);
        err = err == OK ? carry(&ends[1], &ends[0], i) : err;
        if (err == OK) {
            times[result->received++] = (uint32_t)(now_us() - began_us);
        } else if (result->received == 0 && i == 2) {
            break; /* nothing passes: no need to wait for all */
        }
    }
    if (result->received > 0) {
        qsort(times, result->received, sizeof times[0], compare);
        result->round_trip_us = times[result->received / 2];
        return OK;
    }
    return err;
}

static enum err join(struct client ends[2], struct turnprobe_result *result)
{
    enum err err = OK;

    result->step = "allocate";
    for (int i = 0; err == OK && i < 2; i++) {
        err = allocate(&ends[i]);
    }
    result->relayed = ends[0].relayed;
    for (int i = 0; err == OK && i < 2; i++) {
        result->step = "permission";
        err = ask_peer(&ends[i], STUN_CREATE_PERMISSION, &ends[1 - i].relayed);
        if (err == OK) {
            result->step = "channel";
            err = ask_peer(&ends[i], STUN_CHANNEL_BIND, &ends[1 - i].relayed);
        }
    }
    if (err == OK) {
        result->step = "media";
        err = exchange_media(ends, result);
    }
    return err;
}

static void leave(struct client *client)
{
    struct request request = {.method = STUN_REFRESH, .lifetime_s = 0};
    struct stun_message answer;

    if (client->relayed.family != ADDR_NONE && ask_authenticated(client, &request, &answer) != OK) {
        client->relayed = (struct addr){0}; /* the server ends it by itself */
    }
}

enum err turnprobe_relay(const struct turnprobe_target *target, const struct credential *credential,
                         struct turnprobe_result *result)
{
    struct client *ends = mem_alloc_array(2, sizeof *ends);
    enum err err = ends == NULL ? ERR_NOMEM : OK;

    *result = (struct turnprobe_result){.step = "connect"};
    for (int i = 0; err == OK && i < 2; i++) {
        ends[i].target = target;
        ends[i].credential = credential;
        err = dial_open(target->kind, &target->addr, &target->from, target->host,
                        target->timeout_ms, &ends[i].dial);
    }
    err = err == OK ? join(ends, result) : err;
    for (int i = 0; ends != NULL && i < 2; i++) {
        result->code = ends[i].code != 0 && err == ERR_FORBIDDEN ? ends[i].code : result->code;
        if (ends[i].dial != NULL) {
            leave(&ends[i]);
        }
        dial_close(ends[i].dial);
    }
    if (ends != NULL) {
        mem_wipe(ends, 2 * sizeof *ends);
    }
    mem_free(ends);
    return err;
}

/* ---- beyond the server ---- */

/* Waits for what answers `transaction` on the channel. */
static enum err wait_binding(struct client *client, const uint8_t *transaction, uint32_t timeout_ms,
                             struct addr *mapped)
{
    uint64_t end_us = now_us() + timeout_ms * 1000ULL;

    for (;;) {
        struct slice frame;
        struct slice data;
        struct stun_message answer;
        uint16_t channel = 0;
        enum err err = next_frame(client, end_us, &frame);

        if (err != OK) {
            return err;
        }
        if (stun_channel_decode(frame, &channel, &data) == OK && channel == CHANNEL &&
            stun_decode(data, &answer) == OK && answer.class == STUN_SUCCESS &&
            memcmp(answer.transaction, transaction, STUN_TRANSACTION_SIZE) == 0) {
            struct slice value = answer.attributes[STUN_XOR_MAPPED_ADDRESS];

            return value.data == NULL ? ERR_INVALID
                                      : stun_read_xor_addr(value, answer.transaction, mapped);
        }
    }
}

/* By the relay's socket it is UDP, whatever the way to the server. */
static enum err ask_binding(struct client *client, struct addr *mapped)
{
    uint8_t packet[STUN_CHANNEL_HEADER_SIZE + STUN_HEADER_SIZE];
    uint8_t transaction[STUN_TRANSACTION_SIZE];
    struct stun_writer writer;
    enum err err = ERR_TIMEOUT;

    random_bytes(transaction, sizeof transaction);
    stun_channel_head(CHANNEL, STUN_HEADER_SIZE, packet);
    stun_begin(&writer, packet + STUN_CHANNEL_HEADER_SIZE, STUN_HEADER_SIZE, STUN_REQUEST,
               STUN_BINDING, transaction);
    (void)stun_finish(&writer);
    for (int i = 0; i < TRIES && err == ERR_TIMEOUT; i++) {
        err = dial_send(client->dial, slice_from(packet, sizeof packet));
        if (err == OK) {
            err = wait_binding(client, transaction, client->target->timeout_ms / TRIES, mapped);
        }
    }
    return err;
}

static enum err go_outside(struct client *client, const struct addr *peer,
                           struct turnprobe_result *result, struct addr *mapped)
{
    result->step = "allocate";
    enum err err = allocate(client);

    if (err == OK && client->relayed.family != peer->family) {
        return ERR_UNSUPPORTED;
    }
    if (err == OK) {
        result->step = "channel"; /* and the permission with it: the socket is open then */
        err = ask_peer(client, STUN_CHANNEL_BIND, peer);
    }
    if (err == OK) {
        result->step = "binding";
        err = ask_binding(client, mapped);
    }
    return err;
}

enum err turnprobe_outside(const struct turnprobe_target *target,
                           const struct credential *credential, const struct addr *peer,
                           struct turnprobe_result *result, struct addr *mapped)
{
    struct client *client = mem_alloc(sizeof *client);

    *result = (struct turnprobe_result){.step = "connect"};
    if (client == NULL) {
        return ERR_NOMEM;
    }
    client->target = target;
    client->credential = credential;
    enum err err = dial_open(target->kind, &target->addr, &target->from, target->host,
                             target->timeout_ms, &client->dial);
    err = err == OK ? go_outside(client, peer, result, mapped) : err;
    result->relayed = client->relayed;
    result->code = err == ERR_FORBIDDEN ? client->code : 0;
    if (client->dial != NULL) {
        leave(client);
    }
    dial_close(client->dial);
    mem_wipe(client, sizeof *client);
    mem_free(client);
    return err;
}
