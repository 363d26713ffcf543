/* SPDX-License-Identifier: Apache-2.0 */
#include "server/assets.h"

#include "base/text.h"

const struct asset *assets_find(struct slice path)
{
    uint32_t low = 0;
    uint32_t high = assets_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        struct slice candidate = slice_text(assets_table[middle].path);
        size_t common = candidate.size < path.size ? candidate.size : path.size;
        int order = common == 0 ? 0 : memcmp(candidate.data, path.data, common);
        if (order == 0 && candidate.size == path.size) {
            return &assets_table[middle];
        }
        if (order < 0 || (order == 0 && candidate.size < path.size)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

static struct slice trim(struct slice text)
{
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.size--;
    }
    while (text.size > 0 && (text.data[text.size - 1] == ' ' || text.data[text.size - 1] == '\t')) {
        text.size--;
    }
    return text;
}

/* Takes the part before `mark` (or all) off the front of *rest. */
static struct slice cut(struct slice *rest, uint8_t mark)
{
    size_t end = 0;
    while (end < rest->size && rest->data[end] != mark) {
        end++;
    }
    struct slice part = slice_from(rest->data, end);
    size_t used = end < rest->size ? end + 1 : end;
    rest->data += used;
    rest->size -= used;
    return trim(part);
}

/* Whether the parameters after a coding weigh it "q=0", "q=0.0"...: not acceptable. */
static bool weight_is_zero(struct slice parameters)
{
    while (parameters.size > 0) {
        struct slice parameter = cut(&parameters, ';');
        if (parameter.size < 3 || (parameter.data[0] | 0x20) != 'q' || parameter.data[1] != '=') {
            continue;
        }
        for (size_t i = 2; i < parameter.size; i++) {
            if (parameter.data[i] != '0' && parameter.data[i] != '.') {
                return false;
            }
        }
        return true;
    }
    return false;
}

static bool takes(struct slice accept_encoding, const char *coding)
{
    while (accept_encoding.size > 0) {
        struct slice element = cut(&accept_encoding, ',');
        struct slice name = cut(&element, ';');
        if (text_equal_nocase(name, slice_text(coding))) {
            return !weight_is_zero(element);
        }
    }
    return false;
}

enum asset_coding assets_choose(const struct asset *asset, struct slice accept_encoding)
{
    if (asset->starts[ASSET_BROTLI] != NULL && takes(accept_encoding, "br")) {
        return ASSET_BROTLI;
    }
    if (asset->starts[ASSET_GZIP] != NULL && takes(accept_encoding, "gzip")) {
        return ASSET_GZIP;
    }
    return ASSET_IDENTITY;
}

struct slice assets_body(const struct asset *asset, enum asset_coding coding)
{
    return slice_from(asset->starts[coding], (size_t)(asset->ends[coding] - asset->starts[coding]));
}

bool assets_etag_matches(struct slice if_none_match, const char *etag)
{
    struct slice wanted = slice_text(etag);
    while (if_none_match.size > 0) {
        struct slice candidate = cut(&if_none_match, ',');
        if (candidate.size > 2 && candidate.data[0] == 'W' && candidate.data[1] == '/') {
            candidate.data += 2;
            candidate.size -= 2;
        }
        if (slice_equal(candidate, wanted) || slice_equal(candidate, SLICE("*"))) {
            return true;
        }
    }
    return false;
}
