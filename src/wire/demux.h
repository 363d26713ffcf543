/* SPDX-License-Identifier: Apache-2.0 */
/* What a datagram or a stream is, by its first byte (RFC 7983 section 7), and where a frame of STUN
 * or ChannelData ends on TCP and TLS (RFC 8489 section 6.2.2, RFC 8656 section 12.5). */
#ifndef WIRE_DEMUX_H
#define WIRE_DEMUX_H

#include "base/err.h"
#include "base/slice.h"

enum demux_kind {
    DEMUX_UNKNOWN,
    DEMUX_STUN,
    DEMUX_CHANNEL,
    DEMUX_TLS,
    DEMUX_DTLS,
    DEMUX_RTP,
    DEMUX_HTTP,
    DEMUX_KINDS
};

/* Of a datagram: STUN, CHANNEL, DTLS, RTP or UNKNOWN. */
enum demux_kind demux_datagram(struct slice data);

/* Of the beginning of a TCP stream: STUN, TLS, HTTP (an upper-case letter) or UNKNOWN. What comes
 * first on a connection is never ChannelData. */
enum demux_kind demux_stream(uint8_t first);

/* The frame at the front of a stream of STUN and ChannelData: *frame without the padding, *used
 * with it. ERR_SHORT: more bytes are needed. ERR_INVALID: neither; the stream is lost. */
MUST_USE enum err demux_frame(struct slice data, struct slice *frame, size_t *used);

#endif
