/* SPDX-License-Identifier: Apache-2.0 */
/* Commands that are answered later, after the store has committed what they ask for. The answer
 * goes to the connection that asked; if that is gone, the page asks again with the same id on its
 * next one, and nothing is done twice. */
#ifndef SERVER_LATER_H
#define SERVER_LATER_H

#include "server/fanout.h"

struct later {
    struct portal *portal;
    struct fanout *fanout;
    websock socket;
    session_id session;
};

bool later_takes(const struct message *command);

/* Starts the command (later_takes). When this fails there is no other answer. */
MUST_USE enum err later_start(const struct later *later, const struct message *command,
                              uint64_t now_ms);

#endif
