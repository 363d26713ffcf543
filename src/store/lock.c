/* SPDX-License-Identifier: Apache-2.0 */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"

struct store_lock {
    int file;
};

MUST_USE enum err lock_take(const char *path, struct store_lock **out)
{
    char name[4096];
    *out = NULL;
    if (snprintf(name, sizeof(name), "%s.lock", path) >= (int)sizeof(name)) {
        return ERR_INVALID;
    }
    struct store_lock *lock = mem_alloc(sizeof(*lock));
    if (lock == NULL) {
        return ERR_NOMEM;
    }
    enum err err = OK;
    lock->file = open(name, O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (lock->file < 0 || flock(lock->file, LOCK_EX | LOCK_NB) != 0) {
        err = errno == EWOULDBLOCK ? ERR_BUSY : ERR_IO;
    }
    if (err == ERR_IO) {
        log_error("the lock cannot be taken", "file=%s errno=%d", name, errno);
    }
    if (err != OK) {
        lock_release(lock);
        return err;
    }
    *out = lock;
    return OK;
}

void lock_release(struct store_lock *lock)
{
    if (lock == NULL) {
        return;
    }
    if (lock->file >= 0) {
        (void)close(lock->file);
    }
    mem_free(lock);
}
