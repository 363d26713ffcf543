/* SPDX-License-Identifier: Apache-2.0 */
#include "model/model.h"

#include "unit.h"

/* From the "big list of naughty strings" and what names on pages have been abused with. */
static const char *const naughty[] = {
    "undefined",
    "null",
    "(null)",
    "true",
    "hasOwnProperty",
    "\\",
    "../../etc/passwd",
    "1/0",
    "-1",

    "$HOME",
    "`ls`",
    "$(touch x)",
    "%s%s%n",
    "%d",
    "1;DROP TABLE users",
    "' OR 1=1 -- 1",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "CON",
    "\xC3\x85\xC3\x8D",
    "\xE7\x94\xB0\xE4\xB8\xAD",
    "Mary",
    "MARY",
    "mary ",
    " mary",
    "m ary",
    "mary\n",
    "mary\r\nSet-Cookie: a",
    "mary\t",
    "\xEF\xBB\xBF",
    "ma\xE2\x80\x8Bry",
    ".mary",
    "-x",
    "_x",
    "mary@host",
    "mary/..",
    "m\xC0\xAEry",
    "\xED\xA0\x80",
    "\xFF",
    "m\xD0\xB0ry",
};

static void no_hostile_text_is_a_user_name(void)
{
    for (size_t i = 0; i < sizeof(naughty) / sizeof(naughty[0]); i++) {
        const char *why = NULL;
        /* "undefined", "null", "true" are plain words: somebody may be called so. */
        bool plain = i == 0 || i == 1 || i == 3;
        enum err want = plain ? OK : ERR_INVALID;
        CHECK(model_check_user_name(slice_text(naughty[i]), &why) == want);
        CHECK((why != NULL) == (want != OK));
    }
    CHECK(model_check_user_name(SLICE("mary\0x"), NULL) == ERR_INVALID);
}

static void a_user_name_has_1_to_32_characters(void)
{
    CHECK(model_check_user_name(SLICE(""), NULL) == ERR_INVALID);
    CHECK(model_check_user_name(SLICE("m"), NULL) == OK);
    CHECK(model_check_user_name(SLICE("0.a_b-c"), NULL) == OK);
    CHECK(model_check_user_name(SLICE("abcdefghijklmnopqrstuvwxyz012345"), NULL) == OK);
    CHECK(model_check_user_name(SLICE("abcdefghijklmnopqrstuvwxyz0123456"), NULL) == ERR_INVALID);
}

static void text_is_visible_utf8_without_controls(void)
{
    CHECK(model_check_text(SLICE("Zo\xC3\xAB O'Neill <z>"), 1, 128, NULL) == OK);
    CHECK(model_check_text(SLICE("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB"), 1, 128, NULL) ==
          OK); /* an emoji with a joiner */
    CHECK(model_check_text(SLICE(""), 0, 128, NULL) == OK);
    static const char *const refused[] = {
        "",
        "   ",
        "\xC2\xA0",
        "\xE2\x80\x8B",
        "a\nb",
        "a\x7F",
        "a\xC2\x85",
        "\xE2\x80\xAE"
        "abc", /* U+202E turns the text round */
        "a\xE2\x81\xA6"
        "b", /* U+2066 */
        "a\xE2\x80\xA8"
        "b", /* U+2028 */
        "\xC0\x80",
        "\xED\xA0\x80",
        "\xF4\x90\x80\x80",
        "abc\xE2\x80",
    };
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        CHECK(model_check_text(slice_text(refused[i]), 1, 128, NULL) == ERR_INVALID);
    }
    CHECK(model_check_text(SLICE("a\0b"), 1, 128, NULL) == ERR_INVALID);
    CHECK(model_check_text(SLICE("1234"), 1, 4, NULL) == OK);
    CHECK(model_check_text(SLICE("12345"), 1, 4, NULL) == ERR_INVALID);
}

static void lines_may_have_what_a_name_may_not(void)
{
    CHECK(model_check_lines(SLICE("one\n\ttwo"), 1, 100, NULL) == OK);
    CHECK(model_check_lines(SLICE("\xE2\x80\x8E"
                                  "a"),
                            1, 100, NULL) == OK); /* U+200E */
    CHECK(model_check_lines(SLICE("a\r\n"), 1, 100, NULL) == ERR_INVALID);
    CHECK(model_check_lines(SLICE("a\x1b[2J"), 1, 100, NULL) == ERR_INVALID);
    CHECK(model_check_lines(SLICE("a\xE2\x80\xAE"
                                  "b"),
                            1, 100, NULL) == ERR_INVALID); /* U+202E */
    CHECK(model_check_lines(SLICE(" \n\t\n"), 1, 100, NULL) == ERR_INVALID);
    CHECK(model_check_lines(SLICE("a\xFF"), 1, 100, NULL) == ERR_INVALID);
    CHECK(model_check_lines(SLICE("12345"), 1, 4, NULL) == ERR_INVALID);
}

static void an_email_is_a_name_at_a_host_or_empty(void)
{
    static const char *const right[] = {"", "mary@example.org", "m.o'n+x@a-b.example",
                                        "x@localhost",
                                        "z\xC3\xB6@b\xC3\xBC"
                                        "cher.example"};
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        CHECK(model_check_email(slice_text(right[i]), NULL) == OK);
    }
    static const char *const refused[] = {
        "mary",   "@example.org", "mary@", "a@b@c", "a b@c",           "a@b c", "a@.b",  "a@b.",
        "a@b..c", "a@-b",         "a@b-",  "<a@b>", "a@b\r\nBcc: c@d", "a,b@c", "a@b/c", "\"a\"@b"};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        const char *why = NULL;
        CHECK(model_check_email(slice_text(refused[i]), &why) == ERR_INVALID);
        CHECK(why != NULL);
    }
}

static void a_password_has_10_to_256_bytes_of_text(void)
{
    char text[258];
    memset(text, 'x', sizeof(text));
    CHECK(model_check_password(slice_from(text, 9), NULL) == ERR_INVALID);
    CHECK(model_check_password(slice_from(text, 10), NULL) == OK);
    CHECK(model_check_password(slice_from(text, 256), NULL) == OK);
    CHECK(model_check_password(slice_from(text, 257), NULL) == ERR_INVALID);
    CHECK(model_check_password(SLICE("correct horse \xE2\x82\xAC"), NULL) == OK);
    CHECK(model_check_password(SLICE("correct\0horse"), NULL) == ERR_INVALID);
    CHECK(model_check_password(SLICE("correct\nhorse"), NULL) == ERR_INVALID);
    CHECK(model_check_password(SLICE("correct horse \xFF"), NULL) == ERR_INVALID);
}

static void a_key_is_of_small_letters_digits_and_hyphens(void)
{
    static const char *const right[] = {"a", "web-rtc", "0", "a-", "12345678"};
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        CHECK(model_check_key(slice_text(right[i]), 8, NULL) == OK);
    }
    static const char *const refused[] = {"", "-a", "A", "a_b", "a b", "a/b", "123456789"};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        const char *why = NULL;
        CHECK(model_check_key(slice_text(refused[i]), 8, &why) == ERR_INVALID);
        CHECK(why != NULL);
    }
}

/* RFC 5321 section 4.5.3.1: 64 octets before the @, 254 in all. */
static void an_email_has_its_lengths(void)
{
    char text[400];
    memset(text, 'x', sizeof(text));
    text[64] = '@';
    CHECK(model_check_email(slice_from(text, 254), NULL) == OK);
    CHECK(model_check_email(slice_from(text, 255), NULL) == ERR_INVALID);
    text[64] = 'x';
    text[65] = '@';
    CHECK(model_check_email(slice_from(text, 100), NULL) == ERR_INVALID);
    CHECK(model_check_email(SLICE("a@B.Example"), NULL) == OK);
    CHECK(model_check_email(SLICE("a@B_C"), NULL) == ERR_INVALID);
    CHECK(model_check_email(SLICE("a@b[c"), NULL) == ERR_INVALID);
}

static void a_text_that_is_too_short_is_told_from_a_missing_one(void)
{
    const char *why = NULL;
    CHECK(model_check_text(SLICE("ab"), 3, 9, &why) == ERR_INVALID);
    CHECK(strcmp(why, "the text is too short") == 0);
    CHECK(model_check_text(SLICE(""), 3, 9, &why) == ERR_INVALID);
    CHECK(strcmp(why, "the text is missing") == 0);
    CHECK(model_check_password(SLICE("correct\x7fhorse"), NULL) == ERR_INVALID);
}

static void a_group_is_a_path_of_names(void)
{
    static const char *const right[] = {"sales", "platform/administrators", "a/b/c", "0"};
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        CHECK(model_check_group(slice_text(right[i]), NULL) == OK);
    }
    static const char *const refused[] = {"",      "/",   "/a",  "a/", "a//b", "a/../b",
                                          "Sales", "a b", "a\n", "-a", "a/.b"};
    for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        const char *why = NULL;
        CHECK(model_check_group(slice_text(refused[i]), &why) == ERR_INVALID);
        CHECK(why != NULL);
    }
    char longest[GROUP_NAME_MAX + 1];
    memset(longest, 'g', sizeof(longest));
    CHECK(model_check_group(slice_from(longest, GROUP_NAME_MAX), NULL) == OK);
    CHECK(model_check_group(slice_from(longest, GROUP_NAME_MAX + 1), NULL) == ERR_INVALID);
}

static void the_name_of_who_was_erased_is_made_of_the_id(void)
{
    struct user user = {.id = {{0x01, 0xab, 0, 0, 0, 0, 0, 0xff, 9}}};
    model_erased_name(&user.id, user.name);
    CHECK(strcmp(user.name, "deleted-01ab0000000000ff") == 0);
    CHECK(model_is_erased(&user));
    user.id.bytes[0] = 2; /* somebody else, who chose that name */
    CHECK(!model_is_erased(&user));
}

UNIT(no_hostile_text_is_a_user_name, a_user_name_has_1_to_32_characters,
     text_is_visible_utf8_without_controls, lines_may_have_what_a_name_may_not,
     an_email_is_a_name_at_a_host_or_empty, a_password_has_10_to_256_bytes_of_text,
     a_group_is_a_path_of_names, a_key_is_of_small_letters_digits_and_hyphens,
     an_email_has_its_lengths, a_text_that_is_too_short_is_told_from_a_missing_one,
     the_name_of_who_was_erased_is_made_of_the_id)
