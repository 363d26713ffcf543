/* SPDX-License-Identifier: Apache-2.0 */
/* What is kept of a call: while it lives, so that it outlives the server, and afterwards as
 * history. Plain values. Times named *_at_ms are milliseconds since 1970; 0: that has not happened.
 */
#ifndef MODEL_CALLRECORD_H
#define MODEL_CALLRECORD_H

#include <stdbool.h>
#include <stdint.h>

#include "model/id.h"

#define CALLRECORD_CONNECTOR_MAX 32

enum call_ended_by { ENDED_BY_NOBODY, ENDED_BY_CALLER, ENDED_BY_CALLEE };

struct call_record {
    struct id call;
    struct id caller;
    struct id callee;
    char connector[CALLRECORD_CONNECTOR_MAX + 1];
    bool external; /* its media go through a link: there is nothing to come back to */
    bool missed;   /* ended: it was for the callee, who did not answer or refuse it */
    bool silent;   /* it did not ring, because the callee did not want to be disturbed */
    uint8_t held;  /* 1: by the caller, 2: by the callee, 3: by both */
    int64_t started_at_ms;
    int64_t answered_at_ms;
    int64_t active_at_ms; /* media connected */
    int64_t ended_at_ms;
    uint8_t reason; /* ended: enum end_reason of portal/event.h */
    enum call_ended_by ended_by;
};

#endif
