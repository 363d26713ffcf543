/* SPDX-License-Identifier: Apache-2.0 */
/* Signing in and out. An unknown name, a disabled user and a wrong password get the same answer in
 * the same time. */
#include "portal/pending.h"

#include "base/counter.h"

#define SEEN_STEP_S 300 /* how stale seen_s may be */

static struct id throttle_key(const struct portal *portal, struct slice text)
{
    uint8_t hash[32];
    struct id key;
    /* Hashed, because people type passwords into the field of the name. */
    portal->ports.random.sha256(portal->ports.random.ctx, text, hash);
    memcpy(key.bytes, hash, sizeof key.bytes);
    return key;
}

struct id login_prefix_key(const struct portal *portal, struct slice address)
{
    char prefix[THROTTLE_PREFIX_MAX + 1];
    return throttle_key(portal, throttle_prefix(address, prefix));
}

struct id login_account_key(const struct portal *portal, struct slice name)
{
    return throttle_key(portal, name);
}

uint64_t login_throttle_ms(const struct portal *portal)
{
    return portal->wall_ms + portal->now_ms;
}

static void keep_failures(struct portal *portal, enum attempts_scope scope,
                          const struct throttle *throttle, const struct id *key)
{
    struct change change = {.kind = CHANGE_ATTEMPTS_PUT};
    if (throttle_get(throttle, key, &change.attempts)) {
        change.attempts.scope = scope;
        account_keep_quietly(portal, &change);
    }
}

void login_keep_failures(struct portal *portal, const struct id *account, const struct id *prefix)
{
    keep_failures(portal, ATTEMPTS_ACCOUNT, portal->by_account, account);
    if (prefix != NULL) {
        keep_failures(portal, ATTEMPTS_PREFIX, portal->by_prefix, prefix);
    }
}

void login_make(struct pending *pending, const struct id *user, struct change *out)
{
    const struct port_random *random = &pending->portal->ports.random;
    struct login *login = &out->login;
    out->kind = CHANGE_LOGIN_PUT;
    random->bytes(random->ctx, pending->token, sizeof pending->token);
    random->bytes(random->ctx, login->id.bytes, sizeof login->id.bytes);
    random->sha256(random->ctx, slice_from(pending->token, sizeof pending->token),
                   login->token_hash);
    login->user = *user;
    memcpy(login->agent, pending->agent, sizeof login->agent);
    memcpy(login->address, pending->address, sizeof login->address);
    login->created_s = pending->now_s;
    login->seen_s = pending->now_s;
    login->expires_s = pending->now_s + pending->portal->limits.login_absolute_s;
    pending->login = login->id;
}

MUST_USE enum err login_finish(struct pending *pending, struct portal_login *out)
{
    struct portal *portal = pending->portal;
    struct signin *signin = account_find_signin(portal, &pending->login);
    if (signin == NULL) {
        return ERR_UNAUTHORIZED;
    }
    struct person *person = signin->person;
    if (person->user.disabled || strcmp(person->user.password_hash, pending->hash) != 0) {
        account_end_signin(portal, signin, SESSION_END_LOGGED_OUT, portal->now_ms);
        return ERR_UNAUTHORIZED;
    }
    out->login = signin->login;
    memcpy(out->token, pending->token, sizeof out->token);
    while (person->signin_count > portal->limits.logins_per_user_max) {
        struct signin *oldest = person->signins;
        struct signin *at = oldest;
        for (; at != NULL; at = at->next) {
            if (at != signin) {
                oldest = at;
            }
        }
        account_end_signin(portal, oldest, SESSION_END_LIMIT, portal->now_ms);
    }
    return OK;
}

static void answer_login(struct pending *pending, enum err err, const struct portal_login *login)
{
    portal_login_done done = pending->login_done;
    void *arg = pending->arg;
    pending_destroy(pending);
    done(arg, err, login);
}

static void on_login_kept(struct pending *pending, enum err err)
{
    struct portal_login login = {0};
    if (err == OK) {
        err = login_finish(pending, &login);
    }
    answer_login(pending, err, err == OK ? &login : NULL);
    mem_wipe(&login, sizeof login);
}

static void on_verified(void *arg, enum err err, bool right)
{
    struct pending *pending = arg;
    struct portal *portal = pending->portal;
    const struct person *person = person_find(portal, &pending->user);
    if (err != OK || !right || !pending->known || person == NULL || person->user.disabled ||
        strcmp(person->user.password_hash, pending->hash) != 0) {
        /* Only known failures are kept: a right sign-in has no write more than its own. */
        counter_increment(COUNTER_LOGIN_REFUSED);
        login_keep_failures(portal, &pending->account_key, &pending->prefix_key);
        answer_login(pending, err != OK ? err : ERR_UNAUTHORIZED, NULL);
        return;
    }
    counter_increment(COUNTER_LOGIN_OK);
    throttle_forgive(portal->by_account, &pending->account_key);
    throttle_forgive(portal->by_prefix, &pending->prefix_key);
    err = pending_reserve(pending, 1);
    if (err == OK) {
        login_make(pending, &pending->user, &pending->changes[0]);
        err = pending_keep(pending, on_login_kept);
    }
    if (err != OK) {
        answer_login(pending, err, NULL);
    }
}

MUST_USE enum err portal_login(struct portal *portal, struct slice name, struct slice password,
                               struct slice agent, struct slice address, int64_t now_s,
                               uint64_t now_ms, portal_login_done on_done, void *arg)
{
    portal->now_ms = now_ms;
    if (password.size > USER_PASSWORD_MAX) {
        return ERR_INVALID;
    }
    struct id by_account = login_account_key(portal, name);
    struct id by_prefix = login_prefix_key(portal, address);
    uint64_t throttle_ms = login_throttle_ms(portal);
    if (!throttle_allows(portal->by_account, &by_account, throttle_ms) ||
        !throttle_allows(portal->by_prefix, &by_prefix, throttle_ms)) {
        counter_increment(COUNTER_LOGIN_THROTTLED);
        return ERR_LIMIT;
    }
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->login_done = on_done;
    pending->now_s = now_s;
    pending_set_origin(pending, agent, address);
    pending->account_key = by_account;
    pending->prefix_key = by_prefix;
    const struct person *person = person_find_name(portal, name);
    if (person != NULL) {
        pending->known = !person->user.disabled && person->user.password_hash[0] != '\0';
        pending->user = person->user.id;
        memcpy(pending->hash, person->user.password_hash, sizeof pending->hash);
    }
    /* The port takes the time of a real hash for an empty one. */
    err = portal->ports.password.verify(portal->ports.password.ctx, password, pending->hash,
                                        on_verified, pending);
    if (err != OK) {
        pending_destroy(pending);
        return err;
    }
    throttle_count(portal->by_account, &by_account, throttle_ms);
    throttle_count(portal->by_prefix, &by_prefix, throttle_ms);
    return OK;
}

static bool is_expired(const struct portal *portal, const struct login *login, int64_t now_s)
{
    return now_s >= login->expires_s || now_s - login->seen_s > portal->limits.login_idle_s;
}

static int64_t seen_step_s(const struct portal *portal)
{
    return portal->limits.login_idle_s < 4 * SEEN_STEP_S ? portal->limits.login_idle_s / 4
                                                         : SEEN_STEP_S;
}

static void slide(struct portal *portal, struct login *login, int64_t now_s)
{
    if (now_s - login->seen_s >= seen_step_s(portal)) {
        struct change change = {.kind = CHANGE_LOGIN_PUT};
        login->seen_s = now_s;
        change.login = *login;
        account_keep_quietly(portal, &change);
    }
}

void portal_session_active(struct portal *portal, session_id session, int64_t now_s)
{
    struct session *found = session_find(portal, session);
    if (found == NULL || now_s - found->seen_s < seen_step_s(portal)) {
        return;
    }
    struct signin *signin = account_find_signin(portal, &found->login);
    if (signin != NULL && !is_expired(portal, &signin->login, now_s)) {
        slide(portal, &signin->login, now_s);
        found->seen_s = signin->login.seen_s;
    }
}

void portal_expire(struct portal *portal, int64_t now_s, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    uint32_t cursor = 0;
    struct session *session;
    while ((session = slots_next(portal->sessions, &cursor)) != NULL) {
        if (now_s < session->expires_s && now_s - session->seen_s <= portal->limits.login_idle_s) {
            continue;
        }
        struct signin *signin = account_find_signin(portal, &session->login);
        ASSERT(signin != NULL); /* sessions end with it */
        if (now_s < signin->login.expires_s && calls_session_talks(portal, session)) {
            slide(portal, &signin->login, now_s);
        }
        if (is_expired(portal, &signin->login, now_s)) {
            counter_increment(COUNTER_LOGIN_EXPIRED);
            account_end_signin(portal, signin, SESSION_END_LOGGED_OUT, now_ms);
        } else {
            session->seen_s = signin->login.seen_s;
        }
    }
    guests_expire(portal, now_s, now_ms);
}

MUST_USE enum err portal_authenticate(struct portal *portal, const uint8_t token[TOKEN_BYTES],
                                      int64_t now_s, const struct login **login,
                                      const struct user **user)
{
    uint8_t hash[32];
    portal->ports.random.sha256(portal->ports.random.ctx, slice_from(token, TOKEN_BYTES), hash);
    struct signin *signin = map_find(portal->signins, slice_from(hash, sizeof hash));
    if (signin == NULL || signin->person->user.disabled) {
        return ERR_UNAUTHORIZED;
    }
    struct login *found = &signin->login;
    if (is_expired(portal, found, now_s)) {
        counter_increment(COUNTER_LOGIN_EXPIRED);
        account_end_signin(portal, signin, SESSION_END_LOGGED_OUT, portal->now_ms);
        return ERR_UNAUTHORIZED;
    }
    slide(portal, found, now_s);
    *login = found;
    *user = &signin->person->user;
    return OK;
}

static void on_logout_kept(struct pending *pending, enum err err)
{
    portal_done done = pending->done;
    void *arg = pending->arg;
    pending_destroy(pending);
    done(arg, err, NULL);
}

MUST_USE enum err portal_logout(struct portal *portal, const struct id *user,
                                const struct id *login, uint64_t now_ms, portal_done on_done,
                                void *arg)
{
    portal->now_ms = now_ms;
    const struct signin *signin = account_find_signin(portal, login);
    if (signin == NULL || !id_equal(&signin->login.user, user)) {
        return ERR_NOT_FOUND;
    }
    struct pending *pending = NULL;
    enum err err = pending_create(portal, arg, &pending);
    if (err != OK) {
        return err;
    }
    pending->done = on_done;
    err = pending_reserve(pending, 1);
    if (err == OK) {
        pending->changes[0].kind = CHANGE_LOGIN_REMOVE;
        pending->changes[0].login = signin->login;
        err = pending_keep(pending, on_logout_kept);
    }
    if (err != OK) {
        pending_destroy(pending);
    }
    return err;
}

uint32_t portal_logins(const struct portal *portal, const struct id *user, const struct login **out,
                       uint32_t count_max)
{
    const struct person *person = person_find(portal, user);
    const struct signin *signin = person == NULL ? NULL : person->signins;
    uint32_t count = 0;
    for (; signin != NULL && count < count_max; signin = signin->next) {
        out[count++] = &signin->login;
    }
    return count;
}
