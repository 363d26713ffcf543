/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/internal.h"
#include "portal/pending.h"
#include "portal/rooms.h"

#define THROTTLE_ENTRIES_MAX 4096

MUST_USE enum err portal_create(const struct portal_params *params, struct portal **out)
{
    struct portal *portal = mem_alloc(sizeof *portal);
    if (portal == NULL) {
        return ERR_NOMEM;
    }
    const struct portal_limits *limits = &params->limits;
    portal->ports = params->ports;
    portal->limits = *limits;
    portal->push_hosts = params->push_hosts == NULL ? "" : params->push_hosts;
    portal->push_local = params->push_local;
    portal->local = params->local;
    for (uint32_t i = 0; i < params->own_count && i < PORTAL_OWN_MAX; i++) {
        portal->own[i] = params->own[i];
        addr_unmap(&portal->own[i]);
        portal->own_count++;
    }
    portal->started_ms = portal->now_ms = params->now_ms;
    portal->wall_ms = (uint64_t)params->at_ms - params->now_ms;
    portal->epoch = 1;
    /* One more than the limit for a moment: the oldest ends when the newest is there. */
    size_t signins_max = (size_t)limits->users_max * (limits->logins_per_user_max + (size_t)1);
    enum err err = map_create(limits->users_max, &portal->people_by_id);
    if (err == OK) {
        err = map_create(limits->users_max, &portal->people_by_name);
    }
    if (err == OK) {
        err = map_create(signins_max, &portal->signins);
    }
    if (err == OK) {
        err = map_create(signins_max, &portal->signins_by_id);
    }
    if (err == OK) {
        err = map_create(limits->invitations_max, &portal->invitations);
    }
    if (err == OK) {
        err = map_create(limits->guest_links_max, &portal->guest_links);
    }
    if (err == OK) {
        err = map_create(limits->groups_max, &portal->groups);
    }
    if (err == OK) {
        err = slots_create(limits->sessions_max, &portal->sessions);
    }
    if (err == OK) {
        err = throttle_create(THROTTLE_ENTRIES_MAX, limits->login_attempts_per_account,
                              &portal->by_account);
    }
    if (err == OK) {
        err = throttle_create(THROTTLE_ENTRIES_MAX, limits->login_attempts_per_prefix,
                              &portal->by_prefix);
    }
    if (err == OK) {
        err = wheel_create(params->now_ms, &portal->wheel);
    }
    if (err == OK) {
        err = map_create(KEPT_SETTINGS_MAX, &portal->settings);
    }
    if (err == OK) {
        err = rooms_create(portal, &portal->rooms);
    }
    if (err == OK) {
        err = calls_create(portal, &portal->calls);
    }
    if (err != OK) {
        portal_destroy(portal);
        return err;
    }
    *out = portal;
    return OK;
}

static void free_people(struct portal *portal)
{
    for (uint32_t i = 0; i < portal->sorted_count; i++) { /* before those whom they watch */
        struct person *person = portal->sorted[i];
        while (person->sessions != NULL) {
            struct session *session = person->sessions;
            person->sessions = session->next;
            watch_session_gone(session);
            mem_free(session);
        }
    }
    for (uint32_t i = 0; i < portal->sorted_count; i++) {
        struct person *person = portal->sorted[i];
        connector_free_person(person);
        tie_free_person(portal, person);
        pestering_free(person);
        while (person->signins != NULL) {
            struct signin *signin = person->signins;
            person->signins = signin->next;
            push_free(signin);
            mem_free(signin);
        }
        while (person->groups != NULL) {
            struct group_link *link = person->groups;
            person->groups = link->next;
            mem_free(link);
        }
        mem_wipe(&person->user, sizeof person->user);
        mem_free(person);
    }
    mem_free(portal->sorted);
}

static void free_values(struct map *map)
{
    size_t cursor = 0;
    void *value;
    while (map != NULL && (value = map_next(map, &cursor)) != NULL) {
        mem_free(value);
    }
    map_destroy(map);
}

void portal_destroy(struct portal *portal)
{
    if (portal == NULL) {
        return;
    }
    calls_destroy(portal->calls);
    pending_forget(portal);
    rooms_destroy(portal->rooms);
    if (portal->wheel != NULL) { /* before the timers in the people are freed */
        wheel_destroy(portal->wheel);
    }
    free_people(portal);
    connector_fini(portal);
    map_destroy(portal->people_by_id);
    map_destroy(portal->people_by_name);
    map_destroy(portal->signins);
    map_destroy(portal->signins_by_id);
    free_values(portal->invitations);
    free_values(portal->guest_links);
    free_values(portal->groups);
    slots_destroy(portal->sessions);
    throttle_destroy(portal->by_account);
    throttle_destroy(portal->by_prefix);
    mem_free(portal);
}

void portal_set_limits(struct portal *portal, const struct portal_limits *limits)
{
    const struct portal_limits *old = &portal->limits;
    ASSERT(limits->users_max == old->users_max && limits->groups_max == old->groups_max &&
           limits->logins_per_user_max == old->logins_per_user_max &&
           limits->sessions_max == old->sessions_max &&
           limits->invitations_max == old->invitations_max &&
           limits->guest_links_max == old->guest_links_max && limits->calls_max == old->calls_max);
    portal->limits = *limits;
    throttle_set_limit(portal->by_account, limits->login_attempts_per_account);
    throttle_set_limit(portal->by_prefix, limits->login_attempts_per_prefix);
    calls_set_times(portal->calls, limits);
}

MUST_USE enum err portal_restore(struct portal *portal, const struct change *change)
{
    return account_apply(portal, change);
}

void portal_sync_begin(struct portal *portal)
{
    portal->epoch++;
    portal->syncing = true;
}

static void sync_person(struct portal *portal, struct person *person, uint64_t now_ms)
{
    /* Before the sign-ins, which are gone as well: the reason that is told is this one. */
    if (person->user.disabled && (person->sessions != NULL || person->signins != NULL)) {
        session_end_all(portal, person, SESSION_END_DISABLED, now_ms);
        calls_user_gone(portal, &person->user.id, now_ms);
    }
    for (struct signin *signin = person->signins, *next; signin != NULL; signin = next) {
        next = signin->next;
        if (signin->epoch != portal->epoch) {
            struct id login = signin->login.id;
            account_remove_signin(portal, signin);
            session_end_login(portal, person, &login, SESSION_END_LOGGED_OUT, now_ms);
        }
    }
    connector_sync_person(portal, person);
    tie_sync_person(portal, person);
    for (struct group_link **link = &person->groups; *link != NULL;) {
        struct group_link *gone = *link;
        if (gone->epoch == portal->epoch) {
            link = &gone->next;
            continue;
        }
        *link = gone->next;
        person->group_count--;
        mem_free(gone);
    }
}

/* Removes from `map` what the sync has not seen; the epoch stands at a place of its own. */
static void sync_links(struct portal *portal)
{
    struct open_link *gone = NULL;
    struct open_link *link;
    size_t cursor = 0;
    while ((link = map_next(portal->invitations, &cursor)) != NULL) {
        if (link->epoch != portal->epoch && !link->taken) {
            link->next = gone;
            gone = link;
        }
    }
    while (gone != NULL) {
        link = gone;
        gone = link->next;
        account_remove_link(portal, link);
    }
}

/* After the memberships, which point at them. */
static void sync_groups(struct portal *portal)
{
    struct group *gone = NULL;
    struct group *group;
    size_t cursor = 0;
    while ((group = map_next(portal->groups, &cursor)) != NULL) {
        if (group->epoch != portal->epoch) {
            group->next = gone;
            gone = group;
        }
    }
    while (gone != NULL) {
        group = gone;
        gone = group->next;
        (void)map_remove(portal->groups, slice_text(group->name));
        mem_free(group);
    }
}

void portal_sync_end(struct portal *portal, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    portal->syncing = false;
    for (uint32_t i = portal->sorted_count; i > 0; i--) {
        struct person *person = portal->sorted[i - 1];
        if (person->epoch == portal->epoch) {
            sync_person(portal, person, now_ms);
        } else {
            person_remove(portal, person, now_ms);
        }
    }
    sync_links(portal);
    guests_sync_end(portal);
    sync_groups(portal);
    connector_sync_end(portal);
    rooms_sync_end(portal);
}

void portal_tick(struct portal *portal, uint64_t now_ms)
{
    portal->now_ms = now_ms;
    calls_tick(portal, now_ms);
    connector_tick(portal, now_ms);
    watch_tick(portal, now_ms);
    rooms_tick(portal);
}

uint64_t portal_next_ms(const struct portal *portal)
{
    if (rooms_have_news(portal)) {
        return portal->now_ms;
    }
    uint64_t calls_ms = calls_next_ms(portal);
    uint64_t watch_ms = watch_next_ms(portal);
    if (portal->connectors_changed) {
        return portal->now_ms;
    }
    return calls_ms < watch_ms ? calls_ms : watch_ms;
}

uint32_t portal_session_count(const struct portal *portal)
{
    return slots_count(portal->sessions);
}

void portal_census(const struct portal *portal, struct portal_census *out)
{
    *out = (struct portal_census){.people = portal->enabled_count,
                                  .sessions = slots_count(portal->sessions)};
    for (uint32_t i = 0; i < portal->sorted_count; i++) {
        out->people_here += portal->sorted[i]->sessions == NULL ? 0 : 1;
    }
    uint32_t cursor = 0;
    const struct session *session;
    while ((session = slots_next(portal->sessions, &cursor)) != NULL) {
        out->sessions_away += session->away ? 1 : 0;
    }
    calls_count(portal, out->calls);
}
