/* SPDX-License-Identifier: Apache-2.0 */
/* What was acknowledged outlives the process: a writer is killed in the middle of its work. */
#include <signal.h>
#include <sys/wait.h>

#include "store/store.h"
#include "store/testplace.h"

static struct change user_change(uint32_t number)
{
    struct change change = {.kind = CHANGE_USER_PUT};
    memcpy(change.user.id.bytes, &number, sizeof(number));
    change.user.id.bytes[15] = 1;
    (void)snprintf(change.user.name, sizeof(change.user.name), "u%u", number);
    return change;
}

/* Writes groups of three people and tells the pipe each number after its commit, for ever. */
__attribute__((noreturn)) static void write_for_ever(const char *path, int acknowledged)
{
    struct store *store = NULL;
    if (store_open(path, &store) != OK) {
        _exit(1);
    }
    for (uint32_t number = 0;; number += 3) {
        bool right = store_begin(store) == OK;
        for (uint32_t i = 0; right && i < 3; i++) {
            struct change change = user_change(number + i);
            right = store_write(store, &change, 1) == OK;
        }
        if (!right || store_commit(store) != OK ||
            write(acknowledged, &number, sizeof(number)) != sizeof(number)) {
            _exit(1);
        }
    }
}

static void mark(void *arg, const struct change *change)
{
    uint8_t *present = arg;
    unsigned long number = strtoul(change->user.name + 1, NULL, 10);
    if (change->kind == CHANGE_USER_PUT && number < 100000) {
        present[number] = 1;
    }
}

/* Kills the writer after `groups_min` acknowledged groups; *last is the last one. */
static bool kill_a_writer(const char *path, uint32_t groups_min, uint32_t *last)
{
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    pid_t child = fork();
    if (child == 0) {
        (void)close(ends[0]);
        write_for_ever(path, ends[1]);
    }
    (void)close(ends[1]);
    uint32_t number = 0;
    uint32_t count = 0;
    while (child > 0 && read(ends[0], &number, sizeof(number)) == sizeof(number)) {
        *last = number;
        if (++count == groups_min) {
            (void)kill(child, SIGKILL);
        }
    }
    (void)close(ends[0]);
    int status = 0;
    return child > 0 && waitpid(child, &status, 0) == child && WIFSIGNALED(status) &&
           WTERMSIG(status) == SIGKILL && count >= groups_min;
}

static void what_was_acknowledged_survives_kill_9(void)
{
    testplace_make();
    const char *path = testplace_where;
    uint32_t last = 0;
    bool killed = kill_a_writer(path, 20, &last);
    static uint8_t present[100000];
    memset(present, 0, sizeof(present));
    struct store *store = NULL;
    bool loaded =
        killed && store_open(path, &store) == OK && store_load(store, mark, present) == OK;
    store_close(store);
    bool complete = true;
    for (uint32_t i = 0; i < last + 3; i++) {
        complete = complete && present[i] == 1;
    }
    /* A group is there as a whole or not at all. */
    bool torn = false;
    for (uint32_t i = 0; i < 99999; i += 3) {
        torn = torn || present[i] != present[i + 1] || present[i] != present[i + 2];
    }
    testplace_remove();
    CHECK(killed);
    CHECK(loaded);
    CHECK(complete);
    CHECK(!torn);
}

UNIT(what_was_acknowledged_survives_kill_9)
