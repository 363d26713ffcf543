/* SPDX-License-Identifier: Apache-2.0 */
#include "net/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

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
     only_the_folder_is_written_and_only_the_list_is_read,
     root_becomes_the_user_who_gets_an_empty_folder)
