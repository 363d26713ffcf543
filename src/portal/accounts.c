/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of people, in memory: applies changes, to users, sign-ins, groups and links. */
#include "portal/internal.h"
#include "portal/rooms.h"

#include "base/log.h"

struct signin *account_find_signin(const struct portal *portal, const struct id *login)
{
    return map_find(portal->signins_by_id, id_slice(login));
}

static struct slice token_key(const struct signin *signin)
{
    return slice_from(signin->login.token_hash, sizeof signin->login.token_hash);
}

void account_remove_signin(struct portal *portal, struct signin *signin)
{
    struct person *person = signin->person;
    struct signin **link = &person->signins;
    while (*link != signin) {
        link = &(*link)->next;
    }
    *link = signin->next;
    person->signin_count--;
    (void)map_remove(portal->signins, token_key(signin));
    (void)map_remove(portal->signins_by_id, id_slice(&signin->login.id));
    push_free(signin);
    mem_free(signin);
}

static MUST_USE enum err add_signin(struct portal *portal, const struct login *login)
{
    struct person *person = person_find(portal, &login->user);
    if (person == NULL) {
        return ERR_NOT_FOUND;
    }
    struct signin *signin = mem_alloc(sizeof *signin);
    if (signin == NULL) {
        return ERR_NOMEM;
    }
    signin->person = person;
    signin->login = *login;
    signin->epoch = portal->epoch;
    enum err err = map_add(portal->signins, token_key(signin), signin);
    if (err == OK) {
        err = map_add(portal->signins_by_id, id_slice(&signin->login.id), signin);
        if (err != OK) {
            (void)map_remove(portal->signins, token_key(signin));
        }
    }
    if (err != OK) {
        mem_free(signin);
        return err;
    }
    struct signin **link = &person->signins;
    while (*link != NULL && (*link)->login.created_s > login->created_s) {
        link = &(*link)->next;
    }
    signin->next = *link;
    *link = signin;
    person->signin_count++;
    return OK;
}

static MUST_USE enum err put_signin(struct portal *portal, const struct login *login)
{
    struct signin *signin = account_find_signin(portal, &login->id);
    if (signin == NULL) {
        return add_signin(portal, login);
    }
    /* Whose it is and its token never change; seen_s may be newer here than what was kept. */
    if (login->seen_s > signin->login.seen_s) {
        signin->login.seen_s = login->seen_s;
    }
    signin->epoch = portal->epoch;
    return OK;
}

static void remove_signin(struct portal *portal, const struct id *login)
{
    struct signin *signin = account_find_signin(portal, login);
    if (signin != NULL) {
        struct person *person = signin->person;
        account_remove_signin(portal, signin);
        session_end_login(portal, person, login, SESSION_END_LOGGED_OUT, portal->now_ms);
    }
}

void account_end_signin(struct portal *portal, struct signin *signin, enum session_end why,
                        uint64_t now_ms)
{
    struct change change = {.kind = CHANGE_LOGIN_REMOVE, .login = signin->login};
    struct person *person = signin->person;
    account_remove_signin(portal, signin);
    session_end_login(portal, person, &change.login.id, why, now_ms);
    account_keep_quietly(portal, &change);
}

static void on_kept_quietly(void *arg, enum err err)
{
    (void)arg;
    if (err != OK) {
        log_error("change is not kept", "error=%s", err_name(err));
    }
}

void account_keep_quietly(struct portal *portal, const struct change *change)
{
    enum err err =
        portal->ports.keep.write(portal->ports.keep.ctx, change, 1, on_kept_quietly, NULL);
    if (err != OK) {
        log_error("change is not kept", "error=%s", err_name(err));
    }
}

static MUST_USE enum err put_group(struct portal *portal, const char *name, struct group **out)
{
    struct group *group = map_find(portal->groups, slice_text(name));
    if (group == NULL) {
        group = mem_alloc(sizeof *group);
        if (group == NULL) {
            return ERR_NOMEM;
        }
        memcpy(group->name, name, sizeof group->name);
        enum err err = map_add(portal->groups, slice_text(group->name), group);
        if (err != OK) {
            mem_free(group);
            return err;
        }
    }
    group->epoch = portal->epoch;
    *out = group;
    return OK;
}

static MUST_USE enum err put_membership(struct portal *portal, const struct membership *membership)
{
    struct person *person = person_find(portal, &membership->user);
    if (person == NULL) {
        return ERR_NOT_FOUND;
    }
    struct group *group = NULL;
    enum err err = put_group(portal, membership->group, &group);
    if (err != OK) {
        return err;
    }
    struct group_link *link = person->groups;
    while (link != NULL && link->group != group) {
        link = link->next;
    }
    if (link == NULL) {
        if (person->group_count >= GROUPS_PER_USER_MAX) {
            return ERR_LIMIT;
        }
        link = mem_alloc(sizeof *link);
        if (link == NULL) {
            return ERR_NOMEM;
        }
        link->group = group;
        link->next = person->groups;
        person->groups = link;
        person->group_count++;
    }
    link->epoch = portal->epoch;
    return OK;
}

static void remove_membership(struct portal *portal, const struct membership *membership)
{
    struct person *person = person_find(portal, &membership->user);
    struct group_link **link = person == NULL ? NULL : &person->groups;
    while (link != NULL && *link != NULL) {
        struct group_link *gone = *link;
        if (strcmp(gone->group->name, membership->group) == 0) {
            *link = gone->next;
            person->group_count--;
            mem_free(gone);
            return;
        }
        link = &gone->next;
    }
}

static struct slice link_key(const struct open_link *link)
{
    return slice_from(link->invitation.token_hash, sizeof link->invitation.token_hash);
}

void account_remove_link(struct portal *portal, struct open_link *link)
{
    (void)map_remove(portal->invitations, link_key(link));
    mem_free(link);
}

static struct open_link *find_link(const struct portal *portal, const struct id *id)
{
    struct open_link *link;
    size_t cursor = 0;
    while ((link = map_next(portal->invitations, &cursor)) != NULL) {
        if (id_equal(&link->invitation.id, id)) {
            return link;
        }
    }
    return NULL;
}

static void remove_link(struct portal *portal, const struct id *id)
{
    struct open_link *link = find_link(portal, id);
    if (link != NULL) {
        account_remove_link(portal, link);
    }
}

static MUST_USE enum err put_link(struct portal *portal, const struct invitation *invitation)
{
    struct open_link *link = map_find(
        portal->invitations, slice_from(invitation->token_hash, sizeof invitation->token_hash));
    if (link == NULL) {
        link = mem_alloc(sizeof *link);
        if (link == NULL) {
            return ERR_NOMEM;
        }
        link->invitation = *invitation;
        enum err err = map_add(portal->invitations, link_key(link), link);
        if (err != OK) {
            mem_free(link);
            return err;
        }
    }
    link->epoch = portal->epoch;
    return OK;
}

/* Who is disabled is out at once. (A synchronisation does the same at its end.) */
static MUST_USE enum err put_user(struct portal *portal, const struct user *user)
{
    enum err err = person_put(portal, user);
    struct person *person = err == OK && user->disabled ? person_find(portal, &user->id) : NULL;
    if (person != NULL && !portal->syncing && person->sessions != NULL) {
        session_end_all(portal, person, SESSION_END_DISABLED, portal->now_ms);
        calls_user_gone(portal, &user->id, portal->now_ms);
    }
    return err;
}

/* Takes over what the kind of the change names. ERR_NOT_FOUND: no such user any more. */
static MUST_USE enum err change_user(struct portal *portal, const struct change *change)
{
    bool password = change->kind == CHANGE_USER_PASSWORD;
    const struct person *person =
        person_find(portal, password ? &change->password.user : &change->user.id);
    if (person == NULL) {
        return ERR_NOT_FOUND;
    }
    struct user user = person->user;
    const struct user *from = &change->user;
    switch (change->kind) {
    case CHANGE_USER_PROFILE:
        memcpy(user.full_name, from->full_name, sizeof user.full_name);
        memcpy(user.email, from->email, sizeof user.email);
        memcpy(user.position, from->position, sizeof user.position);
        memcpy(user.language, from->language, sizeof user.language);
        break;
    case CHANGE_USER_PASSWORD:
        memcpy(user.password_hash, change->password.hash, sizeof user.password_hash);
        break;
    case CHANGE_USER_AVATAR:
        memcpy(user.avatar_hash, from->avatar_hash, sizeof user.avatar_hash);
        break;
    case CHANGE_USER_MEDIA:
        user.microphone_on = from->microphone_on;
        user.camera_on = from->camera_on;
        break;
    case CHANGE_USER_STATUS:
        user.status = from->status;
        break;
    case CHANGE_USER_CALLS:
        user.no_call_waiting = from->no_call_waiting;
        user.relay_only = from->relay_only;
        break;
    default:
        user.disabled = from->disabled;
        break;
    }
    return put_user(portal, &user);
}

MUST_USE enum err account_apply(struct portal *portal, const struct change *change)
{
    struct group *group = NULL;
    switch (change->kind) {
    case CHANGE_USER_PUT:
        return put_user(portal, &change->user);
    case CHANGE_USER_PROFILE:
    case CHANGE_USER_PASSWORD:
    case CHANGE_USER_AVATAR:
    case CHANGE_USER_MEDIA:
    case CHANGE_USER_STATUS:
    case CHANGE_USER_CALLS:
    case CHANGE_USER_DISABLED:
        return change_user(portal, change);
    case CHANGE_MEMBERSHIP_PUT:
        return put_membership(portal, &change->membership);
    case CHANGE_MEMBERSHIP_REMOVE:
        remove_membership(portal, &change->membership);
        return OK;
    case CHANGE_LOGIN_PUT:
        return put_signin(portal, &change->login);
    case CHANGE_LOGIN_REMOVE:
        remove_signin(portal, &change->login.id);
        return OK;
    case CHANGE_INVITATION_PUT:
        return put_link(portal, &change->invitation);
    case CHANGE_INVITATION_REMOVE:
        remove_link(portal, &change->invitation.id);
        return OK;
    case CHANGE_GUEST_LINK_PUT:
    case CHANGE_GUEST_LINK_REMOVE:
    case CHANGE_GUEST_REMOVE:
        return guests_apply(portal, change);
    case CHANGE_AVATAR_PUT:
    case CHANGE_AVATAR_REMOVE:
        return OK; /* pictures stay in the store */
    case CHANGE_GROUP_PUT:
        return put_group(portal, change->membership.group, &group);
    case CHANGE_USER_CALLS_SEEN:
    case CHANGE_CALLS_FORGET:
    case CHANGE_TIMELINES_FORGET:
    case CHANGE_CALL_STEP_ADD:
    case CHANGE_CALL_MEDIA_PUT:
        return OK; /* the history stays in the store */
    case CHANGE_CALL_PUT:
        return calls_restore(portal, &change->call);
    case CHANGE_ATTEMPTS_PUT:
        return throttle_restore(change->attempts.scope == ATTEMPTS_ACCOUNT ? portal->by_account
                                                                           : portal->by_prefix,
                                &change->attempts);
    case CHANGE_PUSH_PUT:
    case CHANGE_PUSH_REMOVE:
        return push_apply(portal, change);
    case CHANGE_SETTING_PUT:
    case CHANGE_SETTING_CLEAR:
    case CHANGE_IM_PUT:
    case CHANGE_IM_CLEAR:
    case CHANGE_CHOICE_PUT:
    case CHANGE_CHOICE_REMOVE:
        return connector_apply(portal, change);
    case CHANGE_BLOCK_PUT:
    case CHANGE_BLOCK_REMOVE:
    case CHANGE_NOTIFY_PUT:
    case CHANGE_NOTIFY_REMOVE:
        return tie_apply(portal, change);
    case CHANGE_AUDIT_ADD:
        return OK; /* the audit stays in the store */
    default:
        return rooms_apply(portal, change);
    }
}
