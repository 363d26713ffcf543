/* SPDX-License-Identifier: Apache-2.0 */
/* Rooms and their messages (portal/rooms.c, membership.c, chat.c). Who acts is the user or session
 * that is given; a room that he is not in is ERR_NOT_FOUND like one that does not exist. Answers of
 * what is kept come by on_done, after the commit. */
#ifndef PORTAL_CHAT_H
#define PORTAL_CHAT_H

#include "portal/portal.h"

#define CHAT_READ_TOLD_MAX 32 /* read marks are told to others in rooms of so many people */
#define CHAT_MEETING_MS (15 * 60 * 1000)
#define CHAT_TYPING_PAUSE_MS 3000 /* that somebody types is told once in this time */

/* A room as one of its members sees it; borrowed until the next call into the portal. */
struct room_view {
    const struct room *room;
    const struct user *peer;  /* DIRECT: the other one */
    const struct user *owner; /* NULL: DIRECT */
    uint32_t members;
    uint64_t read_seq;
    uint64_t unread;
};

MUST_USE enum err portal_room_view(const struct portal *portal, const struct id *user,
                                   const struct id *room, struct room_view *out);
/* The user's rooms in no order, at most `count_max`; how many there are. */
uint32_t portal_rooms(const struct portal *portal, const struct id *user, struct room_view *out,
                      uint32_t count_max);
/* Who is in the room, in the order of joining, at most `count_max`; how many there are. 0: the room
 * is not the user's. */
uint32_t portal_room_people(const struct portal *portal, const struct id *user,
                            const struct id *room, const struct user **out, uint32_t count_max);

/* ---- rooms (portal/membership.c) ---- */

/* `made`: false, when it was there already. */
typedef void (*portal_room_done)(void *arg, enum err err, const char *why, const struct id *room,
                                 bool made);

/* The one room of two people; NULL: there is none yet. */
const struct room *portal_room_of_two(const struct portal *portal, const struct id *user,
                                      struct slice name);
/* Makes it with the id `room`, unless another request is faster. ERR_NOT_FOUND: no such person, or
 * oneself; ERR_LIMIT. */
MUST_USE enum err portal_room_direct(struct portal *portal, const struct id *user,
                                     const struct id *room, struct slice name, uint64_t now_ms,
                                     portal_room_done on_done, void *arg);

#define TEAM_NAMES_MAX 200 /* who is invited with the room itself; more come later */

struct portal_team {
    struct id room; /* made by the page; the same again by its owner gives what is there */
    struct slice title;
    const struct slice *names; /* the others */
    uint32_t name_count;       /* at most TEAM_NAMES_MAX */
};
/* ERR_INVALID with the rule; ERR_NOT_FOUND: no such person, or the id is another's; ERR_LIMIT. */
MUST_USE enum err portal_room_team(struct portal *portal, const struct id *user,
                                   const struct portal_team *team, uint64_t now_ms,
                                   portal_room_done on_done, void *arg);

/* The next three: only team rooms, else ERR_FORBIDDEN (a space has ways of its own). */
MUST_USE enum err portal_room_rename(struct portal *portal, const struct id *user,
                                     const struct id *room, struct slice title, uint64_t now_ms,
                                     portal_room_done on_done, void *arg);
/* Who is in it already stays in it. ERR_LIMIT: the room is full, or the person is in too many. */
MUST_USE enum err portal_room_add(struct portal *portal, const struct id *user,
                                  const struct id *room, struct slice name, uint64_t now_ms,
                                  portal_room_done on_done, void *arg);
/* Oneself leaves; the owner removes others (ERR_FORBIDDEN: not the owner). From the commit on the
 * person neither reads nor hears anything of the room. */
MUST_USE enum err portal_room_remove(struct portal *portal, const struct id *user,
                                     const struct id *room, struct slice name, uint64_t now_ms,
                                     portal_room_done on_done, void *arg);

/* ---- messages (portal/chat.c) ---- */

/* `chatmsg` is borrowed for the call. */
typedef void (*portal_sent_done)(void *arg, enum err err, const struct chatmsg *chatmsg);

/* Posts a message with an id that the page made; on_done comes after the commit, the other
 * sessions are told then. The same id again gives the message that is there. Whether the author is
 * in the room is decided by the order of the commits. ERR_INVALID; ERR_LIMIT: too many. */
MUST_USE enum err portal_chat_send(struct portal *portal, session_id session, const struct id *room,
                                   const struct id *message, struct slice text, uint64_t now_ms,
                                   portal_sent_done on_done, void *arg);
/* Begins a meeting of a team room or space by a connector that can call groups: posts its link as a
 * message of kind MEETING. Who begins within CHAT_MEETING_MS of another by the same connector gets
 * the message of that meeting, so that all meet in one. A connector that was `picked` is
 * remembered. ERR_UNSUPPORTED: switched off, or not possible here. */
MUST_USE enum err portal_chat_meet(struct portal *portal, session_id session, const struct id *room,
                                   const struct id *message, struct slice connector, bool picked,
                                   uint64_t now_ms, portal_sent_done on_done, void *arg);
/* Moves the own read mark, never back, never past the latest message. */
MUST_USE enum err portal_chat_read(struct portal *portal, session_id session, const struct id *room,
                                   uint64_t seq, uint64_t now_ms, portal_done on_done, void *arg);
MUST_USE enum err portal_chat_typing(struct portal *portal, session_id session,
                                     const struct id *room, uint64_t now_ms);

/* `found` is borrowed for the call; empty unless OK. */
typedef void (*portal_found_done)(void *arg, enum err err, const struct found *found);

/* ASK_HISTORY: one page of a room. */
MUST_USE enum err portal_chat_history(struct portal *portal, const struct id *user,
                                      const struct id *room, uint64_t before, uint64_t after,
                                      uint32_t limit, portal_found_done on_done, void *arg);
/* ASK_LATEST: the latest message of each of the user's rooms. */
MUST_USE enum err portal_chat_latest(struct portal *portal, const struct id *user,
                                     portal_found_done on_done, void *arg);
/* ASK_SEARCH in all rooms of the user, or in `room` (NULL: all). ERR_LIMIT: too often. */
MUST_USE enum err portal_chat_search(struct portal *portal, const struct id *user,
                                     const struct id *room, struct slice text, uint64_t before,
                                     uint32_t limit, uint64_t now_ms, portal_found_done on_done,
                                     void *arg);

#endif
