/* SPDX-License-Identifier: Apache-2.0 */
/* WebSocket frames, RFC 6455 section 5: a streaming decoder that works inside the caller's read
 * buffer, and the encoder of frame heads. Pure: no socket, no clock. */
#ifndef WIRE_WSFRAME_H
#define WIRE_WSFRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/slice.h"

#define WSFRAME_HEAD_SIZE_MAX 14 /* 2 + 8 of length + 4 of mask */
#define WSFRAME_CONTROL_SIZE_MAX 125

enum wsframe_opcode {
    WSFRAME_CONTINUATION = 0x0,
    WSFRAME_TEXT = 0x1,
    WSFRAME_BINARY = 0x2,
    WSFRAME_CLOSE = 0x8,
    WSFRAME_PING = 0x9,
    WSFRAME_PONG = 0xa,
};

/* Close codes, RFC 6455 section 7.4.1. */
enum wsframe_close {
    WSFRAME_CLOSE_NORMAL = 1000,
    WSFRAME_CLOSE_GOING_AWAY = 1001,
    WSFRAME_CLOSE_PROTOCOL = 1002,
    WSFRAME_CLOSE_UNSUPPORTED = 1003,
    WSFRAME_CLOSE_NO_CODE = 1005, /* never on the wire: the close frame was empty */
    WSFRAME_CLOSE_NOT_UTF8 = 1007,
    WSFRAME_CLOSE_POLICY = 1008,
    WSFRAME_CLOSE_TOO_BIG = 1009,
    WSFRAME_CLOSE_INTERNAL = 1011,
    WSFRAME_CLOSE_LATER = 1013,
};

/* Which side's frames are decoded: a client masks, a server must not (section 5.1). */
enum wsframe_from { WSFRAME_FROM_CLIENT, WSFRAME_FROM_SERVER };

/* Embedded in its owner. The fields are the decoder's own. */
struct wsframe_decoder {
    enum wsframe_from from;
    size_t message_size_max;
    struct buf fragments; /* payload of the message whose frames did not arrive in one piece */
    struct buf control;   /* payload of a control frame that did not arrive in one piece */
    uint64_t left;        /* payload bytes of the present frame that have not arrived */
    uint8_t mask[4];
    uint32_t mask_offset;   /* payload bytes already unmasked, modulo 4 */
    uint8_t opcode;         /* of the present frame */
    uint8_t message_opcode; /* of the fragmented message; 0: none is open */
    bool final;             /* of the present frame */
    bool in_frame;          /* the head has been read, the payload not wholly */
    bool handed_out;        /* `fragments` or `control` was given to the caller: clear it next */
    uint16_t error_code;    /* 0, or the close code to send; nothing is decoded any more */
    const char *error;      /* what was wrong, for the log */
};

/* A whole message or control frame. */
struct wsframe {
    enum wsframe_opcode opcode; /* never WSFRAME_CONTINUATION */
    struct slice payload;       /* valid until the next call; a close frame's is the reason */
    uint16_t close_code;        /* of WSFRAME_CLOSE; WSFRAME_CLOSE_NO_CODE when it had none */
};

/* A message longer than `message_size_max` is refused with 1009. Nothing is allocated here, and
 * never more than what has arrived (rounded up to the double). */
void wsframe_decoder_init(struct wsframe_decoder *decoder, enum wsframe_from from,
                          size_t message_size_max);
void wsframe_decoder_fini(struct wsframe_decoder *decoder);

/* Takes bytes from the front of `data` (which are unmasked in place) until one message or control
 * frame is whole. Sets *used to the number of bytes taken, whatever it returns: the caller goes on
 * behind them and never shows them again. OK: *out is set. ERR_SHORT: more bytes are needed; all
 * of a begun head is left untaken, so keep the at most 13 bytes behind *used. ERR_INVALID:
 * decoder->error_code is the code to close with. ERR_NOMEM: close with 1011. */
MUST_USE enum err wsframe_decode(struct wsframe_decoder *decoder, uint8_t *data, size_t size,
                                 size_t *used, struct wsframe *out);

/* Writes the head of an unfragmented frame of a server; returns its size, 2 to 10 bytes. The
 * payload follows as it is. */
size_t wsframe_encode_head(enum wsframe_opcode opcode, uint64_t payload_size,
                           uint8_t out[WSFRAME_HEAD_SIZE_MAX]);

/* Writes a server's close frame with a reason cut at 123 bytes; returns its size. `out` has room
 * for 127 bytes. */
size_t wsframe_encode_close(uint16_t code, const char *reason, uint8_t out[127]);

/* The client side, for tests and tools: appends a masked frame. ERR_LIMIT, ERR_NOMEM. */
MUST_USE enum err wsframe_encode_masked(struct buf *buf, enum wsframe_opcode opcode, bool final,
                                        struct slice payload, const uint8_t mask[4]);

/* XORs `size` bytes with the mask, whose first byte is at `offset` modulo 4. */
void wsframe_mask(uint8_t *data, size_t size, const uint8_t mask[4], uint32_t offset);

#endif
