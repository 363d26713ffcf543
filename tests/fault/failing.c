/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with the program: an allocation of it, or a call of the system or of a library
 * (tests/unit/failing.def), fails on demand. FAILING_SOCKET names a socket of this machine; a line
 * with N lets the N-th allocation from now on fail, alone (0: none), one with cN the N-th call; it
 * is answered with how many were asked for until now. memory.test.mjs speaks to it. Or one of the
 * first N from the start: FAILING_ALLOCATION=N, FAILING_CALL=N; the file FAILING_COUNTS then has
 * how many of each there were (commands.test.mjs). */
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "failing.h"

/* Those of this thread do not fail. */
extern ssize_t __real_read(int fd, void *out, size_t size);
extern ssize_t __real_write(int fd, const void *from, size_t size);

static void serve_one(int fd)
{
    char text[32];
    for (;;) {
        ssize_t size = __real_read(fd, text, sizeof(text) - 1);
        if (size <= 0) {
            return;
        }
        text[size] = '\0';
        bool call = text[0] == 'c';
        unsigned long long count = call ? failing_count() : mem_count();
        (call ? failing_set : mem_fail_once)(strtoull(text + (call ? 1 : 0), NULL, 10));
        int length = snprintf(text, sizeof(text), "%llu\n", count);
        if (__real_write(fd, text, (size_t)length) != length) {
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

static FILE *counts; /* opened at the start: later the program may have confined itself */

static uint64_t number_of(const char *name)
{
    const char *text = getenv(name);
    return text == NULL ? 0 : strtoull(text, NULL, 10);
}

__attribute__((destructor)) static void tell_counts(void)
{
    if (counts != NULL) {
        (void)fprintf(counts, "%llu %llu\n", (unsigned long long)mem_count(),
                      (unsigned long long)failing_count());
        (void)fclose(counts);
    }
}

/* Before main, and so before a thread confines itself: this one may listen. */
__attribute__((constructor)) static void start(void)
{
    static int listener;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = getenv("FAILING_SOCKET");
    pthread_t thread;
    counts = getenv("FAILING_COUNTS") == NULL ? NULL : fopen(getenv("FAILING_COUNTS"), "w");
    if (path == NULL) {
        mem_start_counting();
        mem_fail_once(number_of("FAILING_ALLOCATION"));
        failing_set(number_of("FAILING_CALL"));
        return;
    }
    (void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    (void)unlink(path);
    listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ASSERT(bind(listener, (struct sockaddr *)&address, sizeof(address)) == 0);
    ASSERT(listen(listener, 1) == 0);
    mem_start_counting();
    failing_set(0);
    ASSERT(pthread_create(&thread, NULL, listen_on, &listener) == 0);
    (void)pthread_detach(thread);
}
