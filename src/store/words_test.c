/* SPDX-License-Identifier: Apache-2.0 */
/* The words of messages as PostgreSQL gets them: its tsvector and tsquery, as text. */
#include "store/words.h"

#include <string.h>

#include "store/roomwords.h"
#include "unit.h"

#define KEY "ab010000000000000000000000000000"

static const struct id room = {{0xAB, 1}};
static struct words *words;
static struct buf out;

static void end(void)
{
    words_close(words);
    words = NULL;
    buf_fini(&out);
}

static void begin(size_t size_max)
{
    words = NULL;
    buf_init(&out, size_max);
    unit_finally(end);
    CHECK(words_open(&words) == OK);
}

static bool is(const char *text)
{
    bool same = slice_equal(buf_slice(&out), slice_text(text));
    buf_fini(&out);
    return same;
}

static void a_message_becomes_words_with_places_and_its_room(void)
{
    begin(10000);
    CHECK(words_vector(words,
                       SLICE(KEY "Die Br\xC3\xBC"
                                 "cke, O'Neil\\x"),
                       &out) == OK);
    CHECK(is("'" KEY "die':1 '" KEY "brucke':2 '" KEY "o':3 '" KEY "neil':4 '" KEY "x':5"));
    CHECK(words_vector(words, SLICE(KEY " -- !"), &out) == OK && is(""));
    CHECK(words_vector(words, SLICE("no key"), &out) == OK && is(""));
    end();
}

/* A word is cut behind a whole character. */
static void a_word_without_end_is_cut(void)
{
    char text[ROOMWORDS_KEY + 4 * ROOMWORDS_WORD_MAX];
    begin(10000);
    memset(text, 'z', sizeof(text));
    memcpy(text, KEY, ROOMWORDS_KEY);
    CHECK(words_vector(words, slice_from(text, sizeof(text)), &out) == OK);
    CHECK(buf_slice(&out).size == ROOMWORDS_KEY + ROOMWORDS_WORD_MAX + strlen("'':1"));
    buf_fini(&out);
    for (size_t i = ROOMWORDS_KEY + 1; i + 1 < sizeof(text); i += 2) {
        memcpy(text + i, "\xD1\x8F", 2); /* two bytes each, from an odd place on */
    }
    CHECK(words_vector(words, slice_from(text, sizeof(text) - 1), &out) == OK);
    struct slice whole = buf_slice(&out);
    CHECK(whole.size >= ROOMWORDS_KEY + ROOMWORDS_WORD_MAX + strlen("'':1") - 1);
    CHECK((whole.data[whole.size - 4] & 0xC0) == 0x80); /* the second byte of the last one */
    end();
}

static void what_is_typed_becomes_a_query(void)
{
    bool any = false;
    begin(10000);
    CHECK(words_query(words, SLICE("Hello"), &room, &out, &any) == OK && any);
    CHECK(is("('" KEY "hello':*)"));
    CHECK(words_query(words, SLICE("two words "), &room, &out, &any) == OK && any);
    CHECK(is("('" KEY "two') & ('" KEY "words')"));
    CHECK(words_query(words, SLICE("o'neil "), &room, &out, &any) == OK && any);
    CHECK(is("('" KEY "o' <-> '" KEY "neil')"));
    CHECK(words_query(words, SLICE("  -- "), &room, &out, &any) == OK && !any);
    buf_fini(&out);
    CHECK(words_query(words, SLICE("price \xE2\x82\xAC"), &room, &out, &any) == OK && !any);
    end();
}

static void a_full_buffer_is_told_at_every_byte(void)
{
    bool any = false;
    static const struct slice message = {(const uint8_t *)KEY "it is", ROOMWORDS_KEY + 5};
    for (size_t size = 0; size < 2 * ROOMWORDS_KEY + 13; size++) {
        begin(size);
        CHECK(words_vector(words, message, &out) == ERR_LIMIT);
        buf_fini(&out);
        CHECK(words_query(words, SLICE("it's is"), &room, &out, &any) == ERR_LIMIT);
        end();
    }
}

UNIT(a_message_becomes_words_with_places_and_its_room, a_word_without_end_is_cut,
     what_is_typed_becomes_a_query, a_full_buffer_is_told_at_every_byte)
