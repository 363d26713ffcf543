/* SPDX-License-Identifier: Apache-2.0 */
/* What a person lets others know, what the pages say of their use, and what others see of both. */
#include "portal/pending.h"

/* Somebody is at one of the pages: it is connected and in use. */
static bool is_active(const struct person *person)
{
    const struct session *session = person->sessions;
    while (session != NULL && (session->idle || session->away)) {
        session = session->next;
    }
    return session != NULL;
}

bool status_hides(const struct person *person)
{
    return person->sessions == NULL || person->user.disabled ||
           person->user.status == STATUS_INVISIBLE;
}

enum presence person_presence(const struct portal *portal, const struct person *person)
{
    if (status_hides(person)) {
        return PRESENCE_OFFLINE;
    }
    if (calls_user_in_call(portal, &person->user.id)) {
        return PRESENCE_IN_CALL;
    }
    if (person->user.status == STATUS_DO_NOT_DISTURB) {
        return PRESENCE_DO_NOT_DISTURB;
    }
    return person->user.status == STATUS_AWAY || !is_active(person) ? PRESENCE_AWAY
                                                                    : PRESENCE_AVAILABLE;
}

enum presence portal_presence(const struct portal *portal, const struct id *user)
{
    const struct person *person = person_find(portal, user);
    return person == NULL ? PRESENCE_OFFLINE : person_presence(portal, person);
}

uint32_t person_devices(const struct portal *portal, const struct person *person)
{
    enum presence presence = person_presence(portal, person);
    uint32_t count = 0;
    if (presence == PRESENCE_OFFLINE || presence == PRESENCE_DO_NOT_DISTURB) {
        return 0;
    }
    for (const struct signin *signin = person->signins; signin != NULL; signin = signin->next) {
        const struct session *session = person->sessions;
        while (session != NULL && !id_equal(&session->login, &signin->login.id)) {
            session = session->next;
        }
        count += session != NULL ? 1 : 0;
    }
    return count < DEVICES_SHOWN_MAX ? count : DEVICES_SHOWN_MAX;
}

uint32_t portal_devices(const struct portal *portal, const struct id *user)
{
    const struct person *person = person_find(portal, user);
    return person == NULL ? 0 : person_devices(portal, person);
}

bool portal_push_reaches(const struct portal *portal, const struct id *user)
{
    const struct person *person = person_find(portal, user);
    return person != NULL && push_reaches(person);
}

MUST_USE enum err portal_set_status(struct portal *portal, session_id session, enum status status,
                                    uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct session *found = session_find(portal, session);
    if (found == NULL) {
        return ERR_NOT_FOUND;
    }
    struct person *person = found->person;
    if (person->user.status == status) {
        return OK;
    }
    struct change change = {.kind = CHANGE_USER_STATUS,
                            .user = {.id = person->user.id, .status = status}};
    enum err err = person_keep_setting(portal, person, &change);
    if (err != OK) {
        return err;
    }
    person->user.status = status;
    person_presence_changed(portal, person);
    person_tell_settings(portal, person);
    return OK;
}

MUST_USE enum err portal_session_idle(struct portal *portal, session_id session, bool idle,
                                      uint64_t now_ms)
{
    portal->now_ms = now_ms;
    struct session *found = session_find(portal, session);
    if (found == NULL) {
        return ERR_NOT_FOUND;
    }
    if (found->idle != idle) {
        found->idle = idle;
        person_presence_changed(portal, found->person);
    }
    return OK;
}
