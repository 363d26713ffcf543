/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with the program: an allocation of it fails on demand. FAILING_SOCKET names a socket of
 * this machine; a line with N lets the N-th allocation from now on fail, alone (0: none), and is
 * answered with how many were asked for until now. memory.test.mjs speaks to it. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"

static void serve_one(int fd)
{
    char text[32];
    for (;;) {
        ssize_t size = read(fd, text, sizeof(text) - 1);
        if (size <= 0) {
            return;
        }
        text[size] = '\0';
        unsigned long long count = mem_count();
        mem_fail_once(strtoull(text, NULL, 10));
        int length = snprintf(text, sizeof(text), "%llu\n", count);
        if (write(fd, text, (size_t)length) != length) {
            return;
        }
    }
}

static void *listen_on(void *arg)
{
    int listener = *(int *)arg;
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0) {
            return NULL;
        }
        serve_one(fd);
        (void)close(fd);
    }
}

/* Before main, and so before a thread confines itself: this one may listen. */
__attribute__((constructor)) static void start(void)
{
    static int listener;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("FAILING_SOCKET");
    pthread_t thread;
    if (path == NULL) {
        return;
    }
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    (void)unlink(path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0);
    ASSERT(listen(listener, 1) == 0);
    mem_start_counting();
    ASSERT(pthread_create(&thread, NULL, listen_on, &listener) == 0);
    (void)pthread_detach(thread);
}
