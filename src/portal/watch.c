/* SPDX-License-Identifier: Apache-2.0 */
/* Who is told of a person: the sessions whose pages show it, and nobody else. So a change costs as
 * much as there are people who see it, however many tabs are open. */
#include "portal/internal.h"

#define SETTLE_MS 250    /* who goes and comes back meanwhile, as in a reload, is not told */
#define INTERVAL_MS 1000 /* of one person: what happens in between is told together */
#define TELLS_PER_TICK_MAX 20000

static void unlink_watch(struct watch *watch)
{
    *watch->person_link = watch->person_next;
    if (watch->person_next != NULL) {
        watch->person_next->person_link = watch->person_link;
    }
    mem_free(watch);
}

static void free_watches(struct watch *watch)
{
    while (watch != NULL) {
        struct watch *next = watch->next;
        unlink_watch(watch);
        watch = next;
    }
}

/* Adds the person to `*list` unless it is there. */
static MUST_USE enum err add_watch(struct session *session, struct person *person,
                                   struct watch **list)
{
    for (const struct watch *watch = *list; watch != NULL; watch = watch->next) {
        if (watch->person == person) {
            return OK;
        }
    }
    struct watch *watch = mem_alloc(sizeof *watch);
    if (watch == NULL) {
        return ERR_NOMEM;
    }
    watch->session = session;
    watch->person = person;
    watch->person_next = person->watchers;
    watch->person_link = &person->watchers;
    if (watch->person_next != NULL) {
        watch->person_next->person_link = &watch->person_next;
    }
    person->watchers = watch;
    watch->next = *list;
    *list = watch;
    /* What is about to be told may be over again by then: this session knows what is so now. */
    person->changed = person->changed || wheel_running(&person->tell_timer);
    return OK;
}

MUST_USE enum err portal_watch(struct portal *portal, session_id session, const struct slice *names,
                               size_t count)
{
    struct session *found = session_find(portal, session);
    struct watch *list = NULL;
    enum err err = OK;
    if (found == NULL) {
        return ERR_NOT_FOUND;
    }
    if (count > PORTAL_WATCHES_MAX) {
        return ERR_LIMIT;
    }
    for (size_t i = 0; err == OK && i < count; i++) {
        struct person *person = person_find_name(portal, names[i]);
        if (person != NULL && !model_is_erased(&person->user)) { /* who is disabled may return */
            err = add_watch(found, person, &list);
        }
    }
    if (err != OK) {
        free_watches(list);
        return err;
    }
    free_watches(found->watches);
    found->watches = list;
    return OK;
}

uint32_t portal_watched(const struct portal *portal, session_id session,
                        const struct user *out[PORTAL_WATCHES_MAX])
{
    const struct session *found = session_find(portal, session);
    uint32_t count = 0;
    for (const struct watch *watch = found == NULL ? NULL : found->watches; watch != NULL;
         watch = watch->next) {
        if (!watch->person->user.disabled) {
            out[count++] = &watch->person->user;
        }
    }
    return count;
}

void watch_session_gone(struct session *session)
{
    free_watches(session->watches);
    session->watches = NULL;
}

static void tell(struct portal *portal, struct person *person, enum presence presence)
{
    struct event event = {.kind = EVENT_PERSON,
                          .person = {.user = &person->user, .presence = presence}};
    if (person->user.disabled) {
        event = (struct event){
            .kind = EVENT_GONE, .same = event_same(portal), .gone = {.name = person->user.name}};
    }
    for (const struct watch *watch = person->watchers; watch != NULL; watch = watch->person_next) {
        session_tell(portal, watch->session->id, &event);
        portal->tells_left -= portal->tells_left > 0 ? 1 : 0;
    }
    person->told = presence;
    person->told_devices = person_devices(portal, person);
    person->told_ms = portal->now_ms;
    person->changed = false;
}

static void forget_watchers(struct person *person)
{
    while (person->watchers != NULL) {
        struct watch *gone = person->watchers;
        struct watch **link = &gone->session->watches;
        while (*link != gone) {
            link = &(*link)->next;
        }
        *link = gone->next;
        unlink_watch(gone);
    }
}

void watch_person_gone(struct portal *portal, struct person *person)
{
    wheel_stop(&person->tell_timer);
    if (person->told != PRESENCE_OFFLINE || person->changed) {
        tell(portal, person, PRESENCE_OFFLINE);
    }
    forget_watchers(person);
}

void watch_person_erased(struct portal *portal, struct person *person, const char *name)
{
    struct event event = {
        .kind = EVENT_GONE, .same = event_same(portal), .gone = {.name = name, .erased = true}};
    for (uint32_t i = 0; i < portal->sorted_count; i++) {
        if (portal->sorted[i] != person) {
            session_tell_person(portal, portal->sorted[i], 0, &event);
        }
    }
    wheel_stop(&person->tell_timer);
    person->changed = false;
    forget_watchers(person);
}

static void on_settled(struct wheel_timer *timer, uint64_t now_ms)
{
    struct person *person =
        (struct person *)((uint8_t *)timer - offsetof(struct person, tell_timer));
    struct portal *portal = person->portal;
    if (portal->tells_left == 0) {
        wheel_start(portal->wheel, timer, now_ms + 1, on_settled);
        return;
    }
    enum presence presence = person_presence(portal, person);
    if (presence != person->told || person->changed ||
        person_devices(portal, person) != person->told_devices) {
        tell(portal, person, presence);
    }
    if (presence == PRESENCE_AVAILABLE) { /* also when that was told before a short absence */
        tie_person_available(portal, person);
    }
}

void person_presence_changed(struct portal *portal, struct person *person)
{
    /* Without a difference nothing is told: nobody may notice the comings of who is invisible. */
    if (wheel_running(&person->tell_timer) ||
        (!person->changed && person->awaited == NULL &&
         person_presence(portal, person) == person->told &&
         person_devices(portal, person) == person->told_devices)) {
        return;
    }
    uint64_t settled_ms = portal->now_ms + SETTLE_MS;
    uint64_t next_ms = person->told_ms + INTERVAL_MS;
    wheel_start(portal->wheel, &person->tell_timer, settled_ms > next_ms ? settled_ms : next_ms,
                on_settled);
}

void person_profile_changed(struct portal *portal, struct person *person)
{
    person->changed = true;
    person_presence_changed(portal, person);
}

void watch_tick(struct portal *portal, uint64_t now_ms)
{
    portal->tells_left = TELLS_PER_TICK_MAX;
    wheel_tick(portal->wheel, now_ms);
}

uint64_t watch_next_ms(const struct portal *portal)
{
    return wheel_next_ms(portal->wheel);
}
