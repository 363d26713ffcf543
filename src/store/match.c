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

bool match_next(struct match_words *words, struct slice *word, bool *prefix)
{
    struct slice text = words->text;
    text.size = text.size > SEARCH_TEXT_MAX ? SEARCH_TEXT_MAX : text.size;
    while (words->at < text.size && words->count < MATCH_WORDS_MAX) {
        size_t end = words->at;
        while (end < text.size && !is_gap(text.data[end])) {
            end++;
        }
        *word = slice_from(text.data + words->at, end - words->at);
        *prefix = end == text.size && word->size >= PREFIX_BYTES_MIN;
        words->at = end + 1;
        if (is_word(*word)) {
            words->count++;
            return true;
        }
    }
    return false;
}

bool match_build(struct slice text, const struct id *room, char out[MATCH_SIZE])
{
    struct writer writer = {.out = out};
    struct match_words words = {.text = text};
    struct slice word;
    bool prefix = false;
    char key[2 * ID_BYTES + 1];
    text_hex(id_slice(room), key);
    while (match_next(&words, &word, &prefix)) {
        put(&writer, words.count == 1 ? "" : " AND ");
        put_word(&writer, key, word);
        put(&writer, prefix ? " *" : "");
    }
    return words.count > 0;
}
