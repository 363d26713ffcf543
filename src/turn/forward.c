/* SPDX-License-Identifier: Apache-2.0 */
/* The ways of data: RFC 8656 sections 11 and 12. Nothing here allocates, locks or logs. */
#include "turn/engine.h"

#define DATA_HEAD_SIZE (STUN_HEADER_SIZE + 4 + 20 + 4) /* of a Data indication to an IPv6 peer */
#define ICMP_SIZE (STUN_HEADER_SIZE + 4 + 20 + 4 + 8)

/* Bandwidth of the allocation, its user, its call and the server. */
static bool may_pass(struct allocation *allocation, size_t size)
{
    struct turn *turn = allocation->turn;
    struct users *users = turn->config.users;
    const struct turn_limits *limits = &turn->config.limits;
    uint64_t bits = (uint64_t)size * 8;
    if (!rate_take(&allocation->rate, limits->allocation_bps, limits->allocation_bps, bits,
                   turn->now_ms)) {
        engine_count(turn, COUNTER_TURN_BANDWIDTH);
    } else if (!users_take(users, allocation->holder.call, bits, turn->now_ms)) {
        engine_count(turn, COUNTER_TURN_BANDWIDTH_USER);
    } else if (!users_take_call(users, allocation->holder.call, bits, turn->now_ms)) {
        engine_count(turn, COUNTER_TURN_BANDWIDTH_CALL);
    } else if (!users_take_total(users, &turn->total_share, bits, turn->now_ms)) {
        engine_count(turn, COUNTER_TURN_BANDWIDTH_SERVER);
    } else {
        return true;
    }
    return false;
}

/* An indication's transaction is answered by nobody, so it need not be random. */
static void next_transaction(struct turn *turn, uint8_t out[STUN_TRANSACTION_SIZE])
{
    uint64_t number = ++turn->transaction;
    memset(out, 0, STUN_TRANSACTION_SIZE);
    memcpy(out, &number, sizeof(number));
}

static void begin_data(struct allocation *allocation, struct stun_writer *writer, size_t size,
                       const struct addr *peer)
{
    uint8_t transaction[STUN_TRANSACTION_SIZE];
    next_transaction(allocation->turn, transaction);
    stun_begin(writer, engine_scratch(allocation->turn, size), size, STUN_INDICATION, STUN_DATA,
               transaction);
    stun_put_xor_addr(writer, STUN_XOR_PEER_ADDRESS, peer);
}

static void to_client(struct allocation *allocation, struct turn_bytes *bytes)
{
    struct turn *turn = allocation->turn;
    turn->stats.packets_to_clients++;
    turn->stats.bytes_to_clients += bytes->head_size + bytes->body.size;
    turn->ports.to_client(turn->ports.ctx, &allocation->path, bytes);
}

void forward_from_peer(struct allocation *allocation, const struct addr *from, struct slice data)
{
    struct turn *turn = allocation->turn;
    struct turn_bytes bytes = {0};
    if (!permission_covers(&allocation->permissions, from, turn->now_ms)) {
        engine_count(turn, COUNTER_TURN_NO_PERMISSION);
        return;
    }
    if (!may_pass(allocation, data.size)) {
        return;
    }
    const struct channel *channel = channel_find_peer(&allocation->channels, from, turn->now_ms);
    if (channel != NULL) {
        stun_channel_head(channel->number, data.size, bytes.head);
        bytes.head_size = STUN_CHANNEL_HEADER_SIZE;
        bytes.body = data;
        if (engine_is_stream(&allocation->path)) {
            bytes.pad_size = (uint8_t)(-data.size & 3);
        }
    } else {
        struct stun_writer writer;
        begin_data(allocation, &writer, DATA_HEAD_SIZE + data.size + 3, from);
        stun_put(&writer, STUN_DATA_VALUE, data);
        bytes.body = stun_finish(&writer);
        if (bytes.body.size == 0) {
            engine_count(turn, COUNTER_TURN_TOO_LARGE); /* a length has 16 bits */
            return;
        }
    }
    to_client(allocation, &bytes);
}

void forward_inside(struct turn *turn, const struct addr *from, const struct addr *to,
                    struct slice data)
{
    struct allocation *receiver = relayport_find(turn->relays, engine_family(to), to->port);
    if (receiver == NULL || !addr_same_ip(&receiver->shown[engine_family(to)], to)) {
        engine_count(turn, COUNTER_TURN_NO_ALLOCATION);
        return;
    }
    engine_count(turn, COUNTER_TURN_HANDED_OVER);
    forward_from_peer(receiver, from, data);
}

/* To a relay of this server: no packet leaves it, also where no relay can be, such as at an odd end
 * of the range of ports. */
static void to_own_relay(struct allocation *allocation, enum relayport_family family,
                         const struct addr *peer, struct slice data)
{
    struct turn *turn = allocation->turn;
    struct addr from = allocation_relay(allocation, family);
    uint32_t worker = relayport_holder(turn->relays, family, peer->port);
    if (addr_equal(peer, &from)) {
        engine_count(turn, COUNTER_TURN_LOOP);
    } else if (worker == turn->config.worker) {
        forward_inside(turn, &from, peer, data);
    } else if (worker != UINT32_MAX) {
        turn->ports.to_worker(turn->ports.ctx, worker, &from, peer, data);
    } else {
        engine_count(turn, COUNTER_TURN_PEER_REFUSED);
    }
}

static void to_peer(struct allocation *allocation, const struct addr *peer, struct slice data,
                    bool dont_fragment)
{
    struct turn *turn = allocation->turn;
    enum relayport_family family = engine_family(peer);
    users_heard(&allocation->holder, turn->now_ms);
    if (!permission_covers(&allocation->permissions, peer, turn->now_ms)) {
        engine_count(turn, COUNTER_TURN_NO_PERMISSION);
        return;
    }
    if (allocation->ports[family] == 0 || !may_pass(allocation, data.size)) {
        return;
    }
    if (engine_is_own_relay(turn, peer)) {
        to_own_relay(allocation, family, peer, data);
        return;
    }
    if (engine_open_relay(allocation, family) != OK) {
        return;
    }
    turn->ports.to_peer(turn->ports.ctx, engine_relay(allocation, family), peer, data,
                        dont_fragment);
}

void forward_channel_data(struct turn *turn, const struct turn_path *path, struct slice bytes)
{
    uint16_t number = 0;
    struct slice data;
    struct allocation *allocation = engine_find(turn, path);
    if (allocation == NULL) {
        engine_count(turn, COUNTER_TURN_NO_ALLOCATION);
        return;
    }
    if (stun_channel_decode(bytes, &number, &data) != OK) {
        engine_count(turn, COUNTER_TURN_MALFORMED);
        return;
    }
    const struct channel *channel = channel_find(&allocation->channels, number, turn->now_ms);
    if (channel == NULL) {
        engine_count(turn, COUNTER_TURN_NO_CHANNEL);
        return;
    }
    to_peer(allocation, &channel->peer, data, false);
}

/* Section 11.2: what is wrong with an indication is not told. */
void forward_send(struct turn *turn, const struct turn_path *path,
                  const struct stun_message *message)
{
    struct addr peer;
    struct allocation *allocation = engine_find(turn, path);
    if (allocation == NULL) {
        engine_count(turn, COUNTER_TURN_NO_ALLOCATION);
    } else if (message->unknown_count > 0 || !stun_has(message, STUN_DATA_VALUE) ||
               stun_read_xor_addr(message->attributes[STUN_XOR_PEER_ADDRESS], message->transaction,
                                  &peer) != OK) {
        engine_count(turn, COUNTER_TURN_MALFORMED);
    } else if (!peerfilter_allows(&turn->peers, &peer)) {
        engine_count(turn, COUNTER_TURN_PEER_REFUSED);
    } else {
        to_peer(allocation, &peer, message->attributes[STUN_DATA_VALUE],
                stun_has(message, STUN_DONT_FRAGMENT));
    }
}

/* Section 11.5: what says that a datagram did not arrive. */
static bool is_told(const struct addr *peer, uint8_t type)
{
    return peer->family == ADDR_V4 ? type == 3 || type == 11 : type >= 1 && type <= 3;
}

/* Section 11.5: a Data indication with an ICMP attribute instead of data, where there is a
 * permission. */
void forward_icmp(struct allocation *allocation, const struct addr *peer, uint8_t type,
                  uint8_t code, uint32_t data)
{
    struct turn *turn = allocation->turn;
    struct stun_writer writer;
    if (!is_told(peer, type) || !permission_covers(&allocation->permissions, peer, turn->now_ms)) {
        return;
    }
    /* Section 18.13: seven bits of type, nine of code, 32 of the error's own. */
    const uint32_t words[2] = {(uint32_t)(type & 0x7f) << 9 | code, data};
    uint8_t value[8];
    for (size_t i = 0; i < sizeof(value); i++) {
        value[i] = (uint8_t)(words[i / 4] >> (24 - 8 * (i % 4)));
    }
    begin_data(allocation, &writer, ICMP_SIZE, peer);
    stun_put(&writer, STUN_ICMP, slice_from(value, sizeof(value)));
    struct turn_bytes bytes = {.body = stun_finish(&writer)};
    to_client(allocation, &bytes);
}
