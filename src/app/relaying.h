/* SPDX-License-Identifier: Apache-2.0 */
/* The built-in STUN and TURN server as the configuration wants it. */
#ifndef APP_RELAYING_H
#define APP_RELAYING_H

#include "app/config.h"
#include "app/detecting.h"
#include "app/turnoptions.h"
#include "base/buf.h"
#include "server/turnhost.h"

#define RELAYING_SECRET "turn.secret" /* in the data folder */

struct relaying_secrets {
    uint8_t current[TURNHOST_SECRET_SIZE];
    uint8_t previous[TURNHOST_SECRET_SIZE];
    bool has_previous;
};

struct relaying {
    struct turnhost *host; /* NULL: switched off */
    const struct config *config;
    struct turnoptions options; /* of its texts, read once */
    struct turn_config turn;    /* only its relay addresses */
    struct addr
        detected[2]; /* how others see this machine, as far as the server of turn.detect says */
    struct peerfilter peers; /* that the host has */
    uint16_t port;           /* of http, in the URLs for browsers */
    uint64_t look_ms;        /* at the addresses of this machine again */
    struct relaying_secrets secrets;
    uint64_t forget_ms; /* the secret before; UINT64_MAX: there is none */
    struct detecting detecting;
    struct buf ended; /* ids of calls that ended before this start */
};

/* The secret that signs credentials, from the data folder. ERR_IO (logged), ERR_INVALID: the file
 * is not such a secret; ERR_NOT_FOUND: none yet. */
MUST_USE enum err relaying_secret(const struct config *config, uint8_t out[TURNHOST_SECRET_SIZE]);

/* Asks the STUN server of turn.detect for the address of each family that no option says, into
 * config->turn.detected; says in the log how it went. Blocks for some seconds when it is silent. */
void relaying_detect(struct config *config);

/* The host as it stands in URLs for browsers, such as "[2001:db8::1]". */
void relaying_url_host(const struct config *config, char out[CONFIG_TEXT_MAX + 3]);

/* From where is relayed and what is told, of IPv4 and IPv6; ADDR_NONE: not at all. */
void relaying_addresses(const struct config *config, struct addr local[2], struct addr shown[2]);

/* The addresses of this machine, public ones too; how many, at most `count_max`. */
uint32_t relaying_own(const struct config *config, struct addr *out, uint32_t count_max);

/* Before all else; then relaying_destroy is enough, whatever has failed. */
void relaying_init(struct relaying *relaying, const struct config *config);

/* Makes the host; it does not listen yet. Nothing when it is switched off. `tls`: for DTLS, NULL
 * where there is no certificate; outlives the host. ERR_LIMIT (logged): this machine has more
 * addresses than the relay can be kept away from. `config` is borrowed. */
MUST_USE enum err relaying_create(struct relaying *relaying, const struct config *config,
                                  struct loop *loop, struct tls_context *tls);

/* Listens on the port of `http` and on the further ones. ERR_EXISTS: a UDP port is taken. */
MUST_USE enum err relaying_start(struct relaying *relaying, const struct config *config,
                                 struct http_server *http);

/* The configuration is read again: another secret in the data folder signs from now on, and the one
 * before it is taken for as long as a credential may live. A file that is no secret changes nothing
 * (logged). */
void relaying_reload(struct relaying *relaying, const struct config *config, uint64_t now_ms);

/* Timers: those of the host, the end of a secret, every two seconds a look whether this machine has
 * other addresses, to which nothing is relayed and from which relays are told then, and the
 * question of turn.detect (app/detecting.h), also after such a change. */
void relaying_tick(struct relaying *relaying, uint64_t now_ms);
uint64_t relaying_next_ms(const struct relaying *relaying);

/* Before relaying_start: a call that ended before this process began, no longer ago than a
 * credential of it may live. Nothing is relayed for it. What cannot be kept is counted
 * (turn.ended_calls_max); so the latest come first. `arg` is the struct relaying. */
#define RELAYING_ENDED_S (TURNHOST_CREDENTIAL_MAX_S + 2 * CREDENTIAL_SLACK_S)
void relaying_note_ended(void *arg, const struct id *call);

void relaying_destroy(struct relaying *relaying);

#endif
