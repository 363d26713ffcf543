/* SPDX-License-Identifier: Apache-2.0 */
#include "store/match.h"

#include "unit.h"

static void words_become_quoted_text(void)
{
    static const char *const cases[][2] = {
        {"hello", "text : (\"hello\" *)"},
        {"hello ", "text : (\"hello\")"},
        {"  two\twords", "text : (\"two\" AND \"words\" *)"},
        {"a", "text : (\"a\")"},
        {"say \"no\"", "text : (\"say\" AND \"\"\"no\"\"\" *)"},
        {"a OR room:x* ^b", "text : (\"a\" AND \"OR\" AND \"room:x*\" AND \"^b\" *)"},
        {"-- x1", "text : (\"x1\" *)"},
        {"\xC3\xA9t\xC3\xA9", "text : (\"\xC3\xA9t\xC3\xA9\" *)"},
        {"1 2 3 4 5 6 7 8 9", "text : (\"1\" AND \"2\" AND \"3\" AND \"4\" AND \"5\" AND \"6\" AND "
                              "\"7\" AND \"8\")"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[MATCH_SIZE];
        CHECK(match_build(slice_text(cases[i][0]), NULL, out));
        CHECK(strcmp(out, cases[i][1]) == 0);
    }
}

static void without_a_word_there_is_nothing_to_find(void)
{
    char out[MATCH_SIZE];
    CHECK(!match_build(SLICE(""), NULL, out));
    CHECK(!match_build(SLICE(" \"' -- * ()"), NULL, out));
}

static void a_room_is_one_more_word(void)
{
    struct id room = {{0xAB, 1}};
    char out[MATCH_SIZE];
    CHECK(match_build(SLICE("x"), &room, out));
    CHECK(strcmp(out, "text : (\"x\") AND room : \"ab010000000000000000000000000000\"") == 0);
}

static void the_longest_text_fits(void)
{
    char text[SEARCH_TEXT_MAX + 100];
    memset(text, '"', sizeof(text));
    for (size_t i = 0; i < sizeof(text); i += 25) {
        text[i] = i % 50 == 0 ? ' ' : 'x';
    }
    struct id room = {{0}};
    char out[MATCH_SIZE];
    (void)match_build(slice_from(text, sizeof(text)), &room, out);
    CHECK(strlen(out) < MATCH_SIZE);
}

UNIT(words_become_quoted_text, without_a_word_there_is_nothing_to_find, a_room_is_one_more_word,
     the_longest_text_fits)
