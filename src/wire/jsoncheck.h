/* SPDX-License-Identifier: Apache-2.0 */
/* A strict check of JSON before any parser sees it, RFC 8259: what passes has one meaning for
 * every parser. Allocates nothing; time is linear in the size of the text. */
#ifndef WIRE_JSONCHECK_H
#define WIRE_JSONCHECK_H

#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/slice.h"

#define JSONCHECK_DEPTH_MAX 16 /* the most that depth_max may be */
#define JSONCHECK_KEYS_MAX 64  /* the most that keys_max may be */
#define JSONCHECK_NUMBER_SIZE_MAX 32

struct jsoncheck_limits {
    size_t size_max;
    uint32_t depth_max; /* arrays and objects inside each other */
    uint32_t keys_max;  /* keys of one object */
};

/* For signalling messages and bodies of the HTTP API: 64 KiB, 16 deep, 64 keys. */
extern const struct jsoncheck_limits jsoncheck_limits_default;

/* OK when `text` is one JSON value and nothing else but white space, else ERR_INVALID. Refused
 * beyond the RFC: duplicate keys of an object (also when spelled with other escapes), U+0000 and
 * lone surrogates in strings, numbers of more than 32 characters or with an exponent above 268, a
 * byte order mark. `limits` NULL: the default. */
MUST_USE enum err jsoncheck(struct slice text, const struct jsoncheck_limits *limits);

/* The same check; returns NULL, or what is wrong in a few constant words for a log or an answer. */
MUST_USE const char *jsoncheck_explain(struct slice text, const struct jsoncheck_limits *limits);

#endif
