/* SPDX-License-Identifier: Apache-2.0 */
#include "net/inherited.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "net/notify.h"

#define FIRST 3 /* SD_LISTEN_FDS_START */
#define COUNT_MAX 64
#define NAME_MAX_SIZE 256
#define GIVEN_MAX 32

/* Of one thread at a time: a server that ends before the next one is made. */
static int given[GIVEN_MAX];
static uint32_t given_count;

/* A decimal number of the environment; -1: none. */
static long read_number(const char *name)
{
    const char *text = getenv(name);
    char *end = NULL;
    errno = 0;
    long value = text == NULL ? -1 : strtol(text, &end, 10);
    return text == NULL || errno != 0 || end == text || *end != '\0' ? -1 : value;
}

/* How many descriptors were passed to this process, and not to one that started it. */
static int count_passed(void)
{
    long count = read_number("LISTEN_FDS");
    return read_number("LISTEN_PID") != (long)getpid() || count < 0 || count > COUNT_MAX
               ? 0
               : (int)count;
}

/* The manager passes them open for programs that we start; what was taken is not. */
static bool is_taken(int file)
{
    int flags = fcntl(file, F_GETFD);
    return flags < 0 || (flags & FD_CLOEXEC) != 0;
}

static bool same_address(const struct sockaddr *one, const struct sockaddr *two)
{
    if (one->sa_family != two->sa_family) {
        return false;
    }
    if (one->sa_family == AF_INET) {
        const struct sockaddr_in *a = (const struct sockaddr_in *)one;
        const struct sockaddr_in *b = (const struct sockaddr_in *)two;
        return a->sin_port == b->sin_port && a->sin_addr.s_addr == b->sin_addr.s_addr;
    }
    if (one->sa_family == AF_INET6) {
        const struct sockaddr_in6 *a = (const struct sockaddr_in6 *)one;
        const struct sockaddr_in6 *b = (const struct sockaddr_in6 *)two;
        return a->sin6_port == b->sin6_port &&
               memcmp(&a->sin6_addr, &b->sin6_addr, sizeof(a->sin6_addr)) == 0;
    }
    return false;
}

static bool is_bound_to(int file, const struct sockaddr *wanted)
{
    struct sockaddr_storage bound = {0};
    socklen_t size = sizeof(bound);
    int type = 0;
    socklen_t type_size = sizeof(type);
    return getsockopt(file, SOL_SOCKET, SO_TYPE, &type, &type_size) == 0 && type == SOCK_STREAM &&
           getsockname(file, (struct sockaddr *)&bound, &size) == 0 &&
           same_address((const struct sockaddr *)&bound, wanted);
}

void inherited_give_back(int file)
{
    if (given_count < GIVEN_MAX) {
        given[given_count++] = file;
    } else {
        (void)close(file);
    }
}

static int take_given(const struct sockaddr *wanted)
{
    for (uint32_t i = 0; i < given_count; i++) {
        int file = given[i];
        if (is_bound_to(file, wanted)) {
            given[i] = given[--given_count];
            return file;
        }
    }
    return -1;
}

int inherited_take(const struct sockaddr *wanted)
{
    int count = count_passed();
    int own = take_given(wanted);
    if (own >= 0) {
        return own;
    }
    for (int file = FIRST; file < FIRST + count; file++) {
        if (!is_taken(file) && is_bound_to(file, wanted)) {
            return fcntl(file, F_SETFD, FD_CLOEXEC) == 0 ? file : -1;
        }
    }
    return -1;
}

/* The name of the passed descriptor `number`, of the list "first:second". */
static void read_name(int number, char out[NAME_MAX_SIZE])
{
    const char *text = getenv("LISTEN_FDNAMES");
    for (int i = 0; text != NULL && i < number; i++) {
        text = strchr(text, ':');
        text = text == NULL ? NULL : text + 1;
    }
    size_t size = text == NULL ? 0 : strcspn(text, ":");
    size = size < NAME_MAX_SIZE ? size : 0;
    memcpy(out, text == NULL ? "" : text, size);
    out[size] = '\0';
}

void inherited_close_rest(void)
{
    int count = count_passed();
    while (given_count > 0) {
        (void)close(given[--given_count]);
    }
    for (int i = 0; i < count; i++) {
        char name[NAME_MAX_SIZE];
        if (is_taken(FIRST + i)) {
            continue;
        }
        read_name(i, name);
        log_warn("a passed socket is not listened at any more", "name=%s", name);
        notify_forget(name);
        (void)close(FIRST + i);
    }
}
