/* SPDX-License-Identifier: Apache-2.0 */
#include "store/match.h"

#include "unit.h"

#define KEY "ab010000000000000000000000000000"

static const struct id room = {{0xAB, 1}};

static void words_become_quoted_text_of_the_room(void)
{
    static const char *const cases[][2] = {
        {"hello", "\"" KEY "hello\" *"},
        {"hello ", "\"" KEY "hello\""},
        {"  two\twords", "\"" KEY "two\" AND \"" KEY "words\" *"},
        {"a", "\"" KEY "a\""},
        {"say \"no\"", "\"" KEY "say\" AND \"" KEY "\"\"no\"\"\" *"},
        {"a OR text:x* ^b",
         "\"" KEY "a\" AND \"" KEY "OR\" AND \"" KEY "text:x*\" AND \"" KEY "^b\" *"},
        {"two\x7fwords", "\"" KEY "two\" AND \"" KEY "words\" *"},
        {"-- x1", "\"" KEY "x1\" *"},
        {"\xC3\xA9t\xC3\xA9", "\"" KEY "\xC3\xA9t\xC3\xA9\" *"},
        {"1 2 3 4 5 6 7 8 9",
         "\"" KEY "1\" AND \"" KEY "2\" AND \"" KEY "3\" AND \"" KEY "4\" AND \"" KEY "5\" AND "
         "\"" KEY "6\" AND \"" KEY "7\" AND \"" KEY "8\""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char out[MATCH_SIZE];
        CHECK(match_build(slice_text(cases[i][0]), &room, out));
        CHECK(strcmp(out, cases[i][1]) == 0);
    }
}

static void without_a_word_there_is_nothing_to_find(void)
{
    char out[MATCH_SIZE];
    CHECK(!match_build(SLICE(""), &room, out));
    CHECK(!match_build(SLICE(" \"' -- * ()"), &room, out));
}

static void the_longest_text_fits(void)
{
    char text[SEARCH_TEXT_MAX + 100];
    memset(text, '"', sizeof(text));
    for (size_t i = 0; i < sizeof(text); i += 25) {
        text[i] = i % 50 == 0 ? ' ' : 'x';
    }
    char out[MATCH_SIZE];
    (void)match_build(slice_from(text, sizeof(text)), &room, out);
    CHECK(strlen(out) < MATCH_SIZE);
}

UNIT(words_become_quoted_text_of_the_room, without_a_word_there_is_nothing_to_find,
     the_longest_text_fits)
