/* SPDX-License-Identifier: Apache-2.0 */
/* Turns JSON into the structs of wire/message.h and back, led by the tables of message.c. */
#ifndef WIRE_CODEC_H
#define WIRE_CODEC_H

#include "base/arena.h"
#include "base/buf.h"

#define CODEC_DEPTH_MAX 16
#define CODEC_TEXT_MAX ((size_t)160 * 1024)             /* 64 KiB of SDP, escaped, fit */
#define CODEC_ENVELOPE_MAX ((uint64_t)9007199254740991) /* 2^53 - 1, exact in every JSON reader */

struct message;

enum codec_kind {
    CODEC_BOOL,   /* bool */
    CODEC_INT,    /* uint64_t */
    CODEC_STRING, /* struct slice */
    CODEC_ID,     /* uint8_t[16] */
    CODEC_ENUM,   /* an enum from 0, as unsigned int */
    CODEC_STRUCT, /* embedded */
    CODEC_LIST,   /* a pointer and a size_t; of `shape`, or of struct slice when that is NULL */
};

struct codec_shape;

/* A text of a table. */
#define CODEC_TEXT(literal)                                                                        \
    {                                                                                              \
        .data = (const uint8_t *)("" literal), .size = sizeof(literal) - 1                         \
    }

struct codec_field {
    struct slice key; /* as it is written behind another field: ,"name": */
    enum codec_kind kind;
    bool optional;
    size_t offset;
    size_t has_offset;   /* optional: a bool */
    size_t count_offset; /* list: a size_t */
    uint64_t min;        /* int */
    uint64_t max;        /* int; bytes of a string; items of a list */
    uint64_t item_max;   /* bytes of a string in a list */
    const char *const *values;
    unsigned value_count;
    const struct codec_shape *shape;
};

struct codec_shape {
    const struct codec_field *fields; /* at most 32 */
    unsigned field_count;
    size_t size;
};

/* CODEC_ANSWER: the body of an HTTP answer, which has no envelope. */
enum codec_message_kind { CODEC_COMMAND, CODEC_REPLY, CODEC_EVENT, CODEC_ANSWER };

struct codec_message {
    const char *name;
    struct slice head; /* {"type":"name" */
    enum codec_message_kind kind;
    const struct codec_shape *shape;
    size_t offset; /* of its struct within struct message */
};

/* By enum message_type; for the oracle of the fuzz target. */
extern const struct codec_message codec_messages[];

/* As message_decode and message_encode. */
MUST_USE enum err codec_decode(const struct codec_message *messages, unsigned count,
                               struct slice text, struct arena *arena, struct message *out);
MUST_USE enum err codec_encode(const struct codec_message *shape, const struct message *message,
                               struct buf *out);

#endif
