/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: one is a browser, which is what a sign-in stands for. Their names, how calls ring on
 * them, and which of them are silenced. */
#include "portal/calls_internal.h"

#include <stddef.h>
#include <stdio.h>

/* A page hears of a call and says that it rings: by a good network, and by a slow one. */
#define PRETENCE_MIN_MS 30
#define PRETENCE_SPREAD_MS 128

struct known {
    const char *mark; /* in the User-Agent */
    const char *name;
};

/* The first that fits: later ones are named by earlier ones too. */
static const struct known browsers[] = {
    {"Edg", "Edge"},       {"OPR/", "Opera"},    {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"},
    {"Chrome/", "Chrome"}, {"CriOS/", "Chrome"}, {"Safari/", "Safari"},
};
static const struct known systems[] = {
    {"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"},   {"Windows", "Windows"},
    {"CrOS", "ChromeOS"},   {"Mac OS", "Mac"},    {"Linux", "Linux"},
};

static const char *find(const struct known *list, size_t count, const char *agent)
{
    for (size_t i = 0; i < count; i++) {
        if (strstr(agent, list[i].mark) != NULL) {
            return list[i].name;
        }
    }
    return NULL;
}

/* Such as "Firefox on Linux". */
static void name_of_agent(const char *agent, char out[DEVICE_NAME_MAX + 1])
{
    const char *browser = find(browsers, sizeof browsers / sizeof browsers[0], agent);
    const char *system = find(systems, sizeof systems / sizeof systems[0], agent);
    browser = browser == NULL ? "Browser" : browser;
    (void)snprintf(out, DEVICE_NAME_MAX + 1, "%s%s%s", browser, system == NULL ? "" : " on ",
                   system == NULL ? "" : system);
}

void portal_session_set_device(struct portal *portal, session_id session, struct slice name)
{
    const struct session *found = session_find(portal, session);
    struct signin *signin = found == NULL ? NULL : account_find_signin(portal, &found->login);
    if (signin != NULL && model_check_text(name, 1, DEVICE_NAME_MAX, NULL) == OK) {
        memcpy(signin->device, name.data, name.size);
        signin->device[name.size] = '\0';
    }
}

const char *portal_login_device(const struct portal *portal, const struct id *login)
{
    struct signin *signin = account_find_signin(portal, login);
    if (signin != NULL && signin->device[0] == '\0') {
        name_of_agent(signin->login.agent, signin->device);
    }
    return signin == NULL ? "" : signin->device;
}

const char *device_of(const struct portal *portal, session_id session)
{
    const struct session *found = session_find(portal, session);
    return found == NULL ? "" : portal_login_device(portal, &found->login);
}

/* The place of the device in the list, which may be after its end; its size: there is no more room.
 */
static uint32_t index_of(const struct id *list, uint32_t count, const struct id *login)
{
    uint32_t i = 0;
    while (i < count && !id_equal(&list[i], login)) {
        i++;
    }
    return i;
}

/* The device rings in this way. False: that is known, or there is no room to say it. */
static bool note_ring(struct entry *entry, const struct id *login, enum ring_how how)
{
    uint32_t at = index_of(entry->ring_devices, entry->ring_count, login);
    if (at == CALL_RINGS_MAX) {
        return false;
    }
    struct call_ring *ring = &entry->rings[at];
    /* An open page of the browser says more than the notification beside it. */
    if (at < entry->ring_count && (ring->how == how || how == RING_PUSH)) {
        return false;
    }
    const char *name = portal_login_device(entry->calls->portal, login);
    memcpy(ring->device, name, strlen(name) + 1);
    ring->how = how;
    entry->ring_devices[at] = *login;
    entry->ring_count += at == entry->ring_count ? 1 : 0;
    timeline_add(entry, STEP_RINGS, STEP_CALLEE, name, (uint8_t)how, entry->calls->portal->now_ms);
    return true;
}

static enum err ring(struct entry *entry, enum call_role role, const struct id *login,
                     enum ring_how how, uint64_t now_ms)
{
    struct call_input input = {.event = CALL_EVENT_RINGS, .role = role};
    if (role == ROLE_CALLEE && entry->call.state == CALL_RINGING && !note_ring(entry, login, how)) {
        return OK;
    }
    return calls_apply(entry, input, 0, NULL, now_ms);
}

MUST_USE enum err portal_call_ringing(struct portal *portal, session_id session,
                                      const struct id *call, enum ring_how how, uint64_t now_ms)
{
    struct entry *entry = NULL;
    enum call_role role;
    portal->now_ms = now_ms;
    enum err err = calls_find_for(portal, session, call, &entry, &role);
    if (err != OK) {
        return err;
    }
    if (how == RING_PUSH) {
        return ERR_INVALID; /* a page cannot say so */
    }
    return ring(entry, role, &session_find(portal, session)->login, how, now_ms);
}

void portal_call_pushed(struct portal *portal, const struct id *user, const struct id *login,
                        const struct id *call, uint64_t now_ms)
{
    struct entry *entry = map_find(portal->calls->by_id, id_slice(call));
    portal->now_ms = now_ms;
    if (entry != NULL && id_equal(&entry->users[ROLE_CALLEE], user) &&
        entry->call.state == CALL_RINGING) {
        enum err err = ring(entry, ROLE_CALLEE, login, RING_PUSH, now_ms);
        ASSERT(err == OK);
    }
}

static bool has_page(const struct person *person, const struct id *login)
{
    const struct session *session = person->sessions;
    while (session != NULL && !id_equal(&session->login, login)) {
        session = session->next;
    }
    return session != NULL;
}

static void on_pretence(struct wheel_timer *timer, uint64_t now_ms)
{
    struct entry *entry =
        (struct entry *)(void *)((char *)timer - offsetof(struct entry, pretence));
    const struct person *callee = person_find(entry->calls->portal, &entry->users[ROLE_CALLEE]);
    bool rings = false;
    if (callee == NULL || entry->call.state != CALL_RINGING || !entry->unheard ||
        entry->call.deadline_ms <= now_ms) {
        return;
    }
    for (const struct signin *each = callee->signins; each != NULL; each = each->next) {
        bool open = has_page(callee, &each->login.id);
        if ((open || each->push != NULL) && connector_signin_calls(entry->calls->portal, each)) {
            enum ring_how how = open ? RING_AUDIBLE : RING_PUSH;
            how = open && entry->silent ? RING_BY_STATUS : how;
            rings = note_ring(entry, &each->login.id, how) || rings;
        }
    }
    if (rings) {
        struct call_input input = {.event = CALL_EVENT_RINGS, .role = ROLE_CALLEE};
        enum err err = calls_apply(entry, input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
}

void device_pretend(struct entry *entry, uint64_t now_ms)
{
    const struct port_random *random = &entry->calls->portal->ports.random;
    uint8_t spread = 0;
    if (entry->call.state == CALL_RINGING && !wheel_running(&entry->pretence)) {
        random->bytes(random->ctx, &spread, 1);
        wheel_start(entry->calls->wheel, &entry->pretence,
                    now_ms + PRETENCE_MIN_MS + spread % PRETENCE_SPREAD_MS, on_pretence);
    }
}

bool device_ignores(const struct entry *entry, const struct session *session)
{
    if (CALL_HAS_FAULT(SILENCES_ALL)) {
        return entry->ignored_count > 0;
    }
    return session != NULL &&
           index_of(entry->ignored, entry->ignored_count, &session->login) < entry->ignored_count;
}

MUST_USE enum err portal_call_ignore(struct portal *portal, session_id session,
                                     const struct id *call, uint64_t now_ms)
{
    struct entry *entry = NULL;
    enum call_role role;
    portal->now_ms = now_ms;
    enum err err = calls_find_for(portal, session, call, &entry, &role);
    if (err != OK) {
        return err;
    }
    const struct session *found = session_find(portal, session);
    if (role == ROLE_CALLEE && entry->call.state == CALL_RINGING) {
        if (device_ignores(entry, found)) {
            return OK;
        }
        if (entry->ignored_count == CALL_RINGS_MAX) {
            return ERR_LIMIT;
        }
        entry->ignored[entry->ignored_count++] = found->login;
        timeline_add(entry, STEP_IGNORED, STEP_CALLEE, device_of(portal, session), 0, now_ms);
    }
    struct call_input input = {.event = CALL_EVENT_IGNORE, .role = role};
    return calls_apply(entry, input, session, NULL, now_ms);
}
