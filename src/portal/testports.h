/* SPDX-License-Identifier: Apache-2.0 */
/* Ports of the portal in memory, for tests and the scenario simulator: what is kept is remembered
 * in order, what is told is recorded for each session. Nothing calls back before testports_run. */
#ifndef PORTAL_TESTPORTS_H
#define PORTAL_TESTPORTS_H

#include "portal/portal.h"

#define TESTPORTS_SDP_MAX 256
#define TESTPORTS_TEXT_MAX 64

/* One thing that was told. Borrowed things of the event are copied. */
struct told {
    struct told *next;
    session_id session;
    bool ended; /* the session must end: `why` */
    enum session_end why;
    struct event event; /* pointers and slices lead into this struct */
    struct user user;
    struct chatmsg chatmsg;
    struct found_activity activity;
    struct comment comment;
    struct call_ring rings[CALL_RINGS_MAX];
    char elsewhere[DEVICE_NAME_MAX + 1];
    char space[SPACE_NAME_MAX + 1];
    char sdp[TESTPORTS_SDP_MAX]; /* or the candidate, or a text */
    char mid[64];
    char ufrag[64];
};

struct test_change {
    struct test_change *next;
    struct change change;          /* without the bytes of a picture */
    char text[TESTPORTS_TEXT_MAX]; /* what it borrows */
};

struct test_answer;

/* What the store finds (portal/testread.c): rows and texts are those of `kept`, at the moment when
 * the answer is given. Freed by testread_free. */
enum err testread_answer(const struct test_change *kept, const struct question *question,
                         struct found *out);
void testread_free(struct found *found);

struct testports {
    struct told *told; /* oldest first */
    struct told **told_end;
    struct test_change *kept; /* oldest first */
    struct test_change **kept_end;
    struct test_answer *answers; /* waiting ones, oldest first */
    struct test_answer **answers_end;
    enum err keep_err;     /* what on_done of the next writes says */
    enum err read_err;     /* what the next answers of the store say, unless OK */
    enum err password_err; /* what hash and verify return at once: ERR_BUSY */
    bool lost;             /* memory for a record could not be had: the records are not complete */
    uint64_t random_state; /* seed: the same numbers each time */
    char erased[USER_NAME_MAX + 1]; /* who was to be erased last */
    struct audit erase_audit;
    unsigned hash_count;
    unsigned verify_count;
    unsigned write_count;
    unsigned push_count;
    struct push_note push; /* the last; `to` is a copy in pushed_to */
    struct push pushed_to;
};

void testports_init(struct testports *ports, uint64_t seed);
void testports_fini(struct testports *ports);
struct ports testports_ports(struct testports *ports);

/* Small limits that suit a test; change what it is about. */
struct portal_limits testports_limits(void);

/* Gives the answers that wait, and those that come of them, in order; how many. */
unsigned testports_run(struct testports *ports);
/* Gives at most one. */
bool testports_step(struct testports *ports);

/* The newest record for the session (0: any) of this kind, or NULL. */
const struct told *testports_last(const struct testports *ports, session_id session,
                                  enum event_kind kind);
/* How many there are. */
unsigned testports_count(const struct testports *ports, session_id session, enum event_kind kind);
/* The session was told to end: *why (may be NULL). */
bool testports_ended(const struct testports *ports, session_id session, enum session_end *why);
void testports_clear_told(struct testports *ports);

/* Puts an enabled user with the password `password` (NULL: none fits) into the portal, as at
 * start. The id is made of the name. */
MUST_USE enum err testports_add_user(struct portal *portal, const char *name, const char *password);
struct id testports_user_id(const char *name);
/* Puts a sign-in of the user into the portal and opens a session. */
MUST_USE enum err testports_open(struct testports *ports, struct portal *portal, const char *name,
                                 uint64_t now_ms, session_id *out);

#endif
