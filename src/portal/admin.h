/* SPDX-License-Identifier: Apache-2.0 */
/* What administrators do. `by` must be in the group platform/administrators at each call, otherwise
 * ERR_NOT_FOUND, as if there were nothing. Each act is kept together with its entry of the audit,
 * in one transaction; `on_done` comes after the commit. */
#ifndef PORTAL_ADMIN_H
#define PORTAL_ADMIN_H

#include "portal/connectors.h"

struct admin_act {
    struct id by;
    int64_t now_s;
    uint64_t now_ms;
    portal_done on_done;
    void *arg;
};

/* Whether the user is an enabled member of the group. */
bool admin_may(const struct portal *portal, const struct id *user);

/* Switches a connector. Switched off, it is refused at once, what rings by it ends
 * CONNECTOR_DISABLED; conversations go on. */
MUST_USE enum err admin_connector_switch(struct portal *portal, const struct admin_act *act,
                                         struct slice connector, bool active);

/* Whether phones are offered calls: off, pages on phones are told of no connector, and calls from
 * and answers by them are ERR_UNSUPPORTED. */
MUST_USE enum err admin_phones_switch(struct portal *portal, const struct admin_act *act,
                                      bool calls);

/* Replaces all that is kept for a connector by `settings` (whose owner is filled in). The values
 * have been checked by the caller. ERR_LIMIT: more than ADMIN_SETTINGS_MAX. */
#define ADMIN_SETTINGS_MAX 256
MUST_USE enum err admin_settings_put(struct portal *portal, const struct admin_act *act,
                                     struct slice connector, const struct setting *settings,
                                     uint32_t count);
/* As above by the program itself, at start and without the audit: what the configuration gives the
 * first time. */
MUST_USE enum err admin_settings_seed(struct portal *portal, const char *connector,
                                      const struct setting *settings, uint32_t count,
                                      portal_done on_done, void *arg);

/* ERR_STATE: the last administrator who can sign in would be gone. */
MUST_USE enum err admin_user_disable(struct portal *portal, const struct admin_act *act,
                                     struct slice name, bool disabled);
/* Takes a person out for good. First disabled, so that nothing of hers is on its way then. As
 * above; ERR_FORBIDDEN: oneself. */
MUST_USE enum err admin_user_erase(struct portal *portal, const struct admin_act *act,
                                   struct slice name);
MUST_USE enum err admin_user_group(struct portal *portal, const struct admin_act *act,
                                   struct slice name, struct slice group, bool member);
/* A link that sets a new password of an enabled user; older ones of his stop working. act->on_done
 * is not used. */
MUST_USE enum err admin_user_reset(struct portal *portal, const struct admin_act *act,
                                   struct slice name, portal_invite_done on_done);

/* All people but those who were erased, disabled ones too, by full name; see portal_search. */
uint32_t admin_people(const struct portal *portal, struct slice query, uint32_t offset,
                      uint32_t count_max, const struct user **out, uint32_t *total);
/* The names of the groups, borrowed, in no order; how many. */
uint32_t admin_groups(const struct portal *portal, const char **out, uint32_t count_max);

/* Links that wait for being used, in no order; how many. */
uint32_t admin_invitations(const struct portal *portal, int64_t now_s,
                           const struct invitation **out, uint32_t count_max);
MUST_USE enum err admin_invitation_withdraw(struct portal *portal, const struct admin_act *act,
                                            const struct id *invitation);

struct admin_call {
    struct id call;
    const char *connector;
    enum call_state state;
    const struct user *caller;
    const struct user *callee;
    uint32_t age_ms; /* since it began to ring */
};
/* The calls that run, in no order; how many. */
uint32_t admin_calls(const struct portal *portal, uint64_t now_ms, struct admin_call *out,
                     uint32_t count_max);
/* Ends a call for both: STOPPED. */
MUST_USE enum err admin_call_end(struct portal *portal, const struct admin_act *act,
                                 const struct id *call);

#endif
