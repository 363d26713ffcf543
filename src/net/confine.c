/* SPDX-License-Identifier: Apache-2.0 */
#include "net/confine.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <seccomp.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/log.h"

#ifdef __SANITIZE_ADDRESS__
#define SEARCHES_LEAKS true
#else
#define SEARCHES_LEAKS false
#endif

/* ---- the user ---- */

/* Only the capability of the set, or none, for this thread. */
static bool keep_capabilities(uint32_t set)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {{.effective = set, .permitted = set}};
    return syscall(SYS_capset, &header, data) == 0;
}

static bool become(const struct passwd *user)
{
    return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 &&
           initgroups(user->pw_name, user->pw_gid) == 0 &&
           setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == 0 &&
           setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == 0 &&
           keep_capabilities(1U << CAP_NET_BIND_SERVICE);
}

enum err confine_user(const char *name, const char *folder)
{
    const struct passwd *user = getpwnam(name);
    struct stat stat_of;

    if (user == NULL) {
        log_error("the user of security.user does not exist", "user=%s", name);
        return ERR_NOT_FOUND;
    }
    if (geteuid() == user->pw_uid) {
        return OK;
    }
    if (geteuid() != 0) {
        log_error("only root can become another user", "user=%s", name);
        return ERR_FORBIDDEN;
    }
    if (stat(folder, &stat_of) != 0) {
        return ERR_IO;
    }
    /* An empty folder was made by us a moment ago; files of somebody else are not ours to give. */
    if (stat_of.st_uid != user->pw_uid && rmdir(folder) == 0 &&
        (mkdir(folder, 0700) != 0 || chown(folder, user->pw_uid, user->pw_gid) != 0)) {
        return ERR_IO;
    }
    if (stat(folder, &stat_of) != 0 || stat_of.st_uid != user->pw_uid) {
        log_error("the data folder belongs to somebody else: chown it, or change security.user",
                  "folder=%s user=%s uid=%u", folder, name, (unsigned)stat_of.st_uid);
        return ERR_FORBIDDEN;
    }
    if (!become(user)) {
        log_error("cannot become the user of security.user", "user=%s errno=%d", name, errno);
        return ERR_IO;
    }
    return OK;
}

void confine_process(void)
{
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (!SEARCHES_LEAKS) {
        (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    }
}

/* ---- files ---- */

#define LANDLOCK_READ                                                                              \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Rights of the first version of Landlock; those that came later are left as they are. */
#define LANDLOCK_HANDLED                                                                           \
    (LANDLOCK_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |               \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR | \
     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO |   \
     LANDLOCK_ACCESS_FS_MAKE_BLOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define LANDLOCK_WRITE                                                                             \
    (LANDLOCK_READ | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |               \
     LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |  \
     LANDLOCK_ACCESS_FS_MAKE_SOCK)
#define LANDLOCK_OF_FILES                                                                          \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)

static bool allow_below(int rules, const char *path, uint64_t rights)
{
    struct stat stat_of;
    struct landlock_path_beneath_attr beneath = {.allowed_access = rights};

    beneath.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (beneath.parent_fd < 0) {
        return true; /* what does not exist cannot be read either */
    }
    if (fstat(beneath.parent_fd, &stat_of) == 0 && !S_ISDIR(stat_of.st_mode)) {
        beneath.allowed_access &= LANDLOCK_OF_FILES;
    }
    bool done = syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
    (void)close(beneath.parent_fd);
    return done;
}

bool confine_files(const char *const *read, uint32_t read_count, const char *write)
{
    const struct landlock_ruleset_attr handled = {.handled_access_fs = LANDLOCK_HANDLED};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &handled, sizeof(handled), 0);

    if (rules < 0) {
        return false;
    }
    bool done = allow_below(rules, write, LANDLOCK_WRITE) &&
                allow_below(rules, "/dev/null", LANDLOCK_READ | LANDLOCK_ACCESS_FS_WRITE_FILE);
    for (uint32_t i = 0; done && i < read_count; i++) {
        done = read[i][0] == '\0' || allow_below(rules, read[i], LANDLOCK_READ);
    }
    done = done && syscall(SYS_landlock_restrict_self, rules, 0) == 0;
    (void)close(rules);
    return done;
}

/* ---- system calls ---- */

#define CALL(name) SCMP_SYS(name)

/* What every thread of C needs. */
static const int common_calls[] = {CALL(read),          CALL(readv),        CALL(write),
                                   CALL(writev),        CALL(close),        CALL(fstat),
                                   CALL(futex),         CALL(munmap),       CALL(mremap),
                                   CALL(madvise),       CALL(brk),          CALL(membarrier),
                                   CALL(rseq),          CALL(rt_sigaction), CALL(rt_sigprocmask),
                                   CALL(rt_sigreturn),  CALL(sigaltstack),  CALL(restart_syscall),
                                   CALL(exit),          CALL(exit_group),   CALL(getpid),
                                   CALL(gettid),        CALL(tgkill),       CALL(set_robust_list),
                                   CALL(clock_gettime), CALL(clock_getres), CALL(clock_nanosleep),
                                   CALL(gettimeofday),  CALL(time),         CALL(nanosleep),
                                   CALL(getrandom),     CALL(sched_yield),  CALL(sched_getaffinity),
                                   CALL(getrusage),     CALL(prctl),        CALL(sysinfo),
                                   CALL(uname),         CALL(prlimit64),    CALL(getuid),
                                   CALL(geteuid),       CALL(getgid),       CALL(getegid)};

/* epoll, and what wakes it */
static const int waiting_calls[] = {CALL(epoll_create1),   CALL(epoll_ctl),    CALL(epoll_wait),
                                    CALL(epoll_pwait),     CALL(epoll_pwait2), CALL(poll),
                                    CALL(ppoll),           CALL(select),       CALL(pselect6),
                                    CALL(eventfd2),        CALL(pipe2),        CALL(timerfd_create),
                                    CALL(timerfd_settime), CALL(ioctl),        CALL(fcntl)};

static const int file_calls[] = {
    CALL(open),       CALL(openat), CALL(access),     CALL(faccessat), CALL(faccessat2),
    CALL(stat),       CALL(lstat),  CALL(newfstatat), CALL(statx),     CALL(statfs),
    CALL(fstatfs),    CALL(lseek),  CALL(pread64),    CALL(pwrite64),  CALL(preadv),
    CALL(pwritev),    CALL(fsync),  CALL(fdatasync),  CALL(ftruncate), CALL(fallocate),
    CALL(fcntl),      CALL(flock),  CALL(getdents64), CALL(getcwd),    CALL(readlink),
    CALL(readlinkat), CALL(unlink), CALL(unlinkat),   CALL(rename),    CALL(renameat),
    CALL(renameat2),  CALL(mkdir),  CALL(mkdirat),    CALL(rmdir),     CALL(fchmod),
    CALL(fchown),     CALL(umask)};

/* To read names and certificates. */
static const int reading_calls[] = {
    CALL(open),    CALL(openat), CALL(access),     CALL(faccessat),  CALL(faccessat2),
    CALL(stat),    CALL(lstat),  CALL(newfstatat), CALL(statx),      CALL(lseek),
    CALL(pread64), CALL(fcntl),  CALL(getcwd),     CALL(getdents64), CALL(readlink)};

static const int socket_calls[] = {
    CALL(bind),       CALL(connect),    CALL(listen),      CALL(accept),
    CALL(accept4),    CALL(shutdown),   CALL(getsockname), CALL(getpeername),
    CALL(getsockopt), CALL(setsockopt), CALL(sendto),      CALL(recvfrom),
    CALL(sendmsg),    CALL(recvmsg),    CALL(sendmmsg),    CALL(recvmmsg)};

/* What the sanitizer's search for leaks does at the end: a process that attaches to the threads. */
static const int leak_calls[] = {CALL(ptrace),   CALL(clone), CALL(wait4),      CALL(waitid),
                                 CALL(getppid),  CALL(open),  CALL(openat),     CALL(stat),
                                 CALL(readlink), CALL(lseek), CALL(newfstatat), CALL(getdents64),
                                 CALL(getdents)};

/* No server needs them, every intruder does. */
static const int fatal_calls[] = {CALL(execve), CALL(execveat), CALL(process_vm_readv),
                                  CALL(process_vm_writev), CALL(ptrace)};

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

static int allow_all(scmp_filter_ctx filter, const int *calls, size_t count)
{
    int result = 0;
    for (size_t i = 0; result == 0 && i < count; i++) {
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
    }
    return result;
}

static int forbid_programs(scmp_filter_ctx filter)
{
    int result = SEARCHES_LEAKS ? allow_all(filter, leak_calls, COUNT(leak_calls)) : 0;
    for (size_t i = 0; result == 0 && i + SEARCHES_LEAKS < COUNT(fatal_calls); i++) {
        result = seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, fatal_calls[i], 0);
    }
    return result;
}

/* Memory that cannot become code; a thread that loads libraries (the resolver's) may have it. */
static int allow_memory(scmp_filter_ctx filter, bool code)
{
    static const int calls[] = {CALL(mmap), CALL(mprotect)};
    int result = 0;
    for (size_t i = 0; result == 0 && i < COUNT(calls); i++) {
        result = code ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0)
                      : seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 1,
                                         SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
    }
    return result;
}

static int allow_sockets(scmp_filter_ctx filter, const int *families, size_t count)
{
    int result = allow_all(filter, socket_calls, COUNT(socket_calls));
    for (size_t i = 0; result == 0 && i < count; i++) {
        result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(socket), 1,
                                  SCMP_A0(SCMP_CMP_EQ, (scmp_datum_t)families[i]));
    }
    return result;
}

/* Threads, no processes. clone3 hides its flags: glibc then takes clone. */
static int allow_threads(scmp_filter_ctx filter)
{
    const scmp_datum_t thread = 0x00010000; /* CLONE_THREAD */
    int result = seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(clone), 1,
                                  SCMP_A0(SCMP_CMP_MASKED_EQ, thread, thread));
    return result == 0 ? seccomp_rule_add(filter, SCMP_ACT_ALLOW, CALL(socketpair), 0) : result;
}

static int fill(scmp_filter_ctx filter, enum confine_kind kind)
{
    static const int families[] = {AF_INET, AF_INET6, AF_UNIX, AF_NETLINK};
    bool loop = kind == CONFINE_LOOP;
    bool database = kind == CONFINE_DATABASE;
    int result = allow_all(filter, common_calls, COUNT(common_calls));
    result = result == 0 ? forbid_programs(filter) : result;
    result = result == 0 ? allow_memory(filter, loop || database || SEARCHES_LEAKS) : result;
    if (result == 0 && (loop || database || kind == CONFINE_RELAY)) {
        result = allow_all(filter, waiting_calls, COUNT(waiting_calls));
        result = result == 0 ? allow_sockets(filter, families, loop || database ? 4 : 2) : result;
    }
    if (result == 0 && database) {
        result = allow_all(filter, reading_calls, COUNT(reading_calls));
    }
    if (result == 0 && (loop || kind == CONFINE_STORE)) {
        result = allow_all(filter, file_calls, COUNT(file_calls));
    }
    return result == 0 && loop ? allow_threads(filter) : result;
}

void confine_thread(enum confine_kind kind)
{
    if (kind == CONFINE_NOTHING) {
        return;
    }
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(ENOSYS));
    int result = filter == NULL ? -ENOMEM : keep_capabilities(0) ? fill(filter, kind) : -errno;
    result = result == 0 ? seccomp_load(filter) : result;
    seccomp_release(filter);
    if (result != 0) {
        log_error("a thread cannot be confined; security.confine = 0 does without",
                  "kind=%d errno=%d", (int)kind, -result);
        _exit(EXIT_FAILURE);
    }
}
