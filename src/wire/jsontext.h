/* SPDX-License-Identifier: Apache-2.0 */
/* The inside of JSON strings, RFC 8259 section 7: what must be escaped, and what an escape means.
 * Eight bytes are looked at in one step. */
#ifndef WIRE_JSONTEXT_H
#define WIRE_JSONTEXT_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>

#define JSONTEXT_ONES UINT64_C(0x0101010101010101)
#define JSONTEXT_TOPS UINT64_C(0x8080808080808080)

/* Marks, by its highest bit, each byte of eight that must be escaped: quotation mark, reverse
 * solidus and control characters. Bytes behind the first mark may be marked wrongly. */
static inline uint64_t jsontext_special(uint64_t word)
{
    uint64_t quote = word ^ (JSONTEXT_ONES * '"');
    uint64_t solidus = word ^ (JSONTEXT_ONES * '\\');
    return (((word - JSONTEXT_ONES * 0x20) & ~word) | ((quote - JSONTEXT_ONES) & ~quote) |
            ((solidus - JSONTEXT_ONES) & ~solidus)) &
           JSONTEXT_TOPS;
}

/* Marks each byte of eight that is not ASCII. */
static inline uint64_t jsontext_high(uint64_t word)
{
    return word & JSONTEXT_TOPS;
}

/* Which of the eight bytes, in the order of memory, is the first marked one; `marks` is not 0. */
static inline size_t jsontext_first(uint64_t marks)
{
    return (size_t)__builtin_ctzll(le64toh(marks)) / 8;
}

/* What the letter of a short escape stands for; 0: it is none. */
extern const uint8_t jsontext_meanings[256];

/* Reads one escape behind its reverse solidus: *code becomes the character, *at goes behind it.
 * NULL, or what is wrong with it; U+0000 and lone surrogates are refused. */
const char *jsontext_escape(const uint8_t **at, const uint8_t *end, uint32_t *code);

/* Writes a character that jsontext_escape gave in UTF-8; returns its length. */
size_t jsontext_utf8(uint32_t code, uint8_t out[4]);

#endif
