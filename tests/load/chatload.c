/* SPDX-License-Identifier: Apache-2.0 */
/* Messages in the store: durable ones in a second, by group commit and one by one, and how long
 * questions take among many. Usage: chatload FOLDER MESSAGES; the folder must not have a database.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "store/lookup.h"
#include "store/store.h"

#define PEOPLE 10000
#define ROOMS 1000
#define ROOM_PEOPLE 10
#define GROUP 512
#define ALONE 2000
#define QUESTIONS 2000

static uint64_t seqs[ROOMS];
static uint64_t state = 88172645463325252u;

static uint64_t next_random(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    return state ^= state << 17;
}

static double now_s(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct id number_id(uint8_t kind, uint64_t number)
{
    struct id id = {{kind}};
    memcpy(id.bytes + 8, &number, sizeof(number));
    return id;
}

static void must(enum err err, const char *what)
{
    if (err != OK) {
        (void)fprintf(stderr, "chatload: %s: %s\n", what, err_name(err));
        exit(EXIT_FAILURE);
    }
}

static void put_people(struct store *store)
{
    for (uint64_t i = 0; i < PEOPLE; i++) {
        struct change change = {.kind = CHANGE_USER_PUT};
        change.user.id = number_id(1, i);
        (void)snprintf(change.user.name, sizeof(change.user.name), "p%llu", (unsigned long long)i);
        must(store_write(store, &change, 1), "person");
    }
    for (uint64_t i = 0; i < ROOMS; i++) {
        struct change change = {.kind = CHANGE_ROOM_ADD};
        change.room = (struct room){
            .id = number_id(2, i), .kind = ROOM_TEAM, .owner = number_id(1, i * ROOM_PEOPLE)};
        must(store_write(store, &change, 1), "room");
        for (uint64_t j = 0; j < ROOM_PEOPLE; j++) {
            change = (struct change){.kind = CHANGE_ROOM_MEMBER_PUT};
            change.room_member = (struct room_member){.room = number_id(2, i),
                                                      .user = number_id(1, i * ROOM_PEOPLE + j)};
            must(store_write(store, &change, 1), "member");
        }
    }
}

static void post(struct store *store)
{
    char text[128];
    uint64_t room = next_random() % ROOMS;
    (void)snprintf(text, sizeof(text), "word%llu seen%llu rare%llu and what is often said",
                   (unsigned long long)(next_random() % 100),
                   (unsigned long long)(next_random() % 5000),
                   (unsigned long long)(next_random() % 200000));
    struct change change = {.kind = CHANGE_CHATMSG_ADD};
    change.chatmsg = (struct chatmsg){.room = number_id(2, room),
                                      .author = number_id(1, room * ROOM_PEOPLE),
                                      .seq = ++seqs[room],
                                      .at_s = 1700000000,
                                      .text = slice_text(text)};
    for (size_t i = 0; i < ID_BYTES; i += 8) {
        uint64_t bytes = next_random();
        memcpy(change.chatmsg.id.bytes + i, &bytes, sizeof(bytes));
    }
    must(store_write(store, &change, 1), "message");
}

static double post_in_groups(struct store *store, uint64_t count)
{
    double start = now_s();
    for (uint64_t i = 0; i < count; i += GROUP) {
        must(store_begin(store), "begin");
        for (uint64_t j = 0; j < GROUP; j++) {
            post(store);
        }
        must(store_commit(store), "commit");
    }
    return (double)count / (now_s() - start);
}

static double post_alone(struct store *store)
{
    double start = now_s();
    for (int i = 0; i < ALONE; i++) {
        post(store);
    }
    return ALONE / (now_s() - start);
}

static int compare(const void *a, const void *b)
{
    double one = *(const double *)a;
    double two = *(const double *)b;
    return one < two ? -1 : one > two;
}

static void ask(struct lookup *lookup, const char *what, const char *text)
{
    static double times[QUESTIONS];
    for (int i = 0; i < QUESTIONS; i++) {
        struct id rooms[1] = {number_id(2, next_random() % ROOMS)};
        struct arena arena;
        struct found found;
        arena_init(&arena, 4 << 20);
        struct question question = {
            .kind = ASK_HISTORY, .id = rooms[0], .limit = 50, .before = seqs[0] / 2 + 2};
        if (text != NULL) {
            question = (struct question){.kind = ASK_SEARCH,
                                         .rooms = rooms,
                                         .room_count = 1,
                                         .text = slice_text(text),
                                         .limit = 20};
        }
        double start = now_s();
        must(lookup_answer(lookup, &question, &arena, &found), what);
        times[i] = (now_s() - start) * 1000;
        arena_fini(&arena);
    }
    qsort(times, QUESTIONS, sizeof(times[0]), compare);
    printf("| %s | %.2f | %.2f |\n", what, times[QUESTIONS / 2], times[QUESTIONS * 99 / 100]);
}

int main(int argc, char **argv)
{
    struct store *store = NULL;
    struct lookup *lookup = NULL;
    char path[1024];
    if (argc != 3) {
        (void)fprintf(stderr, "usage: chatload FOLDER MESSAGES\n");
        return EXIT_FAILURE;
    }
    (void)snprintf(path, sizeof(path), "%s/visavis.db", argv[1]);
    must(store_open(path, &store), "open");
    must(store_begin(store), "begin");
    put_people(store);
    must(store_commit(store), "commit");
    double grouped = post_in_groups(store, strtoull(argv[2], NULL, 10));
    double alone = post_alone(store);
    printf("messages/s in groups of %d: %.0f; one by one: %.0f; ratio %.1f\n", GROUP, grouped,
           alone, grouped / alone);
    double start = now_s();
    for (bool more = true; more;) {
        must(store_index(store, 1000, &more), "index");
    }
    printf("made searchable in %.1f s\n", now_s() - start);
    must(lookup_open(path, &lookup), "lookup");
    printf("| question | p50 ms | p99 ms |\n|---|---:|---:|\n");
    ask(lookup, "a page of history", NULL);
    ask(lookup, "a word of every message, in one room", "often");
    ask(lookup, "a word of one message in 100, in one room", "word7");
    ask(lookup, "a rare word, in one room", "rare77");
    ask(lookup, "a beginning, in one room", "see");
    lookup_close(lookup);
    store_close(store);
    return EXIT_SUCCESS;
}
