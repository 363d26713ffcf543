/* SPDX-License-Identifier: Apache-2.0 */
/* The connectors of this portal: which there are, which are active, what they are set to, and who
 * can be called by which. What administrators do to them is in portal/admin.h. */
#ifndef PORTAL_CONNECTORS_H
#define PORTAL_CONNECTORS_H

#include "portal/connector.h"
#include "portal/portal.h"

#define CONNECTORS_MAX 16
#define CONNECTOR_TYPES_SIZE ((IM_TYPE_MAX + 1) * IM_ACCOUNTS_MAX + 1)

struct connector_view {
    const struct connector *connector; /* borrowed for ever */
    bool active;
    enum connector_needs needs;
    const char *values[CONNECTOR_FIELDS_MAX]; /* borrowed until the next change */
};

/* Registers a connector, at start, before anything is restored; `active` unless the store says
 * otherwise. `connector` is borrowed. ERR_INVALID with the fault in *why; ERR_EXISTS; ERR_LIMIT. */
MUST_USE enum err portal_connector_add(struct portal *portal, const struct connector *connector,
                                       bool active, const char **why);

/* The connector at `index`, in the order of registration; false: there are no more. */
bool portal_connector_at(const struct portal *portal, uint32_t index, struct connector_view *out);
bool portal_connector_find(const struct portal *portal, struct slice name,
                           struct connector_view *out);

/* A value that is kept for `owner`, or NULL. Borrowed until the next change. */
const struct secret *portal_setting(const struct portal *portal, const char *owner,
                                    const char *name);

/* Whether phones are offered calls (admin_phones_switch). */
bool portal_phones_call(const struct portal *portal);
/* Whether the browser of this sign-in may call and answer: it is no phone, or phones may. What is
 * a phone says its User-Agent: this is about what is offered, and keeps nobody out. */
bool portal_login_calls(const struct portal *portal, const struct id *login);
/* The same for a connected tab. */
bool portal_session_calls(const struct portal *portal, session_id session);

/* A number that differs after any setting has changed. */
uint64_t portal_settings_version(const struct portal *portal);

/* ---- IM accounts ---- */

/* The types of the usable accounts of `user`, parted by blanks: what others may see. Accounts of
 * connectors that are switched off, and those that their connector refuses, are left out. */
void portal_account_types(const struct portal *portal, const struct id *user,
                          char out[CONNECTOR_TYPES_SIZE]);
/* The usable accounts themselves, for profiles; how many. */
uint32_t portal_accounts(const struct portal *portal, const struct id *user,
                         const struct im_account *out[IM_ACCOUNTS_MAX]);

struct portal_account {
    struct slice type, value;
};
/* Replaces the user's accounts of all types that are offered now; those of connectors that are
 * switched off stay. ERR_INVALID: *bad is the first wrong one and *why says what is wrong. */
MUST_USE enum err portal_set_accounts(struct portal *portal, const struct id *user,
                                      const struct portal_account *accounts, uint32_t count,
                                      uint32_t *bad, const char **why, uint64_t now_ms,
                                      portal_done on_done, void *arg);

/* ---- calling ---- */

/* The link of a call that a program of the caller's opens (CONNECTOR_PROGRAM). ERR_NOT_FOUND:
 * switched off, not possible for the two, or no such person: the same from outside. */
MUST_USE enum err portal_connector_link(struct portal *portal, const struct id *user,
                                        struct slice connector, struct slice callee,
                                        char out[CONNECTOR_URL_MAX + 1]);

/* Remembers by what `session` calls `target` ("": everybody without a choice of their own). The
 * user's other tabs are told. It is written when there is time. ERR_NOT_FOUND. */
MUST_USE enum err portal_choose(struct portal *portal, session_id session, struct slice target,
                                struct slice connector, int64_t now_s);
/* The user's choices, the newest first; how many. */
uint32_t portal_choices(const struct portal *portal, const struct id *user,
                        const struct choice *out[CHOICES_MAX]);

#endif
