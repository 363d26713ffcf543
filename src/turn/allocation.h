/* SPDX-License-Identifier: Apache-2.0 */
/* One client's relay: what is kept of it, and how it comes and goes. RFC 8656 section 6. */
#ifndef TURN_ALLOCATION_H
#define TURN_ALLOCATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/slots.h"
#include "base/wheel.h"
#include "turn/auth.h"
#include "turn/channel.h"
#include "turn/permission.h"
#include "turn/quota.h"
#include "turn/rate.h"
#include "turn/relayport.h"
#include "turn/turn.h"
#include "turn/users.h"

/* Its fields are read by the engine's files; allocation.c alone creates and destroys. */
struct allocation {
    struct turn_path path; /* begins with remote and door: the key of the map */
    slot_id id;
    struct turn *turn;
    struct wheel_timer timer; /* lifetime */
    uint64_t created_ms;
    uint64_t expires_ms;                        /* 0: the Allocate has not been answered yet */
    uint16_t ports[RELAYPORT_FAMILIES];         /* 0: not relayed in that family */
    struct addr local[RELAYPORT_FAMILIES];      /* where the relay is bound; without its port */
    struct addr shown[RELAYPORT_FAMILIES];      /* as which it was told */
    bool open[RELAYPORT_FAMILIES];              /* the socket is open */
    uint8_t transaction[STUN_TRANSACTION_SIZE]; /* of its Allocate */
    uint8_t refresh[STUN_TRANSACTION_SIZE];     /* of the Refresh that ends it */
    bool has_token;
    uint8_t token[RELAYPORT_TOKEN_SIZE];
    struct permissions permissions;
    struct channels channels;
    struct rate rate;
    struct users_holder holder; /* of the user in this call, at all workers */
    struct quota_account *call;
    struct allocation *next_of_call;
    struct auth_key key;
    uint32_t name_size;
    char name[];
};

_Static_assert(offsetof(struct turn_path, transport) == sizeof(struct addr) + sizeof(uint32_t),
               "remote and door are the first bytes of a path, without padding");

/* The bytes that tell one path from another. */
static inline struct slice allocation_path_key(const struct turn_path *path)
{
    return slice_from(path, offsetof(struct turn_path, transport));
}

/* Of one client that was verified as `who`; ports are not yet taken and the timer does not run. The
 * errors are those of users_enter. */
MUST_USE enum err allocation_create(struct turn *turn, const struct turn_path *path,
                                    const struct auth_result *who, enum users_full *full,
                                    struct allocation **out);

/* Ends it: its relays are closed, its ports free. */
void allocation_destroy(struct allocation *allocation);

/* It has that port, at the relay's address of now. */
void allocation_set_port(struct allocation *allocation, enum relayport_family family,
                         uint16_t port);

/* Ends those of this worker that have given way to newer ones of their users. */
void allocation_end_gone(struct turn *turn);

/* The relay's addresses have changed: it follows, and ends where its own has gone. */
void allocation_follow(struct allocation *allocation);

/* Gives back the relay of one family. */
void allocation_drop_family(struct allocation *allocation, enum relayport_family family);

/* Lives for `lifetime_s` from now, but not beyond its greatest age; returns what it got. */
uint32_t allocation_refresh(struct allocation *allocation, uint32_t lifetime_s);

/* The address that its peers see; family ADDR_NONE: it has none. */
struct addr allocation_relay(const struct allocation *allocation, enum relayport_family family);

static inline struct slice allocation_name(const struct allocation *allocation)
{
    return slice_from(allocation->name, allocation->name_size);
}

#endif
