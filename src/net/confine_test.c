/* SPDX-License-Identifier: Apache-2.0 */
#include "net/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "failing.h"
#include "unit.h"

enum { NOTHING_FAILED, HARMLESS, REFUSED, WRONG }; /* what children end with */

static unsigned rules_until_failure; /* 0: none fails */

/* That of the library, which takes its arguments as a list. */
int seccomp_rule_add(scmp_filter_ctx filter, uint32_t action, int call, unsigned count, ...)
{
    struct scmp_arg_cmp arguments[1] = {{0}};
    va_list more;
    va_start(more, count);
    if (count > 0) {
        arguments[0] = va_arg(more, struct scmp_arg_cmp);
    }
    va_end(more);
    if (rules_until_failure > 0 && --rules_until_failure == 0) {
        return -ENOMEM;
    }
    return seccomp_rule_add_array(filter, action, call, count, arguments);
}

/* What counts branches (tools/coverage.sh) writes its counts by this. */
extern void __gcov_exit(void) __attribute__((weak));

/* That of the library, after the counts: a thread that cannot be confined ends by it. */
__attribute__((noreturn)) void _exit(int code)
{
    failing_set(0);
    if (__gcov_exit != NULL) {
        __gcov_exit();
    }
    (void)syscall(SYS_exit_group, code);
    abort(); /* not reached */
}

static bool may_socket(int family)
{
    int file = socket(family, SOCK_DGRAM, 0);
    if (file >= 0) {
        (void)close(file);
    }
    return file >= 0 || errno != ENOSYS;
}

static bool may_make_folder(void)
{
    return mkdir("/proc/none", 0700) == 0 || errno != ENOSYS;
}

static int work_store(void)
{
    confine_thread(CONFINE_STORE);
    return may_make_folder() && !may_socket(AF_INET) ? 0 : 1;
}

static int work_database(void)
{
    confine_thread(CONFINE_DATABASE);
    int file = open("/etc/hosts", O_RDONLY | O_CLOEXEC);
    return file >= 0 && may_socket(AF_INET) && may_socket(AF_UNIX) && !may_socket(AF_PACKET) &&
                   !may_make_folder()
               ? 0
               : 1;
}

static int work_relay(void)
{
    confine_thread(CONFINE_RELAY);
    bool right = may_socket(AF_INET) && may_socket(AF_INET6) && !may_socket(AF_UNIX);
    return right && !may_make_folder() ? 0 : 1;
}

static int work_pool(void)
{
    confine_thread(CONFINE_POOL);
    return !may_socket(AF_INET) && !may_make_folder() ? 0 : 1;
}

static int work_loop(void)
{
    confine_thread(CONFINE_LOOP);
    return may_socket(AF_INET) && may_socket(AF_UNIX) && may_make_folder() && !may_socket(AF_PACKET)
               ? 0
               : 1;
}

static int work_nothing(void)
{
    confine_thread(CONFINE_NOTHING);
    return may_socket(AF_INET) && may_make_folder() ? 0 : 1;
}

static void each_kind_of_thread_has_its_calls_and_no_others(void)
{
    CHECK(unit_in_child(work_nothing) == 0);
    CHECK(unit_in_child(work_loop) == 0);
    CHECK(unit_in_child(work_store) == 0);
    CHECK(unit_in_child(work_database) == 0);
    CHECK(unit_in_child(work_relay) == 0);
    CHECK(unit_in_child(work_pool) == 0);
}

static enum confine_kind wanted_kind;
static uint64_t failing_at;
static unsigned failing_rule;

static int work_failing_thread(void)
{
    uint64_t before = failing_count();
    failing_set(failing_at);
    rules_until_failure = failing_rule;
    confine_thread(wanted_kind); /* ends the process when it cannot */
    bool all = failing_rule > 0 ? rules_until_failure > 0 : failing_count() - before < failing_at;
    return all ? NOTHING_FAILED : WRONG;
}

/* Whether it is confined without anything having failed; else it has ended instead. */
static bool confines_at_last(uint64_t call, unsigned rule)
{
    failing_at = call;
    failing_rule = rule;
    int status = unit_in_child(work_failing_thread);
    CHECK(WIFEXITED(status));
    CHECK(WEXITSTATUS(status) == NOTHING_FAILED || WEXITSTATUS(status) == EXIT_FAILURE);
    return WEXITSTATUS(status) == NOTHING_FAILED;
}

static void a_thread_that_cannot_be_confined_ends_the_process(void)
{
    static const struct {
        enum confine_kind kind;
        unsigned step;
    } some[] = {{CONFINE_LOOP, 1}, {CONFINE_DATABASE, 9}, {CONFINE_RELAY, 9}, {CONFINE_STORE, 9}};
    if (unit_replaying()) {
        return; /* what fails is chosen here */
    }
    for (size_t i = 0; i < sizeof(some) / sizeof(some[0]); i++) {
        unsigned rule = 1;
        uint64_t call = 1;
        wanted_kind = some[i].kind;
        while (!confines_at_last(call, 0)) {
            call++;
        }
        while (!confines_at_last(0, rule)) {
            rule += some[i].step;
        }
        CHECK(call > 2 && rule > 40);
    }
}

static int work_program(void)
{
    char *words[] = {"/bin/true", NULL};
    confine_process();
    confine_thread(CONFINE_LOOP);
    (void)execv(words[0], words);
    return 1;
}

static void starting_a_program_ends_the_process(void)
{
    int status = unit_in_child(work_program);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static char inside[64];
static char outside[64];
static char outside_file[96];

static void remove_folders(void)
{
    char path[96];
    (void)snprintf(path, sizeof(path), "%s/file", inside);
    (void)unlink(path);
    (void)unlink(outside_file);
    (void)rmdir(inside);
    (void)rmdir(outside);
}

static bool can_write(const char *path)
{
    int file = open(path, O_CREAT | O_WRONLY, 0600);
    if (file >= 0) {
        (void)close(file);
    }
    return file >= 0;
}

static bool can_read(const char *path)
{
    int file = open(path, O_RDONLY);
    if (file >= 0) {
        (void)close(file);
    }
    return file >= 0;
}

/* 77: this kernel has no Landlock. */
static int work_files(void)
{
    static const char *const read[] = {"/etc", "", "/does/not/exist", "/etc/passwd"};
    char path[96];
    confine_process();
    if (!confine_files(read, 4, inside)) {
        return 77;
    }
    (void)snprintf(path, sizeof(path), "%s/file", inside);
    bool right = can_write(path) && can_read(path) && can_read("/etc/passwd");
    right = right && !can_write("/etc/visavis-confine-test") && !can_read(outside_file);
    (void)snprintf(path, sizeof(path), "%s/other", outside);
    return right && !can_write(path) && rename(outside_file, path) != 0 ? 0 : 1;
}

static void only_the_folder_is_written_and_only_the_list_is_read(void)
{
    unit_finally(remove_folders);
    (void)snprintf(inside, sizeof(inside), "/tmp/confine-in-XXXXXX");
    (void)snprintf(outside, sizeof(outside), "/tmp/confine-out-XXXXXX");
    CHECK(mkdtemp(inside) != NULL && mkdtemp(outside) != NULL);
    (void)snprintf(outside_file, sizeof(outside_file), "%s/file", outside);
    CHECK(can_write(outside_file) && can_read(outside_file));
    int status = unit_in_child(work_files);
    CHECK(status == 0 || WEXITSTATUS(status) == 77);
    CHECK(can_read(outside_file));
    remove_folders();
}

static int work_failing_files(void)
{
    static const char *const read[] = {"/etc", "/etc/passwd"};
    uint64_t before = failing_count();
    confine_process();
    failing_set(failing_at);
    bool done = confine_files(read, 2, inside);
    bool failed = failing_count() - before >= failing_at;
    failing_set(0);
    if (done && can_read(outside_file)) {
        return WRONG;
    }
    return !done ? REFUSED : failed ? HARMLESS : NOTHING_FAILED;
}

static void files_are_confined_or_it_is_said_that_they_are_not(void)
{
    int ended = REFUSED;
    int refused = 0;
    if (unit_replaying()) {
        return; /* what fails is chosen here */
    }
    (void)snprintf(inside, sizeof(inside), "/tmp/confine-in-XXXXXX");
    (void)snprintf(outside, sizeof(outside), "/tmp/confine-out-XXXXXX");
    CHECK(mkdtemp(inside) != NULL && mkdtemp(outside) != NULL);
    (void)snprintf(outside_file, sizeof(outside_file), "%s/file", outside);
    CHECK(can_write(outside_file));
    failing_at = UINT32_MAX;
    bool landlock = WEXITSTATUS(unit_in_child(work_failing_files)) == NOTHING_FAILED;
    for (failing_at = 1; landlock && ended != NOTHING_FAILED; failing_at++) {
        int status = unit_in_child(work_failing_files);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) != WRONG);
        ended = WEXITSTATUS(status);
        refused += ended == REFUSED ? 1 : 0;
    }
    CHECK(!landlock || refused >= 6); /* the list, its four rules and the last step */
    remove_folders();
}

static int work_failing_user(void)
{
    uint64_t before = failing_count();
    failing_set(failing_at);
    enum err err = confine_user("nobody", inside);
    bool failed = failing_count() - before >= failing_at;
    failing_set(0);
    if (err != OK) {
        return failed ? REFUSED : WRONG;
    }
    return geteuid() == 0 ? WRONG : failed ? HARMLESS : NOTHING_FAILED;
}

static void who_cannot_become_the_user_does_not_go_on(void)
{
    int ended = REFUSED;
    int refused = 0;
    if (unit_replaying() || geteuid() != 0) {
        return; /* what fails is chosen here; and only root becomes another */
    }
    for (failing_at = 1; ended != NOTHING_FAILED; failing_at++) {
        (void)snprintf(inside, sizeof(inside), "/tmp/confine-in-XXXXXX");
        CHECK(mkdtemp(inside) != NULL);
        int status = unit_in_child(work_failing_user);
        (void)rmdir(inside);
        CHECK(WIFEXITED(status) && WEXITSTATUS(status) != WRONG);
        ended = WEXITSTATUS(status);
        refused += ended == REFUSED ? 1 : 0;
    }
    CHECK(refused >= 9);
}

static int work_twice(void)
{
    if (confine_user("nobody", inside) != OK) {
        return 1;
    }
    bool same = confine_user("nobody", inside) == OK; /* it is that already */
    return same && confine_user("root", inside) == ERR_FORBIDDEN ? 0 : 1;
}

static void another_user_becomes_nobody_else(void)
{
    unit_finally(remove_folders);
    (void)snprintf(inside, sizeof(inside), "/tmp/confine-in-XXXXXX");
    CHECK(mkdtemp(inside) != NULL);
    if (geteuid() == 0) {
        CHECK(unit_in_child(work_twice) == 0);
    }
    remove_folders();
}

static int work_user(void)
{
    struct stat stat_of;
    if (confine_user("nobody", inside) != OK || geteuid() == 0 || getegid() == 0) {
        return 1;
    }
    confine_thread(CONFINE_NOTHING);
    return stat(inside, &stat_of) == 0 && stat_of.st_uid == geteuid() && setuid(0) != 0 ? 0 : 1;
}

static int work_foreign_folder(void)
{
    return confine_user("nobody", outside) == ERR_FORBIDDEN && geteuid() == 0 ? 0 : 1;
}

static void root_becomes_the_user_who_gets_an_empty_folder(void)
{
    unit_finally(remove_folders);
    (void)snprintf(inside, sizeof(inside), "/tmp/confine-in-XXXXXX");
    (void)snprintf(outside, sizeof(outside), "/tmp/confine-out-XXXXXX");
    CHECK(mkdtemp(inside) != NULL && mkdtemp(outside) != NULL);
    (void)snprintf(outside_file, sizeof(outside_file), "%s/file", outside);
    CHECK(can_write(outside_file));
    CHECK(confine_user("no-such-user-here", inside) == ERR_NOT_FOUND);
    if (geteuid() == 0) {
        CHECK(unit_in_child(work_user) == 0);
        CHECK(unit_in_child(work_foreign_folder) == 0);
    }
    remove_folders();
}

UNIT(each_kind_of_thread_has_its_calls_and_no_others, starting_a_program_ends_the_process,
     a_thread_that_cannot_be_confined_ends_the_process,
     only_the_folder_is_written_and_only_the_list_is_read,
     files_are_confined_or_it_is_said_that_they_are_not,
     root_becomes_the_user_who_gets_an_empty_folder, who_cannot_become_the_user_does_not_go_on,
     another_user_becomes_nobody_else)
