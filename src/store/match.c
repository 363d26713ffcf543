/* SPDX-License-Identifier: Apache-2.0 */
#include "store/match.h"

#include "base/text.h"

#define PREFIX_BYTES_MIN 2

struct writer {
    char *out;
    size_t size;
};

static void put(struct writer *writer, const char *text)
{
    size_t size = strlen(text);
    ASSERT(writer->size + size < MATCH_SIZE);
    memcpy(writer->out + writer->size, text, size + 1);
    writer->size += size;
}

static bool is_gap(uint8_t c)
{
    return c <= ' ' || c == 0x7F;
}

/* Only punctuation is no word: FTS5 would find nothing for it. */
static bool is_word(struct slice text)
{
    for (size_t i = 0; i < text.size; i++) {
        uint8_t c = text.data[i];
        if (c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
            (c >= 'A' && c <= 'Z')) {
            return true;
        }
    }
    return false;
}

/* In quotation marks everything is text; a quotation mark is doubled. */
static void put_word(struct writer *writer, const char *key, struct slice word)
{
    put(writer, "\"");
    put(writer, key);
    for (size_t i = 0; i < word.size; i++) {
        char c[3] = {(char)word.data[i], '\0', '\0'};
        if (c[0] == '"') {
            c[1] = '"';
        }
        put(writer, c);
    }
    put(writer, "\"");
}

bool match_build(struct slice text, const struct id *room, char out[MATCH_SIZE])
{
    struct writer writer = {.out = out};
    char key[2 * ID_BYTES + 1];
    size_t words = 0;
    text_hex(id_slice(room), key);
    if (text.size > SEARCH_TEXT_MAX) {
        text.size = SEARCH_TEXT_MAX;
    }
    for (size_t at = 0; at < text.size && words < MATCH_WORDS_MAX;) {
        size_t end = at;
        while (end < text.size && !is_gap(text.data[end])) {
            end++;
        }
        struct slice word = slice_from(text.data + at, end - at);
        if (is_word(word)) {
            put(&writer, words == 0 ? "" : " AND ");
            put_word(&writer, key, word);
            put(&writer, end == text.size && word.size >= PREFIX_BYTES_MIN ? " *" : "");
            words++;
        }
        at = end + 1;
    }
    return words > 0;
}
