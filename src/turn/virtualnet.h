/* SPDX-License-Identifier: Apache-2.0 */
/* An engine in a network of memory, with clients, for tests only: what the engine hands out is
 * recorded, time is a number. */
#ifndef TURN_VIRTUALNET_H
#define TURN_VIRTUALNET_H

#include "base/counter.h"
#include "turn/auth.h"
#include "turn/turn.h"

#define VIRTUALNET_SENT_MAX 64
#define VIRTUALNET_SIZE_MAX 2048
#define VIRTUALNET_SILENCE (-1)
#define VIRTUALNET_DOOR 1

enum virtualnet_kind { VIRTUALNET_CLIENT, VIRTUALNET_PEER, VIRTUALNET_WORKER, VIRTUALNET_END };

struct virtualnet_sent {
    enum virtualnet_kind kind;
    struct turn_path path; /* CLIENT, END */
    turn_relay relay;      /* PEER */
    uint32_t worker;       /* WORKER */
    struct addr from;      /* WORKER */
    struct addr to;        /* PEER, WORKER */
    bool dont_fragment;
    size_t size;
    uint8_t bytes[VIRTUALNET_SIZE_MAX]; /* head, body and padding */
};

struct virtualnet {
    struct turn *turn;
    struct turn_config config;
    struct users *users;               /* its own, unless config.users was set */
    struct strangers *strangers;       /* likewise */
    struct reservations *reservations; /* likewise */
    struct peerfilter peers;
    struct credential_secrets secrets;
    uint64_t now_ms;
    uint64_t wall_s;
    enum err open_result; /* of the next relay */
    uint32_t opened;
    uint32_t open;
    turn_relay relay; /* the last that was opened */
    struct addr relay_local;
    uint32_t flushes;
    uint32_t count; /* of all that was sent; the last ones are in `sent` */
    struct virtualnet_sent sent[VIRTUALNET_SENT_MAX];
};

/* Sane limits, relays at 198.41.0.4 (locally 10.0.0.4) and 2a00::4, secret "north". The caller may
 * change `config` and `peers` before virtualnet_start. */
void virtualnet_init(struct virtualnet *net);
/* ERR_NOMEM, ERR_INVALID. */
MUST_USE enum err virtualnet_start(struct virtualnet *net);
void virtualnet_stop(struct virtualnet *net);
/* Forgets what was sent, and goes on in time. */
void virtualnet_pass(struct virtualnet *net, uint64_t ms);

/* How often the engine has counted that since its start. */
int64_t virtualnet_counted(const struct virtualnet *net, enum counter counter);

/* The last thing of that kind since virtualnet_pass or a client's last input; NULL: none. */
const struct virtualnet_sent *virtualnet_last(const struct virtualnet *net,
                                              enum virtualnet_kind kind);

struct virtualnet_client {
    struct virtualnet *net;
    struct turn_path path;
    struct credential credential;
    bool sha256;   /* PASSWORD-ALGORITHM and MESSAGE-INTEGRITY-SHA256 */
    bool userhash; /* instead of USERNAME */
    bool fingerprint;
    char nonce[128];
    size_t nonce_size;
    uint32_t transactions;
    uint8_t room[VIRTUALNET_SIZE_MAX];
    struct stun_writer writer;
    struct stun_message answer; /* the last one, in `net` */
    struct addr relay;          /* of the last Allocate */
    struct addr relay_v6;
    uint32_t lifetime_s;
    uint32_t growth_bytes; /* bytes of the last answer */
};

/* A client with a good credential for an hour. */
void virtualnet_client_init(struct virtualnet *net, struct virtualnet_client *client,
                            struct addr addr, const char *user, const char *call);

/* Begins a message with a new transaction in client->writer; the caller puts attributes. */
void virtualnet_begin(struct virtualnet_client *client, enum stun_class class,
                      enum stun_method method);
/* Adds name, realm, nonce and integrity, if there is a nonce. */
void virtualnet_sign(struct virtualnet_client *client);
/* Gives the message to the engine. 0: a success; an error code; VIRTUALNET_SILENCE. A nonce in the
 * answer is taken. The integrity of the answer is verified: 999 when it is wrong. */
int virtualnet_send(struct virtualnet_client *client);

/* Whole requests; what is wrong with the nonce is tried once more. */
int virtualnet_allocate(struct virtualnet_client *client);
int virtualnet_refresh(struct virtualnet_client *client, uint32_t lifetime_s);
int virtualnet_permit(struct virtualnet_client *client, struct addr peer);
int virtualnet_bind(struct virtualnet_client *client, uint16_t number, struct addr peer);

void virtualnet_channel_data(struct virtualnet_client *client, uint16_t number, struct slice data);
void virtualnet_send_indication(struct virtualnet_client *client, struct addr peer,
                                struct slice data);

#endif
