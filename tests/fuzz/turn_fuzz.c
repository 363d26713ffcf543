/* SPDX-License-Identifier: Apache-2.0 */
/* A whole engine in a network of memory: the bytes say what three clients, their peers, the clock
 * and the server do. Two clients know their passwords, so that the input gets behind the
 * signatures; the third does not. Kept at every step: no packet to a forbidden peer (virtualnet
 * asserts it), no large answer to a stranger, as many sockets as the engine says. */
#include <stdlib.h>

#include "fuzz.h"
#include "turn/virtualnet.h"

#define CLIENTS 3
#define STRANGER 2

struct input {
    const uint8_t *data;
    size_t size;
};

static uint8_t take(struct input *input)
{
    if (input->size == 0) {
        return 0;
    }
    input->size--;
    return *input->data++;
}

static struct slice take_bytes(struct input *input, size_t size)
{
    size = size < input->size ? size : input->size;
    struct slice bytes = {input->data, size};
    input->data += size;
    input->size -= size;
    return bytes;
}

/* One of the addresses that matter, or any. */
static struct addr take_peer(struct input *input, const struct virtualnet_client *clients)
{
    uint8_t choice = take(input);
    uint16_t port = (uint16_t)(take(input) << 8);
    struct addr addr = {.ip = {0x26, 6}, .port = (uint16_t)(port | 1), .family = ADDR_V6};
    switch (choice % 8) {
    case 0:
    case 1:
    case 2:
        return clients[choice % 8].relay;
    case 3:
        return addr_v4(8, 8, 8, 8, (uint16_t)(port | 1));
    case 4:
        return addr_v4(take(input), take(input), take(input), take(input), port);
    case 5:
        return addr_v4(198, 41, 0, 4, port);
    case 6:
        for (size_t i = 0; i < sizeof(addr.ip); i++) {
            addr.ip[i] = take(input);
        }
        return addr;
    default:
        return addr;
    }
}

/* A message with attributes as the input says; signed or not. */
static void send_message(struct input *input, struct virtualnet_client *clients, size_t index)
{
    struct virtualnet_client *client = &clients[index];
    uint8_t head = take(input);
    virtualnet_begin(client, (enum stun_class)(head >> 6), (enum stun_method)(head & 15));
    for (uint8_t left = take(input) % 6; left > 0; left--) {
        enum stun_attribute attribute = (enum stun_attribute)(take(input) % STUN_ATTRIBUTE_COUNT);
        uint8_t form = take(input);
        struct addr peer = take_peer(input, clients);
        if (form % 4 == 0 && peer.family != ADDR_NONE) {
            stun_put_xor_addr(&client->writer, STUN_XOR_PEER_ADDRESS, &peer);
        } else if (form % 4 == 1) {
            stun_put_u32(&client->writer, attribute, (uint32_t)take(input) << 24 | take(input));
        } else {
            stun_put(&client->writer, attribute, take_bytes(input, form >> 2));
        }
    }
    if ((head & 0x20) != 0) {
        virtualnet_sign(client);
    }
    if (client->writer.full) {
        return;
    }
    bool may_be_large = (head & 0x20) != 0 && client->nonce_size > 0 && index != STRANGER;
    size_t size = client->writer.size;
    client->growth_bytes = 0;
    client->net->count = 0;
    turn_client_input(client->net->turn, &client->path, stun_finish(&client->writer));
    const struct virtualnet_sent *sent = virtualnet_last(client->net, VIRTUALNET_CLIENT);
    ASSERT(sent == NULL || may_be_large || client->path.transport != TURN_UDP ||
           head >> 6 == STUN_INDICATION || sent->size * 2 <= size * 5);
}

static void step(struct input *input, struct virtualnet *net, struct virtualnet_client *clients)
{
    uint8_t what = take(input);
    size_t index = what >> 4 & 3;
    struct virtualnet_client *client = &clients[index % CLIENTS];
    switch (what & 15) {
    case 0:
        turn_client_input(net->turn, &client->path, take_bytes(input, take(input)));
        break;
    case 1:
    case 2:
        send_message(input, clients, index % CLIENTS);
        break;
    case 3:
        (void)virtualnet_allocate(client);
        break;
    case 4:
        (void)virtualnet_refresh(client, (uint32_t)take(input) * 20);
        break;
    case 5: {
        struct addr peer = take_peer(input, clients);
        (void)(peer.family == ADDR_NONE ? 0 : virtualnet_permit(client, peer));
        break;
    }
    case 6: {
        uint16_t number = (uint16_t)(0x3fff + take(input) % 4);
        struct addr peer = take_peer(input, clients);
        (void)(peer.family == ADDR_NONE ? 0 : virtualnet_bind(client, number, peer));
        break;
    }
    case 7:
        virtualnet_channel_data(client, (uint16_t)(0x3fff + take(input) % 4),
                                take_bytes(input, take(input)));
        break;
    case 8: {
        struct addr from = take_peer(input, clients);
        turn_peer_input(net->turn, net->relay ^ (what >> 6), &from, take_bytes(input, 20));
        turn_peer_error(net->turn, net->relay, &from, take(input), take(input), 7);
        break;
    }
    case 9:
        virtualnet_pass(net, (uint64_t)take(input) * take(input) * 100);
        break;
    case 10:
        turn_revoke_call(net->turn, index == 0 ? SLICE("call-1") : SLICE("call-2"));
        break;
    case 11:
        turn_path_closed(net->turn, &client->path);
        break;
    case 12:
        net->open_result = index == 0 ? ERR_EXISTS : OK;
        break;
    case 13:
        client->sha256 = index > 1;
        client->userhash = (what >> 6 & 1) != 0;
        (void)!turn_add_name(net->turn, slice_text(client->credential.name));
        break;
    default: {
        struct addr from = take_peer(input, clients);
        struct addr to = take_peer(input, clients);
        turn_worker_input(net->turn, &from, &to, take_bytes(input, 20));
        break;
    }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct virtualnet net; /* large */
    static struct virtualnet_client clients[CLIENTS];
    struct input input = {data, size};
    struct turn_stats stats;
    virtualnet_init(&net);
    net.config.limits.allocations_max = 3;
    net.config.limits.permissions_max = 6;
    net.config.limits.channels_max = 5;
    net.config.relay_port_max = 50005;
    net.peers.relay_port_max = 50005;
    ASSERT(virtualnet_start(&net) == OK);
    for (uint8_t i = 0; i < CLIENTS; i++) {
        virtualnet_client_init(&net, &clients[i], addr_v4(192, 0, 2, i, 1000),
                               i == 0 ? "anna" : "bert", i == 0 ? "call-1" : "call-2");
    }
    clients[1].path.transport = TURN_TCP;
    clients[1].path.conn = 9;
    clients[STRANGER].credential.password[0] ^= 1;
    while (input.size > 0) {
        step(&input, &net, clients);
        turn_stats(net.turn, &stats);
        ASSERT(stats.relays_open == net.open);
        ASSERT(stats.allocations[TURN_UDP] + stats.allocations[TURN_TCP] <= 3);
        ASSERT(!turn_path_allocated(net.turn, &clients[STRANGER].path));
    }
    virtualnet_stop(&net);
    return 0;
}
