/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include "unit.h"

static void base64_follows_the_vectors_of_rfc_4648(void)
{
    static const char *const plain[] = {"", "f", "fo", "foo", "foob", "fooba", "foobar"};
    static const char *const coded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                        "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
    for (size_t i = 0; i < 7; i++) {
        char out[20];
        uint8_t back[6];
        text_base64(slice_text(plain[i]), out);
        CHECK(strcmp(out, coded[i]) == 0);
        text_base64url(slice_text(plain[i]), out);
        CHECK(strlen(out) == TEXT_BASE64URL_SIZE(i) && strncmp(out, coded[i], strlen(out)) == 0);
        CHECK(text_from_base64url(slice_text(out), back, i) == OK);
        CHECK(memcmp(back, plain[i], i) == 0);
    }
}

static void base64url_has_one_text_for_each_value(void)
{
    uint8_t out[4];
    CHECK(text_from_base64url(SLICE("_-8"), out, 2) == OK && out[0] == 0xff && out[1] == 0xef);
    CHECK(text_from_base64url(SLICE("Zh"), out, 1) == ERR_INVALID);
    CHECK(text_from_base64url(SLICE("Zg=="), out, 1) == ERR_INVALID);
    CHECK(text_from_base64url(SLICE("Z+8"), out, 2) == ERR_INVALID);
    CHECK(text_from_base64url(SLICE("Zm8"), out, 1) == ERR_INVALID);
    CHECK(text_from_base64url(SLICE("Zm8"), out, 3) == ERR_INVALID);
}

static void hex_goes_both_ways(void)
{
    uint8_t bytes[3];
    char out[7];
    CHECK(text_from_hex(SLICE("00fFa9"), bytes, 3) == OK);
    text_hex(slice_from(bytes, 3), out);
    CHECK(strcmp(out, "00ffa9") == 0);
    CHECK(text_from_hex(SLICE("00f"), bytes, 1) == ERR_INVALID);
    CHECK(text_from_hex(SLICE("0g"), bytes, 1) == ERR_INVALID);
    CHECK(text_from_hex(SLICE("00"), bytes, 3) == ERR_INVALID);
}

static void utf8_refuses_what_rfc_3629_refuses(void)
{
    CHECK(text_is_utf8(SLICE("")) && text_is_utf8(SLICE("ab\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80")));
    CHECK(text_is_utf8(SLICE("\xf4\x8f\xbf\xbf\xed\x9f\xbf\xee\x80\x80")));
    CHECK(!text_is_utf8(SLICE("\xc0\x80")) && !text_is_utf8(SLICE("\xc1\xbf")));
    CHECK(!text_is_utf8(SLICE("\xe0\x9f\xbf")) && !text_is_utf8(SLICE("\xf0\x8f\xbf\xbf")));
    CHECK(!text_is_utf8(SLICE("\xed\xa0\x80")) && !text_is_utf8(SLICE("\xf4\x90\x80\x80")));
    CHECK(!text_is_utf8(SLICE("\xf5\x80\x80\x80")) && !text_is_utf8(SLICE("\x80")));
    CHECK(!text_is_utf8(SLICE("12345678\xe2\x82")) && !text_is_utf8(SLICE("1234567\xff")));
}

static void numbers_are_plain_decimals_within_the_maximum(void)
{
    uint64_t out = 7;
    CHECK(text_parse_number(SLICE("0"), 10, &out) == OK && out == 0);
    CHECK(text_parse_number(SLICE("10"), 10, &out) == OK && out == 10);
    CHECK(text_parse_number(SLICE("11"), 10, &out) == ERR_INVALID && out == 10);
    CHECK(text_parse_number(SLICE("18446744073709551615"), UINT64_MAX, &out) == OK);
    CHECK(out == UINT64_MAX);
    CHECK(text_parse_number(SLICE("18446744073709551616"), UINT64_MAX, &out) == ERR_INVALID);
    CHECK(text_parse_number(SLICE(""), 10, &out) == ERR_INVALID);
    CHECK(text_parse_number(SLICE("+1"), 10, &out) == ERR_INVALID);
    CHECK(text_parse_number(SLICE("-1"), 10, &out) == ERR_INVALID);
    CHECK(text_parse_number(SLICE("01"), 10, &out) == ERR_INVALID);
    CHECK(text_parse_number(SLICE("1 "), 10, &out) == ERR_INVALID);
}

static void a_clean_copy_has_no_controls_and_whole_characters(void)
{
    char out[8];
    text_copy_clean(SLICE("a\nb\x7f\xc2\x85\xe2\x80\xae\xff"), out, sizeof(out));
    CHECK(strcmp(out, "a?b????") == 0);
    text_copy_clean(SLICE("abcdef\xc3\xa4"), out, sizeof(out));
    CHECK(strcmp(out, "abcdef") == 0);
    text_copy_clean(SLICE("abc"), out, 1);
    CHECK(out[0] == '\0');
}

static void folding_finds_names_without_their_marks(void)
{
    char out[32];
    text_fold(SLICE("J\xc3\xbcrgen \xc3\x98st"), out, sizeof(out));
    CHECK(strcmp(out, "jurgen ost") == 0);
    text_fold(SLICE("Stra\xc3\x9f"
                    "e \xc5\x92uvre Ze\xcc\x81"),
              out, sizeof(out));
    CHECK(strcmp(out, "strasse oeuvre ze") == 0);
    text_fold(SLICE("\xd0\x96\xff"), out, sizeof(out));
    CHECK(strcmp(out, "\xd0\x96?") == 0);
    text_fold(SLICE("abcdef"), out, 4);
    CHECK(strcmp(out, "abc") == 0);
}

static void only_ascii_is_compared_without_case(void)
{
    CHECK(text_equal_nocase(SLICE("Upgrade"), SLICE("uPGRADE")));
    CHECK(!text_equal_nocase(SLICE("a"), SLICE("ab")) &&
          !text_equal_nocase(SLICE("@"), SLICE("`")));
}

UNIT(base64_follows_the_vectors_of_rfc_4648, base64url_has_one_text_for_each_value,
     hex_goes_both_ways, utf8_refuses_what_rfc_3629_refuses,
     numbers_are_plain_decimals_within_the_maximum,
     a_clean_copy_has_no_controls_and_whole_characters, folding_finds_names_without_their_marks,
     only_ascii_is_compared_without_case)
