/* SPDX-License-Identifier: Apache-2.0 */
/* Requests: judged in the order of README.md, answered once each. RFC 8656 sections 6 to 12. */
#include "turn/engine.h"

#define ANSWER_SIZE_MAX 600
#define LIFETIME_DEFAULT_S 600 /* RFC 8656 section 3.2 */
#define TRANSPORT_UDP 17       /* the protocol number */
#define FAMILY_V4 1            /* on the wire */
#define FAMILY_V6 2
#define PEERS_MAX 64  /* of one CreatePermission */
#define PORT_TRIES 16 /* ports that others may have taken */

/* Answers to who has not proved anything, by UDP: what comes back is at most this times what was
 * sent, so that a forged source address is not worth it. */
#define GROWTH_NUMERATOR 5
#define GROWTH_DENOMINATOR 2

struct request {
    struct turn *turn;
    const struct turn_path *path;
    const struct stun_message *message;
    struct allocation *allocation; /* of the path; may be NULL */
    struct auth_result who;
    bool verified;
    struct stun_writer writer;
};

static void begin(struct request *request, enum stun_class class)
{
    stun_begin(&request->writer, engine_scratch(request->turn, ANSWER_SIZE_MAX), ANSWER_SIZE_MAX,
               class, (enum stun_method)request->message->method, request->message->transaction);
}

/* Signs and sends what was written. */
static void finish(struct request *request)
{
    struct turn *turn = request->turn;
    if (request->verified) {
        auth_put_integrity(&request->writer, &request->who.key);
    }
    if (stun_has(request->message, STUN_FINGERPRINT)) {
        stun_put_fingerprint(&request->writer);
    }
    struct turn_bytes bytes = {.body = stun_finish(&request->writer)};
    ASSERT(bytes.body.size > 0); /* ANSWER_SIZE_MAX is enough for every answer */
    turn->ports.to_client(turn->ports.ctx, request->path, &bytes);
}

/* Whether an answer of `size` may go to somebody unknown. */
static bool may_answer_stranger(struct request *request, size_t size)
{
    struct turn *turn = request->turn;
    if (request->path->transport != TURN_UDP) {
        return true; /* the address has been proved by the handshake */
    }
    if (size * GROWTH_DENOMINATOR > request->message->bytes.size * GROWTH_NUMERATOR) {
        engine_count(turn, COUNTER_TURN_WITHHELD);
        return false;
    }
    return turn_may_answer(turn, &request->path->remote);
}

static enum counter counter_of(enum stun_code code)
{
    switch (code) {
    case STUN_TRY_ALTERNATE:
        return COUNTER_TURN_DRAINED;
    case STUN_UNAUTHENTICATED:
        return COUNTER_TURN_UNAUTHENTICATED;
    case STUN_FORBIDDEN:
        return COUNTER_TURN_PEER_REFUSED;
    case STUN_ALLOCATION_MISMATCH:
        return COUNTER_TURN_MISMATCH;
    case STUN_STALE_NONCE:
        return COUNTER_TURN_STALE_NONCE;
    case STUN_WRONG_CREDENTIALS:
        return COUNTER_TURN_WRONG_USER;
    case STUN_FAMILY_UNSUPPORTED:
    case STUN_TRANSPORT_UNSUPPORTED:
    case STUN_PEER_FAMILY_MISMATCH:
        return COUNTER_TURN_UNSUPPORTED;
    case STUN_SERVER_ERROR:
    case STUN_CAPACITY:
        return COUNTER_TURN_CAPACITY;
    default:
        return COUNTER_TURN_BAD_REQUEST;
    }
}

static const char *reason_of(enum stun_code code)
{
    switch (code) {
    case STUN_TRY_ALTERNATE:
        return "Try Alternate";
    case STUN_FORBIDDEN:
        return "Forbidden";
    case STUN_ALLOCATION_MISMATCH:
        return "Allocation Mismatch";
    case STUN_FAMILY_UNSUPPORTED:
        return "Address Family not Supported";
    case STUN_WRONG_CREDENTIALS:
        return "Wrong Credentials";
    case STUN_TRANSPORT_UNSUPPORTED:
        return "Unsupported Transport Protocol";
    case STUN_PEER_FAMILY_MISMATCH:
        return "Peer Address Family Mismatch";
    case STUN_QUOTA_REACHED:
        return "Allocation Quota Reached";
    case STUN_CAPACITY:
        return "Insufficient Capacity";
    default:
        return "";
    }
}

/* RFC 8489 section 10: first the address of the family from which the request came, then the
 * other; and whom to expect behind TLS. */
static void put_alternate(struct request *request)
{
    const struct turn_alternate *alternate = &request->turn->alternate;
    enum relayport_family family = engine_family(&request->path->remote);
    struct slice domain = slice_text(alternate->domain);
    stun_put_addr(&request->writer, STUN_ALTERNATE_SERVER, &alternate->addresses[family]);
    if (alternate->addresses[1 - family].family != ADDR_NONE) {
        stun_put_addr(&request->writer, STUN_ALTERNATE_SERVER, &alternate->addresses[1 - family]);
    }
    if (domain.size > 0) {
        stun_put(&request->writer, STUN_ALTERNATE_DOMAIN, domain);
    }
}

/* Refuses who is verified, for the reason that `counter` counts. */
static void refuse_as(struct request *request, enum stun_code code, enum counter counter)
{
    struct turn *turn = request->turn;
    begin(request, STUN_ERROR);
    stun_put_error(&request->writer, code, slice_text(reason_of(code)));
    if (code == STUN_TRY_ALTERNATE) {
        put_alternate(request);
    }
    if (code == STUN_UNKNOWN_ATTRIBUTE) {
        stun_put_unknown(&request->writer, request->message);
    }
    engine_count(turn, counter);
    finish(request);
}

static void refuse(struct request *request, enum stun_code code)
{
    refuse_as(request, code, counter_of(code));
}

/* The other server to which clients of this family are sent; NULL: none. */
static const struct addr *other_server(const struct request *request)
{
    const struct turn *turn = request->turn;
    const struct addr *other = &turn->alternate.addresses[engine_family(&request->path->remote)];
    return turn->draining && other->family != ADDR_NONE ? other : NULL;
}

/* Who begins anew while this server ends brings no credential yet. He is sent on before he has a
 * nonce of ours: browsers bring that along, and give up when the other server finds it stale. */
static bool is_to_be_sent_on(const struct request *request)
{
    const struct stun_message *message = request->message;
    return message->method == STUN_ALLOCATE && request->allocation == NULL &&
           !stun_has(message, STUN_INTEGRITY) && !stun_has(message, STUN_INTEGRITY_SHA256) &&
           other_server(request) != NULL;
}

static void send_on(struct request *request)
{
    const struct addr *other = other_server(request);
    size_t size = STUN_HEADER_SIZE + stun_attribute_size(4) +
                  stun_attribute_size(4 + addr_ip_size(other)) +
                  (stun_has(request->message, STUN_FINGERPRINT) ? stun_attribute_size(4) : 0);
    if (!may_answer_stranger(request, size)) {
        return;
    }
    begin(request, STUN_ERROR);
    stun_put_error(&request->writer, STUN_TRY_ALTERNATE, slice_from(NULL, 0));
    if (request->path->transport == TURN_UDP) {
        stun_put_addr(&request->writer, STUN_ALTERNATE_SERVER, other);
    } else {
        put_alternate(request);
    }
    engine_count(request->turn, counter_of(STUN_TRY_ALTERNATE));
    finish(request);
}

static size_t challenge_size(const struct request *request, uint32_t features)
{
    size_t size = STUN_HEADER_SIZE + stun_attribute_size(4) +
                  stun_attribute_size(request->turn->auth.realm.size) +
                  stun_attribute_size(features != 0 ? NONCE_SIZE_MAX : NONCE_PLAIN_SIZE);
    size += features != 0 ? stun_attribute_size(8) : 0;
    return size + (stun_has(request->message, STUN_FINGERPRINT) ? stun_attribute_size(4) : 0);
}

/* 401 or 438 with what is needed for another try. The newer algorithms are offered where the
 * answer may be large enough. */
static void challenge(struct request *request, enum stun_code code)
{
    struct turn *turn = request->turn;
    uint32_t features = auth_features(&turn->auth);
    if (request->path->transport == TURN_UDP &&
        challenge_size(request, features) * GROWTH_DENOMINATOR >
            request->message->bytes.size * GROWTH_NUMERATOR) {
        features = 0;
    }
    engine_count(turn, counter_of(code));
    request->verified = false;
    if (!may_answer_stranger(request, challenge_size(request, features))) {
        return;
    }
    begin(request, STUN_ERROR);
    stun_put_error(&request->writer, code, slice_from(NULL, 0));
    auth_put_challenge(&turn->auth, &request->writer, &request->path->remote,
                       (uint32_t)(turn->now_ms / 1000), features);
    finish(request);
}

/* 400 or 420 to somebody unknown. */
static void refuse_stranger(struct request *request, enum stun_code code)
{
    engine_count(request->turn, counter_of(code));
    begin(request, STUN_ERROR);
    stun_put_error(&request->writer, code, slice_from(NULL, 0));
    if (code == STUN_UNKNOWN_ATTRIBUTE) {
        stun_put_unknown(&request->writer, request->message);
    }
    if (may_answer_stranger(request, request->writer.size)) {
        finish(request);
    }
}

/* By UDP at most twice the request, but for 20 bytes by IPv6, where no shorter answer exists. */
static void answer_binding(struct request *request)
{
    if (request->message->unknown_count > 0) {
        refuse_stranger(request, STUN_UNKNOWN_ATTRIBUTE);
        return;
    }
    if (!may_answer_stranger(request, STUN_HEADER_SIZE)) {
        return;
    }
    engine_count(request->turn, COUNTER_TURN_BINDINGS);
    begin(request, STUN_SUCCESS);
    stun_put_xor_addr(&request->writer, STUN_XOR_MAPPED_ADDRESS, &request->path->remote);
    finish(request);
}

/* RFC 8656 sections 7.2 and 8.2: at least the default, at most the largest. */
static uint32_t lifetime_of(const struct request *request)
{
    uint32_t wanted = LIFETIME_DEFAULT_S;
    uint32_t largest = request->turn->config.limits.lifetime_max_s;
    if (stun_read_u32(request->message->attributes[STUN_LIFETIME], &wanted) != OK ||
        wanted < LIFETIME_DEFAULT_S) {
        wanted = LIFETIME_DEFAULT_S;
    }
    return wanted < largest ? wanted : largest;
}

/* Which of both families he has not got, and why: RFC 8656 section 7.2. */
static void put_missing_family(struct request *request, const struct allocation *allocation)
{
    const struct turn_config *config = &request->turn->config;
    for (int i = RELAYPORT_V4; i < RELAYPORT_FAMILIES; i++) {
        int code =
            config->relay_public[i].family == ADDR_NONE ? STUN_FAMILY_UNSUPPORTED : STUN_CAPACITY;
        const uint8_t value[4] = {i == RELAYPORT_V4 ? FAMILY_V4 : FAMILY_V6, 0,
                                  (uint8_t)(code / 100), (uint8_t)(code % 100)};
        if (allocation->ports[i] == 0) {
            stun_put(&request->writer, STUN_ADDRESS_ERROR_CODE, slice_from(value, sizeof(value)));
        }
    }
}

static void answer_allocate(struct request *request, struct allocation *allocation)
{
    struct turn *turn = request->turn;
    uint64_t left_ms =
        allocation->expires_ms > turn->now_ms ? allocation->expires_ms - turn->now_ms : 0;
    begin(request, STUN_SUCCESS);
    for (int i = RELAYPORT_V4; i < RELAYPORT_FAMILIES; i++) {
        struct addr relay = allocation_relay(allocation, (enum relayport_family)i);
        if (relay.family != ADDR_NONE) {
            stun_put_xor_addr(&request->writer, STUN_XOR_RELAYED_ADDRESS, &relay);
        }
    }
    stun_put_u32(&request->writer, STUN_LIFETIME, (uint32_t)((left_ms + 999) / 1000));
    stun_put_xor_addr(&request->writer, STUN_XOR_MAPPED_ADDRESS, &request->path->remote);
    if (allocation->has_token) {
        stun_put(&request->writer, STUN_RESERVATION_TOKEN,
                 slice_from(allocation->token, sizeof(allocation->token)));
    }
    if (stun_has(request->message, STUN_ADDITIONAL_ADDRESS_FAMILY)) {
        put_missing_family(request, allocation);
    }
    finish(request);
}

/* What an Allocate asks for, RFC 8656 section 7.2. */
struct wish {
    enum relayport_family family;
    bool both; /* families, or one of them where the other cannot be had */
    enum relayport_kind kind;
    const uint8_t *token; /* or NULL */
};

/* 0, or the code of the answer. */
static int read_family(const struct turn *turn, const struct stun_message *message,
                       struct wish *wish)
{
    struct slice family = message->attributes[STUN_REQUESTED_ADDRESS_FAMILY];
    struct slice more = message->attributes[STUN_ADDITIONAL_ADDRESS_FAMILY];
    wish->family = RELAYPORT_V4;
    if (family.data != NULL) {
        if (family.size != 4) {
            return STUN_BAD_REQUEST;
        }
        if (family.data[0] != FAMILY_V4 && family.data[0] != FAMILY_V6) {
            return STUN_FAMILY_UNSUPPORTED;
        }
        wish->family = family.data[0] == FAMILY_V4 ? RELAYPORT_V4 : RELAYPORT_V6;
    }
    if (more.data != NULL) {
        if (more.size != 4 || more.data[0] != FAMILY_V6 || family.data != NULL ||
            wish->token != NULL || wish->kind == RELAYPORT_PAIR) {
            return STUN_BAD_REQUEST;
        }
        wish->both = true;
        return 0;
    }
    return turn->config.relay_public[wish->family].family == ADDR_NONE && wish->token == NULL
               ? STUN_FAMILY_UNSUPPORTED
               : 0;
}

static int read_wish(const struct turn *turn, const struct stun_message *message, struct wish *wish)
{
    struct slice transport = message->attributes[STUN_REQUESTED_TRANSPORT];
    struct slice even = message->attributes[STUN_EVEN_PORT];
    struct slice token = message->attributes[STUN_RESERVATION_TOKEN];
    *wish = (struct wish){.token = token.data};
    if (transport.size != 4) {
        return STUN_BAD_REQUEST;
    }
    if (transport.data[0] != TRANSPORT_UDP) {
        return STUN_TRANSPORT_UNSUPPORTED;
    }
    if (token.data != NULL && (token.size != RELAYPORT_TOKEN_SIZE || even.data != NULL ||
                               stun_has(message, STUN_REQUESTED_ADDRESS_FAMILY))) {
        return STUN_BAD_REQUEST;
    }
    if (even.data != NULL) {
        if (even.size != 1) {
            return STUN_BAD_REQUEST;
        }
        wish->kind = (even.data[0] & 0x80) != 0 ? RELAYPORT_PAIR : RELAYPORT_EVEN;
    }
    return read_family(turn, message, wish);
}

/* A port for one family, if it is relayed. Where other programs have been seen to use ports of the
 * range it is bound at once, so that no address is told that cannot be had. */
static bool take_port(struct allocation *allocation, enum relayport_family family,
                      enum relayport_kind kind)
{
    struct turn *turn = allocation->turn;
    if (turn->config.relay_public[family].family == ADDR_NONE) {
        return false;
    }
    for (int tries = 0; tries < PORT_TRIES; tries++) {
        uint16_t port = relayport_take(turn->relays, family, allocation, kind, turn->now_ms);
        if (port == 0) {
            return false;
        }
        allocation_set_port(allocation, family, port);
        if (turn->now_ms >= turn->eager_until_ms || engine_open_relay(allocation, family) == OK) {
            return true;
        }
        allocation_drop_family(allocation, family);
    }
    return false;
}

/* Ports as wished; 0 or the code of the answer. What was taken is given back by the caller. */
static int take_ports(struct allocation *allocation, const struct wish *wish, struct slice user)
{
    struct turn *turn = allocation->turn;
    enum relayport_family family = wish->family;
    if (wish->token != NULL) {
        uint16_t port = 0;
        if (relayport_redeem(turn->relays, user, wish->token, allocation, turn->now_ms, &family,
                             &port) != OK) {
            return STUN_CAPACITY;
        }
        allocation_set_port(allocation, family, port);
        return 0;
    }
    bool taken = take_port(allocation, family, wish->kind);
    if (wish->both) {
        taken = take_port(allocation, RELAYPORT_V6, wish->kind) || taken;
    }
    if (!taken) {
        return STUN_CAPACITY;
    }
    if (wish->kind == RELAYPORT_PAIR) {
        allocation->has_token = relayport_reserve(turn->relays, family, allocation->ports[family],
                                                  user, turn->now_ms, allocation->token) == OK;
        return allocation->has_token ? 0 : STUN_CAPACITY;
    }
    return 0;
}

static void answer_again(struct request *request)
{
    struct allocation *allocation = request->allocation;
    bool same =
        memcmp(allocation->transaction, request->message->transaction, STUN_TRANSACTION_SIZE) == 0;
    if (same && request->turn->now_ms - allocation->created_ms <= ENGINE_RETRANSMIT_MS) {
        answer_allocate(request, allocation);
    } else {
        refuse(request, STUN_ALLOCATION_MISMATCH);
    }
}

/* The allocation of this path that the transaction made or ended within `span_ms`; or NULL. */
static const struct ended *find_ended(const struct request *request, uint64_t span_ms)
{
    const struct turn *turn = request->turn;
    bool allocate = request->message->method == STUN_ALLOCATE;
    const uint32_t *tags = allocate ? turn->allocate_tags : turn->refresh_tags;
    uint32_t tag = engine_tag(request->message->transaction);
    for (size_t i = 0; i < ENGINE_ENDED_MAX; i++) {
        const struct ended *ended = &turn->ended[i];
        if (tags[i] == tag &&
            memcmp(allocate ? ended->allocate : ended->refresh, request->message->transaction,
                   STUN_TRANSACTION_SIZE) == 0 &&
            ended->door == request->path->door &&
            addr_equal(&ended->remote, &request->path->remote) &&
            turn->now_ms - ended->at_ms <= span_ms) {
            return ended;
        }
    }
    return NULL;
}

static void handle_allocate(struct request *request)
{
    struct turn *turn = request->turn;
    struct wish wish;
    struct allocation *allocation = NULL;
    enum users_full full = USERS_SERVER_IS_FULL;
    if (request->allocation != NULL) {
        answer_again(request);
        return;
    }
    if (find_ended(request, NONCE_LIFETIME_S * 1000) != NULL) {
        challenge(request, STUN_STALE_NONCE);
        return;
    }
    if (turn->draining) {
        refuse(request, other_server(request) == NULL ? STUN_CAPACITY : STUN_TRY_ALTERNATE);
        return;
    }
    int code = read_wish(turn, request->message, &wish);
    if (code == 0) {
        enum err err = allocation_create(turn, request->path, &request->who, &full, &allocation);
        code = err == OK                                          ? 0
               : err == ERR_LIMIT && full != USERS_SERVER_IS_FULL ? STUN_QUOTA_REACHED
                                                                  : STUN_CAPACITY;
    }
    if (code == 0) {
        allocation_end_gone(turn); /* one of them may have made room */
        code = take_ports(allocation, &wish, request->who.parts.user);
        if (code != 0) {
            allocation_destroy(allocation);
        }
    }
    if (code == STUN_QUOTA_REACHED) {
        refuse_as(request, STUN_QUOTA_REACHED,
                  full == USERS_USER_IS_FULL ? COUNTER_TURN_QUOTA_USER : COUNTER_TURN_QUOTA_CALL);
        return;
    }
    if (code != 0) {
        refuse(request, (enum stun_code)code);
        return;
    }
    memcpy(allocation->transaction, request->message->transaction, STUN_TRANSACTION_SIZE);
    (void)allocation_refresh(allocation, lifetime_of(request));
    engine_count(turn, COUNTER_TURN_ALLOCATIONS);
    answer_allocate(request, allocation);
}

static void answer_lifetime(struct request *request, uint32_t lifetime_s)
{
    begin(request, STUN_SUCCESS);
    stun_put_u32(&request->writer, STUN_LIFETIME, lifetime_s);
    finish(request);
}

/* RFC 8656 section 8.2; REQUESTED-ADDRESS-FAMILY picks one relay of two. */
static void handle_refresh(struct request *request)
{
    struct allocation *allocation = request->allocation;
    struct slice picked = request->message->attributes[STUN_REQUESTED_ADDRESS_FAMILY];
    struct slice lifetime = request->message->attributes[STUN_LIFETIME];
    uint32_t wanted = LIFETIME_DEFAULT_S;
    if (lifetime.data != NULL && stun_read_u32(lifetime, &wanted) != OK) {
        refuse(request, STUN_BAD_REQUEST);
        return;
    }
    if (picked.data != NULL) {
        enum relayport_family family =
            picked.size == 4 && picked.data[0] == FAMILY_V6 ? RELAYPORT_V6 : RELAYPORT_V4;
        if (picked.size != 4 || allocation->ports[family] == 0) {
            refuse(request, STUN_PEER_FAMILY_MISMATCH);
            return;
        }
        if (wanted == 0 && allocation->ports[1 - family] != 0) {
            allocation_drop_family(allocation, family);
            answer_lifetime(request, 0);
            return;
        }
    }
    if (wanted == 0) {
        memcpy(allocation->refresh, request->message->transaction, STUN_TRANSACTION_SIZE);
        allocation_destroy(allocation);
        request->allocation = NULL;
        answer_lifetime(request, 0);
        return;
    }
    answer_lifetime(request, allocation_refresh(allocation, lifetime_of(request)));
}

/* One peer of a request; 0 or the code of the answer. `exact`: with its port. */
static int check_peer(const struct request *request, struct slice value, bool exact,
                      struct addr *peer)
{
    enum err err = stun_read_xor_addr(value, request->message->transaction, peer);
    if (err != OK) {
        return err == ERR_UNSUPPORTED ? STUN_PEER_FAMILY_MISMATCH : STUN_BAD_REQUEST;
    }
    const struct peerfilter *peers = &request->turn->peers;
    if (!(exact ? peerfilter_allows(peers, peer) : peerfilter_allows_address(peers, peer))) {
        return STUN_FORBIDDEN;
    }
    return request->allocation->ports[engine_family(peer)] == 0 ? STUN_PEER_FAMILY_MISMATCH : 0;
}

/* Lets data pass between the allocation and the peers: sockets, unless a peer is behind one of our
 * own relays, then permissions for all of them or for none. */
static int permit(struct allocation *allocation, const struct addr *peers, uint32_t count)
{
    struct turn *turn = allocation->turn;
    for (uint32_t i = 0; i < count; i++) {
        if (!engine_is_own_relay(turn, &peers[i]) &&
            engine_open_relay(allocation, engine_family(&peers[i])) != OK) {
            return STUN_CAPACITY;
        }
    }
    return permission_add(&allocation->permissions, peers, count, turn->now_ms) == OK
               ? 0
               : STUN_CAPACITY;
}

/* All are judged before the first is installed (RFC 8656 section 10.2). */
static void handle_create_permission(struct request *request)
{
    struct addr peers[PEERS_MAX];
    uint32_t count = 0;
    uint32_t offset = 0;
    struct slice value;
    int code = 0;
    while (code == 0 && stun_next(request->message, STUN_XOR_PEER_ADDRESS, &offset, &value)) {
        code = count == PEERS_MAX ? (int)STUN_CAPACITY
                                  : check_peer(request, value, false, &peers[count]);
        count++;
    }
    if (count == 0) {
        code = STUN_BAD_REQUEST;
    }
    if (code == 0) {
        code = permit(request->allocation, peers, count);
    }
    if (code != 0) {
        refuse(request, (enum stun_code)code);
        return;
    }
    begin(request, STUN_SUCCESS);
    finish(request);
}

static void handle_channel_bind(struct request *request)
{
    struct allocation *allocation = request->allocation;
    uint32_t number = 0;
    struct addr peer;
    int code = stun_read_u32(request->message->attributes[STUN_CHANNEL_NUMBER], &number) == OK &&
                       number >> 16 >= STUN_CHANNEL_MIN && number >> 16 <= STUN_CHANNEL_MAX &&
                       stun_has(request->message, STUN_XOR_PEER_ADDRESS)
                   ? 0
                   : STUN_BAD_REQUEST;
    if (code == 0) {
        code =
            check_peer(request, request->message->attributes[STUN_XOR_PEER_ADDRESS], true, &peer);
    }
    if (code == 0) {
        enum err err = channel_bind(&allocation->channels, (uint16_t)(number >> 16), &peer,
                                    request->turn->now_ms);
        code = err == OK           ? permit(allocation, &peer, 1)
               : err == ERR_EXISTS ? STUN_BAD_REQUEST
                                   : STUN_CAPACITY;
    }
    if (code != 0) {
        refuse(request, (enum stun_code)code);
        return;
    }
    begin(request, STUN_SUCCESS);
    finish(request);
}

/* Who is verified; the method is one of those of TURN. */
static void handle_verified(struct request *request)
{
    struct allocation *allocation = request->allocation;
    unsigned method = request->message->method;
    if (allocation != NULL && request->who.same) {
        users_heard(&allocation->holder, request->turn->now_ms);
    }
    if (request->message->unknown_count > 0) {
        refuse(request, STUN_UNKNOWN_ATTRIBUTE);
    } else if (method == STUN_REFRESH && allocation == NULL &&
               find_ended(request, ENGINE_RETRANSMIT_MS) != NULL) {
        answer_lifetime(request, 0);
    } else if (method != STUN_ALLOCATE && allocation == NULL) {
        refuse(request, STUN_ALLOCATION_MISMATCH);
    } else if (allocation != NULL && !request->who.same) {
        refuse(request,
               method == STUN_ALLOCATE ? STUN_ALLOCATION_MISMATCH : STUN_WRONG_CREDENTIALS);
    } else if (method == STUN_ALLOCATE) {
        handle_allocate(request);
    } else if (method == STUN_REFRESH) {
        handle_refresh(request);
    } else if (method == STUN_CREATE_PERMISSION) {
        handle_create_permission(request);
    } else {
        handle_channel_bind(request);
    }
}

void request_handle(struct turn *turn, const struct turn_path *path,
                    const struct stun_message *message)
{
    struct request request = {.turn = turn, .path = path, .message = message};
    unsigned method = message->method;
    if (method == STUN_BINDING) {
        answer_binding(&request);
        return;
    }
    if (method != STUN_ALLOCATE && method != STUN_REFRESH && method != STUN_CREATE_PERMISSION &&
        method != STUN_CHANNEL_BIND) {
        engine_count(turn, COUNTER_TURN_MALFORMED);
        return;
    }
    struct auth_known known = {0};
    request.allocation = engine_find(turn, path);
    if (request.allocation != NULL) {
        known = (struct auth_known){.name = allocation_name(request.allocation),
                                    .key = &request.allocation->key};
    }
    int code =
        auth_check(&turn->auth, message, &path->remote, request.allocation == NULL ? NULL : &known,
                   (uint32_t)(turn->now_ms / 1000), turn->wall_s, &request.who);
    /* An ended call is no secret to who holds its credential, but it gets nothing any more. */
    if (code == 0 && quota_is_revoked(turn->quota, request.who.parts.call)) {
        engine_count(turn, COUNTER_TURN_REVOKED);
        code = STUN_UNAUTHENTICATED;
    }
    if (code == STUN_BAD_REQUEST) {
        refuse_stranger(&request, STUN_BAD_REQUEST);
    } else if (code == STUN_UNAUTHENTICATED && is_to_be_sent_on(&request)) {
        send_on(&request);
    } else if (code != 0) {
        challenge(&request, (enum stun_code)code);
    } else {
        request.verified = true;
        handle_verified(&request);
    }
}
