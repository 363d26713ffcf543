/* SPDX-License-Identifier: Apache-2.0 */
/* The STUN and TURN server of one worker, RFC 8489 and RFC 8656: no socket, no clock, no thread.
 * It takes datagrams of clients and of peers with the time, and hands what is to be sent to the
 * functions of `struct turn_ports`. README.md draws the way of a packet. */
#ifndef TURN_TURN_H
#define TURN_TURN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/addr.h"
#include "base/err.h"
#include "base/slice.h"
#include "turn/credential.h"
#include "turn/peerfilter.h"

#define TURN_REALM "visavis" /* short: it is in each 401, which may not be large */
#define TURN_PAYLOAD_SIZE_MAX 65507
#define TURN_SCRATCH_SIZE (256 * 1024)

struct turn;
struct users;
struct strangers;
struct reservations;

enum turn_transport { TURN_UDP, TURN_TCP, TURN_TLS, TURN_DTLS, TURN_TRANSPORTS };

/* Where a client is: what comes from it and what goes to it. `door` and `remote` together are the
 * five-tuple, so each pair of transport and local address has its own door. */
struct turn_path {
    struct addr remote;
    uint32_t door;     /* the caller's number of a transport and a local address */
    uint8_t transport; /* enum turn_transport */
    uint8_t zero[3];
    uint64_t conn; /* the caller's number of a TCP, TLS or DTLS connection; 0 for UDP */
};

/* What goes to a client, in up to three pieces: `head`, `body`, and `pad_size` zero bytes (only on
 * TCP and TLS, RFC 8656 section 12.5). `body` points into the input of the caller or into memory
 * of the engine. */
struct turn_bytes {
    uint8_t head[4];
    uint8_t head_size; /* 0, or 4: a ChannelData header */
    uint8_t pad_size;  /* 0 to 3 */
    struct slice body;
};

/* A relayed transport address: generation << 32 | index. The index is below
 * 2 * limits.allocations_max and no two open relays share it, so the caller may use it for an
 * array. A stale number finds nothing. */
typedef uint64_t turn_relay;
#define TURN_RELAY_INDEX(relay) ((uint32_t)(relay))

/* What the engine wants from outside. No port calls the engine back before it has returned.
 *
 * Bytes: what `to_client`, `to_peer` and `to_worker` are given stays valid until `flush` returns,
 * or until the next turn_begin, whichever is first; so the caller keeps its input buffers as long,
 * collects, and sends in batches. Nothing else is kept by either side. */
struct turn_ports {
    void *ctx;
    void (*to_client)(void *ctx, const struct turn_path *path, const struct turn_bytes *bytes);
    /* One datagram from an open relay. `dont_fragment`: with the DF bit (RFC 8656 section 14). */
    void (*to_peer)(void *ctx, turn_relay relay, const struct addr *peer, struct slice data,
                    bool dont_fragment);
    /* Data between two allocations of this server whose peer side another worker owns: call its
     * turn_worker_input with the same arguments. Never called with one worker. */
    void (*to_worker)(void *ctx, uint32_t worker, const struct addr *from, const struct addr *to,
                      struct slice data);
    /* The engine needs its memory: send everything collected, now. */
    void (*flush)(void *ctx);
    /* Binds a UDP socket to `local`, whose datagrams come to turn_peer_input from now on.
     * ERR_EXISTS: the port is taken by somebody else. ERR_LIMIT, ERR_NOMEM, ERR_IO. */
    enum err (*open_relay)(void *ctx, turn_relay relay, const struct addr *local);
    /* The relay is gone. What was collected for it may still be sent or not. */
    void (*close_relay)(void *ctx, turn_relay relay);
    /* TCP, TLS, DTLS: nothing sensible comes from here; close it after what was sent. */
    void (*end_path)(void *ctx, const struct turn_path *path);
};

/* Rates are bits per second over a second; 0 switches a limit off where it says so. */
struct turn_limits {
    uint32_t allocations_max;      /* at all workers; the last tenth is for who has none */
    uint32_t call_allocations_max; /* of one user in one call, at all workers; above: 486 */
    uint32_t user_allocations_max; /* of one user, at all workers */
    uint32_t permissions_max;      /* of one allocation; above: 508 */
    uint32_t channels_max;         /* of one allocation; above: 508 */
    uint32_t lifetime_max_s;       /* what a client may ask for at once */
    uint32_t age_max_s;            /* of an allocation, however often it is refreshed */
    uint32_t credential_max_s;     /* a name that expires later than this is refused */
    uint64_t allocation_bps;       /* both directions together; 0: no limit */
    uint64_t user_bps;             /* at all workers; 0: no limit */
    uint64_t call_bps;             /* of all who are in it, at all workers; 0: no limit */
    uint64_t total_bps;            /* of all workers; 0: no limit */
    uint32_t answers_per_s;        /* unauthenticated answers by UDP to one /24 or /48 */
    uint32_t answers_burst;        /* as many at once; both at all workers */
    uint32_t answers_total_per_s;  /* to all of them */
    uint32_t names_max;            /* known names for USERHASH; 0: not offered */
    uint32_t revoked_max;          /* ended calls remembered until their credentials expire */
};

/* Sane limits for one server. */
void turn_limits_default(struct turn_limits *limits);

struct turn_config {
    struct turn_limits limits;
    /* The address to bind (with port 0) and the one to tell, of each family that is relayed;
     * `family` ADDR_NONE: not relayed. They differ behind a NAT. */
    struct addr relay_local[2]; /* IPv4, IPv6 */
    struct addr relay_public[2];
    uint16_t relay_port_min; /* inclusive; all workers have the same range */
    uint16_t relay_port_max;
    uint32_t worker;             /* 0 .. workers - 1: which part of the range is this engine's */
    uint32_t workers;            /* turn_port_worker tells the owner of a port */
    struct users *users;         /* of all workers of a node (turn/users.h); outlives the engine */
    struct strangers *strangers; /* likewise (turn/strangers.h) */
    struct reservations *reservations;        /* likewise (turn/reservations.h) */
    const struct credential_secrets *secrets; /* copied */
    const struct peerfilter *peers;           /* copied */
    uint8_t key[32]; /* random, the same for all workers of a node: nonces, tokens, port order */
};

/* Owned by the caller. ERR_NOMEM, ERR_INVALID: the port range is empty or no family is relayed. */
MUST_USE enum err turn_create(const struct turn_config *config, const struct turn_ports *ports,
                              uint64_t now_ms, struct turn **out);

/* Closes all relays; NULL is accepted. */
void turn_destroy(struct turn *turn);

/* Reload: what runs goes on. New secrets; a new peer filter, which counts at once: permissions that
 * it does not allow end, and no channel passes data without one. */
void turn_set_secrets(struct turn *turn, const struct credential_secrets *secrets);
void turn_set_peers(struct turn *turn, const struct peerfilter *peers);

/* The machine has other addresses, for new allocations at once: as in turn_config. The peer filter
 * that belongs to them follows with turn_set_peers. An allocation whose told address is no relay
 * of that filter ends; its connection too, where it has one. */
void turn_set_relays(struct turn *turn, const struct addr local[2], const struct addr shown[2]);

/* Begins a turn of the loop: the time for everything until the next. What was handed to the ports
 * before is out or copied. `wall_s` is UTC since 1970, only for the expiry of names. */
void turn_begin(struct turn *turn, uint64_t now_ms, uint64_t wall_s);

/* One datagram of a client; on TCP and TLS one frame of demux_frame. The caller has looked at the
 * first byte (wire/demux): STUN or ChannelData. */
void turn_client_input(struct turn *turn, const struct turn_path *path, struct slice data);

/* One datagram that came to an open relay. */
void turn_peer_input(struct turn *turn, turn_relay relay, const struct addr *from,
                     struct slice data);

/* The kernel says that what went to `peer` did not arrive: an ICMP or ICMPv6 message. `data` is
 * its 32 bits behind the checksum, such as the next-hop MTU. */
void turn_peer_error(struct turn *turn, turn_relay relay, const struct addr *peer, uint8_t type,
                     uint8_t code, uint32_t data);

/* From the to_worker of another engine. */
void turn_worker_input(struct turn *turn, const struct addr *from, const struct addr *to,
                       struct slice data);

/* Whether a stranger may be answered now, by the budget of his prefix and of all: for answers that
 * the caller gives before there is a path. Counts one. */
bool turn_may_answer(struct turn *turn, const struct addr *remote);

/* The connection of a TCP, TLS or DTLS path is gone, and its allocation with it. */
void turn_path_closed(struct turn *turn, const struct turn_path *path);

/* Whether the client there has an allocation: a connection without one may be closed. */
bool turn_path_allocated(const struct turn *turn, const struct turn_path *path);

/* Bit n: an allocation came through door n, of the first 64. */
uint64_t turn_doors_used(const struct turn *turn);

/* The call has ended: its credentials are refused and its allocations deleted. Tell all workers. */
void turn_revoke_call(struct turn *turn, struct slice call);

/* A name that was issued, so that it is found by its USERHASH; forgotten when it expires.
 * ERR_LIMIT: then it works by USERNAME only. ERR_NOMEM. */
MUST_USE enum err turn_add_name(struct turn *turn, struct slice name);

#define TURN_DOMAIN_SIZE 256

/* Another server that takes the same credentials: its address in each family, ADDR_NONE where it
 * has none, and the name that its certificate is for, or "". */
struct turn_alternate {
    struct addr addresses[2]; /* IPv4, IPv6 */
    char domain[TURN_DOMAIN_SIZE];
};

/* No new allocations from now on: 300 with the alternate (RFC 8489 section 10), or 508 for those
 * whose family it does not have. What runs goes on; turn_stats says when it is idle. */
void turn_drain(struct turn *turn, const struct turn_alternate *alternate);

/* Runs timers and publishes counters; at the latest at turn_next_ms (UINT64_MAX: nothing). */
void turn_tick(struct turn *turn, uint64_t now_ms);
uint64_t turn_next_ms(const struct turn *turn);

/* Which worker owns a relay port; UINT32_MAX: it is outside the range. */
uint32_t turn_port_worker(const struct turn_config *config, uint16_t port);

/* What an administrator sees; counters by reason are those of base/counters.def (TURN_...). */
struct turn_stats {
    uint32_t allocations[TURN_TRANSPORTS];
    uint32_t relays_open; /* sockets */
    uint32_t calls_ended; /* remembered until their credentials expire */
    uint64_t bytes_from_clients;
    uint64_t bytes_to_clients;
    uint64_t packets_from_clients;
    uint64_t packets_to_clients;
};
void turn_stats(const struct turn *turn, struct turn_stats *out);

#endif
