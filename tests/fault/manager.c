/* SPDX-License-Identifier: Apache-2.0 */
/* A service manager for tests: as much of systemd as a restart needs. It starts the program, keeps
 * the sockets that the program gives it (FDSTORE of sd_notify(3)) and passes them to the next one
 * (sd_listen_fds(3)).
 *
 *   manager PROGRAM [ARGUMENT ...]
 *
 * SIGHUP restarts: SIGTERM to the program, and when it has ended the next is started. SIGUSR1 kills
 * it with SIGKILL instead. SIGTERM ends both. The exit status is that of the last program. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define KEPT_MAX 16
#define FIRST 3

static int kept[KEPT_MAX];
static int kept_count;
static char notify_name[64];

static void fail(const char *what)
{
    perror(what);
    exit(EXIT_FAILURE);
}

static int listen_for_words(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int size = snprintf(notify_name, sizeof(notify_name), "@visavis-manager-%d", (int)getpid());
    int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    memcpy(address.sun_path + 1, notify_name + 1, (size_t)size - 1);
    if (file < 0 || bind(file, (struct sockaddr *)&address,
                         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)size)) != 0) {
        fail("manager: no socket");
    }
    return file;
}

static void hear(int file)
{
    char words[1024] = "";
    struct iovec text = {.iov_base = words, .iov_len = sizeof(words) - 1};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &text,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof(control.room)};
    if (recvmsg(file, &message, MSG_CMSG_CLOEXEC) <= 0 || message.msg_controllen == 0) {
        return;
    }
    int given = -1;
    memcpy(&given, CMSG_DATA(&control.head), sizeof(given));
    if (strstr(words, "FDSTORE=1") == NULL || kept_count == KEPT_MAX) {
        (void)close(given);
        return;
    }
    kept[kept_count++] = given;
}

static pid_t start(char **argv)
{
    sigset_t none;
    pid_t child = fork();
    if (child != 0) {
        return child;
    }
    char number[32];
    int count = kept_count;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL); /* nothing is left of a test that was killed */
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    for (int i = 0; i < count; i++) { /* out of the way first, then in their places */
        kept[i] = fcntl(kept[i], F_DUPFD, FIRST + KEPT_MAX);
    }
    for (int i = 0; i < count; i++) {
        (void)dup2(kept[i], FIRST + i);
    }
    (void)snprintf(number, sizeof(number), "%d", count);
    (void)setenv("LISTEN_FDS", number, 1);
    (void)snprintf(number, sizeof(number), "%d", (int)getpid());
    (void)setenv("LISTEN_PID", number, 1);
    (void)setenv("NOTIFY_SOCKET", notify_name, 1);
    (void)closefrom(FIRST + count);
    (void)execv(argv[0], argv);
    fail("manager: no program");
    return -1;
}

int main(int argc, char **argv)
{
    sigset_t watched;
    bool restarting = false;
    (void)sigemptyset(&watched);
    (void)sigaddset(&watched, SIGHUP);
    (void)sigaddset(&watched, SIGUSR1);
    (void)sigaddset(&watched, SIGTERM);
    (void)sigaddset(&watched, SIGCHLD);
    (void)sigprocmask(SIG_BLOCK, &watched, NULL);
    if (argc < 2) {
        (void)fprintf(stderr, "usage: manager PROGRAM [ARGUMENT ...]\n");
        return EXIT_FAILURE;
    }
    int words = listen_for_words();
    int signals = signalfd(-1, &watched, SFD_CLOEXEC);
    pid_t child = start(argv + 1);
    for (;;) {
        struct pollfd both[2] = {{.fd = words, .events = POLLIN},
                                 {.fd = signals, .events = POLLIN}};
        struct signalfd_siginfo info;
        if (poll(both, 2, -1) < 0) {
            fail("manager: poll");
        }
        if (both[0].revents != 0) {
            hear(words);
            continue; /* what a program has said is heard before its end is seen */
        }
        if (read(signals, &info, sizeof(info)) != sizeof(info)) {
            fail("manager: signals");
        }
        int status = 0;
        if (info.ssi_signo != SIGCHLD) {
            restarting = info.ssi_signo != SIGTERM;
            (void)kill(child, info.ssi_signo == SIGUSR1 ? SIGKILL : SIGTERM);
        } else if (waitpid(child, &status, WNOHANG) == child) {
            if (!restarting) {
                return WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_FAILURE;
            }
            restarting = false;
            child = start(argv + 1);
        }
    }
}
