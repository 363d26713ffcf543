/* SPDX-License-Identifier: Apache-2.0 */
/* The ICE servers that browsers are given with a call, from the settings of the WebRTC connector.
 */
#ifndef SERVER_ICELIST_H
#define SERVER_ICELIST_H

#include "connectors/webrtc/webrtc.h"
#include "wire/message.h"

struct icelist;

MUST_USE enum err icelist_create(const struct portal *portal, struct icelist **out);
void icelist_destroy(struct icelist *list); /* wipes the passwords; NULL is accepted */

/* Fills in servers, policy and pool as they are set now. What it points at stays until the next
 * call. */
void icelist_fill(struct icelist *list, struct message_call_is *out);

/* The settings as they are now, borrowed until they change. */
const struct webrtc_settings *icelist_settings(struct icelist *list);

#endif
