/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/connectors.h"

#include <stdio.h>

#include "base/log.h"
#include "base/text.h"
#include "portal/internal.h"

#define ROOM_BYTES 16

/* ---- registration ---- */

static const char *explain_connector(const struct connector *connector)
{
    if (connector->name == NULL || connector->title == NULL || connector->description == NULL ||
        connector->needs == NULL) {
        return "it has no name, title, description or needs()";
    }
    if (model_check_key(slice_text(connector->name), CONNECTOR_NAME_MAX, NULL) != OK ||
        strcmp(connector->name, SETTING_OWNER_ACTIVE) == 0 ||
        strcmp(connector->name, SETTING_OWNER_CALLS) == 0) {
        return "its name is not of a-z, 0-9 and -, or is one of ours";
    }
    if (model_check_text(slice_text(connector->title), 1, AUDIT_TARGET_MAX, NULL) != OK ||
        model_check_text(slice_text(connector->description), 0, AUDIT_DETAIL_MAX, NULL) != OK) {
        return "its title or its description is no checked text";
    }
    if (connector->kind != CONNECTOR_MEDIA && connector->link == NULL) {
        return "it has no link()";
    }
    if (connector->field_count > CONNECTOR_FIELDS_MAX ||
        (connector->field_count > 0 && connector->check_field == NULL)) {
        return "it has too many fields, or no check_field()";
    }
    if (connector->account_type != NULL &&
        (connector->check_account == NULL || connector->account_title == NULL ||
         model_check_key(slice_text(connector->account_type), IM_TYPE_MAX, NULL) != OK)) {
        return "its account type has no name of a-z, 0-9 and -, no title or no check_account()";
    }
    if (connector->groups && connector->kind != CONNECTOR_MEETING) {
        return "it calls groups, but is no meeting";
    }
    for (uint32_t i = 0; i < connector->field_count; i++) {
        if (model_check_key(slice_text(connector->fields[i].name), SETTING_NAME_MAX, NULL) != OK) {
            return "a field has no name of a-z, 0-9 and -";
        }
    }
    return NULL;
}

MUST_USE enum err portal_connector_add(struct portal *portal, const struct connector *connector,
                                       bool active, const char **why)
{
    *why = explain_connector(connector);
    if (*why != NULL) {
        return ERR_INVALID;
    }
    struct connector_view there;
    if (portal_connector_find(portal, slice_text(connector->name), &there)) {
        *why = "a connector of this name is there already";
        return ERR_EXISTS;
    }
    if (portal->connector_count == CONNECTORS_MAX) {
        *why = "there are too many connectors";
        return ERR_LIMIT;
    }
    portal->connectors[portal->connector_count++] =
        (struct registered){.connector = connector, .preset = active, .told = active};
    return OK;
}

/* ---- settings ---- */

static void setting_key(const char *owner, const char *name, char out[KEPT_SETTING_KEY_SIZE])
{
    (void)snprintf(out, KEPT_SETTING_KEY_SIZE, "%s/%s", owner, name);
}

const struct secret *portal_setting(const struct portal *portal, const char *owner,
                                    const char *name)
{
    char key[KEPT_SETTING_KEY_SIZE];
    setting_key(owner, name, key);
    const struct kept_setting *kept = map_find(portal->settings, slice_text(key));
    return kept == NULL ? NULL : &kept->setting.value;
}

uint64_t portal_settings_version(const struct portal *portal)
{
    return portal->settings_version;
}

static void settings_changed(struct portal *portal)
{
    portal->settings_version++;
    portal->connectors_changed = true;
}

static MUST_USE enum err put_setting(struct portal *portal, const struct setting *setting)
{
    char key[KEPT_SETTING_KEY_SIZE];
    setting_key(setting->owner, setting->name, key);
    struct kept_setting *kept = map_find(portal->settings, slice_text(key));
    if (kept == NULL) {
        kept = mem_alloc(sizeof *kept);
        if (kept == NULL) {
            return ERR_NOMEM;
        }
        memcpy(kept->key, key, sizeof key);
        enum err err = map_add(portal->settings, slice_text(kept->key), kept);
        if (err != OK) {
            mem_free(kept);
            return err;
        }
        settings_changed(portal);
    } else if (strcmp(secret_reveal(&kept->setting.value), secret_reveal(&setting->value)) != 0) {
        settings_changed(portal);
    }
    kept->setting = *setting;
    kept->epoch = portal->epoch;
    return OK;
}

/* Removes those of `owner` (NULL: of all) that the latest synchronisation has not seen, or all. */
static void remove_settings(struct portal *portal, const char *owner, bool stale_only)
{
    struct kept_setting *gone = NULL;
    struct kept_setting *kept;
    size_t cursor = 0;
    while ((kept = map_next(portal->settings, &cursor)) != NULL) {
        if ((owner == NULL || strcmp(kept->setting.owner, owner) == 0) &&
            (!stale_only || kept->epoch != portal->epoch)) {
            kept->next = gone;
            gone = kept;
        }
    }
    while (gone != NULL) {
        kept = gone;
        gone = kept->next;
        (void)map_remove(portal->settings, slice_text(kept->key));
        secret_wipe(&kept->setting.value);
        mem_free(kept);
        settings_changed(portal);
    }
}

/* ---- which there are ---- */

static bool is_active(const struct portal *portal, const struct registered *registered)
{
    const struct secret *value =
        portal_setting(portal, SETTING_OWNER_ACTIVE, registered->connector->name);
    return value == NULL ? registered->preset : strcmp(secret_reveal(value), "on") == 0;
}

static void fill_view(const struct portal *portal, const struct registered *registered,
                      struct connector_view *out)
{
    const struct connector *connector = registered->connector;
    *out = (struct connector_view){.connector = connector, .active = is_active(portal, registered)};
    for (uint32_t i = 0; i < CONNECTOR_FIELDS_MAX; i++) {
        const struct secret *value =
            i < connector->field_count
                ? portal_setting(portal, connector->name, connector->fields[i].name)
                : NULL;
        out->values[i] = value == NULL ? "" : secret_reveal(value);
    }
    out->needs = connector->needs(out->values);
}

bool portal_connector_at(const struct portal *portal, uint32_t index, struct connector_view *out)
{
    if (index >= portal->connector_count) {
        return false;
    }
    fill_view(portal, &portal->connectors[index], out);
    return true;
}

bool portal_connector_find(const struct portal *portal, struct slice name,
                           struct connector_view *out)
{
    for (uint32_t i = 0; i < portal->connector_count; i++) {
        if (slice_equal(slice_text(portal->connectors[i].connector->name), name)) {
            fill_view(portal, &portal->connectors[i], out);
            return true;
        }
    }
    return false;
}

/* ---- phones ---- */

bool portal_phones_call(const struct portal *portal)
{
    const struct secret *value = portal_setting(portal, SETTING_OWNER_CALLS, SETTING_CALLS_PHONES);
    return value == NULL || strcmp(secret_reveal(value), "off") != 0;
}

bool connector_signin_calls(const struct portal *portal, const struct signin *signin)
{
    /* Browsers of phones have "Mobile" in it; those of tablets and computers have not. */
    return portal_phones_call(portal) || strstr(signin->login.agent, "Mobi") == NULL;
}

bool portal_login_calls(const struct portal *portal, const struct id *login)
{
    const struct signin *signin = account_find_signin(portal, login);
    return signin != NULL && connector_signin_calls(portal, signin);
}

bool portal_session_calls(const struct portal *portal, session_id session)
{
    const struct session *found = session_find(portal, session);
    return found != NULL && portal_login_calls(portal, &found->login);
}

/* ---- IM accounts ---- */

/* The active connector that knows accounts of `type`, or NULL. */
static const struct connector *connector_of_type(const struct portal *portal, const char *type)
{
    for (uint32_t i = 0; i < portal->connector_count; i++) {
        const struct registered *registered = &portal->connectors[i];
        const char *known = registered->connector->account_type;
        if (known != NULL && strcmp(known, type) == 0 && is_active(portal, registered)) {
            return registered->connector;
        }
    }
    return NULL;
}

/* A kept account can be wrong: its connector has become stricter, or it came from elsewhere. */
static bool is_usable(const struct portal *portal, struct im_entry *entry)
{
    const struct connector *connector = connector_of_type(portal, entry->im.type);
    const char *why = connector == NULL ? NULL : connector->check_account(entry->im.value);
    if (why != NULL && !entry->warned) {
        const struct person *person = person_find(portal, &entry->im.user);
        entry->warned = true;
        log_warn("an IM account is ignored", "user=%s type=%s why=\"the value %s\"",
                 person == NULL ? "?" : person->user.name, entry->im.type, why);
    }
    return connector != NULL && why == NULL;
}

static const char *account_of(const struct portal *portal, const struct person *person,
                              const char *type)
{
    struct im_entry *entry = type == NULL ? NULL : person->accounts;
    while (entry != NULL && (strcmp(entry->im.type, type) != 0 || !is_usable(portal, entry))) {
        entry = entry->next;
    }
    return entry == NULL ? "" : entry->im.value;
}

uint32_t portal_accounts(const struct portal *portal, const struct id *user,
                         const struct im_account *out[IM_ACCOUNTS_MAX])
{
    const struct person *person = person_find(portal, user);
    struct im_entry *entry = person == NULL ? NULL : person->accounts;
    uint32_t count = 0;
    for (; entry != NULL && count < IM_ACCOUNTS_MAX; entry = entry->next) {
        if (is_usable(portal, entry)) {
            out[count++] = &entry->im;
        }
    }
    return count;
}

void portal_account_types(const struct portal *portal, const struct id *user,
                          char out[CONNECTOR_TYPES_SIZE])
{
    const struct im_account *accounts[IM_ACCOUNTS_MAX];
    uint32_t count = portal_accounts(portal, user, accounts);
    size_t size = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < count; i++) {
        bool twice = false;
        for (uint32_t k = 0; k < i; k++) {
            twice = twice || strcmp(accounts[k]->type, accounts[i]->type) == 0;
        }
        if (!twice) {
            size += (size_t)snprintf(out + size, CONNECTOR_TYPES_SIZE - size, "%s%s",
                                     size == 0 ? "" : " ", accounts[i]->type);
        }
    }
}

static void free_accounts(struct person *person, const char *type)
{
    for (struct im_entry **link = &person->accounts; *link != NULL;) {
        struct im_entry *entry = *link;
        if (type != NULL && strcmp(entry->im.type, type) != 0) {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        mem_free(entry);
    }
}

static MUST_USE enum err put_account(struct portal *portal, const struct im_account *im)
{
    struct person *person = person_find(portal, &im->user);
    if (person == NULL) {
        return ERR_NOT_FOUND;
    }
    struct im_entry **link = &person->accounts;
    uint32_t count = 0;
    while (*link != NULL &&
           ((*link)->im.place < im->place || strcmp((*link)->im.type, im->type) != 0)) {
        link = &(*link)->next;
        count++;
    }
    struct im_entry *entry = *link;
    if (entry == NULL || entry->im.place != im->place) {
        for (const struct im_entry *rest = entry; rest != NULL; rest = rest->next) {
            count++;
        }
        if (count >= (uint32_t)IM_ACCOUNTS_MAX * CONNECTORS_MAX) {
            return ERR_LIMIT;
        }
        entry = mem_alloc(sizeof *entry);
        if (entry == NULL) {
            return ERR_NOMEM;
        }
        entry->next = *link;
        *link = entry;
    }
    entry->im = *im;
    entry->epoch = portal->epoch;
    person_profile_changed(portal, person);
    return OK;
}

/* ---- choices ---- */

static void free_choices(struct person *person)
{
    while (person->choices != NULL) {
        struct choice_entry *entry = person->choices;
        person->choices = entry->next;
        mem_free(entry);
    }
}

/* Takes the entry of `target` out of the list, or NULL. */
static struct choice_entry *take_choice(struct person *person, const struct id *target)
{
    struct choice_entry **link = &person->choices;
    while (*link != NULL && !id_equal(&(*link)->choice.target, target)) {
        link = &(*link)->next;
    }
    struct choice_entry *entry = *link;
    if (entry != NULL) {
        *link = entry->next;
    }
    return entry;
}

/* The newest stands first. */
static MUST_USE enum err put_choice(struct portal *portal, const struct choice *choice)
{
    struct person *person = person_find(portal, &choice->user);
    if (person == NULL) {
        return ERR_NOT_FOUND;
    }
    struct choice_entry *entry = take_choice(person, &choice->target);
    if (entry == NULL) {
        entry = mem_alloc(sizeof *entry);
    }
    if (entry == NULL) {
        return ERR_NOMEM;
    }
    entry->choice = *choice;
    entry->epoch = portal->epoch;
    entry->next = person->choices;
    person->choices = entry;
    return OK;
}

uint32_t portal_choices(const struct portal *portal, const struct id *user,
                        const struct choice *out[CHOICES_MAX])
{
    const struct person *person = person_find(portal, user);
    const struct choice_entry *entry = person == NULL ? NULL : person->choices;
    uint32_t count = 0;
    for (; entry != NULL && count < CHOICES_MAX; entry = entry->next) {
        out[count++] = &entry->choice;
    }
    return count;
}

static void keep_choice(struct portal *portal, enum change_kind kind, const struct choice *choice)
{
    struct change change = {.kind = kind, .choice = *choice};
    account_keep_quietly(portal, &change);
}

MUST_USE enum err connector_remember(struct portal *portal, struct person *person,
                                     const struct id *target, const char *connector, int64_t now_s)
{
    struct choice choice = {.user = person->user.id, .target = *target, .chosen_s = now_s};
    memcpy(choice.connector, connector, strlen(connector));
    enum err err = put_choice(portal, &choice);
    if (err != OK) {
        return err;
    }
    keep_choice(portal, CHANGE_CHOICE_PUT, &choice);
    struct choice_entry *last = person->choices;
    uint32_t count = 1;
    for (; last->next != NULL; last = last->next) {
        count++;
    }
    if (count > CHOICES_MAX) {
        struct choice_entry *gone = take_choice(person, &last->choice.target);
        keep_choice(portal, CHANGE_CHOICE_REMOVE, &gone->choice);
        mem_free(gone);
    }
    struct event event = {.kind = EVENT_CHOICES, .person = {.user = &person->user}};
    session_tell_person(portal, person, 0, &event);
    return OK;
}

MUST_USE enum err portal_choose(struct portal *portal, session_id session, struct slice target,
                                struct slice connector, int64_t now_s)
{
    static const struct id everybody;
    const struct session *from = session_find(portal, session);
    const struct person *to = target.size == 0 ? NULL : person_find_name(portal, target);
    struct connector_view view;
    if (from == NULL || (target.size > 0 && to == NULL) ||
        !portal_connector_find(portal, connector, &view)) {
        return ERR_NOT_FOUND;
    }
    return connector_remember(portal, from->person, to == NULL ? &everybody : &to->user.id,
                              view.connector->name, now_s);
}

/* ---- calling ---- */

/* Only characters of RFC 3986, so that no link can hide what it is. */
static bool is_plain(const char *link)
{
    for (; *link != '\0'; link++) {
        if ((uint8_t)*link <= 0x20 || (uint8_t)*link >= 0x7f ||
            strchr("\"<>\\^`{|}", *link) != NULL) {
            return false;
        }
    }
    return true;
}

const char *connector_explain_link(enum connector_kind kind, const char *link)
{
    static const char *const programs[] = {"sip:", "sips:", "callto:", "tel:"};
    if (!is_plain(link)) {
        return "has a character that links do not have";
    }
    if (kind == CONNECTOR_PROGRAM) {
        for (size_t i = 0; i < sizeof programs / sizeof programs[0]; i++) {
            size_t size = strlen(programs[i]);
            if (strncmp(link, programs[i], size) == 0 && link[size] != '\0') {
                return NULL;
            }
        }
        return "does not begin with sip:, sips:, callto: or tel:";
    }
    if (strncmp(link, "https://", 8) != 0) {
        return "does not begin with https://";
    }
    const char *host = link + 8;
    size_t size = strcspn(host, "/?#");
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]";
    if (size == 0 || strspn(host, allowed) < size) {
        return "has no plain host";
    }
    return NULL;
}

/* `callee` NULL: a group, which has no accounts. ERR_UNSUPPORTED: not possible for them. */
static MUST_USE enum err make_link(const struct portal *portal, const struct connector_view *view,
                                   const struct person *caller, const struct person *callee,
                                   const struct id *secret, char out[CONNECTOR_URL_MAX + 1])
{
    const struct connector *connector = view->connector;
    const char *ours = account_of(portal, caller, connector->account_type);
    const char *theirs = callee == NULL ? "" : account_of(portal, callee, connector->account_type);
    bool either = ours[0] != '\0' || theirs[0] != '\0';
    bool both = ours[0] != '\0' && theirs[0] != '\0';
    if ((view->needs == CONNECTOR_NEEDS_BOTH && !both) ||
        (view->needs == CONNECTOR_NEEDS_EITHER && !either)) {
        return ERR_UNSUPPORTED;
    }
    out[0] = '\0';
    if (connector->kind == CONNECTOR_MEDIA) {
        return OK;
    }
    /* The id of the call, or of the message that tells of a meeting, is known to those only who may
     * join, and stays so: the service gets its hash. */
    uint8_t hash[32];
    char room[TEXT_BASE64URL_SIZE(ROOM_BYTES) + 1];
    portal->ports.random.sha256(portal->ports.random.ctx, id_slice(secret), hash);
    text_base64url(slice_from(hash, ROOM_BYTES), room);
    struct connector_call about = {
        .values = view->values, .caller_account = ours, .callee_account = theirs, .room = room};
    enum err err = connector->link(&about, out, CONNECTOR_URL_MAX + 1);
    const char *why = err == OK ? connector_explain_link(connector->kind, out) : NULL;
    if (err != OK || why != NULL) {
        log_warn("a connector gave no usable link", "connector=%s err=%s why=\"the link %s\"",
                 connector->name, err_name(err), why == NULL ? "is missing" : why);
        return ERR_UNSUPPORTED;
    }
    return OK;
}

MUST_USE enum err connector_begin(const struct portal *portal, struct slice name,
                                  const struct person *caller, const struct person *callee,
                                  const struct id *call, const struct connector **connector,
                                  char out[CONNECTOR_URL_MAX + 1])
{
    *connector = NULL;
    out[0] = '\0';
    if (name.size == 0) {
        if (portal->connector_count == 0) {
            return OK;
        }
        name = SLICE("webrtc");
    }
    struct connector_view view;
    if (!portal_connector_find(portal, name, &view) || !view.active ||
        view.connector->kind == CONNECTOR_PROGRAM) {
        return ERR_UNSUPPORTED;
    }
    *connector = view.connector;
    return make_link(portal, &view, caller, callee, call, out);
}

MUST_USE enum err connector_meet(const struct portal *portal, struct slice name,
                                 const struct person *person, const struct id *message,
                                 const struct connector **connector,
                                 char out[CONNECTOR_URL_MAX + 1])
{
    struct connector_view view;
    if (!portal_connector_find(portal, name, &view) || !view.active ||
        view.connector->kind != CONNECTOR_MEETING || !view.connector->groups) {
        return ERR_UNSUPPORTED;
    }
    *connector = view.connector;
    return make_link(portal, &view, person, NULL, message, out);
}

MUST_USE enum err portal_connector_link(struct portal *portal, const struct id *user,
                                        struct slice connector, struct slice callee_name,
                                        char out[CONNECTOR_URL_MAX + 1])
{
    static const struct id nobody;
    const struct person *caller = person_find(portal, user);
    const struct person *callee = person_find_name(portal, callee_name);
    struct connector_view view;
    if (caller == NULL || callee == NULL || !policy_may_call(portal, caller, callee) ||
        !portal_connector_find(portal, connector, &view) || !view.active ||
        view.connector->kind != CONNECTOR_PROGRAM ||
        make_link(portal, &view, caller, callee, &nobody, out) != OK) {
        return ERR_NOT_FOUND;
    }
    return OK;
}

/* ---- what is kept ---- */

MUST_USE enum err connector_apply(struct portal *portal, const struct change *change)
{
    struct person *person = NULL;
    switch (change->kind) {
    case CHANGE_SETTING_PUT:
        return put_setting(portal, &change->setting);
    case CHANGE_SETTING_CLEAR:
        remove_settings(portal, change->setting.owner, false);
        return OK;
    case CHANGE_IM_PUT:
        return put_account(portal, &change->im);
    case CHANGE_IM_CLEAR:
        person = person_find(portal, &change->im.user);
        if (person != NULL) {
            free_accounts(person, change->im.type);
            person_profile_changed(portal, person);
        }
        return OK;
    case CHANGE_CHOICE_PUT:
        return put_choice(portal, &change->choice);
    case CHANGE_CHOICE_REMOVE:
        person = person_find(portal, &change->choice.user);
        mem_free(person == NULL ? NULL : take_choice(person, &change->choice.target));
        return OK;
    default:
        return ERR_INVALID;
    }
}

void connector_free_person(struct person *person)
{
    free_accounts(person, NULL);
    free_choices(person);
}

void connector_sync_person(struct portal *portal, struct person *person)
{
    for (struct im_entry **link = &person->accounts; *link != NULL;) {
        struct im_entry *entry = *link;
        if (entry->epoch == portal->epoch) {
            link = &entry->next;
            continue;
        }
        *link = entry->next;
        mem_free(entry);
        person_profile_changed(portal, person);
    }
}

void connector_sync_end(struct portal *portal)
{
    remove_settings(portal, NULL, true);
}

void connector_fini(struct portal *portal)
{
    if (portal->settings != NULL) {
        remove_settings(portal, NULL, false);
        map_destroy(portal->settings);
    }
}

/* Whose profile shows accounts of a connector that was switched is told again to everybody. */
static void tell_people_with(struct portal *portal, const char *type)
{
    for (uint32_t i = 0; type != NULL && i < portal->sorted_count; i++) {
        const struct im_entry *entry = portal->sorted[i]->accounts;
        while (entry != NULL && strcmp(entry->im.type, type) != 0) {
            entry = entry->next;
        }
        if (entry != NULL) {
            person_profile_changed(portal, portal->sorted[i]);
        }
    }
}

void connector_tick(struct portal *portal, uint64_t now_ms)
{
    if (!portal->connectors_changed) {
        return;
    }
    portal->connectors_changed = false;
    for (uint32_t i = 0; i < portal->connector_count; i++) {
        struct registered *registered = &portal->connectors[i];
        bool active = is_active(portal, registered);
        if (active != registered->told) {
            registered->told = active;
            tell_people_with(portal, registered->connector->account_type);
        }
        if (!active) {
            calls_connector_disabled(portal, registered->connector, now_ms);
        }
    }
    struct event event = {.kind = EVENT_CONNECTORS};
    const struct session *session;
    uint32_t cursor = 0;
    while ((session = slots_next(portal->sessions, &cursor)) != NULL) {
        session_tell(portal, session->id, &event);
    }
}

void connector_snapshot(const struct portal *portal, const struct session *session)
{
    if (portal->connector_count == 0) {
        return;
    }
    struct event event = {.kind = EVENT_CONNECTORS};
    session_tell(portal, session->id, &event);
    event = (struct event){.kind = EVENT_CHOICES, .person = {.user = &session->person->user}};
    session_tell(portal, session->id, &event);
}
