/* SPDX-License-Identifier: Apache-2.0 */
/* The portal engine: who is known, who is here, who calls whom. One thread, no socket, no clock,
 * no SQL. `now_ms` is monotonic, `now_s` the wall clock. */
#ifndef PORTAL_PORTAL_H
#define PORTAL_PORTAL_H

#include "portal/ports.h"

struct portal;

/* What one person may do so many times in a minute. */
enum quota {
    QUOTA_PROFILES,
    QUOTA_SEARCHES,
    QUOTA_CHAT_SEARCHES,
    QUOTA_ROOMS, /* made, spaces included */
    QUOTA_LIKES,
    QUOTA_CALLS,
    QUOTA_COUNT
};

struct portal_limits {
    uint32_t users_max;
    uint32_t groups_max;
    uint32_t logins_per_user_max; /* the oldest ends */
    uint32_t sessions_max;
    uint32_t sessions_per_user_max; /* the oldest ends */
    uint32_t invitations_max;
    uint32_t calls_max;
    uint32_t pushes_per_user_max; /* the oldest ends */
    uint32_t login_idle_s;        /* sliding expiry */
    uint32_t login_absolute_s;
    uint32_t invitation_s;
    uint32_t ring_ms;        /* 20-90 s */
    uint32_t connect_ms;     /* from Answer to media, else media-failed */
    uint32_t leave_grace_ms; /* a call window that said good-bye may come back (reload) */
    uint32_t rejoin_ms;      /* a call window that vanished may come back */
    uint32_t call_max_ms;
    uint32_t candidates_max;    /* for each side between two descriptions, see icefilter.h */
    uint32_t guests_relay_only; /* 1: the address of a guest is shown to nobody */
    uint32_t guests;            /* 1: people may make links for guests, and guests may come */
    uint32_t guest_links_max;   /* of all people */
    uint32_t guest_links_per_user_max;
    uint32_t guest_link_s;                /* the longest that a link may work */
    uint32_t guest_wait_ms;               /* in the lobby */
    uint32_t guests_max;                  /* with an open account, at one time */
    uint32_t guests_waiting_per_user_max; /* at one host */
    uint32_t guests_kept_max;             /* accounts of guests of before, for the history */
    uint32_t login_attempts_per_account;  /* failed ones in 15 minutes */
    uint32_t login_attempts_per_prefix;   /* failed ones in 15 minutes, a /24 or /56 */
    uint32_t rooms_max;
    uint32_t rooms_per_user_max; /* rooms; and spaces, invitations included */
    uint32_t room_members_max;   /* of a room; of a space, invitations included */
    uint32_t spaces_max;
    uint32_t sends_per_s; /* messages of one person */
    uint32_t sends_burst;
    uint32_t messages_per_day; /* of one person */
    uint32_t posts_per_day;    /* activities and comments of one person */
    uint32_t calls_kept_days;
    uint32_t timelines_kept_days;
    uint32_t messages_kept_days;      /* 0: for ever */
    uint32_t unanswered_max;          /* of one caller to one callee in ten minutes */
    uint32_t stranger_calls_per_hour; /* of one caller */
    uint32_t per_minute[QUOTA_COUNT]; /* for each person */
};

#define PORTAL_OWN_MAX 64
struct portal_params {
    struct ports ports;
    struct portal_limits limits;
    const char *push_hosts; /* push_check_endpoint; borrowed. NULL: none */
    bool push_local;        /* for tests: endpoints on this machine */
    const struct addr *own; /* addresses of this machine, copied; at most PORTAL_OWN_MAX */
    uint32_t own_count;
    bool local; /* only this machine reaches the portal: candidates may be of it */
    uint64_t now_ms;
    int64_t at_ms; /* the same moment by the wall clock: milliseconds since 1970 */
};

MUST_USE enum err portal_create(const struct portal_params *params, struct portal **out);
void portal_destroy(struct portal *portal);

/* Other limits from now on; those that give tables their size must be as they were. */
void portal_set_limits(struct portal *portal, const struct portal_limits *limits);

/* Puts a kept change into memory: at start for all that store_load gives, and again between
 * portal_sync_begin and portal_sync_end after another process has written: what is not seen again
 * is removed, and sessions of users who are now disabled end. */
MUST_USE enum err portal_restore(struct portal *portal, const struct change *change);
void portal_sync_begin(struct portal *portal);
void portal_sync_end(struct portal *portal, uint64_t now_ms);

/* Timers. */
void portal_tick(struct portal *portal, uint64_t now_ms);
uint64_t portal_next_ms(const struct portal *portal);

/* The relay of this server ends, and another one takes over: the places of calls are told. */
void portal_renew_calls(struct portal *portal);

/* How many there are now. */
struct portal_census {
    uint32_t people; /* enabled ones */
    uint32_t people_here;
    uint32_t sessions;
    uint32_t sessions_away;
    uint32_t calls[CALL_STATE_COUNT]; /* ENDED: those that can still be asked for */
};
void portal_census(const struct portal *portal, struct portal_census *out);
/* Open tabs, without looking at everybody. */
uint32_t portal_session_count(const struct portal *portal);

/* ---- sessions (portal/sessions.c): one a tab ---- */

/* Opens a session for the signed-in user of `login`; the oldest of the user ends at the limit. */
MUST_USE enum err portal_session_open(struct portal *portal, const struct id *login,
                                      uint64_t now_ms, session_id *out);
/* The connection is gone or is back; the session lives on meanwhile (server/signalling decides
 * how long and then closes it). */
void portal_session_away(struct portal *portal, session_id session, bool away, uint64_t now_ms);
void portal_session_close(struct portal *portal, session_id session, uint64_t now_ms);
/* What the page calls its browser; anything that is no short text is passed over. */
void portal_session_set_device(struct portal *portal, session_id session, struct slice name);
/* The name of the browser of a sign-in, made of its User-Agent unless a page has said it; "": no
 * such sign-in. Borrowed until the next change. */
const char *portal_login_device(const struct portal *portal, const struct id *login);
const struct user *portal_session_user(const struct portal *portal, session_id session);

/* Its user does something there: the sign-in slides. */
void portal_session_active(struct portal *portal, session_id session, int64_t now_s);
/* Ends the sessions whose sign-in has expired; one that holds the media of a call counts as active.
 * To be called every second or so. */
void portal_expire(struct portal *portal, int64_t now_s, uint64_t now_ms);

/* Tells the session everything that is so now (calls it takes part in), as after a resume that
 * came too late. */
void portal_session_snapshot(struct portal *portal, session_id session, uint64_t now_ms);
/* Tells the session which calls ring, and how long they still do, as after a resume that has
 * brought all else that was missed. */
void portal_session_resumed(struct portal *portal, session_id session, uint64_t now_ms);

/* ---- people (portal/people.c) ---- */

const struct user *portal_user_by_name(const struct portal *portal, struct slice name);
const struct user *portal_user_by_id(const struct portal *portal, const struct id *id);
/* What others see of the user; an invisible one is offline. */
enum presence portal_presence(const struct portal *portal, const struct id *user);
/* On how many devices (browsers) a call would ring now, as others may know: 0 when offline,
 * invisible, or not to be disturbed. */
uint32_t portal_devices(const struct portal *portal, const struct id *user);
/* Whether a push would reach a browser of the user, open or not. */
bool portal_push_reaches(const struct portal *portal, const struct id *user);
bool portal_user_is_in(const struct portal *portal, const struct id *user, const char *group);
/* The names of the user's groups, borrowed until the next change; at most `count_max`; how many. */
uint32_t portal_user_groups(const struct portal *portal, const struct id *user, const char **out,
                            uint32_t count_max);
uint32_t portal_user_count(const struct portal *portal); /* enabled ones */

/* Enabled people whose name, full name or position has `query` (folded; empty: all), by full name,
 * from `offset`, at most `count_max`; *total has all that match. */
uint32_t portal_search(const struct portal *portal, struct slice query, uint32_t offset,
                       uint32_t count_max, const struct user **out, uint32_t *total);

/* ---- status (portal/status.c) ---- */

/* The session's user chooses; his sessions are told. */
MUST_USE enum err portal_set_status(struct portal *portal, session_id session, enum status status,
                                    uint64_t now_ms);
/* Nobody uses the page, or somebody does again; away when all pages of a user are idle. */
MUST_USE enum err portal_session_idle(struct portal *portal, session_id session, bool idle,
                                      uint64_t now_ms);

/* What the session's user wants of calls; NULL: as it was. His sessions are told. */
MUST_USE enum err portal_set_wishes(struct portal *portal, session_id session,
                                    const bool *call_waiting, const bool *relay_only,
                                    uint64_t now_ms);

/* ---- whom people block and wait for (portal/ties.c) ---- */

#define BLOCKS_MAX 100
#define NOTIFIES_MAX 20
enum tie_kind { TIE_BLOCK, TIE_NOTIFY };

/* The session's user blocks, or waits for, the person called `name`, or does so no more.
 * ERR_NOT_FOUND: nobody, or himself; ERR_LIMIT, ERR_NOMEM. Who is available is not waited for but
 * told at once (EVENT_AVAILABLE). */
MUST_USE enum err portal_tie(struct portal *portal, session_id session, enum tie_kind kind,
                             struct slice name, bool on, uint64_t now_ms);

/* ---- quotas (portal/quotas.c) ---- */

/* Whether the user may do it once more now, and counts it. */
bool portal_take(struct portal *portal, const struct id *user, enum quota quota, uint64_t now_ms);

/* ---- who is shown where (portal/watch.c) ---- */

#define PORTAL_WATCHES_MAX 100 /* people that one session watches; protocol/ says so too */

/* The session's page shows these people from now on, instead of those before: it is told of their
 * changes, at most once a second each. Unknown and disabled ones are passed over. ERR_NOT_FOUND: no
 * such session; ERR_LIMIT, ERR_NOMEM: it watches whom it watched. */
MUST_USE enum err portal_watch(struct portal *portal, session_id session, const struct slice *names,
                               size_t count);
/* Whom the session watches, in no order: at most PORTAL_WATCHES_MAX; how many. */
uint32_t portal_watched(const struct portal *portal, session_id session,
                        const struct user *out[PORTAL_WATCHES_MAX]);
/* Whom the session's user blocks or waits for, the latest first; how many. */
uint32_t portal_ties(const struct portal *portal, session_id session, enum tie_kind kind,
                     const struct user *out[PORTAL_WATCHES_MAX]);

/* ---- calls (portal/calls.c); who acts is the session ---- */

struct portal_call_start {
    struct id call;         /* made by the page */
    struct slice callee;    /* user name */
    struct slice connector; /* empty: WebRTC */
    bool microphone_on;
    bool camera_on;
};
/* A call in which the callee is on the telephone already waits (call_view.waiting), unless he does
 * not want that or two wait: then it has ended as busy. Who calls again the one with whom he is in
 * a call, his window being gone, gets that call (recall).
 * Starts a call with a fresh id that the page made. The view in *out is borrowed until the next
 * call into the portal. When the other one is ringing this user already (glare), *out is that call,
 * answered: both pressed Call. A repeated start with the same id by the same session gives the call
 * as it is. ERR_NOT_FOUND: no such person, oneself, disabled; ERR_EXISTS: the id is taken;
 * ERR_BUSY: this user is in a call already; ERR_TOO_OFTEN: he has started too many; ERR_LIMIT:
 * there are as many as the server takes. A callee who is offline or busy makes a call that has
 * ended: unreachable, busy. ERR_UNSUPPORTED: the connector is switched off, or not possible for
 * the two. */
MUST_USE enum err portal_call_start(struct portal *portal, session_id session,
                                    const struct portal_call_start *start, uint64_t now_ms,
                                    struct call_view *out);
struct portal_call_answer {
    bool microphone_on;
    bool camera_on;
    bool hold; /* the call in which the user is */
};
/* Answers: the session becomes the callee's place of the call; the other sessions of the user are
 * told ANSWERED_ELSEWHERE. ERR_STATE: too late, or answered elsewhere. Twice by one: OK. ERR_BUSY:
 * the user is in a call, which is not to be held or cannot be; ERR_LIMIT: he holds too many. */
MUST_USE enum err portal_call_accept(struct portal *portal, session_id session,
                                     const struct id *call, const struct portal_call_answer *answer,
                                     uint64_t now_ms, struct call_view *out);
/* The device of the session rings in this way: the caller is told. ERR_INVALID: RING_PUSH. */
MUST_USE enum err portal_call_ringing(struct portal *portal, session_id session,
                                      const struct id *call, enum ring_how how, uint64_t now_ms);
/* A browser without an open page has got the push of the call, and asks. */
void portal_call_pushed(struct portal *portal, const struct id *user, const struct id *login,
                        const struct id *call, uint64_t now_ms);
/* Silences the device of the session; the call rings on elsewhere. ERR_LIMIT: too many devices. */
MUST_USE enum err portal_call_ignore(struct portal *portal, session_id session,
                                     const struct id *call, uint64_t now_ms);
/* How the media of this side fared since the last report. */
struct call_report {
    enum call_path path;
    enum call_transport transport;
    uint32_t loss; /* of 1000 packets */
    uint32_t rtt_ms;
    uint32_t jitter_ms;
};
/* From the place of an answered call; too soon after the last one it is not counted. */
MUST_USE enum err portal_call_report(struct portal *portal, session_id session,
                                     const struct id *call, const struct call_report *report,
                                     uint64_t now_ms);
/* From the place of an answered call: holds it, or takes it up and holds the one that was not
 * held. ERR_STATE: not the place, or not answered; ERR_LIMIT: he holds too many. */
MUST_USE enum err portal_call_hold(struct portal *portal, session_id session, const struct id *call,
                                   bool held, uint64_t now_ms);
/* Declines on all devices of the callee. */
/* This device is to be connected while it rings: *out says to what. ERR_STATE: it does not ring
 * here, or it may not be. */
MUST_USE enum err portal_call_prepare(struct portal *portal, session_id session,
                                      const struct id *call, uint64_t now_ms,
                                      struct call_view *out);
/* The answer that follows goes by the connection that this session has made while it rang, or by
 * none. ERR_STATE: it has made none. */
MUST_USE enum err portal_call_choose_early(struct portal *portal, session_id session,
                                           const struct id *call, bool early);
MUST_USE enum err portal_call_decline(struct portal *portal, session_id session,
                                      const struct id *call, uint64_t now_ms);
/* The same with a message to the caller, in the chat of the two; on_done comes when it is kept. The
 * call is declined also when there is another answer than OK. */
MUST_USE enum err
portal_call_decline_with(struct portal *portal, session_id session, const struct id *call,
                         struct slice text, uint64_t now_ms,
                         void (*on_done)(void *arg, enum err err, const char *why), void *arg);
/* The same without a session: a browser that was rung without a page. ERR_NOT_FOUND as for
 * portal_call_peek. */
MUST_USE enum err portal_call_decline_away(struct portal *portal, const struct id *user,
                                           const struct id *login, const struct id *call,
                                           uint64_t now_ms);
/* Ends: while it rings CANCELLED (caller), afterwards `reason`, which the page may only give as
 * HUNG_UP, PERMISSION_DENIED, NO_DEVICE, MEDIA_FAILED, MEDIA_LOST (else ERR_INVALID). A call that
 * has ended: OK, nothing happens (M97). */
MUST_USE enum err portal_call_end(struct portal *portal, session_id session, const struct id *call,
                                  enum end_reason reason, uint64_t now_ms);
/* This side's media have connected; ACTIVE when both sides have said so. */
MUST_USE enum err portal_call_connected(struct portal *portal, session_id session,
                                        const struct id *call, uint64_t now_ms);
/* The call window comes (again): after a reload it takes the user's place; another window of the
 * same user that held the place is told REPLACED. Also how a page asks what a call is. */
MUST_USE enum err portal_call_join(struct portal *portal, session_id session, const struct id *call,
                                   uint64_t now_ms, struct call_view *out);
/* The call as `user` sees it, without a session; ERR_NOT_FOUND: none, or not the user's. */
MUST_USE enum err portal_call_peek(struct portal *portal, const struct id *user,
                                   const struct id *call, uint64_t now_ms, struct call_view *out);
/* A browser of the user asks for the page of the call's window: a good-bye of that window, before
 * or after it, is that of a reload. Nothing where there is no such call of the user. */
void portal_call_comes(struct portal *portal, const struct id *user, const struct id *call,
                       uint64_t now_ms);
/* The call window closes: the other side is told, and the call ends HUNG_UP (CANCELLED while it
 * rings) unless the user joins again within leave_grace_ms. */
MUST_USE enum err portal_call_leave(struct portal *portal, session_id session,
                                    const struct id *call, uint64_t now_ms);
/* What this side sends now and how it fares: told to the other side. What the user has switched is
 * kept for the next call. */
MUST_USE enum err portal_call_media(struct portal *portal, session_id session,
                                    const struct id *call, const struct call_media *media,
                                    uint64_t now_ms);
/* Forwards to the other side's place, only between accept and end; else ERR_STATE. */
MUST_USE enum err portal_call_describe(struct portal *portal, session_id session,
                                       const struct call_description *description);
MUST_USE enum err portal_call_candidate(struct portal *portal, session_id session,
                                        const struct call_candidate *candidate);

/* ---- pushes (portal/pushes.c): browsers that ring without an open page ---- */

struct portal_push {
    struct slice endpoint;
    const uint8_t *point; /* PUSH_POINT_SIZE */
    const uint8_t *auth;  /* PUSH_AUTH_SIZE */
};
/* The browser of the sign-in can be reached there; replaces what was. ERR_INVALID with *why. */
MUST_USE enum err portal_push_put(struct portal *portal, const struct id *user,
                                  const struct id *login, const struct portal_push *push,
                                  int64_t now_s, uint64_t now_ms,
                                  void (*on_done)(void *arg, enum err err, const char *why),
                                  void *arg, const char **why);
MUST_USE enum err portal_push_remove(struct portal *portal, const struct id *user,
                                     const struct id *login, uint64_t now_ms,
                                     void (*on_done)(void *arg, enum err err, const char *why),
                                     void *arg);
bool portal_push_has(const struct portal *portal, const struct id *login);
/* The push service does not know the endpoint any more. */
void portal_push_gone(struct portal *portal, const struct id *login, const char *endpoint);

/* ---- accounts (portal/accounts.c): all answers come by on_done, after the commit ---- */

typedef void (*portal_done)(void *arg, enum err err, const char *why);

struct portal_login {
    struct login login;         /* who signed in */
    uint8_t token[TOKEN_BYTES]; /* for the cookie; exists only here */
};
typedef void (*portal_login_done)(void *arg, enum err err, const struct portal_login *login);

/* ERR_UNAUTHORIZED: wrong (always the same, in the same time); ERR_LIMIT: too many attempts;
 * ERR_BUSY: the pool is full. */
MUST_USE enum err portal_login(struct portal *portal, struct slice name, struct slice password,
                               struct slice agent, struct slice address, int64_t now_s,
                               uint64_t now_ms, portal_login_done on_done, void *arg);

/* Whose cookie this is; slides the expiry. ERR_UNAUTHORIZED: nobody's. *login is borrowed. */
MUST_USE enum err portal_authenticate(struct portal *portal, const uint8_t token[TOKEN_BYTES],
                                      int64_t now_s, const struct login **login,
                                      const struct user **user);
/* Ends one sign-in of the user (his own only, else ERR_NOT_FOUND), with its sessions. */
MUST_USE enum err portal_logout(struct portal *portal, const struct id *user,
                                const struct id *login, uint64_t now_ms, portal_done on_done,
                                void *arg);
/* The user's sign-ins, newest first; how many. */
uint32_t portal_logins(const struct portal *portal, const struct id *user, const struct login **out,
                       uint32_t count_max);

typedef void (*portal_invite_done)(void *arg, enum err err, const uint8_t token[TOKEN_BYTES],
                                   int64_t expires_s);
/* A link for a new person (MEMBER, ADMINISTRATOR) by an administrator. `by` NULL: the program
 * itself. ERR_FORBIDDEN, ERR_LIMIT. */
MUST_USE enum err portal_invite(struct portal *portal, const struct id *by,
                                enum invitation_kind kind, int64_t now_s,
                                portal_invite_done on_done, void *arg);
/* ERR_NOT_FOUND: unknown, used or expired. */
MUST_USE enum err portal_invitation_find(const struct portal *portal,
                                         const uint8_t token[TOKEN_BYTES], int64_t now_s,
                                         const struct invitation **out);

struct portal_join {
    struct slice name, full_name, email, password, agent, address;
};
/* Uses up the link: makes the account (or sets the password for INVITATION_PASSWORD) and signs in.
 * ERR_INVALID with the rule in `why` by on_done; ERR_EXISTS: the name is taken. */
MUST_USE enum err portal_join(struct portal *portal, const uint8_t token[TOKEN_BYTES],
                              const struct portal_join *join, int64_t now_s, uint64_t now_ms,
                              void (*on_done)(void *arg, enum err err, const char *why,
                                              const struct portal_login *login),
                              void *arg);

/* ---- guests (portal/guests.c): docs/decisions/0030 ---- */

enum guest_state { GUEST_OPEN, GUEST_WAITING, GUEST_TALKING, GUEST_USED, GUEST_EXPIRED };
/* A link as its host and administrators see it. Borrowed until the next change. */
struct guest_view {
    const struct guest_link *link;
    const struct user *host;
    const struct user *guest; /* NULL: nobody has come yet, or he is forgotten */
    enum guest_state state;
};

/* Whether the user came by the link of a host: he may do next to nothing. */
bool portal_is_guest(const struct portal *portal, const struct id *user);
bool portal_session_is_guest(const struct portal *portal, session_id session);

struct portal_guest_wish {
    struct slice label; /* may be empty */
    uint64_t valid_s;   /* 60 to guest_link_s */
};
/* A link for one call with `by`. ERR_FORBIDDEN: guests are switched off, or `by` is one himself;
 * ERR_INVALID: label or time; ERR_LIMIT: he, or all together, have enough. */
MUST_USE enum err portal_guest_invite(struct portal *portal, const struct id *by,
                                      const struct portal_guest_wish *wish, int64_t now_s,
                                      uint64_t now_ms, portal_invite_done on_done, void *arg);
/* The longest time for which a link may be made; 0: guests are switched off. */
uint32_t portal_guest_seconds(const struct portal *portal);
/* The links of `host` (NULL: all), the newest first; how many. */
uint32_t portal_guest_links(const struct portal *portal, const struct id *host, int64_t now_s,
                            struct guest_view *out, uint32_t count_max);
/* By its host or by an administrator: the link works no more, its guest is out at once.
 * ERR_NOT_FOUND: none, or somebody else's; ERR_BUSY: it is just being opened. */
MUST_USE enum err portal_guest_revoke(struct portal *portal, const struct id *by,
                                      const struct id *link, int64_t now_s, uint64_t now_ms,
                                      portal_done on_done, void *arg);
/* Whose link it is, for who has it. ERR_NOT_FOUND: unknown, expired, withdrawn or used, all the
 * same; ERR_LIMIT: too many wrong ones came from that network. */
MUST_USE enum err portal_guest_find(struct portal *portal, const uint8_t token[TOKEN_BYTES],
                                    struct slice address, int64_t now_s, uint64_t now_ms,
                                    const struct user **host);

struct portal_guest_entry {
    struct slice name; /* as he wants to be shown */
    struct slice agent, address;
};
/* The one with the link comes in, with a sign-in for one call with the host. As portal_guest_find;
 * ERR_INVALID: the name; ERR_LIMIT also: there are enough guests; ERR_BUSY: somebody is just
 * opening it. Who comes again with it ends the sign-in of before. */
MUST_USE enum err portal_guest_enter(struct portal *portal, const uint8_t token[TOKEN_BYTES],
                                     const struct portal_guest_entry *entry, int64_t now_s,
                                     uint64_t now_ms, portal_login_done on_done, void *arg);
/* Whom the guest may call; NULL: nobody any more. */
const struct user *portal_guest_host(const struct portal *portal, const struct id *guest,
                                     int64_t now_s);

struct portal_profile {
    struct slice full_name, email, position, language;
};
MUST_USE enum err portal_set_profile(struct portal *portal, const struct id *user,
                                     const struct portal_profile *profile, uint64_t now_ms,
                                     portal_done on_done, void *arg);
/* Changes the password and ends all other sign-ins. ERR_UNAUTHORIZED: `old` is wrong. */
MUST_USE enum err portal_set_password(struct portal *portal, const struct id *user,
                                      const struct id *login, struct slice old, struct slice new_,
                                      uint64_t now_ms, portal_done on_done, void *arg);
/* An empty picture removes it. ERR_LIMIT: more than 10 an hour. */
MUST_USE enum err portal_set_avatar(struct portal *portal, const struct id *user,
                                    struct slice picture, uint64_t now_ms, portal_done on_done,
                                    void *arg);
MUST_USE enum err portal_set_media(struct portal *portal, const struct id *user, bool microphone_on,
                                   bool camera_on, uint64_t now_ms);

#endif
