/* SPDX-License-Identifier: Apache-2.0 */
/* The nouns of Visavis. Plain values: they can be copied, own nothing, and hold only checked text
 * (valid UTF-8, no control characters, NUL-ended, within the sizes below). Times named *_s are
 * seconds since 1970 (wall clock, for keeping and showing); times named *_ms are monotonic. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "model/activity.h"
#include "model/callrecord.h"
#include "model/id.h"
#include "model/push.h"
#include "model/room.h"

#define USER_NAME_MAX 32       /* characters a-z 0-9 . _ -; the first is a letter or digit */
#define USER_FULL_NAME_MAX 128 /* bytes */
#define USER_EMAIL_MAX 254     /* bytes */
#define USER_POSITION_MAX 128  /* bytes */
#define USER_PASSWORD_MIN 10   /* bytes */
#define USER_PASSWORD_MAX 256  /* bytes */
#define PASSWORD_HASH_MAX 128  /* bytes of libsodium's text form */
#define AVATAR_BYTES_MAX 65536
#define AVATAR_PIXELS_MAX 256
#define GROUP_NAME_MAX 64 /* such as platform/administrators */
#define GROUPS_PER_USER_MAX 32
#define AGENT_MAX 160
#define ADDRESS_TEXT_MAX 46
#define TOKEN_BYTES 32 /* 256 bits: cookies, links, resume tokens */
#define GROUP_ADMINISTRATORS "platform/administrators"
#define GROUP_GUESTS "platform/guests"
#define GROUP_RELAY_ONLY "platform/relay-only" /* their addresses are shown to nobody */
#define CONNECTOR_NAME_MAX 32                  /* characters a-z 0-9 and - */
#define SETTING_NAME_MAX 64                    /* bytes */
#define IM_TYPE_MAX 16                         /* characters a-z 0-9 and - */
#define IM_VALUE_MAX 256                       /* bytes */
#define IM_ACCOUNTS_MAX 8                      /* of one user */
#define CHOICES_MAX 100                        /* of one user; the oldest goes */
#define AUDIT_ACT_MAX 32                       /* bytes */
#define AUDIT_TARGET_MAX 128                   /* bytes */
#define AUDIT_DETAIL_MAX 256                   /* bytes */
#define AUDIT_ENTRIES_MAX 100000               /* the oldest go */

/* What a user chooses; what others see is enum presence of portal/event.h. */
enum status { STATUS_AVAILABLE, STATUS_AWAY, STATUS_DO_NOT_DISTURB, STATUS_INVISIBLE };

struct user {
    struct id id; /* never used again, also after deletion */
    char name[USER_NAME_MAX + 1];
    char full_name[USER_FULL_NAME_MAX + 1];
    char email[USER_EMAIL_MAX + 1]; /* empty: none */
    char position[USER_POSITION_MAX + 1];
    char language[8]; /* "en", "fr"; empty: the browser decides */
    char password_hash[PASSWORD_HASH_MAX + 1];
    uint8_t avatar_hash[32]; /* SHA-256 of the picture; all 0: none */
    bool disabled;
    bool microphone_on; /* remembered from the last call */
    bool camera_on;
    bool no_call_waiting; /* who calls while he is in a call is told that he is busy */
    bool relay_only;      /* his address is shown to nobody */
    enum status status;
    int64_t created_s;
    int64_t calls_seen_at_ms; /* not loaded: missed calls that ended until then were seen */
};

struct membership {
    struct id user;
    char group[GROUP_NAME_MAX + 1];
};

/* A sign-in of one browser: what a cookie stands for. Only the token's SHA-256 is kept. */
struct login {
    struct id id;
    struct id user;
    uint8_t token_hash[32];
    char agent[AGENT_MAX + 1]; /* the User-Agent, cut and cleaned */
    char address[ADDRESS_TEXT_MAX + 1];
    int64_t created_s;
    int64_t seen_s;
    int64_t expires_s; /* absolute end */
};

enum invitation_kind { INVITATION_MEMBER, INVITATION_ADMINISTRATOR, INVITATION_PASSWORD };

/* A link that works once: makes an account, or (PASSWORD) sets the password of `user`. */
struct invitation {
    struct id id;
    uint8_t token_hash[32];
    enum invitation_kind kind;
    struct id user;       /* PASSWORD: whose */
    struct id invited_by; /* all 0: the program itself */
    int64_t created_s;
    int64_t expires_s;
};

/* A link by which somebody without an account may ask its host for one call (decision 0030). */
struct guest_link {
    struct id id;
    uint8_t token_hash[32];
    struct id host;
    struct id guest;                    /* the account that was made for it; all 0: none yet */
    char label[USER_FULL_NAME_MAX + 1]; /* what the host has called it; may be empty */
    int64_t created_s;
    int64_t expires_s;
    int64_t used_s; /* the guest was let in or refused: it works no more; 0: not yet */
};

struct avatar {
    uint8_t hash[32];
    const char *type; /* "image/webp" */
    struct slice bytes;
};

/* A new password of one who may have got another one meanwhile. */
struct password_change {
    struct id user;
    char hash[PASSWORD_HASH_MAX + 1];
    char before[PASSWORD_HASH_MAX + 1]; /* must still be so; empty: whatever it was */
};

enum attempts_scope { ATTEMPTS_ACCOUNT, ATTEMPTS_PREFIX };

/* Failed sign-ins of one account or one network, in the place `slot` of a table of fixed size. */
struct attempts {
    enum attempts_scope scope;
    uint32_t slot;
    struct id key;   /* of the name that was typed, or of the network: a hash */
    int64_t window;  /* the number of the quarter of an hour since 1970 */
    uint32_t now;    /* in it */
    uint32_t before; /* in the one before */
};

/* A value that an administrator has set, such as one of a connector. All of them have the type that
 * no log function takes, because some are passwords. */
struct setting {
    char owner[CONNECTOR_NAME_MAX + 1]; /* the connector, or "connectors" for what is active */
    char name[SETTING_NAME_MAX + 1];
    struct secret value;
};

/* How a user is reached outside, such as by SIP. The one with the smallest place of a type counts.
 */
struct im_account {
    struct id user;
    uint8_t place;
    char type[IM_TYPE_MAX + 1];
    char value[IM_VALUE_MAX + 1];
};

/* The connector by which a user called somebody last. */
struct choice {
    struct id user;
    struct id target; /* all 0: anybody without a choice of their own */
    char connector[CONNECTOR_NAME_MAX + 1];
    int64_t chosen_s;
};

/* One user has to do with another: blocks him, or waits until he is available. */
struct tie {
    struct id user;
    struct id other;
    int64_t since_s;
};

/* What an administrator did, or the command line: its id is all 0, its name empty. Never changed,
 * and not held in memory. */
struct audit {
    int64_t seq; /* given by the store; newer ones are larger */
    int64_t at_s;
    struct id by;
    char by_name[USER_NAME_MAX + 1]; /* at that time */
    char act[AUDIT_ACT_MAX + 1];     /* such as "user-disabled" */
    char target[AUDIT_TARGET_MAX + 1];
    char detail[AUDIT_DETAIL_MAX + 1]; /* no secret */
};

/* Something that happened to the nouns: what is kept, loaded again, and applied to memory. */
enum change_kind {
    /* A whole user: a new one, and each when all is loaded. What changes afterwards has a kind of
     * its own, so that of two who write at once nobody undoes what the other did. */
    CHANGE_USER_PUT,
    CHANGE_USER_PROFILE,    /* user: full_name, email, position, language */
    CHANGE_USER_PASSWORD,   /* password; ERR_STATE: it is not `before` any more */
    CHANGE_USER_AVATAR,     /* user: avatar_hash */
    CHANGE_USER_MEDIA,      /* user: microphone_on, camera_on */
    CHANGE_USER_STATUS,     /* user: status */
    CHANGE_USER_CALLS,      /* user: no_call_waiting, relay_only */
    CHANGE_USER_DISABLED,   /* user: disabled */
    CHANGE_USER_CALLS_SEEN, /* user: calls_seen_at_ms, which never goes back */
    CHANGE_MEMBERSHIP_PUT,
    CHANGE_MEMBERSHIP_REMOVE,
    CHANGE_LOGIN_PUT,
    CHANGE_LOGIN_REMOVE, /* login.id */
    CHANGE_INVITATION_PUT,
    CHANGE_INVITATION_REMOVE, /* invitation.id */
    CHANGE_GUEST_LINK_PUT,    /* a new one; of one that is there `guest` and `used_s` */
    CHANGE_GUEST_LINK_REMOVE, /* guest_link.id */
    CHANGE_GUEST_REMOVE,      /* user.id: the account of a guest, with its calls */
    CHANGE_AVATAR_PUT,
    CHANGE_AVATAR_REMOVE,    /* avatar.hash, when no user has it any more */
    CHANGE_GROUP_PUT,        /* membership.group: an empty group exists too */
    CHANGE_ATTEMPTS_PUT,     /* takes the place of what was in the slot */
    CHANGE_CALL_PUT,         /* loaded: only calls that have not ended */
    CHANGE_CALLS_FORGET,     /* those that ended before call.ended_at_ms */
    CHANGE_TIMELINES_FORGET, /* what happened before call.ended_at_ms */
    CHANGE_CALL_STEP_ADD,    /* not loaded */
    CHANGE_CALL_MEDIA_PUT,   /* quality; not loaded */
    CHANGE_BLOCK_PUT,        /* tie: the user blocks the other */
    CHANGE_BLOCK_REMOVE,
    CHANGE_NOTIFY_PUT, /* tie: the user waits for the other */
    CHANGE_NOTIFY_REMOVE,
    CHANGE_PUSH_PUT,    /* takes the place of what the sign-in had */
    CHANGE_PUSH_REMOVE, /* push.login */
    CHANGE_SETTING_PUT,
    CHANGE_SETTING_CLEAR, /* setting.owner: all of it */
    CHANGE_IM_PUT,
    CHANGE_IM_CLEAR, /* im.user: all of his of im.type */
    CHANGE_CHOICE_PUT,
    CHANGE_CHOICE_REMOVE, /* choice.user and choice.target */
    CHANGE_AUDIT_ADD,
    CHANGE_SPACE_ADD, /* ERR_EXISTS: the name was used before */
    CHANGE_SPACE_PUT, /* title, description, owner; all of it when all is loaded */
    CHANGE_SPACE_PERSON_PUT,
    CHANGE_SPACE_JOIN,          /* ERR_NOT_FOUND: he is not invited any more */
    CHANGE_SPACE_PERSON_REMOVE, /* ERR_NOT_FOUND: he is not there */
    CHANGE_ROOM_ADD,            /* ERR_EXISTS: the id was used, the pair or the space has a room */
    CHANGE_ROOM_PUT,            /* title, owner; all of it when all is loaded */
    CHANGE_ROOM_MEMBER_PUT,
    CHANGE_ROOM_MEMBER_REMOVE, /* ERR_NOT_FOUND: he is not there */
    CHANGE_ROOM_READ,          /* room_member.read_seq, which never goes back */
    /* Not loaded into memory. The author must be a member of the room, or of the activity's space,
     * at the moment of the commit, else ERR_NOT_FOUND. ERR_EXISTS: he has made this id before. */
    CHANGE_CHATMSG_ADD,
    CHANGE_CHATMSG_FORGET, /* chatmsg.id, .room, .seq; its number is never given again */
    CHANGE_ACTIVITY_ADD,
    CHANGE_ACTIVITY_REMOVE, /* activity.id, with comments and likes; ERR_NOT_FOUND */
    CHANGE_COMMENT_ADD,
    CHANGE_COMMENT_REMOVE, /* comment.id; ERR_NOT_FOUND */
    CHANGE_LIKE_PUT,
    CHANGE_LIKE_REMOVE,
    CHANGE_KIND_COUNT
};

struct change {
    enum change_kind kind;
    union {
        struct user user; /* USER_*: only `id` and what the kind names count */
        struct password_change password;
        struct membership membership;
        struct login login;
        struct invitation invitation;
        struct guest_link guest_link;
        struct avatar avatar; /* borrowed until the write is done */
        struct attempts attempts;
        struct call_record call;
        struct call_step step;
        struct call_quality quality;
        struct tie tie;
        struct space space;
        struct space_person space_person;
        struct room room;
        struct room_member room_member;
        struct chatmsg chatmsg; /* the text is borrowed until the write is done; also of: */
        struct activity activity;
        struct comment comment;
        struct like like;
        struct push push;
        struct setting setting;
        struct im_account im;
        struct choice choice;
        struct audit audit;
    };
};

/* The bytes that the change borrows, so that who keeps it longer can copy them; NULL: none. */
struct slice *change_borrowed(struct change *change);

/* Checks of text from outside; ERR_INVALID, and *why (may be NULL) names the rule in English. */
MUST_USE enum err model_check_user_name(struct slice text, const char **why);
MUST_USE enum err model_check_text(struct slice text, size_t size_min, size_t size_max,
                                   const char **why);
/* As model_check_text, for what is written in lines: new lines and tabs are allowed as well, and
 * direction marks and isolates, which other scripts need. */
MUST_USE enum err model_check_lines(struct slice text, size_t size_min, size_t size_max,
                                    const char **why);
MUST_USE enum err model_check_email(struct slice text, const char **why); /* empty is right */
MUST_USE enum err model_check_password(struct slice text, const char **why);
MUST_USE enum err model_check_group(struct slice text, const char **why);
/* The name of a connector or the type of an IM account: a-z, 0-9 and -, at most `size_max`. */
MUST_USE enum err model_check_key(struct slice text, size_t size_max, const char **why);

/* What an erased person is called: unique as the id is, and nobody can choose it. */
void model_erased_name(const struct id *id, char out[USER_NAME_MAX + 1]);
bool model_is_erased(const struct user *user);
/* A WebP container of at most AVATAR_PIXELS_MAX squared and AVATAR_BYTES_MAX, square. */
MUST_USE enum err model_check_avatar(struct slice bytes, const char **why);

#endif
