/* SPDX-License-Identifier: Apache-2.0 */
/* The front end, compiled into the binary by tools/pack-assets.mjs: each file as it is and, where
 * that is smaller, compressed by gzip and brotli. */
#ifndef SERVER_ASSETS_H
#define SERVER_ASSETS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/slice.h"

enum asset_coding { ASSET_IDENTITY, ASSET_GZIP, ASSET_BROTLI, ASSET_CODING_COUNT };

struct asset {
    const char *path; /* "/index.html", "/assets/index-Bx12.js" */
    const char *type;
    const char *etags[ASSET_CODING_COUNT];     /* with the quotation marks */
    const uint8_t *starts[ASSET_CODING_COUNT]; /* NULL: this coding is not smaller */
    const uint8_t *ends[ASSET_CODING_COUNT];
};

/* The generated table, by path in the order of strcmp. */
extern const struct asset assets_table[];
extern const uint32_t assets_count;

/* NULL: there is none. */
const struct asset *assets_find(struct slice path);

/* The smallest coding of `asset` that the Accept-Encoding header takes (RFC 9110 section 12.5.3);
 * an empty header takes only identity. */
enum asset_coding assets_choose(const struct asset *asset, struct slice accept_encoding);

struct slice assets_body(const struct asset *asset, enum asset_coding coding);

/* Whether an If-None-Match header names `etag` (weak comparison, RFC 9110 section 13.1.2). */
bool assets_etag_matches(struct slice if_none_match, const char *etag);

#endif
