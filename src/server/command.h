/* SPDX-License-Identifier: Apache-2.0 */
/* One decoded command of a session becomes one call into the portal. */
#ifndef SERVER_COMMAND_H
#define SERVER_COMMAND_H

#include "portal/portal.h"
#include "server/fanout.h"
#include "wire/message.h"

/* Applies `command` for `session`. Sets reply->type to MESSAGE_OK, or to MESSAGE_CALL_IS with *view
 * filled (borrowed until the next call into the portal). */
MUST_USE enum err command_apply(struct portal *portal, session_id session,
                                const struct message *command, uint64_t now_ms,
                                struct message *reply, struct call_view *view);

/* Whether a guest may: what a call with his host needs. Everything else is refused, also what is
 * added to the protocol later. */
bool command_guest_may(enum message_type command);

struct command_error {
    enum message_error_id id;
    const char *text;
};

/* How the refusal of a command is told. */
struct command_error command_error(enum message_type command, enum err err);

/* Answers the command with `err`; an internal fault gets a reference and one log line. */
void command_refuse(struct fanout *fanout, websock socket, const struct message *command,
                    enum err err);

struct id command_id(const uint8_t bytes[MESSAGE_ID_BYTES]);

#endif
