/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel says of this process. */
#ifndef NET_PROCESS_H
#define NET_PROCESS_H

#include <stdint.h>

struct process_usage {
    uint64_t resident_bytes;
    uint64_t cpu_ms;      /* user and system, all threads */
    uint64_t descriptors; /* open ones */
    uint64_t descriptors_max;
};

/* What cannot be read stays 0. */
void process_read(struct process_usage *out);

/* The cores that this process may use; at least 1. */
uint32_t process_cores(void);

#endif
