/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/turn.h"

#include "base/mem.h"
#include "turn/engine.h"
#include "turn/strangers.h"
#include "wire/demux.h"

#define PUBLISH_MS 1000
#define SWEEP_MS (60 * 1000)
#define GONE_MS (10 * 1000) /* at the latest, where another worker's allocation took the place */

void turn_limits_default(struct turn_limits *limits)
{
    *limits = (struct turn_limits){
        .allocations_max = 8000,
        .call_allocations_max = 12, /* docs/decisions/0024 */
        .user_allocations_max = 16,
        .permissions_max = 64,
        .channels_max = 64,
        .lifetime_max_s = 3600,
        .age_max_s = 8 * 3600,
        .credential_max_s = 3600,
        .allocation_bps = 4 * 1000 * 1000,
        .user_bps = 16 * 1000 * 1000,
        .call_bps = 16 * 1000 * 1000,
        .total_bps = 1000 * 1000 * 1000,
        .answers_per_s = 200,
        .answers_burst = 1000,
        .answers_total_per_s = 20000,
        .names_max = 20000,
        .revoked_max = 200000,
    };
}

static struct relayport_range range_of(const struct turn_config *config)
{
    return (struct relayport_range){.min = config->relay_port_min,
                                    .max = config->relay_port_max,
                                    .worker = config->worker,
                                    .workers = config->workers};
}

uint32_t turn_port_worker(const struct turn_config *config, uint16_t port)
{
    struct relayport_range range = range_of(config);
    return relayport_worker(&range, port);
}

static enum err create_parts(struct turn *turn, uint64_t now_ms)
{
    const struct turn_limits *limits = &turn->config.limits;
    const struct quota_limits quota = {.accounts_max = limits->allocations_max,
                                       .revoked_max = limits->revoked_max};
    struct relayport_range range = range_of(&turn->config);
    enum err err =
        relayport_create(&range, &turn->auth.nonce_key, turn->config.reservations, &turn->relays);
    if (err == OK) {
        err = quota_create(&quota, &turn->quota);
    }
    if (err == OK) {
        err = wheel_create(now_ms, &turn->wheel);
    }
    if (err == OK) {
        err = map_create(limits->allocations_max, &turn->by_path);
    }
    if (err == OK) {
        err = slots_create(limits->allocations_max, &turn->by_id);
    }
    if (err == OK && limits->names_max > 0) {
        err = userhash_create(limits->names_max, turn->auth.realm, &turn->auth.names);
    }
    return err;
}

enum err turn_create(const struct turn_config *config, const struct turn_ports *ports,
                     uint64_t now_ms, struct turn **out)
{
    if (config->relay_public[RELAYPORT_V4].family == ADDR_NONE &&
        config->relay_public[RELAYPORT_V6].family == ADDR_NONE) {
        return ERR_INVALID;
    }
    struct turn *turn = mem_alloc(sizeof(*turn));
    if (turn == NULL) {
        return ERR_NOMEM;
    }
    turn->config = *config;
    turn->ports = *ports;
    turn->peers = *config->peers;
    turn->now_ms = now_ms;
    turn->published_ms = now_ms;
    turn->swept_ms = now_ms;
    turn->auth.realm = SLICE(TURN_REALM);
    turn->auth.secrets = *config->secrets;
    turn->auth.credential_max_s = config->limits.credential_max_s;
    hmac_sha256_prepare(slice_from(config->key, sizeof(config->key)), &turn->auth.nonce_key);
    enum err err = create_parts(turn, now_ms);
    if (err != OK) {
        turn_destroy(turn);
        return err;
    }
    *out = turn;
    return OK;
}

static void publish(struct turn *turn)
{
    for (size_t i = 0; i < ENGINE_COUNTS; i++) {
        if (turn->counts[i] != turn->published[i]) {
            counter_add((enum counter)(ENGINE_COUNT_FIRST + i),
                        (int64_t)(turn->counts[i] - turn->published[i]));
            turn->published[i] = turn->counts[i];
        }
    }
    turn->published_ms = turn->now_ms;
}

void turn_destroy(struct turn *turn)
{
    if (turn == NULL) {
        return;
    }
    uint32_t cursor = 0;
    struct allocation *allocation = NULL;
    while (turn->by_id != NULL && (allocation = slots_next(turn->by_id, &cursor)) != NULL) {
        allocation_destroy(allocation);
    }
    publish(turn);
    userhash_destroy(turn->auth.names);
    slots_destroy(turn->by_id);
    map_destroy(turn->by_path);
    wheel_destroy(turn->wheel);
    quota_destroy(turn->quota);
    relayport_destroy(turn->relays);
    mem_wipe(turn, sizeof(*turn));
    mem_free(turn);
}

void turn_set_secrets(struct turn *turn, const struct credential_secrets *secrets)
{
    turn->auth.secrets = *secrets;
}

void turn_set_peers(struct turn *turn, const struct peerfilter *peers)
{
    uint32_t cursor = 0;
    struct allocation *allocation = NULL;
    turn->peers = *peers;
    while ((allocation = slots_next(turn->by_id, &cursor)) != NULL) {
        permission_judge(&allocation->permissions, peers);
        allocation_follow(allocation);
    }
}

void turn_set_relays(struct turn *turn, const struct addr local[2], const struct addr shown[2])
{
    memcpy(turn->config.relay_local, local, sizeof(turn->config.relay_local));
    memcpy(turn->config.relay_public, shown, sizeof(turn->config.relay_public));
}

void turn_begin(struct turn *turn, uint64_t now_ms, uint64_t wall_s)
{
    turn->now_ms = now_ms;
    turn->wall_s = wall_s;
    turn->scratch_used = 0;
}

struct allocation *engine_find(struct turn *turn, const struct turn_path *path)
{
    struct slice key = allocation_path_key(path);
    if (turn->last == NULL || !slice_equal(allocation_path_key(&turn->last->path), key)) {
        turn->last = map_find(turn->by_path, key);
    }
    return turn->last;
}

uint8_t *engine_scratch(struct turn *turn, size_t size)
{
    size = (size + 7) & ~(size_t)7;
    ASSERT(size <= sizeof(turn->scratch));
    if (size > sizeof(turn->scratch) - turn->scratch_used) {
        turn->ports.flush(turn->ports.ctx);
        turn->scratch_used = 0;
    }
    uint8_t *room = turn->scratch + turn->scratch_used;
    turn->scratch_used += size;
    return room;
}

bool engine_is_own_relay(const struct turn *turn, const struct addr *addr)
{
    return peerfilter_is_relay(&turn->peers, addr);
}

void turn_client_input(struct turn *turn, const struct turn_path *path, struct slice data)
{
    struct stun_message message;
    turn->stats.packets_from_clients++;
    turn->stats.bytes_from_clients += data.size;
    if (demux_datagram(data) == DEMUX_CHANNEL) {
        forward_channel_data(turn, path, data);
        return;
    }
    if (stun_decode(data, &message) != OK) {
        engine_count(turn, COUNTER_TURN_MALFORMED);
        if (path->conn != 0) {
            turn->ports.end_path(turn->ports.ctx, path);
        }
        return;
    }
    if (message.class == STUN_REQUEST) {
        request_handle(turn, path, &message);
    } else if (message.class == STUN_INDICATION && message.method == STUN_SEND) {
        forward_send(turn, path, &message);
    } else if (message.class != STUN_INDICATION || message.method != STUN_BINDING) {
        engine_count(turn, COUNTER_TURN_MALFORMED);
    }
}

/* The allocation of an open relay, or NULL when the number is stale. */
static struct allocation *of_relay(const struct turn *turn, turn_relay relay)
{
    return slots_find(turn->by_id, relay >> 32 << 32 | (uint32_t)relay / 2);
}

void turn_peer_input(struct turn *turn, turn_relay relay, const struct addr *from,
                     struct slice data)
{
    struct allocation *allocation = of_relay(turn, relay);
    if (allocation == NULL) {
        engine_count(turn, COUNTER_TURN_NO_ALLOCATION);
        return;
    }
    forward_from_peer(allocation, from, data);
}

void turn_peer_error(struct turn *turn, turn_relay relay, const struct addr *peer, uint8_t type,
                     uint8_t code, uint32_t data)
{
    struct allocation *allocation = of_relay(turn, relay);
    if (allocation != NULL) {
        forward_icmp(allocation, peer, type, code, data);
    }
}

void turn_worker_input(struct turn *turn, const struct addr *from, const struct addr *to,
                       struct slice data)
{
    forward_inside(turn, from, to, data);
}

bool turn_may_answer(struct turn *turn, const struct addr *remote)
{
    bool may =
        strangers_may_answer(turn->config.strangers, &turn->answers_share, remote, turn->now_ms);
    if (!may) {
        engine_count(turn, COUNTER_TURN_WITHHELD);
    }
    return may;
}

void turn_path_closed(struct turn *turn, const struct turn_path *path)
{
    struct allocation *allocation = engine_find(turn, path);
    if (allocation != NULL && allocation->path.conn == path->conn) {
        allocation_destroy(allocation);
    }
}

bool turn_path_allocated(const struct turn *turn, const struct turn_path *path)
{
    return map_find(turn->by_path, allocation_path_key(path)) != NULL;
}

uint64_t turn_doors_used(const struct turn *turn)
{
    const struct allocation *allocation = NULL;
    uint64_t used = 0;
    size_t cursor = 0;
    while ((allocation = map_next(turn->by_path, &cursor)) != NULL) {
        used |= allocation->path.door < 64 ? UINT64_C(1) << allocation->path.door : 0;
    }
    return used;
}

void turn_revoke_call(struct turn *turn, struct slice call)
{
    if (call.size == 0 || call.size > CREDENTIAL_CALL_SIZE_MAX) {
        return;
    }
    /* Its latest credential was issued before now. */
    uint64_t until_s = turn->wall_s + turn->config.limits.credential_max_s + CREDENTIAL_SLACK_S;
    if (quota_revoke(turn->quota, call, until_s + CREDENTIAL_SLACK_S) != OK) {
        engine_count(turn, COUNTER_TURN_REVOKE_FAILED);
    }
    struct quota_account *account = quota_find_call(turn->quota, call);
    while (account != NULL && account->first != NULL) {
        bool last = account->first->next_of_call == NULL;
        allocation_destroy(account->first);
        if (last) {
            break; /* the account may be gone with its last allocation */
        }
    }
}

enum err turn_add_name(struct turn *turn, struct slice name)
{
    struct credential_name parts;
    if (turn->auth.names == NULL) {
        return ERR_LIMIT;
    }
    enum err err = credential_parse(name, &parts);
    if (err != OK) {
        return err;
    }
    return userhash_add(turn->auth.names, name, parts.expiry_s + CREDENTIAL_SLACK_S);
}

void turn_drain(struct turn *turn, const struct turn_alternate *alternate)
{
    turn->draining = true;
    turn->alternate = *alternate;
}

void turn_tick(struct turn *turn, uint64_t now_ms)
{
    turn->now_ms = now_ms;
    wheel_tick(turn->wheel, now_ms);
    allocation_end_gone(turn);
    turn->gone_ms = now_ms;
    if (now_ms - turn->published_ms >= PUBLISH_MS) {
        publish(turn);
    }
    if (now_ms - turn->swept_ms >= SWEEP_MS) {
        turn->swept_ms = now_ms;
        quota_sweep(turn->quota, turn->wall_s);
        if (turn->auth.names != NULL) {
            userhash_sweep(turn->auth.names, turn->wall_s);
        }
    }
}

uint64_t turn_next_ms(const struct turn *turn)
{
    uint64_t next = wheel_next_ms(turn->wheel);
    uint64_t sweep = turn->swept_ms + SWEEP_MS;
    next = next < sweep ? next : sweep;
    if (slots_count(turn->by_id) > 0 && turn->gone_ms + GONE_MS < next) {
        next = turn->gone_ms + GONE_MS;
    }
    if (memcmp(turn->counts, turn->published, sizeof(turn->counts)) != 0) {
        uint64_t publishing = turn->published_ms + PUBLISH_MS;
        next = next < publishing ? next : publishing;
    }
    return next;
}

void turn_stats(const struct turn *turn, struct turn_stats *out)
{
    *out = turn->stats;
    out->calls_ended = quota_revoked_count(turn->quota);
}
