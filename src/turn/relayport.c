/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/relayport.h"

#include "base/mem.h"
#include "turn/reservations.h"

struct relayports {
    struct relayport_range range;
    struct hmac_sha256_key key;
    struct reservations *reserved;
    uint32_t first;                    /* the lowest even port */
    uint32_t pairs;                    /* of this worker */
    uint64_t drawn;                    /* how many numbers were drawn from the key */
    void **owners[RELAYPORT_FAMILIES]; /* by port - first, of all workers: some may come here */
    char kept;                         /* the owner of ports of this worker that were kept */
};

static uint32_t first_even(const struct relayport_range *range)
{
    return (range->min + 1U) & ~1U;
}

enum err relayport_create(const struct relayport_range *range, const struct hmac_sha256_key *key,
                          struct reservations *reserved, struct relayports **out)
{
    uint32_t first = first_even(range);
    uint32_t all = range->max < first ? 0 : (range->max - first + 1U) / 2;
    if (range->min == 0 || range->workers == 0 || range->worker >= range->workers ||
        all <= range->worker) {
        return ERR_INVALID;
    }
    struct relayports *ports = mem_alloc(sizeof(*ports));
    if (ports == NULL) {
        return ERR_NOMEM;
    }
    ports->range = *range;
    ports->key = *key;
    ports->reserved = reserved;
    ports->first = first;
    ports->pairs = (all - range->worker - 1) / range->workers + 1;
    for (size_t i = 0; i < RELAYPORT_FAMILIES; i++) {
        ports->owners[i] = mem_alloc_array((size_t)all * 2, sizeof(void *));
        if (ports->owners[i] == NULL) {
            relayport_destroy(ports);
            return ERR_NOMEM;
        }
    }
    *out = ports;
    return OK;
}

void relayport_destroy(struct relayports *ports)
{
    if (ports != NULL) {
        for (size_t i = 0; i < RELAYPORT_FAMILIES; i++) {
            mem_free(ports->owners[i]);
        }
        mem_free(ports);
    }
}

uint32_t relayport_worker(const struct relayport_range *range, uint16_t port)
{
    uint32_t first = first_even(range);
    if (port < first || (port | 1U) > range->max) {
        return UINT32_MAX;
    }
    return (port - first) / 2 % range->workers;
}

/* The next number that nobody can guess. */
static uint64_t draw(struct relayports *ports)
{
    uint8_t mac[HMAC_SHA256_SIZE];
    uint64_t number = 0;
    uint64_t input[2] = {++ports->drawn, ports->range.worker};
    struct slice piece = {(const uint8_t *)input, sizeof(input)};
    hmac_sha256(&ports->key, &piece, 1, mac);
    memcpy(&number, mac, sizeof(number));
    return number;
}

static void **slot_of(const struct relayports *ports, enum relayport_family family, uint32_t port)
{
    return &ports->owners[family][port - ports->first];
}

uint32_t relayport_holder(const struct relayports *ports, enum relayport_family family,
                          uint16_t port)
{
    uint32_t worker = relayport_worker(&ports->range, port);
    uint32_t holder =
        worker == UINT32_MAX ? UINT32_MAX : reservations_holder(ports->reserved, family, port);
    return holder == UINT32_MAX ? worker : holder;
}

/* Whether the port can be had now; a reservation that is over is forgotten. */
static bool is_free(struct relayports *ports, enum relayport_family family, uint32_t port,
                    uint64_t now_ms)
{
    void **slot = slot_of(ports, family, port);
    if (*slot == &ports->kept &&
        reservations_is_over(ports->reserved, family, (uint16_t)port, now_ms)) {
        *slot = NULL;
    }
    return *slot == NULL;
}

uint16_t relayport_take(struct relayports *ports, enum relayport_family family, void *owner,
                        enum relayport_kind kind, uint64_t now_ms)
{
    bool even = kind != RELAYPORT_ANY;
    uint64_t random = draw(ports);
    uint32_t start = (uint32_t)((random >> 1) % ports->pairs);
    uint32_t side = even ? 0 : (uint32_t)random & 1;
    for (uint32_t i = 0; i < ports->pairs; i++) {
        uint32_t pair = (start + i) % ports->pairs;
        uint32_t base = ports->first + 2 * (pair * ports->range.workers + ports->range.worker);
        for (uint32_t turn = 0; turn < (even ? 1U : 2U); turn++) {
            uint32_t port = base + (side ^ turn);
            if (is_free(ports, family, port, now_ms) &&
                (kind != RELAYPORT_PAIR || is_free(ports, family, port + 1, now_ms))) {
                *slot_of(ports, family, port) = owner;
                return (uint16_t)port;
            }
        }
    }
    return 0;
}

void *relayport_find(const struct relayports *ports, enum relayport_family family, uint16_t port)
{
    if (relayport_worker(&ports->range, port) == UINT32_MAX) {
        return NULL;
    }
    void *owner = *slot_of(ports, family, port);
    return owner == &ports->kept ? NULL : owner;
}

void relayport_give(struct relayports *ports, enum relayport_family family, uint16_t port)
{
    *slot_of(ports, family, port) = NULL;
    if (reservations_holder(ports->reserved, family, port) == ports->range.worker) {
        reservations_give(ports->reserved, family, port);
    }
}

enum err relayport_reserve(struct relayports *ports, enum relayport_family family, uint16_t port,
                           struct slice user, uint64_t now_ms, uint8_t token[RELAYPORT_TOKEN_SIZE])
{
    uint32_t next = port + 1U;
    uint64_t random = draw(ports);
    if (!is_free(ports, family, next, now_ms)) {
        return ERR_EXISTS;
    }
    memcpy(token, &random, RELAYPORT_TOKEN_SIZE);
    enum err err = reservations_keep(ports->reserved, user, family, (uint16_t)next, token, now_ms);
    if (err == OK) {
        *slot_of(ports, family, next) = &ports->kept;
    }
    return err;
}

enum err relayport_redeem(struct relayports *ports, struct slice user,
                          const uint8_t token[RELAYPORT_TOKEN_SIZE], void *owner, uint64_t now_ms,
                          enum relayport_family *family, uint16_t *port)
{
    enum err err = reservations_redeem(ports->reserved, user, token, ports->range.worker, now_ms,
                                       family, port);
    if (err == OK) {
        *slot_of(ports, *family, *port) = owner;
    }
    return err;
}
