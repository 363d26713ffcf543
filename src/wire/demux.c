/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/demux.h"

#include "wire/stun.h"

#define TLS_HANDSHAKE 22 /* the content type of a ClientHello */

enum demux_kind demux_datagram(struct slice data)
{
    if (data.size == 0) {
        return DEMUX_UNKNOWN;
    }
    uint8_t first = data.data[0];
    if (first <= 3) {
        return DEMUX_STUN;
    }
    if (first >= 20 && first <= 63) {
        return DEMUX_DTLS;
    }
    if (first >= 64 && first <= 79) {
        return DEMUX_CHANNEL;
    }
    return first >= 128 && first <= 191 ? DEMUX_RTP : DEMUX_UNKNOWN;
}

enum demux_kind demux_stream(uint8_t first)
{
    if (first <= 3) {
        return DEMUX_STUN;
    }
    if (first == TLS_HANDSHAKE) {
        return DEMUX_TLS;
    }
    return first >= 'A' && first <= 'Z' ? DEMUX_HTTP : DEMUX_UNKNOWN;
}

enum err demux_frame(struct slice data, struct slice *frame, size_t *used)
{
    enum demux_kind kind = demux_datagram(data);
    if (data.size > 0 && kind != DEMUX_STUN && kind != DEMUX_CHANNEL) {
        return ERR_INVALID;
    }
    if (data.size < 4) {
        return ERR_SHORT;
    }
    size_t length = (size_t)(data.data[2] << 8 | data.data[3]);
    size_t size = (kind == DEMUX_STUN ? STUN_HEADER_SIZE : STUN_CHANNEL_HEADER_SIZE) + length;
    size_t whole = (size + 3) & ~(size_t)3;
    /* A STUN message has no padding of its own: its length is a multiple of four. */
    if (kind == DEMUX_STUN && whole != size) {
        return ERR_INVALID;
    }
    if (data.size < whole) {
        return ERR_SHORT;
    }
    *frame = slice_from(data.data, size);
    *used = whole;
    return OK;
}
