/* SPDX-License-Identifier: Apache-2.0 */
/* Events of the portal become messages of the sessions: implements port_tell. Each session has a
 * seat: its connection (if there is one now), its resume token, and the ring of its latest events.
 * A seat without a connection waits for the resume window and then closes its session. */
#ifndef SERVER_FANOUT_H
#define SERVER_FANOUT_H

#include <stdbool.h>
#include "base/err.h"
#include "base/wheel.h"
#include "net/http.h"
#include "portal/connectors.h"
#include "server/ring.h"
#include "wire/message.h"

struct fanout;

/* How messages leave: net/websock in the program, records in tests. */
struct outlet {
    void *ctx;
    /* As websock_send and websock_close. */
    enum err (*send)(void *ctx, websock socket, struct slice text);
    void (*close)(void *ctx, websock socket, uint16_t code, const char *reason);
};

/* One session as the outside sees it. Owned by the fan-out; gone after fanout_remove. */
struct seat {
    session_id session; /* the key: its bytes */
    struct fanout *fanout;
    struct id login;
    websock socket; /* 0: none now */
    uint8_t token_hash[32];
    struct ring ring;
    struct wheel_timer timer; /* the resume window */
    bool cut;                 /* the connection is ending; nothing more is sent on it */
};

struct fanout_params {
    uint32_t sessions_max;
    uint32_t resume_ms;
    struct ring_limits ring;
    uint64_t now_ms;
    struct outlet outlet;
};

MUST_USE enum err fanout_create(const struct fanout_params *params, struct fanout **out);
void fanout_destroy(struct fanout *fanout);

/* The portal is made after its ports. */
void fanout_set_portal(struct fanout *fanout, struct portal *portal);

struct port_tell fanout_port(struct fanout *fanout);

/* A seat for a new session. ERR_LIMIT, ERR_NOMEM: the caller closes the session. */
MUST_USE enum err fanout_add(struct fanout *fanout, session_id session, const struct id *login,
                             struct seat **out);
struct seat *fanout_find(const struct fanout *fanout, session_id session);
/* The seat whose present resume token this is, or NULL. */
struct seat *fanout_find_token(const struct fanout *fanout, struct slice token);

/* Makes a new token for the seat, in base64url with a NUL; the old one is void. ERR_NOMEM. */
MUST_USE enum err fanout_renew_token(struct fanout *fanout, struct seat *seat,
                                     char out[TOKEN_BYTES * 4 / 3 + 2]);

/* The seat's connection is now `socket`. */
void fanout_attach(struct seat *seat, websock socket);
/* The connection is gone: the resume window begins. */
void fanout_detach(struct seat *seat, uint64_t now_ms);
/* Ends session and seat together. */
void fanout_close(struct seat *seat, uint64_t now_ms);

/* Sends the events after `last` that the ring still has, but for calls that ring: those are told
 * anew by portal_session_resumed. */
void fanout_replay(struct seat *seat, uint64_t last);

/* What of a person and a call stands nowhere else. */
struct fanout_texts {
    struct message_ring rings[CALL_RINGS_MAX];
    char avatar[64];
    char accounts[CONNECTOR_TYPES_SIZE];
};

/* A person as others see him; the strings are borrowed from the user and from `texts`. */
void fanout_person_message(const struct portal *portal, const struct user *user,
                           enum presence presence, struct fanout_texts *texts,
                           struct message_person *out);

/* The answer's picture of a call. `person` strings are borrowed from the view and from *texts. */
void fanout_call_message(const struct portal *portal, const struct call_view *view,
                         struct fanout_texts *texts, struct message_call *out);

/* The answer's picture of these people, in the arena. ERR_NOMEM. */
MUST_USE enum err fanout_people_message(const struct portal *portal,
                                        const struct user *const *users, uint32_t count,
                                        struct arena *arena, struct message_people_are *out);

/* Closes a connection. */
void fanout_hang_up(struct fanout *fanout, websock socket, uint16_t code, const char *reason);

/* Says "shutdown" to every connection. */
void fanout_say_shutdown(struct fanout *fanout);

void fanout_tick(struct fanout *fanout, uint64_t now_ms);
uint64_t fanout_next_ms(const struct fanout *fanout);

/* "Sent" also means: the peer has gone or is being cut; it comes back and resumes. */
void fanout_send(struct fanout *fanout, websock socket, const struct message *message);

#endif
