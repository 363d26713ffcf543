/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/jsontext.h"

#include "base/text.h"

const uint8_t jsontext_meanings[256] = {
    ['"'] = '"',  ['\\'] = '\\', ['/'] = '/',  ['b'] = '\b',
    ['f'] = '\f', ['n'] = '\n',  ['r'] = '\r', ['t'] = '\t',
};

/* The four digits of \uXXXX, or -1. */
static int32_t read_unit(const uint8_t *at, const uint8_t *end)
{
    uint8_t bytes[2];
    if (end - at < 4 || text_from_hex(slice_from(at, 4), bytes, sizeof(bytes)) != OK) {
        return -1;
    }
    return bytes[0] << 8 | bytes[1];
}

const char *jsontext_escape(const uint8_t **at, const uint8_t *end, uint32_t *code)
{
    if (*at == end) {
        return "string without end";
    }
    uint8_t name = *(*at)++;
    if (name != 'u') {
        *code = jsontext_meanings[name];
        return *code == 0 ? "unknown escape" : NULL;
    }
    int32_t unit = read_unit(*at, end);
    if (unit < 0) {
        return "escape without four hexadecimal digits";
    }
    *at += 4;
    if (unit == 0) {
        return "U+0000 in a string";
    }
    *code = (uint32_t)unit;
    if (unit < 0xd800 || unit > 0xdfff) {
        return NULL;
    }
    int32_t low = -1;
    if (unit < 0xdc00 && end - *at >= 6 && (*at)[0] == '\\' && (*at)[1] == 'u') {
        low = read_unit(*at + 2, end);
    }
    if (low < 0xdc00 || low > 0xdfff) {
        return "lone surrogate";
    }
    *at += 6;
    *code = 0x10000 + ((uint32_t)(unit - 0xd800) << 10) + (uint32_t)(low - 0xdc00);
    return NULL;
}

size_t jsontext_utf8(uint32_t code, uint8_t out[4])
{
    if (code < 0x80) {
        out[0] = (uint8_t)code;
        return 1;
    }
    size_t size = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = size - 1; i > 0; i--) {
        out[i] = (uint8_t)(0x80 | (code & 0x3f));
        code >>= 6;
    }
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (uint8_t)(leads[size] | code);
    return size;
}
