/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms and their messages, and the spaces that some rooms belong to. */
#ifndef MODEL_ROOM_H
#define MODEL_ROOM_H

#include <stdbool.h>
#include <stdint.h>

#include "model/id.h"

#define ROOM_TITLE_MAX 128    /* bytes */
#define CHATMSG_TEXT_MAX 4000 /* bytes */
#define SPACE_NAME_MAX 32     /* characters, as of a user name */
#define SPACE_TITLE_MAX 128   /* bytes */
#define SPACE_DESCRIPTION_MAX 1000

enum room_kind { ROOM_DIRECT, ROOM_TEAM, ROOM_SPACE };

struct room {
    struct id id;
    enum room_kind kind;
    char title[ROOM_TITLE_MAX + 1]; /* DIRECT: empty */
    struct id owner;                /* DIRECT: all 0 */
    uint8_t pair[2 * ID_BYTES];     /* DIRECT: its two users, see room_pair; otherwise all 0 */
    char space[SPACE_NAME_MAX + 1]; /* SPACE: its space, otherwise empty */
    int64_t created_s;
    uint64_t seq;           /* of the latest message: not kept, but found when the room is loaded */
    uint64_t forgotten_seq; /* messages up to it were forgotten for their age, and count as read */
};

struct room_member {
    struct id room;
    struct id user;
    int64_t joined_s;
    uint64_t read_seq; /* the read mark: messages up to it were seen */
    bool quiet;        /* the mark is told to the user alone, who has not looked himself */
};

enum chatmsg_kind { CHATMSG_TEXT, CHATMSG_CALL, CHATMSG_MEETING };

/* What became of a call: the line that its end leaves in the room of the two. */
struct call_line {
    struct id call;
    uint8_t reason; /* enum end_reason of model/callrecord.h */
    bool answered;
    bool quiet; /* not kept: the callee is not to notice it */
    uint32_t seconds;
};

struct chatmsg {
    struct id id; /* made by the author's page: sent twice, it is kept once */
    struct id room;
    struct id author; /* CALL: the caller */
    uint64_t seq;     /* rises in its room */
    int64_t at_s;
    enum chatmsg_kind kind;
    struct slice text;     /* borrowed; CALL: empty; MEETING: its link */
    struct call_line call; /* CALL */
};

struct space {
    char name[SPACE_NAME_MAX + 1]; /* unique, never changes */
    char title[SPACE_TITLE_MAX + 1];
    char description[SPACE_DESCRIPTION_MAX + 1];
    struct id owner;
    int64_t created_s;
};

/* Somebody who belongs to a space, or may join it. */
struct space_person {
    char space[SPACE_NAME_MAX + 1];
    struct id user;
    bool invited; /* not a member yet */
    int64_t since_s;
};

/* The one key of two users, whatever their order. */
void room_pair(const struct id *a, const struct id *b, uint8_t out[2 * ID_BYTES]);

#endif
