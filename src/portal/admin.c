/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/admin.h"

#include "base/log.h"
#include "base/text.h"
#include "portal/pending.h"

#define RESETS_REPLACED_MAX 8

bool admin_may(const struct portal *portal, const struct id *user)
{
    const struct person *person = person_find(portal, user);
    return person != NULL && policy_may_administer(portal, person);
}

static void on_kept(struct pending *pending, enum err err)
{
    portal_done done = pending->done;
    void *arg = pending->arg;
    pending_destroy(pending);
    done(arg, err, NULL);
}

void admin_audit(const struct portal *portal, const struct id *by, int64_t now_s, const char *name,
                 const char *target, const char *detail, struct change *out)
{
    const struct person *person = person_find(portal, by);
    struct audit *audit = &out->audit;
    out->kind = CHANGE_AUDIT_ADD;
    audit->at_s = now_s;
    audit->by = *by;
    text_copy_clean(slice_text(person == NULL ? "" : person->user.name), audit->by_name,
                    sizeof audit->by_name);
    text_copy_clean(slice_text(name), audit->act, sizeof audit->act);
    text_copy_clean(slice_text(target), audit->target, sizeof audit->target);
    text_copy_clean(slice_text(detail), audit->detail, sizeof audit->detail);
    log_info("administration", "by=%s act=%s target=\"%s\" detail=\"%s\"", audit->by_name,
             audit->act, audit->target, audit->detail);
}

/* Room for `count` changes behind the entry of the audit. */
static MUST_USE enum err begin(struct portal *portal, const struct admin_act *act, const char *name,
                               const char *target, const char *detail, size_t count,
                               struct pending **out)
{
    enum err err = pending_create(portal, act->arg, out);
    if (err != OK) {
        return err;
    }
    (*out)->done = act->on_done;
    (*out)->now_s = act->now_s;
    err = pending_reserve(*out, count + 1);
    if (err != OK) {
        pending_destroy(*out);
        return err;
    }
    admin_audit(portal, &act->by, act->now_s, name, target, detail, &(*out)->changes[0]);
    return OK;
}

static MUST_USE enum err finish(struct pending *pending)
{
    enum err err = pending_keep(pending, on_kept);
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

/* ---- connectors ---- */

/* Keeps one switch, with its entry of the audit. */
static MUST_USE enum err put_switch(struct portal *portal, const struct admin_act *act,
                                    const char *owner, const char *name, bool on, const char *audit)
{
    struct pending *pending = NULL;
    enum err err = begin(portal, act, audit, name, "", 1, &pending);
    if (err != OK) {
        return err;
    }
    struct change *change = &pending->changes[1];
    change->kind = CHANGE_SETTING_PUT;
    memcpy(change->setting.owner, owner, strlen(owner));
    memcpy(change->setting.name, name, strlen(name));
    err = secret_set(&change->setting.value, on ? SLICE("on") : SLICE("off"));
    ASSERT(err == OK);
    return finish(pending);
}

MUST_USE enum err admin_connector_switch(struct portal *portal, const struct admin_act *act,
                                         struct slice connector, bool active)
{
    portal->now_ms = act->now_ms;
    struct connector_view view;
    if (!admin_may(portal, &act->by) || !portal_connector_find(portal, connector, &view)) {
        return ERR_NOT_FOUND;
    }
    return put_switch(portal, act, SETTING_OWNER_ACTIVE, view.connector->name, active,
                      active ? "connector-on" : "connector-off");
}

MUST_USE enum err admin_phones_switch(struct portal *portal, const struct admin_act *act,
                                      bool calls)
{
    portal->now_ms = act->now_ms;
    if (!admin_may(portal, &act->by)) {
        return ERR_NOT_FOUND;
    }
    return put_switch(portal, act, SETTING_OWNER_CALLS, SETTING_CALLS_PHONES, calls,
                      calls ? "phones-on" : "phones-off");
}

static void fill_settings(struct change *changes, const char *connector,
                          const struct setting *settings, uint32_t count)
{
    changes[0].kind = CHANGE_SETTING_CLEAR;
    memcpy(changes[0].setting.owner, connector, strlen(connector));
    for (uint32_t i = 0; i < count; i++) {
        changes[i + 1].kind = CHANGE_SETTING_PUT;
        changes[i + 1].setting = settings[i];
        memset(changes[i + 1].setting.owner, 0, sizeof changes[i + 1].setting.owner);
        memcpy(changes[i + 1].setting.owner, connector, strlen(connector));
    }
}

MUST_USE enum err admin_settings_put(struct portal *portal, const struct admin_act *act,
                                     struct slice connector, const struct setting *settings,
                                     uint32_t count)
{
    portal->now_ms = act->now_ms;
    struct connector_view view;
    if (!admin_may(portal, &act->by) || !portal_connector_find(portal, connector, &view)) {
        return ERR_NOT_FOUND;
    }
    if (count > ADMIN_SETTINGS_MAX) {
        return ERR_LIMIT;
    }
    const char *name = view.connector->name;
    struct pending *pending = NULL;
    enum err err = begin(portal, act, "connector-settings", name, "", (size_t)count + 1, &pending);
    if (err != OK) {
        return err;
    }
    fill_settings(pending->changes + 1, name, settings, count);
    return finish(pending);
}

MUST_USE enum err admin_settings_seed(struct portal *portal, const char *connector,
                                      const struct setting *settings, uint32_t count,
                                      portal_done on_done, void *arg)
{
    struct pending *pending = NULL;
    if (count > ADMIN_SETTINGS_MAX) {
        return ERR_LIMIT;
    }
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->done = on_done;
    err = pending_reserve(pending, (size_t)count + 1);
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    fill_settings(pending->changes, connector, settings, count);
    return finish(pending);
}

/* ---- people ---- */

/* Whether somebody else who can sign in is an administrator. */
static bool is_last_administrator(const struct portal *portal, const struct person *person)
{
    if (!policy_may_administer(portal, person)) {
        return false;
    }
    for (uint32_t i = 0; i < portal->sorted_count; i++) {
        if (portal->sorted[i] != person && policy_may_administer(portal, portal->sorted[i])) {
            return false;
        }
    }
    return true;
}

/* ERR_NOT_FOUND also for who may not administer, and of who was erased. */
static MUST_USE enum err find_target(const struct portal *portal, const struct admin_act *act,
                                     struct slice name, struct person **out)
{
    *out = admin_may(portal, &act->by) ? person_find_name(portal, name) : NULL;
    return *out == NULL || model_is_erased(&(*out)->user) ? ERR_NOT_FOUND : OK;
}

/* What disables or enables the person, not handed over yet. */
static MUST_USE enum err prepare_disable(struct portal *portal, const struct admin_act *act,
                                         const struct person *person, bool disabled,
                                         struct pending **out)
{
    size_t signins = disabled ? person->signin_count : 0;
    enum err err = begin(portal, act, disabled ? "user-disabled" : "user-enabled",
                         person->user.name, "", signins + 1, out);
    if (err != OK) {
        return err;
    }
    struct change *change = &(*out)->changes[1];
    change->kind = CHANGE_USER_DISABLED;
    change->user.id = person->user.id;
    change->user.disabled = disabled;
    for (const struct signin *at = person->signins; disabled && at != NULL; at = at->next) {
        change++;
        change->kind = CHANGE_LOGIN_REMOVE;
        change->login = at->login;
    }
    return OK;
}

MUST_USE enum err admin_user_disable(struct portal *portal, const struct admin_act *act,
                                     struct slice name, bool disabled)
{
    portal->now_ms = act->now_ms;
    struct person *person = NULL;
    struct pending *pending = NULL;
    enum err err = find_target(portal, act, name, &person);
    if (err == OK && disabled && is_last_administrator(portal, person)) {
        err = ERR_STATE;
    }
    err = err == OK ? prepare_disable(portal, act, person, disabled, &pending) : err;
    return err == OK ? finish(pending) : err;
}

/* The last administrator by now, says the store. */
static void on_erased(void *arg, enum err err)
{
    on_kept(arg, err == ERR_FORBIDDEN ? ERR_STATE : err);
}

static void on_disabled_to_erase(struct pending *pending, enum err err)
{
    struct portal *portal = pending->portal;
    const struct person *person = person_find(portal, &pending->user);
    struct change change = {0};
    char name[USER_NAME_MAX + 1];
    if (err == OK && (person == NULL || model_is_erased(&person->user))) {
        err = ERR_NOT_FOUND;
    }
    if (err == OK) { /* the entry does not say the name that is to be forgotten */
        model_erased_name(&pending->user, name);
        admin_audit(portal, &pending->by, pending->now_s, "user-erased", name, "", &change);
        err = portal->ports.keep.erase(portal->ports.keep.ctx, person->user.name, &change.audit,
                                       on_erased, pending);
    }
    if (err != OK) {
        on_kept(pending, err);
    }
}

MUST_USE enum err admin_user_erase(struct portal *portal, const struct admin_act *act,
                                   struct slice name)
{
    portal->now_ms = act->now_ms;
    struct person *person = NULL;
    struct pending *pending = NULL;
    enum err err = find_target(portal, act, name, &person);
    if (err == OK && is_last_administrator(portal, person)) {
        err = ERR_STATE;
    } else if (err == OK && id_equal(&person->user.id, &act->by)) {
        err = ERR_FORBIDDEN;
    }
    err = err == OK ? prepare_disable(portal, act, person, true, &pending) : err;
    if (err != OK) {
        return err;
    }
    pending->user = person->user.id;
    pending->by = act->by;
    err = pending_keep(pending, on_disabled_to_erase);
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

MUST_USE enum err admin_user_group(struct portal *portal, const struct admin_act *act,
                                   struct slice name, struct slice group, bool member)
{
    portal->now_ms = act->now_ms;
    struct person *person = NULL;
    struct pending *pending = NULL;
    enum err err = find_target(portal, act, name, &person);
    if (err == OK) {
        err = model_check_group(group, NULL);
    }
    if (err == OK && member && person->group_count >= GROUPS_PER_USER_MAX) {
        err = ERR_LIMIT;
    }
    if (err == OK && member && map_find(portal->groups, group) == NULL &&
        map_count(portal->groups) >= portal->limits.groups_max) {
        err = ERR_LIMIT;
    }
    bool administrators = slice_equal(group, SLICE(GROUP_ADMINISTRATORS));
    if (err == OK && !member && administrators && is_last_administrator(portal, person)) {
        err = ERR_STATE;
    }
    if (err != OK) {
        return err;
    }
    char text[GROUP_NAME_MAX + 1] = "";
    memcpy(text, group.data, group.size);
    err = begin(portal, act, member ? "group-joined" : "group-left", person->user.name, text, 2,
                &pending);
    if (err != OK) {
        return err;
    }
    struct change *change = &pending->changes[1];
    change->kind = CHANGE_GROUP_PUT;
    memcpy(change->membership.group, text, sizeof text);
    change++;
    change->kind = member ? CHANGE_MEMBERSHIP_PUT : CHANGE_MEMBERSHIP_REMOVE;
    change->membership.user = person->user.id;
    memcpy(change->membership.group, text, sizeof text);
    return finish(pending);
}

MUST_USE enum err admin_user_reset(struct portal *portal, const struct admin_act *act,
                                   struct slice name, portal_invite_done on_done)
{
    portal->now_ms = act->now_ms;
    struct person *person = NULL;
    enum err err = find_target(portal, act, name, &person);
    if (err == OK && person->user.disabled) {
        err = ERR_STATE;
    }
    if (err != OK) {
        return err;
    }
    const struct open_link *old[RESETS_REPLACED_MAX];
    size_t count = 0;
    const struct open_link *link;
    size_t cursor = 0;
    while (count < RESETS_REPLACED_MAX && (link = map_next(portal->invitations, &cursor)) != NULL) {
        if (link->invitation.kind == INVITATION_PASSWORD && !link->taken &&
            id_equal(&link->invitation.user, &person->user.id)) {
            old[count++] = link;
        }
    }
    if (map_count(portal->invitations) - count >= portal->limits.invitations_max) {
        return ERR_LIMIT;
    }
    struct pending *pending = NULL;
    err = begin(portal, act, "password-link", person->user.name, "", count + 1, &pending);
    if (err != OK) {
        return err;
    }
    for (size_t i = 0; i < count; i++) {
        pending->changes[i + 1].kind = CHANGE_INVITATION_REMOVE;
        pending->changes[i + 1].invitation = old[i]->invitation;
    }
    pending->invite_done = on_done;
    pending->user = person->user.id;
    err = invitation_keep(pending, count + 1, &act->by, INVITATION_PASSWORD);
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

uint32_t admin_people(const struct portal *portal, struct slice query, uint32_t offset,
                      uint32_t count_max, const struct user **out, uint32_t *total)
{
    return person_search(portal, query, true, offset, count_max, out, total);
}

uint32_t admin_groups(const struct portal *portal, const char **out, uint32_t count_max)
{
    const struct group *group;
    size_t cursor = 0;
    uint32_t count = 0;
    while (count < count_max && (group = map_next(portal->groups, &cursor)) != NULL) {
        out[count++] = group->name;
    }
    return count;
}

/* ---- invitations ---- */

uint32_t admin_invitations(const struct portal *portal, int64_t now_s,
                           const struct invitation **out, uint32_t count_max)
{
    const struct open_link *link;
    size_t cursor = 0;
    uint32_t count = 0;
    while (count < count_max && (link = map_next(portal->invitations, &cursor)) != NULL) {
        if (link->invitation.expires_s > now_s) {
            out[count++] = &link->invitation;
        }
    }
    return count;
}

MUST_USE enum err admin_invitation_withdraw(struct portal *portal, const struct admin_act *act,
                                            const struct id *invitation)
{
    portal->now_ms = act->now_ms;
    if (!admin_may(portal, &act->by)) {
        return ERR_NOT_FOUND;
    }
    const struct open_link *link;
    size_t cursor = 0;
    while ((link = map_next(portal->invitations, &cursor)) != NULL &&
           !id_equal(&link->invitation.id, invitation)) {
    }
    if (link == NULL) {
        return ERR_NOT_FOUND;
    }
    if (link->taken) {
        return ERR_BUSY;
    }
    struct pending *pending = NULL;
    char text[ID_TEXT_SIZE];
    id_format(invitation, text);
    enum err err = begin(portal, act, "invitation-withdrawn", text, "", 1, &pending);
    if (err != OK) {
        return err;
    }
    pending->changes[1].kind = CHANGE_INVITATION_REMOVE;
    pending->changes[1].invitation = link->invitation;
    return finish(pending);
}

/* ---- calls ---- */

MUST_USE enum err admin_call_end(struct portal *portal, const struct admin_act *act,
                                 const struct id *call)
{
    portal->now_ms = act->now_ms;
    struct admin_call found;
    if (!admin_may(portal, &act->by) || !calls_find(portal, call, act->now_ms, &found)) {
        return ERR_NOT_FOUND;
    }
    struct pending *pending = NULL;
    enum err err =
        begin(portal, act, "call-ended", found.caller->name, found.callee->name, 0, &pending);
    if (err != OK) {
        return err;
    }
    err = finish(pending);
    if (err == OK) {
        calls_stop(portal, call, act->now_ms);
    }
    return err;
}
