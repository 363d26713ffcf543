/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms and spaces in memory: who is in which. Shared by rooms.c, membership.c, chat.c, spaces.c
 * and stream.c; what people do with them is in portal/chat.h, spaces.h and stream.h.
 *
 * Memory follows the store: it changes when a change was committed (or is loaded), in the order of
 * the commits. A room or space lives in memory while somebody is in it. */
#ifndef PORTAL_ROOMS_H
#define PORTAL_ROOMS_H

#include "portal/chat.h"
#include "portal/internal.h"

struct member {
    struct member *next; /* of the room, in the order of joining */
    struct member *person_next;
    struct member **person_link;
    struct chatroom *room;
    struct person *person;
    uint64_t read_seq;
    bool has_looked; /* it was not only moved for a call that he is not to notice */
    int64_t joined_s;
    uint64_t typing_ms; /* when the others were told last; 0: never */
    uint32_t epoch;
};

/* The latest meeting of a room, as long as others join it instead of beginning their own. Forgotten
 * when somebody leaves the room, because he knows its link. */
struct gathering {
    struct id message;
    struct id author;
    const struct connector *connector; /* NULL: there is none */
    uint64_t until_ms;
};

struct chatroom {
    struct room room; /* seq: of the latest message that is committed */
    uint64_t given;   /* the latest seq that was given to a message */
    uint32_t flying;  /* messages that are being kept */
    struct member *members;
    uint32_t member_count;
    uint32_t epoch;
    bool dirty; /* its change is to be told: stands in the list */
    struct chatroom *dirty_next;
    struct gathering gathering; /* the latest meeting */
};

/* Somebody who belongs to a space or is invited. */
struct belonging {
    struct belonging *next; /* of the space, in the order of time */
    struct belonging *person_next;
    struct belonging **person_link;
    struct circle *circle;
    struct person *person;
    bool invited;
    int64_t since_s;
    uint32_t epoch;
};

/* A space in memory. */
struct circle {
    struct space space;
    struct belonging *people;
    uint32_t member_count; /* without those who are invited */
    uint32_t person_count;
    uint32_t epoch;
    bool dirty;
    struct circle *dirty_next;
};

struct rooms {
    struct map *by_id;
    struct map *by_pair;
    struct map *circles; /* by name */
    struct chatroom *dirty;
    struct circle *dirty_circles;
};

/* ---- rooms.c ---- */

MUST_USE enum err rooms_create(struct portal *portal, struct rooms **out);
void rooms_destroy(struct rooms *rooms); /* before the people */

/* Applies a committed change of a room or its members. ERR_NOMEM, ERR_LIMIT; ERR_NOT_FOUND: of a
 * room or person that is not there. */
MUST_USE enum err rooms_apply(struct portal *portal, const struct change *change);
void rooms_sync_end(struct portal *portal);
void rooms_person_gone(struct portal *portal, struct person *person);
/* Tells what has changed. */
void rooms_tick(struct portal *portal);
bool rooms_have_news(const struct portal *portal);

struct chatroom *rooms_find(const struct portal *portal, const struct id *id);
struct chatroom *rooms_find_pair(const struct portal *portal, const struct id *a,
                                 const struct id *b);
/* NULL: no such room, or the user is not in it: nobody can tell which. */
struct member *rooms_member(const struct portal *portal, const struct id *user,
                            const struct id *room);
/* Who has a say in a team room or space: its owner, or who joined first after him. */
const struct person *rooms_owner(const struct chatroom *room);
/* The room, its people or its name have changed: its members are told at the next tick. */
void rooms_changed(struct portal *portal, struct chatroom *room);
/* Tells that at once, because something that builds on it follows. */
void rooms_tell_change(struct portal *portal, struct chatroom *room);
/* Tells all sessions of all members but `except` (0: all). */
void rooms_tell(const struct portal *portal, const struct chatroom *room, session_id except,
                struct event *event);
/* Now, in seconds since 1970. */
int64_t portal_now_s(const struct portal *portal);

/* ---- chat.c ---- */

/* NULL: the session's user is not in the room, or may do nothing. */
struct member *chat_member(const struct portal *portal, session_id session, const struct id *room);
/* Keeps a message of a member and answers; `pending` has the callback and the session. When it
 * fails, nothing comes. */
MUST_USE enum err chat_post(struct pending *pending, struct member *member,
                            const struct id *message, enum chatmsg_kind kind, struct slice text);
/* Counts a message against the limits of who posts it. ERR_LIMIT. */
MUST_USE enum err chat_take_quota(struct portal *portal, struct person *person);
/* Answers with the message of `author` that was sent before, if it is there and the user may see
 * it. When it fails, nothing comes. */
MUST_USE enum err chat_answer_again(struct pending *pending, const struct id *message,
                                    const struct id *author);
/* A message of the room was committed (`kept`) or not: its number counts or is given again. */
void chat_land(struct chatroom *room, uint64_t seq, bool kept);
void chat_tell_message(struct portal *portal, struct chatroom *room, session_id except,
                       const struct chatmsg *chatmsg);
/* Fills the change `pending->at`, and the one after it: what was written was also read. ERR_NOMEM.
 */
MUST_USE enum err chat_add_message(struct pending *pending, const struct chatmsg *chatmsg);
void chat_mark_read(struct change *change, const struct id *room, const struct id *user,
                    uint64_t seq);

/* Counts one message of the person. ERR_LIMIT: too many. */
MUST_USE enum err chat_take_quota(struct portal *portal, struct person *person);

/* ---- calllines.c ---- */

/* A message in the room of the two, which is made when there is none. ERR_INVALID, ERR_LIMIT. */
MUST_USE enum err chat_say(struct portal *portal, const struct id *from, const struct id *to,
                           struct slice text, portal_done on_done, void *arg);

/* Leaves the line of an ended call in the room of the two, which is made when there is none. Nobody
 * waits for it. */
void chat_add_call(struct portal *portal, const struct id *caller, const struct id *callee,
                   const struct call_line *line);

/* ---- spaces.c ---- */

MUST_USE enum err spaces_apply(struct portal *portal, const struct change *change);
void spaces_sync_end(struct portal *portal);
void spaces_person_gone(struct portal *portal, struct person *person);
void spaces_tick(struct portal *portal);
void spaces_destroy(struct rooms *rooms);
struct circle *spaces_find(const struct portal *portal, struct slice name);
/* NULL: no such space, or the user is neither in it nor invited. */
struct belonging *spaces_belonging(const struct portal *portal, const struct id *user,
                                   struct slice name);
/* Whether the user may read and write in the space (empty: in none, which all may). */
bool spaces_is_member(const struct portal *portal, const struct id *user, const char *name);

#endif
