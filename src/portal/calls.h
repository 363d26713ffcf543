/* SPDX-License-Identifier: Apache-2.0 */
/* What the rest of portal/ asks of the calls; the commands of people are in portal/portal.h. */
#ifndef PORTAL_CALLS_H
#define PORTAL_CALLS_H

#include "portal/connector.h"
#include "portal/portal.h"

struct calls;
struct person;
struct session;

/* Created last and destroyed first; `portal` (its ports, limits and people) is borrowed. */
MUST_USE enum err calls_create(struct portal *portal, struct calls **out);
void calls_destroy(struct calls *calls);
/* For what begins from now on. */
void calls_set_times(struct calls *calls, const struct portal_limits *limits);

/* Takes up a call that was live when the server ended; one that is known, or over, is left alone.
 */
MUST_USE enum err calls_restore(struct portal *portal, const struct call_record *record);

/* Timers. UINT64_MAX: nothing to do. */
void calls_tick(struct portal *portal, uint64_t now_ms);
uint64_t calls_next_ms(const struct portal *portal);

/* The connection of the session is gone or back. */
void calls_session_away(struct portal *portal, session_id session, bool away, uint64_t now_ms);

/* The session of the person at the device has ended: it is found no more. */
void calls_session_closed(struct portal *portal, session_id session, const struct person *person,
                          const struct id *login, uint64_t now_ms);

/* Tells the session the calls of its user; `ringing`: only those that ring. */
void calls_snapshot(struct portal *portal, session_id session, bool ringing, uint64_t now_ms);

/* Whether the session holds the media of a call. */
bool calls_session_talks(const struct portal *portal, const struct session *session);

/* Adds the calls to `counts`, by their state. */
void calls_count(const struct portal *portal, uint32_t counts[CALL_STATE_COUNT]);

/* The connector is switched off: what rings by it ends, conversations go on. */
void calls_connector_disabled(struct portal *portal, const struct connector *connector,
                              uint64_t now_ms);

/* For administration: a call that runs (false: none), and its end for both. */
struct admin_call;
bool calls_find(const struct portal *portal, const struct id *call, uint64_t now_ms,
                struct admin_call *out);
void calls_stop(struct portal *portal, const struct id *call, uint64_t now_ms);

/* In a call that has been answered or that the user has started. */
bool calls_user_in_call(const struct portal *portal, const struct id *user);

/* The user is disabled or deleted; its sessions have ended. Ends the calls it is part of. The
 * person is still found, but only until this returns. */
void calls_user_gone(struct portal *portal, const struct id *user, uint64_t now_ms);

#endif
