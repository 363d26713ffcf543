/* SPDX-License-Identifier: Apache-2.0 */
#include "wire/jsoncheck.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

/* Valid by RFC 8259, refused by our stricter rules. */
static const char *const stricter[] = {
    "y_number_double_close_to_zero.json", /* 80 characters */
    "y_object_duplicated_key.json",       "y_object_duplicated_key_and_value.json",
    "y_object_escaped_null_in_key.json",  "y_string_null_escape.json",
};

static bool refuses(const char *text, const char *word)
{
    const char *error = jsoncheck_explain(slice_text(text), NULL);
    return error != NULL && strstr(error, word) != NULL;
}

static bool accepts(const char *text)
{
    return jsoncheck(slice_text(text), NULL) == OK;
}

static bool is_stricter(const char *name)
{
    for (size_t i = 0; i < sizeof(stricter) / sizeof(stricter[0]); i++) {
        if (strcmp(name, stricter[i]) == 0) {
            return true;
        }
    }
    return false;
}

/* Whether the check says of the file what its name says: y_ is valid, n_ is not. */
static bool file_is_as_named(const char *folder, const char *name)
{
    static uint8_t data[200000];
    char path[1024];
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    size_t size = fread(data, 1, sizeof(data), file);
    (void)fclose(file);
    bool valid = jsoncheck(slice_from(data, size), NULL) == OK;
    bool expected = name[0] == 'y' && !is_stricter(name);
    if (valid != expected) {
        (void)fprintf(stderr, "%s is %s\n", name, valid ? "accepted" : "refused");
    }
    return valid == expected;
}

static void the_collection_is_judged_as_its_names_say(void)
{
    const char *top = getenv("VISAVIS_TOP"); /* set by meson; else run from the top folder */
    char folder[512];
    (void)snprintf(folder, sizeof(folder), "%s/tests/fuzz/corpus/json", top == NULL ? "." : top);
    DIR *dir = opendir(folder);
    CHECK(dir != NULL);
    size_t judged = 0;
    size_t wrong = 0;
    for (const struct dirent *entry = NULL; (entry = readdir(dir)) != NULL;) {
        if (strncmp(entry->d_name, "y_", 2) == 0 || strncmp(entry->d_name, "n_", 2) == 0) {
            judged++;
            wrong += file_is_as_named(folder, entry->d_name) ? 0 : 1;
        }
    }
    (void)closedir(dir);
    CHECK(judged > 250 && wrong == 0);
}

static void keys_that_mean_the_same_are_duplicates(void)
{
    CHECK(refuses("{\"a\":1,\"b\":2,\"a\":3}", "duplicate"));
    CHECK(refuses("{\"a\":1,\"\\u0061\":3}", "duplicate"));
    CHECK(refuses("{\"\xf0\x9f\x98\x80\":1,\"\\uD83D\\ude00\":3}", "duplicate"));
    CHECK(refuses("{\"/\":1,\"\\/\":3}", "duplicate") && refuses("{\"\":1,\"\":3}", "duplicate"));
    CHECK(refuses("{\"\\u00e9\":1,\"\xc3\xa9\":3}", "duplicate"));
    CHECK(refuses("[{\"x\":{\"a\":1},\"x\":2}]", "duplicate"));
    CHECK(accepts("{\"a\":{\"a\":1},\"b\":[{\"a\":2},{\"a\":3}],\"A\":0,\"aa\":0}"));
}

/* FNV-1a gives the same for these: an attacker may choose such keys, and they are two. */
static void keys_of_the_same_hash_are_compared(void)
{
    CHECK(accepts("{\"costarring\":1,\"liquid\":2}"));
    CHECK(accepts("{\"declinate\":1,\"macallums\":2}"));
    CHECK(refuses("{\"costarring\":1,\"liquid\":2,\"costarring\":3}", "duplicate"));
    CHECK(accepts("{\"ckxqw6w\":1,\"c\":2}")); /* one begins like the other */
    CHECK(accepts("{\"c\":1,\"ckxqw6w\":2}"));
}

static void the_offence_is_named(void)
{
    CHECK(refuses("", "empty") && refuses(" ", "value expected"));
    CHECK(refuses("1 2", "behind") && refuses("{}}", "behind") && refuses("\"a", "without end"));
    CHECK(refuses("\"\\ud800\"", "surrogate") && refuses("\"\\udc00\\ud800\"", "surrogate"));
    CHECK(refuses("\"\\ud800abcdefg\"", "surrogate"));
    CHECK(refuses("\"\\ud800\\nabcdef\"", "surrogate"));
    CHECK(refuses("\"\\ud800\\ue000\"", "surrogate"));
    CHECK(refuses("\"\\ud800\\u0041\"", "surrogate"));
    CHECK(refuses("\"\\u0000\"", "U+0000") && refuses("\"\\x\"", "escape"));
    CHECK(refuses("\"\x01\"", "control") && refuses("\"\xff\"", "UTF-8"));
    CHECK(refuses("\xef\xbb\xbf{}", "value expected") && refuses("01", "zero"));
    CHECK(accepts("0") && accepts("\t[1,\r\n 0]\n"));
    CHECK(refuses("1e9999999999999", "range") && refuses("-1.", "point"));
    CHECK(refuses("111111111111111111111111111111111", "range") && accepts("1e268"));
    CHECK(refuses("{\"a\"}", "colon") && refuses("{\"a\":1,}", "key") && refuses("[1,]", "value"));
    CHECK(refuses("[1}", "comma or ]") && refuses("{\"a\":1]", "comma or }"));
    CHECK(jsoncheck(SLICE("[1]\0"), NULL) == ERR_INVALID);
}

static void the_limits_hold_at_their_edge(void)
{
    struct jsoncheck_limits limits = {.size_max = 20, .depth_max = 2, .keys_max = 2};
    CHECK(jsoncheck(SLICE("[[1,2,3,4,5,6,7,8]] "), &limits) == OK);
    CHECK(jsoncheck(SLICE("[[1,2,3,4,5,6,7,8]]  "), &limits) == ERR_INVALID);
    CHECK(jsoncheck(SLICE("[[[]]]"), &limits) == ERR_INVALID);
    CHECK(jsoncheck(SLICE("{\"a\":1,\"b\":2}"), &limits) == OK);
    CHECK(jsoncheck(SLICE("{\"a\":1,\"b\":2,\"c\":3}"), &limits) == ERR_INVALID);
    CHECK(accepts("[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]"));
    CHECK(refuses("[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", "deep"));
}

static void every_cut_of_a_message_is_refused_without_reading_on(void)
{
    static const char text[] =
        "{\"a\\u00e4\":[1.5e+3,true,null,{\"b\":\"\\ud83d\\ude00\"}],\"c\":\"\"}";
    for (size_t size = 0; size < sizeof(text) - 1; size++) {
        uint8_t *copy = malloc(size + 1);
        CHECK(copy != NULL);
        memcpy(copy + 1, text, size);
        enum err err = jsoncheck(slice_from(copy + 1, size), NULL);
        free(copy);
        CHECK(err == ERR_INVALID);
    }
    CHECK(accepts(text));
}

UNIT(the_collection_is_judged_as_its_names_say, keys_that_mean_the_same_are_duplicates,
     keys_of_the_same_hash_are_compared, the_offence_is_named, the_limits_hold_at_their_edge,
     every_cut_of_a_message_is_refused_without_reading_on)
