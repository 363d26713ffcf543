/* SPDX-License-Identifier: Apache-2.0 */
/* Calls of libraries and of the system that fail on demand, as base/mem.h has it for allocations:
 * those of failing.def, which the linker leads through here (--wrap). */
#ifndef FAILING_H
#define FAILING_H

#include <stdint.h>

/* The call numbered `n` from now (1 = the next) fails, alone, in whichever thread; 0: none. */
void failing_set(uint64_t n);

/* How many were made until now; they count since failing_set was first called. */
uint64_t failing_count(void);

#endif
