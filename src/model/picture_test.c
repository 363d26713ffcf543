/* SPDX-License-Identifier: Apache-2.0 */
#include "model/model.h"

#include "unit.h"

/* 16 by 16, lossless: header, one chunk of 6 bytes. */
static const uint8_t lossless[] = {'R', 'I', 'F', 'F', 18, 0, 0, 0,    'W', 'E',  'B', 'P', 'V',
                                   'P', '8', 'L', 6,   0,  0, 0, 0x2F, 15,  0xC0, 3,   0,   0};
/* 64 by 64, lossy, with a canvas. */
static const uint8_t extended[] = {
    'R', 'I', 'F', 'F', 40, 0, 0, 0, 'W', 'E', 'B', 'P',                              /* file */
    'V', 'P', '8', 'X', 10, 0, 0, 0, 0,   0,   0,   0,    63,   0,    0,  63, 0,  0,  /* VP8X */
    'V', 'P', '8', ' ', 10, 0, 0, 0, 0,   0,   0,   0x9D, 0x01, 0x2A, 64, 0,  64, 0}; /* VP8 */

static enum err check_changed(size_t at, uint8_t value)
{
    uint8_t copy[sizeof(extended)];
    memcpy(copy, extended, sizeof(copy));
    copy[at] = value;
    return model_check_avatar(slice_from(copy, sizeof(copy)), NULL);
}

static void takes_a_square_still_picture(void)
{
    const char *why = "";
    CHECK(model_check_avatar(slice_from(lossless, sizeof(lossless)), &why) == OK);
    CHECK(model_check_avatar(slice_from(extended, sizeof(extended)), &why) == OK);
}

static void refuses_every_shortened_file(void)
{
    for (size_t size = 0; size < sizeof(extended); size++) {
        CHECK(model_check_avatar(slice_from(extended, size), NULL) == ERR_INVALID);
        uint8_t copy[sizeof(extended)];
        memcpy(copy, extended, size);
        if (size > 8) {
            copy[4] = (uint8_t)(size - 8); /* a header that agrees with the cut */
        }
        CHECK(model_check_avatar(slice_from(copy, size), NULL) == ERR_INVALID);
    }
}

static void refuses_what_is_not_square_too_large_or_off_its_canvas(void)
{
    CHECK(check_changed(46, 65) == ERR_INVALID); /* the height of the picture */
    CHECK(check_changed(27, 62) == ERR_INVALID); /* of the canvas */
    uint8_t copy[sizeof(extended)];
    memcpy(copy, extended, sizeof(copy));
    copy[24] = 0; /* 257 by 257 */
    copy[25] = 1;
    copy[27] = 0;
    copy[28] = 1;
    copy[44] = 1;
    copy[45] = 1;
    copy[46] = 1;
    copy[47] = 1;
    const char *why = "";
    CHECK(model_check_avatar(slice_from(copy, sizeof(copy)), &why) == ERR_INVALID);
    CHECK(strcmp(why, "the picture has at most 256 by 256 pixels") == 0);
    copy[44] = 0; /* 256 by 256: 255 in the canvas */
    copy[46] = 0;
    copy[24] = 255;
    copy[25] = 0;
    copy[27] = 255;
    copy[28] = 0;
    CHECK(model_check_avatar(slice_from(copy, sizeof(copy)), NULL) == OK);
}

static void refuses_metadata_animation_and_lengths_that_lie(void)
{
    CHECK(check_changed(12, 'A') == ERR_INVALID); /* an unknown chunk */
    CHECK(check_changed(33, 'X') == ERR_INVALID);
    CHECK(check_changed(34, 0xFF) == ERR_INVALID); /* the chunk ends behind the file */
    CHECK(check_changed(37, 0xFF) == ERR_INVALID);
    CHECK(check_changed(41, 0) == ERR_INVALID); /* the start code */
    CHECK(check_changed(38, 1) == ERR_INVALID); /* no key frame */
    CHECK(check_changed(4, 41) == ERR_INVALID); /* the length of the file */
}

static void refuses_one_byte_more_than_the_limit(void)
{
    static uint8_t large[AVATAR_BYTES_MAX + 1];
    CHECK(model_check_avatar(slice_from(large, sizeof(large)), NULL) == ERR_INVALID);
}

/* As SLICE, where a constant is needed. */
#define SLICE_OF(literal)                                                                          \
    {                                                                                              \
        (const uint8_t *)(literal), sizeof(literal) - 1                                            \
    }
#define LOSSY "VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x08\0\x08\0"
#define LOSSLESS "VP8L\x05\0\0\0\x2f\x07\xc0\x01\0\0"
#define EXTENDED "VP8X\x0a\0\0\0\0\0\0\0\x07\0\0\x07\0\0"
#define EXTRA(name) name "\x02\0\0\0ab"

/* A file of these chunks: what is said of it, or "" when it is taken. */
static const char *verdict(struct slice chunks)
{
    static uint8_t file[300];
    const char *why = "";
    memcpy(file, "RIFF\0\0\0\0WEBP", 12);
    memcpy(file + 12, chunks.data, chunks.size);
    file[4] = (uint8_t)(chunks.size + 4);
    return model_check_avatar(slice_from(file, chunks.size + 12), &why) == OK ? "" : why;
}

static void of_chunks_only_what_a_still_picture_needs_is_taken(void)
{
    static const struct slice good[] = {
        SLICE_OF(LOSSY), SLICE_OF(LOSSLESS), SLICE_OF(EXTENDED LOSSY),
        SLICE_OF(EXTENDED EXTRA("ALPH") LOSSY), SLICE_OF(EXTENDED EXTRA("ICCP") LOSSLESS)};
    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        CHECK(strcmp(verdict(good[i]), "") == 0);
    }
    static const struct slice bad[] = {
        SLICE_OF("VP8 \x08\0\0\0\0\0\0\x9d\x01\x2a\x08\0"),         /* too short */
        SLICE_OF("VP8 \x0a\0\0\0\x01\0\0\x9d\x01\x2a\x08\0\x08\0"), /* no key frame */
        SLICE_OF("VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2b\x08\0\x08\0"),   /* no start code */
        SLICE_OF("VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\0\0\x08\0"),     /* no width */
        SLICE_OF("VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x08\0\0\0"),     /* no height */
        SLICE_OF("VP8L\x04\0\0\0\x2f\x07\xc0\x01"),
        SLICE_OF("VP8L\x05\0\0\0\x2e\x07\xc0\x01\0\0"),
        SLICE_OF("VP8L\x05\0\0\0\x2f\x07\xc0\x01\x20\0"), /* another version */
        SLICE_OF("VP8X\x08\0\0\0\0\0\0\0\x07\0\0\x07" LOSSY),
        SLICE_OF(LOSSY LOSSY),
        SLICE_OF(LOSSY LOSSLESS),
        SLICE_OF(LOSSY EXTENDED),
        SLICE_OF(EXTENDED EXTENDED LOSSY),
        SLICE_OF(EXTRA("ALPH") LOSSY),
        SLICE_OF(EXTENDED LOSSY EXTRA("ALPH")),
        SLICE_OF(EXTENDED EXTRA("EXIF") LOSSY),
        SLICE_OF(EXTENDED EXTRA("ANIM") LOSSY),
        SLICE_OF(EXTENDED),
    };
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        CHECK(strcmp(verdict(bad[i]), "the picture is not a plain still WebP without metadata") ==
              0);
    }
    CHECK(strcmp(verdict(SLICE("VP8 \x0a\0\0\0\0\0\0\x9d\x01\x2a\x08\0\x09\0")),
                 "the picture is not square") == 0);
    CHECK(strcmp(verdict(SLICE("VP8X\x0a\0\0\0\0\0\0\0\x07\0\0\x08\0\0" LOSSY)),
                 "the picture does not fill its canvas") == 0);
}

static void only_a_webp_file_is_looked_into(void)
{
    static const char *const bad[] = {"RIFX\x16\0\0\0WEBP", "RIFF\x17\0\0\0WEBP",
                                      "RIFF\x16\0\0\0WEBX"};
    uint8_t file[30];
    memcpy(file + 12, LOSSY, sizeof(LOSSY) - 1);
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        const char *why = NULL;
        memcpy(file, bad[i], 12);
        CHECK(model_check_avatar(slice_from(file, sizeof(file)), &why) == ERR_INVALID);
        CHECK(strcmp(why, "the picture is not a WebP file") == 0);
    }
}

UNIT(of_chunks_only_what_a_still_picture_needs_is_taken, only_a_webp_file_is_looked_into,
     takes_a_square_still_picture, refuses_every_shortened_file,
     refuses_what_is_not_square_too_large_or_off_its_canvas,
     refuses_metadata_animation_and_lengths_that_lie, refuses_one_byte_more_than_the_limit)
