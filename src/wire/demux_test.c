/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/demux.h"

#include "unit.h"

/* RFC 7983 section 7, the figure; each of the 256 first bytes. */
static void the_first_byte_of_a_datagram_tells_what_it_is(void)
{
    for (unsigned i = 0; i < 256; i++) {
        uint8_t first = (uint8_t)i;
        enum demux_kind wanted = i <= 3                 ? DEMUX_STUN
                                 : i >= 20 && i <= 63   ? DEMUX_DTLS
                                 : i >= 64 && i <= 79   ? DEMUX_CHANNEL
                                 : i >= 128 && i <= 191 ? DEMUX_RTP
                                                        : DEMUX_UNKNOWN;
        CHECK(demux_datagram(slice_from(&first, 1)) == wanted);
    }
    CHECK(demux_datagram(slice_from(NULL, 0)) == DEMUX_UNKNOWN);
}

static void the_first_byte_of_a_stream_tells_stun_tls_and_http(void)
{
    CHECK(demux_stream(0) == DEMUX_STUN && demux_stream(1) == DEMUX_STUN);
    CHECK(demux_stream(22) == DEMUX_TLS);
    CHECK(demux_stream('G') == DEMUX_HTTP && demux_stream('P') == DEMUX_HTTP);
    CHECK(demux_stream('A') == DEMUX_HTTP && demux_stream('O') == DEMUX_HTTP);
    CHECK(demux_stream('0') == DEMUX_UNKNOWN && demux_stream('@') == DEMUX_UNKNOWN);
    CHECK(demux_stream('g') == DEMUX_UNKNOWN && demux_stream(0x80) == DEMUX_UNKNOWN);
}

static void cuts_frames_from_a_stream_whatever_the_pieces(void)
{
    static const uint8_t stream[] = {
        0x40, 0x00, 0, 5, 1,    2,    3,    4,    5, 0, 0, 0, /* padded */
        0x00, 0x01, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0,
        0,    0,    0, 0, 0,    0,    0,    0, /* a Binding */
        0x4f, 0xff, 0, 0};
    static const size_t sizes[] = {9, 20, 4};
    static const size_t wholes[] = {12, 20, 4};
    size_t at = 0;
    for (size_t i = 0; i < 3; i++) {
        struct slice frame;
        size_t used = 0;
        for (size_t size = 0; size < wholes[i]; size++) {
            CHECK(demux_frame(slice_from(stream + at, size), &frame, &used) == ERR_SHORT);
        }
        CHECK(demux_frame(slice_from(stream + at, sizeof(stream) - at), &frame, &used) == OK);
        CHECK(frame.data == stream + at && frame.size == sizes[i] && used == wholes[i]);
        at += used;
    }
    CHECK(at == sizeof(stream));
}

static void a_stream_that_is_neither_is_lost(void)
{
    static const uint8_t bad_length[] = {0, 1, 0, 2};
    static const uint8_t http[] = "GET / HTTP/1.1";
    struct slice frame;
    size_t used = 0;
    CHECK(demux_frame(slice_from(http, sizeof(http)), &frame, &used) == ERR_SHORT ||
          demux_datagram(slice_from(http, 1)) == DEMUX_CHANNEL);
    CHECK(demux_frame(slice_from("\x80", 1), &frame, &used) == ERR_INVALID);
    CHECK(demux_frame(slice_from("\x16", 1), &frame, &used) == ERR_INVALID);
    CHECK(demux_frame(slice_from(bad_length, sizeof(bad_length)), &frame, &used) == ERR_INVALID);
}

UNIT(the_first_byte_of_a_datagram_tells_what_it_is,
     the_first_byte_of_a_stream_tells_stun_tls_and_http,
     cuts_frames_from_a_stream_whatever_the_pieces, a_stream_that_is_neither_is_lost)
