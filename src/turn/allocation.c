/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/allocation.h"

#include "base/mem.h"
#include "turn/engine.h"

/* Undoes what allocation_create did in its order; what is NULL was not done. */
static void release(struct allocation *allocation)
{
    struct turn *turn = allocation->turn;
    if (allocation->id != 0) {
        (void)slots_remove(turn->by_id, allocation->id);
    }
    if (allocation->call != NULL) {
        quota_leave(turn->quota, allocation->call);
    }
    if (allocation->holder.call != NULL) {
        users_leave(turn->config.users, &allocation->holder);
    }
    permission_fini(&allocation->permissions);
    channel_fini(&allocation->channels);
    mem_wipe(&allocation->key, sizeof(allocation->key));
    mem_free(allocation);
}

static enum err enter(struct allocation *allocation, const struct credential_name *who,
                      enum users_full *full)
{
    struct turn *turn = allocation->turn;
    enum err err = users_enter(turn->config.users, who->user, who->call, full, &allocation->holder);
    return err == OK ? quota_enter(turn->quota, who->call, &allocation->call) : err;
}

enum err allocation_create(struct turn *turn, const struct turn_path *path,
                           const struct auth_result *who, enum users_full *full,
                           struct allocation **out)
{
    const struct turn_limits *limits = &turn->config.limits;
    struct allocation *allocation = mem_alloc(sizeof(*allocation) + who->name.size);
    if (allocation == NULL) {
        return ERR_NOMEM;
    }
    allocation->turn = turn;
    allocation->path = *path;
    allocation->created_ms = turn->now_ms;
    allocation->holder.worker = turn->config.worker;
    users_heard(&allocation->holder, turn->now_ms);
    allocation->key = who->key;
    allocation->name_size = (uint32_t)who->name.size;
    memcpy(allocation->name, who->name.data, who->name.size);
    permission_init(&allocation->permissions, limits->permissions_max);
    channel_init(&allocation->channels, limits->channels_max);
    rate_init(&allocation->rate, limits->allocation_bps, turn->now_ms);
    enum err err = enter(allocation, &who->parts, full);
    if (err != OK) {
        goto out;
    }
    err = slots_add(turn->by_id, allocation, &allocation->id);
    if (err != OK) {
        goto out;
    }
    err = map_add(turn->by_path, allocation_path_key(&allocation->path), allocation);
    if (err != OK) {
        goto out;
    }
    allocation->next_of_call = allocation->call->first;
    allocation->call->first = allocation;
    turn->stats.allocations[path->transport]++;
    *out = allocation;
out:
    if (err != OK) {
        release(allocation);
    }
    return err;
}

static void close_relay(struct allocation *allocation, enum relayport_family family)
{
    struct turn *turn = allocation->turn;
    if (allocation->open[family]) {
        turn->ports.close_relay(turn->ports.ctx, engine_relay(allocation, family));
        allocation->open[family] = false;
        turn->stats.relays_open--;
    }
}

void allocation_set_port(struct allocation *allocation, enum relayport_family family, uint16_t port)
{
    allocation->ports[family] = port;
    allocation->local[family] = allocation->turn->config.relay_local[family];
    allocation->shown[family] = allocation->turn->config.relay_public[family];
}

void allocation_drop_family(struct allocation *allocation, enum relayport_family family)
{
    struct turn *turn = allocation->turn;
    close_relay(allocation, family);
    if (allocation->ports[family] != 0) {
        relayport_give(turn->relays, family, allocation->ports[family]);
        allocation->ports[family] = 0;
    }
}

static void remember(const struct allocation *allocation)
{
    struct turn *turn = allocation->turn;
    uint32_t at = turn->ended_next++ % ENGINE_ENDED_MAX;
    struct ended *ended = &turn->ended[at];
    *ended = (struct ended){
        .at_ms = turn->now_ms, .remote = allocation->path.remote, .door = allocation->path.door};
    memcpy(ended->allocate, allocation->transaction, sizeof(ended->allocate));
    memcpy(ended->refresh, allocation->refresh, sizeof(ended->refresh));
    turn->allocate_tags[at] = engine_tag(ended->allocate);
    turn->refresh_tags[at] = engine_tag(ended->refresh);
}

void allocation_destroy(struct allocation *allocation)
{
    struct turn *turn = allocation->turn;
    if (allocation->expires_ms != 0) {
        remember(allocation);
    }
    for (int family = RELAYPORT_V4; family < RELAYPORT_FAMILIES; family++) {
        allocation_drop_family(allocation, (enum relayport_family)family);
    }
    wheel_stop(&allocation->timer);
    (void)map_remove(turn->by_path, allocation_path_key(&allocation->path));
    turn->last = NULL;
    struct allocation **link = &allocation->call->first;
    while (*link != allocation) {
        link = &(*link)->next_of_call;
    }
    *link = allocation->next_of_call;
    turn->stats.allocations[allocation->path.transport]--;
    release(allocation);
}

/* The client learns it by the end of its connection, where it has one. */
static void end_at_once(struct allocation *allocation, enum counter reason)
{
    struct turn *turn = allocation->turn;
    struct turn_path path = allocation->path;
    engine_count(turn, reason);
    allocation_destroy(allocation);
    if (path.conn != 0) {
        turn->ports.end_path(turn->ports.ctx, &path);
    }
}

void allocation_end_gone(struct turn *turn)
{
    struct users_holder *holder = NULL;
    while ((holder = users_next_gone(turn->config.users, turn->config.worker)) != NULL) {
        end_at_once((struct allocation *)((char *)holder - offsetof(struct allocation, holder)),
                    COUNTER_TURN_GAVE_WAY);
    }
}

/* The address that was told is what peers know: while it is ours the relay lives, and is bound anew
 * where only the one behind it has changed. */
static void follow_family(struct allocation *allocation, enum relayport_family family)
{
    const struct turn *turn = allocation->turn;
    const struct addr *local = &turn->config.relay_local[family];
    if (!peerfilter_is_relay(&turn->peers, &allocation->shown[family])) {
        allocation_drop_family(allocation, family);
    } else if (addr_same_ip(&allocation->shown[family], &turn->config.relay_public[family]) &&
               !addr_same_ip(&allocation->local[family], local)) {
        close_relay(allocation, family);
        allocation->local[family] = *local;
    }
}

void allocation_follow(struct allocation *allocation)
{
    for (int i = RELAYPORT_V4; i < RELAYPORT_FAMILIES; i++) {
        if (allocation->ports[i] != 0) {
            follow_family(allocation, (enum relayport_family)i);
        }
    }
    if (allocation->ports[RELAYPORT_V4] != 0 || allocation->ports[RELAYPORT_V6] != 0) {
        return;
    }
    end_at_once(allocation, COUNTER_TURN_ADDRESS_GONE);
}

static void on_due(struct wheel_timer *timer, uint64_t now_ms)
{
    struct allocation *allocation =
        (struct allocation *)((char *)timer - offsetof(struct allocation, timer));
    engine_count(allocation->turn, COUNTER_TURN_EXPIRED);
    allocation_destroy(allocation);
}

uint32_t allocation_refresh(struct allocation *allocation, uint32_t lifetime_s)
{
    struct turn *turn = allocation->turn;
    uint64_t oldest = allocation->created_ms + (uint64_t)turn->config.limits.age_max_s * 1000;
    uint64_t wanted = turn->now_ms + (uint64_t)lifetime_s * 1000;
    allocation->expires_ms = wanted < oldest ? wanted : oldest;
    wheel_start(turn->wheel, &allocation->timer, allocation->expires_ms, on_due);
    return allocation->expires_ms <= turn->now_ms
               ? 0
               : (uint32_t)((allocation->expires_ms - turn->now_ms) / 1000);
}

struct addr allocation_relay(const struct allocation *allocation, enum relayport_family family)
{
    struct addr addr = {0};
    if (allocation->ports[family] != 0) {
        addr = allocation->shown[family];
        addr.port = allocation->ports[family];
    }
    return addr;
}

enum err engine_open_relay(struct allocation *allocation, enum relayport_family family)
{
    struct turn *turn = allocation->turn;
    if (allocation->open[family]) {
        return OK;
    }
    struct addr local = allocation->local[family];
    local.port = allocation->ports[family];
    enum err err =
        turn->ports.open_relay(turn->ports.ctx, engine_relay(allocation, family), &local);
    if (err != OK) {
        engine_count(turn, COUNTER_TURN_RELAY_FAILED);
        if (err == ERR_EXISTS) {
            turn->eager_until_ms = turn->now_ms + ENGINE_EAGER_MS;
        }
        return err;
    }
    allocation->open[family] = true;
    turn->stats.relays_open++;
    return OK;
}
