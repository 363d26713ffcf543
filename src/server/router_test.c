/* SPDX-License-Identifier: Apache-2.0 */
#include "server/router.h"

#include "unit.h"

static void matches_whole_paths_only(void)
{
    struct slice part;
    CHECK(router_match("/api/me", SLICE("/api/me"), &part));
    CHECK(!router_match("/api/me", SLICE("/api/me/"), &part));
    CHECK(!router_match("/api/me", SLICE("/api/m"), &part));
    CHECK(!router_match("/api/me", SLICE(""), &part));
}

static void a_name_in_brackets_is_one_segment_that_is_not_empty(void)
{
    struct slice part;
    CHECK(router_match("/people/<name>", SLICE("/people/mary"), &part));
    CHECK(slice_equal(part, SLICE("mary")));
    CHECK(!router_match("/people/<name>", SLICE("/people/"), &part));
    CHECK(!router_match("/people/<name>", SLICE("/people/a/b"), &part));
    CHECK(!router_match("/people/<name>", SLICE("/people"), &part));
}

static void decodes_a_query(void)
{
    char text[8];
    size_t size = 0;
    CHECK(router_query(SLICE("a=1&q=%C3%A9+x"), "q", text, sizeof(text), &size) == OK);
    CHECK(size == 4 && strcmp(text, "\xc3\xa9 x") == 0);
    CHECK(router_query(SLICE("q"), "q", text, sizeof(text), &size) == OK && size == 0);
    CHECK(router_query(SLICE("qq=1"), "q", text, sizeof(text), &size) == ERR_NOT_FOUND);
}

static void refuses_a_bad_query(void)
{
    char text[8];
    size_t size = 0;
    const char *const bad[] = {"q=%",   "q=%4",    "q=%zz",      "q=%00",
                               "q=%ff", "q=1&q=2", "q=12345678", "q=%C3"};
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(router_query(slice_text(bad[i]), "q", text, sizeof(text), &size) == ERR_INVALID);
    }
}

static void finds_the_one_cookie_of_a_name(void)
{
    CHECK(slice_equal(router_cookie(SLICE("a=b; visavis=xyz; c=d"), "visavis"), SLICE("xyz")));
    CHECK(router_cookie(SLICE("xvisavis=1; visavisx=2; visavis"), "visavis").size == 0);
    /* Two of one name: somebody has planted one, so neither counts. */
    CHECK(router_cookie(SLICE("visavis=1; visavis=2"), "visavis").size == 0);
    CHECK(router_cookie(SLICE("visavis=1; visavis=2; visavis=3"), "visavis").size == 0);
}

static void segments_are_counted_from_the_start(void)
{
    struct slice path = SLICE("/api/rooms/x/members/y");
    CHECK(slice_equal(router_segment(path, 0), SLICE("api")));
    CHECK(slice_equal(router_segment(path, 2), SLICE("x")));
    CHECK(slice_equal(router_segment(path, 4), SLICE("y")));
    CHECK(router_segment(path, 5).size == 0);
    CHECK(router_segment(SLICE("/"), 0).size == 0);
    CHECK(router_segment(SLICE("/a//b"), 1).size == 0);
    CHECK(slice_equal(router_segment(SLICE("/a//b"), 2), SLICE("b")));
}

UNIT(segments_are_counted_from_the_start, matches_whole_paths_only,
     a_name_in_brackets_is_one_segment_that_is_not_empty, decodes_a_query, refuses_a_bad_query,
     finds_the_one_cookie_of_a_name)
