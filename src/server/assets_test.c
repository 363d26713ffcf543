/* SPDX-License-Identifier: Apache-2.0 */
#include "server/assets.h"

#include "unit.h"

static const uint8_t bytes[3];
static const struct asset all = {
    .path = "/x", .starts = {bytes, bytes, bytes}, .ends = {bytes + 3, bytes + 2, bytes + 1}};
static const struct asset plain = {.path = "/y", .starts = {bytes}, .ends = {bytes + 3}};

static void chooses_the_smallest_coding_that_is_taken(void)
{
    static const struct {
        const char *header;
        enum asset_coding coding;
    } cases[] = {
        {"", ASSET_IDENTITY},         {"gzip, deflate, br, zstd", ASSET_BROTLI},
        {"gzip", ASSET_GZIP},         {"GZIP;q=0.5", ASSET_GZIP},
        {"br;q=0, gzip", ASSET_GZIP}, {"br ; q=0.000 , gzip;Q=0", ASSET_IDENTITY},
        {"br;q=0.001", ASSET_BROTLI}, {"brr, xgzip", ASSET_IDENTITY},
        {",,;,", ASSET_IDENTITY},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        CHECK(assets_choose(&all, slice_text(cases[i].header)) == cases[i].coding);
        CHECK(assets_choose(&plain, slice_text(cases[i].header)) == ASSET_IDENTITY);
    }
    CHECK(assets_body(&all, ASSET_GZIP).size == 2);
}

static void compares_etags_weakly(void)
{
    CHECK(assets_etag_matches(SLICE("\"a\", W/\"b\""), "\"b\""));
    CHECK(assets_etag_matches(SLICE("*"), "\"b\""));
    CHECK(!assets_etag_matches(SLICE("\"bb\""), "\"b\""));
    CHECK(!assets_etag_matches(SLICE(""), "\"b\""));
}

static void finds_every_packed_file_and_no_other(void)
{
    CHECK(assets_count >= 2);
    for (uint32_t i = 0; i < assets_count; i++) {
        CHECK(assets_find(slice_text(assets_table[i].path)) == &assets_table[i]);
    }
    CHECK(assets_find(SLICE("/index.html")) != NULL);
    CHECK(assets_find(SLICE("/index.htm")) == NULL);
    CHECK(assets_find(SLICE("/index.html/")) == NULL);
    CHECK(assets_find(SLICE("")) == NULL);
    CHECK(assets_find(SLICE("/../meson.build")) == NULL);
}

UNIT(chooses_the_smallest_coding_that_is_taken, compares_etags_weakly,
     finds_every_packed_file_and_no_other)
