/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/jsoncheck.h"

#include <stdbool.h>

#include "base/text.h"
#include "wire/jsontext.h"

#define EXPONENT_MAX 300

const struct jsoncheck_limits jsoncheck_limits_default = {
    .size_max = 65536, .depth_max = JSONCHECK_DEPTH_MAX, .keys_max = JSONCHECK_KEYS_MAX};

/* One open array or object. The keys are where their strings begin in the text; their hash makes
 * comparing two different ones cheap. Level by level 64 keys, so the whole is a few KiB of stack.
 */
struct level {
    bool is_object;
    uint32_t keys_count;
    uint32_t hashes[JSONCHECK_KEYS_MAX];
    const uint8_t *keys[JSONCHECK_KEYS_MAX]; /* behind the opening quote */
};

struct checker {
    const uint8_t *at;
    const uint8_t *end;
    uint32_t depth;
    uint32_t depth_max;
    uint32_t keys_max;
    struct level levels[JSONCHECK_DEPTH_MAX];
};

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

/* The present byte; 0 at the end, which no rule accepts outside of a string. */
static uint8_t peek(const struct checker *checker)
{
    return checker->at < checker->end ? *checker->at : 0;
}

static void skip_blanks(struct checker *checker)
{
    while (checker->at < checker->end && (*checker->at == ' ' || *checker->at == '\t' ||
                                          *checker->at == '\n' || *checker->at == '\r')) {
        checker->at++;
    }
}

/* Takes the next character of a checked string in UTF-8; 0: it has ended. */
static size_t next_bytes(const uint8_t **at, const uint8_t *end, uint8_t out[4])
{
    if (**at == '"') {
        return 0;
    }
    if (**at != '\\') {
        out[0] = *(*at)++;
        return 1;
    }
    (*at)++;
    uint32_t code = 0;
    const char *error = jsontext_escape(at, end, &code);
    ASSERT(error == NULL); /* the string was checked before */
    return jsontext_utf8(code, out);
}

/* Compares two checked strings by what they mean, byte by byte of their UTF-8. */
static bool same_string(const uint8_t *a, const uint8_t *b, const uint8_t *end)
{
    uint8_t bytes_a[4] = {0};
    uint8_t bytes_b[4] = {0};
    size_t left_a = 0;
    size_t left_b = 0;
    size_t used_a = 0;
    size_t used_b = 0;
    for (;;) {
        if (used_a == left_a) {
            left_a = next_bytes(&a, end, bytes_a);
            used_a = 0;
        }
        if (used_b == left_b) {
            left_b = next_bytes(&b, end, bytes_b);
            used_b = 0;
        }
        if (left_a == 0 || left_b == 0) {
            return left_a == left_b;
        }
        if (bytes_a[used_a++] != bytes_b[used_b++]) {
            return false;
        }
    }
}

/* Checks a string whose quote is next; *hash (FNV-1a of its meaning) is for keys. That the bytes
 * are UTF-8 was checked for the whole text. */
static const char *check_string(struct checker *checker, uint32_t *hash)
{
    *hash = 2166136261U;
    checker->at++;
    while (checker->at < checker->end) {
        uint8_t bytes[4] = {*checker->at++};
        size_t size = 1;
        if (bytes[0] == '"') {
            return NULL;
        }
        if (bytes[0] < 0x20) {
            return "control character in a string";
        }
        if (bytes[0] == '\\') {
            uint32_t code = 0;
            const char *error = jsontext_escape(&checker->at, checker->end, &code);
            if (error != NULL) {
                return error;
            }
            size = jsontext_utf8(code, bytes);
        }
        for (size_t i = 0; i < size; i++) {
            *hash = (*hash ^ bytes[i]) * 16777619U;
        }
    }
    return "string without end";
}

static const char *check_number(struct checker *checker)
{
    const uint8_t *start = checker->at;
    if (peek(checker) == '-') {
        checker->at++;
    }
    if (!is_digit(peek(checker))) {
        return "number without digits";
    }
    if (*checker->at == '0' && checker->end - checker->at > 1 && is_digit(checker->at[1])) {
        return "number with a leading zero";
    }
    while (is_digit(peek(checker))) {
        checker->at++;
    }
    if (peek(checker) == '.') {
        checker->at++;
        if (!is_digit(peek(checker))) {
            return "number without digits behind its point";
        }
        while (is_digit(peek(checker))) {
            checker->at++;
        }
    }
    uint32_t exponent = 0;
    if ((peek(checker) | 0x20) == 'e') {
        checker->at++;
        if (peek(checker) == '+' || peek(checker) == '-') {
            checker->at++;
        }
        if (!is_digit(peek(checker))) {
            return "number without digits in its exponent";
        }
        while (is_digit(peek(checker))) {
            exponent = exponent > EXPONENT_MAX ? exponent : exponent * 10 + (*checker->at - '0');
            checker->at++;
        }
    }
    /* At most 32 digits and an exponent of 268 stay far below the largest double. */
    if (checker->at - start > JSONCHECK_NUMBER_SIZE_MAX ||
        exponent > EXPONENT_MAX - JSONCHECK_NUMBER_SIZE_MAX) {
        return "number out of range";
    }
    return NULL;
}

static const char *check_word(struct checker *checker, struct slice word)
{
    if ((size_t)(checker->end - checker->at) < word.size ||
        memcmp(checker->at, word.data, word.size) != 0) {
        return "unknown word";
    }
    checker->at += word.size;
    return NULL;
}

static const char *check_key(struct checker *checker)
{
    struct level *level = &checker->levels[checker->depth - 1];
    if (peek(checker) != '"') {
        return "object key expected";
    }
    if (level->keys_count == checker->keys_max) {
        return "too many keys in an object";
    }
    const uint8_t *key = checker->at + 1;
    uint32_t hash = 0;
    const char *error = check_string(checker, &hash);
    if (error != NULL) {
        return error;
    }
    for (uint32_t i = 0; i < level->keys_count; i++) {
        if (level->hashes[i] == hash && same_string(level->keys[i], key, checker->end)) {
            return "duplicate key in an object";
        }
    }
    level->hashes[level->keys_count] = hash;
    level->keys[level->keys_count] = key;
    level->keys_count++;
    skip_blanks(checker);
    if (peek(checker) != ':') {
        return "colon expected";
    }
    checker->at++;
    skip_blanks(checker);
    return NULL;
}

/* Checks a value up to its end, or up to the first thing inside when it is an array or object that
 * is not empty: *opened. */
static const char *check_value(struct checker *checker, bool *opened)
{
    uint32_t hash = 0;
    *opened = false;
    switch (peek(checker)) {
    case '"':
        return check_string(checker, &hash);
    case 't':
        return check_word(checker, SLICE("true"));
    case 'f':
        return check_word(checker, SLICE("false"));
    case 'n':
        return check_word(checker, SLICE("null"));
    case '{':
    case '[':
        break;
    default:
        return is_digit(peek(checker)) || peek(checker) == '-' ? check_number(checker)
                                                               : "value expected";
    }
    if (checker->depth == checker->depth_max) {
        return "too deep";
    }
    bool is_object = *checker->at++ == '{';
    skip_blanks(checker);
    if (peek(checker) == (is_object ? '}' : ']')) {
        checker->at++;
        return NULL;
    }
    struct level *level = &checker->levels[checker->depth++];
    level->is_object = is_object;
    level->keys_count = 0;
    *opened = true;
    return is_object ? check_key(checker) : NULL;
}

/* Behind a value: closes what ends here and goes to the next value, or to the end of all. */
static const char *check_behind(struct checker *checker)
{
    while (checker->depth > 0) {
        const struct level *level = &checker->levels[checker->depth - 1];
        skip_blanks(checker);
        uint8_t byte = peek(checker);
        if (byte == ',') {
            checker->at++;
            skip_blanks(checker);
            return level->is_object ? check_key(checker) : NULL;
        }
        if (byte != (level->is_object ? '}' : ']')) {
            return level->is_object ? "comma or } expected" : "comma or ] expected";
        }
        checker->at++;
        checker->depth--;
    }
    return NULL;
}

enum err jsoncheck(struct slice text, const struct jsoncheck_limits *limits)
{
    return jsoncheck_explain(text, limits) == NULL ? OK : ERR_INVALID;
}

const char *jsoncheck_explain(struct slice text, const struct jsoncheck_limits *limits)
{
    if (limits == NULL) {
        limits = &jsoncheck_limits_default;
    }
    ASSERT(limits->depth_max <= JSONCHECK_DEPTH_MAX && limits->keys_max <= JSONCHECK_KEYS_MAX);
    if (text.size == 0) {
        return "empty";
    }
    if (text.size > limits->size_max) {
        return "too long";
    }
    if (!text_is_utf8(text)) {
        return "not UTF-8";
    }
    struct checker checker;
    checker.at = text.data;
    checker.end = text.data + text.size;
    checker.depth = 0;
    checker.depth_max = limits->depth_max;
    checker.keys_max = limits->keys_max;
    skip_blanks(&checker);
    do {
        bool opened = false;
        const char *error = check_value(&checker, &opened);
        if (error == NULL && !opened) {
            error = check_behind(&checker);
        }
        if (error != NULL) {
            return error;
        }
    } while (checker.depth > 0);
    skip_blanks(&checker);
    return checker.at == checker.end ? NULL : "something behind the value";
}
