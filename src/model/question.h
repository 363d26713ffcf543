/* SPDX-License-Identifier: Apache-2.0 */
/* What can be asked of the store while the program runs, and what it has found. Messages,
 * activities, comments and likes are not in memory: they are only found in this way. */
#ifndef MODEL_QUESTION_H
#define MODEL_QUESTION_H

#include "model/activity.h"
#include "model/callrecord.h"

#define FOUND_MESSAGES_MAX 100
#define FOUND_ACTIVITIES_MAX 50
#define FOUND_COMMENTS_MAX 100
#define FOUND_AUDITS_MAX 100
#define FOUND_LATEST_COMMENTS 3
#define FOUND_CALLS_MAX 100
#define FOUND_STEPS_MAX 64
#define LATEST_TEXT_MAX 200    /* characters of a message that ASK_LATEST gives */
#define SEARCH_TEXT_MAX 200    /* bytes */
#define QUESTION_SCAN_MAX 5000 /* rows that one question may look at without a result */

struct audit; /* of model/model.h */

enum question_kind {
    ASK_HISTORY,  /* messages of room `id`: the latest, those before `before` or after `after` */
    ASK_LATEST,   /* the latest message of each of `rooms`, its text cut */
    ASK_MESSAGE,  /* the message `id` of the author `who` */
    ASK_SEARCH,   /* messages of `rooms` that have the words of `text`, newest first */
    ASK_FEED,     /* activities of `spaces` and (with `everybody`) of none, newest first */
    ASK_ACTIVITY, /* activity `id` and its first `limit` comments */
    ASK_COMMENTS, /* comments of activity `id` after `after`, oldest first */
    ASK_COMMENT,  /* comment `id`, and its activity */
    ASK_CALLS,    /* calls of `who` that are over, with `id` unless it is 0, newest first */
    ASK_MISSED_CALLS, /* the missed ones of them */
    ASK_ALL_CALLS,    /* of everybody, also those that go on, newest first; for the command line */
    ASK_TIMELINE, /* call `id`, if it is one of `who` (0: of anybody), and what happened in it */
    ASK_AUDIT,    /* what administrators did before `before`, newest first */
    ASK_OLD,      /* messages of a time (seconds) before `before`, oldest first */
};

/* Everything is copied by the port. */
struct question {
    enum question_kind kind;
    struct id id;
    struct id who;   /* who asks: whether he likes an activity */
    uint64_t before; /* 0: none; HISTORY: a seq, otherwise `next` of what was found */
    uint64_t after;
    uint32_t limit;
    bool everybody;
    const struct id *rooms; /* SEARCH: in the order of memcmp */
    size_t room_count;
    const char (*spaces)[SPACE_NAME_MAX + 1]; /* in the order of strcmp */
    size_t space_count;
    struct slice text;
};

struct found_activity {
    struct activity activity;
    uint32_t likes;
    uint32_t comments;
    bool liked;                                   /* by `who` */
    struct comment latest[FOUND_LATEST_COMMENTS]; /* oldest first */
    uint32_t latest_count;
};

/* All of it is borrowed until on_done returns. */
struct found {
    struct chatmsg *messages; /* HISTORY: oldest first */
    size_t message_count;
    struct found_activity *activities;
    size_t activity_count;
    struct comment *comments;
    size_t comment_count;
    struct audit *audits;
    size_t audit_count;
    struct call_record *calls;
    size_t call_count;
    struct call_step *steps; /* TIMELINE: oldest first; its call is calls[0] */
    size_t step_count;
    struct call_quality media[2]; /* by enum call_side_of; reports 0: none */
    uint32_t missed;              /* CALLS: how many were not seen */
    bool more;                    /* in the direction that was asked */
    uint64_t next;                /* where to go on; 0: that was all */
};

#endif
