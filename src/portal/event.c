/* SPDX-License-Identifier: Apache-2.0 */
#include "portal/event.h"

static const char *const reason_names[END_REASON_COUNT] = {
    [END_NONE] = "none",
    [END_HUNG_UP] = "hung-up",
    [END_DECLINED] = "declined",
    [END_DECLINED_ELSEWHERE] = "declined-elsewhere",
    [END_ANSWERED_ELSEWHERE] = "answered-elsewhere",
    [END_CANCELLED] = "cancelled",
    [END_NO_ANSWER] = "no-answer",
    [END_UNREACHABLE] = "unreachable",
    [END_BUSY] = "busy",
    [END_PERMISSION_DENIED] = "permission-denied",
    [END_NO_DEVICE] = "no-device",
    [END_MEDIA_FAILED] = "media-failed",
    [END_MEDIA_LOST] = "media-lost",
    [END_SIGNALLING_LOST] = "signalling-lost",
    [END_REPLACED] = "replaced",
    [END_CONNECTOR_DISABLED] = "connector-disabled",
    [END_SERVER_SHUTDOWN] = "server-shutdown",
    [END_TOO_LONG] = "too-long",
    [END_STOPPED] = "stopped",
};

static const char *const state_names[CALL_STATE_COUNT] = {
    [CALL_RINGING] = "ringing",
    [CALL_CONNECTING] = "connecting",
    [CALL_ACTIVE] = "active",
    [CALL_ENDED] = "ended",
};

const char *end_reason_name(enum end_reason reason)
{
    ASSERT(reason < END_REASON_COUNT);
    return reason_names[reason];
}

const char *call_state_name(enum call_state state)
{
    ASSERT(state < CALL_STATE_COUNT);
    return state_names[state];
}
