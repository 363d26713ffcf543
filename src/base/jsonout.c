/* SPDX-License-Identifier: Apache-2.0 */
#include "base/jsonout.h"

#include <stdio.h>

#include "base/text.h"

#define HEX_STEP 64 /* bytes that become digits at a time */

static void put(struct jsonout *json, struct slice bytes)
{
    if (json->err == OK) {
        json->err = buf_append(&json->buf, bytes);
    }
}

static void put_text(struct jsonout *json, const char *text)
{
    put(json, slice_text(text));
}

/* The comma before a value, and its key. */
static void begin(struct jsonout *json, const char *key)
{
    put_text(json, json->comma ? "," : "");
    json->comma = true;
    if (key != NULL) {
        put_text(json, "\"");
        put_text(json, key);
        put_text(json, "\":");
    }
}

void jsonout_init(struct jsonout *json, size_t size_max)
{
    *json = (struct jsonout){.err = OK};
    buf_init(&json->buf, size_max);
}

void jsonout_fini(struct jsonout *json)
{
    buf_fini(&json->buf);
}

void jsonout_clear(struct jsonout *json)
{
    buf_clear(&json->buf);
    json->err = OK;
    json->comma = false;
}

void jsonout_fail(struct jsonout *json, enum err err)
{
    json->err = json->err == OK ? err : json->err;
}

static void open(struct jsonout *json, const char *key, const char *bracket)
{
    begin(json, key);
    put_text(json, bracket);
    json->comma = false;
}

static void close(struct jsonout *json, const char *bracket)
{
    put_text(json, bracket);
    json->comma = true;
}

void jsonout_object(struct jsonout *json, const char *key)
{
    open(json, key, "{");
}

void jsonout_end_object(struct jsonout *json)
{
    close(json, "}");
}

void jsonout_list(struct jsonout *json, const char *key)
{
    open(json, key, "[");
}

void jsonout_end_list(struct jsonout *json)
{
    close(json, "]");
}

void jsonout_slice(struct jsonout *json, const char *key, struct slice text)
{
    size_t start = 0;
    begin(json, key);
    put_text(json, "\"");
    for (size_t i = 0; i < text.size; i++) {
        char escape[8];
        uint8_t c = text.data[i];
        if (c >= 0x20 && c != '"' && c != '\\') {
            continue;
        }
        put(json, slice_from(text.data + start, i - start));
        (void)snprintf(escape, sizeof(escape), c < 0x20 ? "\\u%04x" : "\\%c", c);
        put_text(json, escape);
        start = i + 1;
    }
    put(json, slice_from(text.data + start, text.size - start));
    put_text(json, "\"");
}

void jsonout_text(struct jsonout *json, const char *key, const char *text)
{
    jsonout_slice(json, key, slice_text(text));
}

void jsonout_hex(struct jsonout *json, const char *key, struct slice bytes)
{
    begin(json, key);
    put_text(json, "\"");
    for (size_t at = 0; at < bytes.size; at += HEX_STEP) {
        char text[2 * HEX_STEP + 1];
        size_t rest = bytes.size - at;
        text_hex(slice_from(bytes.data + at, rest < HEX_STEP ? rest : HEX_STEP), text);
        put_text(json, text);
    }
    put_text(json, "\"");
}

void jsonout_null(struct jsonout *json, const char *key)
{
    begin(json, key);
    put_text(json, "null");
}

void jsonout_number(struct jsonout *json, const char *key, int64_t number)
{
    char text[24];
    (void)snprintf(text, sizeof(text), "%lld", (long long)number);
    begin(json, key);
    put_text(json, text);
}

void jsonout_bool(struct jsonout *json, const char *key, bool value)
{
    begin(json, key);
    put_text(json, value ? "true" : "false");
}

void jsonout_tenths(struct jsonout *json, const char *key, double number)
{
    char text[40];
    (void)snprintf(text, sizeof(text), "%.1f", number);
    begin(json, key);
    put_text(json, text);
}
