/* SPDX-License-Identifier: Apache-2.0 */
#include "net/process.h"

#include <dirent.h>
#include <sched.h>
#include <sys/resource.h>
#include <uv.h>

static uint64_t to_ms(const uv_timeval_t *time)
{
    return (uint64_t)time->tv_sec * 1000 + (uint64_t)time->tv_usec / 1000;
}

static uint64_t count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    if (folder == NULL) {
        return 0;
    }
    uint64_t count = 0;
    const struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        count += entry->d_name[0] == '.' ? 0 : 1;
    }
    (void)closedir(folder);
    return count > 0 ? count - 1 : 0; /* the folder's own */
}

void process_read(struct process_usage *out)
{
    *out = (struct process_usage){0};
    size_t resident = 0;
    uv_rusage_t usage;
    struct rlimit limit;
    if (uv_resident_set_memory(&resident) == 0) {
        out->resident_bytes = resident;
    }
    if (uv_getrusage(&usage) == 0) {
        out->cpu_ms = to_ms(&usage.ru_utime) + to_ms(&usage.ru_stime);
    }
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        out->descriptors_max = limit.rlim_cur;
    }
    out->descriptors = count_descriptors();
}

uint32_t process_cores(void)
{
    cpu_set_t set;
    int count = sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
    return count < 1 ? 1 : (uint32_t)count;
}
