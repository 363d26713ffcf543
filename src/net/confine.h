/* SPDX-License-Identifier: Apache-2.0 */
/* What this process may still do once it serves: an own user without capabilities, no new
 * privileges, a memory that nobody else reads, files by Landlock, system calls by seccomp, a list
 * for each kind of thread. What a broken thread cannot call it cannot be made to call. */
#ifndef NET_CONFINE_H
#define NET_CONFINE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/err.h"

enum confine_kind {
    CONFINE_NOTHING,  /* the thread may do all */
    CONFINE_LOOP,     /* sockets, files, threads: everything but other programs */
    CONFINE_STORE,    /* files, no socket */
    CONFINE_DATABASE, /* sockets, and the files of the resolver and of certificates */
    CONFINE_RELAY,    /* sockets of IP, no file */
    CONFINE_POOL,     /* arithmetic */
};

/* Becomes the user `name`, who owns `folder` afterwards when it is empty; ports below 1024 may
 * still be bound until confine_thread. Before the first thread. ERR_NOT_FOUND: no such user,
 * ERR_FORBIDDEN: this process is not root, or the folder has files of somebody else; ERR_IO. */
MUST_USE enum err confine_user(const char *name, const char *folder);

/* No new privileges for this process and what it starts, no core file and no reading of its memory
 * by other processes. Before the first thread. */
void confine_process(void);

/* From now on only what is below `read` (paths; "" and what does not exist are left out) can be
 * read and only what is below `write` changed. Before the first thread. False: the kernel has no
 * Landlock, all is as before. */
MUST_USE bool confine_files(const char *const *read, uint32_t read_count, const char *write);

/* The calling thread has no capability any more and only the system calls of its kind; the others
 * fail with ENOSYS, but starting a program ends the process. What it starts inherits that. Where
 * it cannot be done the process ends, and its log says which option does without. */
void confine_thread(enum confine_kind kind);

#endif
