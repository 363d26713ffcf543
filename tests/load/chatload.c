/* SPDX-License-Identifier: Apache-2.0 */
/* Messages in the store, without server and tabs. One line of JSON is the result of
 *   chatload make FOLDER MESSAGES         a database of 10,000 people and 1,000 rooms, searchable
 *   chatload rate FOLDER MESSAGES ROUNDS GROUP  durable messages a second: in groups, one by one
 *   chatload ask FOLDER                   how long questions take
 * chat.mjs and portal.mjs run it. Of the people the first ACTIVE are in many rooms and signed in:
 * the token of number N is N and zeros. Room 0 has a tenth of all messages. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "crypto/digest.h"
#include "store/lookup.h"
#include "store/store.h"

#define PEOPLE 10000
#define ROOMS 1000
#define ROOM_PEOPLE 10
#define ACTIVE 200
#define ACTIVE_ROOMS 20 /* of each, besides room 0 */
#define ACTIVITIES 1000
#define LOADED 8192 /* messages of a group while the database is made */
#define ALONE 500
#define QUESTIONS 500

static uint64_t seqs[ROOMS];
static uint64_t state = 88172645463325252u;
static int64_t start_s;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static double clock_s(clockid_t clock)
{
    struct timespec now;
    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double now_s(void)
{
    return clock_s(CLOCK_MONOTONIC);
}

/* What this program has run: on a machine with other work the better measure. */
static double cpu_s(void)
{
    return clock_s(CLOCK_PROCESS_CPUTIME_ID);
}

static struct id number_id(uint8_t kind, uint64_t number)
{
    struct id id = {{kind}};
    memcpy(id.bytes + 8, &number, sizeof(number));
    return id;
}

static struct id random_id(void)
{
    struct id id;
    for (size_t i = 0; i < ID_BYTES; i += 8) {
        uint64_t bytes = next_random();
        memcpy(id.bytes + i, &bytes, sizeof(bytes));
    }
    return id;
}

static void must(enum err err, const char *what)
{
    if (err != OK) {
        (void)fprintf(stderr, "chatload: %s: %s\n", what, err_name(err));
        exit(EXIT_FAILURE);
    }
}

static struct store *open_store(const char *folder)
{
    struct store *store = NULL;
    char path[1024];
    (void)snprintf(path, sizeof(path), "%s/visavis.db", folder);
    must(store_open(path, &store), "open");
    return store;
}

/* As pages make those of messages (web/src/base/id.ts): the time first, so that ids of one time are
 * neighbours in the index of ids. */
static struct id message_id(void)
{
    struct id id = random_id();
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    for (size_t i = 0; i < 6; i++) {
        id.bytes[i] = (uint8_t)(ms >> (8 * (5 - i)));
    }
    return id;
}

/* ---- the database ---- */

static void put_person(struct store *store, uint64_t number)
{
    static const char *const names[] = {"Ann", "Bert", "Chloe", "Dirk", "Eva", "Finn", "Gina"};
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id = number_id(1, number);
    (void)snprintf(change.user.name, sizeof(change.user.name), "p%llu", (unsigned long long)number);
    (void)snprintf(change.user.full_name, sizeof(change.user.full_name), "%s Person%llu",
                   names[number % 7], (unsigned long long)number);
    must(store_write(store, &change, 1), "person");
}

static void sign_in(struct store *store, uint64_t number)
{
    uint8_t token[TOKEN_BYTES] = {0};
    struct change change = {.kind = CHANGE_LOGIN_PUT};
    memcpy(token, &number, sizeof(number));
    change.login = (struct login){.id = number_id(4, number),
                                  .user = number_id(1, number),
                                  .created_s = start_s,
                                  .seen_s = start_s,
                                  .expires_s = start_s + 86400};
    digest_sha256(slice_from(token, sizeof(token)), change.login.token_hash);
    must(store_write(store, &change, 1), "login");
}

static void put_member(struct store *store, uint64_t room, uint64_t person)
{
    struct change change = {.kind = CHANGE_ROOM_MEMBER_PUT};
    change.room_member =
        (struct room_member){.room = number_id(2, room), .user = number_id(1, person)};
    must(store_write(store, &change, 1), "member");
}

static void put_people(struct store *store)
{
    for (uint64_t i = 0; i < PEOPLE; i++) {
        put_person(store, i);
    }
    for (uint64_t i = 0; i < ROOMS; i++) {
        struct change change = {.kind = CHANGE_ROOM_ADD};
        change.room = (struct room){
            .id = number_id(2, i), .kind = ROOM_TEAM, .owner = number_id(1, i * ROOM_PEOPLE)};
        (void)snprintf(change.room.title, sizeof(change.room.title), "Team %llu",
                       (unsigned long long)i);
        must(store_write(store, &change, 1), "room");
        for (uint64_t j = 0; j < ROOM_PEOPLE; j++) {
            put_member(store, i, i * ROOM_PEOPLE + j);
        }
    }
    for (uint64_t i = 0; i < ACTIVE; i++) {
        sign_in(store, i);
        put_member(store, 0, i);
        for (uint64_t j = 0; j < ACTIVE_ROOMS; j++) {
            put_member(store, 1 + (i * 7 + j * 47) % (ROOMS - 1), i);
        }
    }
    for (uint64_t i = 0; i < ACTIVITIES; i++) {
        struct change change = {.kind = CHANGE_ACTIVITY_ADD};
        change.activity = (struct activity){.id = random_id(),
                                            .author = number_id(1, next_random() % PEOPLE),
                                            .at_s = start_s,
                                            .text = SLICE("what is new in the garden")};
        must(store_write(store, &change, 1), "activity");
    }
}

static void post(struct store *store)
{
    char text[128];
    uint64_t room = next_random() % 10 == 0 ? 0 : next_random() % ROOMS;
    (void)snprintf(
        text, sizeof(text), "word%llu seen%llu rare%llu and what is often said %s",
        (unsigned long long)(next_random() % 100), (unsigned long long)(next_random() % 5000),
        (unsigned long long)(next_random() % 200000), seqs[room] % 2 == 0 ? "even" : "odd");
    struct change change = {.kind = CHANGE_CHATMSG_ADD};
    change.chatmsg = (struct chatmsg){.id = message_id(),
                                      .room = number_id(2, room),
                                      .author = number_id(1, room * ROOM_PEOPLE),
                                      .seq = ++seqs[room],
                                      .at_s = start_s,
                                      .text = slice_text(text)};
    must(store_write(store, &change, 1), "message");
}

struct rate {
    double per_s;
    double per_cpu_s;
};

static struct rate rate_since(uint64_t count, double start, double cpu_start)
{
    return (struct rate){(double)count / (now_s() - start), (double)count / (cpu_s() - cpu_start)};
}

static struct rate post_in_groups(struct store *store, uint64_t count, uint64_t group)
{
    double start = now_s();
    double cpu_start = cpu_s();
    for (uint64_t left = count; left > 0;) {
        uint64_t now = left < group ? left : group;
        must(store_begin(store), "begin");
        for (uint64_t j = 0; j < now; j++) {
            post(store);
        }
        must(store_commit(store), "commit");
        left -= now;
    }
    return rate_since(count, start, cpu_start);
}

static struct rate post_alone(struct store *store)
{
    double start = now_s();
    double cpu_start = cpu_s();
    for (int i = 0; i < ALONE; i++) {
        post(store);
    }
    return rate_since(ALONE, start, cpu_start);
}

static void make(const char *folder, uint64_t messages)
{
    struct store *store = open_store(folder);
    must(store_begin(store), "begin");
    put_people(store);
    must(store_commit(store), "commit");
    (void)post_in_groups(store, messages, LOADED);
    double start = cpu_s();
    for (bool more = true; more;) {
        must(store_index(store, LOADED, &more), "index");
    }
    (void)printf("{\"messages\": %llu, \"index_cpu_s\": %.1f}\n", (unsigned long long)messages,
                 cpu_s() - start);
    store_close(store);
}

/* ---- figures ---- */

static void remember_seq(void *arg, const struct change *change)
{
    (void)arg;
    if (change->kind == CHANGE_ROOM_PUT) {
        uint64_t room = 0;
        memcpy(&room, change->room.id.bytes + 8, sizeof(room));
        seqs[room % ROOMS] = change->room.seq;
    }
}

static void rate(const char *folder, uint64_t messages, uint64_t rounds, uint64_t group)
{
    struct store *store = open_store(folder);
    must(store_load(store, remember_seq, NULL), "load");
    state ^= (uint64_t)start_s; /* other ids than those that are there */
    (void)printf("[");
    for (uint64_t i = 0; i < rounds; i++) {
        struct rate grouped = post_in_groups(store, messages, group);
        struct rate alone = post_alone(store);
        (void)printf("%s{\"grouped\": %.0f, \"alone\": %.0f, \"grouped_cpu\": %.0f, "
                     "\"alone_cpu\": %.0f}",
                     i == 0 ? "" : ", ", grouped.per_s, alone.per_s, grouped.per_cpu_s,
                     alone.per_cpu_s);
    }
    (void)printf("]\n");
    store_close(store);
}

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a;
    double two = *(const double *)b;
    return one < two ? -1 : one > two;
}

struct asked {
    const char *what;
    const char *text; /* NULL: a page of history */
    uint64_t rooms;   /* in so many; 0: in room 0 */
};

static void ask(struct lookup *lookup, const struct asked *asked, bool first)
{
    static double times[QUESTIONS];
    static double cpu_times[QUESTIONS];
    static struct id rooms[ROOMS];
    for (int i = 0; i < QUESTIONS; i++) {
        uint64_t from = next_random() % (ROOMS - 1);
        uint64_t count = asked->rooms == 0 ? 1 : asked->rooms;
        struct arena arena;
        struct found found;
        for (uint64_t j = 0; j < count; j++) {
            rooms[j] = number_id(2, asked->rooms == 0 ? 0 : 1 + (from + j * 47) % (ROOMS - 1));
        }
        arena_init(&arena, 4 << 20);
        struct question question = {
            .kind = ASK_HISTORY, .id = rooms[0], .limit = 50, .before = 1 + next_random() % 900};
        if (asked->text != NULL) {
            question = (struct question){.kind = ASK_SEARCH,
                                         .rooms = rooms,
                                         .room_count = count,
                                         .text = slice_text(asked->text),
                                         .limit = 20};
        }
        double start = now_s();
        double cpu_start = cpu_s();
        must(lookup_answer(lookup, &question, &arena, &found), asked->what);
        times[i] = (now_s() - start) * 1000;
        cpu_times[i] = (cpu_s() - cpu_start) * 1000;
        arena_fini(&arena);
    }
    qsort(times, QUESTIONS, sizeof(times[0]), compare);
    qsort(cpu_times, QUESTIONS, sizeof(cpu_times[0]), compare);
    (void)printf("%s{\"what\": \"%s\", \"p50\": %.3f, \"p99\": %.3f, \"cpu_p50\": %.3f, "
                 "\"cpu_p99\": %.3f}",
                 first ? "" : ", ", asked->what, times[QUESTIONS / 2], times[QUESTIONS * 99 / 100],
                 cpu_times[QUESTIONS / 2], cpu_times[QUESTIONS * 99 / 100]);
}

static void ask_all(const char *folder)
{
    static const struct asked all[] = {
        {"a page of history", NULL, 1},
        {"a word of every message, in one room", "often ", 1},
        {"a word of one message in 100, in one room", "word7 ", 1},
        {"a rare word, in one room", "rare77 ", 1},
        {"a beginning, in one room", "see", 1},
        {"a word of every message, in 21 rooms", "often ", 21},
        {"a beginning and a word, in 21 rooms", "often wo", 21},
        {"a word of every message, in 500 rooms", "often ", 500},
        {"a rare word, in 500 rooms", "rare77 ", 500},
        {"a word that nobody said, in 500 rooms", "nobodysaid ", 500},
        {"a word of every message, in the room of 100,000", "often ", 0},
        {"a beginning of every message, in the room of 100,000", "wo", 0},
        {"two words that never meet, in the room of 100,000", "even odd ", 0},
    };
    struct lookup *lookup = NULL;
    char path[1024];
    (void)snprintf(path, sizeof(path), "%s/visavis.db", folder);
    must(lookup_open(path, &lookup), "lookup");
    (void)printf("[");
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        ask(lookup, &all[i], i == 0);
    }
    (void)printf("]\n");
    lookup_close(lookup);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 2 ? argv[1] : "";
    start_s = (int64_t)time(NULL);
    if (strcmp(mode, "make") == 0 && argc == 4) {
        make(argv[2], strtoull(argv[3], NULL, 10));
    } else if (strcmp(mode, "rate") == 0 && argc == 6) {
        rate(argv[2], strtoull(argv[3], NULL, 10), strtoull(argv[4], NULL, 10),
             strtoull(argv[5], NULL, 10));
    } else if (strcmp(mode, "ask") == 0 && argc == 3) {
        ask_all(argv[2]);
    } else {
        (void)fprintf(stderr, "usage: chatload make|rate|ask FOLDER ...\n");
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
