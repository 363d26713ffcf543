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

UNIT(takes_a_square_still_picture, refuses_every_shortened_file,
     refuses_what_is_not_square_too_large_or_off_its_canvas,
     refuses_metadata_animation_and_lengths_that_lie, refuses_one_byte_more_than_the_limit)
