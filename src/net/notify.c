/* SPDX-License-Identifier: Apache-2.0 */
#include "net/notify.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

#define STATE_MAX 512

/* A path, or '@' and the name of an abstract socket. False: no manager, or no name of a socket. */
static bool find_manager(struct sockaddr_un *address, socklen_t *size)
{
    const char *name = getenv("NOTIFY_SOCKET");
    if (name == NULL || (name[0] != '/' && name[0] != '@')) {
        return false;
    }
    size_t length = strlen(name);
    if (length < 2 || length >= sizeof(address->sun_path)) {
        return false;
    }
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(address->sun_path, name, length);
    if (name[0] == '@') {
        address->sun_path[0] = '\0';
    }
    *size = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
    return true;
}

/* Says `state`, with a copy of `given` when that is a descriptor. */
static void say(char *state, int given)
{
    static bool complained;
    struct sockaddr_un address;
    struct iovec text = {.iov_base = state, .iov_len = strlen(state)};
    union {
        struct cmsghdr head;
        char room[CMSG_SPACE(sizeof(int))];
    } control = {.room = {0}};
    struct msghdr message = {.msg_name = &address, .msg_iov = &text, .msg_iovlen = 1};
    if (!find_manager(&address, &message.msg_namelen)) {
        return;
    }
    if (given >= 0) {
        message.msg_control = &control;
        message.msg_controllen = sizeof(control.room);
        control.head = (struct cmsghdr){
            .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.head), &given, sizeof(given));
    }
    int file = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    bool said = file >= 0 && sendmsg(file, &message, MSG_NOSIGNAL) >= 0;
    if (!said && !complained) {
        log_warn("the service manager does not hear us", "errno=%d", errno);
        complained = true;
    }
    if (file >= 0) {
        (void)close(file);
    }
}

void notify_send(const char *state)
{
    char copy[STATE_MAX];
    (void)snprintf(copy, sizeof(copy), "%s", state);
    say(copy, -1);
}

void notify_keep(int file, const char *name)
{
    char state[STATE_MAX];
    (void)snprintf(state, sizeof(state), "FDSTORE=1\nFDNAME=%s", name);
    say(state, file);
}

void notify_forget(const char *name)
{
    char state[STATE_MAX];
    (void)snprintf(state, sizeof(state), "FDSTOREREMOVE=1\nFDNAME=%s", name);
    say(state, -1);
}

void notify_reloading(void)
{
    char state[64];
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    (void)snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%lld",
                   (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    notify_send(state);
}

uint32_t notify_watchdog_ms(void)
{
    const char *usec = getenv("WATCHDOG_USEC");
    const char *pid = getenv("WATCHDOG_PID");
    if (usec == NULL || (pid != NULL && strtoll(pid, NULL, 10) != (long long)getpid())) {
        return 0;
    }
    char *end = NULL;
    errno = 0;
    long long value = strtoll(usec, &end, 10);
    if (errno != 0 || end == usec || *end != '\0' || value < 2000 || value / 2000 > INT32_MAX) {
        return 0;
    }
    return (uint32_t)(value / 2000);
}
