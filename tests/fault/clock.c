/* SPDX-License-Identifier: Apache-2.0 */
/* A wall clock that jumps, for one program: preloaded (LD_PRELOAD), it adds to the time of day the
 * seconds in the file that FAULT_CLOCK names, a signed number of 64 bits which somebody else
 * changes. The monotonic clock is left alone. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *jump_s;
static int (*real_clock_gettime)(clockid_t clock, struct timespec *now);

/* Before the program confines itself. */
__attribute__((constructor)) static void begin(void)
{
    const char *path = getenv("FAULT_CLOCK");
    void *function = dlsym(RTLD_NEXT, "clock_gettime");
    real_clock_gettime = *(int (**)(clockid_t, struct timespec *))(void *)&function;
    int file = path == NULL ? -1 : open(path, O_RDONLY | O_CLOEXEC);
    void *page =
        file < 0 ? MAP_FAILED : mmap(NULL, sizeof(*jump_s), PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) {
        jump_s = page;
    }
    if (file >= 0) {
        (void)close(file);
    }
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    if (real_clock_gettime == NULL) {
        begin(); /* another library asks before this one has begun */
    }
    int result = real_clock_gettime(clock, now);
    if (result == 0 && jump_s != NULL &&
        (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        now->tv_sec += *jump_s;
    }
    return result;
}

time_t time(time_t *out)
{
    struct timespec now = {0};
    (void)clock_gettime(CLOCK_REALTIME, &now);
    if (out != NULL) {
        *out = now.tv_sec;
    }
    return now.tv_sec;
}

int gettimeofday(struct timeval *restrict out, void *restrict zone)
{
    struct timespec now = {0};
    (void)zone;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    out->tv_sec = now.tv_sec;
    out->tv_usec = now.tv_nsec / 1000;
    return 0;
}
