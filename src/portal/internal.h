/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of portal/ share. Nobody outside includes it. All of it runs on one thread.
 *
 * Who owns what: the portal owns people, groups, invitations and pending operations; a person owns
 * its sign-ins and memberships; a session belongs to its person and to the sign-in that opened it.
 * Pointers are kept only downwards; everything else holds an id. */
#ifndef PORTAL_INTERNAL_H
#define PORTAL_INTERNAL_H

#include "base/bucket.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/slots.h"
#include "base/wheel.h"
#include "portal/calls.h"
#include "portal/connectors.h"
#include "portal/portal.h"
#include "portal/throttle.h"

#define DEVICES_SHOWN_MAX 16 /* protocol/session.json says so too */
#define PERSON_FOLDED_SIZE (USER_NAME_MAX + USER_FULL_NAME_MAX + USER_POSITION_MAX + 4)

struct group {
    char name[GROUP_NAME_MAX + 1];
    uint32_t epoch; /* of the last sync that saw it */
    struct group *next;
};

struct group_link {
    struct group_link *next;
    const struct group *group;
    uint32_t epoch;
};

struct signin {
    struct signin *next; /* of the same person, newest first */
    struct person *person;
    struct login login;
    char device[DEVICE_NAME_MAX + 1]; /* "": not named yet */
    struct push *push;                /* owned; NULL: not reached without a page */
    uint16_t rings_ms[2]; /* so long its page, a push to it, takes to say that a call rings, and 1;
                             0: never did */
    uint32_t epoch;
};

/* One connected tab. */
struct session {
    session_id id;
    struct session *next; /* of the same person, newest first */
    struct person *person;
    struct id login;
    int64_t expires_s; /* of the sign-in */
    int64_t seen_s;    /* the sign-in was seen then or later */
    bool away;         /* its connection is gone */
    bool idle;         /* nobody uses the page */
    struct watch *watches;
};

/* A session whose page shows a person. Owned by the session; also in the list of the person. */
struct watch {
    struct watch *next; /* of the session */
    struct session *session;
    struct person *person;
    struct watch *person_next;
    struct watch **person_link;
};

/* An IM account of a person, in the order of their places. */
struct im_entry {
    struct im_entry *next;
    struct im_account im;
    uint32_t epoch;
    bool warned; /* the log has said that it is ignored */
};

/* A choice of a person, the newest first. */
struct choice_entry {
    struct choice_entry *next;
    struct choice choice;
    uint32_t epoch;
};

/* Whom a person blocks or waits for. Owned by the person; those who wait for somebody are also in
 * the list of him. */
struct tie_entry {
    struct tie_entry *next; /* of the person, newest first */
    bool pushed;            /* NOTIFY: his browsers were told while he had no page */
    struct tie tie;
    uint32_t epoch;
    struct tie_entry *other_next;
    struct tie_entry **other_link; /* NULL: nobody is waited for */
};

#define VAIN_MAX 16 /* calls of one person that were not answered and are remembered */
struct vain;

struct registered {
    const struct connector *connector;
    bool preset; /* active unless a setting says otherwise */
    bool told;   /* what everybody knows */
};

#define SETTING_OWNER_ACTIVE "connectors" /* the settings of this owner say which are active */
#define SETTING_OWNER_CALLS "calls"       /* those that count for all connectors */
#define SETTING_CALLS_PHONES "phones"
#define KEPT_SETTINGS_MAX 4096
#define KEPT_SETTING_KEY_SIZE (CONNECTOR_NAME_MAX + SETTING_NAME_MAX + 2)

struct kept_setting {
    char key[KEPT_SETTING_KEY_SIZE]; /* owner/name */
    struct setting setting;
    uint32_t epoch;
    struct kept_setting *next;
};

struct person {
    struct portal *portal; /* for the timer */
    struct user user;
    char folded[PERSON_FOLDED_SIZE]; /* full name, name and position, for searching */
    struct session *sessions;
    struct signin *signins;
    struct group_link *groups;
    struct im_entry *accounts;
    struct choice_entry *choices;
    struct tie_entry *blocks;
    struct tie_entry *notifies;
    struct tie_entry *awaited; /* by others */
    struct vain *vain;         /* NULL: nothing is remembered */
    struct bucket stranger_calls;
    uint32_t session_count;
    uint32_t signin_count;
    uint32_t group_count;
    uint32_t epoch;
    bool writing; /* a change of the user is being kept: one at a time */
    /* So many changes are being kept that count in memory at once (devices, status). */
    uint32_t settings_writing;
    bool changed;       /* is told even if the presence is what was told last */
    enum presence told; /* to those who watch */
    uint32_t told_devices;
    uint64_t told_ms;
    struct wheel_timer tell_timer; /* running: a change is to be told */
    struct watch *watchers;
    uint64_t avatar_since_ms; /* the hour in which avatar_count pictures were set */
    uint32_t avatar_count;
    struct bucket quotas[QUOTA_COUNT];
    struct member *rooms; /* newest first */
    uint32_t room_count;
    struct belonging *spaces;
    uint32_t space_count;
    struct bucket sends;    /* messages in a second */
    struct bucket messages; /* in a day */
    struct bucket posts;    /* activities and comments, in a day */
};

/* An invitation whose link is open. */
struct open_link {
    struct invitation invitation;
    uint32_t epoch;
    bool taken; /* a join with it is under way: it must not be freed */
    struct open_link *next;
};

/* A link of a guest. */
struct guest_entry {
    struct guest_link link;
    uint32_t epoch;
    bool taken; /* somebody is opening it: it must not be freed */
    struct guest_entry *next;
};

struct pending;
struct rooms;
struct chatroom;
struct member;
struct belonging;

struct portal {
    struct ports ports;
    struct portal_limits limits;
    const char *push_hosts;
    bool push_local;
    struct addr own[PORTAL_OWN_MAX];
    uint32_t own_count;
    bool local;
    uint64_t started_ms;
    uint64_t now_ms;   /* of the last call that brought the time */
    int64_t orphans_s; /* when guests without a link are looked for next (guests.c) */
    int64_t trim_s;    /* when old calls are forgotten next */
    bool forgetting;   /* old messages are being forgotten (retention.c) */
    uint64_t wall_ms;  /* what added to a monotonic time gives milliseconds since 1970 */
    struct map *people_by_id;
    struct map *people_by_name;
    struct map *signins; /* by token hash */
    struct map *signins_by_id;
    struct map *invitations; /* by token hash */
    struct map *guest_links; /* by token hash */
    struct map *groups;      /* by name */
    struct slots *sessions;
    struct person **sorted; /* everybody, by folded full name */
    uint32_t sorted_count;
    uint32_t sorted_capacity;
    uint32_t enabled_count;
    uint32_t epoch;
    bool syncing;
    struct wheel *wheel; /* people whose change is to be told */
    uint32_t tells_left; /* in this tick */
    struct throttle *by_account;
    struct throttle *by_prefix;
    struct pending *pending;
    uint32_t pending_count;
    struct calls *calls;
    struct registered connectors[CONNECTORS_MAX];
    uint32_t connector_count;
    bool connectors_changed; /* everybody is told at the next tick */
    uint64_t settings_version;
    struct map *settings; /* by owner/name */
    struct rooms *rooms;
    uint64_t event_same;
};

/* ---- sessions.c ---- */

/* NULL: no such session any more. */
struct session *session_find(const struct portal *portal, session_id id);
/* Tells the session that it ends, and closes it. */
void session_end(struct portal *portal, session_id id, enum session_end why, uint64_t now_ms);
void session_end_all(struct portal *portal, struct person *person, enum session_end why,
                     uint64_t now_ms);
void session_end_login(struct portal *portal, struct person *person, const struct id *login,
                       enum session_end why, uint64_t now_ms);
void session_tell(const struct portal *portal, session_id id, const struct event *event);
/* Tells all sessions of the person but `except` (0: all). */
void session_tell_person(const struct portal *portal, const struct person *person,
                         session_id except, const struct event *event);

/* For event.same: a number that no other event has. */
uint64_t event_same(struct portal *portal);

/* ---- people.c ---- */

/* Disabled people are found too; NULL: no such person. */
struct person *person_find(const struct portal *portal, const struct id *id);
/* The same; guests are found by their id only, so that nobody calls, writes to or lists them. */
struct person *person_find_name(const struct portal *portal, struct slice name);
bool person_name_is_taken(const struct portal *portal, struct slice name);
/* Puts or replaces the user. ERR_LIMIT, ERR_NOMEM; ERR_EXISTS: the name belongs to another. */
MUST_USE enum err person_put(struct portal *portal, const struct user *user);
void person_remove(struct portal *portal, struct person *person, uint64_t now_ms);
/* See portal_search; with `disabled` also those who are. */
uint32_t person_search(const struct portal *portal, struct slice query, bool disabled,
                       uint32_t offset, uint32_t count_max, const struct user **out,
                       uint32_t *total);

/* ---- status.c ---- */

/* What others see. */
enum presence person_presence(const struct portal *portal, const struct person *person);
/* See portal_devices. */
uint32_t person_devices(const struct portal *portal, const struct person *person);
/* Nobody may notice that the person is here, if it is: calls do not reach it. */
bool status_hides(const struct person *person);

/* ---- profile.c ---- */

/* Keeps a change of a setting that the caller makes in memory at once. */
MUST_USE enum err person_keep_setting(struct portal *portal, struct person *person,
                                      const struct change *change);
/* Tells the person's own sessions. */
void person_tell_settings(const struct portal *portal, const struct person *person);

/* ---- watch.c ---- */

/* The presence may have changed: those who watch are told soon, if it still has by then. The calls
 * say so when a call of the person begins or ends. */
void person_presence_changed(struct portal *portal, struct person *person);
void person_profile_changed(struct portal *portal, struct person *person);
/* Tells those who watch that the person is offline, and forgets them. */
void watch_person_gone(struct portal *portal, struct person *person);
/* Tells everybody that the person, who was called `name`, is erased, and forgets who watches. */
void watch_person_erased(struct portal *portal, struct person *person, const char *name);
void watch_session_gone(struct session *session);
void watch_tick(struct portal *portal, uint64_t now_ms);
uint64_t watch_next_ms(const struct portal *portal);

/* ---- accounts.c ---- */

/* Applies a kept change to memory. ERR_NOMEM, ERR_LIMIT, ERR_NOT_FOUND, ERR_EXISTS. */
MUST_USE enum err account_apply(struct portal *portal, const struct change *change);
void account_remove_signin(struct portal *portal, struct signin *signin);
struct signin *account_find_signin(const struct portal *portal, const struct id *login);
void account_remove_link(struct portal *portal, struct open_link *link);
/* Keeps what nobody waits for: the next change, or the next start, makes up for a failure. */
void account_keep_quietly(struct portal *portal, const struct change *change);
/* The sign-in ends: in memory, its sessions, and what is kept. */
void account_end_signin(struct portal *portal, struct signin *signin, enum session_end why,
                        uint64_t now_ms);

/* ---- connectors.c ---- */

/* Settings, IM accounts and choices; see account_apply. */
MUST_USE enum err connector_apply(struct portal *portal, const struct change *change);
/* The connector by which a call begins and, unless it carries media itself, its link. An empty name
 * is WebRTC. ERR_UNSUPPORTED: switched off, or not possible for the two. */
MUST_USE enum err connector_begin(const struct portal *portal, struct slice name,
                                  const struct person *caller, const struct person *callee,
                                  const struct id *call, const struct connector **connector,
                                  char out[CONNECTOR_URL_MAX + 1]);
/* The connector of a meeting of a group and its link, which only those can know who know the id of
 * `message`. ERR_UNSUPPORTED: switched off, or not possible for a group or for who begins. */
MUST_USE enum err connector_meet(const struct portal *portal, struct slice name,
                                 const struct person *person, const struct id *message,
                                 const struct connector **connector,
                                 char out[CONNECTOR_URL_MAX + 1]);
/* Remembers by what the person calls `target`: a user, a room, or everybody (zeros). */
MUST_USE enum err connector_remember(struct portal *portal, struct person *person,
                                     const struct id *target, const char *connector, int64_t now_s);
/* As portal_login_calls. */
bool connector_signin_calls(const struct portal *portal, const struct signin *signin);
/* NULL, or what is wrong with a link, as a text that finishes "the link ...". */
const char *connector_explain_link(enum connector_kind kind, const char *link);
void connector_free_person(struct person *person);
void connector_sync_person(struct portal *portal, struct person *person);
void connector_sync_end(struct portal *portal);
void connector_fini(struct portal *portal);
/* Tells what was switched or set since the last tick, and stops what rings by what is off. */
void connector_tick(struct portal *portal, uint64_t now_ms);
void connector_snapshot(const struct portal *portal, const struct session *session);

/* ---- ties.c ---- */

MUST_USE enum err tie_apply(struct portal *portal, const struct change *change);
/* The person has become available to others: those who wait for him are told. */
void tie_person_available(struct portal *portal, struct person *person);
/* Tells a person who comes whom he waited for. */
void tie_session_opened(struct portal *portal, struct person *person);
bool tie_blocks(const struct person *person, const struct id *other);
void tie_sync_person(const struct portal *portal, struct person *person);
void tie_free_person(const struct portal *portal, struct person *person);

/* ---- pestering.c ---- */

/* Too many calls of the caller to the callee were not answered lately. */
bool pestering_is(const struct portal *portal, const struct person *caller,
                  const struct person *callee);
void pestering_note(const struct portal *portal, struct person *caller, const struct id *callee);
void pestering_forgive(struct person *caller, const struct id *callee);
void pestering_free(struct person *person);
/* Counts a call. ERR_TOO_OFTEN: too many, or too many to people whom the caller does not know. */
MUST_USE enum err pestering_take(struct portal *portal, struct person *caller,
                                 const struct person *callee);

/* ---- admin.c ---- */

/* An entry of the audit, which goes into the log too. No secret may be in it. */
void admin_audit(const struct portal *portal, const struct id *by, int64_t now_s, const char *name,
                 const char *target, const char *detail, struct change *out);

/* ---- pushes.c ---- */

MUST_USE enum err push_apply(struct portal *portal, const struct change *change);
void push_free(struct signin *signin);
/* Whether a push can ring the person. */
bool push_reaches(const struct person *person);
/* The call rings the person, at most so long. */
void push_ring(const struct portal *portal, const struct person *person, const struct id *call,
               uint64_t ring_ms);
/* It does not ring any more; `missed`: the person should hear of it later too. */
void push_settle(const struct portal *portal, const struct person *person, const struct id *call,
                 bool missed);
/* The other is available, for whom the person waits. */
void push_available(const struct portal *portal, const struct person *person,
                    const struct person *other);

/* ---- guests.c ---- */

MUST_USE enum err guests_apply(struct portal *portal, const struct change *change);
/* Removes links that a synchronisation has not seen. */
void guests_sync_end(struct portal *portal);
/* Ends the guests whose time is over. */
void guests_expire(struct portal *portal, int64_t now_s, uint64_t now_ms);
/* Forgets the guests who came before, with their calls. */
void guests_forget(struct portal *portal, int64_t before_s);
/* The guest has been let in, or refused: his link works no more. Nothing for who is none. */
void guests_use_up(struct portal *portal, const struct id *guest);

/* ---- policy.c: who may ---- */

/* Came by the link of a host: a member of platform/guests who never had a password. */
bool policy_is_guest(const struct person *person);

bool policy_may_administer(const struct portal *portal, const struct person *by);
bool policy_may_invite(const struct portal *portal, const struct person *by);
/* A call needs an enabled callee who is somebody else. */
bool policy_may_call(const struct portal *portal, const struct person *caller,
                     const struct person *callee);

/* Nothing that shows the person's network address may reach the other side of a call. */
bool policy_relay_only(const struct portal *portal, const struct person *person);

/* A direct room needs an enabled peer who is somebody else. */
bool policy_may_write_to(const struct portal *portal, const struct person *person,
                         const struct person *peer);
/* Everybody may leave a room; its owner may remove others. */
bool policy_may_remove(const struct chatroom *room, const struct person *by,
                       const struct person *other);
/* One's own activities and comments; administrators those of all. */
bool policy_may_delete(const struct portal *portal, const struct person *by,
                       const struct id *author);

#endif
