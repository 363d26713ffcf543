/* SPDX-License-Identifier: Apache-2.0 */
/* Links that work once: for new people, and for a new password. */
#include "portal/pending.h"

static void remove_expired(struct portal *portal, int64_t now_s)
{
    struct open_link *gone = NULL;
    struct open_link *link;
    size_t cursor = 0;
    while ((link = map_next(portal->invitations, &cursor)) != NULL) {
        if (link->invitation.expires_s <= now_s && !link->taken) {
            link->next = gone;
            gone = link;
        }
    }
    while (gone != NULL) {
        struct change change = {.kind = CHANGE_INVITATION_REMOVE, .invitation = gone->invitation};
        link = gone;
        gone = link->next;
        account_remove_link(portal, link);
        account_keep_quietly(portal, &change);
    }
}

void invitation_on_kept(struct pending *pending, enum err err)
{
    portal_invite_done done = pending->invite_done;
    void *arg = pending->arg;
    uint8_t token[TOKEN_BYTES];
    memcpy(token, pending->token, sizeof token);
    int64_t expires_s = pending->expires_s;
    pending_destroy(pending);
    done(arg, err, err == OK ? token : NULL, err == OK ? expires_s : 0);
    mem_wipe(token, sizeof token);
}

MUST_USE enum err invitation_keep(struct pending *pending, size_t index, const struct id *by,
                                  enum invitation_kind kind)
{
    const struct portal *portal = pending->portal;
    const struct port_random *random = &portal->ports.random;
    struct change *change = &pending->changes[index];
    struct invitation *invitation = &change->invitation;
    change->kind = CHANGE_INVITATION_PUT;
    random->bytes(random->ctx, pending->token, sizeof pending->token);
    random->bytes(random->ctx, invitation->id.bytes, sizeof invitation->id.bytes);
    random->sha256(random->ctx, slice_from(pending->token, sizeof pending->token),
                   invitation->token_hash);
    invitation->kind = kind;
    invitation->user = pending->user;
    if (by != NULL) {
        invitation->invited_by = *by;
    }
    invitation->created_s = pending->now_s;
    invitation->expires_s = pending->now_s + portal->limits.invitation_s;
    pending->expires_s = invitation->expires_s;
    return pending_keep(pending, invitation_on_kept);
}

MUST_USE enum err portal_invite(struct portal *portal, const struct id *by,
                                enum invitation_kind kind, int64_t now_s,
                                portal_invite_done on_done, void *arg)
{
    if (kind != INVITATION_MEMBER && kind != INVITATION_ADMINISTRATOR) {
        return ERR_INVALID;
    }
    if (by != NULL) {
        const struct person *person = person_find(portal, by);
        if (person == NULL || !policy_may_invite(portal, person)) {
            return ERR_FORBIDDEN;
        }
    }
    remove_expired(portal, now_s);
    if (map_count(portal->invitations) >= portal->limits.invitations_max) {
        return ERR_LIMIT;
    }
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->invite_done = on_done;
    pending->now_s = now_s;
    err = pending_reserve(pending, by == NULL ? 1 : 2);
    if (err == OK) {
        if (by != NULL) {
            const char *what = kind == INVITATION_MEMBER ? "member" : "administrator";
            admin_audit(portal, by, now_s, "invited", what, "", &pending->changes[1]);
        }
        err = invitation_keep(pending, 0, by, kind);
    }
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

static struct open_link *find_open(const struct portal *portal, const uint8_t token[TOKEN_BYTES],
                                   int64_t now_s)
{
    uint8_t hash[32];
    portal->ports.random.sha256(portal->ports.random.ctx, slice_from(token, TOKEN_BYTES), hash);
    struct open_link *link = map_find(portal->invitations, slice_from(hash, sizeof hash));
    if (link == NULL || now_s >= link->invitation.expires_s) {
        return NULL;
    }
    const struct person *person = person_find(portal, &link->invitation.user);
    bool dead =
        link->invitation.kind == INVITATION_PASSWORD && (person == NULL || person->user.disabled);
    return dead ? NULL : link;
}

MUST_USE enum err portal_invitation_find(const struct portal *portal,
                                         const uint8_t token[TOKEN_BYTES], int64_t now_s,
                                         const struct invitation **out)
{
    const struct open_link *link = find_open(portal, token, now_s);
    if (link == NULL) {
        return ERR_NOT_FOUND;
    }
    *out = &link->invitation;
    return OK;
}

static void answer_join(struct pending *pending, enum err err, const struct portal_login *login)
{
    void (*done)(void *, enum err, const char *, const struct portal_login *) = pending->join_done;
    void *arg = pending->arg;
    pending_destroy(pending);
    done(arg, err, err == ERR_EXISTS ? "this name is taken" : NULL, login);
}

static void on_join_kept(struct pending *pending, enum err err)
{
    struct portal *portal = pending->portal;
    struct portal_login login = {0};
    const struct person *person = NULL;
    if (err == OK) {
        err = login_finish(pending, &login);
        person = person_find(portal, &pending->user);
    }
    /* A new password ends what was signed in before, also what came in meanwhile. */
    struct signin *signin = person == NULL ? NULL : person->signins;
    while (signin != NULL) {
        struct signin *next = signin->next;
        if (!id_equal(&signin->login.id, &pending->login)) {
            account_end_signin(portal, signin, SESSION_END_LOGGED_OUT, portal->now_ms);
        }
        signin = next;
    }
    answer_join(pending, err, err == OK ? &login : NULL);
    mem_wipe(&login, sizeof login);
}

/* User, sign-in, used link, and for an administrator the group: one transaction. */
static MUST_USE enum err fill_join(struct pending *pending, const struct invitation *invitation)
{
    bool administrator = invitation->kind == INVITATION_ADMINISTRATOR;
    enum err err = pending_reserve(pending, administrator ? 5 : 3);
    if (err != OK) {
        return err;
    }
    struct change *changes = pending->changes;
    size_t count = 0;
    if (invitation->kind == INVITATION_PASSWORD) {
        struct password_change *change = &changes[count].password;
        changes[count++].kind = CHANGE_USER_PASSWORD;
        change->user = pending->user;
        memcpy(change->hash, pending->hash, sizeof change->hash);
    } else {
        changes[count].kind = CHANGE_USER_PUT;
        changes[count++].user = pending->new_user;
    }
    if (administrator) {
        changes[count].kind = CHANGE_GROUP_PUT;
        memcpy(changes[count++].membership.group, GROUP_ADMINISTRATORS,
               sizeof GROUP_ADMINISTRATORS);
        changes[count].kind = CHANGE_MEMBERSHIP_PUT;
        changes[count].membership.user = pending->user;
        memcpy(changes[count++].membership.group, GROUP_ADMINISTRATORS,
               sizeof GROUP_ADMINISTRATORS);
    }
    login_make(pending, &pending->user, &changes[count++]);
    changes[count].kind = CHANGE_INVITATION_REMOVE;
    changes[count].invitation = *invitation;
    return OK;
}

static void on_join_hashed(void *arg, enum err err, const char *hash)
{
    struct pending *pending = arg;
    struct portal *portal = pending->portal;
    const struct open_link *link =
        map_find(portal->invitations, slice_from(pending->link_hash, sizeof pending->link_hash));
    if (err == OK && (link == NULL || strlen(hash) > PASSWORD_HASH_MAX)) {
        err = link == NULL ? ERR_NOT_FOUND : ERR_LIMIT;
    }
    if (err == OK && link->invitation.kind == INVITATION_PASSWORD) {
        const struct person *person = person_find(portal, &link->invitation.user);
        if (person == NULL || person->user.disabled) {
            err = ERR_NOT_FOUND;
        }
    } else if (err == OK && person_name_is_taken(portal, slice_text(pending->new_user.name))) {
        err = ERR_EXISTS;
    }
    if (err == OK) {
        memset(pending->new_user.password_hash, 0, sizeof pending->new_user.password_hash);
        memcpy(pending->new_user.password_hash, hash, strlen(hash));
        memcpy(pending->hash, pending->new_user.password_hash, sizeof pending->hash);
        err = fill_join(pending, &link->invitation);
    }
    if (err == OK) {
        err = pending_keep(pending, on_join_kept);
    }
    if (err != OK) {
        answer_join(pending, err, NULL);
    }
}

static MUST_USE enum err check_join(const struct portal *portal, const struct portal_join *join,
                                    enum invitation_kind kind)
{
    enum err err = model_check_password(join->password, NULL);
    if (err != OK || kind == INVITATION_PASSWORD) {
        return err;
    }
    if (model_check_user_name(join->name, NULL) != OK ||
        model_check_text(join->full_name, 1, USER_FULL_NAME_MAX, NULL) != OK ||
        model_check_email(join->email, NULL) != OK) {
        return ERR_INVALID;
    }
    if (person_name_is_taken(portal, join->name)) {
        return ERR_EXISTS;
    }
    return map_count(portal->people_by_id) >= portal->limits.users_max ? ERR_LIMIT : OK;
}

static void copy_text(struct slice text, char *out)
{
    if (text.size > 0) {
        memcpy(out, text.data, text.size);
    }
}

static void fill_new_user(struct pending *pending, const struct portal_join *join,
                          const struct open_link *link)
{
    const struct port_random *random = &pending->portal->ports.random;
    if (link->invitation.kind == INVITATION_PASSWORD) {
        pending->user = link->invitation.user;
        return;
    }
    struct user *user = &pending->new_user;
    random->bytes(random->ctx, user->id.bytes, sizeof user->id.bytes);
    copy_text(join->name, user->name);
    copy_text(join->full_name, user->full_name);
    copy_text(join->email, user->email);
    user->microphone_on = true;
    user->camera_on = true;
    user->created_s = pending->now_s;
    pending->user = user->id;
}

MUST_USE enum err portal_join(struct portal *portal, const uint8_t token[TOKEN_BYTES],
                              const struct portal_join *join, int64_t now_s, uint64_t now_ms,
                              void (*on_done)(void *arg, enum err err, const char *why,
                                              const struct portal_login *login),
                              void *arg)
{
    portal->now_ms = now_ms;
    struct open_link *link = find_open(portal, token, now_s);
    if (link == NULL) {
        return ERR_NOT_FOUND;
    }
    if (link->taken) {
        return ERR_BUSY;
    }
    enum err err = check_join(portal, join, link->invitation.kind);
    if (err != OK) {
        return err;
    }
    struct pending *pending = NULL;
    err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->join_done = on_done;
    pending->now_s = now_s;
    pending_set_origin(pending, join->agent, join->address);
    fill_new_user(pending, join, link);
    err = portal->ports.password.hash(portal->ports.password.ctx, join->password, on_join_hashed,
                                      pending);
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    link->taken = true;
    pending->link_taken = true;
    memcpy(pending->link_hash, link->invitation.token_hash, sizeof pending->link_hash);
    return OK;
}
