/* SPDX-License-Identifier: Apache-2.0 */
/* What people change about themselves. */
#include "portal/pending.h"

#include "base/log.h"

#define AVATARS_PER_HOUR_MAX 10
#define HOUR_MS ((uint64_t)3600 * 1000)

static void answer(struct pending *pending, enum err err)
{
    portal_done done = pending->done;
    void *arg = pending->arg;
    pending_destroy(pending);
    if (done != NULL) {
        done(arg, err, NULL);
    }
}

/* A waiting request of an enabled user. */
static MUST_USE enum err begin(struct portal *portal, const struct id *user, portal_done on_done,
                               void *arg, struct person **person, struct pending **out)
{
    *person = person_find(portal, user);
    if (*person == NULL || (*person)->user.disabled) {
        return ERR_NOT_FOUND;
    }
    enum err err = pending_create(portal, arg, out);
    if (err == OK) {
        (*out)->done = on_done;
        (*out)->user = *user;
    }
    return err;
}

static void set_text(struct slice text, char *out, size_t size)
{
    memset(out, 0, size);
    if (text.size > 0) {
        memcpy(out, text.data, text.size);
    }
}

MUST_USE enum err portal_set_profile(struct portal *portal, const struct id *user,
                                     const struct portal_profile *profile, uint64_t now_ms,
                                     portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    if (model_check_text(profile->full_name, 1, USER_FULL_NAME_MAX, NULL) != OK ||
        model_check_email(profile->email, NULL) != OK ||
        model_check_text(profile->position, 0, USER_POSITION_MAX, NULL) != OK ||
        model_check_text(profile->language, 0, sizeof((struct user *)0)->language - 1, NULL) !=
            OK) {
        return ERR_INVALID;
    }
    struct person *person = NULL;
    struct pending *pending = NULL;
    enum err err = begin(portal, user, on_done, arg, &person, &pending);
    if (err != OK) {
        return err;
    }
    err = pending_reserve(pending, 1);
    if (err == OK) {
        struct change *change = &pending->changes[0];
        change->kind = CHANGE_USER_PROFILE;
        change->user.id = *user;
        set_text(profile->full_name, change->user.full_name, sizeof change->user.full_name);
        set_text(profile->email, change->user.email, sizeof change->user.email);
        set_text(profile->position, change->user.position, sizeof change->user.position);
        set_text(profile->language, change->user.language, sizeof change->user.language);
        err = pending_keep(pending, answer);
    }
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

static void on_password_kept(struct pending *pending, enum err err)
{
    struct portal *portal = pending->portal;
    if (err == ERR_STATE) {
        err = ERR_UNAUTHORIZED; /* another process has changed it meanwhile */
    }
    const struct person *person = err == OK ? person_find(portal, &pending->user) : NULL;
    struct signin *signin = person == NULL ? NULL : person->signins;
    /* Those that were made while the change was on its way. */
    while (signin != NULL) {
        struct signin *next = signin->next;
        if (!id_equal(&signin->login.id, &pending->login)) {
            account_end_signin(portal, signin, SESSION_END_LOGGED_OUT, portal->now_ms);
        }
        signin = next;
    }
    answer(pending, err);
}

static void on_password_hashed(void *arg, enum err err, const char *hash)
{
    struct pending *pending = arg;
    const struct person *person = person_find(pending->portal, &pending->user);
    if (err == OK && (person == NULL || strlen(hash) > PASSWORD_HASH_MAX)) {
        err = ERR_NOT_FOUND;
    }
    if (err == OK && strcmp(person->user.password_hash, pending->hash) != 0) {
        err = ERR_UNAUTHORIZED; /* changed by another one meanwhile */
    }
    if (err == OK) {
        err = pending_reserve(pending, (size_t)person->signin_count + 1);
    }
    if (err == OK) {
        struct change *changes = pending->changes;
        size_t count = 0;
        struct password_change *change = &changes[count].password;
        changes[count++].kind = CHANGE_USER_PASSWORD;
        change->user = pending->user;
        set_text(slice_text(hash), change->hash, sizeof change->hash);
        memcpy(change->before, pending->hash, sizeof change->before);
        for (const struct signin *at = person->signins; at != NULL; at = at->next) {
            if (!id_equal(&at->login.id, &pending->login)) {
                changes[count].kind = CHANGE_LOGIN_REMOVE;
                changes[count++].login = at->login;
            }
        }
        pending->change_count = count;
        err = pending_keep(pending, on_password_kept);
    }
    if (err != OK) {
        answer(pending, err);
    }
}

static void on_old_verified(void *arg, enum err err, bool right)
{
    struct pending *pending = arg;
    struct portal *portal = pending->portal;
    if (err == OK && !right) {
        login_keep_failures(portal, &pending->account_key, NULL);
        err = ERR_UNAUTHORIZED;
    }
    if (err == OK) {
        throttle_forgive(portal->by_account, &pending->account_key);
        err = portal->ports.password.hash(portal->ports.password.ctx,
                                          slice_from(pending->password, pending->password_size),
                                          on_password_hashed, pending);
    }
    if (err != OK) {
        answer(pending, err);
    }
}

MUST_USE enum err portal_set_password(struct portal *portal, const struct id *user,
                                      const struct id *login, struct slice old, struct slice new_,
                                      uint64_t now_ms, portal_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    if (old.size > USER_PASSWORD_MAX || model_check_password(new_, NULL) != OK) {
        return ERR_INVALID;
    }
    struct person *person = NULL;
    struct pending *pending = NULL;
    enum err err = begin(portal, user, on_done, arg, &person, &pending);
    if (err != OK) {
        return err;
    }
    /* A stolen session must not be a way to guess the password. */
    struct id key = login_account_key(portal, slice_text(person->user.name));
    if (!throttle_allows(portal->by_account, &key, login_throttle_ms(portal))) {
        err = ERR_LIMIT;
    }
    if (err == OK) {
        err = pending_set_password(pending, new_);
    }
    if (err == OK) {
        pending->login = *login;
        pending->account_key = key;
        memcpy(pending->hash, person->user.password_hash, sizeof pending->hash);
        err = portal->ports.password.verify(portal->ports.password.ctx, old, pending->hash,
                                            on_old_verified, pending);
    }
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    throttle_count(portal->by_account, &key, login_throttle_ms(portal));
    return OK;
}

/* Whether somebody else has the picture, or is about to. */
static bool picture_is_used(const struct portal *portal, const struct person *but,
                            const uint8_t hash[32])
{
    for (uint32_t i = 0; i < portal->sorted_count; i++) {
        const struct person *person = portal->sorted[i];
        if (person != but && memcmp(person->user.avatar_hash, hash, 32) == 0) {
            return true;
        }
    }
    for (const struct pending *pending = portal->pending; pending != NULL;
         pending = pending->next) {
        for (size_t i = 0; i < pending->change_count; i++) {
            const struct change *change = &pending->changes[i];
            if (change->kind == CHANGE_AVATAR_PUT && memcmp(change->avatar.hash, hash, 32) == 0) {
                return true;
            }
        }
    }
    return false;
}

/* Picture, user and, when nobody else has it, the end of the picture before. */
static MUST_USE enum err fill_avatar(struct pending *pending, const struct person *person,
                                     struct slice picture)
{
    static const uint8_t none[32];
    struct portal *portal = pending->portal;
    enum err err = pending_reserve(pending, 3);
    if (err != OK) {
        return err;
    }
    pending->change_count = 0; /* until they are filled */
    struct user user = {.id = person->user.id};
    size_t count = 0;
    struct change *changes = pending->changes;
    if (picture.size > 0) {
        pending->picture = mem_alloc(picture.size);
        if (pending->picture == NULL) {
            return ERR_NOMEM;
        }
        memcpy(pending->picture, picture.data, picture.size);
        portal->ports.random.sha256(portal->ports.random.ctx, picture, user.avatar_hash);
        changes[count].kind = CHANGE_AVATAR_PUT;
        memcpy(changes[count].avatar.hash, user.avatar_hash, sizeof user.avatar_hash);
        changes[count].avatar.type = "image/webp";
        changes[count++].avatar.bytes = slice_from(pending->picture, picture.size);
    }
    changes[count].kind = CHANGE_USER_AVATAR;
    changes[count++].user = user;
    const uint8_t *before = person->user.avatar_hash;
    if (memcmp(before, none, sizeof none) != 0 &&
        memcmp(before, user.avatar_hash, sizeof none) != 0 &&
        !picture_is_used(portal, person, before)) {
        changes[count].kind = CHANGE_AVATAR_REMOVE;
        memcpy(changes[count++].avatar.hash, before, sizeof none);
    }
    pending->change_count = count;
    return OK;
}

MUST_USE enum err portal_set_avatar(struct portal *portal, const struct id *user,
                                    struct slice picture, uint64_t now_ms, portal_done on_done,
                                    void *arg)
{
    portal->now_ms = now_ms;
    if (picture.size > 0 && model_check_avatar(picture, NULL) != OK) {
        return ERR_INVALID;
    }
    struct person *person = NULL;
    struct pending *pending = NULL;
    enum err err = begin(portal, user, on_done, arg, &person, &pending);
    if (err != OK) {
        return err;
    }
    if (now_ms - person->avatar_since_ms >= HOUR_MS) {
        person->avatar_since_ms = now_ms;
        person->avatar_count = 0;
    }
    if (person->avatar_count >= AVATARS_PER_HOUR_MAX) {
        err = ERR_LIMIT;
    }
    if (err == OK) {
        err = fill_avatar(pending, person, picture);
    }
    if (err == OK) {
        err = pending_keep(pending, answer);
    }
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    person->avatar_count++;
    return OK;
}

static void on_setting_kept(struct pending *pending, enum err err)
{
    struct person *person = person_find(pending->portal, &pending->user);
    if (person != NULL) {
        person->settings_writing--;
    }
    if (err != OK) {
        log_warn("a setting is not kept", "error=%s", err_name(err));
    }
    pending_destroy(pending);
}

MUST_USE enum err person_keep_setting(struct portal *portal, struct person *person,
                                      const struct change *change)
{
    struct pending *pending = NULL;
    enum err err = pending_create(portal, NULL, &pending);
    if (err != OK) {
        return err;
    }
    pending->user = person->user.id;
    err = pending_reserve(pending, 1);
    if (err == OK) {
        pending->changes[0] = *change;
        err = pending_keep(pending, on_setting_kept);
    }
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    person->settings_writing++;
    return OK;
}

MUST_USE enum err portal_set_wishes(struct portal *portal, session_id session,
                                    const bool *call_waiting, const bool *relay_only,
                                    uint64_t now_ms)
{
    portal->now_ms = now_ms;
    const struct session *found = session_find(portal, session);
    if (found == NULL) {
        return ERR_NOT_FOUND;
    }
    struct user *user = &found->person->user;
    struct change change = {
        .kind = CHANGE_USER_CALLS,
        .user = {.id = user->id,
                 .no_call_waiting = call_waiting == NULL ? user->no_call_waiting : !*call_waiting,
                 .relay_only = relay_only == NULL ? user->relay_only : *relay_only}};
    if (change.user.no_call_waiting == user->no_call_waiting &&
        change.user.relay_only == user->relay_only) {
        return OK;
    }
    enum err err = person_keep_setting(portal, found->person, &change);
    if (err == OK) {
        user->no_call_waiting = change.user.no_call_waiting;
        user->relay_only = change.user.relay_only;
        person_tell_settings(portal, found->person);
    }
    return err;
}

void person_tell_settings(const struct portal *portal, const struct person *person)
{
    struct event event = {
        .kind = EVENT_SETTINGS,
        .person = {.user = &person->user, .presence = person_presence(portal, person)}};
    session_tell_person(portal, person, 0, &event);
}

MUST_USE enum err portal_set_media(struct portal *portal, const struct id *user, bool microphone_on,
                                   bool camera_on, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct person *person = person_find(portal, user);
    if (person == NULL) {
        return ERR_NOT_FOUND;
    }
    if (person->user.microphone_on == microphone_on && person->user.camera_on == camera_on) {
        return OK;
    }
    person->user.microphone_on = microphone_on;
    person->user.camera_on = camera_on;
    person_tell_settings(portal, person);
    struct change change = {
        .kind = CHANGE_USER_MEDIA,
        .user = {.id = *user, .microphone_on = microphone_on, .camera_on = camera_on}};
    return person_keep_setting(portal, person, &change);
}
