/* SPDX-License-Identifier: Apache-2.0 */
/* Counts refused requests and commands by the id of their error (docs/api.md, docs/protocol.md). */
#ifndef SERVER_REFUSALS_H
#define SERVER_REFUSALS_H

#include "base/counter.h"

/* The counter of an error id; COUNTER_REFUSALS_OTHER when the table does not have it. */
enum counter refusals_counter(const char *id);

void refusals_count(const char *id);

#endif
