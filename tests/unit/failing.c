/* SPDX-License-Identifier: Apache-2.0 */
/* Everything outside is weak: a test program has only the libraries that it needs. */
#include "failing.h"

#include <curl/curl.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <ifaddrs.h>
#include <libpq-fe.h>
#include <net/if.h>
#include <netdb.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <sched.h>
#include <seccomp.h>
#include <sodium.h>
#include <sqlite3.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>
#include <uv.h>

static atomic_bool counting;
static atomic_uint_fast64_t asked;
static atomic_uint_fast64_t failing; /* a value of `asked`; 0: never */

void failing_set(uint64_t n)
{
    atomic_store(&failing, n == 0 ? 0 : atomic_load(&asked) + n);
    atomic_store(&counting, true);
}

uint64_t failing_count(void)
{
    return atomic_load(&asked);
}

static bool must_fail(void)
{
    if (!atomic_load_explicit(&counting, memory_order_relaxed)) {
        return false;
    }
    uint64_t number = atomic_fetch_add(&asked, 1) + 1;
    if (number != atomic_load(&failing)) {
        return false;
    }
    /* By turns, for some are judged by it. */
    static const int reasons[] = {EIO, EAGAIN, ECONNREFUSED, EMFILE, EIO, EINVAL, ENOENT};
    errno = reasons[number % (sizeof(reasons) / sizeof(reasons[0]))];
    return true;
}

/* The compiler compares the types with those of the headers. */
#define FAILING(result, name, parameters, arguments, failed)                                       \
    extern __typeof__(name) __real_##name __attribute__((weak));                                   \
    extern __typeof__(name) __wrap_##name;                                                         \
    result __wrap_##name parameters                                                                \
    {                                                                                              \
        return must_fail() ? (failed) : __real_##name arguments;                                   \
    }
#include "failing.def"

extern __typeof__(open64) __real_open64 __attribute__((weak));
extern __typeof__(open64) __wrap_open64;
int __wrap_open64(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    return must_fail() ? -1 : __real_open64(path, flags, mode);
}

extern __typeof__(fcntl64) __real_fcntl64 __attribute__((weak));
extern __typeof__(fcntl64) __wrap_fcntl64;
int __wrap_fcntl64(int fd, int what, ...)
{
    va_list more;
    va_start(more, what);
    void *arg = va_arg(more, void *); /* or a number in its place */
    va_end(more);
    return must_fail() ? -1 : __real_fcntl64(fd, what, arg);
}

extern __typeof__(prctl) __real_prctl __attribute__((weak));
extern __typeof__(prctl) __wrap_prctl;
int __wrap_prctl(int what, ...)
{
    unsigned long values[4];
    va_list more;
    va_start(more, what);
    for (int i = 0; i < 4; i++) {
        values[i] = va_arg(more, unsigned long);
    }
    va_end(more);
    return must_fail() ? -1 : __real_prctl(what, values[0], values[1], values[2], values[3]);
}

extern __typeof__(syscall) __real_syscall __attribute__((weak));
extern __typeof__(syscall) __wrap_syscall;
long __wrap_syscall(long number, ...)
{
    long values[4];
    va_list more;
    va_start(more, number);
    for (int i = 0; i < 4; i++) {
        values[i] = va_arg(more, long);
    }
    va_end(more);
    return must_fail() ? -1 : __real_syscall(number, values[0], values[1], values[2], values[3]);
}

#undef curl_easy_setopt
extern __typeof__(curl_easy_setopt) __real_curl_easy_setopt __attribute__((weak));
extern __typeof__(curl_easy_setopt) __wrap_curl_easy_setopt;
CURLcode __wrap_curl_easy_setopt(CURL *easy, CURLoption option, ...)
{
    va_list more;
    va_start(more, option);
    void *arg = va_arg(more, void *); /* or a long in its place */
    va_end(more);
    return must_fail() ? CURLE_OUT_OF_MEMORY : __real_curl_easy_setopt(easy, option, arg);
}
