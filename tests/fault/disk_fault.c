/* SPDX-License-Identifier: Apache-2.0 */
/* What was acknowledged survives a power cut at any point, and a disk that is full or broken at any
 * point: the store itself, over a file layer that records and fails (faultdisk.h).
 *
 *   disk_fault [--cuts N] [--stride N] [--seed N]
 *
 * A workload of several lives writes groups of messages, with a person's profile beside. Then
 * --cuts images of what a power cut may leave are opened, in both models of a folder; then the
 * workload is run again and again while its n-th operation fails, once and lastingly, for each n by
 * --stride. */
#include <sqlite3.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "faultdisk.h"
#include "store/store.h"

#define LIVES 4
#define GROUPS_PER_LIFE 10
#define GROUPS_MAX (LIVES * GROUPS_PER_LIFE)
#define MESSAGES_PER_GROUP 3
#define TEXT_SIZE 900 /* so that a group is several pages */

static char folder[64];
static char cut_folder[80];
static char path[128];

/* What the workload has learnt. */
static struct {
    bool acknowledged[GROUPS_MAX];
    uint32_t at[GROUPS_MAX];    /* operations at the acknowledgement */
    uint32_t begun[GROUPS_MAX]; /* and before the group */
} learnt;

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

static void empty(const char *which)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        char name[160];
        (void)snprintf(name, sizeof(name), "%s/visavis.db%s", which, endings[i]);
        (void)unlink(name);
    }
}

/* ---- the workload ---- */

/* Who writes, and where; ERR_EXISTS: they are there, and nothing has changed. */
static enum err put_frame(struct store *store)
{
    struct change changes[3] = {
        {.kind = CHANGE_USER_PUT}, {.kind = CHANGE_ROOM_ADD}, {.kind = CHANGE_ROOM_MEMBER_PUT}};
    changes[0].user.id.bytes[0] = 1;
    (void)snprintf(changes[0].user.name, sizeof(changes[0].user.name), "anna");
    changes[1].room.id.bytes[0] = 1;
    changes[1].room.kind = ROOM_TEAM;
    changes[1].room.owner.bytes[0] = 1;
    changes[2].room_member.room.bytes[0] = 1;
    changes[2].room_member.user.bytes[0] = 1;
    return store_write(store, changes, 3);
}

static void fill_text(char text[TEXT_SIZE + 1], uint32_t number)
{
    memset(text, 'a' + (int)(number % 26), TEXT_SIZE);
    text[TEXT_SIZE] = '\0';
    (void)snprintf(text, 32, "%u ", number);
}

static enum err write_group(struct store *store, uint32_t group)
{
    char text[TEXT_SIZE + 1];
    struct change profile = {.kind = CHANGE_USER_PROFILE};
    enum err err = store_begin(store);
    if (err != OK) {
        return err;
    }
    for (uint32_t i = 0; err == OK && i < MESSAGES_PER_GROUP; i++) {
        uint32_t number = group * MESSAGES_PER_GROUP + i + 1;
        struct change change = {.kind = CHANGE_CHATMSG_ADD};
        memcpy(change.chatmsg.id.bytes, &number, sizeof(number));
        change.chatmsg.room.bytes[0] = 1;
        change.chatmsg.author.bytes[0] = 1;
        change.chatmsg.seq = number;
        fill_text(text, number);
        change.chatmsg.text = slice_text(text);
        err = store_write(store, &change, 1);
    }
    profile.user.id.bytes[0] = 1;
    (void)snprintf(profile.user.position, sizeof(profile.user.position), "%u", group);
    err = err == OK ? store_write(store, &profile, 1) : err;
    enum err committed = store_commit(store);
    return err == OK ? committed : err;
}

/* One life of the server: opens, writes its groups, makes them searchable, closes. */
static void live(uint32_t life)
{
    struct store *store = NULL;
    bool more = false;
    if (store_open(path, &store) != OK) {
        return;
    }
    enum err err = put_frame(store); /* again in each life: nothing changes then */
    for (uint32_t i = 0; i < GROUPS_PER_LIFE; i++) {
        uint32_t group = life * GROUPS_PER_LIFE + i;
        learnt.begun[group] = faultdisk_count();
        err = write_group(store, group);
        learnt.acknowledged[group] = err == OK;
        learnt.at[group] = faultdisk_count();
    }
    err = store_index(store, 1000, &more);
    (void)err; /* what was not made searchable is so in the next life */
    store_close(store);
}

static void run_workload(void)
{
    memset(&learnt, 0, sizeof(learnt));
    empty(folder);
    for (uint32_t life = 0; life < LIVES; life++) {
        for (uint32_t i = 0; i < GROUPS_PER_LIFE; i++) {
            learnt.begun[life * GROUPS_PER_LIFE + i] = UINT32_MAX;
        }
        live(life);
    }
}

/* ---- what is found afterwards ---- */

struct found {
    bool opened;
    bool undamaged;
    uint32_t messages;
    uint8_t of_group[GROUPS_MAX]; /* how many messages */
    bool right;                   /* in order, each with its text */
    int position;                 /* of the profile; -1: none */
};

static void read_messages(sqlite3 *database, struct found *found)
{
    char text[TEXT_SIZE + 1];
    sqlite3_stmt *statement = NULL;
    uint32_t last = 0;
    found->right = sqlite3_prepare_v2(database, "SELECT seq, text FROM messages ORDER BY seq", -1,
                                      &statement, NULL) == SQLITE_OK;
    while (found->right && sqlite3_step(statement) == SQLITE_ROW) {
        uint32_t number = (uint32_t)sqlite3_column_int(statement, 0);
        fill_text(text, number);
        found->right = number > last && number <= GROUPS_MAX * MESSAGES_PER_GROUP &&
                       strcmp(text, (const char *)sqlite3_column_text(statement, 1)) == 0;
        if (found->right) {
            found->of_group[(number - 1) / MESSAGES_PER_GROUP]++;
        }
        found->messages++;
        last = number;
    }
    (void)sqlite3_finalize(statement);
}

static void read_rest(sqlite3 *database, struct found *found)
{
    sqlite3_stmt *statement = NULL;
    found->position = -1;
    if (sqlite3_prepare_v2(database, "SELECT position FROM users", -1, &statement, NULL) ==
            SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        const char *text = (const char *)sqlite3_column_text(statement, 0);
        found->position = text[0] == '\0' ? -1 : (int)strtol(text, NULL, 10);
    }
    (void)sqlite3_finalize(statement);
    if (sqlite3_prepare_v2(database, "PRAGMA quick_check", -1, &statement, NULL) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW) {
        found->undamaged = strcmp((const char *)sqlite3_column_text(statement, 0), "ok") == 0;
    }
    (void)sqlite3_finalize(statement);
}

static struct found look(const char *which)
{
    struct found found = {0};
    struct store *store = NULL;
    sqlite3 *database = NULL;
    char name[128];
    (void)snprintf(name, sizeof(name), "%s/visavis.db", which);
    found.opened = store_open(name, &store) == OK;
    if (found.opened && sqlite3_open_v2(name, &database, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK) {
        read_messages(database, &found);
        read_rest(database, &found);
    }
    (void)sqlite3_close_v2(database);
    store_close(store);
    return found;
}

/* NULL, or what is wrong when the groups acknowledged at `count` operations must be there. */
static const char *judge(const struct found *found, uint32_t count)
{
    int newest = -1;
    if (!found->opened) {
        return "the database cannot be opened";
    }
    if (!found->undamaged) {
        return "the database is damaged";
    }
    if (!found->right) {
        return "messages are doubled, out of order or changed";
    }
    for (uint32_t group = 0; group < GROUPS_MAX; group++) {
        bool acknowledged = learnt.acknowledged[group] && learnt.at[group] <= count;
        if (found->of_group[group] != 0 && found->of_group[group] != MESSAGES_PER_GROUP) {
            return "a group is torn";
        }
        if (acknowledged && found->of_group[group] == 0) {
            return "an acknowledged group is lost";
        }
        newest = acknowledged ? (int)group : newest;
        if (found->of_group[group] != 0 && learnt.begun[group] > count) {
            return "a group is there before it was written";
        }
    }
    return found->position < newest ? "the profile is older than acknowledged" : NULL;
}

/* ---- the tests ---- */

static uint32_t cut_power(uint32_t cuts, uint32_t seed, const char **what, uint32_t *which)
{
    uint32_t bad = 0;
    uint32_t all = faultdisk_count();
    for (uint32_t i = 0; i < cuts; i++) {
        uint32_t count = (uint32_t)((uint64_t)(i / 2) * all * 2 / cuts) + seed % 7;
        enum faultdisk_directory directory = i % 2 == 0 ? FAULTDISK_ORDERED : FAULTDISK_LAZY;
        count = count > all ? all : count;
        empty(cut_folder);
        bool made = faultdisk_cut(cut_folder, count, directory, seed + i / 2);
        struct found found = made ? look(cut_folder) : (struct found){0};
        const char *wrong = judge(&found, count);
        if (wrong != NULL && bad++ == 0) {
            *what = wrong;
            *which = i;
        }
    }
    return bad;
}

/* The images are looked at through the layer as well: its record must not grow meanwhile. */
static uint32_t test_cuts(uint32_t cuts, uint32_t seed, bool lies)
{
    const char *what = NULL;
    uint32_t which = 0;
    faultdisk_begin(FAULTDISK_NONE, 0, false);
    faultdisk_lie(lies);
    run_workload();
    faultdisk_lie(false);
    faultdisk_record(false);
    uint32_t bad = cut_power(cuts, seed, &what, &which);
    faultdisk_record(true);
    if (!lies) {
        printf("power cuts: %u images of %u operations, %u wrong\n", cuts, faultdisk_count(), bad);
        if (bad > 0) {
            printf("the first, number %u: %s (--seed %u)\n", which, what, seed);
        }
    }
    return bad;
}

static bool has_frame(struct store *store)
{
    enum err err = put_frame(store);
    return err == OK || err == ERR_EXISTS;
}

static const char *fail_at(enum faultdisk_fault fault, uint32_t at, bool lasting)
{
    faultdisk_begin(fault, at, lasting);
    run_workload();
    faultdisk_heal();
    struct found found = look(folder);
    const char *wrong = judge(&found, UINT32_MAX);
    struct store *store = NULL;
    if (wrong == NULL && (store_open(path, &store) != OK || !has_frame(store) ||
                          write_group(store, GROUPS_MAX) != OK)) {
        wrong = "nothing can be written once the disk is well again";
    }
    store_close(store);
    return wrong;
}

static uint32_t test_faults(uint32_t stride)
{
    static const char *const names[] = {"none", "full", "broken"};
    uint32_t bad = 0;
    uint32_t runs = 0;
    faultdisk_begin(FAULTDISK_NONE, 0, false);
    run_workload();
    uint32_t all = faultdisk_count();
    for (uint32_t at = 0; at < all; at += stride) {
        for (uint32_t kind = 0; kind < 4; kind++) {
            enum faultdisk_fault fault = kind < 2 ? FAULTDISK_FULL : FAULTDISK_IO;
            const char *wrong = fail_at(fault, at, kind % 2 == 1);
            runs++;
            if (wrong != NULL) {
                bad++;
                printf("disk %s%s at operation %u: %s\n", names[fault],
                       kind % 2 == 1 ? " lastingly" : "", at, wrong);
            }
        }
    }
    printf("disk faults: %u runs at %u points, %u wrong\n", runs, (all + stride - 1) / stride, bad);
    return bad;
}

static uint32_t read_option(int argc, char **argv, const char *name, uint32_t preset)
{
    for (int i = 1; i + 1 < argc; i++) {
        if (strcmp(argv[i], name) == 0) {
            return (uint32_t)strtoul(argv[i + 1], NULL, 10);
        }
    }
    return preset;
}

int main(int argc, char **argv)
{
    uint32_t cuts = read_option(argc, argv, "--cuts", 200);
    uint32_t stride = read_option(argc, argv, "--stride", 23);
    uint32_t seed = read_option(argc, argv, "--seed", 1);
    log_set_sink(quiet, NULL);
    (void)snprintf(folder, sizeof(folder), "/tmp/visavis-disk-XXXXXX");
    if (mkdtemp(folder) == NULL) {
        return EXIT_FAILURE;
    }
    (void)snprintf(path, sizeof(path), "%s/visavis.db", folder);
    (void)snprintf(cut_folder, sizeof(cut_folder), "%s-cut-XXXXXX", folder);
    if (mkdtemp(cut_folder) == NULL) {
        return EXIT_FAILURE;
    }
    faultdisk_install();
    uint32_t bad = test_cuts(cuts, seed, false);
    /* A disk that lies about its syncs loses what was acknowledged: these images would show it. */
    bool sees = test_cuts(cuts < 20 ? 3 * cuts : 60, seed, true) > 0;
    printf("a disk that does not sync is %s\n", sees ? "found out" : "not noticed");
    bad += test_faults(stride);
    faultdisk_begin(FAULTDISK_NONE, 0, false);
    empty(folder);
    empty(cut_folder);
    (void)rmdir(folder);
    (void)rmdir(cut_folder);
    return bad == 0 && sees ? EXIT_SUCCESS : EXIT_FAILURE;
}
