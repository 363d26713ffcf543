/* SPDX-License-Identifier: Apache-2.0 */
/* What a watcher beside the server knows of the calls of one schedule: from the commands, the
 * answers, what is told and what is kept, never from the inside of the portal. It has rules of its
 * own and says what must not be. */
#ifndef CALLS_ORACLE_H
#define CALLS_ORACLE_H

#include "portal/portal.h"

#define ORACLE_CALLS_MAX 64 /* a call is known by its number, from 1 */
#define ORACLE_USERS_MAX 4
#define ORACLE_TEXT_MAX 160
#define ORACLE_SESSIONS_MAX 32
#define ORACLE_VAIN_MAX 16 /* calls in vain of one person that are remembered */

enum command_kind {
    COMMAND_START,
    COMMAND_ACCEPT,
    COMMAND_DECLINE,
    COMMAND_END,
    COMMAND_CONNECTED,
    COMMAND_JOIN,
    COMMAND_LEAVE,
    COMMAND_MEDIA,
    COMMAND_DESCRIBE,
    COMMAND_CANDIDATE,
    COMMAND_HOLD,
    COMMAND_TAKE_UP,
    COMMAND_RINGING, /* the device says that it rings */
    COMMAND_IGNORE,  /* the device is silenced */
    COMMAND_PREPARE, /* the tab wants to be connected while it rings */
    COMMAND_COUNT
};

/* What the world does to the portal just now: every transition has one author. */
enum deed { DEED_NONE, DEED_COMMAND, DEED_TIME, DEED_CLOSE };
struct cause {
    enum deed deed;
    int user;
    session_id session; /* 0: a browser without a page */
    int call;           /* COMMAND: the number that it names */
    enum command_kind command;
    enum end_reason reason; /* END */
    int callee;             /* START */
    bool hold;              /* ACCEPT: the call that the user is in */
    bool early;             /* ACCEPT: by the connection that was made while it rang */
    int glare; /* START: the call of the callee that rings this user, who is in none; 0: no such */
};

struct oracle_call {
    bool known;       /* it has begun */
    bool listed;      /* among oracle.live */
    uint8_t users[2]; /* by enum call_role */
    enum call_state state;
    enum call_state written; /* the state that was last given to the store */
    enum end_reason reason;
    bool by_user; /* ENDED: by the user of the side ended_by */
    enum call_role ended_by;
    uint64_t begun_ms;
    uint64_t ring_until_ms;
    uint64_t connect_until_ms;
    uint64_t call_until_ms;
    uint64_t ended_ms;
    bool was_active;
    bool silent;   /* the callee did not want to be disturbed when it was started */
    bool hidden;   /* the callee was invisible */
    bool absent;   /* nobody could be rung when it was started */
    bool expected; /* nor here, but the callee may have been about to come back */
    bool gone;     /* the server knows it no more: it ended long ago, or before a crash */
    bool unkept;   /* an older call with its id stands in the history, and stays there */
    bool by_wall;  /* its deadlines were taken from a wall clock that jumped: they may come early */
    bool connected[2];
    session_id here[2];   /* who was told that it holds the media; 0: nobody */
    uint64_t away_ms[2];  /* since then the side's window is away; 0: it is not */
    bool held[2];         /* by that side */
    bool left[2];         /* it said good-bye */
    uint64_t comes_ms[2]; /* its page was asked for then, and it has not come yet; 0: no */
    bool kept;            /* committed, as follows */
    enum call_state kept_state;
    enum end_reason kept_reason;
    bool kept_held[2];
    bool written_held[2];
    uint32_t rung;       /* a bit a device of the callee that has said that it rings */
    uint32_t silenced;   /* the same for those that are silenced */
    uint32_t locked;     /* and for those that said last that they may not sound */
    bool rings;          /* a page of the callee was told that it rings */
    uint8_t lines;       /* committed in the chat of the two */
    bool blocked;        /* the callee blocked the caller when it was started */
    bool pestered;       /* the caller had called too often in vain */
    bool unheard;        /* or the caller pesters: he is told nothing, until he calls himself */
    session_id early[2]; /* whose connections were made while it rang */
    bool early_answered[2];
    uint8_t early_number; /* of the one by which it was answered; 0: none, 255: of nobody */
    uint8_t answer_to;    /* a start of this number was answered with that call (glare, recall) */
    bool forged;          /* and another one started it too */
    uint8_t answers;      /* that many starts were answered with this one */
    uint8_t answer_user;  /* and this was the one who called */
};

struct oracle_times {
    uint32_t ring_ms;
    uint32_t connect_ms;
    uint32_t leave_grace_ms;
    uint32_t rejoin_ms;
    uint32_t call_max_ms;
};

/* What one person has called in vain; the oldest is overwritten. */
struct oracle_vain {
    uint8_t callees[ORACLE_VAIN_MAX]; /* user + 1; 0: none, or forgiven */
    uint64_t at_ms[ORACLE_VAIN_MAX];
    uint32_t count;
};

struct oracle {
    struct oracle_call calls[ORACLE_CALLS_MAX + 1];
    uint8_t live[ORACLE_CALLS_MAX]; /* numbers of calls that have not ended, in no order */
    int live_count;
    int highest; /* number that was used */
    struct id users[ORACLE_USERS_MAX];
    int user_count;
    uint64_t started_ms;                    /* the server */
    int sessions[ORACLE_USERS_MAX];         /* how many each has */
    uint64_t gone_ms[ORACLE_USERS_MAX];     /* the last of them closed then */
    bool returns[ORACLE_USERS_MAX];         /* the user had signed in before the server started */
    uint8_t devices[ORACLE_SESSIONS_MAX];   /* of the sessions, by their slot */
    bool no_waiting[ORACLE_USERS_MAX];      /* no second call may wait for the user */
    int pages[ORACLE_SESSIONS_MAX];         /* sessions that each device has */
    bool push[ORACLE_USERS_MAX];            /* a browser of the user can be rung without a page */
    uint8_t push_devices[ORACLE_USERS_MAX]; /* which one */
    bool relay_only[ORACLE_USERS_MAX];      /* the user's address is shown to nobody */
    uint8_t blocks[ORACLE_USERS_MAX];       /* a bit for each user whom the user blocks now */
    enum status statuses[ORACLE_USERS_MAX]; /* as chosen now */
    uint32_t unanswered_max;                /* so many in vain, and the next is not heard */
    struct oracle_vain vain[ORACLE_USERS_MAX];
    uint8_t waits[ORACLE_USERS_MAX];   /* a bit for each user for whom the user waits */
    uint8_t told_of[ORACLE_USERS_MAX]; /* and for whom he was told of in this step */
    uint64_t waits_since_ms[ORACLE_USERS_MAX][ORACLE_USERS_MAX]; /* that could be told; 0: not */
    bool jumped; /* the wall clock: who waits may have waited for too many days */
    struct oracle_times times;
    struct cause cause;
    uint64_t now_ms;
    bool changed; /* something that presence depends on, since the last check */
    uint32_t checks;
    char violation[ORACLE_TEXT_MAX]; /* empty: none so far */
};

struct id oracle_call_id(int number);
int oracle_number(const struct id *call); /* 0: not one of the schedule */
/* Whether the user is one of the two of a call that has begun. */
bool oracle_is_part(const struct oracle_call *call, int user);

/* The session of the user was told, or answered, how the call is. */
void oracle_view(struct oracle *oracle, session_id session, int user, const struct call_view *view);
/* A description or candidate. */
struct oracle_path {
    int call;
    uint32_t early;   /* the connection made while it rings; 0: of the call itself */
    bool description; /* otherwise a candidate */
    bool offer;       /* description */
    bool shows;       /* an address of the one who sends it */
};
/* It reaches the session of the user. */
void oracle_forwarded(struct oracle *oracle, session_id session, int user,
                      const struct oracle_path *path);
/* A push about the call goes to the user's browsers. */
void oracle_pushes(struct oracle *oracle, int number, int user);
/* A browser of the user without a page has got the push of the call. */
void oracle_pushed(struct oracle *oracle, int number, int user, int device);
/* This command comes to the portal now. */
void oracle_command(struct oracle *oracle, const struct cause *cause);
/* The command that is the cause was answered; `view` NULL: without one. */
void oracle_answered(struct oracle *oracle, enum err answer, const struct call_view *view);
/* A browser of the user asks for the page of the call's window. */
void oracle_comes(struct oracle *oracle, int number, int user);
/* The connection of the session is known to be gone, or back. */
void oracle_away(struct oracle *oracle, session_id session, bool away);
/* The user asks to be told when the other is available, or does not want to know any more; is told
 * that the other is. */
void oracle_waits(struct oracle *oracle, int asker, int other, bool on);
void oracle_available(struct oracle *oracle, int asker, int other, bool available);
/* The session is gone. */
void oracle_closed(struct oracle *oracle, session_id session);

/* The portal hands this to the store; it is committed; the line of a call is committed. */
void oracle_written(struct oracle *oracle, const struct call_record *record);
void oracle_kept(struct oracle *oracle, const struct call_record *record);
void oracle_line(struct oracle *oracle, const struct call_line *line);

/* The server is gone with all that was not committed: the calls are now as they are kept. After it
 * is there again the portal must know exactly those. `jumped`: the wall clock, which
 * alone lasts over a restart, has jumped. */
void oracle_crashed(struct oracle *oracle);
void oracle_restarted(struct oracle *oracle, struct portal *portal, bool jumped);

/* What must hold after each step. */
void oracle_check(struct oracle *oracle, const struct portal *portal);

__attribute__((format(printf, 2, 3))) void oracle_fail(struct oracle *oracle, const char *format,
                                                       ...);

#endif
