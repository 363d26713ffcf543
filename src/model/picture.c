/* SPDX-License-Identifier: Apache-2.0 */
/* The check of an avatar: the container of WebP (RFC 9649) is walked, never decoded. */
#include "model/model.h"

struct walk {
    uint32_t width; /* of the picture itself; 0: none seen yet */
    uint32_t height;
    uint32_t canvas_width; /* of VP8X; 0: none */
    uint32_t canvas_height;
    bool extended;
    bool first;
};

static enum err refuse(const char **why, const char *rule)
{
    if (why != NULL) {
        *why = rule;
    }
    return ERR_INVALID;
}

static uint32_t little_16(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

static uint32_t little_24(const uint8_t *at)
{
    return little_16(at) | (uint32_t)at[2] << 16;
}

static uint32_t little_32(const uint8_t *at)
{
    return little_24(at) | (uint32_t)at[3] << 24;
}

static bool is_chunk(const uint8_t *at, const char *name)
{
    return memcmp(at, name, 4) == 0;
}

/* RFC 6386 section 9.1: a key frame's tag, the start code, then 14 bits each of width and height.
 */
static bool read_lossy(struct slice chunk, struct walk *walk)
{
    static const uint8_t start_code[] = {0x9D, 0x01, 0x2A};
    if (chunk.size < 10 || (chunk.data[0] & 1) != 0 || memcmp(chunk.data + 3, start_code, 3) != 0) {
        return false;
    }
    walk->width = little_16(chunk.data + 6) & 0x3FFF;
    walk->height = little_16(chunk.data + 8) & 0x3FFF;
    return true;
}

/* RFC 9649 section 3.4: the signature, then 14 bits each of width - 1 and height - 1. */
static bool read_lossless(struct slice chunk, struct walk *walk)
{
    if (chunk.size < 5 || chunk.data[0] != 0x2F) {
        return false;
    }
    uint32_t bits = little_32(chunk.data + 1);
    walk->width = (bits & 0x3FFF) + 1;
    walk->height = (bits >> 14 & 0x3FFF) + 1;
    return bits >> 29 == 0; /* the version must be 0 */
}

/* RFC 9649 section 2.7: flags, reserved, 24 bits each of canvas width - 1 and height - 1. */
static bool read_extended(struct slice chunk, struct walk *walk)
{
    if (chunk.size != 10 || !walk->first) {
        return false;
    }
    walk->extended = true;
    walk->canvas_width = little_24(chunk.data + 4) + 1;
    walk->canvas_height = little_24(chunk.data + 7) + 1;
    return true;
}

/* Only what a still picture needs: no animation, and no metadata, which could tell where a
 * photograph was taken. */
static bool read_chunk(const uint8_t *name, struct slice chunk, struct walk *walk)
{
    bool has_picture = walk->width != 0;
    if (is_chunk(name, "VP8 ")) {
        return !has_picture && read_lossy(chunk, walk);
    }
    if (is_chunk(name, "VP8L")) {
        return !has_picture && read_lossless(chunk, walk);
    }
    if (is_chunk(name, "VP8X")) {
        return read_extended(chunk, walk);
    }
    return walk->extended && !has_picture && (is_chunk(name, "ALPH") || is_chunk(name, "ICCP"));
}

static bool walk_chunks(struct slice bytes, struct walk *walk)
{
    size_t at = 12;
    walk->first = true;
    while (at < bytes.size) {
        if (bytes.size - at < 8) {
            return false;
        }
        uint32_t size = little_32(bytes.data + at + 4);
        size_t padded = (size_t)size + (size & 1);
        if (padded > bytes.size - at - 8) {
            return false;
        }
        if (!read_chunk(bytes.data + at, slice_from(bytes.data + at + 8, size), walk)) {
            return false;
        }
        walk->first = false;
        at += 8 + padded;
    }
    return true;
}

MUST_USE enum err model_check_avatar(struct slice bytes, const char **why)
{
    if (bytes.size > AVATAR_BYTES_MAX) {
        return refuse(why, "the picture has at most 65536 bytes");
    }
    if (bytes.size < 20 || !is_chunk(bytes.data, "RIFF") || !is_chunk(bytes.data + 8, "WEBP") ||
        little_32(bytes.data + 4) != bytes.size - 8) {
        return refuse(why, "the picture is not a WebP file");
    }
    struct walk walk = {0};
    if (!walk_chunks(bytes, &walk) || walk.width == 0 || walk.height == 0) {
        return refuse(why, "the picture is not a plain still WebP without metadata");
    }
    if (walk.extended && (walk.canvas_width != walk.width || walk.canvas_height != walk.height)) {
        return refuse(why, "the picture does not fill its canvas");
    }
    if (walk.width != walk.height) {
        return refuse(why, "the picture is not square");
    }
    if (walk.width > AVATAR_PIXELS_MAX) {
        return refuse(why, "the picture has at most 256 by 256 pixels");
    }
    return OK;
}
