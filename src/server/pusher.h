/* SPDX-License-Identifier: Apache-2.0 */
/* Sends pushes (RFC 8030) for the portal: encrypted for the browser alone (RFC 8291), signed with
 * the server's name (RFC 8292). Implements port_push. On the loop's thread. */
#ifndef SERVER_PUSHER_H
#define SERVER_PUSHER_H

#include "crypto/p256.h"
#include "net/loop.h"
#include "portal/portal.h"

#define PUSHER_OWNER "push" /* of the setting that keeps the key */
#define PUSHER_POINT_TEXT_SIZE 88

struct pusher;

struct pusher_params {
    struct loop *loop;
    const char *contact; /* mailto: or https:, for the push service's administrators. Borrowed. */
    bool local;          /* for tests: services on this machine, in plain http */
};

MUST_USE enum err pusher_create(const struct pusher_params *params, struct pusher **out);
/* Sends no more; what is on its way ends. Before loop_drain. NULL is accepted. */
void pusher_stop(struct pusher *pusher);
/* After the portal. NULL is accepted. */
void pusher_destroy(struct pusher *pusher);
void pusher_set_portal(struct pusher *pusher, struct portal *portal);

/* Takes the kept key; false: this setting is not the pusher's. */
bool pusher_restore(struct pusher *pusher, const struct change *change);
/* At the first start: makes a key and gives the change that keeps it. OK without a change (*made
 * false): there is a key. ERR_NOMEM. */
MUST_USE enum err pusher_make_key(struct pusher *pusher, struct change *out, bool *made);
/* The public key for pushManager.subscribe, base64url. */
void pusher_key_text(const struct pusher *pusher, char out[PUSHER_POINT_TEXT_SIZE]);

struct port_push pusher_port(struct pusher *pusher);

#endif
