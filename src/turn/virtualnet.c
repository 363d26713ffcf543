/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/virtualnet.h"

#include <string.h>

#include "base/mem.h"
#include "crypto/digest.h"
#include "turn/engine.h"
#include "turn/reservations.h"
#include "turn/strangers.h"
#include "turn/users.h"

static struct virtualnet_sent *record(struct virtualnet *net, enum virtualnet_kind kind)
{
    struct virtualnet_sent *sent = &net->sent[net->count++ % VIRTUALNET_SENT_MAX];
    *sent = (struct virtualnet_sent){.kind = kind};
    return sent;
}

static void keep(struct virtualnet_sent *sent, const void *bytes, size_t size)
{
    ASSERT(size <= sizeof(sent->bytes) - sent->size);
    if (size > 0) {
        memcpy(sent->bytes + sent->size, bytes, size);
    }
    sent->size += size;
}

static void to_client(void *ctx, const struct turn_path *path, const struct turn_bytes *bytes)
{
    static const uint8_t zeros[3];
    struct virtualnet_sent *sent = record(ctx, VIRTUALNET_CLIENT);
    sent->path = *path;
    keep(sent, bytes->head, bytes->head_size);
    keep(sent, bytes->body.data, bytes->body.size);
    keep(sent, zeros, bytes->pad_size);
}

static void to_peer(void *ctx, turn_relay relay, const struct addr *peer, struct slice data,
                    bool dont_fragment)
{
    struct virtualnet *net = ctx;
    ASSERT(peerfilter_allows(&net->peers, peer)); /* whatever the test does */
    struct virtualnet_sent *sent = record(net, VIRTUALNET_PEER);
    sent->relay = relay;
    sent->to = *peer;
    sent->dont_fragment = dont_fragment;
    keep(sent, data.data, data.size);
}

static void to_worker(void *ctx, uint32_t worker, const struct addr *from, const struct addr *to,
                      struct slice data)
{
    struct virtualnet_sent *sent = record(ctx, VIRTUALNET_WORKER);
    sent->worker = worker;
    sent->from = *from;
    sent->to = *to;
    keep(sent, data.data, data.size);
}

static void flush(void *ctx)
{
    struct virtualnet *net = ctx;
    net->flushes++;
}

static enum err open_relay(void *ctx, turn_relay relay, const struct addr *local)
{
    struct virtualnet *net = ctx;
    ASSERT(TURN_RELAY_INDEX(relay) < 2 * net->config.limits.allocations_max);
    if (net->open_result == OK) {
        net->opened++;
        net->open++;
        net->relay = relay;
        net->relay_local = *local;
    }
    return net->open_result;
}

static void close_relay(void *ctx, turn_relay relay)
{
    struct virtualnet *net = ctx;
    (void)relay;
    ASSERT(net->open > 0);
    net->open--;
}

static void end_path(void *ctx, const struct turn_path *path)
{
    record(ctx, VIRTUALNET_END)->path = *path;
}

void virtualnet_init(struct virtualnet *net)
{
    *net = (struct virtualnet){.now_ms = 1000 * 1000, .wall_s = 1700000000};
    struct addr v6 = {.ip = {0x2a, 0, [15] = 4}, .family = ADDR_V6};
    struct turn_config *config = &net->config;
    turn_limits_default(&config->limits);
    config->limits.allocations_max = 100;
    config->relay_public[0] = addr_v4(198, 41, 0, 4, 0);
    config->relay_local[0] = addr_v4(10, 0, 0, 4, 0);
    config->relay_public[1] = v6;
    config->relay_local[1] = v6;
    config->relay_port_min = 50000;
    config->relay_port_max = 50999;
    config->workers = 1;
    memcpy(config->key, "a key of thirty-two bytes, random", sizeof(config->key));
    struct peerfilter *peers = &net->peers;
    ASSERT(peerfilter_set_own(peers, config->relay_local, config->relay_public, NULL, 0) == OK);
    peers->relay_port_min = config->relay_port_min;
    peers->relay_port_max = config->relay_port_max;
    credential_secrets_init(&net->secrets, SLICE("north"), slice_from(NULL, 0));
}

enum err virtualnet_start(struct virtualnet *net)
{
    const struct turn_ports ports = {.ctx = net,
                                     .to_client = to_client,
                                     .to_peer = to_peer,
                                     .to_worker = to_worker,
                                     .flush = flush,
                                     .open_relay = open_relay,
                                     .close_relay = close_relay,
                                     .end_path = end_path};
    net->config.secrets = &net->secrets;
    net->config.peers = &net->peers;
    enum err err = OK;
    if (net->config.users == NULL) {
        err = users_create(&net->config.limits, &net->users);
        net->config.users = net->users;
    }
    if (err == OK && net->config.strangers == NULL) {
        err = strangers_create(&net->config.limits, 42, &net->strangers);
        net->config.strangers = net->strangers;
    }
    if (err == OK && net->config.reservations == NULL) {
        err = reservations_create(&net->reservations);
        net->config.reservations = net->reservations;
    }
    if (err == OK) {
        err = turn_create(&net->config, &ports, net->now_ms, &net->turn);
    }
    if (err != OK) {
        virtualnet_stop(net);
        return err;
    }
    turn_begin(net->turn, net->now_ms, net->wall_s);
    return OK;
}

void virtualnet_stop(struct virtualnet *net)
{
    turn_destroy(net->turn);
    net->turn = NULL;
    users_destroy(net->users);
    net->users = NULL;
    net->config.users = NULL;
    strangers_destroy(net->strangers);
    net->strangers = NULL;
    net->config.strangers = NULL;
    reservations_destroy(net->reservations);
    net->reservations = NULL;
    net->config.reservations = NULL;
    ASSERT(net->open == 0);
}

void virtualnet_pass(struct virtualnet *net, uint64_t ms)
{
    net->count = 0;
    net->now_ms += ms;
    net->wall_s = 1700000000 - 1000 + net->now_ms / 1000;
    turn_begin(net->turn, net->now_ms, net->wall_s);
    turn_tick(net->turn, net->now_ms);
}

int64_t virtualnet_counted(const struct virtualnet *net, enum counter counter)
{
    ASSERT(counter >= ENGINE_COUNT_FIRST && counter <= ENGINE_COUNT_LAST);
    return (int64_t)net->turn->counts[counter - ENGINE_COUNT_FIRST];
}

const struct virtualnet_sent *virtualnet_last(const struct virtualnet *net,
                                              enum virtualnet_kind kind)
{
    uint32_t kept = net->count < VIRTUALNET_SENT_MAX ? net->count : VIRTUALNET_SENT_MAX;
    for (uint32_t i = 1; i <= kept; i++) {
        const struct virtualnet_sent *sent = &net->sent[(net->count - i) % VIRTUALNET_SENT_MAX];
        if (sent->kind == kind) {
            return sent;
        }
    }
    return NULL;
}

void virtualnet_client_init(struct virtualnet *net, struct virtualnet_client *client,
                            struct addr addr, const char *user, const char *call)
{
    *client = (struct virtualnet_client){.net = net};
    client->path.remote = addr;
    client->path.door = VIRTUALNET_DOOR;
    ASSERT(credential_issue(&net->secrets, net->wall_s + 3600, slice_text(user), slice_text(call),
                            &client->credential) == OK);
}

void virtualnet_begin(struct virtualnet_client *client, enum stun_class class,
                      enum stun_method method)
{
    uint8_t transaction[STUN_TRANSACTION_SIZE] = "tttttttt";
    uint32_t number = ++client->transactions;
    memcpy(transaction, &number, sizeof(number));
    memcpy(transaction + 4, &client->path.remote.port, sizeof(client->path.remote.port));
    stun_begin(&client->writer, client->room, sizeof(client->room), class, method, transaction);
}

/* The client's own way to the key, beside that of the engine: the text is hashed at once. */
static void key_of(const struct virtualnet_client *client, struct auth_key *key)
{
    uint8_t text[256];
    uint8_t digest[32];
    size_t size = 0;
    const char *parts[5] = {client->credential.name, ":", TURN_REALM, ":",
                            client->credential.password};
    for (size_t i = 0; i < 5; i++) {
        memcpy(text + size, parts[i], strlen(parts[i]));
        size += strlen(parts[i]);
    }
    key->is_sha256 = client->sha256;
    if (client->sha256) {
        digest_sha256(slice_from(text, size), digest);
        hmac_sha256_prepare(slice_from(digest, 32), &key->hmac.sha256);
    } else {
        digest_md5(slice_from(text, size), digest);
        hmac_sha1_prepare(slice_from(digest, 16), &key->hmac.sha1);
    }
}

void virtualnet_sign(struct virtualnet_client *client)
{
    struct auth_key key;
    struct stun_writer *writer = &client->writer;
    if (client->nonce_size == 0) {
        return;
    }
    if (client->userhash) {
        uint8_t text[256];
        uint8_t hash[32];
        size_t size = strlen(client->credential.name);
        memcpy(text, client->credential.name, size);
        memcpy(text + size, ":" TURN_REALM, strlen(":" TURN_REALM));
        digest_sha256(slice_from(text, size + strlen(":" TURN_REALM)), hash);
        stun_put(writer, STUN_USERHASH, slice_from(hash, sizeof(hash)));
    } else {
        stun_put(writer, STUN_USERNAME, slice_text(client->credential.name));
    }
    stun_put(writer, STUN_REALM, SLICE(TURN_REALM));
    stun_put(writer, STUN_NONCE, slice_from(client->nonce, client->nonce_size));
    if (client->sha256) {
        static const uint8_t algorithms[8] = {0, 2, 0, 0, 0, 1, 0, 0};
        stun_put(writer, STUN_PASSWORD_ALGORITHMS, slice_from(algorithms, 8));
        stun_put(writer, STUN_PASSWORD_ALGORITHM, slice_from(algorithms, 4));
    }
    key_of(client, &key);
    auth_put_integrity(writer, &key);
}

static bool answer_is_signed(const struct virtualnet_client *client)
{
    struct auth_key key;
    uint8_t mac[32];
    uint8_t head[4];
    struct slice pieces[2];
    enum stun_attribute attribute = client->sha256 ? STUN_INTEGRITY_SHA256 : STUN_INTEGRITY;
    if (!stun_has(&client->answer, attribute)) {
        return false;
    }
    key_of(client, &key);
    stun_integrity_input(&client->answer, attribute, head, pieces);
    if (client->sha256) {
        hmac_sha256(&key.hmac.sha256, pieces, 2, mac);
    } else {
        hmac_sha1(&key.hmac.sha1, pieces, 2, mac);
    }
    struct slice value = client->answer.attributes[attribute];
    return value.size == (client->sha256 ? 32 : 20) && memcmp(value.data, mac, value.size) == 0;
}

static void take_relays(struct virtualnet_client *client)
{
    uint32_t offset = 0;
    struct slice value;
    client->relay = (struct addr){0};
    client->relay_v6 = (struct addr){0};
    while (stun_next(&client->answer, STUN_XOR_RELAYED_ADDRESS, &offset, &value)) {
        struct addr addr;
        ASSERT(stun_read_xor_addr(value, client->answer.transaction, &addr) == OK);
        *(addr.family == ADDR_V4 ? &client->relay : &client->relay_v6) = addr;
    }
}

int virtualnet_send(struct virtualnet_client *client)
{
    struct virtualnet *net = client->net;
    if (client->fingerprint) {
        stun_put_fingerprint(&client->writer);
    }
    struct slice bytes = stun_finish(&client->writer);
    bool was_signed = client->nonce_size > 0;
    net->count = 0;
    turn_client_input(net->turn, &client->path, bytes);
    const struct virtualnet_sent *sent = virtualnet_last(net, VIRTUALNET_CLIENT);
    if (sent == NULL || !addr_equal(&sent->path.remote, &client->path.remote)) {
        return VIRTUALNET_SILENCE;
    }
    client->growth_bytes = (uint32_t)sent->size;
    struct stun_message *answer = &client->answer;
    if (stun_decode(slice_from(sent->bytes, sent->size), answer) != OK ||
        memcmp(answer->transaction, bytes.data + 8, STUN_TRANSACTION_SIZE) != 0 ||
        stun_has(answer, STUN_FINGERPRINT) != client->fingerprint) {
        return 999;
    }
    int code = 0;
    if (answer->class == STUN_ERROR) {
        struct slice value = answer->attributes[STUN_ERROR_CODE];
        ASSERT(value.size >= 4);
        code = value.data[2] * 100 + value.data[3];
    }
    struct slice nonce = answer->attributes[STUN_NONCE];
    if (nonce.data != NULL) {
        ASSERT(nonce.size <= sizeof(client->nonce));
        memcpy(client->nonce, nonce.data, nonce.size);
        client->nonce_size = nonce.size;
    }
    bool stranger = !was_signed || code == 401 || code == 438 || answer->method == STUN_BINDING;
    if (!stranger && !stun_has(answer, STUN_INTEGRITY) &&
        !stun_has(answer, STUN_INTEGRITY_SHA256) && code == 400) {
        stranger = true; /* refused before the integrity was looked at */
    }
    if (!stranger && !answer_is_signed(client)) {
        return 999;
    }
    if (code == 0 && answer->method == STUN_ALLOCATE) {
        take_relays(client);
    }
    if (code == 0) {
        client->lifetime_s = 0;
        if (stun_has(answer, STUN_LIFETIME) &&
            stun_read_u32(answer->attributes[STUN_LIFETIME], &client->lifetime_s) != OK) {
            return 999;
        }
    }
    return code;
}

/* Sends what `put` writes, again when the nonce was missing or stale. */
static int ask(struct virtualnet_client *client, enum stun_method method,
               void (*put)(struct virtualnet_client *client, const void *arg), const void *arg)
{
    int code = VIRTUALNET_SILENCE;
    for (int i = 0; i < 2; i++) {
        bool had_nonce = client->nonce_size > 0;
        virtualnet_begin(client, STUN_REQUEST, method);
        put(client, arg);
        virtualnet_sign(client);
        code = virtualnet_send(client);
        if (code != 438 && (code != 401 || had_nonce)) {
            break;
        }
    }
    return code;
}

static void put_allocate(struct virtualnet_client *client, const void *arg)
{
    (void)arg;
    stun_put_u32(&client->writer, STUN_REQUESTED_TRANSPORT, 17U << 24);
    if (client->sha256 || client->userhash) {
        stun_put(&client->writer, STUN_SOFTWARE, SLICE("a client of RFC 8489"));
    }
}

int virtualnet_allocate(struct virtualnet_client *client)
{
    return ask(client, STUN_ALLOCATE, put_allocate, NULL);
}

static void put_lifetime(struct virtualnet_client *client, const void *arg)
{
    stun_put_u32(&client->writer, STUN_LIFETIME, *(const uint32_t *)arg);
}

int virtualnet_refresh(struct virtualnet_client *client, uint32_t lifetime_s)
{
    return ask(client, STUN_REFRESH, put_lifetime, &lifetime_s);
}

static void put_peer(struct virtualnet_client *client, const void *arg)
{
    stun_put_xor_addr(&client->writer, STUN_XOR_PEER_ADDRESS, arg);
}

int virtualnet_permit(struct virtualnet_client *client, struct addr peer)
{
    return ask(client, STUN_CREATE_PERMISSION, put_peer, &peer);
}

struct binding {
    uint16_t number;
    struct addr peer;
};

static void put_binding(struct virtualnet_client *client, const void *arg)
{
    const struct binding *binding = arg;
    stun_put_u32(&client->writer, STUN_CHANNEL_NUMBER, (uint32_t)binding->number << 16);
    stun_put_xor_addr(&client->writer, STUN_XOR_PEER_ADDRESS, &binding->peer);
}

int virtualnet_bind(struct virtualnet_client *client, uint16_t number, struct addr peer)
{
    const struct binding binding = {.number = number, .peer = peer};
    return ask(client, STUN_CHANNEL_BIND, put_binding, &binding);
}

void virtualnet_channel_data(struct virtualnet_client *client, uint16_t number, struct slice data)
{
    ASSERT(data.size + STUN_CHANNEL_HEADER_SIZE <= sizeof(client->room));
    stun_channel_head(number, data.size, client->room);
    memcpy(client->room + STUN_CHANNEL_HEADER_SIZE, data.data, data.size);
    client->net->count = 0;
    turn_client_input(client->net->turn, &client->path,
                      slice_from(client->room, data.size + STUN_CHANNEL_HEADER_SIZE));
}

void virtualnet_send_indication(struct virtualnet_client *client, struct addr peer,
                                struct slice data)
{
    virtualnet_begin(client, STUN_INDICATION, STUN_SEND);
    stun_put_xor_addr(&client->writer, STUN_XOR_PEER_ADDRESS, &peer);
    stun_put(&client->writer, STUN_DATA_VALUE, data);
    client->net->count = 0;
    turn_client_input(client->net->turn, &client->path, stun_finish(&client->writer));
}
