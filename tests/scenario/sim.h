/* SPDX-License-Identifier: Apache-2.0 */
/* The world of calls_sim: the real portal, its store, its connections and the pages of the people,
 * on a virtual clock and one seed. Who reads it first: simworld.c, then the others by their order
 * here. */
#ifndef SIM_H
#define SIM_H

#include <inttypes.h>
#include <stdio.h>

#include "calls_oracle.h"

#define SIM_PAGES_PER_USER 3
#define SIM_PAGES_MAX (ORACLE_USERS_MAX * SIM_PAGES_PER_USER)
#define SIM_SEATS_MAX                                                                              \
    ORACLE_SESSIONS_MAX /* sessions at the server, also of pages that are gone                     \
                         */
#define SIM_KNOWN_MAX 16
#define SIM_INBOX_MAX 32
#define SIM_QUEUE_MAX 10 /* letters that wait for a slow page before it is cut off */
#define SIM_RING 6       /* events that a connection which comes back finds again */
#define SIM_OUTBOX_MAX 12
#define SIM_NOTES_MAX 16
#define SIM_LATE_MAX 4    /* letters of an earlier connection of a page that still come */
#define SIM_STRAYS_MAX 16 /* commands that still come over connections that pages have lost */
#define SIM_ROOMS_MAX 8
#define SIM_WRITES_MAX 96
#define SIM_NEVER UINT64_MAX

#define SIM_LATENCY_MS 300 /* one way, at most */
#define SIM_SLOW_MS 1200   /* the same for a slow page */
#define SIM_LEARN_MS 2000  /* a page that is reached knows an end after that */
#define SIM_RESUME_MS 6000 /* a session whose connection is away longer is closed */
#define SIM_DAY_MS (86400 * 1000)

/* Faults of pages and of connections, which must be found too. NO_CLOCK: a page rings until it is
 * told otherwise. STALE_RING: who comes back is told how long a call rang when that was written.
 * ANY_ORDER: a page obeys an event that came after a later one, or twice. OLD_SOCKET: and what
 * comes over a connection that it has given up. RINGS_AGAIN: what is over rings once more. */
#define SIM_FAULT_LIST(X)                                                                          \
    X(NO_CLOCK, "page-no-clock")                                                                   \
    X(STALE_RING, "stale-ring")                                                                    \
    X(ANY_ORDER, "page-any-order")                                                                 \
    X(OLD_SOCKET, "page-old-socket")                                                               \
    X(RINGS_AGAIN, "page-rings-again")
#define SIM_FAULT_SYMBOL(symbol, name) SIM_FAULT_##symbol,
enum sim_fault { SIM_FAULT_NONE, SIM_FAULT_LIST(SIM_FAULT_SYMBOL) SIM_FAULT_COUNT };
extern enum sim_fault sim_fault;
#define SIM_HAS_FAULT(name) (sim_fault == SIM_FAULT_##name)

/* ---- simdisk.c: what the portal keeps, in groups, each answered by and by ---- */

struct sim_write {
    void (*on_done)(void *arg, enum err err);
    void *arg;
    enum err err;
    bool has_record, has_line, has_room, has_status, has_block, has_wait;
    struct call_record record;
    struct call_line line;
    struct id line_room;
    uint64_t line_seq;
    struct room room;
    int status_user;
    enum status status;
    int block_user;
    uint8_t block_bit;
    bool block_on;
    bool wait_on;
    struct tie wait;
};

struct sim_ask { /* a question of the portal: its missed calls */
    void (*on_done)(void *arg, enum err err, const struct found *found);
    void *arg;
};

struct sim_disk {
    struct sim_write writes[SIM_WRITES_MAX]; /* a circle */
    uint32_t first;                          /* of those that are not answered */
    uint32_t committed;                      /* the next that is not committed */
    uint32_t next;
    struct sim_ask asks[SIM_WRITES_MAX];
    int ask_count;
    uint64_t commit_ms; /* of the group that waits; SIM_NEVER: none waits */
    struct call_record calls[ORACLE_CALLS_MAX + 1];
    struct room rooms[SIM_ROOMS_MAX];
    int room_count;
    enum status statuses[ORACLE_USERS_MAX];
    uint8_t blocks[ORACLE_USERS_MAX]; /* as in the oracle */
    uint8_t waits[ORACLE_USERS_MAX];
    int64_t waits_since_s[ORACLE_USERS_MAX][ORACLE_USERS_MAX];
};

/* ---- simnet.c: connections ---- */

/* What a page knows of a call. */
struct sim_known {
    uint8_t call;
    uint8_t state; /* enum call_state */
    uint8_t role;  /* enum call_role */
    bool here;
    bool moved;        /* ENDED: only for this window */
    bool held;         /* by this side */
    bool said;         /* that it rings here */
    uint8_t early;     /* a connection made while it rings: that of the other side, to be named */
    bool early_ready;  /* callee: the caller's window has answered it */
    uint32_t left_ms;  /* ringing: until the deadline, as the server says it when it says so */
    uint32_t begun_ms; /* of calls with one id, which one */
    uint64_t until_ms; /* the deadline: only the watcher knows it */
    int64_t over_ms;   /* by the page's clock: then it ends it by itself */
    uint64_t stood_ms; /* page.stood_ms when it began to be so */
};

enum letter_kind { LETTER_RESET, LETTER_VIEW, LETTER_EARLY, LETTER_OTHER, LETTER_REPLY };
struct letter {
    uint8_t kind;  /* enum letter_kind */
    uint8_t reply; /* REPLY: to which command of the outbox, by its tag */
    bool refused;  /* REPLY */
    bool has_view; /* VIEW, REPLY */
    uint8_t call;  /* EARLY: a description of a connection made while it rings */
    uint8_t early; /* EARLY: its number */
    bool offer;    /* EARLY */
    uint32_t seq;  /* of an event */
    struct sim_known view;
    uint64_t due_ms;
};

/* A session as the server has it: it outlives the connection, and the page too. */
struct seat {
    session_id session; /* 0: free */
    int user;
    int page;           /* -1: the page is gone */
    bool attached;      /* the server holds a connection for living */
    uint64_t notice_ms; /* when it notices that this is not so; SIM_NEVER: it is so */
    uint64_t close_ms;  /* not attached: when the session ends */
    uint32_t seq;       /* of the latest event */
    uint32_t socket;    /* counts its connections */
    struct letter ring[SIM_RING];
};

/* What a description or a candidate says of addresses. */
enum sim_shape { SHAPE_NOTHING, SHAPE_RELAY, SHAPE_RELATED, SHAPE_HOST, SHAPE_PLAIN, SHAPE_COUNT };

struct sim_command {
    uint8_t kind; /* enum command_kind */
    uint8_t call;
    uint8_t callee;
    uint8_t reason;
    uint8_t tag;
    uint8_t early; /* ACCEPT, DESCRIBE, CANDIDATE */
    uint8_t shape; /* DESCRIBE, CANDIDATE: enum sim_shape */
    bool offer;    /* DESCRIBE */
    bool hold;
    bool ran; /* at the server, since the connection is there; the reply may not have arrived */
    uint64_t due_ms;
};

struct page {
    int user;
    struct id login;
    bool open; /* the program that shows it runs */
    bool up;   /* its connection, as the page sees it */
    bool slow;
    int seat;          /* -1: no session yet, or the server has forgotten it */
    bool welcomed;     /* it has the token of its session */
    uint64_t back_ms;  /* when it tries to connect again */
    uint64_t since_ms; /* connected, and told everything, since then */
    uint32_t last;     /* seq of the last event that it has read */
    uint8_t mine;      /* the call whose window it is; 0: none */
    bool mine_here;
    bool rejoining;
    bool connected; /* its media */
    struct sim_known known[SIM_KNOWN_MAX];
    int known_count;
    uint32_t
        over[ORACLE_CALLS_MAX + 1]; /* sim_known.begun_ms of what rings no more in this session */
    uint32_t told[ORACLE_CALLS_MAX + 1]; /* seq of the latest event that it obeyed of each call */
    struct letter inbox[SIM_INBOX_MAX];
    int inbox_count;
    uint64_t first_ms; /* no letter of this connection comes before */
    struct letter late[SIM_LATE_MAX];
    int late_count;
    struct sim_command outbox[SIM_OUTBOX_MAX];
    int outbox_count;
    uint8_t next_tag;
    int64_t clock_ms;         /* its own clock, at the world's 0 */
    int32_t drift_ppm;        /* how much faster it is */
    bool stands_still;        /* while the laptop sleeps */
    uint64_t stood_ms;        /* so long in all */
    uint64_t asleep_until_ms; /* nothing is read, shown or heard before */
};

/* A command on its way over a connection that its page has lost, and the server has not yet. */
struct stray {
    session_id session;
    uint32_t socket;
    struct sim_command command;
    uint64_t due_ms;
};

/* A sign that a push service brings to a browser of the user. */
struct note {
    uint8_t call;
    uint8_t user;
    uint8_t device;
    uint64_t due_ms;
};

/* What the people of a schedule like to do, and what goes wrong. */
enum sim_act {
    ACT_ON_CALL,
    ACT_START,
    ACT_GLARE,
    ACT_WILD,
    ACT_CLOSE,
    ACT_RELOAD,
    ACT_DIE,
    ACT_STATUS,
    ACT_DROP,
    ACT_SLOW,
    ACT_SERVER_DIES,
    ACT_CLOCK,
    ACT_BLOCK,
    ACT_WAIT,
    ACT_SLEEP,
    ACT_COUNT
};
struct theme {
    const char *name;
    uint8_t users_max;
    uint8_t pages_max; /* of a user */
    uint8_t weights[ACT_COUNT];
};

/* How often it came to something: shows that the schedules reach everything. */
struct sim_tally {
    uint64_t schedules;
    uint64_t steps;
    uint64_t calls;
    uint64_t ended_as[END_REASON_COUNT];
    uint64_t were_active;
    uint64_t restarts;
    uint64_t half_answered; /* crashes between the answers of one group */
    uint64_t calls_restored;
    uint64_t cut_off;
    uint64_t resumed;
    uint64_t snapshots;
    uint64_t glares;
    uint64_t pushed;
    uint64_t held;
    uint64_t silenced;
    uint64_t moved; /* calls taken over by another window */
    uint64_t blocked;
    uint64_t pestered;
    uint64_t after_three; /* of them, where three in vain are the limit, as it is by default */
    uint64_t expected;
    uint64_t waited;  /* for somebody to be available */
    uint64_t awaited; /* and were told */
    uint64_t early;   /* descriptions that passed while it rang */
    uint64_t answered_early;
    uint64_t hid;      /* candidates of one who hides his address */
    uint64_t slept;    /* laptops */
    uint64_t by_clock; /* calls that pages ended by their own clocks */
    uint64_t shuffled; /* schedules whose connections keep no order */
    uint64_t passed;   /* events that pages passed over, as a later one had come */
    uint64_t strayed;  /* commands that came over a lost connection */
};

struct sim {
    struct oracle oracle;
    struct sim_disk disk;
    struct page pages[SIM_PAGES_MAX];
    struct seat seats[SIM_SEATS_MAX];
    struct note notes[SIM_NOTES_MAX];
    struct stray strays[SIM_STRAYS_MAX];
    int page_count;
    int note_count;
    int stray_count;
    struct portal *portal; /* NULL: the server is down */
    const struct theme *theme;
    uint32_t weight_sum;
    uint64_t restart_ms;
    uint64_t now_ms;
    int64_t wall_ms; /* what added to now_ms is the wall clock */
    bool jumped;     /* the wall clock was set while the server was there */
    uint64_t random;
    int next_call;
    bool quiet;    /* nobody acts any more */
    bool shuffles; /* a connection brings what it carries in any order, and some twice */
    bool trace;
    struct sim_tally *tally;
};

#define SIM_TRACE(sim, ...)                                                                        \
    do {                                                                                           \
        if ((sim)->trace) {                                                                        \
            printf("%8" PRIu64 " ", (sim)->now_ms);                                                \
            printf(__VA_ARGS__);                                                                   \
            printf("\n");                                                                          \
        }                                                                                          \
    } while (0)

/* ---- simrandom ---- */

static inline uint32_t sim_below(struct sim *sim, uint32_t bound)
{
    sim->random ^= sim->random << 13;
    sim->random ^= sim->random >> 7;
    sim->random ^= sim->random << 17;
    return (uint32_t)(((sim->random >> 32) * bound) >> 32);
}

static inline bool sim_chance(struct sim *sim, uint32_t percent)
{
    return sim_below(sim, 100) < percent;
}

/* ---- simdisk.c ---- */

struct ports disk_ports(struct sim *sim);
/* Commits what is due, and gives some of the answers that are due. */
void disk_tick(struct sim *sim);
uint64_t disk_next_ms(const struct sim *sim);
/* What is not committed is gone. */
void disk_crash(struct sim *sim);
/* Gives a new portal what is kept. */
void disk_load(struct sim *sim);

/* ---- simnet.c ---- */

struct seat *net_seat(struct sim *sim, session_id session);
/* The portal tells the session. */
void net_event(void *ctx, session_id session, const struct event *event);
void net_session_end(void *ctx, session_id session, enum session_end why);
/* The reply to a command of the page. */
void net_reply(struct sim *sim, struct page *page, const struct sim_command *command, enum err err,
               const struct call_view *view);
/* The connection of the page is gone; the server notices at once or later. */
void net_drop(struct sim *sim, struct page *page, uint64_t notice_in_ms, uint64_t back_in_ms);
/* The page is gone from its seat, which stays until the server closes it. */
void net_abandon(struct sim *sim, struct page *page, uint64_t notice_in_ms);
/* What the server notices, and the pages that come back. */
void net_tick(struct sim *sim);
uint64_t net_next_ms(const struct sim *sim);
void net_server_gone(struct sim *sim);
bool net_is_learnt(const struct sim *sim, const struct page *page, uint64_t since_ms);

/* ---- simcommands.c: what pages ask arrives at the portal ---- */

/* False: too many wait for their answers already. */
bool command_send(struct sim *sim, struct page *page, enum command_kind kind, int call, int callee);
/* The same with what a description or candidate says, or by which connection is answered. */
struct sim_way {
    uint8_t early;
    uint8_t shape;
    bool offer;
};
bool command_send_by(struct sim *sim, struct page *page, enum command_kind kind, int call,
                     struct sim_way way);
/* Runs what has arrived from the page. */
void command_tick(struct sim *sim, struct page *page);
/* The page loses its connection: what it has sent may arrive all the same. */
void command_stray(struct sim *sim, const struct page *page);
void command_tick_strays(struct sim *sim);
/* A browser without a page was rung, and looks or refuses. */
void command_note(struct sim *sim, const struct note *note);

/* ---- simpages.c: what people and pages do ---- */

void page_open(struct sim *sim, struct page *page);
void page_act(struct sim *sim);
/* Reads what has arrived. */
void page_tick(struct sim *sim, struct page *page);
void page_push(void *ctx, const struct push_note *note);

/* The page ends by itself what it knows as page->known[at]. */
void page_gives_up(struct sim *sim, struct page *page, int at);

/* ---- simclock.c: the clocks of pages ---- */

/* The page is loaded. */
void clock_begin(struct sim *sim, struct page *page);
/* It was told at that time that the call is so; before that it knew it as `before`. */
void clock_see(const struct page *page, struct sim_known *known, const struct sim_known *before,
               uint64_t at_ms);
/* What is over by then. */
void clock_tick(struct sim *sim, struct page *page, uint64_t at_ms);
/* The laptop is closed for a while. */
void clock_sleep(struct sim *sim, struct page *page);
bool clock_sleeps(const struct sim *sim, const struct page *page);
/* Whatever its connection is, it rings no longer than the world says. */
void clock_check(struct sim *sim, const struct page *page, const struct sim_known *known);

/* ---- simworld.c ---- */

extern const char *const command_names[COMMAND_COUNT];
/* Plays one schedule; false: `why` has the violation. */
bool sim_play(uint64_t seed, bool trace, struct sim_tally *tally, char why[ORACLE_TEXT_MAX]);
void sim_server_dies(struct sim *sim);
void sim_clock_jumps(struct sim *sim);
int sim_page_number(const struct sim *sim, const struct page *page);

/* ---- simmem.c: memory of a schedule, from an arena that is thrown away as a whole ---- */

void simmem_reset(void);

#endif
