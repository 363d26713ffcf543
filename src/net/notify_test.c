/* SPDX-License-Identifier: Apache-2.0 */
#include "net/notify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "unit.h"

static void quiet(const char *line, void *arg)
{
    (void)line;
    (void)arg;
}

/* A manager behind an abstract name of its own; NOTIFY_SOCKET names it. */
static int listen_as_manager(void)
{
    char name[64];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int size = snprintf(name, sizeof(name), "@visavis-notify-%d", (int)getpid());
    int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    memcpy(address.sun_path + 1, name + 1, (size_t)size - 1);
    CHECK(file >= 0);
    CHECK(bind(file, (struct sockaddr *)&address,
               (socklen_t)(sizeof(sa_family_t) + (size_t)size)) == 0);
    CHECK(setenv("NOTIFY_SOCKET", name, 1) == 0);
    return file;
}

static void the_manager_hears_what_is_said(void)
{
    char heard[128] = "";
    int file = listen_as_manager();
    notify_send("READY=1\nSTATUS=here");
    CHECK(recvfrom(file, heard, sizeof(heard) - 1, 0, NULL, NULL) > 0);
    CHECK(strcmp(heard, "READY=1\nSTATUS=here") == 0);
    memset(heard, 0, sizeof(heard));
    notify_reloading();
    CHECK(recvfrom(file, heard, sizeof(heard) - 1, 0, NULL, NULL) > 0);
    CHECK(strncmp(heard, "RELOADING=1\nMONOTONIC_USEC=", 27) == 0);
    CHECK(close(file) == 0);
    CHECK(unsetenv("NOTIFY_SOCKET") == 0);
}

static void the_manager_keeps_a_socket(void)
{
    char heard[128] = "";
    struct iovec text = {.iov_base = heard, .iov_len = sizeof(heard) - 1};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control.room)};
    int pair[2];
    int file = listen_as_manager();
    CHECK(pipe(pair) == 0);
    notify_keep(pair[1], "tcp-443");
    CHECK(recvmsg(file, &message, 0) > 0);
    CHECK(strcmp(heard, "FDSTORE=1\nFDNAME=tcp-443") == 0);
    CHECK(message.msg_controllen >= CMSG_LEN(sizeof(int)));
    CHECK(control.head.cmsg_type == SCM_RIGHTS);
    int given = -1;
    memcpy(&given, CMSG_DATA(&control.head), sizeof(given));
    CHECK(write(given, "x", 1) == 1 && read(pair[0], heard, 1) == 1 && heard[0] == 'x');
    memset(heard, 0, sizeof(heard));
    notify_forget("tcp-443");
    CHECK(recvfrom(file, heard, sizeof(heard) - 1, 0, NULL, NULL) > 0);
    CHECK(strcmp(heard, "FDSTOREREMOVE=1\nFDNAME=tcp-443") == 0);
    CHECK(close(given) == 0 && close(pair[0]) == 0 && close(pair[1]) == 0 && close(file) == 0);
    CHECK(unsetenv("NOTIFY_SOCKET") == 0);
}

static void without_a_manager_nothing_happens(void)
{
    log_set_sink(quiet, NULL);
    CHECK(unsetenv("NOTIFY_SOCKET") == 0);
    notify_send("READY=1");
    static const char *const wrong[] = {"", "/", "relative", "@", "@nobody-listens-here"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(setenv("NOTIFY_SOCKET", wrong[i], 1) == 0);
        notify_send("READY=1");
    }
    CHECK(unsetenv("NOTIFY_SOCKET") == 0);
}

static void the_watchdog_is_fed_twice_as_often_as_it_asks(void)
{
    char pid[32];
    CHECK(unsetenv("WATCHDOG_PID") == 0 && unsetenv("WATCHDOG_USEC") == 0);
    CHECK(notify_watchdog_ms() == 0);
    CHECK(setenv("WATCHDOG_USEC", "30000000", 1) == 0);
    CHECK(notify_watchdog_ms() == 15000);
    CHECK(setenv("WATCHDOG_PID", "1", 1) == 0);
    CHECK(notify_watchdog_ms() == 0); /* meant for another process */
    (void)snprintf(pid, sizeof(pid), "%d", (int)getpid());
    CHECK(setenv("WATCHDOG_PID", pid, 1) == 0);
    CHECK(notify_watchdog_ms() == 15000);
    static const char *const wrong[] = {"", "-1", "0", "1999", "30s", "99999999999999999999"};
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        CHECK(setenv("WATCHDOG_USEC", wrong[i], 1) == 0);
        CHECK(notify_watchdog_ms() == 0);
    }
    CHECK(unsetenv("WATCHDOG_PID") == 0 && unsetenv("WATCHDOG_USEC") == 0);
}

UNIT(the_manager_hears_what_is_said, the_manager_keeps_a_socket, without_a_manager_nothing_happens,
     the_watchdog_is_fed_twice_as_often_as_it_asks)
