/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

static const char url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
static const char plain_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* Writes the digits without padding; returns how many. */
static size_t encode64(struct slice bytes, const char *digits, char *out)
{
    size_t length = 0;
    uint32_t bits = 0;
    unsigned held = 0;
    for (size_t i = 0; i < bytes.size; i++) {
        bits = bits << 8 | bytes.data[i];
        held += 8;
        while (held >= 6) {
            held -= 6;
            out[length++] = digits[bits >> held & 63];
        }
        bits &= 63;
    }
    if (held > 0) {
        out[length++] = digits[bits << (6 - held) & 63];
    }
    return length;
}

void text_base64url(struct slice bytes, char *out)
{
    out[encode64(bytes, url_digits, out)] = '\0';
}

void text_base64(struct slice bytes, char *out)
{
    size_t length = encode64(bytes, plain_digits, out);
    while (length % 4 != 0) {
        out[length++] = '=';
    }
    out[length] = '\0';
}

/* The value of each digit of base64url, plus 1; 0: no digit. */
static const uint8_t url_values[256] = {
    ['A'] = 1,  ['B'] = 2,  ['C'] = 3,  ['D'] = 4,  ['E'] = 5,  ['F'] = 6,  ['G'] = 7,  ['H'] = 8,
    ['I'] = 9,  ['J'] = 10, ['K'] = 11, ['L'] = 12, ['M'] = 13, ['N'] = 14, ['O'] = 15, ['P'] = 16,
    ['Q'] = 17, ['R'] = 18, ['S'] = 19, ['T'] = 20, ['U'] = 21, ['V'] = 22, ['W'] = 23, ['X'] = 24,
    ['Y'] = 25, ['Z'] = 26, ['a'] = 27, ['b'] = 28, ['c'] = 29, ['d'] = 30, ['e'] = 31, ['f'] = 32,
    ['g'] = 33, ['h'] = 34, ['i'] = 35, ['j'] = 36, ['k'] = 37, ['l'] = 38, ['m'] = 39, ['n'] = 40,
    ['o'] = 41, ['p'] = 42, ['q'] = 43, ['r'] = 44, ['s'] = 45, ['t'] = 46, ['u'] = 47, ['v'] = 48,
    ['w'] = 49, ['x'] = 50, ['y'] = 51, ['z'] = 52, ['0'] = 53, ['1'] = 54, ['2'] = 55, ['3'] = 56,
    ['4'] = 57, ['5'] = 58, ['6'] = 59, ['7'] = 60, ['8'] = 61, ['9'] = 62, ['-'] = 63, ['_'] = 64,
};

enum err text_from_base64url(struct slice text, uint8_t *out, size_t size)
{
    if (text.size != TEXT_BASE64URL_SIZE(size)) {
        return ERR_INVALID;
    }
    uint32_t bits = 0;
    unsigned held = 0;
    size_t length = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint32_t value = url_values[text.data[i]];
        if (value == 0) {
            return ERR_INVALID;
        }
        bits = (bits << 6 | (value - 1)) & 0xffff;
        held += 6;
        if (held >= 8) {
            held -= 8;
            out[length++] = (uint8_t)(bits >> held);
        }
    }
    /* Canonical: the bits left over are zero, so that each value has one text. */
    return (bits & ((1U << held) - 1)) == 0 && length == size ? OK : ERR_INVALID;
}

void text_hex(struct slice bytes, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < bytes.size; i++) {
        *out++ = digits[bytes.data[i] >> 4];
        *out++ = digits[bytes.data[i] & 15];
    }
    *out = '\0';
}

static int value16(uint8_t digit)
{
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    uint8_t lower = digit | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

enum err text_from_hex(struct slice text, uint8_t *out, size_t size)
{
    if (text.size % 2 != 0 || text.size / 2 != size) {
        return ERR_INVALID;
    }
    for (size_t i = 0; i < size; i++) {
        int high = value16(text.data[2 * i]);
        int low = value16(text.data[2 * i + 1]);
        if (high < 0 || low < 0) {
            return ERR_INVALID;
        }
        out[i] = (uint8_t)(high << 4 | low);
    }
    return OK;
}

size_t text_character_size(struct slice text)
{
    uint8_t first = text.data[0];
    size_t size = first < 0x80 ? 1 : first < 0xc2 ? 0 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (size == 0 || first > 0xf4 || size > text.size) {
        return 0;
    }
    for (size_t i = 1; i < size; i++) {
        if ((text.data[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    uint8_t second = size > 1 ? text.data[1] : 0;
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f)) {
        return 0;
    }
    return size;
}

bool text_is_utf8(struct slice text)
{
    while (text.size > 0) {
        uint64_t word = 0;
        uint64_t words[4];
        if (text.size >= sizeof(words)) {
            memcpy(words, text.data, sizeof(words));
            if (((words[0] | words[1] | words[2] | words[3]) & 0x8080808080808080U) == 0) {
                text.data += sizeof(words);
                text.size -= sizeof(words);
                continue;
            }
        }
        if (text.size >= sizeof(word)) {
            memcpy(&word, text.data, sizeof(word));
            if ((word & 0x8080808080808080U) == 0) {
                text.data += sizeof(word);
                text.size -= sizeof(word);
                continue;
            }
        }
        size_t size = text_character_size(text);
        if (size == 0) {
            return false;
        }
        text.data += size;
        text.size -= size;
    }
    return true;
}

enum err text_parse_number(struct slice text, uint64_t max, uint64_t *out)
{
    if (text.size == 0 || (text.size > 1 && text.data[0] == '0')) {
        return ERR_INVALID;
    }
    uint64_t number = 0;
    for (size_t i = 0; i < text.size; i++) {
        uint8_t digit = (uint8_t)(text.data[i] - '0');
        if (digit > 9 || number > (UINT64_MAX - digit) / 10) {
            return ERR_INVALID;
        }
        number = number * 10 + digit;
        if (number > max) {
            return ERR_INVALID;
        }
    }
    *out = number;
    return OK;
}

/* C0, DEL, C1 (U+0080 to U+009F) and the characters that turn or break the line's direction
 * (U+2028 to U+202E, U+2066 to U+2069): they change how the text around them is shown. */
static bool is_control(const uint8_t *at, size_t size)
{
    if (size == 1) {
        return at[0] < 0x20 || at[0] == 0x7f;
    }
    if (size == 2) {
        return at[0] == 0xc2 && at[1] < 0xa0;
    }
    return size == 3 && at[0] == 0xe2 &&
           ((at[1] == 0x80 && at[2] >= 0xa8 && at[2] <= 0xae) ||
            (at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9));
}

void text_copy_clean(struct slice text, char *out, size_t size)
{
    ASSERT(size > 0);
    size_t length = 0;
    while (text.size > 0) {
        size_t step = text_character_size(text);
        bool bad = step == 0 || is_control(text.data, step);
        size_t needed = bad ? 1 : step;
        if (length + needed >= size) {
            break;
        }
        if (bad) {
            out[length] = '?';
        } else {
            memcpy(out + length, text.data, step);
        }
        length += needed;
        step = step == 0 ? 1 : step;
        text.data += step;
        text.size -= step;
    }
    out[length] = '\0';
}

static uint8_t lower(uint8_t byte)
{
    return byte >= 'A' && byte <= 'Z' ? byte | 0x20 : byte;
}

bool text_equal_nocase(struct slice a, struct slice b)
{
    if (a.size != b.size) {
        return false;
    }
    for (size_t i = 0; i < a.size; i++) {
        if (lower(a.data[i]) != lower(b.data[i])) {
            return false;
        }
    }
    return true;
}

/* The base letter of U+00C0 to U+017F; '.' where there is none. */
static const char latin_bases[] = "aaaaaa.ceeeeiiii.nooooo.ouuuuy.."  /* U+00C0, U+00C6 is AE */
                                  "aaaaaa.ceeeeiiii.nooooo.ouuuuy.y"  /* U+00E0 */
                                  "aaaaaaccccccccddddeeeeeeeeeegggg"  /* U+0100 */
                                  "gggghhhhiiiiiiiiii..jjkk.lllllll"  /* U+0120 */
                                  "lllnnnnnn...oooooo..rrrrrrssssss"  /* U+0140 */
                                  "ssttttttuuuuuuuuuuuuwwyyyzzzzzzs"; /* U+0160 */

/* Writes the folded character to `folded` (room for 4) and returns its length. */
static size_t fold_character(const uint8_t *at, size_t size, uint8_t *folded)
{
    unsigned code = size == 2 ? (unsigned)(at[0] & 0x1f) << 6 | (at[1] & 0x3f) : 0;
    if (size == 1) {
        folded[0] = lower(at[0]);
        return 1;
    }
    if (code >= 0x300 && code <= 0x36f) {
        return 0; /* a combining mark after its letter */
    }
    if (code == 0xc6 || code == 0xe6) {
        memcpy(folded, "ae", 2);
        return 2;
    }
    if (code == 0xdf) {
        memcpy(folded, "ss", 2);
        return 2;
    }
    if (code == 0x152 || code == 0x153) {
        memcpy(folded, "oe", 2);
        return 2;
    }
    if (code >= 0xc0 && code <= 0x17f && latin_bases[code - 0xc0] != '.') {
        folded[0] = (uint8_t)latin_bases[code - 0xc0];
        return 1;
    }
    memcpy(folded, at, size);
    return size;
}

void text_fold(struct slice text, char *out, size_t size)
{
    ASSERT(size > 0);
    size_t length = 0;
    while (text.size > 0) {
        uint8_t folded[4] = {'?'};
        size_t step = text_character_size(text);
        size_t needed = step == 0 ? 1 : fold_character(text.data, step, folded);
        if (length + needed >= size) {
            break;
        }
        memcpy(out + length, folded, needed);
        length += needed;
        step = step == 0 ? 1 : step;
        text.data += step;
        text.size -= step;
    }
    out[length] = '\0';
}

static bool is_blank(uint8_t byte)
{
    return byte == ' ' || byte == '\t';
}

struct slice text_take_word(struct slice *text)
{
    size_t from = 0;
    while (from < text->size && is_blank(text->data[from])) {
        from++;
    }
    size_t to = from;
    while (to < text->size && !is_blank(text->data[to])) {
        to++;
    }
    struct slice word = slice_from(text->data + from, to - from);
    *text = slice_from(text->data + to, text->size - to);
    return word;
}
