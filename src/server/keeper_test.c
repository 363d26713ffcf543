/* SPDX-License-Identifier: Apache-2.0 */
#include "server/keeper.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/log.h"
#include "net/testpeer.h"

static struct loop *loop;
static struct keeper *keeper;
static struct store *opened; /* until the keeper takes it */
static char folder[64];
static char path[96];

static struct {
    unsigned begins, users, ends;
    char last[USER_NAME_MAX + 1];
} synced;

/* What on_done said, by its argument. */
static struct answer {
    unsigned count;
    enum err err;
    size_t bytes;
} answers[4];

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

/* Also where a replay ends: no thread and nothing in /tmp is left. */
static void tear_down(void)
{
    store_close(opened);
    opened = NULL;
    if (keeper != NULL) {
        keeper_stop(keeper);
        loop_drain(loop);
        keeper_destroy(keeper);
        keeper = NULL;
    }
    if (loop != NULL) {
        loop_destroy(loop);
        loop = NULL;
    }

    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < 3; i++) {
        char name[112];
        (void)snprintf(name, sizeof name, "%s%s", path, endings[i]);
        (void)unlink(name);
    }
    (void)rmdir(folder);
}

static void on_sync_begin(void *arg)
{
    (void)arg;
    synced.begins++;
}

static void on_sync_change(void *arg, const struct change *change)
{
    (void)arg;
    if (change->kind == CHANGE_USER_PUT) {
        synced.users++;
        memcpy(synced.last, change->user.name, sizeof synced.last);
    }
}

static void on_sync_end(void *arg)
{
    (void)arg;
    synced.ends++;
}

static void on_written(void *arg, enum err err)
{
    struct answer *answer = arg;
    answer->count++;
    answer->err = err;
}

static void on_picture(void *arg, enum err err, struct slice bytes)
{
    on_written(arg, err);
    ((struct answer *)arg)->bytes = bytes.size;
}

static void set_up(void)
{
    struct keeper_sync sync = {on_sync_begin, on_sync_change, on_sync_end, NULL};
    log_set_sink(quiet, NULL);
    memset(answers, 0, sizeof answers);
    memset(&synced, 0, sizeof synced);
    unit_finally(tear_down);
    (void)snprintf(folder, sizeof folder, "/tmp/visavis-keeper-XXXXXX");
    CHECK(mkdtemp(folder) != NULL);
    (void)snprintf(path, sizeof path, "%s/visavis.db", folder);
    CHECK(loop_create(&loop) == OK);
    CHECK(keeper_create(loop, &sync, &keeper) == OK);
}

static void start(void)
{
    int64_t version = 0;
    CHECK(store_open(path, &opened) == OK);
    CHECK(store_data_version(opened, &version) == OK);
    CHECK(keeper_start(keeper, opened, version, CONFINE_NOTHING) == OK);
    opened = NULL; /* it is the keeper's */
}

/* Turns the loop until `*count` is at least `wanted`. */
static void wait_for(const unsigned *count, unsigned wanted)
{
    uint64_t end_ns = testpeer_end_ns() + (unit_replaying() ? 300000000ULL : 20000000000ULL);
    while (*count < wanted && uv_hrtime() < end_ns) {
        testpeer_turn(loop);
        (void)poll(NULL, 0, 1);
    }
    CHECK(*count >= wanted);
}

static struct change user_change(uint8_t number, const char *name)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    change.user.id.bytes[0] = number;
    (void)snprintf(change.user.name, sizeof change.user.name, "%s", name);
    (void)snprintf(change.user.full_name, sizeof change.user.full_name, "%s", name);
    return change;
}

static MUST_USE enum err write_user(uint8_t number, const char *name, struct answer *answer)
{
    struct change change = user_change(number, name);
    struct port_keep port = keeper_port(keeper);
    return port.write(port.ctx, &change, 1, on_written, answer);
}

static void count_users(void *arg, const struct change *change)
{
    *(unsigned *)arg += change->kind == CHANGE_USER_PUT ? 1 : 0;
}

/* How many users another process finds. */
static unsigned users_in_file(void)
{
    struct store *store = NULL;
    unsigned count = 0;
    if (store_open(path, &store) != OK || store_load(store, count_users, &count) != OK) {
        count = 9999;
    }
    store_close(store);
    return count;
}

static void what_was_answered_is_in_the_file(void)
{
    set_up();
    CHECK(write_user(1, "ann", &answers[0]) == ERR_CLOSED); /* not started */
    start();
    CHECK(write_user(1, "ann", &answers[0]) == OK);
    CHECK(answers[0].count == 0 && keeper_waiting(keeper) == 1);
    wait_for(&answers[0].count, 1);
    CHECK(answers[0].err == OK && users_in_file() == 1);
    tear_down();
}

static void one_of_a_group_fails_alone(void)
{
    set_up();
    start();
    CHECK(write_user(1, "ann", &answers[0]) == OK);
    CHECK(write_user(2, "ann", &answers[1]) == OK);
    CHECK(write_user(3, "bob", &answers[2]) == OK);
    wait_for(&answers[2].count, 1);
    CHECK(answers[0].err == OK && answers[1].err == ERR_EXISTS && answers[2].err == OK);
    CHECK(users_in_file() == 2);
    tear_down();
}

static void what_is_under_way_at_the_end_is_answered(void)
{
    set_up();
    start();
    for (uint8_t i = 0; i < 4; i++) {
        char name[3] = {'u', (char)('a' + i)};
        CHECK(write_user((uint8_t)(i + 1), name, &answers[i]) == OK);
    }
    keeper_stop(keeper);
    CHECK(write_user(9, "late", &answers[0]) == ERR_CLOSED);
    loop_drain(loop);
    for (size_t i = 0; i < 4; i++) {
        CHECK(answers[i].count == 1 && answers[i].err == OK);
    }
    CHECK(users_in_file() == 4);
    tear_down();
}

static void what_another_process_has_written_is_told_and_the_own_is_not(void)
{
    set_up();
    start();
    CHECK(write_user(1, "ann", &answers[0]) == OK);
    wait_for(&answers[0].count, 1);
    CHECK(synced.begins == 0);
    struct store *other = NULL;
    struct change change = user_change(2, "zoe");
    CHECK(store_open(path, &other) == OK);
    enum err err = store_write(other, &change, 1);
    store_close(other);
    CHECK(err == OK);
    wait_for(&synced.ends, 1);
    CHECK(synced.begins == 1 && synced.users == 2 && strcmp(synced.last, "zoe") == 0);
    tear_down();
}

/* The answer comes when the memory knows it already. */
static void who_is_erased_is_loaded_again_before_the_answer(void)
{
    set_up();
    start();
    struct port_keep port = keeper_port(keeper);
    struct audit audit = {.act = "user-erased", .target = "deleted-02"};
    CHECK(write_user(1, "ann", &answers[0]) == OK);
    CHECK(write_user(2, "bob", &answers[1]) == OK);
    CHECK(port.erase(port.ctx, "bob", &audit, on_written, &answers[2]) == OK);
    CHECK(port.erase(port.ctx, "bob", &audit, on_written, &answers[3]) == OK);
    wait_for(&answers[3].count, 1);
    wait_for(&answers[2].count, 1);
    CHECK(answers[2].err == OK && answers[3].err == ERR_NOT_FOUND);
    CHECK(synced.ends > 0 && synced.users == 2 * synced.ends);
    CHECK(strcmp(synced.last, "deleted-0200000000000000") == 0);
    tear_down();
}

static void a_picture_is_kept_and_read(void)
{
    set_up();
    start();
    struct port_keep port = keeper_port(keeper);
    char bytes[] = "a picture";
    struct change change = {.kind = CHANGE_AVATAR_PUT};
    change.avatar.hash[0] = 7;
    change.avatar.type = "image/webp";
    change.avatar.bytes = slice_text(bytes);
    CHECK(port.write(port.ctx, &change, 1, on_written, &answers[0]) == OK);
    memset(bytes, 0, sizeof bytes); /* it was copied */
    CHECK(port.avatar(port.ctx, change.avatar.hash, on_picture, &answers[1]) == OK);
    change.avatar.hash[0] = 8;
    CHECK(port.avatar(port.ctx, change.avatar.hash, on_picture, &answers[2]) == OK);
    wait_for(&answers[2].count, 1);
    CHECK(answers[0].err == OK && answers[2].err == ERR_NOT_FOUND);
    CHECK(answers[1].err == OK && answers[1].bytes == 9);
    tear_down();
}

UNIT(what_was_answered_is_in_the_file, one_of_a_group_fails_alone,
     what_is_under_way_at_the_end_is_answered,
     what_another_process_has_written_is_told_and_the_own_is_not,
     who_is_erased_is_loaded_again_before_the_answer, a_picture_is_kept_and_read)
