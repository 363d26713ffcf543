/* SPDX-License-Identifier: Apache-2.0 */
/* Tests only: limits that a server of a test does not reach by chance. */
#ifndef NET_TESTHTTP_H
#define NET_TESTHTTP_H

#include "net/http.h"

static inline struct http_limits testhttp_limits(void)
{
    return (struct http_limits){.connections_max = 8,
                                .header_bytes_max = 2048,
                                .headers_max = 16,
                                .body_bytes_max = 1000,
                                .target_bytes_max = 200,
                                .head_timeout_ms = 60000,
                                .body_timeout_ms = 60000,
                                .idle_timeout_ms = 60000,
                                .frame_bytes_max = 100000,
                                .queue_bytes_max = 1000000,
                                .ping_interval_ms = 60000};
}

#endif
