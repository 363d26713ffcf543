/* SPDX-License-Identifier: Apache-2.0 */
/* Devices: one is a browser, which is what a sign-in stands for. Their names, how calls ring on
 * them, and which of them are silenced. */
#include "portal/calls_internal.h"

#include <stddef.h>
#include <stdio.h>

/* A device hears of a call and says that it rings: how long that takes where it never did so. A
 * notification goes by a push service. */
#define PAGE_MIN_MS 30
#define PAGE_SPREAD_MS 128
#define PUSH_MIN_MS 250
#define PUSH_SPREAD_MS 1500
/* A device that says it later has just come, and was not slow. */
#define RINGS_WITHIN_MS 5000

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
    uint8_t detail = (uint8_t)((uint8_t)how | (entry->unheard ? STEP_PRETENDED : 0));
    timeline_add(entry, STEP_RINGS, STEP_CALLEE, name, detail, entry->calls->portal->now_ms);
    return true;
}

/* How long it took from the start of the call: what a call that is not heard pretends by. */
static void measure(const struct entry *entry, const struct id *login, bool push, uint64_t now_ms)
{
    struct signin *signin = account_find_signin(entry->calls->portal, login);
    uint64_t took_ms = now_ms - entry->started_ms;
    uint32_t at = index_of(entry->ring_devices, entry->ring_count, login);
    if (signin != NULL && at == entry->ring_count && took_ms < RINGS_WITHIN_MS) {
        signin->rings_ms[push] = (uint16_t)(took_ms + 1);
    }
}

static enum err ring(struct entry *entry, enum call_role role, const struct id *login,
                     enum ring_how how, uint64_t now_ms)
{
    struct call_input input = {.event = CALL_EVENT_RINGS, .role = role};
    if (role == ROLE_CALLEE && entry->call.state == CALL_RINGING) {
        measure(entry, login, how == RING_PUSH, now_ms);
        if (!note_ring(entry, login, how)) {
            return OK;
        }
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
    if (entry->hidden && role == ROLE_CALLEE && entry->call.state == CALL_RINGING) {
        /* The caller must not even notice that there is a page. */
        timeline_add(entry, STEP_RINGS, STEP_CALLEE, device_of(portal, session), (uint8_t)how,
                     now_ms);
        return OK;
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
    while (session != NULL && (session->away || !id_equal(&session->login, login))) {
        session = session->next;
    }
    return session != NULL;
}

void device_leaves(struct entry *entry, const struct person *callee, const struct id *login,
                   uint64_t now_ms)
{
    const struct signin *signin = account_find_signin(entry->calls->portal, login);
    const struct session *page = callee->sessions;
    uint32_t at = index_of(entry->ring_devices, entry->ring_count, login);
    while (page != NULL && !id_equal(&page->login, login)) {
        page = page->next;
    }
    if (at == entry->ring_count || page != NULL || (signin != NULL && signin->push != NULL)) {
        return;
    }
    entry->ring_count--;
    size_t after = entry->ring_count - at;
    memmove(&entry->rings[at], &entry->rings[at + 1], after * sizeof entry->rings[0]);
    memmove(&entry->ring_devices[at], &entry->ring_devices[at + 1],
            after * sizeof entry->ring_devices[0]);
    struct call_input input = {.event = CALL_EVENT_RINGS, .role = ROLE_CALLEE};
    enum err err = calls_apply(entry, input, 0, NULL, now_ms);
    ASSERT(err == OK);
}

/* Whether the device would say, by its page or by a push, that the call rings. */
static bool would_ring(const struct entry *entry, const struct person *callee,
                       const struct signin *signin, bool push)
{
    const struct line *line = calls_line(entry->calls, &callee->user.id);
    bool speaks = line != NULL && line->mine_count > 0; /* and is at one of his pages */
    bool able = push ? signin->push != NULL && !speaks
                     : !entry->hidden && has_page(callee, &signin->login.id);
    return able && connector_signin_calls(entry->calls->portal, signin);
}

/* How long it takes it: as it did before, or as others do; another time in each call. */
static uint64_t pretence_ms(const struct entry *entry, const struct signin *signin, bool push)
{
    uint32_t dice = entry->pretence_dice;
    for (size_t i = 0; i < ID_BYTES; i++) {
        dice = (dice ^ signin->login.id.bytes[i] ^ push) * 16777619u;
    }
    dice >>= 16;
    uint64_t known_ms = signin->rings_ms[push];
    if (known_ms > 0) {
        return known_ms * 7 / 8 + dice % (known_ms / 4 + 1);
    }
    return push ? PUSH_MIN_MS + dice % PUSH_SPREAD_MS : PAGE_MIN_MS + dice % PAGE_SPREAD_MS;
}

/* It seems to ring at one more device. Where a browser allows no sound before a click its page
 * makes no connection while it rings (early.h), and neither does one that does not ring. */
static void pretend_at(struct entry *entry, const struct signin *signin, bool push, uint64_t now_ms)
{
    enum ring_how how = entry->silent ? RING_BY_STATUS : RING_BY_AUTOPLAY;
    if (note_ring(entry, &signin->login.id, push ? RING_PUSH : how)) {
        struct call_input input = {.event = CALL_EVENT_RINGS, .role = ROLE_CALLEE};
        enum err err = calls_apply(entry, input, 0, NULL, now_ms);
        ASSERT(err == OK);
    }
}

static void on_pretence(struct wheel_timer *timer, uint64_t now_ms)
{
    struct entry *entry =
        (struct entry *)(void *)((char *)timer - offsetof(struct entry, pretence));
    const struct person *callee = person_find(entry->calls->portal, &entry->users[ROLE_CALLEE]);
    uint64_t next_ms = UINT64_MAX;
    if (callee == NULL || entry->call.state != CALL_RINGING || !entry->unheard ||
        entry->call.deadline_ms <= now_ms) {
        return;
    }
    for (const struct signin *each = callee->signins; each != NULL; each = each->next) {
        for (int push = 0; push < 2; push++) {
            uint64_t due_ms = entry->pretence_from_ms + pretence_ms(entry, each, push != 0);
            if (!would_ring(entry, callee, each, push != 0)) {
                continue;
            }
            if (due_ms <= now_ms) {
                pretend_at(entry, each, push != 0, now_ms);
            } else {
                next_ms = due_ms < next_ms ? due_ms : next_ms;
            }
        }
    }
    if (next_ms != UINT64_MAX) {
        wheel_start(entry->calls->wheel, &entry->pretence, next_ms, on_pretence);
    }
}

void device_pretend(struct entry *entry, uint64_t now_ms)
{
    const struct port_random *random = &entry->calls->portal->ports.random;
    uint8_t dice[4] = {0};
    if (entry->call.state == CALL_RINGING && !wheel_running(&entry->pretence)) {
        random->bytes(random->ctx, dice, sizeof dice);
        memcpy(&entry->pretence_dice, dice, sizeof dice);
        entry->pretence_from_ms = now_ms;
        wheel_start(entry->calls->wheel, &entry->pretence, now_ms + 1, on_pretence);
    }
}

bool device_is_locked(const struct entry *entry, const struct session *session)
{
    uint32_t at = session == NULL
                      ? entry->ring_count
                      : index_of(entry->ring_devices, entry->ring_count, &session->login);
    return at < entry->ring_count && entry->rings[at].how == RING_BY_AUTOPLAY;
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
