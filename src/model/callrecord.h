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

/* Each call ends in exactly one of these (docs/glossary.md). The order is kept for ever. */
enum end_reason {
    END_NONE,
    END_HUNG_UP,
    END_DECLINED,
    END_DECLINED_ELSEWHERE, /* only told: this device's ring ended, the call's reason is DECLINED */
    END_ANSWERED_ELSEWHERE, /* only told: this device's ring ended, the call goes on */
    END_CANCELLED,
    END_NO_ANSWER,
    END_UNREACHABLE,
    END_BUSY,
    END_PERMISSION_DENIED,
    END_NO_DEVICE,
    END_MEDIA_FAILED,
    END_MEDIA_LOST,
    END_SIGNALLING_LOST,
    END_REPLACED,
    END_CONNECTOR_DISABLED,
    END_SERVER_SHUTDOWN,
    END_TOO_LONG,
    END_STOPPED,
    END_REASON_COUNT
};

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
    uint8_t reason; /* ended: enum end_reason */
    enum call_ended_by ended_by;
};

#define STEP_DEVICE_MAX 40 /* bytes */

/* How a device of the callee rings. The order is kept for ever. */
enum ring_how { RING_AUDIBLE, RING_BY_STATUS, RING_BY_AUTOPLAY, RING_PUSH, RING_HOW_COUNT };

/* What happens in a call, for its timeline. The order is kept for ever. */
enum call_what {
    STEP_STARTED,
    STEP_WAITING, /* the callee was in another call */
    STEP_PUSHED,
    STEP_RINGS,   /* detail: enum ring_how */
    STEP_IGNORED, /* on this device of the callee */
    STEP_ANSWERED,
    STEP_CONNECTED, /* media of the side */
    STEP_ACTIVE,    /* of both */
    STEP_PATH,      /* detail: path * 16 + transport */
    STEP_HELD,
    STEP_RESUMED,
    STEP_TROUBLE,
    STEP_RECOVERED,
    STEP_LEFT,
    STEP_LOST,
    STEP_BACK,
    STEP_MOVED,
    STEP_ENDED,     /* detail: enum end_reason */
    STEP_RESTARTED, /* the server */
    STEP_COUNT
};

enum call_side_of { STEP_CALLER, STEP_CALLEE, STEP_NOBODY };
enum call_path { PATH_UNKNOWN, PATH_DIRECT, PATH_RELAYED, PATH_COUNT };
enum call_transport {
    TRANSPORT_UNKNOWN,
    TRANSPORT_UDP,
    TRANSPORT_TCP,
    TRANSPORT_TLS,
    TRANSPORT_COUNT
};

/* In the detail of a push or a ring: it was not, only the caller is to believe it. */
#define STEP_PRETENDED 128

struct call_step {
    struct id call;
    int64_t at_ms;
    uint8_t what; /* enum call_what */
    uint8_t side; /* enum call_side_of: whose doing */
    uint8_t detail;
    bool private; /* not for the other side */
    char device[STEP_DEVICE_MAX + 1];
};

/* How the media of one side fared, in all. */
struct call_quality {
    struct id call;
    int64_t at_ms;
    uint8_t side;
    uint32_t reports;
    uint32_t path; /* the last one */
    uint32_t transport;
    uint32_t loss; /* of 1000 packets, mean of the reports */
    uint32_t loss_worst;
    uint32_t rtt_ms;
    uint32_t rtt_worst_ms;
    uint32_t jitter_ms;
    uint32_t jitter_worst_ms;
};

#endif
