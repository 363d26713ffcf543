/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/internal.h"

struct session *session_find(const struct portal *portal, session_id id)
{
    return slots_find(portal->sessions, id);
}

static struct session *oldest_of(const struct person *person)
{
    struct session *session = person->sessions;
    while (session != NULL && session->next != NULL) {
        session = session->next;
    }
    return session;
}

MUST_USE enum err portal_session_open(struct portal *portal, const struct id *login,
                                      uint64_t now_ms, session_id *out)
{
    portal->now_ms = now_ms;
    const struct signin *signin = account_find_signin(portal, login);
    if (signin == NULL || signin->person->user.disabled) {
        return ERR_UNAUTHORIZED;
    }
    struct person *person = signin->person;
    struct session *session = mem_alloc(sizeof *session);
    if (session == NULL) {
        return ERR_NOMEM;
    }
    while (person->session_count > 0 &&
           person->session_count >= portal->limits.sessions_per_user_max) {
        session_end(portal, oldest_of(person)->id, SESSION_END_LIMIT, now_ms);
    }
    enum err err = slots_add(portal->sessions, session, &session->id);
    if (err != OK) {
        mem_free(session);
        return err;
    }
    session->person = person;
    session->login = *login;
    session->expires_s = signin->login.expires_s;
    session->seen_s = signin->login.seen_s;
    session->next = person->sessions;
    person->sessions = session;
    person->session_count++;
    person_presence_changed(portal, person);
    *out = session->id;
    return OK;
}

void portal_session_away(struct portal *portal, session_id session, bool away, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct session *found = session_find(portal, session);
    if (found == NULL || found->away == away) {
        return;
    }
    found->away = away;
    person_presence_changed(portal, found->person);
    calls_session_away(portal, session, away, now_ms);
}

void portal_session_close(struct portal *portal, session_id session, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct session *found = slots_remove(portal->sessions, session);
    if (found == NULL) {
        return;
    }
    struct person *person = found->person;
    struct session **link = &person->sessions;
    while (*link != found) {
        link = &(*link)->next;
    }
    *link = found->next;
    person->session_count--;
    watch_session_gone(found);
    struct id login = found->login;
    mem_free(found);
    calls_session_closed(portal, session, person, &login, now_ms);
    person_presence_changed(portal, person);
}

const struct user *portal_session_user(const struct portal *portal, session_id session)
{
    const struct session *found = session_find(portal, session);
    return found == NULL ? NULL : &found->person->user;
}

void portal_session_snapshot(struct portal *portal, session_id session, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    const struct session *found = session_find(portal, session);
    if (found != NULL) {
        connector_snapshot(portal, found);
        calls_snapshot(portal, session, false, now_ms);
        tie_session_opened(portal, found->person);
    }
}

void portal_session_resumed(struct portal *portal, session_id session, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    calls_snapshot(portal, session, true, now_ms);
}

void session_end(struct portal *portal, session_id id, enum session_end why, uint64_t now_ms)
{
    portal->ports.tell.end(portal->ports.tell.ctx, id, why);
    portal_session_close(portal, id, now_ms);
}

void session_end_all(struct portal *portal, struct person *person, enum session_end why,
                     uint64_t now_ms)
{
    while (person->sessions != NULL) {
        session_end(portal, person->sessions->id, why, now_ms);
    }
}

void session_end_login(struct portal *portal, struct person *person, const struct id *login,
                       enum session_end why, uint64_t now_ms)
{
    for (struct session *session = person->sessions, *next; session != NULL; session = next) {
        next = session->next;
        if (id_equal(&session->login, login)) {
            session_end(portal, session->id, why, now_ms);
        }
    }
}

void session_tell(const struct portal *portal, session_id id, const struct event *event)
{
    portal->ports.tell.event(portal->ports.tell.ctx, id, event);
}

void session_tell_person(const struct portal *portal, const struct person *person,
                         session_id except, const struct event *event)
{
    for (const struct session *session = person->sessions; session != NULL;
         session = session->next) {
        if (session->id != except) {
            session_tell(portal, session->id, event);
        }
    }
}

uint64_t event_same(struct portal *portal)
{
    return ++portal->event_same;
}
