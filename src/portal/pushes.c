/* SPDX-License-Identifier: Apache-2.0 */
/* Browsers that are reached while none of their pages is open. A push is a sign that something has
 * changed about a call: the browser asks what, so that nothing it says can be out of date. */
#include "portal/pending.h"

#include "base/counter.h"

#define MISSED_TTL_S (24 * 3600) /* a missed call is worth knowing for a day */
#define AVAILABLE_TTL_S 900      /* who is told later than that finds him gone again */
#define SETTLED_TTL_S 60         /* longer than a browser still shows a ring of ours */

static void on_kept(struct pending *pending, enum err err)
{
    portal_done done = pending->done;
    void *arg = pending->arg;
    pending_destroy(pending);
    done(arg, err, NULL);
}

/* The oldest of a person who has as many as are allowed, `but` aside; NULL: there is room. */
static const struct push *find_surplus(const struct portal *portal, const struct person *person,
                                       const struct signin *but)
{
    const struct push *oldest = NULL;
    uint32_t count = 0;
    for (const struct signin *each = person->signins; each != NULL; each = each->next) {
        if (each->push == NULL || each == but) {
            continue;
        }
        count++;
        if (oldest == NULL || each->push->created_s <= oldest->created_s) {
            oldest = each->push;
        }
    }
    return count < portal->limits.pushes_per_user_max ? NULL : oldest;
}

/* The waiting request of the user of this sign-in. ERR_NOT_FOUND: not his. */
static enum err begin(struct portal *portal, const struct id *user, const struct id *login,
                      portal_done on_done, void *arg, struct signin **signin, struct pending **out)
{
    *signin = account_find_signin(portal, login);
    if (*signin == NULL || !id_equal(&(*signin)->person->user.id, user)) {
        return ERR_NOT_FOUND;
    }
    enum err err = pending_create(portal, arg, out);
    if (err == OK) {
        (*out)->done = on_done;
        (*out)->user = *user;
        err = pending_reserve(*out, 2);
        (*out)->change_count = 0;
    }
    return err;
}

static enum err finish(struct pending *pending, enum err err)
{
    if (err == OK) {
        err = pending_keep(pending, on_kept);
    }
    if (err != OK && pending != NULL) {
        pending_destroy(pending);
    }
    return err;
}

MUST_USE enum err portal_push_put(struct portal *portal, const struct id *user,
                                  const struct id *login, const struct portal_push *push,
                                  int64_t now_s, uint64_t now_ms, portal_done on_done, void *arg,
                                  const char **why)
{
    struct signin *signin = NULL;
    struct pending *pending = NULL;
    portal->now_ms = now_ms;
    *why = NULL;
    if (push_check_endpoint(push->endpoint, portal->push_hosts, portal->push_local, why) != OK) {
        return ERR_INVALID;
    }
    enum err err = begin(portal, user, login, on_done, arg, &signin, &pending);
    if (err != OK) {
        return finish(pending, err);
    }
    const struct push *surplus = find_surplus(portal, signin->person, signin);
    if (surplus != NULL) {
        struct change *change = &pending->changes[pending->change_count++];
        change->kind = CHANGE_PUSH_REMOVE;
        change->push.login = surplus->login;
    }
    struct change *change = &pending->changes[pending->change_count++];
    change->kind = CHANGE_PUSH_PUT;
    change->push.login = *login;
    change->push.created_s = now_s;
    memcpy(change->push.endpoint, push->endpoint.data, push->endpoint.size);
    memcpy(change->push.point, push->point, PUSH_POINT_SIZE);
    memcpy(change->push.auth, push->auth, PUSH_AUTH_SIZE);
    return finish(pending, OK);
}

MUST_USE enum err portal_push_remove(struct portal *portal, const struct id *user,
                                     const struct id *login, uint64_t now_ms, portal_done on_done,
                                     void *arg)
{
    struct signin *signin = NULL;
    struct pending *pending = NULL;
    portal->now_ms = now_ms;
    enum err err = begin(portal, user, login, on_done, arg, &signin, &pending);
    if (err == OK) {
        pending->changes[0].kind = CHANGE_PUSH_REMOVE;
        pending->changes[0].push.login = *login;
        pending->change_count = 1;
    }
    return finish(pending, err);
}

bool portal_push_has(const struct portal *portal, const struct id *login)
{
    const struct signin *signin = account_find_signin(portal, login);
    return signin != NULL && signin->push != NULL;
}

void portal_push_gone(struct portal *portal, const struct id *login, const char *endpoint)
{
    struct signin *signin = account_find_signin(portal, login);
    if (signin == NULL || signin->push == NULL || strcmp(signin->push->endpoint, endpoint) != 0) {
        return; /* ended, or named anew meanwhile */
    }
    struct change change = {.kind = CHANGE_PUSH_REMOVE, .push = {.login = *login}};
    account_keep_quietly(portal, &change);
    push_free(signin);
}

/* ---- memory ---- */

MUST_USE enum err push_apply(struct portal *portal, const struct change *change)
{
    struct signin *signin = account_find_signin(portal, &change->push.login);
    if (change->kind == CHANGE_PUSH_REMOVE) {
        if (signin != NULL) {
            push_free(signin);
        }
        return OK;
    }
    if (signin == NULL) {
        return ERR_NOT_FOUND;
    }
    if (signin->push == NULL) {
        signin->push = mem_alloc(sizeof(*signin->push));
    }
    if (signin->push == NULL) {
        return ERR_NOMEM;
    }
    *signin->push = change->push;
    return OK;
}

void push_free(struct signin *signin)
{
    mem_free(signin->push);
    signin->push = NULL;
}

bool push_reaches(const struct person *person)
{
    const struct signin *signin = person->signins;
    while (signin != NULL &&
           (signin->push == NULL || !connector_signin_calls(person->portal, signin))) {
        signin = signin->next;
    }
    return signin != NULL && !person->user.disabled;
}

static void send_to_all(const struct portal *portal, const struct person *person,
                        struct push_note *note)
{
    const struct port_push *port = &portal->ports.push;
    for (const struct signin *each = person->signins; each != NULL; each = each->next) {
        bool rings = each->push != NULL && connector_signin_calls(portal, each);
        if (rings && port->send != NULL) {
            note->to = each->push;
            port->send(port->ctx, note);
            counter_increment(COUNTER_PUSHES);
        }
    }
}

void push_ring(const struct portal *portal, const struct person *person, const struct id *call,
               uint64_t ring_ms)
{
    struct push_note note = {.call = *call, .ttl_s = (uint32_t)(ring_ms / 1000) + 1};
    send_to_all(portal, person, &note);
}

void push_settle(const struct portal *portal, const struct person *person, const struct id *call,
                 bool missed)
{
    struct push_note note = {.call = *call, .ttl_s = missed ? MISSED_TTL_S : SETTLED_TTL_S};
    send_to_all(portal, person, &note);
}

void push_available(const struct portal *portal, const struct person *person,
                    const struct person *other)
{
    struct push_note note = {
        .call = other->user.id, .person = other->user.name, .ttl_s = AVAILABLE_TTL_S};
    send_to_all(portal, person, &note);
}
