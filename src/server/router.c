/* SPDX-License-Identifier: Apache-2.0 */
#include "server/router.h"

#include "base/text.h"

bool router_match(const char *pattern, struct slice path, struct slice *part)
{
    *part = (struct slice){0};
    size_t at = 0;
    for (; *pattern != '\0'; pattern++) {
        if (*pattern != '<') {
            if (at == path.size || path.data[at] != (uint8_t)*pattern) {
                return false;
            }
            at++;
            continue;
        }
        size_t start = at;
        while (at < path.size && path.data[at] != '/') {
            at++;
        }
        if (at == start) {
            return false;
        }
        *part = slice_from(path.data + start, at - start);
        pattern = strchr(pattern, '>');
    }
    return at == path.size;
}

struct slice router_segment(struct slice path, uint32_t index)
{
    size_t at = 0;
    for (uint32_t skipped = 0; at < path.size; skipped++) {
        size_t start = ++at; /* behind the slash */
        while (at < path.size && path.data[at] != '/') {
            at++;
        }
        if (skipped == index) {
            return slice_from(path.data + start, at - start);
        }
    }
    return (struct slice){0};
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    if (c >= 'A' && c <= 'F') {
        return c - 'A' + 10;
    }
    return -1;
}

static enum err decode(struct slice value, char *out, size_t out_size, size_t *size)
{
    size_t n = 0;
    for (size_t i = 0; i < value.size; i++) {
        int byte = value.data[i];
        if (byte == '+') {
            byte = ' ';
        } else if (byte == '%') {
            if (value.size - i < 3) {
                return ERR_INVALID;
            }
            int high = hex_digit(value.data[i + 1]);
            int low = hex_digit(value.data[i + 2]);
            if (high < 0 || low < 0) {
                return ERR_INVALID;
            }
            byte = high * 16 + low;
            i += 2;
        }
        if (byte == 0 || n + 1 >= out_size) {
            return ERR_INVALID;
        }
        out[n++] = (char)byte;
    }
    out[n] = '\0';
    *size = n;
    return text_is_utf8(slice_from(out, n)) ? OK : ERR_INVALID;
}

MUST_USE enum err router_query(struct slice query, const char *name, char *out, size_t out_size,
                               size_t *size)
{
    struct slice wanted = slice_text(name);
    bool found = false;
    size_t at = 0;
    while (at < query.size) {
        size_t end = at;
        while (end < query.size && query.data[end] != '&') {
            end++;
        }
        size_t equal = at;
        while (equal < end && query.data[equal] != '=') {
            equal++;
        }
        if (slice_equal(slice_from(query.data + at, equal - at), wanted)) {
            size_t start = equal < end ? equal + 1 : end;
            enum err err = decode(slice_from(query.data + start, end - start), out, out_size, size);
            if (err != OK || found) {
                return ERR_INVALID;
            }
            found = true;
        }
        at = end + 1;
    }
    return found ? OK : ERR_NOT_FOUND;
}

struct slice router_cookie(struct slice header, const char *name)
{
    struct slice wanted = slice_text(name);
    struct slice found = {0};
    bool twice = false;
    size_t at = 0;
    while (at < header.size) {
        while (at < header.size && (header.data[at] == ' ' || header.data[at] == ';')) {
            at++;
        }
        size_t end = at;
        while (end < header.size && header.data[end] != ';') {
            end++;
        }
        size_t equal = at;
        while (equal < end && header.data[equal] != '=') {
            equal++;
        }
        if (equal < end && slice_equal(slice_from(header.data + at, equal - at), wanted)) {
            twice = twice || found.data != NULL;
            found = slice_from(header.data + equal + 1, end - equal - 1);
        }
        at = end;
    }
    return twice ? (struct slice){0} : found;
}
