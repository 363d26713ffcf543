/* SPDX-License-Identifier: Apache-2.0 */
/* A port that one worker keeps and another takes over. */
#include "turn/reservations.h"

#include <pthread.h>
#include <string.h>
#include "turn/virtualnet.h"
#include "unit.h"

#define THREADS 4
#define ROUNDS 200
#define LIFETIME_MS 30000

static struct reservations *all;
static struct virtualnet nets[2];      /* two workers of a node */
static struct virtualnet_client anna;  /* at the first */
static struct virtualnet_client again; /* anna at the second */
static uint8_t token[RELAYPORT_TOKEN_SIZE];

static void tear_down(void)
{
    virtualnet_stop(&nets[1]);
    virtualnet_stop(&nets[0]);
    reservations_destroy(all);
    all = NULL;
}

static void set_up(void)
{
    all = NULL;
    virtualnet_init(&nets[0]);
    virtualnet_init(&nets[1]);
    unit_finally(tear_down);
    CHECK(reservations_create(&all) == OK);
    for (uint32_t i = 0; i < 2; i++) {
        nets[i].config.worker = i;
        nets[i].config.workers = 2;
        nets[i].config.relay_port_max = nets[i].config.relay_port_min + 3; /* a pair of each */
        nets[i].config.reservations = all;
        CHECK(virtualnet_start(&nets[i]) == OK);
    }
    virtualnet_client_init(&nets[0], &anna, addr_v4(192, 0, 2, 9, 1), "anna", "one");
    virtualnet_client_init(&nets[1], &again, addr_v4(192, 0, 2, 9, 2), "anna", "one");
    for (int i = 0; i < 2; i++) { /* both have a nonce */
        struct virtualnet_client *client = i == 0 ? &anna : &again;
        CHECK(virtualnet_allocate(client) == 0 && virtualnet_refresh(client, 0) == 0);
    }
}

/* Anna's even port; the one behind it is kept for the token. */
static int reserve(void)
{
    static const uint8_t both = 0x80;
    virtualnet_begin(&anna, STUN_REQUEST, STUN_ALLOCATE);
    stun_put_u32(&anna.writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    stun_put(&anna.writer, STUN_EVEN_PORT, slice_from(&both, 1));
    virtualnet_sign(&anna);
    int code = virtualnet_send(&anna);
    if (code == 0) {
        struct slice value = anna.answer.attributes[STUN_RESERVATION_TOKEN];
        CHECK(value.size == sizeof(token));
        memcpy(token, value.data, sizeof(token));
    }
    return code;
}

static int redeem(struct virtualnet_client *client)
{
    virtualnet_begin(client, STUN_REQUEST, STUN_ALLOCATE);
    stun_put_u32(&client->writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    stun_put(&client->writer, STUN_RESERVATION_TOKEN, slice_from(token, sizeof(token)));
    virtualnet_sign(client);
    return virtualnet_send(client);
}

static void another_worker_takes_the_port_over_and_gives_it_back(void)
{
    const struct addr peer = addr_v4(8, 8, 8, 8, 9);
    set_up();
    CHECK(reserve() == 0 && redeem(&again) == 0);
    CHECK(again.relay.port == anna.relay.port + 1);
    CHECK(virtualnet_permit(&again, peer) == 0); /* it is bound where it is used */
    CHECK(nets[1].open == 1 && nets[0].open == 0);
    CHECK(nets[1].relay_local.port == again.relay.port);
    CHECK(virtualnet_refresh(&anna, 0) == 0 && reserve() == 508); /* still with the other */
    CHECK(virtualnet_refresh(&again, 0) == 0 && nets[1].open == 0);
    CHECK(reserve() == 0 && redeem(&anna) == 437 && redeem(&again) == 0);
    tear_down();
}

static void data_inside_finds_the_worker_that_has_the_port(void)
{
    set_up();
    CHECK(reserve() == 0 && redeem(&again) == 0);
    CHECK(virtualnet_permit(&again, anna.relay) == 0);
    CHECK(virtualnet_bind(&anna, 0x4000, again.relay) == 0);
    virtualnet_channel_data(&anna, 0x4000, SLICE("to the other"));
    const struct virtualnet_sent *sent = virtualnet_last(&nets[0], VIRTUALNET_WORKER);
    CHECK(sent != NULL && sent->worker == 1 && addr_equal(&sent->to, &again.relay));
    nets[1].count = 0;
    turn_worker_input(nets[1].turn, &sent->from, &sent->to, slice_from(sent->bytes, sent->size));
    CHECK(virtualnet_last(&nets[1], VIRTUALNET_CLIENT) != NULL);
    CHECK(virtualnet_permit(&anna, again.relay) == 0);
    virtualnet_send_indication(&again, anna.relay, SLICE("and back"));
    sent = virtualnet_last(&nets[1], VIRTUALNET_WORKER);
    CHECK(sent != NULL && sent->worker == 0);
    CHECK(virtualnet_refresh(&again, 0) == 0);
    virtualnet_channel_data(&anna, 0x4000, SLICE("to nobody"));
    CHECK(virtualnet_last(&nets[0], VIRTUALNET_WORKER) == NULL);
    tear_down();
}

static void a_token_is_good_once_for_its_user_and_for_30_seconds(void)
{
    struct virtualnet_client eve;
    set_up();
    virtualnet_client_init(&nets[1], &eve, addr_v4(192, 0, 2, 9, 3), "eve", "one");
    CHECK(virtualnet_allocate(&eve) == 0 && virtualnet_refresh(&eve, 0) == 0);
    CHECK(reserve() == 0 && redeem(&eve) == 508);
    CHECK(redeem(&again) == 0 && virtualnet_refresh(&again, 0) == 0 && redeem(&again) == 508);
    CHECK(virtualnet_refresh(&anna, 0) == 0 && reserve() == 0);
    virtualnet_pass(&nets[1], LIFETIME_MS - 1);
    CHECK(redeem(&again) == 0 && virtualnet_refresh(&again, 0) == 0);
    CHECK(virtualnet_refresh(&anna, 0) == 0 && reserve() == 0);
    virtualnet_pass(&nets[1], 1);
    CHECK(redeem(&again) == 508);
    tear_down();
}

static void a_port_that_is_free_again_cannot_be_redeemed_by_a_slower_clock(void)
{
    enum relayport_family family = RELAYPORT_V4;
    uint16_t port = 0;
    set_up();
    CHECK(reservations_keep(all, SLICE("anna"), RELAYPORT_V6, 50001, token, 0) == OK);
    CHECK(!reservations_is_over(all, RELAYPORT_V6, 50001, LIFETIME_MS - 1));
    CHECK(reservations_is_over(all, RELAYPORT_V6, 50001, LIFETIME_MS));
    CHECK(reservations_redeem(all, SLICE("anna"), token, 1, LIFETIME_MS - 1, &family, &port) ==
          ERR_NOT_FOUND);
    tear_down();
}

static void there_are_limits_and_what_is_old_makes_room(void)
{
    char user[8] = "user a";
    uint16_t port = 1001;
    set_up();
    for (uint32_t i = 0; i < RESERVATIONS_MAX; i++) {
        user[5] = (char)('a' + i / RESERVATIONS_USER_MAX);
        if (i > 0 && i % RESERVATIONS_USER_MAX == 0) {
            char before[8] = "user a";
            before[5] = (char)(user[5] - 1);
            CHECK(reservations_keep(all, slice_text(before), RELAYPORT_V4, port, token, 0) ==
                  ERR_LIMIT);
        }
        CHECK(reservations_keep(all, slice_text(user), RELAYPORT_V4, port, token, 0) == OK);
        port = (uint16_t)(port + 2);
    }
    CHECK(reservations_keep(all, SLICE("zoe"), RELAYPORT_V4, port, token, LIFETIME_MS - 1) ==
          ERR_LIMIT);
    CHECK(reservations_keep(all, SLICE("zoe"), RELAYPORT_V4, port, token, LIFETIME_MS) == OK);
    tear_down();
}

static void *redeem_all(void *arg)
{
    uint32_t *got = arg;
    for (uint32_t i = 0; i < ROUNDS; i++) {
        enum relayport_family family = RELAYPORT_V4;
        uint16_t port = 0;
        const uint8_t wanted[RELAYPORT_TOKEN_SIZE] = {(uint8_t)i};
        *got += reservations_redeem(all, SLICE("anna"), wanted, 0, 0, &family, &port) == OK;
    }
    return NULL;
}

static void of_many_who_bring_a_token_one_gets_the_port(void)
{
    pthread_t threads[THREADS];
    uint32_t got[THREADS] = {0};
    uint32_t sum = 0;
    set_up();
    memset(token, 0, sizeof(token));
    for (uint32_t i = 0; i < RESERVATIONS_USER_MAX; i++) {
        token[0] = (uint8_t)i;
        CHECK(reservations_keep(all, SLICE("anna"), RELAYPORT_V4, (uint16_t)(i + 1), token, 0) ==
              OK);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, redeem_all, &got[i]) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
        sum += got[i];
    }
    CHECK(sum == RESERVATIONS_USER_MAX);
    tear_down();
}

UNIT(another_worker_takes_the_port_over_and_gives_it_back,
     data_inside_finds_the_worker_that_has_the_port,
     a_token_is_good_once_for_its_user_and_for_30_seconds,
     a_port_that_is_free_again_cannot_be_redeemed_by_a_slower_clock,
     there_are_limits_and_what_is_old_makes_room, of_many_who_bring_a_token_one_gets_the_port)
