/* SPDX-License-Identifier: Apache-2.0 */
#include "unit.h"

#include <errno.h>
#include <linux/capability.h>
#include <pthread.h>
#include <semaphore.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/mem.h"
#include "failing.h"

#define TESTS_MAX 200
#define REPLAYS_MAX 2000
#define REPLAY_S_MAX 10  /* of one test; a slow one is replayed at fewer points (UNIT_REPLAY_S) */
#define REPLAY_HANG_S 60 /* one replay that takes longer hangs */
#define REPLAY_VARIABLE "UNIT_REPLAY"

/* What is made to fail: the n-th of its kind from when it is set; 0: none. */
static const struct fault {
    const char *what;
    void (*set)(uint64_t n);
    uint64_t (*count)(void);
} faults[] = {
    {"allocation", mem_fail_from, mem_count},
    {"call", failing_set, failing_count},
};

static struct CMUnitTest tests[TESTS_MAX];
static bool replaying;
static void (*tear_down)(void); /* of the test that runs, if it has told */
static jmp_buf replay_end;
static pthread_t main_thread;
static nlink_t threads_at_first;

void unit_check_failed(const char *condition, const char *file, int line)
{
    bool is_main = pthread_equal(pthread_self(), main_thread) != 0;
    if (replaying && is_main) {
        longjmp(replay_end, 1);
    }
    if (replaying) {
        pthread_exit(NULL);
    }
    (void)fprintf(stderr, "%s:%d: CHECK(%s) failed\n", file, line, condition);
    if (!is_main) {
        abort();
    }
    _fail(file, line);
    abort(); /* cmocka has jumped */
}

bool unit_replaying(void)
{
    return replaying;
}

static void run_one(void **state)
{
    void (*const *function)(void) = *state;
    (*function)();
}

/* Cuts `names` ("a, b, c") into the names of the tests. */
static void fill_tests(void (*const *functions)(void), size_t count, char *names)
{
    char *rest = names;
    for (size_t i = 0; i < count; i++) {
        char *name = strtok_r(rest, ", \n", &rest);
        tests[i].name = name == NULL ? "?" : name;
        tests[i].test_func = run_one;
        tests[i].initial_state = (void *)(uintptr_t)&functions[i];
    }
}

static double seconds_now(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

void unit_finally(void (*function)(void))
{
    tear_down = function;
}

/* What counts branches (tools/coverage.sh) writes its counts by this; _exit would lose them. */
extern void __gcov_exit(void) __attribute__((weak));

/* The right to write files of others, for a user that root has become; or what there is of it. */
static void write_as_root(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    if (syscall(SYS_capget, &header, data) == 0) {
        data[0].effective = data[0].permitted;
        (void)syscall(SYS_capset, &header, data);
    }
}

struct writer {
    sem_t ready;
    sem_t done;
};

/* The work of a child may confine its thread or become another user, so that it can write no file:
 * another one does. */
static void *write_counts(void *arg)
{
    struct writer *writer = arg;
    (void)prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    (void)sem_post(&writer->ready);
    if (sem_wait(&writer->done) == 0) {
        write_as_root();
        __gcov_exit();
    }
    return NULL;
}

static int work_counted(int (*work)(void))
{
    struct writer writer;
    pthread_t thread;
    if (__gcov_exit == NULL || sem_init(&writer.ready, 0, 0) != 0 ||
        sem_init(&writer.done, 0, 0) != 0 ||
        pthread_create(&thread, NULL, write_counts, &writer) != 0) {
        return work();
    }
    (void)sem_wait(&writer.ready); /* what it calls is not counted as a call of the work */
    int code = work();
    (void)sem_post(&writer.done);
    (void)pthread_join(thread, NULL);
    return code;
}

int unit_in_child(int (*work)(void))
{
    (void)fflush(NULL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        (void)freopen("/dev/null", "w", stderr);
        _exit(work_counted(work));
    }
    int status = 0;
    CHECK(waitpid(child, &status, 0) == child);
    return status;
}

/* How many threads there are; a replay that ended early may have left some, which go on allocating.
 */
static nlink_t count_threads(void)
{
    struct stat tasks = {0};
    return stat("/proc/self/task", &tasks) == 0 ? tasks.st_nlink : 0;
}

/* Once with the n-th of a kind failing. A test that ended early has freed nothing: what it has told
 * does it for it, and without that leaks are looked for only in those that came to their end. */
static void replay_once(void (*function)(void), const struct fault *fault, uint64_t n)
{
    int64_t live = mem_live();
    volatile bool freed = true;
    tear_down = NULL;
    if (setjmp(replay_end) == 0) {
        fault->set(n);
        function();
    } else {
        freed = tear_down != NULL;
        if (freed) {
            tear_down();
        }
    }
    fault->set(0);
    if (freed && mem_live() != live && count_threads() == threads_at_first) {
        (void)fprintf(stderr, "%lld blocks leak when %s %llu fails\n",
                      (long long)(mem_live() - live), fault->what, (unsigned long long)n);
        _exit(1);
    }
}

/* The points of a slow test are as many as fit into the time, evenly spread. */
static void replay_each(void (*function)(void), const struct fault *fault, double max_s)
{
    double start_s = seconds_now();
    uint64_t before = fault->count();
    replay_once(function, fault, UINT32_MAX);
    uint64_t points = fault->count() - before;
    uint64_t step = 1 + (uint64_t)((double)points * (seconds_now() - start_s) / max_s);
    for (uint64_t n = 1; n <= points && n / step < REPLAYS_MAX; n += step) {
        (void)alarm(REPLAY_HANG_S);
        replay_once(function, fault, n);
        if (seconds_now() - start_s > max_s) {
            break;
        }
    }
}

/* The child: all replays of one test. */
__attribute__((noreturn)) static void replay(void (*function)(void))
{
    /* A test that ends early also leaves its descriptors open. */
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
        files.rlim_cur = files.rlim_max;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    replaying = true;
    threads_at_first = count_threads();
    const char *wanted_s = getenv("UNIT_REPLAY_S");
    double max_s = wanted_s == NULL ? REPLAY_S_MAX : strtod(wanted_s, NULL);
    const size_t kinds = sizeof(faults) / sizeof(faults[0]);
    for (size_t i = 0; i < kinds; i++) {
        replay_each(function, &faults[i], max_s / (double)kinds);
    }
    if (__gcov_exit != NULL) {
        __gcov_exit();
    }
    _exit(0);
}

/* Replays the test in a fresh process of the same program; true: nothing broke. */
static bool replay_outside(const char *name, size_t index)
{
    char number[24];
    (void)snprintf(number, sizeof(number), "%zu", index);
    (void)fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        char program[] = "unit-replay";
        char *arguments[] = {program, NULL};
        (void)setenv(REPLAY_VARIABLE, number, 1);
        (void)execv("/proc/self/exe", arguments);
        _exit(127);
    }
    int status = 0;
    while (child > 0 && waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (child > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return true;
    }
    (void)fprintf(stderr, "%s: broke when something failed (wait status %d)\n", name, status);
    return false;
}

int unit_main(const char *program, void (*const *functions)(void), size_t count, const char *names)
{
    main_thread = pthread_self();
    mem_start_counting();
    const char *wanted = getenv(REPLAY_VARIABLE);
    if (wanted != NULL) {
        size_t index = (size_t)strtoul(wanted, NULL, 10);
        (void)unsetenv(REPLAY_VARIABLE);
        if (index >= count) {
            _exit(126);
        }
        replay(functions[index]);
    }
    char *copy = strdup(names);
    if (copy == NULL || count > TESTS_MAX) {
        return 1;
    }
    fill_tests(functions, count, copy);
    const char *base = strrchr(program, '/');
    base = base == NULL ? program : base + 1;
    int failures = _cmocka_run_group_tests(base, tests, count, NULL, NULL);
    size_t failed = failures < 0 ? count : (size_t)failures;
    if (failed == 0) {
        for (size_t i = 0; i < count; i++) {
            failed += replay_outside(tests[i].name, i) ? 0 : 1;
        }
    }
    (void)printf("unit %s: %zu passed, %zu failed\n", base, count - failed, failed);
    free(copy);
    return failed == 0 ? 0 : 1;
}
