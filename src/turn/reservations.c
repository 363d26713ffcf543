/* SPDX-License-Identifier: Apache-2.0 */
#include "turn/reservations.h"

#include <pthread.h>
#include <stdatomic.h>

#include "base/mem.h"
#include "crypto/digest.h"
#include "turn/credential.h"

#define PORTS (UINT16_MAX + 1)

struct reservation {
    uint64_t expires_ms; /* 0: unused */
    enum relayport_family family;
    uint16_t port;
    uint8_t token[RELAYPORT_TOKEN_SIZE];
    uint32_t user_size;
    char user[CREDENTIAL_USER_SIZE_MAX];
};

struct reservations {
    pthread_mutex_t lock; /* of `kept` */
    struct reservation kept[RESERVATIONS_MAX];
    /* The worker + 1 that has redeemed the port, or 0. It is set while the lock is held, so that a
     * port is always either kept or held, and never seems free in between. */
    atomic_uint_least16_t holders[RELAYPORT_FAMILIES][PORTS];
};

enum err reservations_create(struct reservations **out)
{
    struct reservations *all = mem_alloc(sizeof(*all));
    if (all == NULL) {
        return ERR_NOMEM;
    }
    ASSERT(pthread_mutex_init(&all->lock, NULL) == 0);
    *out = all;
    return OK;
}

void reservations_destroy(struct reservations *all)
{
    if (all != NULL) {
        (void)pthread_mutex_destroy(&all->lock);
        mem_wipe(all->kept, sizeof(all->kept));
        mem_free(all);
    }
}

static struct slice user_of(const struct reservation *reservation)
{
    return slice_from(reservation->user, reservation->user_size);
}

/* Room for one more of the user, or NULL. What is too old makes room. */
static struct reservation *find_room(struct reservations *all, struct slice user, uint64_t now_ms)
{
    struct reservation *room = NULL;
    uint32_t of_user = 0;
    for (size_t i = 0; i < RESERVATIONS_MAX; i++) {
        struct reservation *reservation = &all->kept[i];
        if (reservation->expires_ms <= now_ms) {
            room = reservation;
        } else {
            of_user += slice_equal(user_of(reservation), user) ? 1 : 0;
        }
    }
    return of_user < RESERVATIONS_USER_MAX ? room : NULL;
}

enum err reservations_keep(struct reservations *all, struct slice user,
                           enum relayport_family family, uint16_t port,
                           const uint8_t token[RELAYPORT_TOKEN_SIZE], uint64_t now_ms)
{
    (void)pthread_mutex_lock(&all->lock);
    struct reservation *room = find_room(all, user, now_ms);
    if (room != NULL) {
        *room = (struct reservation){.expires_ms = now_ms + RELAYPORT_RESERVED_MS,
                                     .family = family,
                                     .port = port,
                                     .user_size = (uint32_t)user.size};
        ASSERT(user.size <= sizeof(room->user));
        memcpy(room->user, user.data, user.size);
        memcpy(room->token, token, sizeof(room->token));
    }
    (void)pthread_mutex_unlock(&all->lock);
    return room == NULL ? ERR_LIMIT : OK;
}

enum err reservations_redeem(struct reservations *all, struct slice user,
                             const uint8_t token[RELAYPORT_TOKEN_SIZE], uint32_t worker,
                             uint64_t now_ms, enum relayport_family *family, uint16_t *port)
{
    enum err err = ERR_NOT_FOUND;
    (void)pthread_mutex_lock(&all->lock);
    for (size_t i = 0; err != OK && i < RESERVATIONS_MAX; i++) {
        struct reservation *reservation = &all->kept[i];
        if (reservation->expires_ms > now_ms && slice_equal(user_of(reservation), user) &&
            digest_equal(reservation->token, token, RELAYPORT_TOKEN_SIZE)) {
            *family = reservation->family;
            *port = reservation->port;
            reservation->expires_ms = 0;
            atomic_store_explicit(&all->holders[*family][*port], (uint_least16_t)(worker + 1),
                                  memory_order_release);
            err = OK;
        }
    }
    (void)pthread_mutex_unlock(&all->lock);
    return err;
}

uint32_t reservations_holder(const struct reservations *all, enum relayport_family family,
                             uint16_t port)
{
    uint32_t holder = atomic_load_explicit(&all->holders[family][port], memory_order_acquire);
    return holder == 0 ? UINT32_MAX : holder - 1;
}

void reservations_give(struct reservations *all, enum relayport_family family, uint16_t port)
{
    atomic_store_explicit(&all->holders[family][port], 0, memory_order_release);
}

bool reservations_is_over(struct reservations *all, enum relayport_family family, uint16_t port,
                          uint64_t now_ms)
{
    (void)pthread_mutex_lock(&all->lock);
    bool over = reservations_holder(all, family, port) == UINT32_MAX;
    for (size_t i = 0; over && i < RESERVATIONS_MAX; i++) {
        struct reservation *reservation = &all->kept[i];
        if (reservation->expires_ms != 0 && reservation->family == family &&
            reservation->port == port) {
            over = reservation->expires_ms <= now_ms;
            /* A worker whose clock is a little behind must not redeem what is free by this one. */
            reservation->expires_ms = over ? 0 : reservation->expires_ms;
        }
    }
    (void)pthread_mutex_unlock(&all->lock);
    return over;
}
