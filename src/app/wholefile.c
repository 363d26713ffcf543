/* SPDX-License-Identifier: Apache-2.0 */
#include "app/wholefile.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool write_all(int file, struct slice bytes)
{
    while (bytes.size > 0) {
        ssize_t written = write(file, bytes.data, bytes.size);
        if (written < 0 && errno == EINTR) {
            continue;
        }
        if (written <= 0) {
            return false;
        }
        bytes = slice_from(bytes.data + written, bytes.size - (size_t)written);
    }
    return true;
}

/* The name of a file is durable when its folder is. */
static bool sync_folder_of(const char *path)
{
    char name[PATH_MAX] = ".";
    const char *slash = strrchr(path, '/');
    if (slash != NULL) {
        (void)snprintf(name, sizeof(name), "%.*s", (int)(slash - path) + 1, path);
    }
    int folder = open(name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = folder >= 0 && fsync(folder) == 0;
    if (folder >= 0) {
        (void)close(folder);
    }
    return done;
}

bool wholefile_write(const char *path, struct slice bytes, mode_t mode)
{
    char fresh[PATH_MAX];
    if (snprintf(fresh, sizeof(fresh), "%s.new", path) >= (int)sizeof(fresh)) {
        errno = ENAMETOOLONG;
        return false;
    }
    int file = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (file < 0) {
        return false;
    }
    bool done = fchmod(file, mode) == 0 && write_all(file, bytes) && fsync(file) == 0;
    int reason = errno;
    (void)close(file);
    if (done && rename(fresh, path) == 0) {
        return sync_folder_of(path);
    }
    reason = done ? errno : reason;
    (void)unlink(fresh);
    errno = reason;
    return false;
}
