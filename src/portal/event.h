/* SPDX-License-Identifier: Apache-2.0 */
/* What the portal tells a session. server/fanout turns each into one message of protocol/. */
#ifndef PORTAL_EVENT_H
#define PORTAL_EVENT_H

#include "base/addr.h"
#include "model/model.h"
#include "model/question.h"

enum call_state { CALL_RINGING, CALL_CONNECTING, CALL_ACTIVE, CALL_ENDED, CALL_STATE_COUNT };
enum call_role { ROLE_CALLER, ROLE_CALLEE };
enum presence {
    PRESENCE_OFFLINE,
    PRESENCE_AVAILABLE,
    PRESENCE_IN_CALL,
    PRESENCE_AWAY,
    PRESENCE_DO_NOT_DISTURB
};
enum session_end { SESSION_END_LOGGED_OUT, SESSION_END_DISABLED, SESSION_END_LIMIT };
enum description_type { DESCRIPTION_OFFER, DESCRIPTION_ANSWER };

#define DEVICE_NAME_MAX 40 /* bytes */
#define CALL_RINGS_MAX 8   /* devices that are named to a caller */

/* A device of the callee that has said how it rings. */
struct call_ring {
    char device[DEVICE_NAME_MAX + 1];
    enum ring_how how;
};

/* A call as one of its two sides sees it. */
struct call_view {
    struct id call;
    enum call_state state;
    enum call_role role;     /* of the one who is told */
    const struct user *peer; /* borrowed for the call of tell */
    uint32_t ring_left_ms;   /* RINGING: until the one deadline */
    uint32_t age_ms;         /* ACTIVE: since the media connected */
    bool here;               /* this session is the one that holds the call's media */
    bool peer_microphone_on;
    bool peer_camera_on;
    bool peer_away;       /* the other call window is gone and may come back */
    bool peer_screen_on;  /* the other side shows its screen */
    bool peer_in_trouble; /* the other side has had no media for a while */
    bool relay_only;      /* nothing that shows the own address may reach the other side */
    uint32_t early;       /* CONNECTING, ACTIVE, for the caller: the connection that was answered */
    bool silent;          /* the callee does not want to be disturbed: no ring */
    bool waiting;         /* RINGING: the callee is in another call */
    bool ignored;         /* RINGING: silenced on the device of the session that is told */
    bool held_by_me;      /* CONNECTING, ACTIVE */
    bool held_by_peer;
    const struct call_ring *rings; /* RINGING, for the caller: borrowed as `peer` is */
    uint32_t ring_count;
    const char *elsewhere;  /* ENDED on another device: its name; "": none. Borrowed as well */
    enum end_reason reason; /* ENDED */
    bool ended_by_me;       /* ENDED: by the user who is told */
    bool moved;             /* ENDED, REPLACED: only here, the place is another session's now */
    const char *connector;  /* by what */
    const char *link;       /* CONNECTING, ACTIVE: to be opened when media go elsewhere; or "" */
};

/* What one side sends, and how it fares. */
struct call_media {
    bool microphone_on;
    bool camera_on;
    bool screen_on;
    bool in_trouble;
    bool switched_microphone; /* by the user, not by a device that went away */
    bool switched_camera;
};

/* What a candidate says (RFC 8839), as whoever hands it in has read it. */
enum ice_type { ICE_UNREADABLE, ICE_HOST, ICE_SRFLX, ICE_PRFLX, ICE_RELAY };
struct ice_facts {
    enum ice_type type;
    struct addr addr; /* of a name only the port */
    bool local_name;  /* a name in .local */
    bool active;      /* TCP, and nobody connects to its port */
    bool related;     /* it also says for which address it stands */
};
#define ICE_DESCRIBED_MAX 64 /* candidates of a description that are looked at */

struct call_description {
    struct id call;
    enum description_type type;
    uint32_t offer;     /* number of the offer; an answer repeats it */
    struct slice sdp;   /* opaque; what it says of addresses: */
    bool has_addresses; /* outside of its candidates */
    uint32_t early;     /* 0: of the call; otherwise the connection made while it rings (early.h) */
    uint32_t candidate_count; /* more than ICE_DESCRIBED_MAX: not all are there */
    const struct ice_facts *candidates;
};

struct call_candidate {
    struct id call;
    struct slice candidate; /* opaque; empty: end of candidates */
    uint32_t early;         /* as in a description */
    struct ice_facts facts;
    struct slice mid;
    struct slice ufrag;
    uint16_t line;
};

enum event_kind {
    EVENT_CALL, /* call: the call is so now (ringing, connecting, active, ended) */
    EVENT_DESCRIPTION,
    EVENT_CANDIDATE,
    EVENT_RENEW,      /* relayed media should look for another way */
    EVENT_AVAILABLE,  /* person: whom the one who is told waited for */
    EVENT_PERSON,     /* person: profile or presence changed; user: borrowed */
    EVENT_GONE,       /* gone: a person was disabled, or erased */
    EVENT_MISSED,     /* missed: so many missed calls were not seen */
    EVENT_SETTINGS,   /* user: own settings changed in another tab */
    EVENT_CONNECTORS, /* what is active has changed: ask portal/connectors.h */
    EVENT_CHOICES,    /* person.user: by what he calls whom has changed */
    EVENT_CHATMSG,    /* chatmsg: a new message */
    EVENT_TYPING,     /* read: its user is typing */
    EVENT_READ,       /* read: the mark of its user has moved */
    EVENT_ROOM,       /* id: the room has changed, or is new for him */
    EVENT_ROOM_REMOVED,
    EVENT_SPACE, /* space: it has changed, or is new for him */
    EVENT_SPACE_REMOVED,
    EVENT_ACTIVITY,         /* activity: a new one */
    EVENT_ACTIVITY_REMOVED, /* id */
    EVENT_LIKED,
    EVENT_COMMENT,   /* commented: a new comment */
    EVENT_UNCOMMENT, /* commented: only id and activity count */
};

struct event {
    enum event_kind kind;
    uint64_t same; /* not 0: what has the same number is the same for everybody */
    union {
        const struct chatmsg *chatmsg;
        struct {
            struct id room;
            const struct user *user;
            uint64_t seq;
        } read;
        struct id id;
        const char *space;
        const struct found_activity *activity;
        struct {
            struct id activity;
            const struct user *user;
            uint32_t likes;
            bool liked;
        } liked;
        struct {
            const struct comment *comment;
            uint32_t comments;
        } commented;
        struct call_view call;
        struct call_description description;
        struct call_candidate candidate;
        struct {
            const struct user *user;
            enum presence presence;
        } person;
        struct {
            const char *name; /* borrowed */
            bool erased;
        } gone;
        uint32_t missed;
    };
};

/* "hung-up", "no-answer", ... : the names of product.md. */
const char *end_reason_name(enum end_reason reason);
const char *call_state_name(enum call_state state);

#endif
