/* SPDX-License-Identifier: Apache-2.0 */
#include "net/inherited.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

static struct sockaddr_in loopback(uint16_t port)
{
    return (struct sockaddr_in){
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
}

/* A bound socket as descriptor `file`; its port. */
static uint16_t pass(int file, int type)
{
    struct sockaddr_in address = loopback(0);
    socklen_t size = sizeof(address);
    int made = socket(AF_INET, type, 0);
    if (made < 0 || bind(made, (struct sockaddr *)&address, size) != 0 ||
        getsockname(made, (struct sockaddr *)&address, &size) != 0 || dup2(made, file) != file) {
        _exit(2);
    }
    return ntohs(address.sin_port);
}

static void set_passed(const char *count, long pid)
{
    char text[32];
    (void)snprintf(text, sizeof(text), "%ld", pid);
    (void)setenv("LISTEN_FDS", count, 1);
    (void)setenv("LISTEN_PID", text, 1);
    (void)setenv("LISTEN_FDNAMES", "first:second", 1);
}

static int take(uint16_t port)
{
    struct sockaddr_in address = loopback(port);
    return inherited_take((const struct sockaddr *)&address);
}

/* Descriptors 3 and 4 belong to whoever runs the tests: each case is a process of its own. */
static int work_take(void)
{
    uint16_t first = pass(3, SOCK_STREAM);
    uint16_t second = pass(4, SOCK_STREAM);
    set_passed("2", getpid());
    bool right = take(second) == 4 && take(second) == -1 && take(first) == 3;
    right = right && (fcntl(3, F_GETFD) & FD_CLOEXEC) != 0;
    inherited_close_rest();
    return right && fcntl(3, F_GETFD) >= 0 && fcntl(4, F_GETFD) >= 0 ? 0 : 1;
}

static void a_passed_socket_is_taken_once_by_its_address(void)
{
    CHECK(unit_in_child(work_take) == 0);
}

static int work_rest(void)
{
    uint16_t datagrams = pass(3, SOCK_DGRAM);
    (void)pass(4, SOCK_STREAM);
    set_passed("2", getpid());
    bool right = take(datagrams) == -1 && take(1) == -1;
    inherited_close_rest();
    return right && fcntl(3, F_GETFD) < 0 && fcntl(4, F_GETFD) < 0 ? 0 : 1;
}

static void what_nobody_takes_is_closed(void)
{
    CHECK(unit_in_child(work_rest) == 0);
}

static int work_foreign(void)
{
    static const char *const wrong[] = {"", "-1", "two", "65", "99999999999999999999"};
    uint16_t port = pass(3, SOCK_STREAM);
    set_passed("1", (long)getppid());
    bool right = take(port) == -1;
    inherited_close_rest();
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        set_passed(wrong[i], getpid());
        right = right && take(port) == -1;
        inherited_close_rest();
    }
    (void)unsetenv("LISTEN_FDS");
    return right && take(port) == -1 && fcntl(3, F_GETFD) >= 0 ? 0 : 1;
}

static void what_was_meant_for_another_process_is_left_alone(void)
{
    CHECK(unit_in_child(work_foreign) == 0);
}

static int work_give_back(void)
{
    uint16_t port = pass(3, SOCK_STREAM);
    uint16_t other = pass(4, SOCK_STREAM);
    int copies[40];
    set_passed("0", getpid());
    inherited_give_back(3);
    inherited_give_back(4);
    bool right = take(port) == 3 && take(port) == -1;
    for (int i = 0; i < 40; i++) {
        copies[i] = dup(3);
        inherited_give_back(copies[i]);
    }
    right = right && fcntl(copies[30], F_GETFD) >= 0 && fcntl(copies[31], F_GETFD) < 0;
    right = right && take(other) == 4;
    inherited_close_rest();
    return right && fcntl(copies[0], F_GETFD) < 0 && fcntl(4, F_GETFD) >= 0 ? 0 : 1;
}

static void what_is_given_back_is_taken_again(void)
{
    CHECK(unit_in_child(work_give_back) == 0);
}

UNIT(a_passed_socket_is_taken_once_by_its_address, what_nobody_takes_is_closed,
     what_was_meant_for_another_process_is_left_alone, what_is_given_back_is_taken_again)
